//! Which extensions a version declares by name, which is how buf looks for deleted ones; everywhere
//! else extensions pair by number.

use std::collections::HashSet;

use crate::pairing::Pairing;
use crate::schema::{Field, Schema, SourceFile};

/// The extensions of the new version.
pub(super) struct Declared<'a> {
    /// Package and name without it, beside the file.
    in_files: HashSet<(&'a str, &'a str)>,
    names: HashSet<&'a str>,
    packages: HashSet<&'a str>,
}

impl<'a> Declared<'a> {
    pub(super) fn new(pairing: &Pairing<'a>) -> Self {
        let all = || pairing.new.extensions.values();
        Self {
            in_files: all().map(|one| (one.place.file, nested_name(pairing.new, one))).collect(),
            names: all().map(Field::full_name).collect(),
            packages: all().map(|one| package(pairing.new, one)).collect(),
        }
    }

    /// Whether the file declares an extension of that name, in whatever package it is now.
    pub(super) fn in_file(&self, file: &SourceFile<'_>, nested_name: &str) -> bool {
        self.in_files.contains(&(file.name, nested_name))
    }

    /// Whether there is an extension of that full name.
    pub(super) fn by_name(&self, full_name: &str) -> bool {
        self.names.contains(full_name)
    }

    /// Whether the package has any extension.
    pub(super) fn in_package(&self, package: &str) -> bool {
        self.packages.contains(package)
    }
}

/// The package that an extension is declared in.
pub(super) fn package<'a>(schema: &'a Schema<'a>, extension: &Field<'a>) -> &'a str {
    schema.files.get(extension.place.file).map_or("", |file| file.package)
}

/// The full name of an extension without its package.
pub(super) fn nested_name<'a>(schema: &'a Schema<'a>, extension: &Field<'a>) -> &'a str {
    let full_name = extension.full_name();
    match package(schema, extension).len() {
        0 => full_name,
        length => full_name.get(length + 1..).unwrap_or(full_name),
    }
}
