# Two commands are all: `make demo` shows the board, `make test` checks everything. Python 3.11 or newer is enough.
# The first that runs and is new enough: a name on the PATH may be a shim without a Python behind it.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# The version of Kafka's Python client is pinned in pyproject.toml; change it there and everything is installed anew.
INSTALLED := $(VENV)/installed
# Half of the tests wait for processes of their own; each worker has its own broker, Redis and Chromium.
WORKERS ?= 2

.PHONY: demo test bench lint screenshots clean
.DEFAULT_GOAL := help

help:
	@echo "make demo           a simulated floor on a live board, in this terminal until Ctrl-C"
	@echo "make test           linters, types and every test that can run here"
	@echo "make bench          the benchmarks: figures, no verdict"
	@echo "make screenshots    pictures of every page and state, into build/screenshots"
	@echo "make lint           linters and types only"
	@echo "make clean          removes the environment and the caches"

demo: $(INSTALLED)-demo
	@exec $(BIN)/callfloor demo

test: lint
	$(BIN)/python -m pytest -m "not benchmark" -n $(WORKERS) --dist loadfile

bench: $(INSTALLED)-test
	$(BIN)/python -m pytest -m benchmark -s

screenshots: $(INSTALLED)-test
	$(BIN)/python -m tests.screenshots

lint: $(INSTALLED)-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(INSTALLED)-%: pyproject.toml | $(BIN)/python
	@echo "installing callfloor[$*] into $(VENV): a minute or two the first time ..."
	@$(PIP) --editable '.[$*]'
	@touch $@
	@echo "installed"

$(BIN)/python:
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "callfloor needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3"; exit 1; }
	@echo "making the environment $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "python3 -m venv failed: install python3-venv (Debian) and try again"; exit 1; }

clean:
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
