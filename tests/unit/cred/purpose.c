/* tests/unit/cred/purpose.c - one kind of blob never opens as another (rule 4). */
#include "tests/unit/cred/rig.h"

/* Rewrites the purpose in the header, as an attacker can. */
static void
relabel(struct fg_buf *text, enum cred_purpose p)
{
	uint8_t raw[512];
	ptrdiff_t n = fg_base64url_into(fg_buf_str(text), raw, sizeof(raw));

	CU_ASSERT_FATAL(n > 4);
	raw[3] = (uint8_t)p;
	fg_buf_reset(text);
	fg_buf_base64url(text, fg_str(raw, (size_t)n));
}

static void
every_purpose_against_every_purpose(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1 << 20);
	struct rig r;

	rig_open(&r);
	for (unsigned made = CRED_P_SESSION + 1; made < CRED_P_MAX; made++)
		for (unsigned as = 1; as < CRED_P_MAX; as++) {
			struct fg_buf b = FG_BUF(4096);
			struct fg_str got;
			enum fg_rc want = as == made ? FG_OK : FG_E_CREDENTIAL;

			CHECK_OK(cred_seal(r.w, r.k, (enum cred_purpose)made, FG_LIT("client"),
			    FG_LIT("hello"), r.now, 60, &b, NULL));
			if (as != CRED_P_SESSION)
				CHECK_RC(cred_unseal(r.w, r.k, (enum cred_purpose)as,
				    FG_LIT("client"), fg_buf_str(&b), r.now, a, &got, NULL), want);
			relabel(&b, (enum cred_purpose)as);
			if (as != CRED_P_SESSION)
				CHECK_RC(cred_unseal(r.w, r.k, (enum cred_purpose)as,
				    FG_LIT("client"), fg_buf_str(&b), r.now, a, &got, NULL), want);
			fg_buf_free(&b);
		}
	rig_close(&r);
}

/* Not even with the right AAD: each purpose has its own key. */
static void
purposes_have_their_own_keys(void)
{
	struct rig r;
	uint32_t id = 0;
	const struct epoch_keys *e;

	rig_open(&r);
	e = epoch_sealing(r.k, r.now, &id);
	for (unsigned i = 1; i < CRED_P_MAX; i++) {
		for (unsigned j = 1; j < i; j++)
			CHECK(memcmp(e->x[i].k, e->x[j].k, CRED_KEY_BYTES) != 0);
		CHECK(memcmp(e->x[i].k, e->secret, CRED_KEY_BYTES) != 0);
		CHECK(memcmp(e->x[i].k, e->nonce, CRED_KEY_BYTES) != 0);
	}
	CHECK(memcmp(e->secret, e->nonce, CRED_KEY_BYTES) != 0);
	CHECK(memcmp(e->x[1].k, epoch_find(r.k, id, epoch_of(r.now) - 1)->x[1].k,
	    CRED_KEY_BYTES) != 0);
	rig_close(&r);
}

static void
session_tokens_are_no_other_blobs(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1 << 20);
	struct rig r;
	struct cred_minted m;
	struct cred_opened o;
	struct cred_session s;
	struct fg_buf b = FG_BUF(8192);
	struct fg_str got;

	rig_open(&r);
	s = rig_session(&r);
	rig_mint(&r, &s, &m);
	for (unsigned as = CRED_P_SESSION + 1; as < CRED_P_MAX; as++) {
		fg_buf_reset(&b);
		fg_buf_put(&b, fg_str(m.token, m.token_n));
		CHECK_RC(cred_unseal(r.w, r.k, (enum cred_purpose)as, fg_str_z(m.access_key_id),
		    fg_buf_str(&b), r.now, a, &got, NULL), FG_E_CREDENTIAL);
	}
	/* and a blob of any purpose is no session token, under its own label or ours */
	for (unsigned made = CRED_P_SESSION + 1; made < CRED_P_MAX; made++) {
		fg_buf_reset(&b);
		CHECK_OK(cred_seal(r.w, r.k, (enum cred_purpose)made, fg_str_z(m.access_key_id),
		    FG_LIT("x"), r.now, 60, &b, NULL));
		CHECK_RC(cred_open(r.w, r.k, fg_str_z(m.access_key_id), fg_buf_str(&b), r.now, &o,
		    NULL), FG_E_CREDENTIAL);
		relabel(&b, CRED_P_SESSION);
		CHECK_RC(cred_open(r.w, r.k, fg_str_z(m.access_key_id), fg_buf_str(&b), r.now, &o,
		    NULL), FG_E_CREDENTIAL);
	}
	CHECK_RC(cred_seal(r.w, r.k, CRED_P_SESSION, FG_LIT("x"), FG_LIT("x"), r.now, 60, &b, NULL),
	    FG_E_PARAM);
	CHECK_RC(cred_seal(r.w, r.k, CRED_P_NONE, FG_LIT("x"), FG_LIT("x"), r.now, 60, &b, NULL),
	    FG_E_PARAM);
	CHECK_RC(cred_unseal(r.w, r.k, CRED_P_SESSION, FG_LIT("x"), FG_LIT("x"), r.now, a, &got,
	    NULL), FG_E_PARAM);
	fg_buf_free(&b);
	rig_close(&r);
}

static void
blobs_are_bound_and_end(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1 << 20);
	struct rig r;
	struct fg_buf b = FG_BUF(8192);
	struct fg_err err = { 0 };
	struct fg_str got;

	rig_open(&r);
	CHECK_OK(cred_seal(r.w, r.k, CRED_P_CODE, FG_LIT("client-1"), FG_LIT("hello"), r.now, 60, &b,
	    NULL));
	CHECK_OK(cred_unseal(r.w, r.k, CRED_P_CODE, FG_LIT("client-1"), fg_buf_str(&b), r.now + 59, a,
	    &got, NULL));
	CHECK_STR(got, "hello");
	CHECK_RC(cred_unseal(r.w, r.k, CRED_P_CODE, FG_LIT("client-2"), fg_buf_str(&b), r.now, a,
	    &got, &err), FG_E_CREDENTIAL);
	CHECK_STEP(err, "cred.blob.open");
	CHECK_RC(cred_unseal(r.w, r.k, CRED_P_CODE, FG_LIT("client-1"), fg_buf_str(&b), r.now + 60,
	    a, &got, NULL), FG_E_CREDENTIAL_EXPIRED);
	CHECK_RC(cred_seal(r.w, r.k, CRED_P_CODE, FG_LIT("c"), FG_LIT("h"), r.now, 0, &b, NULL),
	    FG_E_PARAM);
	CHECK_RC(cred_seal(r.w, r.k, CRED_P_CODE, FG_LIT("c"), FG_LIT("h"), r.now,
	    FG_LIMIT_SESSION_MAX_S + 1, &b, NULL), FG_E_PARAM);
	fg_buf_free(&b);
	rig_close(&r);
}

static void
other_heads_are_refused(void)
{
	static const struct { size_t at; char value; const char *step; } rows[] = {
		{ 0, 'F', "cred.blob.form" },
		{ 1, 'G', "cred.blob.form" },
		{ 2, 2, "cred.blob.version" },
		{ 2, 0, "cred.blob.version" },
		{ 3, 0, "cred.blob.purpose" },
	};
	char raw[BLOB_OVERHEAD] = { 'f', 'g', CRED_TOKEN_VERSION, CRED_P_CODE };
	struct blob_head h;

	CHECK_OK(blob_head_read(fg_str(raw, sizeof(raw)), CRED_P_CODE, &h, NULL));
	CHECK_RC(blob_head_read(fg_str(raw, sizeof(raw) - 1), CRED_P_CODE, &h, NULL),
	    FG_E_CREDENTIAL);
	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		struct fg_err err = { 0 };
		char was = raw[rows[i].at];

		raw[rows[i].at] = rows[i].value;
		CHECK_RC(blob_head_read(fg_str(raw, sizeof(raw)), CRED_P_CODE, &h, &err),
		    FG_E_CREDENTIAL);
		unit_check_str(fg_str_z(err.step), fg_str_z(rows[i].step), __FILE__, __LINE__);
		raw[rows[i].at] = was;
	}
}

CU_TestInfo purpose_tests[] = {
	CASE(every_purpose_against_every_purpose),
	CASE(purposes_have_their_own_keys),
	CASE(session_tokens_are_no_other_blobs),
	CASE(blobs_are_bound_and_end),
	CASE(other_heads_are_refused),
	CASES_END,
};
