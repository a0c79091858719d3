/* One issuer, or one uploaded set: documents in, a key set out.  On idp's thread only. */
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <openssl/evp.h>

#include "gateway/idp/idp_int.h"

/* ---- life ---- */

static void
hash_part(EVP_MD_CTX *ctx, struct fg_str s)
{
	uint64_t n = s.n;

	EVP_DigestUpdate(ctx, &n, sizeof(n));
	EVP_DigestUpdate(ctx, s.n == 0 ? "" : s.p, s.n);
}

/*
 * The identity of a source (security rule 9): what it is fetched from and how that is trusted; of
 * an upload the provider's own ARN, its generation and its keys, so that nobody else ever meets it,
 * nor a provider that was deleted and made anew under the same name.
 */
bool
idp_source_key(const struct directory_oidc *p, const struct idp_word *word, unsigned char key[32])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct fg_str generation = fg_str(&p->generation, sizeof(p->generation));
	unsigned n = 0;
	bool ok;

	if (ctx == NULL || EVP_DigestInit_ex2(ctx, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(ctx);
		return false;
	}
	hash_part(ctx, p->jwks.n > 0 ? FG_LIT("upload") : FG_LIT("fetch"));
	hash_part(ctx, p->jwks.n > 0 ? p->arn : p->url);
	hash_part(ctx, p->jwks.n > 0 ? generation : p->ca);
	hash_part(ctx, p->jwks);
	hash_part(ctx, word->dropped);
	hash_part(ctx, word->stale);
	for (size_t i = 0; i < p->nthumbprints; i++)
		hash_part(ctx, p->thumbprints[i]);
	ok = EVP_DigestFinal_ex(ctx, key, &n) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

static bool
read_thumbs(struct idp_source *s, const struct directory_oidc *p)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = NULL;
	struct fg_str bytes;

	if (p->nthumbprints == 0)
		return true;
	a = fg_arena_new(16384);
	for (size_t i = 0; a != NULL && i < p->nthumbprints && s->nthumb < FG_LIMIT_THUMBPRINTS; i++)
		if (fg_hex(a, p->thumbprints[i], &bytes) && bytes.n == IDP_THUMB)
			memcpy(s->thumb[s->nthumb++], bytes.p, IDP_THUMB);
	return a != NULL;
}

static void
take_upload(struct idp *idp, struct idp_source *s, struct fg_str doc)
{
	struct fg_err err = { .rc = FG_OK };
	bool changed;

	if (idp_set_take(idp, s, doc, &changed, &err) == FG_OK) {
		atomic_store(&s->state, IDP_STATE_FRESH);
		idp_emit(idp, IDP_KEYS_LOADED, s, NULL);
		return;
	}
	atomic_store(&s->failing, true);
	idp_emit(idp, IDP_UPLOAD_BAD, s, &err);
}

static bool
copy_fields(struct idp_source *s, const struct directory_oidc *p, struct fg_str dropped)
{
	s->issuer = strndup(p->url.p, p->url.n);
	s->ca = strndup(p->ca.n == 0 ? "" : p->ca.p, p->ca.n);
	s->dropped = malloc(dropped.n + 1);
	s->dropped_n = dropped.n;
	if (s->issuer == NULL || s->ca == NULL || s->dropped == NULL)
		return false;
	memcpy(s->dropped, dropped.n == 0 ? "" : dropped.p, dropped.n);
	return read_thumbs(s, p);
}

struct idp_source *
idp_source_new(struct idp *idp, const struct directory_oidc *p, const struct idp_word *word,
    const unsigned char key[32], int64_t now)
{
	struct idp_source *s = calloc(1, sizeof(*s));
	uint64_t seed = 0, stale;

	if (s == NULL)
		return NULL;
	memcpy(s->key, key, sizeof(s->key));
	s->upload = p->jwks.n > 0;
	s->body = (struct fg_buf)FG_BUF(FG_LIMIT_JWKS_BYTES);
	if (!copy_fields(s, p, word->dropped)) {
		idp_source_free(idp, s);
		return NULL;
	}
	(void)!getrandom(&seed, sizeof(seed), GRND_NONBLOCK);
	idp_sched_init(&s->sched, now, seed);
	if (fg_u64(word->stale, &stale) && stale <= FG_LIMIT_IDP_STALE_MAX_S)
		s->sched.stale = (int64_t)stale * 1000;
	if (s->upload)
		take_upload(idp, s, p->jwks);
	else
		idp_set_inherit(idp, s);
	return s;
}

void
idp_source_free(struct idp *idp, struct idp_source *s)
{
	if (s == NULL)
		return;
	idp_waiters_end(idp, &s->waiter, 0, true);
	if (s->request != 0)
		idp->inflight--;
	idp_set_publish(s, NULL);
	fg_buf_free(&s->body);
	free(s->issuer);
	free(s->ca);
	free(s->jwks_uri);
	free(s->dropped);
	free(s);
}

/* ---- asking ---- */

/* False: the link is full or gone. */
static bool
ask(struct idp *idp, struct idp_source *s, struct fg_str url, int64_t now)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(96 * 1024);
	struct idp_request r = { .id = ++idp->last_id, .max_bytes = FG_LIMIT_JWKS_BYTES,
		.timeout_ms = FG_LIMIT_FETCH_MS, .url = url, .ca = fg_str_z(s->ca), .nthumb = s->nthumb };
	struct fg_str msg;

	memcpy(r.thumb, s->thumb, sizeof(r.thumb));
	idp_request_put(&b, &r);
	if (fg_buf_end(&b, &msg) != FG_OK || idp->conf.fetch_fd < 0 ||
	    send(idp->conf.fetch_fd, msg.p, msg.n, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return false;
	s->request = r.id;
	s->deadline = now + FG_LIMIT_FETCH_LOST_MS;
	fg_buf_reset(&s->body);
	s->body.bad = FG_OK;
	idp->inflight++;
	pthread_mutex_lock(&idp->lock);
	idp->stats.fetches++;
	pthread_mutex_unlock(&idp->lock);
	return true;
}

static bool
ask_discovery(struct idp *idp, struct idp_source *s, int64_t now)
{
	struct fg_str url;
	bool ok;

	fg_arena_reset(idp->arena);
	url = oidc_discovery_url(idp->arena, fg_str_z(s->issuer));
	s->phase = IDP_PHASE_DISCOVERY;
	ok = url.p != NULL && ask(idp, s, url, now);
	return ok;
}

static bool
ask_keys(struct idp *idp, struct idp_source *s, int64_t now)
{
	s->phase = IDP_PHASE_KEYS;
	return ask(idp, s, fg_str_z(s->jwks_uri), now);
}

/* ---- how a fetch ends ---- */

static void
done_waiting(struct idp *idp, struct idp_source *s)
{
	idp_waiters_end(idp, &s->waiter, 0, true);
}

static void
failed(struct idp *idp, struct idp_source *s, int64_t now, const struct fg_err *err)
{
	bool first = !atomic_load(&s->failing);

	s->phase = IDP_PHASE_IDLE;
	pthread_mutex_lock(&idp->lock);
	idp_sched_bad(&s->sched, now);
	idp->stats.failures++;
	pthread_mutex_unlock(&idp->lock);
	atomic_store(&s->failing, true);
	if (first)
		idp_emit(idp, IDP_FETCH_FAILED, s, err);
	done_waiting(idp, s);
}

/* Kids that were waited for and are not in the good new set do not exist, for a while. */
static void
note_negatives(struct idp *idp, struct idp_source *s, bool changed, int64_t now)
{
	const struct oidc_jwks *keys = idp_source_set(s);

	pthread_mutex_lock(&idp->lock);
	if (changed)
		idp_negative_clear(&s->negatives);
	for (const struct idp_waiter *w = s->waiter; w != NULL; w = w->next) {
		bool there = false;

		for (size_t i = 0; i < oidc_jwks_count(keys); i++)
			there = there || fg_hash(oidc_key_kid(oidc_jwks_at(keys, i)), idp->hash_key) == w->kid;
		if (!there && w->kid != 0)
			idp_negative_add(&s->negatives, w->kid, now);
	}
	pthread_mutex_unlock(&idp->lock);
}

static void
succeeded(struct idp *idp, struct idp_source *s, bool changed, int32_t max_age, int64_t now)
{
	bool first = atomic_load(&s->state) == IDP_STATE_NONE, recovered;

	s->phase = IDP_PHASE_IDLE;
	recovered = atomic_exchange(&s->failing, false);
	atomic_store(&s->state, IDP_STATE_FRESH);
	pthread_mutex_lock(&idp->lock);
	idp_sched_good(&s->sched, now, max_age);
	idp->stats.swaps += changed;
	pthread_mutex_unlock(&idp->lock);
	note_negatives(idp, s, changed, now);
	if (recovered)
		idp_emit(idp, IDP_RECOVERED, s, NULL);
	if (changed)
		idp_emit(idp, first ? IDP_KEYS_LOADED : IDP_KEYS_CHANGED, s, NULL);
	done_waiting(idp, s);
}

static bool
same_host(const char *a, struct fg_str b)
{
	struct oidc_url x, y;

	return oidc_url_parse(fg_str_z(a), &x) && oidc_url_parse(b, &y) && fg_eq_icase(x.host, y.host) &&
	    x.port == y.port;
}

static enum fg_rc
take_discovery(struct idp *idp, struct idp_source *s, int64_t now, struct fg_err *reterr)
{
	struct oidc_discovery d;
	char *uri;
	bool moved;

	fg_arena_reset(idp->arena);
	FG_TRY(oidc_discovery_parse(idp->arena, fg_buf_str(&s->body), fg_str_z(s->issuer), 0, &d, reterr));
	uri = strndup(d.jwks_uri.p, d.jwks_uri.n);
	if (uri == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "idp.discovery", NULL, "jwks_uri");
	moved = s->jwks_uri != NULL && !same_host(s->jwks_uri, fg_str_z(uri));
	free(s->jwks_uri);
	s->jwks_uri = uri;
	if (moved)
		idp_emit(idp, IDP_HOST_CHANGED, s, NULL);
	if (!ask_keys(idp, s, now))
		return fg_fail(reterr, FG_E_IDP, "idp.fetch.link", NULL, "the fetch process takes no request");
	return FG_OK;
}

static enum fg_rc
take_document(struct idp *idp, struct idp_source *s, const struct idp_answer *a, int64_t now,
    struct fg_err *reterr)
{
	bool changed = false;

	if (a->outcome != IDP_OUT_OK)
		return fg_fail(reterr, FG_E_IDP, "idp.fetch", NULL, "%s: %s%s%u",
		    s->phase == IDP_PHASE_KEYS ? "key set" : "discovery document", idp_outcome_text(a->outcome),
		    a->outcome == IDP_OUT_STATUS ? " but " : ", status ", a->status);
	if (s->body.bad != FG_OK)
		return fg_fail(reterr, FG_E_LIMIT, "idp.fetch", NULL, "document is too large");
	if (s->phase == IDP_PHASE_DISCOVERY)
		return take_discovery(idp, s, now, reterr);
	FG_TRY(idp_set_take(idp, s, fg_buf_str(&s->body), &changed, reterr));
	succeeded(idp, s, changed, a->max_age, now);
	return FG_OK;
}

void
idp_source_answer(struct idp *idp, struct idp_source *s, const struct idp_answer *a, int64_t now)
{
	struct fg_err err = { .rc = FG_OK };

	if (a->part == IDP_PART_DATA) {
		fg_buf_put(&s->body, a->data);
		return;
	}
	s->request = 0;
	idp->inflight--;
	if (take_document(idp, s, a, now, &err) != FG_OK)
		failed(idp, s, now, &err);
}

/* ---- time ---- */

static void
begin(struct idp *idp, struct idp_source *s, bool keys_only, int64_t now)
{
	struct fg_err err = { .rc = FG_OK };
	bool ok = keys_only && s->jwks_uri != NULL ? ask_keys(idp, s, now) : ask_discovery(idp, s, now);

	if (ok)
		return;
	(void)fg_fail(&err, FG_E_IDP, "idp.fetch.link", NULL, "the fetch process takes no request");
	failed(idp, s, now, &err);
}

void
idp_source_kid(struct idp *idp, struct idp_source *s, int64_t now)
{
	begin(idp, s, true, now);
}

static void
lost(struct idp *idp, struct idp_source *s, int64_t now)
{
	struct fg_err err = { .rc = FG_OK };

	s->request = 0;
	idp->inflight--;
	pthread_mutex_lock(&idp->lock);
	idp->stats.lost++;
	pthread_mutex_unlock(&idp->lock);
	(void)fg_fail(&err, FG_E_IDP, "idp.fetch.lost", NULL, "the fetch process did not answer");
	failed(idp, s, now, &err);
}

/* The last good set serves until its bound, then nobody is let in. */
static void
age(struct idp *idp, struct idp_source *s, int64_t now)
{
	enum idp_state state = atomic_load(&s->state);

	if (state == IDP_STATE_FRESH && now >= s->sched.fresh)
		atomic_store(&s->state, IDP_STATE_STALE);
	if ((state == IDP_STATE_FRESH || state == IDP_STATE_STALE) && now >= s->sched.expires) {
		atomic_store(&s->state, IDP_STATE_EXPIRED);
		idp_set_publish(s, NULL);
		idp_emit(idp, IDP_KEYS_EXPIRED, s, NULL);
	}
}

void
idp_source_tick(struct idp *idp, struct idp_source *s, int64_t now)
{
	bool due, kid;

	if (s->upload)
		return;
	age(idp, s, now);
	if (s->request != 0 && now >= s->deadline)
		lost(idp, s, now);
	pthread_mutex_lock(&idp->lock);
	/* a worker took a token: busy is set, and nothing is on its way yet */
	kid = s->sched.busy && s->phase == IDP_PHASE_IDLE;
	due = !kid && idp_sched_due(&s->sched, now) && idp->inflight < FG_LIMIT_FETCH_AT_ONCE;
	if (due)
		idp_sched_begin(&s->sched);
	pthread_mutex_unlock(&idp->lock);
	if (kid || due)
		begin(idp, s, kid, now);
}

int64_t
idp_source_next(const struct idp_source *s)
{
	int64_t next = idp_sched_next(&s->sched), state;

	if (s->upload)
		return IDP_NEVER;
	if (s->request != 0 && s->deadline < next)
		next = s->deadline;
	state = atomic_load(&s->state);
	if (state == IDP_STATE_FRESH && s->sched.fresh < next)
		next = s->sched.fresh;
	if (state == IDP_STATE_STALE && s->sched.expires < next)
		next = s->sched.expires;
	return next;
}
