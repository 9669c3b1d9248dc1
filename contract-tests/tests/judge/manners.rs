//! The tree keeps its own rules: imports go down, one program is the default, the map is true.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use serde_json::Value;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// `cargo metadata` of the workspace.
fn metadata() -> anyhow::Result<Value> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(ROOT)
        .output()?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn architecture() -> anyhow::Result<String> {
    Ok(std::fs::read_to_string(Path::new(ROOT).join("ARCHITECTURE.md"))?)
}

/// The text between a pair of fences that follow a heading.
fn fenced<'a>(text: &'a str, heading: &str) -> anyhow::Result<&'a str> {
    let (_, rest) = text.split_once(heading).with_context(|| format!("no `{heading}`"))?;
    let (_, rest) = rest.split_once("```").context("no fence")?;
    let (_, rest) = rest.split_once('\n').context("no line")?;
    Ok(rest.split_once("```").context("no end of the fence")?.0)
}

/// The ranks of ARCHITECTURE.md: name of a package → rank.
fn ranks(text: &str) -> anyhow::Result<BTreeMap<String, u32>> {
    let mut ranks = BTreeMap::new();
    for line in fenced(text, "## Ranks")?.lines() {
        let mut words = line.split_whitespace();
        let Some(rank) = words.next() else { continue };
        for name in words {
            ranks.insert(name.to_owned(), rank.parse()?);
        }
    }
    Ok(ranks)
}

fn packages(metadata: &Value) -> Vec<(&str, &Value)> {
    let packages = metadata["packages"].as_array().expect("packages");
    packages.iter().map(|package| (package["name"].as_str().expect("name"), package)).collect()
}

#[test]
fn imports_go_down_only() -> anyhow::Result<()> {
    let metadata = metadata()?;
    let ranks = ranks(&architecture()?)?;
    let own: BTreeSet<&str> = packages(&metadata).iter().map(|(name, _)| *name).collect();
    let ranked: BTreeSet<&str> = ranks.keys().map(String::as_str).collect();
    assert_eq!(own, ranked, "the ranks of ARCHITECTURE.md name every package and no other");
    for (name, package) in packages(&metadata) {
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let to = dependency["name"].as_str().expect("name");
            if let Some(rank) = ranks.get(to) {
                assert!(
                    ranks[name] > *rank,
                    "{name} (rank {}) imports {to} (rank {rank}): imports go down only",
                    ranks[name]
                );
            }
        }
    }
    println!("{} packages import downwards only", own.len());
    Ok(())
}

#[test]
fn a_service_knows_only_public_faces() -> anyhow::Result<()> {
    let metadata = metadata()?;
    let own: BTreeSet<&str> = packages(&metadata).iter().map(|(name, _)| *name).collect();
    let faces = ["treaty-contracts", "treaty-mesh", "treaty-bus"];
    for (name, package) in packages(&metadata) {
        let manifest = package["manifest_path"].as_str().expect("manifest_path");
        if !manifest.contains("/services/") {
            continue;
        }
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let to = dependency["name"].as_str().expect("name");
            assert!(!own.contains(to) || faces.contains(&to), "{name} must not know {to}");
        }
        println!("{name} knows the contracts, the mesh and the bus");
    }
    Ok(())
}

#[test]
fn the_pure_crates_know_no_world() -> anyhow::Result<()> {
    let metadata = metadata()?;
    let walls: [(&str, &[&str]); 4] = [
        ("treaty-compiler", &["tokio", "hyper", "tonic", "rustls", "rusqlite", "clap"]),
        ("treaty-core", &["tokio", "hyper", "tonic", "rustls", "rusqlite"]),
        ("treaty-engine", &["tokio", "hyper", "tonic", "rustls", "rusqlite", "clap"]),
        ("treaty-http2", &["tokio", "hyper", "tonic", "h2", "rustls", "mio"]),
    ];
    for (name, forbidden) in walls {
        let all = packages(&metadata);
        let (_, package) = all.iter().find(|(found, _)| *found == name).context("a pure crate")?;
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let to = dependency["name"].as_str().expect("name");
            assert!(!forbidden.contains(&to), "{name} must not know {to}");
        }
        for file in rust_files(&Path::new(ROOT).join("crates").join(name).join("src"))? {
            let text = std::fs::read_to_string(&file)?;
            for word in ["std::fs", "std::net", "std::time::Instant", "SystemTime", "std::env"] {
                assert!(!text.contains(word), "{} uses {word}", file.display());
            }
        }
    }
    Ok(())
}

#[test]
fn one_tls_library_and_one_crypto_provider() -> anyhow::Result<()> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["tree", "--workspace", "--offline", "--prefix", "none", "--format", "{lib}"])
        .current_dir(ROOT)
        .output()?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let used = String::from_utf8(output.stdout)?;
    let used: BTreeSet<&str> = used.split_whitespace().collect();
    assert!(used.contains("rustls") && used.contains("aws_lc_rs"), "{used:?}");
    for forbidden in ["openssl", "openssl_sys", "native_tls", "ring", "boring"] {
        assert!(
            !used.contains(forbidden),
            "{forbidden}: rustls with aws-lc-rs is the one TLS stack"
        );
    }
    println!("{} libraries, one TLS stack", used.len());
    Ok(())
}

#[test]
fn one_program_is_the_default() -> anyhow::Result<()> {
    let metadata = metadata()?;
    let defaults: Vec<_> = packages(&metadata)
        .into_iter()
        .filter_map(|(name, package)| Some((name, package["default_run"].as_str()?)))
        .collect();
    assert_eq!(defaults, [("treaty", "treaty")]);
    Ok(())
}

#[test]
fn versions_stand_once() -> anyhow::Result<()> {
    for folder in ["crates", "services"] {
        for entry in std::fs::read_dir(Path::new(ROOT).join(folder))? {
            let manifest = entry?.path().join("Cargo.toml");
            let Ok(text) = std::fs::read_to_string(&manifest) else { continue };
            let (_, dependencies) = text.split_once("[dependencies]").unwrap_or_default();
            for line in dependencies.lines().filter(|line| line.contains(" = ")) {
                assert!(
                    !line.contains("version =") && !line.contains("= \""),
                    "{}: `{line}` belongs in [workspace.dependencies]",
                    manifest.display()
                );
            }
        }
    }
    Ok(())
}

#[test]
fn the_map_is_true() -> anyhow::Result<()> {
    let text = architecture()?;
    let mapped: BTreeSet<String> = fenced(&text, "## Map")?
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(|path| path.trim_end_matches('/').to_owned())
        .collect();
    let mut found = BTreeSet::new();
    for folder in ["crates", "services", "proto/shop", "proto/treaty"] {
        for entry in std::fs::read_dir(Path::new(ROOT).join(folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() {
                found.insert(format!("{folder}/{name}"));
            }
        }
    }
    for path in &mapped {
        assert!(Path::new(ROOT).join(path).exists(), "the map names {path}, which is not there");
    }
    let missing: Vec<_> = found.difference(&mapped).collect();
    assert!(missing.is_empty(), "the map of ARCHITECTURE.md lacks {missing:?}");
    Ok(())
}

#[test]
fn every_bound_in_the_table_is_there_and_every_max_is_in_the_table() -> anyhow::Result<()> {
    let text = architecture()?;
    let (_, section) = text.split_once("## Bounds").context("no `## Bounds`")?;
    let section = section.split("\n## ").next().unwrap_or_default();
    let mut listed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let (name, file) = (cells[1].trim_matches('`'), cells[3].trim_matches('`'));
        listed.entry(file).or_default().insert(name);
    }
    for (file, names) in &listed {
        let source = std::fs::read_to_string(Path::new(ROOT).join(file))
            .with_context(|| (*file).to_owned())?;
        for name in names {
            let is_there = source.contains(&format!("pub {name}:"))
                || source.contains(&format!("const {name}:"));
            assert!(is_there, "{file} has no bound `{name}`");
        }
        for line in source.lines().map(str::trim_start) {
            let Some(field) = line.strip_prefix("pub max_") else { continue };
            let name = format!("max_{}", field.split(':').next().unwrap_or_default());
            assert!(
                names.contains(name.as_str()),
                "ARCHITECTURE.md does not list {name} of {file}"
            );
        }
    }
    println!(
        "{} bounds stand where ARCHITECTURE.md says",
        listed.values().map(BTreeSet::len).sum::<usize>()
    );
    Ok(())
}

#[test]
fn the_readme_quotes_what_is_there() -> anyhow::Result<()> {
    let root = Path::new(ROOT);
    let readme = std::fs::read_to_string(root.join("README.md"))?;
    let main = std::fs::read_to_string(root.join("services/catalog/src/main.rs"))?;
    assert!(readme.contains(main.trim()), "the README quotes another main.rs of the catalog");
    for (_, rest) in readme.match_indices("](").map(|(at, _)| readme.split_at(at + 2)) {
        let link = rest.split(')').next().unwrap_or_default();
        let path = link.split('#').next().unwrap_or_default();
        assert!(
            link.starts_with("https://") || root.join(path).exists(),
            "the README links to {link}, which is not there"
        );
    }
    Ok(())
}

#[test]
fn every_file_says_what_it_is_about() -> anyhow::Result<()> {
    let mut files = Vec::new();
    for folder in ["crates", "services", "contract-tests", "proto"] {
        files.extend(rust_files(&Path::new(ROOT).join(folder))?);
    }
    for file in &files {
        let text = std::fs::read_to_string(file)?;
        assert!(text.starts_with("//!"), "{} has no header", file.display());
    }
    println!("{} files say what they are about", files.len());
    Ok(())
}

fn rust_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(found)
}
