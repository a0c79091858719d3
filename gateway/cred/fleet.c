/*
 * The nodes that serve from a store: heartbeats, acknowledgements, versions (rules 7 and 22).
 */
#include "gateway/cred/cred_int.h"
#include "gateway/cred/fleet.h"

#include <unistd.h>

#define NODE_HOLDS_BYTES (CRED_RING_MAX * (4 + 2 * CRED_FP_BYTES))

enum fg_rc
cred_node_init(struct cred_node *ret, fg_time now, struct fg_err *reterr)
{
	uint8_t boot[16];

	*ret = (struct cred_node){ .since = now };
	if (!cred_rand_system(NULL, boot, sizeof(boot)))
		return fg_fail(reterr, FG_E_CRYPTO, "cred.node", NULL, "no randomness");
	hex_put(boot, sizeof(boot), ret->boot);
	if (gethostname(ret->name, sizeof(ret->name) - 1) != 0 || ret->name[0] == '\0')
		memcpy(ret->name, "node", sizeof("node"));
	return FG_OK;
}

enum fg_rc
cred_node_beat(struct store *st, struct cred_client *c, const struct cred_node *me, fg_time now,
    struct fg_err *reterr)
{
	struct cred_ring_entry e[CRED_RING_MAX];
	char text[NODE_HOLDS_BYTES], fp[2 * CRED_FP_BYTES + 1];
	struct fg_buf holds = FG_BUF_FIXED(text);
	struct store_node n = { .boot = fg_str_z(me->boot), .name = fg_str_z(me->name),
		.opens = CRED_TOKEN_VERSION, .since = me->since, .seen = now };
	size_t keys = 0;

	FG_TRY(cred_client_list(c, e, &keys, reterr));
	for (size_t i = 0; i < keys; i++) {
		hex_put(e[i].fp, sizeof(e[i].fp), fp);
		store_list_put(&holds, fg_str_z(fp));
	}
	FG_TRY(fg_buf_end(&holds, &n.holds));
	return store_node_beat(st, &n, reterr);
}

void
cred_node_leave(struct store *st, const struct cred_node *me)
{
	/* One that cannot say so is missed after a while. */
	(void)!store_node_leave(st, fg_str_z(me->boot), NULL);
}

struct gather {
	struct fg_arena *a;
	fg_time now;
	bool clock_ok;
	struct cred_nodes *nodes;
};

static bool
room_for_one(struct gather *g)
{
	struct cred_nodes *nodes = g->nodes;
	size_t room = nodes->room == 0 ? 8 : nodes->room * 2;
	struct cred_node_seen *v;

	if (nodes->n < nodes->room)
		return true;
	v = FG_NEW_N(g->a, struct cred_node_seen, room);
	if (v == NULL)
		return false;
	if (nodes->n != 0)
		memcpy(v, nodes->v, nodes->n * sizeof(*v));
	nodes->v = v;
	nodes->room = room;
	return true;
}

static enum fg_rc
node_one(void *arg, const struct store_node *n, bool bad, struct fg_err *reterr)
{
	struct gather *g = arg;
	struct cred_node_seen *s;

	if (!room_for_one(g))
		return fg_fail(reterr, FG_E_NOMEM, "cred.nodes", NULL, "arena");
	s = &g->nodes->v[g->nodes->n++];
	*s = (struct cred_node_seen){ .name = fg_arena_dup(g->a, n->name),
		.boot = fg_arena_dup(g->a, n->boot), .holds = FG_LIT(""), .live = true };
	if (fg_str_null(s->name) || fg_str_null(s->boot))
		return fg_fail(reterr, FG_E_NOMEM, "cred.nodes", NULL, "arena");
	if (bad)
		return FG_OK; /* of no node's hand: it is in the way until the store is opened anew */
	s->holds = fg_arena_dup(g->a, n->holds);
	if (fg_str_null(s->holds))
		return fg_fail(reterr, FG_E_NOMEM, "cred.nodes", NULL, "arena");
	s->opens = n->opens < 0 || n->opens > UINT8_MAX ? 0 : (unsigned)n->opens;
	s->seen = n->seen;
	s->live = !g->clock_ok || g->now - n->seen <= FG_LIMIT_NODE_DEAD_S;
	return FG_OK;
}

enum fg_rc
cred_nodes_read(struct store *st, fg_time now, bool clock_ok, struct fg_arena *a,
    struct cred_nodes *ret, struct fg_err *reterr)
{
	struct gather g = { a, now, clock_ok, ret };

	*ret = (struct cred_nodes){ .n = 0 };
	return store_nodes(st, node_one, &g, reterr);
}

unsigned
cred_nodes_live(const struct cred_nodes *nodes)
{
	unsigned n = 0;

	for (size_t i = 0; i < nodes->n; i++)
		n += nodes->v[i].live;
	return n;
}

unsigned
cred_nodes_acks(const struct cred_nodes *nodes, const uint8_t fp[CRED_FP_BYTES])
{
	char text[2 * CRED_FP_BYTES + 1];
	unsigned n = 0;

	hex_put(fp, CRED_FP_BYTES, text);
	for (size_t i = 0; i < nodes->n; i++)
		n += nodes->v[i].live && store_list_has(nodes->v[i].holds, fg_str_z(text));
	return n;
}

unsigned
cred_nodes_version(const struct cred_nodes *nodes)
{
	unsigned least = 0, one;
	bool any = false;

	for (size_t i = 0; i < nodes->n; i++) {
		if (!nodes->v[i].live)
			continue;
		one = cred_version_seal(&nodes->v[i].opens, 1);
		least = !any || one < least ? one : least;
		any = true;
	}
	return least;
}

/* ---- states of keys, as the nodes let them change ---- */

static const struct cred_key_row *
row_of(const struct cred_rows *rows, uint32_t id)
{
	for (size_t i = 0; i < rows->n; i++)
		if (rows->row[i].id == id)
			return &rows->row[i];
	return NULL;
}

/* *ret_new: keys that the store did not know. */
static enum fg_rc
stage(struct store *st, const struct cred_ring_entry *ring, size_t n, fg_time now, size_t *ret_new,
    struct fg_err *reterr)
{
	struct cred_rows rows;

	*ret_new = 0;
	FG_TRY(cred_rows_read(st, &rows, reterr));
	for (size_t i = 0; i < n; i++)
		if (row_of(&rows, ring[i].id) == NULL) {
			FG_TRY(cred_rows_add(st, &ring[i], CRED_STATE_STAGED, now, reterr));
			(*ret_new)++;
		}
	return FG_OK;
}

enum fg_rc
cred_rows_sync(struct store *st, const struct cred_ring_entry *ring, size_t n,
    const struct cred_nodes *nodes, const struct cred_evidence *ev, size_t *ret_changed,
    struct fg_err *reterr)
{
	struct cred_evidence counted = *ev;
	struct cred_rows rows;
	size_t changed = 0;

	FG_TRY(stage(st, ring, n, ev->now, &changed, reterr));
	FG_TRY(cred_rows_read(st, &rows, reterr));
	counted.live_nodes = cred_nodes_live(nodes);
	for (size_t i = 0; i < n; i++) {
		const struct cred_key_row *row = row_of(&rows, ring[i].id);

		if (row == NULL || row->state != CRED_STATE_STAGED ||
		    memcmp(row->fp, ring[i].fp, CRED_FP_BYTES) != 0)
			continue;
		counted.acks = cred_nodes_acks(nodes, row->fp);
		if (counted.live_nodes == 0 || counted.acks < counted.live_nodes)
			continue; /* it waits */
		FG_TRY(cred_rows_promote(st, row->id, &counted, reterr));
		changed++;
	}
	*ret_changed = changed;
	return FG_OK;
}
