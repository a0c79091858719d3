/* tests/unit/cred/rows.c - key states and wrapped secrets in a real store (rules 6 and 7). */
#include "tests/unit/cred/rig.h"

#include <stdio.h>
#include <stdlib.h>

#include "gateway/cred/fleet.h"

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
	CU_ASSERT_FATAL(cred_store_open(r.c, &o, &st, NULL) == FG_OK && store_load(st, NULL, NULL, NULL) == FG_OK);
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

static struct cred_nodes
nodes_at(fg_time now, bool clock_ok)
{
	struct cred_nodes n = { .n = 0 };

	CHECK_OK(cred_nodes_read(st, now, clock_ok, a, &n, NULL));
	return n;
}

/* Rule 7: a key seals when every node that is up has said that it holds it, and not before. */
static void
a_key_waits_for_every_live_node(void)
{
	struct cred_evidence ev = { .now = RIG_NOW, .clock_ok = true };
	struct cred_ring_entry e[CRED_RING_MAX];
	struct cred_nodes nodes;
	struct cred_node one, other;
	struct rig elsewhere;
	uint32_t session = 0;
	size_t n, changed = 9;

	store_up();
	rig_open(&elsewhere); /* the other machine, whose ring lacks the key */
	CHECK_OK(cred_node_init(&one, RIG_NOW, NULL));
	CHECK_OK(cred_node_init(&other, RIG_NOW, NULL));
	CHECK(strcmp(one.boot, other.boot) != 0 && one.name[0] != '\0');
	CHECK_OK(cred_ring_add(r.ring, CRED_CLASS_SESSION, RIG_NOW, &session, NULL));
	n = cred_ring_list(r.ring, e);
	/* Nobody is up: nobody can have acknowledged. */
	nodes = nodes_at(RIG_NOW, true);
	CHECK_OK(cred_rows_sync(st, e, n, &nodes, &ev, &changed, NULL));
	CHECK(changed == 1 && state_of(session) == CRED_STATE_STAGED);
	CHECK_OK(cred_node_beat(st, r.c, &one, RIG_NOW, NULL));
	CHECK_OK(cred_node_beat(st, elsewhere.c, &other, RIG_NOW, NULL));
	nodes = nodes_at(RIG_NOW, true);
	CHECK(cred_nodes_live(&nodes) == 2 && cred_nodes_acks(&nodes, e[n - 1].fp) == 1);
	CHECK_OK(cred_rows_sync(st, e, n, &nodes, &ev, &changed, NULL));
	CHECK(changed == 0 && state_of(session) == CRED_STATE_STAGED);
	/* It has the ring now. */
	CHECK_OK(cred_node_beat(st, r.c, &other, RIG_NOW, NULL));
	nodes = nodes_at(RIG_NOW, true);
	e[n - 1].fp[0] ^= 1; /* another key under that id */
	CHECK_OK(cred_rows_sync(st, e, n, &nodes, &ev, &changed, NULL));
	CHECK(changed == 0 && state_of(session) == CRED_STATE_STAGED);
	e[n - 1].fp[0] ^= 1;
	CHECK_OK(cred_rows_sync(st, e, n, &nodes, &ev, &changed, NULL));
	CHECK(changed == 1 && state_of(session) == CRED_STATE_SEALING);
	CHECK(state_of(rig_key(&r, CRED_CLASS_SESSION)) == CRED_STATE_OPENING);
	rig_close(&elsewhere);
	store_down();
}

/* A node that is silent, or has left, is not waited for. */
static void
who_is_up_is_known_by_its_heartbeat(void)
{
	struct cred_nodes nodes;
	struct cred_node one, other;

	store_up();
	CHECK_OK(cred_node_init(&one, RIG_NOW, NULL));
	CHECK_OK(cred_node_init(&other, RIG_NOW, NULL));
	CHECK_OK(cred_node_beat(st, r.c, &one, RIG_NOW, NULL));
	CHECK_OK(cred_node_beat(st, r.c, &other, RIG_NOW + FG_LIMIT_NODE_DEAD_S, NULL));
	nodes = nodes_at(RIG_NOW + FG_LIMIT_NODE_DEAD_S, true);
	CHECK(nodes.n == 2 && cred_nodes_live(&nodes) == 2);
	nodes = nodes_at(RIG_NOW + FG_LIMIT_NODE_DEAD_S + 1, true);
	CHECK(nodes.n == 2 && cred_nodes_live(&nodes) == 1);
	cred_node_leave(st, &other);
	nodes = nodes_at(RIG_NOW, true);
	CHECK(nodes.n == 1 && cred_nodes_version(&nodes) == CRED_TOKEN_VERSION);
	store_down();
}

/* Rule 22: the version that is sealed is one that every node opens; without nodes, none. */
static void
the_oldest_node_decides_the_version(void)
{
	struct store_node old = { .boot = FG_LIT("old"), .name = FG_LIT("h"), .holds = FG_LIT(""),
		.opens = 0, .since = RIG_NOW, .seen = RIG_NOW };
	const struct cred_session s = rig_session(&r);
	struct cred_keys *keys = NULL;
	struct cred_minted m;
	struct cred_opened *o = calloc(1, sizeof(*o));
	struct cred_nodes nodes;
	struct cred_node me;
	struct cred_rows rows;

	store_up();
	nodes = nodes_at(RIG_NOW, true);
	CHECK(cred_nodes_version(&nodes) == 0);
	CHECK_OK(cred_node_init(&me, RIG_NOW, NULL));
	CHECK_OK(cred_node_beat(st, r.c, &me, RIG_NOW, NULL));
	nodes = nodes_at(RIG_NOW, true);
	CHECK(cred_nodes_version(&nodes) == CRED_TOKEN_VERSION);
	CHECK_OK(cred_rows_read(st, &rows, NULL));
	CHECK_OK(cred_client_keys(r.c, rows.row, rows.n, RIG_NOW, &keys, NULL));
	cred_keys_gate(keys, cred_nodes_version(&nodes));
	CHECK_OK(cred_mint(r.w, keys, &s, &m, NULL));
	CHECK_OK(store_node_beat(st, &old, NULL));
	nodes = nodes_at(RIG_NOW, true);
	CHECK(cred_nodes_version(&nodes) == 0);
	cred_keys_gate(keys, cred_nodes_version(&nodes));
	CHECK_OK(cred_open(r.w, keys, fg_str_z(m.access_key_id), fg_str(m.token, m.token_n), RIG_NOW, o,
	    NULL));
	CHECK_RC(cred_mint(r.w, keys, &s, &m, NULL), FG_E_UNAVAILABLE);
	cred_keys_unref(keys);
	free(o);
	store_down();
}

/*
 * Rule 7: with a clock a year ahead no node looks dead, no key goes, and nothing is sealed with a key
 * that a silent node may lack.
 */
static void
a_clock_a_year_ahead_destroys_nothing(void)
{
	const fg_time ahead = RIG_NOW + 365 * 86400;
	struct cred_evidence ev = { .now = ahead, .clock_ok = false };
	struct cred_ring_entry e[CRED_RING_MAX];
	struct cred_nodes nodes;
	struct cred_node one, other;
	struct rig elsewhere;
	uint32_t session = 0, old;
	struct fg_err err = { 0 };
	size_t n, changed = 9;

	store_up();
	rig_open(&elsewhere);
	old = rig_key(&r, CRED_CLASS_SESSION);
	CHECK_OK(cred_node_init(&one, RIG_NOW, NULL));
	CHECK_OK(cred_node_init(&other, RIG_NOW, NULL));
	CHECK_OK(cred_node_beat(st, elsewhere.c, &other, RIG_NOW, NULL));
	CHECK_OK(cred_node_beat(st, r.c, &one, ahead, NULL));
	CHECK_OK(cred_ring_add(r.ring, CRED_CLASS_SESSION, RIG_NOW, &session, NULL));
	n = cred_ring_list(r.ring, e);
	nodes = nodes_at(ahead, false);
	CHECK(cred_nodes_live(&nodes) == 2);
	CHECK_OK(cred_rows_sync(st, e, n, &nodes, &ev, &changed, NULL));
	CHECK(changed == 1 && state_of(session) == CRED_STATE_STAGED);
	CHECK(state_of(old) == CRED_STATE_SEALING);
	/* Nor does a key go that a year would have made old. */
	ev = (struct cred_evidence){ .now = RIG_NOW, .clock_ok = true, .live_nodes = 1, .acks = 1 };
	CHECK_OK(cred_rows_promote(st, session, &ev, NULL));
	ev.now = ahead;
	ev.clock_ok = false;
	CHECK_RC(cred_rows_retire(st, old, &ev, &err), FG_E_CLOCK);
	CHECK_STEP(err, "cred.state.clock");
	CHECK(state_of(old) == CRED_STATE_OPENING);
	CHECK(cred_ring_list(r.ring, e) == n);
	rig_close(&elsewhere);
	store_down();
}

/* A row key seals, rows follow, and only then may the old one go. */
static void
a_row_key_goes_when_no_row_needs_it(void)
{
	struct cred_evidence ev = { .now = RIG_NOW, .clock_ok = true, .live_nodes = 1, .acks = 1 };
	struct fg_err err = { 0 };
	struct store_opts o = { .now = RIG_NOW };
	uint32_t old, id;
	size_t done = 0;
	bool more = true;

	store_up();
	put_secrets();
	old = rig_key(&r, CRED_CLASS_ROW);
	CHECK(store_row_key_current(st) == old);
	CHECK_OK(cred_rows_anew(st, r.c, 2, &done, &more, NULL));
	CHECK(done == 0 && !more); /* one key: nothing to do */
	id = add_key(CRED_CLASS_ROW);
	CHECK_OK(cred_rows_anew(st, r.c, 2, &done, &more, NULL));
	CHECK(done == 0 && !more); /* it does not seal yet */
	CHECK_OK(cred_rows_promote(st, id, &ev, NULL));
	ev.now += 10 * 86400;
	CHECK_RC(cred_rows_retire(st, old, &ev, &err), FG_E_CONFLICT);
	CHECK_STEP(err, "cred.state.in_use");
	for (more = true; more;)
		CHECK_OK(cred_rows_anew(st, r.c, 2, &done, &more, NULL));
	CHECK(store_row_key_current(st) == id);
	CHECK_OK(cred_rows_retire(st, old, &ev, NULL));
	CHECK_OK(cred_ring_drop(r.ring, old, NULL));
	store_close(st);
	o.path = fg_str_z(path);
	CHECK_OK(cred_store_open(r.c, &o, &st, NULL));
	CHECK_OK(store_load(st, NULL, NULL, NULL));
	CHECK(state_of(old) == CRED_STATE_GONE && state_of(id) == CRED_STATE_SEALING);
	store_down();
}

static CU_TestInfo rows_tests[] = {
	CASE(rows_are_read_as_written),
	CASE(foreign_rows_are_no_keys),
	CASE(a_rotation_goes_through_its_states),
	CASE(a_key_waits_for_every_live_node),
	CASE(who_is_up_is_known_by_its_heartbeat),
	CASE(the_oldest_node_decides_the_version),
	CASE(a_clock_a_year_ahead_destroys_nothing),
	CASE(a_row_key_goes_when_no_row_needs_it),
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
