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
	cred_keys_gate(keys, s->version);
	s->keys = keys;
	s->keys_since = now;
	cred_keys_unref(old);
	health_set(&s->health, HEALTH_KEYS, "");
	return hand_over(s, keys, reterr);
}

/* A key that waited for the last node to hold it seals now. */
static void
watch_staged(struct serve *s, fg_time now, const struct cred_nodes *nodes)
{
	const struct cred_evidence ev = { .now = now, .clock_ok = cred_guard_confirmed(&s->guard) };
	struct cred_ring_entry e[CRED_RING_MAX];
	struct fg_err err = { 0 };
	size_t n, changed;

	if (cred_client_list(s->cred, e, &n, &err) != FG_OK ||
	    cred_rows_sync(s->store, e, n, nodes, &ev, &changed, &err) != FG_OK)
		serve_warn("staged keys: %s", err.text);
}

/* A moment without cred is a restart of it; more than that, and the ring may be gone. */
static void
watch_ring(struct serve *s, fg_time now, enum fg_rc rc)
{
	if (rc == FG_E_STORE)
		return;
	if (rc == FG_OK) {
		if (s->lost != 0 && s->keys != NULL)
			health_set(&s->health, HEALTH_KEYS, "");
		s->lost = 0;
		return;
	}
	if (s->lost == 0)
		s->lost = now;
	if (now - s->lost >= FG_LIMIT_RING_LOST_S)
		health_set(&s->health, HEALTH_KEYS, "the key ring does not answer");
}

/*
 * Say that this node is up, and look at the others: the least that they open is what is sealed.  When
 * that cannot be told, nothing changes: a node that starts has said so, and waits, before it serves.
 */
static void
watch_nodes(struct serve *s, fg_time now, bool *ret_changed)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_REQUEST_BYTES);
	struct fg_err err = { 0 };
	struct cred_nodes nodes;
	unsigned version;
	enum fg_rc rc;

	if (a == NULL || (s->beat != 0 && now - s->beat < FG_LIMIT_NODE_BEAT_S))
		return;
	rc = cred_node_beat(s->store, s->cred, &s->node, now, &err);
	watch_ring(s, now, rc);
	if (rc != FG_OK ||
	    cred_nodes_read(s->store, now, cred_guard_confirmed(&s->guard), a, &nodes, &err) != FG_OK) {
		if (now % 10 == 0)
			serve_warn("nodes: %s", err.text);
		return;
	}
	s->beat = now;
	watch_staged(s, now, &nodes);
	version = cred_nodes_version(&nodes);
	*ret_changed |= version != s->version;
	if (version != CRED_TOKEN_VERSION && version != s->version)
		serve_warn("a node opens tokens of version %u only: this one does not mint", version);
	s->version = version;
}

/* Rows that an unfinished pass left under an older row key. */
static void
watch_rows(struct serve *s)
{
	struct fg_err err = { 0 };
	size_t done;

	if (s->anew && cred_rows_anew(s->store, s->cred, FG_LIMIT_ROWS_ANEW, &done, &s->anew, &err) != FG_OK) {
		s->anew = false; /* again with the next sweep */
		serve_warn("rows of an older key: %s", err.text);
	}
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
	bool changed;
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
	changed = generation != s->generation;
	watch_nodes(s, now, &changed);
	watch_keys(s, now, changed);
	watch_rows(s);
	if (generation != s->generation && s->saml != NULL)
		idp_saml_poke(s->saml);
	s->generation = generation;
	serve_used_tick(s, now);
	if (now - s->swept < FG_LIMIT_SWEEP_S)
		return;
	s->swept = now;
	s->anew = true;
	serve_bootstrap(s, now);
	serve_tend_outbound(s, now);
	if (store_claim_expire(s->store, now) < 0)
		serve_warn("ended claims could not be forgotten");
	if (cred_mark_save(s->mark_path, s->guard.mark, &err) != FG_OK)
		serve_warn("clock mark: %s", err.text);
}
