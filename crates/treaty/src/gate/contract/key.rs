//! What the judgement of a contract follows from, as a key to keep it under. — *Holds*: what is not
//! in the key changes nothing of a judgement; name, owner, version and waivers only change what is made
//! of it.

use toml::Spanned;

use super::Contract;
use crate::gate::cache::{Files, Key, Parts};
use crate::gate::manifest::{Deprecation, Manifest};
use crate::gate::released::Sealed;

/// Of its files and what they import, of what it released and what became of that, of whose the
/// other files are, and of what else it promises; none where nobody can tell what its files import.
pub(super) fn key(contract: &Contract, files: &Files<'_>) -> Option<Key> {
    let Manifest { deprecation, sunset, contract_options, retired, .. } = &contract.manifest;
    let mut parts = Parts::of("judgement");
    parts.count(contract.files.len());
    for file in &contract.files {
        parts.add(file);
        parts.add(files.key(file)?);
    }
    parts.count(contract.beside.len());
    for file in &contract.beside {
        parts.add(file);
        parts.add(files.key(file)?);
    }
    // Which of the imported files are those of other contracts.
    parts.count(contract.folders.len());
    contract.folders.iter().for_each(|folder| parts.add(folder));
    parts.count(contract.sealed.len());
    for Sealed { version, digest, .. } in &contract.sealed {
        let day = contract.days.get(version).map(ToString::to_string).unwrap_or_default();
        parts.add(format!("{version} {digest} {day}"));
    }
    parts.count(retired.len());
    retired.iter().for_each(|version| parts.add(version.get_ref().to_string()));
    parts.count(contract_options.len());
    contract_options.iter().for_each(|name| parts.add(name.get_ref()));
    if let Some(Deprecation { releases, days }) = deprecation.as_ref().map(Spanned::get_ref) {
        // Only who has to wait looks at the calendar.
        parts.add(format!("{releases:?} {days:?} {sunset:?} {}", contract.today));
    }
    Some(parts.key())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use toml::value::Date;
    use treaty_engine::Sources;

    use super::*;
    use crate::gate::cache::Cache;
    use crate::gate::manifest;

    const MANIFEST: &str = "name = \"a\"\nversion = \"0.0.0\"\nowner = \"us\"\n";

    fn key_of(more: &str, sources: &[(&str, &str)], today: u8) -> Option<Key> {
        key_beside(&["a"], more, sources, today)
    }

    fn key_beside(
        folders: &[&str],
        more: &str,
        sources: &[(&str, &str)],
        today: u8,
    ) -> Option<Key> {
        let folder = tempfile::tempdir().unwrap();
        let sources: Sources =
            sources.iter().map(|&(name, text)| (name.to_owned(), text.into())).collect();
        let text = format!("{MANIFEST}{more}");
        let manifest = manifest::parse("contract.toml", &text).unwrap();
        let folders = folders.iter().map(|&folder| folder.to_owned()).collect();
        let path = folder.path().join("a");
        let protos = sources.keys().cloned().collect();
        let mut contract =
            Contract::read(manifest, text, "a".to_owned(), path, Arc::new(folders), &protos)
                .unwrap();
        contract.today = Date { year: 2026, month: 1, day: today };
        key(&contract, &Files::new(&sources, &Cache::of(folder.path())))
    }

    const A: (&str, &str) = ("a/a.proto", "syntax = \"proto3\"; import \"b.proto\"; message A {}");
    const B: (&str, &str) = ("b.proto", "syntax = \"proto3\"; message B {}");

    #[test]
    fn asks_for_the_day_only_where_something_waits_for_one() {
        for (more, waits) in [
            ("", false),
            ("sunset = 2026-01-02\n", false),
            ("[deprecation]\nreleases = 1\n", true),
            ("sunset = 2026-01-02\n[deprecation]\nreleases = 1\n", true),
            (
                "[[waiver]]\nrule = \"R\"\nelement = \"e\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2026-01-01\n",
                false,
            ),
        ] {
            let differs = key_of(more, &[A, B], 1) != key_of(more, &[A, B], 2);
            assert_eq!(differs, waits, "{more}");
        }
    }

    #[test]
    fn follows_files_imports_and_promises() {
        let plain = key_of("", &[A, B], 1).unwrap();
        assert_eq!(key_of("", &[A, B, ("c.proto", "")], 1), Some(plain), "nobody imports c");
        let other = (B.0, "syntax = \"proto3\"; message B { int32 b = 1; }");
        let further = (B.0, "syntax = \"proto3\"; import \"c.proto\"; message B {}");
        let options = ("google/protobuf/descriptor.proto", "syntax = \"proto2\";");
        for (what, more, sources) in [
            ("an import", "", vec![A, other]),
            ("an import of an import", "", vec![A, further]),
            ("an import that is not there", "", vec![A]),
            ("a second file", "", vec![A, B, ("a/b.proto", "")]),
            ("the file of all options", "", vec![A, B, options]),
            ("an option", "contract_options = [\"x\"]\n", vec![A, B]),
            ("a version", "retired = [\"1.0.0\"]\n", vec![A, B]),
        ] {
            assert!(key_of(more, &sources, 1).is_some_and(|key| key != plain), "{what}");
        }
        assert_ne!(key_beside(&["a", "b"], "", &[A, B], 1), Some(plain), "another contract");
        let circle = (B.0, "syntax = \"proto3\"; import \"a/a.proto\";");
        assert_eq!(key_of("", &[A, circle], 1), None, "imports in a circle");
    }
}
