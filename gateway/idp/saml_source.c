/*
 * Metadata by URL (security.md 25): asked for on a schedule, read by the parse process, and taken in
 * place of what is kept only when it is the same entity, ends no earlier, and is vouched for by the pinned
 * signer or by a key that stays.  What is not taken is held: the old document serves on.
 */
#include <stdlib.h>
#include <sys/random.h>

#include "gateway/idp/saml_int.h"

/* ---- life ---- */

static void
source_free(struct saml_source *src)
{
	if (src == NULL)
		return;
	free(src->arn);
	free(src->url);
	free(src->ca);
	free(src);
}

static char *
dup(struct fg_str s)
{
	return strndup(s.n == 0 ? "" : s.p, s.n);
}

static struct saml_source *
source_new(struct idp_saml *s, const struct saml_row *r, int64_t now)
{
	struct saml_source *src = calloc(1, sizeof(*src));
	uint64_t seed = 0;

	if (src == NULL)
		return NULL;
	src->arn = dup(r->p.arn);
	src->url = dup(r->p.url);
	src->ca = dup(r->from.ca);
	if (src->arn == NULL || src->url == NULL || src->ca == NULL) {
		source_free(src);
		return NULL;
	}
	memcpy(src->uid, r->p.uid.p, r->p.uid.n < sizeof(src->uid) ? r->p.uid.n : sizeof(src->uid) - 1);
	/* a document that nobody wrote a time for was taken when the row was written */
	src->fetched = src->noted = r->fetched != 0 ? r->fetched : r->p.metadata.n > 0 ? r->p.updated : 0;
	(void)!getrandom(&seed, sizeof(seed), GRND_NONBLOCK);
	idp_sched_init(&src->sched, now, seed);
	src->sched.pace = &s->pace;
	return src;
}

static bool
is_of(const struct saml_source *src, const struct saml_row *r)
{
	return fg_eq(fg_str_z(src->arn), r->p.arn) && fg_eq(fg_str_z(src->url), r->p.url) &&
	    fg_eq(fg_str_z(src->ca), r->from.ca) && fg_eq(fg_str_z(src->uid), r->p.uid);
}

static struct saml_source *
find(struct idp_saml *s, const struct saml_row *r)
{
	for (struct saml_source *src = s->sources; src != NULL; src = src->next) {
		if (is_of(src, r))
			return src;
	}
	return NULL;
}

static void
sweep(struct idp_saml *s)
{
	for (struct saml_source **at = &s->sources, *src; (src = *at) != NULL;) {
		if (src->wanted) {
			at = &src->next;
			continue;
		}
		*at = src->next;
		s->flights -= src->flight != 0;
		source_free(src);
	}
}

void
saml_sources_sync(struct idp_saml *s, const struct saml_row *v, size_t n, int64_t now)
{
	struct saml_source *src;

	for (src = s->sources; src != NULL; src = src->next)
		src->wanted = false;
	for (size_t i = 0; i < n; i++) {
		if (v[i].p.url.n == 0)
			continue;
		src = find(s, &v[i]);
		if (src == NULL && (src = source_new(s, &v[i], now)) != NULL) {
			src->next = s->sources;
			s->sources = src;
		}
		if (src != NULL)
			src->wanted = true;
		else
			s->unsettled = true;
	}
	sweep(s);
	for (src = s->sources; src != NULL; src = src->next)
		saml_mark_stale(s, src->arn, src->stale);
}

void
saml_sources_free(struct idp_saml *s)
{
	for (struct saml_source *src = s->sources; src != NULL; src = src->next)
		src->wanted = false;
	sweep(s);
	while (s->answers != NULL) {
		struct saml_answer *a = s->answers;

		s->answers = a->next;
		free(a->body);
		free(a);
	}
	free(s->asked);
	s->asked = NULL;
}

/* ---- asking ---- */

/* On the thread that fetches.  Whatever memory there is, the flight has landed. */
static void
landed(void *arg, struct fg_str body, int32_t max_age, const struct fg_err *err)
{
	struct saml_answer *a = arg;
	struct idp_saml *s = a->to;

	a->max_age = max_age;
	a->n = body.n;
	if (err != NULL)
		a->err = *err;
	else if ((a->body = malloc(body.n + 1)) == NULL)
		(void)fg_fail(&a->err, FG_E_NOMEM, "idp.saml.fetch", NULL, "document");
	else
		memcpy(a->body, body.n == 0 ? "" : body.p, body.n);
	pthread_mutex_lock(&s->lock);
	a->next = s->answers;
	s->answers = a;
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->lock);
}

static void
count(struct idp_saml *s, uint64_t *n)
{
	pthread_mutex_lock(&s->lock);
	++*n;
	pthread_mutex_unlock(&s->lock);
}

static void
failed(struct idp_saml *s, struct saml_source *src, int64_t now, const struct fg_err *err)
{
	idp_sched_bad(&src->sched, now);
	src->accept = false; /* the operator meant what the server gave then */
	count(s, &s->stats.failures);
	if (!src->failing)
		saml_emit(s, IDP_SAML_FETCH_FAILED, fg_str_z(src->arn), fg_str_z(src->url), err);
	src->failing = true;
}

static void
ask(struct idp_saml *s, struct saml_source *src, int64_t now)
{
	struct saml_answer *a = calloc(1, sizeof(*a));
	struct fg_err err = { .rc = FG_OK };

	idp_sched_begin(&src->sched);
	if (a != NULL) {
		a->to = s;
		src->flight = a->flight = ++s->serial;
		s->flights++;
		count(s, &s->stats.fetches);
		if (s->conf.fetch(s->conf.app, fg_str_z(src->url), fg_str_z(src->ca), landed, a))
			return;
		s->flights--;
		src->flight = 0;
		free(a);
	}
	(void)fg_fail(&err, FG_E_IDP, "idp.saml.fetch", NULL, "the fetch process takes no request");
	failed(s, src, now, &err);
}

/* ---- answers ---- */

static uint64_t
digest(struct fg_str doc)
{
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; i < doc.n; i++)
		h = (h ^ (unsigned char)doc.p[i]) * 1099511628211u;
	return h | 1;
}

/* May this document take the place of what is kept? */
static enum fg_rc
judge(struct idp_saml *s, const struct saml_source *src, const struct saml_row *r, struct fg_str doc,
    struct fg_arena *a, struct fg_err *reterr)
{
	struct saml_metadata_want want;
	struct saml_metadata old, fresh;

	saml_want(r, s->conf.wall(s->conf.app), &want);
	FG_TRY(s->conf.parse(s->conf.app, doc, &want, a, &fresh, reterr));
	if (r->p.metadata.n == 0 || src->accept)
		return FG_OK;
	/* what is kept may be over, or of a signer that was pinned before */
	want.now = 1;
	want.signer = FG_STR_NULL;
	FG_TRY(s->conf.parse(s->conf.app, r->p.metadata, &want, a, &old, reterr));
	return saml_metadata_succeeds(&old, &fresh, reterr);
}

/* Written down now and then, so that a restart knows how old what it has is. */
static void
note(struct idp_saml *s, struct saml_source *src, const struct saml_row *r)
{
	struct fg_err err = { .rc = FG_OK };

	if (src->fetched - src->noted < FG_LIMIT_METADATA_NOTE_S)
		return;
	if (s->conf.save(s->conf.app, &r->p, FG_STR_NULL, src->fetched, &err) == FG_OK)
		src->noted = src->fetched;
}

static void
good(struct idp_saml *s, struct saml_source *src, int32_t max_age, int64_t now)
{
	idp_sched_good(&src->sched, now, max_age);
	src->fetched = s->conf.wall(s->conf.app);
	src->held = 0;
	src->accept = false;
	if (src->failing)
		saml_emit(s, IDP_SAML_RECOVERED, fg_str_z(src->arn), fg_str_z(src->url), NULL);
	src->failing = false;
	if (src->stale)
		saml_mark_stale(s, src->arn, false);
	src->stale = false;
}

/* Told once for each document. */
static void
hold(struct idp_saml *s, struct saml_source *src, struct fg_str doc, int64_t now, const struct fg_err *err)
{
	uint64_t was = src->held;

	src->held = digest(doc);
	src->accept = false;
	idp_sched_bad(&src->sched, now);
	if (was == src->held)
		return;
	count(s, &s->stats.held_total);
	saml_emit(s, IDP_SAML_HELD, fg_str_z(src->arn), fg_str_z(src->url), err);
}

/* True when the row was written. */
static bool
document(struct idp_saml *s, struct saml_source *src, const struct saml_row *r, struct fg_str doc, int32_t max_age,
    struct fg_arena *a, int64_t now)
{
	struct fg_err err = { .rc = FG_OK };
	bool first = r->p.metadata.n == 0;

	if (fg_eq(doc, r->p.metadata)) {
		good(s, src, max_age, now);
		note(s, src, r);
		return false;
	}
	if (judge(s, src, r, doc, a, &err) != FG_OK) {
		if (fg_rc_class(err.rc) == FG_SELF)
			failed(s, src, now, &err);
		else
			hold(s, src, doc, now, &err);
		return false;
	}
	if (s->conf.save(s->conf.app, &r->p, doc, s->conf.wall(s->conf.app), &err) != FG_OK) {
		failed(s, src, now, &err);
		return false;
	}
	good(s, src, max_age, now);
	src->noted = src->fetched;
	count(s, &s->stats.changes);
	if (!first)
		saml_emit(s, IDP_SAML_CHANGED, fg_str_z(src->arn), fg_str_z(src->url), NULL);
	return true;
}

static bool
take(struct idp_saml *s, struct saml_source *src, struct saml_answer *an, int64_t now)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(2 * FG_LIMIT_IDP_SAML_BYTES);
	struct saml_row r;

	s->flights--;
	src->flight = 0;
	if (an->err.rc == FG_OK && a == NULL)
		(void)fg_fail(&an->err, FG_E_NOMEM, "idp.saml.fetch", NULL, "arena");
	if (an->err.rc != FG_OK) {
		failed(s, src, now, &an->err);
		return false;
	}
	/* a row that was changed meanwhile has another source by the next round */
	if (!saml_row_find(s, fg_str_z(src->arn), a, &r) || !is_of(src, &r)) {
		idp_sched_bad(&src->sched, now);
		return false;
	}
	return document(s, src, &r, fg_str(an->body, an->n), an->max_age, a, now);
}

bool
saml_sources_take(struct idp_saml *s, int64_t now)
{
	struct saml_answer *list, *a;
	struct saml_source *src;
	bool written = false;

	pthread_mutex_lock(&s->lock);
	list = s->answers;
	s->answers = NULL;
	pthread_mutex_unlock(&s->lock);
	while ((a = list) != NULL) {
		list = a->next;
		for (src = s->sources; src != NULL && src->flight != a->flight; src = src->next)
			;
		if (src != NULL)
			written |= take(s, src, a, now);
		free(a->body);
		free(a);
	}
	return written;
}

/* ---- time ---- */

/* What was not confirmed for so long vouches for nobody (the same without a fetch: see validUntil). */
static void
age(struct idp_saml *s, struct saml_source *src)
{
	struct fg_err err = { .rc = FG_OK };

	if (src->stale || src->fetched == 0 ||
	    s->conf.wall(s->conf.app) - src->fetched < FG_LIMIT_METADATA_STALE_S)
		return;
	src->stale = true;
	saml_mark_stale(s, src->arn, true);
	(void)fg_fail(&err, FG_E_IDP, "idp.saml.stale", NULL, "the metadata was not confirmed for %lld days",
	    (long long)(FG_LIMIT_METADATA_STALE_S / 86400));
	saml_emit(s, IDP_SAML_STALE, fg_str_z(src->arn), fg_str_z(src->url), &err);
}

/* The operator asked for one. */
static void
asked(struct idp_saml *s, int64_t now)
{
	bool accept;
	char *arn;

	pthread_mutex_lock(&s->lock);
	arn = s->asked;
	accept = s->asked_accept;
	s->asked = NULL;
	pthread_mutex_unlock(&s->lock);
	for (struct saml_source *src = s->sources; arn != NULL && src != NULL; src = src->next) {
		if (strcmp(src->arn, arn) != 0)
			continue;
		src->accept = accept;
		src->sched.refresh = src->sched.retry = now;
	}
	free(arn);
}

int64_t
saml_sources_tick(struct idp_saml *s, int64_t now)
{
	int64_t next = IDP_NEVER, at;
	struct idp_saml_stats n = { .urls = 0 };

	asked(s, now);
	for (struct saml_source *src = s->sources; src != NULL; src = src->next) {
		age(s, src);
		if (idp_sched_due(&src->sched, now) && s->flights < FG_LIMIT_METADATA_AT_ONCE)
			ask(s, src, now);
		at = idp_sched_next(&src->sched);
		next = at < next ? at : next;
		n.urls++;
		n.held += src->held != 0;
		n.stale += src->stale;
	}
	pthread_mutex_lock(&s->lock);
	s->stats.urls = n.urls;
	s->stats.held = n.held;
	s->stats.stale = n.stale;
	pthread_mutex_unlock(&s->lock);
	/* what is due and found no room goes on when an answer comes, or soon */
	return next <= now ? now + 50 : next;
}
