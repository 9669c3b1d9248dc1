"""A Python client of the shop: orders, watches, ships, and is refused.

Everything is done twice, over plaintext and over TLS.
"""

import argparse
import pathlib
import uuid

import grpc
from google.protobuf.unknown_fields import UnknownFieldSet

import gateway
from expect import check, refused, same, within
from gateway import catalog_pb2, dispatch_pb2, orders_pb2

SKU = "TEA-EARL-100"
SECONDS = 20


def order_of(quantity, sku=SKU):
    """A request for one line, from a customer that nobody else is."""
    return orders_pb2.PlaceOrderRequest(
        customer_id=f"python-{uuid.uuid4()}",
        idempotency_key="first",
        lines=[orders_pb2.PlaceOrderRequest.Line(sku=sku, quantity=quantity)],
    )


def nanos(money):
    return money.units * 1_000_000_000 + money.nanos


def reads_the_catalog(it):
    check("the whole catalog, a page at a time")
    skus, token = [], ""
    while True:
        request = catalog_pb2.ListProductsRequest(page_size=12, page_token=token)
        page = it.catalog.ListProducts(request, timeout=SECONDS)
        skus += [product.sku for product in page.products]
        token = page.next_page_token
        if not token:
            break
    same(skus, sorted(set(skus)))
    same(len(skus) >= 30 and SKU in skus, True)


def place(it, quantity):
    check("PlaceOrder confirms and prices; a repeated key returns the same order")
    request = order_of(quantity)
    order = it.orders.PlaceOrder(request, timeout=SECONDS).order
    same(order.state, orders_pb2.ORDER_STATE_CONFIRMED)
    same(nanos(order.total), quantity * nanos(order.lines[0].unit_price))
    again = it.orders.PlaceOrder(request, timeout=SECONDS).order
    same(again.order_id, order.order_id)
    found = it.orders.GetOrder(orders_pb2.GetOrderRequest(order_id=order.order_id), timeout=SECONDS)
    same(found.order.customer_id, request.customer_id)
    return order


def follows_an_order(it, quantity):
    order = place(it, quantity)
    check("WatchOrder begins with CONFIRMED")
    request = orders_pb2.WatchOrderRequest(order_id=order.order_id)
    watch = it.orders.WatchOrder(request, timeout=SECONDS)
    same(next(watch).order.state, orders_pb2.ORDER_STATE_CONFIRMED)

    check("ListShipments shows the shipment")
    request = dispatch_pb2.ListShipmentsRequest(order_id=order.order_id)
    shipments = within(
        SECONDS,
        "the shipment",
        lambda: it.dispatch.ListShipments(request, timeout=SECONDS).shipments,
    )
    same([(line.sku, line.quantity) for line in shipments[0].lines], [(SKU, quantity)])

    check("MarkShipped ships; WatchOrder sees SHIPPED and ends")
    shipping = dispatch_pb2.MarkShippedRequest(
        shipment_id=shipments[0].shipment_id, tracking_code=f"T-{order.order_id}"
    )
    shipped = it.dispatch.MarkShipped(shipping, timeout=SECONDS).shipment
    same(shipped.state, dispatch_pb2.SHIPMENT_STATE_SHIPPED)
    last = [answer.order for answer in watch]
    same([seen.state for seen in last], [orders_pb2.ORDER_STATE_SHIPPED])
    keeps_the_tracking_code(last[0], shipping.tracking_code)

    check("a second MarkShipped is FAILED_PRECONDITION")
    with refused(grpc.StatusCode.FAILED_PRECONDITION) as details:
        it.dispatch.MarkShipped(shipping, timeout=SECONDS)
    same(details["ErrorInfo"].reason, "ALREADY_SHIPPED")


def keeps_the_tracking_code(order, tracking_code):
    """Orders 1.1.0 added field 7; who knows only 1.0.0 keeps it as a field unknown to it."""
    if gateway.generation() == "proto":
        same(order.tracking_code, tracking_code)
    else:
        unknown = [(each.field_number, each.data) for each in UnknownFieldSet(order)]
        same(unknown, [(7, tracking_code.encode())])


def is_refused(it):
    check("refusals carry google.rpc details")
    with refused(grpc.StatusCode.NOT_FOUND) as details:
        it.catalog.GetProduct(catalog_pb2.GetProductRequest(sku="NO-SUCH-TEA"), timeout=SECONDS)
    same(details["ErrorInfo"].reason, "PRODUCT_NOT_FOUND")
    same(details["ErrorInfo"].metadata["sku"], "NO-SUCH-TEA")

    with refused(grpc.StatusCode.INVALID_ARGUMENT) as details:
        it.orders.PlaceOrder(order_of(1, sku="NO-SUCH-TEA"), timeout=SECONDS)
    same([each.field for each in details["BadRequest"].field_violations], ["lines[0].sku"])

    with refused(grpc.StatusCode.INVALID_ARGUMENT) as details:
        it.orders.PlaceOrder(order_of(0), timeout=SECONDS)
    same([each.field for each in details["BadRequest"].field_violations], ["lines[0].quantity"])

    with refused(grpc.StatusCode.NOT_FOUND) as details:
        it.orders.GetOrder(orders_pb2.GetOrderRequest(order_id="none"), timeout=SECONDS)
    same(details["ErrorInfo"].domain, "shop.orders")


def meets_its_deadline(it):
    check("WatchOrder of an order that never ships ends with DEADLINE_EXCEEDED")
    order = it.orders.PlaceOrder(order_of(1), timeout=SECONDS).order
    request = orders_pb2.WatchOrderRequest(order_id=order.order_id)
    states = []
    with refused(grpc.StatusCode.DEADLINE_EXCEEDED):
        for answer in it.orders.WatchOrder(request, timeout=0.5):
            states.append(answer.order.state)
    same(states, [orders_pb2.ORDER_STATE_CONFIRMED])


def distrusts(address):
    check("a client without the CA does not talk to the gateway")
    with gateway.tls(address) as channel, refused(grpc.StatusCode.UNAVAILABLE):
        request = catalog_pb2.ListProductsRequest()
        gateway.Shop(channel).catalog.ListProducts(request, timeout=SECONDS)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--generation", "--plaintext", "--tls", "--ca"):
        parser.add_argument(name, required=True)
    args = parser.parse_args()
    check(f"the stubs are of the generation `{args.generation}`")
    same(gateway.generation(), args.generation)

    ca = pathlib.Path(args.ca).read_bytes()
    for name, channel in (
        ("plaintext", gateway.plaintext(args.plaintext)),
        ("TLS", gateway.tls(args.tls, ca)),
    ):
        print(f"  over {name}:", flush=True)
        with channel:
            it = gateway.Shop(channel)
            reads_the_catalog(it)
            follows_an_order(it, quantity=2)
            is_refused(it)
            meets_its_deadline(it)
    distrusts(args.tls)


if __name__ == "__main__":
    main()
