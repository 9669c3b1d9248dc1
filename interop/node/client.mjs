// A Node client of the shop: orders, watches, ships, and is refused.
//
// Everything is done twice, over plaintext and over TLS.

import { deepEqual, equal, ok } from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

import grpc from "@grpc/grpc-js";

import { call, connect, detailsReader, generationOf, load, stream } from "./gateway.mjs";

const SKU = "TEA-EARL-100";
const SECONDS = 20;

const option = { type: "string" };
const { values: args, positionals: contracts } = parseArgs({
  allowPositionals: true,
  options: { generation: option, plaintext: option, tls: option, ca: option, "google-protos": option },
});
const detailsOf = detailsReader(args["google-protos"]);

const check = (what) => console.log(`  - ${what}`);

// The details of a refusal with this code.
async function refused(code, promise) {
  try {
    await promise;
  } catch (error) {
    equal(grpc.status[error.code], code, error.message);
    return detailsOf(error);
  }
  throw new Error(`expected ${code}, but the call succeeded`);
}

// A request for one line, from a customer that nobody else is.
function orderOf(quantity, sku = SKU) {
  const customer_id = `node-${randomUUID()}`;
  return { customer_id, idempotency_key: "first", lines: [{ sku, quantity }] };
}

const nanos = ({ units, nanos }) => BigInt(units) * 1_000_000_000n + BigInt(nanos);

async function readsTheCatalog({ catalog }) {
  check("the whole catalog, a page at a time");
  const skus = [];
  let page_token = "";
  do {
    const page = await call(catalog, "ListProducts", { page_size: 12, page_token });
    skus.push(...page.products.map((product) => product.sku));
    page_token = page.next_page_token;
  } while (page_token);
  deepEqual(skus, [...new Set(skus)].sort());
  ok(skus.length >= 30 && skus.includes(SKU));
}

async function place({ orders }, quantity) {
  check("PlaceOrder confirms and prices; a repeated key returns the same order");
  const request = orderOf(quantity);
  const { order } = await call(orders, "PlaceOrder", request);
  equal(order.state, "ORDER_STATE_CONFIRMED");
  equal(nanos(order.total), BigInt(quantity) * nanos(order.lines[0].unit_price));
  const again = await call(orders, "PlaceOrder", request);
  equal(again.order.order_id, order.order_id);
  const found = await call(orders, "GetOrder", { order_id: order.order_id });
  equal(found.order.customer_id, request.customer_id);
  return order;
}

// The shipments of an order, asked for until there are some.
async function shipmentsOf({ dispatch }, order_id) {
  const until = Date.now() + SECONDS * 1000;
  for (;;) {
    const { shipments } = await call(dispatch, "ListShipments", { order_id });
    if (shipments.length > 0) return shipments;
    ok(Date.now() < until, `no shipment of ${order_id} within ${SECONDS} s`);
    await sleep(100);
  }
}

async function followsAnOrder(shop, quantity) {
  const { order_id } = await place(shop, quantity);
  check("WatchOrder begins with CONFIRMED");
  const watch = stream(shop.orders, "WatchOrder", { order_id })[Symbol.asyncIterator]();
  equal((await watch.next()).value.order.state, "ORDER_STATE_CONFIRMED");

  check("ListShipments shows the shipment");
  const [shipment] = await shipmentsOf(shop, order_id);
  deepEqual(shipment.lines.map(({ sku, quantity }) => [sku, quantity]), [[SKU, quantity]]);

  check("MarkShipped ships; WatchOrder sees SHIPPED and ends");
  const request = { shipment_id: shipment.shipment_id, tracking_code: `T-${order_id}` };
  const shipped = await call(shop.dispatch, "MarkShipped", request);
  equal(shipped.shipment.state, "SHIPMENT_STATE_SHIPPED");
  const { value: last } = await watch.next();
  equal(last.order.state, "ORDER_STATE_SHIPPED");
  // Who knows only orders 1.0.0 does not see the field that 1.1.0 added.
  equal(last.order.tracking_code, args.generation === "proto" ? request.tracking_code : undefined);
  ok((await watch.next()).done, "the watch goes on after SHIPPED");

  check("a second MarkShipped is FAILED_PRECONDITION");
  const again = call(shop.dispatch, "MarkShipped", request);
  const details = await refused("FAILED_PRECONDITION", again);
  equal(details.ErrorInfo.reason, "ALREADY_SHIPPED");
}

async function isRefused({ catalog, orders }) {
  check("refusals carry google.rpc details");
  let details = await refused("NOT_FOUND", call(catalog, "GetProduct", { sku: "NO-SUCH-TEA" }));
  equal(details.ErrorInfo.reason, "PRODUCT_NOT_FOUND");
  equal(details.ErrorInfo.metadata.sku, "NO-SUCH-TEA");

  const fields = ({ BadRequest }) => BadRequest.field_violations.map(({ field }) => field);
  const unknown = call(orders, "PlaceOrder", orderOf(1, "NO-SUCH-TEA"));
  deepEqual(fields(await refused("INVALID_ARGUMENT", unknown)), ["lines[0].sku"]);
  const none = call(orders, "PlaceOrder", orderOf(0));
  deepEqual(fields(await refused("INVALID_ARGUMENT", none)), ["lines[0].quantity"]);

  details = await refused("NOT_FOUND", call(orders, "GetOrder", { order_id: "none" }));
  equal(details.ErrorInfo.domain, "shop.orders");
}

async function meetsItsDeadline({ orders }) {
  check("WatchOrder of an order that never ships ends with DEADLINE_EXCEEDED");
  const { order } = await call(orders, "PlaceOrder", orderOf(1));
  const states = [];
  const watch = async () => {
    for await (const answer of stream(orders, "WatchOrder", { order_id: order.order_id }, 0.5)) {
      states.push(answer.order.state);
    }
  };
  await refused("DEADLINE_EXCEEDED", watch());
  deepEqual(states, ["ORDER_STATE_CONFIRMED"]);
}

async function distrusts(definitions) {
  check("a client without the CA does not talk to the gateway");
  const shop = connect(definitions, args.tls, grpc.credentials.createSsl());
  await refused("UNAVAILABLE", call(shop.catalog, "ListProducts", {}));
  shop.close();
}

const definitions = load(args.generation, contracts);
check(`the definitions are of the generation \`${args.generation}\``);
equal(generationOf(definitions), args.generation);
const ways = [
  ["plaintext", args.plaintext, grpc.credentials.createInsecure()],
  ["TLS", args.tls, grpc.credentials.createSsl(readFileSync(args.ca))],
];
for (const [name, address, credentials] of ways) {
  console.log(`  over ${name}:`);
  const shop = connect(definitions, address, credentials);
  await readsTheCatalog(shop);
  await followsAnOrder(shop, 2);
  await isRefused(shop);
  await meetsItsDeadline(shop);
  shop.close();
}
await distrusts(definitions);
