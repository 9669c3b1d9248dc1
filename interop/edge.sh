#!/usr/bin/env bash
# What the gateway must not let pass: other CAs, other protocols, methods not exposed.
# `interop/run` sets the addresses.
set -euo pipefail
# shellcheck source=interop/lib.sh
source interop/lib.sh

# As grpcurl's own clients: it tries to connect until its time is over.
grpcurl() {
    "$GRPCURL" -connect-timeout 2 "$@"
}

check "a method that is not exposed is UNIMPLEMENTED, even for who knows its proto"
said=$(must_fail grpcurl -plaintext -import-path proto -proto treaty/bus/v1/bus.proto \
    "$PLAINTEXT" treaty.bus.v1.BusService/GetStatus)
has "$said" "Code: Unimplemented"
said=$(must_fail grpcurl -cacert "$CA" -import-path proto -proto treaty/bus/v1/bus.proto \
    "$TLS" treaty.bus.v1.BusService/GetStatus)
has "$said" "Code: Unimplemented"

check "reflection does not show it either"
said=$(must_fail grpcurl -plaintext "$PLAINTEXT" describe treaty.bus.v1.BusService)
has "$said" "not found"

check "a client that trusts another CA refuses the gateway"
# Any CA that did not sign it will do; Node brings some along.
node -p 'require("node:tls").rootCertificates[0]' >"$WORK/other-ca.pem"
said=$(must_fail grpcurl -cacert "$WORK/other-ca.pem" "$TLS" list)
has "$said" "certificate signed by unknown authority"

check "plaintext gets no answer from the TLS port"
said=$(must_fail grpcurl -plaintext "$TLS" list)
has "$said" "Failed to dial"

check "HTTP/1.1 is told in words what is spoken here"
said=$(curl --silent --show-error --include --noproxy '*' --max-time 10 --http1.1 "http://$PLAINTEXT/")
has "$said" "HTTP/1.1 415 "
has "$said" "speaks gRPC over HTTP/2; try: grpcurl -plaintext"
