#!/usr/bin/env bash
# The fixtures of treaty-compiler hold what protoc and buf say of them, editions included: what is
# committed is written again, and compared.
set -euo pipefail
# shellcheck source=interop/lib.sh
source interop/lib.sh

FIXTURES=crates/treaty-compiler/fixtures
HERE=$WORK/compiler
cp -r "$FIXTURES" "$HERE"
find "$HERE" \( -name '*.protoc.txt' -o -name '*.buf.txt' -o -path '*/locations/*.txt' \) -delete

# asked <ending>: the protos that have such an answer, as imports name them.
asked() {
    (cd "$FIXTURES" && find . -name "*.$1" | sed "s|^\./||; s|\.$1\$|.proto|" | sort)
}

# Runs what warns of much that the fixtures mean; says it only of what fails.
quietly() {
    "$@" 2> "$WORK/compiler.err" || fail "$(cat "$WORK/compiler.err")"
}

quietly "$PYTHON" "$HERE/locations/generate.py"
echo "  - protoc was asked of the places of $(find "$HERE/locations" -name '*.txt' | wc -l) files"

mapfile -t names < <(asked protoc.txt)
quietly "$PYTHON" "$HERE/golden.py" "${names[@]}"
echo "  - protoc was asked of ${#names[@]} files whole"

mapfile -t names < <(asked buf.txt)
mkdir "$WORK/module"
cp -r "$HERE"/{link,editions,places} "$WORK/module"
"$BUF" build "$WORK/module" -o "$WORK/compiler.binpb"
quietly "$PYTHON" "$HERE/golden.py" --image "$WORK/compiler.binpb" "${names[@]}"
echo "  - buf was asked of the places of ${#names[@]} files"

diff -ru "$FIXTURES" "$HERE" || fail "a fixture does not hold the answer; if it changed on purpose, see its golden.py"
