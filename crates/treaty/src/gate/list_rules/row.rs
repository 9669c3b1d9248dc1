//! A rule as a line of a list.

use serde::Serialize;
use treaty_engine::rules::breaking::{self, DEPRECATED};
use treaty_engine::rules::{Category, ConfigVersion, lint};

use super::super::format::encode;
use super::super::select::Kind;

/// What is listed of a rule, with buf's keys.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) id: &'static str,
    categories: Vec<&'static str>,
    default: bool,
    purpose: String,
    plugin: &'static str,
    deprecated: bool,
    replacements: Option<&'static [&'static str]>,
    /// Where it is listed.
    #[serde(skip)]
    rank: Vec<usize>,
}

/// buf's order of the categories of breaking rules.
const BREAKING: [Category; 5] =
    [Category::Csr, Category::File, Category::Package, Category::WireJson, Category::Wire];

impl Row {
    /// Every rule that a version of the configuration has, in buf's order: as its categories stand,
    /// those without any last, then by id.
    pub(super) fn all(kind: Kind, version: ConfigVersion, deprecated: bool) -> Vec<Self> {
        let mut rows = match kind {
            Kind::Breaking => breaking(version),
            Kind::Lint => lint(version, deprecated),
        };
        rows.retain(|row| deprecated || !row.deprecated);
        rows.sort_by(|one, other| {
            let key = |row: &Self| (row.rank.is_empty(), row.rank.clone());
            // With fewer categories first, where those that decide are the same.
            let size = |row: &Self| row.categories.len();
            let ranks = key(one).cmp(&key(other)).then(size(one).cmp(&size(other)));
            ranks.then(one.id.cmp(other.id))
        });
        rows
    }
}

fn breaking(version: ConfigVersion) -> Vec<Row> {
    let live = breaking::ALL.iter().filter_map(|rule| {
        let of = rule.categories.of(version)?;
        let has = |category: &&Category| of.contains(category);
        let categories = BREAKING.iter().filter(has).map(|one| one.id()).collect();
        // CSR came last and orders nothing.
        let ranked = BREAKING.iter().enumerate().skip(1).filter(|(_, one)| has(one));
        Some(Row {
            id: rule.id,
            categories,
            default: of.contains(&Category::File),
            purpose: format!("{}.", rule.finds),
            plugin: "",
            deprecated: false,
            replacements: None,
            rank: ranked.map(|(rank, _)| rank).collect(),
        })
    });
    let known = DEPRECATED.iter().filter(|rule| rule.versions.contains(&version));
    let old = known.map(|rule| Row {
        id: rule.id,
        categories: Vec::new(),
        default: false,
        purpose: match rule.replacements {
            [] => "Finds nothing any more.".to_owned(),
            others => format!("Stands for {}.", others.join(", ")),
        },
        plugin: "",
        deprecated: true,
        replacements: Some(rule.replacements).filter(|others| !others.is_empty()),
        rank: Vec::new(),
    });
    live.chain(old).collect()
}

fn lint(version: ConfigVersion, deprecated: bool) -> Vec<Row> {
    let rows = lint::ALL.iter().filter_map(|rule| {
        let of = rule.categories.of(version)?;
        let all = lint::Category::ALL.iter().enumerate();
        let has = all.filter(|(_, one)| of.contains(one));
        let told = has.clone().filter(|(_, one)| deprecated || one.replacement().is_none());
        Some(Row {
            id: rule.id,
            categories: told.map(|(_, one)| one.id()).collect(),
            default: of.contains(&lint::Category::Standard),
            purpose: format!("{}.", rule.finds),
            plugin: "",
            deprecated: rule.deprecated,
            replacements: None,
            rank: has.map(|(rank, _)| rank).collect(),
        })
    });
    rows.collect()
}

/// One JSON object a line.
pub(super) fn lines(rows: &[Row]) -> String {
    rows.iter().map(|row| encode(row) + "\n").collect()
}

/// Columns, as wide as what stands in them.
pub(super) fn table(rows: &[Row]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let cells = rows.iter().map(|row| {
        let default = if row.default { "*" } else { "" };
        [row.id.to_owned(), row.categories.join(", "), default.to_owned(), row.purpose.clone()]
    });
    let head = ["ID", "CATEGORIES", "DEFAULT", "PURPOSE"].map(str::to_owned);
    let cells: Vec<[String; 4]> = std::iter::once(head).chain(cells).collect();
    let width = |at: usize| cells.iter().map(|row| row[at].len()).max().unwrap_or_default() + 2;
    let [id, categories, default] = [0, 1, 2].map(width);
    let line = |row: &[String; 4]| {
        format!("{:id$}{:categories$}{:default$}{}\n", row[0], row[1], row[2], row[3])
    };
    cells.iter().map(line).collect()
}
