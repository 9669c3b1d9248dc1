//! Interprets options: built-in and custom alike, against the linked descriptors of
//! `google.protobuf.*Options`. — *Does not* know any option by name but `features`. — *Source*: protoc's
//! `OptionInterpreter`.

mod literal;
mod scalar;
mod target;
mod tree;
mod usage;

use std::cell::RefCell;
use std::collections::HashMap;

use super::graph::FileId;
use super::locals;
use super::names::{MAX_SUGGESTIONS, Names};
use super::report::Report;
use super::semantics::FieldAt;
use super::table::{Id, Symbol};
use super::walk::{Site, options_number, visit};
use crate::ast::{NamePart, RawOption, RawValue};
use crate::compile::Places;
use crate::descriptor::{Field, File, Label, Options, Span};
use crate::{Diagnostic, FieldPresence, Holder};
use scalar::Place;
use tree::{Tree, Value};

/// Which options are interpreted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Those whose name begins with a field of the options message itself. They say how the values of
    /// custom options are written, so they come first.
    BuiltIn,
    /// All.
    All,
}

/// The options of a file.
pub(crate) struct Interpreted {
    /// Of every options message of the file that has something to interpret, in the walk's order.
    pub(crate) bytes: Vec<Option<Vec<u8>>>,
    /// Where each option's location moves to.
    pub(crate) moves: Vec<Move>,
    pub(crate) faults: Vec<Diagnostic>,
    /// Files that custom options were found in.
    pub(crate) used: Vec<FileId>,
}

/// What becomes of the location of an option.
pub(crate) struct Move {
    pub(crate) location: u32,
    /// The path of what the option sets.
    pub(crate) path: Vec<i32>,
    /// The place that buf gives to a message literal: the name and the value.
    pub(crate) literal: Option<Span>,
    /// What is within a message literal, as buf tells it: paths and places.
    pub(crate) within: Vec<(Vec<i32>, Span)>,
}

/// Writes options, in the walk's order, into the file. With all of them, what was parsed goes.
pub(crate) fn apply(bytes: Vec<Option<Vec<u8>>>, phase: Phase, file: &mut File) {
    let mut bytes = bytes.into_iter();
    super::walk::visit_mut(file, &mut |options| {
        let Some(options) = options.as_deref_mut() else { return };
        if let Some(bytes) = bytes.next().flatten() {
            options.set_bytes(bytes);
        }
        if phase == Phase::All {
            options.raw = Vec::new();
        }
    });
}

/// Interprets the options of the file that `names` looks from.
pub(crate) fn interpret(names: Names<'_>, phase: Phase) -> Interpreted {
    let file = &names.files[names.here as usize];
    let edition = file.syntax.edition();
    let report = Report::new(file);
    // Where nobody is told what is wrong, nobody needs to be told what was meant.
    let is_told = phase == Phase::All && !names.graph.tainted[names.here as usize];
    let mut interpret = Interpret {
        names,
        phase,
        edition,
        report,
        bytes: Vec::new(),
        moves: Vec::new(),
        used: Vec::new(),
        counts: HashMap::new(),
        locals: RefCell::default(),
        suggestions: if is_told { MAX_SUGGESTIONS } else { 0 },
    };
    visit(file, &mut |site, options| interpret.site(site, options));
    let Interpret { report, bytes, moves, used, .. } = interpret;
    Interpreted { bytes, moves, faults: report.faults, used }
}

struct Interpret<'a> {
    names: Names<'a>,
    phase: Phase,
    edition: i32,
    report: Report<'a>,
    bytes: Vec<Option<Vec<u8>>>,
    moves: Vec<Move>,
    used: Vec<FileId>,
    /// How often a repeated field was set by options of one element.
    counts: HashMap<Vec<i32>, i32>,
    locals: RefCell<locals::Known<'a>>,
    /// How many are left for names that mean nothing.
    suggestions: usize,
}

/// Why an option was not interpreted.
struct Fault {
    span: Span,
    message: String,
    help: Option<String>,
}

impl Fault {
    fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: None }
    }
}

type Result<T> = std::result::Result<T, Fault>;

impl<'a> Interpret<'a> {
    fn site(&mut self, site: &Site<'_>, options: &Options) {
        if options.raw.is_empty() {
            self.bytes.push(None);
            return;
        }
        let mut tree = Tree::default();
        self.counts.clear();
        for raw in &options.raw {
            let is_custom = raw.name.first().is_some_and(|part| part.is_extension);
            if self.phase == Phase::BuiltIn && is_custom {
                continue;
            }
            if let Err(fault) = self.option(site, raw, &mut tree) {
                self.report.span(fault.span, fault.message, fault.help);
            }
        }
        if self.phase == Phase::All {
            self.check_required(site, options, &mut tree);
        }
        self.bytes.push(Some(tree.encoded()));
    }

    fn option(&mut self, site: &Site<'_>, raw: &RawOption, tree: &mut Tree) -> Result<()> {
        let target = self.target(site, raw)?;
        let mut path = site.path.to_vec();
        path.push(options_number(site.holder));
        let mut tree = tree;
        let (&(last, owner), through) = target
            .fields
            .split_last()
            .ok_or_else(|| Fault::new(raw.value_span, "an option has no name"))?;
        for &(at, owner) in through {
            self.check_use(at, site.holder, raw_span(raw))?;
            self.check_oneof(at, owner, tree, raw_span(raw))?;
            path.push(at.field.number);
            let number = at.field.number as u32;
            let wrap = self.wrapper(at);
            let inner = tree.inner(number, || wrap(Tree::default()));
            tree = inner.ok_or_else(|| {
                Fault::new(raw_span(raw), "the option was already set to something else")
            })?;
        }
        self.check_use(last, site.holder, raw_span(raw))?;
        path.push(last.field.number);
        let number = last.field.number as u32;
        let is_repeated = last.field.label == Label::Repeated;
        if !is_repeated && tree.has(number) {
            let message = format!("option `{}` was already set", written(raw));
            let whole = self.report.file.locations.span_of(raw.location);
            return Err(Fault::new(whole.unwrap_or_else(|| raw_span(raw)), message));
        }
        self.check_oneof(last, owner, tree, raw_span(raw))?;
        if is_repeated {
            let index = self.counts.entry(path.clone()).or_default();
            path.push(*index);
            *index += 1;
        }
        let mut within = Vec::new();
        let holder = site.holder;
        // buf does not tell what is within one of many, and protoc what is within any.
        let is_told = !is_repeated && self.names.places == Places::Buf && self.phase == Phase::All;
        let told = is_told.then_some(&mut within);
        let mut literal = literal::Literal { this: self, holder, scope: site.scope, within: told };
        let value = literal.value(last, &raw.value, raw.value_span, Place::Option, &path)?;
        self.set(tree, last, value, Place::Option);
        if self.phase == Phase::BuiltIn {
            return Ok(());
        }
        let is_literal = !is_repeated && matches!(raw.value, RawValue::Message(_));
        let literal =
            is_literal.then(|| Span { start: raw_span(raw).start, end: raw.value_span.end });
        self.moves.push(Move { location: raw.location, path, literal, within });
        Ok(())
    }

    /// Whether messages that were set field by field have all that they require.
    fn check_required(&mut self, site: &Site<'_>, options: &Options, tree: &mut Tree) {
        for raw in options.raw.iter().filter(|raw| raw.name.len() > 1) {
            // What went wrong with it is told already.
            let Ok(target) = self.target(site, raw) else { continue };
            let mut inner = &mut *tree;
            for index in 1..target.fields.len() {
                let before = target.fields[index - 1].0.field.number as u32;
                let Some(next) = inner.existing(before) else { break };
                inner = next;
                let owner = target.fields[index].1;
                let missing = self.missing(inner, owner).join("`, `");
                if !missing.is_empty() {
                    let name = &self.names.table.message(self.names.files, owner).full_name;
                    let text = format!("message `{name}` lacks the required `{missing}`");
                    self.report.span(raw_span(raw), text, None);
                }
            }
        }
    }

    /// The required fields of a message that are not set.
    fn missing(&self, tree: &Tree, id: Id) -> Vec<&'a str> {
        let Names { files, table, .. } = self.names;
        let (message, file) = (table.message(files, id), table.message_entry(id).file);
        let is_editions = files[file as usize].syntax.is_editions();
        let is_required = |field: &&'a Field| {
            let by_feature = || {
                let at = FieldAt { field, file, parent: Some(id), is_extension: false };
                at.features(files, table).field_presence == FieldPresence::LegacyRequired
                    && field.label == Label::Optional
                    && field.oneof_index.is_none()
                    && !at.is_map(files, table)
            };
            field.label == Label::Required || is_editions && by_feature()
        };
        let missing = message.fields.iter().filter(|field| !tree.has(field.number as u32));
        missing.filter(is_required).map(|field| &*field.name).collect()
    }

    /// Sets a value; a zero that nobody can tell from absence is noted only.
    fn set(&self, tree: &mut Tree, at: FieldAt<'a>, value: Value, place: Place) {
        let Names { files, table, places, .. } = self.names;
        let is_zero = match &value {
            Value::Varint(number) | Value::Fixed64(number) => *number == 0,
            Value::Fixed32(number) => *number == 0,
            Value::Bytes(bytes) => bytes.is_empty(),
            Value::Message(_) | Value::Group(_) | Value::Item(_) => false,
        };
        if is_zero && at.is_implicit(files, table) {
            // Within a literal, protoc does not see that it is set twice.
            if place == Place::Option || places == Places::Buf {
                tree.note(at.field.number as u32);
            }
            return;
        }
        tree.push(at.field.number as u32, at.is_packed(files, table), value);
    }

    /// How a message is written in a field.
    fn wrapper(&self, at: FieldAt<'a>) -> fn(Tree) -> Value {
        let Names { files, table, .. } = self.names;
        let is_item = || {
            let extendee = at.field.extendee.as_deref()?;
            match table.by_type_name(extendee)? {
                Symbol::Message(id) => {
                    Some(super::semantics::is_message_set(table.message(files, id)))
                }
                _ => None,
            }
        };
        if at.is_extension && is_item() == Some(true) {
            Value::Item
        } else if at.is_delimited(files, table) {
            Value::Group
        } else {
            Value::Message
        }
    }

    /// Whether the field may be set on such an element, in this edition.
    fn check_use(&self, at: FieldAt<'a>, holder: Holder, span: Span) -> Result<()> {
        let (Some(options), Phase::All) = (at.field.options.as_deref(), self.phase) else {
            return Ok(());
        };
        // buf does not ask what may be set on what has no place in the code that is generated.
        let is_asked = self.names.places == Places::Protoc
            || !matches!(holder, Holder::Service | Holder::Method | Holder::ExtensionRange);
        let why = is_asked.then(|| usage::wrong_target(options, holder)).flatten();
        let why = why.or_else(|| usage::field_lifetime(options, self.edition));
        match why {
            Some(why) => {
                let name = at.full_name(self.names.files, self.names.table);
                Err(Fault::new(span, format!("`{name}` {why}")))
            }
            None => Ok(()),
        }
    }

    /// Whether another field of the same oneof is set already.
    fn check_oneof(&self, at: FieldAt<'a>, owner: Id, tree: &Tree, span: Span) -> Result<()> {
        let Some(oneof) = at.field.oneof_index.filter(|_| !at.is_extension) else { return Ok(()) };
        let message = self.names.table.message(self.names.files, owner);
        let other = message.fields.iter().find(|other| {
            other.oneof_index == Some(oneof)
                && other.number != at.field.number
                && tree.has(other.number as u32)
        });
        let Some(other) = other else { return Ok(()) };
        let name = message.oneofs.get(oneof as usize).map_or("", |oneof| &oneof.name);
        let message = format!(
            "`{}` cannot be set beside `{}`: both are in oneof `{name}`",
            at.field.name, other.name
        );
        Err(Fault::new(span, message))
    }
}

/// The option's name as the source has it.
fn written(raw: &RawOption) -> String {
    let part = |part: &NamePart| {
        if part.is_extension { format!("({})", part.text) } else { part.text.to_string() }
    };
    raw.name.iter().map(part).collect::<Vec<_>>().join(".")
}

/// The place of the option's name.
fn raw_span(raw: &RawOption) -> Span {
    let start = raw.name.first().map_or(raw.value_span.start, |part| part.span.start);
    let end = raw.name.last().map_or(raw.value_span.end, |part| part.span.end);
    Span { start, end }
}
