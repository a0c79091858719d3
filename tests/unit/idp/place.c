/* tests/unit/idp/place.c - a registry of SAML providers with metadata by URL, its store and its directory. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/idp/place.h"

struct place place;

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
	return place.wall;
}

static void
event(void *app, enum idp_saml_event_kind kind, struct fg_str arn, struct fg_str url, const struct fg_err *err)
{
	(void)app;
	(void)url;
	CHECK_STR(arn, CORP);
	place.events[kind]++;
	(void)snprintf(place.why, sizeof(place.why), "%s", err == NULL ? "" : err->text);
}

static bool
fetch(void *app, struct fg_str url, struct fg_str ca, idp_document_fn done, void *arg)
{
	(void)app;
	(void)ca;
	CHECK(place.done == NULL);
	place.done = done;
	place.arg = arg;
	place.asked++;
	(void)snprintf(place.url, sizeof(place.url), "%.*s", FG_PRI(url));
	return true;
}

static enum fg_rc
write_rows(const struct store_setting *at, struct fg_str metadata, int64_t generation, fg_time updated,
    struct fg_err *reterr)
{
	const struct store_saml row = { .account = A1, .arn = FG_LIT(CORP), .uid = FG_LIT("ASAM00000000000000001"),
		.name = FG_LIT("corp"), .metadata = metadata, .url = FG_LIT("https://idp.example.test/x.xml"),
		.allow = FG_LIT(""), .tags = FG_LIT(""), .generation = generation, .created = START, .updated = updated };
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;

	FG_TRY(store_begin(place.st, &tx, reterr));
	if (at != NULL)
		FG_TRY(store_put(tx, STORE_SETTING, at, reterr));
	if (!fg_str_null(metadata))
		FG_TRY(store_put(tx, STORE_SAML, &row, reterr));
	return store_commit(FG_STEAL(tx), reterr);
}

static enum fg_rc
save(void *app, const struct directory_saml *p, struct fg_str document, fg_time fetched, struct fg_err *reterr)
{
	const struct store_setting at = { A1, FG_LIT(IDP_FETCHED CORP),
		fg_arena_fmt(place.a, "%lld", (long long)fetched) };

	(void)app;
	if (place.full || fg_str_null(at.value))
		return fg_fail(reterr, FG_E_STORE, "test", NULL, "full");
	place.saved++;
	return write_rows(&at, document, p->generation + 1, fetched, reterr);
}

/* ---- life ---- */

void
place_open(void)
{
	const struct idp_saml_config c = { .directory = place.d, .parse = parse, .decrypt = no_keys, .decrypt_mark = no_mark,
		.wall = wall, .event = event, .fetch = fetch, .save = save };

	CHECK_OK(idp_saml_new(&c, &place.s, &place.box.err));
	place.now = INT64_MAX / 4; /* later than any clock */
}

/* With the document of that certificate kept already; NULL: none. */
void
place_begin(const char *cert)
{
	memset(&place, 0, sizeof(place));
	place.wall = START;
	box_open(&place.box);
	place.a = fg_arena_new(16u << 20);
	{
		const struct store_opts o = box_opts(&place.box, STORE_CREATE);

		CHECK_OK(store_open(&o, &place.st, &place.box.err));
	}
	CHECK_OK(directory_new(&place.d, &place.box.err));
	CHECK_OK(directory_load(place.d, place.st, &place.box.err));
	CHECK_OK(fill(&place.box, place.st, A1, 0));
	CHECK_OK(write_rows(NULL, cert == NULL ? FG_LIT("") : place_plain(cert), 1, START, &place.box.err));
	directory_thread_join();
	place_open();
}

void
place_finish(void)
{
	idp_saml_close(place.s);
	if (place.done != NULL)
		free(place.arg);
	directory_thread_leave();
	store_close(place.st);
	directory_free(place.d);
	fg_arena_free(place.a);
	box_close(&place.box);
}

/* ---- documents ---- */

struct fg_str
place_document(const char *entity, const char *attributes, const char *cert, const char *second)
{
	const char *const certs[] = { cert, second };
	struct fg_buf b = FG_BUF_ARENA(place.a, 65536);

	fg_buf_fmt(&b, "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"%s\"%s>"
	    "<md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">", entity, attributes);
	for (size_t i = 0; i < 2 && certs[i] != NULL; i++) {
		struct fg_str der;
		size_t n;

		CHECK_OK(saml_pem_read(place.a, unit_vector(place.a, fg_arena_fmt(place.a, "saml/%s", certs[i]).p), &der, 1, &n, NULL));
		fg_buf_put(&b, FG_LIT("<md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">"
		    "<ds:X509Data><ds:X509Certificate>"));
		fg_buf_base64(&b, der);
		fg_buf_put(&b, FG_LIT("</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"));
	}
	fg_buf_put(&b, FG_LIT("</md:IDPSSODescriptor></md:EntityDescriptor>"));
	return fg_buf_str(&b);
}

struct fg_str
place_plain(const char *cert)
{
	return place_document(ENTITY, "", cert, NULL);
}

/* The time of the next fetch has come, and this is what it brings (null: it fails). */
void
place_brings(struct fg_str doc)
{
	struct fg_err err = { .rc = FG_OK };
	idp_document_fn done;

	(void)idp_saml_tick(place.s, place.now);
	CU_ASSERT_PTR_NOT_NULL_FATAL(place.done);
	done = place.done;
	place.done = NULL;
	if (fg_str_null(doc))
		(void)fg_fail(&err, FG_E_IDP, "idp.fetch", NULL, "cannot connect");
	done(place.arg, doc, -1, fg_str_null(doc) ? &err : NULL);
	place.now++;
	(void)idp_saml_tick(place.s, place.now);
	place.now += 2 * FG_LIMIT_METADATA_MAX_MS;
}

bool
place_kept(struct fg_str doc)
{
	const struct directory_saml *p;
	bool same;

	directory_enter();
	p = directory_saml_find(place.d, FG_LIT(CORP));
	same = p != NULL && fg_eq(p->metadata, doc);
	directory_leave();
	return same;
}

/* Is there a provider to verify with? */
enum fg_rc
place_usable(void)
{
	struct fg_err err = { .rc = FG_OK };

	directory_enter();
	(void)idp_saml_provider(place.s, directory_saml_find(place.d, FG_LIT(CORP)), &err);
	directory_leave();
	return err.rc;
}
