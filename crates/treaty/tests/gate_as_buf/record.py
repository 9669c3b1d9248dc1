#!/usr/bin/env python3
"""Records what buf answers over small workspaces, for tests/gate_as_buf.rs to compare with.

    record.py <buf>            writes recorded.json
    record.py <buf> --check    fails where buf answers other than what is recorded

Every case is a command in a workspace; what it prints on standard output and its exit code are
recorded. What is on standard error is for people and differs.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
GIT = ["git", "-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false"]
FORMATS = ["text", "json", "msvs", "junit", "github-actions", "gitlab-code-quality"]

OLD = """message A { string aa = 1; string b = 2; }
enum E { E_A = 0; E_B = 1; }"""
NEW = """message A { int32 aa = 1; string c = 2; }
enum E { E_A = 0; }"""


def proto(package, body, *imports):
    lines = "".join(f'import "{name}";\n' for name in imports)
    return f'syntax = "proto3";\npackage {package};\n{lines}{body}\n'


def sides(config=None):
    """An old and a new version of the same few files, with one deleted and one package gone."""
    files = {}
    for side, body in (("old", OLD), ("new", NEW)):
        files[f"{side}/a/v1/a.proto"] = proto("a.v1", body)
        files[f"{side}/a/v1beta1/a.proto"] = proto("a.v1beta1", body)
        files[f"{side}/b/b.proto"] = proto("b", body)
        if config is not None:
            files[f"{side}/buf.yaml"] = config
    files["old/gone/g.proto"] = proto("gone", "message G {}")
    files["old/a/v1/gone.proto"] = proto("a.v1", "message G {}")
    return files


def workspace():
    """Two modules, of which one imports the other and a built-in file that is no longer used."""
    files = {}
    for side in ("old", "new"):
        files[f"{side}/buf.yaml"] = (
            "version: v2\nmodules:\n  - path: proto/a\n  - path: proto/b\n"
            "    breaking:\n      use: [WIRE]\n"
        )
    time = "google/protobuf/timestamp.proto"
    a = "message A { b.v1.B b = 1; google.protobuf.Timestamp t = 2; }"
    files["old/proto/a/a/v1/a.proto"] = proto("a.v1", a, "b/v1/b.proto", time)
    a = "message A { b.v1.B b = 1; reserved 2; }"
    files["new/proto/a/a/v1/a.proto"] = proto("a.v1", a, "b/v1/b.proto")
    files["old/proto/b/b/v1/b.proto"] = proto("b.v1", "message B { string b = 1; string c = 2; }")
    files["new/proto/b/b/v1/b.proto"] = proto("b.v1", "message B { string bb = 1; int32 c = 2; }")
    return files


def workspaces():
    against = "breaking new --against old"
    inside = "breaking --against ../old"

    def one(name, config, *commands, setup=()):
        return {"name": name, "files": sides(config), "setup": list(setup), "commands": commands or [against]}

    yield one("formats", "version: v1\n", *[f"{against} --error-format {name}" for name in FORMATS],
              f"{against} --error-format config-ignore-yaml", f"{against} --error-format lines")
    yield one("no configuration", None)
    yield one("v1, ignore and ignore_only", "version: v1\nbreaking:\n  use: [PACKAGE]\n  ignore: [b, gone]\n"
              "  ignore_only:\n    FIELD_SAME_TYPE: [a/v1/a.proto]\n    WIRE: [a/v1beta1]\n")
    yield one("v1, unstable packages", "version: v1\nbreaking:\n  ignore_unstable_packages: true\n"
              "  except: [FILE_NO_DELETE, FIELD_SAME_JSON_NAME]\n")
    yield one("v1beta1", "version: v1beta1\nbreaking:\n  use: [WIRE_JSON, PACKAGE_NO_DELETE]\n")
    yield one("v1beta1, roots", "version: v1beta1\nbuild:\n  roots: [a, b]\n  excludes: [a/v1beta1]\n"
              "breaking:\n  ignore: [b.proto]\n")
    yield one("v2, categories", "version: v2\nbreaking:\n  use: [WIRE]\n")
    yield one("v2, CSR", "version: v2\nbreaking:\n  use: [CSR]\n  ignore: [gone/g.proto]\n"
              "  ignore_only:\n    ENUM_VALUE_NO_DELETE: [b, a/v1]\n")
    yield one("v2, modules", "version: v2\nmodules:\n  - path: a\n  - path: b\n    breaking:\n      use: [WIRE]\n"
              "      ignore_only:\n        WIRE: [b/b.proto]\nbreaking:\n  use: [PACKAGE]\n  ignore: [a/v1beta1]\n")
    yield one("v2, includes", "version: v2\nmodules:\n  - path: .\n    includes: [a]\n    excludes: [a/v1beta1]\n")
    yield one("v2, one folder twice", "version: v2\nmodules:\n  - path: .\n    includes: [a]\n  - path: .\n    excludes: [a]\n")
    yield one("disabled", "version: v2\nbreaking:\n  ignore: [.]\n")
    yield one("deprecated", "version: v1\nbreaking:\n  use: [FIELD_SAME_LABEL, FIELD_SAME_TYPE]\n")
    yield one("nothing built in", "version: v2\nbreaking:\n  disable_builtin: true\n")
    for number, wrong in enumerate([
        "", "name: a/b/c\n", "version: v3\n", "version: v2\nfoo: 1\n",
        "version: v1\nlint:\n  use: [BASIC]\nlint:\n  use: [MINIMAL]\n", "version: v1\nbreaking:\n  use: [FOO]\n",
        "version: v1\nbreaking:\n  use: [CSR]\n", "version: v2\nbreaking:\n  use: [FIELD_SAME_LABEL]\n",
        "version: v2\nbreaking:\n  except: [FILE]\n", "version: v2\nbreaking:\n  ignore: [/a]\n",
        "version: v2\nbreaking:\n  ignore: [../a]\n", "version: v2\nbreaking:\n  ignore: [a, a/v1]\n",
        "version: v2\nbreaking:\n  ignore_only:\n    FOO: [a]\n", "version: v1\nbuild:\n  roots: [a]\n",
        "version: v1\nbuild:\n  excludes: [a/v1/a.proto]\n", "version: v2\nmodules:\n  - path: zzz\n",
        "version: v2\nmodules:\n  - path: .\n    excludes: [a, b, gone]\n", "version: v2\ndeps: [foo]\n",
        "version: v2\nlint:\n  use: BASIC\n", "version: v2\nlint:\n  disable_builtin: \"true\"\n",
        "version: v2\nlint:\n  allow_comment_ignores: true\n", "version: v1\nlint:\n  disallow_comment_ignores: true\n",
        "version: v2\nplugins:\n  - plugin: no-such-plugin\n", "version: v2\nmodules:\n  - path: a\n    breaking:\n      ignore: [b]\n",
    ]):
        yield one(f"wrong {number}", wrong)
    yield one("deps that nobody imports, and keys without value", "version: v2\nmodules:\nlint:\n"
              "deps:\n  - buf.build/googleapis/googleapis\n")
    yield one("flags", "version: v1\n",
              [*against.split(), "--config", '{"version":"v1","breaking":{"use":["WIRE"]}}'],
              [*against.split(), "--config", '{"version":"v2","breaking":{"use":["WIRE"]}}'],
              [*against.split(), "--against-config", '{"version":"v1","build":{"excludes":["a"]}}'],
              f"{against} --config nope.yaml", f"{against} --path new/a/v1", f"{against} --limit-to-input-files",
              *[(f"{inside} {flag}", "new") for flag in (
                  "--path a/v1", "--path a/v1/a.proto", "--path a --exclude-path a/v1beta1", "--exclude-path a",
                  "--path a/v1,b", "--path nope", "--path .", "--path a --exclude-path a", "--limit-to-input-files")],
              ("breaking a/v1/a.proto --against ../old/a/v1/a.proto", "new"),
              ("breaking a/v1/a.proto#include_package_files=true --against ../old/a/v1/a.proto#include_package_files=true", "new"),
              ("breaking a/v1/nope.proto --against ../old", "new"), ("breaking a --against ../old", "new"),
              "breaking new", "breaking new --against nope", "breaking new --against nope.binpb",
              "breaking new --against nope.tar", "breaking new --against old --no-such-flag",
              "breaking new --against a#b", "breaking new --against old --against-registry")
    commit = [GIT + ["add", "-A"], GIT + ["commit", "-qm", "x"]]
    yield one("git and archives", "version: v1\n",
              *[f"breaking new --against .git#{options}" for options in (
                  "branch=main,subdir=old", "tag=v1,subdir=old", "ref=HEAD~1,subdir=old", "commit=v1,subdir=old",
                  "branch=main,ref=v1,subdir=old,depth=5", "subdir=old", "tag=nope", "branch=main,tag=v1",
                  "branch=main,subdir=nope", "branch=main,subdir=old,recurse_submodules=true")],
              ("breaking --against ../.git#branch=main,subdir=old", "new"),
              ("breaking --against ../.git#branch=main,subdir=old --path a/v1", "new"),
              "breaking new --against .git#branch=main,subdir=old --limit-to-input-files",
              "breaking .git#branch=dev,subdir=new --against .git#branch=main,subdir=old --error-format json",
              *[f"breaking new --against {archive}" for archive in (
                  "x.tar#subdir=old", "x.tgz#subdir=old", "x.zip#subdir=old", "x.tar#strip_components=1",
                  "p.tgz#strip_components=2", "x.tar#format=targz", "x.tgz#format=tar,compression=gzip,subdir=old",
                  "x.tar#subdir=nope", "x.zip#compression=gzip,subdir=old")],
              "breaking x.zip#subdir=old --against new", "breaking new --against x.tgz#subdir=old --path a/v1",
              setup=[["git", "init", "-q", "-b", "main"], *commit, ["git", "tag", "v1"],
                     ["git", "checkout", "-q", "-b", "dev"], ["git", "rm", "-rq", "--cached", "old/gone"], *commit[1:],
                     ["git", "archive", "-o", "x.tar", "v1"], ["git", "archive", "-o", "x.tgz", "v1"],
                     ["git", "archive", "-o", "x.zip", "v1"],
                     ["git", "archive", "-o", "p.tgz", "--prefix=top/", "v1", "old"]])
    yield {"name": "workspace", "files": workspace(), "setup": [], "commands": [
        against, f"{against} --exclude-imports", f"{against} --path new/proto/b", (inside, "new"),
        *[(f"breaking {rest}", "new") for rest in (
            "--against ../old --path proto/a", "--against ../old --path proto/a/a", "--against ../old --exclude-path proto/b/b",
            "proto/a --against ../old/proto/a", "proto/a --against ../old", "proto --against ../old",
            "proto/a/a --against ../old", "--against ../old --limit-to-input-files")],
        ("breaking a/v1/a.proto --against ../../../old/proto/a/a/v1/a.proto", "new/proto/a"),
        ("breaking . --against ../../../old/proto/a", "new/proto/a"), "build new", "build new/proto/a",
        "build new -o x#format=dir", "build new -o x#format=foo", "build nope", "build new --error-format lines"]}
    work = {"version.txt": ""}
    for side, body in (("old", OLD), ("new", NEW)):
        work[f"{side}/buf.work.yaml"] = "version: v1\ndirectories: [p, q]\n"
        work[f"{side}/p/a/v1/a.proto"] = proto("a.v1", body, "b/v1/b.proto")
        work[f"{side}/q/b/v1/b.proto"] = proto("b.v1", body)
        work[f"{side}/q/buf.yaml"] = "version: v1\nname: buf.build/x/q\nbreaking:\n  use: [WIRE_JSON]\n"
    yield {"name": "buf.work.yaml", "files": work, "setup": [], "commands": [
        against, f"{against} --exclude-imports", ("breaking q --against ../old/q", "new"), ("breaking --against ../../old/p", "new/p"),
        ("breaking a --against ../../old/p", "new/p"), ("breaking --against ../old --path p/a", "new")]}
    yield {"name": "a file in two modules", "setup": [], "commands": ["build .", "breaking . --against ."], "files": {
        "buf.work.yaml": "version: v1\ndirectories: [p, q]\n", "p/b.proto": proto("b", "message B {}"),
        "q/b.proto": proto("b", "message B {}")}}
    yield {"name": "modules that would clash", "setup": [], "commands": ["build .", "breaking . --against ."], "files": {
        "buf.yaml": "version: v2\nmodules:\n  - path: .\n  - path: a\n", "a/v1/a.proto": proto("a.v1", "message A {}")}}
    yield {"name": "two configurations", "setup": [], "commands": ["build ."], "files": {
        "buf.yaml": "version: v2\n", "buf.work.yaml": "version: v1\ndirectories: [p]\n", "p/b.proto": proto("b", "message B {}")}}


    yield from places()


def places():
    """Where configuration can stand, and what stands beside it."""
    against, inside = "breaking new --against old", ("breaking --against ../old", "new")

    def one(name, files, *commands, setup=()):
        both = {}
        for side, body in (("old", OLD), ("new", NEW)):
            for path, text in files.items():
                both[f"{side}/{path}"] = proto(text, body) if path.endswith(".proto") else text
        return {"name": name, "files": both, "setup": list(setup), "commands": [against, inside, *commands]}

    a = {"a/a.proto": "a"}
    yield one("v1 modules below", {"m1/buf.yaml": "version: v1\nbreaking:\n  use: [WIRE]\n", "m1/a/a.proto": "a",
                                   "m2/buf.yaml": "version: v1\n", "m2/b/b.proto": "b"},
              ("build --path m1/a", "new"), ("breaking m1 --against ../old/m1", "new"))
    yield one("a workspace below", {"x/buf.yaml": "version: v2\nmodules:\n  - path: proto\n", "x/proto/a/a.proto": "a"},
              ("breaking x/proto --against ../old/x/proto", "new"), ("build --path x/proto", "new"))
    yield one("hidden folders", {".h/a.proto": "a", "b/.c.proto": "c", "b/c.proto": "b"})
    yield one("older names", {"buf.mod": "version: v1\nbreaking:\n  use: [WIRE]\n", **a})
    yield one("names sort modules", {"buf.yaml": "version: v2\nmodules:\n  - path: a\n    name: buf.build/z/a\n  - path: b\n"
                                     "    name: buf.build/a/b\n    breaking:\n      use: [WIRE]\n", "a/a/a.proto": "a", "b/b/b.proto": "b"})
    yield one("a module without protos", {"buf.yaml": "version: v2\nmodules:\n  - path: a\n  - path: b\n", "a/a.proto": "a", "b/x": ""},
              ("breaking a --against ../old/a", "new"), ("build b", "new"), ("build", "new/a"))
    yield one("from inside a module", {"buf.yaml": "version: v2\n", **a},
              ("breaking a.proto --against ../../old/a/a.proto", "new/a"), ("breaking .. --against ../../old", "new/a"))
    for number, (config, lock) in enumerate([
        ("version: v1\n", "version: v1\ndeps: []\n"), ("version: v2\n", "version: v1\ndeps: []\n"),
        ("version: v1\n", "version: v2\ndeps: []\n"), ("version: v2\n", "version: v2\n"), ("version: v1\n", "# x\n"),
        ("version: v2\ndeps: [buf.build/a/b]\n", "version: v2\n")]):
        yield one(f"lock file {number}", {"buf.yaml": config, "buf.lock": lock, **a})
    links = [["ln", "-s", "real", f"{side}/link"] for side in ("old", "new")]
    yield one("a folder by two ways", {"buf.yaml": "version: v1\nbuild:\n  excludes: [real]\n", "real/a.proto": "a"},
              f"{against} --disable-symlinks", setup=links)
    links = [["ln", "-s", "a.proto", f"{side}/b.proto"] for side in ("old", "new")]
    yield one("a file by two ways", {"a.proto": "a"}, f"{against} --disable-symlinks", setup=links)


def record(buf):
    for one in workspaces():
        cases = []
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path, text in one["files"].items():
                path = root / path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            for step in one["setup"]:
                subprocess.run(step, cwd=root, check=True)
            for command in one["commands"]:
                command, inner = command if isinstance(command, tuple) else (command, "")
                args = command.split() if isinstance(command, str) else command
                ran = subprocess.run([buf, *args], cwd=root / inner, capture_output=True, text=True, stdin=subprocess.DEVNULL)
                cases.append({"in": inner, "args": args, "code": ran.returncode, "stdout": ran.stdout.splitlines()})
        yield {"name": one["name"], "files": one["files"], "setup": one["setup"], "cases": cases}


def main():
    recorded = HERE / "recorded.json"
    text = json.dumps(list(record(str(pathlib.Path(sys.argv[1]).absolute()))), indent=1, ensure_ascii=False) + "\n"
    if "--check" in sys.argv:
        sys.exit(0 if recorded.read_text() == text else "buf answers other than what is recorded")
    recorded.write_text(text)


main()
