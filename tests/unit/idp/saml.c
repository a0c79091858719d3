/* Metadata by URL: what takes the place of what is kept, and what is held (security.md 25). */
#include "tests/unit/idp/place.h"
#include "tests/unit/idp/tests.h"

static void
the_first_document_is_taken_and_stored(void)
{
	place_begin(NULL);
	CHECK_RC(place_usable(), FG_E_IDP);
	place_brings(place_plain("idp.crt"));
	CHECK(strcmp(place.url, "https://idp.example.test/x.xml") == 0);
	CHECK(place_kept(place_plain("idp.crt")));
	CHECK_RC(place_usable(), FG_OK);
	CHECK(place.saved == 1 && place.events[IDP_SAML_CHANGED] == 0);
	/* the same again is written down when an hour has passed, and not before */
	place_brings(place_plain("idp.crt"));
	CHECK(place.saved == 1);
	place.wall += FG_LIMIT_METADATA_NOTE_S;
	place_brings(place_plain("idp.crt"));
	CHECK(place.saved == 2);
	CHECK(place.events[IDP_SAML_HELD] == 0);
	place_finish();
}

static void
a_retained_key_lets_another_document_in(void)
{
	place_begin("idp.crt");
	place_brings(place_document(ENTITY, "", "idp.crt", "other.crt"));
	CHECK(place_kept(place_document(ENTITY, "", "idp.crt", "other.crt")));
	CHECK_RC(place_usable(), FG_OK);
	CHECK(place.events[IDP_SAML_CHANGED] == 1);
	place_brings(place_plain("other.crt"));
	CHECK(place_kept(place_plain("other.crt")));
	place_finish();
}

static void
what_would_get_worse_is_held_and_told_once(void)
{
	static const char *const until = " validUntil=\"2030-01-01T00:00:00Z\"";
	struct fg_str first, worse[5];

	place_begin(NULL);
	first = place_document(ENTITY, until, "idp.crt", NULL);
	worse[0] = place_document("https://evil.example.test/", until, "idp.crt", NULL); /* another entity */
	worse[1] = place_document(ENTITY, until, "other.crt", NULL);                     /* no key stays */
	worse[2] = place_plain("idp.crt");                                               /* the end is gone */
	worse[3] = place_document(ENTITY, " validUntil=\"2029-01-01T00:00:00Z\"", "idp.crt", NULL); /* ends earlier */
	worse[4] = FG_LIT("<junk/>");
	place_brings(first);
	for (size_t i = 0; i < FG_COUNT(worse); i++) {
		place_brings(worse[i]);
		CHECK(place.events[IDP_SAML_HELD] == i + 1);
		CHECK(place.why[0] != '\0');
		place_brings(worse[i]);
		CHECK(place.events[IDP_SAML_HELD] == i + 1);
		CHECK(place_kept(first));
		CHECK_RC(place_usable(), FG_OK);
		CHECK(place.s->stats.held == 1);
	}
	CHECK(place.s->stats.held_total == FG_COUNT(worse));
	place_brings(first);
	(void)idp_saml_tick(place.s, place.now - FG_LIMIT_METADATA_MAX_MS * 2);
	CHECK(place.s->stats.held == 0);
	place_finish();
}

static void
the_operator_may_take_what_is_held_but_nothing_that_cannot_be_used(void)
{
	place_begin("idp.crt");
	place_brings(place_plain("other.crt"));
	CHECK(place.events[IDP_SAML_HELD] == 1);
	CHECK_OK(idp_saml_refresh(place.s, FG_LIT(CORP), true, &place.box.err));
	place_brings(FG_STR_NULL); /* the word does not outlive the fetch */
	place_brings(place_plain("other.crt"));
	CHECK(place_kept(place_plain("idp.crt")));
	CHECK_OK(idp_saml_refresh(place.s, FG_LIT(CORP), true, &place.box.err));
	place_brings(FG_LIT("<junk/>"));
	CHECK(place_kept(place_plain("idp.crt")));
	CHECK_OK(idp_saml_refresh(place.s, FG_LIT(CORP), true, &place.box.err));
	place_brings(place_plain("other.crt"));
	CHECK(place_kept(place_plain("other.crt")));
	CHECK(place.events[IDP_SAML_CHANGED] == 1);
	place_brings(place_plain("idp.crt"));
	CHECK(place_kept(place_plain("other.crt")));
	place_finish();
}

static void
without_an_answer_what_is_kept_serves_for_seven_days(void)
{
	place_begin("idp.crt");
	place_brings(place_plain("idp.crt"));
	place.wall += FG_LIMIT_METADATA_STALE_S - 1;
	place_brings(FG_STR_NULL);
	place_brings(FG_STR_NULL);
	CHECK(place.events[IDP_SAML_FETCH_FAILED] == 1);
	CHECK_RC(place_usable(), FG_OK);
	place.wall++;
	place_brings(FG_STR_NULL);
	CHECK_RC(place_usable(), FG_E_IDP);
	CHECK(place.events[IDP_SAML_STALE] == 1 && place.s->stats.stale == 1);
	/* a held document confirms nothing */
	place_brings(place_plain("other.crt"));
	CHECK_RC(place_usable(), FG_E_IDP);
	place_brings(place_plain("idp.crt"));
	CHECK_RC(place_usable(), FG_OK);
	CHECK(place.events[IDP_SAML_RECOVERED] == 1 && place.events[IDP_SAML_STALE] == 1);
	place_finish();
}

/* What was taken, and when, outlives the process. */
static void
a_restart_begins_with_what_was_kept(void)
{
	place_begin(NULL);
	place_brings(place_plain("idp.crt"));
	idp_saml_close(place.s);
	place.wall += FG_LIMIT_METADATA_STALE_S - 10;
	place_open();
	CHECK_RC(place_usable(), FG_OK);
	place_brings(FG_STR_NULL);
	CHECK_RC(place_usable(), FG_OK);
	place.wall += 10;
	place_brings(FG_STR_NULL);
	CHECK_RC(place_usable(), FG_E_IDP);
	place_brings(place_plain("other.crt"));
	CHECK(place_kept(place_plain("idp.crt")));
	place_finish();
}

static void
a_signer_that_is_pinned_must_have_signed(void)
{
	struct store_setting pin = { A1, FG_LIT(IDP_METADATA CORP), FG_LIT("") };
	struct fg_buf b;
	struct store_tx *tx = NULL;

	place_begin("idp.crt");
	b = (struct fg_buf)FG_BUF_ARENA(place.a, 65536);
	store_list_put(&b, unit_vector(place.a, "saml/sp.crt"));
	store_list_put(&b, FG_LIT(""));
	store_list_put(&b, FG_LIT(""));
	CHECK_OK(fg_buf_end(&b, &pin.value));
	CHECK_OK(store_begin(place.st, &tx, &place.box.err));
	CHECK_OK(store_put(tx, STORE_SETTING, &pin, &place.box.err));
	CHECK_OK(store_commit(tx, &place.box.err));
	place_brings(place_document(ENTITY, "", "idp.crt", "other.crt"));
	CHECK(place_kept(place_plain("idp.crt")));
	CHECK(place.events[IDP_SAML_HELD] == 1);
	place_finish();
}

static void
a_row_that_was_changed_meanwhile_is_left_alone(void)
{
	struct store_saml gone = { .account = A1, .arn = FG_LIT(CORP) };
	struct store_tx *tx = NULL;
	idp_document_fn done;

	place_begin("idp.crt");
	(void)idp_saml_tick(place.s, place.now);
	done = place.done;
	place.done = NULL;
	CU_ASSERT_PTR_NOT_NULL_FATAL(done);
	CHECK_OK(store_begin(place.st, &tx, &place.box.err));
	CHECK_OK(store_delete(tx, STORE_SAML, &gone, &place.box.err));
	CHECK_OK(store_commit(tx, &place.box.err));
	done(place.arg, place_document(ENTITY, "", "idp.crt", "other.crt"), -1, NULL);
	(void)idp_saml_tick(place.s, place.now + 1);
	CHECK(place.saved == 0);
	saml_sync(place.s);
	CHECK(place.s->sources == NULL && place.s->flights == 0);
	place_finish();
}

static void
a_store_that_takes_nothing_is_a_failure_and_no_loss(void)
{
	place_begin("idp.crt");
	place.full = true;
	place_brings(place_document(ENTITY, "", "idp.crt", "other.crt"));
	CHECK(place_kept(place_plain("idp.crt")) && place.events[IDP_SAML_FETCH_FAILED] == 1);
	CHECK_RC(place_usable(), FG_OK);
	place.full = false;
	place_brings(place_document(ENTITY, "", "idp.crt", "other.crt"));
	CHECK(place_kept(place_document(ENTITY, "", "idp.crt", "other.crt")));
	place_finish();
}

CU_TestInfo saml_tests[] = {
	CASE(the_first_document_is_taken_and_stored),
	CASE(a_retained_key_lets_another_document_in),
	CASE(what_would_get_worse_is_held_and_told_once),
	CASE(the_operator_may_take_what_is_held_but_nothing_that_cannot_be_used),
	CASE(without_an_answer_what_is_kept_serves_for_seven_days),
	CASE(a_restart_begins_with_what_was_kept),
	CASE(a_signer_that_is_pinned_must_have_signed),
	CASE(a_row_that_was_changed_meanwhile_is_left_alone),
	CASE(a_store_that_takes_nothing_is_a_failure_and_no_loss),
	CASES_END
};
