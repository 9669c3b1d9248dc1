//! The constraints that `buf/validate/validate.proto` knows, by their numbers. — *Holds*: extensions are
//! none of these, so they are not counted. — *Source*: protovalidate 1.2, which buf 1.75 is built with.

use treaty_compiler::descriptor::Kind;

/// `buf.validate.field`, `.message` and `.predefined`, extensions of options.
pub(crate) const FIELD: i32 = 1159;
pub(crate) const MESSAGE: i32 = 1159;
pub(crate) const PREDEFINED: i32 = 1160;

/// Parts of `buf.validate.FieldRules` that are no type.
pub(crate) const CEL: i32 = 23;
pub(crate) const REQUIRED: i32 = 25;
pub(crate) const IGNORE: i32 = 27;
pub(crate) const CEL_EXPRESSION: i32 = 29;

/// `buf.validate.Ignore`.
pub(crate) const IGNORE_IF_ZERO_VALUE: i64 = 1;
pub(crate) const IGNORE_ALWAYS: i64 = 3;

/// One part of a message of constraints.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) number: i32,
    pub(crate) name: &'static str,
    pub(crate) holds: Holds,
    pub(crate) repeated: bool,
    /// Parts of one oneof, which is not 0, exclude each other.
    pub(crate) oneof: u8,
}

/// What a part holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Holds {
    Scalar(Kind),
    Duration,
    Timestamp,
    /// `google.protobuf.FieldMask`
    Mask,
    /// Other constraints.
    Parts(&'static [Part]),
}

const fn one(number: i32, name: &'static str, holds: Holds) -> Part {
    Part { number, name, holds, repeated: false, oneof: 0 }
}

const fn many(number: i32, name: &'static str, holds: Holds) -> Part {
    Part { number, name, holds, repeated: true, oneof: 0 }
}

const fn choice(oneof: u8, number: i32, name: &'static str, holds: Holds) -> Part {
    Part { number, name, holds, repeated: false, oneof }
}

const BOOL: Holds = Holds::Scalar(Kind::Bool);
const TEXT: Holds = Holds::Scalar(Kind::String);
const BYTES: Holds = Holds::Scalar(Kind::Bytes);
const COUNT: Holds = Holds::Scalar(Kind::Uint64);
const ENUM: Holds = Holds::Scalar(Kind::Enum);

/// `buf.validate.Rule`.
pub(crate) static RULE: [Part; 3] =
    [one(1, "id", TEXT), one(2, "message", TEXT), one(3, "expression", TEXT)];

/// `buf.validate.MessageRules`.
pub(crate) static MESSAGE_RULES: [Part; 3] = [
    many(3, "cel", Holds::Parts(&RULE)),
    many(4, "oneof", Holds::Parts(&MESSAGE_ONEOF_RULE)),
    many(5, "cel_expression", TEXT),
];

static MESSAGE_ONEOF_RULE: [Part; 2] = [many(1, "fields", TEXT), one(2, "required", BOOL)];

/// `buf.validate.PredefinedRules`.
pub(crate) static PREDEFINED_RULES: [Part; 1] = [many(1, "cel", Holds::Parts(&RULE))];

/// `buf.validate.FieldRules`.
pub(crate) static FIELD_RULES: [Part; 26] = [
    choice(1, 1, "float", Holds::Parts(&FLOAT)),
    choice(1, 2, "double", Holds::Parts(&DOUBLE)),
    choice(1, 3, "int32", Holds::Parts(&INT32)),
    choice(1, 4, "int64", Holds::Parts(&INT64)),
    choice(1, 5, "uint32", Holds::Parts(&UINT32)),
    choice(1, 6, "uint64", Holds::Parts(&UINT64)),
    choice(1, 7, "sint32", Holds::Parts(&SINT32)),
    choice(1, 8, "sint64", Holds::Parts(&SINT64)),
    choice(1, 9, "fixed32", Holds::Parts(&FIXED32)),
    choice(1, 10, "fixed64", Holds::Parts(&FIXED64)),
    choice(1, 11, "sfixed32", Holds::Parts(&SFIXED32)),
    choice(1, 12, "sfixed64", Holds::Parts(&SFIXED64)),
    choice(1, 13, "bool", Holds::Parts(&BOOLS)),
    choice(1, 14, "string", Holds::Parts(&STRINGS)),
    choice(1, 15, "bytes", Holds::Parts(&BYTE_STRINGS)),
    choice(1, 16, "enum", Holds::Parts(&ENUMS)),
    choice(1, 18, "repeated", Holds::Parts(&REPEATED)),
    choice(1, 19, "map", Holds::Parts(&MAPS)),
    choice(1, 20, "any", Holds::Parts(&ANYS)),
    choice(1, 21, "duration", Holds::Parts(&DURATIONS)),
    choice(1, 22, "timestamp", Holds::Parts(&TIMESTAMPS)),
    many(CEL, "cel", Holds::Parts(&RULE)),
    one(REQUIRED, "required", BOOL),
    one(IGNORE, "ignore", ENUM),
    choice(1, 28, "field_mask", Holds::Parts(&MASKS)),
    many(CEL_EXPRESSION, "cel_expression", TEXT),
];

macro_rules! numbers {
    ($($name:ident $kind:ident $example:literal;)*) => {
        $(static $name: [Part; 8] = {
            let holds = Holds::Scalar(Kind::$kind);
            [
                one(1, "const", holds),
                choice(1, 2, "lt", holds),
                choice(1, 3, "lte", holds),
                choice(2, 4, "gt", holds),
                choice(2, 5, "gte", holds),
                many(6, "in", holds),
                many(7, "not_in", holds),
                many($example, "example", holds),
            ]
        };)*
    };
}

numbers! {
    INT32 Int32 8;
    INT64 Int64 9;
    UINT32 Uint32 8;
    UINT64 Uint64 8;
    SINT32 Sint32 8;
    SINT64 Sint64 8;
    FIXED32 Fixed32 8;
    FIXED64 Fixed64 8;
    SFIXED32 Sfixed32 8;
    SFIXED64 Sfixed64 8;
}

const fn floats(holds: Holds) -> [Part; 9] {
    [
        one(1, "const", holds),
        choice(1, 2, "lt", holds),
        choice(1, 3, "lte", holds),
        choice(2, 4, "gt", holds),
        choice(2, 5, "gte", holds),
        many(6, "in", holds),
        many(7, "not_in", holds),
        one(8, "finite", BOOL),
        many(9, "example", holds),
    ]
}

static FLOAT: [Part; 9] = floats(Holds::Scalar(Kind::Float));
static DOUBLE: [Part; 9] = floats(Holds::Scalar(Kind::Double));
static BOOLS: [Part; 2] = [one(1, "const", BOOL), many(2, "example", BOOL)];

static STRINGS: [Part; 37] = [
    one(1, "const", TEXT),
    one(19, "len", COUNT),
    one(2, "min_len", COUNT),
    one(3, "max_len", COUNT),
    one(20, "len_bytes", COUNT),
    one(4, "min_bytes", COUNT),
    one(5, "max_bytes", COUNT),
    one(6, "pattern", TEXT),
    one(7, "prefix", TEXT),
    one(8, "suffix", TEXT),
    one(9, "contains", TEXT),
    one(23, "not_contains", TEXT),
    many(10, "in", TEXT),
    many(11, "not_in", TEXT),
    choice(1, 12, "email", BOOL),
    choice(1, 13, "hostname", BOOL),
    choice(1, 14, "ip", BOOL),
    choice(1, 15, "ipv4", BOOL),
    choice(1, 16, "ipv6", BOOL),
    choice(1, 17, "uri", BOOL),
    choice(1, 18, "uri_ref", BOOL),
    choice(1, 21, "address", BOOL),
    choice(1, 22, "uuid", BOOL),
    choice(1, 33, "tuuid", BOOL),
    choice(1, 26, "ip_with_prefixlen", BOOL),
    choice(1, 27, "ipv4_with_prefixlen", BOOL),
    choice(1, 28, "ipv6_with_prefixlen", BOOL),
    choice(1, 29, "ip_prefix", BOOL),
    choice(1, 30, "ipv4_prefix", BOOL),
    choice(1, 31, "ipv6_prefix", BOOL),
    choice(1, 32, "host_and_port", BOOL),
    choice(1, 35, "ulid", BOOL),
    choice(1, 37, "protobuf_fqn", BOOL),
    choice(1, 38, "protobuf_dot_fqn", BOOL),
    choice(1, 24, "well_known_regex", ENUM),
    one(25, "strict", BOOL),
    many(34, "example", TEXT),
];

static BYTE_STRINGS: [Part; 15] = [
    one(1, "const", BYTES),
    one(13, "len", COUNT),
    one(2, "min_len", COUNT),
    one(3, "max_len", COUNT),
    one(4, "pattern", TEXT),
    one(5, "prefix", BYTES),
    one(6, "suffix", BYTES),
    one(7, "contains", BYTES),
    many(8, "in", BYTES),
    many(9, "not_in", BYTES),
    choice(1, 10, "ip", BOOL),
    choice(1, 11, "ipv4", BOOL),
    choice(1, 12, "ipv6", BOOL),
    choice(1, 15, "uuid", BOOL),
    many(14, "example", BYTES),
];

static ENUMS: [Part; 5] = [
    one(1, "const", Holds::Scalar(Kind::Int32)),
    one(2, "defined_only", BOOL),
    many(3, "in", Holds::Scalar(Kind::Int32)),
    many(4, "not_in", Holds::Scalar(Kind::Int32)),
    many(5, "example", Holds::Scalar(Kind::Int32)),
];

static REPEATED: [Part; 4] = [
    one(1, "min_items", COUNT),
    one(2, "max_items", COUNT),
    one(3, "unique", BOOL),
    one(4, "items", Holds::Parts(&FIELD_RULES)),
];

static MAPS: [Part; 4] = [
    one(1, "min_pairs", COUNT),
    one(2, "max_pairs", COUNT),
    one(4, "keys", Holds::Parts(&FIELD_RULES)),
    one(5, "values", Holds::Parts(&FIELD_RULES)),
];

static ANYS: [Part; 2] = [many(2, "in", TEXT), many(3, "not_in", TEXT)];

static DURATIONS: [Part; 8] = [
    one(2, "const", Holds::Duration),
    choice(1, 3, "lt", Holds::Duration),
    choice(1, 4, "lte", Holds::Duration),
    choice(2, 5, "gt", Holds::Duration),
    choice(2, 6, "gte", Holds::Duration),
    many(7, "in", Holds::Duration),
    many(8, "not_in", Holds::Duration),
    many(9, "example", Holds::Duration),
];

static MASKS: [Part; 4] = [
    one(1, "const", Holds::Mask),
    many(2, "in", TEXT),
    many(3, "not_in", TEXT),
    many(4, "example", Holds::Mask),
];

static TIMESTAMPS: [Part; 9] = [
    one(2, "const", Holds::Timestamp),
    choice(1, 3, "lt", Holds::Timestamp),
    choice(1, 4, "lte", Holds::Timestamp),
    choice(1, 7, "lt_now", BOOL),
    choice(2, 5, "gt", Holds::Timestamp),
    choice(2, 6, "gte", Holds::Timestamp),
    choice(2, 8, "gt_now", BOOL),
    one(9, "within", Holds::Duration),
    many(10, "example", Holds::Timestamp),
];

/// Whether the part of constraints of that type only shows a value, and constrains nothing.
pub(crate) fn is_example(of: i32, number: i32) -> bool {
    let rules = FIELD_RULES.iter().find(|part| part.number == of);
    let Some(Holds::Parts(parts)) = rules.map(|part| part.holds) else { return false };
    parts.iter().any(|part| part.number == number && part.name == "example")
}

/// The names on a path through constraints, as `.string.min_len`.
pub(crate) fn names(path: &[i32]) -> String {
    let mut names = String::new();
    let mut parts: &[Part] = &FIELD_RULES;
    for number in path {
        let Some(part) = parts.iter().find(|part| part.number == *number) else { break };
        names.push('.');
        names.push_str(part.name);
        let Holds::Parts(inner) = part.holds else { break };
        parts = inner;
    }
    names
}
