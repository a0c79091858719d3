/* The nth allocation fails, over oidc/: a key set, a whole token, a discovery document. */
#include <stdio.h>
#include <stdlib.h>

#include "oidc/oidc.h"
#include "tests/fault/fault.h"

static char jwks_doc[16384], discovery_doc[4096], tokens[2][8192];
static const struct fg_str clients[] = { { "sts.amazonaws.com", 17 } };

static enum fg_rc
jwks_scenario(void *arg, struct fg_err *reterr)
{
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *set = NULL;

	(void)arg;
	return oidc_jwks_parse(fg_str_z(jwks_doc), 0, &set, reterr);
}

static enum fg_rc
token_scenario(void *arg, struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);
	FG_AUTO(oidc_worker_freep) struct oidc_worker *w = oidc_worker_new();
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *set = NULL;
	struct oidc_provider p = oidc_provider_default();
	struct oidc_facts facts;
	struct oidc_jws *jws;
	struct fg_str iss;

	if (a == NULL || w == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "fault.oidc", NULL, "arena or worker");
	p.issuer = FG_LIT("https://token.actions.example.com");
	p.client_id = clients;
	p.nclient_id = FG_COUNT(clients);
	p.algs = OIDC_ALGS_AWS;
	FG_TRY(oidc_jwks_parse(fg_str_z(jwks_doc), 0, &set, reterr));
	FG_TRY(oidc_jws_parse(a, fg_str_z(arg), &jws, reterr));
	FG_TRY(oidc_jws_issuer(a, jws, &iss, reterr));
	return oidc_check(w, a, &p, set, jws, 1790000000, &facts, NULL, reterr);
}

static enum fg_rc
discovery_scenario(void *arg, struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);
	struct oidc_discovery d;

	(void)arg;
	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "fault.oidc", NULL, "arena");
	return oidc_discovery_parse(a, fg_str_z(discovery_doc), FG_LIT("https://token.actions.example.com"), 0, &d, reterr);
}

/* A worker that has seen the key verifies without the heap: every allocation would fail. */
static bool
warm_token_needs_no_heap(const char *token)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);
	FG_AUTO(oidc_worker_freep) struct oidc_worker *w = oidc_worker_new();
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *set = NULL;
	struct oidc_provider p = oidc_provider_default();
	enum fg_rc rc = FG_OK;

	p.issuer = FG_LIT("https://token.actions.example.com");
	p.client_id = clients;
	p.nclient_id = FG_COUNT(clients);
	p.algs = OIDC_ALGS_AWS;
	if (a == NULL || w == NULL || oidc_jwks_parse(fg_str_z(jwks_doc), 0, &set, NULL) != FG_OK)
		return false;
	for (int i = 0; i < 3 && rc == FG_OK; i++) {
		struct oidc_facts facts;
		struct oidc_jws *jws;

		if (i == 2)
			fault_arm(0, FAULT_EVERY);
		fg_arena_reset(a);
		rc = oidc_jws_parse(a, fg_str_z(token), &jws, NULL);
		if (rc == FG_OK)
			rc = oidc_check(w, a, &p, set, jws, 1790000000, &facts, NULL, NULL);
	}
	return !fault_disarm() && rc == FG_OK;
}

int
main(void)
{
	int jwks, rs, es, discovery;

	if (!fault_vector("oidc/jwks.json", jwks_doc, sizeof(jwks_doc)) ||
	    !fault_vector("oidc/discovery.json", discovery_doc, sizeof(discovery_doc)) ||
	    !fault_vector("oidc/rs256.jwt", tokens[0], sizeof(tokens[0])) ||
	    !fault_vector("oidc/es256.jwt", tokens[1], sizeof(tokens[1]))) {
		fprintf(stderr, "no vectors\n");
		return 1;
	}
	jwks = fault_run("jwks", jwks_scenario, NULL);
	rs = fault_run("RS256 token", token_scenario, tokens[0]);
	es = fault_run("ES256 token", token_scenario, tokens[1]);
	discovery = fault_run("discovery", discovery_scenario, NULL);
	printf("failed allocations survived: jwks %d, RS256 %d, ES256 %d, discovery %d\n", jwks, rs, es, discovery);
	if (!warm_token_needs_no_heap(tokens[0]) || !warm_token_needs_no_heap(tokens[1])) {
		fprintf(stderr, "a verification allocated\n");
		return 1;
	}
	return jwks > 0 && rs > 0 && es > 0 && discovery > 0 ? 0 : 1;
}
