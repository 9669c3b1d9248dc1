//! Images of files as JSON, YAML and text, as buf prints and reads them.
//!
//! *Holds*: custom options are resolved by the image's own files; what JSON and text cannot say
//! (options of unknown extensions) is left out, as buf does; a file at a time is in memory beside
//! the text.

use std::sync::{Arc, LazyLock};

use treaty_compiler::Pool;
use treaty_compiler::descriptor::{
    Encoding, Field, File, Kind, Label, Message as Declared, NotADescriptor, SourceInfo,
};
use treaty_compiler::pool::MessageRef;
use treaty_compiler::{Sources, wellknown};

use super::json::{self, Strictness, Unprintable};
use super::text::{self, Unknown};
use super::tree::Tree;
use super::{Message, Reading, Refused, Value, decode, encode, yaml};

/// A text form of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the form of that name")]
pub enum Format {
    Json,
    Text,
    Yaml,
}

/// Why an image has no text form.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {why}")]
pub struct NotPrinted {
    /// The name of the file at fault.
    pub file: String,
    /// What is wrong with it.
    pub why: String,
}

/// Why a text is no image.
#[derive(Debug, thiserror::Error)]
pub enum NotAnImage {
    /// It is not in the format.
    #[error("not an image: {0}")]
    Unreadable(String),
    /// A file in it is no descriptor.
    #[error(transparent)]
    NotADescriptor(#[from] NotADescriptor),
}

/// Prints and reads images.
#[derive(Debug, Clone)]
pub struct Images {
    /// `google/protobuf/descriptor.proto`
    descriptors: Arc<File>,
}

impl Default for Images {
    /// By the built-in `descriptor.proto`.
    fn default() -> Self {
        Self { descriptors: descriptor_proto() }
    }
}

/// The built-in `google/protobuf/descriptor.proto`.
pub(crate) fn descriptor_proto() -> Arc<File> {
    static DESCRIPTORS: LazyLock<Arc<File>> = LazyLock::new(|| {
        let text = wellknown::source(DESCRIPTOR_PROTO).unwrap_or_default();
        let sources = Sources::from([(DESCRIPTOR_PROTO.to_owned(), text.into())]);
        let compiled = treaty_compiler::compile_with(&sources, 1).files;
        compiled.into_iter().next().unwrap_or_default()
    });
    DESCRIPTORS.clone()
}

const DESCRIPTOR_PROTO: &str = "google/protobuf/descriptor.proto";

const IMAGE: &str = "buf.alpha.image.v1.Image";
const IMAGE_FILE: &str = "buf.alpha.image.v1.ImageFile";

impl Images {
    /// By another version of the language's own descriptor.
    #[must_use]
    pub fn new(descriptor_proto: Arc<File>) -> Self {
        Self { descriptors: descriptor_proto }
    }

    /// The files as an image or, without buf's extension, as a descriptor set.
    ///
    /// # Errors
    ///
    /// [`NotPrinted`] where the options of a file do not fit the extensions that the files declare.
    pub fn print(
        &self,
        files: &[Arc<File>],
        format: Format,
        encoding: Encoding,
    ) -> Result<String, NotPrinted> {
        let mut printer = self.printer(files.iter().cloned(), format, encoding);
        let mut printed = String::new();
        for file in files {
            printed += &printer.file(file)?;
        }
        printed += printer.end();
        Ok(printed)
    }

    /// Prints an image piece by piece; the files are those that declare its options.
    pub fn printer(
        &self,
        files: impl IntoIterator<Item = Arc<File>>,
        format: Format,
        encoding: Encoding,
    ) -> Printer {
        Printer { pool: self.pool(files, format), format, encoding, printed: 0 }
    }

    /// Reads the files of an image or a descriptor set.
    ///
    /// # Errors
    ///
    /// [`NotAnImage`], with the place where the format has places.
    pub fn read(&self, text: &str, format: Format) -> Result<Vec<File>, NotAnImage> {
        // Options need the extensions that the files themselves declare, so the text is read twice.
        let tree = match format {
            Format::Json => Some(parsed(serde_json::from_str(text))?),
            Format::Yaml => Some(parsed(yaml::read(text))?),
            Format::Text => None,
        };
        let read = |pool: &Pool| {
            let of = root(pool, IMAGE).ok_or_else(|| NotAnImage::Unreadable(no_schema()))?;
            let message = match &tree {
                Some(tree) => parsed(json::read(of, tree, Strictness::IgnoreUnknown))?,
                None => parsed(text::read(of, text, Strictness::IgnoreUnknown))?,
            };
            files_of(pool, &message)
        };
        let first = read(&self.pool([], format))?;
        let declares = first.iter().any(|file| {
            let mut open: Vec<&Declared> = file.messages.iter().collect();
            while let Some(message) = open.pop() {
                if !message.extensions.is_empty() {
                    return true;
                }
                open.extend(&message.messages);
            }
            !file.extensions.is_empty()
        });
        if !declares {
            return Ok(first);
        }
        read(&self.pool(first.into_iter().map(Arc::new), format))
    }

    /// The language's descriptors, buf's, and the files.
    fn pool(&self, files: impl IntoIterator<Item = Arc<File>>, format: Format) -> Pool {
        let own = [self.descriptors.clone(), Arc::new(buf_image(&self.descriptors, format))];
        Pool::new(own.into_iter().chain(files).collect())
    }
}

/// Prints one file of an image after the other.
#[derive(Debug)]
pub struct Printer {
    pool: Pool,
    format: Format,
    encoding: Encoding,
    printed: usize,
}

impl Printer {
    /// The text of the next file.
    ///
    /// # Errors
    ///
    /// [`NotPrinted`] where its options do not fit the extensions that the files declare.
    pub fn file(&mut self, file: &File) -> Result<String, NotPrinted> {
        let not_printed = |why: String| NotPrinted { file: file.name.to_string(), why };
        let of = root(&self.pool, IMAGE_FILE).ok_or_else(|| not_printed(no_schema()))?;
        let message =
            dynamic(of, file, self.encoding).map_err(|why| not_printed(why.to_string()))?;
        let mut text = String::new();
        print_file(of, &message, self.format, self.printed, &mut text)
            .map_err(|why| not_printed(why.to_string()))?;
        self.printed += 1;
        Ok(text)
    }

    /// What stands behind all files.
    #[must_use]
    pub fn end(&self) -> &'static str {
        match (self.format, self.printed) {
            (Format::Json, 0) => "{}",
            (Format::Json, _) => "]}",
            (Format::Yaml, 0) => "{}\n",
            _ => "",
        }
    }
}

fn no_schema() -> String {
    "the descriptor of descriptor.proto lacks FileDescriptorProto".to_owned()
}

fn parsed<T, E: ToString>(result: Result<T, E>) -> Result<T, NotAnImage> {
    result.map_err(|error| NotAnImage::Unreadable(error.to_string()))
}

fn root<'p>(pool: &'p Pool, name: &str) -> Option<MessageRef<'p>> {
    pool.message(name).filter(|of| !of.declared().fields.is_empty())
}

fn dynamic(of: MessageRef<'_>, file: &File, encoding: Encoding) -> Result<Message, Refused> {
    let mut bytes = Vec::new();
    file.encode(&mut bytes, encoding);
    decode(of, &bytes, Reading { partial: true, ..Reading::default() })
}

fn files_of(pool: &Pool, image: &Message) -> Result<Vec<File>, NotAnImage> {
    let (Some(Value::List(files)), Some(of)) = (image.fields.get(&1), pool.message(IMAGE_FILE))
    else {
        return Ok(Vec::new());
    };
    let files = files.iter().filter_map(|one| match one {
        Value::Message(file) => Some(file),
        _ => None,
    });
    files.map(|file| Ok(File::decode(&encode(of, file))?)).collect()
}

fn print_file(
    of: MessageRef<'_>,
    message: &Message,
    format: Format,
    index: usize,
    into: &mut String,
) -> Result<(), Unprintable> {
    match format {
        Format::Json => {
            into.push_str(if index == 0 { "{\"file\":[" } else { "," });
            json::print(of, message)?.write_json(into);
        }
        Format::Yaml => {
            let one = Tree::List(vec![json::print(of, message)?]);
            into.push_str(if index == 0 { "file:\n  " } else { "  " });
            yaml::write(&one, 1, into);
        }
        Format::Text => {
            let printed = text::print(of, message, Unknown::LeftOut);
            if printed.is_empty() {
                into.push_str("file: {}\n");
                return Ok(());
            }
            into.push_str("file: {\n");
            for line in printed.lines() {
                into.push_str("  ");
                into.push_str(line);
                into.push('\n');
            }
            into.push_str("}\n");
        }
    }
    Ok(())
}

/// `buf/alpha/image/v1/image.proto`: its file is `FileDescriptorProto` with one more field.
fn buf_image(descriptors: &File, format: Format) -> File {
    let is_file = |one: &&Declared| &*one.full_name == "google.protobuf.FileDescriptorProto";
    let mut file_fields =
        descriptors.messages.iter().find(is_file).map_or_else(Vec::new, |one| one.fields.clone());
    if !file_fields.is_empty() {
        file_fields.push(nested("buf_extension", 8042, "ImageFileExtension"));
    }
    let file = list(nested("file", 1, "ImageFile"));
    let extension = vec![
        scalar("is_import", 1, Kind::Bool),
        nested("module_info", 2, "ModuleInfo"),
        scalar("is_syntax_unspecified", 3, Kind::Bool),
        list(scalar("unused_dependency", 4, Kind::Int32)),
    ];
    let info = vec![nested("name", 1, "ModuleName"), scalar("commit", 2, Kind::String)];
    let name = vec![
        scalar("remote", 1, Kind::String),
        scalar("owner", 2, Kind::String),
        scalar("repository", 3, Kind::String),
    ];
    // buf prints this in text only.
    let mark = Field {
        full_name: "buf.descriptor.v1.buf_source_code_info_extension".into(),
        extendee: Some(".google.protobuf.SourceCodeInfo".into()),
        ..nested("buf_source_code_info_extension", 536_000_000, "SourceCodeInfoExtension")
    };
    File {
        name: "buf/alpha/image/v1/image.proto".into(),
        package: "buf.alpha.image.v1".into(),
        messages: vec![
            message("Image", vec![file]),
            message("ImageFile", file_fields),
            message("ImageFileExtension", extension),
            message("ModuleInfo", info),
            message("ModuleName", name),
            message("SourceCodeInfoExtension", Vec::new()),
        ],
        extensions: if format == Format::Text { vec![mark] } else { Vec::new() },
        ..File::default()
    }
}

fn message(name: &str, fields: Vec<Field>) -> Declared {
    let full_name = format!("buf.alpha.image.v1.{name}").into();
    Declared { name: name.into(), full_name, fields, ..Declared::default() }
}

fn scalar(name: &str, number: i32, kind: Kind) -> Field {
    Field { name: name.into(), number, kind: Some(kind), ..Field::default() }
}

fn nested(name: &str, number: i32, of: &str) -> Field {
    let type_name = Some(format!(".buf.alpha.image.v1.{of}").into());
    Field { type_name, ..scalar(name, number, Kind::Message) }
}

fn list(field: Field) -> Field {
    Field { label: Label::Repeated, ..field }
}

/// What an image encodes of its files.
#[must_use]
pub fn whole() -> Encoding {
    Encoding { source_info: SourceInfo::Included, image: true }
}
