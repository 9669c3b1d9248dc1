//! Encodes what plugins are asked: `google.protobuf.compiler.CodeGeneratorRequest`. — *Holds*: a file
//! is to be generated in one request only; options that only sources keep are in
//! `source_file_descriptors` alone. — *Source*: plugin.proto, and what buf 1.75.0 sends, which has
//! no version of a compiler.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use treaty_compiler::Retention;
use treaty_compiler::descriptor::{Encoding, File, SourceInfo};
use treaty_compiler::wire::put_bytes;

use super::image::Image;
use super::managed::is_well_known;
use super::template::Strategy;

/// Fields of `CodeGeneratorRequest`.
const FILE_TO_GENERATE: u32 = 1;
const PARAMETER: u32 = 2;
const PROTO_FILE: u32 = 15;
const SOURCE_FILE_DESCRIPTORS: u32 = 17;
/// Field of `FileDescriptorSet`.
const FILE: u32 = 1;

/// The requests that an image is split into, ready to be encoded.
#[derive(Debug)]
pub(super) struct Requests {
    files: BTreeMap<Box<str>, Encoded>,
    /// In the order of folders.
    pub(super) questions: Vec<Question>,
}

/// A file's descriptor.
#[derive(Debug)]
struct Encoded {
    source: Vec<u8>,
    /// Without options that only sources keep, where there are any.
    runtime: Option<Vec<u8>>,
}

/// The files of one request, imports first, and which of them are to be generated.
#[derive(Debug, Clone)]
pub(super) struct Question {
    files: Vec<(Box<str>, bool)>,
}

/// Which files are generated beside own ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Included {
    pub(super) imports: bool,
    /// Needs `imports`.
    pub(super) well_known: bool,
}

impl Requests {
    /// Splits an image as the strategy says; imports are split as own files are.
    pub(super) fn of(image: &Image, strategy: Strategy, included: Included) -> Self {
        let descriptors = image.descriptors();
        let is_asked = |name: &str| {
            let is_import_meant = included.imports && (included.well_known || !is_well_known(name));
            is_import_meant || descriptors.is_own(name)
        };
        let asked: BTreeSet<&str> = image.files().filter(|name| is_asked(name)).collect();
        let questions = match strategy {
            Strategy::All if asked.is_empty() => Vec::new(),
            Strategy::All => {
                let files = image.files().map(|name| (name.into(), asked.contains(name)));
                vec![Question { files: files.collect() }]
            }
            Strategy::Directory => {
                let all = descriptors.with_imports();
                let folders: BTreeSet<&str> = asked.iter().map(|name| folder(name)).collect();
                let question = |wanted: &&str| {
                    let part = all.subset(|name| folder(name) == *wanted && asked.contains(name));
                    let files = part.imports_first();
                    let files = files.iter().map(|file| &file.name);
                    let files = files.map(|name| (name.clone(), part.is_own(name)));
                    Question { files: files.collect() }
                };
                folders.iter().map(question).collect()
            }
        };
        Self { files: encoded(image), questions }
    }

    /// The encoded request.
    pub(super) fn encode(&self, question: &Question, parameter: &str) -> Vec<u8> {
        let mut request = Vec::new();
        for name in question.asked() {
            put_bytes(&mut request, FILE_TO_GENERATE, name.as_bytes());
        }
        if !parameter.is_empty() {
            put_bytes(&mut request, PARAMETER, parameter.as_bytes());
        }
        for (name, asked) in &question.files {
            let Some(file) = self.files.get(name) else { continue };
            let runtime = file.runtime.as_ref().filter(|_| *asked);
            put_bytes(&mut request, PROTO_FILE, runtime.unwrap_or(&file.source));
        }
        for name in question.asked() {
            let Some(file) = self.files.get(name) else { continue };
            put_bytes(&mut request, SOURCE_FILE_DESCRIPTORS, &file.source);
        }
        request
    }

    /// The descriptor set of a question's files, with all their options.
    pub(super) fn descriptor_set(&self, question: &Question) -> Vec<u8> {
        let mut set = Vec::new();
        for (name, _) in &question.files {
            let Some(file) = self.files.get(name) else { continue };
            put_bytes(&mut set, FILE, &file.source);
        }
        set
    }
}

/// The folder of a file; `.` where it has none.
fn folder(name: &str) -> &str {
    name.rsplit_once('/').map_or(".", |(folder, _)| folder)
}

/// Every file of an image, with and without the options that only sources keep.
fn encoded(image: &Image) -> BTreeMap<Box<str>, Encoded> {
    let descriptors = image.descriptors();
    let retention = Retention::new(descriptors.files());
    let encoding = Encoding { source_info: SourceInfo::Included, image: false };
    let encode = |file: &File| {
        let mut bytes = Vec::new();
        file.encode(&mut bytes, encoding);
        bytes
    };
    let one = |name: &str| {
        let file = descriptors.file(name)?;
        let stripped = retention.strip(file);
        let runtime = (!Arc::ptr_eq(file, &stripped)).then(|| encode(&stripped));
        Some((Box::from(name), Encoded { source: encode(file), runtime }))
    };
    image.files().filter_map(one).collect()
}

impl Question {
    /// The files to generate.
    pub(super) fn asked(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter(|(_, asked)| *asked).map(|(name, _)| &**name)
    }
}
