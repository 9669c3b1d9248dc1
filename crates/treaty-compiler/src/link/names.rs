//! Finds what a name means where it is used. — *Holds*: the innermost scope that knows the first part of
//! a name decides, as C++ does. — *Source*: protoc's `DescriptorBuilder::LookupSymbol`.

use super::graph::{FileId, Graph};
use super::table::{Symbol, Table, is_within};
use crate::compile::Places;
use crate::descriptor::File;
use crate::spelling;

/// What names are looked up in, seen from one file.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) files: &'a [File],
    pub(crate) table: &'a Table,
    pub(crate) graph: &'a Graph,
    pub(crate) here: FileId,
    /// Some of what protoc refuses, buf takes.
    pub(crate) places: Places,
}

/// How many names of a file are looked for among all that are similar, each time names are looked up in it.
pub(crate) const MAX_SUGGESTIONS: usize = 10;

/// Which symbols end a search.
pub(crate) enum Wanted<'a> {
    /// A message or enum; anything else of that name is passed over.
    Type,
    /// Whatever there is. The question is answered for names that only their scope knows.
    Any(&'a dyn Fn(&str, &str) -> bool),
}

/// Why a name means nothing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Miss {
    Undefined,
    /// It is in a file that is not imported.
    NotImported(Box<str>, FileId),
    /// Its first part was found further in, and does not have the rest.
    Shadowed(Box<str>),
    /// It is a field, oneof, method or value of the scope.
    Local(Box<str>),
}

impl Names<'_> {
    /// What a name means within a scope, which is a full name or empty.
    pub(crate) fn resolve(
        &self,
        scope: &str,
        name: &str,
        wanted: &Wanted<'_>,
    ) -> Result<Symbol, Miss> {
        if let Some(absolute) = name.strip_prefix('.') {
            return self.find(absolute).map_err(|miss| miss.unwrap_or(Miss::Undefined));
        }
        let first_end = name.find('.').unwrap_or(name.len());
        let first = &name[..first_end];
        let (mut elsewhere, mut hidden) = (None, None);
        let mut note = |miss: Option<Miss>| elsewhere = miss.or(elsewhere.take());
        let mut candidate = String::with_capacity(scope.len() + 1 + name.len());
        let mut scope = scope;
        while !scope.is_empty() {
            candidate.clear();
            candidate.extend([scope, ".", first]);
            match self.find(&candidate) {
                Ok(symbol) if self.is_hidden(symbol) => {
                    hidden = Some(symbol).filter(|_| first.len() == name.len());
                }
                Ok(symbol) if first.len() == name.len() => match (wanted, symbol) {
                    (Wanted::Any(_), _) | (_, Symbol::Message(_) | Symbol::Enum(_)) => {
                        return Ok(symbol);
                    }
                    _ => {}
                },
                Ok(symbol) if self.is_scope(symbol) => {
                    candidate.push_str(&name[first_end..]);
                    return self.find(&candidate).map_err(|miss| {
                        miss.unwrap_or_else(|| Miss::Shadowed(candidate.as_str().into()))
                    });
                }
                Ok(_) => {}
                Err(miss) => note(miss),
            }
            if let (Wanted::Any(is_local), true) = (wanted, first.len() == name.len())
                && is_local(scope, first)
            {
                return Err(Miss::Local(candidate.as_str().into()));
            }
            scope = scope.rfind('.').map_or("", |end| &scope[..end]);
        }
        let found = self.find(name);
        // Of what is only hidden, it is told later that it cannot be used.
        found.or_else(|miss| hidden.ok_or(miss.or(elsewhere).unwrap_or(Miss::Undefined)))
    }

    /// Whether a symbol ends the search for the first part of a name.
    fn is_scope(&self, symbol: Symbol) -> bool {
        let is_protoc = self.places == Places::Protoc;
        match symbol {
            Symbol::Package | Symbol::Message(_) => true,
            // Which hold no types, so buf searches on.
            Symbol::Enum(_) => is_protoc,
            Symbol::Other(_) => is_protoc && self.table.path(symbol).len() == 2,
            Symbol::Extension(_) => false,
        }
    }

    /// The symbol of a full name, if it can be seen from here.
    pub(crate) fn find(&self, full_name: &str) -> Result<Symbol, Option<Miss>> {
        let symbol = self.table.get(full_name).ok_or(None)?;
        let Some(file) = self.table.file(symbol) else {
            let mut seen = std::iter::once(self.here).chain(self.graph.visible(self.here));
            let is_seen = seen.any(|file| is_within(&self.files[file as usize].package, full_name));
            return if is_seen { Ok(symbol) } else { Err(None) };
        };
        let is_option = matches!(symbol, Symbol::Extension(_));
        if self.graph.sees(self.here, file)
            || is_option && self.graph.sees_options(self.here, file)
            || self.table.is_duplicate(full_name)
        {
            return Ok(symbol);
        }
        Err(Some(Miss::NotImported(full_name.into(), file)))
    }

    /// What is wrong with a name, and what may have been meant, as long as there are `suggestions` left.
    pub(crate) fn explain(
        &self,
        name: &str,
        miss: &Miss,
        suggestions: &mut usize,
    ) -> (String, Option<String>) {
        match miss {
            Miss::Undefined => {
                let nearest = spend(suggestions).then(|| self.suggest(name)).flatten();
                (format!("`{name}` is not defined"), nearest)
            }
            Miss::NotImported(full_name, file) => {
                let file = &self.files[*file as usize].name;
                let message =
                    format!("`{full_name}` seems to be defined in `{file}`, which is not imported");
                (message, Some(format!("add `import \"{file}\";`")))
            }
            Miss::Shadowed(resolved) => (
                format!("`{name}` resolves to `{resolved}`, which is not defined"),
                Some(format!(
                    "the innermost scope is searched first; write `.{name}` to begin at the outermost"
                )),
            ),
            Miss::Local(resolved) => (
                format!("`{name}` resolves to `{resolved}`, which is not a type"),
                Some(format!(
                    "write `.{name}` with the package in front to begin at the outermost scope"
                )),
            ),
        }
    }

    /// The nearest name there is.
    fn suggest(&self, name: &str) -> Option<String> {
        let short = name.rsplit('.').next()?;
        let near = self.table.names().filter_map(|(known, symbol)| {
            let is_type = matches!(symbol, Symbol::Message(_) | Symbol::Enum(_));
            let last = known.rsplit('.').next().filter(|_| is_type)?;
            Some((distance(short, last)?, known, symbol))
        });
        let (_, known, symbol) = near.min_by_key(|&(distance, known, _)| (distance, known))?;
        let file = self.table.file(symbol)?;
        let import = if self.graph.sees(self.here, file) {
            String::new()
        } else {
            format!(" of `{}`", self.files[file as usize].name)
        };
        Some(format!("did you mean `{known}`{import}?"))
    }
}

/// Whether there was one left.
pub(crate) fn spend(suggestions: &mut usize) -> bool {
    let left = suggestions.checked_sub(1);
    *suggestions = left.unwrap_or_default();
    left.is_some()
}

/// How many letters differ, up to a third of them, in whatever case.
pub(crate) fn distance(one: &str, other: &str) -> Option<usize> {
    let limit = (one.len() / 3).min(3);
    if one.len().abs_diff(other.len()) > limit || one.len() > 64 {
        return None;
    }
    Some(spelling::distance(one, other)).filter(|&distance| distance <= limit)
}
