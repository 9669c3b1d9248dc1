//! Writes one message as bytes and as JSON, and lets the readers of the other version read it.

use treaty_compiler::pool::FieldRef;

use super::focus::Focus;
use super::meaning::{self, Difference, Pair};
use super::{Form, Outcome, Profile, Witness, rank};
use crate::Effect;
use crate::dynamic::json::{self, Strictness};
use crate::dynamic::{Message, Reading, Refused, Value, decode, encode};

/// One message, written and read in every form by every reader.
pub(super) struct Trial<'s, 'p> {
    pub(super) pair: Pair<'p>,
    pub(super) focus: &'s Focus,
}

/// What went wrong with one reader.
pub(super) struct Wrong {
    pub(super) difference: Difference,
    outcome: Outcome,
}

impl Trial<'_, '_> {
    /// What goes wrong, first in bytes, then in JSON.
    pub(super) fn run(&self, message: &Message) -> Option<Witness> {
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

    /// What one reader makes of the bytes.
    pub(super) fn binary(&self, bytes: &[u8], meant: &Message, profile: Profile) -> Option<Wrong> {
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
    pub(super) fn json(&self, meant: &Message) -> Option<Wrong> {
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
