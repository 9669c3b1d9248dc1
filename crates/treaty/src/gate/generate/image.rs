//! What plugins are asked about: descriptors, and the order that their files had as a whole.

use treaty_engine::{Descriptors, FilterError, Types};

/// Descriptors in the order of the input. — *Holds*: what is left of them by a filter keeps that
/// order, so that the same files are generated in the same order.
#[derive(Debug, Clone)]
pub(super) struct Image {
    descriptors: Descriptors,
    order: Vec<Box<str>>,
}

impl Image {
    /// Descriptors whose files are among those of the order, imports first.
    pub(super) fn new(descriptors: Descriptors, order: Vec<Box<str>>) -> Self {
        Self { descriptors, order }
    }

    pub(super) fn descriptors(&self) -> &Descriptors {
        &self.descriptors
    }

    /// What some types need.
    pub(super) fn only(&self, types: &Types) -> Result<Self, FilterError> {
        Ok(Self { descriptors: self.descriptors.only(types)?, order: self.order.clone() })
    }

    /// The names of all files.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        let names = self.order.iter().map(|name| &**name);
        names.filter(|name| self.descriptors.file(name).is_some())
    }
}
