//! Walks the files once and notes where every element stands.

use std::collections::hash_map::Entry;
use std::sync::{Arc, OnceLock};

use super::{EnumSlot, ExtensionSlot, MessageSlot, Pool, Slot, Type};
use crate::descriptor::{Enum, Field, File, Message};
use crate::{Features, Holder};

pub(super) fn index(files: Vec<Arc<File>>) -> Pool {
    let mut pool = Pool::default();
    for (number, file) in (0..).zip(&files) {
        let features = Features::of(file.syntax).below(file.options.as_deref(), Holder::File);
        let scope = Scope { file: number, parent: None, features };
        messages(&mut pool, scope, &file.messages);
        enums(&mut pool, scope, &file.enums);
        extensions(&mut pool, scope, &file.extensions);
        for (index, service) in (0..).zip(&file.services) {
            let id = id_of(pool.services.len());
            pool.services.push(scope.slot(index));
            name(&mut pool, &service.full_name, Type::Service(id));
        }
    }
    pool.files = files;
    pool
}

#[derive(Clone, Copy)]
struct Scope {
    file: u32,
    parent: Option<u32>,
    features: Features,
}

impl Scope {
    fn slot(self, index: u32) -> Slot {
        Slot { file: self.file, parent: self.parent, index }
    }
}

fn id_of(count: usize) -> u32 {
    u32::try_from(count).expect("fewer elements than bytes of input, which fit in memory")
}

fn name(pool: &mut Pool, full_name: &Arc<str>, of: Type) {
    if let Entry::Vacant(vacant) = pool.types.entry(full_name.clone()) {
        vacant.insert(of);
    }
}

/// Nesting is bounded by those who make descriptors: the parser and the decoder.
fn messages(pool: &mut Pool, scope: Scope, siblings: &[Message]) {
    for (index, message) in (0..).zip(siblings) {
        let id = id_of(pool.messages.len());
        let features = scope.features.below(message.options.as_deref(), Holder::Message);
        pool.messages.push(MessageSlot {
            at: scope.slot(index),
            features,
            fields: OnceLock::new(),
        });
        name(pool, &message.full_name, Type::Message(id));
        let inner = Scope { parent: Some(id), features, ..scope };
        messages(pool, inner, &message.messages);
        enums(pool, inner, &message.enums);
        extensions(pool, inner, &message.extensions);
    }
}

fn enums(pool: &mut Pool, scope: Scope, siblings: &[Enum]) {
    for (index, one) in (0..).zip(siblings) {
        let id = id_of(pool.enums.len());
        let features = scope.features.below(one.options.as_deref(), Holder::Enum);
        pool.enums.push(EnumSlot { at: scope.slot(index), features });
        name(pool, &one.full_name, Type::Enum(id));
    }
}

fn extensions(pool: &mut Pool, scope: Scope, siblings: &[Field]) {
    for (index, field) in (0..).zip(siblings) {
        let id = id_of(pool.extensions.len());
        let (at, features) = (scope.slot(index), scope.features);
        pool.extensions.push(ExtensionSlot { at, features, resolved: OnceLock::new() });
        pool.extension_names.entry(field.full_name.clone()).or_insert(id);
    }
}
