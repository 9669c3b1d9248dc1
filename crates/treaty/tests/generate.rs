//! `treaty generate` with plugins that are shell scripts: what they are asked, what becomes of
//! their answers, and what happens when they fail.

#[path = "generate/fake.rs"]
mod fake;
#[path = "generate/folder.rs"]
mod folder;

use std::io::Read as _;

use fake::{Answer, Request};
use folder::Folder;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const A: &str = "syntax = \"proto3\";\npackage acme.a.v1;\nimport \"b/b.proto\";\n\n// An A.\nmessage A {\n  b.B b = 1;\n  int64 id = 2;\n}\n\nmessage Other {}\n";
const B: &str = "syntax = \"proto3\";\npackage b;\nmessage B {}\nmessage Unused {}\n";

fn protos() -> Folder {
    let folder = Folder::new();
    folder.write("proto/a/a.proto", A);
    folder.write("proto/b/b.proto", B);
    folder
}

#[test]
fn a_plugin_is_asked_once_for_each_folder_or_once_for_all() {
    let folder = protos();
    let plugin = folder.plugin("protoc-gen-one", &Answer::default());
    folder.write(
        "buf.gen.yaml",
        "version: v2\nplugins:\n  - local: ./protoc-gen-one\n    out: gen\n    opt: [x=1, y]\n",
    );
    folder.treaty(&["generate", "proto"]).succeeds();
    let requests = plugin.requests();
    let asked: Vec<_> = requests.iter().map(|one| one.file_to_generate.join(" ")).collect();
    assert_eq!(asked, ["a/a.proto", "b/b.proto"]);
    let names: Vec<_> = requests[0].proto_file.iter().map(|file| &*file.name).collect();
    assert_eq!(names, ["b/b.proto", "a/a.proto"], "imports first");
    assert_eq!(requests[0].parameter, "x=1,y");
    assert!(requests[0].proto_file.iter().all(|file| !file.locations.is_empty()));

    plugin.forget();
    let template =
        r#"{"version":"v2","plugins":[{"local":"./protoc-gen-one","out":"gen","strategy":"all"}]}"#;
    folder.treaty(&["generate", "proto", "--template", template]).succeeds();
    let requests = plugin.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].file_to_generate, ["b/b.proto", "a/a.proto"]);
    assert_eq!(requests[0].parameter, "");
}

#[test]
fn options_for_sources_are_only_in_the_source_descriptors() {
    let folder = Folder::new();
    folder.write(
        "proto/a.proto",
        "syntax = \"proto3\";\nimport \"google/protobuf/descriptor.proto\";\nextend google.protobuf.MessageOptions {\n  string kept = 50001;\n  string source = 50002 [retention = RETENTION_SOURCE];\n}\nmessage A {\n  option (kept) = \"k\";\n  option (source) = \"s\";\n}\n",
    );
    let plugin = folder.plugin("protoc-gen-one", &Answer::default());
    folder.template("v2", "local: ./protoc-gen-one");
    folder.treaty(&["generate", "proto"]).succeeds();
    let request = plugin.requests().remove(0);
    let number = |file: &treaty_compiler::descriptor::File, number| {
        let options = file.messages[0].options.as_ref().expect("options");
        options.text(number).map(str::to_owned)
    };
    let runtime = request.proto_file.last().expect("the file");
    assert_eq!(number(runtime, 50001).as_deref(), Some("k"));
    assert_eq!(number(runtime, 50002), None);
    let has_place =
        |file: &treaty_compiler::descriptor::File| file.locations.span(&[4, 0, 7, 50002]).is_some();
    assert!(!has_place(runtime));
    let source = &request.source_file_descriptors[0];
    assert_eq!(number(source, 50002).as_deref(), Some("s"));
    assert!(has_place(source));
}

#[test]
fn nothing_is_written_when_one_plugin_fails() {
    let folder = protos();
    folder.plugin("protoc-gen-good", &Answer::file("good.txt", "good"));
    let bad = Answer { said: "first line\nsecond line\n", status: 3, ..Answer::default() };
    folder.plugin("protoc-gen-bad", &bad);
    folder.write(
        "buf.gen.yaml",
        "version: v2\nplugins:\n  - {local: ./protoc-gen-good, out: gen, strategy: all}\n  - {local: ./protoc-gen-bad, out: gen, strategy: all}\n",
    );
    let said = folder.treaty(&["generate", "proto"]).fails(1);
    assert!(said.contains("./protoc-gen-bad: second line"), "{said}");
    assert!(said.contains("plugin ./protoc-gen-bad: exit status: 3"), "{said}");
    assert!(!folder.has("gen"), "nothing was written");

    let refused = Answer { error: "I do not like it", ..Answer::default() };
    folder.plugin("protoc-gen-bad", &refused);
    let said = folder.treaty(&["generate", "proto"]).fails(1);
    assert!(said.contains("plugin ./protoc-gen-bad: I do not like it"), "{said}");
    assert!(!folder.has("gen"), "nothing was written");
}

#[test]
fn the_first_plugin_that_fails_is_the_one_that_is_told() {
    let folder = protos();
    // The first one waits for the second, which has failed then.
    folder.script("slow", "cat > /dev/null\nwhile [ ! -e failed ]; do :; done\nexit 4");
    folder.script("fast", "cat > /dev/null\n: > failed\nexit 5");
    folder.write(
        "buf.gen.yaml",
        "version: v2\nplugins:\n  - {local: ./slow, out: gen, strategy: all}\n  - {local: ./fast, out: gen, strategy: all}\n",
    );
    if std::thread::available_parallelism().map_or(1, usize::from) < 2 {
        println!("one processor: plugins run one by one, so the second could not be first");
        return;
    }
    let said = folder.treaty(&["generate", "proto"]).fails(1);
    assert!(said.contains("plugin ./slow: exit status: 4"), "{said}");
}

#[test]
fn no_file_leaves_its_folder() {
    for name in ["../outside.txt", "a/../../outside.txt", "/tmp/outside.txt", ".."] {
        let folder = protos();
        folder.plugin("protoc-gen-one", &Answer::file(name, "x"));
        folder.template("v2", "local: ./protoc-gen-one");
        let said = folder.treaty(&["generate", "proto"]).fails(1);
        assert!(said.contains("outside of its folder"), "{name}: {said}");
        assert!(!folder.has("outside.txt") && !folder.has("gen"), "{name}");
    }
}

#[test]
fn plugins_complete_each_others_files_and_archives() {
    let folder = protos();
    let first = Answer::file("one.txt", "begin\n  // @@protoc_insertion_point(here)\nend\n");
    folder.plugin("protoc-gen-first", &first);
    let second = Answer { insertion_point: "here", ..Answer::file("one.txt", "inserted\n") };
    folder.plugin("protoc-gen-second", &second);
    folder.write(
        "buf.gen.yaml",
        "version: v2\nplugins:\n  - {local: ./protoc-gen-first, out: gen, strategy: all}\n  - {local: ./protoc-gen-second, out: ./gen/, strategy: all}\n  - {local: ./protoc-gen-first, out: gen/all.jar, strategy: all}\n",
    );
    folder.treaty(&["generate", "proto", "-o", "base"]).succeeds();
    let expected = "begin\n  inserted\n  // @@protoc_insertion_point(here)\nend";
    assert_eq!(folder.read("base/gen/one.txt"), expected.as_bytes());
    let jar = folder.read("base/gen/all.jar");
    let holds = |text: &str| jar.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("META-INF/MANIFEST.MF") && holds("one.txt"));

    folder.template("v2", "local: ./protoc-gen-second");
    let said = folder.treaty(&["generate", "proto"]).fails(1);
    assert!(said.contains("one.txt has not been generated"), "{said}");
}

#[test]
fn two_plugins_may_not_generate_the_same_file() {
    let folder = protos();
    folder.plugin("one", &Answer::file("x/a.txt", "1"));
    folder.plugin("two", &Answer::file("a.txt", "2"));
    folder.write(
        "buf.gen.yaml",
        "version: v2\nplugins:\n  - {local: ./one, out: gen, strategy: all}\n  - {local: ./two, out: gen/x, strategy: all}\n",
    );
    let said = folder.treaty(&["generate", "proto"]).fails(1);
    let expected = "file \"gen/x/a.txt\" was generated multiple times: once by plugin \"./one\" and again by plugin \"./two\"";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn clean_deletes_what_is_no_longer_generated_and_follows_no_links() {
    let folder = protos();
    folder.plugin("protoc-gen-one", &Answer::file("new/a.txt", "1"));
    folder.template("v2", "local: ./protoc-gen-one");
    folder.write("gen/old/deep/b.txt", "old");
    folder.write("elsewhere/kept.txt", "kept");
    std::os::unix::fs::symlink(folder.path("elsewhere"), folder.path("gen/link")).expect("a link");
    folder.treaty(&["generate", "proto"]).succeeds();
    assert!(folder.has("gen/old/deep/b.txt"), "not without --clean");
    folder.treaty(&["generate", "proto", "--clean"]).succeeds();
    assert!(!folder.has("gen/old") && !folder.has("gen/link"));
    assert!(folder.has("gen/new/a.txt") && folder.has("elsewhere/kept.txt"));

    folder.write(
        "buf.gen.yaml",
        "version: v2\nclean: true\nplugins:\n  - {local: ./protoc-gen-one, out: ., strategy: all}\n",
    );
    let said = folder.treaty(&["generate", "proto"]).fails(1);
    assert!(said.contains("cannot use --clean"), "{said}");
    assert!(folder.has("proto/a/a.proto"));

    folder.write(
        "buf.gen.yaml",
        "version: v2\nclean: true\nplugins:\n  - {local: ./protoc-gen-one, out: proto, strategy: all}\n",
    );
    let said = folder.treaty(&["generate", "proto"]).fails(1);
    assert!(said.contains("it would delete proto/a/a.proto, which this generates from"), "{said}");
    assert!(folder.has("proto/a/a.proto") && !folder.has("proto/new"));
}

#[test]
fn links_are_not_followed_where_that_is_wished() {
    let folder = protos();
    let plugin = folder.plugin("protoc-gen-one", &Answer::file("a.txt", "1"));
    folder.template("v2", "local: ./protoc-gen-one");
    folder.write("other/c.proto", "syntax = \"proto3\"; package c;");
    std::os::unix::fs::symlink(folder.path("other"), folder.path("proto/c")).expect("a link");
    for (flag, is_read) in [("--debug", true), ("--disable-symlinks", false)] {
        folder.treaty(&["generate", "proto", flag]).succeeds();
        let asked = plugin.requests().remove(0).file_to_generate;
        assert_eq!(asked.iter().any(|name| name == "c/c.proto"), is_read, "{flag}: {asked:?}");
        plugin.forget();
    }
}

#[test]
fn what_stays_the_same_is_not_written() {
    let folder = protos();
    folder.plugin("protoc-gen-one", &Answer::file("a.txt", "1"));
    folder.template("v2", "local: ./protoc-gen-one");
    folder.treaty(&["generate", "proto"]).succeeds();
    let inode = |path: &str| {
        std::os::unix::fs::MetadataExt::ino(&folder.path(path).metadata().expect(path))
    };
    let before = inode("gen/a.txt");
    folder.treaty(&["generate", "proto"]).succeeds();
    assert_eq!(before, inode("gen/a.txt"));
    folder.plugin("protoc-gen-one", &Answer::file("a.txt", "2"));
    folder.treaty(&["generate", "proto"]).succeeds();
    assert_eq!(folder.read("gen/a.txt"), b"2");
    let files = std::fs::read_dir(folder.path("gen")).expect("gen").count();
    assert_eq!(files, 1, "nothing is left beside it");
}

#[test]
fn managed_mode_sets_options_in_all_versions() {
    let folder = protos();
    let plugin = folder.plugin("protoc-gen-one", &Answer::default());
    let options = |request: &Request| {
        let file = request.proto_file.last().expect("a file");
        let options = file.options.clone().unwrap_or_default();
        let text = |number| options.text(number).unwrap_or_default().to_owned();
        [text(1), text(8), text(11), text(36), text(37), text(41), text(44), text(45)]
    };
    let by_default = [
        "com.acme.a.v1",
        "AProto",
        "",
        "AAX",
        "Acme.A.V1",
        r"Acme\A\V1",
        r"Acme\A\V1\GPBMetadata",
        "Acme::A::V1",
    ];
    let one = "{name: one, path: ./protoc-gen-one, out: gen}";
    for (template, changes) in [
        (format!("version: v1beta1\nmanaged: true\nplugins: [{one}]\n"), vec![]),
        (
            format!("version: v1\nmanaged: {{enabled: true, java_package_prefix: net, go_package_prefix: {{default: x.y/z}}}}\nplugins: [{one}]\n"),
            vec![(0, "net.acme.a.v1"), (2, "x.y/z/a;av1")],
        ),
        (
            "version: v2\nmanaged:\n  enabled: true\n  disable:\n    - {file_option: objc_class_prefix}\n  override:\n    - {file_option: ruby_package, path: a, value: R}\n    - {file_option: java_package_suffix, value: s}\nplugins: [{local: ./protoc-gen-one, out: gen}]\n".to_owned(),
            vec![(0, "com.acme.a.v1.s"), (3, ""), (7, "R")],
        ),
    ] {
        plugin.forget();
        folder.write("buf.gen.yaml", &template);
        folder.treaty(&["generate", "proto"]).succeeds();
        let mut expected = by_default.map(str::to_owned);
        for (at, value) in changes {
            value.clone_into(&mut expected[at]);
        }
        assert_eq!(options(&plugin.requests()[0]), expected, "{template}");
    }
}

#[test]
fn only_what_the_types_need_is_generated() {
    let folder = protos();
    let plugin = folder.plugin("protoc-gen-one", &Answer::default());
    folder.template("v2", "local: ./protoc-gen-one");
    folder.treaty(&["generate", "proto", "--type", "acme.a.v1.A"]).succeeds();
    let messages = |request: &Request| -> Vec<String> {
        let files = request.proto_file.iter();
        files.flat_map(|file| &file.messages).map(|one| one.full_name.to_string()).collect()
    };
    let request = plugin.requests().remove(0);
    assert_eq!(messages(&request), ["b.B", "acme.a.v1.A"]);

    plugin.forget();
    folder.treaty(&["generate", "proto", "--exclude-type", "b"]).succeeds();
    let requests = plugin.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(messages(&requests[0]), ["acme.a.v1.A", "acme.a.v1.Other"]);
    let fields = &requests[0].proto_file[0].messages[0].fields;
    assert_eq!(fields.len(), 1, "the field of an excluded type went with it");
    assert!(requests[0].proto_file[0].imports.is_empty());

    let said = folder.treaty(&["generate", "proto", "--type", "acme.Nope"]).fails(1);
    assert!(said.contains("inclusion of type \"acme.Nope\": not found"), "{said}");
}

#[test]
fn generators_of_protoc_are_asked_through_protoc() {
    let folder = protos();
    folder.script(
        "fake-protoc",
        "for one in \"$@\"; do\n  case $one in\n    --version) echo libprotoc 31.1; exit 0 ;;\n    --java_out=*) out=${one#--java_out=} ;;\n  esac\ndone\ncat > set.binpb\nprintf '%s\\n' \"$@\" > arguments.txt\nmkdir -p \"$out/x\"\nprintf generated > \"$out/x/$$.txt\"\n",
    );
    folder.write(
        "buf.gen.yaml",
        "version: v2\nplugins:\n  - protoc_builtin: java\n    protoc_path: [./fake-protoc, --extra]\n    out: gen\n    opt: lite\n    strategy: all\n",
    );
    folder.treaty(&["generate", "proto"]).succeeds();
    let arguments = String::from_utf8(folder.read("arguments.txt")).expect("text");
    let mut arguments: Vec<&str> = arguments.lines().collect();
    assert!(arguments.remove(2).starts_with("--java_out="));
    let expected =
        ["--extra", "--descriptor_set_in=/dev/stdin", "--java_opt=lite", "b/b.proto", "a/a.proto"];
    assert_eq!(arguments, expected);
    assert_eq!(std::fs::read_dir(folder.path("gen/x")).expect("gen/x").count(), 1);

    folder.write("buf.gen.yaml", "version: v2\nplugins: [{protoc_builtin: java, out: gen}]\n");
    let said = folder.treaty(&["generate", "proto"]).fails(1);
    assert!(said.contains("there is no program `protoc`"), "{said}");
}

#[test]
fn what_is_wrong_with_a_template_is_told_with_its_place() {
    let folder = protos();
    let plugin = "plugins: [{local: ./x, out: gen}]";
    for (template, expected) in [
        ("version: v2\nplugins:\n  - local: x\n    uot: gen\n".to_owned(), "line 4 column 5"),
        (format!("version: v9\n{plugin}\n"), "`version: v9` is not known"),
        (plugin.to_owned(), "there is no `version`"),
        (
            "version: v2\nplugins: [{remote: buf.build/a/b, out: gen}]\n".to_owned(),
            "is a remote plugin",
        ),
        (
            "version: v1\nplugins: [{plugin: buf.build/a/b, out: gen}]\n".to_owned(),
            "is a remote plugin",
        ),
        (
            format!(
                "version: v2\nmanaged: {{override: [{{file_option: x, value: y}}]}}\n{plugin}\n"
            ),
            "unknown file_option: \"x\"",
        ),
        (
            format!("version: v2\ninputs: [{{module: buf.build/a/b}}]\n{plugin}\n"),
            "is a module of a registry",
        ),
        (format!("version: v2\n{plugin}\n"), "there is no program `./x`"),
    ] {
        folder.write("buf.gen.yaml", &template);
        let said = folder.treaty(&["generate", "proto"]).fails(1);
        assert!(said.contains(expected), "{template}\n{said}");
    }
}

#[test]
fn what_does_not_compile_is_told_and_nothing_is_asked() {
    let folder = protos();
    folder.write("proto/a/a.proto", "syntax = \"proto3\";\nmessage A { Nope n = 1; }\n");
    let plugin = folder.plugin("protoc-gen-one", &Answer::default());
    folder.template("v2", "local: ./protoc-gen-one");
    let said = folder.treaty(&["generate", "proto"]).fails(100);
    assert!(said.contains("a/a.proto:2:"), "{said}");
    assert!(plugin.requests().is_empty());
}

#[test]
fn every_input_of_a_template_is_read() {
    let folder = protos();
    let plugin = folder.plugin("protoc-gen-one", &Answer::default());
    folder.write(
        "buf.gen.yaml",
        "version: v2\ninputs:\n  - directory: proto\n    paths: [proto/b]\n  - directory: proto\n    types: [acme.a.v1.Other]\nplugins: [{local: ./protoc-gen-one, out: gen, strategy: all}]\n",
    );
    folder.treaty(&["generate"]).succeeds();
    let asked: Vec<_> =
        plugin.requests().iter().map(|one| one.file_to_generate.join(" ")).collect();
    assert_eq!(asked, ["a/a.proto", "b/b.proto"], "one request for each input");
}

#[test]
fn ctrl_c_ends_plugins_and_what_they_have_started() {
    let folder = protos();
    folder.fifo("alive");
    // Both hold the pipe open for writing as long as they live.
    folder
        .script("stays", "exec 3> alive\ncat > /dev/null\nsleep 1000 &\necho started >&3\nwait\n");
    folder.template("v2", "local: ./stays");
    let mut treaty = folder.start(&["generate", "proto", "--path", "proto/b"]);
    let mut alive = std::fs::File::open(folder.path("alive")).expect("a pipe");
    let mut started = [0; 8];
    alive.read_exact(&mut started).expect("the plugin starts");
    kill(Pid::from_raw(treaty.id().try_into().expect("an id")), Signal::SIGINT).expect("sent");
    let mut rest = Vec::new();
    alive.read_to_end(&mut rest).expect("the pipe ends when both have ended");
    assert!(!treaty.wait().expect("an end").success());
    assert!(!folder.has("gen"));
}
