#!/usr/bin/env bash
# `treaty generate` writes what `buf generate` writes, byte by byte, with real plugins of Go,
# Python and TypeScript and templates of both versions.
set -euo pipefail
# shellcheck source=interop/lib.sh
source interop/lib.sh
# shellcheck source=interop/install.sh
source interop/install.sh

PROTOC_GEN_GO=v1.36.10
PROTOC_GEN_GO_GRPC=v1.5.1
HERE=$PWD/interop/generate
TREATY=$PWD/target/debug/treaty
BIN=$WORK/generate/bin

install_plugins() {
    GOBIN="$TOOLS/bin" go install "google.golang.org/protobuf/cmd/protoc-gen-go@$PROTOC_GEN_GO" &&
        GOBIN="$TOOLS/bin" \
            go install "google.golang.org/grpc/cmd/protoc-gen-go-grpc@$PROTOC_GEN_GO_GRPC" &&
        mkdir -p "$TOOLS/generate" &&
        cp "$HERE/package.json" "$HERE/package-lock.json" "$TOOLS/generate" &&
        npm ci --prefix "$TOOLS/generate" --ignore-scripts --no-audit --no-fund --loglevel error
}

# protoc and the plugin for gRPC in Python are those of grpcio-tools.
shims() {
    mkdir -p "$BIN"
    printf '#!/bin/sh\nexec "%s" -m grpc_tools.protoc "$@"\n' "$PYTHON" >"$BIN/protoc"
    printf '#!/bin/sh\nexec "%s" "%s"\n' "$PYTHON" "$HERE/protoc_gen_grpc_python.py" \
        >"$BIN/protoc-gen-grpc_python"
    chmod +x "$BIN"/*
    export PATH="$BIN:$TOOLS/bin:$TOOLS/generate/node_modules/.bin:$PATH"
}

# both <name> <argument>...: runs both and compares every byte.
both() {
    local name=$1 tool
    shift
    for tool in buf treaty; do
        mkdir -p "$WORK/generate/$name/$tool"
    done
    "$BUF" generate "$@" -o "$WORK/generate/$name/buf"
    "$TREATY" generate "$@" -o "$WORK/generate/$name/treaty"
    diff -r "$WORK/generate/$name/buf" "$WORK/generate/$name/treaty" >"$WORK/generate/$name/diff" ||
        fail "$name differs:"$'\n'"$(head -n 40 "$WORK/generate/$name/diff")"
    printf '    %s: %s files are the same\n' "$name" \
        "$(find "$WORK/generate/$name/treaty" -type f | wc -l)"
}

versions=$(go version)
once generate "$PROTOC_GEN_GO $PROTOC_GEN_GO_GRPC $versions $(cat "$HERE/package-lock.json")" \
    install_plugins
shims

check "a template of version v1: Go, gRPC in Go, Python"
both v1 proto --template "$HERE/v1.yaml"
check "a template of version v2: TypeScript, Python with types and gRPC, Go, and a zip file"
both v2 proto --template "$HERE/v2.yaml"
check "of one service and what it needs"
both type proto --template "$HERE/v2.yaml" --type shop.orders.v1.OrdersService
check "without some types"
both exclude proto --template "$HERE/v2.yaml" --exclude-type shop.orders.events.v1
check "of one folder, imports and well-known types too"
both path proto --template "$HERE/v2.yaml" --path proto/shop/catalog --include-imports --include-wkt
check "of an image that buf has built, of editions"
mkdir -p "$WORK/generate/editions"
cp "$HERE/editions.proto" "$WORK/generate/editions"
"$BUF" build "$WORK/generate/editions" -o "$WORK/generate/editions.binpb"
both image "$WORK/generate/editions.binpb" --template "$HERE/v2-editions.yaml"

check "what was generated for Python can be read by Python, and for Go by Go"
"$PYTHON" -m compileall -q "$WORK/generate/v2/treaty/python" || fail "Python refuses it"
unformatted=$(gofmt -l "$WORK/generate/v1/treaty/go") || fail "Go refuses it"
same "$unformatted" ""
