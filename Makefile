# Two commands matter: `make demo` and `make test`. Both install what they need into .venv and
# node_modules of this clone, from the locks in requirements/ and package-lock.json.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
SHELL := /bin/sh

PYTHON ?= $(shell command -v python3.11 || command -v python3 || command -v python)
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

# pip's mirror, if one is set, serves uv as well.
ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif
# Written into the head of each lock in place of the real command.
export UV_CUSTOM_COMPILE_COMMAND := make lock

PYTEST := $(BIN)/pytest -q
COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes
TOOLS := .venv/.tools

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z][a-z0-9-]*:.*## / { printf "  \033[1m%-12s\033[0m %s\n", $$1, $$2 }' Makefile

# --- the stack ---------------------------------------------------------------

.PHONY: demo
demo: $(TOOLS) ## take a student through a whole assessment and print what they read
	@$(BIN)/assay demo

.PHONY: up
up: $(TOOLS) ## start everything and leave it running
	@$(BIN)/assay up

.PHONY: down
down: $(TOOLS) ## stop everything; the database keeps its content
	@$(BIN)/assay down

.PHONY: status
status: $(TOOLS) ## say what runs, and where
	@$(BIN)/assay status

.PHONY: logs
logs: $(TOOLS) ## print what the functions logged and go on (FUNCTION=submit_assessment for one)
	@$(BIN)/assay logs $(FUNCTION) --follow

.PHONY: seed
seed: $(TOOLS) ## load the seeds again
	@$(BIN)/assay seed

# --- checks and tests --------------------------------------------------------

.PHONY: test
test: $(TOOLS) ## check, unit, integration, infra and e2e, with the time of each
	@$(BIN)/python -m local_stack.gate check unit integration infra e2e

.PHONY: check
check: $(TOOLS) ## format, lint, types, layers, and whether what is generated is current
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyrefly check
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m local_stack.openapi --check
	$(BIN)/python -m local_stack.event_schemas --check
	$(BIN)/python -m local_stack.locks

.PHONY: fmt
fmt: $(TOOLS) ## format, and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: unit
unit: $(TOOLS) ## tests without sockets
	$(PYTEST) tests/unit

.PHONY: integration
integration: $(TOOLS) ## tests against the embedded PostgreSQL and local servers
	$(PYTEST) tests/integration

.PHONY: infra
infra: $(TOOLS) ## tests of the synthesized templates
	$(PYTEST) tests/infra

.PHONY: e2e
# Most of it is waiting, so two stacks are worked at once; what takes parts of its stack away has the
# second, and is printed after the other.
e2e: $(TOOLS) ## tests against two stacks of their own, brought up and down around them
	@mkdir -p .local; \
	$(BIN)/python -m local_stack.temporary_stack ASSAY_HOME=.local/e2e-outages \
		$(PYTEST) tests/e2e/outages >.local/e2e-outages.log 2>&1 & outages=$$!; \
	$(BIN)/python -m local_stack.temporary_stack $(PYTEST) tests/e2e --ignore tests/e2e/outages; \
	calm=$$?; wait $$outages; code=$$?; cat .local/e2e-outages.log; exit $$((calm | code))

.PHONY: bench
bench: $(TOOLS) ## latency and import times of the functions, connections, and the time for an essay
	@$(BIN)/python -m bench

.PHONY: bench-retrieval
bench-retrieval: $(TOOLS) .local/bench-venv/.packages ## vector search beside ChromaDB and NumPy, up to 100,000 credentials
	@$(BIN)/python -m bench.retrieval

.PHONY: eval
eval: $(TOOLS) ## measure scores and recommendations, and write docs/evals/report.md
	@$(BIN)/python -m evals report

.PHONY: calibrate
calibrate: $(TOOLS) ## fit the rubric engine on graded answers and print how well it agrees with them
	@$(BIN)/python -m evals calibrate

.PHONY: calibrate-injection
calibrate-injection: $(TOOLS) ## fit the detector of text for the grader and print what it catches
	@$(BIN)/python -m evals calibrate-injection

.PHONY: eval-retrieval
eval-retrieval: $(TOOLS) ## serve the judged situations and print how good the recommendations are
	@$(BIN)/python -m evals retrieval

# --- what is generated -------------------------------------------------------

.PHONY: synth
synth: $(TOOLS) ## synthesize a production stage into cdk.out, with cdk-nag and cfn-lint
	@$(BIN)/assay asset .local/lambda-asset
	$(BIN)/node node_modules/aws-cdk/bin/cdk synth --quiet --no-notices --context stage=production --context assetPath=.local/lambda-asset
	$(BIN)/cfn-lint cdk.out/*.template.json

.PHONY: openapi
openapi: $(TOOLS) ## write docs/openapi.json from the handlers
	@$(BIN)/python -m local_stack.openapi

.PHONY: schemas
schemas: $(TOOLS) ## write docs/events from the types of the analytics stream
	@$(BIN)/python -m local_stack.event_schemas

.PHONY: lock
lock: .venv/.uv ## resolve the dependencies anew
	$(COMPILE) --universal --python-version 3.11 requirements/bootstrap.in -o requirements/bootstrap.lock $(UPGRADE)
	$(COMPILE) --universal --python-version 3.11 pyproject.toml requirements/bootstrap.in --all-extras -o requirements/dev.lock $(UPGRADE)
	$(COMPILE) --python-version 3.13 --python-platform aarch64-manylinux_2_28 --only-binary :all: pyproject.toml -c requirements/dev.lock --overrides requirements/functions.overrides -o requirements/functions.lock $(UPGRADE)
	$(COMPILE) --no-deps --python-version 3.11 --python-platform x86_64-manylinux2014 requirements/weights.in -o requirements/weights.lock $(UPGRADE)
	$(COMPILE) --universal --python-version 3.11 requirements/bench.in -o requirements/bench.lock $(UPGRADE)
	$(MAKE) --no-print-directory .venv/.packages
	$(BIN)/npm install --package-lock-only --silent

.PHONY: clean
clean: ## stop the stack and remove all that make created
	@if [ -x $(BIN)/assay ]; then $(BIN)/assay down; ASSAY_HOME=.local/e2e $(BIN)/assay down; fi
	rm -rf .local .venv node_modules cdk.out .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage

# --- tools -------------------------------------------------------------------

# What the retrieval benchmark compares with has dependencies of its own and stays out of .venv.
.local/bench-venv/.packages: requirements/bench.lock .venv/.uv
	@echo "Installing ChromaDB"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .local/bench-venv
	@$(BIN)/uv pip sync --quiet --require-hashes --python .local/bench-venv/bin/python requirements/bench.lock
	@touch $@

.venv/.uv: requirements/bootstrap.lock
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "assay: Python 3.11 or later is needed. Install it, or name one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@[ -x $(BIN)/python ] || "$(PYTHON)" -m venv .venv || { rm -rf .venv; \
	  echo "assay: Python cannot create virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Installing uv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $<
	@touch $@

.venv/.packages: requirements/dev.lock requirements/weights.lock .venv/.uv
	@echo "Installing the locked packages"
	@$(BIN)/uv pip sync --quiet --require-hashes requirements/dev.lock
	@[ "$$(uname -sm)" != "Linux aarch64" ] || \
	  $(BIN)/uv pip install --quiet --require-hashes --no-deps --python-platform x86_64-manylinux2014 -r requirements/weights.lock
	@$(BIN)/python -m local_stack.installed
	@touch $@

$(TOOLS): package-lock.json .npmrc .venv/.packages
	@echo "Installing the CDK command line"
	@$(BIN)/npm ci --silent
	@touch $@
