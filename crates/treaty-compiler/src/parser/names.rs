//! Gives messages, enums, services and extensions their full names, once the package is known.

use crate::descriptor::{Enum, Field, File, Message};

pub(super) fn fill_in(file: &mut File) {
    let File { package, messages, enums, services, extensions, .. } = file;
    messages.iter_mut().for_each(|one| message(one, package));
    enums.iter_mut().for_each(|one| enumeration(one, package));
    extensions.iter_mut().for_each(|one| extension(one, package));
    for service in services {
        service.full_name = join(package, &service.name).into();
    }
}

/// Messages nest no deeper than the parser lets them.
fn message(one: &mut Message, scope: &str) {
    one.full_name = join(scope, &one.name).into();
    let Message { full_name, messages, enums, extensions, .. } = one;
    messages.iter_mut().for_each(|inner| message(inner, full_name));
    enums.iter_mut().for_each(|inner| enumeration(inner, full_name));
    extensions.iter_mut().for_each(|inner| extension(inner, full_name));
}

fn enumeration(one: &mut Enum, scope: &str) {
    one.full_name = join(scope, &one.name).into();
}

fn extension(one: &mut Field, scope: &str) {
    one.full_name = join(scope, &one.name).into();
}

fn join(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_owned() } else { format!("{scope}.{name}") }
}
