//! Descriptors by file name, by symbol and by extension.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use prost::Message as _;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
};

/// What reflection can answer.
#[derive(Debug, Default)]
pub struct Schema {
    files: HashMap<String, File>,
    symbols: HashMap<String, String>,
    extensions: BTreeMap<String, BTreeMap<i32, String>>,
    services: Vec<String>,
}

#[derive(Debug)]
struct File {
    bytes: Bytes,
    imports: Vec<String>,
}

/// Two sources give the same file name different contents.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{file}` comes with two different contents")]
pub struct ConflictingFile {
    /// The file's name.
    pub file: String,
}

impl Schema {
    /// Merges encoded `FileDescriptorSet`s and shows `services` of them.
    ///
    /// # Errors
    /// When two sets hold different files of one name.
    pub fn new(
        descriptor_sets: &[impl AsRef<[u8]>],
        services: &[String],
    ) -> Result<Self, ConflictingFile> {
        let mut schema = Self::default();
        for set in descriptor_sets {
            for bytes in files_in(set.as_ref()) {
                schema.add(bytes, services)?;
            }
        }
        let known = |name: &&String| schema.symbols.contains_key(*name);
        schema.services = services.iter().filter(known).cloned().collect();
        schema.services.sort();
        schema.services.dedup();
        Ok(schema)
    }

    fn add(&mut self, bytes: Bytes, services: &[String]) -> Result<(), ConflictingFile> {
        let Ok(file) = FileDescriptorProto::decode(bytes.clone()) else { return Ok(()) };
        let name = file.name().to_owned();
        if let Some(known) = self.files.get(&name) {
            return match known.bytes == bytes {
                true => Ok(()),
                false => Err(ConflictingFile { file: name }),
            };
        }
        self.index(&file, services);
        self.files.insert(name, File { bytes, imports: file.dependency });
        Ok(())
    }

    fn index(&mut self, file: &FileDescriptorProto, services: &[String]) {
        let name = file.name();
        for message in &file.message_type {
            self.index_message(name, file.package(), message);
        }
        for enumeration in &file.enum_type {
            self.index_enum(name, file.package(), enumeration);
        }
        for extension in &file.extension {
            self.index_extension(name, file.package(), extension);
        }
        for service in &file.service {
            let full = join(file.package(), service.name());
            if !services.contains(&full) {
                continue;
            }
            for method in &service.method {
                self.symbols.insert(join(&full, method.name()), name.to_owned());
            }
            self.symbols.insert(full, name.to_owned());
        }
    }

    fn index_message(&mut self, file: &str, scope: &str, message: &DescriptorProto) {
        let full = join(scope, message.name());
        for nested in &message.nested_type {
            self.index_message(file, &full, nested);
        }
        for enumeration in &message.enum_type {
            self.index_enum(file, &full, enumeration);
        }
        for extension in &message.extension {
            self.index_extension(file, &full, extension);
        }
        for field in &message.field {
            self.symbols.insert(join(&full, field.name()), file.to_owned());
        }
        for oneof in &message.oneof_decl {
            self.symbols.insert(join(&full, oneof.name()), file.to_owned());
        }
        self.symbols.insert(full, file.to_owned());
    }

    fn index_enum(&mut self, file: &str, scope: &str, enumeration: &EnumDescriptorProto) {
        for value in &enumeration.value {
            self.symbols.insert(join(scope, value.name()), file.to_owned());
        }
        self.symbols.insert(join(scope, enumeration.name()), file.to_owned());
    }

    fn index_extension(&mut self, file: &str, scope: &str, extension: &FieldDescriptorProto) {
        let extendee = extension.extendee().trim_start_matches('.').to_owned();
        let numbers = self.extensions.entry(extendee).or_default();
        numbers.insert(extension.number(), file.to_owned());
        self.symbols.insert(join(scope, extension.name()), file.to_owned());
    }

    /// The visible services, sorted.
    pub fn services(&self) -> &[String] {
        &self.services
    }

    /// A file and all that it imports, the file first.
    pub fn file(&self, name: &str) -> Option<Vec<Bytes>> {
        let mut names = vec![name];
        let mut found = Vec::new();
        let mut next = 0;
        while let Some(name) = names.get(next).copied() {
            next += 1;
            let Some(file) = self.files.get(name) else { continue };
            found.push(file.bytes.clone());
            for import in &file.imports {
                if !names.contains(&import.as_str()) {
                    names.push(import);
                }
            }
        }
        self.files.contains_key(name).then_some(found)
    }

    /// The file that declares a symbol.
    pub fn file_of_symbol(&self, symbol: &str) -> Option<Vec<Bytes>> {
        self.file(self.symbols.get(symbol.trim_start_matches('.'))?)
    }

    /// The file that declares an extension of a message.
    pub fn file_of_extension(&self, extendee: &str, number: i32) -> Option<Vec<Bytes>> {
        self.file(self.extensions.get(extendee.trim_start_matches('.'))?.get(&number)?)
    }

    /// The extension numbers of a message that is known.
    pub fn extension_numbers(&self, extendee: &str) -> Option<Vec<i32>> {
        let extendee = extendee.trim_start_matches('.');
        match self.extensions.get(extendee) {
            Some(numbers) => Some(numbers.keys().copied().collect()),
            None => self.symbols.contains_key(extendee).then(Vec::new),
        }
    }
}

fn join(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_owned() } else { format!("{scope}.{name}") }
}

/// The encoded files in an encoded `FileDescriptorSet`, unchanged: decoding and encoding
/// them again would lose custom options.
fn files_in(set: &[u8]) -> Vec<Bytes> {
    let mut rest = Bytes::copy_from_slice(set);
    let mut files = Vec::new();
    while !rest.is_empty() {
        let Ok((field, wire_type)) = decode_key(&mut rest) else { break };
        if field == 1 && wire_type == WireType::LengthDelimited {
            let length = decode_varint(&mut rest).ok().and_then(|n| usize::try_from(n).ok());
            match length.filter(|length| *length <= rest.len()) {
                Some(length) => files.push(rest.split_to(length)),
                None => break,
            }
        } else if skip_field(wire_type, field, &mut rest, DecodeContext::default()).is_err() {
            break;
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> Schema {
        let set = contracts::TREATY_CONTROL.descriptor_set;
        let services = ["treaty.control.v1.DiscoveryService".to_owned(), "no.Such".to_owned()];
        Schema::new(&[set, set], &services).unwrap()
    }

    #[test]
    fn finds_by_file_and_symbol() {
        let schema = schema();
        assert_eq!(schema.services(), ["treaty.control.v1.DiscoveryService"]);
        let by_method = schema.file_of_symbol("treaty.control.v1.DiscoveryService.Sync").unwrap();
        let by_file = schema.file("treaty/control/v1/discovery.proto").unwrap();
        assert_eq!(by_method, by_file);
        assert!(schema.file_of_symbol("treaty.control.v1.Hello").is_some());
        assert!(schema.file_of_symbol("treaty.control.v1.Nobody").is_none());
        let with_imports = schema.file("treaty/control/v1/identity.proto").unwrap();
        assert_eq!(with_imports.len(), 2, "the file and google/protobuf/timestamp.proto");
    }

    #[test]
    fn hides_services_that_are_not_shown() {
        assert!(schema().file_of_symbol("treaty.control.v1.IdentityService").is_none());
    }

    #[test]
    fn refuses_one_name_with_two_contents() {
        let file = |package: &str| {
            let file = FileDescriptorProto {
                name: Some("a.proto".to_owned()),
                package: Some(package.to_owned()),
                ..FileDescriptorProto::default()
            };
            prost_types::FileDescriptorSet { file: vec![file] }.encode_to_vec()
        };
        let error = Schema::new(&[file("a"), file("b")], &[]).unwrap_err();
        assert_eq!(error.file, "a.proto");
    }

    #[test]
    fn survives_broken_sets() {
        for broken in [&[0x0a_u8, 0xff, 0x01][..], &[0xff; 20], &[0x0a, 2, 0xff, 0xff]] {
            assert!(Schema::new(&[broken], &[]).unwrap().files.is_empty());
        }
    }
}
