/* tests/unit/cred/epoch.c - keys of an hour, their times and their rotation (rules 2 and 7). */
#include "tests/unit/cred/rig.h"

static void
times_are_kept(void)
{
	struct rig r;
	struct cred_minted m;
	struct cred_opened o;
	struct fg_err err = { 0 };
	struct cred_session s;

	rig_open(&r);
	s = rig_session(&r);
	rig_mint(&r, &s, &m);
	CHECK_OK(rig_open_token(&r, &m, r.now + 3599, &o, &err));
	CHECK_RC(rig_open_token(&r, &m, r.now + 3600, &o, &err), FG_E_CREDENTIAL_EXPIRED);
	CHECK_STEP(err, "cred.token.expired");
	CHECK(o.secret[0] == '\0' && o.session.kind == CRED_KIND_NONE);
	fg_err_clear(&err);
	CHECK_OK(rig_open_token(&r, &m, r.now - FG_LIMIT_SKEW_S, &o, &err));
	CHECK_RC(rig_open_token(&r, &m, r.now - FG_LIMIT_SKEW_S - 1, &o, &err), FG_E_CREDENTIAL);
	CHECK_STEP(err, "cred.token.issued");
	rig_close(&r);
}

/* Whoever has the keys of one hour makes tokens of that hour only. */
static void
a_token_outside_its_epoch_is_refused(void)
{
	static const struct { int64_t off; bool good; } rows[] = {
		{ 0, true }, { EPOCH_S - 1, true }, { -FG_LIMIT_SKEW_S, true },
		{ EPOCH_S + FG_LIMIT_SKEW_S - 1, true }, { EPOCH_S + FG_LIMIT_SKEW_S, false },
		{ -FG_LIMIT_SKEW_S - 1, false }, { 86400, false }, { -86400, false },
	};
	fg_time start = (fg_time)epoch_of(RIG_NOW) * EPOCH_S;
	struct fg_err err;

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		fg_time t = start + rows[i].off;

		fg_err_clear(&err);
		CHECK((epoch_times_check(epoch_of(RIG_NOW), t, t + 60, t, &err) == FG_OK) ==
		    rows[i].good);
		if (!rows[i].good)
			CHECK_STEP(err, "cred.token.epoch");
	}
	fg_err_clear(&err);
	CHECK_RC(epoch_times_check(epoch_of(RIG_NOW), RIG_NOW,
	    RIG_NOW + FG_LIMIT_SESSION_MAX_S + 1, RIG_NOW, &err), FG_E_CREDENTIAL);
	CHECK_STEP(err, "cred.token.length");
	CHECK_OK(epoch_times_check(epoch_of(RIG_NOW), RIG_NOW, RIG_NOW + FG_LIMIT_SESSION_MAX_S,
	    RIG_NOW, NULL));
}

/* The same, through the front door: a forged issue time under a held epoch key. */
static void
a_leaked_epoch_key_is_worthless_later(void)
{
	struct rig r;
	struct cred_minted m;
	struct cred_opened o;
	struct fg_err err = { 0 };
	struct cred_keys *leaked;
	struct cred_session s;
	uint32_t id = 0;

	rig_open(&r);
	leaked = cred_keys_ref(r.k);
	/* the thief seals with the hour he has, and claims tomorrow */
	s = rig_session(&r);
	s.issued = s.origin = r.now + 86400;
	s.expires = s.issued + 3600;
	{
		const struct epoch_keys *e = epoch_sealing(leaked, r.now, &id);
		uint8_t raw[FG_LIMIT_TOKEN_BYTES], tail[21] = { 20 };
		char plain[SESSION_PLAIN_MAX];
		struct fg_buf p = FG_BUF_FIXED(plain), text = FG_BUF_FIXED(m.token);
		struct blob_bind bind = { leaked->installation, fg_str(tail, 21) };
		struct blob_head head = { CRED_P_SESSION, id, epoch_of(r.now) };

		CHECK_OK(cred_key_id_new(CRED_KEY_ASIA, s.account, m.access_key_id, NULL));
		memcpy(tail + 1, m.access_key_id, 20);
		session_put(&s, &p);
		CHECK_OK(blob_seal(r.w, &e->x[CRED_P_SESSION], e->nonce, &head, &bind,
		    fg_buf_str(&p), raw, NULL));
		fg_buf_base64url(&text, fg_str(raw, p.n + BLOB_OVERHEAD));
		m.token_n = text.n;
	}
	r.now += 86400;
	rig_refresh(&r);
	CHECK_RC(rig_open_token(&r, &m, r.now + 1, &o, &err), FG_E_CREDENTIAL);
	CHECK_STEP(err, "cred.token.epoch");
	/* and after 36 hours the gateway has forgotten the hour */
	r.now = RIG_NOW + FG_LIMIT_SESSION_MAX_S + 2 * EPOCH_S;
	rig_refresh(&r);
	fg_err_clear(&err);
	CHECK_RC(rig_open_token(&r, &m, r.now, &o, &err), FG_E_CREDENTIAL_EXPIRED);
	cred_keys_unref(leaked);
	rig_close(&r);
}

static void
the_longest_session_opens_to_its_end(void)
{
	struct rig r;
	struct cred_minted m;
	struct cred_opened o;
	struct cred_session s;
	fg_time start;

	rig_open(&r);
	s = rig_session(&r);
	s.kind = CRED_KIND_USER;
	s.principal = FG_LIT("AIDAABCDEFGHIJKLMNOPQ");
	s.name = FG_STR_NULL;
	s.expires = s.issued + FG_LIMIT_SESSION_MAX_S;
	rig_mint(&r, &s, &m);
	start = r.now;
	for (r.now = start; r.now < s.expires; r.now += 1799) {
		rig_refresh(&r);
		CHECK_OK(rig_open_token(&r, &m, r.now, &o, NULL));
	}
	rig_close(&r);
}

/* Keys are handed out ahead of need: a snapshot mints for three hours more, then refuses. */
static void
a_stale_snapshot_stops_minting(void)
{
	struct rig r;
	struct cred_minted m;
	struct fg_err err = { 0 };
	struct cred_session s;

	rig_open(&r);
	CHECK(cred_keys_good_until(r.k) > r.now + 2 * EPOCH_S);
	s = rig_session(&r);
	s.issued = cred_keys_good_until(r.k) - 1;
	s.expires = s.issued + 900;
	CHECK_OK(cred_mint(r.w, r.k, &s, &m, &err));
	s.issued++;
	s.expires++;
	CHECK_RC(cred_mint(r.w, r.k, &s, &m, &err), FG_E_UNAVAILABLE);
	CHECK_STEP(err, "cred.mint.key");
	rig_close(&r);
}

static void
without_a_sealing_key_nothing_is_minted(void)
{
	struct rig r;
	struct cred_minted m, old;
	struct cred_opened o;
	struct fg_err err = { 0 };
	struct cred_session s;

	rig_open(&r);
	s = rig_session(&r);
	rig_mint(&r, &s, &old);
	for (size_t i = 0; i < r.n; i++)
		r.rows[i].state = CRED_STATE_OPENING;
	rig_refresh(&r);
	CHECK_RC(cred_mint(r.w, r.k, &s, &m, &err), FG_E_UNAVAILABLE);
	CHECK_OK(rig_open_token(&r, &old, r.now, &o, NULL));
	for (size_t i = 0; i < r.n; i++)
		r.rows[i].state = CRED_STATE_GONE;
	rig_refresh(&r);
	CHECK_RC(rig_open_token(&r, &old, r.now, &o, NULL), FG_E_CREDENTIAL);
	rig_close(&r);
}

/* Rotation: a staged key opens and does not seal; the old one goes on opening. */
static void
rotation_loses_no_session(void)
{
	struct rig r;
	struct cred_minted before, during, after;
	struct cred_opened o;
	struct cred_ring_entry e[CRED_RING_MAX];
	struct cred_session s;
	uint32_t id = 0, old;

	rig_open(&r);
	s = rig_session(&r);
	old = rig_key(&r, CRED_CLASS_SESSION);
	rig_mint(&r, &s, &before);
	CHECK_OK(cred_ring_add(r.ring, CRED_CLASS_SESSION, r.now, &id, NULL));
	(void)cred_ring_list(r.ring, e);
	r.rows[r.n++] = cred_key_row_of(&e[r.ring->n - 1], CRED_STATE_STAGED, r.now);
	rig_refresh(&r);
	rig_mint(&r, &s, &during);
	CHECK(r.k->set[r.k->seal].id == old);
	r.rows[r.n - 1].state = CRED_STATE_SEALING;
	r.rows[r.n - 1].since = r.now;
	for (size_t i = 0; i < r.n; i++)
		if (r.rows[i].id == old)
			r.rows[i].state = CRED_STATE_OPENING;
	rig_refresh(&r);
	rig_mint(&r, &s, &after);
	CHECK(r.k->set[r.k->seal].id == id);
	CHECK_OK(rig_open_token(&r, &before, r.now, &o, NULL));
	CHECK_OK(rig_open_token(&r, &during, r.now, &o, NULL));
	CHECK_OK(rig_open_token(&r, &after, r.now, &o, NULL));
	rig_close(&r);
}

CU_TestInfo epoch_tests[] = {
	CASE(times_are_kept),
	CASE(a_token_outside_its_epoch_is_refused),
	CASE(a_leaked_epoch_key_is_worthless_later),
	CASE(the_longest_session_opens_to_its_end),
	CASE(a_stale_snapshot_stops_minting),
	CASE(without_a_sealing_key_nothing_is_minted),
	CASE(rotation_loses_no_session),
	CASES_END,
};
