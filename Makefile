# Everything happens in .venv. A step leaves a stamp there, so that a second run skips it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
CHECKED := $(wildcard voicebot tests benchmarks)

# The first Python that really runs (a shim may exist and fail) and is new enough; PYTHON=... chooses another.
CANDIDATES := $(if $(PYTHON),$(PYTHON),python3.11 python3.12 python3.13 python3 python)
NEW_ENOUGH := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))

.PHONY: help setup models demo test check bench lock clean

help: ## Show what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

setup: $(VENV)/installed models ## Make the environment and fetch the models

demo: setup ## Run a recorded call through the real engines
	@$(BIN)/voicebot demo

test: setup ## Run the tests, real engines included (ARGS=... for pytest)
	@$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/installed ## Lint, formatting and types
	@$(BIN)/ruff check $(CHECKED)
	@$(BIN)/ruff format --check $(CHECKED)
	@$(BIN)/mypy

bench: setup ## Measure what is claimed; writes benchmarks/RESULTS.md
	@$(BIN)/python -m benchmarks

lock: $(VENV)/bin/python ## Pin every requirement with its hashes again
	@command -v uv >/dev/null || $(PIP) install --quiet uv
	PATH="$$PATH:$(CURDIR)/$(BIN)" uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --no-annotate --no-header --extra dev --output-file requirements.txt pyproject.toml

clean: ## Remove the environment and what tools left (not the fetched models)
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage test-results
	find $(CHECKED) -name __pycache__ -type d -prune -exec rm -rf {} +

models: $(VENV)/installed
	@$(BIN)/voicebot models fetch --all

$(VENV)/bin/python:
	@for python in $(CANDIDATES); do \
	    "$$python" -c '$(NEW_ENOUGH)' 2>/dev/null || continue; \
	    echo "making $(VENV) with $$("$$python" --version)"; \
	    "$$python" -c 'import ensurepip' 2>/dev/null || { \
	        echo "$$python cannot make virtual environments here; install its venv package (Debian and Ubuntu: apt install python3-venv)" >&2; \
	        exit 1; }; \
	    "$$python" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }; \
	    exit 0; \
	done; \
	echo "no Python 3.11, 3.12 or 3.13 was found; install one, or name it: make PYTHON=/path/to/python3.12 setup" >&2; \
	exit 1

# misaki, of which only a word list is read, declares itself for Python below 3.13; hence --ignore-requires-python.
$(VENV)/requirements: requirements.txt | $(VENV)/bin/python
	@echo "installing the requirements into $(VENV); this takes some minutes the first time"
	@$(PIP) install --quiet --require-hashes --ignore-requires-python -r requirements.txt
	@touch $@

$(VENV)/installed: pyproject.toml $(VENV)/requirements
	@$(PIP) install --quiet --no-build-isolation --no-deps -e .
	@touch $@
