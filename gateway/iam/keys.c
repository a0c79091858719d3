/*
 * gateway/iam/keys.c - operations of the operator on the key ring: what the store knows of it.
 *
 * The ring file itself is changed by the command, which may read it; the gateway may not.
 */
#include "gateway/iam/admin_int.h"

static bool
id_read(struct admin_call *c, uint32_t *ret)
{
	struct fg_str text;
	uint32_t v = 0;

	if (!admin_str(c, "id", &text))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		char d = text.p[i];

		if (!fg_digit(d) && !(d >= 'a' && d <= 'f'))
			text.n = 0;
		else
			v = v << 4 | (uint32_t)(fg_digit(d) ? d - '0' : d - 'a' + 10);
	}
	if (text.n != 8 || v == 0) {
		(void)fg_fail(&c->err, FG_E_PARAM, "iam.keys.id", NULL,
		    "id is not eight hexadecimal digits");
		return false;
	}
	*ret = v;
	return true;
}

/* contract.md: [{"id","class","state","since","until"}] */
static void
put_row(struct fg_buf *b, const struct cred_key_row *row)
{
	fg_buf_fmt(b, "{\"id\":\"%08x\",\"class\":\"%s\",\"state\":\"%s\",\"since\":\"", row->id,
	    cred_class_name(row->cls), cred_state_name(row->state));
	fg_buf_time(b, row->since);
	fg_buf_put(b, FG_LIT("\",\"until\":"));
	if (row->until == 0) {
		fg_buf_put(b, FG_LIT("null}"));
		return;
	}
	fg_buf_putc(b, '"');
	fg_buf_time(b, row->until);
	fg_buf_put(b, FG_LIT("\"}"));
}

static bool
clock_ok(const struct admin_call *c)
{
	return c->admin->clock_ok != NULL && c->admin->clock_ok(c->admin->arg);
}

/* Keys of the store's that the node holds. */
static void
put_holds(struct fg_buf *b, const struct cred_node_seen *node, const struct cred_rows *rows)
{
	const struct cred_nodes one = { .v = &(struct cred_node_seen){ .holds = node->holds, .live = true },
		.n = 1 };
	const char *sep = "";

	for (size_t i = 0; i < rows->n; i++)
		if (cred_nodes_acks(&one, rows->row[i].fp) != 0) {
			fg_buf_fmt(b, "%s\"%08x\"", sep, rows->row[i].id);
			sep = ",";
		}
}

static void
put_node(struct fg_buf *b, const struct cred_node_seen *node, const struct cred_rows *rows)
{
	fg_buf_put(b, FG_LIT("{\"node\":\""));
	fg_buf_json(b, node->name);
	fg_buf_put(b, FG_LIT("\",\"boot\":\""));
	fg_buf_json(b, node->boot);
	fg_buf_fmt(b, "\",\"opens\":%u,\"seen\":\"", node->opens);
	fg_buf_time(b, node->seen);
	fg_buf_fmt(b, "\",\"live\":%s,\"holds\":[", node->live ? "true" : "false");
	put_holds(b, node, rows);
	fg_buf_put(b, FG_LIT("]}"));
}

enum fg_rc
admin_keys_list(struct admin_call *c)
{
	struct cred_nodes nodes;
	struct cred_rows rows;

	FG_TRY(cred_rows_read(c->admin->store, &rows, &c->err));
	FG_TRY(cred_nodes_read(c->admin->store, c->now, clock_ok(c), c->arena, &nodes, &c->err));
	fg_buf_put(c->out, FG_LIT(",\"nodes\":["));
	for (size_t i = 0; i < nodes.n; i++) {
		if (i != 0)
			fg_buf_putc(c->out, ',');
		put_node(c->out, &nodes.v[i], &rows);
	}
	fg_buf_putc(c->out, ']');
	fg_buf_put(c->out, FG_LIT(",\"keys\":["));
	for (size_t i = 0; i < rows.n; i++) {
		if (i != 0)
			fg_buf_putc(c->out, ',');
		put_row(c->out, &rows.row[i]);
	}
	fg_buf_putc(c->out, ']');
	return FG_OK;
}

/* Which nodes hold a key is counted, not said here. */
static struct cred_evidence
evidence(const struct admin_call *c)
{
	return (struct cred_evidence){
		.now = c->now,
		.clock_ok = clock_ok(c),
	};
}

enum fg_rc
admin_keys_sync(struct admin_call *c)
{
	struct cred_evidence ev = evidence(c);
	struct cred_ring_entry e[CRED_RING_MAX];
	struct cred_nodes nodes;
	size_t n = 0, changed = 0;

	/* This node's own word must be of now: the ring has just changed. */
	if (c->admin->node != NULL)
		FG_TRY(cred_node_beat(c->admin->store, c->admin->cred, c->admin->node, c->now, &c->err));
	FG_TRY(cred_client_list(c->admin->cred, e, &n, &c->err));
	FG_TRY(cred_nodes_read(c->admin->store, c->now, ev.clock_ok, c->arena, &nodes, &c->err));
	FG_TRY(cred_rows_sync(c->admin->store, e, n, &nodes, &ev, &changed, &c->err));
	fg_buf_fmt(c->out, ",\"changed\":%zu", changed);
	return FG_OK;
}

enum fg_rc
admin_keys_anew(struct admin_call *c)
{
	size_t done = 0;
	bool more = false;

	FG_TRY(cred_rows_anew(c->admin->store, c->admin->cred, FG_LIMIT_ROWS_ANEW, &done, &more, &c->err));
	fg_buf_fmt(c->out, ",\"rows\":%zu,\"more\":%s", done, more ? "true" : "false");
	return FG_OK;
}

enum fg_rc
admin_keys_rewrap(struct admin_call *c)
{
	uint32_t id = 0;
	size_t n = 0;

	if (!id_read(c, &id))
		return c->err.rc;
	FG_TRY(cred_rows_rewrap(c->admin->store, c->admin->cred, id, &n, &c->err));
	fg_buf_fmt(c->out, ",\"wrapped\":%zu", n);
	return FG_OK;
}

enum fg_rc
admin_keys_retire(struct admin_call *c)
{
	struct cred_evidence ev = evidence(c);
	uint32_t id = 0;

	if (!id_read(c, &id))
		return c->err.rc;
	return cred_rows_retire(c->admin->store, id, &ev, &c->err);
}
