//! Checks lengths that exclude each other, and constraints beside `const`.

use super::report::Subject;
use super::set::Set;
use crate::cel::Value;

/// Nothing counts beside `const`.
pub(super) fn alone(subject: &mut Subject<'_, '_, '_>, number: i32, rules: &Set) {
    let constant = rules.parts().find(|(part, _)| part.name == "const");
    if let Some((part, _)) = constant.filter(|_| rules.len() > 1) {
        let (name, all) = (subject.name, subject.rule(&[number]));
        let rule = subject.rule(&[number, part.number]);
        subject.add(
            &[number, part.number],
            format!(
                "Field \"{name}\" has {rule}, therefore other rules in {all} are not applied and \
                 should be removed."
            ),
        );
    }
}

/// A least and a greatest length, of the same constraints or of different ones.
pub(super) fn in_order(
    subject: &mut Subject<'_, '_, '_>,
    (low, high): ([i32; 2], [i32; 2]),
    bounds: (Option<u64>, Option<u64>),
) {
    let (Some(least), Some(greatest)) = bounds else { return };
    if least <= greatest {
        return;
    }
    let (name, low_name, high_name) = (subject.name, subject.rule(&low), subject.rule(&high));
    subject.add(
        &low,
        format!(
            "Field \"{name}\" has value {least} for {low_name}, which must be lower than value \
             {greatest} for {high_name}."
        ),
    );
    subject.add(
        &high,
        format!(
            "Field \"{name}\" has value {greatest} for {high_name}, which must be higher than value \
             {least} for {low_name}."
        ),
    );
}

/// An exact length, a least one and a greatest one, by their names.
pub(super) fn check(subject: &mut Subject<'_, '_, '_>, number: i32, rules: &Set, names: [&str; 3]) {
    let [exact, least, greatest] = names.map(|name| {
        let part = rules.parts().find(|(part, _)| part.name == name);
        part.and_then(|(part, values)| match values.last() {
            Some(Value::Uint(length)) => Some((part, *length)),
            _ => None,
        })
    });
    let name = subject.name;
    if let Some((exact, _)) = exact {
        for (other, _) in [least, greatest].into_iter().flatten() {
            let rule = subject.rule(&[number, exact.number]);
            let redundant = subject.rule(&[number, other.number]);
            subject.add(
                &[number, other.number],
                format!(
                    "Field \"{name}\" has {rule} and therefore, {redundant} is redundant and should \
                     be removed."
                ),
            );
        }
    }
    let (Some((low, least)), Some((high, greatest))) = (least, greatest) else { return };
    let (low, high) = ([number, low.number], [number, high.number]);
    in_order(subject, (low, high), (Some(least), Some(greatest)));
    if least == greatest {
        let (rule, all) = (subject.rule(&low), subject.rule(&[number]));
        let message = format!(
            "Field \"{name}\" has equal {rule} and {}, use {all}.{} instead.",
            names[2], names[0]
        );
        subject.add_at(&[&low, &high], &message);
    }
}
