//! Whether an enum is one.

use std::collections::BTreeSet;

use treaty_compiler::descriptor::{Enum, Syntax};

use super::ranges::{Ranges, reserved};

/// `EnumOptions.allow_alias`.
const ALLOW_ALIAS: u32 = 2;

pub(super) fn check(one: &Enum, syntax: Syntax) -> Result<(), String> {
    let name = &one.full_name;
    let Some(first) = one.values.first() else {
        return Err(format!("the enum {name} has no values"));
    };
    if syntax == Syntax::Proto3 && first.number != 0 {
        return Err(format!("the first value of {name} is not zero"));
    }
    let all = i64::from(i32::MIN)..=i64::from(i32::MAX);
    let ranges = one.reserved_ranges.iter().map(|(first, last)| ((*first).into(), (*last).into()));
    let ranges = Ranges::new(name, ranges, all)?;
    let reserved = reserved(name, &one.reserved_names)?;
    let may_repeat = one.options.as_ref().is_some_and(|options| options.flag(ALLOW_ALIAS));
    let mut numbers = BTreeSet::new();
    for value in &one.values {
        ranges.leave(value.number, &value.name)?;
        if reserved.contains(&*value.name) {
            return Err(format!("{name} reserves the name {} and has it", value.name));
        }
        if !numbers.insert(value.number) && !may_repeat {
            return Err(format!("{name} has two values with the number {}", value.number));
        }
    }
    Ok(())
}
