/* base/fd.c: whole strings to descriptors. */
#include "tests/unit/base/tests.h"

#include <signal.h>
#include <unistd.h>

static void
a_whole_string_is_written_or_it_is_said(void)
{
	char got[8] = "";
	int fd[2];

	CU_ASSERT_FATAL(pipe(fd) == 0);
	(void)signal(SIGPIPE, SIG_IGN);
	CHECK(fg_write_all(fd[1], FG_LIT("whole")));
	CHECK(fg_write_all(fd[1], FG_STR_NULL));
	CHECK(read(fd[0], got, sizeof(got)) == 5 && memcmp(got, "whole", 5) == 0);
	close(fd[0]);
	CHECK(!fg_write_all(fd[1], FG_LIT("nobody reads")));
	close(fd[1]);
}

static CU_TestInfo tests[] = { CASE(a_whole_string_is_written_or_it_is_said), CASES_END };

CU_SuiteInfo
fd_suite(void)
{
	return (CU_SuiteInfo)SUITE("base/fd.c", tests);
}
