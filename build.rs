//! Compiles `proto/` without protoc: Rust code for every package, and the descriptors of every contract.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use prost::Message as _;
use prost_types::{FileDescriptorProto, FileDescriptorSet};
use sha2::{Digest as _, Sha256};
use treaty_compiler::descriptor::{Encoding, SourceInfo};
use treaty_compiler::wire::put_message;

const ROOT: &str = "proto";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={ROOT}");
    println!("cargo:rerun-if-changed=build.rs");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);

    let mut protos = Vec::new();
    let mut contracts = Vec::new();
    find(Path::new(ROOT), &mut protos, &mut contracts)?;
    let all = compile(&protos)?;

    fs::write(out.join("contracts.rs"), contract_table(&all, &contracts, &out)?)?;
    tonic_prost_build::configure()
        .build_transport(false)
        .bytes(".")
        .emit_rerun_if_changed(false)
        .compile_fds(all)?;
    Ok(())
}

/// The descriptors of all protos and of what they import, as the gate sees them.
#[allow(clippy::print_stderr, reason = "a build script speaks on standard error")]
fn compile(protos: &[PathBuf]) -> Result<FileDescriptorSet, Box<dyn Error>> {
    let mut sources = treaty_compiler::Sources::new();
    for path in protos {
        let name = path.strip_prefix(ROOT)?.to_str().ok_or("a path that is not UTF-8")?;
        sources.insert(name.to_owned(), fs::read_to_string(path)?.into());
    }
    let compiled = treaty_compiler::compile(&sources);
    for fault in &compiled.diagnostics {
        let (line, column) = (fault.span.start.line + 1, fault.span.start.column + 1);
        eprintln!("{ROOT}/{}:{line}:{column}: {}", fault.file, fault.message);
    }
    if !compiled.diagnostics.is_empty() {
        return Err("the contracts do not compile".into());
    }
    let mut set = Vec::new();
    for file in &compiled.files {
        let encoding = Encoding { source_info: SourceInfo::Included, image: false };
        put_message(&mut set, 1, |into| file.encode(into, encoding));
    }
    Ok(FileDescriptorSet::decode(&*set)?)
}

/// Collects `.proto` files and the folders that hold a `contract.toml`, in a stable order.
fn find(
    folder: &Path,
    protos: &mut Vec<PathBuf>,
    contracts: &mut Vec<PathBuf>,
) -> Result<(), Box<dyn Error>> {
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            find(&path, protos, contracts)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            protos.push(path);
        } else if path.ends_with("contract.toml") {
            contracts.push(folder.to_owned());
        }
    }
    Ok(())
}

/// Writes one self-contained descriptor set per contract, and the Rust table that includes them.
fn contract_table(
    all: &FileDescriptorSet,
    folders: &[PathBuf],
    out: &Path,
) -> Result<String, Box<dyn Error>> {
    let by_name: BTreeMap<&str, &FileDescriptorProto> =
        all.file.iter().map(|file| (file.name(), file)).collect();
    let mut code = String::new();
    let mut names = Vec::new();
    for folder in folders {
        let manifest: toml::Table =
            toml::from_str(&fs::read_to_string(folder.join("contract.toml"))?)?;
        let text = |key: &str| {
            manifest.get(key).and_then(toml::Value::as_str).ok_or_else(|| {
                format!("{}/contract.toml: `{key}` must be a string", folder.display())
            })
        };
        let (name, version) = (text("name")?, text("version")?);
        let members: Vec<_> = by_name
            .iter()
            .filter(|(file, _)| owner(&Path::new(ROOT).join(file), folders) == Some(folder))
            .map(|(_, file)| *file)
            .collect();
        fs::write(out.join(format!("{name}.binpb")), closure(&members, &by_name).encode_to_vec())?;
        code.push_str(&table_entry(name, version, folder, &members));
        names.push(name.to_owned());
    }
    code.push_str(
        "/// Every contract of the enabled features, by name.\npub static ALL: &[&Contract] = &[\n",
    );
    for (name, folder) in names.iter().zip(folders) {
        code.push_str(&format!(
            "    #[cfg(feature = {:?})]\n    &{},\n",
            feature(folder),
            ident(name)
        ));
    }
    code.push_str("];\n");
    Ok(code)
}

/// The innermost contract folder that holds a file.
fn owner<'a>(file: &Path, folders: &'a [PathBuf]) -> Option<&'a PathBuf> {
    folders
        .iter()
        .filter(|folder| file.starts_with(folder))
        .max_by_key(|folder| folder.components().count())
}

/// The files and all that they import, imports first.
fn closure(
    members: &[&FileDescriptorProto],
    by_name: &BTreeMap<&str, &FileDescriptorProto>,
) -> FileDescriptorSet {
    fn add<'a>(
        file: &'a FileDescriptorProto,
        by_name: &BTreeMap<&str, &'a FileDescriptorProto>,
        into: &mut Vec<&'a FileDescriptorProto>,
    ) {
        if into.iter().any(|known| known.name == file.name) {
            return;
        }
        for import in &file.dependency {
            if let Some(import) = by_name.get(import.as_str()) {
                add(import, by_name, into);
            }
        }
        into.push(file);
    }
    let mut files = Vec::new();
    for member in members {
        add(member, by_name, &mut files);
    }
    FileDescriptorSet { file: files.into_iter().cloned().collect() }
}

/// SHA-256 over the contract's own files, by name and without source positions.
fn digest(members: &[&FileDescriptorProto]) -> String {
    let file = members
        .iter()
        .map(|&file| FileDescriptorProto { source_code_info: None, ..file.clone() })
        .collect();
    let hash = Sha256::digest(FileDescriptorSet { file }.encode_to_vec());
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

fn table_entry(
    name: &str,
    version: &str,
    folder: &Path,
    members: &[&FileDescriptorProto],
) -> String {
    let mut services: Vec<String> = Vec::new();
    for file in members {
        for service in &file.service {
            services.push(format!("{}.{}", file.package(), service.name()));
        }
    }
    format!(
        "/// The contract `{name}`.\n\
         #[cfg(feature = {feature:?})]\n\
         pub static {ident}: Contract = Contract {{\n\
             name: {name:?},\n    version: {version:?},\n    digest: {digest:?},\n\
             services: &{services:?},\n\
             descriptor_set: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.binpb\")),\n\
         }};\n",
        feature = feature(folder),
        ident = ident(name),
        digest = digest(members),
    )
}

fn feature(folder: &Path) -> String {
    let top = folder.components().nth(1).expect("a contract lies below proto/");
    top.as_os_str().to_string_lossy().into_owned()
}

fn ident(name: &str) -> String {
    name.replace('.', "_").to_uppercase()
}
