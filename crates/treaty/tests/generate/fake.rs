//! Plugins that write down what they are asked and answer what they are told to.

use std::fs;
use std::path::PathBuf;

use treaty_compiler::descriptor::File;
use treaty_compiler::wire::{Fields, put_bytes, put_message, put_number};

/// What a plugin answers.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) name: &'static str,
    pub(super) content: &'static str,
    pub(super) insertion_point: &'static str,
    pub(super) error: &'static str,
    /// On standard error.
    pub(super) said: &'static str,
    pub(super) status: u8,
}

impl Answer {
    /// One file.
    pub(super) fn file(name: &'static str, content: &'static str) -> Self {
        Self { name, content, ..Self::default() }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut answer = Vec::new();
        if !self.error.is_empty() {
            put_bytes(&mut answer, 1, self.error.as_bytes());
        }
        put_number(&mut answer, 2, 1);
        if !self.name.is_empty() {
            put_message(&mut answer, 15, |file| {
                put_bytes(file, 1, self.name.as_bytes());
                if !self.insertion_point.is_empty() {
                    put_bytes(file, 2, self.insertion_point.as_bytes());
                }
                put_bytes(file, 15, self.content.as_bytes());
            });
        }
        answer
    }
}

/// A plugin in a folder.
pub(super) struct Plugin {
    pub(super) folder: PathBuf,
    pub(super) name: String,
}

/// What a plugin was asked.
#[derive(Default)]
pub(super) struct Request {
    pub(super) file_to_generate: Vec<String>,
    pub(super) parameter: String,
    pub(super) proto_file: Vec<File>,
    pub(super) source_file_descriptors: Vec<File>,
}

impl Plugin {
    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).expect("the folder");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        let is_request = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with(&format!("{}.", self.name)) && name.ends_with(".request")
        };
        paths.filter(is_request).collect()
    }

    /// All requests since the last time they were forgotten, by their first file.
    pub(super) fn requests(&self) -> Vec<Request> {
        let files = self.files().into_iter();
        let mut requests: Vec<Request> =
            files.map(|path| Request::decode(&fs::read(path).expect("a request"))).collect();
        requests.sort_by(|a, b| a.file_to_generate.cmp(&b.file_to_generate));
        requests
    }

    pub(super) fn forget(&self) {
        self.files().iter().for_each(|path| fs::remove_file(path).expect("a request"));
    }
}

impl Request {
    fn decode(bytes: &[u8]) -> Self {
        let mut request = Self::default();
        for field in Fields::new(bytes) {
            let field = field.expect("a request");
            let text = || field.value.text().expect("text").to_owned();
            let file = || File::decode(field.value.bytes().expect("a file")).expect("a file");
            match field.number {
                1 => request.file_to_generate.push(text()),
                2 => request.parameter = text(),
                15 => request.proto_file.push(file()),
                17 => request.source_file_descriptors.push(file()),
                other => panic!("field {other} is not asked by buf"),
            }
        }
        request
    }
}
