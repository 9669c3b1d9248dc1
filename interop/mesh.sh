# shellcheck shell=bash
# The shop, started with `treaty up` on free ports and ended by SIGINT.
# Sourced; *holds*: only the process started here is ever signalled.

MESH_PID=""
READY_SECONDS=60

mesh_start() {
    export STATE=$WORK/state
    MESH_OUT=$WORK/mesh.out
    read -r PLAINTEXT_PORT TLS_PORT <<<"$(free_ports)"
    export PLAINTEXT=127.0.0.1:$PLAINTEXT_PORT TLS=127.0.0.1:$TLS_PORT
    export CA=$STATE/ca.pem
    check "treaty up with --plaintext $PLAINTEXT --tls $TLS"
    target/debug/treaty up --state "$STATE" --plaintext "$PLAINTEXT" --tls "$TLS" \
        </dev/null >"$MESH_OUT" 2>&1 &
    MESH_PID=$!
    local until=$((SECONDS + READY_SECONDS))
    until grep '^ready in' "$MESH_OUT"; do
        if ! kill -0 "$MESH_PID" 2>/dev/null; then
            mesh_show
            MESH_PID=""
            die "\`treaty up\` ended before it was ready" "its output stands above"
        elif [[ $SECONDS -ge $until ]]; then
            mesh_show
            die "the shop was not ready within $READY_SECONDS s" "its output stands above"
        fi
        sleep 0.1
    done
}

# Two ports that nobody listens on now.
free_ports() {
    "$PYTHON" -c '
import socket
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(each.getsockname()[1] for each in held))'
}

# What the shop said last, for who has to find out what failed.
mesh_show() {
    [[ -n $MESH_PID ]] || return 0
    printf '%s\n' "--- treaty up, the last lines:" >&2
    tail -n 60 "$MESH_OUT" >&2
    printf '%s\n' "---" >&2
}

# Ends the shop, however the run ends.
mesh_end() {
    [[ -n $MESH_PID ]] || return 0
    kill -INT "$MESH_PID" 2>/dev/null || true
    wait "$MESH_PID" || true
    MESH_PID=""
}

# Ends the shop as a user would, and looks for what it left behind.
mesh_end_cleanly() {
    check "SIGINT ends it with success"
    local left
    kill -INT "$MESH_PID" || return 1
    if ! wait "$MESH_PID"; then
        printf '    FAILED: treaty up ended with an error\n' >&2
        return 1
    fi
    MESH_PID=""
    check "no process is left, and it said so"
    left=$(ls "$STATE/run")
    [[ -z $left ]] && grep -q '^ended$' "$MESH_OUT" && ! grep "is killed" "$MESH_OUT"
}
