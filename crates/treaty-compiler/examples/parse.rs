//! Parses proto files and says how long it took: `parse <root> [-o <set>] < names`. With `-o`
//! writes a descriptor set of what was parsed, not linked. A file that is to have another name than
//! its path stands as both, with a tab between.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use treaty_compiler::descriptor::{Encoding, SourceInfo};
use treaty_compiler::wire::put_message;
use treaty_compiler::{Places, parse_unlinked};

#[allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = Path::new(arguments.first().ok_or("which folder?")?);
    let mut names = String::new();
    std::io::stdin().read_to_string(&mut names)?;
    let mut sources: Vec<(&str, Arc<str>)> = Vec::new();
    for line in names.lines() {
        let (path, name) = line.split_once('\t').unwrap_or((line, line));
        let Ok(bytes) = std::fs::read(root.join(path)) else {
            eprintln!("{path}: cannot be read");
            continue;
        };
        sources.push((name, String::from_utf8_lossy(&bytes).into()));
    }
    let bytes: usize = sources.iter().map(|(_, text)| text.len()).sum();
    let start = Instant::now();
    let parsed: Vec<_> =
        sources.iter().map(|(name, text)| parse_unlinked(name, text, Places::Buf)).collect();
    let took = start.elapsed();
    for (_, diagnostics) in &parsed {
        for fault in diagnostics {
            let at = fault.span.start;
            let help = fault.help.as_deref().unwrap_or_default();
            eprintln!(
                "{}:{}:{}: {} ({help})",
                fault.file,
                at.line + 1,
                at.column + 1,
                fault.message
            );
        }
    }
    println!("{} files, {bytes} bytes, {took:?}", parsed.len());
    if let [_, flag, path, ..] = &arguments[..] {
        if flag != "-o" {
            return Err("only -o is known".into());
        }
        let encoding = Encoding { source_info: SourceInfo::Included, image: false };
        let mut set = Vec::new();
        for (file, _) in &parsed {
            put_message(&mut set, 1, |into| file.encode(into, encoding));
        }
        std::fs::write(path, set)?;
    }
    Ok(())
}
