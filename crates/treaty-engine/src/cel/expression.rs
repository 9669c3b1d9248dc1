//! What an expression is made of.

/// An expression; macros are nodes of their own.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Text(String),
    Bytes(Vec<u8>),
    /// Also with a leading dot.
    Name(String),
    /// `a.b`
    Select(Box<Expression>, String),
    /// `has(a.b)`
    Has(Box<Expression>, String),
    /// `f(a)`, and operators by the names that cel-go gives them.
    Call(String, Vec<Expression>),
    /// `a.f(b)`
    Method(Box<Expression>, String, Vec<Expression>),
    List(Vec<Expression>),
    Map(Vec<(Expression, Expression)>),
    /// `pkg.Message{field: value}`
    Message(String, Vec<(String, Expression)>),
    /// `range.all(variable, …)` and its kin.
    Loop(Box<Loop>),
}

/// A macro that goes over a list or the keys of a map.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Loop {
    pub(crate) kind: LoopKind,
    pub(crate) range: Expression,
    pub(crate) variable: String,
    /// What is asked of each; of a plain `map` none.
    pub(crate) predicate: Option<Expression>,
    /// What `map` makes of each.
    pub(crate) transform: Option<Expression>,
}

/// Which macro.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LoopKind {
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
}
