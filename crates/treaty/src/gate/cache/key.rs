//! Makes keys of what answers follow from. — *Holds*: different parts, in number, order or bytes, have
//! different keys, and so have different builds of the program.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// Stands for all that an answer follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::gate) struct Key([u8; 32]);

impl Key {
    /// That of bytes alone, whatever reads them.
    pub(in crate::gate) fn of_bytes(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// What stands before the body under this key.
    pub(super) fn seal(&self, body: &[u8]) -> [u8; 32] {
        Sha256::new_with_prefix(self.0).chain_update(body).finalize().into()
    }

    /// Whether a name is a key's.
    pub(super) fn is(name: &str) -> bool {
        name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
    }

    /// Half a word of it, for comparing many.
    pub(super) fn short(&self) -> u64 {
        let Self([a, b, c, d, e, f, g, h, ..]) = *self;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    pub(super) fn parse(hex: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if !Self::is(hex) {
            return None;
        }
        for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
            *byte = u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl AsRef<[u8]> for Key {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What an answer follows from, part by part.
pub(in crate::gate) struct Parts(Sha256);

impl Parts {
    /// Of an answer of that kind.
    pub(in crate::gate) fn of(kind: &str) -> Self {
        Self(Sha256::new()).with(env!("TREATY_FINGERPRINT")).with(kind)
    }

    pub(in crate::gate) fn with(mut self, part: impl AsRef<[u8]>) -> Self {
        self.add(part);
        self
    }

    pub(in crate::gate) fn add(&mut self, part: impl AsRef<[u8]>) {
        let part = part.as_ref();
        let length = u64::try_from(part.len()).expect("memory has fewer bytes");
        self.0.update(length.to_be_bytes());
        self.0.update(part);
    }

    /// How many parts follow, so that one list does not run into the next.
    pub(in crate::gate) fn count(&mut self, number: usize) {
        self.add(number.to_string());
    }

    pub(in crate::gate) fn key(self) -> Key {
        Key(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        let key =
            |parts: &[&str]| parts.iter().fold(Parts::of("test"), |all, part| all.with(part)).key();
        let all = [key(&["ab", "c"]), key(&["a", "bc"]), key(&["abc"]), key(&["abc", ""])];
        for (at, one) in all.iter().enumerate() {
            assert!(!all[..at].contains(one));
            assert_eq!(Key::parse(&one.to_string()), Some(*one));
        }
        assert_eq!(Key::parse("é"), None);
    }
}
