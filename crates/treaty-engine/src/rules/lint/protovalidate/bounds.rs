//! Checks bounds of numbers, durations and timestamps. — *Does not* object to a lower bound above the
//! upper: that asks for what is outside of both.

use super::go_print::seconds_and_nanos;
use super::report::Subject;
use super::set::Set;
use crate::cel::Value;

/// Numbers of `TimestampRules`.
const TIMESTAMP: i32 = 22;
const LT_NOW: i32 = 7;
const GT_NOW: i32 = 8;
const WITHIN: i32 = 9;

/// The largest that protovalidate's Go implementation can hold.
const MAX_DURATION: (i64, i32) = (9_223_372_036, 854_775_428);

/// What a timestamp can be.
const TIMESTAMPS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

pub(super) fn check(subject: &mut Subject<'_, '_, '_>, number: i32, rules: &Set) {
    let (mut constant, mut lower, mut upper) = (None, None, None);
    let name = subject.name;
    for (part, values) in rules.parts() {
        let side = match part.name {
            "const" => &mut constant,
            "gt" | "gte" => &mut lower,
            "lt" | "lte" => &mut upper,
            _ => continue,
        };
        let Some(value) = values.last() else { continue };
        match invalid(value) {
            None => *side = Some((part, value)),
            Some(reason) => {
                let rule = subject.rule(&[number, part.number]);
                let path = [number, part.number];
                subject.add(&path, format!("Field \"{name}\" has an invalid {rule}: {reason}."));
            }
        }
    }
    if constant.is_some() {
        super::lengths::alone(subject, number, rules);
    }
    if let (Some((low, least)), Some((high, greatest))) = (lower, upper)
        && is_equal(least, greatest)
    {
        let paths = [[number, low.number], [number, high.number]];
        let (least, greatest) = (subject.rule(&paths[0]), subject.rule(&paths[1]));
        let all = subject.rule(&[number]);
        let then = if (low.name, high.name) == ("gte", "lte") {
            format!(", use {all}.const instead.")
        } else {
            ". All values are rejected by these checks.".to_owned()
        };
        let message = format!("Field \"{name}\" has equal {least} and {greatest}{then}");
        subject.add_at(&[&paths[0], &paths[1]], &message);
    }
    not_a_number(subject, number, rules);
    if number == TIMESTAMP {
        now(subject, rules);
    }
}

/// NaN is not equal to itself.
fn is_equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Double(one), Value::Double(other)) => one == other,
        _ => one == other,
    }
}

/// Why a duration or timestamp is none.
fn invalid(value: &Value) -> Option<String> {
    match *value {
        Value::Duration(seconds, nanos) => invalid_duration(seconds, nanos),
        Value::Timestamp(seconds, nanos) => {
            let shown = seconds_and_nanos(seconds, nanos);
            if seconds < *TIMESTAMPS.start() {
                Some(format!("proto: timestamp ({shown}) before 0001-01-01"))
            } else if seconds > *TIMESTAMPS.end() {
                Some(format!("proto: timestamp ({shown}) after 9999-12-31"))
            } else if !(0..1_000_000_000).contains(&nanos) {
                Some(format!("proto: timestamp ({shown}) has out-of-range nanos"))
            } else {
                None
            }
        }
        _ => None,
    }
}

fn invalid_duration(seconds: i64, nanos: i32) -> Option<String> {
    let shown = seconds_and_nanos(seconds, nanos);
    let (most, part) = MAX_DURATION;
    if !(-999_999_999..=999_999_999).contains(&nanos) {
        return Some(format!("duration ({shown}) must have nanos in the range 0 to 999999999"));
    }
    if (seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0) {
        return Some(format!("duration ({shown}) has seconds and nanos with different signs"));
    }
    if (seconds, nanos) > (most, part) || (seconds, nanos) < (-most, -part) {
        let (least, most) = (seconds_and_nanos(-most, -part), seconds_and_nanos(most, part));
        return Some(format!("duration ({shown}) must be in the range {least} to {most}"));
    }
    None
}

fn not_a_number(subject: &mut Subject<'_, '_, '_>, number: i32, rules: &Set) {
    let name = subject.name;
    for (part, values) in rules.parts() {
        let nan = |value: &Value| matches!(value, Value::Double(value) if value.is_nan());
        let rule = subject.rule(&[number, part.number]);
        let effect = match part.name {
            "const" | "lt" | "lte" | "gt" | "gte" => {
                if values.last().is_some_and(nan) {
                    subject.add(
                        &[number, part.number],
                        format!(
                            "Field \"{name}\" has {rule} set to NaN. Comparisons with NaN are always \
                             false, so this rule can never be satisfied."
                        ),
                    );
                }
                continue;
            }
            "in" => "can never match",
            "not_in" => "has no effect",
            _ => continue,
        };
        for (index, _) in (0..).zip(values).filter(|(_, value)| nan(value)) {
            subject.add(
                &[number, part.number, index],
                format!(
                    "Field \"{name}\" has NaN in {rule}. Comparisons with NaN are always false, so \
                     this entry {effect}."
                ),
            );
        }
    }
}

/// `lt_now`, `gt_now` and `within`.
fn now(subject: &mut Subject<'_, '_, '_>, rules: &Set) {
    let name = subject.name;
    if rules.flag("lt_now") && rules.flag("gt_now") {
        let (past, future) =
            (subject.rule(&[TIMESTAMP, LT_NOW]), subject.rule(&[TIMESTAMP, GT_NOW]));
        let message = format!(
            "Field \"{name}\" has both {future} and {past}. A timestamp cannot be both before and \
             after validation time."
        );
        subject.add_at(&[&[TIMESTAMP, GT_NOW], &[TIMESTAMP, LT_NOW]], &message);
    }
    let Some(&Value::Duration(seconds, nanos)) = rules.get("within") else { return };
    let rule = subject.rule(&[TIMESTAMP, WITHIN]);
    let message = match invalid_duration(seconds, nanos) {
        Some(reason) => format!("Field \"{name}\" has an invalid {rule}: {reason}."),
        None if seconds <= 0 && nanos <= 0 => {
            let shown = seconds_and_nanos(seconds, nanos);
            format!("Field \"{name}\" must have a positive {rule} ({shown}).")
        }
        None => return,
    };
    subject.add(&[TIMESTAMP, WITHIN], message);
}
