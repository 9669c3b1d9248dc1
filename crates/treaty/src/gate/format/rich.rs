//! Findings with their source and remedy, in the manner of rustc.

use treaty_engine::Finding;

use super::super::image::Files;
use super::super::render::{self, Paint};
use super::Annotation;

pub(super) fn text(annotations: &[Annotation], files: &Files) -> String {
    let mut text = String::new();
    for one in annotations {
        let path = one.path.clone().unwrap_or_else(|| one.finding.path.clone());
        let shown = Finding { path, ..one.finding.clone() };
        let source = files.sources.get(&one.name).map(|text| &**text);
        text += &render::finding(&shown, source, Paint::stdout());
        text.push('\n');
    }
    text
}
