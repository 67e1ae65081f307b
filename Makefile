# Two commands on a fresh machine with Python >= 3.11: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One more than there are processors: many tests wait, for a shop, a time-out, five real minutes.
WORKERS ?= $(shell echo $$(( $$(nproc) + 1 )))
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo test lint bench clean venv

venv: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable '.[demo,mail,browser,dev]'
	touch $@

demo: venv ## start a real shop, examine it, verify and replay the report, stop the shop
	$(BIN)/duheng demo

lint: venv ## style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: venv lint ## everything, against real servers
	tests/packages.sh
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

bench: venv ## ratios, measured in one run
	$(BIN)/python -m tests.bench

clean: ## what make and the demo left behind
	-test -x $(BIN)/duheng && $(BIN)/duheng demo stop; $(BIN)/duheng demo stop --shop vendure
	rm -rf $(VENV) duheng-demo duheng-demo-vendure duheng-out build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
