/* The world of the API's tests: people, places, keys. */
#include <stdio.h>

#include "gateway/cred/cred_int.h"
#include "tests/unit/api/world.h"
#include "tests/unit/store/fixture.h"

struct world world;
const struct api_service *world_service, *world_json_service;
static struct box box;

struct fg_arena *world_arena(void);

struct fg_arena *
world_arena(void)
{
	return world.a;
}

/* ---- rows ---- */

void
world_put(enum store_kind kind, const void *row)
{
	struct store_tx *tx = NULL;

	fg_err_clear(&box.err);
	CHECK_OK(store_begin(world.st, &tx, &box.err));
	CHECK_OK(store_put(tx, kind, row, &box.err));
	CHECK_OK(store_commit(tx, &box.err));
}

void
world_drop(enum store_kind kind, const void *row)
{
	struct store_tx *tx = NULL;

	fg_err_clear(&box.err);
	CHECK_OK(store_begin(world.st, &tx, &box.err));
	CHECK_OK(store_delete(tx, kind, row, &box.err));
	CHECK_OK(store_commit(tx, &box.err));
}

static struct fg_str
list(const struct fg_str *v, size_t n)
{
	struct fg_buf b = FG_BUF_ARENA(box.arena, 65536);
	struct fg_str s = FG_LIT("");

	for (size_t i = 0; i < n; i++)
		store_list_put(&b, v[i]);
	CHECK_OK(fg_buf_end(&b, &s));
	return s.p == NULL ? FG_LIT("") : s;
}

/* Everybody that a trust policy of these tests may name. */
static struct fg_str
bindings(void)
{
	const struct fg_str v[] = { FG_LIT(W_PROVIDER), FG_LIT("bound"),
		FG_LIT("111122223333"), FG_LIT("bound"),
		FG_LIT("444455556666"), FG_LIT("bound"),
		FG_LIT("arn:aws:iam::111122223333:root"), FG_LIT("bound"),
		FG_LIT("arn:aws:iam::444455556666:root"), FG_LIT("bound"),
		FG_LIT("arn:aws:iam::111122223333:user/alice"), FG_LIT("AIDA00000000000000001"),
		FG_LIT("arn:aws:iam::444455556666:user/bob"), FG_LIT("AIDA00000000000000002"),
		FG_LIT("arn:aws:iam::111122223333:role/deploy"), FG_LIT("AROA00000000000000001"),
		FG_LIT("arn:aws:iam::111122223333:role/middle"), FG_LIT("AROA00000000000000003"),
		FG_LIT("arn:aws:iam::111122223333:saml-provider/corp"), FG_LIT("bound"),
		FG_LIT("arn:aws:iam::444455556666:oidc-provider/id.example.com/oidc/111122223333"),
		FG_LIT("bound"),
		FG_LIT("arn:aws:iam::111122223333:oidc-provider/id.example.com/oidc/444455556666"),
		FG_LIT("bound") };

	return list(v, FG_COUNT(v));
}

void
world_role(struct fg_str account, const char *uid, const char *name, const char *trust,
    const char *policy)
{
	const struct fg_str tags[] = { FG_LIT("Team"), FG_LIT("ml") };
	const struct store_role r = { .account = account, .uid = fg_str_z(uid),
		.name = fg_str_z(name), .path = FG_LIT("/"), .description = FG_LIT(""),
		.trust = fg_str_z(trust), .bindings = bindings(), .boundary = FG_LIT(""),
		.tags = list(tags, 2), .max_session = 7200, .created = W_NOW - 1000 };
	const struct store_inline p = { .account = account, .owner = r.uid, .name = FG_LIT("p"),
		.document = fg_str_z(policy == NULL ? "" : policy) };

	world_put(STORE_ROLE, &r);
	if (policy != NULL)
		world_put(STORE_INLINE, &p);
}

static void
user(struct fg_str account, struct fg_str uid, struct fg_str name, struct signer *ret)
{
	const struct store_user u = { .account = account, .uid = uid, .name = name,
		.path = FG_LIT("/"), .boundary = FG_LIT(""), .tags = FG_LIT(""),
		.created = W_NOW - 1000 };
	const struct store_inline p = { .account = account, .owner = uid, .name = FG_LIT("all"),
		.document = FG_LIT("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
		    "\"Action\":\"sts:*\",\"Resource\":\"*\"}]}") };
	struct cred_ring_entry e[CRED_RING_MAX];
	size_t n = cred_ring_list(world.ring, e);
	char id[21], secret[41];
	struct fg_str blob = FG_STR_NULL;
	uint32_t wrap = 0;

	for (size_t i = 0; i < n; i++)
		if (e[i].cls == CRED_CLASS_WRAP)
			wrap = e[i].id;
	CHECK_OK(cred_key_id_new(CRED_KEY_AKIA, account, id, &box.err));
	CHECK_OK(cred_secret_new(secret, &box.err));
	ret->key_id = fg_arena_dup(box.arena, fg_str(id, 20));
	ret->secret = fg_arena_dup(box.arena, fg_str(secret, 40));
	ret->token = FG_STR_NULL;
	{
		struct store_key k = { .account = account, .id = ret->key_id, .user = uid,
			.state = STORE_ACTIVE, .created = W_NOW - 1000 };
		const struct cred_where where = cred_where_key(&k);

		CHECK_OK(cred_client_wrap(world.cred, wrap, &where, ret->secret, box.arena, &blob,
		    &box.err));
		k.secret = blob;
		world_put(STORE_USER, &u);
		world_put(STORE_INLINE, &p);
		world_put(STORE_KEY, &k);
	}
}

#define WEB_TRUST(conditions)                                                                    \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":"        \
	"{\"Federated\":\"" W_PROVIDER "\"},\"Action\":" conditions "}]}"
#define SUB_MAIN                                                                                 \
	",\"Condition\":{\"StringEquals\":{\"" W_BARE ":aud\":\"sts.amazonaws.com\",\"" W_BARE   \
	":sub\":\"repo:acme/app:ref:main\"}}"
#define THREE "[\"sts:AssumeRoleWithWebIdentity\",\"sts:TagSession\",\"sts:SetSourceIdentity\"]"

static void
roles(void)
{
	world_role(W_A1, "AROA00000000000000001", "deploy", WEB_TRUST(THREE SUB_MAIN),
	    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:*\","
	    "\"Resource\":\"*\"}]}");
	world_role(W_A1, "AROA00000000000000002", "plain",
	    WEB_TRUST("\"sts:AssumeRoleWithWebIdentity\"" SUB_MAIN), NULL);
	world_role(W_A1, "AROA00000000000000003", "middle",
	    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":"
	    "[\"arn:aws:iam::444455556666:user/bob\",\"arn:aws:iam::111122223333:user/alice\","
	    "\"arn:aws:iam::111122223333:role/deploy\"]},\"Action\":[\"sts:AssumeRole\","
	    "\"sts:TagSession\",\"sts:SetSourceIdentity\"],\"Condition\":{\"StringEqualsIfExists\":"
	    "{\"sts:ExternalId\":\"ext-1\"}}}]}",
	    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:*\","
	    "\"Resource\":\"*\"}]}");
	world_role(W_A2, "AROA00000000000000004", "last",
	    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":"
	    "\"arn:aws:iam::111122223333:role/middle\"},\"Action\":[\"sts:AssumeRole\","
	    "\"sts:TagSession\",\"sts:SetSourceIdentity\"]}]}", NULL);
}

static void
provider(int64_t flags)
{
	const struct fg_str client = FG_LIT("sts.amazonaws.com");
	const struct store_oidc p = { .account = W_A1, .arn = FG_LIT(W_PROVIDER),
		.url = FG_LIT(W_ISSUER), .client_ids = list(&client, 1), .thumbprints = FG_LIT(""),
		.algorithms = FG_LIT(""), .jwks = FG_LIT(""), .ca = FG_LIT(""), .tags = FG_LIT(""),
		.flags = flags, .generation = 1, .created = W_NOW - 1000 };

	world_put(STORE_OIDC, &p);
}

void world_parity(int64_t flags);

void
world_parity(int64_t flags)
{
	provider(flags);
}

static void
places(void)
{
	struct store_account a1 = row_account(W_A1), a2 = row_account(W_A2);
	const struct store_policy p = { .account = W_A1, .uid = FG_LIT("ANPA00000000000000001"),
		.name = FG_LIT("read"), .path = FG_LIT("/"), .description = FG_LIT(""),
		.tags = FG_LIT(""), .version = 1, .last = 1, .created = W_NOW, .updated = W_NOW };
	const struct store_version v = { W_A1, FG_LIT("ANPA00000000000000001"), 1,
		FG_LIT("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":"
		    "\"s3:Get*\",\"Resource\":\"*\"}]}"), W_NOW };

	world_put(STORE_ACCOUNT, &a1);
	world_put(STORE_ACCOUNT, &a2);
	world_put(STORE_POLICY, &p);
	world_put(STORE_VERSION, &v);
}

/* ---- keys ---- */

static fg_time
ring_clock(void *arg)
{
	(void)arg;
	return world.now == 0 ? W_NOW : world.now;
}

void
world_keys(void)
{
	struct cred_ring_entry e[CRED_RING_MAX];
	struct cred_key_row rows[CRED_RING_MAX];
	size_t n = cred_ring_list(world.ring, e);

	for (size_t i = 0; i < n; i++)
		rows[i] = cred_key_row_of(&e[i], CRED_STATE_SEALING, W_NOW - 86400);
	cred_keys_unref(FG_STEAL(world.keys));
	CHECK_OK(cred_client_keys(world.cred, rows, n, world.now, &world.keys, &box.err));
	api_worker_keys(world.w, world.keys);
}

static void
keys_open(void)
{
	struct cred_ring_entry e[CRED_RING_MAX];
	struct cred_key_row rows[CRED_RING_MAX];
	size_t n;

	CHECK_OK(cred_ring_new(W_NOW - 86400, &world.ring, &box.err));
	n = cred_ring_list(world.ring, e);
	for (size_t i = 0; i < n; i++)
		rows[i] = cred_key_row_of(&e[i], CRED_STATE_SEALING, W_NOW - 86400);
	CHECK_OK(cred_client_local(world.ring, &world.cred, &box.err));
	client_server(world.cred)->now = ring_clock;
	CHECK_OK(cred_client_keys(world.cred, rows, n, W_NOW, &world.keys, &box.err));
}

/* ---- what the gateway gives to the API ---- */

static const struct oidc_jwks *
hook_keys(void *arg, struct api_call *c, const struct directory_oidc *p, struct fg_err *reterr)
{
	struct fg_str account = outbound_account(FG_LIT(W_PUBLIC), p->url);

	(void)arg;
	(void)c;
	if (!fg_str_null(account)) {
		struct fg_str doc = outbound_jwks(world.d, account);

		oidc_jwks_free(FG_STEAL(world.own));
		return oidc_jwks_parse(fg_str_null(doc) ? FG_LIT("{\"keys\":[]}") : doc, 0, &world.own,
		    reterr) == FG_OK ? world.own : NULL;
	}
	if (!world.no_keys)
		return world.jwks;
	(void)fg_fail(reterr, FG_E_KEY, "oidc.key.unknown", NULL, "not fetched yet");
	return NULL;
}

static bool
hook_wait(void *arg, struct api_call *c, const struct directory_oidc *p, struct fg_str kid)
{
	(void)arg;
	(void)p;
	(void)kid;
	world.waits++;
	if (!world.kid_arrives)
		return false;
	world.pending = c;
	world.pending_key = true;
	return true;
}

static const struct saml_provider *
hook_saml(void *arg, struct api_call *c, const struct directory_saml *p, struct fg_err *reterr)
{
	(void)arg;
	(void)c;
	if (world.saml_unread && fg_fail(reterr, FG_E_IDP, "idp.saml.unread", NULL, "later") != FG_OK)
		return NULL;
	world_pause(true);
	if (world.saml == NULL)
		world.saml = world_saml_provider(p->arn, world.saml_allow);
	world_pause(false);
	return world.saml;
}

static enum fg_rc
hook_audit(void *arg, struct api_call *c, const struct audit_record *r, audit_done done,
    void *done_arg, struct fg_err *reterr)
{
	struct reply *out = c->arg;

	(void)arg;
	CHECK(!out->recorded);
	if (world.disk_full)
		return fg_fail(reterr, FG_E_UNAVAILABLE, "ops.audit", NULL, "disk");
	out->recorded = true;
	out->waited_for_disk = done != NULL;
	out->record = *r;
	if (done != NULL) {
		CHECK(done_arg == c);
		world.pending = c;
		world.pending_audit = done;
	}
	return FG_OK;
}

static enum fg_rc
hook_unwrap(void *arg, struct cred_unwrap *items, size_t n, struct fg_arena *a,
    struct fg_err *reterr)
{
	(void)arg;
	world.unwraps++;
	return cred_client_unwrap(world.cred, items, n, a, reterr);
}

static enum fg_rc
hook_claim(void *arg, struct api_call *c, struct store_claim *claim)
{
	(void)arg;
	world.claims++;
	world.pending = c;
	world.pending_claim = claim;
	return FG_OK;
}

static enum fg_rc
hook_charge(void *arg, struct api_call *c, enum cost cost, struct fg_err *reterr)
{
	(void)arg;
	(void)c;
	(void)cost;
	(void)reterr;
	world.charges++;
	return FG_OK;
}

static void
hook_refund(void *arg, struct api_call *c)
{
	(void)arg;
	(void)c;
	world.refunds++;
}

static enum fg_rc
hook_mfa(void *arg, struct api_call *c, const struct api_totp *ask)
{
	struct fg_err err = { 0 };

	(void)arg;
	world.pending = c;
	world.pending_mfa = true;
	world.mfa_says = api_totp_check(world.st, world.cred, ask, &err);
	return FG_OK;
}

static enum fg_rc
hook_write(void *arg, struct api_call *c, api_write_fn fn)
{
	(void)arg;
	world.pending = c;
	world.pending_write = fn;
	return FG_OK;
}

static enum fg_rc
hook_aside(void *arg, struct api_call *c, struct fg_str owner, api_aside_fn fn, struct fg_err *reterr)
{
	(void)arg;
	world.aside_owner = owner;
	if (world.aside_full)
		return fg_fail(reterr, FG_E_THROTTLED, "front.pool.owner", NULL, "full");
	world.asides++;
	world.pending = c;
	world.pending_aside = fn;
	return FG_OK;
}

static enum fg_rc
hook_metadata(void *arg, struct api_call *c, struct api_metadata *job, struct fg_err *reterr)
{
	(void)arg;
	(void)reterr;
	(void)!saml_metadata_parse(c->arena, job->xml, &job->want, &job->read, &job->err);
	world.pending = c;
	world.pending_resume = true;
	return FG_OK;
}

static enum fg_rc
hook_sign(void *arg, struct outbound_job *job, struct fg_err *reterr)
{
	(void)arg;
	world.signs++;
	return outbound_sign(world.outbound, job, reterr);
}

static void
env_open(void)
{
	const struct api_service *const services[] = { &api_sts, world_service, world_json_service };
	static const struct fg_str hosts[] = { { "sts.example.com", 15 }, { "127.0.0.1:4599", 14 } };
	static const struct fg_str recipients[] = { { "https://signin.example.test/saml", 32 } };
	static const struct fg_str audiences[] = { { "urn:example:gateway", 19 } };
	const struct api_conf conf = { .directory = world.d,
		.hooks = { .saml_provider = hook_saml, .oidc_keys = hook_keys, .oidc_wait = hook_wait, .audit = hook_audit,
		    .unwrap = hook_unwrap, .claim = hook_claim, .charge = hook_charge,
		    .refund = hook_refund, .mfa = hook_mfa, .write = hook_write, .aside = hook_aside,
		    .metadata = hook_metadata, .sign = hook_sign },
		.service = services, .n_service = world_service == NULL ? 1 : world_json_service == NULL ? 2 : 3, .public_url = FG_LIT(W_PUBLIC),
		.endpoint_hosts = hosts, .n_endpoint_hosts = 2, .oidc_skew_s = 60, .saml_skew_s = 60,
		.saml_recipients = recipients, .n_saml_recipients = 1, .saml_audiences = audiences,
		.n_saml_audiences = 1 };

	CHECK_OK(api_env_new(&conf, &world.env, &box.err));
	CHECK_OK(api_worker_new(world.env, NULL, &world.w, &box.err));
	api_worker_keys(world.w, world.keys);
}

/* ---- life ---- */

static void
open_all(void)
{
	struct store_opts o;

	memset(&world, 0, sizeof(world));
	box_open(&box);
	world.box = &box;
	o = box_opts(&box, STORE_CREATE);
	o.now = W_NOW;
	CHECK_OK(store_open(&o, &world.st, &box.err));
	CHECK_OK(directory_new(&world.d, &box.err));
	CHECK_OK(directory_load(world.d, world.st, &box.err));
	world.a = fg_arena_new(64u << 20);
	CU_ASSERT_PTR_NOT_NULL_FATAL(world.a);
	directory_thread_join();
	keys_open();
	places();
	user(W_A1, FG_LIT("AIDA00000000000000001"), FG_LIT("alice"), &world.alice);
	user(W_A2, FG_LIT("AIDA00000000000000002"), FG_LIT("bob"), &world.bob);
	provider(0);
	roles();
	CHECK_OK(outbound_new(world.cred, &world.outbound, &box.err));
	world.jwks = world_jwks();
	env_open();
}

int
world_close(void)
{
	api_worker_free(world.w);
	api_env_free(world.env);
	oidc_jwks_free(world.jwks);
	oidc_jwks_free(world.own);
	outbound_free(world.outbound);
	saml_provider_free(world.saml);
	cred_keys_unref(world.keys);
	cred_client_close(world.cred);
	directory_thread_leave();
	directory_free(world.d);
	store_close(world.st);
	fg_arena_free(world.a);
	box_close(&box);
	memset(&world, 0, sizeof(world));
	return 0;
}

/* Opens in the first test, since assertions count only inside one. */
void
world_fresh(void)
{
	if (world.w == NULL)
		open_all();
	fg_arena_reset(world.a);
	world.now = W_NOW;
	world.late = 0;
	world.peer = (struct front_peer){ .port = 40000, .secure = true, .own_tls = true,
		.tls_version = "TLSv1.3", .tls_cipher = "TLS_AES_128_GCM_SHA256" };
	CHECK(fg_ip_parse(FG_LIT("192.0.2.7"), &world.peer.ip));
	world.peer.socket_ip = world.peer.ip;
	world.no_keys = world.kid_arrives = world.disk_full = world.disk_fails = false;
	world.work = NULL;
	world.asides = world.settled = world.waits = world.unwraps = world.charges = world.refunds = world.claims = 0;
	world.pending = NULL;
	world.pending_audit = NULL;
	world.pending_claim = NULL;
	world.pending_key = world.pending_mfa = false;
	world.pending_write = NULL;
	world.pending_aside = NULL;
	world.pending_resume = false;
	world.aside_full = false;
	world.saml_allow = 0;
	world.before = world.meanwhile = world.after = NULL;
	world.claim_says = world.mfa_says = FG_OK;
	world.host = FG_LIT("sts.example.com");
	world.connection++;
}
