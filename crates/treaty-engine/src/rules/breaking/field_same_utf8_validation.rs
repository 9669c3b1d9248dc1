//! A string field is checked for UTF-8, or no longer is.

use treaty_compiler::Utf8Validation;
use treaty_compiler::descriptor::Kind;

use super::Category::{File, Package};
use super::{Breaks, Categories, Rule};
use crate::hits::Hits;
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_SAME_UTF8_VALIDATION",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A string field is checked for UTF-8, or no longer is",
    breaks: &[Breaks::Bytes],
    why: "Where the check is new, a reader refuses the whole message for text that is not UTF-8, \
           such as `0a 01 ff`; where it is gone, a writer of the new version can send what readers \
           of the old one refuse.",
    remedy: "restore the syntax of the file, or `features.utf8_validation`",
    example: r#"
  edition = "2023";

  message Order {
-   string note = 1 [features.utf8_validation = NONE];
+   string note = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.field_pairs() {
        let (from, to) = (old.features.utf8_validation, new.features.utf8_validation);
        if from == to || (old.kind, new.kind) != (Kind::String, Kind::String) {
            continue;
        }
        let state = |one| if one == Utf8Validation::Verify { "VERIFY" } else { "NONE" };
        let message = format!(
            "{} changed UTF8 validation from {} to {}.",
            new.description(),
            state(from),
            state(to)
        );
        hits.add(new.subject(), new.at_first_of(&[&[8, 21, 4]]), old.place.file, message);
    }
}
