//! Top-level statements.

use super::recovery::STATEMENTS;
use super::suggestion::nearest;
use super::{Failed, Parse, Parser};
use crate::compile::Places;
use crate::descriptor::{
    File, Import, ImportKind, LocationId, Position, Span, Step, Syntax, Visibility,
};
use crate::lexer::{Token, TokenKind};

const KEYWORDS: [&str; 9] =
    ["message", "enum", "service", "extend", "option", "import", "package", "syntax", "edition"];

impl Parser<'_> {
    pub(super) fn file(&mut self, file: &mut File) {
        self.start();
        let is_empty = self.places == Places::Buf && self.at_end();
        let start = if is_empty { Position::default() } else { self.current.span().start };
        let root = self.locations.open(None, Step::Same, start);
        if matches!(self.word(), "syntax" | "edition") {
            let first = self.current;
            if self.syntax(root).is_err() {
                self.recover(first);
            }
        } else {
            file.image.is_syntax_unspecified = true;
        }
        file.syntax = self.syntax;
        while !self.at_end() {
            let first = self.current;
            match self.top_level(file, root) {
                Ok(()) => self.is_lost = false,
                Err(Failed) => self.recover(first),
            }
            if self.at(b'}') {
                if !self.is_lost {
                    let span = self.current.span();
                    let help = "remove it, or add the `{` before";
                    self.report(span, "this `}` closes nothing", Some(help));
                }
                self.finish(None);
            }
        }
        self.close(root);
        shrink(file);
    }

    fn syntax(&mut self, root: LocationId) -> Parse {
        let location = self.open(root, Step::Field(12));
        let is_edition = self.word() == "edition";
        // Until it is known better, whatever any edition has is right.
        self.is_syntax_unknown = true;
        self.syntax = if is_edition { Syntax::EDITION_2024 } else { Syntax::Proto3 };
        self.advance();
        self.symbol(b'=')?;
        let start = self.current.span().start;
        let what = if is_edition { "an edition in quotes" } else { "a syntax in quotes" };
        let value = self.utf8_string(what)?;
        let span = Span { start, end: self.previous.span().end };
        let known = match (is_edition, value.as_str()) {
            (false, "proto2") => Some(Syntax::Proto2),
            (false, "proto3") => Some(Syntax::Proto3),
            (true, "2023") => Some(Syntax::EDITION_2023),
            (true, "2024") => Some(Syntax::EDITION_2024),
            // Which protoc 35 only takes with a flag.
            (true, "2026") if self.places == Places::Buf => Some(Syntax::EDITION_2026),
            _ => None,
        };
        if let Some(syntax) = known {
            self.syntax = syntax;
            self.is_syntax_unknown = false;
        } else if is_edition {
            let help = "there are \"2023\" and \"2024\"";
            self.report(span, format!("there is no edition \"{value}\""), Some(help));
        } else {
            let help = "there are \"proto2\" and \"proto3\", and `edition = \"2023\";` instead";
            self.report(span, format!("there is no syntax \"{value}\""), Some(help));
        }
        self.semicolon(Some(location))?;
        self.close(location);
        Ok(())
    }

    fn top_level(&mut self, file: &mut File, root: LocationId) -> Parse {
        if self.at(b';') {
            self.finish(None);
            return Ok(());
        }
        let visibility = self.visibility()?;
        let word = self.word();
        let known = KEYWORDS.into_iter().find(|&known| known == word);
        match known.or_else(|| self.meant(word)).unwrap_or_default() {
            "message" => {
                let location = self.open(root, Step::Element(4, file.messages.len()));
                let message = self.message(location, visibility)?;
                file.messages.push(message);
            }
            "enum" => {
                let location = self.open(root, Step::Element(5, file.enums.len()));
                let enumeration = self.enumeration(location, visibility)?;
                file.enums.push(enumeration);
            }
            "service" => {
                let location = self.open(root, Step::Element(6, file.services.len()));
                let service = self.service(location)?;
                file.services.push(service);
            }
            "extend" => {
                let location = self.open(root, Step::Field(7));
                self.extend(&mut file.extensions, &mut file.messages, (root, 4), location)?;
            }
            "import" => self.import(file, root)?,
            "package" => self.package(file, root)?,
            "option" => {
                let location = self.open(root, Step::Field(8));
                self.option_statement(&mut file.options, location)?;
            }
            "syntax" | "edition" => return Err(self.late_syntax(word)),
            _ => {
                let help = "a file holds `message`, `enum`, `service`, `extend`, `option`, `import` \
                            and `package`";
                // Of statements that all seem to be in the wrong place, the first is told.
                let was_lost = std::mem::replace(&mut self.is_lost, true);
                if !was_lost {
                    self.expected_statement("a top-level statement", help);
                }
                return Err(Failed);
            }
        }
        Ok(())
    }

    /// The keyword that somebody slipped in writing; it is then read as such.
    fn meant(&mut self, word: &str) -> Option<&'static str> {
        let follows = self.ahead().next().map(|token| token.kind);
        if !matches!(follows, Some(TokenKind::Identifier | TokenKind::String)) {
            return None;
        }
        let meant = nearest(word, &KEYWORDS).filter(|_| !STATEMENTS.contains(&word))?;
        let help = format!("did you mean `{meant}`?");
        let span = self.current.span();
        self.report(span, format!("`{word}` is no statement"), Some(&help));
        Some(meant)
    }

    fn late_syntax(&mut self, word: &str) -> Failed {
        let span = self.current.span();
        let help = "it must be the first statement of the file, and stand there once";
        self.report(span, format!("`{word}` comes too late"), Some(help));
        Failed
    }

    /// `export` or `local`, which older editions take for the name of a type.
    pub(super) fn visibility(&mut self) -> Parse<Visibility> {
        let visibility = match self.word() {
            "export" => Visibility::Export,
            "local" => Visibility::Local,
            _ => return Ok(Visibility::Unset),
        };
        if self.syntax.edition() < Syntax::EDITION_2024.edition() || self.is_type() {
            return Ok(Visibility::Unset);
        }
        let word = self.word();
        self.advance();
        if !matches!(self.word(), "message" | "enum") {
            let what = format!("`message` or `enum` behind `{word}`");
            return Err(self.expected(&what, Some("only messages and enums have a visibility")));
        }
        Ok(visibility)
    }

    /// Notes where `export` stands of what is nested, for that may be wrong.
    pub(super) fn locate_visibility(
        &mut self,
        location: LocationId,
        field: u16,
        said: Visibility,
        word: Token,
    ) {
        if said == Visibility::Export {
            let location = self.locate(location, Step::Field(field), word, word);
            self.locations.hide_but_from_faults(location);
        }
    }

    fn package(&mut self, file: &mut File, root: LocationId) -> Parse {
        if !file.package.is_empty() {
            let span = self.current.span();
            let help = "a file has one package";
            self.report(span, "the package is said a second time", Some(help));
        }
        let location = self.open(root, Step::Field(2));
        self.advance();
        let name = self.dotted("a package name")?;
        self.semicolon(Some(location))?;
        self.close(location);
        file.package = name.into();
        Ok(())
    }

    fn import(&mut self, file: &mut File, root: LocationId) -> Parse {
        let first = self.current;
        self.advance();
        if self.word() == "option" {
            return self.option_import(file, root, first);
        }
        if !file.option_imports.is_empty() {
            let help = "the order is lost in a descriptor; move it before them";
            self.report(first.span(), "an import stands behind `import option`", Some(help));
        }
        let index = file.imports.len();
        let location = self.open_at(root, Step::Element(3, index), first);
        let kind = match self.word() {
            "public" => ImportKind::Public,
            "weak" => ImportKind::Weak,
            _ => ImportKind::Plain,
        };
        if kind != ImportKind::Plain {
            let number = if kind == ImportKind::Public { 10 } else { 11 };
            let before = file.imports.iter().filter(|import| import.kind == kind).count();
            self.locate(root, Step::Element(number, before), self.current, self.current);
            if kind == ImportKind::Weak && self.syntax.edition() >= Syntax::EDITION_2024.edition() {
                let span = self.current.span();
                let help = "`import option` imports what only options need";
                self.report(span, "edition 2024 has no weak imports", Some(help));
            }
            self.advance();
        }
        let path = self.utf8_string("the path of the imported file in quotes")?;
        self.semicolon(Some(location))?;
        self.close(location);
        file.imports.push(Import { path: path.into(), kind });
        Ok(())
    }

    fn option_import(&mut self, file: &mut File, root: LocationId, first: Token) -> Parse {
        if self.syntax.edition() < Syntax::EDITION_2024.edition() && !self.is_syntax_unknown {
            let span = self.current.span();
            let help = "write `edition = \"2024\";`, or import the file plainly";
            self.report(span, "only edition 2024 has `import option`", Some(help));
        }
        let location = self.open_at(root, Step::Element(15, file.option_imports.len()), first);
        self.advance();
        let path = self.utf8_string("the path of the imported file in quotes")?;
        self.semicolon(Some(location))?;
        self.close(location);
        file.option_imports.push(path.into());
        Ok(())
    }
}

fn shrink(file: &mut File) {
    file.imports.shrink_to_fit();
    file.messages.shrink_to_fit();
    file.enums.shrink_to_fit();
    file.services.shrink_to_fit();
    file.extensions.shrink_to_fit();
}
