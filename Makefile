# make report: set up and run the sample's monthly playbook.  make test: set up and pass the tests.
.DEFAULT_GOAL := help
.PHONY: help setup dev report test wheel slow engines lint lab mutate mutate-sample bench shots lock clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
UPGRADE ?= --upgrade

help:  ## Say what each target does
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 16

setup: $(READY)  ## Make .venv with what a run needs

dev: $(READY_DEV)  ## Add what tests and checks need

$(READY): requirements.lock requirements-uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 …"; exit 1; }
	@rm -f $@
	@$(PYTHON) scripts/setup.py $(VENV) requirements.lock --project
	@touch $@

$(READY_DEV): $(READY) requirements-dev.lock
	@rm -f $@
	@$(BIN)/python scripts/setup.py $(VENV) requirements-dev.lock
	@touch $@

report: setup  ## Run the sample's monthly playbook and say where report.html lies
	@$(BIN)/playbook run --from 2026-09 --to 2026-10

test: dev  ## Run the tests
	@$(BIN)/python -m pytest -q -m "not slow" -n 2 --dist worksteal --ignore tests/browser/test_lab.py
	@$(BIN)/python -m pytest -q -m "not slow" tests/browser/test_lab.py

wheel: dev  ## Install the wheel into a fresh environment, and compare its pages with the checkout's
	@$(BIN)/python -m pytest -q tests/test_wheel.py

slow: dev  ## Run the long tests too
	@$(BIN)/python -m pytest -q

engines: setup  ## Install PostgreSQL, MariaDB, Spark and their drivers (Debian; as root), and test against them
	@for each in postgresql mariadb-server openjdk-17-jre-headless libmariadb-dev gcc pkg-config; do \
	  dpkg -s $$each >/dev/null 2>&1 || missing="$$missing $$each"; done; \
	  [ -z "$$missing" ] || { apt-get update -qq && apt-get install -y -qq $$missing >/dev/null; }
	@$(PYTHON) scripts/setup.py .venv-engines requirements-engines.lock
	@.venv-engines/bin/python -m pytest -q tests/engines

lint: dev  ## Check style, types, layers and notebooks
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff format --check --quiet --line-length 120 notebooks/*.ipynb
	@$(BIN)/mypy
	@$(BIN)/lint-imports

lab: setup  ## Open the notebooks in JupyterLab
	@$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) notebooks/00_start.ipynb

mutate: dev  ## See whether the tests notice small changes of the methods (a sample)
	@$(BIN)/python scripts/mutate.py --sample 60 playbook/methods playbook/metrics.py \
	  playbook/abtest/stats playbook/abtest/decision playbook/stages/analysis \
	  playbook/stages/appraisal/scoring.py

mutate-sample: dev  ## The same of the fastest modules, in a minute
	@$(BIN)/python scripts/mutate.py --sample 12 --seed 7 playbook/methods/intervals.py \
	  playbook/methods/days.py playbook/methods/attribution.py playbook/metrics.py \
	  playbook/stages/appraisal/scoring.py playbook/abtest/stats/sample_ratio.py \
	  playbook/abtest/stats/multiplicity.py playbook/abtest/stats/equivalence.py

bench: dev  ## Measure side by side with the peers
	@for each in benchmarks/*.py; do $(BIN)/python $$each || exit 1; done

shots: dev report  ## Take pictures of every kind of page of the sample (needs chromium)
	@$(BIN)/python scripts/shots.py

LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-header --quiet $(UPGRADE)
DATABASES := --extra mysql --extra postgres --extra spark

lock: setup  ## Write all locks anew from pyproject.toml; with UPGRADE= only what its bounds ask for
	@$(LOCK) --group uv -o requirements-uv.lock
	@$(LOCK) --group build --extra lab pyproject.toml -o requirements.lock
	@$(LOCK) --group build --extra lab --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	@$(LOCK) --group build --extra lab --extra dev $(DATABASES) -c requirements-dev.lock pyproject.toml \
	  -o requirements-engines.lock

clean:  ## Remove what can be made again
	@rm -rf outputs/* .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	@touch outputs/.gitkeep
