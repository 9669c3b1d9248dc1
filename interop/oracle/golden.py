#!/usr/bin/env python3
"""Writes buf's own answers beside the fixtures of treaty-engine, or checks that they still hold.

Usage: golden.py [--check] [--table] [<kind>[/<fixture>] ...]      kind: breaking, lint, config

    breaking/<fixture>/expected.jsonl  `new` against `old`, every breaking rule of buf.yaml v2 in use
    lint/<fixture>/expected.jsonl      every lint rule of v2 in use, or what the fixture's buf.yaml says
    config/<case>/expected.json        exit code, stdout and stderr of every command in cases.json

`--table` prints how many annotations each rule has, over all fixtures and in its own.
Does not ask Treaty anything. Holds: an answer depends on the fixture and on buf's version alone.
"""

import argparse
import concurrent.futures
import functools
import json
import os
import pathlib
import subprocess
import sys

import cases

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "crates/treaty-engine/fixtures"
BUF = os.environ.get("BUF") or str(ROOT / ".interop/node/node_modules/.bin/buf")
IMPORTS = FIXTURES / "lint/_imports"


def buf(*args, cwd):
    """Runs buf; findings are exit code 100, so any other failure ends the run."""
    done = subprocess.run([BUF, *args], cwd=cwd, capture_output=True, text=True)
    if done.returncode not in (0, 100):
        raise RuntimeError(f"{cwd}: buf {args[0]} ended with {done.returncode}\n{done.stderr}")
    return done.stdout


def pinned():
    """Ends the run when buf is not the one that package.json pins."""
    package = json.loads((ROOT / "interop/node/package.json").read_text())
    wanted = {**package.get("dependencies", {}), **package.get("devDependencies", {})}["@bufbuild/buf"]
    have = buf("--version", cwd=ROOT).strip()
    if have != wanted:
        sys.exit(f"golden: buf is {have}, the fixtures want {wanted}")


@functools.cache
def rules(kind, *flags):
    lines = buf("config", f"ls-{kind}-rules", "--version", "v2", "--format", "json", *flags, cwd=ROOT)
    return [json.loads(line)["id"] for line in lines.splitlines()]


def compiled(folder, text):
    """A fixture that does not compile would be a golden file about something else."""
    for line in text.splitlines():
        if json.loads(line)["type"] == "COMPILE":
            raise RuntimeError(f"{folder}: {line}")
    return text


def breaking(folder):
    config = json.dumps({"version": "v2", "breaking": {"use": rules("breaking")}})
    args = ["breaking", ".", "--against", "../old", "--config", config, "--error-format", "json"]
    return {"expected.jsonl": compiled(folder, buf(*args, cwd=folder / "new"))}


def lint(folder):
    own = folder / "buf.yaml"
    every = json.dumps({"use": rules("lint", "--include-deprecated")})
    settings = own.read_text() if own.exists() else f"version: v2\nlint: {every}\n"
    args = ["--error-format", "json"]
    if not any(b"buf/validate/" in proto.read_bytes() for proto in folder.rglob("*.proto")):
        return {"expected.jsonl": compiled(folder, buf("lint", ".", "--config", settings, *args, cwd=folder))}
    # The imports are a module of their own beside the fixture, so that they are not linted.
    with cases.copies(fixture=folder, imports=IMPORTS) as workspace:
        (workspace / "fixture" / "buf.yaml").unlink(missing_ok=True)
        modules = "modules: [{path: fixture}, {path: imports}]"
        (workspace / "buf.yaml").write_text(f"{settings}{modules}\n")
        text = buf("lint", "fixture", *args, cwd=workspace)
    return {"expected.jsonl": compiled(folder, text.replace('{"path":"fixture/', '{"path":"'))}


def config(folder):
    return {"expected.json": cases.answers(folder, BUF)}


KINDS = {"breaking": breaking, "lint": lint, "config": config}


def fixtures(wanted):
    found = []
    for kind in KINDS:
        for folder in sorted((FIXTURES / kind).iterdir()):
            named = not wanted or kind in wanted or f"{kind}/{folder.name}" in wanted
            if folder.is_dir() and not folder.name.startswith("_") and named:
                found.append((kind, folder))
    if not found:
        sys.exit(f"golden: no fixture is named {' '.join(wanted)}")
    return found


def differences(folder, answers, check):
    """Writes the answers, or says which files of the fixture hold something else."""
    for name, text in answers.items():
        file = folder / name
        held = file.read_text() if file.exists() else None
        if held == text:
            continue
        yield f"{file.relative_to(ROOT)} {'is missing' if held is None else 'differs'}"
        if not check:
            file.write_text(text)


def table():
    """How many annotations each rule has: in all fixtures, in its own, and in how many fixtures."""
    for kind in ("breaking", "lint"):
        every = {rule: [0, 0, set()] for rule in rules(kind)}
        for file in sorted((FIXTURES / kind).glob("*/expected.jsonl")):
            for line in file.read_text().splitlines():
                row = every.setdefault(json.loads(line)["type"], [0, 0, set()])
                row[0] += 1
                row[1] += json.loads(line)["type"].lower() == file.parent.name
                row[2].add(file.parent.name)
        print(f"{kind:48} {'all':>5} {'own':>4} {'in':>3}")
        for rule, (count, own, places) in sorted(every.items()):
            print(f"  {rule:46} {count:5} {own:4} {len(places):3}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail instead of writing")
    parser.add_argument("--table", action="store_true", help="print the hits of each rule")
    parser.add_argument("fixtures", nargs="*", metavar="kind[/fixture]")
    options = parser.parse_args()
    pinned()
    if options.table:
        return table()
    found = fixtures([one.rstrip("/") for one in options.fixtures])
    changed = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        asked = [(folder, pool.submit(KINDS[kind], folder)) for kind, folder in found]
        failed = 0
        for folder, answer in asked:
            try:
                changed += differences(folder, answer.result(), options.check)
            except RuntimeError as why:
                failed += 1
                print(f"golden: {why}", file=sys.stderr)
    print("\n".join(changed + [f"golden: {len(found)} fixtures, {len(changed)} changed, {failed} failed"]))
    sys.exit(1 if failed or (options.check and changed) else 0)


if __name__ == "__main__":
    main()
