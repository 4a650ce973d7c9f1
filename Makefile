# `make demo` and `make test` set everything up in .venv from a clean clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := $(wildcard classicnlp/_ext/*.pyx classicnlp/_ext/*.pxd) setup.py pyproject.toml

.PHONY: demo test lint slow sanitize models bench wheel clean help

help:
	@echo "make demo      build into .venv, segment and tag real text"
	@echo "make test      build into .venv, run the tests"
	@echo "make lint      ruff, mypy, stubtest, cython-lint"
	@echo "make slow      the tests that take longer"
	@echo "make sanitize  the kernel tests under address and undefined-behaviour sanitizers"
	@echo "make models    rebuild the embedded models from ../shared/data"
	@echo "make bench     run the benchmarks, rewrite benchmarks/RESULTS.md"
	@echo "make wheel     build sdist and wheel into dist/"

demo: $(VENV)/.built
	@$(BIN)/python tools/demo.py

test: $(VENV)/.built-dev
	$(BIN)/python -m pytest -q -m "not slow"

slow: $(VENV)/.built-dev
	$(BIN)/python -m pytest -q -m slow

lint: $(VENV)/.built-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest classicnlp._ext --ignore-disjoint-bases --mypy-config-file pyproject.toml --allowlist tools/stubtest-allowlist.txt
	PATH=$(BIN):$$PATH cython-lint --max-line-length 120 classicnlp/_ext

sanitize: $(VENV)/.built-dev
	bash tools/sanitize.sh

models: $(VENV)/.built
	$(BIN)/python tools/build_alphabet.py ../shared/data classicnlp/models/alphabet.model
	$(BIN)/python tools/build_models.py ../shared/data classicnlp/models
	$(BIN)/python tools/document_frequencies.py ../shared/data classicnlp/models

bench: $(VENV)/.built
	$(BIN)/python benchmarks/run_all.py

wheel: $(VENV)/.built-dev
	$(BIN)/python -m build

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# The check of the compiler comes before anything that takes time.
$(VENV)/.built: $(SOURCES) | $(VENV)/bin/python
	@command -v $${CC:-cc} >/dev/null || { \
	  echo "classicnlp needs a C compiler to build its kernels: install gcc or clang (Debian: apt install gcc)." >&2; exit 1; }
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "classicnlp needs Python 3.11 or newer: make PYTHON=python3.11 (after: rm -r $(VENV))" >&2; exit 1; }
	$(BIN)/python -m pip install -q "setuptools>=80" "cython>=3.2,<3.4" "numpy>=1.26" "scipy>=1.11"
	$(BIN)/python -m pip install -q --no-build-isolation --no-deps -e . --config-settings editable_mode=compat
	@touch $@

$(VENV)/.built-dev: $(VENV)/.built
	$(BIN)/python -m pip install -q "pytest>=8" "hypothesis>=6" "ruff>=0.9" "mypy>=1.13" "cython-lint>=0.16" "build>=1.2" "scikit-learn>=1.6"
	@touch $@

clean:
	rm -rf build dist *.egg-info classicnlp/_ext/*.so
