//! Reads `google.api.http` and tells which calls come to a route. — *Source*: google/api/http.proto.

mod template;

use std::collections::BTreeMap;
use std::fmt;

use treaty_compiler::wire::{Fields, Value};

use template::Template;

use crate::hits::At;
use crate::schema::Method;

/// `google.api.http`, an extension of `MethodOptions`.
const HTTP: u32 = 72_295_728;

/// The custom kind that stands for every verb.
const ANY_VERB: &str = "*";

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
    /// Whether an old client of the other route is answered as before: every path that it may write is
    /// taken, and binds the same fields.
    pub(super) fn serves(&self, other: &Self) -> bool {
        self.takes(other)
            && (&self.body, &self.response_body) == (&other.body, &other.response_body)
            && self.template().binds_as(&other.template())
    }

    /// Whether every call of the other route, whatever it carries, comes here.
    pub(super) fn takes(&self, other: &Self) -> bool {
        (self.verb == ANY_VERB || self.verb == other.verb)
            && self.template().covers(&other.template())
    }

    fn template(&self) -> Template<'_> {
        Template::new(&self.template)
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
        let template = route.template();
        let (verb, word) = key(route);
        // Templates that begin with a wildcard meet all others.
        let meets = |(known, first): &(String, String)| {
            (*known == verb || known == ANY_VERB || verb == ANY_VERB)
                && (*first == word || first.is_empty() || word.is_empty())
        };
        let known = self.0.get(package(method)).into_iter().flatten();
        let others = known.filter(|(key, _)| meets(key)).flat_map(|(_, routes)| routes);
        others
            .filter(|(other, _)| (other.service, other.name) != (method.service, method.name))
            .filter_map(|(other, known)| {
                let path = template.common(&known.template())?;
                let verb = if verb == ANY_VERB { &known.verb } else { &verb };
                Some((*other, format!("{verb} {path}")))
            })
            .collect()
    }
}

fn package<'a>(method: &Method<'a>) -> &'a str {
    method.service.rsplit_once('.').map_or("", |(package, _)| package)
}

/// The verb, and the first word of the path unless that is a wildcard.
fn key(route: &Route) -> (String, String) {
    (route.verb.clone(), route.template().first_word().to_owned())
}
