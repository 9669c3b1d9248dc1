#!/usr/bin/env python3
"""Times the gate side by side with buf: the same commands over the same folders, in turns.

Run by `make bench`. Prints the table of docs/benchmarks.md: wall and CPU seconds (user and system)
and peak memory of the whole process, each the median of the rounds, and the ratio of the medians.
Corpora: two versions of the npm package google-proto-files, a year apart; the shop's contracts ten
times over; this repository's own contracts. Needs npm, and buf as `interop/run` installs it.
"""

import argparse
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
INTEROP = ROOT / ".interop"
CORPUS = INTEROP / "corpus"
BUF = INTEROP / "node" / "node_modules" / ".bin" / "buf"
VERSIONS = ("5.0.1", "6.0.1")
# Neither buf nor protoc compiles these: they import files that the package does not have.
BROKEN = ("google/protobuf/compiler/ruby", "google/protobuf/util/json_format_proto3.proto")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--treaty", type=pathlib.Path, required=True, help="an optimised treaty")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--only", default="", help="cases whose name contains this")
    options = options.parse_args()
    if not BUF.exists():
        sys.exit(f"{BUF.relative_to(ROOT)} is not there: run `make interop` once, which installs it")
    buf = native(BUF)
    old, new = (googleapis(version) for version in VERSIONS)
    shop_old, shop_new = ten_shops()
    own = ROOT / "proto"
    files = {path: sum(1 for _ in path.rglob("*.proto")) for path in (old, new, shop_new, own)}
    print(f"{buf_version(buf)}, treaty {options.treaty.name}, {options.rounds} rounds in turns,",
          f"{os.cpu_count()} cores; google-proto-files {VERSIONS[0]} ({files[old]} files) and",
          f"{VERSIONS[1]} ({files[new]} files), ten shops ({files[shop_new]} files),",
          f"own contracts ({files[own]} files)\n")
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        images = {}
        for name, folder in (("old", old), ("new", new)):
            images[name] = scratch / f"{name}.binpb"
            subprocess.run([buf, "build", "-o", images[name]], cwd=folder, check=True)
        cases = [
            ("--version", own, ["--version"]),
            ("googleapis: build", new, ["build", "-o", scratch / "out.binpb"]),
            ("googleapis: lint", new, ["lint"]),
            ("googleapis: breaking, folder against folder", new, ["breaking", "--against", old]),
            ("googleapis: breaking, folder against image", new,
             ["breaking", "--against", images["old"]]),
            ("googleapis: breaking, image against image", scratch,
             ["breaking", images["new"], "--against", images["old"]]),
            ("ten shops: build", shop_new, ["build", "-o", scratch / "out.binpb"]),
            ("ten shops: lint", shop_new, ["lint"]),
            ("ten shops: breaking, folder against folder", shop_new,
             ["breaking", "--against", shop_old]),
            ("own contracts: lint", own, ["lint"]),
            ("own contracts: breaking, folder against folder", own, ["breaking", "--against", own]),
        ]
        print("| case | buf wall | treaty wall | buf CPU | treaty CPU | ratio | "
              "buf peak | treaty peak | ratio |")
        print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
        for name, folder, command in cases:
            if options.only in name:
                row(name, folder, command, buf, options.treaty.resolve(), options.rounds)


def row(name, folder, command, buf, treaty, rounds):
    runs = {buf: [], treaty: []}
    for _ in range(rounds):
        for program, measured in runs.items():
            measured.append(run([program, *command], folder))
    codes = {program: {one[0] for one in measured} for program, measured in runs.items()}
    note = "" if codes[buf] == codes[treaty] else f" (exit codes {codes[buf]} and {codes[treaty]})"
    medians = [
        [statistics.median(one[column] for one in measured) for column in (1, 2, 3)]
        for measured in runs.values()
    ]
    (wall, cpu, peak), (our_wall, our_cpu, our_peak) = medians
    print(f"| {name}{note} | {seconds(wall)} | {seconds(our_wall)} | {seconds(cpu)} | "
          f"{seconds(our_cpu)} | 1/{cpu / our_cpu:.1f} | {peak:,.0f} MB | {our_peak:,.0f} MB | "
          f"1/{peak / our_peak:.1f} |", flush=True)


def run(command, folder):
    """Exit code, wall seconds, CPU seconds and peak megabytes of one run."""
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    return (process.returncode, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000)


def seconds(number):
    return f"{number * 1000:.0f} ms" if number < 1 else f"{number:.2f} s"


def native(launcher):
    """The program behind npm's launcher, so that Node's start is not counted against buf."""
    for found in sorted(launcher.parent.parent.glob("@bufbuild/buf-*/bin/buf")):
        return found
    return launcher


def buf_version(buf):
    text = subprocess.run([buf, "--version"], capture_output=True, text=True, check=True)
    return f"buf {text.stdout.strip() or text.stderr.strip()}"


def googleapis(version):
    """The package's protos that compile, unpacked once."""
    folder = CORPUS / f"google-proto-files-{version}"
    if folder.exists():
        return folder
    CORPUS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CORPUS) as scratch:
        subprocess.run(["npm", "pack", "--silent", f"google-proto-files@{version}"], cwd=scratch,
                       check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(pathlib.Path(scratch).glob("*.tgz"))) as archive:
            archive.extractall(scratch, filter="data")
        package = pathlib.Path(scratch) / "package"
        for path in package.rglob("*"):
            name = path.relative_to(package).as_posix()
            if path.is_file() and (path.suffix != ".proto" or name.startswith(BROKEN)):
                path.unlink()
        package.rename(folder)
    return folder


def ten_shops():
    """The shop's contracts ten times under other packages, before and after a few changes."""
    folders = (CORPUS / "shops-old", CORPUS / "shops-new")
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
        for source in sorted((ROOT / "proto" / "shop").rglob("*.proto")):
            text = source.read_text()
            for number in range(10):
                name = source.relative_to(ROOT / "proto").as_posix()
                copy = folder / re.sub("^shop", f"shop{number}", name)
                copy.parent.mkdir(parents=True, exist_ok=True)
                renamed = re.sub(r"\bshop([./])", rf"shop{number}\1", text)
                if folder == folders[1] and number % 3 == 0:
                    renamed = renamed.replace("string order_id = 1;", "string order = 1;")
                copy.write_text(renamed)
    return folders


if __name__ == "__main__":
    main()
