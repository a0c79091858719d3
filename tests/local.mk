# What all tests share.  Each area adds its programs in tests/<area>.mk.
UNIT = tests/unit/unit.c tests/unit/unit.h
EXTRA_DIST += tests/run

# Build the tests without running them.
.PHONY: check-programs
check-programs: $(check_PROGRAMS) $(check_LIBRARIES)

# Fault injection: a program takes $(FAULT) among its sources and $(LINK_FAULT) as its LDFLAGS.
FAULT = tests/fault/fault.c tests/fault/fault.h
LINK_FAULT = $(AM_LDFLAGS) -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc

# Fuzz targets: a program takes $(FUZZ) among its sources and $(LINK_FUZZ) as its LDFLAGS; its
# name goes to check_PROGRAMS and to FUZZERS.  Its seeds are found by its name.
FUZZERS =
if FUZZING
FUZZ = tests/fuzz/fuzz.h
LINK_FUZZ = $(AM_LDFLAGS) $(FG_FUZZ_LDFLAGS)
else
FUZZ = tests/fuzz/replay.c tests/fuzz/fuzz.h
LINK_FUZZ = $(AM_LDFLAGS)
endif

# Measurements: see tests/bench.mk.
BENCH =
BENCH_SOURCES = tests/bench/bench.c tests/bench/bench.h
BENCH_HTTP = tests/bench/echo.c tests/bench/echo.h tests/bench/load.c tests/bench/load.h \
	tests/bench/over_http.c tests/bench/over_http.h
