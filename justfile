# What can be done here. `just check` says that you are done.

set positional-arguments

# everything that must hold before a commit
check: format-check lint types imports test

# write every file the way it must look
format:
    ruff format .
    ruff check --fix --quiet .

format-check:
    ruff format --check .

lint:
    ruff check .

types:
    mypy

# who may import whom
imports:
    lint-imports

# all tests
test: cover suite towns

# what the inner rooms' own tests reach of them
cover:
    pytest -n auto --cov --cov-report=term:skip-covered --cov-fail-under=90 -k "not sqlite and not postgresql" tests/domain tests/application

# everything but the towns
suite *arguments:
    pytest -n auto --dist loadgroup --ignore=tests/production --ignore=tests/campaign {{arguments}}

# whole programs on their servers, which have the machine to themselves
towns:
    pytest tests/production tests/campaign
    pytest --production tests/http

# break each guard in a copy and see its tests fail; docs/guards.md is the list
guards *names:
    python -m tools.guards {{names}}

# measure; the method is in bench/README.md
bench:
    python -m bench.core
    python -m bench.imports
    python -m bench.http
    python -m bench.simulation

# programs that die at so many named points while people work; about 10 minutes a thousand
campaign points="1000":
    python -m bench.campaign {{points}}
    pytest -s -p no:cacheprovider tests/campaign/controls.py

# pin every transitive version again, to the newest that fit
lock:
    python -m tools.lock

# write the pages that are made from the code
docs:
    python -m tools.make_docs

# the main job, told step by step
demo:
    conectar demo

# a migration from what the tables say now
migration message:
    python -m tools.make_migration "{{message}}"

# so many professionals into the PostgreSQL database of the settings
seed count:
    python -m tools.seed {{count}}
