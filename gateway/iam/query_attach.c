/*
 * gateway/iam/query_attach.c - managed policies on users, groups and roles.
 */
#include "gateway/iam/query_int.h"

enum { ATTACHED_MAX = 10 };

static enum fg_rc
not_attached(struct api_call *c, struct fg_str arn)
{
	return api_refuse(c, API_F_NO_SUCH_ENTITY, "iam.attach.no-such", "Policy %.*s was not found.",
	    FG_PRI(arn));
}

struct seen {
	struct fg_str arn;
	bool there;
	size_t n;
};

static enum fg_rc
look(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	const struct store_attachment *t = row;
	struct seen *s = arg;

	(void)kind;
	(void)bad;
	(void)reterr;
	s->n++;
	s->there = s->there || fg_eq(t->policy, s->arn);
	return FG_OK;
}

/* The policy may have gone since it was looked up: extra is its unique id. */
static enum fg_rc
policy_still(struct iam_op *op, struct fg_str arn)
{
	struct store_policy p = { .account = op->t.account, .uid = op->extra };
	enum fg_rc rc;

	if (fg_starts(arn, FG_LIT("arn:aws:iam::aws:")))
		p.account = FG_LIT("aws");
	rc = iam_row(op, STORE_POLICY, &p);
	if (rc == FG_E_NOT_FOUND)
		return not_attached(op->c, arn);
	return rc;
}

static enum fg_rc
attach(struct iam_op *op)
{
	struct api_call *c = op->c;
	const struct store_attachment row = { op->t.account, op->t.uid, iam_str(c, "PolicyArn") };
	struct seen seen = { .arn = row.policy };

	FG_TRY(iam_still(op));
	FG_TRY(policy_still(op, row.policy));
	FG_TRY(store_scan(op->tx, STORE_ATTACHMENT, "owner", row.owner, look, &seen, &c->err));
	if (seen.there)
		return FG_OK;
	if (seen.n >= ATTACHED_MAX)
		return api_refuse(c, API_F_LIMIT_EXCEEDED, "iam.attach.limit",
		    "Cannot exceed quota for PoliciesPer%.*s: %d", FG_PRI(op->t.k->word), ATTACHED_MAX);
	return store_insert(op->tx, STORE_ATTACHMENT, &row, &c->err);
}

enum fg_rc
iam_run_attach(struct api_call *c)
{
	const struct directory_policy *p;
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	FG_TRY(iam_policy_arn(c, iam_str(c, "PolicyArn"), &p));
	return iam_write(c, &t, FG_STR_NULL, p->uid, attach);
}

static enum fg_rc
detach(struct iam_op *op)
{
	struct api_call *c = op->c;
	const struct store_attachment row = { op->t.account, op->t.uid, iam_str(c, "PolicyArn") };
	enum fg_rc rc;

	FG_TRY(iam_still(op));
	rc = store_delete(op->tx, STORE_ATTACHMENT, &row, &c->err);
	if (rc != FG_E_NOT_FOUND)
		return rc;
	fg_err_clear(&c->err);
	return not_attached(c, row.policy);
}

enum fg_rc
iam_run_detach(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, detach);
}

/* "/path/name" of an ARN of a policy, cut in two. */
static void
parts_of(struct fg_str arn, struct fg_str *ret_path, struct fg_str *ret_name)
{
	struct api_arn a;
	size_t i;

	*ret_path = FG_LIT("/");
	*ret_name = arn;
	if (!api_arn_read(arn, &a) || !fg_starts(a.resource, FG_LIT("policy/")))
		return;
	for (i = a.resource.n; a.resource.p[i - 1] != '/'; i--)
		;
	*ret_path = fg_sub(a.resource, 6, i);
	*ret_name = fg_sub(a.resource, i, a.resource.n);
}

enum fg_rc
iam_run_list_attached(struct api_call *c)
{
	struct iam_page page = iam_page(c);
	struct fg_str at = page.after, path, name;
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	api_xml_open(&c->xml, FG_LIT("AttachedPolicies"));
	while (iam_next(t.grants->attached, t.grants->nattached, sizeof(at), &at)) {
		parts_of(at, &path, &name);
		if (!fg_starts(path, page.prefix))
			continue;
		if (!iam_page_take(&page, at))
			break;
		api_xml_open(&c->xml, FG_LIT("member"));
		api_xml_str(&c->xml, FG_LIT("PolicyName"), name);
		api_xml_str(&c->xml, FG_LIT("PolicyArn"), at);
		api_xml_close(&c->xml, FG_LIT("member"));
	}
	api_xml_close(&c->xml, FG_LIT("AttachedPolicies"));
	iam_page_end(c, &page);
	return FG_OK;
}
