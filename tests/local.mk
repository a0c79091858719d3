# What all tests share.  Each area adds its programs in tests/<area>.mk.
UNIT = tests/unit/unit.c tests/unit/unit.h
EXTRA_DIST += tests/run

# Build the tests without running them.
.PHONY: check-programs
check-programs: $(check_PROGRAMS) $(check_LIBRARIES)
