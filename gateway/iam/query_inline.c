/*
 * gateway/iam/query_inline.c - inline policies and permissions boundaries of users, groups, roles.
 */
#include "gateway/iam/query_int.h"

static enum fg_rc
no_policy(struct api_call *c, const struct iam_target *t, struct fg_str name)
{
	return api_refuse(c, API_F_NO_SUCH_ENTITY, "iam.inline.no-such",
	    "The %.*s policy with name %.*s cannot be found.", FG_PRI(t->k->noun), FG_PRI(name));
}

/* ---- put ---- */

struct sum {
	struct fg_str but;
	size_t chars;
};

static enum fg_rc
add(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct sum *s = arg;
	const struct store_inline *i = row;

	(void)kind;
	(void)reterr;
	if (!bad && !fg_eq(i->name, s->but))
		s->chars += iam_document_size(i->document);
	return FG_OK;
}

static enum fg_rc
put(struct iam_op *op)
{
	struct api_call *c = op->c;
	const struct store_inline row = { op->t.account, op->t.uid, iam_str(c, "PolicyName"),
		iam_str(c, "PolicyDocument") };
	struct sum sum = { row.name, iam_document_size(row.document) };

	FG_TRY(iam_still(op));
	FG_TRY(store_scan(op->tx, STORE_INLINE, "owner", row.owner, add, &sum, &c->err));
	if (sum.chars > op->t.k->inline_max)
		return api_refuse(c, API_F_LIMIT_EXCEEDED, "iam.inline.size",
		    "Maximum policy size of %zu bytes exceeded for %.*s %.*s", op->t.k->inline_max,
		    FG_PRI(op->t.k->noun), FG_PRI(op->t.name));
	return store_put(op->tx, STORE_INLINE, &row, &c->err);
}

enum fg_rc
iam_run_put_inline(struct api_call *c)
{
	struct iam_target t;
	struct fg_str document = iam_str(c, "PolicyDocument");

	FG_TRY(iam_target(c, &t));
	if (iam_document_size(document) > t.k->inline_max)
		return api_refuse(c, API_F_LIMIT_EXCEEDED, "iam.inline.size",
		    "Maximum policy size of %zu bytes exceeded for %.*s %.*s", t.k->inline_max,
		    FG_PRI(t.k->noun), FG_PRI(t.name));
	FG_TRY(iam_document(c, document, TRUST_IDENTITY, t.k->inline_max));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, put);
}

/* ---- read ---- */

enum fg_rc
iam_run_get_inline(struct api_call *c)
{
	struct iam_target t;
	struct fg_str name = iam_str(c, "PolicyName");

	FG_TRY(iam_target(c, &t));
	for (size_t i = 0; i < t.grants->ninlines; i++) {
		const struct directory_inline *p = &t.grants->inlines[i];

		if (!fg_eq(p->name, name))
			continue;
		api_xml_str(&c->xml, t.k->param, t.name);
		api_xml_str(&c->xml, FG_LIT("PolicyName"), p->name);
		iam_xml_document(c, FG_LIT("PolicyDocument"), directory_document_text(p->document));
		return FG_OK;
	}
	return no_policy(c, &t, name);
}

enum fg_rc
iam_run_list_inline(struct api_call *c)
{
	struct iam_page page = iam_page(c);
	struct fg_str at = page.after;
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	api_xml_open(&c->xml, FG_LIT("PolicyNames"));
	while (iam_next(t.grants->ninlines == 0 ? NULL : &t.grants->inlines[0].name,
	    t.grants->ninlines, sizeof(t.grants->inlines[0]), &at) && iam_page_take(&page, at))
		api_xml_str(&c->xml, FG_LIT("member"), at);
	api_xml_close(&c->xml, FG_LIT("PolicyNames"));
	iam_page_end(c, &page);
	return FG_OK;
}

/* ---- delete ---- */

static enum fg_rc
drop(struct iam_op *op)
{
	struct api_call *c = op->c;
	const struct store_inline row = { .account = op->t.account, .owner = op->t.uid,
		.name = iam_str(c, "PolicyName") };
	enum fg_rc rc;

	FG_TRY(iam_still(op));
	rc = store_delete(op->tx, STORE_INLINE, &row, &c->err);
	if (rc != FG_E_NOT_FOUND)
		return rc;
	fg_err_clear(&c->err);
	return no_policy(c, &op->t, row.name);
}

enum fg_rc
iam_run_delete_inline(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, drop);
}

/* ---- boundaries ---- */

static enum fg_rc
boundary_set(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct store_user u;
	struct store_role r;

	if (op->t.k->kind == STORE_USER) {
		FG_TRY(iam_user_row(op, &u));
		u.boundary = op->extra;
		return store_update(op->tx, STORE_USER, &u, &c->err);
	}
	FG_TRY(iam_role_row(op, &r));
	r.boundary = op->extra;
	return store_update(op->tx, STORE_ROLE, &r, &c->err);
}

enum fg_rc
iam_run_put_boundary(struct api_call *c)
{
	struct iam_target t;
	struct fg_str arn;

	FG_TRY(iam_target(c, &t));
	FG_TRY(iam_boundary(c, &arn));
	return iam_write(c, &t, FG_STR_NULL, arn, boundary_set);
}

enum fg_rc
iam_run_delete_boundary(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	if (t.boundary.n == 0)
		return api_refuse(c, API_F_NO_SUCH_ENTITY, "iam.boundary.no-such",
		    "%.*s %.*s does not have a permissions boundary.", FG_PRI(t.k->word),
		    FG_PRI(t.name));
	return iam_write(c, &t, FG_STR_NULL, FG_LIT(""), boundary_set);
}
