//! A message or enum can no longer be used by other files.

use treaty_compiler::descriptor::Visibility;
use treaty_compiler::{DefaultVisibility, Features};

use super::{Breaks, NONE, Rule};
use crate::Subject;
use crate::hits::{At, Hits};
use crate::pairing::Pairing;
use crate::schema::{Enum, Message};

pub(crate) const RULE: Rule = Rule {
    id: "SYMBOL_NO_LOCAL",
    categories: NONE,
    finds: "A message or enum can no longer be used by other files",
    breaks: &[Breaks::Source],
    why: "A file that imports the type does not compile once it is `local`, be it in this contract \
           or in another one. Bytes stay as they are.",
    remedy: "restore `export`, or the feature `default_symbol_visibility`",
    example: r#"
  edition = "2024";

- export message Money {
+ local message Money {
    int64 units = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    let is_exported = |visibility, features: Features, top: bool| match visibility {
        Visibility::Export => true,
        Visibility::Local => false,
        Visibility::Unset => match features.default_symbol_visibility {
            DefaultVisibility::ExportAll => true,
            DefaultVisibility::ExportTopLevel => top,
            DefaultVisibility::LocalAll | DefaultVisibility::Strict => false,
        },
    };
    let mut report = |sort: &str, name: &str, of: Subject, at: At<'a>, file: &str| {
        let message = format!("{sort} \"{name}\" was exported and is local to its file.");
        hits.add(of, at, file, message);
    };
    for (old, new) in &pairing.messages.both {
        let of = |one: &Message<'_>| {
            is_exported(one.proto.visibility, one.features, one.name == one.nested_name)
        };
        if of(old) && !of(new) && !new.map_entry {
            report("Message", new.name, new.subject(), At::part_or_whole(&new.place, &[1]), old.place.file);
        }
    }
    for (old, new) in &pairing.enums.both {
        let of = |one: &Enum<'_>| {
            is_exported(one.proto.visibility, one.features, one.name == one.nested_name)
        };
        if of(old) && !of(new) {
            report("Enum", new.name, new.subject(), At::part_or_whole(&new.place, &[1]), old.place.file);
        }
    }
}
