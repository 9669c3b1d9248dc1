//! What is wrong, where, for whom, and what to do instead.

use serde::{Deserialize, Serialize};

use crate::{Proof, Role, Subject, Verdict};

/// Whether a finding stops the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Reported only: it breaks nothing but versions before 1.0.0, which promise nothing, or
    /// somebody let it pass.
    Warning,
    /// Stops the gate.
    Error,
}

/// One thing that is wrong with a contract or its sources.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// The file at fault, relative to the proto root; the old file where the new one is gone.
    pub path: String,
    /// The file in the old version, which ignoring looks at too; none where nothing is compared.
    #[serde(skip)]
    pub old_path: Option<String>,
    /// Whether `path` is gone from the new version, so that line and column say nothing.
    pub deleted: bool,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1.
    pub column: u32,
    /// Of the end, counted from 1.
    pub end_line: u32,
    /// Of the end, exclusive, counted from 1.
    pub end_column: u32,
    /// A rule's id, or `COMPILE`.
    pub rule: String,
    /// Whether it stops the gate.
    pub severity: Severity,
    /// What changed.
    pub message: String,
    /// The full name of what it is about, such as `shop.orders.v1.Order.tracking_code`.
    pub subject: String,
    /// What to do instead.
    pub remedy: String,
    /// What running programs make of it; none for a compile error.
    pub verdict: Option<Verdict>,
    /// Why that is the verdict, where the differences between the versions tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who reads the message it is in.
    pub role: Option<Role>,
    /// The released versions that it breaks, oldest first.
    pub versions: Vec<String>,
    /// The element itself; `subject` is its name.
    #[serde(skip)]
    pub element: Option<Subject>,
    /// The bytes that prove it, once somebody looked for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
    /// Until when, by whom and why it stops nothing, where somebody let it pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<String>,
}

impl Finding {
    /// The rule id of what does not compile.
    pub const COMPILE: &'static str = "COMPILE";

    /// A finding about a file rather than about an element of a contract.
    #[must_use]
    pub fn in_file(rule: &str, path: &str, (line, column): (u32, u32), message: String) -> Self {
        Self {
            path: path.to_owned(),
            old_path: None,
            deleted: false,
            line,
            column,
            end_line: line,
            end_column: column,
            rule: rule.to_owned(),
            severity: Severity::Error,
            message,
            subject: path.to_owned(),
            remedy: String::new(),
            verdict: None,
            reason: None,
            role: None,
            versions: Vec::new(),
            element: None,
            proof: None,
            waived: None,
        }
    }

    /// What is printed of it, in the order in which findings are printed: what has no place first.
    #[must_use]
    pub fn shown(&self) -> impl Ord + PartialEq + use<'_> {
        let path = (!self.deleted).then_some(&*self.path);
        let (start, end) = ((self.line, self.column), (self.end_line, self.end_column));
        (path, start, &*self.rule, &*self.message, end)
    }

    /// The same finding with what to do about it.
    #[must_use]
    pub fn with_remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: remedy.into(), ..self }
    }
}
