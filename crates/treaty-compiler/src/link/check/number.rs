//! Numbers of fields, and the ranges that they must be in or must not be in.

use super::Check;
use crate::descriptor::{MAX_FIELD_NUMBER, Message, OWN_NUMBERS};
use crate::link::semantics::is_message_set;

/// A range of numbers, with where it is declared: 9 for reserved, 5 for extensions, 2 for a field.
#[derive(Clone, Copy)]
struct Range {
    start: i64,
    /// The last.
    last: i64,
    part: i32,
    index: i32,
}

impl Check<'_> {
    pub(super) fn numbers(&mut self, message: &Message) {
        for (index, field) in (0..).zip(&message.fields) {
            self.number(&[2, index, 3], field.number, MAX_FIELD_NUMBER);
        }
        let limit = if is_message_set(message) { i32::MAX } else { MAX_FIELD_NUMBER + 1 };
        for (index, range) in (0..).zip(&message.extension_ranges) {
            self.range(&[5, index], (range.start, range.end), limit, "extension");
        }
        for (index, &range) in (0..).zip(&message.reserved_ranges) {
            self.range(&[9, index], range, i32::MAX, "reserved");
        }
        self.overlaps(message);
    }

    /// The number of a field or extension.
    pub(super) fn number(&mut self, part: &[i32], number: i32, max: i32) {
        if number <= 0 {
            self.fault_within(part, format!("a field's number must be positive, not {number}"));
        } else if number > max {
            self.fault_within(part, format!("a field's number must not be greater than {max}"));
        } else if OWN_NUMBERS.contains(&number) {
            self.fault_within(
                part,
                format!(
                    "the numbers 19000 to 19999 are reserved for protobuf itself, {number} too"
                ),
            );
        }
    }

    fn range(&mut self, part: &[i32], (start, end): (i32, i32), limit: i32, what: &str) {
        if start <= 0 {
            self.fault_within(part, format!("{what} numbers must be positive"));
        } else if start >= end {
            self.fault_within(part, "the range ends before it begins");
        } else if end > limit {
            let max = limit - 1;
            self.fault_within(part, format!("{what} numbers must not be greater than {max}"));
        }
    }

    /// Fields and ranges sorted by where they begin, so that each is compared with what reaches furthest.
    fn overlaps(&mut self, message: &Message) {
        let ranges = |part, range: (usize, (i32, i32))| Range {
            start: range.1.0.into(),
            last: i64::from(range.1.1) - 1,
            part,
            index: range.0 as i32,
        };
        let fields =
            message.fields.iter().map(|field| (field.number, field.number.saturating_add(1)));
        let extensions = message.extension_ranges.iter().map(|range| (range.start, range.end));
        let reserved = message.reserved_ranges.iter().copied();
        let mut all: Vec<Range> = fields.enumerate().map(|one| ranges(2, one)).collect();
        all.extend(extensions.enumerate().map(|one| ranges(5, one)));
        all.extend(reserved.enumerate().map(|one| ranges(9, one)));
        all.retain(|range| range.start > 0);
        if all.is_sorted_by(|one, next| one.last < next.start) {
            return;
        }
        all.sort_by_key(|range| (range.start, range.part, range.index));
        let mut furthest: Option<Range> = None;
        for range in all {
            let Some(earlier) = furthest.filter(|earlier| range.start <= earlier.last) else {
                furthest = Some(range);
                continue;
            };
            self.overlap(message, earlier, range);
            if range.last > earlier.last {
                furthest = Some(range);
            }
        }
    }

    fn overlap(&mut self, message: &Message, one: Range, other: Range) {
        // The one to blame is a field before a range, and what is declared later of two alike.
        let rank = |range: Range| (range.part != 2, range.part == 9, -range.index);
        let (blamed, other) = if rank(one) <= rank(other) { (one, other) } else { (other, one) };
        let of_other = [other.part, other.index, 3];
        let of_other = if other.part == 2 { &of_other[..] } else { &of_other[..2] };
        let words = |range: Range| match range.part {
            5 => format!("the extensions {} to {}", range.start, range.last),
            _ => format!("the reserved {} to {}", range.start, range.last),
        };
        if blamed.part != 2 {
            let part = [blamed.part, blamed.index];
            return self.clash(&part, of_other, |place| {
                format!("{} overlap {}, at {place}", words(blamed), words(other))
            });
        }
        let (name, number) = (&message.fields[blamed.index as usize].name, blamed.start);
        self.clash_with_help(&[2, blamed.index, 3], of_other, |place| {
            let text = format!("field `{name}` has the number {number}");
            if other.part != 2 {
                let words = words(other);
                return (format!("{text}, which is among {words}, at {place}"), None);
            }
            let other = &message.fields[other.index as usize].name;
            let help = format!("the next free number is {}", next_free(message));
            (format!("{text} of field `{other}`, at {place}"), Some(help))
        });
    }
}

/// The lowest number that nothing has.
fn next_free(message: &Message) -> i64 {
    let fields =
        message.fields.iter().map(|field| (i64::from(field.number), i64::from(field.number)));
    let ranges = message.extension_ranges.iter().map(|range| (range.start, range.end));
    let ranges = ranges.chain(message.reserved_ranges.iter().copied());
    let mut used: Vec<_> =
        fields.chain(ranges.map(|(start, end)| (i64::from(start), i64::from(end) - 1))).collect();
    used.sort_unstable();
    used.into_iter().fold(
        1,
        |next, (start, last)| {
            if start <= next && next <= last { last + 1 } else { next }
        },
    )
}
