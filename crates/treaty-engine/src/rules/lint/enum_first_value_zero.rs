//! The first value of an enum is not 0.

use super::Category::{Basic, Default, Other, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "ENUM_FIRST_VALUE_ZERO",
    categories: Categories {
        v1beta1: Some(&[Other]),
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "The first value of an enum is not 0",
    why: "A field that is not set reads as the first value in proto2 and as 0 in proto3: only if \
           the first is 0 do both mean the same. An open enum has to begin with 0 anyway.",
    remedy: "begin the enum with a value for 0",
    example: r#"
  syntax = "proto2";

  enum State {
-   STATE_OPEN = 1;
-   STATE_UNSPECIFIED = 0;
+   STATE_UNSPECIFIED = 0;
+   STATE_OPEN = 1;
  }
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        for at in &file.enums {
            let Some(first) = at.proto.values.first().filter(|first| first.number != 0) else {
                continue;
            };
            let message =
                format!("First enum value \"{}\" should have a numeric value of 0", first.name);
            let subject = format!("{}.{}", at.proto.full_name, first.name);
            hits.add(file, file.part(at, &[2, 0, 2]), subject, message);
        }
    }
}
