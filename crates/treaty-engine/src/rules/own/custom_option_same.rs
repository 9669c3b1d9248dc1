//! A custom option that is part of the contract has another value.

use std::collections::BTreeSet;

use treaty_compiler::descriptor::Options;
use treaty_compiler::wire::Value;

use super::{Breaks, NONE, Rule};
use crate::Subject;
use crate::hits::{At, Hits};
use crate::pairing::Pairing;
use crate::quote::quoted;
use crate::schema::Place;

pub(crate) const RULE: Rule = Rule {
    id: "CUSTOM_OPTION_SAME",
    categories: NONE,
    finds: "A custom option that is part of the contract has another value",
    breaks: &[Breaks::Calls],
    why: "Servers, gateways and clients go by the option: who may call, what is masked, which \
           queue is meant. What it promised no longer holds for those who were built with the old \
           value, and neither bytes nor compilers tell. It is checked for the options that \
           `contract.toml` names.",
    remedy: "restore the option; take it out of the contract's list if nobody goes by it",
    example: r#"
  import "google/protobuf/descriptor.proto";

  extend google.protobuf.MethodOptions {
    string audience = 50001;
  }

  service Orders {
    rpc GetOrder(Order) returns (Order) {
-     option (audience) = "partners";
+     option (audience) = "staff";
    }
  }

  message Order {
    string id = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    let wanted = Wanted::new(pairing);
    if wanted.0.is_empty() {
        return;
    }
    for (old, new) in &pairing.files.both {
        let at = |path: &[i32]| At::Places(vec![Place::new(new.name, path)]);
        wanted.compare("File", old.options(), new.options(), |name, number, from, to| {
            let message = format!("Option ({name}) of the file changed from {from} to {to}.");
            hits.add(old.subject(), at(&[8, number]), old.name, message);
        });
    }
    let mut compare = |holder: &str, part: i32, old: Side<'_, 'a>, new: Side<'_, 'a>, of: &dyn Fn() -> Subject, what: &str| {
        wanted.compare(holder, old.options, new.options, |name, number, from, to| {
            let message = format!("Option ({name}) of {what} changed from {from} to {to}.");
            // One of a repeated option has an index in its path.
            let at = At::part_or_whole(new.place, &[part, number, 0]);
            let at = At::after(new.place.part(&[part, number]), at);
            hits.add(of(), at, old.place.file, message);
        });
    };
    for (old, new) in &pairing.messages.both {
        let (was, is) = (Side::new(&old.proto.options, &old.place), Side::new(&new.proto.options, &new.place));
        compare("Message", 7, was, is, &|| new.subject(), new.name);
    }
    for (old, new) in pairing.field_pairs() {
        let (was, is) = (Side::new(&old.proto.options, &old.place), Side::new(&new.proto.options, &new.place));
        compare("Field", 8, was, is, &|| new.subject(), new.name);
    }
    for (old, new) in &pairing.enums.both {
        let (was, is) = (Side::new(&old.proto.options, &old.place), Side::new(&new.proto.options, &new.place));
        compare("Enum", 3, was, is, &|| new.subject(), new.name);
        for value in &new.proto.values {
            let Some(before) = old.proto.values.iter().find(|one| one.name == value.name) else { continue };
            let Some(number) = new.number(value.number) else { continue };
            let Some(named) = number.names.iter().find(|one| *one.name == *value.name) else { continue };
            let was = Side::new(&before.options, &old.place);
            compare("EnumValue", 3, was, Side::new(&value.options, &named.place), &|| number.subject(), named.name);
        }
    }
    for (old, new) in &pairing.services.both {
        let (was, is) = (Side::new(&old.proto.options, &old.place), Side::new(&new.proto.options, &new.place));
        compare("Service", 3, was, is, &|| new.subject(), new.name);
    }
    for (old, new) in &pairing.methods.both {
        let (was, is) = (Side::new(&old.proto.options, &old.place), Side::new(&new.proto.options, &new.place));
        compare("Method", 4, was, is, &|| new.subject(), new.name);
    }
}

/// The options of an element of one version, and where it stands.
#[derive(Clone, Copy)]
struct Side<'s, 'a> {
    options: Option<&'s Options>,
    place: &'s Place<'a>,
}

impl<'s, 'a> Side<'s, 'a> {
    fn new(options: &'s Option<Box<Options>>, place: &'s Place<'a>) -> Self {
        Self { options: options.as_deref(), place }
    }
}

/// The options that the contract lists: what they extend, their number, name and type.
struct Wanted<'a>(Vec<(&'a str, u32, &'a str)>);

impl<'a> Wanted<'a> {
    /// An option is known by its declaration, in either version, own or imported.
    fn new(pairing: &Pairing<'a>) -> Self {
        let mut wanted = BTreeSet::new();
        for schema in [pairing.old, pairing.new] {
            for ((extendee, number), name) in &schema.options {
                let listed = pairing.given.contract_options.iter().any(|one| one == name);
                if let (true, Ok(number)) = (listed, u32::try_from(*number)) {
                    wanted.insert((*extendee, number, *name));
                }
            }
        }
        Self(wanted.into_iter().collect())
    }

    fn compare(
        &self,
        holder: &str,
        old: Option<&Options>,
        new: Option<&Options>,
        mut changed: impl FnMut(&str, i32, String, String),
    ) {
        if old.is_none() && new.is_none() {
            return;
        }
        for &(extendee, number, name) in &self.0 {
            let of = extendee.strip_prefix("google.protobuf.").and_then(|one| one.strip_suffix("Options"));
            if of != Some(holder) {
                continue;
            }
            let values = |options: Option<&Options>| -> Vec<String> {
                options.into_iter().flat_map(|one| one.all(number).map(words)).collect()
            };
            let (from, to) = (values(old), values(new));
            if from != to {
                let words = |values: Vec<String>| match &values[..] {
                    [] => "unset".to_owned(),
                    all => all.join(", "),
                };
                changed(name, number as i32, words(from), words(to));
            }
        }
    }
}

/// A value as far as its bytes tell.
fn words(value: Value<'_>) -> String {
    match value {
        Value::Varint(number) => number.to_string(),
        Value::Fixed32(bits) => format!("{bits:#010x}"),
        Value::Fixed64(bits) => format!("{bits:#018x}"),
        Value::Bytes(bytes) | Value::Group(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) if !text.chars().any(char::is_control) => quoted(text),
            _ => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        },
    }
}
