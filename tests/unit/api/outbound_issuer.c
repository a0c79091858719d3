/* Issuers of the world's accounts: on, off, and what their tokens say. */
#include "tests/unit/api/outbound.h"

#define GET "Action=GetWebIdentityToken&Version=2011-06-15"

/* ---- issuers ---- */

static void
ring_known(void)
{
	struct cred_ring_entry e[CRED_RING_MAX];
	size_t n = cred_ring_list(world.ring, e);

	for (size_t i = 0; i < n; i++) {
		const struct cred_key_row k = cred_key_row_of(&e[i], CRED_STATE_SEALING, W_NOW - 86400);
		struct cred_row_text text;
		struct store_ring row;

		cred_row_put(&k, &text, &row);
		world_put(STORE_RING, &row);
	}
}

static struct outbound_change
change(struct fg_str account)
{
	return (struct outbound_change){ .cred = world.cred, .a = world.a, .account = account,
		.now = world.now };
}

void
issuer_on(struct fg_str account)
{
	struct outbound_change o = change(account);
	static struct outbound_pair keys;
	struct fg_err err = { 0 };
	bool on = false;

	ring_known();
	CHECK_OK(outbound_make(world.a, &keys, &err));
	CHECK_OK(store_begin(world.st, &o.tx, &err));
	CHECK_OK(outbound_is_enabled(&o, &on, &err));
	if (!on)
		CHECK_OK(outbound_enable(&o, &keys, &err));
	CHECK_OK(store_commit(o.tx, &err));
	outbound_made_wipe(&keys);
}

void
issuer_off(struct fg_str account)
{
	struct outbound_change o = change(account);
	struct fg_err err = { 0 };
	bool on = false;

	CHECK_OK(store_begin(world.st, &o.tx, &err));
	CHECK_OK(outbound_is_enabled(&o, &on, &err));
	if (on)
		CHECK_OK(outbound_disable(&o, &err));
	CHECK_OK(store_commit(o.tx, &err));
}

struct reply
outbound_get(const struct signer *s, const char *more)
{
	world.connection = 4242; /* the same request again is a retry */
	return world_signed(s, fg_arena_fmt(world.a, GET "%s", more).p);
}

bool
outbound_claims(const struct reply *r, struct fg_str account, struct claims *ret)
{
	struct oidc_provider p = oidc_provider_default();
	struct fg_str token = world_xml(r, "WebIdentityToken");
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *set = NULL;
	FG_AUTO(oidc_worker_freep) struct oidc_worker *w = oidc_worker_new();
	const struct oidc_payload *payload;
	const struct oidc_key *key;
	struct oidc_jws *jws;
	struct fg_err err = { 0 };

	p.algs = OIDC_ALGS_ALL;
	directory_enter();
	if (oidc_jwks_parse(outbound_jwks(world.d, account), 0, &set, &err) != FG_OK ||
	    oidc_jws_parse(world.a, token, &jws, &err) != FG_OK ||
	    oidc_key_find(&p, set, jws, &key, &err) != FG_OK ||
	    oidc_verify(w, world.a, &p, jws, key, &payload, &err) != FG_OK) {
		directory_leave();
		return false;
	}
	directory_leave();
	ret->alg = oidc_jws_alg(jws);
	ret->kid = oidc_jws_kid(jws);
	return fg_json_parse(world.a, oidc_payload_bytes(payload), NULL, "test", &ret->json, &err) == FG_OK;
}

static struct fg_str
str_at(const struct claims *c, uint32_t i)
{
	return i != 0 && c->json.node[i].type == FG_JSON_STRING ? c->json.node[i].text : FG_STR_NULL;
}

struct fg_str
claim_str(const struct claims *c, const char *name)
{
	return str_at(c, fg_json_get(&c->json, 0, fg_str_z(name)));
}

struct fg_str
claim_inner(const struct claims *c, const char *name)
{
	uint32_t o = fg_json_get(&c->json, 0, FG_LIT("https://sts.amazonaws.com/")), i;

	if (o == 0)
		return FG_STR_NULL;
	i = fg_json_get(&c->json, o, fg_str_z(name));
	return i != 0 && c->json.node[i].type == FG_JSON_OBJECT ? fg_json_raw(&c->json, i) : str_at(c, i);
}

int64_t
claim_int(const struct claims *c, const char *name)
{
	int64_t v = -1;
	uint32_t i = fg_json_get(&c->json, 0, fg_str_z(name));

	return i != 0 && fg_json_i64(&c->json, i, 0, INT64_MAX, &v) ? v : -1;
}
