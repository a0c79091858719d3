# What all tests share.  Each area adds its programs in tests/<area>.mk.
UNIT = tests/unit/unit.c tests/unit/unit.h
EXTRA_DIST += tests/run
