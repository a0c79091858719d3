/*
 * tests/unit/front/main.c - the suites of gateway/front.
 */
#include "tests/unit/front/server.h"

static CU_SuiteInfo suites[] = {
	SUITE("front: what is taken and what is refused", front_table_tests),
	SUITES_END,
};

int
main(void)
{
	return unit_run(suites);
}
