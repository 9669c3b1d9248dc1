//! What the rules on options that a package has once share.

use std::collections::{BTreeMap, BTreeSet};

use treaty_compiler::descriptor::Options;

use crate::lint::{FileView, Hits, View, quoted};

/// The own files of each package.
pub(super) fn by_package<'v, 'd>(view: &'v View<'d>) -> BTreeMap<&'d str, Vec<&'v FileView<'d>>> {
    let mut packages: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for file in &view.files {
        packages.entry(&file.proto.package).or_default().push(file);
    }
    packages
}

/// All files of a package must have one value, which may be none.
pub(super) fn check<'d>(
    view: &View<'d>,
    hits: &mut Hits<'d>,
    name: &str,
    number: i32,
    value: for<'o> fn(&'o Options, u32) -> &'o str,
) {
    for (package, files) in by_package(view) {
        let of = |file: &&FileView<'d>| {
            file.options().map_or("", |options| value(options, number.unsigned_abs()))
        };
        let mut values: BTreeSet<&str> = files.iter().map(of).collect();
        if values.len() < 2 {
            continue;
        }
        let none = values.remove("");
        let values = quoted(&values.into_iter().collect::<Vec<_>>().join(","));
        let both = if none { "both" } else { "multiple" };
        let none = if none { " and no value" } else { "" };
        for file in files {
            let message = format!(
                "Files in package \"{package}\" have {both} values {values}{none} for option \
                 \"{name}\" and all values must be equal."
            );
            hits.add(file, [8, number], package, message);
        }
    }
}

/// A `string`; empty where it is not set.
pub(super) fn text(options: &Options, number: u32) -> &str {
    options.text(number).unwrap_or_default()
}

/// A `bool`; empty where it is not set.
pub(super) fn flag(options: &Options, number: u32) -> &str {
    match options.get(number) {
        Some(value) if value.truth() == Some(true) => "true",
        Some(_) => "false",
        None => "",
    }
}
