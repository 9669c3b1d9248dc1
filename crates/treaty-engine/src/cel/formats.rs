//! Tells addresses, names and URIs from other text. — *Source*: protovalidate's definitions of its
//! functions; RFC 1034, RFC 3986, RFC 4291, RFC 4632, and the WHATWG's of an email address.

use core::net::{Ipv4Addr, Ipv6Addr};

pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    !local.is_empty() && local.bytes().all(letter) && domain.split('.').all(is_label)
}

/// Letters, digits and hyphens that stand neither first nor last.
fn is_label(label: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=63).contains(&label.len())
        && label.bytes().all(inside)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

pub(crate) fn is_hostname(text: &str) -> bool {
    if text.len() > 253 {
        return false;
    }
    let name = text.strip_suffix('.').unwrap_or(text);
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit());
    name.split('.').all(is_label) && !is_number
}

/// Of version 4, 6, or with 0 either.
pub(crate) fn is_ip(text: &str, version: u8) -> bool {
    let four = || text.parse::<Ipv4Addr>().is_ok();
    let six = || {
        let (address, zone) = text.split_once('%').unwrap_or((text, "zone"));
        !zone.is_empty() && !zone.contains('\0') && address.parse::<Ipv6Addr>().is_ok()
    };
    match version {
        0 => four() || six(),
        4 => four(),
        6 => six(),
        _ => false,
    }
}

/// An address, a slash and a length; strictly, with nothing but zeros behind the length.
pub(crate) fn is_ip_prefix(text: &str, version: u8, strict: bool) -> bool {
    let Some((address, length)) = text.rsplit_once('/') else { return false };
    let sound = length == "0" || !length.starts_with(['0', '+']);
    let Some(length) = length.parse::<u32>().ok().filter(|_| sound) else { return false };
    let four = || {
        let Ok(address) = address.parse::<Ipv4Addr>() else { return false };
        let rest = address.to_bits().checked_shl(length).unwrap_or(0);
        length <= 32 && (!strict || rest == 0)
    };
    let six = || {
        let Ok(address) = address.parse::<Ipv6Addr>() else { return false };
        let rest = address.to_bits().checked_shl(length).unwrap_or(0);
        length <= 128 && (!strict || rest == 0)
    };
    match version {
        0 => four() || six(),
        4 => four(),
        6 => six(),
        _ => false,
    }
}

pub(crate) fn is_host_and_port(text: &str, port_required: bool) -> bool {
    let is_port = |port: &str| {
        let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        digits && (port == "0" || !port.starts_with('0')) && port.parse::<u16>().is_ok()
    };
    if let Some(inside) = text.strip_prefix('[') {
        let Some((address, behind)) = inside.rsplit_once(']') else { return false };
        let port = match behind.strip_prefix(':') {
            Some(port) => is_port(port),
            None => behind.is_empty() && !port_required,
        };
        return port && is_ip(address, 6);
    }
    let is_host = |host: &str| is_hostname(host) || is_ip(host, 4);
    match text.rsplit_once(':') {
        Some((host, port)) => is_host(host) && is_port(port),
        None => !port_required && is_host(text),
    }
}

pub(crate) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    let sound = scheme.starts_with(|one: char| one.is_ascii_alphabetic());
    sound && scheme.bytes().all(letter) && is_behind_scheme(rest)
}

pub(crate) fn is_uri_ref(text: &str) -> bool {
    // The first segment of a relative path cannot hold a colon: it would be a scheme.
    let path = text.split(['/', '?', '#']).next().unwrap_or_default();
    is_uri(text) || (!path.contains(':') && is_behind_scheme(text))
}

fn is_behind_scheme(rest: &str) -> bool {
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    if !is_made_of(query, b":@/?") || !is_made_of(fragment, b":@/?") {
        return false;
    }
    let Some(behind) = path.strip_prefix("//") else { return is_made_of(path, b":@/") };
    let (authority, path) = behind.split_at(behind.find('/').unwrap_or(behind.len()));
    is_authority(authority) && is_made_of(path, b":@/")
}

fn is_authority(authority: &str) -> bool {
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let behind_brackets = host.rfind(']').map_or(0, |end| end + 1);
    let (name, port) = match host[behind_brackets..].rfind(':') {
        Some(colon) => host.split_at(behind_brackets + colon),
        None => (host, ""),
    };
    let port = port.strip_prefix(':').unwrap_or(port);
    let host = match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(inside) => is_ip_literal(inside),
        None => is_made_of(name, b""),
    };
    is_made_of(user, b":") && host && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// What stands between brackets: an address of version 6 or one to come.
fn is_ip_literal(inside: &str) -> bool {
    if let Some(future) = inside.strip_prefix(['v', 'V']) {
        let Some((version, rest)) = future.split_once('.') else { return false };
        let hex = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_hexdigit());
        return hex && !rest.is_empty() && !rest.contains('%') && is_made_of(rest, b":");
    }
    let (address, zone) = inside.split_once("%25").unwrap_or((inside, "zone"));
    address.parse::<Ipv6Addr>().is_ok() && !zone.is_empty() && is_made_of(zone, b"")
}

/// Unreserved letters, escapes, sub-delimiters and these.
fn is_made_of(text: &str, also: &[u8]) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escape = byte == b'%';
        let hex = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_hexdigit);
        let plain = byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte);
        if escape && hex(at + 1) && hex(at + 2) {
            at += 3;
        } else if plain || also.contains(&byte) {
            at += 1;
        } else {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_text() {
        assert!(is_email("a.b+c@x-y.example") && !is_email("a@-x") && !is_email("a"));
        assert!(is_hostname("a-b.example.") && !is_hostname("-a") && !is_hostname("1.2.3.4"));
        assert!(is_ip("127.0.0.1", 4) && is_ip("fe80::1%en1", 6) && !is_ip("01.2.3.4", 0));
        assert!(is_ip_prefix("10.0.0.0/8", 4, true) && !is_ip_prefix("10.0.0.1/8", 0, true));
        assert!(is_ip_prefix("::/0", 6, true) && !is_ip_prefix("::1/129", 0, false));
        assert!(is_host_and_port("[::1]:80", true) && is_host_and_port("a.b", false));
        assert!(!is_host_and_port("a.b:065", true) && !is_host_and_port("[::1", false));
    }

    #[test]
    fn uris_are_told_from_other_text() {
        for uri in ["https://u@h.example:80/a%20b?q#f", "urn:a:b", "http://[::1%25eth0]/", "a://"] {
            assert!(is_uri(uri), "{uri}");
        }
        for other in ["", "/a", "1a:b", "http://h/%zz", "http://[::1", "a:b c"] {
            assert!(!is_uri(other), "{other}");
        }
        assert!(is_uri_ref("./a:b") && is_uri_ref("//h/a") && is_uri_ref("") && !is_uri_ref("^"));
    }
}
