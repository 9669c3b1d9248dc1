"""The protos that the gate is timed on, made once below .interop/corpus."""

import pathlib
import re
import shutil
import subprocess
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORPUS = ROOT / ".interop" / "corpus"
VERSIONS = ("5.0.1", "6.0.1")
# Neither buf nor protoc compiles these: they import files that the package does not have.
BROKEN = ("google/protobuf/compiler/ruby", "google/protobuf/util/json_format_proto3.proto")
# buf lint and breaking give up over a message set; treaty does not know an edition that is not out.
UNKNOWN = re.compile(r'^edition = "2026";|^\s*option message_set_wire_format = true;', re.M)
# Half-built folders would be taken for whole ones.
UNFINISHED = "unfinished-"


def count(folder):
    return sum(1 for _ in folder.rglob("*.proto"))


def googleapis(version):
    """The package's protos that compile, unpacked once."""
    folder = CORPUS / f"google-proto-files-{version}"
    if folder.exists():
        return folder
    CORPUS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CORPUS, prefix=UNFINISHED) as scratch:
        subprocess.run(["npm", "pack", "--silent", f"google-proto-files@{version}"], cwd=scratch,
                       check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(pathlib.Path(scratch).glob("*.tgz"))) as archive:
            archive.extractall(scratch, filter="data")
        package = pathlib.Path(scratch) / "package"
        for path in package.rglob("*"):
            if path.is_file() and not is_usable(path, path.relative_to(package).as_posix()):
                path.unlink()
        package.rename(folder)
    return folder


def is_usable(path, name):
    if path.suffix != ".proto" or name.startswith(BROKEN):
        return False
    return not UNKNOWN.search(path.read_text())


def part(source, folder, share):
    """That share of the files, and what they import."""
    files = {path.relative_to(source).as_posix(): path for path in sorted(source.rglob("*.proto"))}
    taken = set()
    for root in files:
        if len(taken) >= len(files) / share:
            break
        pending = [root]
        while pending:
            name = pending.pop()
            if name in files and name not in taken:
                taken.add(name)
                pending += re.findall(r'^import (?:\w+ )?"(.*)";', files[name].read_text(), re.M)
    for name in taken:
        copy = folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(files[name], copy)


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


def released_shops(treaty, workspace):
    """A workspace of ten shops, each contract released as it is."""
    for source in sorted((ROOT / "proto" / "shop").rglob("*")):
        if source.suffix != ".proto" and source.name != "contract.toml":
            continue
        for number in range(10):
            name = source.relative_to(ROOT / "proto").as_posix()
            copy = workspace / "proto" / re.sub("^shop", f"shop{number}", name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            text = re.sub(r"\bshop([./])", rf"shop{number}\1", source.read_text())
            copy.write_text(re.sub(r'^version = .*$', 'version = "0.0.0"', text, flags=re.M))
    for manifest in sorted(workspace.rglob("contract.toml")):
        name = re.search(r'^name = "(.*)"', manifest.read_text(), re.M)[1]
        subprocess.run([treaty, "release", name], cwd=workspace, check=True,
                       stdout=subprocess.DEVNULL)
    return workspace
