/* The first keys of administrators: warned about until they are replaced (security.md 32). */
#include "gateway/serve/serve_int.h"

#define NAMED 10 /* keys that are named in one warning each; the metric counts all */

struct look {
	struct serve *s;
	unsigned n;
	bool warn;
};

static bool
look_at_key(void *arg, enum store_kind kind, const void *entity)
{
	struct look *l = arg;
	const struct directory_key *k = entity;

	(void)kind;
	if (!k->bootstrap || !k->active)
		return true;
	if (l->warn && l->n < NAMED)
		serve_warn("account %.*s: %.*s is still its administrator's first key; make another one and delete it",
		    FG_PRI(k->account), FG_PRI(k->id));
	l->n++;
	return true;
}

static bool
look_at_account(void *arg, enum store_kind kind, const void *entity)
{
	const struct look *l = arg;
	const struct directory_account *a = entity;

	(void)kind;
	return directory_walk(l->s->dir, STORE_KEY, a->id, FG_LIT(""), look_at_key, arg, NULL) == FG_OK;
}

/* Count them when something has changed, and name them at the start and once a day. */
void
serve_bootstrap(struct serve *s, fg_time now)
{
	struct look l = { .s = s, .warn = s->warned == 0 || now - s->warned >= 86400 };

	if (!l.warn && s->counted == s->generation)
		return;
	directory_enter();
	/* Without memory for a listing the next look tells. */
	(void)!directory_walk(s->dir, STORE_ACCOUNT, FG_LIT(""), FG_LIT(""), look_at_account, &l, NULL);
	directory_leave();
	atomic_store(&s->bootstrap_keys, l.n);
	s->counted = s->generation;
	if (l.warn)
		s->warned = now;
}
