# Every target sets up what it needs; stamps keep the setup from being repeated.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
SCENARIO ?= scenarios/sichuan.yaml
# Pages written by hand; the others hold what programs write.
PAGES := $(filter-out docs/validation.md docs/scenario-reference.md docs/one-day.md docs/experiments.md, \
	$(wildcard *.md docs/*.md docs/api/*.md scenarios/*.md scenarios/data/*.md))

.PHONY: demo test unit endurance lint docs bench validate reference clean

$(STAMPS)/venv:
	$(PYTHON) -m venv $(VENV)
	mkdir -p $(STAMPS)
	touch $@

$(STAMPS)/core: $(STAMPS)/venv pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(STAMPS)/dev: $(STAMPS)/venv pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	touch $@ $(STAMPS)/core

demo: $(STAMPS)/core
	$(BIN)/arsim run $(SCENARIO) --workers 2

# What a change needs to be safe; `unit` is the part of it that takes seconds, `endurance` is what CI runs besides.
test: $(STAMPS)/dev
	$(BIN)/python -m pytest -n 2 -m "not endurance and not slow"

unit: $(STAMPS)/dev
	$(BIN)/python -m pytest -m "unit and not slow"

endurance: $(STAMPS)/dev
	$(BIN)/python -m pytest -n 2 -m "endurance and not slow"

lint: $(STAMPS)/dev
	$(BIN)/ruff check sim studies tests
	$(BIN)/ruff format --check sim studies tests
	$(BIN)/mdformat --check $(PAGES)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

# Warnings are errors; the pages load nothing from outside addresses.
docs: $(STAMPS)/dev
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs build/docs
	! grep -rnE '<(script|link|img|iframe)[^>]+(src|href)="(https?:)?//' build/docs --include=*.html

bench: $(STAMPS)/dev
	$(BIN)/python -m tests.benchmark.bench
	$(BIN)/python -m tests.benchmark.sweeping

validate: $(STAMPS)/dev
	ARSIM_THOROUGH=1 $(BIN)/python -m pytest tests/analytic tests/randomness tests/seams tests/golden -n 2 -v
	$(BIN)/python -m pytest -n 2 -m slow tests/unit tests/property
	$(BIN)/python -m studies.validation.make

reference: $(STAMPS)/dev
	$(BIN)/arsim explain --all > docs/scenario-reference.md

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks
	find . -name __pycache__ -not -path "./.git/*" -prune -exec rm -rf {} +
