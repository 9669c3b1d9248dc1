//! Turns sources or encoded descriptor sets into linked descriptors, and back into released bytes.
//! — *Does not* read files. — *Holds*: a released set is self-contained, has no source positions,
//! marks its imports as buf's images do, keeps custom options, and is the same for the same input.

mod sound;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use treaty_compiler::Pool;
use treaty_compiler::descriptor::{Encoding, File};
use treaty_compiler::wire::{Fields, put_message};

use crate::{Finding, Schema, front};

/// Proto sources by the name that an `import` uses, such as `shop/orders/v1/orders.proto`.
pub type Sources = BTreeMap<String, Arc<str>>;

/// `FileDescriptorSet.file`.
const FILE: u32 = 1;

/// The bytes are not an encoded and self-contained `google.protobuf.FileDescriptorSet`.
#[derive(Debug, thiserror::Error)]
#[error("not a self-contained descriptor set: {0}")]
pub struct NotADescriptorSet(String);

/// Linked files, some of them the contract's own and the others only imported.
#[derive(Debug, Clone, Default)]
pub struct Descriptors {
    files: Arc<BTreeMap<Box<str>, Arc<File>>>,
    own: BTreeSet<String>,
}

impl Descriptors {
    /// Compiles the sources with their positions; all of them are own files.
    ///
    /// A file that does not compile is left out and every fault that was seen is in the findings,
    /// sorted and once each.
    #[must_use]
    pub fn compile(sources: &Sources) -> (Self, Vec<Finding>) {
        let (files, findings) = front::compile(sources);
        let own = files.iter().map(|file| file.name.to_string());
        let own = own.filter(|name| sources.contains_key(name)).collect();
        (Self::new(files, own), findings)
    }

    pub(crate) fn new(files: Vec<Arc<File>>, own: BTreeSet<String>) -> Self {
        let files = files.into_iter().map(|file| (file.name.clone(), file)).collect();
        Self { files: Arc::new(files), own }
    }

    /// Links an encoded `FileDescriptorSet`; files that are not marked as imports are own files.
    ///
    /// # Errors
    ///
    /// [`NotADescriptorSet`], also where an import is missing from the set.
    pub fn decode(bytes: &[u8]) -> Result<Self, NotADescriptorSet> {
        let mut files = Vec::new();
        for field in Fields::new(bytes) {
            let field = field.map_err(|error| NotADescriptorSet(error.to_string()))?;
            if field.number != FILE {
                continue;
            }
            let no_message = || NotADescriptorSet("a file is no message".to_owned());
            let encoded = field.value.bytes().ok_or_else(no_message)?;
            files
                .push(File::decode(encoded).map_err(|error| NotADescriptorSet(error.to_string()))?);
        }
        Self::link(files)
    }

    /// Links decoded files; those that are not marked as imports are own files.
    ///
    /// # Errors
    ///
    /// [`NotADescriptorSet`], also where an import is missing among them.
    pub fn link(files: Vec<File>) -> Result<Self, NotADescriptorSet> {
        if files.iter().any(|file| file.name.is_empty()) {
            return Err(NotADescriptorSet("a file has no name".to_owned()));
        }
        let mut names = BTreeSet::new();
        if let Some(twin) = files.iter().find(|file| !names.insert(&file.name)) {
            return Err(NotADescriptorSet(format!("{} is there twice", twin.name)));
        }
        let own = files.iter().filter(|file| !file.image.is_import);
        let own: BTreeSet<String> = own.map(|file| file.name.to_string()).collect();
        if own.is_empty() {
            return Err(NotADescriptorSet("it holds no files".to_owned()));
        }
        let descriptors = Self::new(files.into_iter().map(Arc::new).collect(), own);
        sound::check(&descriptors.files).map_err(NotADescriptorSet)?;
        Ok(descriptors)
    }

    /// The same files, of which only the accepted ones stay own; imports are looked up in all.
    #[must_use]
    pub fn subset(&self, own: impl Fn(&str) -> bool) -> Self {
        let own = self.own.iter().filter(|name| own(name)).cloned().collect();
        Self { files: Arc::clone(&self.files), own }
    }

    /// The same files, of which all that the own ones import, near or far, are own too: what `buf
    /// breaking` compares without `--exclude-imports`.
    #[must_use]
    pub fn with_imports(&self) -> Self {
        self.with_imports_of(|_| true)
    }

    /// The same files, of which those are own too that the own ones import, near or far, and that
    /// are accepted.
    #[must_use]
    pub fn with_imports_of(&self, accepted: impl Fn(&str) -> bool) -> Self {
        let own = self.closure().filter(|(file, own)| *own || accepted(&file.name));
        let own = own.map(|(file, _)| file.name.to_string()).collect();
        Self { files: Arc::clone(&self.files), own }
    }

    /// The same files, of which those are own too that are own in the other version; none where
    /// that adds nothing.
    pub(crate) fn with_own_of(&self, other: &Self) -> Option<Self> {
        let is_new =
            |name: &&String| !self.own.contains(*name) && self.files.contains_key(&***name);
        let more: Vec<_> = other.own.iter().filter(is_new).cloned().collect();
        let own = || self.own.iter().cloned().chain(more.iter().cloned()).collect();
        (!more.is_empty()).then(|| Self { files: Arc::clone(&self.files), own: own() })
    }

    /// The same files, each as the function makes it; its name has to stay.
    #[must_use]
    pub fn map(&self, change: impl Fn(&Arc<File>) -> Arc<File>) -> Self {
        Self::new(self.files.values().map(change).collect(), self.own.clone())
    }

    /// Whether a file is own.
    #[must_use]
    pub fn is_own(&self, name: &str) -> bool {
        self.own.contains(name)
    }

    /// The names of the own files, sorted.
    pub fn own(&self) -> impl Iterator<Item = &str> {
        self.own.iter().map(String::as_str)
    }

    /// Every linked file by name, own or imported.
    pub fn files(&self) -> impl Iterator<Item = &Arc<File>> {
        self.files.values()
    }

    /// A linked file, own or imported.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&Arc<File>> {
        self.files.get(name)
    }

    /// Own files and all that they import, by name, with whether they are own.
    pub(crate) fn closure(&self) -> impl Iterator<Item = (&File, bool)> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&str> = self.own.iter().map(String::as_str).collect();
        while let Some(name) = open.pop() {
            let Some((name, file)) = self.files.get_key_value(name) else { continue };
            if reached.insert(&**name) {
                open.extend(imported(file));
            }
        }
        let files = reached.into_iter().filter_map(|name| self.files.get(name));
        files.map(|file| (&**file, self.own.contains(&*file.name)))
    }

    /// All files, own and imported, indexed by name and number.
    #[must_use]
    pub fn pool(&self) -> Pool {
        Pool::new(self.files.values().cloned().collect())
    }

    /// The descriptors as rules see them.
    #[must_use]
    pub fn schema(&self) -> Schema<'_> {
        Schema::new(self)
    }

    /// The full names of the custom options that own files declare, or whose declaration they import.
    #[must_use]
    pub fn custom_options(&self) -> BTreeSet<&str> {
        self.schema().options.into_values().collect()
    }

    /// `sha256:` and the hex digest over the own files by name, without source positions.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut set = Vec::new();
        for file in self.own.iter().filter_map(|name| self.files.get(name.as_str())) {
            put_message(&mut set, FILE, |into| file.encode(into, Encoding::PLAIN));
        }
        sha256(&set)
    }

    /// The released form: own files and all that they import, imports first.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut set = Vec::new();
        for file in self.imports_first() {
            put_message(&mut set, FILE, |into| {
                file.encode(into, Encoding::PLAIN);
                if !self.own.contains(&*file.name) {
                    put_message(into, 8042, |into| into.extend([0x08, 0x01]));
                }
            });
        }
        set
    }

    /// Own files and all that they import, each behind its imports.
    #[must_use]
    pub fn imports_first(&self) -> Vec<&Arc<File>> {
        let (mut ordered, mut done) = (Vec::new(), BTreeSet::new());
        for name in &self.own {
            let mut path: Vec<&Arc<File>> = self.files.get(name.as_str()).into_iter().collect();
            // Imports do not go in circles, but may go far.
            while let Some(file) = path.last() {
                let open = |import: &&Arc<File>| !done.contains(&*import.name);
                let mut imports = imported(file).filter_map(|path| self.files.get(path));
                match imports.find(open) {
                    Some(import) => path.push(import),
                    None => {
                        let file = path.pop().expect("the path has a last file");
                        if done.insert(&*file.name) {
                            ordered.push(file);
                        }
                    }
                }
            }
        }
        ordered
    }
}

/// The paths of all that a file imports, for its options too.
fn imported(file: &File) -> impl Iterator<Item = &str> {
    let plain = file.imports.iter().map(|import| &*import.path);
    plain.chain(file.option_imports.iter().map(|path| &**path))
}

/// `sha256:` and the hex digest of any bytes, such as those of a released file.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}
