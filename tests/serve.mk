# tests of serve: what the gateway is made of is linked as it is in the program
check_PROGRAMS += tests/unit/test_serve
TESTS += tests/unit/test_serve
tests_unit_test_serve_SOURCES = $(UNIT) %D%/unit/serve/budget.c %D%/unit/serve/used.c %D%/unit/serve/tests.h \
	%D%/unit/store/fixture.c %D%/unit/store/fixture.h
tests_unit_test_serve_LDADD = $(fedgate_LDADD) $(CUNIT_LIBS)
