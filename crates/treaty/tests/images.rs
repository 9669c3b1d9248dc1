//! Images as text and packed: what buf wrote is read, and written again to the byte.
//!
//! buf's images are those of the engine's tests, without their one import, which is put before them.

#![allow(clippy::unwrap_used, reason = "a test says what failed by panicking")]

mod workspace;

use std::fs;
use std::path::Path;

use workspace::Workspace;

/// A format, and what its images begin with.
const FORMATS: [(&str, &str); 3] = [("json", "{\"file\":["), ("txtpb", ""), ("yaml", "file:\n")];

fn bufs(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../treaty-engine/tests/images");
    fs::read_to_string(folder.join(name)).unwrap()
}

fn built(workspace: &Workspace, input: &str, flags: &[&str], output: &str) -> String {
    workspace.run(&[&["build", input, "-o", output], flags].concat()).expect(0);
    workspace.read(output)
}

/// A workspace with the source, and with buf's image of it and of what it imports in each format.
fn with_images() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("p/image.proto", &bufs("image.proto"));
    for (format, head) in FORMATS {
        let whole = built(&workspace, "p", &[], &format!("ours.{format}"));
        let own = built(&workspace, "p", &["--exclude-imports"], &format!("own.{format}"));
        let import = whole.strip_suffix(own.strip_prefix(head).unwrap()).unwrap();
        let recorded = bufs(&format!("image.{format}"));
        let image = [import, recorded.strip_prefix(head).unwrap()].concat();
        workspace.write(&format!("bufs.{format}"), &image);
    }
    workspace
}

#[track_caller]
fn same(ours: &str, bufs: &str, what: &str) {
    for (index, (ours, bufs)) in ours.lines().zip(bufs.lines()).enumerate() {
        assert_eq!(ours, bufs, "{what}, line {}", index + 1);
    }
    assert_eq!(ours.len(), bufs.len(), "{what}");
}

#[test]
fn what_buf_wrote_is_read_and_written_again() {
    let workspace = with_images();
    let alone = ["--exclude-imports"];
    for (from, _) in FORMATS {
        let input = format!("bufs.{from}");
        for (to, _) in FORMATS {
            let written = built(&workspace, &input, &alone, &format!("{from}.{to}"));
            same(&written, &bufs(&format!("image.{to}")), &format!("{from} to {to}"));
        }
        for packed in ["binpb", "binpb.gz", "binpb.zst", "json.gz", "txtpb.zst", "yaml.gz"] {
            let packed = format!("packed.{packed}");
            workspace.run(&["build", &input, "-o", &packed]).expect(0);
            let written = built(&workspace, &packed, &alone, "unpacked.txtpb");
            same(&written, &bufs("image.txtpb"), &format!("{from} to {packed} to txtpb"));
        }
        // Without a telling name.
        fs::copy(workspace.path().join(&input), workspace.path().join("image")).unwrap();
        let written = built(&workspace, &format!("image#format={from}"), &alone, "unnamed.txtpb");
        same(&written, &bufs("image.txtpb"), &format!("{from} by its option"));
    }
}

#[test]
fn what_buf_wrote_is_compared_with_the_source() {
    let workspace = with_images();
    for (format, _) in FORMATS {
        let image = format!("bufs.{format}");
        workspace.run(&["breaking", "p", "--against", &image]).expect(0);
        workspace.run(&["breaking", &image, "--against", "p"]).expect(0);
    }
    let renamed = bufs("image.proto").replace("optional int32 x = 1", "optional int32 y = 1");
    workspace.write("p/image.proto", &renamed);
    for (format, _) in FORMATS {
        let against = format!("bufs.{format}");
        let told = workspace.run(&["breaking", "p", "--against", &against, "--format", "text"]);
        told.says(100, &["Field \"1\" on message \"M\" changed name from \"x\" to \"y\"."]);
    }
}

#[test]
fn the_source_has_the_image_that_buf_wrote() {
    let workspace = with_images();
    for (format, _) in FORMATS {
        let ours = workspace.read(&format!("own.{format}"));
        same(&ours, &bufs(&format!("image.{format}")), &format!("the source to {format}"));
    }
}

#[test]
fn broken_images_are_told_with_their_place() {
    let workspace = Workspace::new();
    for (name, text, words) in [
        ("a.json", "{\"file\": [{}]", "EOF while parsing an object at line 1"),
        ("a.json", "{\"file\": [{\"name\": 7}]}", "file[0].name: 7 is no string"),
        ("a.txtpb", "file: {\n  name: 7\n}", "2:9: a string is expected"),
        ("a.yaml", "file: [", "not an image"),
        ("a.json", "{}", "it holds no files"),
        ("a.json.gz", "{}", "cannot read a.json.gz"),
        ("a.yaml.zst", "{}", "a.yaml.zst is not packed by zstd"),
        ("a.json", "{\"file\":[{\"name\":\"a.proto\",\"dependency\":[\"b.proto\"]}]}", "b.proto"),
    ] {
        workspace.write(name, text);
        workspace.run(&["build", name]).says(1, &["cannot read", words]);
    }
}
