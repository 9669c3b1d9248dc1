#!/usr/bin/env python3
"""Times the gate side by side with buf: the same commands over the same folders, in turns.

Run by `make bench`, which lets it write the tables into docs/benchmarks.md. Every number is of the
whole process as the kernel counts it: wall seconds, CPU seconds (user and system), peak memory.
Corpora are those of corpus.py. Needs npm, GNU time, and buf as `interop/run` installs it.
"""

import argparse
import datetime
import itertools
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import corpus

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUF = ROOT / ".interop" / "node" / "node_modules" / ".bin" / "buf"
PAGE = ROOT / "docs" / "benchmarks.md"
MARKS = ("<!-- gate: written by make bench -->\n", "<!-- gate: end -->\n")
# What the issue asks for, as parts of buf's: CPU, memory.
ASKED = {"build": (6, 5), "lint": (6, 5), "breaking": (10, 6)}


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--treaty", type=pathlib.Path, required=True, help="an optimised treaty")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--only", default="", help="cases whose name contains this")
    options.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    options = options.parse_args()
    if not BUF.exists():
        sys.exit(f"{BUF.relative_to(ROOT)} is not there: run `make interop` once, which installs it")
    if options.write and (options.rounds < 3 or options.only):
        sys.exit("only a whole run of three rounds and more is written down")
    if not shutil.which("time"):
        sys.exit("GNU time is not there: install Debian's `time`")
    treaty, buf = options.treaty.resolve(), native(BUF)
    with tempfile.TemporaryDirectory() as scratch:
        lines = list(measure(treaty, buf, pathlib.Path(scratch), options))
    if options.write:
        before, rest = PAGE.read_text().split(MARKS[0])
        after = rest.split(MARKS[1])[1]
        PAGE.write_text(before + MARKS[0] + "".join(lines) + MARKS[1] + after)


def measure(treaty, buf, scratch, options):
    """The lines of the page, each printed as soon as it is known."""
    tables = itertools.chain(head(treaty, buf, options), "\n",
                             beside_buf(treaty, buf, scratch, options), "\n",
                             growth(treaty, scratch, options), "\n",
                             checks(treaty, scratch, options))
    for line in tables:
        print(line, end="", flush=True)
        yield line


def head(treaty, buf, options):
    day = datetime.datetime.now(datetime.UTC).date()
    commit = output(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"])
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    yield (f"{day}, commit {commit}, {output([treaty, '--version'])} of `make dist` beside "
           f"buf {output([buf, '--version'])};\n{os.cpu_count()} cores ({processor()}), {memory} "
           f"GiB, {platform.system()}. {options.rounds} rounds, the two\nprograms in turns; load "
           f"before: {os.getloadavg()[0]:.1f}. Each cell is the median, with the least in brackets.\n")


def beside_buf(treaty, buf, scratch, options):
    old, new = (corpus.googleapis(version) for version in corpus.VERSIONS)
    shops_old, shops_new = corpus.ten_shops()
    own = ROOT / "proto"
    count = {path: corpus.count(path) for path in (old, new, shops_old, shops_new, own)}
    yield (f"Corpora: npm `google-proto-files` {corpus.VERSIONS[0]} ({count[old]:,} files) and "
           f"{corpus.VERSIONS[1]} ({count[new]:,}\nfiles); the shop's contracts ten times over "
           f"({count[shops_new]} files); this repository's own ({count[own]} files).\n\n")
    images = {}
    for name, folder in (("old", old), ("new", new)):
        images[name] = scratch / f"{name}.binpb"
        subprocess.run([buf, "build", "-o", images[name]], cwd=folder, check=True)
    out = scratch / "out.binpb"
    cases = [
        ("`--version`", own, ["--version"]),
        ("googleapis: build", new, ["build", "-o", out]),
        ("googleapis: lint", new, ["lint"]),
        ("googleapis: breaking, folder against folder", new, ["breaking", "--against", old]),
        ("googleapis: breaking, folder against image", new,
         ["breaking", "--against", images["old"]]),
        ("googleapis: breaking, image against image", scratch,
         ["breaking", images["new"], "--against", images["old"]]),
        ("ten shops: build", shops_new, ["build", "-o", out]),
        ("ten shops: lint", shops_new, ["lint"]),
        ("ten shops: breaking, folder against folder", shops_new,
         ["breaking", "--against", shops_old]),
        ("own: build", own, ["build", "-o", out]),
        ("own: lint", own, ["lint"]),
        ("own: breaking, folder against folder", own, ["breaking", "--against", own]),
    ]
    yield ("| case | wall, buf | treaty | CPU, buf | treaty | part | asked | peak, buf | treaty | "
           "part | asked |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
    for name, folder, command in cases:
        if options.only in name:
            yield row(name, folder, command, buf, treaty, options.rounds)


def row(name, folder, command, buf, treaty, rounds):
    runs = {buf: [], treaty: []}
    for _ in range(rounds):
        for program, measured in runs.items():
            measured.append(run([program, *command], folder))
    codes = {program: {one[0] for one in measured} for program, measured in runs.items()}
    note = "" if codes[buf] == codes[treaty] else f" (exit codes {codes[buf]} and {codes[treaty]})"
    cpu, peak = (ratio(runs, treaty, buf, column) for column in (2, 3))
    asked = ("", "")
    if name.startswith("googleapis") and "against image" not in name:
        kind = next(kind for kind in ASKED if kind in name)
        asked = tuple(f"1/{part}{'' if got >= part else ' **missed**'}"
                      for part, got in zip(ASKED[kind], (cpu, peak)))
    cells = [name + note]
    cells += [f"{shown(runs[program], 1, seconds)}" for program in (buf, treaty)]
    cells += [f"{shown(runs[program], 2, seconds)}" for program in (buf, treaty)]
    cells += [f"1/{cpu:.1f}", asked[0]]
    cells += [f"{shown(runs[program], 3, megabytes)}" for program in (buf, treaty)]
    cells += [f"1/{peak:.1f}", asked[1]]
    return "| " + " | ".join(cells) + " |\n"


def growth(treaty, scratch, options):
    """The same work on a part of the corpus: what a thousand files cost must not grow."""
    if options.only:
        return
    old, new = (corpus.googleapis(version) for version in corpus.VERSIONS)
    yield ("Growth, treaty alone; a part is closed under imports:\n\n| part of googleapis | files, size | "
           "build, CPU per 1,000 files | lint | breaking against the same part |\n"
           "|---|--:|--:|--:|--:|\n")
    for part in (4, 2, 1):
        folders = [scratch / f"part-{part}" / name for name in ("old", "new")]
        for source, folder in zip((old, new), folders):
            corpus.part(source, folder, part)
        files = corpus.count(folders[1])
        size = sum(path.stat().st_size for path in folders[1].rglob("*.proto"))
        commands = (["build", "-o", scratch / "out.binpb"], ["lint"],
                    ["breaking", "--against", folders[0]])
        cells = [f"1/{part}", f"{files:,}, {size / 1e6:.0f} MB"]
        for command in commands:
            runs = [run([treaty, *command], folders[1]) for _ in range(options.rounds)]
            each = statistics.median(one[2] for one in runs) / files * 1000
            cells.append(f"{seconds(each)}, {megabytes(max(one[3] for one in runs))}")
        yield "| " + " | ".join(cells) + " |\n"


def checks(treaty, scratch, options):
    """`treaty check` over ten shops: with nothing known, with all known, with one file changed."""
    if options.only not in "check":
        return
    workspace = corpus.released_shops(treaty, scratch / "workspace")
    files = sorted(workspace.rglob("orders.proto"))
    cold, warm, changed = [], [], []
    for number in range(options.rounds):
        cold.append(run([treaty, "check", "--no-cache"], workspace))
        run([treaty, "check"], workspace)
        warm.append(run([treaty, "check"], workspace))
        files[0].write_text(files[0].read_text() + f"// {number}\n")
        changed.append(run([treaty, "check"], workspace))
    contracts = sum(1 for _ in workspace.rglob("contract.toml"))
    yield (f"`treaty check`, {contracts} released contracts, {corpus.count(workspace)} files:\n\n"
           "| state of the cache | wall | CPU | peak |\n|---|--:|--:|--:|\n")
    for name, runs in (("none", cold), ("all is known", warm), ("one file changed", changed)):
        cells = [shown(runs, 1, seconds), shown(runs, 2, seconds), shown(runs, 3, megabytes)]
        yield f"| {name} | " + " | ".join(cells) + " |\n"


def run(command, folder):
    """Exit code, wall seconds, CPU seconds and peak megabytes of one run.

    A process inherits the peak of whoever starts it, and Python's is 20 MB; GNU time's is 1 MB.
    """
    with tempfile.NamedTemporaryFile("r") as peak:
        start = time.monotonic()
        process = subprocess.Popen(["time", "-f", "%M", "-o", peak.name, *command], cwd=folder,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        kilobytes = int(peak.read().split()[-1])
    return (process.returncode, wall, usage.ru_utime + usage.ru_stime, kilobytes / 1000)


def ratio(runs, treaty, buf, column):
    """Of neighbours in time, so that a change of the machine's speed is in both."""
    pairs = zip(runs[buf], runs[treaty])
    return statistics.median(theirs[column] / max(ours[column], 1e-6) for theirs, ours in pairs)


def shown(runs, column, form):
    values = [one[column] for one in runs]
    return f"{form(statistics.median(values))} ({form(min(values))})"


def seconds(number):
    return f"{number * 1000:.0f} ms" if number < 1 else f"{number:.2f} s"


def megabytes(number):
    return f"{number:,.0f} MB"


def output(command):
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip() or done.stderr.strip()


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def native(launcher):
    """The program behind npm's launcher, so that Node's start is not counted against buf."""
    for found in sorted(launcher.parent.parent.glob("@bufbuild/buf-*/bin/buf")):
        return found
    return launcher


if __name__ == "__main__":
    main()
