//! Words and place of "a field changed its type", which three rules say.

use crate::hits::{At, Hits};
use crate::schema::Field;

/// Where the type stands in the source; that of a map's key or value is the whole `map<...>`.
pub(super) fn place<'a>(field: &Field<'a>) -> At<'a> {
    let named = field.kind.is_named() || field.in_map_entry;
    At::part_or_whole(&field.place, if named { &[6] } else { &[5] })
}

/// Says from which type to which, and what else there is to say.
pub(super) fn report<'a>(
    hits: &mut Hits<'a>,
    at: At<'a>,
    old: &Field<'a>,
    new: &Field<'a>,
    (from, to): (&str, &str),
    note: &str,
) {
    let what = new.description();
    let message = format!("{what} changed type from \"{from}\" to \"{to}\".{note}");
    hits.add(new.subject(), at, old.place.file, message);
}
