//! Tells which types moved to another package. — *Holds*: that a type there has the same name and
//! looks alike is not enough: many a request holds one `id`, or nothing. Either what used the old
//! type uses the new one, or the package moved: a file says another one, or more than half of its
//! types, not counting empty ones, are there.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::pairing::Pairing;
use crate::schema::{Enum, Message};
use crate::twins;

/// A type before and after.
type Pair<'a, T> = (&'a T, &'a T);

/// Messages and enums that are not nested in others, with what they are now.
pub(super) fn renames<'a>(
    pairing: &Pairing<'a>,
) -> (Vec<Pair<'a, Message<'a>>>, Vec<Pair<'a, Enum<'a>>>) {
    let (mut messages, mut enums) = (messages(pairing), enums(pairing));
    if messages.is_empty() && enums.is_empty() {
        return (messages, enums);
    }
    let (packages, followed) = (packages(pairing, &messages, &enums), followed(pairing));
    let moved = |names: (&'a str, &'a str), of: (&'a str, &'a str)| {
        packages.contains(&of) || followed.contains(&names)
    };
    messages.retain(|(old, new)| moved((old.full_name, new.full_name), (old.package, new.package)));
    enums.retain(|(old, new)| moved((old.full_name, new.full_name), (old.package, new.package)));
    messages.dedup_by_key(|(old, _)| old.full_name);
    enums.dedup_by_key(|(old, _)| old.full_name);
    (messages, enums)
}

/// Each deleted message with each added one of its name and fields.
fn messages<'a>(pairing: &Pairing<'a>) -> Vec<Pair<'a, Message<'a>>> {
    let mut added: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for new in pairing.messages.added.iter().filter(|new| new.name == new.nested_name) {
        added.entry(new.name).or_default().push(*new);
    }
    let same = |old: &Message<'_>, new: &Message<'_>| {
        twins::same_message((pairing.old, old.full_name), (pairing.new, new.full_name))
    };
    let deleted = pairing.messages.deleted.iter().filter(|old| old.name == old.nested_name);
    let pairs = deleted.flat_map(|old| {
        let candidates = added.get(old.name).into_iter().flatten();
        candidates.filter(|new| same(old, new)).map(move |new| (*old, *new))
    });
    pairs.collect()
}

fn enums<'a>(pairing: &Pairing<'a>) -> Vec<Pair<'a, Enum<'a>>> {
    let mut added: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for new in pairing.enums.added.iter().filter(|new| new.name == new.nested_name) {
        added.entry(new.name).or_default().push(*new);
    }
    let deleted = pairing.enums.deleted.iter().filter(|old| old.name == old.nested_name);
    let pairs = deleted.flat_map(|old| {
        let candidates = added.get(old.name).into_iter().flatten();
        candidates.filter(|new| twins::same_enum(old, new)).map(move |new| (*old, *new))
    });
    pairs.collect()
}

/// The packages that moved, with where they are now.
fn packages<'a>(
    pairing: &Pairing<'a>,
    messages: &[Pair<'a, Message<'a>>],
    enums: &[Pair<'a, Enum<'a>>],
) -> BTreeSet<(&'a str, &'a str)> {
    let in_place = pairing.files.both.iter().map(|(old, new)| (old.package, new.package));
    let mut moved: BTreeSet<_> = in_place.filter(|(old, new)| old != new).collect();
    let telling_message = |one: &Message<'_>| !one.fields.is_empty();
    let telling_enum = |one: &Enum<'_>| one.numbers.len() > 1;
    let mut all: BTreeMap<&str, usize> = BTreeMap::new();
    for one in pairing.old.messages.values().filter(|one| one.name == one.nested_name) {
        *all.entry(one.package).or_default() += usize::from(telling_message(one));
    }
    for one in pairing.old.enums.values().filter(|one| one.name == one.nested_name) {
        *all.entry(one.package).or_default() += usize::from(telling_enum(one));
    }
    let mut there: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (old, new) in messages.iter().filter(|(old, _)| telling_message(old)) {
        *there.entry((old.package, new.package)).or_default() += 1;
    }
    for (old, new) in enums.iter().filter(|(old, _)| telling_enum(old)) {
        *there.entry((old.package, new.package)).or_default() += 1;
    }
    let most = there
        .into_iter()
        .filter(|((old, _), count)| all.get(old).is_some_and(|all| count * 2 > *all));
    moved.extend(most.map(|(packages, _)| packages));
    moved
}

/// The types, old and new, that fields and methods have now in place of others; and the types in
/// them, which followed.
fn followed<'a>(pairing: &Pairing<'a>) -> HashSet<(&'a str, &'a str)> {
    let fields = pairing.field_pairs().filter_map(|(old, new)| old.type_name.zip(new.type_name));
    let methods = pairing.methods.both.iter();
    let methods = methods.flat_map(|(old, new)| [(old.input, new.input), (old.output, new.output)]);
    let mut open: Vec<_> = fields.chain(methods).filter(|(old, new)| old != new).collect();
    let mut followed = HashSet::new();
    while let Some((old, new)) = open.pop() {
        if !followed.insert((old, new)) {
            continue;
        }
        let messages = pairing.old.messages.get(old).zip(pairing.new.messages.get(new));
        for was in messages.iter().flat_map(|(old, _)| &old.fields) {
            let is = messages.and_then(|(_, new)| new.field(was.number));
            let types = was.type_name.zip(is.and_then(|is| is.type_name));
            open.extend(types.filter(|(old, new)| old != new));
        }
    }
    followed
}
