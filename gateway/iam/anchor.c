/*
 * gateway/iam/anchor.c - the audit log's keys and its last checkpoint.
 */
#include <stdio.h>

#include "gateway/iam/anchor.h"

#define CHAIN FG_LIT("audit")

static enum fg_rc
seed(void *app, const uint8_t chain[AUDIT_CHAIN_ID], uint8_t ret[AUDIT_HASH],
    struct fg_err *reterr)
{
	const struct anchor *a = app;

	return cred_client_audit_seed(a->cred, a->key, chain, ret, reterr);
}

static enum fg_rc
sign(void *app, struct fg_str text, uint8_t ret[AUDIT_SIG], struct fg_err *reterr)
{
	const struct anchor *a = app;

	return cred_client_audit_sign(a->cred, a->key, text, ret, reterr);
}

static void
marked(void *app, const struct audit_mark *m)
{
	const struct anchor *a = app;
	struct store_checkpoint c = { .chain = CHAIN, .seq = m->n,
		.head = fg_str(m->head, sizeof(m->head)), .signature = FG_LIT("") };
	struct fg_err err = { .rc = FG_OK };
	struct cred_clock at;

	if (cred_clock_read(&at, &err) == FG_OK)
		c.at = at.wall_ns / 1000000000;
	if (store_checkpoint_put(a->store, &c, &err) != FG_OK)
		(void)fprintf(stderr, "fedgate: audit checkpoint: %s\n", err.text);
}

static enum fg_rc
last_mark(struct store *st, struct audit_mark *ret, struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4096);
	struct fg_err err = { .rc = FG_OK };
	struct store_checkpoint c;
	enum fg_rc rc = FG_E_NOMEM;

	if (a != NULL)
		rc = store_checkpoint_get(st, CHAIN, a, &c, &err);
	if (rc == FG_E_NOT_FOUND)
		return FG_OK;
	if (rc != FG_OK || c.head.n != sizeof(ret->head))
		return fg_fail(reterr, rc == FG_OK ? FG_E_STORE : rc, "iam.anchor", NULL,
		    "last checkpoint of the audit log: %s", rc == FG_OK ? "not a hash" : err.text);
	ret->n = c.seq;
	memcpy(ret->head, c.head.p, sizeof(ret->head));
	return FG_OK;
}

enum fg_rc
anchor_open(struct anchor *a, struct audit_config *ret, struct fg_err *reterr)
{
	const struct cred_key_row *row;
	struct cred_rows rows;

	FG_TRY(cred_rows_read(a->store, &rows, reterr));
	row = cred_key_sealing(rows.row, rows.n, CRED_CLASS_AUDIT);
	if (row == NULL)
		return fg_fail(reterr, FG_E_UNAVAILABLE, "iam.anchor", NULL, "no audit key seals");
	a->key = row->id;
	FG_TRY(last_mark(a->store, &ret->mark, reterr));
	ret->app = a;
	ret->key = row->id;
	ret->seed = seed;
	ret->sign = sign;
	ret->marked = marked;
	return FG_OK;
}
