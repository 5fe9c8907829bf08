# One word a chore, the same here and in CI. Every target makes the virtual environment first if need be.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
VISION := .venv-vision

# Tests run in as many processes as there are cores (two at most: one core each keeps timings honest).
PYTEST_FLAGS ?= -n 2 --dist worksteal -q

.DEFAULT_GOAL := help
.PHONY: help install quick demo test test-vision check lint types bench clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

install: $(INSTALLED) ## create .venv and install the package with its development tools

$(INSTALLED): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say make PYTHON=/path/to/python" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV): some minutes and 1.5 GB the first time"
	$(BIN)/python -m pip install -qq --constraint constraints.txt --editable '.[dev]'
	@touch $@

quick: $(INSTALLED) ## a minute: the networks that ship, on walkers they have never seen and a real video
	$(BIN)/mimicgait demo --pretrained

demo: $(INSTALLED) ## from nothing to a report: walkers, training, evaluation, a real video
	$(BIN)/mimicgait demo

test: lint types ## everything but test-vision
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest $(PYTEST_FLAGS)

test-vision: $(VISION)/.installed ## what needs timm or torchvision, in an environment of its own (5.5 GB)
	OMP_NUM_THREADS=1 $(VISION)/bin/python -m pytest $(PYTEST_FLAGS) -m vision tests

# No torchvision works beside the torch of constraints.txt, and the one that it needs brings CUDA along.
# Not compiled ahead: few of these thousands of files are ever imported.
$(VISION)/.installed: pyproject.toml constraints.txt constraints-vision.txt
	$(PYTHON) -m venv $(VISION)
	@{ grep -v '^torch==' constraints.txt; cat constraints-vision.txt; } > $(VISION)/constraints.txt
	@echo "Installing into $(VISION): some minutes and 5.5 GB the first time"
	$(VISION)/bin/python -m pip install -qq --no-compile --constraint $(VISION)/constraints.txt --editable '.[dev,vision]'
	@touch $@

check: lint types ## lint, types and the quick tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest $(PYTEST_FLAGS) -m "not slow"

lint: $(INSTALLED) ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED) ## mypy, strict
	$(BIN)/mypy

bench: $(INSTALLED) ## run benchmarks/*.py in order; results as JSON in benchmarks/results/
	@mkdir -p benchmarks/results
	@set -e; for script in $(sort $(wildcard benchmarks/[!_]*.py)); do \
	  echo "$$script"; $(BIN)/python "$$script" "benchmarks/results/$$(basename "$$script" .py).json"; \
	done

clean: ## remove caches and build products (keeps .venv, demo/, demo-pretrained/ and runs/)
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis src/*.egg-info
	find . -path './.venv*' -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
