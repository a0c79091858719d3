#include "tests/unit/sigv4/tests.h"

int
main(void)
{
	CU_SuiteInfo suites[] = { golden_suite(), capture_suite(), rule_suite(), SUITES_END };

	return unit_run(suites);
}
