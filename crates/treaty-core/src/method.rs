//! Reads the path of a gRPC call: `/package.Service/Method`.
//!
//! *Source*: gRPC over HTTP/2, `:path` → "/" Service-Name "/" {method name}.

use std::fmt;

/// The two names in the path of a call, borrowed from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MethodPath<'a> {
    /// Full name of the service, such as `shop.catalog.v2.CatalogService`.
    pub service: &'a str,
    /// Name of the method, such as `GetProduct`.
    pub method: &'a str,
}

impl<'a> MethodPath<'a> {
    /// Splits a path, or returns `None` when it is not that of a gRPC call.
    pub fn parse(path: &'a str) -> Option<Self> {
        let (service, method) = path.strip_prefix('/')?.split_once('/')?;
        let named = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_'))
        };
        (named(service) && named(method)).then_some(Self { service, method })
    }
}

impl fmt::Display for MethodPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.service, self.method)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_a_path() {
        let path = MethodPath::parse("/shop.catalog.v2.CatalogService/GetProduct").unwrap();
        assert_eq!((path.service, path.method), ("shop.catalog.v2.CatalogService", "GetProduct"));
    }

    #[test]
    fn refuses_other_paths() {
        for path in
            ["", "/", "//", "/a", "/a/", "//b", "a/b", "/a/b/c", "/a/b?c", "/a b/c", "/a%2Fb/c"]
        {
            assert_eq!(MethodPath::parse(path), None, "{path}");
        }
    }
}
