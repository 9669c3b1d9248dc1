//! Where this is meant to answer other than buf, and why.

/// One command that is answered in another way.
pub(crate) struct Difference {
    pub(crate) case: &'static str,
    pub(crate) name: &'static str,
    /// Whether only the text is another; else the exit code is another too.
    pub(crate) same_exit: bool,
    pub(crate) why: &'static str,
}

/// All of them; one that has gone is an error.
pub(crate) const DIFFERENCES: &[Difference] = &[
    answer("formats", "lint gcc", "`gcc` is another name of `text` here, as buf once had it"),
    answer("formats", "lint unknown", "the case asks for SARIF, which this has"),
    answer("inputs", "git ref before", "`next~1` is a revision like any other here"),
    answer("message_set", "lint", "buf cannot check message sets; this can"),
    answer("message_set", "breaking", "buf cannot check message sets; this can"),
    text("formats", "broken lint text", COMPILER),
    text("formats", "broken lint json", COMPILER),
    text("formats", "broken lint msvs", COMPILER),
    text("formats", "broken lint junit", COMPILER),
    text("formats", "broken lint github-actions", COMPILER),
    text("formats", "broken lint gitlab-code-quality", COMPILER),
    text("formats", "broken lint config-ignore-yaml", COMPILER),
    text("formats", "broken build text", COMPILER),
    text("formats", "broken build json", COMPILER),
    text("formats", "broken breaking", COMPILER),
    text("formats", "broken against", COMPILER),
    text("v1", "category of v2 alone", COMPILER),
];

const COMPILER: &str = "each compiler has its own words for what does not compile";

const fn answer(case: &'static str, name: &'static str, why: &'static str) -> Difference {
    Difference { case, name, same_exit: false, why }
}

const fn text(case: &'static str, name: &'static str, why: &'static str) -> Difference {
    Difference { case, name, same_exit: true, why }
}
