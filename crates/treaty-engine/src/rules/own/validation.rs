//! Words and places of "the constraints of protovalidate are others", which two rules say.

use crate::constraints::{Difference, of_added, of_field, of_message};
use crate::hits::{At, Hits};
use crate::pairing::{Pairing, Part};
use crate::roles::{Role, Roles};

/// Reports fields and messages whose constraints are tighter, or looser.
pub(super) fn report<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>, tightened: bool) {
    for (old, new) in pairing.field_pairs() {
        for one in of_field(pairing, old, new).iter().filter(|one| one.tightened == tightened) {
            let at = new.at_first_of(&[&[8, 1159]]);
            let message = words(&new.description(), one);
            hits.add(new.subject(), at, old.place.file, message);
        }
    }
    for Part { old, part: new, .. } in &pairing.fields.added {
        for one in of_added(new).iter().filter(|one| one.tightened == tightened) {
            let at = new.at_first_of(&[&[8, 1159]]);
            hits.add(new.subject(), at, old.place.file, words(&new.description(), one));
        }
    }
    for (old, new) in &pairing.messages.both {
        for one in of_message(old, new).iter().filter(|one| one.tightened == tightened) {
            let at = At::part_or_whole(&new.place, &[7, 1159]);
            let message = words(&format!("Message \"{}\"", new.name), one);
            hits.add(new.subject(), at, old.place.file, message);
        }
    }
}

/// Leaves out what only travels in that direction: it is the other side that is asked for less.
pub(super) fn leave_out(pairing: &Pairing<'_>, hits: &mut Hits<'_>, role: Role) {
    if !hits.0.is_empty() {
        let roles = Roles::new(pairing.old, pairing.new);
        hits.0.retain(|hit| hit.subject.type_name().is_none_or(|name| roles.of(name) != role));
    }
}

fn words(what: &str, one: &Difference) -> String {
    let (of, example) = (one.of, one.example.words());
    if one.tightened {
        format!("{what} refuses{of} what was valid: {example}.")
    } else {
        format!("{what} accepts{of} what was refused: {example}.")
    }
}
