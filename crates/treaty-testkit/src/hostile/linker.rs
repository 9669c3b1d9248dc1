//! Proto files that are linked: what must hold of the descriptors, and of what is said instead.

use treaty_compiler::descriptor::{Encoding, File, SourceInfo};
use treaty_compiler::{Retention, Sources, compile_with};

/// Proto files one after the other, each but the first below a line `--- its name`.
pub fn linker(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(&bytes[..bytes.len().min(super::MAX_TEXT_BYTES)]) else {
        return;
    };
    let mut sources = Sources::new();
    let (mut name, mut rest) = ("a.proto", text);
    while let Some((file, next)) = rest.split_once("\n--- ") {
        sources.insert(name.to_owned(), file.into());
        (name, rest) = next.split_once('\n').unwrap_or((next, ""));
    }
    sources.insert(name.to_owned(), rest.into());
    let compiled = compile_with(&sources, 1);
    let is_there = |name: &String| compiled.files.iter().any(|file| *file.name == **name);
    let is_whole = sources.keys().all(is_there);
    assert!(is_whole || !compiled.diagnostics.is_empty(), "what is left out is not told");
    let retention = Retention::new(&compiled.files);
    let encoding = Encoding { source_info: SourceInfo::Included, image: true };
    for file in &compiled.files {
        let mut encoded = Vec::new();
        file.encode(&mut encoded, encoding);
        let decoded = File::decode(&encoded).expect("what is encoded is decoded");
        let mut again = Vec::new();
        decoded.encode(&mut again, encoding);
        assert!(encoded == again, "{} is another after decoding", file.name);
        retention.strip(file).encode(&mut again, encoding);
    }
}
