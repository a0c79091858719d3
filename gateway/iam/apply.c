/*
 * gateway/iam/apply.c - a bundle against the store: the difference, in one transaction.
 */
#include <stdarg.h>
#include <stdio.h>

#include "gateway/directory/directory.h"
#include "gateway/iam/bundle_int.h"
#include "gateway/iam/shipped.h"
#include "gateway/iam/trust_text.h"

void
bn_say(struct bn_apply *p, const char *verb, struct fg_str arn)
{
	char line[2300];
	int n = snprintf(line, sizeof(line), "%s %.*s", verb, (int)(arn.n > 2200 ? 2200 : arn.n), arn.p);

	if (p->how->line != NULL && n > 0)
		p->how->line(p->how->arg, fg_str(line, (size_t)n));
}

void
bn_warn(struct bn_apply *p, struct fg_str place, const char *fmt, ...)
{
	char text[FG_LIMIT_ERR_TEXT], line[FG_LIMIT_ERR_TEXT + 300];
	va_list ap;
	int n;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	n = snprintf(line, sizeof(line), "%.*s: %s", FG_PRI(place), text);
	if (p->how->warn != NULL && n > 0)
		p->how->warn(p->how->arg, fg_str(line, (size_t)n));
}

enum fg_rc
bn_have(struct bn_apply *p, struct fg_str id, struct bn_account **ret)
{
	struct bn_account *v, *acc = bn_account_find(&p->have, id);

	if (acc != NULL) {
		*ret = acc;
		return FG_OK;
	}
	if (p->have.n == p->have_room) {
		/* Pointers to what was loaded before stay valid: the old array is not freed. */
		size_t room = p->have_room == 0 ? 8 : p->have_room * 2;

		v = FG_NEW_N(p->a, struct bn_account, room);
		if (v == NULL)
			return fg_fail(p->err, FG_E_NOMEM, "iam.apply", NULL, "accounts");
		if (p->have.n > 0)
			memcpy(v, p->have.accounts, p->have.n * sizeof(*v));
		p->have.accounts = v;
		p->have_room = room;
	}
	FG_TRY(bn_account_load(p->tx, id, p->a, &p->have.accounts[p->have.n], p->err));
	*ret = &p->have.accounts[p->have.n++];
	return FG_OK;
}

/* ---- the account itself ---- */

/* Who manages the organisation cannot be closed: nobody could open it again. */
static enum fg_rc
may_close(struct bn_apply *p, const struct bn_account *w)
{
	struct fg_str management = p->want->org.management;
	struct fg_err err = { .rc = FG_OK };
	enum fg_rc rc = FG_OK;

	if (!p->want->org.given)
		rc = store_setting_get(p->tx, FG_LIT(""), FG_LIT(DIRECTORY_ORG_MANAGEMENT), p->a, &management, &err);
	if (rc == FG_E_NOT_FOUND || (rc == FG_OK && !fg_eq(management, w->id)))
		return FG_OK;
	if (rc != FG_OK)
		return fg_fail(p->err, rc, err.step, err.ref, "%s", err.text);
	return fg_fail(p->err, FG_E_PARAM, "iam.apply", NULL,
	    "%.*s: Status: the account that manages the organisation cannot be closed", FG_PRI(w->place));
}

static enum fg_rc
account_put(struct bn_apply *p, struct bn_account *w, const struct bn_account *h)
{
	struct store_account row = { .account = w->id, .name = w->named ? w->name : h->name,
		.alias = w->aliased ? w->alias : h->alias, .email = w->email_given ? w->email : h->email,
		.unit = h->unit, .created = h->exists ? h->created : w->created != 0 ? w->created : p->how->now,
		.state = w->state_given ? w->state : h->exists ? h->state : STORE_ACTIVE };
	struct fg_str arn = bn_arn(p->a, w->id, "root", FG_STR_NULL, FG_STR_NULL);

	if (fg_eq(w->id, FG_LIT("aws")))
		return FG_OK; /* shipped policies have no account behind them */
	if (row.name.n == 0)
		row.name = w->id;
	if (row.state != STORE_ACTIVE)
		FG_TRY(may_close(p, w));
	if (h->exists && fg_eq(row.name, h->name) && fg_eq(row.alias, h->alias) && fg_eq(row.email, h->email) &&
	    row.state == h->state)
		return FG_OK;
	bn_say(p, h->exists ? "update" : "create", arn);
	return store_put(p->tx, STORE_ACCOUNT, &row, p->err);
}

/* ---- binding ---- */

static bool
binder_account(void *arg, struct fg_str id)
{
	struct bn_apply *p = arg;
	struct bn_account *h;

	if (!fg_eq(id, FG_LIT("aws")) && bn_account_find(p->want, id) != NULL)
		return true;
	return bn_have(p, id, &h) == FG_OK && h->exists;
}

/* As it will be when the bundle is applied: the bundle's word goes before the store's. */
static const struct bn_entity *
will_be(struct bn_apply *p, enum bn_list l, struct fg_str account, struct fg_str name)
{
	const struct bn_account *w = bn_account_find(p->want, account);
	const struct bn_entity *e = w == NULL ? NULL : bn_entity_find(w, l, name);
	struct bn_account *h;

	if (e != NULL)
		return e;
	if (w != NULL && w->entities[l].given && (p->how->flags & BUNDLE_PRUNE) != 0)
		return NULL; /* about to be deleted */
	return bn_have(p, account, &h) == FG_OK ? bn_entity_find(h, l, name) : NULL;
}

static struct fg_str
binder_uid(void *arg, enum store_kind kind, struct fg_str account, struct fg_str name,
    struct fg_str arn)
{
	const struct bn_entity *e = will_be(arg, kind == STORE_USER ? BN_USERS : BN_ROLES, account,
	    name);

	if (e == NULL || !fg_eq(e->name, name) || (!fg_str_null(arn) && !fg_eq(e->arn, arn)))
		return FG_LIT("");
	return e->uid;
}

static bool
binder_known(void *arg, struct fg_str uid)
{
	struct bn_apply *p = arg;
	struct store_role role = { .uid = uid };
	struct store_user user = { .uid = uid };
	struct fg_err err = { 0 };
	enum fg_rc rc = fg_starts(uid, FG_LIT("AROA")) ? store_get(p->tx, STORE_ROLE, &role, p->a, &err)
						       : store_get(p->tx, STORE_USER, &user, p->a, &err);

	if (rc != FG_OK && rc != FG_E_NOT_FOUND) /* bind_role() sees it */
		(void)fg_fail(p->err, rc, err.step, err.ref, "%s", err.text);
	return rc == FG_OK;
}

static void
warn_unbound(struct bn_apply *p, const struct bn_entity *e)
{
	struct fg_str list = e->bindings, text, to;

	while (store_list_next(&list, &text) && store_list_next(&list, &to))
		if (to.n == 0)
			bn_warn(p, e->place, "principal %.*s does not exist: it matches nobody, also when "
			    "it is created later", FG_PRI(text));
}

/* Is it what there is, as it was written or as it is shown? */
static enum fg_rc
trust_same_text(struct bn_apply *p, const struct bn_entity *e, const struct bn_entity *old, bool *ret)
{
	struct iam_rows_names names = { p->tx, p->a };
	struct fg_str was = bn_compact(p->a, old->trust), shown;

	FG_TRY(iam_trust_text(p->a, was, old->bindings, iam_arn_of_row, &names, &shown, p->err));
	*ret = fg_eq(old->trust, e->trust) || fg_eq(was, e->trust) || fg_eq(shown, e->trust);
	return FG_OK;
}

/* A trust policy that did not change keeps what it was bound to. */
static enum fg_rc
bind_role(struct bn_apply *p, struct fg_str account, struct bn_entity *e,
    const struct bn_entity *old)
{
	const struct directory_binder b = { p, binder_account, binder_uid, binder_known };
	struct fg_buf out = FG_BUF_ARENA(p->a, FG_LIMIT_BUNDLE_LIST_BYTES);

	bool same = false;

	if (old != NULL)
		FG_TRY(trust_same_text(p, e, old, &same));
	if (same) {
		e->trust = old->trust;
		e->bindings = old->bindings;
		return FG_OK;
	}
	FG_TRY(directory_bindings(&b, account, e->trust, &out, p->err));
	FG_TRY(p->err->rc); /* who cannot be read is not somebody who is not there */
	if (fg_buf_end(&out, &e->bindings) != FG_OK)
		return fg_fail(p->err, FG_E_LIMIT, "iam.apply", NULL, "too many principals");
	warn_unbound(p, e);
	bn_lint(p, e->place, e->trust, TRUST_ROLE, account);
	return FG_OK;
}

static enum fg_rc
uid_new(struct bn_apply *p, const char *prefix, struct fg_str *ret)
{
	char uid[STORE_UID_BYTES + 1];

	FG_TRY(store_uid(prefix, uid, p->err));
	*ret = fg_arena_dup(p->a, fg_str_z(uid));
	return ret->p == NULL ? fg_fail(p->err, FG_E_NOMEM, "iam.apply", NULL, "arena") : FG_OK;
}

static enum fg_rc
ids_of(struct bn_apply *p, struct bn_account *w, const struct bn_account *h)
{
	for (enum bn_list l = BN_USERS; l < BN_ENTITIES; l++) {
		for (size_t i = 0; i < w->entities[l].n; i++) {
			struct bn_entity *e = &w->entities[l].v[i];
			const struct bn_entity *old = bn_entity_find(h, l, e->name);

			bn_lint_entity(p, e, old, w->id);
			e->fresh = old == NULL;
			if (old != NULL)
				e->uid = old->uid;
			else
				FG_TRY(uid_new(p, bn_kinds[l].prefix, &e->uid));
		}
	}
	for (size_t i = 0; i < w->npolicies; i++) {
		const struct bn_policy *old = bn_policy_find(h, w->policies[i].arn);

		bn_lint_policy(p, &w->policies[i], old, w->id);
		if (old != NULL)
			w->policies[i].uid = old->uid;
		else
			FG_TRY(uid_new(p, "ANPA", &w->policies[i].uid));
	}
	return FG_OK;
}

enum fg_rc
bn_bind_all(struct bn_apply *p)
{
	struct bn_account *h;

	for (size_t i = 0; i < p->want->n; i++) {
		FG_TRY(bn_have(p, p->want->accounts[i].id, &h));
		FG_TRY(ids_of(p, &p->want->accounts[i], h));
	}
	for (size_t i = 0; i < p->want->n; i++) {
		struct bn_account *w = &p->want->accounts[i];

		FG_TRY(bn_have(p, w->id, &h));
		for (size_t k = 0; k < w->entities[BN_ROLES].n; k++) {
			struct bn_entity *e = &w->entities[BN_ROLES].v[k];

			FG_TRY(bind_role(p, w->id, e, bn_entity_find(h, BN_ROLES, e->name)));
		}
	}
	return FG_OK;
}

/* ---- the whole ---- */

static enum fg_rc
apply_all(struct bn_apply *p)
{
	struct bn_account *h;

	FG_TRY(bn_bind_all(p));
	for (size_t i = 0; i < p->want->n; i++) {
		struct bn_account *w = &p->want->accounts[i];

		FG_TRY(bn_have(p, w->id, &h));
		FG_TRY(account_put(p, w, h));
		FG_TRY(bn_apply_policies(p, w, h));
	}
	for (size_t i = 0; i < p->want->n; i++) {
		struct bn_account *w = &p->want->accounts[i];

		FG_TRY(bn_have(p, w->id, &h));
		FG_TRY(bn_apply_entities(p, w, h, BN_GROUPS));
		FG_TRY(bn_apply_entities(p, w, h, BN_USERS));
		FG_TRY(bn_apply_entities(p, w, h, BN_ROLES));
		FG_TRY(bn_apply_profiles(p, w, h));
		FG_TRY(bn_apply_providers(p, w, h));
		FG_TRY(bn_apply_outbound(p, w, h));
	}
	FG_TRY(bn_apply_organization(p));
	if (fg_eq(bn_org_setting(&p->want->org, FG_LIT("root-sessions")), FG_LIT("true")))
		FG_TRY(iam_shipped_put(p->tx, p->how->now, p->err));
	for (size_t i = 0; i < p->want->n && (p->how->flags & BUNDLE_PRUNE) != 0; i++) {
		FG_TRY(bn_have(p, p->want->accounts[i].id, &h));
		FG_TRY(bn_prune(p, &p->want->accounts[i], h));
	}
	return FG_OK;
}

enum fg_rc
bundle_apply(struct store *st, struct bundle *b, const struct bundle_how *how,
    struct fg_arena *a, struct fg_err *reterr)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	struct fg_err err = { .rc = FG_OK };
	struct bn_apply p = { .how = how, .a = a, .want = b, .err = reterr == NULL ? &err : reterr };

	FG_TRY(store_begin(st, &tx, reterr));
	p.tx = tx;
	FG_TRY(apply_all(&p));
	if ((how->flags & BUNDLE_DRY_RUN) != 0)
		return FG_OK; /* what was written is rolled back */
	return store_commit(FG_STEAL(tx), reterr);
}
