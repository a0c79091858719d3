/* What is done now and then: the clock is watched, epoch keys are fetched ahead of need, ended claims are forgotten. */
#include "gateway/serve/serve_int.h"

struct handover {
	struct serve_worker *w;
	struct cred_keys *keys; /* a reference; NULL: neither mint nor open */
};

static void
take_keys(struct front_worker *fw, void *arg)
{
	struct handover *h = arg;

	(void)fw;
	api_worker_keys(h->w->api, h->keys);
	cred_keys_unref(h->keys);
	free(h);
}

/* Give these keys (or none) to every worker.  A worker that cannot be told has ended. */
static enum fg_rc
hand_over(struct serve *s, struct cred_keys *keys, struct fg_err *reterr)
{
	unsigned i;

	for (i = 0; s->front != NULL && i < front_workers(s->front); i++) {
		struct handover *h;

		if (s->worker[i].front == NULL)
			continue; /* not started: it takes the keys in force when it is */
		h = calloc(1, sizeof(*h));
		if (h == NULL)
			return fg_fail(reterr, FG_E_NOMEM, "serve.keys", NULL, "hand over");
		h->w = &s->worker[i];
		h->keys = keys == NULL ? NULL : cred_keys_ref(keys);
		if (front_post(h->w->front, take_keys, h) != FG_OK) {
			cred_keys_unref(h->keys);
			free(h);
		}
	}
	return FG_OK;
}

enum fg_rc
serve_keys_refresh(struct serve *s, fg_time now, struct fg_err *reterr)
{
	struct cred_rows rows;
	struct cred_keys *keys, *old = s->keys;

	FG_TRY(cred_rows_read(s->store, &rows, reterr));
	FG_TRY(cred_client_keys(s->cred, rows.row, rows.n, now, &keys, reterr));
	s->keys = keys;
	s->keys_since = now;
	cred_keys_unref(old);
	health_set(&s->health, HEALTH_KEYS, "");
	return hand_over(s, keys, reterr);
}

static void
watch_keys(struct serve *s, fg_time now, bool changed)
{
	struct fg_err err = { 0 };

	if (s->keys != NULL && now - s->keys_since < FG_LIMIT_KEYS_REFRESH_S && !changed)
		return;
	if (serve_keys_refresh(s, now, &err) == FG_OK)
		return;
	if (s->keys == NULL || cred_keys_good_until(s->keys) <= now)
		health_set(&s->health, HEALTH_KEYS, "no epoch keys");
	if (now % 10 == 0)
		serve_warn("epoch keys: %s", err.text);
}

/* A clock that cannot be trusted: no worker mints or opens until the operator says it is right. */
static void
stop_keys(struct serve *s, const struct fg_err *why)
{
	struct fg_err err = { 0 };

	health_set(&s->health, HEALTH_CLOCK, "the clock cannot be trusted");
	if (s->keys == NULL)
		return;
	serve_warn("%s; minting and opening stop until the clock is acknowledged", why->text);
	cred_keys_unref(FG_STEAL(s->keys));
	if (hand_over(s, NULL, &err) != FG_OK)
		abort();
}

void
serve_tick(struct serve *s)
{
	struct cred_clock at;
	struct fg_err err = { 0 };
	uint64_t generation;
	fg_time now;

	if (atomic_exchange(&s->clock_acknowledged, false) && cred_clock_read(&at, &err) == FG_OK)
		cred_guard_ack(&s->guard, at);
	if (cred_clock_read(&at, &err) != FG_OK || cred_guard_check(&s->guard, at, &now, &err) != FG_OK) {
		atomic_store(&s->clock_confirmed, false);
		stop_keys(s, &err);
		return;
	}
	atomic_store(&s->clock_confirmed, cred_guard_confirmed(&s->guard));
	health_set(&s->health, HEALTH_CLOCK, "");
	generation = directory_stats(s->dir).generation;
	watch_keys(s, now, generation != s->generation);
	if (generation != s->generation && s->saml != NULL)
		idp_saml_poke(s->saml);
	s->generation = generation;
	if (now - s->swept < FG_LIMIT_SWEEP_S)
		return;
	s->swept = now;
	if (store_claim_expire(s->store, now) < 0)
		serve_warn("ended claims could not be forgotten");
	if (cred_mark_save(s->mark_path, s->guard.mark, &err) != FG_OK)
		serve_warn("clock mark: %s", err.text);
}
