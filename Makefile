# Needs python3 (3.11+), python3-venv, git and make; everything else comes from the package registry.
UV_VERSION := 0.13.9
PYTHON     ?= python3
UV         := .uv/bin/uv
BIN        := .venv/bin
ONLY       ?=

.PHONY: help setup run campaign examples test soak bench lint types imports docs-check check messages clean

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: .venv/.ready ## a working .venv/bin/tashika

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "python3 3.11 or newer is needed"; exit 1; }
	@$(PYTHON) -m venv .uv
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.ready: $(UV) pyproject.toml uv.lock
	@UV_PYTHON_DOWNLOADS=never UV_PYTHON=$(PYTHON) $(UV) sync --quiet --locked --all-extras
	@touch $@

run: setup ## the main job on the embedded model: assess, sign, report, publish, verify
	@$(BIN)/python examples/run.py

campaign: setup ## the same with every case of the example
	@$(BIN)/python examples/run.py --all

examples: setup ## two complete fictional organisations, below out/examples
	@$(BIN)/python examples/build.py

test: setup ## the tests that need nothing but Python
	@$(BIN)/python -m pytest -m "not soak" --numprocesses 2 --dist loadfile --no-loadscope-reorder

soak: setup ## long fuzzing and kill-and-resume runs
	@$(BIN)/python -m pytest -m soak --timeout 3600

bench: setup ## every figure of bench/, or one family with ONLY=evidence
	@$(BIN)/python -m bench $(ONLY)

lint: setup ## ruff: rules and format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup ## mypy, strict
	@$(BIN)/mypy

imports: setup ## the rooms import only downward
	@$(BIN)/lint-imports --no-cache

docs-check: setup ## commands, settings, error codes and README commands are documented and true
	@$(BIN)/python -m pytest -q tests/docs

messages: setup ## collect the sentences of pages and reports and compile the Japanese
	@$(BIN)/python tools/messages.py

check: lint types imports docs-check ## everything but the tests

clean: ## forget what was built
	rm -rf .venv .uv out .pytest_cache .mypy_cache .ruff_cache
