//! The text format to messages. — *Holds*: names are those of the source, of a group also its
//! message's; a singular field stands once; fields named by number become unknown fields.

use treaty_compiler::descriptor::Kind;
use treaty_compiler::pool::{Cardinality, FieldRef, MessageRef};
use treaty_compiler::wire::{put_bytes, put_number, put_varint};

use super::Unreadable;
use super::lexer::{Lexer, Token};
use super::scalar::{number_value, whole, word_value};
use crate::dynamic::json::Strictness;
use crate::dynamic::{MAX_DEPTH, Message, Value, any, encode};

type Result<T> = std::result::Result<T, Unreadable>;

/// Reads a message from the text format.
///
/// # Errors
///
/// [`Unreadable`], with the place. Required fields may be missing.
pub fn read(of: MessageRef<'_>, text: &str, strictness: Strictness) -> Result<Message> {
    let ignore = strictness == Strictness::IgnoreUnknown;
    let mut reader = Reader { lexer: Lexer::new(text)?, ignore };
    let message = reader.fields(of, None, 0)?;
    Ok(message)
}

struct Reader<'a> {
    lexer: Lexer<'a>,
    ignore: bool,
}

/// How a field is named.
enum Name {
    Word(String),
    /// In brackets: an extension, or with a slash the type of an `Any`.
    Bracketed(String),
    Number(u32),
}

impl Reader<'_> {
    /// The fields up to the closing sign, which is taken, or to the end.
    fn fields(&mut self, of: MessageRef<'_>, close: Option<char>, depth: usize) -> Result<Message> {
        if depth > MAX_DEPTH {
            return self.lexer.error("messages nest too deep");
        }
        let mut message = Message::default();
        while !self.at_end(close)? {
            let start = self.lexer.start();
            match self.name()? {
                Name::Number(number) => self.unknown(number, &mut message.unknown, depth)?,
                Name::Bracketed(name) if name.contains('/') => {
                    self.any(of, &name, start, &mut message, depth)?;
                }
                Name::Bracketed(name) => {
                    let field = of.pool().extension(&name);
                    let field = field.filter(|field| field.extendee() == Some(of.full_name()));
                    self.named(of, field, &format!("[{name}]"), start, &mut message, depth)?;
                }
                Name::Word(name) => {
                    let field = find(of, &name);
                    self.named(of, field, &name, start, &mut message, depth)?;
                }
            }
            if !self.lexer.take(',')? {
                self.lexer.take(';')?;
            }
        }
        Ok(message)
    }

    fn at_end(&mut self, close: Option<char>) -> Result<bool> {
        match close {
            Some(close) => {
                if *self.lexer.peek() == Token::End {
                    return self.lexer.error(format!("`{close}` is missing"));
                }
                self.lexer.take(close)
            }
            None => Ok(*self.lexer.peek() == Token::End),
        }
    }

    fn name(&mut self) -> Result<Name> {
        if self.lexer.take('[')? {
            let mut name = String::new();
            while !self.lexer.is(']') {
                match self.lexer.peek() {
                    Token::Word(part) | Token::Number(part) => name.push_str(part),
                    Token::Sign(sign @ ('.' | '/' | '-' | '%' | '~' | '!' | '$' | '&' | '+')) => {
                        name.push(*sign);
                    }
                    _ => return self.lexer.error("this is no part of a name"),
                }
                self.lexer.next()?;
            }
            self.lexer.take(']')?;
            return Ok(Name::Bracketed(name));
        }
        match self.lexer.peek() {
            Token::Word(_) => match self.lexer.next()? {
                Token::Word(name) => Ok(Name::Word(name)),
                _ => self.lexer.error("a field's name is expected"),
            },
            Token::Number(digits) => match digits.parse() {
                Ok(number @ 1..=536_870_911) => {
                    self.lexer.next()?;
                    Ok(Name::Number(number))
                }
                _ => self.lexer.error("this is no field's number"),
            },
            _ => self.lexer.error("a field's name is expected"),
        }
    }

    fn named(
        &mut self,
        of: MessageRef<'_>,
        field: Option<FieldRef<'_>>,
        name: &str,
        start: usize,
        into: &mut Message,
        depth: usize,
    ) -> Result<()> {
        let Some(field) = field else {
            if self.ignore {
                self.lexer.take(':')?;
                return self.pass_over(depth);
            }
            let why = format!("`{}` has no field `{name}`", of.full_name());
            return Err(self.lexer.error_at(start, why));
        };
        let twice = into.fields.contains_key(&field.number()) && !field.is_repeated();
        let other = field.oneof().is_some_and(|oneof| {
            let mut members = of.fields().filter(|one| one.oneof() == Some(oneof));
            members.any(|one| into.fields.contains_key(&one.number()))
        });
        if twice || other {
            let why = if twice {
                format!("`{name}` stands twice")
            } else {
                format!("another member of the oneof of `{name}` is set")
            };
            return Err(self.lexer.error_at(start, why));
        }
        let colon = self.lexer.take(':')?;
        if !colon && !matches!(field.kind(), Kind::Message | Kind::Group) {
            return self.lexer.error("`:` is missing");
        }
        let mut values = Vec::new();
        if field.is_repeated() && self.lexer.take('[')? {
            while !self.lexer.take(']')? {
                values.push(self.one(field, depth)?);
                if !self.lexer.take(',')? && !self.lexer.is(']') {
                    return self.lexer.error("`,` or `]` is missing");
                }
            }
        } else {
            values.push(self.one(field, depth)?);
        }
        add(of, field, values, into);
        Ok(())
    }

    fn one(&mut self, field: FieldRef<'_>, depth: usize) -> Result<Value> {
        match field.kind() {
            Kind::Message | Kind::Group => {
                let Ok(of) = field.message_type() else {
                    return self.lexer.error("the field's type is not among the files");
                };
                let close = self.open()?;
                self.fields(of, Some(close), depth + 1).map(Value::Message)
            }
            Kind::String | Kind::Bytes => {
                let start = self.lexer.start();
                let bytes = self.strings()?;
                if field.kind() == Kind::Bytes {
                    return Ok(Value::Bytes(bytes));
                }
                if field.verifies_utf8() && std::str::from_utf8(&bytes).is_err() {
                    return Err(self.lexer.error_at(start, "the string is not UTF-8"));
                }
                Ok(Value::Text(bytes))
            }
            _ => self.number_or_word(field),
        }
    }

    fn open(&mut self) -> Result<char> {
        if self.lexer.take('{')? {
            return Ok('}');
        }
        if self.lexer.take('<')? {
            return Ok('>');
        }
        self.lexer.error("`{` is expected")
    }

    /// Strings that stand side by side are one.
    fn strings(&mut self) -> Result<Vec<u8>> {
        if !matches!(self.lexer.peek(), Token::Text(_)) {
            return self.lexer.error("a string is expected");
        }
        let mut joined = Vec::new();
        while let Token::Text(more) = self.lexer.peek() {
            joined.extend_from_slice(more);
            self.lexer.next()?;
        }
        Ok(joined)
    }

    fn number_or_word(&mut self, field: FieldRef<'_>) -> Result<Value> {
        let start = self.lexer.start();
        let negative = self.lexer.take('-')?;
        let value = match self.lexer.next()? {
            Token::Word(word) => word_value(field, &word, negative),
            Token::Number(digits) => number_value(field, &digits, negative),
            _ => None,
        };
        value.ok_or_else(|| {
            let expected = field.enum_type().map_or(field.kind().name(), |of| of.full_name());
            self.lexer.error_at(start, format!("this is no {expected}"))
        })
    }

    fn any(
        &mut self,
        of: MessageRef<'_>,
        url: &str,
        start: usize,
        into: &mut Message,
        depth: usize,
    ) -> Result<()> {
        let name = any::name_of(url);
        let inner = of.pool().message(name);
        let (Some(inner), "google.protobuf.Any") = (inner, of.full_name()) else {
            if self.ignore {
                self.lexer.take(':')?;
                return self.pass_over(depth);
            }
            let why = format!("`{name}` is not among the files, or this is no Any");
            return Err(self.lexer.error_at(start, why));
        };
        self.lexer.take(':')?;
        let close = self.open()?;
        let message = self.fields(inner, Some(close), depth + 1)?;
        *into = any::close(url, encode(inner, &message));
        Ok(())
    }

    /// A value of a field that is not known.
    fn pass_over(&mut self, depth: usize) -> Result<()> {
        if depth > MAX_DEPTH {
            return self.lexer.error("messages nest too deep");
        }
        if self.lexer.take('[')? {
            while !self.lexer.take(']')? {
                self.pass_over(depth + 1)?;
                self.lexer.take(',')?;
            }
            return Ok(());
        }
        if self.lexer.is('{') || self.lexer.is('<') {
            let close = self.open()?;
            while !self.at_end(Some(close))? {
                self.name()?;
                self.lexer.take(':')?;
                self.pass_over(depth + 1)?;
                if !self.lexer.take(',')? {
                    self.lexer.take(';')?;
                }
            }
            return Ok(());
        }
        if matches!(self.lexer.peek(), Token::Text(_)) {
            return self.strings().map(|_| ());
        }
        self.lexer.take('-')?;
        match self.lexer.peek() {
            Token::Word(_) | Token::Number(_) => self.lexer.next().map(|_| ()),
            _ => self.lexer.error("a value is expected"),
        }
    }

    /// A field by its number: what can be told of its wire type by how the value is written.
    fn unknown(&mut self, number: u32, into: &mut Vec<u8>, depth: usize) -> Result<()> {
        if depth > MAX_DEPTH {
            return self.lexer.error("messages nest too deep");
        }
        self.lexer.take(':')?;
        if self.lexer.is('{') || self.lexer.is('<') {
            let close = self.open()?;
            put_varint(into, u64::from(number) << 3 | 3);
            while !self.at_end(Some(close))? {
                match self.name()? {
                    Name::Number(inner) => self.unknown(inner, into, depth + 1)?,
                    _ => return self.lexer.error("an unknown field's number is expected"),
                }
            }
            put_varint(into, u64::from(number) << 3 | 4);
            return Ok(());
        }
        if matches!(self.lexer.peek(), Token::Text(_)) {
            put_bytes(into, number, &self.strings()?);
            return Ok(());
        }
        let Token::Number(digits) = self.lexer.peek().clone() else {
            return self.lexer.error("a value is expected");
        };
        let Some(value) = whole(&digits).and_then(|value| u64::try_from(value).ok()) else {
            return self.lexer.error("this is no number of 64 bits");
        };
        self.lexer.next()?;
        match (digits.starts_with("0x"), digits.len()) {
            (true, 10) => {
                put_varint(into, u64::from(number) << 3 | 5);
                into.extend_from_slice(&(value as u32).to_le_bytes());
            }
            (true, 18) => {
                put_varint(into, u64::from(number) << 3 | 1);
                into.extend_from_slice(&value.to_le_bytes());
            }
            _ => put_number(into, number, value),
        }
        Ok(())
    }
}

fn find<'p>(of: MessageRef<'p>, name: &str) -> Option<FieldRef<'p>> {
    let by_name = of.field_by_name(name);
    by_name
        .or_else(|| of.field_by_name(&name.to_ascii_lowercase()).filter(|f| f.text_name() == name))
}

fn add(of: MessageRef<'_>, field: FieldRef<'_>, values: Vec<Value>, into: &mut Message) {
    match field.cardinality() {
        Cardinality::Map => {
            let Ok(entry) = field.message_type() else { return };
            let (Some(key), Some(value)) = (entry.field(1), entry.field(2)) else { return };
            let map = into.fields.entry(field.number()).or_insert_with(|| Value::Map(Vec::new()));
            let Value::Map(map) = map else { return };
            for one in values {
                let Value::Message(mut one) = one else { continue };
                let key = one.fields.remove(&1).unwrap_or_else(|| Value::zero_of(key));
                let value = one.fields.remove(&2).unwrap_or_else(|| Value::zero_of(value));
                map.retain(|(known, _)| *known != key);
                map.push((key, value));
            }
        }
        Cardinality::Repeated => {
            let list = into.fields.entry(field.number()).or_insert_with(|| Value::List(Vec::new()));
            if let Value::List(list) = list {
                list.extend(values);
            }
            if into.fields.get(&field.number()).is_some_and(Value::is_zero) {
                into.fields.remove(&field.number());
            }
        }
        _ => values.into_iter().for_each(|value| into.set(of, field, value)),
    }
}
