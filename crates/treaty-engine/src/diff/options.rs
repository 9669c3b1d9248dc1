//! The options of which no other change tells: custom ones, and those that only generators, printers
//! or people go by.

use std::collections::BTreeSet;

use treaty_compiler::Holder;
use treaty_compiler::descriptor::Options;
use treaty_compiler::wire::Fields;

use super::List;
use crate::pairing::Pairing;
use crate::{ChangeKind, Subject};

pub(super) fn changes(pairing: &Pairing<'_>, list: &mut List<'_>) {
    // The constraints of protovalidate are options too.
    let is_constraint =
        |kind| matches!(kind, ChangeKind::ConstraintTightened | ChangeKind::ConstraintLoosened);
    let constraints = list.changes.iter().filter(|change| is_constraint(change.kind));
    let told: BTreeSet<Subject> = constraints.map(|change| change.subject.clone()).collect();
    pairing.each_options(&mut |both, subject| {
        // A range is not declared by itself where changes are shown.
        if both.holder == Holder::ExtensionRange {
            return;
        }
        if !changed(both.holder, both.old, both.new).is_empty() {
            let subject = subject();
            let is_new = !told.contains(&subject);
            list.when(is_new, ChangeKind::OptionChanged, || subject, both.old_file);
        }
    });
}

fn bytes(options: Option<&Options>) -> &[u8] {
    options.map_or(&[], Options::bytes)
}

/// The numbers of options with other values, but for those that other changes tell of.
pub(crate) fn changed(
    holder: Holder,
    old: Option<&Options>,
    new: Option<&Options>,
) -> BTreeSet<u32> {
    if bytes(old) == bytes(new) {
        return BTreeSet::new();
    }
    let numbers = |options| -> BTreeSet<u32> {
        Fields::new(bytes(options)).filter_map(Result::ok).map(|field| field.number).collect()
    };
    let differs = |number: &u32| {
        let mut old = old.into_iter().flat_map(|one| one.all(*number));
        let new = new.into_iter().flat_map(|one| one.all(*number));
        !old.by_ref().eq(new)
    };
    let all = &numbers(old) | &numbers(new);
    all.into_iter().filter(|number| !is_told(holder, *number)).filter(differs).collect()
}

/// Whether it is about features, deprecation or whatever else has a change of its own.
fn is_told(holder: Holder, number: u32) -> bool {
    let others: &[u32] = match holder {
        Holder::File => &[1, 8, 9, 10, 11, 16, 17, 18, 20, 23, 27, 31, 36, 37, 39, 40, 41, 44, 45],
        // The format of message sets, the accessor, deprecated, and what the parser says of maps.
        Holder::Message => &[1, 2, 3, 7],
        // ctype, packed, deprecated, jstype
        Holder::Field => &[1, 2, 3, 6],
        Holder::Enum => &[3],
        Holder::EnumValue => &[1],
        Holder::Service => &[33],
        Holder::Method => &[33, 34],
        // That one of a oneof must be set is told of its message.
        Holder::Oneof => &[1159],
        Holder::ExtensionRange => &[],
    };
    number == holder as u32 || others.contains(&number)
}
