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
    /// Shows `services` of `contracts` with every file that they need, and all of `helpers`;
    /// both are encoded `FileDescriptorSet`s. Of files that contradict each other the first
    /// counts, and the others are returned.
    pub fn exposing(
        contracts: &[impl AsRef<[u8]>],
        helpers: &[impl AsRef<[u8]>],
        services: &[String],
    ) -> (Self, Vec<ConflictingFile>) {
        let mut all = Files::default();
        for set in contracts {
            all.take(set.as_ref(), false);
        }
        for set in helpers {
            all.take(set.as_ref(), true);
        }
        let mut schema = Self::default();
        for name in all.needed(services) {
            if let Some((file, bytes)) = all.by_name.remove(&name) {
                schema.index(&file, services);
                schema.files.insert(name, File { bytes, imports: file.dependency });
            }
        }
        schema.show(services);
        (schema, all.conflicts)
    }

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
        schema.show(services);
        Ok(schema)
    }

    fn show(&mut self, services: &[String]) {
        let known = |name: &&String| self.symbols.contains_key(*name);
        self.services = services.iter().filter(known).cloned().collect();
        self.services.sort();
        self.services.dedup();
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

/// Files on their way into a schema.
#[derive(Default)]
struct Files {
    by_name: HashMap<String, (FileDescriptorProto, Bytes)>,
    helpers: Vec<String>,
    conflicts: Vec<ConflictingFile>,
}

impl Files {
    fn take(&mut self, set: &[u8], helper: bool) {
        for bytes in files_in(set) {
            let Ok(file) = FileDescriptorProto::decode(bytes.clone()) else { continue };
            let name = file.name().to_owned();
            if helper {
                self.helpers.push(name.clone());
            }
            match self.by_name.get(&name) {
                // Everyone brings a copy of these, and compilers print them differently.
                Some(_) if name.starts_with("google/protobuf/") => {}
                Some((_, known)) if *known != bytes => {
                    self.conflicts.push(ConflictingFile { file: name });
                }
                Some(_) => {}
                None => {
                    self.by_name.insert(name, (file, bytes));
                }
            }
        }
    }

    /// The files that declare one of the services or help, and all that they import.
    fn needed(&self, services: &[String]) -> Vec<String> {
        let declares = |file: &FileDescriptorProto| {
            let mut declared = file.service.iter();
            declared.any(|service| services.contains(&join(file.package(), service.name())))
        };
        let mut needed = self.helpers.clone();
        needed.extend(
            self.by_name
                .iter()
                .filter(|(_, (file, _))| declares(file))
                .map(|(name, _)| name.clone()),
        );
        let mut next = 0;
        while let Some(name) = needed.get(next).cloned() {
            next += 1;
            let Some((file, _)) = self.by_name.get(&name) else { continue };
            for import in &file.dependency {
                if !needed.contains(import) {
                    needed.push(import.clone());
                }
            }
        }
        needed
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
    fn exposes_what_is_asked_for_and_what_that_needs() {
        let service = "treaty.control.v1.IdentityService".to_owned();
        let contracts =
            [contracts::TREATY_CONTROL.descriptor_set, contracts::TREATY_BUS.descriptor_set];
        let (schema, conflicts) = Schema::exposing(&contracts, &[[0_u8; 0]], &[service]);
        assert_eq!(conflicts, []);
        assert!(schema.file("treaty/control/v1/identity.proto").is_some());
        assert!(schema.file("google/protobuf/timestamp.proto").is_some());
        assert!(schema.file("treaty/control/v1/discovery.proto").is_none(), "nobody asked for it");
        assert!(schema.file_of_symbol("treaty.bus.v1.PublishRequest").is_none());
    }

    #[test]
    fn survives_broken_sets() {
        for broken in [&[0x0a_u8, 0xff, 0x01][..], &[0xff; 20], &[0x0a, 2, 0xff, 0xff]] {
            assert!(Schema::new(&[broken], &[]).unwrap().files.is_empty());
        }
    }
}
