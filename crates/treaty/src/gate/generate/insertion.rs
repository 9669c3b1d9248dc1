//! Puts what a plugin generates into a file of another one, at the point that it names. — *Source*:
//! `CodeGeneratorResponse.File.insertion_point` in plugin.proto; line ends as buf 1.75.0 writes them.

use anyhow::ensure;

/// The file with the content above every line that has the insertion point, indented as that line.
pub(super) fn insert(file: &[u8], point: &str, content: &[u8]) -> anyhow::Result<Vec<u8>> {
    let marker = format!("@@protoc_insertion_point({point})");
    let mut new = Vec::with_capacity(file.len() + content.len());
    let mut is_found = false;
    for (index, line) in lines(file).enumerate() {
        if index > 0 {
            new.push(b'\n');
        }
        let has_marker = line.windows(marker.len()).any(|part| part == marker.as_bytes());
        if has_marker {
            is_found = true;
            for inserted in lines(content) {
                new.extend_from_slice(indent(line));
                new.extend_from_slice(inserted);
                new.push(b'\n');
            }
        }
        new.extend_from_slice(line);
    }
    ensure!(is_found, "there is no insertion point `{point}`");
    Ok(new)
}

/// The lines without their ends; a last one that is empty is none.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let is_empty = text.is_empty();
    let lines = text.split(|&byte| byte == b'\n').filter(move |_| !is_empty);
    lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// The space that a line begins with.
fn indent(line: &[u8]) -> &[u8] {
    let text = match std::str::from_utf8(line) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&line[..error.valid_up_to()]).unwrap_or_default(),
    };
    &line[..text.len() - text.trim_start().len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_stands_above_the_point_and_is_indented() {
        let file = b"a\n    // @@protoc_insertion_point(here)\nb\n";
        let new = insert(file, "here", b"one\ntwo\n").expect("a point");
        let expected = "a\n    one\n    two\n    // @@protoc_insertion_point(here)\nb";
        assert_eq!(String::from_utf8_lossy(&new), expected);
        assert!(insert(file, "there", b"").is_err());
    }
}
