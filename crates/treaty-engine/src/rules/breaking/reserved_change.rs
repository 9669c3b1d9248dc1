//! Words of "a reserved number or name is free again", for messages and enums.

use crate::schema::{Reserved, merged, missing};

/// One line for each old range of which a piece is no longer reserved; the pieces are named.
pub(super) fn deleted_ranges(
    old: &Reserved<'_>,
    new: &Reserved<'_>,
    on: &str,
    max: i32,
) -> Vec<String> {
    let ranges = merged(&old.ranges).into_iter().filter_map(|range| {
        let missing = missing(&[range], &new.ranges);
        let pieces: Vec<_> = missing.into_iter().map(|piece| text(piece, max)).collect();
        (!pieces.is_empty()).then(|| {
            let (range, pieces) = (text(range, max), pieces.join(", "));
            format!(
                "Previously present reserved range \"{range}\" {on} is missing values: {pieces} \
                 were removed."
            )
        })
    });
    ranges.collect()
}

/// One line for each name that is no longer reserved.
pub(super) fn deleted_names(old: &Reserved<'_>, new: &Reserved<'_>, on: &str) -> Vec<String> {
    let names = old.names.difference(&new.names);
    names
        .map(|name| format!("Previously present reserved name \"{name}\" {on} was deleted."))
        .collect()
}

fn text((first, last): (i32, i32), max: i32) -> String {
    match (first, last) {
        (first, last) if first == last => format!("[{first}]"),
        (first, last) if last == max => format!("[{first},max]"),
        (first, last) => format!("[{first},{last}]"),
    }
}
