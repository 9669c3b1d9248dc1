//! Keeps the places in a file's source true when its elements move or go.

use std::collections::BTreeMap;

use treaty_compiler::descriptor::{Comments, Location, Locations};

/// What became of the elements that have moved or gone, by the path of each.
#[derive(Debug, Default)]
pub(crate) struct Moves {
    children: BTreeMap<i32, Step>,
}

#[derive(Debug, Default)]
struct Step {
    to: To,
    without_comments: bool,
    below: Moves,
}

#[derive(Debug, Default, Clone, Copy)]
enum To {
    #[default]
    Here,
    Index(i32),
    Nowhere,
}

impl Moves {
    fn step(&mut self, path: &[i32]) -> Option<&mut Step> {
        let (&last, before) = path.split_last()?;
        let mut moves = self;
        for &part in before {
            moves = &mut moves.children.entry(part).or_default().below;
        }
        Some(moves.children.entry(last).or_default())
    }

    /// The last number of the path has become another one.
    pub(crate) fn moved(&mut self, path: &[i32], to: i32) {
        if let Some(step) = self.step(path) {
            step.to = To::Index(to);
        }
    }

    /// What the path leads to has gone, with all below it.
    pub(crate) fn gone(&mut self, path: &[i32]) {
        if let Some(step) = self.step(path) {
            step.to = To::Nowhere;
        }
    }

    /// What the path leads to is no longer what its comments speak of.
    pub(crate) fn without_comments(&mut self, path: &[i32]) {
        if let Some(step) = self.step(path) {
            step.without_comments = true;
        }
    }

    /// Whether nothing was said.
    pub(crate) fn is_empty(&self) -> bool {
        self.children.is_empty()
    }

    /// The places as they are now.
    pub(crate) fn apply(&self, locations: &Locations) -> Locations {
        if locations.is_empty() || self.is_empty() {
            return locations.clone();
        }
        let kept: Vec<Location> =
            locations.iter().filter_map(|location| self.location(location)).collect();
        Locations::from_entries(&kept)
    }

    fn location(&self, mut location: Location) -> Option<Location> {
        let mut moves = self;
        let last = location.path.len().saturating_sub(1);
        for (at, part) in location.path.iter_mut().enumerate() {
            let Some(step) = moves.children.get(part) else { break };
            match step.to {
                To::Here => {}
                To::Index(index) => *part = index,
                To::Nowhere => return None,
            }
            if at == last && step.without_comments {
                location.comments = Comments::default();
            }
            moves = &step.below;
        }
        Some(location)
    }
}
