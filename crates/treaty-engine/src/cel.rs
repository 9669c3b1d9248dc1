//! The Common Expression Language, as far as protovalidate's environment has it: parses, checks types
//! against our descriptors, evaluates. — *Does not* know constraints. — *Holds*: bounded nesting and
//! work, no panic on any text. — *Source*: <https://github.com/google/cel-spec>; errors are in the
//! words of cel-go, which buf shows.

mod checker;
mod convert;
mod environment;
mod evaluate;
mod expression;
mod format;
mod formats;
mod functions;
mod lexer;
mod library;
mod message;
mod parser;
mod text;
mod types;
mod value;

pub(crate) use environment::{Environment, Symbols};
pub(crate) use evaluate::evaluate;
pub(crate) use expression::Expression;
pub(crate) use format::shown;
pub(crate) use formats::{
    is_email, is_host_and_port, is_hostname, is_ip, is_ip_prefix, is_uri, is_uri_ref,
};
pub(crate) use functions::matches;
pub(crate) use message::{decode, field_value, scalar, unpacked};
pub(crate) use types::Type;
pub(crate) use value::Value;

/// An expression that has been read.
pub(crate) struct Compiled {
    pub(crate) expression: Expression,
    /// [`Type::Error`] where it does not compile.
    pub(crate) output: Type,
    /// What is wrong, in the order of the text.
    pub(crate) errors: Vec<String>,
}

/// Parses and checks.
pub(crate) fn compile(text: &str, environment: &Environment<'_>) -> Compiled {
    match parser::parse(text) {
        Err(errors) => Compiled { expression: Expression::Null, output: Type::Error, errors },
        Ok(expression) => {
            let (output, errors) = checker::check(&expression, environment);
            let output = if errors.is_empty() { output } else { Type::Error };
            Compiled { expression, output, errors }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Descriptors;

    #[test]
    fn no_text_panics_or_nests_without_bound() {
        let descriptors = Descriptors::default();
        let symbols = Symbols::new(&descriptors);
        let environment = Environment { symbols: &symbols, variables: vec![("this", Type::Int)] };
        let whole = "this.all(x, [1u, -2.5e3][0] == {'a': b'\\x41'}.a ? has(x.y) : \
                     'é%.2f'.format([1.0]) != r\"\\\") && !google.protobuf.Any{type_url: ''}.b.isIp(4)";
        let mut tried = 0;
        for (cut, _) in whole.char_indices() {
            let (before, behind) = whole.split_at(cut);
            let without = behind.chars().skip(1).collect::<String>();
            for text in [before.to_owned(), behind.to_owned(), format!("{before}{without}")] {
                let compiled = compile(&text, &environment);
                assert_eq!(compiled.errors.is_empty(), compiled.output != Type::Error, "{text}");
                tried += 1;
            }
        }
        for deep in ["(", "[", "{1:", "!", "-", "this+", "this.", "f(", "this?", "this[", "a{b:"] {
            let compiled = compile(&deep.repeat(30_000), &environment);
            assert!(!compiled.errors.is_empty(), "{deep}");
            tried += 1;
        }
        println!("{tried} texts");
    }

    #[test]
    fn work_and_memory_are_bounded() {
        let descriptors = Descriptors::default();
        let symbols = Symbols::new(&descriptors);
        let environment = Environment { symbols: &symbols, variables: Vec::new() };
        for text in [
            format!("['a']{}", ".map(y, y + y)".repeat(60)),
            format!("[1]{}", ".map(y, [y, y])".repeat(60)),
            format!("'{}'.replace('', '{}')", "a".repeat(40_000), "b".repeat(40_000)),
        ] {
            let compiled = compile(&text, &environment);
            assert_eq!(compiled.errors, Vec::<String>::new());
            let value = evaluate(&compiled.expression, &environment, &[]);
            assert_eq!(value.map(|_| ()), Err("operation interrupted".to_owned()), "{text:.40}");
        }
        for (text, value) in [
            ("'a,b'.split(',').map(x, x + '!').join()", "a!b!"),
            ("'%s %d %.1f %x'.format([[1, 2], 3, 0.25, 'k'])", "[1, 2] 3 0.2 6b"),
            (
                "string(timestamp('2024-02-29T23:59:59.5Z') + duration('1s'))",
                "2024-03-01T00:00:00.5Z",
            ),
            ("string(timestamp('1969-12-31T23:00:00-01:00').getDayOfYear())", "0"),
            ("1 / 0 == 1 || true ? 'yes' : 'no'", "yes"),
            ("[3, 1].exists_one(x, x > 2) ? string(duration('90s')) : ''", "90s"),
        ] {
            let compiled = compile(text, &environment);
            assert_eq!(compiled.errors, Vec::<String>::new(), "{text}");
            let found = evaluate(&compiled.expression, &environment, &[]);
            assert_eq!(found.map(|found| shown(&found)), Ok(value.to_owned()), "{text}");
        }
    }
}
