/* A store, its directory and a key ring. */
#include "oidc/oidc.h"
#include "tests/unit/outbound/tests.h"

static void
ring_open(struct rig *r)
{
	struct cred_ring_entry e[CRED_RING_MAX];
	struct cred_ring *ring = NULL;
	size_t n;

	CHECK_OK(cred_ring_new(NOW - 86400, &ring, &r->err));
	n = cred_ring_list(ring, e);
	for (size_t i = 0; i < n; i++)
		CHECK_OK(cred_rows_add(r->st, &e[i], CRED_STATE_SEALING, NOW - 86400, &r->err));
	CHECK_OK(cred_client_local(ring, &r->cred, &r->err));
}

static void
follow(struct rig *r, unsigned flags)
{
	struct store_opts o = box_opts(&r->box, flags);

	CHECK_OK(store_open(&o, &r->st, &r->err));
	CHECK_OK(directory_new(&r->d, &r->err));
	CHECK_OK(directory_load(r->d, r->st, &r->err));
}

void
rig_open(struct rig *r)
{
	memset(r, 0, sizeof(*r));
	r->now = NOW;
	box_open(&r->box);
	r->a = fg_arena_new(64u << 20);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r->a);
	directory_thread_join();
	follow(r, STORE_CREATE);
	CHECK_OK(fill(&r->box, r->st, A1, 0));
	CHECK_OK(fill(&r->box, r->st, A2, 0));
	ring_open(r);
}

void
rig_shut(struct rig *r)
{
	store_close(FG_STEAL(r->st));
	directory_free(FG_STEAL(r->d));
}

void
rig_reopen(struct rig *r)
{
	follow(r, 0);
}

void
rig_close(struct rig *r)
{
	cred_client_close(r->cred);
	rig_shut(r);
	directory_thread_leave();
	fg_arena_free(r->a);
	box_close(&r->box);
}

void
rig_make(struct rig *r)
{
	CHECK_OK(outbound_make(r->a, &r->keys, &r->err));
}

/* ---- changes ---- */

static void
begin(struct rig *r, struct fg_str account)
{
	fg_err_clear(&r->err);
	r->o = (struct outbound_change){ .cred = r->cred, .a = r->a, .account = account, .now = r->now };
	CHECK_OK(store_begin(r->st, &r->o.tx, &r->err));
}

static enum fg_rc
end(struct rig *r, enum fg_rc rc)
{
	if (rc == FG_OK)
		return store_commit(r->o.tx, &r->err);
	store_rollback(r->o.tx);
	return rc;
}

enum fg_rc
rig_enable(struct rig *r, struct fg_str account)
{
	rig_make(r);
	begin(r, account);
	return end(r, outbound_enable(&r->o, &r->keys, &r->err));
}

enum fg_rc
rig_disable(struct rig *r, struct fg_str account)
{
	begin(r, account);
	return end(r, outbound_disable(&r->o, &r->err));
}

enum fg_rc
rig_stage(struct rig *r, struct fg_str account)
{
	rig_make(r);
	begin(r, account);
	return end(r, outbound_stage(&r->o, &r->keys, &r->err));
}

enum fg_rc
rig_advance(struct rig *r, struct fg_str account, bool clock_ok, size_t *ret_changed)
{
	begin(r, account);
	return end(r, outbound_advance(&r->o, clock_ok, ret_changed, &r->err));
}

/* ---- what is seen ---- */

static struct oidc_jwks *
published(struct rig *r, struct fg_str account)
{
	struct oidc_jwks *set = NULL;
	struct fg_str doc;

	directory_enter();
	doc = outbound_jwks(r->d, account);
	if (!fg_str_null(doc) && oidc_jwks_parse(doc, 0, &set, NULL) != FG_OK)
		set = NULL;
	directory_leave();
	return set;
}

size_t
rig_published(struct rig *r, struct fg_str account)
{
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *set = published(r, account);

	return set == NULL ? SIZE_MAX : oidc_jwks_count(set);
}

bool
rig_publishes(struct rig *r, struct fg_str account, struct fg_str kid)
{
	FG_AUTO(oidc_jwks_freep) struct oidc_jwks *set = published(r, account);

	return set != NULL && oidc_jwks_find(set, kid) != NULL;
}

struct fg_str
rig_signing(struct rig *r, struct fg_str account, enum outbound_alg alg)
{
	struct outbound_key key = { .alg = OUTBOUND_NONE };
	enum fg_rc rc;

	fg_err_clear(&r->err);
	directory_enter();
	rc = outbound_key_find(r->d, account, alg, r->a, &key, &r->err);
	directory_leave();
	return rc == FG_OK ? key.kid : FG_STR_NULL;
}
