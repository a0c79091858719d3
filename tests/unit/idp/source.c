/* The gateway's side, turned by hand: this test is the clock and the fetch process. */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/idp/tests.h"
#include "tests/unit/store/fixture.h"

#define URL "https://token.example.com/acme"
#define ARN(account) "arn:aws:iam::" account ":oidc-provider/token.example.com/acme"
#define ARN1 ARN("111122223333")
#define ARN2 ARN("444455556666")
#define DOC "{\"issuer\":\"" URL "\",\"jwks_uri\":\"https://keys.example.com/jwks\"}"

static int64_t clock_ms;

static int64_t
fake_clock(void)
{
	return clock_ms;
}

struct world {
	struct box box;
	struct store *st;
	struct directory *d;
	struct idp *idp;
	int fetch; /* our end */
	struct fg_arena *a;
	unsigned events[IDP_EVENT_MAX];
	unsigned done;
	struct idp_request last; /* of the fetch process */
	char url[256];
};

static void
on_event(void *app, const struct idp_event *e)
{
	struct world *w = app;

	w->events[e->kind]++;
}

static void
on_done(void *arg)
{
	struct world *w = arg;

	w->done++;
}

static void
world_open(struct world *w)
{
	int fd[2];
	struct idp_config c = { .app = w, .event = on_event };

	memset(w, 0, sizeof(*w));
	clock_ms = 1000000;
	box_open(&w->box);
	w->a = fg_arena_new(8 * 1024 * 1024);
	{
		const struct store_opts o = box_opts(&w->box, STORE_CREATE);

		CHECK_OK(store_open(&o, &w->st, &w->box.err));
	}
	CHECK_OK(directory_new(&w->d, &w->box.err));
	CHECK_OK(directory_load(w->d, w->st, &w->box.err));
	CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd) == 0);
	w->fetch = fd[1];
	c.fetch_fd = fd[0];
	c.directory = w->d;
	CHECK_OK(idp_new(&c, fake_clock, &w->idp, &w->box.err));
	CHECK_OK(fill(&w->box, w->st, A1, 0));
	CHECK_OK(fill(&w->box, w->st, A2, 0));
	CU_ASSERT_PTR_NOT_NULL_FATAL(w->idp);
}

static void
world_close(struct world *w)
{
	int fd = w->idp->conf.fetch_fd;

	idp_close(w->idp);
	directory_free(w->d);
	store_close(w->st);
	close(fd);
	close(w->fetch);
	fg_arena_free(w->a);
	box_close(&w->box);
}

#define WORLD                                                                                    \
	FG_AUTO(world_close) struct world w;                                                     \
	world_open(&w)

static struct store_oidc
row(const char *arn, const char *url, const char *jwks)
{
	return (struct store_oidc){ .account = fg_sub(fg_str_z(arn), 13, 25), .arn = fg_str_z(arn), .url = fg_str_z(url),
		.client_ids = FG_LIT(""), .thumbprints = FG_LIT(""), .algorithms = FG_LIT(""), .jwks = fg_str_z(jwks),
		.ca = FG_LIT(""), .tags = FG_LIT(""), .generation = 1 };
}

static void
put(struct world *w, const struct store_oidc *r)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;

	CHECK_OK(store_begin(w->st, &tx, &w->box.err));
	CHECK_OK(store_put(tx, STORE_OIDC, r, &w->box.err));
	CHECK_OK(store_commit(FG_STEAL(tx), &w->box.err));
	idp_tick(w->idp, clock_ms);
}

static void
drop(struct world *w, const struct store_oidc *r)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;

	CHECK_OK(store_begin(w->st, &tx, &w->box.err));
	CHECK_OK(store_delete(tx, STORE_OIDC, r, &w->box.err));
	CHECK_OK(store_commit(FG_STEAL(tx), &w->box.err));
	idp_tick(w->idp, clock_ms);
}

/* The next request, as the fetch process gets it; false when there is none. */
static bool
asked(struct world *w)
{
	static char msg[100 * 1024];
	ssize_t n = recv(w->fetch, msg, sizeof(msg), MSG_DONTWAIT);

	if (n <= 0)
		return false;
	CHECK(idp_request_read(fg_str(msg, (size_t)n), &w->last));
	snprintf(w->url, sizeof(w->url), "%.*s", FG_PRI(w->last.url));
	return true;
}

static bool
asked_for(struct world *w, const char *url)
{
	bool is = asked(w) && strcmp(w->url, url) == 0;

	if (!is)
		printf("\n    asked for %s, not %s\n", w->url, url);
	return is;
}

static void
say(struct world *w, const struct idp_answer *a)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(65536);

	idp_answer_put(&b, a);
	CHECK(send(w->fetch, b.p, b.n, MSG_NOSIGNAL) == (ssize_t)b.n);
	idp_read(w->idp, clock_ms);
	idp_tick(w->idp, clock_ms);
}

static void
answer(struct world *w, struct fg_str body)
{
	struct idp_answer part = { .id = w->last.id, .part = IDP_PART_DATA, .data = body };
	struct idp_answer end = { .id = w->last.id, .part = IDP_PART_END, .outcome = IDP_OUT_OK, .status = 200, .max_age = -1 };

	say(w, &part);
	say(w, &end);
}

static void
fail(struct world *w, enum idp_outcome o, uint16_t status)
{
	struct idp_answer end = { .id = w->last.id, .part = IDP_PART_END, .outcome = o, .status = status, .max_age = -1 };

	say(w, &end);
}

static struct fg_str
keys(struct world *w, const char *key)
{
	return mint_jwks(w->a, (const char *const[]){ key, NULL });
}

/* Both documents. */
static void
serve(struct world *w, const char *key)
{
	CHECK(asked_for(w, URL "/.well-known/openid-configuration"));
	answer(w, FG_LIT(DOC));
	CHECK(asked_for(w, "https://keys.example.com/jwks"));
	answer(w, keys(w, key));
}

static enum fg_rc
look(struct world *w, const char *arn, const char *kid)
{
	const struct directory_oidc *p;
	const struct oidc_jwks *set;
	enum fg_rc rc = FG_OK;

	fg_err_clear(&w->box.err);
	directory_enter();
	p = directory_oidc_find(w->d, fg_str_z(arn));
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	set = idp_keys(w->idp, p, &w->box.err);
	if (set == NULL)
		rc = w->box.err.rc;
	else if (oidc_jwks_find(set, fg_str_z(kid)) == NULL)
		rc = FG_E_NOT_FOUND;
	directory_leave();
	return rc;
}

static bool
wait_for_kid(struct world *w, const char *arn, const char *kid)
{
	const struct directory_oidc *p;
	bool waits;

	directory_enter();
	p = directory_oidc_find(w->d, fg_str_z(arn));
	waits = idp_wait_kid(w->idp, p, fg_str_z(kid), on_done, w);
	directory_leave();
	idp_tick(w->idp, clock_ms);
	return waits;
}

static void
pass(struct world *w, int64_t ms)
{
	clock_ms += ms;
	idp_tick(w->idp, clock_ms);
}

/* ---- tests ---- */

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
	CHECK(w.events[IDP_KEYS_CHANGED] == 0);
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
an_unknown_kid_is_fetched_once_for_all_who_wait(void)
{
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");

	put(&w, &r);
	serve(&w, "rsa2048");
	for (int i = 0; i < 50; i++)
		CHECK(wait_for_kid(&w, ARN1, "ec256"));
	CHECK(w.done == 0);
	/* the key set alone, at the place that is known */
	CHECK(asked_for(&w, "https://keys.example.com/jwks"));
	CHECK(!asked(&w));
	answer(&w, keys(&w, "ec256"));
	CHECK(w.done == 50);
	CHECK_OK(look(&w, ARN1, "ec256"));
	CHECK(w.idp->stats.kid_fetches == 1 && w.idp->stats.waits == 50);
}

static void
random_kids_cost_two_fetches(void)
{
	unsigned fetched = 0;
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");

	put(&w, &r);
	serve(&w, "rsa2048");
	for (int i = 0; i < 2000; i++) {
		char kid[32];

		snprintf(kid, sizeof(kid), "random-%d", i);
		(void)wait_for_kid(&w, ARN1, kid);
		pass(&w, 5);
		while (asked(&w)) {
			fetched++;
			answer(&w, keys(&w, "rsa2048"));
		}
		CHECK_OK(look(&w, ARN1, "rsa2048"));
	}
	CHECK(fetched == 2);
	CHECK(w.done == w.idp->stats.waits);
}

static void
a_kid_that_is_not_there_is_remembered(void)
{
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");

	put(&w, &r);
	serve(&w, "rsa2048");
	CHECK(wait_for_kid(&w, ARN1, "ghost"));
	CHECK(asked(&w));
	answer(&w, keys(&w, "rsa2048"));
	CHECK(w.done == 1);
	CHECK(!wait_for_kid(&w, ARN1, "ghost"));
	CHECK(!asked(&w));
	CHECK(w.idp->stats.kid_unknown == 1);
	/* a new set clears what was remembered */
	CHECK(wait_for_kid(&w, ARN1, "other"));
	CHECK(asked(&w));
	answer(&w, keys(&w, "ec256"));
	pass(&w, 31 * 1000);
	CHECK(wait_for_kid(&w, ARN1, "ghost"));
	CHECK(asked(&w));
	answer(&w, keys(&w, "ec256"));
	pass(&w, 31 * 1000);
	CHECK(!wait_for_kid(&w, ARN1, "ghost"));
	pass(&w, 30 * 1000);
	CHECK(wait_for_kid(&w, ARN1, "ghost"));
}

static void
nobody_waits_longer_than_a_second(void)
{
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");

	put(&w, &r);
	serve(&w, "rsa2048");
	CHECK(wait_for_kid(&w, ARN1, "ec256"));
	CHECK(asked(&w));
	pass(&w, 999);
	CHECK(w.done == 0);
	CHECK(wait_for_kid(&w, ARN1, "ec256"));
	pass(&w, 1);
	CHECK(w.done == 1);
	CHECK(w.idp->stats.timeouts == 1);
	answer(&w, keys(&w, "ec256"));
	CHECK(w.done == 2);
	CHECK_OK(look(&w, ARN1, "ec256"));
}

static void
a_request_may_wait_for_the_first_fetch(void)
{
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");

	put(&w, &r);
	CHECK(wait_for_kid(&w, ARN1, "rsa2048"));
	serve(&w, "rsa2048");
	CHECK(w.done == 1);
	CHECK_OK(look(&w, ARN1, "rsa2048"));
}

/* A row that the thread has not seen yet: the request waits for both. */
static void
a_request_may_wait_for_a_provider_that_was_just_written(void)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	WORLD;
	struct store_oidc r = row(ARN1, URL, "");

	CHECK_OK(store_begin(w.st, &tx, &w.box.err));
	CHECK_OK(store_put(tx, STORE_OIDC, &r, &w.box.err));
	CHECK_OK(store_commit(FG_STEAL(tx), &w.box.err));
	CHECK_RC(look(&w, ARN1, "x"), FG_E_KEY);
	CHECK(wait_for_kid(&w, ARN1, "rsa2048"));
	serve(&w, "rsa2048");
	CHECK(w.done == 1);
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
	CHECK(strstr(b.p, "fedgate_idp_fetches_total 2\n") != NULL);
	CHECK(strstr(b.p, "fedgate_idp_issuers_unwell{state=\"stale\"} 0\n") != NULL);
}

CU_TestInfo source_tests[] = {
	CASE(a_new_provider_is_fetched_at_once),
	CASE(a_rotated_set_replaces_the_old_one),
	CASE(a_bad_answer_never_replaces_a_good_set),
	CASE(stale_keys_serve_a_day_and_no_longer),
	CASE(an_issuer_that_never_answered_is_an_error_of_the_issuer),
	CASE(an_unknown_kid_is_fetched_once_for_all_who_wait),
	CASE(random_kids_cost_two_fetches),
	CASE(a_kid_that_is_not_there_is_remembered),
	CASE(nobody_waits_longer_than_a_second),
	CASE(a_request_may_wait_for_the_first_fetch),
	CASE(a_request_may_wait_for_a_provider_that_was_just_written),
	CASE(providers_of_one_issuer_share_its_source),
	CASE(uploads_are_never_shared),
	CASE(an_upload_is_replaced_with_its_row),
	CASE(keys_belong_to_the_generation_of_the_row),
	CASE(a_deleted_provider_is_forgotten),
	CASE(keys_that_move_to_another_host_are_reported),
	CASE(a_leaked_private_key_is_reported),
	CASE(a_document_over_its_size_is_no_document),
	CASE(numbers_are_told),
	CASES_END,
};
