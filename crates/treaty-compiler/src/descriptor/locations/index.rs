//! Finds locations by path, for those who ask often. — *Holds*: the first entry of a path is found,
//! as [`Locations::find`] does.

use super::recorded::Place;
use super::{Comments, Location, Locations, Recorded, Span, Store, encoded};

/// A table over [`Locations`]; costs 24 bytes an entry and no comments until asked.
#[derive(Debug)]
pub struct LocationIndex<'a> {
    table: Table<'a>,
}

#[derive(Debug)]
enum Table<'a> {
    /// By the hash of the path, then in their order.
    Recorded(&'a Recorded, Vec<(u64, Place)>),
    Encoded(Vec<(u64, &'a [u8])>),
}

impl<'a> LocationIndex<'a> {
    /// Of the entries, and for faults also of what is none.
    pub(super) fn new(locations: &'a Locations, for_faults: bool) -> Self {
        let table = match &locations.store {
            Store::Recorded(recorded) => {
                let mut path = Vec::new();
                let hashed = |place| {
                    recorded.look(place, &mut path);
                    (hash(&path), place)
                };
                let more = for_faults.then(|| recorded.only_for_faults()).into_iter().flatten();
                let mut places: Vec<_> = recorded.as_recorded().chain(more).map(hashed).collect();
                places.sort_unstable();
                Table::Recorded(recorded, places)
            }
            Store::Encoded(bytes) => {
                let hashed = |bytes| Some((hash(&encoded::decode(bytes)?.path), bytes));
                let mut entries: Vec<_> = encoded::messages(bytes).filter_map(hashed).collect();
                entries.sort_by_key(|(hash, _)| *hash);
                Table::Encoded(entries)
            }
        };
        Self { table }
    }

    /// The first entry of an element.
    #[must_use]
    pub fn find(&self, path: &[i32]) -> Option<Location> {
        match &self.table {
            Table::Recorded(recorded, _) => Some(recorded.location(self.place(path)?)),
            Table::Encoded(entries) => alike(entries, path)
                .filter_map(|&(_, bytes)| encoded::decode(bytes))
                .find(|location| location.path == path),
        }
    }

    /// The place of an element.
    #[must_use]
    pub fn span(&self, path: &[i32]) -> Option<Span> {
        match &self.table {
            Table::Recorded(recorded, _) => {
                Some(recorded.look(self.place(path)?, &mut Vec::with_capacity(path.len())))
            }
            Table::Encoded(_) => Some(self.find(path)?.span),
        }
    }

    /// What is said of an element.
    #[must_use]
    pub fn comments(&self, path: &[i32]) -> Option<Comments> {
        match &self.table {
            Table::Recorded(recorded, _) => Some(recorded.comments_at(self.place(path)?)),
            Table::Encoded(_) => Some(self.find(path)?.comments),
        }
    }

    fn place(&self, path: &[i32]) -> Option<Place> {
        let Table::Recorded(recorded, places) = &self.table else { return None };
        let mut other = Vec::with_capacity(path.len());
        let mut is_same = |place: Place| {
            recorded.look(place, &mut other);
            other == path
        };
        alike(places, path).map(|&(_, place)| place).find(|&place| is_same(place))
    }
}

/// The entries whose path has the same hash.
fn alike<'t, T>(table: &'t [(u64, T)], path: &[i32]) -> impl Iterator<Item = &'t (u64, T)> {
    let wanted = hash(path);
    let first = table.partition_point(|(hash, _)| *hash < wanted);
    table[first..].iter().take_while(move |(hash, _)| *hash == wanted)
}

fn hash(path: &[i32]) -> u64 {
    path.iter().fold(path.len() as u64, |hash, &number| {
        (hash.rotate_left(5) ^ u64::from(number as u32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}
