# The two commands a newcomer needs: `make run`, and `make test`. Everything else is in `python -m devtools --help`.
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

# The first interpreter that Lambda also has a runtime for.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' \
	&& { echo $$p; break; }; done)
DEV := .venv
CLOUD := .local/cloud
RUN := $(DEV)/bin/python

# Whatever the shell says: without compiled modules each start takes seconds more.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run call test test-flows bench faults reset lint lock chromium

help:
	@echo 'make run         start the line on this machine; prints "ready http://..." when it answers'
	@echo 'make call        call it from the terminal (while make run is running)'
	@echo 'make test        every test: unit, flows, the local cloud, the browser'
	@echo 'make test-flows  the test cases of connect_flows/tests alone'
	@echo 'make bench       requests, CPU time and flow speed beside the least possible'
	@echo 'make faults      orders by the ten thousand with a tenth of all calls faulty, and races by as many'
	@echo 'make reset       forget the local data'
	@echo 'make lint        ruff, mypy, localconnect lint and cfn-lint'

run: $(DEV)/.stamp $(CLOUD)/.stamp
	@exec $(RUN) -m devtools run

call: $(DEV)/.stamp
	@exec $(RUN) -m devtools call $(FLAGS)

test: $(DEV)/.stamp $(CLOUD)/.stamp chromium
	@exec $(RUN) -m pytest $(FLAGS)

test-flows: $(DEV)/.stamp $(CLOUD)/.stamp
	@exec $(RUN) -m devtools test-flows $(FLAGS)

bench: $(DEV)/.stamp $(CLOUD)/.stamp
	@exec $(RUN) -m devtools bench $(FLAGS)

faults: $(DEV)/.stamp $(CLOUD)/.stamp
	@exec $(RUN) -m devtools faults $(FLAGS)

reset: $(DEV)/.stamp
	@exec $(RUN) -m devtools reset

lint: $(DEV)/.stamp
	@exec $(RUN) -m devtools lint

chromium: $(DEV)/.stamp
	@exec $(RUN) -m devtools.chromium

# Compiles the pinned requirements anew from the .in files (needs uv). Add UPGRADE=--upgrade to move the pins.
lock:
	uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate $(UPGRADE) requirements.in -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate --generate-hashes $(UPGRADE) requirements-dev.in -o requirements-dev.txt
	uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate --generate-hashes $(UPGRADE) requirements-cloud.in -o requirements-cloud.txt

# A stamp is newer than its requirements file: nothing is installed twice.
$(DEV)/.stamp: requirements-dev.txt
	@$(call environment,$(DEV),$<)

$(CLOUD)/.stamp: requirements-cloud.txt
	@$(call environment,$(CLOUD),$<)

environment = $(if $(PYTHON),$(PYTHON) devtools/environment.py $(1) $(2),\
	echo 'Python 3.11 or newer is needed: install it, or name it as in make run PYTHON=/opt/python3.12/bin/python3.' >&2; exit 1)
