//! Builds the files that are left, with what is left in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use treaty_compiler::descriptor::{
    Enum, Field, File, ImageFile, Import, ImportKind, Message, Options, Service,
};
use treaty_compiler::wire::Fields;

use super::closure::Closure;
use super::index::Kind;
use super::paths::Moves;

/// The files that are kept.
pub(super) fn files(closure: &Closure<'_>) -> Vec<Arc<File>> {
    let kept = closure.imports.keys().filter(|&&id| closure.has(id));
    kept.filter_map(|&id| match closure.index.elements[id].kind {
        Kind::File(file, _) => {
            Some(Arc::new(Remap { closure, moves: Moves::default() }.file(file)))
        }
        _ => None,
    })
    .collect()
}

struct Remap<'a, 'b> {
    closure: &'b Closure<'a>,
    moves: Moves,
}

/// A path and one more step.
fn below(path: &[i32], steps: &[i32]) -> Vec<i32> {
    [path, steps].concat()
}

fn number(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX)
}

impl Remap<'_, '_> {
    fn has(&self, name: &str) -> bool {
        self.closure.index.find(name).is_some_and(|id| self.closure.has(id))
    }

    fn file(mut self, old: &File) -> File {
        let mut file = File {
            name: old.name.clone(),
            package: old.package.clone(),
            syntax: old.syntax,
            // Which imports are unused is no longer known.
            image: ImageFile { unused_imports: Vec::new(), ..old.image.clone() },
            ..File::default()
        };
        file.messages = self.list(&[4], &old.messages, Self::message);
        file.enums = self.list(&[5], &old.enums, Self::enumeration);
        file.services = self.list(&[6], &old.services, Self::service);
        file.extensions = self.list(&[7], &old.extensions, Self::field);
        file.options = self.options(&[8], "FileOptions", old.options.as_deref());
        self.imports(old, &mut file);
        file.locations = self.moves.apply(&old.locations);
        file
    }

    /// What of a list is left, by a function that says what is left of one.
    fn list<T>(
        &mut self,
        path: &[i32],
        old: &[T],
        mut one: impl FnMut(&mut Self, &[i32], &T) -> Option<T>,
    ) -> Vec<T> {
        let mut new = Vec::with_capacity(old.len());
        for (from, element) in old.iter().enumerate() {
            let at = below(path, &[number(from)]);
            match one(self, &at, element) {
                Some(element) => {
                    if new.len() != from {
                        self.moves.moved(&at, number(new.len()));
                    }
                    new.push(element);
                }
                None => self.moves.gone(&at),
            }
        }
        if new.is_empty() {
            self.moves.gone(path);
        }
        new
    }

    fn message(&mut self, path: &[i32], old: &Message) -> Option<Message> {
        let id = self.closure.index.find(&old.full_name)?;
        if !self.closure.has(id) {
            return None;
        }
        let mut message = Message { fields: Vec::new(), oneofs: Vec::new(), ..old.clone() };
        if self.closure.is_around(id) {
            self.empty(path, old, &mut message);
        } else {
            message.fields = self.list(&below(path, &[2]), &old.fields, Self::field);
            let mut indexes = BTreeMap::new();
            message.oneofs = {
                let mut from = 0;
                self.list(&below(path, &[8]), &old.oneofs, |this, path, oneof| {
                    let kept = this.closure.has_oneof(id, from);
                    if kept {
                        indexes.insert(from, indexes.len());
                    }
                    from += 1;
                    let options = oneof.options.as_deref();
                    let mut oneof = oneof.clone();
                    if kept {
                        oneof.options = this.options(&below(path, &[2]), "OneofOptions", options);
                    }
                    kept.then_some(oneof)
                })
            };
            for field in &mut message.fields {
                let old = field.oneof_index.and_then(|index| usize::try_from(index).ok());
                let new = old.and_then(|index| indexes.get(&index));
                field.oneof_index = new.and_then(|&index| u32::try_from(index).ok());
            }
            message.extension_ranges =
                self.list(&below(path, &[5]), &old.extension_ranges, |this, path, range| {
                    let options = range.options.as_deref();
                    let path = below(path, &[3]);
                    let options = this.options(&path, "ExtensionRangeOptions", options);
                    Some(treaty_compiler::descriptor::ExtensionRange { options, ..range.clone() })
                });
        }
        message.extensions = self.list(&below(path, &[6]), &old.extensions, Self::field);
        message.messages = self.list(&below(path, &[3]), &old.messages, Self::message);
        message.enums = self.list(&below(path, &[4]), &old.enums, Self::enumeration);
        message.options =
            self.options(&below(path, &[7]), "MessageOptions", old.options.as_deref());
        Some(message)
    }

    /// Leaves only a name for what is within.
    fn empty(&mut self, path: &[i32], old: &Message, message: &mut Message) {
        let has_content = !(old.fields.is_empty()
            && old.oneofs.is_empty()
            && old.extension_ranges.is_empty()
            && old.reserved_ranges.is_empty()
            && old.reserved_names.is_empty());
        if !has_content {
            return;
        }
        self.moves.without_comments(path);
        for part in [2, 8, 5, 9, 10] {
            self.moves.gone(&below(path, &[part]));
        }
        message.extension_ranges.clear();
        message.reserved_ranges.clear();
        message.reserved_names.clear();
    }

    fn field(&mut self, path: &[i32], old: &Field) -> Option<Field> {
        let is_extension = old.extendee.is_some();
        if is_extension && !self.has(&old.full_name) {
            return None;
        }
        if old.type_name.as_deref().is_some_and(|name| !self.has(name)) {
            return None;
        }
        let options = self.options(&below(path, &[8]), "FieldOptions", old.options.as_deref());
        Some(Field { options, ..old.clone() })
    }

    fn enumeration(&mut self, path: &[i32], old: &Enum) -> Option<Enum> {
        if !self.has(&old.full_name) {
            return None;
        }
        let mut new = old.clone();
        new.options = self.options(&below(path, &[3]), "EnumOptions", old.options.as_deref());
        for (index, value) in new.values.iter_mut().enumerate() {
            let path = below(path, &[2, number(index), 3]);
            value.options = self.options(&path, "EnumValueOptions", value.options.as_deref());
        }
        Some(new)
    }

    fn service(&mut self, path: &[i32], old: &Service) -> Option<Service> {
        if !self.has(&old.full_name) {
            return None;
        }
        let mut new = Service { methods: Vec::new(), ..old.clone() };
        new.methods = self.list(&below(path, &[2]), &old.methods, |this, path, method| {
            if !this.has(&format!("{}.{}", old.full_name, method.name)) {
                return None;
            }
            let options = method.options.as_deref();
            let options = this.options(&below(path, &[4]), "MethodOptions", options);
            Some(treaty_compiler::descriptor::Method { options, ..method.clone() })
        });
        new.options = self.options(&below(path, &[3]), "ServiceOptions", old.options.as_deref());
        Some(new)
    }

    /// The options whose definitions are left.
    fn options(
        &mut self,
        path: &[i32],
        holder: &str,
        old: Option<&Options>,
    ) -> Option<Box<Options>> {
        let old = old?;
        let holder = format!("google.protobuf.{holder}");
        let mut bytes = Vec::with_capacity(old.bytes().len());
        for field in Fields::new(old.bytes()).filter_map(Result::ok) {
            if self.closure.has_option(&holder, field.number) {
                bytes.extend_from_slice(field.whole);
            } else if let Ok(number) = i32::try_from(field.number) {
                self.moves.gone(&below(path, &[number]));
            }
        }
        if bytes.is_empty() {
            self.moves.gone(path);
            return None;
        }
        Some(Box::new(Options::new(bytes)))
    }

    /// The imports of what is used; what came through public imports is imported itself.
    fn imports(&mut self, old: &File, new: &mut File) {
        let index = self.closure.index;
        let used = index.file(&old.name).and_then(|id| self.closure.imports.get(&id));
        let used = used.into_iter().flatten().map(|&id| &*index.elements[id].name);
        let mut used: Vec<&str> = used.collect();
        used.sort_unstable();
        let is_same = old.imports.len() + old.option_imports.len() == used.len()
            && old
                .imports
                .iter()
                .all(|one| used.contains(&&*one.path) && one.kind != ImportKind::Public)
            && old.option_imports.iter().all(|path| used.contains(&&**path));
        if is_same {
            new.imports.clone_from(&old.imports);
            new.option_imports.clone_from(&old.option_imports);
            return;
        }
        new.option_imports = old.option_imports.clone();
        new.option_imports.retain(|path| used.contains(&&**path));
        self.moves.gone(&[10]);
        let weak = old.imports.iter().filter(|one| one.kind == ImportKind::Weak);
        let mut kept_weak = 0;
        for (from, one) in weak.enumerate() {
            match used.contains(&&*one.path) {
                true if kept_weak != from => {
                    self.moves.moved(&[11, number(from)], number(kept_weak))
                }
                true => {}
                false => self.moves.gone(&[11, number(from)]),
            }
            kept_weak += usize::from(used.contains(&&*one.path));
        }
        let mut kept = 0;
        for (from, one) in old.imports.iter().enumerate() {
            let path = [3, number(from)];
            if !used.contains(&&*one.path) {
                self.moves.gone(&path);
                continue;
            }
            if kept != from {
                self.moves.moved(&path, number(kept));
            }
            kept += 1;
            let kind =
                if one.kind == ImportKind::Weak { ImportKind::Weak } else { ImportKind::Plain };
            new.imports.push(Import { path: one.path.clone(), kind });
        }
        let is_there = |path: &str| {
            old.imports.iter().any(|one| &*one.path == path)
                || old.option_imports.iter().any(|one| &**one == path)
        };
        for path in used.into_iter().filter(|path| !is_there(path)) {
            new.imports.push(Import { path: path.into(), kind: ImportKind::Plain });
        }
    }
}
