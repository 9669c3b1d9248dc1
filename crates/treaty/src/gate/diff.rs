//! `treaty diff`: what differs between two versions, for people. — *Does not* judge by rules:
//! `treaty breaking` and `treaty check` do. — *Holds*: differences are no failure; the exit code is
//! 0, and 100 only for what does not compile.

mod markdown;
mod text;

use clap::Args;
use serde::Serialize;
use treaty_engine::review::{Entry, What};
use treaty_engine::{Review, Verdict, review};

use super::input::Flags;
use super::render::Paint;
use super::sides::{self, Sides};
use super::{Report, config};

/// Show what differs between two versions of some protos
///
/// Types, fields, values, methods and options, grouped by package and type, each before and after,
/// with what it means for the rollout. Nothing is forbidden here: the exit code is 0 whatever
/// differs, and 100 if something does not compile.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  treaty diff                               the working tree against HEAD\n  treaty diff --against '.git#branch=main'\n  treaty diff proto --against v1.2.0 --format markdown\n  treaty diff image.binpb --against released:shop.orders"
)]
pub(crate) struct DiffArgs {
    /// The newer version: a folder, a .proto file, a git repository, an archive, a descriptor set,
    /// `grpc://host:port` or `released`
    #[arg(default_value = ".", hide_default_value = true)]
    input: String,
    /// The older version: as INPUT, or a git revision of the repository that INPUT is in
    #[arg(long, value_name = "INPUT", default_value = "HEAD", allow_hyphen_values = true)]
    against: String,
    /// The buf.yaml file or data to use for configuration
    #[arg(long, value_name = "FILE|DATA")]
    config: Option<String>,
    /// Limit to specific files or directories; may be repeated
    #[arg(long, value_name = "PATH", value_delimiter = ',')]
    path: Vec<String>,
    /// Exclude specific files or directories; may be repeated
    #[arg(long, value_name = "PATH", value_delimiter = ',')]
    exclude_path: Vec<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    format: DiffFormat,
}

/// How `diff` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum DiffFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
    /// As a comment on a pull request.
    Markdown,
}

/// Runs `treaty diff`.
pub(crate) fn diff(args: &DiffArgs) -> anyhow::Result<Report> {
    let config = args.config.as_deref().filter(|value| !value.is_empty());
    let flags = Flags {
        paths: args.path.clone(),
        exclude_paths: args.exclude_path.clone(),
        config: config.map(config::from_flag).transpose()?,
        ..sides::flags()
    };
    let Sides { old, new } = match sides::read(&args.against, &args.input, &flags)? {
        Ok(sides) => sides,
        Err(broken) => return Ok(broken),
    };
    let review = review(&old, &new);
    let text = match args.format {
        DiffFormat::Text => text::text(&review, Paint::stdout()),
        DiffFormat::Json => serde_json::to_string_pretty(&Answer::new(&review))? + "\n",
        DiffFormat::Markdown => markdown::markdown(&review),
    };
    Ok(Report { text, clean: true, ..Report::default() })
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Answer<'a> {
    verdict: Verdict,
    counts: Counts,
    changes: &'a [Entry],
}

impl<'a> Answer<'a> {
    fn new(review: &'a Review) -> Self {
        Self { verdict: review.verdict, counts: Counts::of(review), changes: &review.entries }
    }
}

/// How often each thing happened.
#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Counts {
    added: usize,
    removed: usize,
    moved: usize,
    renamed: usize,
    renumbered: usize,
    changed: usize,
}

impl Counts {
    fn of(review: &Review) -> Self {
        let mut counts = Self::default();
        for one in &review.entries {
            *match one.what {
                What::Added => &mut counts.added,
                What::Removed => &mut counts.removed,
                What::Moved => &mut counts.moved,
                What::Renamed => &mut counts.renamed,
                What::Renumbered => &mut counts.renumbered,
                What::Changed => &mut counts.changed,
            } += 1;
        }
        counts
    }

    /// Such as `2 added, 1 removed`.
    fn words(self) -> String {
        let all = [
            (self.added, "added"),
            (self.removed, "removed"),
            (self.moved, "moved"),
            (self.renamed, "renamed"),
            (self.renumbered, "renumbered"),
            (self.changed, "changed"),
        ];
        let some = all.iter().filter(|(number, _)| *number > 0);
        some.map(|(number, word)| format!("{number} {word}")).collect::<Vec<_>>().join(", ")
    }
}

/// The entries of each package, and in them of each type, in order.
fn grouped(review: &Review) -> Vec<(&str, Vec<Vec<&Entry>>)> {
    let mut packages: Vec<(&str, Vec<Vec<&Entry>>)> = Vec::new();
    for entry in &review.entries {
        if packages.last().is_none_or(|(package, _)| *package != entry.package) {
            packages.push((&entry.package, Vec::new()));
        }
        let Some((_, groups)) = packages.last_mut() else { continue };
        let same = |group: &Vec<&Entry>| {
            group.first().is_some_and(|one| (one.sort, &one.group) == (entry.sort, &entry.group))
        };
        match groups.last_mut().filter(|group| same(group)) {
            Some(group) => group.push(entry),
            None => groups.push(vec![entry]),
        }
    }
    packages
}

/// What changed, where the declarations do not show it.
fn unseen(entry: &Entry) -> bool {
    matches!(entry.what, What::Changed) && entry.old == entry.new
}

/// What happened, in words: the changes of an element that is in both versions.
fn happened(entry: &Entry) -> String {
    match entry.what {
        What::Added => "added".to_owned(),
        What::Removed => "removed".to_owned(),
        What::Moved => "moved".to_owned(),
        What::Renamed => "renamed".to_owned(),
        What::Renumbered => "renumbered".to_owned(),
        What::Changed => {
            let kinds = entry.kinds.iter().map(|kind| super::render::words(&format!("{kind:?}")));
            kinds.collect::<Vec<_>>().join(", ")
        }
    }
}

/// The name of a group, as its heading says it.
fn heading(entry: &Entry) -> String {
    use treaty_engine::review::Sort;
    let in_package = || {
        let rest = entry.group.strip_prefix(&entry.package);
        rest.and_then(|rest| rest.strip_prefix('.')).unwrap_or(&entry.group).to_owned()
    };
    match entry.sort {
        Sort::Package => "package".to_owned(),
        Sort::File => entry.group.clone(),
        Sort::Service => format!("service {}", in_package()),
        Sort::Message => format!("message {}", in_package()),
        Sort::Enum => format!("enum {}", in_package()),
        Sort::Extension => format!("extend {}", in_package()),
    }
}
