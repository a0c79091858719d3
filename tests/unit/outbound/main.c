/* tests/unit/outbound/main.c - the suites of gateway/outbound. */
#include "tests/unit/outbound/tests.h"

static CU_SuiteInfo suites[] = {
	SUITE("outbound/key.c", key_tests),
	SUITE("outbound/rows.c, state.c", row_tests),
	SUITE("outbound/find.c, sign.c", find_tests),
	SUITES_END,
};

int
main(void)
{
	return unit_run(suites);
}
