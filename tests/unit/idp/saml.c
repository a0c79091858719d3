/* Metadata by URL: what takes the place of what is kept, and what is held (security.md 25). */
#include <stdio.h>
#include <stdlib.h>

#include "gateway/idp/saml_int.h"
#include "tests/unit/idp/tests.h"
#include "tests/unit/store/fixture.h"

#define CORP "arn:aws:iam::111122223333:saml-provider/corp"
#define ENTITY "https://idp.example.test/metadata"
#define START ((fg_time)1790000000)

static struct place {
	struct box box;
	struct store *st;
	struct directory *d;
	struct idp_saml *s;
	struct fg_arena *a;
	fg_time wall;
	int64_t now; /* ms */
	/* what was asked for last */
	idp_document_fn done;
	void *arg;
	unsigned asked;
	char url[128];
	unsigned events[IDP_SAML_EVENT_MAX];
	char why[FG_LIMIT_ERR_TEXT];
	unsigned saved;
	bool full; /* the store takes nothing */
} x;

/* ---- what the registry asks of the rest ---- */

static enum fg_rc
parse(void *app, struct fg_str xml, const struct saml_metadata_want *want, struct fg_arena *a, struct saml_metadata *ret,
    struct fg_err *reterr)
{
	(void)app;
	return saml_metadata_parse(a, xml, want, ret, reterr);
}

static enum fg_rc
no_keys(void *app, struct fg_str arn, struct fg_arena *a, const struct fg_str **ret, size_t *ret_n, struct fg_err *reterr)
{
	(void)app;
	(void)arn;
	(void)a;
	(void)reterr;
	*ret = NULL;
	*ret_n = 0;
	return FG_OK;
}

static uint64_t
no_mark(void *app, struct fg_str arn)
{
	(void)app;
	(void)arn;
	return 0;
}

static fg_time
wall(void *app)
{
	(void)app;
	return x.wall;
}

static void
event(void *app, enum idp_saml_event_kind kind, struct fg_str arn, struct fg_str url, const struct fg_err *err)
{
	(void)app;
	(void)url;
	CHECK_STR(arn, CORP);
	x.events[kind]++;
	(void)snprintf(x.why, sizeof(x.why), "%s", err == NULL ? "" : err->text);
}

static bool
fetch(void *app, struct fg_str url, struct fg_str ca, idp_document_fn done, void *arg)
{
	(void)app;
	(void)ca;
	CHECK(x.done == NULL);
	x.done = done;
	x.arg = arg;
	x.asked++;
	(void)snprintf(x.url, sizeof(x.url), "%.*s", FG_PRI(url));
	return true;
}

static void
put(struct fg_str metadata, int64_t generation, fg_time updated)
{
	struct store_saml row = { .account = A1, .arn = FG_LIT(CORP), .uid = FG_LIT("ASAM00000000000000001"),
		.name = FG_LIT("corp"), .metadata = metadata, .url = FG_LIT("https://idp.example.test/x.xml"),
		.allow = FG_LIT(""), .tags = FG_LIT(""), .generation = generation, .created = START, .updated = updated };
	struct store_tx *tx = NULL;

	CHECK_OK(store_begin(x.st, &tx, &x.box.err));
	CHECK_OK(store_put(tx, STORE_SAML, &row, &x.box.err));
	CHECK_OK(store_commit(tx, &x.box.err));
}

static enum fg_rc
save(void *app, const struct directory_saml *p, struct fg_str document, fg_time fetched, struct fg_err *reterr)
{
	const struct store_setting at = { A1, FG_LIT(IDP_FETCHED CORP), fg_arena_fmt(x.a, "%lld", (long long)fetched) };
	struct store_tx *tx = NULL;

	(void)app;
	if (x.full)
		return fg_fail(reterr, FG_E_STORE, "test", NULL, "full");
	x.saved++;
	CHECK_OK(store_begin(x.st, &tx, reterr));
	CHECK_OK(store_put(tx, STORE_SETTING, &at, reterr));
	CHECK_OK(store_commit(tx, reterr));
	if (!fg_str_null(document))
		put(document, p->generation + 1, fetched);
	return FG_OK;
}

/* ---- life ---- */

static void
open_registry(void)
{
	const struct idp_saml_config c = { .directory = x.d, .parse = parse, .decrypt = no_keys, .decrypt_mark = no_mark,
		.wall = wall, .event = event, .fetch = fetch, .save = save };

	CHECK_OK(idp_saml_new(&c, &x.s, &x.box.err));
	x.now = INT64_MAX / 4; /* later than any clock */
}

static struct fg_str plain(const char *cert);

/* With the document of that certificate kept already; NULL: none. */
static void
begin(const char *cert)
{
	memset(&x, 0, sizeof(x));
	x.wall = START;
	box_open(&x.box);
	x.a = fg_arena_new(16u << 20);
	{
		const struct store_opts o = box_opts(&x.box, STORE_CREATE);

		CHECK_OK(store_open(&o, &x.st, &x.box.err));
	}
	CHECK_OK(directory_new(&x.d, &x.box.err));
	CHECK_OK(directory_load(x.d, x.st, &x.box.err));
	CHECK_OK(fill(&x.box, x.st, A1, 0));
	put(cert == NULL ? FG_LIT("") : plain(cert), 1, START);
	directory_thread_join();
	open_registry();
}

static void
finish(void)
{
	idp_saml_close(x.s);
	if (x.done != NULL)
		free(x.arg);
	directory_thread_leave();
	store_close(x.st);
	directory_free(x.d);
	fg_arena_free(x.a);
	box_close(&x.box);
}

/* ---- documents ---- */

static struct fg_str
document(const char *entity, const char *attributes, const char *cert, const char *second)
{
	const char *const certs[] = { cert, second };
	struct fg_buf b = FG_BUF_ARENA(x.a, 65536);

	fg_buf_fmt(&b, "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"%s\"%s>"
	    "<md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">", entity, attributes);
	for (size_t i = 0; i < 2 && certs[i] != NULL; i++) {
		struct fg_str der;
		size_t n;

		CHECK_OK(saml_pem_read(x.a, unit_vector(x.a, fg_arena_fmt(x.a, "saml/%s", certs[i]).p), &der, 1, &n, NULL));
		fg_buf_put(&b, FG_LIT("<md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">"
		    "<ds:X509Data><ds:X509Certificate>"));
		fg_buf_base64(&b, der);
		fg_buf_put(&b, FG_LIT("</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"));
	}
	fg_buf_put(&b, FG_LIT("</md:IDPSSODescriptor></md:EntityDescriptor>"));
	return fg_buf_str(&b);
}

static struct fg_str
plain(const char *cert)
{
	return document(ENTITY, "", cert, NULL);
}

/* The time of the next fetch has come, and this is what it brings (null: it fails). */
static void
brings(struct fg_str doc)
{
	struct fg_err err = { .rc = FG_OK };
	idp_document_fn done;

	(void)idp_saml_tick(x.s, x.now);
	CU_ASSERT_PTR_NOT_NULL_FATAL(x.done);
	done = x.done;
	x.done = NULL;
	if (fg_str_null(doc))
		(void)fg_fail(&err, FG_E_IDP, "idp.fetch", NULL, "cannot connect");
	done(x.arg, doc, -1, fg_str_null(doc) ? &err : NULL);
	x.now++;
	(void)idp_saml_tick(x.s, x.now);
	x.now += 2 * FG_LIMIT_METADATA_MAX_MS;
}

static bool
kept(struct fg_str doc)
{
	const struct directory_saml *p;
	bool same;

	directory_enter();
	p = directory_saml_find(x.d, FG_LIT(CORP));
	same = p != NULL && fg_eq(p->metadata, doc);
	directory_leave();
	return same;
}

/* Is there a provider to verify with? */
static enum fg_rc
usable(void)
{
	struct fg_err err = { .rc = FG_OK };

	directory_enter();
	(void)idp_saml_provider(x.s, directory_saml_find(x.d, FG_LIT(CORP)), &err);
	directory_leave();
	return err.rc;
}

/* ---- tests ---- */

static void
the_first_document_is_taken_and_stored(void)
{
	begin(NULL);
	CHECK_RC(usable(), FG_E_IDP);
	brings(plain("idp.crt"));
	CHECK(strcmp(x.url, "https://idp.example.test/x.xml") == 0);
	CHECK(kept(plain("idp.crt")));
	CHECK_RC(usable(), FG_OK);
	CHECK(x.saved == 1 && x.events[IDP_SAML_CHANGED] == 0);
	/* the same again is written down when an hour has passed, and not before */
	brings(plain("idp.crt"));
	CHECK(x.saved == 1);
	x.wall += FG_LIMIT_METADATA_NOTE_S;
	brings(plain("idp.crt"));
	CHECK(x.saved == 2);
	CHECK(x.events[IDP_SAML_HELD] == 0);
	finish();
}

static void
a_retained_key_lets_another_document_in(void)
{
	begin("idp.crt");
	brings(document(ENTITY, "", "idp.crt", "other.crt"));
	CHECK(kept(document(ENTITY, "", "idp.crt", "other.crt")));
	CHECK_RC(usable(), FG_OK);
	CHECK(x.events[IDP_SAML_CHANGED] == 1);
	brings(plain("other.crt"));
	CHECK(kept(plain("other.crt")));
	finish();
}

static void
what_would_get_worse_is_held_and_told_once(void)
{
	static const char *const until = " validUntil=\"2030-01-01T00:00:00Z\"";
	struct fg_str first, worse[5];

	begin(NULL);
	first = document(ENTITY, until, "idp.crt", NULL);
	worse[0] = document("https://evil.example.test/", until, "idp.crt", NULL); /* another entity */
	worse[1] = document(ENTITY, until, "other.crt", NULL);                     /* no key stays */
	worse[2] = plain("idp.crt");                                               /* the end is gone */
	worse[3] = document(ENTITY, " validUntil=\"2029-01-01T00:00:00Z\"", "idp.crt", NULL); /* ends earlier */
	worse[4] = FG_LIT("<junk/>");
	brings(first);
	for (size_t i = 0; i < FG_COUNT(worse); i++) {
		brings(worse[i]);
		CHECK(x.events[IDP_SAML_HELD] == i + 1);
		CHECK(x.why[0] != '\0');
		brings(worse[i]);
		CHECK(x.events[IDP_SAML_HELD] == i + 1);
		CHECK(kept(first));
		CHECK_RC(usable(), FG_OK);
		CHECK(x.s->stats.held == 1);
	}
	CHECK(x.s->stats.held_total == FG_COUNT(worse));
	brings(first);
	(void)idp_saml_tick(x.s, x.now - FG_LIMIT_METADATA_MAX_MS * 2);
	CHECK(x.s->stats.held == 0);
	finish();
}

static void
the_operator_may_take_what_is_held_but_nothing_that_cannot_be_used(void)
{
	begin("idp.crt");
	brings(plain("other.crt"));
	CHECK(x.events[IDP_SAML_HELD] == 1);
	CHECK_OK(idp_saml_refresh(x.s, FG_LIT(CORP), true, &x.box.err));
	brings(FG_STR_NULL); /* the word does not outlive the fetch */
	brings(plain("other.crt"));
	CHECK(kept(plain("idp.crt")));
	CHECK_OK(idp_saml_refresh(x.s, FG_LIT(CORP), true, &x.box.err));
	brings(FG_LIT("<junk/>"));
	CHECK(kept(plain("idp.crt")));
	CHECK_OK(idp_saml_refresh(x.s, FG_LIT(CORP), true, &x.box.err));
	brings(plain("other.crt"));
	CHECK(kept(plain("other.crt")));
	CHECK(x.events[IDP_SAML_CHANGED] == 1);
	brings(plain("idp.crt"));
	CHECK(kept(plain("other.crt")));
	finish();
}

static void
without_an_answer_what_is_kept_serves_for_seven_days(void)
{
	begin("idp.crt");
	brings(plain("idp.crt"));
	x.wall += FG_LIMIT_METADATA_STALE_S - 1;
	brings(FG_STR_NULL);
	brings(FG_STR_NULL);
	CHECK(x.events[IDP_SAML_FETCH_FAILED] == 1);
	CHECK_RC(usable(), FG_OK);
	x.wall++;
	brings(FG_STR_NULL);
	CHECK_RC(usable(), FG_E_IDP);
	CHECK(x.events[IDP_SAML_STALE] == 1 && x.s->stats.stale == 1);
	/* a held document confirms nothing */
	brings(plain("other.crt"));
	CHECK_RC(usable(), FG_E_IDP);
	brings(plain("idp.crt"));
	CHECK_RC(usable(), FG_OK);
	CHECK(x.events[IDP_SAML_RECOVERED] == 1 && x.events[IDP_SAML_STALE] == 1);
	finish();
}

/* What was taken, and when, outlives the process. */
static void
a_restart_begins_with_what_was_kept(void)
{
	begin(NULL);
	brings(plain("idp.crt"));
	idp_saml_close(x.s);
	x.wall += FG_LIMIT_METADATA_STALE_S - 10;
	open_registry();
	CHECK_RC(usable(), FG_OK);
	brings(FG_STR_NULL);
	CHECK_RC(usable(), FG_OK);
	x.wall += 10;
	brings(FG_STR_NULL);
	CHECK_RC(usable(), FG_E_IDP);
	brings(plain("other.crt"));
	CHECK(kept(plain("idp.crt")));
	finish();
}

static void
a_signer_that_is_pinned_must_have_signed(void)
{
	struct store_setting pin = { A1, FG_LIT(IDP_METADATA CORP), FG_LIT("") };
	struct fg_buf b;
	struct store_tx *tx = NULL;

	begin("idp.crt");
	b = (struct fg_buf)FG_BUF_ARENA(x.a, 65536);
	store_list_put(&b, unit_vector(x.a, "saml/sp.crt"));
	store_list_put(&b, FG_LIT(""));
	store_list_put(&b, FG_LIT(""));
	CHECK_OK(fg_buf_end(&b, &pin.value));
	CHECK_OK(store_begin(x.st, &tx, &x.box.err));
	CHECK_OK(store_put(tx, STORE_SETTING, &pin, &x.box.err));
	CHECK_OK(store_commit(tx, &x.box.err));
	brings(document(ENTITY, "", "idp.crt", "other.crt"));
	CHECK(kept(plain("idp.crt")));
	CHECK(x.events[IDP_SAML_HELD] == 1);
	finish();
}

static void
a_row_that_was_changed_meanwhile_is_left_alone(void)
{
	struct store_saml gone = { .account = A1, .arn = FG_LIT(CORP) };
	struct store_tx *tx = NULL;
	idp_document_fn done;

	begin("idp.crt");
	(void)idp_saml_tick(x.s, x.now);
	done = x.done;
	x.done = NULL;
	CU_ASSERT_PTR_NOT_NULL_FATAL(done);
	CHECK_OK(store_begin(x.st, &tx, &x.box.err));
	CHECK_OK(store_delete(tx, STORE_SAML, &gone, &x.box.err));
	CHECK_OK(store_commit(tx, &x.box.err));
	done(x.arg, document(ENTITY, "", "idp.crt", "other.crt"), -1, NULL);
	(void)idp_saml_tick(x.s, x.now + 1);
	CHECK(x.saved == 0);
	saml_sync(x.s);
	CHECK(x.s->sources == NULL && x.s->flights == 0);
	finish();
}

static void
a_store_that_takes_nothing_is_a_failure_and_no_loss(void)
{
	begin("idp.crt");
	x.full = true;
	brings(document(ENTITY, "", "idp.crt", "other.crt"));
	CHECK(kept(plain("idp.crt")) && x.events[IDP_SAML_FETCH_FAILED] == 1);
	CHECK_RC(usable(), FG_OK);
	x.full = false;
	brings(document(ENTITY, "", "idp.crt", "other.crt"));
	CHECK(kept(document(ENTITY, "", "idp.crt", "other.crt")));
	finish();
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
