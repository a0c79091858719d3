/*
 * What all threads share, and what each has of its own.
 */
#include <stdlib.h>

#include "gateway/api/api_int.h"

/* An unknown role is judged like a known one, by a policy that allows nobody. */
#define NOBODY                                                                                   \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","                      \
	"\"Principal\":{\"Service\":\"nobody.fedgate.internal\"},\"Action\":\"sts:AssumeRole\","  \
	"\"Condition\":{\"StringEquals\":{\"sts:RoleSessionName\":\"-\"}}}]}"

static bool
copy_list(struct fg_arena *a, const struct fg_str **list, size_t n)
{
	struct fg_str *v = FG_NEW_N(a, struct fg_str, n);

	if (v == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		v[i] = fg_arena_dup(a, (*list)[i]);
		if (fg_str_null(v[i]))
			return false;
	}
	*list = v;
	return true;
}

static bool
copy_conf(struct api_env *e, const struct api_conf *conf)
{
	struct api_conf *c = &e->conf;
	const struct api_service **services;

	*c = *conf;
	if (c->chain_max_s == 0)
		c->chain_max_s = FG_LIMIT_CHAIN_S;
	services = FG_NEW_N(e->arena, const struct api_service *, conf->n_service);
	if (services == NULL)
		return false;
	for (size_t i = 0; i < conf->n_service; i++)
		services[i] = conf->service[i];
	c->service = services;
	c->public_url = fg_arena_dup(e->arena, conf->public_url);
	return !fg_str_null(c->public_url) &&
	    copy_list(e->arena, &c->endpoint_hosts, c->n_endpoint_hosts) &&
	    copy_list(e->arena, &c->regions, c->n_regions) &&
	    copy_list(e->arena, &c->saml_recipients, c->n_saml_recipients) &&
	    copy_list(e->arena, &c->saml_audiences, c->n_saml_audiences);
}

static void
env_freep(struct api_env **e)
{
	api_env_free(*e);
}

enum fg_rc
api_env_new(const struct api_conf *conf, struct api_env **ret, struct fg_err *reterr)
{
	FG_AUTO(env_freep) struct api_env *e = calloc(1, sizeof(*e));
	const struct trust_compile how = { .kind = TRUST_ROLE };
	struct trust_fault fault;

	if (e == NULL || (e->arena = fg_arena_new(FG_LIMIT_REQUEST_BYTES)) == NULL ||
	    (e->replays = api_replays_new()) == NULL || !copy_conf(e, conf))
		return fg_fail(reterr, FG_E_NOMEM, "api.env", NULL, "environment");
	FG_TRY(trust_compile(FG_LIT(NOBODY), &how, &e->deny, &fault, reterr));
	*ret = FG_STEAL(e);
	return FG_OK;
}

void
api_env_free(struct api_env *e)
{
	if (e == NULL)
		return;
	trust_free(e->deny);
	api_replays_free(e->replays);
	fg_arena_free(e->arena);
	free(e);
}

const struct api_conf *
api_env_conf(const struct api_env *e)
{
	return &e->conf;
}

static void
worker_freep(struct api_worker **w)
{
	api_worker_free(*w);
}

enum fg_rc
api_worker_new(struct api_env *e, void *user, struct api_worker **ret, struct fg_err *reterr)
{
	FG_AUTO(worker_freep) struct api_worker *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "api.worker", NULL, "worker");
	w->env = e;
	w->user = user;
	if ((w->sigv4 = sigv4_crypto_new()) == NULL || (w->oidc = oidc_worker_new()) == NULL ||
	    (w->ctx = trust_ctx_new()) == NULL || (w->secrets = api_secrets_new()) == NULL ||
	    (w->policies = api_policies_new()) == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "api.worker", NULL, "worker");
	FG_TRY(cred_worker_new(NULL, NULL, &w->cred, reterr));
	*ret = FG_STEAL(w);
	return FG_OK;
}

void
api_worker_free(struct api_worker *w)
{
	if (w == NULL)
		return;
	sigv4_crypto_free(w->sigv4);
	cred_worker_free(w->cred);
	oidc_worker_free(w->oidc);
	cred_keys_unref(w->keys);
	trust_ctx_free(w->ctx);
	api_secrets_free(w->secrets);
	api_policies_free(w->policies);
	free(w);
}

void
api_worker_keys(struct api_worker *w, struct cred_keys *keys)
{
	struct cred_keys *old = w->keys;

	w->keys = keys == NULL ? NULL : cred_keys_ref(keys);
	cred_keys_unref(old);
}

struct cred_keys *
api_worker_keys_now(const struct api_worker *w)
{
	return w->keys;
}

struct api_env *
api_worker_env(const struct api_worker *w)
{
	return w->env;
}

void *
api_worker_user(const struct api_worker *w)
{
	return w->user;
}

struct cred_worker *
api_worker_cred(const struct api_worker *w)
{
	return w->cred;
}

struct oidc_worker *
api_worker_oidc(const struct api_worker *w)
{
	return w->oidc;
}

struct sigv4_crypto *
api_worker_sigv4(const struct api_worker *w)
{
	return w->sigv4;
}
