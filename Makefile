# Thin: meson does the work.  `make run` and `make test` do all the set-up they need on a fresh Debian 12.
.PHONY: test-dkim build run demo test check clean deps-build deps-test asan bench bench-peers test-fresh test-clang words ui
B ?= build

# ninja says "no work to do" even when it is to be quiet; what a compiler says is shown when the build fails.
quietly = said=$$(ninja -C $(1) --quiet) || { printf '%s\n' "$$said"; exit 1; }

build: deps-build
	@test -f $(B)/build.ninja || { echo "Building: about a minute, the first time."; meson setup $(B) >/dev/null; }
	@$(call quietly,$(B))

asan: deps-test
	@test -f build-asan/build.ninja || meson setup build-asan -Db_sanitize=address,undefined -Db_lundef=false >/dev/null
	@$(call quietly,build-asan)

deps-build:
	@packaging/install-packages build

deps-test:
	@packaging/install-packages build test

# A build that was set up before the packages of the tests came is set up again: it would leave some out.
test: deps-test
	@test ! -f $(B)/build.ninja || test -d $(B)/tests/unit || meson setup --reconfigure $(B) >/dev/null
	@$(MAKE) --no-print-directory build asan
	@python3 tests/run.py

# Figures against the floor, written to docs/benchmarks.md; bench-peers adds other receivers where their registries are reached.
bench: build
	@bench/run

bench-peers: build
	@bench/run --peers

# Both README commands in a clean Debian 12 root; needs root and debootstrap.
test-fresh:
	@tests/fresh_machine.sh

# The whole tree with the other compiler, its unit tests run.
test-clang: deps-test
	@packaging/install-packages bench
	@test -f build-clang/build.ninja || CC=clang-14 CXX=clang++-14 meson setup build-clang >/dev/null
	@$(call quietly,build-clang)
	@for test in build-clang/tests/unit/test_*; do if [ -f $$test ] && [ -x $$test ]; then $$test >/dev/null 2>&1 || { echo "not ok $$test"; exit 1; }; fi; done
	@echo "clang builds the whole tree, and its unit tests pass"

# The store, the sockets and the log of a try-out; nothing outside of this folder is touched.
STATE ?= state
STORE = sqlite:$(STATE)/mailseal.db

run: build
	@exec $(B)/mailseal serve --store $(STORE) $(RUN_FLAGS)

# A generated month of believable reports, always the same one.
demo: build
	@rm -rf $(STATE)/demo && mkdir -p $(STATE)/demo
	@$(B)/bench/generate --demo $(STATE)/demo
	@$(B)/mailseal import --store $(STORE) $(STATE)/demo
	@rm -rf $(STATE)/demo
	@printf '%s\n' '' 'A month of invented reports. Look at:' \
		'  $(B)/mailseal status --store $(STORE)' \
		'  $(B)/mailseal result list --store $(STORE)   a certificate of example.com expired for four days,' \
		'                                   mx3.example.org is missing from the policy of example.org' \
		'  $(B)/mailseal source list --store $(STORE)   who saw it' \
		'  http://127.0.0.1:8460/ while "make run" runs'

# The long form of tests/scenario/test_dkim_signers.py: 2,000 mails of each signer, npm's mailauth among them.
test-dkim: build deps-test
	@mkdir -p $(B)/dkim && cp tests/dkim/package.json $(B)/dkim/ && cd $(B)/dkim && npm install --silent --no-audit --no-fund
	@DKIM_COUNT=2000 python3 tests/scenario/test_dkim_signers.py

# The web application into ui/dist, which is kept in the tree; needs Node 20.19 and npm.  After a change in ui/, of its words
# or of docs/openapi.yaml.
ui:
	@cd ui && { [ -d node_modules ] || npm ci --ignore-scripts; } && npm run --silent types && npm run --silent check && npm run --silent build

# After a sentence was changed: brings po/*.po in line with the sources and says what waits for a translation.
words:
	@po/update

clean:
	rm -rf build build-asan build-clang
