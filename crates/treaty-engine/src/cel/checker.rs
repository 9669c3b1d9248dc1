//! Finds the type of an expression, and what in it has none. — *Source*: cel-go's checker, whose
//! errors these are.

use super::environment::Environment;
use super::expression::{Expression, Loop, LoopKind};
use super::format;
use super::library::{self, Overload};
use super::types::{Bindings, Type, is_more_general};

/// The type of the expression, and the errors in the order of the text.
pub(super) fn check(expression: &Expression, environment: &Environment<'_>) -> (Type, Vec<String>) {
    let bindings = Bindings::default();
    let mut checker =
        Checker { environment, bindings, next: 2, scopes: Vec::new(), errors: Vec::new() };
    let output = checker.check(expression);
    let output = checker.bindings.filled(&output, true);
    // Format strings are looked at only where everything has a type.
    if checker.errors.is_empty() {
        checker.formats(expression);
    }
    (output, checker.errors)
}

struct Checker<'e, 'd> {
    environment: &'e Environment<'d>,
    bindings: Bindings,
    /// The number of the next open type.
    next: u32,
    /// Variables of the loops around.
    scopes: Vec<(String, Type)>,
    errors: Vec<String>,
}

impl Checker<'_, '_> {
    fn fail(&mut self, error: String) -> Type {
        self.errors.push(error);
        Type::Error
    }

    fn open(&mut self) -> Type {
        self.next += 1;
        Type::Variable(self.next - 1)
    }

    fn check(&mut self, expression: &Expression) -> Type {
        match expression {
            Expression::Null => Type::Null,
            Expression::Bool(_) => Type::Bool,
            Expression::Int(_) => Type::Int,
            Expression::Uint(_) => Type::Uint,
            Expression::Double(_) => Type::Double,
            Expression::Text(_) => Type::Text,
            Expression::Bytes(_) => Type::Bytes,
            Expression::Name(name) => self.name(name),
            Expression::Select(inner, field) => {
                let known = qualified(expression).and_then(|name| self.global(&name));
                known.unwrap_or_else(|| self.select(inner, field))
            }
            Expression::Has(inner, field) => {
                self.select(inner, field);
                Type::Bool
            }
            Expression::Call(name, arguments) => {
                let types: Vec<_> = arguments.iter().map(|one| self.check(one)).collect();
                self.call(name, types, false)
            }
            Expression::Method(target, name, arguments) => self.method(target, name, arguments),
            Expression::List(elements) => {
                let mut of = None;
                for element in elements {
                    let element = self.check(element);
                    of = Some(self.join(of, element));
                }
                let of = of.unwrap_or_else(|| self.open());
                Type::list(of)
            }
            Expression::Map(entries) => self.map(entries),
            Expression::Message(name, fields) => self.message(name, fields),
            Expression::Loop(inner) => self.looped(inner),
        }
    }

    /// A variable of a loop around hides everything else of its name.
    fn name(&mut self, name: &str) -> Type {
        let local = self.scopes.iter().rev().find(|(variable, _)| variable == name);
        match local.map(|(_, of)| of.clone()).or_else(|| self.global(name)) {
            Some(of) => of,
            None => self.undeclared(name),
        }
    }

    fn undeclared(&mut self, name: &str) -> Type {
        self.fail(format!("undeclared reference to '{name}' (in container '')"))
    }

    fn global(&self, name: &str) -> Option<Type> {
        let first = name.split('.').next().unwrap_or_default();
        let is_local = self.scopes.iter().any(|(variable, _)| variable == first);
        if is_local { None } else { self.environment.name(name).map(|(of, _)| of) }
    }

    fn select(&mut self, inner: &Expression, field: &str) -> Type {
        let inner = self.check(inner);
        match self.bindings.filled(&inner, false) {
            Type::Map(_, value) => *value,
            Type::Message(message) => match self.environment.field(&message, field) {
                Some(of) => of,
                None => self.fail(format!("undefined field '{field}'")),
            },
            Type::Variable(number) => {
                self.bindings.assign(&Type::Dyn, &Type::Variable(number));
                Type::Dyn
            }
            inner => {
                if !inner.is_dyn_or_error() {
                    self.fail(format!("type '{inner}' does not support field selection"));
                }
                Type::Dyn
            }
        }
    }

    fn method(&mut self, target: &Expression, name: &str, arguments: &[Expression]) -> Type {
        let types: Vec<_> = arguments.iter().map(|one| self.check(one)).collect();
        let whole = qualified(target).map(|prefix| format!("{prefix}.{name}"));
        if let Some(whole) = whole.filter(|whole| library::overloads(whole).is_some()) {
            return self.call(&whole, types, false);
        }
        let mut all = vec![self.check(target)];
        all.extend(types);
        self.call(name, all, true)
    }

    fn call(&mut self, name: &str, types: Vec<Type>, method: bool) -> Type {
        let Some(overloads) = library::overloads(name.trim_start_matches('.')) else {
            return self.undeclared(name);
        };
        if matches!(name, "_&&_" | "_||_") {
            return self.logical(&types);
        }
        let mut result: Option<Type> = None;
        for overload in overloads.iter().filter(|overload| overload.method == method) {
            let (parameters, returned) = self.instance(overload);
            if self.bindings.assign_all(&types, &parameters) {
                let returned = self.bindings.filled(&returned, false);
                result = match result {
                    Some(earlier) if !earlier.is_dyn() && earlier != returned => Some(Type::Dyn),
                    Some(earlier) => Some(earlier),
                    None => Some(returned),
                };
            }
        }
        result.unwrap_or_else(|| self.no_overload(name, &types, method))
    }

    fn logical(&mut self, types: &[Type]) -> Type {
        let before = self.errors.len();
        for one in types {
            self.expect(&Type::Bool, one);
        }
        if self.errors.len() == before { Type::Bool } else { Type::Error }
    }

    fn expect(&mut self, expected: &Type, found: &Type) {
        if !self.bindings.assign(found, expected) {
            let found = self.bindings.filled(found, true);
            self.fail(format!("expected type '{expected}' but found '{found}'"));
        }
    }

    fn no_overload(&mut self, name: &str, types: &[Type], method: bool) -> Type {
        let types: Vec<_> =
            types.iter().map(|one| self.bindings.filled(one, true).to_string()).collect();
        let signature = match (method, types.split_first()) {
            (true, Some((target, rest))) => format!("{target}.({})", rest.join(", ")),
            _ => format!("({})", types.join(", ")),
        };
        self.fail(format!("found no matching overload for '{name}' applied to '{signature}'"))
    }

    /// An overload with open types of its own.
    fn instance(&mut self, overload: &Overload) -> (Vec<Type>, Type) {
        let mut own = Bindings::default();
        for generic in library::GENERIC {
            let open = self.open();
            own.bind(generic, open);
        }
        let parameters = overload.parameters.iter().map(|one| own.filled(one, false)).collect();
        (parameters, own.filled(&overload.result, false))
    }

    /// What two elements of one list have in common.
    fn join(&mut self, earlier: Option<Type>, next: Type) -> Type {
        match earlier {
            None => next,
            Some(earlier) if self.bindings.assign(&earlier, &next) => {
                if is_more_general(&earlier, &next) { earlier } else { next }
            }
            Some(_) => Type::Dyn,
        }
    }

    fn map(&mut self, entries: &[(Expression, Expression)]) -> Type {
        let mut of: Option<(Type, Type)> = None;
        for (key, value) in entries {
            let (earlier_key, earlier_value) = of.unzip();
            let key = self.check(key);
            let key = self.join(earlier_key, key);
            let value = self.check(value);
            of = Some((key, self.join(earlier_value, value)));
        }
        let (key, value) = of.unwrap_or_else(|| (self.open(), self.open()));
        Type::map(key, value)
    }

    fn message(&mut self, name: &str, fields: &[(String, Expression)]) -> Type {
        let bare = name.strip_prefix('.').unwrap_or(name);
        let output = match self.environment.name(bare) {
            Some((Type::Meta(of), _)) => *of,
            Some(_) => return self.fail(format!("'{name}' is not a type")),
            None => return self.undeclared(name),
        };
        for (field, value) in fields {
            let value = self.check(value);
            match self.environment.field(bare, field) {
                None => {
                    self.fail(format!("undefined field '{field}'"));
                }
                Some(of) if !self.bindings.assign(&of, &value) => {
                    let value = self.bindings.filled(&value, true);
                    self.fail(format!(
                        "expected type of field '{field}' is '{of}' but provided type is '{value}'"
                    ));
                }
                Some(_) => {}
            }
        }
        output
    }

    fn looped(&mut self, inner: &Loop) -> Type {
        let range = self.check(&inner.range);
        let variable = match self.bindings.filled(&range, false) {
            Type::List(of) => *of,
            Type::Map(key, _) => *key,
            range @ (Type::Dyn | Type::Any | Type::Error | Type::Variable(_)) => {
                self.bindings.assign(&Type::Dyn, &range);
                Type::Dyn
            }
            range => self.fail(format!(
                "expression of type '{range}' cannot be range of a comprehension (must be list, \
                 map, or dynamic)"
            )),
        };
        self.scopes.push((inner.variable.clone(), variable.clone()));
        let predicate = inner.predicate.as_ref().map(|one| self.check(one));
        let transform = inner.transform.as_ref().map(|one| self.check(one));
        self.scopes.pop();
        let item = transform.unwrap_or(variable);
        let (output, chooses) = match inner.kind {
            LoopKind::All | LoopKind::Exists => {
                predicate.iter().for_each(|one| self.expect(&Type::Bool, one));
                return Type::Bool;
            }
            LoopKind::ExistsOne => (Type::Bool, Type::Int),
            LoopKind::Filter | LoopKind::Map => (Type::list(item.clone()), Type::list(item)),
        };
        if let Some(predicate) = predicate {
            self.call("_?_:_", vec![predicate, chooses.clone(), chooses], false);
        }
        self.bindings.filled(&output, false)
    }

    /// `'…'.format([…])` with both parts written out.
    fn formats(&mut self, expression: &Expression) {
        for part in parts(expression) {
            self.formats(part);
        }
        if let Expression::Method(target, name, arguments) = expression
            && let (Expression::Text(text), "format", [Expression::List(values)]) =
                (&**target, &**name, &arguments[..])
        {
            let before = self.errors.len();
            let types: Vec<_> = values.iter().map(|one| self.check(one)).collect();
            self.errors.truncate(before);
            let types: Vec<_> = types.iter().map(|one| self.bindings.filled(one, true)).collect();
            self.errors.extend(format::check(text, &types));
        }
    }
}

/// The expressions directly within, without those in loops, whose variables have no type here.
fn parts(expression: &Expression) -> Vec<&Expression> {
    match expression {
        Expression::Select(inner, _) | Expression::Has(inner, _) => vec![inner],
        Expression::Call(_, inner) | Expression::List(inner) => inner.iter().collect(),
        Expression::Method(target, _, inner) => {
            std::iter::once(&**target).chain(inner.iter()).collect()
        }
        Expression::Map(entries) => entries.iter().flat_map(|(key, value)| [key, value]).collect(),
        Expression::Message(_, fields) => fields.iter().map(|(_, value)| value).collect(),
        Expression::Loop(inner) => vec![&inner.range],
        _ => Vec::new(),
    }
}

/// `a.b.c` as one name.
pub(super) fn qualified(expression: &Expression) -> Option<String> {
    match expression {
        Expression::Name(name) => Some(name.clone()),
        Expression::Select(inner, field) => Some(format!("{}.{field}", qualified(inner)?)),
        _ => None,
    }
}
