#!/usr/bin/env python3
"""Random changes of real files: buf and Treaty must say the same of each.

Usage: oracle.py [--pairs 2000] [--seed 1] [--pair N] [--out folder]

A pair is a module before and after some changes. Compared are, over every pair: whether each side compiles; the
image, source info included; the annotations of every lint rule and of every breaking rule, with their places, in
their order; and the exit codes. Pairs are asked about in batches, each pair in a folder and in packages of its
own; those that neither tool compiles are asked about no further, and more are drawn until `--pairs` of them were
compared whole. A pair that differs is asked about again alone, and left in `--out` with what both said. `--pair N` asks
about one alone. Fails if a difference is not in accepted.json.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import shutil
import sys
import tempfile
import time

import golden
import images
import mutate
import sources
import tools

BATCH = 25


def pair(seed, number):
    """Both sides, and what was done."""
    chance = random.Random(f"{seed}/{number}")
    modules = sources.modules()
    kind = chance.choice([kind for kind in modules for _ in modules[kind][:1]])
    before = sources.placed(chance.choice(modules[kind]), f"p{number:05}", number % BATCH)
    done = mutate.mutate(before, chance, chance.choice([0, 0, 1]))
    after = dict(before)
    done += ["|"] + mutate.mutate(after, chance, chance.choice([1, 2, 2, 3, 4, 6]))
    return {"old": before, "new": after}, " ".join([kind + ":", *done])


def write(folder, sides, config):
    """A folder for each side, with what its files import beside them."""
    for side, files in sides.items():
        beside = {}
        for name in {path.split("/")[0] for path in files}:
            own = {path: text for path, text in files.items() if path.startswith(name + "/")}
            beside |= sources.imported(own) or {}
        for path, text in {**beside, **files}.items():
            (folder / side / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / side / path).write_bytes(text.encode())
        (folder / side).mkdir(exist_ok=True)
        (folder / side / "buf.yaml").write_text(config)


def names(lines):
    """The pairs that lines speak of."""
    import re

    return {int(number) for line in lines for number in re.findall(r"\bp(\d{5})\b", line)}


def broken(folder):
    """By pair, who refuses which side, with what is said of it."""
    refused = collections.defaultdict(dict)
    for side in ("old", "new"):
        for tool in tools.TOOLS:
            for path, faults in tools.build(tool, folder / side, folder / f"{side}.{tool}.binpb").items():
                for number in names([path]) or {None}:
                    refused[number].setdefault((side, tool), []).extend(f"{path}:{fault}" for fault in faults)
    return refused


def answer(folder):
    """What differs of sides that compile: by kind of question."""
    differences = {}
    for side in ("old", "new"):
        ours, theirs = (images.read(folder / f"{side}.{tool}.binpb") for tool in ("treaty", "buf"))
        differences[f"image {side}"] = [f"treaty {line}" for line in images.differences(ours, theirs)]
    differences["lint"], lint = tools.annotations("lint", ".", cwd=folder / "new")
    differences["breaking"], breaking = tools.annotations("breaking", ".", "--against", "../old", cwd=folder / "new")
    return {kind: lines for kind, lines in differences.items() if lines}, len(lint), len(breaking)


def refusal(by_side):
    """The sides that only one of the tools refuses."""
    lines = []
    for side in ("old", "new"):
        buf, treaty = by_side.get((side, "buf")), by_side.get((side, "treaty"))
        if bool(buf) != bool(treaty):
            lines += [f"{'buf' if buf else 'treaty'} refuses {fault}" for fault in buf or treaty]
    return lines


def alone(seed, number, config, out):
    """Everything that differs in one pair, asked about alone; left in `out` if anything does."""
    with tempfile.TemporaryDirectory(prefix="treaty-oracle-") as place:
        place = pathlib.Path(place).resolve()
        sides, done = pair(seed, number)
        write(place, sides, config)
        refused = broken(place)
        differences = {}
        for by_side in refused.values():
            if refusal(by_side):
                differences.setdefault("build", []).extend(refusal(by_side))
        if not refused:
            differences, _, _ = answer(place)
        if differences and out:
            kept = out / f"p{number:05}"
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(place, kept)
            said = [f"oracle.py --seed {seed} --pair {number}", done]
            said += [f"\n{kind}\n" + "\n".join(lines) for kind, lines in differences.items()]
            (kept / "said.txt").write_text("\n".join(said) + "\n")
        return differences


def batch(seed, numbers, config, out):
    """What differs in a batch, by pair, and counts."""
    counts, suspects = collections.Counter(pairs=len(numbers)), set()
    pairs = {number: pair(seed, number)[0] for number in numbers}
    while True:
        with tempfile.TemporaryDirectory(prefix="treaty-oracle-") as place:
            place = pathlib.Path(place).resolve()
            sides = {side: {path: text for one in pairs.values() for path, text in one[side].items()} for side in ("old", "new")}
            write(place, sides, config)
            refused = broken(place)
            for number, by_side in refused.items():
                if number is None:
                    raise RuntimeError(f"a shared file is refused: {by_side}")
                counts["refused by both"] += not refusal(by_side)
                if refusal(by_side):
                    suspects.add(number)
                del pairs[number]
            if refused and pairs:
                continue
            if pairs:
                differences, counts["lint annotations"], counts["breaking annotations"] = answer(place)
                for lines in differences.values():
                    suspects |= names(lines) & pairs.keys() or pairs.keys()
            break
    counts["compared"] = len(pairs)
    found = {number: alone(seed, number, config, out) for number in sorted(suspects)}
    return {number: differences for number, differences in found.items() if differences}, counts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--pair", type=int, help="ask about this one alone")
    parser.add_argument("--out", type=pathlib.Path, default=golden.ROOT / ".interop/oracle", help="where pairs that differ are left")
    options = parser.parse_args()
    golden.pinned()
    began, config, accepted = time.monotonic(), tools.every_rule(), tools.Accepted()
    options.out.mkdir(parents=True, exist_ok=True)
    counts, found = collections.Counter(), {}
    if options.pair is not None:
        found = {options.pair: alone(options.seed, options.pair, config, options.out)}
    sources.modules()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        # Until so many pairs compile, of which alone images and annotations can be compared.
        while options.pair is None and (missing := options.pairs - counts["compared"]) > 0:
            if counts["pairs"] > 10 * options.pairs:
                sys.exit(f"of {counts['pairs']} pairs only {counts['compared']} compile: see what mutate.py does")
            numbers = range(counts["pairs"], counts["pairs"] + missing)
            asked = [numbers[at : at + BATCH] for at in range(0, len(numbers), BATCH)]
            for differences, more in pool.map(lambda some: batch(options.seed, some, config, options.out), asked):
                found |= differences
                counts += more
    new = {number: by_kind for number, by_kind in found.items() if not all(map(accepted.covers, by_kind.values()))}
    for number, by_kind in new.items():
        for kind, lines in by_kind.items():
            print(f"pair {number}, {kind}:", *lines[:4], sep="\n    ")
    print(f"seed {options.seed}:", ", ".join(f"{count} {what}" for what, count in counts.items()))
    accepted.tell()
    print(f"{len(new)} of {len(found)} pairs that differ are not accepted; {time.monotonic() - began:.0f} s")
    sys.exit(1 if new else 0)


if __name__ == "__main__":
    main()
