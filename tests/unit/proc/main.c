/* tests/unit/proc/main.c - tests of gateway/proc; with --role it is one of its own roles. */
#include "tests/unit/proc/tests.h"

int
main(int argc, char **argv)
{
	CU_SuiteInfo suites[] = {
		SUITE("the scan itself", scan_tests),
		SUITE("proc/confine.c", confine_tests),
		SUITE("proc/supervise.c, spawn.c, child.c", supervise_tests),
		SUITES_END,
	};

	if (proc_is_child(argc, argv))
		return proc_child_main(argc, argv, test_roles, test_roles_n);
	return unit_run(suites);
}
