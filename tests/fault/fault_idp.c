/* The nth allocation fails, over gateway/idp: lists of exceptions, an uploaded set, dropped kids. */
#include <stdio.h>
#include <stdlib.h>

#include <urcu/urcu-memb.h>

#include "gateway/idp/idp_int.h"
#include "tests/fault/fault.h"

static char jwks_doc[16384];

static enum fg_rc
policy_scenario(void *arg, struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);
	struct idp_allow allow[] = { { .host = "idp.corp", .port = 443 }, { .port = 8443 } };
	struct idp_policy p;
	struct fg_str text;

	(void)arg;
	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "fault.idp", NULL, "arena");
	if (!fg_cidr_parse(FG_LIT("10.0.0.0/8"), &allow[1].cidr))
		return FG_E_INTERNAL;
	FG_TRY(idp_fetch_config(a, allow, FG_COUNT(allow), &text, reterr));
	return idp_policy_parse(a, text, &p, reterr);
}

/* What went wrong inside is reported as an event. */
static void
on_event(void *app, const struct idp_event *e)
{
	struct fg_err *err = app;

	if (e->err != NULL && err->rc == FG_OK)
		*err = *e->err;
}

static enum fg_rc
source_scenario(void *arg, struct fg_err *reterr)
{
	const struct fg_str *dropped = arg;
	struct directory_oidc p = { .arn = FG_LIT("arn:aws:iam::111122223333:oidc-provider/x"),
		.url = FG_LIT("https://token.actions.example.com"), .jwks = fg_str_z(jwks_doc), .generation = 1 };
	struct idp idp = { .conf = { .fetch_fd = -1, .app = reterr, .event = on_event } };
	const struct idp_word word = { .dropped = *dropped, .stale = FG_LIT("3600") };
	unsigned char key[32];
	struct idp_source *s;
	enum fg_rc rc;

	pthread_mutex_init(&idp.lock, NULL);
	/* without a digest there is no name, and so no source */
	s = idp_source_key(&p, &word, key) ? idp_source_new(&idp, &p, &word, key, 0) : NULL;
	if (s == NULL)
		rc = fg_fail(reterr, FG_E_NOMEM, "fault.idp", NULL, "source");
	else
		rc = reterr->rc;
	if (rc == FG_OK && idp_source_set(s) == NULL)
		rc = FG_E_IDP; /* would break the rule: no set, and nobody was told */
	idp_source_free(&idp, s);
	urcu_memb_barrier();
	pthread_mutex_destroy(&idp.lock);
	return rc;
}

int
main(void)
{
	static char list[64];
	struct fg_buf b = FG_BUF_FIXED(list);
	struct fg_str none = FG_LIT(""), one;
	int policy, upload, less;

	store_list_put(&b, FG_LIT("nobody"));
	one = fg_buf_str(&b);
	if (!fault_vector("oidc/jwks.json", jwks_doc, sizeof(jwks_doc)))
		return 1;
	/* call_rcu starts its helper with the first call: not a part of what is counted */
	(void)!source_scenario(&none, &(struct fg_err){ .rc = FG_OK });
	policy = fault_run("exceptions", policy_scenario, NULL);
	upload = fault_run("uploaded set", source_scenario, &none);
	less = fault_run("dropped kid", source_scenario, &one);
	printf("failed allocations survived: exceptions %d, upload %d, dropped %d\n", policy, upload, less);
	return policy > 0 && upload > 0 && less > upload ? 0 : 1;
}
