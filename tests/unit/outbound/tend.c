/*
 * serve/outbound.c: keys turn by themselves, with time and nothing else, and each turn is on record.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gateway/serve/serve_int.h"
#include "tests/unit/outbound/tests.h"

#define HOUR ((fg_time)3600)
#define DAY (24 * HOUR)
#define RETIRED (2 * HOUR + 300)

static enum fg_rc
seed(void *app, const uint8_t chain[AUDIT_CHAIN_ID], uint8_t ret[AUDIT_HASH], struct fg_err *reterr)
{
	(void)app;
	(void)chain;
	(void)reterr;
	memset(ret, 7, AUDIT_HASH);
	return FG_OK;
}

static enum fg_rc
sign(void *app, struct fg_str text, uint8_t ret[AUDIT_SIG], struct fg_err *reterr)
{
	(void)app;
	(void)text;
	(void)reterr;
	memset(ret, 7, AUDIT_SIG);
	return FG_OK;
}

static enum fg_rc
post(void *app, unsigned worker, void *batch)
{
	(void)app;
	(void)worker;
	(void)batch;
	return FG_E_UNAVAILABLE;
}

/* As much of the gateway as turns keys. */
static struct serve *
serve_of(struct rig *r)
{
	struct serve *s = calloc(1, sizeof(*s));
	const struct audit_config c = { .path = box_file(&r->box, ".audit"), .workers = 1, .now = NOW,
		.key = 1, .seed = seed, .sign = sign, .post = post };

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	s->store = r->st;
	s->dir = r->d;
	s->cred = r->cred;
	s->guard.confirmed = true;
	CHECK_OK(audit_open(&c, &s->audit, &r->err));
	return s;
}

/* How many records of such a turn are in the log. */
static size_t
serve_end(struct rig *r, struct serve *s)
{
	struct fg_err err = { 0 };
	FILE *f;
	char line[4096];
	size_t n = 0;

	CHECK_OK(audit_close(s->audit, NULL, &err));
	free(s);
	f = fopen(box_file(&r->box, ".audit"), "re");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	while (fgets(line, sizeof(line), f) != NULL)
		n += strstr(line, "\"eventName\":\"OutboundKeys") != NULL;
	fclose(f);
	return n;
}

static void
keys_turn_by_themselves(void)
{
	RIG;
	struct serve *s = serve_of(&r);
	struct fg_str old, new;

	CHECK_OK(rig_enable(&r, A1));
	CHECK_OK(rig_enable(&r, A2));
	CHECK_OK(rig_disable(&r, A2));
	old = rig_signing(&r, A1, OUTBOUND_RS256);
	serve_tend_outbound(s, NOW + 30 * DAY - HOUR - 1);
	CHECK(rig_published(&r, A1) == 2);
	serve_tend_outbound(s, NOW + 30 * DAY - HOUR);
	CHECK(rig_published(&r, A1) == 4 && fg_eq(rig_signing(&r, A1, OUTBOUND_RS256), old));
	serve_tend_outbound(s, NOW + 30 * DAY - HOUR + 60); /* nothing is due twice */
	CHECK(rig_published(&r, A1) == 4);
	serve_tend_outbound(s, NOW + 30 * DAY);
	new = rig_signing(&r, A1, OUTBOUND_RS256);
	CHECK(!fg_str_null(new) && !fg_eq(new, old) && rig_publishes(&r, A1, old));
	serve_tend_outbound(s, NOW + 30 * DAY + RETIRED - 1);
	CHECK(rig_publishes(&r, A1, old));
	serve_tend_outbound(s, NOW + 30 * DAY + RETIRED);
	CHECK(rig_published(&r, A1) == 2 && !rig_publishes(&r, A1, old));
	CHECK(fg_eq(rig_signing(&r, A1, OUTBOUND_RS256), new));
	CHECK(rig_published(&r, A2) == SIZE_MAX);
	CHECK(serve_end(&r, s) == 3); /* published, signing, gone */
}

static void
a_clock_that_is_not_confirmed_throws_no_key_away(void)
{
	RIG;
	struct serve *s = serve_of(&r);
	struct fg_str old;

	CHECK_OK(rig_enable(&r, A1));
	old = rig_signing(&r, A1, OUTBOUND_ES384);
	CHECK_OK(rig_stage(&r, A1));
	s->guard.confirmed = false;
	serve_tend_outbound(s, NOW + HOUR);
	CHECK(!fg_eq(rig_signing(&r, A1, OUTBOUND_ES384), old));
	serve_tend_outbound(s, NOW + 10 * DAY);
	CHECK(rig_publishes(&r, A1, old));
	s->guard.confirmed = true;
	serve_tend_outbound(s, NOW + 10 * DAY);
	CHECK(!rig_publishes(&r, A1, old));
	CHECK(serve_end(&r, s) == 2);
}

static CU_TestInfo tend_tests[] = {
	CASE(keys_turn_by_themselves),
	CASE(a_clock_that_is_not_confirmed_throws_no_key_away),
	CASES_END,
};

static CU_SuiteInfo suites[] = {
	SUITE("serve/outbound.c", tend_tests),
	SUITES_END,
};

int
main(void)
{
	return unit_run(suites);
}
