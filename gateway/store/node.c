/*
 * gateway/store/node.c - the nodes that serve from this store, each in a row of its own hand.
 */
#include "gateway/store/store_int.h"

static enum fg_rc
node_mac(struct store_mac *m, const struct store_node *n, unsigned char ret[STORE_MAC_BYTES])
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(16384);
	struct fg_str bytes;
	struct store_tag tag;

	fg_buf_v32(&b, n->boot);
	fg_buf_v32(&b, n->name);
	fg_buf_v32(&b, n->holds);
	fg_buf_be64(&b, (uint64_t)n->opens);
	fg_buf_be64(&b, (uint64_t)n->since);
	fg_buf_be64(&b, (uint64_t)n->seen);
	FG_TRY(fg_buf_end(&b, &bytes));
	FG_TRY(store_mac_bytes(m, "node", bytes, &tag));
	memcpy(ret, tag.mac, STORE_MAC_BYTES);
	return FG_OK;
}

enum fg_rc
store_node_beat(struct store *st, const struct store_node *n, struct fg_err *reterr)
{
	unsigned char mac[STORE_MAC_BYTES];
	enum fg_rc rc;

	FG_TRY(store_meta_begin(st, reterr));
	rc = node_mac(st->mac, n, mac);
	if (rc != FG_OK)
		(void)fg_fail(reterr, rc, "store.node", NULL, "row has no MAC: %s", fg_rc_text(rc));
	else
		rc = st->engine->ops->node_put(st->engine, n, mac, reterr);
	return store_meta_end(st, rc, reterr);
}

enum fg_rc
store_node_leave(struct store *st, struct fg_str boot, struct fg_err *reterr)
{
	FG_TRY(store_meta_begin(st, reterr));
	return store_meta_end(st, st->engine->ops->node_del(st->engine, boot, reterr), reterr);
}

struct walk {
	const struct store *st;
	store_node_fn fn;
	void *arg;
};

static enum fg_rc
one(void *arg, const struct store_node *n, const unsigned char mac[STORE_MAC_BYTES],
    struct fg_err *reterr)
{
	const struct walk *w = arg;
	unsigned char own[STORE_MAC_BYTES];
	bool bad = true;

	for (size_t i = 0; i < w->st->keys.n && bad; i++)
		bad = node_mac(w->st->keys.v[i], n, own) != FG_OK || !store_mac_eq(own, mac);
	return w->fn(w->arg, n, bad, reterr);
}

enum fg_rc
store_nodes(struct store *st, store_node_fn fn, void *arg, struct fg_err *reterr)
{
	struct walk w = { .st = st, .fn = fn, .arg = arg };

	FG_TRY(store_meta_begin(st, reterr));
	return store_meta_end(st, st->engine->ops->node_all(st->engine, one, &w, reterr), reterr);
}
