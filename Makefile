# The two commands that a newcomer needs are `make demo` and `make test`.
SHELL := /bin/bash
BUILD := build
JOBS := $(shell nproc)
PYTHON := /usr/bin/python3

# A clone in another folder reuses what any clone compiled before.
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1
export CCACHE_SLOPPINESS := pch_defines,time_macros

.PHONY: help build demo test test-unit test-python test-e2e simulate scale chaos bench format lint clean docs

help: ## say what each command does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

build: ## compile the program to build/bin/batchmill
	@scripts/install-packages build
	@test -f $(BUILD)/build.ninja || cmake --preset default > $(BUILD)-configure.log || { cat $(BUILD)-configure.log; exit 1; }
	@rm -f $(BUILD)-configure.log
	@cmake --build --preset default -j $(JOBS)

demo: build ## train and score handwritten digits, end to end, and print the result
	@scripts/install-packages run
	@scripts/demo

test: lint-changed build test-unit test-python test-e2e ## run every test

test-unit: build ## unit tests of the C++ layers and the simulation
	@scripts/install-packages run test
	ctest --test-dir $(BUILD) --output-on-failure -j $(JOBS)

test-python: build ## tests of the worker runtime and of the layers
	@scripts/install-packages run test
	$(PYTHON) -m pytest -q -p no:cacheprovider python/tests tests/layers

test-e2e: build ## whole pipelines with real processes, kills included
	@scripts/install-packages run test
	$(PYTHON) -m pytest -q -p no:cacheprovider tests/cases tests/e2e tests/fault tests/chaos

simulate: build ## the scheduler's simulation for longer: make simulate RUNS=100000
	BATCHMILL_SIMULATION_RUNS=$(or $(RUNS),100000) $(BUILD)/bin/parallel_test --gtest_filter='Simulation*'

chaos: build ## kill workers, agents and leaders of 200 jobs: make chaos RUNS=200 SEED=1
	@scripts/install-packages run test
	$(PYTHON) tests/chaos/chaos.py --jobs $(or $(RUNS),200) --seed $(or $(SEED),1)

scale: build ## the scheduler with 1,000 nodes, 16,000 workers and 10 million mini-batches
	BATCHMILL_SCALE_MINI_BATCHES=$(or $(MINI_BATCHES),10000000) $(BUILD)/bin/parallel_test --gtest_filter='*Scale*'

bench: build ## measure against multiprocessing, joblib, Dask and find; writes bench/results/
	@scripts/install-packages run bench
	@cmake --build --preset default --target plan_files -j $(JOBS)
	$(PYTHON) bench/run.py

format: ## format the C++ sources
	@scripts/install-packages lint
	git ls-files 'src/*.h' 'src/*.cc' 'apps/*.cc' | xargs clang-format -i

lint: build ## clang-format and clang-tidy on every file
	@scripts/install-packages lint
	scripts/lint --all

.PHONY: lint-changed
lint-changed: build
	@scripts/install-packages lint
	@scripts/lint

docs: build ## rewrite the generated pages in docs/
	scripts/generate-docs

clean: ## remove what was built
	rm -rf $(BUILD)
