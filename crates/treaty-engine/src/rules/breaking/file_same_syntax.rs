//! A file declares another syntax.

use super::Category::{Csr, File, Package};
use super::{Breaks, Categories, Rule};
use crate::hits::{At, Hits};
use crate::pairing::Pairing;

pub(crate) const RULE: Rule = Rule {
    id: "FILE_SAME_SYNTAX",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package, Csr]),
    },
    finds: "A file declares another syntax",
    breaks: &[Breaks::Bytes, Breaks::Source],
    why: "The syntax decides what is not written in the file: whether fields know that they are \
           set, whether repeated numbers are packed, whether enums are closed, whether text must \
           be UTF-8. A proto2 reader puts an unknown enum number aside that a proto3 reader keeps, \
           and generated code changes throughout. An edition that is spelled out to mean the same \
           is reported too; `treaty check` then says that it is safe.",
    remedy: "restore the syntax; a new package can be written in the new one",
    example: r#"
- syntax = "proto2";
+ syntax = "proto3";

  message Order {
    optional string id = 1;
    optional State state = 2;
  }

  enum State {
    STATE_UNSPECIFIED = 0;
    STATE_OPEN = 1;
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in &pairing.files.both {
        if old.syntax != new.syntax {
            let (from, to) = (old.syntax, new.syntax);
            let message = format!("File syntax changed from \"{from}\" to \"{to}\".");
            let at = At::token(new.name, &[12]);
            hits.add(old.subject(), at, old.name, message);
        }
    }
}
