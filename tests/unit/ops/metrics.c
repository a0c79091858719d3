/* gateway/ops/metrics.c */
#include "tests/unit/ops/tests.h"

static const char *const actions[] = { "AssumeRole", "GetCallerIdentity" };

static bool
has(struct fg_str page, const char *text)
{
	return memmem(page.p, page.n, text, strlen(text)) != NULL;
}

static void
more(void *arg, struct fg_buf *b)
{
	metric_family(b, "test", "gauge", "A test");
	metric_value(b, "test", "who", *(struct fg_str *)arg, 7);
	metric_seconds(b, "test_seconds", NULL, FG_STR_NULL, 1500000);
}

static void
workers_are_summed(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(1u << 20);
	struct fg_str who = FG_LIT("a\"b\\c\nd\x01");
	struct metrics *m;
	struct fg_err e = { 0 };
	struct fg_str page;

	CHECK_OK(metrics_new(actions, 2, 2, &m, &e));
	CHECK(metrics_worker(m, 2) == NULL);
	metric_request(metrics_worker(m, 0), 0, FG_OK, 90);
	metric_request(metrics_worker(m, 1), 0, FG_OK, 300);
	metric_request(metrics_worker(m, 1), 0, FG_E_DENIED, 2000000);
	metric_request(metrics_worker(m, 1), 99, (enum fg_rc)777, 1);
	metric_add(metrics_worker(m, 0), METRIC_MINTED, 2);
	metric_add(metrics_worker(m, 1), METRIC_MINTED, 3);
	metric_add(metrics_worker(m, 1), METRIC_MAX, 3);
	CHECK(metrics_source(m, more, &who));
	metrics_text(m, &b);
	CHECK_OK(fg_buf_end(&b, &page));
	CHECK(has(page, "fedgate_requests_total{action=\"AssumeRole\",result=\"ok\"} 2\n"));
	CHECK(has(page, "fedgate_requests_total{action=\"AssumeRole\",result=\"denied\"} 1\n"));
	CHECK(has(page, "fedgate_requests_total{action=\"other\",result=\"internal\"} 1\n"));
	CHECK(!has(page, "GetCallerIdentity"));
	CHECK(has(page, "_bucket{action=\"AssumeRole\",le=\"0.000100\"} 1\n"));
	CHECK(has(page, "_bucket{action=\"AssumeRole\",le=\"0.000500\"} 2\n"));
	CHECK(has(page, "_bucket{action=\"AssumeRole\",le=\"1.000000\"} 2\n"));
	CHECK(has(page, "_bucket{action=\"AssumeRole\",le=\"+Inf\"} 3\n"));
	CHECK(has(page, "_sum{action=\"AssumeRole\"} 2.000390\n"));
	CHECK(has(page, "_count{action=\"AssumeRole\"} 3\n"));
	CHECK(has(page, "# TYPE fedgate_credentials_minted_total counter\nfedgate_credentials_minted_total 5\n"));
	CHECK(has(page, "fedgate_test{who=\"a\\\"b\\\\c\\nd?\"} 7\nfedgate_test_seconds 1.500000\n"));
	metrics_free(m);
	metrics_free(NULL);
}

static void
the_page_is_bounded(void)
{
	struct metrics *m;
	struct fg_err e = { 0 };
	size_t n = 0;

	CHECK_RC(metrics_new(actions, FG_LIMIT_METRIC_ACTIONS + 1, 1, &m, &e), FG_E_PARAM);
	fg_err_clear(&e);
	CHECK_RC(metrics_new(actions, 2, 0, &m, &e), FG_E_PARAM);
	fg_err_clear(&e);
	CHECK_OK(metrics_new(actions, 2, 1, &m, &e));
	while (n < 1000 && metrics_source(m, more, NULL))
		n++;
	CHECK(n == FG_LIMIT_METRIC_SOURCES);
	metrics_free(m);
}

static void
the_audit_log_has_its_part(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(1u << 16);
	struct fg_err e = { 0 };
	struct bench bench;
	struct fg_str page;

	bench_begin(&bench);
	CHECK_OK(bench_open(&bench, &e));
	CHECK_OK(bench_put(&bench, 0, 1));
	bench_wait(&bench, 1);
	metrics_audit(bench.audit, &b);
	CHECK_OK(fg_buf_end(&b, &page));
	CHECK(has(page, "fedgate_audit_records_total 4\n") && has(page, "fedgate_audit_ok 1\n"));
	bench_end(&bench);
}

static CU_TestInfo cases[] = {
	CASE(workers_are_summed),
	CASE(the_page_is_bounded),
	CASE(the_audit_log_has_its_part),
	CASES_END,
};

CU_SuiteInfo
metrics_suite(void)
{
	return (CU_SuiteInfo)SUITE("gateway/ops/metrics.c", cases);
}
