# shellcheck shell=bash
# How interop's scripts tell what they do, count it, and ask for JSON.
# Sourced; *holds*: names no place outside the checkout but $WORK, the run's own folder.

TOOLS=$PWD/.interop
PYTHON=$TOOLS/python/bin/python
GRPCURL=$TOOLS/bin/grpcurl
BUF=$TOOLS/node/node_modules/.bin/buf
export TOOLS PYTHON GRPCURL BUF

# --- what went wrong

# Ends the run with what is wrong and what to do about it.
die() {
    printf 'interop: %s\n  %s\n' "$1" "$2" >&2
    exit 2
}

# Ends a step.
fail() {
    printf '    FAILED: %s\n' "$*" >&2
    exit 1
}

# --- phases and steps, timed

PASSED=0
FAILED=0
TABLE=""

# Runs what all later steps need; without it there is nothing to run.
phase() {
    local name=$1 began=$SECONDS
    shift
    printf '\n=== %s\n' "$name"
    # Not in an `if`, which would turn `set -e` off inside.
    "$@"
    record "$name" $((SECONDS - began)) "-"
    printf '=== %s: %s s\n' "$name" $((SECONDS - began))
}

# Runs one of the things to prove; the others run even when it fails.
step() {
    local name=$1 began=$SECONDS result=ok
    shift
    printf '\n=== %s\n' "$name"
    if "$@"; then
        PASSED=$((PASSED + 1))
    else
        FAILED=$((FAILED + 1))
        result=FAILED
        mesh_show
    fi
    record "$name" $((SECONDS - began)) "$result"
    printf '=== %s: %s, %s s\n' "$name" "$result" $((SECONDS - began))
}

record() {
    TABLE+=$(printf '%-30s %4s s   %s' "$1" "$2" "$3")$'\n'
}

summary() {
    printf '\n%-30s %6s   %s\n%s\n' step time result "$TABLE"
    printf '%s passed, %s failed\n' "$PASSED" "$FAILED"
    [[ $FAILED -eq 0 ]]
}

# Says what is checked next.
check() {
    printf '  - %s\n' "$*"
}

# --- what was answered

# Fails unless the first text has the second in it.
has() {
    [[ $1 == *"$2"* ]] || fail "expected \`$2\` in:"$'\n'"$1"
}

# Fails if the first holds the second.
lacks() {
    [[ $1 != *"$2"* ]] || fail "did not expect \`$2\` in:"$'\n'"$1"
}

# Fails unless both are the same.
same() {
    [[ $1 == "$2" ]] || fail "expected \`$2\`, got \`$1\`${3:+ ($3)}"
}

# Runs a command that must fail; prints all that it says.
must_fail() {
    local said
    if said=$("$@" 2>&1); then
        fail "\`$*\` succeeded, and said:"$'\n'"$said"
    fi
    printf '%s\n' "$said"
}

# Asks again until the command succeeds, for at most so many seconds.
within() {
    local until=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        [[ $SECONDS -lt $until ]] || fail "$what: not in time"
        sleep 0.1
    done
}

# Reads JSON documents from standard input as `d` and prints a Python expression of them.
json() {
    "$PYTHON" -c '
import json, sys
text, d, at = sys.stdin.read().strip(), [], 0
while at < len(text):
    try:
        document, end = json.JSONDecoder().raw_decode(text[at:])
    except ValueError:
        break  # the last one is still being written
    d.append(document)
    at += end + len(text[at + end:]) - len(text[at + end:].lstrip())
print(eval(sys.argv[1]))' "$1"
}

# --- protos and releases

# Where the protos of google.rpc are: among what the Python client is installed with.
google_protos() {
    "$PYTHON" -c 'import pathlib, google.rpc.status_pb2 as s; print(pathlib.Path(s.__file__).parents[2])'
}

# The oldest release of each contract with services, one path a line.
oldest_releases() {
    local contract version
    for contract in catalog orders dispatch; do
        version=$(basename -s .binpb proto/shop/$contract/released/*.binpb | sort -V | head -n 1)
        printf '%s\n' "$PWD/proto/shop/$contract/released/$version.binpb"
    done
}
