# make demo   set up, simulate a world, build it, show what was found, write report.html
# make test   everything that must hold: lint, types, tests, a full build
# make test-snowflake   of these, all that runs against a stand-in for Snowflake
PYTHON ?= python3
BIN := .venv/bin
AS_OF := 2025-07-01
DEMO_LEADS ?= 10000

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev setup-snowflake demo test test-snowflake lint format

help:
	@grep '^# make' Makefile | sed 's/^# //'

setup: .venv/.runtime profiles.yml

setup-dev: .venv/.dev profiles.yml

# The Snowflake adapter and connector beside the rest.
setup-snowflake: .venv/.snowflake profiles.yml

demo: setup
	$(BIN)/leadscore simulate --leads $(DEMO_LEADS) --months 24 --seed 7 --end $(AS_OF)
	$(BIN)/dbt build --vars '{as_of: $(AS_OF)}'
	$(BIN)/leadscore summary
	$(BIN)/leadscore report

test: lint
	$(BIN)/pytest -n 2 --dist loadfile

test-snowflake: setup-dev
	$(BIN)/pytest tests/snowflake

lint: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint models

format: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix models

profiles.yml:
	cp profiles.yml.example profiles.yml

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.11 setup")'
	$(PYTHON) -m venv .venv

# A lock holds the exact versions of everything that is needed, with their hashes, so pip need not look for more; the project itself is
# installed in place.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps

.venv/.runtime: .venv/bin/python requirements.lock pyproject.toml
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-build-isolation -e .
	touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	$(INSTALL) --require-hashes -r requirements-dev.lock
	touch $@

.venv/.snowflake: .venv/.runtime requirements-snowflake.lock
	$(INSTALL) --require-hashes -r requirements-snowflake.lock
	touch $@
