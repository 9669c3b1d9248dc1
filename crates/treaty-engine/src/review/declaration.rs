//! Declares elements in the words of the language, as short as they can be compared. — *Does not*
//! write sources: custom options and comments are left out.

use treaty_compiler::descriptor::{Kind, Syntax, default_json_name};

use super::options::OptionWords;
use crate::pairing::options;
use crate::schema::{
    Cardinality, Default, Enum, EnumNumber, Field, Idempotency, Message, Method, Reserved, Schema,
    Service, SourceFile,
};
use crate::{ChangeKind, Subject};

/// How a version declares an element; none where it has no such element. Of a file, only what the
/// other version has otherwise.
pub(super) fn declaration(
    schema: &Schema<'_>,
    other: &Schema<'_>,
    words: &OptionWords<'_>,
    subject: &Subject,
    kinds: &[ChangeKind],
) -> Option<String> {
    let text = element(schema, other, subject, kinds)?;
    let of_options = [
        ChangeKind::OptionChanged,
        ChangeKind::ConstraintTightened,
        ChangeKind::ConstraintLoosened,
    ];
    if !kinds.iter().any(|kind| of_options.contains(kind)) {
        return Some(text);
    }
    let there = options::of(other, subject).map(|(_, options)| options);
    let Some((holder, here)) = options::of(schema, subject) else { return Some(text) };
    let list = words.of(holder, here, there).join(", ");
    Some(match text.strip_suffix(']') {
        _ if list.is_empty() => text,
        Some(text) => format!("{text}, {list}]"),
        None if text.is_empty() => list,
        None => format!("{text} [{list}]"),
    })
}

fn element(
    schema: &Schema<'_>,
    other: &Schema<'_>,
    subject: &Subject,
    kinds: &[ChangeKind],
) -> Option<String> {
    let with_file = |text: String, file: &str| match kinds.contains(&ChangeKind::Moved) {
        true => format!("{text} in {file}"),
        false => text,
    };
    match subject {
        Subject::Package(name) => {
            schema.packages().contains(&**name).then(|| format!("package {name}"))
        }
        Subject::File(name) => {
            let this = schema.files.get(&**name)?;
            Some(file(this, other.files.get(&**name)))
        }
        Subject::Message(name) => {
            let this = schema.messages.get(&**name)?;
            Some(with_file(message(this, kinds), this.place.file))
        }
        Subject::Enum(name) => {
            let this = schema.enums.get(&**name)?;
            Some(with_file(enumeration(this, kinds), this.place.file))
        }
        Subject::Service(name) => {
            let this = schema.services.get(&**name)?;
            let text = deprecated(format!("service {}", this.name), this.deprecated);
            Some(with_file(text, this.place.file))
        }
        Subject::Field { message, number, .. } => {
            Some(field(schema, schema.messages.get(&**message)?.field(*number)?))
        }
        Subject::Extension { message, number, .. } => {
            let this = schema.extensions.get(&(&**message, *number))?;
            Some(with_file(field(schema, this), this.place.file))
        }
        Subject::Oneof { message, name } => {
            let oneofs = &schema.messages.get(&**message)?.oneofs;
            oneofs.iter().any(|one| one.name == name).then(|| format!("oneof {name}"))
        }
        Subject::Value { of, number, .. } => Some(value(schema.enums.get(&**of)?.number(*number)?)),
        Subject::Method { service, name } => {
            let methods = &schema.services.get(&**service)?.methods;
            methods.iter().find(|one| one.name == name).map(method)
        }
    }
}

/// What is in a type, or nothing for what is no type.
pub(super) fn members(schema: &Schema<'_>, subject: &Subject) -> Vec<String> {
    match subject {
        Subject::Message(name) => schema
            .messages
            .get(&**name)
            .map_or_else(Vec::new, |one| one.fields.iter().map(|one| field(schema, one)).collect()),
        Subject::Enum(name) => schema
            .enums
            .get(&**name)
            .map_or_else(Vec::new, |one| one.numbers.iter().map(value).collect()),
        Subject::Service(name) => schema
            .services
            .get(&**name)
            .map_or_else(Vec::new, |one: &Service<'_>| one.methods.iter().map(method).collect()),
        _ => Vec::new(),
    }
}

fn deprecated(text: String, is_deprecated: bool) -> String {
    if is_deprecated { text + " [deprecated]" } else { text }
}

fn message(this: &Message<'_>, kinds: &[ChangeKind]) -> String {
    let mut text = deprecated(format!("message {}", this.nested_name), this.deprecated);
    if is_about_reserved(kinds) {
        text += &reserved(&this.reserved);
    }
    if kinds.contains(&ChangeKind::ExtensionsClosed) {
        let ranges = this.proto.extension_ranges.iter();
        let ranges: Vec<_> =
            ranges.map(|range| range_text(range.start, range.end.saturating_sub(1))).collect();
        text += &listed(" extensions ", &ranges);
    }
    text
}

fn enumeration(this: &Enum<'_>, kinds: &[ChangeKind]) -> String {
    let changed =
        kinds.iter().any(|kind| matches!(kind, ChangeKind::EnumOpened | ChangeKind::EnumClosed));
    let closed = match (changed, this.closed) {
        (true, true) => "closed ",
        (true, false) => "open ",
        (false, _) => "",
    };
    let text = deprecated(format!("{closed}enum {}", this.nested_name), this.deprecated);
    if is_about_reserved(kinds) { text + &reserved(&this.reserved) } else { text }
}

fn is_about_reserved(kinds: &[ChangeKind]) -> bool {
    kinds.iter().any(|kind| matches!(kind, ChangeKind::ReservedAdded | ChangeKind::ReservedDeleted))
}

fn reserved(reserved: &Reserved<'_>) -> String {
    let ranges = reserved.ranges.iter().map(|(first, last)| range_text(*first, *last));
    let names = reserved.names.iter().map(|name| format!("\"{name}\""));
    listed(" reserved ", &ranges.chain(names).collect::<Vec<_>>())
}

fn range_text(first: i32, last: i32) -> String {
    if first == last { first.to_string() } else { format!("{first} to {last}") }
}

fn listed(word: &str, all: &[String]) -> String {
    if all.is_empty() { String::new() } else { format!("{word}{}", all.join(", ")) }
}

fn field(schema: &Schema<'_>, this: &Field<'_>) -> String {
    let label = match this.cardinality {
        Cardinality::Repeated => "repeated ",
        Cardinality::Required => "required ",
        Cardinality::Explicit
            if !matches!(this.kind, Kind::Message | Kind::Group) && this.oneof.is_none() =>
        {
            "optional "
        }
        Cardinality::Explicit | Cardinality::Implicit | Cardinality::Map => "",
    };
    let name = if this.is_extension() { this.full_name() } else { this.name };
    let text = format!("{label}{} {name} = {}", type_text(schema, this), this.number);
    let text = match this.oneof {
        Some(oneof) => format!("{text} in oneof {oneof}"),
        None => text,
    };
    let options = options(schema, this);
    if options.is_empty() { text } else { format!("{text} [{}]", options.join(", ")) }
}

fn type_text(schema: &Schema<'_>, this: &Field<'_>) -> String {
    let entry = this.type_name.and_then(|name| schema.message(name));
    let entry = entry.filter(|_| this.cardinality == Cardinality::Map);
    match entry.map(|entry| (entry.field(1), entry.field(2))) {
        Some((Some(key), Some(value))) => {
            format!("map<{}, {}>", key.type_text(), value.type_text())
        }
        _ if this.kind == Kind::Group => format!("group {}", this.type_text()),
        _ => this.type_text().to_owned(),
    }
}

fn options(schema: &Schema<'_>, this: &Field<'_>) -> Vec<String> {
    let mut options = Vec::new();
    if this.proto.default_value.is_some() {
        options.extend(Default::of(schema, this).map(|value| format!("default = {value}")));
    }
    if this.json_name != default_json_name(this.name) && !this.is_extension() {
        options.push(format!("json_name = \"{}\"", this.json_name));
    }
    let flag = |number: u32, name: &str| {
        let value = this.options().and_then(|options| options.get(number)?.truth())?;
        Some(format!("{name} = {value}"))
    };
    options.extend(flag(2, "packed"));
    if this.jstype() != "JS_NORMAL" {
        options.push(format!("jstype = {}", this.jstype()));
    }
    if this.deprecated {
        options.push("deprecated".to_owned());
    }
    options
}

fn value(this: &EnumNumber<'_>) -> String {
    let names: Vec<_> = this.names.iter().map(|one| one.name).collect();
    deprecated(format!("{} = {}", names.join(", "), this.number), this.deprecated)
}

fn method(this: &Method<'_>) -> String {
    let stream = |is: bool| if is { "stream " } else { "" };
    let (ins, outs) = (stream(this.client_streaming), stream(this.server_streaming));
    let text = format!("rpc {}({ins}{}) returns ({outs}{})", this.name, this.input, this.output);
    let text = match this.idempotency {
        Idempotency::Unknown => text,
        level => format!("{text} [{level}]"),
    };
    deprecated(text, this.deprecated)
}

/// The options that say what is generated.
const OPTIONS: [(u32, &str); 19] = [
    (1, "java_package"),
    (8, "java_outer_classname"),
    (9, "optimize_for"),
    (10, "java_multiple_files"),
    (11, "go_package"),
    (16, "cc_generic_services"),
    (17, "java_generic_services"),
    (18, "py_generic_services"),
    (20, "java_generate_equals_and_hash"),
    (23, "deprecated"),
    (27, "java_string_check_utf8"),
    (31, "cc_enable_arenas"),
    (36, "objc_class_prefix"),
    (37, "csharp_namespace"),
    (39, "swift_prefix"),
    (40, "php_class_prefix"),
    (41, "php_namespace"),
    (44, "php_metadata_namespace"),
    (45, "ruby_package"),
];

/// What of a file the other version says otherwise: syntax, package, options.
fn file(this: &SourceFile<'_>, other: Option<&SourceFile<'_>>) -> String {
    let syntax = |file: &SourceFile<'_>| match file.proto.syntax {
        Syntax::Edition(_) => format!("edition {}", file.proto.syntax),
        _ => format!("syntax {}", file.syntax),
    };
    let package = |file: &SourceFile<'_>| format!("package {}", file.package);
    let Some(other) = other else { return format!("file {}", this.proto.name) };
    let mut parts = Vec::new();
    if syntax(this) != syntax(other) {
        parts.push(syntax(this));
    }
    if this.package != other.package {
        parts.push(package(this));
    }
    let option = |file: &SourceFile<'_>, number: u32| {
        let value = file.options()?.get(number)?;
        Some(match (value.bytes(), number) {
            (Some(text), _) => format!("\"{}\"", String::from_utf8_lossy(text)),
            (None, 9) => match value.int32() {
                Some(2) => "CODE_SIZE".to_owned(),
                Some(3) => "LITE_RUNTIME".to_owned(),
                _ => "SPEED".to_owned(),
            },
            (None, _) => value.truth().unwrap_or_default().to_string(),
        })
    };
    for (number, name) in OPTIONS {
        let (here, there) = (option(this, number), option(other, number));
        if here != there {
            parts.push(format!("{name} = {}", here.as_deref().unwrap_or("not set")));
        }
    }
    parts.join(", ")
}
