/* What the API asks of the rest of the gateway, on the thread of a worker. */
#include "gateway/serve/serve_int.h"

static struct serve_worker *
worker_of(const struct api_call *c)
{
	return api_worker_user(c->w);
}

/* ---- provider keys ---- */

static const struct oidc_jwks *
oidc_keys(void *arg, struct api_call *c, const struct directory_oidc *p, struct fg_err *reterr)
{
	struct serve *s = arg;

	if (idp_stale(s->idp, p))
		metric_add(worker_of(c)->metric, METRIC_KEYS_STALE, 1);
	return idp_keys(s->idp, p, reterr);
}

/* A call that waits for a fetch; brought home to its worker. */
struct fetched {
	struct api_call *call;
	struct front_worker *worker;
};

static void
fetch_home(struct front_worker *w, void *arg)
{
	struct fetched *h = arg;

	(void)w;
	api_resume(h->call);
}

static void
fetch_done(void *arg)
{
	struct fetched *h = arg;

	/* A worker that has ended answers nobody. */
	if (front_post(h->worker, fetch_home, h) != FG_OK)
		serve_warn("a key fetch came back after its worker had ended");
}

static bool
oidc_wait(void *arg, struct api_call *c, const struct directory_oidc *p, struct fg_str kid)
{
	struct serve *s = arg;
	struct fetched *h = FG_NEW(c->arena, struct fetched);

	metric_add(worker_of(c)->metric, METRIC_KEY_UNKNOWN, 1);
	if (h == NULL)
		return false;
	h->call = c;
	h->worker = worker_of(c)->front;
	return idp_wait_kid(s->idp, p, kid, fetch_done, h);
}

static const struct saml_provider *
saml_provider(void *arg, struct api_call *c, const struct directory_saml *p, struct fg_err *reterr)
{
	struct serve *s = arg;

	(void)c;
	return idp_saml_provider(s->saml, p, reterr);
}

/* ---- audit and secrets ---- */

static enum fg_rc
audit(void *arg, struct api_call *c, const struct audit_record *r, audit_done done, void *done_arg, struct fg_err *reterr)
{
	(void)arg;
	return audit_put(worker_of(c)->chain, r, done, done_arg, reterr);
}

static enum fg_rc
unwrap(void *arg, struct cred_unwrap *items, size_t n, struct fg_arena *a, struct fg_err *reterr)
{
	struct serve *s = arg;

	return cred_client_unwrap(s->cred, items, n, a, reterr);
}

/* ---- claims ---- */

/* A claim on its way home from the store's writer. */
struct claimed {
	struct api_call *call;
	struct front_worker *worker;
	enum fg_rc rc;
};

static void
claim_home(struct front_worker *w, void *arg)
{
	struct claimed *h = arg;

	(void)w;
	api_claimed(h->call, h->rc);
}

static void
claim_done(void *arg, enum fg_rc rc)
{
	struct claimed *h = arg;

	h->rc = rc;
	/* A worker that has ended answers nobody: the claim stands, the proof is used up. */
	if (front_post(h->worker, claim_home, h) != FG_OK)
		serve_warn("a claim came back after its worker had ended");
}

static enum fg_rc
claim(void *arg, struct api_call *c, struct store_claim *what)
{
	struct serve *s = arg;
	struct claimed *h = FG_NEW(c->arena, struct claimed);

	if (h == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "serve.claim", NULL, "claim");
	h->call = c;
	h->worker = worker_of(c)->front;
	what->done = claim_done;
	what->arg = h;
	return store_claim_submit(s->store, what);
}

/* ---- one-time codes ---- */

/* A code on its way to the store's thread and home. */
struct coded {
	struct api_call *call;
	struct serve *s;
	struct front_worker *worker;
	struct api_totp ask;
	enum fg_rc rc;
};

static void
code_home(struct front_worker *w, void *arg)
{
	struct coded *h = arg;

	(void)w;
	api_mfa(h->call, h->rc);
}

static void
code_check(void *arg)
{
	struct coded *h = arg;
	struct fg_err err = { 0 };

	h->rc = api_totp_check(h->s->store, h->s->cred, &h->ask, &err);
	/* A worker that has ended answers nobody: the step is taken all the same. */
	if (front_post(h->worker, code_home, h) != FG_OK)
		serve_warn("a one-time code was checked after its worker had ended");
}

static enum fg_rc
mfa(void *arg, struct api_call *c, const struct api_totp *ask)
{
	struct serve *s = arg;
	struct coded *h = FG_NEW(c->arena, struct coded);

	if (h == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "serve.mfa", NULL, "code");
	*h = (struct coded){ c, s, worker_of(c)->front, *ask, FG_E_INTERNAL };
	return store_post(s->store, code_check, h);
}

/* ---- changes of the store ---- */

/* A call that is away on the store's thread. */
struct written {
	struct serve *s;
	struct api_call *call;
	struct front_worker *worker;
	api_write_fn fn;
	enum fg_rc rc;
};

static void
write_home(struct front_worker *w, void *arg)
{
	struct written *h = arg;

	(void)w;
	api_written(h->call, h->rc);
}

static void
write_run(void *arg)
{
	struct written *h = arg;

	h->rc = h->fn(h->call, h->s->store, h->s->cred);
	/* A worker that has ended answers nobody: what was written stays. */
	if (front_post(h->worker, write_home, h) != FG_OK)
		serve_warn("a change of the store came back after its worker had ended");
}

static enum fg_rc
write_post(void *arg, struct api_call *c, api_write_fn fn)
{
	struct serve *s = arg;
	struct written *h = FG_NEW(c->arena, struct written);

	if (h == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "serve.write", NULL, "change");
	*h = (struct written){ s, c, worker_of(c)->front, fn, FG_OK };
	return store_post(s->store, write_run, h);
}

/* ---- private-key operations ---- */

/* A call whose assertion is being decrypted. */
struct aside {
	struct api_call *call;
	api_aside_fn fn;
};

/* The threads are the pool's, and no readers of the directory but for a job. */
static void
aside_run(void *arg)
{
	struct aside *h = arg;

	directory_thread_join();
	directory_enter();
	h->fn(h->call);
	directory_leave();
	directory_thread_leave();
}

static void
aside_home(struct front_worker *w, void *arg)
{
	struct aside *h = arg;

	(void)w;
	api_resume(h->call);
}

static enum fg_rc
aside(void *arg, struct api_call *c, struct fg_str owner, api_aside_fn fn, struct fg_err *reterr)
{
	struct serve *s = arg;
	struct aside *h = FG_NEW(c->arena, struct aside);
	enum fg_rc rc;

	if (h == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "serve.aside", NULL, "job");
	*h = (struct aside){ c, fn };
	rc = front_pool_put(s->pool, worker_of(c)->front, owner, aside_run, aside_home, h, reterr);
	if (rc == FG_E_THROTTLED)
		metric_add(worker_of(c)->metric, METRIC_THROTTLED, 1);
	return rc;
}

/* ---- metadata ---- */

/* A call whose metadata is being read. */
struct reading {
	struct serve *s;
	struct api_call *call;
	struct api_metadata *job;
	struct fg_arena *arena;
};

static void
reading_run(void *arg)
{
	struct reading *h = arg;

	if (serve_metadata(h->s, h->job->xml, &h->job->want, h->arena, &h->job->read, &h->job->err) != FG_OK &&
	    h->job->err.rc == FG_OK)
		(void)fg_fail(&h->job->err, FG_E_INTERNAL, "serve.metadata", NULL, "refused without a reason");
}

static void
reading_home(struct front_worker *w, void *arg)
{
	struct reading *h = arg;

	(void)w;
	api_resume(h->call);
}

static enum fg_rc
metadata(void *arg, struct api_call *c, struct api_metadata *job, struct fg_err *reterr)
{
	struct serve *s = arg;
	struct reading *h = FG_NEW(c->arena, struct reading);

	if (h == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "serve.metadata", NULL, "job");
	*h = (struct reading){ s, c, job, c->arena };
	return front_pool_put(s->parsers, worker_of(c)->front, c->caller.who.account, reading_run, reading_home, h, reterr);
}

/* ---- budgets ---- */

/* Where a call's charge is remembered until it is refunded or the call is gone. */
static struct serve_charge *
charge_of(struct serve_worker *w, const struct api_call *c, bool fresh)
{
	size_t i, free_slot = FG_COUNT(w->charge);

	for (i = 0; i < FG_COUNT(w->charge); i++) {
		if (w->charge[i].call == c)
			return &w->charge[i];
		if (w->charge[i].call == NULL)
			free_slot = i;
	}
	if (!fresh)
		return NULL;
	if (free_slot == FG_COUNT(w->charge))
		free_slot = w->charge_next++ % FG_COUNT(w->charge); /* the oldest gets no refund */
	w->charge[free_slot] = (struct serve_charge){ .call = c };
	return &w->charge[free_slot];
}

static enum fg_rc
charge(void *arg, struct api_call *c, enum cost cost, struct fg_err *reterr)
{
	struct serve_worker *w = worker_of(c);
	struct serve_charge *h;
	uint64_t now_us = serve_mono_us();
	uint32_t us;

	(void)arg;
	if (!budget_take(w->budget, &c->peer->ip, cost, now_us, &us)) {
		metric_add(w->metric, METRIC_THROTTLED, 1);
		return fg_fail(reterr, FG_E_THROTTLED, "serve.budget", NULL, "the address spent its budget for unproven work");
	}
	h = charge_of(w, c, true);
	h->us += us;
	h->n++;
	h->cost = cost;
	h->begin_us = now_us;
	return FG_OK;
}

static void
refund(void *arg, struct api_call *c)
{
	struct serve_worker *w = worker_of(c);
	struct serve_charge *h = charge_of(w, c, false);

	(void)arg;
	if (h == NULL)
		return;
	budget_refund(w->budget, &c->peer->ip, h->us);
	/* one piece of work alone tells what it costs */
	if (h->n == 1)
		budget_measured(w->budget, h->cost, serve_mono_us() - h->begin_us);
	*h = (struct serve_charge){ .call = NULL };
}

/* Another call may come to lie where this one was: it must not be refunded what this one spent. */
void
serve_charge_forget(struct api_call *c)
{
	struct serve_charge *h = charge_of(worker_of(c), c, false);

	if (h != NULL)
		*h = (struct serve_charge){ .call = NULL };
}

struct api_hooks
serve_hooks(struct serve *s)
{
	return (struct api_hooks){
		.arg = s,
		.oidc_keys = oidc_keys,
		.oidc_wait = oidc_wait,
		.saml_provider = saml_provider,
		.audit = audit,
		.unwrap = unwrap,
		.claim = claim,
		.mfa = mfa,
		.write = write_post,
		.aside = aside,
		.metadata = metadata,
		.sign = serve_sign,
		.charge = charge,
		.refund = refund,
		.answered = serve_answered,
	};
}
