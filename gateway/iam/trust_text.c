/*
 * gateway/iam/trust_text.c - a trust policy as it is shown: principals by what they are bound to.
 *
 * A principal is bound to a unique id when the policy is written (security.md 12).  Of one that is
 * gone the id is shown, of one that was renamed its name of today: whoever writes back what was
 * shown binds nobody who came later under the old name.
 */
#include "gateway/iam/trust_text.h"

#include "base/json.h"
#include "gateway/iam/bundle_int.h"

struct text {
	struct fg_str source, bindings;
	iam_arn_of_fn arn_of;
	void *arg;
	struct fg_buf out;
	size_t from; /* what lies before it is written */
};

/* What stands in the place of a principal now; null: the same. */
static struct fg_str
named(const struct text *t, struct fg_str principal)
{
	struct fg_str list = t->bindings, text, to, arn;

	while (store_list_next(&list, &text) && store_list_next(&list, &to)) {
		if (!fg_eq(text, principal))
			continue;
		if (!fg_starts(to, FG_LIT("AIDA")) && !fg_starts(to, FG_LIT("AROA")))
			return FG_STR_NULL;
		arn = t->arn_of(t->arg, to);
		if (fg_str_null(arn))
			return fg_eq(to, principal) ? FG_STR_NULL : to;
		/* a session's ARN names its role without path, and a role keeps its name */
		return fg_starts(principal, FG_LIT("arn:aws:iam:")) && !fg_eq(arn, principal) ? arn
											       : FG_STR_NULL;
	}
	return FG_STR_NULL;
}

static void
one(struct text *t, const struct fg_json_node *n)
{
	struct fg_str now = n->type == FG_JSON_STRING ? named(t, n->text) : FG_STR_NULL;

	if (fg_str_null(now))
		return;
	fg_buf_put(&t->out, fg_sub(t->source, t->from, n->off));
	fg_buf_json_str(&t->out, now);
	t->from = n->end;
}

/* "Principal":{"AWS":"..."} or {"AWS":["...",...]} */
static void
principals(struct text *t, const struct fg_json *j, uint32_t at)
{
	uint32_t aws = at == 0 || j->node[at].type != FG_JSON_OBJECT ? 0 : fg_json_get(j, at, FG_LIT("AWS"));

	if (aws == 0)
		return;
	if (j->node[aws].type != FG_JSON_ARRAY) {
		one(t, &j->node[aws]);
		return;
	}
	for (uint32_t i = fg_json_first(aws); i < j->node[aws].next; i = fg_json_after(j, i))
		one(t, &j->node[i]);
}

/* In the order of the document: what is written goes forward only. */
static void
statement(struct text *t, const struct fg_json *j, uint32_t at)
{
	if (j->node[at].type != FG_JSON_OBJECT)
		return;
	principals(t, j, fg_json_get(j, at, FG_LIT("Principal")));
	principals(t, j, fg_json_get(j, at, FG_LIT("NotPrincipal")));
}

enum fg_rc
iam_trust_text(struct fg_arena *a, struct fg_str document, struct fg_str bindings,
    iam_arn_of_fn arn_of, void *arg, struct fg_str *ret, struct fg_err *reterr)
{
	struct text t = { .source = document, .bindings = bindings, .arn_of = arn_of, .arg = arg,
		.out = FG_BUF_ARENA(a, FG_LIMIT_POLICY_BYTES) };
	struct fg_json j;
	uint32_t at;

	*ret = document;
	if (bindings.n == 0)
		return FG_OK;
	FG_TRY(fg_json_parse(a, document, NULL, "iam.trust.text", &j, reterr));
	at = j.node[0].type == FG_JSON_OBJECT ? fg_json_get(&j, 0, FG_LIT("Statement")) : 0;
	if (at != 0 && j.node[at].type == FG_JSON_ARRAY) {
		for (uint32_t i = fg_json_first(at); i < j.node[at].next; i = fg_json_after(&j, i))
			statement(&t, &j, i);
	} else if (at != 0) {
		statement(&t, &j, at);
	}
	if (t.from == 0)
		return FG_OK;
	fg_buf_put(&t.out, fg_sub(document, t.from, document.n));
	return fg_buf_end(&t.out, ret) == FG_OK ? FG_OK
						: fg_fail(reterr, FG_E_NOMEM, "iam.trust.text", NULL, "arena");
}

/* ---- the store's names ---- */

struct fg_str
iam_arn_of_row(void *arg, struct fg_str uid)
{
	struct iam_rows_names *n = arg;
	struct store_role r = { .uid = uid };
	struct store_user u = { .uid = uid };
	bool role = fg_starts(uid, FG_LIT("AROA"));
	enum fg_rc rc = role ? store_get(n->tx, STORE_ROLE, &r, n->a, NULL)
			     : store_get(n->tx, STORE_USER, &u, n->a, NULL);

	if (rc != FG_OK)
		return FG_STR_NULL;
	return role ? bn_arn(n->a, r.account, "role", r.path, r.name)
		    : bn_arn(n->a, u.account, "user", u.path, u.name);
}
