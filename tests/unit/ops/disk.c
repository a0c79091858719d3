/* A disk that fails: a file size limit makes write() fail as a full disk does. */
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/ops/tests.h"

static void
allow(const struct bench *b, long more)
{
	struct rlimit lim;
	struct stat st;

	CHECK(stat(b->path, &st) == 0 && getrlimit(RLIMIT_FSIZE, &lim) == 0);
	lim.rlim_cur = more < 0 ? lim.rlim_max : (rlim_t)(st.st_size + more);
	CHECK(setrlimit(RLIMIT_FSIZE, &lim) == 0);
}

static void
a_failing_disk_refuses_and_loses_nothing(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4u << 20);
	const char *path[1];
	struct audit_verified got;
	struct fg_err e = { 0 };
	struct fg_str text;
	struct bench b;
	unsigned n = 1;

	(void)signal(SIGXFSZ, SIG_IGN);
	bench_begin(&b);
	path[0] = b.path;
	CHECK_OK(bench_open(&b, &e));
	CHECK_OK(bench_put(&b, 0, 0));
	bench_wait(&b, 1);
	allow(&b, 100); /* part of a line fits */
	CHECK_OK(bench_put(&b, 0, 1));
	bench_wait(&b, 2);
	CHECK(b.ok == 1 && b.failed == 1 && !audit_ok(b.audit));
	/* from now on nothing is taken that must be synced: the caller answers 503 */
	CHECK_RC(bench_put(&b, 0, 2), FG_E_UNAVAILABLE);
	CHECK_RC(bench_put(&b, 1, 3), FG_E_UNAVAILABLE);
	bench_lag(&b, 1, 4);
	allow(&b, -1);
	while (!audit_ok(b.audit)) /* the writer tries again by itself */
		(void)usleep(1000);
	CHECK_OK(bench_put(&b, 0, 5));
	bench_wait(&b, 3);
	CHECK(b.ok == 2 && b.failed == 1);
	CHECK_OK(bench_close(&b));
	text = bench_read(a, b.path);
	/* the record whose caller got 503 is there as well, and so is the lagging one */
	for (n = 0; n < 6; n++) {
		char want[32];
		int len = snprintf(want, sizeof(want), "\"req-%u\"", n);
		bool there = memmem(text.p, text.n, want, (size_t)len) != NULL;

		CHECK(there == (n != 2 && n != 3));
	}
	CHECK_OK(bench_verify(&b, true, b.marked.head, path, 1, &got, &e));
	bench_end(&b);
}

static void
a_full_queue_refuses(void)
{
	struct audit_stats s;
	struct fg_err e = { 0 };
	struct bench b;
	unsigned taken = 0;
	char id[32];
	struct audit_record r = bench_record(id, 1);

	(void)signal(SIGXFSZ, SIG_IGN);
	bench_begin(&b);
	CHECK_OK(bench_open(&b, &e));
	CHECK_OK(bench_put(&b, 0, 0));
	bench_wait(&b, 1);
	allow(&b, 0);
	CHECK_OK(bench_put(&b, 0, 1));
	bench_wait(&b, 2);
	while (taken < 3 * FG_LIMIT_AUDIT_QUEUE &&
	    audit_put(audit_worker(b.audit, 0), &r, NULL, NULL, &e) == FG_OK)
		taken++;
	CHECK(taken == FG_LIMIT_AUDIT_QUEUE && e.rc == FG_E_UNAVAILABLE);
	audit_stats_read(b.audit, &s);
	CHECK(s.queued >= FG_LIMIT_AUDIT_QUEUE && s.refused == 1);
	allow(&b, -1);
	while (!audit_ok(b.audit))
		(void)usleep(1000);
	CHECK_OK(bench_close(&b));
	bench_end(&b);
}

static void
closing_on_a_failing_disk_says_so(void)
{
	struct fg_err e = { 0 };
	struct bench b;

	(void)signal(SIGXFSZ, SIG_IGN);
	bench_begin(&b);
	CHECK_OK(bench_open(&b, &e));
	CHECK_OK(bench_put(&b, 0, 0));
	bench_wait(&b, 1);
	allow(&b, 0);
	CHECK_OK(bench_put(&b, 0, 1));
	CHECK_RC(bench_close(&b), FG_E_IO);
	CHECK(b.failed == 1);
	allow(&b, -1);
	bench_end(&b);
}

static CU_TestInfo cases[] = {
	CASE(a_failing_disk_refuses_and_loses_nothing),
	CASE(a_full_queue_refuses),
	CASE(closing_on_a_failing_disk_says_so),
	CASES_END,
};

CU_SuiteInfo
disk_suite(void)
{
	return (CU_SuiteInfo)SUITE("gateway/ops/writer.c on a failing disk", cases);
}
