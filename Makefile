# Everything that is done by hand here; `make` alone lists it.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PORT ?= 5000
HOST ?= 127.0.0.1
BIN := .venv/bin

.PHONY: help bootstrap bootstrap-dev run worker seed check lint test engine lock messages migration

help: ## List what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

bootstrap: ## Make .venv with the callcenter command (needs CPython 3.11+)
	@tools/bootstrap.sh

bootstrap-dev: ## The same, with all that tests and checks need
	@tools/bootstrap.sh dev

run: bootstrap ## Serve the demo company on 127.0.0.1:5000 (PORT=…, HOST=…)
	@exec $(BIN)/callcenter run --host $(HOST) --port $(PORT)

worker: bootstrap ## Carry out jobs in a process of its own
	@exec $(BIN)/callcenter worker

seed: bootstrap ## Load the demo company into the database
	@$(BIN)/callcenter migrate >/dev/null
	@$(BIN)/callcenter demo load

lint: bootstrap-dev ## Format and tidy what can be mended by itself
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

check: bootstrap-dev ## Lint, types, imports, templates, texts, migrations, licences
	@tools/check.sh

test: bootstrap-dev ## All tests, on SQLite and PostgreSQL, in a browser
	@tools/test.sh $(ARGS)

engine: bootstrap-dev ## Only the tests of the mathematics
	$(BIN)/pytest -q tests/engine $(ARGS)

lock: bootstrap-dev ## Resolve the dependencies of setup.cfg into the lock files
	$(BIN)/python tools/lock.py

messages: bootstrap-dev ## Collect the texts for translation and compile them
	$(BIN)/python tools/messages.py update

migration: bootstrap-dev ## Write a migration: make migration ROOM=people NUMBER=8
	$(BIN)/python tools/migration.py $(ROOM) $(NUMBER) $(MESSAGE)
