#include "tests/unit/ops/tests.h"

int
main(void)
{
	CU_SuiteInfo suites[] = { record_suite(), audit_suite(), disk_suite(), verify_suite(),
		metrics_suite(), health_suite(), budget_suite(), SUITES_END };

	return unit_run(suites);
}
