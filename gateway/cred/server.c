/*
 * What the cred process answers: a table of requests, each with who may ask and how large it may
 * be.  A row left out is a refusal.
 */
#include "gateway/cred/cred_int.h"

#include <stdlib.h>
#include <time.h>

static fg_time
wall_now(void *arg)
{
	(void)arg;
	return (fg_time)time(NULL);
}

enum fg_rc
server_new(struct cred_ring *ring, struct cred_server **ret, struct fg_err *reterr)
{
	struct cred_server *s = calloc(1, sizeof(*s));
	enum fg_rc rc;

	if (s == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "cred.server", NULL, "server");
	rc = cred_worker_new(NULL, NULL, &s->w, reterr);
	if (rc != FG_OK) {
		free(s);
		return rc;
	}
	s->ring = ring;
	s->now = wall_now;
	*ret = s;
	return FG_OK;
}

void
server_free(struct cred_server *s)
{
	if (s == NULL)
		return;
	cred_worker_free(s->w);
	cred_ring_free(s->ring);
	free(s);
}

void
where_put(struct fg_buf *b, const struct cred_where *w)
{
	fg_buf_be8(b, (uint8_t)w->kind);
	fg_buf_v8(b, w->table);
	fg_buf_v8(b, w->row);
	fg_buf_v8(b, w->account);
	fg_buf_v8(b, w->owner);
}

bool
where_get(struct fg_cur *c, struct cred_where *ret)
{
	ret->kind = (enum cred_secret_kind)fg_cur_u8(c);
	ret->table = fg_cur_v8(c);
	ret->row = fg_cur_v8(c);
	ret->account = fg_cur_v8(c);
	ret->owner = fg_cur_v8(c);
	return !c->bad && where_ok(ret);
}

static enum fg_rc
malformed(struct fg_err *reterr)
{
	return fg_fail(reterr, FG_E_SYNTAX, "cred.server.request", NULL, "request is not well formed");
}

static enum fg_rc
op_hello(struct cred_server *s, struct fg_cur *c, struct fg_buf *out, struct fg_err *reterr)
{
	if (!fg_cur_done(c))
		return malformed(reterr);
	fg_buf_put(out, fg_str(s->ring->installation, CRED_INSTALLATION_BYTES));
	fg_buf_be8(out, CRED_TOKEN_VERSION);
	return FG_OK;
}

static enum fg_rc
op_list(struct cred_server *s, struct fg_cur *c, struct fg_buf *out, struct fg_err *reterr)
{
	if (!fg_cur_done(c))
		return malformed(reterr);
	for (size_t i = 0; i < s->ring->n; i++) {
		const struct cred_ring_entry *e = &s->ring->key[i].entry;

		fg_buf_be32(out, e->id);
		fg_buf_be8(out, (uint8_t)e->cls);
		fg_buf_be64(out, (uint64_t)e->created);
		fg_buf_put(out, fg_str(e->fp, sizeof(e->fp)));
	}
	return FG_OK;
}

static enum fg_rc
key_of(struct cred_server *s, uint32_t id, enum cred_class cls, const struct ring_key **ret,
    struct fg_err *reterr)
{
	*ret = ring_find(s->ring, id, cls);
	if (*ret == NULL)
		return fg_fail(reterr, FG_E_KEY, "cred.server.key", NULL, "no %s key %08x",
		    cred_class_name(cls), id);
	return FG_OK;
}

/*
 * Keys of hours near the present only, by this process's own clock: whoever holds the gateway
 * cannot ask for next month.
 */
static enum fg_rc
op_epochs(struct cred_server *s, struct fg_cur *c, struct fg_buf *out, struct fg_err *reterr)
{
	uint32_t id = fg_cur_u32(c), first = fg_cur_u32(c);
	uint8_t n = fg_cur_u8(c);
	uint32_t now = epoch_of(s->now(s->now_arg));
	const struct ring_key *k;

	if (!fg_cur_done(c) || n == 0 || n > EPOCH_COUNT)
		return malformed(reterr);
	if (now == 0 || first + EPOCH_BACK + 1 < now || first + n > now + EPOCH_AHEAD + 2 ||
	    first > now)
		return fg_fail(reterr, FG_E_CLOCK, "cred.server.epochs", NULL,
		    "epochs %u to %u asked for in %u", first, first + n - 1, now);
	FG_TRY(key_of(s, id, CRED_CLASS_SESSION, &k, reterr));
	for (uint32_t i = 0; i < n; i++) {
		char *at = fg_buf_room(out, EPOCH_WIRE_BYTES);

		if (at == NULL)
			return fg_fail(reterr, FG_E_LIMIT, "cred.server.epochs", NULL, "reply");
		FG_TRY(epoch_derive(k->root, s->ring->installation, id, first + i, (uint8_t *)at,
		    reterr));
		out->n += EPOCH_WIRE_BYTES;
	}
	return FG_OK;
}

/* One key from a root: HKDF with a label, the root's id and what the caller adds. */
static enum fg_rc
derive(struct cred_server *s, const struct ring_key *k, const char *label, struct fg_str more,
    uint8_t out[32], struct fg_err *reterr)
{
	char text[96];
	struct fg_buf info = FG_BUF_FIXED(text);
	struct fg_str i;

	fg_buf_put(&info, fg_str_z(label));
	fg_buf_be32(&info, k->entry.id);
	fg_buf_put(&info, more);
	FG_TRY(fg_buf_end(&info, &i));
	if (!crypt_hkdf(k->root, fg_str(s->ring->installation, CRED_INSTALLATION_BYTES), i, out, 32))
		return fg_fail(reterr, FG_E_CRYPTO, "cred.server.derive", NULL, "HKDF failed");
	return FG_OK;
}

static enum fg_rc
op_row_key(struct cred_server *s, struct fg_cur *c, struct fg_buf *out, struct fg_err *reterr)
{
	uint32_t id = fg_cur_u32(c);
	const struct ring_key *k;
	uint8_t key[32];

	if (!fg_cur_done(c))
		return malformed(reterr);
	FG_TRY(key_of(s, id, CRED_CLASS_ROW, &k, reterr));
	FG_TRY(derive(s, k, "fedgate row 1", FG_STR_NULL, key, reterr));
	fg_buf_put(out, fg_str(key, sizeof(key)));
	cred_wipe(key, sizeof(key));
	return FG_OK;
}

static enum fg_rc
op_audit_seed(struct cred_server *s, struct fg_cur *c, struct fg_buf *out, struct fg_err *reterr)
{
	uint32_t id = fg_cur_u32(c);
	struct fg_str chain = fg_cur_take(c, 16);
	const struct ring_key *k;
	uint8_t key[32];

	if (!fg_cur_done(c))
		return malformed(reterr);
	FG_TRY(key_of(s, id, CRED_CLASS_AUDIT, &k, reterr));
	FG_TRY(derive(s, k, "fedgate audit chain 1", chain, key, reterr));
	fg_buf_put(out, fg_str(key, sizeof(key)));
	cred_wipe(key, sizeof(key));
	return FG_OK;
}

static enum fg_rc
audit_pkey(struct cred_server *s, uint32_t id, EVP_PKEY **ret, struct fg_err *reterr)
{
	const struct ring_key *k;
	uint8_t seed[32];

	FG_TRY(key_of(s, id, CRED_CLASS_AUDIT, &k, reterr));
	FG_TRY(derive(s, k, "fedgate audit sign 1", FG_STR_NULL, seed, reterr));
	*ret = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof(seed));
	cred_wipe(seed, sizeof(seed));
	if (*ret == NULL)
		return fg_fail(reterr, FG_E_CRYPTO, "cred.server.sign", NULL, "key");
	return FG_OK;
}

#define CHECKPOINT_MAX 512
#define CHECKPOINT_LABEL "fedgate checkpoint 1"

/* A label before the message: this key never signs anything that is not a checkpoint. */
static size_t
labelled(struct fg_str msg, uint8_t out[sizeof(CHECKPOINT_LABEL) + CHECKPOINT_MAX])
{
	memcpy(out, CHECKPOINT_LABEL, sizeof(CHECKPOINT_LABEL));
	if (msg.n != 0)
		memcpy(out + sizeof(CHECKPOINT_LABEL), msg.p, msg.n);
	return sizeof(CHECKPOINT_LABEL) + msg.n;
}

static enum fg_rc
op_audit_sign(struct cred_server *s, struct fg_cur *c, struct fg_buf *out, struct fg_err *reterr)
{
	uint32_t id = fg_cur_u32(c);
	struct fg_str msg = fg_cur_rest(c);
	uint8_t text[sizeof(CHECKPOINT_LABEL) + CHECKPOINT_MAX], sig[64];
	size_t n = sizeof(sig), text_n;
	EVP_PKEY *key = NULL;
	EVP_MD_CTX *ctx;
	bool ok;

	if (c->bad || msg.n == 0 || msg.n > CHECKPOINT_MAX)
		return malformed(reterr);
	FG_TRY(audit_pkey(s, id, &key, reterr));
	text_n = labelled(msg, text);
	ctx = EVP_MD_CTX_new();
	ok = ctx != NULL && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestSign(ctx, sig, &n, text, text_n) == 1 && n == sizeof(sig);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	if (!ok)
		return fg_fail(reterr, FG_E_CRYPTO, "cred.server.sign", NULL, "Ed25519");
	fg_buf_put(out, fg_str(sig, sizeof(sig)));
	return FG_OK;
}

static enum fg_rc
op_audit_public(struct cred_server *s, struct fg_cur *c, struct fg_buf *out, struct fg_err *reterr)
{
	uint32_t id = fg_cur_u32(c);
	uint8_t pub[32];
	size_t n = sizeof(pub);
	EVP_PKEY *key = NULL;
	bool ok;

	if (!fg_cur_done(c))
		return malformed(reterr);
	FG_TRY(audit_pkey(s, id, &key, reterr));
	ok = EVP_PKEY_get_raw_public_key(key, pub, &n) == 1 && n == sizeof(pub);
	EVP_PKEY_free(key);
	if (!ok)
		return fg_fail(reterr, FG_E_CRYPTO, "cred.server.public", NULL, "Ed25519");
	fg_buf_put(out, fg_str(pub, sizeof(pub)));
	return FG_OK;
}

bool
cred_audit_verify(const uint8_t public_key[32], struct fg_str checkpoint, const uint8_t sig[64])
{
	uint8_t text[sizeof(CHECKPOINT_LABEL) + CHECKPOINT_MAX];
	EVP_PKEY *key;
	EVP_MD_CTX *ctx;
	bool ok;

	if (checkpoint.n > CHECKPOINT_MAX)
		return false;
	key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, 32);
	ctx = EVP_MD_CTX_new();
	ok = key != NULL && ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, sig, 64, text, labelled(checkpoint, text)) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return ok;
}

static enum fg_rc
op_wrap(struct cred_server *s, struct fg_cur *c, struct fg_buf *out, struct fg_err *reterr)
{
	uint32_t id = fg_cur_u32(c);
	struct cred_where where;
	bool there = where_get(c, &where);
	struct fg_str secret = fg_cur_v16(c);

	if (!there || !fg_cur_done(c))
		return malformed(reterr);
	return wrap_seal(s->w, s->ring, id, &where, secret, out, reterr);
}

/* One that does not open says so in its place; the others are answered. */
static void
unwrap_one(struct cred_server *s, const struct cred_where *where, struct fg_str blob,
    struct fg_buf *out)
{
	size_t start = out->n, n;
	enum fg_rc rc;

	fg_buf_be8(out, FG_OK);
	fg_buf_be16(out, 0);
	rc = wrap_open(s->w, s->ring, where, blob, out, NULL);
	if (out->bad != FG_OK || out->n < start + 3)
		return;
	n = out->n - start - 3;
	if (rc != FG_OK || n > UINT16_MAX) {
		out->n = start + 3;
		out->p[start] = (char)(rc != FG_OK ? rc : FG_E_LIMIT);
		return;
	}
	out->p[start + 1] = (char)(uint8_t)(n >> 8);
	out->p[start + 2] = (char)(uint8_t)n;
}

static enum fg_rc
op_unwrap(struct cred_server *s, struct fg_cur *c, struct fg_buf *out, struct fg_err *reterr)
{
	do {
		struct cred_where where;
		bool there = where_get(c, &where);
		struct fg_str blob = fg_cur_v16(c);

		if (!there || c->bad)
			return malformed(reterr);
		unwrap_one(s, &where, blob, out);
	} while (c->n != 0);
	return FG_OK;
}

#define BOTH (CRED_PEER_GATEWAY | CRED_PEER_CTL)

static const struct row {
	unsigned peers;
	size_t min, max; /* bytes of payload */
	enum fg_rc (*run)(struct cred_server *s, struct fg_cur *c, struct fg_buf *out,
	    struct fg_err *reterr);
} rows[CRED_OP_MAX] = {
	[CRED_OP_HELLO] = { BOTH, 0, 0, op_hello },
	[CRED_OP_LIST] = { BOTH, 0, 0, op_list },
	[CRED_OP_EPOCHS] = { CRED_PEER_GATEWAY, 9, 9, op_epochs },
	[CRED_OP_ROW_KEY] = { BOTH, 4, 4, op_row_key },
	[CRED_OP_AUDIT_SEED] = { BOTH, 20, 20, op_audit_seed },
	[CRED_OP_AUDIT_SIGN] = { BOTH, 5, 4 + CHECKPOINT_MAX, op_audit_sign },
	[CRED_OP_AUDIT_PUBLIC] = { BOTH, 4, 4, op_audit_public },
	[CRED_OP_WRAP] = { BOTH, 16, 4 + 1 + 4 * 256 + 2 + FG_LIMIT_WRAP_BYTES, op_wrap },
	[CRED_OP_UNWRAP] = { BOTH, 11, CRED_MSG_BYTES, op_unwrap },
};

static enum fg_rc
dispatch(struct cred_server *s, enum cred_peer peer, uint8_t op, struct fg_cur *c,
    struct fg_buf *out, struct fg_err *reterr)
{
	const struct row *r;

	if (op >= CRED_OP_MAX || rows[op].run == NULL)
		return fg_fail(reterr, FG_E_UNSUPPORTED, "cred.server.op", NULL, "no request %u", op);
	r = &rows[op];
	if ((r->peers & (unsigned)peer) == 0)
		return fg_fail(reterr, FG_E_DENIED, "cred.server.peer", NULL,
		    "request %u is not for this peer", op);
	if (c->n < r->min || c->n > r->max)
		return malformed(reterr);
	return r->run(s, c, out, reterr);
}

void
server_answer(struct cred_server *s, enum cred_peer peer, struct fg_str request, struct fg_buf *out)
{
	struct fg_cur c = fg_cur(request);
	uint32_t id = fg_cur_u32(&c);
	uint8_t op = fg_cur_u8(&c);
	struct fg_err err = { 0 };
	enum fg_rc rc;

	if (c.bad)
		return;
	fg_buf_be32(out, id);
	fg_buf_be8(out, FG_OK);
	rc = dispatch(s, peer, op, &c, out, &err);
	if (rc == FG_OK)
		rc = out->bad;
	if (rc == FG_OK)
		return;
	fg_buf_reset(out);
	fg_buf_be32(out, id);
	fg_buf_be8(out, (uint8_t)rc);
	fg_buf_put(out, fg_str_z(err.rc == FG_OK ? fg_rc_text(rc) : err.text));
}
