//! What the rules on comments share.

use treaty_compiler::descriptor::LocationIndex;

use crate::lint::{COMMENT_IGNORE_PREFIX, FileView, Hits};

/// The file whose elements need comments.
pub(super) struct Required<'v, 'd> {
    file: &'v FileView<'d>,
    places: LocationIndex<'d>,
}

impl<'v, 'd> Required<'v, 'd> {
    pub(super) fn new(file: &'v FileView<'d>) -> Self {
        Self { file, places: file.proto.locations.index() }
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
        let Some(comments) = self.places.comments(&path) else { return };
        let leading = comments.leading.unwrap_or_default();
        let says = |line: &str| !line.is_empty() && !line.starts_with(COMMENT_IGNORE_PREFIX);
        if !leading.lines().map(str::trim).any(says) {
            let message =
                format!("{kind} \"{name}\" should have a non-empty comment for documentation.");
            hits.add(self.file, path, subject, message);
        }
    }
}
