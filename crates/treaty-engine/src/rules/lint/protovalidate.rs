//! Constraints of protovalidate contradict themselves, their field or their examples.

use std::cell::LazyCell;

use treaty_compiler::descriptor::Options;

mod bounds;
mod example;
mod expressions;
mod field;
mod go_print;
mod go_regexp;
mod lengths;
mod message;
mod predefined;
mod report;
mod set;
mod standard;
mod texts;

use super::Category::{Default, Standard};
use super::{Categories, Rule};
use crate::cel::Symbols;
use crate::constraints::schema;
use crate::lint::{Hits, View};
use report::Report;

pub(crate) const RULE: Rule = Rule {
    id: "PROTOVALIDATE",
    categories: Categories {
        v1beta1: None,
        v1: Some(&[Default, Standard]),
        v2: Some(&[Default, Standard]),
    },
    deprecated: false,
    finds: "Constraints of protovalidate contradict themselves, their field or their examples",
    why: "Constraints are read when messages are checked, not when they are compiled. One that no \
           value meets refuses every message, one on the wrong type or with broken CEL fails every \
           check, and both are seen only in production.",
    remedy: "correct the constraint as the finding says",
    example: r#"
  import "buf/validate/validate.proto";

  message Order {
-   string note = 1 [(buf.validate.field).string = { min_len: 20, max_len: 10 }];
+   string note = 1 [(buf.validate.field).string = { min_len: 10, max_len: 20 }];
  }
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    let symbols = LazyCell::new(|| Symbols::new(view.descriptors));
    for file in &view.files {
        let mut report = Report::new(file, hits);
        for at in file.messages.iter().filter(|at| is_set(at.proto.options.as_deref())) {
            message::check(&mut report, at, &symbols);
        }
        for at in file.fields.iter().filter(|at| is_set(at.proto.options.as_deref())) {
            predefined::check(&mut report, at, &symbols);
            field::check(&mut report, at, &symbols);
        }
    }
}

/// Whether options hold constraints at all; hardly any do.
fn is_set(options: Option<&Options>) -> bool {
    let numbers = [schema::FIELD, schema::PREDEFINED].map(i32::unsigned_abs);
    options.is_some_and(|options| numbers.iter().any(|&number| options.get(number).is_some()))
}
