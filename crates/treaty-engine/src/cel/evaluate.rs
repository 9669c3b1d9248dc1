//! Evaluates expressions that compile. — *Holds*: work and memory are bounded. — *Does not* know the clock: `now` is
//! the beginning of 1970, so that equal input gives equal output.

use super::checker::qualified;
use super::environment::Environment;
use super::expression::{Expression, Loop, LoopKind};
use super::functions;
use super::message;
use super::value::Value;

/// How many nodes may be evaluated, the parts of every value that is named counted in.
const MAX_STEPS: usize = 1_000_000;

/// Why there is no value.
pub(crate) type Failed = String;

/// The value of an expression, given the values of its environment's variables.
///
/// # Errors
///
/// What went wrong, such as a division by zero.
pub(crate) fn evaluate(
    expression: &Expression,
    environment: &Environment<'_>,
    variables: &[(&str, Value)],
) -> Result<Value, Failed> {
    let scopes = variables.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    let mut run = Run { environment, scopes: scopes.collect(), steps: 0 };
    run.value(expression)
}

struct Run<'e, 'd> {
    environment: &'e Environment<'d>,
    scopes: Vec<(String, Value)>,
    steps: usize,
}

impl Run<'_, '_> {
    fn value(&mut self, expression: &Expression) -> Result<Value, Failed> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err("operation interrupted".to_owned());
        }
        Ok(match expression {
            Expression::Null => Value::Null,
            Expression::Bool(value) => Value::Bool(*value),
            Expression::Int(value) => Value::Int(*value),
            Expression::Uint(value) => Value::Uint(*value),
            Expression::Double(value) => Value::Double(*value),
            Expression::Text(value) => Value::Text(value.clone()),
            Expression::Bytes(value) => Value::Bytes(value.clone()),
            Expression::Name(name) => self.name(name)?,
            Expression::Select(inner, field) => {
                match qualified(expression).and_then(|name| self.constant(&name)) {
                    Some(constant) => constant,
                    None => {
                        let inner = self.value(inner)?;
                        self.select(&inner, field)?
                    }
                }
            }
            Expression::Has(inner, field) => {
                let inner = self.value(inner)?;
                Value::Bool(self.has(&inner, field))
            }
            Expression::Call(name, arguments) => self.call(name, arguments)?,
            Expression::Method(target, name, arguments) => {
                if qualified(target).is_some_and(|prefix| prefix == "strings") {
                    let values = self.values(arguments)?;
                    return functions::call("strings.quote", &values);
                }
                let mut values = vec![self.value(target)?];
                values.extend(self.values(arguments)?);
                functions::call(name, &values)?
            }
            Expression::List(elements) => Value::List(self.values(elements)?),
            Expression::Map(entries) => {
                let mut map = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    map.push((self.value(key)?, self.value(value)?));
                }
                Value::Map(map)
            }
            Expression::Message(name, fields) => self.message(name, fields)?,
            Expression::Loop(inner) => self.looped(inner)?,
        })
    }

    fn values(&mut self, expressions: &[Expression]) -> Result<Vec<Value>, Failed> {
        expressions.iter().map(|one| self.value(one)).collect()
    }

    fn name(&mut self, name: &str) -> Result<Value, Failed> {
        let found = self.scopes.iter().rev().find(|(variable, _)| variable == name);
        if let Some((_, value)) = found {
            self.steps += value.size(MAX_STEPS);
            if self.steps > MAX_STEPS {
                return Err("operation interrupted".to_owned());
            }
            return Ok(value.clone());
        }
        if name == "now" {
            return Ok(Value::Timestamp(0, 0));
        }
        self.constant(name).ok_or_else(|| format!("no such attribute(s): {name}"))
    }

    fn constant(&self, name: &str) -> Option<Value> {
        let first = name.split('.').next().unwrap_or_default();
        if self.scopes.iter().any(|(variable, _)| variable == first) {
            return None;
        }
        self.environment.name(name)?.1
    }

    fn select(&self, inner: &Value, field: &str) -> Result<Value, Failed> {
        match inner {
            Value::Map(entries) => {
                let key = Value::Text(field.to_owned());
                let found = entries.iter().find(|(other, _)| *other == key);
                found.map(|(_, value)| value.clone()).ok_or_else(|| format!("no such key: {field}"))
            }
            Value::Message(name, fields) => {
                let symbols = self.environment.symbols;
                let known = symbols
                    .message(name)
                    .and_then(|message| message.fields.iter().find(|one| *one.name == *field));
                let known = known.ok_or_else(|| format!("no such field '{field}'"))?;
                let set = fields.get(&known.number).cloned();
                set.or_else(|| message::zero(symbols, known))
                    .ok_or_else(|| format!("no such field '{field}'"))
            }
            _ => Err(format!("no such field '{field}'")),
        }
    }

    fn has(&self, inner: &Value, field: &str) -> bool {
        match inner {
            Value::Map(_) => self.select(inner, field).is_ok(),
            Value::Message(name, fields) => {
                let message = self.environment.symbols.message(name);
                let known = message
                    .and_then(|message| message.fields.iter().find(|one| *one.name == *field));
                known.is_some_and(|known| fields.contains_key(&known.number))
            }
            _ => false,
        }
    }

    /// An operand that decides alone makes up for an error in the other.
    fn call(&mut self, name: &str, arguments: &[Expression]) -> Result<Value, Failed> {
        match (name, arguments) {
            ("_&&_" | "_||_", [left, right]) => {
                let decides = Value::Bool(name == "_||_");
                let left = self.value(left);
                if left.as_ref().is_ok_and(|left| *left == decides) {
                    return left;
                }
                let right = self.value(right)?;
                if right == decides {
                    return Ok(right);
                }
                left.map(|_| right)
            }
            ("_?_:_", [condition, yes, no]) => match self.value(condition)? {
                Value::Bool(true) => self.value(yes),
                Value::Bool(false) => self.value(no),
                _ => Err("no such overload".to_owned()),
            },
            ("getField", [message, field]) => {
                let message = self.value(message)?;
                match self.value(field)? {
                    Value::Text(field) => self.select(&message, &field),
                    _ => Err("no such overload".to_owned()),
                }
            }
            _ => {
                let values = self.values(arguments)?;
                functions::call(name.trim_start_matches('.'), &values)
            }
        }
    }

    fn message(&mut self, name: &str, fields: &[(String, Expression)]) -> Result<Value, Failed> {
        let name = name.strip_prefix('.').unwrap_or(name);
        let mut set = std::collections::BTreeMap::new();
        for (field, value) in fields {
            let value = self.value(value)?;
            let message = self.environment.symbols.message(name);
            let known = message
                .and_then(|message| message.fields.iter().find(|one| *one.name == **field))
                .ok_or_else(|| format!("no such field '{field}'"))?;
            set.insert(known.number, value);
        }
        Ok(message::known_type(name, set))
    }

    fn looped(&mut self, inner: &Loop) -> Result<Value, Failed> {
        let items: Vec<Value> = match self.value(&inner.range)? {
            Value::List(items) => items,
            Value::Map(entries) => entries.into_iter().map(|(key, _)| key).collect(),
            _ => return Err("no such overload".to_owned()),
        };
        let (mut count, mut failed, mut out) = (0_usize, None, Vec::new());
        for item in items {
            self.scopes.push((inner.variable.clone(), item.clone()));
            let chosen = match &inner.predicate {
                Some(predicate) => self.value(predicate),
                None => Ok(Value::Bool(true)),
            };
            let made = match (&chosen, &inner.transform) {
                (Ok(Value::Bool(true)), Some(transform)) => Some(self.value(transform)),
                _ => None,
            };
            self.scopes.pop();
            match (inner.kind, chosen) {
                (LoopKind::All, Ok(Value::Bool(false))) => return Ok(Value::Bool(false)),
                (LoopKind::Exists, Ok(Value::Bool(true))) => return Ok(Value::Bool(true)),
                (LoopKind::All | LoopKind::Exists, Err(error)) => failed = Some(error),
                (_, Err(error)) => return Err(error),
                (_, Ok(Value::Bool(true))) => {
                    count += 1;
                    out.push(made.transpose()?.unwrap_or(item));
                }
                (_, Ok(_)) => {}
            }
        }
        match (inner.kind, failed) {
            (LoopKind::All | LoopKind::Exists, Some(error)) => Err(error),
            (LoopKind::All, None) => Ok(Value::Bool(true)),
            (LoopKind::Exists, None) => Ok(Value::Bool(false)),
            (LoopKind::ExistsOne, _) => Ok(Value::Bool(count == 1)),
            (LoopKind::Filter | LoopKind::Map, _) => Ok(Value::List(out)),
        }
    }
}
