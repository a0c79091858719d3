# Fuzzing.  Without libFuzzer the targets replay their seeds in `make check`; with it (configure
# --enable-fuzzing CC=clang) `make fuzz FUZZ_SECONDS=300` runs each for that long.
EXTRA_DIST += tests/fuzz/corpus
FUZZ_SECONDS = 60

if !FUZZING
TESTS += $(FUZZERS)
endif

.PHONY: fuzz
fuzz: $(FUZZERS)
	@set -e; for t in $(FUZZERS); do n=$${t##*/fuzz_}; mkdir -p fuzz-found/$$n; \
		echo "fuzz $$n for $(FUZZ_SECONDS) s"; \
		./$$t -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=4096 -artifact_prefix=fuzz-found/$$n- \
			-print_final_stats=1 fuzz-found/$$n $(srcdir)/tests/fuzz/corpus/$$n; done
