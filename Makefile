# make demo   set up, simulate a world, build it, show what was found, write report.html
# make test   everything that must hold: lint, types, tests, a full build
PYTHON ?= python3
BIN := .venv/bin
AS_OF := 2025-07-01
DEMO_LEADS ?= 10000

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test lint format

help:
	@grep '^# make' Makefile | sed 's/^# //'

setup: .venv/.runtime profiles.yml

setup-dev: .venv/.dev profiles.yml

demo: setup
	$(BIN)/leadscore simulate --leads $(DEMO_LEADS) --months 24 --seed 7 --end $(AS_OF)
	$(BIN)/dbt build --vars '{as_of: $(AS_OF)}'
	$(BIN)/leadscore summary
	$(BIN)/leadscore report

test: lint
	$(BIN)/pytest -n 2 --dist loadfile

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

# The lock holds exact versions with their hashes; the project itself is installed in place.
.venv/.runtime: .venv/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@
