"""Asks buf and Treaty the same question, and compares what they answer.

A difference is a list of lines, `buf <what only buf says>` and `treaty <what only Treaty says>`. It is accepted
if `accepted.json` has a pattern for each of its lines; each entry there says why.
"""

import collections
import json
import os
import pathlib
import re
import subprocess

import golden

TREATY = os.environ.get("TREATY") or str(golden.ROOT / "target/release/treaty")
TOOLS = {"buf": golden.BUF, "treaty": TREATY}
# A tool that takes longer hangs.
SECONDS = 600


def every_rule():
    """A buf.yaml with all rules of both kinds in use."""
    lint = golden.rules("lint", "--include-deprecated")
    return json.dumps({"version": "v2", "lint": {"use": lint}, "breaking": {"use": golden.rules("breaking")}})


def ask(tool, *args, cwd):
    """Exit code, standard output as lines, standard error."""
    done = subprocess.run([TOOLS[tool], *map(str, args)], cwd=cwd, capture_output=True, text=True, timeout=SECONDS, encoding="utf-8", errors="replace")
    return done.returncode, done.stdout.splitlines(), done.stderr.strip()


def build(tool, folder, image):
    """The files that do not compile, and what is said of each; builds an image if all do."""
    code, out, err = ask(tool, "build", ".", "-o", image, "--error-format", "json", cwd=folder)
    faults = collections.defaultdict(list)
    for line in out + err.splitlines():
        if line.startswith("{"):
            one = json.loads(line)
            faults[one.get("path", "")].append(f"{one.get('start_line')}:{one.get('start_column')} {one['message']}")
    if bool(code) != bool(faults):
        raise RuntimeError(f"{tool} build in {folder} ended with {code}\n" + "\n".join(out) + err)
    return faults


def only(buf, treaty):
    """The lines that one has more often than the other, in order."""
    more, less = collections.Counter(buf), collections.Counter(treaty)
    lines = [f"buf {line}" for line in (more - less).elements()] + [f"treaty {line}" for line in (less - more).elements()]
    if not lines and buf != treaty:
        at = next(at for at, (one, two) in enumerate(zip(buf, treaty)) if one != two)
        lines = [f"buf order {buf[at]}", f"treaty order {treaty[at]}"]
    return lines


def annotations(*args, cwd):
    """Where the two differ in what they find, exit code included."""
    answers = {tool: ask(tool, *args, "--error-format", "json", cwd=cwd) for tool in TOOLS}
    (code, out, err), (our_code, our_out, our_err) = answers["buf"], answers["treaty"]
    if code not in (0, 100) and our_code in (0, 100):
        # It could not answer, so there is nothing to compare with.
        return [f"buf fails: {err.splitlines()[-1] if err else code}"], our_out
    lines = only(out, our_out)
    if code != our_code:
        lines += [f"buf exits with {code} {err}".strip(), f"treaty exits with {our_code} {our_err}".strip()]
    return lines, out


class Accepted:
    def __init__(self, path=pathlib.Path(__file__).with_name("accepted.json")):
        self.entries = [(one["id"], re.compile(one["pattern"])) for one in json.loads(path.read_text())]
        self.met = collections.Counter()

    def covers(self, lines):
        ids = [next((id for id, pattern in self.entries if pattern.search(line)), None) for line in lines]
        if all(ids):
            self.met.update(set(ids))
        return bool(lines) and all(ids)

    def tell(self):
        for id, _ in self.entries:
            print(f"  accepted as {id}: {self.met[id]}")
