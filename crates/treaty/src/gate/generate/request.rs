//! Encodes what plugins are asked: `google.protobuf.compiler.CodeGeneratorRequest`. — *Holds*: a file
//! is to be generated in one request only; options that only sources keep are in
//! `source_file_descriptors` alone. — *Source*: plugin.proto, and what buf 1.75.0 sends, which has
//! no version of a compiler.

use std::collections::{BTreeMap, BTreeSet};

use treaty_compiler::descriptor::{Encoding, SourceInfo};
use treaty_compiler::wire::put_bytes;
use treaty_engine::SourceRetention;

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
    /// The files of each request, imports first.
    splits: Vec<Vec<Member>>,
}

/// A file's descriptor.
#[derive(Debug)]
struct Encoded {
    source: Vec<u8>,
    /// Without options that only sources keep, where there are any.
    runtime: Option<Vec<u8>>,
}

#[derive(Debug, Clone)]
struct Member {
    name: Box<str>,
    own: bool,
}

/// The files of one request, and which of them are to be generated.
#[derive(Debug, Clone)]
pub(super) struct Question {
    files: Vec<(Box<str>, bool)>,
}

impl Requests {
    /// Splits an image as the strategy says.
    pub(super) fn of(image: &Image, strategy: Strategy) -> Self {
        let descriptors = image.descriptors();
        let member = |name: &str| Member { name: name.into(), own: descriptors.is_own(name) };
        let splits = match strategy {
            Strategy::All => vec![image.files().map(member).collect()],
            Strategy::Directory => {
                let folder =
                    |name: &str| name.rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned();
                let folders: BTreeSet<String> = descriptors.own().map(folder).collect();
                let split = |wanted: &String| {
                    let part = descriptors.subset(|name| folder(name) == *wanted);
                    let files = part.imports_first();
                    let member = |name: &str| Member { name: name.into(), own: part.is_own(name) };
                    files.iter().map(|file| member(&file.name)).collect()
                };
                folders.iter().map(split).collect()
            }
        };
        let retention = SourceRetention::of(descriptors);
        let encoding = Encoding { source_info: SourceInfo::Included, image: false };
        let encoded = |name: &str| {
            let file = descriptors.file(name)?;
            let mut source = Vec::new();
            file.encode(&mut source, encoding);
            let stripped = retention.strip(file);
            let runtime = (!std::sync::Arc::ptr_eq(file, &stripped)).then(|| {
                let mut runtime = Vec::new();
                stripped.encode(&mut runtime, encoding);
                runtime
            });
            Some((Box::from(name), Encoded { source, runtime }))
        };
        let files = image.files().filter_map(encoded).collect();
        Self { files, splits }
    }

    /// What is asked, in the order of folders; nothing where there is nothing to generate.
    pub(super) fn questions(&self, include_imports: bool, include_wkt: bool) -> Vec<Question> {
        let own = self.splits.iter().flatten().filter(|member| member.own);
        let mut used: BTreeSet<Box<str>> = own.map(|member| member.name.clone()).collect();
        let mut is_asked = |member: &Member| {
            let is_import_meant = include_imports && (include_wkt || !is_well_known(&member.name));
            member.own || (is_import_meant && used.insert(member.name.clone()))
        };
        let mut questions = Vec::new();
        for split in &self.splits {
            let files: Vec<_> =
                split.iter().map(|member| (member.name.clone(), is_asked(member))).collect();
            if files.iter().any(|(_, asked)| *asked) {
                questions.push(Question { files });
            }
        }
        questions
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

impl Question {
    /// The files to generate.
    pub(super) fn asked(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter(|(_, asked)| *asked).map(|(name, _)| &**name)
    }
}
