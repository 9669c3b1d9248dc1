//! Turns sources or encoded descriptor sets into linked descriptors, and back into released bytes.
//! — *Does not* read files. — *Holds*: a released set is self-contained, has no source positions,
//! marks its imports as buf's images do, keeps custom options, and is the same for the same input.

use std::collections::{BTreeMap, BTreeSet};

use prost::Message as _;
use prost_reflect::{DescriptorPool, FileDescriptor};
use prost_types::{FileDescriptorProto, FileDescriptorSet};
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};
use sha2::{Digest as _, Sha256};

use crate::nesting::{self, TooDeep};
use crate::{Finding, Schema, wire};

/// Proto sources by the name that an `import` uses, such as `shop/orders/v1/orders.proto`.
pub type Sources = BTreeMap<String, String>;

/// `FileDescriptorSet.file`.
const FILE: u64 = 1;
/// `FileDescriptorProto.source_code_info`.
const SOURCE_CODE_INFO: u64 = 9;
/// buf's extension of `FileDescriptorProto` in images.
const BUF_EXTENSION: u64 = 8042;
/// `is_import = true` in it.
const IS_IMPORT: &[u8] = &[0x08, 0x01];

/// The bytes are not an encoded and self-contained `google.protobuf.FileDescriptorSet`.
#[derive(Debug, thiserror::Error)]
#[error("not a self-contained descriptor set: {0}")]
pub struct NotADescriptorSet(String);

/// Linked files, some of them the contract's own and the others only imported.
#[derive(Debug, Clone)]
pub struct Descriptors {
    pool: DescriptorPool,
    own: BTreeSet<String>,
}

impl Descriptors {
    /// Compiles the sources with their positions; all of them are own files.
    ///
    /// A file that does not compile is left out and every fault that was seen is in the findings,
    /// sorted and once each.
    #[must_use]
    pub fn compile(sources: &Sources) -> (Self, Vec<Finding>) {
        let (mut own, mut findings) = (BTreeSet::new(), BTreeSet::new());
        let mut sound = sources.clone();
        sound.retain(|path, source| match nesting::too_deep(source) {
            Some(TooDeep { what, line, column }) => {
                findings.insert(
                    Finding::in_file(Finding::COMPILE, path, (line, column), what)
                        .with_remedy("nest less; the file was compared with nothing"),
                );
                false
            }
            None => true,
        });
        let paths: Vec<String> = sound.keys().cloned().collect();
        let mut resolver = ChainFileResolver::new();
        resolver.add(Given(sound));
        resolver.add(GoogleFileResolver::new());
        let mut compiler = protox::Compiler::with_file_resolver(resolver);
        for path in &paths {
            match compiler.open_file(path) {
                Ok(_) => _ = own.insert(path.clone()),
                Err(error) => _ = findings.insert(compile_error(path, &error)),
            }
        }
        (Self { pool: compiler.descriptor_pool(), own }, findings.into_iter().collect())
    }

    /// Links an encoded `FileDescriptorSet`; files that are not marked as imports are own files.
    ///
    /// # Errors
    ///
    /// [`NotADescriptorSet`], also where an import is missing from the set.
    pub fn decode(bytes: &[u8]) -> Result<Self, NotADescriptorSet> {
        let not = |reason: &str| NotADescriptorSet(reason.to_owned());
        let files = wire::fields(bytes).ok_or_else(|| not("not a protobuf message"))?;
        let (mut own, mut imports) = (BTreeSet::new(), BTreeMap::new());
        for file in files.iter().filter(|field| field.number == FILE) {
            let parts = wire::fields(file.payload).ok_or_else(|| not("a file is cut short"))?;
            let imported = parts
                .iter()
                .any(|part| part.number == BUF_EXTENSION && part.payload.starts_with(IS_IMPORT));
            let file = FileDescriptorProto::decode(file.payload)
                .map_err(|error| NotADescriptorSet(error.to_string()))?;
            let name = Some(file.name().to_owned())
                .filter(|name| !name.is_empty())
                .ok_or_else(|| not("a file has no name"))?;
            if !matches!(file.syntax(), "" | "proto2" | "proto3") {
                let syntax = file.syntax();
                let reason = format!("{name} has the syntax `{syntax}`, which is not known yet");
                return Err(NotADescriptorSet(reason));
            }
            imports.insert(name.clone(), file.dependency);
            if !imported {
                own.insert(name);
            }
        }
        if let Some(name) = imports_itself(imports) {
            return Err(NotADescriptorSet(format!("{name} imports itself, if only around others")));
        }
        if own.is_empty() {
            return Err(not("it holds no files"));
        }
        let pool =
            DescriptorPool::decode(bytes).map_err(|error| NotADescriptorSet(error.to_string()))?;
        Ok(Self { pool, own })
    }

    /// The same files, of which only the accepted ones stay own; imports are looked up in all.
    #[must_use]
    pub fn subset(&self, own: impl Fn(&str) -> bool) -> Self {
        let own = self.own.iter().filter(|name| own(name)).cloned().collect();
        Self { pool: self.pool.clone(), own }
    }

    /// The same files, of which all that the own ones import, near or far, are own too.
    #[must_use]
    pub fn with_imports(&self) -> Self {
        let mut files = Vec::new();
        for file in self.own_files() {
            add_with_imports(file, &mut files);
        }
        let own = files.iter().map(|file| file.name().to_owned()).collect();
        Self { pool: self.pool.clone(), own }
    }

    /// The names of the own files, sorted.
    pub fn own(&self) -> impl Iterator<Item = &str> {
        self.own.iter().map(String::as_str)
    }

    /// Own files and all that they import, imports first, each encoded with its positions, and
    /// whether it is an own one.
    #[must_use]
    pub fn encoded_files(&self) -> Vec<(String, bool, Vec<u8>)> {
        let mut files = Vec::new();
        for file in self.own_files() {
            add_with_imports(file, &mut files);
        }
        let encoded = |file: FileDescriptor| {
            let name = file.name().to_owned();
            let own = self.own.contains(&name);
            (name, own, file.encode_to_vec())
        };
        files.into_iter().map(encoded).collect()
    }

    /// Everything that is linked, own or imported.
    #[must_use]
    pub fn pool(&self) -> &DescriptorPool {
        &self.pool
    }

    /// The descriptors as rules see them.
    #[must_use]
    pub fn schema(&self) -> Schema {
        Schema::new(&self.pool, &self.own)
    }

    /// `sha256:` and the hex digest over the own files by name, without source positions.
    #[must_use]
    pub fn digest(&self) -> String {
        let file = self
            .own_files()
            .map(|file| FileDescriptorProto {
                source_code_info: None,
                ..file.file_descriptor_proto().clone()
            })
            .collect();
        sha256(&FileDescriptorSet { file }.encode_to_vec())
    }

    /// The released form: own files and all that they import, imports first.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut files = Vec::new();
        for file in self.own_files() {
            add_with_imports(file, &mut files);
        }
        let mut set = Vec::new();
        for file in files {
            let encoded = file.encode_to_vec();
            let fields = wire::fields(&encoded).expect("prost-reflect encodes messages");
            let mut stripped = Vec::with_capacity(encoded.len());
            for field in fields {
                if field.number != SOURCE_CODE_INFO && field.number != BUF_EXTENSION {
                    stripped.extend_from_slice(field.whole);
                }
            }
            if !self.own.contains(file.name()) {
                wire::push(&mut stripped, BUF_EXTENSION, IS_IMPORT);
            }
            wire::push(&mut set, FILE, &stripped);
        }
        set
    }

    fn own_files(&self) -> impl Iterator<Item = FileDescriptor> {
        self.own.iter().filter_map(|name| self.pool.get_file_by_name(name))
    }
}

/// `sha256:` and the hex digest of any bytes, such as those of a released file.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// Adds a file behind all that it imports; imports do not go in circles, but may go far.
fn add_with_imports(file: FileDescriptor, into: &mut Vec<FileDescriptor>) {
    let mut path = vec![file];
    while let Some(file) = path.last() {
        let missing = file.dependencies().find(|import| !into.contains(import));
        match missing {
            Some(import) => path.push(import),
            None => into.extend(path.pop().filter(|file| !into.contains(file))),
        }
    }
}

/// A file of a circle of imports, if there is one.
fn imports_itself(mut imports: BTreeMap<String, Vec<String>>) -> Option<String> {
    loop {
        let ends = |names: &Vec<String>| !names.iter().any(|name| imports.contains_key(name));
        let done: Vec<String> =
            imports.iter().filter(|(_, names)| ends(names)).map(|(name, _)| name.clone()).collect();
        if done.is_empty() {
            return imports.into_keys().next();
        }
        imports.retain(|name, _| !done.contains(name));
    }
}

/// protox tells the position only in its debug form: `<file>:<line>:<column>: <message>`.
fn compile_error(path: &str, error: &protox::Error) -> Finding {
    let message = error.to_string();
    let file = error.file().unwrap_or(path);
    let debug = format!("{error:?}");
    let position = debug.strip_prefix(file).and_then(|rest| {
        let mut parts = rest.strip_prefix(':')?.splitn(3, ':');
        Some((parts.next()?.trim().parse().ok()?, parts.next()?.trim().parse().ok()?))
    });
    let (line, column) = position.unwrap_or((1, 1));
    Finding::in_file(Finding::COMPILE, file, (line, column), message)
        .with_remedy("correct the source; the file was compared with nothing")
}

struct Given(Sources);

impl FileResolver for Given {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match self.0.get(name) {
            Some(source) => File::from_source(name, source),
            None => Err(protox::Error::file_not_found(name)),
        }
    }
}
