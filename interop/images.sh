#!/usr/bin/env bash
# buf reads every image that `treaty build` writes, and the other way around, in each format and
# packing; and the images are the same.
set -euo pipefail
# shellcheck source=interop/lib.sh
source interop/lib.sh

TREATY=$PWD/target/debug/treaty
HERE=$WORK/images
FORMATS=(binpb json txtpb yaml)
CUSTOM=crates/treaty-engine/tests/images
SOURCES=(proto "$CUSTOM")

# both <name> <flag>...: builds by both and compares all formats.
both() {
    local name=$1 tool format
    shift
    mkdir -p "$HERE/$name"
    for format in "${FORMATS[@]}"; do
        "$BUF" build "$@" -o "$HERE/$name/buf.$format"
        "$TREATY" build "$@" -o "$HERE/$name/treaty.$format"
        # The order of fields within an option is each tool's own in bytes, and none in text.
        if [[ $format == binpb ]]; then
            for tool in buf treaty; do
                "$BUF" build "$HERE/$name/$tool.binpb" -o "$HERE/$name/again.json"
                mv "$HERE/$name/again.json" "$HERE/$name/$tool.binpb"
            done
        fi
        cmp "$HERE/$name"/{buf,treaty}."$format" || fail "$name: $format differs"
    done
    printf '    %s: %s formats are the same\n' "$name" "${#FORMATS[@]}"
}

# across <writer> <reader> <source>: one writes, the other reads and writes again.
across() {
    local writer=$1 reader=$2 source=$3 format packing image
    for format in "${FORMATS[@]}"; do
        # Custom options in YAML are more than buf can read, its own too.
        [[ $reader/$format/$source == "$BUF/yaml/$CUSTOM" ]] && continue
        for packing in "" .gz .zst; do
            image=$HERE/across.$format$packing
            "$writer" build "$source" -o "$image"
            "$writer" build "$source" -o "$HERE/expected.json"
            "$reader" build "$image" -o "$HERE/read.json"
            cmp "$HERE/expected.json" "$HERE/read.json" ||
                fail "$source as $format$packing is read as something else"
        done
    done
}

mkdir -p "$HERE"
for source in "${SOURCES[@]}"; do
    name=$(basename "$source")
    check "$source: both build the same"
    both "$name" "$source"
    both "$name-bare" "$source" --exclude-source-info
    both "$name-alone" "$source" --exclude-source-info --exclude-imports
    both "$name-set" "$source" --exclude-source-info --as-file-descriptor-set
    both "$name-retention" "$source" --exclude-source-info --exclude-source-retention-options
    check "$source: buf reads what treaty writes"
    across "$TREATY" "$BUF" "$source"
    check "$source: treaty reads what buf writes"
    across "$BUF" "$TREATY" "$source"
done
check "of some types and what they need, both build the same"
both type-service proto --exclude-source-info --type shop.orders.v1.OrdersService
both type-message proto --exclude-source-info --type shop.orders.v1.Order
both type-package proto --exclude-source-info --type shop.catalog.v1
both types proto --exclude-source-info --type shop.catalog.v1.CatalogService,shop.orders.v1.Order
