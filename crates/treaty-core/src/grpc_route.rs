//! Finds the rule of a `GRPCRoute` that a call matches.
//!
//! *Does not* know what a rule does with the call: that is the caller's `T`. — *Holds*: of
//! several rules that match, always the same one is found, whatever order they came in. —
//! *Source*: Gateway API 1.6, `GRPCRoute`: matching and precedence.

use std::cmp::Reverse;
use std::collections::HashMap;

use regex::bytes::Regex;

use crate::method::MethodPath;

/// One route as it is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route<T> {
    /// `namespace/name`, by which ties are broken and findings named.
    pub name: String,
    /// When it was made, on any scale: the older one wins a tie.
    pub created: u64,
    /// `example.com` or `*.example.com`; none is all.
    pub hostnames: Vec<String>,
    /// In order.
    pub rules: Vec<Rule<T>>,
}

/// One rule as it is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule<T> {
    /// Any one of them is enough; none matches every call.
    pub matches: Vec<Match>,
    /// What is to be done.
    pub then: T,
}

/// What must be true of a call; all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Match {
    /// What it calls; `None` for anything.
    pub method: Option<MethodMatch>,
    /// What it says. Of several with one name, the first counts.
    pub headers: Vec<(String, Text)>,
}

/// What a call calls; at least one of both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MethodMatch {
    /// The full name of a service.
    pub service: Option<Text>,
    /// The name of a method.
    pub method: Option<Text>,
}

/// A text that must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// As it is.
    Exact(String),
    /// A regular expression that matches all of it.
    Regex(String),
}

/// Why a route cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("route `{route}`, rule {rule}: {what}")]
pub struct InvalidRoute {
    /// The route's name.
    pub route: String,
    /// The rule's place, from 0.
    pub rule: usize,
    /// What is wrong with it.
    pub what: String,
}

/// Rules, ready to be asked.
#[derive(Debug, Clone)]
pub struct RouteTable<T> {
    /// Best first.
    entries: Vec<Entry>,
    /// By service: places in `entries`, best first.
    by_service: HashMap<String, Vec<usize>>,
    /// Places of those that name no service, or a pattern.
    others: Vec<usize>,
    rules: Vec<(String, usize, T)>,
}

/// A rule that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'a, T> {
    /// The route's name.
    pub route: &'a str,
    /// The rule's place in it, from 0.
    pub rule: usize,
    /// What is to be done.
    pub then: &'a T,
}

#[derive(Debug, Clone)]
struct Entry {
    host: Option<Host>,
    service: Option<Pattern>,
    method: Option<Pattern>,
    headers: Vec<(String, Pattern)>,
    rule: usize,
}

#[derive(Debug, Clone)]
enum Host {
    Is(String),
    /// What the name ends with, beginning with a dot.
    Under(String),
}

#[derive(Debug, Clone)]
enum Pattern {
    Exact(String),
    Regex(Box<Regex>),
}

impl<T> Default for RouteTable<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            by_service: HashMap::new(),
            others: Vec::new(),
            rules: Vec::new(),
        }
    }
}

impl<T> RouteTable<T> {
    /// Makes routes ready.
    ///
    /// # Errors
    /// At the first rule that cannot be used.
    pub fn new(routes: Vec<Route<T>>) -> Result<Self, InvalidRoute> {
        let mut table = Self::default();
        let mut ranked = Vec::new();
        for route in routes {
            let hosts = match &*route.hostnames {
                [] => vec![None],
                names => names.iter().map(|name| Some(Host::new(name))).collect(),
            };
            for (place, rule) in route.rules.into_iter().enumerate() {
                let index = table.rules.len();
                let any = [Match::default()];
                let matches = if rule.matches.is_empty() { &any[..] } else { &rule.matches };
                for host in &hosts {
                    for one in matches {
                        let entry = Entry::new(host.clone(), one, index).map_err(|what| {
                            InvalidRoute { route: route.name.clone(), rule: place, what }
                        })?;
                        let rank = entry.rank();
                        ranked.push(((rank, route.created, route.name.clone(), place), entry));
                    }
                }
                table.rules.push((route.name.clone(), place, rule.then));
            }
        }
        // Stable, so that of equal matches in one rule the first stays first.
        ranked.sort_by(|one, other| one.0.cmp(&other.0));
        for (place, (_, entry)) in ranked.into_iter().enumerate() {
            match &entry.service {
                Some(Pattern::Exact(service)) => {
                    table.by_service.entry(service.clone()).or_default().push(place);
                }
                _ => table.others.push(place),
            }
            table.entries.push(entry);
        }
        Ok(table)
    }

    /// Finds the rule for a call to `host`; `header` gives the value of a header by its name in
    /// lower case.
    pub fn find<'h>(
        &self,
        host: &str,
        path: MethodPath<'_>,
        header: impl Fn(&str) -> Option<&'h [u8]>,
    ) -> Option<Found<'_, T>> {
        let host = without_port(host);
        let of_service = self.by_service.get(path.service).map_or(&[][..], |places| places);
        let (mut these, mut others) = (of_service, &self.others[..]);
        loop {
            // The better of both lists' next.
            let from = match (these.first(), others.first()) {
                (Some(one), Some(other)) if other < one => &mut others,
                (None, Some(_)) => &mut others,
                _ => &mut these,
            };
            let (&place, rest) = from.split_first()?;
            *from = rest;
            let entry = &self.entries[place];
            if entry.matches(host, path, &header) {
                let (route, rule, then) = &self.rules[entry.rule];
                return Some(Found { route, rule: *rule, then });
            }
        }
    }

    /// Whether the answer depends on nothing but the host and the method, so that it can be
    /// remembered by those.
    pub fn ignores_headers(&self) -> bool {
        self.entries.iter().all(|entry| entry.headers.is_empty())
    }

    /// All that is to be done by some rule, in no order.
    pub fn contents(&self) -> impl Iterator<Item = &T> {
        self.rules.iter().map(|(_, _, then)| then)
    }
}

/// Better is less.
type Rank = (Reverse<usize>, Reverse<usize>, Reverse<usize>, Reverse<usize>, Reverse<usize>);

impl Entry {
    fn new(host: Option<Host>, of: &Match, rule: usize) -> Result<Self, String> {
        let mut headers: Vec<(String, Pattern)> = Vec::new();
        for (name, value) in &of.headers {
            let name = name.to_ascii_lowercase();
            if headers.iter().all(|(known, _)| *known != name) {
                headers.push((name, Pattern::new(value)?));
            }
        }
        let method = of.method.as_ref();
        if method.is_some_and(|method| method.service.is_none() && method.method.is_none()) {
            return Err("`method` names neither a service nor a method".to_owned());
        }
        let pattern = |text: Option<&Text>| text.map(Pattern::new).transpose();
        Ok(Self {
            host,
            service: pattern(method.and_then(|method| method.service.as_ref()))?,
            method: pattern(method.and_then(|method| method.method.as_ref()))?,
            headers,
            rule,
        })
    }

    fn rank(&self) -> Rank {
        let (exact, any) = match &self.host {
            None => (0, 0),
            Some(Host::Is(name)) => (name.len(), name.len()),
            Some(Host::Under(end)) => (0, end.len() + 1),
        };
        let length = |pattern: &Option<Pattern>| pattern.as_ref().map_or(0, Pattern::length);
        (
            Reverse(exact),
            Reverse(any),
            Reverse(length(&self.service)),
            Reverse(length(&self.method)),
            Reverse(self.headers.len()),
        )
    }

    fn matches<'h>(
        &self,
        host: &str,
        path: MethodPath<'_>,
        header: impl Fn(&str) -> Option<&'h [u8]>,
    ) -> bool {
        let is = |pattern: &Option<Pattern>, text: &str| {
            pattern.as_ref().is_none_or(|pattern| pattern.matches(text.as_bytes()))
        };
        self.host.as_ref().is_none_or(|own| own.matches(host))
            && is(&self.service, path.service)
            && is(&self.method, path.method)
            && self
                .headers
                .iter()
                .all(|(name, pattern)| header(name).is_some_and(|value| pattern.matches(value)))
    }
}

impl Host {
    fn new(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        match name.strip_prefix('*') {
            Some(end) => Self::Under(end.to_owned()),
            None => Self::Is(name),
        }
    }

    fn matches(&self, host: &str) -> bool {
        match self {
            Self::Is(name) => name.eq_ignore_ascii_case(host),
            Self::Under(end) => {
                let at = host.len().checked_sub(end.len()).filter(|at| *at > 0);
                at.is_some_and(|at| host.as_bytes()[at..].eq_ignore_ascii_case(end.as_bytes()))
            }
        }
    }
}

impl Pattern {
    fn new(text: &Text) -> Result<Self, String> {
        match text {
            Text::Exact(text) => Ok(Self::Exact(text.clone())),
            Text::Regex(text) => {
                let whole = format!("^(?:{text})$");
                let regex = Regex::new(&whole)
                    .map_err(|_| format!("`{text}` is not a regular expression"))?;
                Ok(Self::Regex(Box::new(regex)))
            }
        }
    }

    fn matches(&self, text: &[u8]) -> bool {
        match self {
            Self::Exact(exact) => exact.as_bytes() == text,
            Self::Regex(regex) => regex.is_match(text),
        }
    }

    /// Of a regular expression, without what makes it match all of a text.
    fn length(&self) -> usize {
        match self {
            Self::Exact(text) => text.chars().count(),
            Self::Regex(regex) => regex.as_str().chars().count() - "^(?:)$".len(),
        }
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Option<Text> {
        Some(Text::Exact(text.to_owned()))
    }

    fn calls(service: Option<Text>, method: Option<Text>) -> Match {
        Match { method: Some(MethodMatch { service, method }), headers: Vec::new() }
    }

    fn with(mut of: Match, headers: &[(&str, &str)]) -> Match {
        let header = |(n, v): &(&str, &str)| ((*n).to_owned(), Text::Exact((*v).to_owned()));
        of.headers = headers.iter().map(header).collect();
        of
    }

    fn route(
        name: &str,
        created: u64,
        hosts: &[&str],
        rules: Vec<(Match, &'static str)>,
    ) -> Route<&'static str> {
        Route {
            name: name.to_owned(),
            created,
            hostnames: hosts.iter().map(|host| (*host).to_owned()).collect(),
            rules: rules.into_iter().map(|(one, then)| Rule { matches: vec![one], then }).collect(),
        }
    }

    fn found(routes: Vec<Route<&'static str>>, host: &str, path: &str) -> Option<&'static str> {
        asked(routes, host, path, &[])
    }

    fn asked(
        mut routes: Vec<Route<&'static str>>,
        host: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Option<&'static str> {
        let mut answers = Vec::new();
        for _ in 0..2 {
            let table = RouteTable::new(routes.clone()).unwrap();
            let header = |name: &str| {
                let found = headers.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| value.as_bytes())
            };
            let path = MethodPath::parse(path).unwrap();
            answers.push(table.find(host, path, header).map(|found| *found.then));
            routes.reverse();
        }
        assert_eq!(answers[0], answers[1], "the order of routes matters");
        answers[0]
    }

    #[test]
    fn the_longer_match_wins() {
        let routes = || {
            vec![
                route("a/any", 1, &[], vec![(Match::default(), "any")]),
                route("a/method", 1, &[], vec![(calls(None, exact("Get")), "method")]),
                route("a/service", 1, &[], vec![(calls(exact("a.B"), None), "service")]),
                route("a/both", 1, &[], vec![(calls(exact("a.B"), exact("Get")), "both")]),
            ]
        };
        assert_eq!(found(routes(), "x", "/a.B/Get"), Some("both"));
        assert_eq!(found(routes(), "x", "/a.B/Put"), Some("service"));
        assert_eq!(found(routes(), "x", "/a.C/Get"), Some("method"));
        assert_eq!(found(routes(), "x", "/a.C/Put"), Some("any"));
    }

    #[test]
    fn the_host_comes_before_all_else() {
        let routes = || {
            let longest = calls(exact("a.B"), exact("Get"));
            vec![
                route("a/all", 1, &[], vec![(longest.clone(), "all")]),
                route("a/wild", 1, &["*.example.com"], vec![(longest, "wild")]),
                route("a/is", 1, &["a.Example.com"], vec![(Match::default(), "is")]),
                route("a/deep", 1, &["*.b.example.com"], vec![(Match::default(), "deep")]),
            ]
        };
        assert_eq!(found(routes(), "A.example.com:8443", "/a.B/Get"), Some("is"));
        assert_eq!(found(routes(), "c.example.com", "/a.B/Get"), Some("wild"));
        assert_eq!(found(routes(), "x.b.example.com", "/a.B/Get"), Some("deep"));
        assert_eq!(found(routes(), "example.com", "/a.B/Get"), Some("all"));
        assert_eq!(found(routes(), "c.example.com", "/a.B/Put"), None);
    }

    #[test]
    fn more_headers_win_then_age_then_name_then_order() {
        let of = || calls(exact("a.B"), None);
        let routes = || {
            vec![
                route("b/old", 1, &[], vec![(of(), "old"), (of(), "later rule")]),
                route("a/new", 2, &[], vec![(of(), "new")]),
                route("a/as-old", 1, &[], vec![(of(), "first by name")]),
                route("z/one", 9, &[], vec![(with(of(), &[("env", "canary")]), "one")]),
                route(
                    "z/two",
                    9,
                    &[],
                    vec![(with(of(), &[("Env", "canary"), ("user", "me"), ("env", "x")]), "two")],
                ),
            ]
        };
        assert_eq!(asked(routes(), "x", "/a.B/C", &[]), Some("first by name"));
        assert_eq!(asked(routes(), "x", "/a.B/C", &[("env", "canary")]), Some("one"));
        let both = [("env", "canary"), ("user", "me")];
        assert_eq!(asked(routes(), "x", "/a.B/C", &both), Some("two"));
    }

    #[test]
    fn a_regular_expression_matches_all_of_a_text() {
        let regex = |text: &str| Some(Text::Regex(text.to_owned()));
        let routes =
            || vec![route("a/r", 1, &[], vec![(calls(regex("a|b"), regex("Get.*")), "r")])];
        assert_eq!(found(routes(), "x", "/a/GetAll"), Some("r"));
        assert_eq!(found(routes(), "x", "/ab/GetAll"), None);
        assert_eq!(found(routes(), "x", "/b/Forget"), None);
        let broken = vec![route("a/r", 1, &[], vec![(calls(regex("("), None), "r")])];
        let error = RouteTable::new(broken).unwrap_err();
        assert_eq!(error.to_string(), "route `a/r`, rule 0: `(` is not a regular expression");
        let empty = vec![route("a/r", 1, &[], vec![(calls(None, None), "r")])];
        assert!(RouteTable::new(empty).is_err());
    }
}
