//! Compiles proto files and says how long it took: `compile <root> [-o <set>] [--threads <n>]
//! [--strip] [--as-protoc] < names`. With `-o` writes a descriptor set, as `protoc
//! --include_source_info` does.

use std::io::Read as _;
use std::path::Path;
use std::time::Instant;

use treaty_compiler::descriptor::{Encoding, SourceInfo};
use treaty_compiler::wire::put_message;
use treaty_compiler::{Places, Retention, Settings, Sources, compile_as};

#[allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = Path::new(arguments.first().ok_or("which folder?")?);
    let value = |flag: &str| {
        let at = arguments.iter().position(|argument| argument == flag)?;
        arguments.get(at + 1)
    };
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let places = if has("--as-protoc") { Places::Protoc } else { Places::Buf };
    let mut settings = Settings { places, ..Settings::default() };
    if let Some(threads) = value("--threads") {
        settings.threads = threads.parse()?;
    }
    let mut names = String::new();
    std::io::stdin().read_to_string(&mut names)?;
    let mut sources = Sources::new();
    for name in names.lines() {
        sources.insert(name.to_owned(), std::fs::read_to_string(root.join(name))?.into());
    }
    let bytes: usize = sources.values().map(|text| text.len()).sum();
    let start = Instant::now();
    let compiled = compile_as(&sources, settings);
    let took = start.elapsed();
    for fault in &compiled.diagnostics {
        let at = fault.span.start;
        let help = fault.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        eprintln!("{}:{}:{}: {}{help}", fault.file, at.line + 1, at.column + 1, fault.message);
    }
    println!("{} files of {}, {bytes} bytes, {took:?}", compiled.files.len(), sources.len());
    if let Some(path) = value("-o") {
        let encoding = Encoding { source_info: SourceInfo::Included, image: has("--image") };
        let mut set = Vec::new();
        let retention = Retention::new(&compiled.files);
        for file in &compiled.files {
            if has("--strip") {
                put_message(&mut set, 1, |into| retention.strip(file).encode(into, encoding));
            } else {
                put_message(&mut set, 1, |into| file.encode(into, encoding));
            }
        }
        std::fs::write(path, set)?;
    }
    Ok(())
}
