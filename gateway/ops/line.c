/* gateway/ops/line.c - read one line of an audit file back, strictly. */
#include "gateway/ops/ops_int.h"

static enum fg_rc
bad(struct fg_err *reterr, const char *what)
{
	return fg_fail(reterr, FG_E_SYNTAX, "audit.line", NULL, "%s", what);
}

static struct fg_str
text_of(const struct fg_json *j, uint32_t obj, const char *key)
{
	uint32_t i = fg_json_get(j, obj, fg_str_z(key));

	return i == 0 || j->node[i].type != FG_JSON_STRING ? FG_STR_NULL : j->node[i].text;
}

/* A member of exactly n bytes in hexadecimal, or NULL. */
static uint8_t *
hex_of(struct fg_arena *a, const struct fg_json *j, uint32_t obj, const char *key, size_t n)
{
	struct fg_str out;
	uint8_t *ret;

	if (!fg_hex(a, text_of(j, obj, key), &out) || out.n != n)
		return NULL;
	ret = fg_arena_alloc(a, n);
	if (ret != NULL)
		memcpy(ret, out.p, n);
	return ret;
}

static bool
number_of(const struct fg_json *j, uint32_t obj, const char *key, uint64_t *ret)
{
	uint32_t i = fg_json_get(j, obj, fg_str_z(key));

	return i != 0 && j->node[i].type == FG_JSON_NUMBER && fg_u64(j->node[i].text, ret);
}

/* An id of a key, eight hexadecimal digits; 0 when it is absent. */
static bool
key_of(struct fg_arena *a, const struct fg_json *j, uint32_t obj, uint32_t *ret)
{
	const uint8_t *p;

	*ret = 0;
	if (fg_json_get(j, obj, FG_LIT("key")) == 0)
		return true;
	p = hex_of(a, j, obj, "key", 4);
	if (p == NULL)
		return false;
	*ret = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	return true;
}

static enum fg_rc
read_record(struct fg_arena *a, struct fg_str line, struct ops_line *l, struct fg_err *reterr)
{
	uint32_t more = fg_json_get(&l->json, 0, FG_LIT("additionalEventData"));
	const uint8_t *mac;

	if (more == 0 || l->json.node[more].type != FG_JSON_OBJECT)
		return bad(reterr, "record without additionalEventData");
	l->place.chain = hex_of(a, &l->json, more, "chain", AUDIT_CHAIN_ID);
	l->place.prev = hex_of(a, &l->json, more, "prev", AUDIT_HASH);
	mac = hex_of(a, &l->json, more, "mac", AUDIT_HASH);
	if (l->place.chain == NULL || l->place.prev == NULL || mac == NULL ||
	    !number_of(&l->json, more, "seq", &l->place.seq) ||
	    !key_of(a, &l->json, more, &l->place.key))
		return bad(reterr, "record without its place in a chain");
	/* what is digested is what stands before the MAC, so the MAC must stand last */
	if (line.n < OPS_MAC_TAIL ||
	    !fg_starts(fg_sub(line, line.n - OPS_MAC_TAIL, line.n), FG_LIT(",\"mac\":\"")) ||
	    !fg_ends(line, FG_LIT("\"}}")))
		return bad(reterr, "the MAC is not at the end of the record");
	memcpy(l->mac, mac, AUDIT_HASH);
	l->digested = fg_sub(line, 0, line.n - OPS_MAC_TAIL);
	l->request_id = text_of(&l->json, 0, "requestID");
	l->kind = OPS_LINE_RECORD;
	return FG_OK;
}

static bool
read_heads(struct fg_arena *a, const struct fg_json *j, uint32_t obj, const char *name,
    struct ops_tail_chain **ret, size_t *ret_n)
{
	uint32_t list = fg_json_get(j, obj, fg_str_z(name)), at;

	if (list == 0 || j->node[list].type != FG_JSON_ARRAY || j->node[list].n > OPS_LINE_CHAINS)
		return false;
	*ret = fg_arena_array(a, j->node[list].n, sizeof(**ret));
	if (*ret == NULL)
		return false;
	at = fg_json_first(list);
	for (uint32_t i = 0; i < j->node[list].n; i++, at = fg_json_after(j, at)) {
		const uint8_t *id = hex_of(a, j, at, "chain", AUDIT_CHAIN_ID);
		const uint8_t *head = hex_of(a, j, at, "head", AUDIT_HASH);

		if (id == NULL || head == NULL || !number_of(j, at, "seq", &(*ret)[i].seq))
			return false;
		memcpy((*ret)[i].id, id, AUDIT_CHAIN_ID);
		memcpy((*ret)[i].head, head, AUDIT_HASH);
	}
	*ret_n = j->node[list].n;
	return true;
}

static enum fg_rc
read_signature(struct fg_arena *a, struct ops_line *l, struct fg_err *reterr)
{
	uint32_t i = fg_json_get(&l->json, 0, FG_LIT("sig"));
	struct fg_str sig;

	if (i == 0)
		return bad(reterr, "checkpoint without a signature");
	if (l->json.node[i].type == FG_JSON_NULL)
		return FG_OK;
	if (l->json.node[i].type != FG_JSON_STRING || !fg_base64(a, l->json.node[i].text, &sig) ||
	    sig.n != AUDIT_SIG)
		return bad(reterr, "checkpoint with a malformed signature");
	memcpy(l->sig, sig.p, AUDIT_SIG);
	l->is_signed = true;
	return FG_OK;
}

static enum fg_rc
read_checkpoint(struct fg_arena *a, uint32_t obj, struct ops_line *l, struct fg_err *reterr)
{
	if (l->json.node[obj].type != FG_JSON_OBJECT || l->json.node[0].n != 2)
		return bad(reterr, "malformed checkpoint");
	l->object = fg_json_raw(&l->json, obj);
	l->prev = hex_of(a, &l->json, obj, "prev", AUDIT_HASH);
	l->event = text_of(&l->json, obj, "event");
	if (l->prev == NULL || fg_str_null(l->event) || !number_of(&l->json, obj, "n", &l->n) ||
	    !key_of(a, &l->json, obj, &l->place.key) ||
	    !read_heads(a, &l->json, obj, "chains", &l->chain, &l->n_chain) ||
	    !read_heads(a, &l->json, obj, "recovered", &l->recovered, &l->n_recovered))
		return bad(reterr, "malformed checkpoint");
	FG_TRY(read_signature(a, l, reterr));
	l->kind = OPS_LINE_CHECKPOINT;
	return FG_OK;
}

enum fg_rc
ops_line_read(struct fg_arena *a, struct fg_str line, struct ops_line *ret, struct fg_err *reterr)
{
	static const struct fg_json_limits lim = { .depth = 8 };
	uint32_t checkpoint;

	*ret = (struct ops_line){ .kind = OPS_LINE_BAD };
	FG_TRY(fg_json_parse(a, line, &lim, "audit.line", &ret->json, reterr));
	if (ret->json.node[0].type != FG_JSON_OBJECT)
		return bad(reterr, "not an object");
	checkpoint = fg_json_get(&ret->json, 0, FG_LIT("checkpoint"));
	return checkpoint == 0 ? read_record(a, line, ret, reterr)
	                       : read_checkpoint(a, checkpoint, ret, reterr);
}
