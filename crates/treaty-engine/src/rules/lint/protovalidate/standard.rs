//! Which of protovalidate's own constraints a value breaks, under the ids and in the words that its
//! implementations share. — *Does not* know what time it is: `lt_now`, `gt_now` and `within` break
//! nothing. — *Source*: `buf/validate/validate.proto` of protovalidate 1.2.

use std::cmp::Ordering;

use treaty_compiler::descriptor::Kind;

use super::set::Set;
use crate::cel::{self, Value};

/// A rule's id and what it says.
pub(super) type Violation = (String, String);

/// Those of a value under constraints of a type; `known` are the numbers of its enum.
pub(super) fn violations(of: &str, rules: &Set, value: &Value, known: &[i32]) -> Vec<Violation> {
    let mut broken = Broken { of, rules, found: Vec::new() };
    broken.lists(value);
    match value {
        Value::Text(text) => {
            broken.text(text);
            broken.well_known(text);
        }
        Value::Bytes(bytes) if of == "bytes" => broken.bytes(bytes),
        Value::Int(number) if of == "enum" => {
            let defined = i32::try_from(*number).is_ok_and(|number| known.contains(&number));
            if rules.flag("defined_only") && !defined {
                broken.add("defined_only", "value must be one of the defined enum values");
            }
        }
        _ => broken.bounds(value),
    }
    if let (Value::Double(number), true) = (value, rules.flag("finite"))
        && !number.is_finite()
    {
        broken.add("finite", "must be finite");
    }
    broken.found
}

struct Broken<'r> {
    of: &'r str,
    rules: &'r Set,
    found: Vec<Violation>,
}

impl Broken<'_> {
    fn add(&mut self, rule: &str, message: impl Into<String>) {
        self.found.push((format!("{}.{rule}", self.of), message.into()));
    }

    fn shown(&self, value: &Value) -> String {
        match value {
            Value::Double(number) if self.of == "float" && number.is_finite() => {
                (*number as f32).to_string()
            }
            Value::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            value => cel::shown(value),
        }
    }

    fn list(&self, values: &[Value]) -> String {
        let shown = |value: &Value| match value {
            Value::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            value => self.shown(value),
        };
        let values: Vec<String> = values.iter().map(shown).collect();
        format!("[{}]", values.join(", "))
    }

    /// `const`, `in` and `not_in`.
    fn lists(&mut self, value: &Value) {
        if self.of == "field_mask" {
            return;
        }
        if let Some(constant) = self.rules.get("const").filter(|constant| *constant != value) {
            let shown = self.shown(constant);
            let message = match self.of {
                "string" => format!("must equal `{shown}`"),
                "bytes" => format!("must be {shown}"),
                _ => format!("must equal {shown}"),
            };
            self.add("const", message);
        }
        let allowed = self.rules.all("in");
        if !allowed.is_empty() && !allowed.contains(value) {
            self.add("in", format!("must be in list {}", self.list(allowed)));
        }
        let refused = self.rules.all("not_in");
        if refused.contains(value) {
            self.add("not_in", format!("must not be in list {}", self.list(refused)));
        }
    }

    fn bounds(&mut self, value: &Value) {
        let one_of = |names: [&'static str; 2]| {
            names.into_iter().find_map(|name| Some((name, self.rules.get(name)?)))
        };
        let (lower, upper) = (one_of(["gt", "gte"]), one_of(["lt", "lte"]));
        let nan = matches!(value, Value::Double(number) if number.is_nan());
        let fits_low = |(name, bound): (&str, &Value)| match value.order(bound) {
            Some(Ordering::Greater) => true,
            Some(Ordering::Equal) => name == "gte",
            _ => false,
        };
        let fits_high = |(name, bound): (&str, &Value)| match value.order(bound) {
            Some(Ordering::Less) => true,
            Some(Ordering::Equal) => name == "lte",
            _ => false,
        };
        let says = |(name, bound): (&str, &Value)| {
            let words = match name {
                "gt" => "greater than",
                "gte" => "greater than or equal to",
                "lt" => "less than",
                _ => "less than or equal to",
            };
            format!("{words} {}", self.shown(bound))
        };
        let (rule, message) = match (lower, upper) {
            (Some(low), None) if nan || !fits_low(low) => {
                (low.0.to_owned(), format!("must be {}", says(low)))
            }
            (None, Some(high)) if nan || !fits_high(high) => {
                (high.0.to_owned(), format!("must be {}", says(high)))
            }
            (Some(low), Some(high)) => {
                let outside = high.1.order(low.1) == Some(Ordering::Less);
                let fits = if outside {
                    fits_low(low) || fits_high(high)
                } else {
                    fits_low(low) && fits_high(high)
                };
                if fits && !nan {
                    return;
                }
                let (suffix, word) = if outside { ("_exclusive", "or") } else { ("", "and") };
                let rule = format!("{}_{}{suffix}", low.0, high.0);
                (rule, format!("must be {} {word} {}", says(low), says(high)))
            }
            _ => return,
        };
        self.add(&rule, message);
    }

    fn length(&mut self, rules: [&str; 3], length: usize, unit: &str) {
        let [exact, least, most] = rules;
        let length = length as u64;
        if let Some(exactly) = self.rules.count(exact).filter(|&exactly| length != exactly) {
            self.add(exact, format!("must be {exactly} {unit}"));
        }
        if let Some(at_least) = self.rules.count(least).filter(|&at_least| length < at_least) {
            self.add(least, format!("must be at least {at_least} {unit}"));
        }
        if let Some(at_most) = self.rules.count(most).filter(|&at_most| length > at_most) {
            self.add(most, format!("must be at most {at_most} {unit}"));
        }
    }

    fn text(&mut self, text: &str) {
        self.length(["len", "min_len", "max_len"], text.chars().count(), "characters");
        self.length(["len_bytes", "min_bytes", "max_bytes"], text.len(), "bytes");
        let rules = self.rules;
        if let Some(pattern) = rules.text("pattern")
            && cel::matches(text, pattern) == Ok(false)
        {
            self.add("pattern", format!("does not match regex pattern `{pattern}`"));
        }
        if let Some(part) = rules.text("prefix").filter(|part| !text.starts_with(part)) {
            self.add("prefix", format!("does not have prefix `{part}`"));
        }
        if let Some(part) = rules.text("suffix").filter(|part| !text.ends_with(part)) {
            self.add("suffix", format!("does not have suffix `{part}`"));
        }
        if let Some(part) = rules.text("contains").filter(|part| !text.contains(part)) {
            self.add("contains", format!("does not contain substring `{part}`"));
        }
        if let Some(part) = rules.text("not_contains").filter(|part| text.contains(part)) {
            self.add("not_contains", format!("contains substring `{part}`"));
        }
    }

    fn well_known(&mut self, text: &str) {
        for (rule, what, sound) in WELL_KNOWN {
            if !self.rules.flag(rule) {
                continue;
            }
            let what = match *what {
                "host and port pair" if !text.is_empty() => {
                    "host (hostname or IP address) and port pair"
                }
                what => what,
            };
            if text.is_empty() && *rule != "uri_ref" {
                let message = format!("value is empty, which is not a valid {what}");
                self.add(&format!("{rule}_empty"), message);
            } else if !sound(text) {
                self.add(rule, format!("must be a valid {what}"));
            }
        }
        let strict = self.rules.get("strict") != Some(&Value::Bool(false));
        let plain = |letter: char| !matches!(letter, '\0' | '\n' | '\r');
        let printed = |letter: char| letter == '\t' || !letter.is_ascii_control();
        match self.rules.number("well_known_regex") {
            1 if text.is_empty() => self.add(
                "well_known_regex.header_name_empty",
                "value is empty, which is not a valid HTTP header name",
            ),
            1 => {
                let pattern = r"^:?[0-9a-zA-Z!#$%&'*+-.^_|~\x60]+$";
                let strictly = cel::matches(text, pattern) == Ok(true);
                if !(if strict { strictly } else { text.chars().all(plain) }) {
                    self.add("well_known_regex.header_name", "must be a valid HTTP header name");
                }
            }
            2 if !text.chars().all(|letter| if strict { printed(letter) } else { plain(letter) }) => {
                self.add("well_known_regex.header_value", "must be a valid HTTP header value");
            }
            _ => {}
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.length(["len", "min_len", "max_len"], bytes.len(), "bytes");
        let rules = self.rules;
        if let (Some(pattern), Ok(text)) = (rules.text("pattern"), std::str::from_utf8(bytes))
            && cel::matches(text, pattern) == Ok(false)
        {
            self.add("pattern", format!("must match regex pattern `{pattern}`"));
        }
        let hex = |part: &[u8]| part.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        if let Some(part) = rules.bytes("prefix").filter(|part| !bytes.starts_with(part)) {
            self.add("prefix", format!("does not have prefix {}", hex(part)));
        }
        if let Some(part) = rules.bytes("suffix").filter(|part| !bytes.ends_with(part)) {
            self.add("suffix", format!("does not have suffix {}", hex(part)));
        }
        let has = |part: &[u8]| part.is_empty() || bytes.windows(part.len()).any(|one| one == part);
        if let Some(part) = rules.bytes("contains").filter(|part| !has(part)) {
            self.add("contains", format!("does not contain {}", hex(part)));
        }
        for (rule, what, lengths) in [
            ("ip", "IP address", [4, 16]),
            ("ipv4", "IPv4 address", [4, 4]),
            ("ipv6", "IPv6 address", [16, 16]),
            ("uuid", "UUID", [16, 16]),
        ] {
            if rules.flag(rule) && bytes.is_empty() {
                let message = format!("value is empty, which is not a valid {what}");
                self.add(&format!("{rule}_empty"), message);
            } else if rules.flag(rule) && !lengths.contains(&bytes.len()) {
                self.add(rule, format!("must be a valid {what}"));
            }
        }
    }
}

/// The text's formats by the names of their rules.
type Format = (&'static str, &'static str, fn(&str) -> bool);

const WELL_KNOWN: &[Format] = &[
    ("email", "email address", cel::is_email),
    ("hostname", "hostname", cel::is_hostname),
    ("ip", "IP address", |text| cel::is_ip(text, 0)),
    ("ipv4", "IPv4 address", |text| cel::is_ip(text, 4)),
    ("ipv6", "IPv6 address", |text| cel::is_ip(text, 6)),
    ("uri", "URI", cel::is_uri),
    ("uri_ref", "URI Reference", cel::is_uri_ref),
    ("address", "hostname, or ip address", |text| cel::is_hostname(text) || cel::is_ip(text, 0)),
    ("uuid", "UUID", |text| {
        let lengths: Vec<usize> = text.split('-').map(str::len).collect();
        lengths == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
    }),
    ("tuuid", "trimmed UUID", |text| {
        text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    }),
    ("ip_with_prefixlen", "IP prefix", |text| cel::is_ip_prefix(text, 0, false)),
    ("ipv4_with_prefixlen", "IPv4 address with prefix length", |text| {
        cel::is_ip_prefix(text, 4, false)
    }),
    ("ipv6_with_prefixlen", "IPv6 address with prefix length", |text| {
        cel::is_ip_prefix(text, 6, false)
    }),
    ("ip_prefix", "IP prefix", |text| cel::is_ip_prefix(text, 0, true)),
    ("ipv4_prefix", "IPv4 prefix", |text| cel::is_ip_prefix(text, 4, true)),
    ("ipv6_prefix", "IPv6 prefix", |text| cel::is_ip_prefix(text, 6, true)),
    ("host_and_port", "host and port pair", |text| cel::is_host_and_port(text, true)),
    ("ulid", "ULID", |text| {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() && !b"ILOUilou".contains(&byte);
        text.len() == 26 && text.starts_with(|one| ('0'..='7').contains(&one)) && text.bytes().all(letter)
    }),
    ("protobuf_fqn", "fully-qualified Protobuf name", is_name),
    ("protobuf_dot_fqn", "fully-qualified Protobuf name with a leading dot", |text| {
        text.strip_prefix('.').is_some_and(is_name)
    }),
];

fn is_name(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.split('.').all(|part| {
        !part.is_empty() && !part.starts_with(|one: char| one.is_ascii_digit()) && part.bytes().all(letter)
    })
}

/// The kind of the values of constraints of a type, for printing.
pub(super) fn kind(of: &str) -> Kind {
    if of == "float" { Kind::Float } else { Kind::Double }
}
