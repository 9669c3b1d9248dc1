//! Tries messages of the writer from the smallest on, and keeps the smallest that goes wrong worst.
//!
//! *Holds*: every value of every field in focus is tried alone, then every pair of fields, then
//! seeded handfuls, which shrink; at most [`MAX_TRIES`] messages.

use treaty_compiler::pool::{FieldRef, MessageRef};

use super::focus::Focus;
use super::meaning::{self, Difference, Pair};
use super::{Form, NoWitness, Outcome, Profile, Witness, rank, worse};
use super::{likeness, values};
use crate::Effect;
use crate::dynamic::json::{self, Strictness};
use crate::dynamic::{Message, Reading, Refused, Value, decode, encode};

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

/// One message, written and read in every form by every reader.
struct Trial<'s, 'p> {
    pair: Pair<'p>,
    focus: &'s Focus,
}

/// What went wrong with one reader.
struct Wrong {
    difference: Difference,
    outcome: Outcome,
}

impl Trial<'_, '_> {
    fn run(&self, message: &Message) -> Option<Witness> {
        let bytes = encode(self.pair.writer, message);
        let wrong: Vec<_> =
            Profile::ALL.iter().map(|profile| self.binary(&bytes, message, *profile)).collect();
        let binary = Profile::ALL
            .iter()
            .copied()
            .zip(wrong)
            .filter_map(|(profile, wrong)| wrong.map(|wrong| (profile, wrong)));
        let binary: Vec<(Profile, Wrong)> = binary.collect();
        // What only lenient readers do is no reason to find fault.
        let conformant = binary.iter().any(|(profile, _)| *profile == Profile::Conformant);
        let misread = conformant && binary[0].1.difference.effect == Effect::Misread;
        if !misread && let Some(wrong) = self.json(message) {
            let worse =
                !conformant || rank(wrong.difference.effect) > rank(binary[0].1.difference.effect);
            if worse {
                return Some(self.witness(
                    message,
                    bytes,
                    Form::Json,
                    wrong,
                    Profile::ALL.to_vec(),
                ));
            }
        }
        if !conformant {
            return None;
        }
        let effect = binary[0].1.difference.effect;
        let alike = binary.iter().filter(|(_, wrong)| wrong.difference.effect == effect);
        let profiles = alike.map(|(profile, _)| *profile).collect();
        let (_, wrong) = binary.into_iter().next()?;
        Some(self.witness(message, bytes, Form::Binary, wrong, profiles))
    }

    fn witness(
        &self,
        message: &Message,
        bytes: Vec<u8>,
        form: Form,
        wrong: Wrong,
        profiles: Vec<Profile>,
    ) -> Witness {
        let Wrong { difference, outcome } = wrong;
        let written = json::to_string(self.pair.writer, message);
        Witness {
            writer: self.pair.side,
            message: self.pair.writer.full_name().to_owned(),
            written: written.unwrap_or_else(|_| "(no JSON)".to_owned()),
            bytes,
            form,
            outcome,
            path: difference.path,
            meant: difference.meant,
            seen: difference.seen,
            effect: difference.effect,
            profiles,
        }
    }

    fn binary(&self, bytes: &[u8], meant: &Message, profile: Profile) -> Option<Wrong> {
        match decode(self.pair.reader, bytes, profile.reading()) {
            Ok(seen) => self.read(meant, &seen),
            Err(why) => {
                let about = match &why {
                    Refused::Missing(path) => self.focus.has_path(self.pair.reader, path),
                    _ => !self.is_refused_without(meant, profile),
                };
                if about {
                    return Some(refused(why.to_string()));
                }
                // Something else is missing: what is read of the rest still tells.
                let lenient = Reading { partial: true, ..profile.reading() };
                self.read(meant, &decode(self.pair.reader, bytes, lenient).ok()?)
            }
        }
    }

    /// Whether the message is refused for something else than what the focus has.
    fn is_refused_without(&self, meant: &Message, profile: Profile) -> bool {
        let mut without = meant.clone();
        without.fields.retain(|number, _| !self.focus.has(*number));
        // Required fields of the writer may be missing then, which is not what is asked here.
        let bytes = encode(self.pair.writer, &without);
        let lenient = Reading { partial: true, ..profile.reading() };
        decode(self.pair.reader, &bytes, lenient).is_err()
    }

    fn read(&self, meant: &Message, seen: &Message) -> Option<Wrong> {
        let difference = meaning::compare(self.pair, self.focus, meant, seen)?;
        let read = json::to_string(self.pair.reader, seen);
        let read = read.unwrap_or_else(|_| "(no JSON)".to_owned());
        Some(Wrong { difference, outcome: Outcome::Reads(read) })
    }

    /// The JSON form. What the reader has no element for is left out first: it is skipped, not
    /// misread, as in bytes.
    fn json(&self, meant: &Message) -> Option<Wrong> {
        if !is_text(meant) {
            return None;
        }
        let mut known = meant.clone();
        prune(self.pair, &mut known);
        let tree = json::print(self.pair.writer, &known).ok()?;
        match json::read(self.pair.reader, &tree, Strictness::Strict) {
            Ok(seen) => match seen.check_required(self.pair.reader) {
                Ok(()) => self.read(&known, &seen),
                Err(Refused::Missing(path)) if !self.focus.has_path(self.pair.reader, &path) => {
                    self.read(&known, &seen)
                }
                Err(why) => Some(refused(why.to_string())),
            },
            Err(why) => {
                let about = match why.path.as_str() {
                    // An unknown name at the top is told only in the text.
                    "" => self.is_about(&why.why),
                    path => self.focus.has_path(self.pair.writer, path),
                };
                about.then(|| refused(why.to_string()))
            }
        }
    }

    fn is_about(&self, why: &str) -> bool {
        let name = why.rsplit('`').nth(1).unwrap_or_default();
        self.focus.has_path(self.pair.writer, name)
    }
}

/// Whether all strings are UTF-8: JSON has no others.
fn is_text(message: &Message) -> bool {
    fn check(value: &Value) -> bool {
        match value {
            Value::Text(text) => std::str::from_utf8(text).is_ok(),
            Value::Message(message) => is_text(message),
            Value::List(list) => list.iter().all(check),
            Value::Map(map) => map.iter().all(|(key, value)| check(key) && check(value)),
            _ => true,
        }
    }
    message.fields.values().all(check)
}

fn refused(why: String) -> Wrong {
    let difference = Difference {
        effect: Effect::Misread,
        path: String::new(),
        meant: "a message".to_owned(),
        seen: "refused".to_owned(),
    };
    Wrong { difference, outcome: Outcome::Refuses(why) }
}

/// Takes out fields and enum values that the reader has neither number nor name for.
fn prune(pair: Pair<'_>, message: &mut Message) {
    let numbers: Vec<u32> = message.fields.keys().copied().collect();
    for number in numbers {
        let Some(written) = pair.writer.field_or_extension(number) else { continue };
        let Some(read) = pair.reader.field_or_extension(number) else {
            let name = written.json_name();
            let known = pair.reader.field_by_json_name(&name).or(pair.reader.field_by_name(&name));
            if known.is_none() && !meaning::clears_known(pair, written) {
                message.fields.remove(&number);
            }
            continue;
        };
        if let Some(value) = message.fields.get_mut(&number)
            && !prune_value(pair, written, read, value)
        {
            message.fields.remove(&number);
        }
    }
}

/// Whether anything is left.
fn prune_value(
    pair: Pair<'_>,
    written: FieldRef<'_>,
    read: FieldRef<'_>,
    value: &mut Value,
) -> bool {
    match value {
        Value::List(list) => {
            list.retain_mut(|one| prune_value(pair, written, read, one));
            !list.is_empty()
        }
        Value::Map(map) => {
            let entries = (written.message_type(), read.message_type());
            let (Ok(writer), Ok(reader)) = entries else { return true };
            if let (Some(written), Some(read)) = (writer.field(2), reader.field(2)) {
                map.retain_mut(|(_, one)| prune_value(pair, written, read, one));
            }
            !map.is_empty()
        }
        Value::Message(inner) => {
            if let (Ok(writer), Ok(reader)) = (written.message_type(), read.message_type()) {
                prune(Pair { writer, reader, ..pair }, inner);
            }
            true
        }
        Value::Enum(number) => {
            let name = written.enum_type().ok().and_then(|of| of.value(*number));
            match (name, read.enum_type()) {
                (Some(name), Ok(reader)) if !reader.is_closed() => {
                    reader.value(*number).is_some() || reader.value_by_name(&name.name).is_some()
                }
                _ => true,
            }
        }
        _ => true,
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
