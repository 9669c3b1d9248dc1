//! Takes away the places of options that are no longer what the source says.

use std::collections::BTreeSet;

use treaty_compiler::descriptor::{Location, Locations};
use treaty_compiler::wire::Fields;

/// `SourceCodeInfo.location`.
const LOCATION: u32 = 1;

/// The places but those of some options. — *Holds*: an option statement has a place without number
/// before its own, which goes with it; so does the place of a field's brackets when nothing is
/// known within them.
pub(super) fn without(locations: &Locations, options: &[Vec<i32>]) -> Locations {
    if locations.is_empty() {
        return locations.clone();
    }
    let entries: Vec<Location> = locations.iter().collect();
    let options: BTreeSet<&[i32]> = options.iter().map(Vec::as_slice).collect();
    let mut gone = BTreeSet::new();
    let mut full = BTreeSet::new();
    for (index, entry) in entries.iter().enumerate() {
        let path = entry.path.as_slice();
        let brackets = brackets(path);
        if !options.contains(path) {
            full.extend(brackets.filter(|brackets| brackets.len() < path.len()));
            continue;
        }
        gone.insert(index);
        let before = index.checked_sub(1).and_then(|before| Some((before, entries.get(before)?)));
        if let (2, Some((before, statement))) = (path.len(), before)
            && statement.path == [8]
        {
            gone.insert(before);
        }
    }
    let is_kept = |(index, entry): &(usize, &Location)| {
        let path = entry.path.as_slice();
        !gone.contains(index) && (brackets(path) != Some(path) || full.contains(path))
    };
    let kept = entries.iter().enumerate().filter(is_kept);
    let mut encoded = Locations::from_entries(kept.map(|(_, entry)| entry)).encoded().to_vec();
    // Images of buf say more of a file here than places.
    let encoded_before = locations.encoded();
    let more = Fields::new(&encoded_before).filter_map(Result::ok);
    more.filter(|field| field.number != LOCATION).for_each(|field| encoded.extend(field.whole));
    Locations::from_encoded(encoded)
}

/// The path of the options of a field, of a path that is it or below it.
fn brackets(path: &[i32]) -> Option<&[i32]> {
    let mut at = 0;
    loop {
        match (at, path.get(at)?) {
            // A message, in a file or in a message.
            (0, 4) => at += 2,
            (1.., 3) => at += 2,
            // A field or an extension.
            (0, 7) | (1.., 2 | 6) => {
                return (path.get(at + 2) == Some(&8)).then(|| &path[..at + 3]);
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_those_of_fields() {
        for (path, length) in [
            (&[4, 0, 2, 1, 8][..], Some(5)),
            (&[4, 0, 2, 1, 8, 6], Some(5)),
            (&[4, 0, 3, 2, 6, 1, 8, 1, 2], Some(7)),
            (&[7, 0, 8], Some(3)),
            (&[4, 0, 7, 1], None),
            (&[5, 0, 2, 0, 8], None),
            (&[8, 1], None),
            (&[], None),
        ] {
            assert_eq!(brackets(path).map(<[i32]>::len), length, "{path:?}");
        }
    }
}
