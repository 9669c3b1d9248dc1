#!/usr/bin/env bash
# buf agrees with us about our own protos, and about a break that we plant.
# Usage: buf.sh lint|breaking|planted|recorded
set -euo pipefail
# shellcheck source=interop/lib.sh
source interop/lib.sh

# breaking <folder of buf.yaml> <descriptor set>
#
# --exclude-imports: a release carries the files that it imports, such as
# google/protobuf/timestamp.proto; they are nobody's promise here.
# No --path: it would be applied to the release too, whose files are named from inside
# proto/, and leave nothing of it; and no --limit-to-input-files, for a deleted file must
# count. All of proto/ against one contract's release is right as it is: what proto/ has
# more is an addition. A contract inside another's folder (shop.orders.events) has its
# own releases, and its files are in no release of the outer one.
breaking() {
    (cd "$1" && "$BUF" breaking proto --against "$2" --exclude-imports)
}

releases() {
    find proto -path '*/released/*.binpb' | sort
}

lint() {
    check "proto/ passes buf lint with our buf.yaml (STANDARD)"
    "$BUF" lint
}

breaking_all() {
    local release count=0
    while read -r release; do
        check "proto/ against $release"
        breaking . "$PWD/$release" || fail "buf sees a break since $release"
        count=$((count + 1))
    done < <(releases)
    [[ $count -gt 0 ]] || fail "there are no releases"
}

# The field `total` of Order, which every release of shop.orders has.
planted() {
    local copy=$WORK/planted said release file=proto/shop/orders/v1/orders.proto
    mkdir "$copy"
    cp -R proto buf.yaml "$copy"
    grep -v '^  Money total = 4;$' "$file" >"$copy/$file"
    same "$(($(wc -l <"$file") - $(wc -l <"$copy/$file")))" 1 "lines deleted"
    for release in proto/shop/orders/released/*.binpb; do
        check "buf breaking refuses the deletion of Order.total since $release"
        said=$(must_fail breaking "$copy" "$PWD/$release")
        has "$said" 'Previously present field "4" with name "total" on message "Order"'
    done
    check "treaty check refuses it with exit code 100, naming field, rule and every release"
    local code=0
    said=$(target/debug/treaty check --workspace "$copy" 2>&1) || code=$?
    same "$code" 100 "$said"
    has "$said" total
    has "$said" FIELD_NO_DELETE
    for release in proto/shop/orders/released/*.binpb; do
        has "$said" "$(basename "$release" .binpb)"
    done
}

recorded() {
    check "over whole workspaces"
    python3 crates/treaty/tests/gate_as_buf/record.py "$BUF" --check
}

case "$1" in
    lint) lint ;;
    breaking) breaking_all ;;
    planted) planted ;;
    recorded) recorded ;;
esac
