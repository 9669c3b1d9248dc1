#!/usr/bin/env bash
# grpcurl, by reflection, reads the shop and follows one order through it.
# Usage: grpcurl.sh plaintext|tls; `interop/run` sets the addresses.
set -euo pipefail
# shellcheck source=interop/lib.sh
source interop/lib.sh

case "$1" in
    plaintext) TRANSPORT=(-plaintext) ADDRESS=$PLAINTEXT ;;
    tls) TRANSPORT=(-cacert "$CA") ADDRESS=$TLS ;;
esac
CATALOG=shop.catalog.v2.CatalogService
ORDERS=shop.orders.v1.OrdersService
DISPATCH=shop.dispatch.v1.DispatchService
SERVICES=(shop.catalog.v1.CatalogService $CATALOG $ORDERS $DISPATCH)
SKU=TEA-EARL-100
QUANTITY=3
RUN=grpcurl-$1-$$
WATCHES=()
trap 'kill "${WATCHES[@]}" 2>/dev/null || true' EXIT

# ask [grpcurl's options] [-- verb] [what]
ask() {
    "$GRPCURL" "${TRANSPORT[@]}" -connect-timeout 5 -max-time 30 "${@:1:$#-1}" "$ADDRESS" "${@: -1}"
}

# call service/method request: prints the answers
call() {
    ask -d "$2" "$1"
}

# refused code service/method request: prints what grpcurl says of it, details included; it
# knows their types from the gateway's reflection.
refused() {
    local said
    said=$(must_fail ask -d "$3" "$2") || exit 1
    has "$said" "Code: $1"
    lacks "$said" "is not recognized"
    printf '%s\n' "$said"
}

stock() {
    call $CATALOG/GetProduct "{\"sku\": \"$SKU\"}" | json 'd[0]["product"]["stock"]'
}

reads_the_schema() {
    local listed said service
    check "list names every service of the shop"
    listed=$("$GRPCURL" "${TRANSPORT[@]}" -connect-timeout 5 "$ADDRESS" list)
    for service in "${SERVICES[@]}"; do
        has $'\n'"$listed"$'\n' $'\n'"$service"$'\n'
    done
    check "describe knows a service and a message, with their comments"
    said=$("$GRPCURL" "${TRANSPORT[@]}" "$ADDRESS" describe $ORDERS)
    has "$said" "rpc WatchOrder ( .shop.orders.v1.WatchOrderRequest ) returns ( stream"
    said=$("$GRPCURL" "${TRANSPORT[@]}" "$ADDRESS" describe shop.orders.v1.Order)
    has "$said" "string tracking_code = 7;"
    has "$said" "// A confirmed order."
}

asks_for_health() {
    local service
    check "health of the gateway and of every service"
    for service in "" "${SERVICES[@]}"; do
        same "$(call grpc.health.v1.Health/Check "{\"service\": \"$service\"}" |
            json 'd[0]["status"]')" SERVING "$service"
    done
    refused NotFound grpc.health.v1.Health/Check '{"service": "no.such.Service"}' >/dev/null
}

reads_the_catalog() {
    local page token said
    check "ListProducts in pages, GetProduct in v1 and v2"
    page=$(call $CATALOG/ListProducts '{"page_size": 2}')
    same "$(json 'len(d[0]["products"])' <<<"$page")" 2
    token=$(json 'd[0]["nextPageToken"]' <<<"$page")
    said=$(call $CATALOG/ListProducts "{\"page_size\": 2, \"page_token\": \"$token\"}")
    [[ $(json 'd[0]["products"][0]["sku"]' <<<"$said") > $(json 'd[0]["products"][1]["sku"]' <<<"$page") ]] ||
        fail "the second page does not go on after the first"
    said=$(call $CATALOG/GetProduct "{\"sku\": \"$SKU\"}")
    same "$(json 'd[0]["product"]["price"]["currencyCode"]' <<<"$said")" EUR
    said=$(call shop.catalog.v1.CatalogService/GetProduct "{\"sku\": \"$SKU\"}")
    same "$(json 'type(d[0]["product"]["price"]) in (int, float)' <<<"$said")" True
    check "an unknown product is NOT_FOUND, and its ErrorInfo says which"
    said=$(refused NotFound $CATALOG/GetProduct '{"sku": "NO-SUCH-TEA"}')
    has "$said" '"reason": "PRODUCT_NOT_FOUND"'
    has "$said" '"sku": "NO-SUCH-TEA"'
}

# watch file service/method request: collects the answers of a stream. Not by `ask`, so
# that the process is grpcurl itself and ends when it is told to.
watch() {
    : >"$1"
    "$GRPCURL" "${TRANSPORT[@]}" -max-time 60 -d "$3" "$ADDRESS" "$2" >"$1" 2>&1 &
    WATCHES+=($!)
}

# seen file expression: whether the answers collected so far make it true
seen() {
    [[ $(json "$2" <"$1") == True ]]
}

follows_an_order() {
    local before line request order shipment said
    local stock_seen=$WORK/$RUN.stock order_seen=$WORK/$RUN.order
    before=$(stock)
    line="{\"sku\": \"$SKU\", \"quantity\": $QUANTITY}"

    check "WatchStock begins with what there is"
    watch "$stock_seen" $CATALOG/WatchStock "{\"skus\": [\"$SKU\"]}"
    within 20 "the stock before" seen "$stock_seen" "len(d) > 0 and d[0]['stock'] == $before"

    check "PlaceOrder confirms at once, and a repeated key is the same order"
    request="{\"customer_id\": \"$RUN\", \"idempotency_key\": \"first\", \"lines\": [$line]}"
    said=$(call $ORDERS/PlaceOrder "$request")
    same "$(json 'd[0]["order"]["state"]' <<<"$said")" ORDER_STATE_CONFIRMED
    order=$(json 'd[0]["order"]["orderId"]' <<<"$said")
    same "$(call $ORDERS/PlaceOrder "$request" | json 'd[0]["order"]["orderId"]')" "$order"

    check "WatchOrder begins with CONFIRMED"
    watch "$order_seen" $ORDERS/WatchOrder "{\"order_id\": \"$order\"}"
    within 20 "CONFIRMED" seen "$order_seen" 'd[:1] and d[0]["order"]["state"] == "ORDER_STATE_CONFIRMED"'

    check "ListShipments shows one open shipment with what was ordered"
    within 20 "the shipment of $order" has_shipment "$order"
    said=$(call $DISPATCH/ListShipments "{\"order_id\": \"$order\"}")
    same "$(json '[(s["state"], s["lines"]) for s in d[0]["shipments"]]' <<<"$said")" \
        "[('SHIPMENT_STATE_OPEN', [{'sku': '$SKU', 'quantity': $QUANTITY}])]"
    shipment=$(json 'd[0]["shipments"][0]["shipmentId"]' <<<"$said")

    check "WatchStock tells that the ordered pieces are gone"
    within 20 "the stock after" seen "$stock_seen" "d[-1]['stock'] == $((before - QUANTITY))"

    check "MarkShipped ships; a second time is FAILED_PRECONDITION and says why"
    request="{\"shipment_id\": \"$shipment\", \"tracking_code\": \"T-$RUN\"}"
    said=$(call $DISPATCH/MarkShipped "$request")
    same "$(json 'd[0]["shipment"]["state"]' <<<"$said")" SHIPMENT_STATE_SHIPPED
    said=$(refused FailedPrecondition $DISPATCH/MarkShipped "$request")
    has "$said" '"reason": "ALREADY_SHIPPED"'

    check "WatchOrder saw SHIPPED with the tracking code, and ended"
    wait "${WATCHES[1]}" || fail "WatchOrder ended with: $(<"$order_seen")"
    same "$(json '[each["order"]["state"] for each in d]' <"$order_seen")" \
        "['ORDER_STATE_CONFIRMED', 'ORDER_STATE_SHIPPED']"
    same "$(json 'd[-1]["order"]["trackingCode"]' <"$order_seen")" "T-$RUN"

    check "the stock is down by exactly $QUANTITY"
    same "$(stock)" $((before - QUANTITY))
}

has_shipment() {
    [[ $(call $DISPATCH/ListShipments "{\"order_id\": \"$1\"}" | json 'len(d[0].get("shipments", []))') == 1 ]]
}

reads_the_schema
asks_for_health
reads_the_catalog
follows_an_order
