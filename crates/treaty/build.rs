//! Tells the program which sources its answers come from, so that what another build of it kept is
//! not taken for its own. — *Holds*: equal sources and dependencies have equal fingerprints.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// What a judgement follows from, apart from what is judged.
const SOURCES: [&str; 5] = [
    "src/gate",
    "../treaty-engine/src",
    "../treaty-compiler/src",
    "../treaty-compiler/wellknown",
    "../../Cargo.lock",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    let mut files = Vec::new();
    // Where only this package is at hand, its version says which sources the others have.
    for source in SOURCES.map(Path::new).into_iter().filter(|source| source.exists()) {
        println!("cargo:rerun-if-changed={}", source.display());
        find(source, &mut files)?;
    }
    files.sort();
    let mut all = Sha256::new_with_prefix(std::env::var("CARGO_PKG_VERSION")?);
    for file in files {
        all.update(Sha256::digest(file.to_string_lossy().as_bytes()));
        all.update(Sha256::digest(fs::read(&file)?));
    }
    let hex: String = all.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    println!("cargo:rustc-env=TREATY_FINGERPRINT={hex}");
    Ok(())
}

fn find(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        find(&entry?.path(), files)?;
    }
    Ok(())
}
