.PHONY: help demo test proof bench mutation lint check format messages

# Where the environment forbids it, each of many processes would compile every library anew: two seconds apiece.
unexport PYTHONDONTWRITEBYTECODE

help: ## Show these lines
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile

demo: ## Start a firm with made-up data on this machine; ARGS="--port 9000 --fresh"
	@.ci/venv
	@exec .venv/bin/python manage.py demo $(ARGS)

test: ## Run the test suite (five minutes at most); ARGS="tests/matters"
	@.ci/venv dev
	.venv/bin/pytest -n $(WORKERS) --dist loadgroup -m "not proof" $(ARGS)

proof: ## Run the long checks
	@.ci/venv dev
	.venv/bin/pytest -n $(WORKERS) --dist loadgroup -m proof $(ARGS)

bench: ## Measure the pages of a generated firm; ARGS="--contacts 1000000 --matters 1000000 --grants 5000000"
	@.ci/venv dev
	.venv/bin/python -W ignore -m tests.benchmarks.pages $(ARGS)

mutation: ## Change the deadline engine a few thousand times and see its tests fail (minutes)
	@.ci/venv dev
	nice .venv/bin/mutmut run --max-children $(WORKERS)
	.venv/bin/mutmut results

lint: ## Style, types, layers, migrations and the deployment check
	@.ci/venv dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy manage.py lawcrm clients matters deadlines consent privacy
	.venv/bin/lint-imports
	@.venv/bin/python .ci/deploy-check

check: lint test ## What must be green before a change is handed in

format: ## Put the code into its form
	@.ci/venv dev
	.venv/bin/ruff check --fix --select I .
	.venv/bin/ruff format .

messages: ## Collect the texts to translate (needs gettext)
	@.ci/venv dev
	.venv/bin/python manage.py makemessages --all --no-obsolete

WORKERS = 2
