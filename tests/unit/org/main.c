#include "gateway/iam/query.h"
#include "gateway/org/org.h"
#include "tests/unit/api/world.h"
#include "tests/unit/org/tests.h"

int
main(void)
{
	CU_SuiteInfo suites[] = {
		{ "gateway/org: Organizations", NULL, world_close, world_fresh, NULL, org_tests },
		SUITES_END,
	};

	world_service = &api_iam;
	world_json_service = &api_organizations;
	return unit_run(suites);
}
