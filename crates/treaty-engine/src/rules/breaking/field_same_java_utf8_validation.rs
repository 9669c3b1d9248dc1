//! A string field is checked for UTF-8 in Java, or no longer is.

use treaty_compiler::descriptor::Kind;

use super::Category::{File, Package};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;
use crate::schema::Place;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_SAME_JAVA_UTF8_VALIDATION",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A string field is checked for UTF-8 in Java, or no longer is",
    breaks: &[Breaks::Bytes],
    why: "Only Java is concerned. Where the check is new, a Java reader refuses a whole message \
           for text such as `0a 01 ff`, which others still write; where it is gone, broken text \
           travels on until something else fails.",
    remedy: "restore `java_string_check_utf8` or `features.(pb.java).utf8_validation`",
    example: r#"
  syntax = "proto2";

+ option java_string_check_utf8 = true;
+
  message Order {
    optional string note = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.field_pairs() {
        if (old.kind, new.kind) != (Kind::String, Kind::String)
            || old.java_checks_utf8 == new.java_checks_utf8
        {
            continue;
        }
        let state = |checks| if checks { "VERIFY" } else { "NONE" };
        let message = format!(
            "{} changed Java string UTF8 validation from \"{}\" to \"{}\".",
            new.description(),
            state(old.java_checks_utf8),
            state(new.java_checks_utf8)
        );
        let at = new.at_first_of(&[&[8, 21, 1001, 2], &[8, 21, 1001], &[8, 21]]);
        let at = At::after(Place::new(new.place.file, &[8, 27]), at);
        hits.add(new.subject(), at, old.place.file, message);
    }
}
