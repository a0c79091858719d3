/* gateway/ops/checkpoint.c - what all chains came to, signed. */
#include <stdio.h>
#include <time.h>

#include "gateway/ops/ops_int.h"

static void
head(struct fg_buf *b, const uint8_t *id, uint64_t seq, const uint8_t *hash)
{
	ops_name(b, NULL);
	fg_buf_putc(b, '{');
	ops_hex_field(b, "chain", id, AUDIT_CHAIN_ID);
	ops_name(b, "seq");
	fg_buf_u64(b, seq);
	ops_hex_field(b, "head", hash, AUDIT_HASH);
	fg_buf_putc(b, '}');
}

static void
heads(struct fg_buf *b, const struct audit *a)
{
	ops_name(b, "chains");
	fg_buf_putc(b, '[');
	for (unsigned i = 0; i < a->n_chain; i++)
		if (a->chain[i].begun)
			head(b, a->chain[i].id, a->chain[i].written_seq, a->chain[i].written_head);
	fg_buf_putc(b, ']');
}

static void
recovered(struct fg_buf *b, const struct ops_tail *t)
{
	ops_name(b, "recovered");
	fg_buf_putc(b, '[');
	for (size_t i = 0; t != NULL && i < t->n_chain; i++)
		head(b, t->chain[i].id, t->chain[i].seq, t->chain[i].head);
	fg_buf_putc(b, ']');
	if (t != NULL && t->torn > 0) {
		ops_name(b, "torn");
		fg_buf_u64(b, t->torn);
	}
}

static fg_time
wall(const struct audit *a)
{
	return a->c.wall != NULL ? a->c.wall(a->c.app) : (fg_time)time(NULL);
}

static void
signature(struct audit *a)
{
	char room[OPS_SIGNED_TEXT];
	uint8_t sig[AUDIT_SIG];

	ops_name(&a->out, "sig");
	if (a->c.sign(a->c.app, ops_signed_text(room, a->mark.head), sig, NULL) != FG_OK) {
		a->unsigned_checkpoints++;
		fg_buf_put(&a->out, FG_LIT("null"));
		return;
	}
	fg_buf_putc(&a->out, '"');
	fg_buf_base64(&a->out, fg_str(sig, sizeof(sig)));
	fg_buf_putc(&a->out, '"');
}

void
ops_checkpoint(struct audit *a, const char *event, const struct ops_tail *tail)
{
	struct fg_buf *b = &a->out;
	size_t start;
	char key[9];

	(void)snprintf(key, sizeof(key), "%08x", a->c.key);
	fg_buf_put(b, FG_LIT("{\"checkpoint\":"));
	start = b->n;
	fg_buf_putc(b, '{');
	ops_name(b, "n");
	fg_buf_u64(b, a->mark.n + 1);
	ops_field(b, "event", AUDIT_C_NAME, fg_str_z(event));
	ops_time_field(b, "time", wall(a));
	ops_hex_field(b, "prev", a->mark.head, AUDIT_HASH);
	ops_field(b, "key", AUDIT_C_NAME, fg_str_z(key));
	heads(b, a);
	recovered(b, tail);
	fg_buf_putc(b, '}');
	if (b->bad != FG_OK)
		return;
	a->mark.n++;
	ops_sha256(fg_str(b->p + start, b->n - start), FG_STR_NULL, a->mark.head);
	signature(a);
	fg_buf_put(b, FG_LIT("}\n"));
	a->mark_new = true;
	a->checkpoints++;
	a->next_checkpoint_ms = ops_ms() + FG_LIMIT_AUDIT_CHECKPOINT_S * 1000;
}
