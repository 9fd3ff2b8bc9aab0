# Thin: meson does the work.  `make run` and `make test` do all the set-up they need on a fresh Debian 12.
.PHONY: build run demo test check clean deps-build deps-test asan
B ?= build

build: deps-build
	@test -f $(B)/build.ninja || meson setup $(B) >/dev/null
	@ninja -C $(B) --quiet

asan: deps-test
	@test -f build-asan/build.ninja || meson setup build-asan -Db_sanitize=address,undefined -Db_lundef=false >/dev/null
	@ninja -C build-asan --quiet

deps-build:
	@packaging/install-packages build

deps-test:
	@packaging/install-packages build test

test: build asan
	@python3 tests/run.py

clean:
	rm -rf build build-asan
