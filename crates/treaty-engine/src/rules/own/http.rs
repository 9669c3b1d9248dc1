//! Reads `google.api.http` and tells which paths a template fits. — *Source*: google/api/http.proto.

use std::collections::BTreeMap;
use std::fmt;

use treaty_compiler::wire::{Fields, Value};

use crate::hits::At;
use crate::schema::Method;

/// `google.api.http`, an extension of `MethodOptions`.
const HTTP: u32 = 72_295_728;

/// One way to call a method over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Route {
    verb: String,
    template: String,
    body: String,
    response_body: String,
}

/// Where the option stands, or the method.
pub(super) fn place<'a>(method: &Method<'a>) -> At<'a> {
    // `option (google.api.http).get = ...` has the number of `get` behind that of the option.
    let short = [2, 3, 4, 5, 6].map(|verb| method.place.part(&[4, HTTP as i32, verb]));
    let whole = [method.place.part(&[4, HTTP as i32])];
    At::Places(whole.into_iter().chain(short).chain([method.place.clone()]).collect())
}

/// All routes of a method, in their order.
pub(super) fn routes(method: &Method<'_>) -> Vec<Route> {
    let mut routes = Vec::new();
    let options = method.proto.options.as_deref();
    for rule in options.into_iter().flat_map(|options| options.all(HTTP)) {
        rule.bytes().into_iter().for_each(|encoded| read(encoded, true, &mut routes));
    }
    routes
}

/// Additional bindings have no additional bindings.
fn read(encoded: &[u8], outer: bool, routes: &mut Vec<Route>) {
    let mut route = Route::default();
    let mut more = Vec::new();
    let text = |value: Value<'_>| value.text().unwrap_or_default().to_owned();
    for field in Fields::new(encoded).filter_map(Result::ok) {
        let verb = match field.number {
            2 => "GET",
            3 => "PUT",
            4 => "POST",
            5 => "DELETE",
            6 => "PATCH",
            _ => "",
        };
        match field.number {
            2..=6 => (route.verb, route.template) = (verb.to_owned(), text(field.value)),
            7 => route.body = text(field.value),
            12 => route.response_body = text(field.value),
            8 => {
                let custom = Fields::new(field.value.bytes().unwrap_or_default());
                for part in custom.filter_map(Result::ok) {
                    match part.number {
                        1 => route.verb = text(part.value),
                        2 => route.template = text(part.value),
                        _ => {}
                    }
                }
            }
            11 if outer => more.extend(field.value.bytes()),
            _ => {}
        }
    }
    if !route.template.is_empty() {
        routes.push(route);
    }
    more.into_iter().for_each(|encoded| read(encoded, false, routes));
}

impl Route {
    /// Whether an old client of the other route is answered as before: variables may have other
    /// names in the path, but not bind other fields.
    pub(super) fn serves(&self, other: &Self) -> bool {
        self == other
    }

    pub(super) fn same_path(&self, other: &Self) -> bool {
        self.verb == other.verb && self.template == other.template
    }

    /// The template in parts, variables opened: `/v1/{name=shelves/*}:read` is `v1 shelves * :read`.
    fn parts(&self) -> Vec<Part<'_>> {
        let mut parts = Vec::new();
        let (path, verb) = match self.template.rfind(':') {
            Some(at) if !self.template[at..].contains(['/', '}']) => self.template.split_at(at),
            _ => (&*self.template, ""),
        };
        let mut rest = path.strip_prefix('/').unwrap_or(path);
        while !rest.is_empty() {
            let end = match rest.strip_prefix('{') {
                Some(variable) => variable.find('}').map_or(rest.len(), |end| end + 2),
                None => rest.find('/').unwrap_or(rest.len()),
            };
            let (one, after) = rest.split_at(end);
            match one.strip_prefix('{').map(|one| one.trim_end_matches('}')) {
                Some(variable) => {
                    let inner = variable.split_once('=').map_or("*", |(_, inner)| inner);
                    parts.extend(inner.split('/').map(Part::new));
                }
                None => parts.push(Part::new(one)),
            }
            rest = after.strip_prefix('/').unwrap_or(after);
        }
        if !verb.is_empty() {
            parts.push(Part::Word(verb));
        }
        parts
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.template)?;
        if !self.body.is_empty() {
            write!(f, " (body: {})", self.body)?;
        }
        if !self.response_body.is_empty() {
            write!(f, " (response_body: {})", self.response_body)?;
        }
        Ok(())
    }
}

/// What stands between two slashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'r> {
    Word(&'r str),
    /// `*`: one segment.
    One,
    /// `**`: any number of segments.
    Any,
}

impl<'r> Part<'r> {
    fn new(text: &'r str) -> Self {
        match text {
            "*" => Self::One,
            "**" => Self::Any,
            word => Self::Word(word),
        }
    }

    fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Self::Word(one), Self::Word(other)) => one == other,
            (Self::Word(word), Self::One) | (Self::One, Self::Word(word)) => !word.starts_with(':'),
            _ => true,
        }
    }
}

/// The longest template that is looked at.
const MOST_PARTS: usize = 64;

/// A path that both templates fit.
fn common(one: &[Part<'_>], other: &[Part<'_>]) -> Option<String> {
    if one.len().max(other.len()) > MOST_PARTS {
        return None;
    }
    // Most templates have no `**`, and most pairs of them differ in length or in a word.
    if ![one, other].into_iter().flatten().any(|part| *part == Part::Any) {
        let met =
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.meets(*other));
        let path =
            || one.iter().zip(other).filter_map(|(one, other)| segment(*one, *other)).collect();
        return met.then(path);
    }
    // For every pair of positions the first step of a common path, from the end.
    let width = other.len() + 1;
    let mut path: Vec<Option<String>> = vec![None; (one.len() + 1) * width];
    for left in (0..=one.len()).rev() {
        for right in (0..=other.len()).rev() {
            let at = |left: usize, right: usize| path.get(left * width + right)?.clone();
            let found = match (one.get(left), other.get(right)) {
                (None, None) => Some(String::new()),
                (Some(Part::Any), Some(Part::Any)) => at(left + 1, right + 1),
                (Some(Part::Any), None) => at(left + 1, right),
                (None, Some(Part::Any)) => at(left, right + 1),
                (Some(Part::Any), Some(step)) => at(left + 1, right)
                    .or_else(|| Some(segment(*step, *step)? + &at(left, right + 1)?)),
                (Some(step), Some(Part::Any)) => at(left, right + 1)
                    .or_else(|| Some(segment(*step, *step)? + &at(left + 1, right)?)),
                (Some(step), Some(same)) => {
                    segment(*step, *same).and_then(|one| Some(one + &at(left + 1, right + 1)?))
                }
                _ => None,
            };
            path[left * width + right] = found;
        }
    }
    path.into_iter().next().flatten()
}

/// A segment that both fit; a custom verb hangs on the segment before it.
fn segment(one: Part<'_>, other: Part<'_>) -> Option<String> {
    let word = match (one, other) {
        (Part::Word(one), Part::Word(other)) if one == other => one,
        (Part::Word(word), Part::One) | (Part::One, Part::Word(word)) if !word.starts_with(':') => {
            word
        }
        (Part::One, Part::One) => "x",
        _ => return None,
    };
    Some(if word.starts_with(':') { word.to_owned() } else { format!("/{word}") })
}

/// The routes that methods have kept, by package, verb and first word: another package may be served
/// by another host.
#[derive(Default)]
pub(super) struct Known<'a>(BTreeMap<&'a str, ByFirstWord<'a>>);

type ByFirstWord<'a> = BTreeMap<(String, String), Vec<(&'a Method<'a>, Route)>>;

impl<'a> Known<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn add(&mut self, method: &'a Method<'a>, route: Route) {
        let routes = self.0.entry(package(method)).or_default();
        routes.entry(key(&route)).or_default().push((method, route));
    }

    /// The other methods that a path can mean, each with a path that means both.
    pub(super) fn clashes(
        &self,
        method: &Method<'_>,
        route: &Route,
    ) -> Vec<(&'a Method<'a>, String)> {
        let parts = route.parts();
        let (verb, word) = key(route);
        // Templates that begin with a wildcard meet all others.
        let keys =
            self.0.get(package(method)).into_iter().flatten().filter(|((known, first), _)| {
                *known == verb && (*first == word || first.is_empty() || word.is_empty())
            });
        let others = keys.flat_map(|(_, routes)| routes);
        others
            .filter(|(other, _)| (other.service, other.name) != (method.service, method.name))
            .filter_map(|(other, known)| Some((*other, common(&parts, &known.parts())?)))
            .map(|(other, path)| (other, format!("{verb} {path}")))
            .collect()
    }
}

fn package<'a>(method: &Method<'a>) -> &'a str {
    method.service.rsplit_once('.').map_or("", |(package, _)| package)
}

/// The verb, and the first word of the path unless that is a wildcard.
fn key(route: &Route) -> (String, String) {
    let first = match route.parts().first() {
        Some(Part::Word(word)) => (*word).to_owned(),
        _ => String::new(),
    };
    (route.verb.clone(), first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meet(one: &str, other: &str) -> Option<String> {
        let route = |template: &str| Route { template: template.to_owned(), ..Route::default() };
        common(&route(one).parts(), &route(other).parts())
    }

    #[test]
    fn templates_meet_in_a_path() {
        assert_eq!(meet("/v1/{id}", "/v1/search").as_deref(), Some("/v1/search"));
        assert_eq!(meet("/v1/{name=shelves/*}", "/v1/{a}/{b}").as_deref(), Some("/v1/shelves/x"));
        assert_eq!(meet("/v1/{name=**}", "/v1/a/b").as_deref(), Some("/v1/a/b"));
        assert_eq!(meet("/v1/a:read", "/v1/{id}:read").as_deref(), Some("/v1/a:read"));
        assert_eq!(meet("/v1/a", "/v1/a").as_deref(), Some("/v1/a"));
    }

    #[test]
    fn others_do_not() {
        for (one, other) in [
            ("/v1/{id}", "/v2/{id}"),
            ("/v1/{id}", "/v1/a/b"),
            ("/v1/{id}:read", "/v1/{id}"),
            ("/v1/{id}:read", "/v1/{id}:write"),
            ("/v1/{name=shelves/*}", "/v1/books/{id}"),
        ] {
            assert_eq!(meet(one, other), None, "{one} {other}");
        }
    }
}
