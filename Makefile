# What a user types: every target is a thin line over one command. `make` alone lists them.
# A variable that others may have written (an address, a name) reaches its command by the environment: make exports it.
# .venv is the only environment: bin/setup-env makes it, fills it from the hashed lock, and does nothing when that is done.
# (But for .venv-nannyml, which one benchmark can be held against: NannyML wants older libraries than ours.)
# Another Python than the one it picks: make setup PYTHON=/path/to/python3.12

PY := .venv/bin/python
LOCK := .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q
COMPILE := $(LOCK) --no-strip-extras pyproject.toml

.DEFAULT_GOAL := help
# Two targets at once would install into one environment at once.
.NOTPARALLEL:
.PHONY: help serve serve-env dashboard dashboard-env setup setup-compare setup-nannyml test test-faults lint format audit train release rollback set-costs score explain sample-data features drift monitor simulate-month fairness compare replay export-log purge-log mlflow-ui smoke-test deploy-heroku deploy-render upgrade lock clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{printf "make %-13s %s\n", $$1, $$2}'

serve: serve-env  ## install what the service needs, start it on 127.0.0.1:$PORT (8000), print a curl command
	@$(PY) -m jobs.serve

serve-env:
	@bin/setup-env requirements.txt

dashboard: dashboard-env  ## the pages on 127.0.0.1:$DASHBOARD_PORT (8501), and the API if none answers at API_URL
	@$(PY) -m jobs.dashboard

dashboard-env:
	@bin/setup-env requirements-dashboard.txt

setup:  ## install everything: training, jobs, tests, linters
	@bin/setup-env requirements-dev.txt

setup-compare:  ## setup, and the models that jobs.compare_models compares ours with
	@bin/setup-env requirements-compare.txt

setup-nannyml:  ## what benchmarks.expected_cost measures NannyML with: .venv-nannyml, by Python 3.11 or 3.12
	@test -x .venv-nannyml/bin/pip || $(or $(PYTHON),python3) -m venv --clear .venv-nannyml
	@.venv-nannyml/bin/pip install --disable-pip-version-check -q --no-compile --no-deps --require-hashes -r requirements-nannyml.txt

test: setup  ## all tests but the faults; ARGS="-k words" goes to pytest
	@$(PY) -m pytest $(ARGS)

test-faults: setup  ## the long tests: kill the service, rebuild its environment, serve every real row
	@$(PY) -m pytest -m faults $(ARGS)

lint: setup  ## ruff, mypy, shellcheck, hadolint, the workflows' and compose.yaml's schema, the workflows' safety
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/shellcheck bin/* .ci/run
	@.venv/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@.venv/bin/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	@.venv/bin/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml
	@.venv/bin/hadolint Dockerfile
	@.venv/bin/zizmor --offline --quiet .github

format: setup  ## let ruff rewrite the layout and what it can repair
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

audit: setup  ## hold the locked packages against the known vulnerabilities
	@bin/audit

train: need-DATA setup  ## DATA=folder of tables: train the candidates, each a run in MLflow
	@$(PY) -m jobs.train --data "$(DATA)" $(ARGS)

release: setup  ## release the best candidate of the last training to models/latest
	@$(PY) -m jobs.release $(ARGS)

rollback: setup  ## back to the release that served before
	@$(PY) -m jobs.rollback $(ARGS)

set-costs: need-FN need-FP setup  ## FN=8 FP=1: what granting to a defaulter and refusing a good client cost from now on
	@$(PY) -m jobs.set_costs --fn "$(FN)" --fp "$(FP)" $(ARGS)

score: need-DATA need-OUT setup  ## DATA=folder OUT=file.csv or file.parquet: score every application there
	@$(PY) -m jobs.score_batch --data "$(DATA)" --out "$(OUT)" $(ARGS)

explain: need-DATA need-OUT setup  ## DATA=folder OUT=file.parquet: why each is decided so, as a table, and a picture beside it
	@$(PY) -m jobs.explain --data "$(DATA)" --out "$(OUT)" $(ARGS)

sample-data: need-OUT setup  ## OUT=folder: generated tables, for those who have none
	@$(PY) -m jobs.sample_data --out "$(OUT)" $(ARGS)

features: need-DATA need-OUT setup  ## DATA=folder OUT=file.parquet: the client records of every application there
	@$(PY) -m jobs.build_features --data "$(DATA)" --out "$(OUT)" $(ARGS)

drift: need-OUT setup  ## CURRENT=folder or SINCE=date of the log, OUT=name: name.html and name.json; REFERENCE=folder, else the release's
	@$(PY) -m jobs.drift_report $(if $(REFERENCE),--reference "$(REFERENCE)") $(if $(CURRENT),--current "$(CURRENT)") \
		$(if $(SINCE),--log-since "$(SINCE)") --html "$(OUT).html" --json "$(OUT).json" $(ARGS)

simulate-month: need-OUT setup  ## OUT=folder: a month of generated clients through the real app, and the reports on it
	@$(PY) -m jobs.simulate_month --out "$(OUT)" $(ARGS)

fairness: setup  ## whom the released model grants credit how often; ARGS="--document docs/fairness.md" writes it down
	@$(PY) -m jobs.fairness $(ARGS)

compare: need-DATA setup-compare  ## DATA=folder of tables: what a lender would train instead, beside the released model
	@$(PY) -m jobs.compare_models --data "$(DATA)" $(ARGS)

monitor: need-SINCE need-OUT setup  ## SINCE=2026-05-01 OUT=file.html: what the service did, and what its decisions cost
	@$(PY) -m jobs.monitor --since "$(SINCE)" --html "$(OUT)" $(ARGS)

replay: setup  ## make every logged decision again and hold the decision log against its chain
	@$(PY) -m jobs.replay $(ARGS)

export-log: need-OUT setup  ## OUT=file.jsonl: the logged decisions, a line each
	@$(PY) -m jobs.export_log --out "$(OUT)" $(ARGS)

purge-log: need-BEFORE setup  ## BEFORE=2025-11-21: drop what the decision log says of persons before that day
	@$(PY) -m jobs.purge_log --before "$(BEFORE)" $(ARGS)

mlflow-ui: setup  ## look at the runs in a browser
	@$(PY) -m jobs.mlflow_ui $(ARGS)

smoke-test: need-URL dashboard-env  ## URL=https://...: whether a deployed service answers as this checkout's release should; API_KEY set
	@$(PY) -m jobs.smoke_test "$$URL" $(ARGS)

deploy-heroku: need-APP dashboard-env  ## APP=name: deploy the last commit, ask it, roll back if it is wrong; HEROKU_API_KEY and API_KEY set
	@$(PY) -m jobs.deploy heroku --app "$$APP" $(ARGS)

deploy-render: need-SERVICE dashboard-env  ## SERVICE=srv-...: the same; RENDER_API_KEY and API_KEY set
	@$(PY) -m jobs.deploy render --service "$$SERVICE" $(ARGS)

upgrade: setup  ## raise what the lock holds, or PACKAGE=name alone, if the released model still scores to the bit
	@$(PY) -m jobs.upgrade $${PACKAGE:+"$$PACKAGE"} $(ARGS)

# The widest set first: the others take its versions, so that one environment can hold them all.
lock: setup  ## write the requirements files anew from pyproject.toml (what is locked stays as it is)
	@$(COMPILE) --all-extras -o requirements-compare.txt
	@$(COMPILE) --extra train --extra dashboard --extra dev -c requirements-compare.txt -o requirements-dev.txt
	@$(COMPILE) --extra train -c requirements-dev.txt -o requirements-train.txt
	@$(COMPILE) --extra dashboard -c requirements-dev.txt -o requirements-dashboard.txt
	@$(COMPILE) -c requirements-dev.txt -o requirements.txt
	@$(LOCK) requirements-nannyml.in -o requirements-nannyml.txt

clean:  ## remove caches; .venv, .env, models and runs stay
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -path ./.venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

need-%:
	@test -n "$($*)" || { echo "say which: make $(firstword $(MAKECMDGOALS)) $*=..." >&2; exit 2; }
