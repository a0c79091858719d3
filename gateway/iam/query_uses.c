/*
 * gateway/iam/query_uses.c - how many users, groups and roles use a policy: of many policies in one walk,
 * so that a list of them costs what the account is large, and not that for each.
 */
#include <stdlib.h>

#include "gateway/iam/query_int.h"

static int
by_arn(const void *a, const void *b)
{
	return fg_cmp(((const struct iam_use *)a)->arn, ((const struct iam_use *)b)->arn);
}

struct iam_use *
iam_uses_find(const struct iam_uses *u, struct fg_str arn)
{
	const struct iam_use key = { .arn = arn };

	return u->n == 0 ? NULL : bsearch(&key, u->v, u->n, sizeof(key), by_arn);
}

static bool
count_one(void *arg, enum store_kind kind, const void *entity)
{
	const struct iam_target t = iam_target_of(kind, entity);
	const struct iam_uses *u = arg;
	struct iam_use *use;

	for (size_t i = 0; i < t.grants->nattached; i++) {
		if ((use = iam_uses_find(u, t.grants->attached[i])) != NULL)
			use->attached++;
	}
	if (t.grants->boundary.n > 0 && (use = iam_uses_find(u, t.grants->boundary)) != NULL)
		use->boundary++;
	return true;
}

static enum fg_rc
count(struct api_call *c, struct iam_uses *u)
{
	static const enum store_kind kinds[] = { STORE_USER, STORE_GROUP, STORE_ROLE };

	for (size_t i = 0; i < FG_COUNT(kinds) && u->n > 0; i++)
		FG_TRY(directory_walk(iam_dir(c), kinds[i], c->caller.who.account, FG_LIT(""), count_one, u,
		    &c->err));
	return FG_OK;
}

enum fg_rc
iam_uses_of(struct api_call *c, struct fg_str arn, struct iam_use *ret)
{
	struct iam_uses one = { .v = ret, .n = 1 };

	*ret = (struct iam_use){ .arn = arn };
	return count(c, &one);
}

struct gather {
	struct api_call *c;
	struct iam_uses *u;
	size_t room;
	bool nomem;
};

static bool
gather_one(void *arg, enum store_kind kind, const void *entity)
{
	const struct directory_policy *p = entity;
	struct gather *g = arg;
	void *v = g->u->v;
	struct iam_use *use = fg_arena_push(g->c->arena, &v, &g->u->n, &g->room, sizeof(*use));

	(void)kind;
	g->u->v = v;
	g->nomem = use == NULL;
	if (use != NULL)
		*use = (struct iam_use){ .arn = p->arn };
	return !g->nomem;
}

enum fg_rc
iam_uses_all(struct api_call *c, struct fg_str account, struct fg_str after, struct iam_uses *ret)
{
	struct gather g = { .c = c, .u = ret };

	*ret = (struct iam_uses){ .n = 0 };
	FG_TRY(directory_walk(iam_dir(c), STORE_POLICY, account, after, gather_one, &g, &c->err));
	if (g.nomem)
		return fg_fail(&c->err, FG_E_NOMEM, "iam.uses", NULL, "arena");
	if (ret->n > 1)
		qsort(ret->v, ret->n, sizeof(*ret->v), by_arn);
	return count(c, ret);
}
