# Needs make and a Python of 3.11 or later; everything else is installed into .venv.
PYTHON ?= python3
WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DOCS := $(VENV)/.ready-docs
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help setup run test test-all check lint types bench docs generate update clean

help:
	@echo 'make run       regenerate the client and run examples/quickstart.py against an in-process sandbox'
	@echo 'make test      the test suite'
	@echo 'make test-all  the test suite with its slow part'
	@echo 'make check     lint, format, staleness of generated code, types'
	@echo 'make update    take over what changed in the published document: client, changelog and version, or nothing'
	@echo 'make docs      the documentation, into site/; a warning is an error'
	@echo 'make lint | types | generate | bench | setup | clean'

setup: $(READY)

# An environment whose interpreter is gone, as after a move of the folder, is made anew.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'vapi-async needs Python 3.11 or later: make PYTHON=/path/to/python3' >&2; exit 1; }
	$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --group dev --editable .
	@touch $@

run: generate
	$(BIN)/python examples/quickstart.py

generate: setup
	$(BIN)/python -m codegen generate

# SOURCE is another URL or a path; TEXT a file that gets the diff as Markdown.
update: setup
	$(BIN)/python -m codegen update $(SOURCE) $(if $(TEXT),--text $(TEXT))

test: setup
	$(PYTEST) -n $(WORKERS) --dist loadfile -m 'not slow'

test-all: setup
	$(PYTEST) -n $(WORKERS) --dist loadfile

check: lint
	$(BIN)/python -m codegen check
	$(MAKE) types

lint: setup
	$(BIN)/ruff check
	$(BIN)/lint-imports --no-logo
	$(BIN)/ruff format --check

types: setup
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python

bench: setup
	$(BIN)/python -m benchmarks

docs: $(READY_DOCS)
	$(BIN)/python -m website

$(READY_DOCS): $(READY)
	$(BIN)/python -m pip install --quiet --group docs
	@touch $@

clean:
	rm -rf $(VENV) dist build site .cache .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
