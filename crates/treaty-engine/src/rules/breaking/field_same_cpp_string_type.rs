//! A string or bytes field has another type in C++.

use super::Category::{File, Package};
use super::{Breaks, Categories, Rule};
use crate::hits::Hits;
use crate::pairing::Pairing;
use crate::schema::CppString;

pub(crate) const RULE: Rule = Rule {
    id: "FIELD_SAME_CPP_STRING_TYPE",
    categories: Categories {
        v1beta1: Some(&[File, Package]),
        v1: Some(&[File, Package]),
        v2: Some(&[File, Package]),
    },
    finds: "A string or bytes field has another type in C++",
    breaks: &[Breaks::Source],
    why: "Bytes and JSON stay as they are. Generated C++ accessors take and return `std::string`, \
           `absl::Cord` or `absl::string_view`, and code that calls them with another type does \
           not compile.",
    remedy: "restore `ctype` or `features.(pb.cpp).string_type`",
    example: r#"
  message Order {
-   bytes photo = 1;
+   bytes photo = 1 [ctype = CORD];
  }
"#,
    check,
};

fn check<'a>(pairing: &Pairing<'a>, hits: &mut Hits<'a>) {
    for (old, new) in pairing.field_pairs() {
        let (Some(from), Some(to)) = (old.cpp_string, new.cpp_string) else { continue };
        if from == to
            || (from, to) == (CppString::StringPiece, CppString::String)
            || old.in_map_entry && new.in_map_entry
        {
            continue;
        }
        let message = format!(
            "{} changed C++ string type from \"{from}\" to \"{to}\".",
            new.description()
        );
        let at = new.at_first_of(&[&[8, 1], &[8, 21, 1000, 2], &[8, 21, 1000], &[8, 21]]);
        hits.add(new.subject(), at, old.place.file, message);
    }
}
