# Two commands are all: `make demo` shows the board, `make test` checks everything. Python 3.11 or newer is enough.
# The first that runs and is new enough: a name on the PATH may be a shim without a Python behind it.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# The version of Kafka's Python client is pinned in pyproject.toml; change it there and everything is installed anew.
INSTALLED := $(VENV)/installed
# What writes the locks and reads them: an environment of its own, so that nothing of it is part of the product.
TOOLS  := .venv-tools
# What is delivered and nothing else, for the bill of materials.
SHIPPED := build/shipped
INTO_SHIPPED := $(TOOLS)/bin/python -m pip --python $(SHIPPED)/bin/python install --quiet --disable-pip-version-check
COMPILE := $(TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" $(UPGRADE)
# Half of the tests wait for processes of their own; each worker has its own broker, Redis and Chromium.
WORKERS ?= 2

.PHONY: demo test soak https bench lint screenshots lock sbom licences audit clean
.DEFAULT_GOAL := help

help:
	@echo "make demo           a simulated floor on a live board, in this terminal until Ctrl-C"
	@echo "make test           linters, types and every test that can run here"
	@echo "make soak           two people ask as much as they may at once, a quarter of an hour: no foreign byte"
	@echo "make https          all tests of the browser with the boards on https, certified by an authority of the tests"
	@echo "make bench          the benchmarks: figures, no verdict"
	@echo "make screenshots    pictures of every page and state, into build/screenshots"
	@echo "make lint           linters and types only"
	@echo "make lock           pins every dependency with its hash; UPGRADE=--upgrade takes the newest"
	@echo "make sbom           a bill of materials (CycloneDX) of what is delivered, into build/"
	@echo "make licences       the licences of what is delivered, into build/"
	@echo "make audit          known vulnerabilities of what is delivered (asks pypi.org)"
	@echo "make clean          removes the environment and the caches"

demo: $(INSTALLED)-demo
	@exec $(BIN)/callfloor demo

test: lint
	$(BIN)/python -m pytest -m "not benchmark" -n $(WORKERS) --dist loadfile

soak: $(INSTALLED)-test
	CALLFLOOR_SOAK=1 $(BIN)/python -m pytest -m soak -n 0

https: $(INSTALLED)-test
	CALLFLOOR_HTTPS=1 $(BIN)/python -m pytest -m "not benchmark" -n $(WORKERS) --dist loadfile tests/browser

bench: $(INSTALLED)-test
	$(BIN)/python -m pytest -m benchmark -s

screenshots: $(INSTALLED)-test
	$(BIN)/python -m tests.screenshots

lint: $(INSTALLED)-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Tests run on the locked versions, each checked by its hash; `make demo` takes what pyproject.toml allows.
$(INSTALLED)-test: pyproject.toml .ci/requirements.lock | $(BIN)/python
	@echo "installing what .ci/requirements.lock names into $(VENV): a minute or two the first time ..."
	@$(PIP) --require-hashes --requirement .ci/requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@
	@echo "installed"

$(INSTALLED)-%: pyproject.toml | $(BIN)/python
	@echo "installing callfloor[$*] into $(VENV): a minute or two the first time ..."
	@$(PIP) --editable '.[$*]'
	@touch $@
	@echo "installed"

$(BIN)/python:
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "callfloor needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3"; exit 1; }
	@echo "making the environment $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "python3 -m venv failed: install python3-venv (Debian) and try again"; exit 1; }

lock: $(TOOLS)/installed
	$(COMPILE) --output-file .ci/requirements.lock --extra test pyproject.toml
	$(COMPILE) --output-file .ci/shipped.lock --constraint .ci/requirements.lock pyproject.toml
	$(COMPILE) --output-file .ci/tools.lock .ci/tools.in

sbom: $(SHIPPED)/installed
	$(TOOLS)/bin/cyclonedx-py environment --output-reproducible --pyproject pyproject.toml --output-file build/sbom.json $(SHIPPED)
	@echo "wrote build/sbom.json"

licences: $(SHIPPED)/installed
	$(TOOLS)/bin/pip-licenses --python $(SHIPPED)/bin/python --ignore-packages callfloor \
		--format markdown --with-urls --order license --output-file build/licences.md

audit: $(TOOLS)/installed
	$(TOOLS)/bin/pip-audit --strict --disable-pip --require-hashes --requirement .ci/shipped.lock

$(TOOLS)/installed: .ci/tools.lock | $(BIN)/python
	@$(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement .ci/tools.lock
	@touch $@

$(SHIPPED)/installed: pyproject.toml .ci/shipped.lock $(TOOLS)/installed
	@rm -rf $(SHIPPED) && $(PYTHON) -m venv --without-pip $(SHIPPED)
	@$(INTO_SHIPPED) --require-hashes --requirement .ci/shipped.lock
	@$(INTO_SHIPPED) --no-deps .
	@touch $@

clean:
	rm -rf $(VENV) $(TOOLS) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
