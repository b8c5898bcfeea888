# Two commands matter: `make demo` and `make test`. The scripts say what they do; this file only names them.
.DEFAULT_GOAL := help
.PHONY: help demo test check setup build bench chaos simulate mutants uploads paid-once reservations stop

help: ## what can be made (this list)
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

demo: ## install what is missing, build, make two videos, a transcript and a deck, leave the server running
	@bash scripts/setup.sh
	@bash scripts/build.sh
	@bash scripts/demo.sh

test: ## the same set-up, then every check and every test
	@bash scripts/setup.sh --tests
	@bash scripts/test.sh

check: ## the quick part: formatting, lints, types, the repository's rules
	@bash scripts/check.sh

setup: ## only install what is missing
	@bash scripts/setup.sh

build: ## only build the page and the release binaries
	@bash scripts/build.sh

bench: build ## measure a 60-second reel on this machine
	@bash scripts/bench.sh

chaos: ## kill, freeze and starve the engine's workers and databases for half an hour
	@python3 scripts/chaos $(ARGS)

simulate: ## a million jobs on a virtual clock, with crashes, failing writes and a bad provider (ARGS="--seed 17" replays)
	@bash scripts/simulate.sh $(ARGS)

mutants: ## break the engine on purpose, and show that a test notices each time
	@python3 scripts/mutants.py $(ARGS)

uploads: build ## send 1 GB to a folder and to a bucket, over cut connections, to a server that is killed
	@bash scripts/uploads.sh

paid-once: build ## kill the server a thousand times between paid calls and their outcomes, and read the twin's bill
	@bash scripts/paid-once.sh

reservations: ## let a million reservations race for caps, on both databases
	@bash scripts/reservations.sh

stop: ## stop the server that `make demo` left running
	@bash scripts/stop.sh
