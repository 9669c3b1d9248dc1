//! Reads constraints from encoded options. — *Holds*: what is not known is compared by its bytes, so
//! that no change of it is missed.

use treaty_compiler::descriptor::{Kind, Options};
use treaty_compiler::wire::{Field, Fields, Value};

use super::check::{Bound, Unit};
use super::{Check, Ignore, Number, Opaque, Rules, Scalar, schema};

/// `buf.validate.{field,message,oneof}`: the same number in all three options messages.
const VALIDATE: u32 = 1159;
/// Items of items of items: protovalidate has no deeper rules than `repeated.items.map...`.
const DEEPEST: usize = 8;

/// The constraints that a field's options hold; none where there are none.
pub(super) fn rules(options: Option<&Options>) -> Option<Rules<'_>> {
    let mut found = options?.all(VALIDATE).filter_map(Value::bytes).peekable();
    found.peek()?;
    let mut rules = Rules::default();
    found.for_each(|encoded| field_rules(encoded, &mut rules, 0));
    rules.opaque.sort_unstable();
    Some(rules)
}

/// What is asked of a message as a whole: expressions and groups of fields, sorted.
pub(super) fn message_rules(options: Option<&Options>) -> Vec<Opaque<'_>> {
    let encoded = options.into_iter().flat_map(|options| options.all(VALIDATE));
    let fields = encoded.filter_map(Value::bytes).flat_map(fields);
    let mut opaque: Vec<_> = fields
        .map(|field| match field.number {
            3 | 5 => Opaque { name: "message.cel", encoded: expression(field, 3) },
            4 => Opaque { name: "message.oneof", encoded: field.whole },
            _ => Opaque { name: "message rule", encoded: field.whole },
        })
        .collect();
    opaque.sort_unstable();
    opaque
}

/// Whether one field of a oneof must be set.
pub(super) fn oneof_is_required(options: Option<&Options>) -> bool {
    let encoded = options.into_iter().flat_map(|options| options.all(VALIDATE));
    let fields = encoded.filter_map(Value::bytes).flat_map(fields);
    fields.filter(|field| field.number == 1).last().and_then(|one| one.value.truth()) == Some(true)
}

/// What is run of an expression: not its id, and not what it says of values that it refuses. `rule` is
/// the number of those that have these; others are the bare expression.
fn expression(field: Field<'_>, rule: u32) -> &[u8] {
    let encoded = field.value.bytes().unwrap_or_default();
    if field.number != rule {
        return encoded;
    }
    let expressions = fields(encoded).filter(|field| field.number == 3);
    expressions.last().and_then(|field| field.value.bytes()).unwrap_or_default()
}

fn fields(encoded: &[u8]) -> impl Iterator<Item = Field<'_>> {
    Fields::new(encoded).filter_map(Result::ok)
}

fn field_rules<'d>(encoded: &'d [u8], into: &mut Rules<'d>, depth: usize) {
    if depth == DEEPEST {
        return;
    }
    for field in fields(encoded) {
        let before = into.checks.len();
        let inner = field.value.bytes().unwrap_or_default();
        match field.number {
            25 => into.required = field.value.truth() == Some(true),
            27 => {
                into.ignore = match field.value.int32() {
                    Some(1) => Ignore::ZeroValue,
                    Some(3) => Ignore::Always,
                    _ => Ignore::Unset,
                }
            }
            1..=12 => fields(inner).for_each(|rule| number(field.number, rule, into)),
            13 => fields(inner).filter(|rule| rule.number == 1).for_each(|rule| {
                into.checks.extend(rule.value.truth().map(Scalar::Truth).map(Check::Equals));
            }),
            14 => {
                fields(inner).for_each(|rule| string(rule, into));
                strictness(inner, into);
            }
            15 => fields(inner).for_each(|rule| bytes(rule, into)),
            16 => fields(inner).for_each(|rule| enumeration(rule, into)),
            18 => fields(inner).for_each(|rule| repeated(rule, into, depth)),
            19 => fields(inner).for_each(|rule| map(rule, into, depth)),
            21 | 22 => fields(inner).for_each(|rule| time(field.number, rule, into)),
            23 | 29 => into.opaque.push(Opaque { name: "cel", encoded: expression(field, 23) }),
            _ => into.opaque.push(Opaque { name: "rule", encoded: field.whole }),
        }
        if into.checks.len() > before {
            into.checked = checked(field.number);
        }
    }
}

/// What values the checks of a type are made for, which need not be the kind of the field: a wrapper
/// is checked as what it holds.
fn checked(number: u32) -> Option<Kind> {
    const SCALARS: [Kind; 16] = [
        Kind::Float,
        Kind::Double,
        Kind::Int32,
        Kind::Int64,
        Kind::Uint32,
        Kind::Uint64,
        Kind::Sint32,
        Kind::Sint64,
        Kind::Fixed32,
        Kind::Fixed64,
        Kind::Sfixed32,
        Kind::Sfixed64,
        Kind::Bool,
        Kind::String,
        Kind::Bytes,
        Kind::Enum,
    ];
    SCALARS.get(number.checked_sub(1)? as usize).copied()
}

fn is_example(of: u32, rule: Field<'_>) -> bool {
    let numbers = i32::try_from(of).ok().zip(i32::try_from(rule.number).ok());
    numbers.is_some_and(|(of, number)| schema::is_example(of, number))
}

fn bound(number: u32) -> Option<Bound> {
    [Bound::Below, Bound::AtMost, Bound::Above, Bound::AtLeast].get(number as usize).copied()
}

fn add_to_list<'d>(checks: &mut Vec<Check<'d>>, within: bool, value: Scalar) {
    for check in checks.iter_mut() {
        match check {
            Check::OneOf(list) if within => return list.push(value),
            Check::NoneOf(list) if !within => return list.push(value),
            _ => {}
        }
    }
    let list = vec![value];
    checks.push(if within { Check::OneOf(list) } else { Check::NoneOf(list) });
}

/// The rules of a number of that kind: `const`, four bounds, `in`, `not_in`.
fn number<'d>(kind: u32, rule: Field<'d>, into: &mut Rules<'d>) {
    if is_example(kind, rule) {
        return;
    }
    if matches!((kind, rule.number), (1 | 2, 8)) {
        into.checks.extend((rule.value.truth() == Some(true)).then_some(Check::Finite));
        return;
    }
    for value in scalars(kind, rule.value) {
        match rule.number {
            1 => into.checks.push(Check::Equals(Scalar::Number(value))),
            2..=5 => into.checks.extend(bound(rule.number - 2).map(|one| Check::Bound(one, value))),
            6 | 7 => add_to_list(&mut into.checks, rule.number == 6, Scalar::Number(value)),
            _ => return into.opaque.push(Opaque { name: "rule", encoded: rule.whole }),
        }
    }
}

/// One number, or those of a packed list.
fn scalars(kind: u32, value: Value<'_>) -> Vec<Number> {
    let Value::Bytes(packed) = value else { return scalar(kind, value).into_iter().collect() };
    let mut numbers = Vec::new();
    let width = match kind {
        1 | 9 | 11 => 4,
        2 | 10 | 12 => 8,
        _ => 0,
    };
    let mut rest = packed;
    while !rest.is_empty() {
        let length = match width {
            0 => rest.iter().take_while(|&&byte| byte >= 0x80).count() + 1,
            width => width,
        };
        let Some((one, after)) = rest.split_at_checked(length) else { break };
        rest = after;
        let value = match width {
            0 => Value::Varint(
                one.iter()
                    .take(10)
                    .rev()
                    .fold(0, |number, &byte| number << 7 | u64::from(byte & 0x7f)),
            ),
            _ => {
                let bits = one.iter().rev().fold(0, |bits: u64, &byte| bits << 8 | u64::from(byte));
                if width == 4 { Value::Fixed32(bits as u32) } else { Value::Fixed64(bits) }
            }
        };
        numbers.extend(scalar(kind, value));
    }
    numbers
}

fn scalar(kind: u32, value: Value<'_>) -> Option<Number> {
    let zigzag = |bits: u64| (bits >> 1) as i64 ^ -((bits & 1) as i64);
    Some(match (kind, value) {
        (1, Value::Fixed32(bits)) => Number::Floating(f32::from_bits(bits).into()),
        (2, Value::Fixed64(bits)) => Number::Floating(f64::from_bits(bits)),
        (3 | 4, Value::Varint(bits)) => Number::Integer((bits as i64).into()),
        (5 | 6, Value::Varint(bits)) => Number::Integer(bits.into()),
        (7 | 8, Value::Varint(bits)) => Number::Integer(zigzag(bits).into()),
        (9, Value::Fixed32(bits)) => Number::Integer(bits.into()),
        (10, Value::Fixed64(bits)) => Number::Integer(bits.into()),
        (11, Value::Fixed32(bits)) => Number::Integer((bits as i32).into()),
        (12, Value::Fixed64(bits)) => Number::Integer((bits as i64).into()),
        _ => return None,
    })
}

/// Durations and points in time, in nanoseconds; what compares with now is opaque.
fn time<'d>(kind: u32, rule: Field<'d>, into: &mut Rules<'d>) {
    if is_example(kind, rule) || rule.value.truth() == Some(false) {
        return;
    }
    let value = rule.value.bytes().map(|encoded| {
        let part = |number| {
            let parts = fields(encoded).filter(|field| field.number == number);
            parts.last().and_then(|field| scalar(4, field.value)).map_or(0, |part| match part {
                Number::Integer(part) => part,
                Number::Floating(_) | Number::Nanoseconds(_) => 0,
            })
        };
        Number::Nanoseconds(part(1) * 1_000_000_000 + part(2))
    });
    match (rule.number, value) {
        (2, Some(value)) => into.checks.push(Check::Equals(Scalar::Number(value))),
        (3..=6, Some(value)) => {
            into.checks.extend(bound(rule.number - 3).map(|one| Check::Bound(one, value)));
        }
        (7 | 8, Some(value)) if kind == 21 => {
            add_to_list(&mut into.checks, rule.number == 7, Scalar::Number(value));
        }
        _ => into.opaque.push(Opaque { name: "time", encoded: rule.whole }),
    }
}

fn enumeration<'d>(rule: Field<'d>, into: &mut Rules<'d>) {
    match rule.number {
        2 if rule.value.truth() == Some(false) => {}
        2 => into.opaque.push(Opaque { name: "enum.defined_only", encoded: rule.whole }),
        _ if is_example(16, rule) => {}
        _ => {
            let numeric = match rule.number {
                3 => 6,
                4 => 7,
                other => other,
            };
            number(3, Field { number: numeric, ..rule }, into);
        }
    }
}

fn size(value: Value<'_>) -> u64 {
    if let Value::Varint(size) = value { size } else { 0 }
}

fn string<'d>(rule: Field<'d>, into: &mut Rules<'d>) {
    let part = rule.value.bytes().unwrap_or_default();
    let text = || Scalar::Text(String::from_utf8_lossy(part).into_owned());
    let checks = &mut into.checks;
    match rule.number {
        1 => checks.push(Check::Equals(text())),
        2 => checks.push(Check::Least(Unit::Characters, size(rule.value))),
        3 => checks.push(Check::Most(Unit::Characters, size(rule.value))),
        4 => checks.push(Check::Least(Unit::Bytes, size(rule.value))),
        5 => checks.push(Check::Most(Unit::Bytes, size(rule.value))),
        7 => checks.push(Check::Prefix(part)),
        8 => checks.push(Check::Suffix(part)),
        9 => checks.push(Check::Contains(part)),
        23 => checks.push(Check::Lacks(part)),
        10 | 11 => add_to_list(checks, rule.number == 10, text()),
        19 | 20 => {
            let unit = if rule.number == 19 { Unit::Characters } else { Unit::Bytes };
            checks.push(Check::Least(unit, size(rule.value)));
            checks.push(Check::Most(unit, size(rule.value)));
        }
        _ if is_example(14, rule) => {}
        // Only says how a well known pattern is meant.
        25 => {}
        6 => into.opaque.push(Opaque { name: "string.pattern", encoded: rule.whole }),
        _ if rule.value.truth() == Some(false) => {}
        _ => into.opaque.push(Opaque { name: "string format", encoded: rule.whole }),
    }
}

/// Stands for what no field says.
pub(super) const STRICT: &[u8] = b"strict";

/// A well known pattern refuses more unless it is told not to be strict.
fn strictness(encoded: &[u8], into: &mut Rules<'_>) {
    let has = |number, truth| {
        fields(encoded).any(|rule| rule.number == number && rule.value.truth() == Some(truth))
    };
    if has(24, true) && !has(25, false) {
        into.opaque.push(Opaque { name: "string format", encoded: STRICT });
    }
}

fn bytes<'d>(rule: Field<'d>, into: &mut Rules<'d>) {
    let part = rule.value.bytes().unwrap_or_default();
    let value = || Scalar::Bytes(part.to_vec());
    let checks = &mut into.checks;
    match rule.number {
        1 => checks.push(Check::Equals(value())),
        2 => checks.push(Check::Least(Unit::Bytes, size(rule.value))),
        3 => checks.push(Check::Most(Unit::Bytes, size(rule.value))),
        13 => {
            checks.push(Check::Least(Unit::Bytes, size(rule.value)));
            checks.push(Check::Most(Unit::Bytes, size(rule.value)));
        }
        5 => checks.push(Check::Prefix(part)),
        6 => checks.push(Check::Suffix(part)),
        7 => checks.push(Check::Contains(part)),
        8 | 9 => add_to_list(checks, rule.number == 8, value()),
        _ if is_example(15, rule) => {}
        4 => into.opaque.push(Opaque { name: "bytes.pattern", encoded: rule.whole }),
        _ if rule.value.truth() == Some(false) => {}
        _ => into.opaque.push(Opaque { name: "bytes format", encoded: rule.whole }),
    }
}

fn inner<'d>(rule: Field<'d>, depth: usize) -> Option<Box<Rules<'d>>> {
    let mut rules = Rules::default();
    field_rules(rule.value.bytes()?, &mut rules, depth + 1);
    rules.opaque.sort_unstable();
    Some(Box::new(rules))
}

fn repeated<'d>(rule: Field<'d>, into: &mut Rules<'d>, depth: usize) {
    match rule.number {
        1 => into.checks.push(Check::Least(Unit::Items, size(rule.value))),
        2 => into.checks.push(Check::Most(Unit::Items, size(rule.value))),
        3 if rule.value.truth() == Some(true) => into.checks.push(Check::Unique),
        3 => {}
        4 => into.items = inner(rule, depth),
        _ => into.opaque.push(Opaque { name: "rule", encoded: rule.whole }),
    }
}

fn map<'d>(rule: Field<'d>, into: &mut Rules<'d>, depth: usize) {
    match rule.number {
        1 => into.checks.push(Check::Least(Unit::Items, size(rule.value))),
        2 => into.checks.push(Check::Most(Unit::Items, size(rule.value))),
        4 => into.keys = inner(rule, depth),
        5 => into.values = inner(rule, depth),
        _ => into.opaque.push(Opaque { name: "rule", encoded: rule.whole }),
    }
}
