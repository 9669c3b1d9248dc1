# shellcheck shell=bash
# Installs foreign tools by name and exact version into .interop, once.
# Sourced; *holds*: nothing outside .interop changes; a missing tool is an error.

GRPCURL_VERSION=v1.9.3

install_all() {
    need cargo "install Rust: https://rustup.rs"
    need go "install Go 1.21 or newer: https://go.dev/dl"
    need python3 "install Python 3.10 or newer with its venv module: https://www.python.org"
    need node "install Node.js 20 or newer: https://nodejs.org"
    need npm "install npm; it comes with Node.js: https://nodejs.org"
    need git "install git: https://git-scm.com"
    need curl "install curl: https://curl.se"
    mkdir -p "$TOOLS/stamps"
    local versions
    versions=$(go version)
    once grpcurl "$GRPCURL_VERSION $versions" install_grpcurl
    versions=$(python3 --version)
    once python "$(cat interop/python/requirements.txt) $versions" install_python
    versions=$(node --version)
    once node "$(cat interop/node/package.json interop/node/package-lock.json) $versions" install_node
}

need() {
    command -v "$1" >/dev/null || die "\`$1\` is missing" "$2"
}

# Installs unless that was done from the same requirements, in the same folder.
once() {
    local name=$1 stamp
    stamp=$TOOLS/stamps/$name-$(printf '%s %s' "$PWD" "$2" | git hash-object --stdin)
    if [[ -e $stamp ]]; then
        check "$name: installed already"
        return
    fi
    check "$name: installing into .interop"
    rm -f "$TOOLS/stamps/$name-"*
    "$3" || die "$name could not be installed" "the reason stands above; it needs the network once"
    touch "$stamp"
}

install_grpcurl() {
    GOBIN="$TOOLS/bin" go install "github.com/fullstorydev/grpcurl/cmd/grpcurl@$GRPCURL_VERSION"
}

install_python() {
    rm -rf "$TOOLS/python" &&
        python3 -m venv "$TOOLS/python" &&
        "$PYTHON" -m pip install --quiet --disable-pip-version-check --only-binary :all: \
            --requirement interop/python/requirements.txt
}

# Nothing that we use needs its install script, so none is run.
install_node() {
    mkdir -p "$TOOLS/node" &&
        cp interop/node/package.json interop/node/package-lock.json "$TOOLS/node" &&
        npm ci --prefix "$TOOLS/node" --ignore-scripts --no-audit --no-fund --loglevel error
}
