# Two commands matter: `make up` runs the shop in the mesh, `make test` proves it.
.PHONY: up test check proof interop bench build dist clean help

CARGO ?= cargo

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

up: build ## Run the example shop in the mesh, until Ctrl-C
	@exec ./target/debug/treaty up $(ARGS)

test: build ## Every test that needs only Rust
	$(CARGO) test --workspace --no-fail-fast

# The gate first: a broken contract is told by its rule, not by whoever does not compile with it.
check: ## Our own gate on our own contracts, format, lints, documentation links
	$(CARGO) run --quiet -- check
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --quiet

proof: ## No witness contradicts a verdict, over 100,000 mutated contracts
	TREATY_MUTATIONS=$${TREATY_MUTATIONS:-100000} $(CARGO) test --release -p treaty-engine \
		--test witness -- --nocapture no_witness_contradicts_a_verdict

interop: ## Foreign tools and clients: grpcurl, buf, Python, Node (installs them into .interop)
	./interop/run

bench: dist ## The gate beside buf; writes docs/benchmarks.md. Leave the machine alone meanwhile
	python3 bench/gate.py --treaty target/dist/treaty --write $(ARGS)

build: ## All programs, unoptimised
	@$(CARGO) build --workspace --bins

dist: ## All programs, optimised
	$(CARGO) build --workspace --bins --profile dist

clean: ## Forget the shop's state: orders, identities, logs
	rm -rf .treaty
