#include "tests/unit/base/tests.h"

int
main(void)
{
	CU_SuiteInfo suites[] = { arena_suite(), buf_suite(), codec_suite(), cur_suite(),
		err_suite(), fd_suite(), ip_suite(), json_suite(), json_names_suite(), json_public_suite(),
		sha256_suite(), str_suite(), time_suite(), SUITES_END };

	return unit_run(suites);
}
