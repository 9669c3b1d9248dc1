"""Real proto files to start from: ours, the fixtures of treaty-engine, well-known types, and google's.

A module is `{path: text}`. `placed` gives it a folder and packages of its own, so that many stand side by side
in one workspace; `imported` finds what it needs beside it. What needs anything else is left out.
"""

import functools
import pathlib
import re

from statements import File

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "crates/treaty-engine/fixtures"
WELL_KNOWN = ROOT / "crates/treaty-compiler/wellknown"
CORPUS = ROOT / ".interop/corpora/6.0.1"
IMPORT = re.compile(r'^\s*import\s+(?:public\s+|weak\s+|option\s+)?"([^"]+)"', re.M)
PACKAGE = re.compile(r"^\s*package\s+([\w.]+)\s*;", re.M)
# Small enough for many mutations to meet.
MAX_BYTES, MAX_FILES = 20_000, 6


def folder(root, under="."):
    paths = sorted((root / under).rglob("*.proto"))
    return {path.relative_to(root).as_posix(): path.read_bytes().decode() for path in paths}


@functools.cache
def modules(corpus=CORPUS):
    """All modules to start from, by kind."""
    ours = [folder(ROOT / "proto", under) for under in ("shop/catalog", "shop/orders", "shop/dispatch", "treaty/bus", "io")]
    sides = sorted(FIXTURES.glob("breaking/*/old")) + sorted(FIXTURES.glob("breaking/*/new"))
    lint = [one for one in sorted(FIXTURES.glob("lint/*")) if not one.name.startswith("_")]
    known = {path: text for path, text in folder(WELL_KNOWN).items() if not re.search("descriptor|features|options", path)}
    google = {}
    for path, text in folder(corpus, "google").items() if corpus.is_dir() else ():
        if not path.startswith("google/protobuf/"):
            google.setdefault(path.rpartition("/")[0], {})[path] = text
    found = {
        "ours": ours,
        "breaking": [folder(side) for side in sides],
        "lint": [folder(one) for one in lint],
        "well known": [with_imports(path, known) for path in sorted(known)],
        "google": [google[name] for name in sorted(google)],
    }
    fits = lambda files: files and len(files) <= MAX_FILES and sum(map(len, files.values())) <= MAX_BYTES
    return {kind: [files for files in every if fits(files) and imported(files, corpus) is not None] for kind, every in found.items()}


def with_imports(path, known):
    found, wanted = {}, [path]
    while wanted:
        path = wanted.pop()
        if path in known and path not in found:
            found[path] = known[path]
            wanted += IMPORT.findall(known[path])
    return found


@functools.cache
def beside(path, corpus):
    """The text of a file that is imported, unless it is built in or not to be had."""
    for root in (FIXTURES / "lint/_imports", corpus):
        if (root / path).is_file():
            return (root / path).read_bytes().decode()
    return None


def imported(files, corpus=CORPUS, most=40):
    """What these files import from elsewhere, wholly; None if that is too much, or not to be had."""
    found, wanted = {}, [path for text in files.values() for path in IMPORT.findall(text)]
    while wanted:
        path = wanted.pop()
        if path in files or path in found or path.startswith("google/protobuf/"):
            continue
        text = beside(path, corpus)
        if text is None or len(found) == most:
            return None
        found[path] = text
        wanted += IMPORT.findall(text)
    return found


def placed(files, name, slot):
    """The module in a folder `name`, in packages below or instead of the first part of its own."""
    packages = sorted({package for text in files.values() for package in PACKAGE.findall(text)}, key=len, reverse=True)
    result = {}
    for path, text in files.items():
        text = IMPORT.sub(lambda match: match[0].replace(f'"{match[1]}"', f'"{name}/{match[1]}"') if match[1] in files else match[0], text)
        for package in packages:
            # What is google's is found from everywhere else only if no package within hides it.
            new = f"{name}.{package.removeprefix('google.')}"
            text = re.sub(rf"(?<![\w.])(\.?){re.escape(package)}(?=\s*;|\.[A-Z])", rf"\g<1>{new}", text)
        result[f"{name}/{path}"] = text if PACKAGE.search(text) else with_package(text, f"{name}.none")
    return {path: apart(text, slot) for path, text in result.items()}


def with_package(text, package):
    file = File(text)
    at = 1 if file.body and file.body[0].keyword in ("syntax", "edition") else 0
    before, after = file.body[:at], file.body[at:]
    return "".join(one.text() for one in before) + f"\npackage {package};" + "".join(one.text() for one in after) + file.end


def apart(text, slot):
    """With other numbers for extensions of what all modules share."""
    file = File(text)
    for keyword, body in file.blocks():
        for one in body:
            if one.keyword == "extend" and re.match(r"extend\s+\.?(google|buf)\.", one.head):
                for field in one.body:
                    field.head = re.sub(r"=\s*(\d{4,})", lambda match: f"= {int(match[1]) + 64 * slot}", field.head, count=1)
    return file.text()
