/* gateway/ops/audit.c, writer.c, checkpoint.c, tail.c */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/ops/tests.h"

static enum fg_rc
verify_one(struct bench *b, struct audit_verified *got, struct fg_err *e)
{
	const char *path[] = { b->path };

	return bench_verify(b, true, NULL, path, 1, got, e);
}

static void
records_are_on_disk_before_their_completion(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4u << 20);
	struct audit_verified got;
	struct fg_err e = { 0 };
	struct bench b;
	struct fg_str text;

	bench_begin(&b);
	CHECK_OK(bench_open(&b, &e));
	CHECK_OK(bench_put(&b, 0, 1));
	bench_wait(&b, 1);
	text = bench_read(a, b.path);
	CHECK(memmem(text.p, text.n, "\"requestID\":\"req-1\"", 19) != NULL);
	CHECK(b.ok == 1 && audit_ok(b.audit));
	CHECK_OK(bench_close(&b));
	CHECK_OK(verify_one(&b, &got, &e));
	CHECK(got.records == 4 && got.chains == 3 && got.uncovered == 0 && !got.anchored);
	CHECK(memcmp(&got.head, &b.marked, sizeof(got.head)) == 0);
	bench_end(&b);
}

static void
every_record_completes_once_and_in_order(void)
{
	struct audit_verified got;
	struct audit_stats s;
	struct fg_err e = { 0 };
	struct bench b;

	bench_begin(&b);
	CHECK_OK(bench_open(&b, &e));
	for (unsigned i = 0; i < 2000; i++) {
		CHECK_OK(bench_put(&b, i % 2, i));
		if (i % 3 == 0)
			bench_lag(&b, i % 2, 10000 + i);
	}
	bench_wait(&b, 2000);
	audit_stats_read(b.audit, &s);
	CHECK(s.batches < 2000 && s.failures == 0 && s.refused == 0);
	CHECK_OK(bench_close(&b));
	CHECK(b.ok == 2000 && b.failed == 0);
	CHECK_OK(verify_one(&b, &got, &e));
	CHECK(got.records == 2000 + 667 + 3);
	bench_end(&b);
}

static void
lagging_records_are_there_after_a_close(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4u << 20);
	struct fg_err e = { 0 };
	struct fg_str text;
	struct bench b;

	bench_begin(&b);
	CHECK_OK(bench_open(&b, &e));
	bench_lag(&b, 1, 7);
	CHECK_OK(bench_close(&b));
	text = bench_read(a, b.path);
	CHECK(memmem(text.p, text.n, "\"req-7\"", 7) != NULL);
	bench_end(&b);
}

static void
the_shared_chain_waits_for_the_disk(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4u << 20);
	struct fg_err e = { 0 };
	struct fg_str text;
	struct bench b;
	char id[32];
	struct audit_record r = bench_record(id, 55);

	bench_begin(&b);
	CHECK_OK(bench_open(&b, &e));
	r.who.type = AUDIT_WHO_OPERATOR;
	CHECK_OK(audit_shared(b.audit, &r, &e));
	text = bench_read(a, b.path);
	CHECK(memmem(text.p, text.n, "\"req-55\"", 8) != NULL);
	CHECK(audit_worker(b.audit, 2) == NULL);
	r.request_id = FG_LIT("noted-at-leisure");
	CHECK_OK(audit_note(b.audit, &r, &e));
	CHECK_OK(bench_close(&b));
	text = bench_read(a, b.path);
	CHECK(memmem(text.p, text.n, "\"noted-at-leisure\"", 18) != NULL);
	bench_end(&b);
}

static void
a_second_run_goes_on_from_the_first(void)
{
	struct audit_verified got;
	struct fg_err e = { 0 };
	struct bench b;

	bench_begin(&b);
	for (unsigned i = 0; i < 3; i++) {
		CHECK_OK(bench_open(&b, &e));
		CHECK_OK(bench_put(&b, 0, i));
		bench_wait(&b, i + 1);
		CHECK_OK(bench_close(&b));
		b.conf.mark = b.marked;
	}
	CHECK_OK(verify_one(&b, &got, &e));
	CHECK(got.records == 12 && got.chains == 9 && got.checkpoints == 6 && got.head.n == 6);
	bench_end(&b);
}

/* What a killed process leaves: records after the last checkpoint, and half a line. */
static void
a_killed_run_is_recovered(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4u << 20);
	struct audit_verified got;
	struct fg_err e = { 0 };
	struct fg_str text;
	struct bench b;

	bench_begin(&b);
	CHECK_OK(bench_open(&b, &e));
	CHECK_OK(bench_put(&b, 0, 1));
	CHECK_OK(bench_put(&b, 1, 2));
	bench_wait(&b, 2);
	text = bench_read(a, b.path); /* no closing checkpoint yet */
	CHECK_OK(bench_close(&b));
	b.marked.n = 0;
	bench_write(b.path, text);
	CHECK_OK(verify_one(&b, &got, &e));
	CHECK(got.uncovered == got.records && got.records >= 4);
	text = fg_arena_fmt(a, "%.*s{\"eventVersion\":\"1.1", (int)text.n, text.p);
	bench_write(b.path, text);
	CHECK(verify_one(&b, &got, &e) != FG_OK);
	CHECK_OK(bench_open(&b, &e));
	CHECK_OK(bench_close(&b));
	text = bench_read(a, b.path);
	CHECK(memmem(text.p, text.n, "\"torn\":20", 9) != NULL);
	CHECK_OK(verify_one(&b, &got, &e));
	CHECK(got.uncovered == 0);
	bench_end(&b);
}

static void
a_log_behind_its_mark_does_not_open(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4u << 20);
	struct fg_err e = { 0 };
	struct fg_str text;
	struct bench b;

	bench_begin(&b);
	CHECK_OK(bench_open(&b, &e));
	CHECK_OK(bench_close(&b));
	text = bench_read(a, b.path);
	b.conf.mark = b.marked;
	b.conf.mark.n++;
	CHECK_RC(bench_open(&b, &e), FG_E_CONFLICT);
	CHECK_STEP(e, "audit.mark");
	b.conf.mark = b.marked;
	b.conf.mark.head[0] ^= 1;
	fg_err_clear(&e);
	CHECK_RC(bench_open(&b, &e), FG_E_CONFLICT);
	bench_write(b.path, FG_LIT("{\"no\":\"audit log\"}\n"));
	fg_err_clear(&e);
	CHECK_RC(bench_open(&b, &e), FG_E_CONFLICT);
	bench_write(b.path, text);
	b.conf.mark = b.marked;
	CHECK_OK(bench_open(&b, &e));
	bench_end(&b);
}

static void
files_that_are_not_ours_do_not_open(void)
{
	struct fg_err e = { 0 };
	struct bench b;

	bench_begin(&b);
	CHECK(symlink("elsewhere", b.path) == 0);
	CHECK_RC(bench_open(&b, &e), FG_E_IO);
	CHECK(unlink(b.path) == 0);
	bench_write(b.path, FG_LIT(""));
	CHECK(chmod(b.path, 0622) == 0);
	fg_err_clear(&e);
	CHECK_RC(bench_open(&b, &e), FG_E_IO);
	CHECK(unlink(b.path) == 0);
	CHECK(mkdir(b.path, 0700) == 0);
	fg_err_clear(&e);
	CHECK_RC(bench_open(&b, &e), FG_E_IO);
	CHECK(rmdir(b.path) == 0);
	bench_end(&b);
}

static void
the_file_is_ours_alone(void)
{
	struct fg_err e = { 0 };
	struct stat st;
	struct bench b;

	bench_begin(&b);
	CHECK_OK(bench_open(&b, &e));
	CHECK(stat(b.path, &st) == 0 && (st.st_mode & 0777) == 0600);
	bench_end(&b);
}

/* Both files verify together; the second one alone names what is missing. */
static void
rotation_goes_on_in_a_new_file(void)
{
	struct audit_verified got, got2;
	struct fg_err e = { 0 };
	struct bench b;
	const char *both[] = { b.old, b.path };
	struct stat st;

	bench_begin(&b);
	CHECK_OK(bench_open(&b, &e));
	CHECK_OK(bench_put(&b, 0, 1));
	bench_wait(&b, 1);
	CHECK(rename(b.path, b.old) == 0);
	audit_reopen(b.audit);
	for (unsigned n = 2; stat(b.path, &st) != 0 || st.st_size == 0; n++) {
		CHECK_OK(bench_put(&b, 0, n));
		bench_wait(&b, n);
	}
	CHECK_OK(bench_put(&b, 1, 9999));
	CHECK_OK(bench_close(&b));
	CHECK_OK(bench_verify(&b, true, b.marked.head, both, 2, &got, &e));
	CHECK(got.anchored && got.uncovered == 0);
	CHECK_RC(bench_verify(&b, true, NULL, both + 1, 1, &got, &e), FG_E_SIGNATURE);
	CHECK_STEP(e, "audit.start");
	/* with what the first one ended with, the second stands alone, MACs and all */
	CHECK_OK(bench_verify(&b, true, NULL, both, 1, &got, &e));
	b.from = got.head.head;
	CHECK_OK(bench_verify(&b, true, b.marked.head, both + 1, 1, &got2, &e));
	CHECK(got2.anchored && got2.records >= 1);
	bench_end(&b);
}

static void
without_a_signer_the_log_goes_on_unsigned(void)
{
	struct audit_verified got;
	struct audit_stats s;
	struct fg_err e = { 0 };
	struct bench b;

	bench_begin(&b);
	CHECK_OK(bench_open(&b, &e));
	b.sign_fails = true;
	CHECK_OK(bench_put(&b, 0, 1));
	bench_wait(&b, 1);
	audit_stats_read(b.audit, &s);
	CHECK_OK(bench_close(&b));
	CHECK_OK(verify_one(&b, &got, &e));
	CHECK(got.uncovered > 0);
	bench_end(&b);
}

static CU_TestInfo cases[] = {
	CASE(records_are_on_disk_before_their_completion),
	CASE(every_record_completes_once_and_in_order),
	CASE(lagging_records_are_there_after_a_close),
	CASE(the_shared_chain_waits_for_the_disk),
	CASE(a_second_run_goes_on_from_the_first),
	CASE(a_killed_run_is_recovered),
	CASE(a_log_behind_its_mark_does_not_open),
	CASE(files_that_are_not_ours_do_not_open),
	CASE(the_file_is_ours_alone),
	CASE(rotation_goes_on_in_a_new_file),
	CASE(without_a_signer_the_log_goes_on_unsigned),
	CASES_END,
};

CU_SuiteInfo
audit_suite(void)
{
	return (CU_SuiteInfo)SUITE("gateway/ops/audit.c", cases);
}
