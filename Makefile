# Needs make and a Python of 3.11 or later; everything else is installed into .venv.
PYTHON ?= python3
WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DOCS := $(VENV)/.ready-docs
LOWEST := .cache/lowest
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help setup run test test-all test-clocks test-lowest check lint types bench docs generate update clean

help:
	@echo 'make run       regenerate the client and run examples/quickstart.py against an in-process sandbox'
	@echo 'make test      the test suite'
	@echo 'make test-all  the test suite with its slow part, more examples, and at odd hours'
	@echo 'make test-lowest  the test suite on the lowest versions that are promised'
	@echo 'make check     lint, format, staleness of generated code, types'
	@echo 'make update    take over what changed in the published document: client, changelog and version, or nothing'
	@echo 'make docs      the documentation, into site/; a warning is an error'
	@echo 'make lint | types | generate | bench | setup | clean'

setup: $(READY)

# Programs of an environment name its folder, so the mark does too: after a move, or half made, it is made anew.
ifneq ($(shell cat $(READY) 2>/dev/null),$(CURDIR))
.PHONY: $(READY)
endif

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'vapi-async needs Python 3.11 or later: make PYTHON=/path/to/python3' >&2; exit 1; }
	@echo 'Setting up $(VENV): this takes a minute or two.'
	@{ test "$$(cat $@ 2>/dev/null)" = '$(CURDIR)' && $(BIN)/python -c '' 2>/dev/null; } || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --group dev --editable .
	@printf '%s\n' '$(CURDIR)' > $@

run: generate
	$(BIN)/python examples/quickstart.py

generate: setup
	$(BIN)/python -m codegen generate

# SOURCE is another URL or a path; TEXT a file that gets the diff as Markdown.
update: setup
	$(BIN)/python -m codegen update $(SOURCE) $(if $(TEXT),--text $(TEXT))

test: setup
	$(PYTEST) -n $(WORKERS) --dist loadfile -m 'not slow'

test-all: setup test-clocks
	$(BIN)/python -m pip install --quiet --group installs
	HYPOTHESIS_PROFILE=thorough $(PYTEST) -n $(WORKERS) --dist loadfile

# The lowest versions that pyproject.toml promises, in an environment of their own.
test-lowest:
	$(PYTHON) -m venv --clear $(LOWEST)
	$(LOWEST)/bin/python -m pip install --quiet uv
	$(LOWEST)/bin/uv pip install --quiet --python $(LOWEST)/bin/python --resolution lowest-direct --group test --editable .
	$(LOWEST)/bin/python -m pytest -n $(WORKERS) --dist loadfile -m 'not slow' $(TESTS)

# What touches time, at hours and in zones where it went wrong elsewhere; needs libfaketime.
test-clocks: setup
	$(BIN)/python -m tests.tools.clocks

check: lint
	$(BIN)/python -m codegen check
	$(MAKE) types

lint: setup
	$(BIN)/ruff check
	$(BIN)/lint-imports --no-logo
	$(BIN)/ruff format --check

# The code of the pages as well, written out as modules; and of the wheel, whether all that is public has types.
types: setup
	$(BIN)/python -m tests.docs.typed build/blocks
	$(BIN)/mypy vapi_async codegen tests/typing build/blocks tests/codegen/golden/mini_api
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/python -m tests.tools.completeness

bench: setup
	$(BIN)/python -m benchmarks

docs: $(READY_DOCS)
	$(BIN)/python -m website

$(READY_DOCS): $(READY)
	$(BIN)/python -m pip install --quiet --group docs
	@touch $@

clean:
	rm -rf $(VENV) dist build site .cache .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
