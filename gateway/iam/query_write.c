/*
 * gateway/iam/query_write.c - changes of the IAM API: one transaction on the store's thread.
 *
 * What was decided about is found again by its unique id: a name that was given to another one
 * meanwhile is not it.
 */
#include "base/sha256.h"
#include "gateway/iam/query_int.h"

struct write {
	struct iam_op op;
	struct store_claim once; /* of what makes something: its signature */
	iam_op_fn prep; /* before the transaction; NULL: nothing */
	iam_op_fn fn;
};

/* A refusal of the store that no action spoke about. */
static enum fg_rc
settle(struct api_call *c, enum fg_rc rc)
{
	if (rc == FG_OK || c->fault != API_F_NONE)
		return rc;
	if (c->err.rc == FG_OK)
		(void)fg_fail(&c->err, rc, "iam.write", NULL, "%s", fg_rc_text(rc));
	if (rc == FG_E_STORE || rc == FG_E_LIMIT || rc == FG_E_NOMEM || rc == FG_E_UNAVAILABLE)
		c->fault = API_F_UNAVAILABLE;
	return rc;
}

static bool
makes(const struct api_call *c)
{
	return fg_starts(c->action->name, FG_LIT("Create"));
}

/*= security.md 17
 *# IAM creates claim SHA-256(signature)
 *
 * The memory of this node forgets when it ends, and other nodes have their own. */
static enum fg_rc
claim(struct api_call *c, struct store *st, const struct store_claim *once)
{
	enum fg_rc rc = makes(c) ? store_claim_once(st, once, &c->err) : FG_OK;

	if (rc != FG_E_REPLAY)
		return rc;
	fg_err_clear(&c->err);
	c->fault = API_F_THROTTLING; /* a client that meant two signs the second one anew */
	return fg_fail(&c->err, FG_E_REPLAY, "iam.replay", "rule 17", "this signature was used before");
}

static enum fg_rc
run(struct api_call *c, struct store *st, struct cred_client *cred)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	struct write *w = c->state;
	enum fg_rc rc = claim(c, st, &w->once);

	if (rc == FG_OK && w->prep != NULL)
		rc = w->prep(&w->op);
	if (rc == FG_OK)
		rc = store_begin(st, &tx, &c->err);
	w->op.tx = tx;
	w->op.cred = cred;
	if (rc == FG_OK)
		rc = w->fn(&w->op);
	if (rc == FG_OK)
		rc = store_commit(FG_STEAL(tx), &c->err);
	return settle(c, rc != FG_OK ? rc : w->op.refused);
}

static bool
keep(struct api_call *c, struct fg_str *s)
{
	if (fg_str_null(*s))
		*s = FG_LIT("");
	*s = fg_arena_dup(c->arena, *s);
	return !fg_str_null(*s);
}

/*
 * It may be forgotten when its signature is too old to be taken.  Of the second of an unclean start what
 * was signed after it is not told from what was signed before, and that was claimed: no floor for it.
 */
static struct store_claim
once_of(const struct api_call *c)
{
	const struct fg_str signature = fg_str(c->auth.signature, sizeof(c->auth.signature));
	struct store_claim once = { .issued = c->auth.time + 1,
		.expires = c->auth.time + 2 * FG_LIMIT_SIGV4_WINDOW_S };

	_Static_assert(sizeof(once.key) == FG_SHA256_BYTES, "a claim is a digest");
	fg_sha256(&signature, 1, once.key);
	return once;
}

static enum fg_rc
write_start(struct api_call *c, const struct iam_target *t, const struct write *how)
{
	struct write *w = FG_NEW(c->arena, struct write);
	struct iam_target *to;

	if (w == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "iam.write", NULL, "arena");
	*w = *how;
	w->op.c = c;
	w->op.t = *t;
	to = &w->op.t;
	to->grants = NULL;
	to->tags = NULL;
	to->ntags = 0;
	to->user = NULL;
	to->role = NULL;
	to->group = NULL;
	if (!keep(c, &to->account) || !keep(c, &to->name) || !keep(c, &to->path) ||
	    !keep(c, &to->uid) || !keep(c, &to->arn) || !keep(c, &to->boundary) ||
	    !keep(c, &w->op.bindings) || !keep(c, &w->op.extra))
		return fg_fail(&c->err, FG_E_NOMEM, "iam.write", NULL, "arena");
	w->once = once_of(c);
	c->state = w;
	return api_write(c, run);
}

enum fg_rc
iam_write(struct api_call *c, const struct iam_target *t, struct fg_str bindings,
    struct fg_str extra, iam_op_fn fn)
{
	return write_start(c, t, &(struct write){ .fn = fn,
		.op = { .bindings = bindings, .extra = extra } });
}

enum fg_rc
iam_write_made(struct api_call *c, const struct iam_target *t, iam_op_fn prep, iam_op_fn fn)
{
	return write_start(c, t, &(struct write){ .prep = prep, .fn = fn });
}

/* ---- rows ---- */

enum fg_rc
iam_row(struct iam_op *op, enum store_kind kind, void *row)
{
	struct fg_err err = { 0 };
	enum fg_rc rc = store_get(op->tx, kind, row, op->c->arena, &err);

	if (rc != FG_OK && rc != FG_E_NOT_FOUND)
		op->c->err = err;
	return rc;
}

static enum fg_rc
row_get(struct iam_op *op, void *row)
{
	enum fg_rc rc = iam_row(op, op->t.k->kind, row);

	return rc == FG_E_NOT_FOUND ? iam_no_such(op->c, op->t.k, op->t.name) : rc;
}

enum fg_rc
iam_user_row(struct iam_op *op, struct store_user *ret)
{
	*ret = (struct store_user){ .account = op->t.account, .uid = op->t.uid };
	return row_get(op, ret);
}

enum fg_rc
iam_role_row(struct iam_op *op, struct store_role *ret)
{
	*ret = (struct store_role){ .account = op->t.account, .uid = op->t.uid };
	return row_get(op, ret);
}

enum fg_rc
iam_group_row(struct iam_op *op, struct store_group *ret)
{
	*ret = (struct store_group){ .account = op->t.account, .uid = op->t.uid };
	return row_get(op, ret);
}

enum fg_rc
iam_still(struct iam_op *op)
{
	struct store_user u;
	struct store_role r;
	struct store_group g;

	switch (op->t.k->kind) {
	case STORE_USER:
		return iam_user_row(op, &u);
	case STORE_ROLE:
		return iam_role_row(op, &r);
	default:
		return iam_group_row(op, &g);
	}
}

static enum fg_rc
count(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	size_t *n = arg;

	(void)kind;
	(void)row;
	(void)bad;
	(void)reterr;
	++*n;
	return FG_OK;
}

enum fg_rc
iam_rows(struct iam_op *op, enum store_kind kind, const char *column, struct fg_str value,
    size_t *ret)
{
	*ret = 0;
	return store_scan(op->tx, kind, column, value, count, ret, &op->c->err);
}
