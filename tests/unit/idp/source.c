/* idp/source.c, table.c: documents in, key sets out. */
#include "tests/unit/idp/world.h"

static void
a_new_provider_is_fetched_at_once(void)
{
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");

	CHECK(!asked(&w));
	put(&w, &r);
	CHECK_RC(look(&w, ARN1, "rsa2048"), FG_E_KEY);
	CHECK_STEP(w.box.err, "oidc.key.unknown");
	serve(&w, "rsa2048");
	CHECK_OK(look(&w, ARN1, "rsa2048"));
	CHECK(!asked(&w));
	CHECK(w.last.max_bytes == FG_LIMIT_JWKS_BYTES && w.last.timeout_ms == 5000);
	/* nothing until 80 % of ten minutes, spread by a tenth */
	pass(&w, 430 * 1000);
	CHECK(!asked(&w));
	pass(&w, 100 * 1000);
	serve(&w, "rsa2048");
	CHECK(w.events[IDP_KEYS_CHANGED] == 0 && w.events[IDP_KEYS_LOADED] == 1);
	CHECK(w.idp->stats.swaps == 1);
}

static void
a_rotated_set_replaces_the_old_one(void)
{
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");

	put(&w, &r);
	serve(&w, "rsa2048");
	pass(&w, 600 * 1000);
	serve(&w, "ec256");
	CHECK_OK(look(&w, ARN1, "ec256"));
	CHECK_RC(look(&w, ARN1, "rsa2048"), FG_E_NOT_FOUND);
	CHECK(w.events[IDP_KEYS_CHANGED] == 1);
}

static void
a_bad_answer_never_replaces_a_good_set(void)
{
	static const char *const bad[] = { "", "{\"keys\":[{", "{\"keys\":[]}", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"}]}", "<html>",
		"[]" };
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");

	put(&w, &r);
	serve(&w, "rsa2048");
	pass(&w, 530 * 1000);
	for (size_t i = 0; i < FG_COUNT(bad); i++) {
		CHECK(asked(&w));
		answer(&w, FG_LIT(DOC));
		CHECK(asked(&w));
		answer(&w, fg_str_z(bad[i]));
		CHECK_OK(look(&w, ARN1, "rsa2048"));
		pass(&w, 61 * 1000);
	}
	CHECK(w.events[IDP_FETCH_FAILED] == 1);
	CHECK(asked(&w));
	fail(&w, IDP_OUT_STATUS, 302);
	CHECK_OK(look(&w, ARN1, "rsa2048"));
	pass(&w, 61 * 1000);
	CHECK(asked(&w));
	answer(&w, FG_LIT("{\"issuer\":\"https://evil.example.com\",\"jwks_uri\":\"https://evil.example.com/jwks\"}"));
	CHECK(!asked(&w));
	CHECK_OK(look(&w, ARN1, "rsa2048"));
	pass(&w, 61 * 1000);
	serve(&w, "ec256");
	CHECK_OK(look(&w, ARN1, "ec256"));
	CHECK(w.events[IDP_RECOVERED] == 1);
}

static bool
stale(struct world *w)
{
	bool is;

	directory_enter();
	is = idp_stale(w->idp, directory_oidc_find(w->d, FG_LIT(ARN1)));
	directory_leave();
	return is;
}

static void
stale_keys_serve_a_day_and_no_longer(void)
{
	struct idp_stats n;
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");
	int64_t start = clock_ms;

	put(&w, &r);
	serve(&w, "rsa2048");
	CHECK(!stale(&w));
	while (clock_ms < start + 24 * 3600 * 1000LL - 61000) {
		pass(&w, 60 * 1000);
		while (asked(&w))
			fail(&w, IDP_OUT_CONNECT, 0);
		CHECK_OK(look(&w, ARN1, "rsa2048"));
	}
	CHECK(stale(&w));
	idp_stats_read(w.idp, &n);
	CHECK(n.stale == 1 && n.failures > 1000 && n.failures < 1700);
	pass(&w, 61 * 1000);
	while (asked(&w))
		fail(&w, IDP_OUT_CONNECT, 0);
	CHECK_RC(look(&w, ARN1, "rsa2048"), FG_E_IDP);
	CHECK(w.events[IDP_KEYS_EXPIRED] == 1);
	/* and they come back with the issuer */
	pass(&w, 61 * 1000);
	serve(&w, "rsa2048");
	CHECK_OK(look(&w, ARN1, "rsa2048"));
}

static void
an_issuer_that_never_answered_is_an_error_of_the_issuer(void)
{
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");

	put(&w, &r);
	CHECK(asked(&w));
	fail(&w, IDP_OUT_TLS, 0);
	CHECK_RC(look(&w, ARN1, "x"), FG_E_IDP);
	/* and one that is asked after the fetch process died */
	pass(&w, 2000);
	CHECK(asked(&w));
	pass(&w, 7000);
	CHECK(w.idp->stats.lost == 1);
	CHECK_RC(look(&w, ARN1, "x"), FG_E_IDP);
}

static void
providers_of_one_issuer_share_its_source(void)
{
	WORLD;
	struct store_oidc one = row(ARN1, URL, ""), two = row(ARN2, URL, "");

	put(&w, &one);
	serve(&w, "rsa2048");
	put(&w, &two);
	CHECK(!asked(&w));
	CHECK_OK(look(&w, ARN2, "rsa2048"));
	/* another CA is another trust: another source, which knows nothing yet */
	two.ca = FG_LIT("-----BEGIN CERTIFICATE-----");
	two.generation = 2;
	put(&w, &two);
	CHECK_RC(look(&w, ARN2, "rsa2048"), FG_E_KEY);
	CHECK(asked(&w));
	CHECK_STR(w.last.ca, "-----BEGIN CERTIFICATE-----");
	CHECK_OK(look(&w, ARN1, "rsa2048"));
}

/*
 * Account T uploads keys for the issuer that A uses.  T's key never verifies for A, nor A's for T,
 * in either order.
 */
static void
uploads_are_never_shared(void)
{
	for (int order = 0; order < 2; order++) {
		WORLD;
		struct fg_str upload = fg_arena_dup(w.a, keys(&w, "rsa2048b"));
		struct store_oidc a = row(ARN1, URL, ""), t = row(ARN2, URL, upload.p);

		if (order == 1)
			put(&w, &t);
		put(&w, &a);
		serve(&w, "rsa2048");
		if (order == 0)
			put(&w, &t);
		CHECK(!asked(&w));
		CHECK_OK(look(&w, ARN1, "rsa2048"));
		CHECK_RC(look(&w, ARN1, "rsa2048b"), FG_E_NOT_FOUND);
		CHECK_OK(look(&w, ARN2, "rsa2048b"));
		CHECK_RC(look(&w, ARN2, "rsa2048"), FG_E_NOT_FOUND);
		/* nothing is fetched for an upload, whatever kid comes */
		CHECK(!wait_for_kid(&w, ARN2, "ghost"));
		CHECK(!asked(&w));
		pass(&w, 48 * 3600 * 1000LL);
		CHECK_OK(look(&w, ARN2, "rsa2048b"));
	}
}

/* Deleted and made anew before the thread looked: same ARN, same generation, other keys. */
static void
an_upload_made_anew_does_not_serve_the_old_keys(void)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	WORLD;
	struct fg_str first = fg_arena_dup(w.a, keys(&w, "rsa2048")), second = fg_arena_dup(w.a, keys(&w, "ec256"));
	struct store_oidc r = row(ARN1, URL, first.p);

	put(&w, &r);
	CHECK_OK(look(&w, ARN1, "rsa2048"));
	CHECK_OK(store_begin(w.st, &tx, &w.box.err));
	CHECK_OK(store_delete(tx, STORE_OIDC, &r, &w.box.err));
	r.jwks = second;
	r.created = 7;
	CHECK_OK(store_insert(tx, STORE_OIDC, &r, &w.box.err));
	CHECK_OK(store_commit(FG_STEAL(tx), &w.box.err));
	CHECK_RC(look(&w, ARN1, "rsa2048"), FG_E_KEY); /* not yet read, and not the old one's either */
	idp_tick(w.idp, clock_ms);
	CHECK_OK(look(&w, ARN1, "ec256"));
	CHECK_RC(look(&w, ARN1, "rsa2048"), FG_E_NOT_FOUND);
}

static void
an_upload_is_replaced_with_its_row(void)
{
	WORLD;
	struct fg_str first = fg_arena_dup(w.a, keys(&w, "rsa2048")), second = fg_arena_dup(w.a, keys(&w, "ec256"));
	struct store_oidc r = row(ARN1, URL, first.p);

	put(&w, &r);
	CHECK_OK(look(&w, ARN1, "rsa2048"));
	r.jwks = second;
	r.generation = 2;
	put(&w, &r);
	CHECK_OK(look(&w, ARN1, "ec256"));
	CHECK_RC(look(&w, ARN1, "rsa2048"), FG_E_NOT_FOUND);
	r.jwks = FG_LIT("{\"keys\":[]}");
	r.generation = 3;
	put(&w, &r);
	CHECK_RC(look(&w, ARN1, "ec256"), FG_E_IDP);
	CHECK(w.events[IDP_UPLOAD_BAD] == 1);
}

/* Between the commit and the thread's look at it, the old keys do not serve the new row. */
static void
keys_belong_to_the_generation_of_the_row(void)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	WORLD;
	struct fg_str first = fg_arena_dup(w.a, keys(&w, "rsa2048"));
	struct store_oidc r = row(ARN1, URL, first.p);

	put(&w, &r);
	CHECK_OK(look(&w, ARN1, "rsa2048"));
	r.generation = 2;
	CHECK_OK(store_begin(w.st, &tx, &w.box.err));
	CHECK_OK(store_put(tx, STORE_OIDC, &r, &w.box.err));
	CHECK_OK(store_commit(FG_STEAL(tx), &w.box.err));
	CHECK_RC(look(&w, ARN1, "rsa2048"), FG_E_KEY);
	idp_tick(w.idp, clock_ms);
	CHECK_OK(look(&w, ARN1, "rsa2048"));
}

static void
a_deleted_provider_is_forgotten(void)
{
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");

	put(&w, &r);
	serve(&w, "rsa2048");
	CHECK(wait_for_kid(&w, ARN1, "x"));
	CHECK(asked(&w));
	drop(&w, &r);
	CHECK(w.done == 1);
	CHECK(w.idp->sources == NULL && w.idp->inflight == 0);
	/* an answer that comes too late is nobody's */
	answer(&w, keys(&w, "ec256"));
	pass(&w, 3600 * 1000);
	CHECK(!asked(&w));
}

static void
keys_that_move_to_another_host_are_reported(void)
{
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");

	put(&w, &r);
	serve(&w, "rsa2048");
	pass(&w, 600 * 1000);
	CHECK(asked(&w));
	answer(&w, FG_LIT("{\"issuer\":\"" URL "\",\"jwks_uri\":\"https://elsewhere.example.com/jwks\"}"));
	CHECK(asked_for(&w, "https://elsewhere.example.com/jwks"));
	answer(&w, keys(&w, "rsa2048"));
	CHECK(w.events[IDP_HOST_CHANGED] == 1);
}

static void
a_leaked_private_key_is_reported(void)
{
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");
	struct fg_str bad = mint_jwk(w.a, "rsa2048", "leak", ",\"d\":\"AQAB\""), good = mint_jwk(w.a, "ec256", "ec256", "");

	put(&w, &r);
	CHECK(asked(&w));
	answer(&w, FG_LIT(DOC));
	CHECK(asked(&w));
	answer(&w, fg_arena_fmt(w.a, "{\"keys\":[%.*s,%.*s]}", (int)bad.n, bad.p, (int)good.n, good.p));
	CHECK(w.events[IDP_KEY_LEAKED] == 1);
	CHECK_OK(look(&w, ARN1, "ec256"));
	CHECK_RC(look(&w, ARN1, "leak"), FG_E_NOT_FOUND);
}

static void
a_document_over_its_size_is_no_document(void)
{
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");
	char *big = fg_arena_alloc(w.a, IDP_DATA_BYTES);

	put(&w, &r);
	CHECK(asked(&w));
	memset(big, ' ', IDP_DATA_BYTES);
	for (int i = 0; i < 9; i++) {
		struct idp_answer part = { .id = w.last.id, .part = IDP_PART_DATA, .data = fg_str(big, IDP_DATA_BYTES) };

		say(&w, &part);
	}
	answer(&w, FG_LIT(DOC));
	CHECK(w.events[IDP_FETCH_FAILED] == 1);
	CHECK(!asked(&w));
}

static void
numbers_are_told(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(65536);
	struct idp_stats n;
	WORLD;
	struct store_oidc one = row(ARN1, URL, ""), two = row(ARN2, URL, "{\"keys\":[]}");

	put(&w, &one);
	put(&w, &two);
	serve(&w, "rsa2048");
	idp_stats_read(w.idp, &n);
	CHECK(n.providers == 2 && n.sources == 1 && n.uploads == 1 && n.fetches == 2 && n.swaps == 1);
	idp_metrics(w.idp, &b);
	fg_buf_putc(&b, '\0');
	CHECK(strstr(b.p, "\nfedgate_idp_fetches_total 2\n") != NULL);
	CHECK(strstr(b.p, "\nfedgate_idp_issuers_unwell{state=\"stale\"} 0\n") != NULL);
}

static void
drop_kids(struct world *w, const char *arn, const char *const *kids)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	struct fg_str account = fg_sub(fg_str_z(arn), 13, 25);
	struct fg_buf b = FG_BUF_ARENA(w->a, 4096);

	for (; *kids != NULL; kids++)
		store_list_put(&b, fg_str_z(*kids));
	CHECK_OK(store_begin(w->st, &tx, &w->box.err));
	CHECK_OK(store_setting_put(tx, account, fg_arena_fmt(w->a, IDP_DROPPED "%s", arn), b.n == 0 ? FG_LIT("") : fg_buf_str(&b),
	    &w->box.err));
	CHECK_OK(store_commit(FG_STEAL(tx), &w->box.err));
	idp_tick(w->idp, clock_ms);
}

static void
bound(struct world *w, const char *arn, const char *seconds)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;

	CHECK_OK(store_begin(w->st, &tx, &w->box.err));
	CHECK_OK(store_setting_put(tx, fg_sub(fg_str_z(arn), 13, 25), fg_arena_fmt(w->a, IDP_STALE "%s", arn),
	    fg_str_z(seconds), &w->box.err));
	CHECK_OK(store_commit(FG_STEAL(tx), &w->box.err));
	idp_tick(w->idp, clock_ms);
}

/* Time without the issuer, and a look at each minute. */
static void
away(struct world *w, int64_t ms)
{
	for (int64_t end = clock_ms + ms; clock_ms < end;) {
		pass(w, 30 * 1000);
		while (asked(w))
			fail(w, IDP_OUT_CONNECT, 0);
	}
}

/* The operator's bound holds for one provider, at once, also while its issuer is away already. */
static void
the_stale_bound_is_the_providers_own(void)
{
	WORLD;
	struct store_oidc one = row(ARN1, URL, ""), two = row(ARN2, URL, "");

	put(&w, &one);
	put(&w, &two);
	serve(&w, "rsa2048");
	away(&w, 3600 * 1000);
	bound(&w, ARN1, "7200");
	CHECK_OK(look(&w, ARN1, "rsa2048"));
	away(&w, 3600 * 1000 - 60 * 1000);
	CHECK_OK(look(&w, ARN1, "rsa2048"));
	away(&w, 120 * 1000);
	CHECK_RC(look(&w, ARN1, "rsa2048"), FG_E_IDP);
	CHECK_OK(look(&w, ARN2, "rsa2048"));
	bound(&w, ARN2, "60"); /* it is over already */
	idp_tick(w.idp, clock_ms);
	CHECK_RC(look(&w, ARN2, "rsa2048"), FG_E_IDP);
}

static void
serve_two(struct world *w)
{
	CHECK(asked(w));
	answer(w, FG_LIT(DOC));
	CHECK(asked(w));
	answer(w, mint_jwks(w->a, (const char *const[]){ "rsa2048", "ec256", NULL }));
}

/* At once, before any fetch; for this provider alone; for every later set; until it is taken back. */
static void
a_dropped_kid_is_gone_whatever_the_issuer_says(void)
{
	WORLD;
	struct store_oidc one = row(ARN1, URL, ""), two = row(ARN2, URL, "");

	put(&w, &one);
	put(&w, &two);
	serve_two(&w);
	drop_kids(&w, ARN1, (const char *const[]){ "rsa2048", NULL });
	CHECK_RC(look(&w, ARN1, "rsa2048"), FG_E_NOT_FOUND);
	CHECK_OK(look(&w, ARN1, "ec256"));
	CHECK_OK(look(&w, ARN2, "rsa2048"));
	serve_two(&w);
	CHECK_RC(look(&w, ARN1, "rsa2048"), FG_E_NOT_FOUND);
	CHECK_OK(look(&w, ARN1, "ec256"));
	/* the last one as well: then there is none, which is no reason to go on with the others */
	drop_kids(&w, ARN1, (const char *const[]){ "rsa2048", "ec256", NULL });
	CHECK_RC(look(&w, ARN1, "ec256"), FG_E_KEY);
	serve_two(&w);
	CHECK_RC(look(&w, ARN1, "ec256"), FG_E_IDP);
	drop_kids(&w, ARN1, (const char *const[]){ NULL });
	CHECK_OK(look(&w, ARN1, "rsa2048"));
	CHECK_OK(look(&w, ARN1, "ec256"));
}

static void
a_kid_is_dropped_from_an_upload_too(void)
{
	WORLD;
	struct fg_str upload = fg_arena_dup(w.a, mint_jwks(w.a, (const char *const[]){ "rsa2048", "ec256", NULL }));
	struct store_oidc r = row(ARN1, URL, upload.p);

	put(&w, &r);
	CHECK_OK(look(&w, ARN1, "rsa2048"));
	drop_kids(&w, ARN1, (const char *const[]){ "rsa2048", NULL });
	CHECK_RC(look(&w, ARN1, "rsa2048"), FG_E_NOT_FOUND);
	CHECK_OK(look(&w, ARN1, "ec256"));
}

CU_TestInfo source_tests[] = {
	CASE(a_new_provider_is_fetched_at_once),
	CASE(a_rotated_set_replaces_the_old_one),
	CASE(a_bad_answer_never_replaces_a_good_set),
	CASE(stale_keys_serve_a_day_and_no_longer),
	CASE(an_issuer_that_never_answered_is_an_error_of_the_issuer),
	CASE(providers_of_one_issuer_share_its_source),
	CASE(uploads_are_never_shared),
	CASE(an_upload_made_anew_does_not_serve_the_old_keys),
	CASE(an_upload_is_replaced_with_its_row),
	CASE(keys_belong_to_the_generation_of_the_row),
	CASE(a_deleted_provider_is_forgotten),
	CASE(keys_that_move_to_another_host_are_reported),
	CASE(a_leaked_private_key_is_reported),
	CASE(a_document_over_its_size_is_no_document),
	CASE(a_dropped_kid_is_gone_whatever_the_issuer_says),
	CASE(the_stale_bound_is_the_providers_own),
	CASE(a_kid_is_dropped_from_an_upload_too),
	CASE(numbers_are_told),
	CASES_END,
};
