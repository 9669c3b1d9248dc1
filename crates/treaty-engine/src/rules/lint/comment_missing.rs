//! What the rules on comments share.

use crate::lint::{COMMENT_IGNORE_PREFIX, FileView, Hits, Places};

/// The file whose elements need comments.
pub(super) struct Required<'v, 'd> {
    file: &'v FileView<'d>,
    places: Places<'d>,
}

impl<'v, 'd> Required<'v, 'd> {
    pub(super) fn new(file: &'v FileView<'d>) -> Self {
        Self { file, places: Places::read(&file.proto.locations) }
    }

    /// An element must have a comment that says something; one without a place is not written.
    pub(super) fn comment(
        &self,
        hits: &mut Hits<'d>,
        path: Vec<i32>,
        kind: &str,
        name: &str,
        subject: String,
    ) {
        let Some(place) = self.places.get(&path) else { return };
        let says = |line: &str| !line.is_empty() && !line.starts_with(COMMENT_IGNORE_PREFIX);
        if !place.leading_comment().lines().map(str::trim).any(says) {
            let message =
                format!("{kind} \"{name}\" should have a non-empty comment for documentation.");
            hits.add(self.file, path, subject, message);
        }
    }
}
