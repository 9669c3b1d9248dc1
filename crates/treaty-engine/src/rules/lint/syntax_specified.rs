//! A file says neither its syntax nor its edition.

use super::Category::{Basic, Default, Standard};
use super::{Categories, Rule};
use crate::lint::{Hits, View};

pub(crate) const RULE: Rule = Rule {
    id: "SYNTAX_SPECIFIED",
    categories: Categories {
        v1beta1: None,
        v1: Some(&[Basic, Default, Standard]),
        v2: Some(&[Basic, Default, Standard]),
    },
    deprecated: false,
    finds: "A file says neither its syntax nor its edition",
    why: "A compiler takes such a file for proto2, with closed enums and fields that know whether \
           they are set, which is not what most authors expect today.",
    remedy: "begin the file with `syntax` or `edition`",
    example: r#"
+ syntax = "proto3";
+
  message Order {}
"#,
    check,
};

fn check<'d>(view: &View<'d>, hits: &mut Hits<'d>) {
    for file in &view.files {
        if file.proto.image.is_syntax_unspecified {
            let message = "Files must have a syntax explicitly specified. If no syntax is specified, the \
                           file defaults to \"proto2\".";
            hits.add_file(file, message.to_owned());
        }
    }
}
