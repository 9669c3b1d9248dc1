//! Checks the constraints of fields and extensions, and of what is in them.

use treaty_compiler::FieldPresence;
use treaty_compiler::descriptor::{Field, Kind, Label};

use super::expressions::{self, Owner};
use super::report::{self, Report, Subject};
use crate::constraints::schema::{
    CEL, CEL_EXPRESSION, FIELD, FIELD_RULES, IGNORE, IGNORE_ALWAYS, IGNORE_IF_ZERO_VALUE, REQUIRED,
};
use super::set::Set;
use super::{bounds, example, lengths, texts};
use crate::cel::{Environment, Symbols};
use crate::lint::{At, bare, field_name, quoted};

/// How deep constraints on items may nest; what is deeper fits no field.
const MAX_DEPTH: usize = 8;

/// Numbers of types of constraints.
const REPEATED: i32 = 18;
const MAP: i32 = 19;

/// A field, or the key, value or item of one.
#[derive(Clone, Copy)]
pub(super) struct Typed<'d, 's> {
    pub(super) proto: &'d Field,
    pub(super) symbols: &'s Symbols<'d>,
    pub(super) has_presence: bool,
    /// Whether constraints are about the list or map rather than an item.
    pub(super) whole: bool,
    /// Of a field, not of what is in a map.
    pub(super) oneof: Option<&'d str>,
    depth: usize,
}

impl<'d> Typed<'d, '_> {
    pub(super) fn kind(&self) -> Kind {
        self.proto.kind.unwrap_or(Kind::Message)
    }

    pub(super) fn is_message(&self) -> bool {
        matches!(self.kind(), Kind::Message | Kind::Group)
    }

    /// The full name of a message or enum.
    pub(super) fn type_name(&self) -> &'d str {
        bare(self.proto.type_name.as_deref().unwrap_or_default())
    }
}

pub(super) fn check<'d>(report: &mut Report<'_, 'd>, at: &At<'d, Field>, symbols: &Symbols<'d>) {
    let options = at.proto.options.as_deref();
    let Some(rules) = Set::of_option(options, FIELD, &FIELD_RULES) else { return };
    let file = report.file;
    let repeated = at.proto.label == Label::Repeated;
    let typed = Typed {
        proto: at.proto,
        symbols,
        has_presence: !repeated && has_presence(report, at),
        whole: repeated,
        oneof: file.oneof(at).map(|oneof| &*oneof.name),
        depth: 0,
    };
    let mut subject = Subject {
        option: report::option(file.path(at)),
        name: &at.proto.name,
        full_name: field_name(file, at),
        type_name: type_name(at.proto, symbols),
        base: Vec::new(),
        report,
    };
    rules_of(&mut subject, &rules, typed);
}

fn has_presence(report: &Report<'_, '_>, at: &At<'_, Field>) -> bool {
    at.proto.extendee.is_some()
        || at.proto.proto3_optional
        || at.proto.oneof_index.is_some()
        || matches!(at.proto.kind, Some(Kind::Message | Kind::Group) | None)
        || report.file.features(at).field_presence != FieldPresence::Implicit
}

/// A scalar's kind, a message's full name, or both of a map.
fn type_name(field: &Field, symbols: &Symbols<'_>) -> String {
    if let Some((key, value)) = symbols.map_entry(field) {
        let of = |field: &Field| match field.type_name.as_deref() {
            Some(name) if field.kind != Some(Kind::Enum) => bare(name).to_owned(),
            _ => field.kind.map_or("message", Kind::name).to_owned(),
        };
        return format!("map<{}, {}>", of(key), of(value));
    }
    match (field.kind, field.type_name.as_deref()) {
        (Some(Kind::Message | Kind::Group) | None, Some(name)) => bare(name).to_owned(),
        (kind, _) => kind.map_or("message", Kind::name).to_owned(),
    }
}

fn rules_of(subject: &mut Subject<'_, '_, '_>, rules: &Set, field: Typed<'_, '_>) {
    if field.depth > MAX_DEPTH {
        return;
    }
    flags(subject, rules, field);
    compiles(subject, rules, field);
    let kinds = rules.parts().find(|(part, _)| part.oneof != 0);
    let Some((part, _)) = kinds else { return };
    let Some(inner) = rules.inner(part.name) else { return };
    match part.number {
        MAP => return map(subject, &inner, field),
        REPEATED => return repeated(subject, &inner, field),
        _ => {}
    }
    if !fits(subject, part.number, part.name, field) {
        return;
    }
    example::check(subject, rules, (part.number, part.name), &inner, field);
    match part.name {
        "bool" => {}
        "string" => texts::string(subject, &inner),
        "bytes" => texts::bytes(subject, &inner),
        "enum" | "any" => lengths::alone(subject, part.number, &inner),
        "field_mask" => texts::mask(subject, &inner),
        _ => bounds::check(subject, part.number, &inner),
    }
}

/// `required` and `ignore`.
fn flags(subject: &mut Subject<'_, '_, '_>, rules: &Set, field: Typed<'_, '_>) {
    let name = subject.name;
    let (required, ignore) = (rules.flag("required"), rules.number("ignore"));
    let (required_name, ignore_name) = (subject.rule(&[REQUIRED]), subject.rule(&[IGNORE]));
    let zero = "IGNORE_IF_ZERO_VALUE";
    let is_extension = field.proto.extendee.is_some();
    if is_extension && required {
        subject.add(
            &[REQUIRED],
            format!("Field \"{name}\" is an extension field and cannot have {required_name}."),
        );
    }
    if is_extension && ignore == IGNORE_IF_ZERO_VALUE {
        subject.add(
            &[IGNORE],
            format!("Field \"{name}\" is an extension field and cannot have {ignore_name}={zero}."),
        );
    }
    if let Some(oneof) = field.oneof.filter(|_| required) {
        subject.add(
            &[REQUIRED],
            format!(
                "Field \"{name}\" has {required_name} but is in a oneof ({oneof}). Oneof fields must \
                 not have {required_name}."
            ),
        );
    }
    if ignore == IGNORE_ALWAYS && rules.len() > 1 {
        let all = subject.rule(&[]);
        subject.add(
            &[IGNORE],
            format!(
                "Field \"{name}\" has {ignore_name}=IGNORE_ALWAYS and therefore other rules in {all} \
                 are not applied and should be removed."
            ),
        );
    }
    if required && ignore == IGNORE_IF_ZERO_VALUE {
        let message = format!(
            "Field \"{name}\" has both {required_name} and {ignore_name}={zero}. A field cannot be \
             empty if it is required."
        );
        subject.add_at(&[&[REQUIRED], &[IGNORE]], &message);
    }
    if ignore == IGNORE_IF_ZERO_VALUE && field.has_presence && !is_extension {
        subject.add(
            &[IGNORE],
            format!(
                "Field \"{name}\" has {ignore_name}={zero} and tracks presence. This is the same as \
                 the default and the ignore option can be removed."
            ),
        );
    }
}

fn compiles(subject: &mut Subject<'_, '_, '_>, rules: &Set, field: Typed<'_, '_>) {
    let (list, bare) = (expressions::rules(rules), expressions::bare(rules));
    if list.is_empty() && bare.is_empty() {
        return;
    }
    let this = field.symbols.field_type(field.proto, !field.whole);
    let environment = Environment { symbols: field.symbols, variables: vec![("this", this)] };
    let owner = Owner::named("field", subject.name);
    for (rules, number, is_bare) in [(list, CEL, false), (bare, CEL_EXPRESSION, true)] {
        let name = subject.rule(&[number]);
        expressions::check(&rules, &environment, &owner, &name, is_bare, |index, text| {
            subject.add(&[number, index], text);
        });
    }
}

/// Whether constraints of a type are about fields of that type.
fn fits(subject: &mut Subject<'_, '_, '_>, number: i32, rules: &str, field: Typed<'_, '_>) -> bool {
    let wrapped = match rules {
        "float" | "double" | "int32" | "int64" | "bool" | "string" | "bytes" | "any"
        | "duration" | "timestamp" => {
            let mut name = rules.to_owned();
            name[..1].make_ascii_uppercase();
            let plain = matches!(rules, "any" | "duration" | "timestamp");
            format!("google.protobuf.{name}{}", if plain { "" } else { "Value" })
        }
        "uint32" => "google.protobuf.UInt32Value".to_owned(),
        "uint64" => "google.protobuf.UInt64Value".to_owned(),
        "field_mask" => "google.protobuf.FieldMask".to_owned(),
        _ => String::new(),
    };
    let same = if field.is_message() {
        field.type_name() == wrapped
    } else {
        field.kind().name() == rules
    };
    if same && !field.whole {
        return true;
    }
    let (name, of, rule) = (subject.name, subject.type_name.clone(), subject.rule(&[number]));
    let repeated = if field.whole { "repeated " } else { "" };
    subject.add(
        &[number],
        format!("Field \"{name}\" is of type {repeated}{of} but has {rule} rules."),
    );
    false
}

fn repeated(subject: &mut Subject<'_, '_, '_>, rules: &Set, field: Typed<'_, '_>) {
    let name = subject.name;
    let is_list =
        field.proto.label == Label::Repeated && field.symbols.map_entry(field.proto).is_none();
    if !is_list {
        let rule = subject.rule(&[REPEATED]);
        let message = format!("Field \"{name}\" is not repeated but has {rule} rules.");
        return subject.add(&[REPEATED], message);
    }
    if rules.flag("unique") && field.is_message() && !is_wrapper(field.type_name()) {
        let (of, rule) = (subject.type_name.clone(), subject.rule(&[REPEATED, 3]));
        subject.add(
            &[REPEATED, 3],
            format!(
                "Field \"{name}\" is of type {of} but has {rule} set to true, which is only allowed \
                 for scalar types and wrapper types."
            ),
        );
    }
    let bounds = (rules.count("min_items"), rules.count("max_items"));
    lengths::in_order(subject, ([REPEATED, 1], [REPEATED, 2]), bounds);
    if let Some(items) = rules.inner("items") {
        let item = Typed { whole: false, has_presence: false, depth: field.depth + 1, ..field };
        unenforceable(subject, &[REPEATED, 4], &items, ("repeated item", "individual items in a repeated field"));
        rules_of(&mut subject.within(&[REPEATED, 4]), &items, item);
    }
}

fn map(subject: &mut Subject<'_, '_, '_>, rules: &Set, field: Typed<'_, '_>) {
    let name = subject.name;
    let Some((key, value)) = field.symbols.map_entry(field.proto) else {
        let rule = subject.rule(&[MAP]);
        return subject.add(&[MAP], format!("Field \"{name}\" is not a map but has {rule}."));
    };
    let bounds = (rules.count("min_pairs"), rules.count("max_pairs"));
    lengths::in_order(subject, ([MAP, 1], [MAP, 2]), bounds);
    let proto2 = subject.report.file.proto.syntax != treaty_compiler::descriptor::Syntax::Proto3;
    for (part, number, proto, what) in [
        ("keys", 4, key, ("map key", "map keys")),
        ("values", 5, value, ("map value", "map values")),
    ] {
        let Some(inner) = rules.inner(part) else { continue };
        unenforceable(subject, &[MAP, number], &inner, what);
        let is_message = matches!(proto.kind, Some(Kind::Message | Kind::Group));
        let has_presence = proto2 || is_message;
        let depth = field.depth + 1;
        let typed = Typed { proto, has_presence, whole: false, oneof: None, depth, ..field };
        rules_of(&mut subject.within(&[MAP, number]), &inner, typed);
    }
}

/// `required` of what is in a list or map.
fn unenforceable(
    subject: &mut Subject<'_, '_, '_>,
    base: &[i32],
    rules: &Set,
    (what, whole): (&str, &str),
) {
    if !rules.flag("required") {
        return;
    }
    let path = [base, &[REQUIRED]].concat();
    let (name, rule) = (quoted(subject.name), subject.rule(&path));
    subject.add(
        &path,
        format!(
            "Field {name} has {rule} on {what} rules, which is unenforceable. The {rule} constraint \
             cannot be applied to {whole}."
        ),
    );
}

/// Whether a message stands for a scalar that may be absent.
pub(super) fn is_wrapper(full_name: &str) -> bool {
    let name = full_name.strip_prefix("google.protobuf.").and_then(|name| name.strip_suffix("Value"));
    name.is_some_and(|name| {
        ["Float", "Double", "Int32", "Int64", "UInt32", "UInt64", "Bool", "String", "Bytes"]
            .contains(&name)
    })
}
