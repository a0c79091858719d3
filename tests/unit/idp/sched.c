/* idp/sched.c: when to fetch.  idp/wire.c: what is said between the processes. */
#include "tests/unit/idp/tests.h"

#define S 1000
#define MIN (60 * S)

static struct idp_sched
fresh(int32_t max_age)
{
	struct idp_sched s;

	idp_sched_init(&s, 0, 42);
	CHECK(idp_sched_due(&s, 0));
	idp_sched_begin(&s);
	CHECK(!idp_sched_due(&s, 0));
	idp_sched_good(&s, 0, max_age);
	return s;
}

static void
freshness_follows_the_answer_within_bounds(void)
{
	static const struct {
		int32_t max_age;
		int64_t fresh;
	} rows[] = { { -1, 10 * MIN }, { 0, 5 * MIN }, { 10, 5 * MIN }, { 300, 5 * MIN }, { 1800, 30 * MIN }, { 3600, 60 * MIN },
		{ 86400, 60 * MIN } };

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		struct idp_sched s = fresh(rows[i].max_age);

		CHECK(s.fresh == rows[i].fresh);
		/* at 80 %, spread by a tenth of that */
		CHECK(s.refresh >= rows[i].fresh * 72 / 100 && s.refresh <= rows[i].fresh * 88 / 100);
		CHECK(s.expires == 24 * 60 * MIN);
		CHECK(!idp_sched_due(&s, s.refresh - 1) && idp_sched_due(&s, s.refresh));
	}
}

static void
refreshes_are_spread(void)
{
	int64_t first = 0;
	bool differ = false;

	for (uint64_t seed = 1; seed < 20; seed++) {
		struct idp_sched s;

		idp_sched_init(&s, 0, seed * 7919);
		idp_sched_good(&s, 0, -1);
		differ = differ || (first != 0 && s.refresh != first);
		first = s.refresh;
	}
	CHECK(differ);
}

static void
failures_back_off_up_to_a_minute(void)
{
	struct idp_sched s;
	int64_t now = 0, last = 0;

	idp_sched_init(&s, 0, 1);
	for (int i = 0; i < 12; i++) {
		int64_t wait;

		CHECK(idp_sched_due(&s, now));
		idp_sched_begin(&s);
		idp_sched_bad(&s, now);
		wait = s.retry - now;
		CHECK(wait >= 800 && wait <= MIN);
		CHECK(wait * 10 > last * 9 || wait > 48 * S);
		CHECK(!idp_sched_due(&s, s.retry - 1));
		now = s.retry;
		last = wait;
	}
	CHECK(last > 45 * S);
	CHECK(s.fetched == IDP_NEVER);
	idp_sched_good(&s, now, -1);
	CHECK(s.failures == 0);
}

static void
a_failure_keeps_the_stale_bound(void)
{
	struct idp_sched s = fresh(-1);

	idp_sched_begin(&s);
	idp_sched_bad(&s, 9 * MIN);
	CHECK(s.expires == 24 * 60 * MIN && s.fresh == 10 * MIN);
}

/* Two at once, one more each 30 s: 200 unknown kids a second are two fetches. */
static void
unknown_kids_have_a_budget(void)
{
	struct idp_sched s = fresh(3600);
	unsigned fetches = 0, joins = 0;

	for (int64_t now = 0; now < 10 * S; now += 5) {
		enum idp_kid k = idp_sched_kid(&s, now);

		fetches += k == IDP_KID_FETCH;
		joins += k == IDP_KID_JOIN;
		if (k == IDP_KID_FETCH)
			idp_sched_good(&s, now, 3600);
	}
	CHECK(fetches == 2 && joins == 0);
	/* over the next ten minutes: one each 30 s */
	fetches = 0;
	for (int64_t now = 10 * S; now < 610 * S; now += 100) {
		if (idp_sched_kid(&s, now) != IDP_KID_FETCH)
			continue;
		fetches++;
		idp_sched_good(&s, now, 3600);
	}
	CHECK(fetches == 20);
	/* tokens do not pile up */
	CHECK(idp_sched_kid(&s, 10000 * S) == IDP_KID_FETCH);
	idp_sched_good(&s, 10000 * S, 3600);
	CHECK(idp_sched_kid(&s, 10000 * S) == IDP_KID_FETCH);
	idp_sched_good(&s, 10000 * S, 3600);
	CHECK(idp_sched_kid(&s, 10000 * S) == IDP_KID_NO);
}

static void
a_fetch_on_its_way_is_joined(void)
{
	struct idp_sched s = fresh(3600);

	CHECK(idp_sched_kid(&s, 1) == IDP_KID_FETCH);
	idp_sched_begin(&s);
	CHECK(idp_sched_kid(&s, 1) == IDP_KID_JOIN);
	CHECK(idp_sched_kid(&s, 1) == IDP_KID_JOIN);
	CHECK(s.tokens == 1);
}

static void
one_extra_while_the_refresh_is_due(void)
{
	struct idp_sched s = fresh(300);
	int64_t now = s.refresh + 1;

	s.tokens = 0;
	s.refill = now + 30 * S;
	CHECK(idp_sched_kid(&s, now - 2) == IDP_KID_NO);
	CHECK(idp_sched_kid(&s, now) == IDP_KID_FETCH);
	CHECK(idp_sched_kid(&s, now + 1) == IDP_KID_NO);
	CHECK(idp_sched_kid(&s, now + 29 * S) == IDP_KID_NO);
}

static void
a_dead_issuer_is_not_asked_for_kids(void)
{
	struct idp_sched s = fresh(3600);

	CHECK(idp_sched_kid(&s, 1) == IDP_KID_FETCH);
	idp_sched_begin(&s);
	idp_sched_bad(&s, 1);
	CHECK(idp_sched_kid(&s, 2) == IDP_KID_NO);
	CHECK(idp_sched_kid(&s, s.retry) == IDP_KID_FETCH);
}

static void
negatives_are_bounded_and_end(void)
{
	static struct idp_negatives n;

	idp_negative_clear(&n);
	idp_negative_add(&n, 7, 0);
	CHECK(idp_negative_has(&n, 7, 0) && idp_negative_has(&n, 7, 59 * S));
	CHECK(!idp_negative_has(&n, 7, 60 * S) && !idp_negative_has(&n, 8, 0));
	for (uint64_t i = 100; i < 100 + FG_LIMIT_IDP_NEGATIVES; i++)
		idp_negative_add(&n, i, 1 + (int64_t)i);
	CHECK(!idp_negative_has(&n, 7, 0)); /* the oldest went */
	CHECK(idp_negative_has(&n, 100 + FG_LIMIT_IDP_NEGATIVES - 1, 0));
	idp_negative_clear(&n);
	CHECK(!idp_negative_has(&n, 200, 0));
}

CU_TestInfo sched_tests[] = {
	CASE(freshness_follows_the_answer_within_bounds),
	CASE(refreshes_are_spread),
	CASE(failures_back_off_up_to_a_minute),
	CASE(a_failure_keeps_the_stale_bound),
	CASE(unknown_kids_have_a_budget),
	CASE(a_fetch_on_its_way_is_joined),
	CASE(one_extra_while_the_refresh_is_due),
	CASE(a_dead_issuer_is_not_asked_for_kids),
	CASE(negatives_are_bounded_and_end),
	CASES_END,
};

/* ---- messages ---- */

static void
a_request_survives_its_message(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(65536);
	struct idp_request r = { .id = 7, .max_bytes = 100, .timeout_ms = 5000, .url = FG_LIT("https://a.b/c"),
		.ca = FG_LIT("PEM"), .nthumb = 2 }, got;

	memset(r.thumb, 0xab, sizeof(r.thumb));
	idp_request_put(&b, &r);
	CHECK(idp_request_read(fg_buf_str(&b), &got));
	CHECK(got.id == 7 && got.max_bytes == 100 && got.timeout_ms == 5000 && got.nthumb == 2);
	CHECK_STR(got.url, "https://a.b/c");
	CHECK_STR(got.ca, "PEM");
	for (size_t n = 0; n < b.n; n++)
		CHECK(!idp_request_read(fg_str(b.p, n), &got));
	fg_buf_putc(&b, 'x');
	CHECK(!idp_request_read(fg_buf_str(&b), &got));
	b.p[0] = 2;
	b.n--;
	CHECK(!idp_request_read(fg_buf_str(&b), &got));
}

static void
an_answer_survives_its_message(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(65536);
	struct idp_answer end = { .id = 9, .part = IDP_PART_END, .outcome = IDP_OUT_STATUS, .status = 302, .max_age = -1 };
	struct idp_answer part = { .id = 9, .part = IDP_PART_DATA, .data = FG_LIT("{}") }, got;

	idp_answer_put(&b, &end);
	CHECK(idp_answer_read(fg_buf_str(&b), &got));
	CHECK(got.id == 9 && got.part == IDP_PART_END && got.outcome == IDP_OUT_STATUS && got.status == 302 && got.max_age == -1);
	for (size_t n = 0; n < b.n; n++)
		CHECK(!idp_answer_read(fg_str(b.p, n), &got));
	b.p[10] = 99; /* an outcome that does not exist is no answer */
	CHECK(idp_answer_read(fg_buf_str(&b), &got) && got.outcome == IDP_OUT_NONE);
	b.p[9] = 3; /* a part that does not exist */
	CHECK(!idp_answer_read(fg_buf_str(&b), &got));
	fg_buf_reset(&b);
	idp_answer_put(&b, &part);
	CHECK(idp_answer_read(fg_buf_str(&b), &got) && got.part == IDP_PART_DATA);
	CHECK_STR(got.data, "{}");
}

CU_TestInfo wire_tests[] = {
	CASE(a_request_survives_its_message),
	CASE(an_answer_survives_its_message),
	CASES_END,
};
