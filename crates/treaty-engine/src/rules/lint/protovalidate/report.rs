//! Places findings about constraints, and names the constraints they are about.

use std::cell::OnceCell;

use crate::constraints::schema::{self, FIELD};
use crate::lint::{FileView, Hits, Paths};

/// Where findings in one file go.
pub(super) struct Report<'v, 'd> {
    pub(super) file: &'v FileView<'d>,
    paths: OnceCell<Paths>,
    hits: &'v mut Hits<'d>,
}

impl<'v, 'd> Report<'v, 'd> {
    pub(super) fn new(file: &'v FileView<'d>, hits: &'v mut Hits<'d>) -> Self {
        Self { file, paths: OnceCell::new(), hits }
    }

    /// At a part of an option, or as close to it as the source tells.
    pub(super) fn add(&mut self, option: &[i32], part: &[i32], subject: &str, message: String) {
        let file = self.file;
        let paths = self.paths.get_or_init(|| Paths::read(&file.proto.locations));
        match paths.closest(&[option, part].concat(), option.len()) {
            Some(path) => self.hits.add(file, path, subject, message),
            None => self.hits.add_file(file, message),
        }
    }
}

/// A field with constraints, or what is within it.
pub(super) struct Subject<'v, 'r, 'd> {
    pub(super) report: &'r mut Report<'v, 'd>,
    /// The path of the option.
    pub(super) option: Vec<i32>,
    pub(super) name: &'d str,
    pub(super) full_name: String,
    /// As messages name its type.
    pub(super) type_name: String,
    /// Of the constraints at hand, such as those of items.
    pub(super) base: Vec<i32>,
}

impl<'v, 'd> Subject<'v, '_, 'd> {
    /// The same field with the constraints of what is within it.
    pub(super) fn within(&mut self, base: &[i32]) -> Subject<'v, '_, 'd> {
        Subject {
            report: self.report,
            option: self.option.clone(),
            name: self.name,
            full_name: self.full_name.clone(),
            type_name: self.type_name.clone(),
            base: base.to_vec(),
        }
    }

    pub(super) fn add(&mut self, path: &[i32], message: String) {
        let part = [&self.base, path].concat();
        self.report.add(&self.option, &part, &self.full_name, message);
    }

    /// At each of these places, once where they are one.
    pub(super) fn add_at(&mut self, paths: &[&[i32]], message: &str) {
        paths.iter().for_each(|path| self.add(path, message.to_owned()));
    }

    /// `(buf.validate.field).string.min_len`
    pub(super) fn rule(&self, path: &[i32]) -> String {
        format!("(buf.validate.field){}", schema::names(&[&self.base, path].concat()))
    }
}

/// The path of a field's option.
pub(super) fn option(field: Vec<i32>) -> Vec<i32> {
    [&field[..], &[8, FIELD]].concat()
}
