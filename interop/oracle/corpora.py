#!/usr/bin/env python3
"""Two versions of google-proto-files, a year apart: what Treaty builds, lints and finds broken is what buf does.

Usage: corpora.py [--install]

For each version the image is compared with buf's file by file, source info location by location, and the
descriptors with protoc's; then every lint rule over each, and every breaking rule from the older to the newer.
With `--install` the packages are only fetched, once, into .interop/corpora.
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

import golden
import images
import tools

PACKAGE = "google-proto-files"
# By version, the SHA-512 of what npm gives.
VERSIONS = {
    "5.0.1": "0cce71d03d5033f913435da9e7b946d78f9a2f73cc3ed6f361ffa87a43cc914c1e523aeb4f872bcd5ecef4b6a4645e7fadd97e49505e4a203fb1f4eefdd016bf",
    "6.0.1": "7dbbd4595361deb286955156c2550d17b4a4d536a1d1af3dab4dab2d35ec5a36ca28719eb944406bcb65f6bbeee53c969f2d58892228e5e0ea176eb44da8babd",
}
CORPORA = golden.ROOT / ".interop/corpora"
FOLDERS = ["gapic", "google", "grafeas"]
# They import what the package lacks, or declare a name twice.
BROKEN = ["google/protobuf/compiler/ruby", "google/protobuf/util"]
# Go's protobuf library, and so every rule of buf, ends at a message set.
MESSAGE_SET = b"message_set_wire_format = true"
# What is beyond protoc 35: it takes edition 2026 only with a flag.
BEYOND_PROTOC = b'edition = "2026"'


def install():
    for version, digest in VERSIONS.items():
        if not (CORPORA / version).exists():
            fetch(version, digest)


def fetch(version, digest):
    with tempfile.TemporaryDirectory(prefix="treaty-corpora-") as place:
        place = pathlib.Path(place)
        said = subprocess.run(["npm", "pack", f"{PACKAGE}@{version}", "--silent"], cwd=place, check=True, capture_output=True, text=True)
        archive = place / said.stdout.split()[-1]
        have = hashlib.sha512(archive.read_bytes()).hexdigest()
        if have != digest:
            sys.exit(f"corpora: {PACKAGE} {version} has SHA-512 {have}, not {digest}")
        with tarfile.open(archive) as files:
            files.extractall(place / "out", filter="data")
        for broken in BROKEN:
            shutil.rmtree(place / "out/package" / broken)
        for path in (place / "out/package").iterdir():
            if path.name not in FOLDERS:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        CORPORA.mkdir(parents=True, exist_ok=True)
        shutil.move(place / "out/package", CORPORA / version)


def timed(what, began):
    print(f"  {what}: {time.monotonic() - began:.0f} s", flush=True)


def compare(what, lines, accepted, failures):
    """Tells what differs, unless it is accepted."""
    new = [line for line in lines if not accepted.covers([line])]
    failures += new
    print(f"  {what}: {f'{len(new)} differences' if new else 'equal'}, {len(lines) - len(new)} accepted", flush=True)
    for line in new[:10]:
        print(f"    {line[:400]}")


def built(version, place):
    """The images of both tools."""
    found = {}
    for tool in tools.TOOLS:
        began = time.monotonic()
        faults = tools.build(tool, CORPORA / version, place / f"{version}.{tool}.binpb")
        if faults:
            raise RuntimeError(f"{tool} refuses files of {version}: {faults}")
        timed(f"{version}: {tool} build", began)
        found[tool] = images.read(place / f"{version}.{tool}.binpb")
    return found


def protoc(version, place):
    """protoc's descriptors, of the files that it takes."""
    root = CORPORA / version
    names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.proto"))
    beyond = {name for name in names if BEYOND_PROTOC in (root / name).read_bytes()}
    built_in = subprocess.run([python(), "-c", "import grpc_tools; print(grpc_tools.__path__[0])"], check=True, capture_output=True, text=True)
    (place / "names").write_text("\n".join(name for name in names if name not in beyond))
    out = place / f"{version}.protoc.binpb"
    command = [python(), "-m", "grpc_tools.protoc", f"-I{root}", f"-I{built_in.stdout.strip()}/_proto", "--retain_options"]
    subprocess.run([*command, f"--descriptor_set_out={out}", f"@{place / 'names'}"], check=True, cwd=root, capture_output=True)
    return images.read(out), beyond


def linted(version, place):
    """An image that buf can check: without message sets."""
    root = CORPORA / version
    sets = [path.relative_to(root).as_posix() for path in root.glob("google/protobuf/**/*.proto")
            if MESSAGE_SET in path.read_bytes() and path.name != "descriptor.proto"]  # fmt: skip
    out = place / f"{version}.binpb"
    left_out = images.without(place / f"{version}.buf.binpb", sets, out)
    print(f"  {version}: without {len(left_out)} files for their message sets")
    return out


def python():
    return os.environ.get("PYTHON") or str(golden.ROOT / ".interop/python/bin/python")


def main():
    install()
    if "--install" in sys.argv[1:]:
        return
    golden.pinned()
    accepted, failures, config = tools.Accepted(), [], tools.every_rule()
    with tempfile.TemporaryDirectory(prefix="treaty-corpora-") as place:
        place = pathlib.Path(place).resolve()
        for version in VERSIONS:
            found = built(version, place)
            compare(f"{version}: {len(found['buf'])} files, buf's image", [f"treaty {line}" for line in images.differences(found["treaty"], found["buf"])], accepted, failures)
            began = time.monotonic()
            theirs, beyond = protoc(version, place)
            ours = {name: parts for name, parts in found["treaty"].items() if name in theirs or name not in beyond and (CORPORA / version / name).exists()}
            compare(f"{version}: {len(theirs)} files, protoc's descriptors", [f"protoc {line}" for line in images.differences(ours, theirs, source_info=False)], accepted, failures)
            timed(f"{version}: protoc", began)
            began = time.monotonic()
            lines, said = tools.annotations("lint", linted(version, place), "--config", config, cwd=place)
            compare(f"{version}: {len(said)} lint annotations", lines, accepted, failures)
            timed(f"{version}: lint, both", began)
        old, new = (place / f"{version}.binpb" for version in VERSIONS)
        began = time.monotonic()
        lines, said = tools.annotations("breaking", new, "--against", old, "--config", config, cwd=place)
        compare(f"{' to '.join(VERSIONS)}: {len(said)} breaking annotations", lines, accepted, failures)
        timed("breaking between images, both", began)
    accepted.tell()
    print(f"{len(failures)} differences that are not accepted")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
