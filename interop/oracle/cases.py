"""Runs the commands of a config case in a fresh copy of its repository, and tells what they answered.

A case is a folder of `fixtures/config`:

    repo/           what the commands run in, copied to an empty folder first
    cases.json      {"why": ..., "setup": [step, ...], "cases": [{"name", "args", "cwd"?, "stdin"?, "loose"?, "why"?}, ...]}
    expected.json   {name: {"exit", "stdout", "stderr"}}, written by golden.py; texts as lists of lines

Of a usage text only the last line is kept. `loose` keeps nothing of stderr, where it is git's or by chance.

Steps, in order, before the first command:

    {"copy": [from, to]}     a file or folder over another place
    {"remove": path}
    {"git": [args]}          in the repository; who and when are fixed, so that commits have stable ids
    {"archive": [from, to]}  .tar, .tar.gz, .tgz or .zip, with the folder's contents at its top
    {"run": [args]}          the tool under test itself, such as `build old -o old.binpb`

Every command of a case starts from the same state; none may change it.
"""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import zipfile

WHEN = "2024-01-01T00:00:00Z"
GIT = {
    "GIT_AUTHOR_NAME": "Fixture",
    "GIT_AUTHOR_EMAIL": "fixture@example.com",
    "GIT_COMMITTER_NAME": "Fixture",
    "GIT_COMMITTER_EMAIL": "fixture@example.com",
    "GIT_AUTHOR_DATE": WHEN,
    "GIT_COMMITTER_DATE": WHEN,
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
}


@contextlib.contextmanager
def copies(**folders):
    """An empty folder with copies of others in it, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="treaty-fixture-") as place:
        place = pathlib.Path(place).resolve()
        for name, folder in folders.items():
            shutil.copytree(folder, place / name)
        yield place


def answers(folder, tool):
    case = json.loads((folder / "cases.json").read_text())
    answered = {}
    with copies(repo=folder / "repo") as place:
        for step in case.get("setup", []):
            prepare(step, place / "repo", tool)
        for one in case["cases"]:
            if one["name"] in answered:
                raise RuntimeError(f"{folder}: two cases are named {one['name']}")
            answered[one["name"]] = ask(one, place / "repo", tool)
    return json.dumps(answered, indent=2, ensure_ascii=False) + "\n"


def ask(one, repo, tool):
    # Plain logs: with colours and a terminal's width nothing would be comparable.
    environment = {**os.environ, **GIT, "BUF_LOG_FORMAT": "text", "BUF_CACHE_DIR": str(repo.parent / "cache")}
    done = subprocess.run(
        [tool, *one["args"]],
        cwd=repo / one.get("cwd", "."),
        env=environment,
        stdin=open(repo / one["stdin"], "rb") if "stdin" in one else subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    stdout, stderr = (text.replace(str(repo), "$REPO").split("\n")[:-1] for text in (done.stdout, done.stderr))
    if one.get("loose"):
        stderr = []
    if stderr[:1] == ["Usage:"]:
        stderr = stderr[-1:]
    return {"exit": done.returncode, "stdout": stdout, "stderr": stderr}


def prepare(step, repo, tool):
    ((kind, what),) = step.items()
    if kind == "copy":
        source, target = repo / what[0], repo / what[1]
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    elif kind == "remove":
        gone = repo / what
        shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    elif kind == "git":
        subprocess.run(["git", *what], cwd=repo, env={**os.environ, **GIT}, check=True, capture_output=True)
    elif kind == "archive":
        archive(repo / what[0], repo / what[1])
    elif kind == "run":
        subprocess.run([tool, *what], cwd=repo, check=True, capture_output=True)
    else:
        raise RuntimeError(f"unknown step {kind}")


def archive(folder, target):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if target.suffix == ".zip":
        with zipfile.ZipFile(target, "w") as packed:
            for file in files:
                packed.write(file, file.relative_to(folder))
    else:
        mode = "w" if target.suffix == ".tar" else "w:gz"
        with tarfile.open(target, mode) as packed:
            for file in files:
                packed.add(file, file.relative_to(folder))
