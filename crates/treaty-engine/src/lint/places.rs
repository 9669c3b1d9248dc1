//! Finds how close the source comes to a part of an option. — *Does not* place elements: for these there
//! is the index of locations.

use treaty_compiler::descriptor::Locations;

/// The paths of all places of a file, in their order.
pub(crate) struct Paths(Vec<Vec<i32>>);

impl Paths {
    pub(crate) fn read(locations: &Locations) -> Self {
        Self(locations.iter().map(|location| location.path).collect())
    }

    /// The path that the source has of an option's part: this one; else the first inside it; else
    /// the longest around it that is at least `shortest` numbers long.
    pub(crate) fn closest(&self, path: &[i32], shortest: usize) -> Option<&[i32]> {
        if let Some(known) = self.0.iter().find(|known| *known == path) {
            return Some(known);
        }
        let mut best: Option<&[i32]> = None;
        for known in &self.0 {
            let longer = known.len() > best.map_or(0, <[i32]>::len);
            if known.len() >= shortest && path.starts_with(known) && longer {
                best = Some(known);
            } else if known.starts_with(path) {
                return Some(known);
            }
        }
        best
    }
}
