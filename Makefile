# Every target makes ready what it needs (scripts/setup.sh) and repeats nothing that is done.
.PHONY: help run test test-postgres bench check fmt lock vendor
.NOTPARALLEL:

# A file of tests stays on one worker; more than four would only wait for the browser and the database.
WORKERS = -n auto --maxprocesses 4 --dist loadfile

help:
	@echo "make run            start the program with the demo partnership, on PORT (8000)"
	@echo "make test           everything a change must pass; on PostgreSQL too when TEST_DATABASE_URL is set"
	@echo "make test-postgres  the database-touching tests on TEST_DATABASE_URL alone"
	@echo "make bench          benchmarks as a table and as bench.json"
	@echo "make check          lint, format, types, import contracts, migrations, vendored files, deployment check"
	@echo "make fmt            format Python and templates"
	@echo "make lock           renew requirements.txt and requirements-dev.txt from pyproject.toml"
	@echo "make vendor         renew static/vendor and static/fonts from package-lock.json"

run:
	@bash scripts/setup.sh run && exec .venv/bin/python scripts/run.py

test:
	@bash scripts/setup.sh test
	@bash scripts/check.sh
	@bash scripts/pytest.sh $(WORKERS)
	@if [ -n "$$TEST_DATABASE_URL" ]; then bash scripts/pytest.sh --postgres $(WORKERS); fi

test-postgres:
	@bash scripts/setup.sh test
	@bash scripts/pytest.sh --postgres $(WORKERS)

bench:
	@bash scripts/setup.sh test
	@bash scripts/bench.sh

check:
	@bash scripts/setup.sh check
	@bash scripts/check.sh

fmt:
	@bash scripts/setup.sh check
	@bash scripts/fmt.sh

lock:
	@bash scripts/setup.sh check
	@bash scripts/lock.sh

vendor:
	@bash scripts/setup.sh node
	@.venv/bin/python scripts/vendor.py
