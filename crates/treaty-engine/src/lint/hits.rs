//! Collects what lint rules find, before it is known where in the source it stands.

use super::view::FileView;

/// One thing that a rule found.
pub(crate) struct Hit<'d> {
    pub(crate) rule: usize,
    pub(crate) file: &'d str,
    /// The path in the descriptor; none for the file as a whole.
    pub(crate) path: Option<Vec<i32>>,
    /// The full name of what it is about.
    pub(crate) subject: String,
    pub(crate) message: String,
}

/// What the rules found.
#[derive(Default)]
pub(crate) struct Hits<'d> {
    /// Which of the rules is running.
    pub(super) rule: usize,
    pub(super) all: Vec<Hit<'d>>,
}

impl<'d> Hits<'d> {
    /// At an element or a part of one; where the source has no such place, at the file.
    pub(crate) fn add(
        &mut self,
        file: &FileView<'d>,
        path: impl Into<Vec<i32>>,
        subject: impl Into<String>,
        message: String,
    ) {
        self.push(file, Some(path.into()), subject.into(), message);
    }

    /// At the file as a whole.
    pub(crate) fn add_file(&mut self, file: &FileView<'d>, message: String) {
        self.push(file, None, file.proto.name.to_string(), message);
    }

    fn push(
        &mut self,
        file: &FileView<'d>,
        path: Option<Vec<i32>>,
        subject: String,
        message: String,
    ) {
        let rule = self.rule;
        self.all.push(Hit { rule, file: &file.proto.name, path, subject, message });
    }
}
