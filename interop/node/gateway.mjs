// The way to the shop, as one generation of its contracts knows it.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import grpc from "@grpc/grpc-js";
import protoLoader from "@grpc/proto-loader";

const AS_IN_PROTO = { keepCase: true, longs: String, enums: String, defaults: true };
const OPTIONS = {
  // A proxy that the environment names is not for loopback.
  "grpc.enable_http_proxy": 0,
  // TLS asks for a server by name, and an address is none (RFC 6066).
  "grpc.ssl_target_name_override": "localhost",
};
const FILES = [
  "shop/catalog/v1/catalog.proto",
  "shop/catalog/v2/catalog.proto",
  "shop/orders/v1/orders.proto",
  "shop/dispatch/v1/dispatch.proto",
];

// The definitions in a folder of protos, or in released descriptor sets.
export function load(generation, contracts) {
  if (generation === "proto") {
    return protoLoader.loadSync(FILES, { ...AS_IN_PROTO, includeDirs: contracts });
  }
  const sets = contracts.map((release) =>
    protoLoader.loadFileDescriptorSetFromBuffer(readFileSync(release), AS_IN_PROTO),
  );
  return Object.assign({}, ...sets);
}

// Which generation definitions are of, told by what only the newest have.
export function generationOf(definitions) {
  const fields = (message) => definitions[message].type.field.map((field) => field.name);
  const newest = [
    "shop.catalog.v2.CatalogService" in definitions,
    fields("shop.orders.v1.Order").includes("tracking_code"),
    fields("shop.orders.v1.ListOrdersRequest").includes("customer_id"),
  ];
  if (newest.every((is) => is)) return "proto";
  return newest.some((is) => is) ? `mixed: ${newest}` : "oldest";
}

// Clients of all services, over plaintext or TLS as the credentials say.
export function connect(definitions, address, credentials) {
  const { shop } = grpc.loadPackageDefinition(definitions);
  const catalog = shop.catalog.v2 ?? shop.catalog.v1;
  const client = (Service) => new Service(address, credentials, OPTIONS);
  const clients = {
    catalog: client(catalog.CatalogService),
    orders: client(shop.orders.v1.OrdersService),
    dispatch: client(shop.dispatch.v1.DispatchService),
  };
  const close = () => Object.values(clients).forEach((each) => each.close());
  return { ...clients, close };
}

// A unary call as a promise.
export function call(client, method, request, seconds = 20) {
  return new Promise((resolve, reject) => {
    const done = (error, answer) => (error ? reject(error) : resolve(answer));
    client[method](request, { deadline: Date.now() + seconds * 1000 }, done);
  });
}

// A server stream, to be read with `for await`.
export function stream(client, method, request, seconds = 20) {
  return client[method](request, { deadline: Date.now() + seconds * 1000 });
}

// Reads the details of refusals: their values by the short name of their type.
export function detailsReader(googleProtos) {
  const files = ["google/rpc/status.proto", "google/rpc/error_details.proto"];
  const types = protoLoader.loadSync(
    files.map((file) => join(googleProtos, file)),
    { ...AS_IN_PROTO, includeDirs: [googleProtos] },
  );
  return (error) => {
    const [packed] = error.metadata.get("grpc-status-details-bin");
    if (!packed) return {};
    const { details } = types["google.rpc.Status"].deserialize(packed);
    const read = ({ type_url: url, value }) => {
      const name = url.split("/").pop();
      return [name.replace("google.rpc.", ""), types[name].deserialize(value)];
    };
    return Object.fromEntries(details.map(read));
  };
}
