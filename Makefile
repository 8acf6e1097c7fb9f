# make up    everything on this machine, from a fresh checkout, until Ctrl-C
# make dev   the same with debug pages; code, templates and static files are reloaded when they change
# make test  lint, types, layers and all tests;  make test-fast  most of the logic within a minute
# make test-js  the tests of static/js alone
# make lint  the first three alone;  make lock  pin every dependency again;  make clean  delete what make created
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
NODE := node_modules
# Each process its share of the cores.
export OMP_NUM_THREADS ?= 1
# The tests start hundreds of processes of our code; without cached bytecode each of them compiles it again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: up dev test test-fast test-js lint lint-python lint-js lock clean
.DEFAULT_GOAL := up

up: $(VENV)/.runtime
	@exec $(BIN)/python manage.py up

dev: $(VENV)/.development
	@PATENTSEARCH_DEBUG=true exec $(BIN)/python manage.py up --reload

test: $(VENV)/.development
	@scripts/require-chromium
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint test-js
	@# Three processes on two cores: browsers, services and kills are mostly waited for.
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

# No browser, no weights, no installation, and nothing that takes a core for a second.
FAST := $(addprefix tests/,engine sample patentsearch workers search/services search/selectors \
	annotations/services annotations/selectors annotations/management)

test-fast: $(VENV)/.development
	$(BIN)/pytest -n 2 --dist loadfile -m "not browser and not slow and not corpus" $(FAST)

test-js: $(NODE)/.development
	npm run --silent test

lint: lint-python lint-js

lint-python: $(VENV)/.development
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/vulture
	find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 --check {} +

lint-js: $(NODE)/.development
	npm run --silent lint

# An environment is good as long as the hash of what it was made from has not changed; times of files say nothing
# after a checkout. Development holds all of runtime.
$(VENV)/.runtime: requirements.txt scripts/environment
	@scripts/environment $(PYTHON) $(VENV) runtime requirements.txt

$(VENV)/.development: requirements-dev.txt scripts/environment
	@scripts/environment $(PYTHON) $(VENV) development requirements-dev.txt

$(NODE)/.development: package.json package-lock.json scripts/require-node
	@scripts/require-node $(NODE) development

LOCK := $(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --no-header --annotation-style=line \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

lock: $(VENV)/.development
	$(LOCK) --output-file=requirements.txt requirements.in
	$(LOCK) --output-file=requirements-dev.txt --constraint=requirements.txt requirements-dev.in

clean:
	rm -rf $(VENV) $(NODE) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
