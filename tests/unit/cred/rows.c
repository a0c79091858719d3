/* tests/unit/cred/rows.c - key states and wrapped secrets in a real store (rules 6 and 7). */
#include "tests/unit/cred/rig.h"

#include <stdio.h>

#include "gateway/store/store.h"

static char dir[64], path[96];
static struct store *st;
static struct rig r;
static struct fg_arena *a;

static void
store_up(void)
{
	struct store_opts o = { .flags = STORE_CREATE, .now = RIG_NOW };
	struct cred_ring_entry e[CRED_RING_MAX];
	size_t n;

	rig_open(&r);
	rig_folder(dir);
	(void)snprintf(path, sizeof(path), "%s/db", dir);
	o.path = fg_str_z(path);
	a = fg_arena_new(1 << 22);
	n = cred_ring_list(r.ring, e);
	CU_ASSERT_FATAL(store_open(&o, &st, NULL) == FG_OK && store_load(st, NULL, NULL, NULL) == FG_OK);
	for (size_t i = 0; i < n; i++)
		CHECK_OK(cred_rows_add(st, &e[i], CRED_STATE_SEALING, RIG_NOW - 1, NULL));
}

static void
store_down(void)
{
	store_close(st);
	fg_arena_free(a);
	rig_close(&r);
	rig_folder_gone(dir);
}

static enum cred_state
state_of(uint32_t id)
{
	struct cred_rows rows = { .n = 0 };

	CHECK_OK(cred_rows_read(st, &rows, NULL));
	for (size_t i = 0; i < rows.n; i++)
		if (rows.row[i].id == id)
			return rows.row[i].state;
	CU_FAIL("no such key");
	return CRED_STATE_GONE;
}

static uint32_t
add_key(enum cred_class cls)
{
	struct cred_ring_entry e[CRED_RING_MAX];
	uint32_t id = 0;

	CHECK_OK(cred_ring_add(r.ring, cls, RIG_NOW, &id, NULL));
	CHECK_OK(cred_rows_add(st, &e[cred_ring_list(r.ring, e) - 1], CRED_STATE_STAGED, RIG_NOW,
	    NULL));
	return id;
}

static void
rows_are_read_as_written(void)
{
	struct cred_rows rows = { .n = 0 };
	struct cred_ring_entry e[CRED_RING_MAX];
	struct fg_err err = { 0 };
	size_t n;

	store_up();
	n = cred_ring_list(r.ring, e);
	CHECK_OK(cred_rows_read(st, &rows, NULL));
	CHECK(rows.n == n);
	CHECK_OK(cred_ring_check(e, n, rows.row, rows.n, NULL));
	for (unsigned c = 1; c < CRED_CLASS_MAX; c++)
		CHECK(cred_key_sealing(rows.row, rows.n, (enum cred_class)c)->id ==
		    rig_key(&r, (enum cred_class)c));
	CHECK_RC(cred_rows_add(st, &e[0], CRED_STATE_STAGED, RIG_NOW, &err), FG_E_EXISTS);
	store_down();
}

static void
foreign_rows_are_no_keys(void)
{
	struct cred_key_row row = { .id = 0xa0b1c2d3, .cls = CRED_CLASS_WRAP,
		.state = CRED_STATE_STAGED, .since = 5, .until = 7, .fp = { 1, 2, 255 } }, got;
	struct cred_row_text text;
	struct store_ring s, bad;

	cred_row_put(&row, &text, &s);
	CHECK_STR(s.id, "a0b1c2d3");
	CHECK_STR(s.class_, "wrap");
	CHECK(cred_row_get(&s, &got) && memcmp(&got, &row, sizeof(row)) == 0);
	bad = s;
	bad.id = FG_LIT("00000000");
	CHECK(!cred_row_get(&bad, &got));
	bad.id = FG_LIT("A0B1C2D3");
	CHECK(!cred_row_get(&bad, &got));
	bad = s;
	bad.class_ = FG_LIT("root");
	CHECK(!cred_row_get(&bad, &got));
	bad = s;
	bad.fingerprint = FG_LIT("00");
	CHECK(!cred_row_get(&bad, &got));
	bad = s;
	bad.state = CRED_STATE_MAX;
	CHECK(!cred_row_get(&bad, &got));
	bad.state = -1;
	CHECK(!cred_row_get(&bad, &got));
}

static void
a_rotation_goes_through_its_states(void)
{
	struct cred_evidence ev = { .now = RIG_NOW, .clock_ok = true, .live_nodes = 2, .acks = 1 };
	uint32_t old, id;

	store_up();
	old = rig_key(&r, CRED_CLASS_SESSION);
	id = add_key(CRED_CLASS_SESSION);
	CHECK_RC(cred_rows_promote(st, id, &ev, NULL), FG_E_CONFLICT);
	CHECK(state_of(id) == CRED_STATE_STAGED && state_of(old) == CRED_STATE_SEALING);
	CHECK_RC(cred_rows_promote(st, id + 1, &ev, NULL), FG_E_NOT_FOUND);
	ev.acks = 2;
	CHECK_OK(cred_rows_promote(st, id, &ev, NULL));
	CHECK(state_of(id) == CRED_STATE_SEALING && state_of(old) == CRED_STATE_OPENING);
	CHECK(state_of(rig_key(&r, CRED_CLASS_WRAP)) == CRED_STATE_SEALING);
	CHECK_RC(cred_rows_retire(st, old, &ev, NULL), FG_E_CONFLICT);
	ev.now += FG_LIMIT_SESSION_MAX_S + 2 * EPOCH_S;
	ev.clock_ok = false;
	CHECK_RC(cred_rows_retire(st, old, &ev, NULL), FG_E_CLOCK);
	ev.clock_ok = true;
	CHECK_OK(cred_rows_retire(st, old, &ev, NULL));
	CHECK(state_of(old) == CRED_STATE_GONE);
	CHECK_RC(cred_rows_retire(st, id, &ev, NULL), FG_E_CONFLICT);
	store_down();
}

/* A ring with a key more: the store learns of it, and it seals when all hold it. */
static void
the_store_follows_the_ring(void)
{
	struct cred_evidence ev = { .now = RIG_NOW, .clock_ok = true, .live_nodes = 2, .acks = 1 };
	struct cred_ring_entry e[CRED_RING_MAX];
	uint32_t session = 0, row = 0;
	size_t n, changed = 9;

	store_up();
	n = cred_ring_list(r.ring, e);
	CHECK_OK(cred_rows_sync(st, e, n, &ev, &changed, NULL));
	CHECK(changed == 0);
	CHECK_OK(cred_ring_add(r.ring, CRED_CLASS_SESSION, RIG_NOW, &session, NULL));
	CHECK_OK(cred_ring_add(r.ring, CRED_CLASS_ROW, RIG_NOW, &row, NULL));
	n = cred_ring_list(r.ring, e);
	CHECK_OK(cred_rows_sync(st, e, n, &ev, &changed, NULL));
	CHECK(changed == 2 && state_of(session) == CRED_STATE_STAGED);
	ev.acks = 2;
	e[n - 2].fp[0] ^= 1; /* another key under that id */
	CHECK_OK(cred_rows_sync(st, e, n, &ev, &changed, NULL));
	CHECK(changed == 0 && state_of(session) == CRED_STATE_STAGED);
	e[n - 2].fp[0] ^= 1;
	CHECK_OK(cred_rows_sync(st, e, n, &ev, &changed, NULL));
	CHECK(changed == 1 && state_of(session) == CRED_STATE_SEALING);
	CHECK(state_of(rig_key(&r, CRED_CLASS_SESSION)) == CRED_STATE_OPENING);
	CHECK(state_of(row) == CRED_STATE_STAGED);
	store_down();
}

static struct fg_str
wrapped(const struct cred_where *w)
{
	struct fg_str blob = FG_STR_NULL;

	CHECK_OK(cred_client_wrap(r.c, rig_key(&r, CRED_CLASS_WRAP), w, FG_LIT("secret"), a, &blob,
	    NULL));
	return blob;
}

/* One row of each kind that keeps a secret. */
static void
put_secrets(void)
{
	struct store_tx *tx = NULL;
	struct store_account acct = { .account = FG_LIT(RIG_ACCOUNT), .name = FG_LIT("a"),
		.created = 1, .state = STORE_ACTIVE };
	struct store_key k = { .account = FG_LIT(RIG_ACCOUNT), .id = FG_LIT("AKIAQNZGKIQY56JQ7WML"),
		.user = FG_LIT("AIDAABCDEFGHIJKLMNOPQ"), .state = STORE_ACTIVE, .created = 1 };
	struct store_mfa m = { .account = FG_LIT(RIG_ACCOUNT),
		.serial = FG_LIT("arn:aws:iam::111122223333:mfa/x"), .created = 1 };
	struct store_secret s = { .account = FG_LIT(RIG_ACCOUNT), .id = FG_LIT("s1"),
		.owner = FG_LIT("arn:aws:iam::111122223333:saml-provider/x"),
		.purpose = FG_LIT("saml-decrypt"), .state = 1, .created = 1 };
	struct cred_where w;

	CHECK_OK(store_begin(st, &tx, NULL));
	CHECK_OK(store_insert(tx, STORE_ACCOUNT, &acct, NULL));
	w = cred_where_key(&k);
	k.secret = wrapped(&w);
	CHECK_OK(store_insert(tx, STORE_KEY, &k, NULL));
	w = cred_where_mfa(&m);
	m.seed = wrapped(&w);
	CHECK_OK(store_insert(tx, STORE_MFA, &m, NULL));
	w = cred_where_secret(&s);
	s.blob = wrapped(&w);
	CHECK_OK(store_insert(tx, STORE_SECRET, &s, NULL));
	CHECK_OK(store_commit(tx, NULL));
}

static void
key_still_opens(uint32_t under)
{
	struct store_tx *tx = NULL;
	struct store_key k = { .account = FG_LIT(RIG_ACCOUNT), .id = FG_LIT("AKIAQNZGKIQY56JQ7WML") };
	struct cred_unwrap u = { 0 };

	CHECK_OK(store_begin(st, &tx, NULL));
	CHECK_OK(store_get(tx, STORE_KEY, &k, a, NULL));
	store_rollback(tx);
	CHECK(cred_wrap_key_id(k.secret) == under);
	u.where = cred_where_key(&k);
	u.blob = k.secret;
	CHECK_OK(cred_client_unwrap(r.c, &u, 1, a, NULL));
	CHECK_OK(u.rc);
	CHECK_STR(u.plain, "secret");
}

/* Rule 6: rotation wraps anew, and a wrap key that is needed cannot go. */
static void
a_wrap_key_goes_when_nothing_needs_it(void)
{
	struct cred_evidence ev = { .now = RIG_NOW, .clock_ok = true, .live_nodes = 1, .acks = 1 };
	struct fg_err err = { 0 };
	uint32_t old, id;
	size_t n = 0;

	store_up();
	put_secrets();
	old = rig_key(&r, CRED_CLASS_WRAP);
	CHECK_OK(cred_rows_wrapped(st, old, &n, NULL));
	CHECK(n == 3);
	id = add_key(CRED_CLASS_WRAP);
	CHECK_OK(cred_rows_promote(st, id, &ev, NULL));
	ev.now += 10 * 86400;
	CHECK_RC(cred_rows_retire(st, old, &ev, &err), FG_E_CONFLICT);
	CHECK_STEP(err, "cred.state.in_use");
	key_still_opens(old);
	CHECK_OK(cred_rows_rewrap(st, r.c, id, &n, NULL));
	CHECK(n == 3);
	CHECK_OK(cred_rows_rewrap(st, r.c, id, &n, NULL));
	CHECK(n == 0);
	key_still_opens(id);
	CHECK_OK(cred_rows_retire(st, old, &ev, NULL));
	CHECK_OK(cred_ring_drop(r.ring, old, NULL));
	key_still_opens(id);
	store_down();
}

static void
unknown_purposes_have_no_place(void)
{
	struct store_secret s = { .id = FG_LIT("x"), .owner = FG_LIT("y"), .purpose = FG_LIT("other") };
	struct store_mfa m = { .account = FG_LIT(RIG_ACCOUNT), .serial = FG_LIT("z") };
	struct cred_where w = cred_where_secret(&s);

	CHECK(!where_ok(&w));
	s.purpose = FG_LIT("oidc-client");
	w = cred_where_secret(&s);
	CHECK(where_ok(&w) && w.kind == CRED_SECRET_OIDC_CLIENT);
	w = cred_where_mfa(&m);
	CHECK(where_ok(&w));
}

static CU_TestInfo rows_tests[] = {
	CASE(rows_are_read_as_written),
	CASE(foreign_rows_are_no_keys),
	CASE(a_rotation_goes_through_its_states),
	CASE(the_store_follows_the_ring),
	CASE(a_wrap_key_goes_when_nothing_needs_it),
	CASE(unknown_purposes_have_no_place),
	CASES_END,
};

int
main(void)
{
	CU_SuiteInfo suites[] = { SUITE("cred/rows.c", rows_tests), SUITES_END };

	return unit_run(suites);
}
