//! Parses expressions. — *Holds*: nesting is bounded. — *Source*: `CEL.g4` of cel-go; where it gives up
//! or goes on after an error is how ANTLR does it for one missing or superfluous token.

mod primary;

use super::expression::{Expression, Loop, LoopKind};
use super::lexer::{Kind, Token, tokens};

/// How deep expressions may nest while they are parsed, and how tall what comes out may be.
const MAX_DEPTH: usize = 60;
const MAX_HEIGHT: usize = 250;

/// How long they may be.
const MAX_LENGTH: usize = 100_000;

/// What an expression can begin with, as ANTLR lists it.
const BEGINS: &str = "'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, \
                      NUM_UINT, STRING, BYTES, IDENTIFIER";

/// The same where a call can end instead.
const BEGINS_OR_ENDS: &str = "'[', '{', '(', ')', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, \
                              NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER";

/// Words that are kept for other languages.
const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// The expression, or what is wrong with it.
pub(super) fn parse(text: &str) -> Result<Expression, Vec<String>> {
    if text.chars().count() > MAX_LENGTH {
        let size = text.chars().count();
        let limit = MAX_LENGTH;
        return Err(vec![format!(
            "expression code point size exceeds limit: size: {size}, limit {limit}"
        )]);
    }
    let (tokens, errors) = tokens(text);
    let mut parser = Parser { tokens, at: 0, depth: 0, height: 0, errors };
    let parsed = parser.expression();
    if parsed.is_ok() {
        parser.end();
    }
    match parsed {
        Ok(expression) if parser.errors.is_empty() => Ok(expression),
        _ => Err(parser.errors),
    }
}

/// The error is in the list already.
struct GaveUp;

type Parsed<T = Expression> = Result<T, GaveUp>;

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    /// Of the expression that was parsed last.
    height: usize,
    errors: Vec<String>,
}

/// Operators by how tightly they bind, the loosest first.
const LEVELS: [&[(&str, &str)]; 5] = [
    &[("||", "_||_")],
    &[("&&", "_&&_")],
    &[
        ("<", "_<_"),
        ("<=", "_<=_"),
        (">=", "_>=_"),
        (">", "_>_"),
        ("==", "_==_"),
        ("!=", "_!=_"),
        ("in", "@in"),
    ],
    &[("+", "_+_"), ("-", "_-_")],
    &[("*", "_*_"), ("/", "_/_"), ("%", "_%_")],
];

impl Parser {
    fn peek(&self, ahead: usize) -> &Token {
        let last = self.tokens.len() - 1;
        &self.tokens[(self.at + ahead).min(last)]
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.peek(0).kind, Kind::Sign(found) if found == sign)
    }

    fn accept(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        self.at += usize::from(found);
        found
    }

    fn fail<T>(&mut self, error: String) -> Parsed<T> {
        self.errors.push(error);
        Err(GaveUp)
    }

    fn mismatched<T>(&mut self, expected: &str) -> Parsed<T> {
        let found = self.peek(0).text.clone();
        self.fail(format!("mismatched input '{found}' expecting {expected}"))
    }

    /// Nothing may follow; one token that does is left out.
    fn end(&mut self) {
        if self.peek(0).kind == Kind::End {
            return;
        }
        let word = if self.peek(1).kind == Kind::End { "extraneous" } else { "mismatched" };
        let found = &self.peek(0).text;
        self.errors.push(format!("{word} input '{found}' expecting <EOF>"));
    }

    /// A sign; one that is missing is reported and thought there, one before it left out.
    fn require(&mut self, sign: &str) -> Parsed<()> {
        if self.accept(sign) {
            return Ok(());
        }
        let found = self.peek(0).text.clone();
        if matches!(self.peek(1).kind, Kind::Sign(next) if next == sign) {
            self.errors.push(format!("extraneous input '{found}' expecting '{sign}'"));
            self.at += 2;
            return Ok(());
        }
        if sign == ")" {
            self.errors.push(format!("missing ')' at '{found}'"));
            return Ok(());
        }
        self.mismatched(&format!("'{sign}'"))
    }

    fn begins(&self, ahead: usize) -> bool {
        match self.peek(ahead).kind {
            Kind::Sign(sign) => {
                matches!(sign, "[" | "{" | "(" | "." | "-" | "!" | "true" | "false" | "null")
            }
            Kind::End | Kind::Escaped => false,
            _ => true,
        }
    }

    fn expression(&mut self) -> Parsed {
        if self.depth == MAX_DEPTH {
            return self.too_deep();
        }
        self.depth += 1;
        self.height = 0;
        let parsed = self.conditional();
        self.depth -= 1;
        parsed
    }

    fn too_deep<T>(&mut self) -> Parsed<T> {
        self.fail(format!("expression recursion limit exceeded: {MAX_HEIGHT}"))
    }

    /// What was parsed last becomes part of something taller, beside a part of the given height.
    fn grow(&mut self, beside: usize) -> Parsed<()> {
        self.height = self.height.max(beside) + 1;
        if self.height > MAX_HEIGHT { self.too_deep() } else { Ok(()) }
    }

    fn conditional(&mut self) -> Parsed {
        let condition = self.binary(0)?;
        if !self.accept("?") {
            return Ok(condition);
        }
        let mut tallest = self.height;
        let yes = self.binary(0)?;
        tallest = tallest.max(self.height);
        self.require(":")?;
        let no = self.expression()?;
        self.grow(tallest)?;
        Ok(Expression::Call("_?_:_".to_owned(), vec![condition, yes, no]))
    }

    fn binary(&mut self, level: usize) -> Parsed {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        while let Some((_, name)) = operators.iter().find(|(sign, _)| self.is(sign)) {
            self.at += 1;
            let beside = self.height;
            let right = self.binary(level + 1)?;
            self.grow(beside)?;
            left = Expression::Call((*name).to_owned(), vec![left, right]);
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed {
        if !self.begins(0) {
            let found = self.peek(0).text.clone();
            if !self.begins(1) {
                return self.mismatched(&format!("{{{BEGINS}}}"));
            }
            self.errors.push(format!("extraneous input '{found}' expecting {{{BEGINS}}}"));
            self.at += 1;
        }
        for (sign, name) in [("!", "!_"), ("-", "-_")] {
            let mut count = 0;
            while self.is(sign) && !self.is_negative_number() {
                self.at += 1;
                count += 1;
            }
            if count > 0 {
                let inner = self.member()?;
                self.grow(0)?;
                let odd = count % 2 == 1;
                return Ok(if odd {
                    Expression::Call(name.to_owned(), vec![inner])
                } else {
                    inner
                });
            }
        }
        self.member()
    }

    fn is_negative_number(&self) -> bool {
        self.is("-") && matches!(self.peek(1).kind, Kind::Int | Kind::Float)
    }

    fn member(&mut self) -> Parsed {
        let mut inner = self.primary()?;
        loop {
            let beside = self.height;
            if self.accept("[") {
                if self.is("?") {
                    return self.fail("unsupported syntax '[?'".to_owned());
                }
                let index = self.expression()?;
                self.require("]")?;
                self.grow(beside)?;
                inner = Expression::Call("_[_]".to_owned(), vec![inner, index]);
            } else if self.accept(".") {
                inner = self.part(inner)?;
                self.grow(beside)?;
            } else {
                return Ok(inner);
            }
        }
    }

    fn part(&mut self, inner: Expression) -> Parsed {
        if self.is("?") {
            return self.fail("unsupported syntax '.?'".to_owned());
        }
        let token = self.peek(0).clone();
        let name = match token.kind {
            Kind::Name => token.text,
            Kind::Escaped => token.text.trim_matches('`').to_owned(),
            _ => {
                let found = if token.kind == Kind::End { "" } else { &*token.text };
                self.errors.push(format!("no viable alternative at input '.{found}'"));
                // An operator goes on from here.
                let goes_on = LEVELS.iter().any(|all| all.iter().any(|(sign, _)| self.is(sign)));
                return if goes_on { Ok(inner) } else { Err(GaveUp) };
            }
        };
        self.at += 1;
        if !self.accept("(") {
            return Ok(Expression::Select(Box::new(inner), name));
        }
        let arguments = self.arguments()?;
        self.method(inner, name, arguments)
    }

    fn arguments(&mut self) -> Parsed<Vec<Expression>> {
        let mut arguments = Vec::new();
        if self.accept(")") {
            return Ok(arguments);
        }
        if !self.begins(0) && !self.begins(1) {
            return self.mismatched(&format!("{{{BEGINS_OR_ENDS}}}"));
        }
        let mut tallest = 0;
        loop {
            arguments.push(self.expression()?);
            tallest = tallest.max(self.height);
            if !self.accept(",") {
                break;
            }
        }
        if !self.is(")") && self.peek(0).kind == Kind::End {
            self.mismatched::<()>("{')', ','}")?;
        }
        self.require(")")?;
        self.height = tallest;
        Ok(arguments)
    }

    /// A method, or a macro that looks like one.
    fn method(&mut self, target: Expression, name: String, mut rest: Vec<Expression>) -> Parsed {
        let kind = match (&*name, rest.len()) {
            ("all", 2) => LoopKind::All,
            ("exists", 2) => LoopKind::Exists,
            ("exists_one" | "existsOne", 2) => LoopKind::ExistsOne,
            ("filter", 2) => LoopKind::Filter,
            ("map", 2 | 3) => LoopKind::Map,
            _ => return Ok(Expression::Method(Box::new(target), name, rest)),
        };
        let transform = if kind == LoopKind::Map { rest.pop() } else { None };
        let predicate = if rest.len() > 1 { rest.pop() } else { None };
        let Some(Expression::Name(variable)) = rest.pop() else {
            return self.fail("argument must be a simple name".to_owned());
        };
        let range = target;
        Ok(Expression::Loop(Box::new(Loop { kind, range, variable, predicate, transform })))
    }
}
