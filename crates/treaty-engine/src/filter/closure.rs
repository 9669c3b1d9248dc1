//! Finds all that the included types need. — *Holds*: depth of references costs no stack.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use treaty_compiler::descriptor::{Field, Message, Options};

use super::any;
use super::index::{Id, Index, Kind};

/// Whether and why an element is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// It is left out.
    Excluded,
    /// A root, or reached from one.
    Reached,
    /// Something within it is kept.
    Around,
    /// A custom option needs it.
    Option,
}

/// An element to be added.
struct Open {
    id: Id,
    /// The file that refers to it.
    from: Option<Id>,
    for_option: bool,
}

/// What is kept so far.
pub(super) struct Closure<'a> {
    pub(super) index: &'a Index<'a>,
    /// Whether what is not excluded is kept even where nobody needs it.
    keeps_unknown: bool,
    pub(super) modes: Vec<Option<Mode>>,
    /// File to the files that it uses; a file that is here is kept.
    pub(super) imports: BTreeMap<Id, BTreeSet<Id>>,
    /// Message and index of oneofs whose fields are all excluded.
    empty_oneofs: HashSet<(Id, usize)>,
    open: Vec<Open>,
}

impl<'a> Closure<'a> {
    pub(super) fn new(index: &'a Index<'a>, keeps_unknown: bool) -> Self {
        let modes = vec![None; index.elements.len()];
        let (imports, empty_oneofs, open) = Default::default();
        Self { index, keeps_unknown, modes, imports, empty_oneofs, open }
    }

    /// Whether an element stays.
    pub(super) fn has(&self, id: Id) -> bool {
        self.modes[id].map_or(self.keeps_unknown, |mode| mode != Mode::Excluded)
    }

    /// Whether a message stays only for what is within it.
    pub(super) fn is_around(&self, id: Id) -> bool {
        self.modes[id] == Some(Mode::Around)
    }

    /// Whether a oneof stays.
    pub(super) fn has_oneof(&self, message: Id, index: usize) -> bool {
        !self.empty_oneofs.contains(&(message, index))
    }

    /// Whether a custom option of that number stays; unknown ones do.
    pub(super) fn has_option(&self, holder: &str, number: u32) -> bool {
        let extension = self.index.extension(holder, number);
        extension.is_none_or(|(id, _)| self.modes[id] != Some(Mode::Excluded))
    }

    pub(super) fn is_excluded(&self, name: &str) -> bool {
        self.index.find(name).is_some_and(|id| self.modes[id] == Some(Mode::Excluded))
    }

    /// Keeps all own files that are not excluded, and imports that stay wholly.
    pub(super) fn include_own_files(&mut self) {
        let own: Vec<Id> = self.index.files().filter(|&file| self.index.is_own(file)).collect();
        for file in own {
            if self.modes[file] != Some(Mode::Excluded) {
                self.add(file);
            }
        }
        // An import is not cut to what is used of it, so what the rest of it uses stays too.
        loop {
            let is_open = |&file: &Id| {
                let Kind::File(descriptor, false) = self.index.elements[file].kind else {
                    return false;
                };
                let used = self.imports.get(&file);
                let mut imports = descriptor.imports.iter();
                self.is_around(file)
                    && !imports.all(|import| {
                        let import = self.index.file(&import.path);
                        import.is_some_and(|id| used.is_some_and(|used| used.contains(&id)))
                    })
            };
            let Some(file) = self.index.files().find(is_open) else { break };
            self.add(file);
        }
    }

    /// Keeps the known extensions of every message that is reached.
    pub(super) fn add_extensions(&mut self) {
        let mut seen = HashSet::new();
        loop {
            let is_new = |&id: &Id| {
                self.modes[id] == Some(Mode::Reached)
                    && matches!(self.index.elements[id].kind, Kind::Message(_))
                    && !seen.contains(&id)
            };
            let new: Vec<Id> = (0..self.modes.len()).filter(is_new).collect();
            if new.is_empty() {
                return;
            }
            for id in new {
                seen.insert(id);
                for &extension in self.index.extensions_of(&self.index.elements[id].name) {
                    self.add(extension);
                }
            }
        }
    }

    /// Keeps an element with all that it needs.
    pub(super) fn add(&mut self, id: Id) {
        self.open.push(Open { id, from: None, for_option: false });
        while let Some(open) = self.open.pop() {
            self.add_one(&open);
        }
    }

    fn add_one(&mut self, open: &Open) {
        let element = &self.index.elements[open.id];
        let mode = if open.for_option { Mode::Option } else { Mode::Reached };
        match self.modes[open.id] {
            Some(Mode::Excluded) => {}
            None | Some(Mode::Around) => {
                if !self.has_needs(element.kind) {
                    self.modes[open.id] = Some(Mode::Excluded);
                    // As buf has it, what an extension would extend is kept all the same.
                    if let Kind::Extension(field) = element.kind {
                        let extendee = field.extendee.as_deref().unwrap_or_default();
                        self.need(extendee, element.file, open.for_option);
                    }
                    return;
                }
                self.modes[open.id] = Some(mode);
                self.import(open.from, element.file);
                self.add_needs(open.id, open.for_option);
                self.add_around(open.id);
            }
            Some(Mode::Option) if !open.for_option => {
                self.modes[open.id] = Some(Mode::Reached);
                self.import(open.from, element.file);
            }
            Some(Mode::Option | Mode::Reached) => self.import(open.from, element.file),
        }
    }

    /// Whether nothing that an element cannot be without is excluded.
    fn has_needs(&self, kind: Kind<'_>) -> bool {
        let needs = match kind {
            Kind::Method(method) => [Some(&method.input), Some(&method.output)],
            Kind::Extension(field) => [field.extendee.as_ref(), field.type_name.as_ref()],
            _ => [None, None],
        };
        !needs.into_iter().flatten().any(|name| self.is_excluded(name))
    }

    fn import(&mut self, from: Option<Id>, to: Id) {
        self.imports.entry(to).or_default();
        if let Some(from) = from.filter(|&from| from != to) {
            self.imports.entry(from).or_default().insert(to);
        }
    }

    fn need(&mut self, name: &str, from: Id, for_option: bool) {
        if let Some(id) = self.index.find(name) {
            self.open.push(Open { id, from: Some(from), for_option });
        }
    }

    fn add_needs(&mut self, id: Id, for_option: bool) {
        let (index, file) = (self.index, self.index.elements[id].file);
        match index.elements[id].kind {
            Kind::File(..) => {
                for inner in index.within(id) {
                    self.open.push(Open { id: inner, from: None, for_option: false });
                }
            }
            Kind::Message(message) => self.add_fields(id, message, file),
            Kind::Enum(one) => {
                for value in &one.values {
                    self.options("EnumValueOptions", value.options.as_deref(), file);
                }
            }
            Kind::Service(_) => {
                for method in index.below(id) {
                    self.open.push(Open { id: method, from: None, for_option: false });
                }
            }
            Kind::Method(method) => {
                self.need(&method.input, file, false);
                self.need(&method.output, file, false);
            }
            Kind::Extension(field) => {
                self.need(field.extendee.as_deref().unwrap_or_default(), file, for_option);
                self.need(field.type_name.as_deref().unwrap_or_default(), file, false);
            }
        }
        self.own_options(id);
    }

    fn add_fields(&mut self, id: Id, message: &Message, file: Id) {
        let mut fields_of_oneof = vec![0_usize; message.oneofs.len()];
        for field in &message.fields {
            if self.has_excluded_type(field) {
                continue;
            }
            self.need(field.type_name.as_deref().unwrap_or_default(), file, false);
            let oneof = field.oneof_index.and_then(|at| usize::try_from(at).ok());
            if let Some(count) = oneof.and_then(|at| fields_of_oneof.get_mut(at)) {
                *count += 1;
            }
            self.options("FieldOptions", field.options.as_deref(), file);
        }
        for (at, oneof) in message.oneofs.iter().enumerate() {
            if fields_of_oneof[at] == 0 {
                self.empty_oneofs.insert((id, at));
            } else {
                self.options("OneofOptions", oneof.options.as_deref(), file);
            }
        }
        for range in &message.extension_ranges {
            self.options("ExtensionRangeOptions", range.options.as_deref(), file);
        }
    }

    /// Whether a field cannot stay.
    fn has_excluded_type(&self, field: &Field) -> bool {
        field.type_name.as_deref().is_some_and(|name| self.is_excluded(name))
    }

    /// Keeps what stands around an element, for its sake.
    fn add_around(&mut self, id: Id) {
        let mut around = self.index.elements[id].parent;
        while let Some(id) = around {
            if self.modes[id].is_some() {
                return;
            }
            self.modes[id] = Some(Mode::Around);
            self.own_options(id);
            around = self.index.elements[id].parent;
        }
    }

    fn own_options(&mut self, id: Id) {
        let element = &self.index.elements[id];
        let (holder, options) = match element.kind {
            Kind::File(file, _) => ("FileOptions", &file.options),
            Kind::Message(message) => ("MessageOptions", &message.options),
            Kind::Enum(one) => ("EnumOptions", &one.options),
            Kind::Service(service) => ("ServiceOptions", &service.options),
            Kind::Method(method) => ("MethodOptions", &method.options),
            Kind::Extension(field) => ("FieldOptions", &field.options),
        };
        self.options(holder, options.as_deref(), element.file);
    }

    /// Keeps the definitions of the custom options that are set.
    fn options(&mut self, holder: &str, options: Option<&Options>, from: Id) {
        let Some(options) = options else { return };
        let holder = format!("google.protobuf.{holder}");
        for number in numbers(options) {
            let Some((id, field)) = self.index.extension(&holder, number) else { continue };
            if self.modes[id] == Some(Mode::Excluded) {
                continue;
            }
            for value in options.all(number) {
                for name in any::types_within(self.index, field, value) {
                    self.need(&name, from, false);
                }
            }
            self.open.push(Open { id, from: Some(from), for_option: true });
        }
    }
}

/// The numbers of the options that are set.
pub(super) fn numbers(options: &Options) -> BTreeSet<u32> {
    let fields = treaty_compiler::wire::Fields::new(options.bytes());
    fields.filter_map(Result::ok).map(|field| field.number).collect()
}
