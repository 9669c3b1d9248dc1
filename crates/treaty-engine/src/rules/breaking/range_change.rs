//! Words of "a number that was set aside is free again", for reserved and extension ranges, and of
//! the same for names.

use crate::quote::quoted;
use crate::schema::{Reserved, missing};

/// The ranges of both versions, first and last number.
pub(super) struct Ranges<'r> {
    pub(super) old: &'r [(i32, i32)],
    pub(super) new: &'r [(i32, i32)],
}

impl Ranges<'_> {
    /// One line for each old range of which a piece is gone; the pieces are named. The two numbers
    /// are what `max` means in each version.
    pub(super) fn deleted(&self, what: &str, on: &str, (old, new): (i32, i32)) -> Vec<String> {
        let ranges = self.old.iter().filter_map(|&range| {
            let missing = missing(&[range], self.new);
            let pieces: Vec<_> = missing.into_iter().map(|piece| text(piece, new)).collect();
            (!pieces.is_empty()).then(|| {
                let (range, pieces) = (text(range, old), pieces.join(", "));
                format!(
                    "Previously present {what} range \"{range}\" {on} is missing values: {pieces} \
                     were removed."
                )
            })
        });
        ranges.collect()
    }
}

/// One line for each reserved range or name that is free again.
pub(super) fn unreserved(
    old: &Reserved<'_>,
    new: &Reserved<'_>,
    on: &str,
    max: (i32, i32),
) -> impl Iterator<Item = String> {
    let ranges = Ranges { old: &old.ranges, new: &new.ranges }.deleted("reserved", on, max);
    let names = old.names.iter().filter(|name| !new.has_name(name));
    let names = names.map(move |name| {
        format!("Previously present reserved name {} {on} was deleted.", quoted(name))
    });
    ranges.into_iter().chain(names)
}

fn text((first, last): (i32, i32), max: i32) -> String {
    match (first, last) {
        (first, last) if first == last => format!("[{first}]"),
        (first, last) if last == max => format!("[{first},max]"),
        (first, last) => format!("[{first},{last}]"),
    }
}
