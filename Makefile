# The front door. Meson builds; this file installs what is missing and calls it.
#
#   make run        install what is missing, build, answer the question of cases/dprk-2016
#   make test       install what is missing, build with sanitizers, run every test
#   make            build ./fulcrum
#   make bench      time the solver on this machine, its parts, and the same in NumPy
#   make clean      remove what was built
#
# INSTALL=no lists missing packages and stops instead of installing them.

CASE ?= cases/dprk-2016
SETUP = tools/setup $(1) $(if $(filter no,$(INSTALL)),--no-install)

# a relative folder of reference data means the same from every build folder
ifdef FULCRUM_REFERENCE
export FULCRUM_REFERENCE := $(abspath $(FULCRUM_REFERENCE))
endif

.PHONY: all run test bench clean setup-run setup-bench setup-test

all: build/build.ninja
	@ninja -C build --quiet
	@ln -sf build/src/cli/fulcrum fulcrum

run: setup-run all
	@./fulcrum run $(CASE)

# Debian's Python is the one that has Debian's NumPy
bench: setup-bench all
	@./fulcrum bench $(CASE)
	@build/bench/pass
	@$(firstword $(wildcard /usr/bin/python3) python3) bench/numpy_reference.py ./fulcrum

test: setup-test build-test/build.ninja
	@ninja -C build-test --quiet
	@meson test -C build-test --no-rebuild --print-errorlogs || true
	@tools/tally build-test/meson-logs/testlog.json

setup-bench:
	@$(call SETUP,bench)

setup-run:
	@$(call SETUP,run)

setup-test:
	@$(call SETUP,test)

build/build.ninja: | setup-run
	@meson setup --buildtype=release build >/dev/null

build-test/build.ninja: | setup-test
	@meson setup --buildtype=debugoptimized -Db_sanitize=address,undefined -Dtests=enabled \
	    build-test >/dev/null

clean:
	rm -rf build build-test fulcrum
