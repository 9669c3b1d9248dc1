//! Compiles sources. (For now by protox, decoded into our own descriptors.)

use std::collections::BTreeSet;
use std::sync::Arc;

use protox::file::{ChainFileResolver, File as Opened, FileResolver, GoogleFileResolver};
use treaty_compiler::descriptor::File;

use crate::nesting::{self, TooDeep};
use crate::{Finding, Sources};

pub(crate) fn compile(sources: &Sources) -> (Vec<Arc<File>>, Vec<Finding>) {
    let mut findings = BTreeSet::new();
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
        if let Err(error) = compiler.open_file(path) {
            findings.insert(compile_error(path, &error));
        }
    }
    let files = compiler.descriptor_pool();
    let files = files.files().filter_map(|file| File::decode(&file.encode_to_vec()).ok());
    (files.map(Arc::new).collect(), findings.into_iter().collect())
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
    fn open_file(&self, name: &str) -> Result<Opened, protox::Error> {
        match self.0.get(name) {
            Some(source) => Opened::from_source(name, source),
            None => Err(protox::Error::file_not_found(name)),
        }
    }
}
