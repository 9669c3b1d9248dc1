//! Tries messages of the writer from the smallest on, and keeps the smallest that goes wrong worst.
//!
//! *Holds*: every value of every field in focus is tried alone, then every pair of fields, then
//! seeded handfuls, which shrink; at most [`MAX_TRIES`] messages.

use treaty_compiler::pool::{FieldRef, MessageRef};

use super::focus::Focus;
use super::meaning::Pair;
use super::trial::Trial;
use super::{Form, NoWitness, Profile, Witness, rank, worse};
use super::{likeness, values};
use crate::Effect;
use crate::dynamic::{Message, Value, encode};

/// How many messages are tried.
const MAX_TRIES: usize = 3_000;
/// How many handfuls of values are tried where nothing simpler goes wrong.
const HANDFULS: usize = 96;
/// How many fields are paired with each other.
const MAX_PAIRED: usize = 24;

/// The smallest witness about the focus.
pub(super) fn search(pair: Pair<'_>, focus: &Focus) -> Result<Witness, NoWitness> {
    if likeness::messages(pair.writer, pair.reader) {
        return Err(NoWitness::ReadAlike);
    }
    let mut search = Search { pair, focus, tries: 0, best: None };
    let Some(base) = values::smallest(pair.writer, 0) else { return Err(NoWitness::NeverWritten) };
    search.attempt(&base);
    let fields = search.fields();
    let choices: Vec<_> = fields.iter().map(|&field| (field, search.choices(field))).collect();
    search.alone(&base, &choices);
    if !search.is_settled() {
        search.pairs(&base, &choices);
    }
    if search.best.is_none() {
        search.handfuls(&base, &choices);
    }
    match search.best {
        Some(best) => Ok(best.witness),
        None if fields.is_empty() && !matches!(focus, Focus::All) => Err(NoWitness::NeverWritten),
        None => Err(NoWitness::ReadAlike),
    }
}

/// What a conformant reader makes of the worst that the writer can write, in one form.
pub(super) fn worst(pair: Pair<'_>, focus: &Focus, form: Form) -> Effect {
    let search = Search { pair, focus, tries: 0, best: None };
    let Some(base) = values::smallest(pair.writer, 0) else { return Effect::Kept };
    let choices = search.fields().into_iter().flat_map(|field| {
        let base = &base;
        search
            .choices(field)
            .into_iter()
            .map(move |value| with(pair.writer, base, &[(field, &value)]))
    });
    let trial = Trial { pair, focus };
    let effect = |message: &Message| {
        let wrong = match form {
            Form::Binary => {
                let bytes = encode(pair.writer, message);
                trial.binary(&bytes, message, Profile::Conformant)
            }
            Form::Json => trial.json(message),
        };
        wrong.map_or(Effect::Kept, |wrong| wrong.difference.effect)
    };
    let first = effect(&base);
    choices.fold(first, |worst, message| worse(worst, effect(&message)))
}

type Choices<'p> = [(FieldRef<'p>, Vec<Value>)];

struct Best {
    witness: Witness,
    size: usize,
}

struct Search<'s, 'p> {
    pair: Pair<'p>,
    focus: &'s Focus,
    tries: usize,
    best: Option<Best>,
}

impl<'p> Search<'_, 'p> {
    /// The fields to fill: those in focus, of a whole message those that are not alike.
    fn fields(&self) -> Vec<FieldRef<'p>> {
        let writer = self.pair.writer;
        let extensions = writer.pool().extensions_of(writer.full_name());
        let all = writer.fields().chain(extensions);
        let differs = |field: &FieldRef<'p>| {
            let read = self.pair.reader.field_or_extension(field.number());
            !read.is_some_and(|read| likeness::fields(*field, read))
        };
        let whole = matches!(self.focus, Focus::All);
        all.filter(|field| field.number() > 0 && self.focus.has(field.number()))
            .filter(|field| !whole || differs(field))
            .collect()
    }

    /// Whether setting the field may have to do with others: by a oneof, or as another's name.
    fn meets_others(&self, field: FieldRef<'p>) -> bool {
        let reader = self.pair.reader;
        let read = reader.field(field.number());
        let named = reader.field_by_json_name(&field.json_name());
        field.oneof().is_some()
            || read.is_some_and(|read| read.oneof().is_some())
            || named.is_some_and(|named| named.number() != field.number())
    }

    fn choices(&self, field: FieldRef<'p>) -> Vec<Value> {
        let read = self.pair.reader.field_or_extension(field.number());
        let mut elements = values::single(field, read);
        if let Focus::Number { number, .. } = self.focus {
            elements.retain(|one| *one == Value::Enum(*number));
            if elements.is_empty() && is_written(field, *number) {
                elements.push(Value::Enum(*number));
            }
        }
        if matches!(self.focus, Focus::All) {
            elements.extend(nested(field, read));
        }
        let mut whole = values::whole(field, read, &elements);
        if let Focus::Number { number, .. } = self.focus {
            // Lists and maps of that number only: others may differ for their own reasons.
            whole.retain(|one| holds_only(one, *number));
        }
        whole
    }

    fn alone(&mut self, base: &Message, choices: &Choices<'p>) {
        for (field, values) in choices {
            for value in values {
                self.attempt(&with(self.pair.writer, base, &[(*field, value)]));
            }
        }
    }

    fn pairs(&mut self, base: &Message, choices: &Choices<'p>) {
        let others: Vec<FieldRef<'p>> = match self.focus {
            Focus::Number { .. } => return,
            _ => self.pair.writer.fields().take(MAX_PAIRED).collect(),
        };
        let meeting = choices.iter().filter(|(field, _)| self.meets_others(*field));
        let meeting: Vec<_> = meeting.take(MAX_PAIRED).collect();
        for (field, values) in meeting {
            for &other in others.iter().filter(|other| *other != field) {
                let read = self.pair.reader.field(other.number());
                let elements = values::single(other, read);
                let second = values::whole(other, read, &elements);
                let (Some(one), Some(two)) = (values.first(), second.first()) else { continue };
                self.attempt(&with(self.pair.writer, base, &[(*field, one), (other, two)]));
            }
        }
    }

    fn handfuls(&mut self, base: &Message, choices: &Choices<'p>) {
        let mut random = Random::of(self.pair.writer.full_name());
        let filled: Vec<_> = choices.iter().filter(|(_, values)| !values.is_empty()).collect();
        if filled.len() < 2 {
            return;
        }
        for _ in 0..HANDFULS {
            let count = 2 + random.below(4);
            let mut chosen = Vec::new();
            for _ in 0..count {
                let (field, values) = filled[random.below(filled.len())];
                if chosen.iter().all(|(known, _)| known != field) {
                    chosen.push((*field, &values[random.below(values.len())]));
                }
            }
            if self.attempt(&with(self.pair.writer, base, &chosen)) {
                self.shrink(base, &chosen);
                return;
            }
        }
    }

    /// Leaves out one field after the other, as long as it still goes wrong.
    fn shrink(&mut self, base: &Message, chosen: &[(FieldRef<'p>, &Value)]) {
        let mut chosen = chosen.to_vec();
        let mut at = 0;
        while at < chosen.len() {
            let mut fewer = chosen.clone();
            fewer.remove(at);
            if self.attempt(&with(self.pair.writer, base, &fewer)) {
                chosen = fewer;
            } else {
                at += 1;
            }
        }
    }

    /// Nothing smaller than what goes wrong as few bytes can be found by more fields.
    fn is_settled(&self) -> bool {
        self.best.as_ref().is_some_and(|best| best.witness.effect == Effect::Misread)
    }

    /// Whether the message goes wrong.
    fn attempt(&mut self, message: &Message) -> bool {
        if self.tries >= MAX_TRIES {
            return false;
        }
        self.tries += 1;
        let Some(found) = Trial { pair: self.pair, focus: self.focus }.run(message) else {
            return false;
        };
        let size = found.bytes.len() * 64 + found.written.len();
        let better = self.best.as_ref().is_none_or(|best| {
            let known = &best.witness;
            let key =
                |witness: &Witness, size: usize| (2 - rank(witness.effect), witness.form, size);
            key(&found, size) < key(known, best.size)
        });
        if better {
            self.best = Some(Best { witness: found, size });
        }
        true
    }
}

fn with<'p>(of: MessageRef<'p>, base: &Message, fields: &[(FieldRef<'p>, &Value)]) -> Message {
    let mut message = base.clone();
    for (field, value) in fields {
        message.set(of, *field, (*value).clone());
    }
    message
}

/// Messages one level down, with one of their fields set.
fn nested(field: FieldRef<'_>, read: Option<FieldRef<'_>>) -> Vec<Value> {
    let (Ok(of), reader) = (field.message_type(), read.and_then(|read| read.message_type().ok()))
    else {
        return Vec::new();
    };
    let Some(base) = values::smallest(of, 1) else { return Vec::new() };
    let mut found = Vec::new();
    for inner in of.fields().take(MAX_PAIRED) {
        let read = reader.and_then(|reader| reader.field(inner.number()));
        let elements = values::single(inner, read);
        for value in values::whole(inner, read, &elements).into_iter().take(8) {
            found.push(Value::Message(with(of, &base, &[(inner, &value)])));
        }
    }
    found
}

fn is_written(field: FieldRef<'_>, number: i32) -> bool {
    field.enum_type().is_ok_and(|of| !of.is_closed() || of.value(number).is_some())
}

fn holds_only(value: &Value, number: i32) -> bool {
    match value {
        Value::List(list) => list.iter().all(|one| *one == Value::Enum(number)),
        Value::Map(map) => map.iter().all(|(_, one)| *one == Value::Enum(number)),
        one => *one == Value::Enum(number),
    }
}

/// Numbers that look random and are the same for the same name.
struct Random(u64);

impl Random {
    fn of(name: &str) -> Self {
        Self(name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        }))
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).unwrap_or(0)
    }
}
