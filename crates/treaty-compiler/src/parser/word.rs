//! Words that begin a statement or are types, which buf takes for the name of a type where a field
//! follows: `message.v1.Foo x = 1;`, `reserved x = 1;`. protoc takes them for what they are elsewhere.

use super::Parser;
use crate::compile::Places;
use crate::lexer::TokenKind;

/// How many tokens of the options of a field are passed to see whether a group is opened behind.
const MAX_AHEAD: usize = 200;

impl Parser<'_> {
    /// Whether the word that begins a statement begins the type of a field instead.
    pub(super) fn is_type(&self) -> bool {
        match self.word() {
            // Behind which a name that begins with a dot may stand.
            "extend" if self.is_before_dot() => self.is_before_path_and_name(),
            "option" => self.is_before_dot(),
            _ => self.is_before_dot() || self.is_before_name_only(),
        }
    }

    /// Whether a dot follows, so that even `string` is a package.
    pub(super) fn is_before_dot(&self) -> bool {
        self.places == Places::Buf && self.behind().first() == Some(&b'.')
    }

    /// Whether a name and `=` follow, so that even `optional` is a type.
    pub(super) fn is_before_name_only(&self) -> bool {
        if self.places == Places::Protoc {
            return false;
        }
        let behind = self.behind();
        let is_letter = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
        let length = behind.iter().take_while(is_letter).count();
        length > 0 && behind[length..].trim_ascii_start().first() == Some(&b'=')
    }

    /// Whether `group` is the name of a type here: nothing is opened behind the field's number.
    pub(super) fn is_group_a_type(&self) -> bool {
        if self.places == Places::Protoc {
            return false;
        }
        let mut ahead = self.ahead().map(|token| token.kind);
        let begins_field = ahead.next() == Some(TokenKind::Identifier)
            && ahead.next() == Some(TokenKind::Symbol(b'='))
            && ahead.next() == Some(TokenKind::Integer);
        let ends = [TokenKind::Symbol(b';'), TokenKind::Symbol(b'{'), TokenKind::End];
        let mut ahead = ahead.take(MAX_AHEAD);
        begins_field && ahead.find(|kind| ends.contains(kind)) == Some(TokenKind::Symbol(b';'))
    }

    /// The text behind the current token and blanks; looking there costs less than reading tokens.
    /// Where a comment stands between, the word is what it is elsewhere.
    fn behind(&self) -> &[u8] {
        self.text.as_bytes()[self.current.end as usize..].trim_ascii_start()
    }

    fn is_before_path_and_name(&self) -> bool {
        let mut was_name = false;
        for token in self.ahead() {
            match token.kind {
                TokenKind::Symbol(b'.') => was_name = false,
                TokenKind::Identifier if was_name => return true,
                TokenKind::Identifier => was_name = true,
                _ => return false,
            }
        }
        false
    }
}
