//! Replays what fuzzing kept: every file of `fuzz/corpus/` through the target of its folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use treaty_testkit::hostile::{TARGETS, Target};

const FUZZ: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz");

#[test]
fn every_corpus_is_replayed() -> anyhow::Result<()> {
    for (name, target) in TARGETS {
        let files = files(&Path::new(FUZZ).join("corpus").join(name))?;
        assert!(!files.is_empty(), "{name} has no corpus");
        for file in &files {
            replay(*target, file)?;
        }
        println!("{name}: {} inputs", files.len());
    }
    Ok(())
}

#[test]
fn targets_corpora_and_programs_are_the_same() -> anyhow::Result<()> {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names("corpus")?, targets, "one folder of fuzz/corpus per target");
    assert_eq!(names("fuzz_targets")?, targets, "one file of fuzz/fuzz_targets per target");
    let manifest = std::fs::read_to_string(Path::new(FUZZ).join("Cargo.toml"))?;
    let manifest: toml::Table = toml::from_str(&manifest)?;
    let programs = manifest["bin"].as_array().context("programs")?;
    let programs: BTreeSet<String> =
        programs.iter().filter_map(|program| Some(program["name"].as_str()?.to_owned())).collect();
    assert_eq!(programs, targets, "one program of fuzz/Cargo.toml per target");
    for name in targets {
        let path = Path::new(FUZZ).join("fuzz_targets").join(&name).with_extension("rs");
        let text = std::fs::read_to_string(path)?;
        assert!(text.contains(&format!("hostile::{name}(bytes)")), "{name} calls another");
    }
    Ok(())
}

/// Runs a target and says which file it failed on.
fn replay(target: Target, file: &Path) -> anyhow::Result<()> {
    let bytes = std::fs::read(file)?;
    assert!(bytes.len() < 8192, "{} is too long to keep", file.display());
    if std::panic::catch_unwind(|| target(&bytes)).is_err() {
        anyhow::bail!("{} broke a promise; the panic is above", file.display());
    }
    Ok(())
}

/// The names in a folder of `fuzz/`, without extensions.
fn names(folder: &str) -> anyhow::Result<BTreeSet<String>> {
    let paths = files(&Path::new(FUZZ).join(folder))?;
    Ok(paths
        .iter()
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect())
}

fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<anyhow::Result<Vec<_>>>()
        .with_context(|| folder.display().to_string())?;
    paths.sort();
    Ok(paths)
}
