/*
 * gateway/iam/bundle_oidc.c - what the operator said of an OIDC provider's keys (security.md 24), in
 * bundles: kids that must not be used, and how long old keys serve.
 *
 * What a file does not say stays: a key that was dropped does not come back by leaving a line out.
 */
#include "gateway/iam/bundle_int.h"

void
bn_read_dropped(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_word *w = at;
	struct fg_str list, kid;

	w->value = FG_LIT("");
	bn_list(r, node, &w->value);
	w->given = true;
	list = w->value;
	if (store_list_count(list) > FG_LIMIT_IDP_DROPPED)
		bn_oops(r, node, FG_E_LIMIT, "more than %d kids", FG_LIMIT_IDP_DROPPED);
	while (store_list_next(&list, &kid))
		if (kid.n == 0 || kid.n > FG_LIMIT_KID_BYTES)
			bn_oops(r, node, FG_E_PARAM, "a kid is empty or too long");
}

/* Nought: what holds for every provider. */
void
bn_read_stale(struct bn_reader *r, uint32_t node, void *at)
{
	struct bn_word *w = at;
	int64_t seconds = 0;

	bn_int(r, node, &seconds);
	w->given = true;
	w->value = FG_LIT("");
	if (seconds != 0 && (seconds < FG_LIMIT_IDP_STALE_MIN_S || seconds > FG_LIMIT_IDP_STALE_MAX_S))
		bn_oops(r, node, FG_E_PARAM, "the bound is 60 to 604800 seconds");
	else if (seconds != 0)
		w->value = fg_arena_fmt(r->a, "%lld", (long long)seconds);
}

static enum fg_rc
setting_name(struct fg_arena *a, const char *word, struct fg_str arn, struct fg_str *ret, struct fg_err *reterr)
{
	*ret = fg_arena_fmt(a, "%s%.*s", word, FG_PRI(arn));
	return ret->p == NULL ? fg_fail(reterr, FG_E_NOMEM, "iam.bundle", NULL, "arena") : FG_OK;
}

static enum fg_rc
word_load(struct store_tx *tx, struct fg_arena *a, const struct store_oidc *row, const char *word,
    struct bn_word *ret, struct fg_err *reterr)
{
	struct fg_err err = { .rc = FG_OK };
	struct fg_str name;
	enum fg_rc rc;

	*ret = (struct bn_word){ .value = FG_LIT("") };
	FG_TRY(setting_name(a, word, row->arn, &name, reterr));
	rc = store_setting_get(tx, row->account, name, a, &ret->value, &err);
	if (rc == FG_E_NOT_FOUND)
		ret->value = FG_LIT("");
	else if (rc != FG_OK)
		return fg_fail(reterr, rc, err.step, err.ref, "%s", err.text);
	return FG_OK;
}

enum fg_rc
bn_words_load(struct store_tx *tx, struct fg_arena *a, struct bn_oidc *o, struct fg_err *reterr)
{
	FG_TRY(word_load(tx, a, &o->row, IDP_DROPPED, &o->dropped, reterr));
	return word_load(tx, a, &o->row, IDP_STALE, &o->stale, reterr);
}

static enum fg_rc
word_apply(struct bn_apply *p, const struct store_oidc *row, const char *word, const struct bn_word *w,
    const struct bn_word *old, bool *changed)
{
	struct fg_str name;

	if (!w->given || fg_eq(w->value, old == NULL ? FG_LIT("") : old->value))
		return FG_OK;
	*changed = true;
	FG_TRY(setting_name(p->a, word, row->arn, &name, p->err));
	return store_setting_put(p->tx, row->account, name, w->value, p->err);
}

/* A provider that is made anew may find what was said of the one before it. */
enum fg_rc
bn_words_apply(struct bn_apply *p, const struct bn_oidc *w, bool *changed)
{
	struct bn_oidc old = { .row = w->row };

	*changed = false;
	FG_TRY(bn_words_load(p->tx, p->a, &old, p->err));
	FG_TRY(word_apply(p, &w->row, IDP_DROPPED, &w->dropped, &old.dropped, changed));
	return word_apply(p, &w->row, IDP_STALE, &w->stale, &old.stale, changed);
}
