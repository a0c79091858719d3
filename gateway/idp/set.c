/* The key set of a source: parsed, without what was dropped, swapped whole.  On idp's thread only. */
#include <stdlib.h>

#include <urcu/urcu-memb.h>

#include "gateway/idp/idp_int.h"

/* What readers hold: freed when none of them can have it any more. */
struct idp_set {
	struct rcu_head rcu;
	struct oidc_jwks *keys;
};

static void
set_free(struct rcu_head *head)
{
	struct idp_set *s = caa_container_of(head, struct idp_set, rcu);

	oidc_jwks_free(s->keys);
	free(s);
}

/* NULL takes the keys away.  The set is the source's from now on. */
void
idp_set_publish(struct idp_source *s, struct idp_set *set)
{
	struct idp_set *old = rcu_xchg_pointer(&s->set, set);

	if (old != NULL)
		urcu_memb_call_rcu(&old->rcu, set_free);
}

const struct oidc_jwks *
idp_source_set(const struct idp_source *s)
{
	const struct idp_set *set = rcu_dereference(s->set);

	return set == NULL ? NULL : set->keys;
}

/* Without the kids that the operator dropped; *keys is replaced. */
static enum fg_rc
leave_out(const struct idp_source *s, struct oidc_jwks **keys, struct fg_err *reterr)
{
	struct fg_str list = fg_str(s->dropped, s->dropped_n), kid[FG_LIMIT_IDP_DROPPED];
	struct oidc_jwks *rest;
	size_t n = 0;

	while (n < FG_COUNT(kid) && store_list_next(&list, &kid[n]))
		n++;
	if (n == 0)
		return FG_OK;
	FG_TRY(oidc_jwks_without(*keys, kid, n, &rest, reterr));
	oidc_jwks_free(*keys);
	*keys = rest;
	return FG_OK;
}

enum fg_rc
idp_set_take(struct idp *idp, struct idp_source *s, struct fg_str doc, bool *retchanged,
    struct fg_err *reterr)
{
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *keys = NULL;
	const struct oidc_jwks *old = idp_source_set(s);
	struct idp_set *set;

	FG_TRY(oidc_jwks_parse(doc, idp->conf.jwks_flags, &keys, reterr));
	FG_TRY(leave_out(s, &keys, reterr));
	*retchanged = old == NULL || !oidc_jwks_same(old, keys);
	if (!*retchanged)
		return FG_OK;
	if (oidc_jwks_skipped(keys, OIDC_SKIP_PRIVATE) > 0)
		idp_emit(idp, IDP_KEY_LEAKED, s, NULL);
	set = calloc(1, sizeof(*set));
	if (set == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "idp.keys", NULL, "key set");
	set->keys = FG_STEAL(keys);
	idp_set_publish(s, set);
	return FG_OK;
}

/* Fetched from the same place under the same trust; only what the operator said differs. */
static bool
siblings(const struct idp_source *a, const struct idp_source *b)
{
	return a != b && !a->upload && !b->upload && strcmp(a->issuer, b->issuer) == 0 &&
	    strcmp(a->ca, b->ca) == 0 && a->nthumb == b->nthumb &&
	    memcmp(a->thumb, b->thumb, sizeof(a->thumb)) == 0;
}

static void
inherit(struct idp_source *s, const struct idp_source *from)
{
	const struct oidc_jwks *have = idp_source_set(from);
	struct idp_set *set = have == NULL ? NULL : calloc(1, sizeof(*set));

	if (set == NULL)
		return;
	/* a copy first: what is left out is left out of it */
	if (oidc_jwks_without(have, NULL, 0, &set->keys, NULL) != FG_OK || leave_out(s, &set->keys, NULL) != FG_OK) {
		oidc_jwks_free(set->keys);
		free(set);
		return;
	}
	idp_set_publish(s, set);
	s->sched.fetched = from->sched.fetched;
	s->sched.fresh = from->sched.fresh;
	if (from->sched.fetched != IDP_NEVER)
		s->sched.expires = from->sched.fetched + s->sched.stale;
	atomic_store(&s->state, atomic_load(&from->state));
}

void
idp_set_inherit(struct idp *idp, struct idp_source *s)
{
	for (const struct idp_source *from = idp->sources; from != NULL; from = from->next) {
		if (!siblings(s, from) || idp_source_set(from) == NULL)
			continue;
		inherit(s, from);
		return;
	}
}
