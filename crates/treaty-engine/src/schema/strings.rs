//! What generated code of C++ and Java makes of strings and bytes. — *Source*: descriptor.proto's
//! `ctype` and `java_string_check_utf8`, and the features that replace them.

use std::fmt;

use treaty_compiler::descriptor::{File, Kind, Options, Syntax};
use treaty_compiler::{CppStringType, Features, JavaUtf8Validation, Utf8Validation};

/// The C++ type of a string or bytes field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CppString {
    String,
    View,
    Cord,
    StringPiece,
}

/// Numbers of options that are read here.
const CTYPE: u32 = 1;
const JAVA_STRING_CHECK_UTF8: u32 = 27;

impl CppString {
    /// None for a field of another kind.
    pub(super) fn of(
        file: &File,
        kind: Kind,
        features: Features,
        options: Option<&Options>,
    ) -> Option<Self> {
        if !matches!(kind, Kind::String | Kind::Bytes) {
            return None;
        }
        let old = file.syntax.edition() < Syntax::EDITION_2024.edition();
        let ctype = options.filter(|_| old).and_then(|options| options.number(CTYPE));
        Some(match (ctype, features.cpp_string_type) {
            (Some(0), _) | (None, CppStringType::String) => Self::String,
            (Some(1), _) | (None, CppStringType::Cord) => Self::Cord,
            (Some(2), _) => Self::StringPiece,
            (_, CppStringType::View) => Self::View,
            (Some(_), CppStringType::String | CppStringType::Cord) => Self::String,
        })
    }
}

impl fmt::Display for CppString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::String => "STRING",
            Self::View => "VIEW",
            Self::Cord => "CORD",
            Self::StringPiece => "STRING_PIECE",
        })
    }
}

/// Whether Java refuses a string that is not UTF-8.
pub(super) fn java_checks_utf8(file: &File, features: Features) -> bool {
    let checks = features.utf8_validation == Utf8Validation::Verify;
    let option = file.options.as_deref().and_then(|options| options.get(JAVA_STRING_CHECK_UTF8));
    match option.and_then(treaty_compiler::wire::Value::truth) {
        Some(option) => option || checks,
        None if file.syntax.is_editions() => {
            features.java_utf8_validation == JavaUtf8Validation::Verify || checks
        }
        None => checks,
    }
}
