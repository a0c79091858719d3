/*
 * The nth allocation fails while metadata is fetched by URL: what was kept stays or the new document is taken
 * whole, keys of neither are lost for good, and the provider goes on being asked.
 */
#include <stdlib.h>

#include "tests/fault/fault.h"
#include "tests/unit/idp/place.h"

/* One round of asking and answering, and one more to settle; nothing is asked when memory is short. */
static void
round_of(struct fg_str doc)
{
	idp_document_fn done;

	(void)idp_saml_tick(place.s, place.now);
	done = place.done;
	place.done = NULL;
	if (done != NULL)
		done(place.arg, doc, -1, NULL);
	(void)idp_saml_tick(place.s, place.now + 1);
	place.now += 2 * FG_LIMIT_METADATA_MAX_MS;
}

static bool
one(unsigned long n, enum fault_kind kind)
{
	struct fg_str old, new;
	bool fired;

	place_begin("idp.crt");
	old = place_plain("idp.crt");
	new = place_document(ENTITY, "", "idp.crt", "other.crt");
	fault_arm(n, kind);
	round_of(new);
	fired = fault_disarm();
	CHECK(place.events[IDP_SAML_HELD] == 0); /* a good document is not called bad */
	if (!directory_stale(place.d)) { /* else nobody is served until a restart */
		CHECK(place_kept(old) || place_kept(new));
		if (fired)
			round_of(new);
		CHECK(place_kept(new));
		CHECK_RC(place_usable(), FG_OK);
		CHECK(place.s->flights == 0 && !place.s->unsettled);
	}
	place_finish();
	return fired;
}

static void
a_fetch_without_memory_is_made_up_for(void)
{
	static const enum fault_kind kinds[] = { FAULT_ONCE, FAULT_EVERY };

	for (size_t i = 0; i < FG_COUNT(kinds); i++) {
		unsigned long n = 0;

		while (n < 2000 && one(n, kinds[i]))
			n++;
		CHECK(n > 10 && n < 2000);
	}
}

/* Providers are looked for anew: none is left out for ever. */
static void
a_registry_that_opens_without_memory_fills_later(void)
{
	for (unsigned long n = 0;; n++) {
		struct idp_saml_config c;
		struct fg_err err = { 0 };
		struct idp_saml *s = NULL;
		bool fired;

		place_begin("idp.crt");
		c = place.s->conf;
		idp_saml_close(place.s);
		fault_arm(n, FAULT_ONCE);
		(void)!idp_saml_new(&c, &s, &err);
		fired = fault_disarm();
		CHECK(s != NULL || (fired && err.rc == FG_E_NOMEM));
		place.s = s;
		if (s == NULL)
			place_open();
		round_of(place_plain("idp.crt"));
		CHECK_RC(place_usable(), FG_OK);
		CHECK(place.s->sources != NULL && place.asked == 1);
		place_finish();
		if (!fired)
			break;
		CU_ASSERT_FATAL(n < 2000);
	}
}

static CU_TestInfo tests[] = {
	CASE(a_fetch_without_memory_is_made_up_for),
	CASE(a_registry_that_opens_without_memory_fills_later),
	CASES_END,
};

int
main(void)
{
	CU_SuiteInfo suites[] = { SUITE("metadata by URL without memory", tests), SUITES_END };

	(void)setenv("TMPDIR", "/dev/shm", 0);
	return unit_run(suites);
}
