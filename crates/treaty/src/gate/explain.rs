//! `treaty explain`: what a rule is about, or what two versions make of the same bytes. — *Does not*
//! know rules: the engine's rule book does.

mod bytes;
mod rule;

use anyhow::ensure;
use clap::Args;
use treaty_engine::book;

use super::render::Paint;
use super::{Report, WrongUsage, wrong_usage};

/// Explain a rule, or what two versions read in the same bytes
///
/// For a rule: what it finds, whom that hurts, an example with the bytes that prove it, and what to
/// do instead. For bytes: field by field what each version reads.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  treaty explain                                    every rule in one line\n  treaty explain FIELD_SAME_TYPE\n  treaty explain WIRE                               the rules of a category\n  treaty explain --bytes '08 96 01' --old .git#branch=main --new . --type shop.v1.Order\n  treaty explain --bytes @message.bin --old released --new .\n  treaty explain --book > docs/rules.md"
)]
pub(crate) struct ExplainArgs {
    /// The ids of rules, or a category; all rules where nothing is said
    #[arg(value_name = "RULE", conflicts_with_all = ["bytes", "book"])]
    rules: Vec<String>,
    /// The whole rule book, as Markdown
    #[arg(long, conflicts_with = "bytes")]
    book: bool,
    /// A message in hexadecimal or base64, or `@file` with its bytes (`@-` is standard input)
    #[arg(long, value_name = "HEX|BASE64|@FILE", requires = "old", requires = "new")]
    bytes: Option<String>,
    /// The old version, as `treaty breaking --against` takes it
    #[arg(long, value_name = "INPUT", requires = "bytes")]
    old: Option<String>,
    /// The new version
    #[arg(long, value_name = "INPUT", requires = "bytes")]
    new: Option<String>,
    /// The full name of the message; not needed where only one fits
    #[arg(long = "type", value_name = "MESSAGE", requires = "bytes")]
    message: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
    format: ExplainFormat,
}

/// What the comparison with buf accepts.
const ACCEPTED: &str = include_str!("../../../../interop/oracle/accepted.json");

/// How `explain` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ExplainFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// Runs `treaty explain`.
pub(crate) fn explain(args: &ExplainArgs) -> anyhow::Result<Report> {
    let is_json = args.format == ExplainFormat::Json;
    if let (Some(bytes), Some(old), Some(new)) = (&args.bytes, &args.old, &args.new) {
        return bytes::explain(bytes, (old, new), args.message.as_deref(), is_json);
    }
    if args.book {
        ensure!(!is_json, WrongUsage("--book is Markdown: leave --format out".to_owned()));
        let accepted: Vec<book::Accepted> = serde_json::from_str(ACCEPTED)?;
        return Ok(clean(book::markdown(&accepted)));
    }
    if let [one] = &args.rules[..]
        && let Some(list) = rule::of_category(one)
    {
        return Ok(clean(rule::list(&list, is_json)?));
    }
    if args.rules.is_empty() {
        return Ok(clean(rule::list(&book::entries().collect::<Vec<_>>(), is_json)?));
    }
    let mut texts = Vec::new();
    for id in &args.rules {
        let shown = if is_json { rule::json(id)? } else { rule::text(id, Paint::stdout()) };
        let unknown = || {
            let nearest = book::nearest(id).join(", ");
            wrong_usage(format!("no rule is called {id}; did you mean {nearest}?"))
        };
        texts.push(shown.ok_or_else(unknown)?);
    }
    Ok(clean(texts.join("\n")))
}

fn clean(text: String) -> Report {
    Report { text, clean: true, ..Report::default() }
}
