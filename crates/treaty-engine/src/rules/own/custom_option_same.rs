//! A custom option that is part of the contract has another value.

use std::collections::BTreeSet;

use treaty_compiler::Holder;
use treaty_compiler::descriptor::Options;
use treaty_compiler::wire::Value;

use super::{Breaks, NONE, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;
use crate::pairing::options::Both;
use crate::quote::quoted;

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
    pairing.each_options(&mut |both, subject| {
        wanted.compare(both, |name, number, from, to| {
            let is_file = both.holder == Holder::File;
            let part = match both.holder {
                Holder::File | Holder::Field => 8,
                Holder::Message => 7,
                Holder::Oneof => 2,
                Holder::Method => 4,
                _ => 3,
            };
            let what = if is_file { "the file" } else { both.name };
            let message = format!("Option ({name}) of {what} changed from {from} to {to}.");
            let at = if is_file {
                At::Places(vec![both.place.part(&[part, number])])
            } else {
                // One of a repeated option has an index in its path.
                let at = At::part_or_whole(both.place, &[part, number, 0]);
                At::after(both.place.part(&[part, number]), at)
            };
            hits.add(subject(), at, both.old_file, message);
        });
    });
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

    fn compare(&self, both: &Both<'_, '_>, mut changed: impl FnMut(&str, i32, String, String)) {
        for &(extendee, number, name) in &self.0 {
            if extendee != both.holder.options_name() {
                continue;
            }
            let values = |options: Option<&Options>| -> Vec<String> {
                options.into_iter().flat_map(|one| one.all(number).map(value_text)).collect()
            };
            let (from, to) = (values(both.old), values(both.new));
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
pub(crate) fn value_text(value: Value<'_>) -> String {
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
