# `make run` and `make test` set up everything they need by themselves; see README.md.
.DEFAULT_GOAL := help
.PHONY: help run test check bench lock clean

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: ## start a marketplace with sample data (HOST, PORT, DATA_DIR from the environment)
	@sh deploy/environment.sh run
	@exec .venv/bin/marketplace up --sample

test: ## everything that CI runs: lint, types, imports, all tests on SQLite and PostgreSQL, in a real browser
	@sh deploy/environment.sh dev
	@exec .venv/bin/python -m tests.everything

check: ## the quick part, under a minute: lint, types, imports, unit tests
	@sh deploy/environment.sh dev
	@exec .venv/bin/python -m tests.everything --quick

bench: ## measure speed against named references (a quarter of an hour or so)
	@sh deploy/environment.sh dev
	@exec .venv/bin/python bench/run.py

lock: ## resolve the dependencies anew (needs uv)
	@sh deploy/lock.sh

clean: ## remove the environment and caches; data stays
	rm -rf .venv .pytest_cache .ruff_cache .import_linter_cache .hypothesis reports
