/* tests/unit/cred/mint.c - credentials from sessions and back (rules 2 to 5, 8). */
#include "tests/unit/cred/rig.h"

static void
minted_credentials_open(void)
{
	struct rig r;
	struct cred_minted m;
	struct cred_opened o;
	struct fg_err err = { 0 };
	char account[13];

	rig_open(&r);
	{
		struct cred_session s = rig_session(&r);

		rig_mint(&r, &s, &m);
	}
	CHECK(cred_key_id_read(fg_str_z(m.access_key_id), account) == CRED_KEY_ASIA);
	CHECK(strcmp(account, RIG_ACCOUNT) == 0);
	CHECK(strlen(m.secret) == 40 && m.token_n == strlen(m.token) && m.token_n < 600);
	CHECK(m.packed.token_chars == m.token_n && m.packed.percent == 0);
	CHECK_OK(rig_open_token(&r, &m, r.now + 1, &o, &err));
	CHECK(strcmp(o.secret, m.secret) == 0);
	CHECK(memcmp(o.session.session_id, m.session_id, CRED_SESSION_ID_BYTES) == 0);
	CHECK_STR(o.session.principal, RIG_ROLE);
	CHECK_STR(o.session.subject, "repo:octo/hello:ref:refs/heads/main");
	rig_close(&r);
}

/* Every bit of the text, every length, and characters outside the alphabet. */
static void
a_changed_token_never_opens(void)
{
	struct rig r;
	struct cred_minted m, t;
	struct cred_opened o;
	struct cred_session s;

	rig_open(&r);
	s = rig_session(&r);
	rig_mint(&r, &s, &m);
	for (size_t i = 0; i < m.token_n; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			enum fg_rc rc;

			t = m;
			t.token[i] = (char)((uint8_t)t.token[i] ^ (1u << bit));
			rc = rig_open_token(&r, &t, r.now, &o, NULL);
			/* the epoch in the header may now be one that is long over */
			CHECK(rc == FG_E_CREDENTIAL || rc == FG_E_CREDENTIAL_EXPIRED);
		}
	for (size_t n = 0; n < m.token_n; n++) {
		t = m;
		t.token_n = n;
		CHECK(rig_open_token(&r, &t, r.now, &o, NULL) == FG_E_CREDENTIAL);
	}
	t = m;
	t.token[t.token_n++] = 'A';
	CHECK(rig_open_token(&r, &t, r.now, &o, NULL) == FG_E_CREDENTIAL);
	rig_close(&r);
}

/* Two equal access key ids: each secret belongs to its own token. */
static void
a_secret_belongs_to_one_token(void)
{
	struct rig r;
	struct cred_minted a, b;
	struct cred_opened oa, ob;
	struct cred_session s;

	rig_open(&r);
	s = rig_session(&r);
	rig_mint(&r, &s, &a);
	rig_mint(&r, &s, &b);
	CHECK(strcmp(a.access_key_id, b.access_key_id) != 0);
	CHECK(strcmp(a.secret, b.secret) != 0);
	/* the id of one with the token of the other: bound by the AAD */
	memcpy(a.access_key_id, b.access_key_id, sizeof(a.access_key_id));
	CHECK(rig_open_token(&r, &a, r.now, &oa, NULL) == FG_E_CREDENTIAL);
	CHECK_OK(rig_open_token(&r, &b, r.now, &ob, NULL));
	/* even a token sealed for that id, as chance may have it, has another secret */
	{
		uint8_t raw[FG_LIMIT_TOKEN_BYTES], tail[21] = { 20 };
		char plain[SESSION_PLAIN_MAX];
		struct fg_buf p = FG_BUF_FIXED(plain), text = FG_BUF_FIXED(a.token);
		struct blob_bind bind = { r.k->installation, fg_str(tail, 21) };
		struct blob_head head = { CRED_P_SESSION, rig_key(&r, CRED_CLASS_SESSION),
			epoch_of(r.now) };
		const struct epoch_keys *e = epoch_find(r.k, head.key_id, head.epoch);

		memcpy(tail + 1, b.access_key_id, 20);
		session_put(&s, &p);
		CHECK_OK(blob_seal(r.w, &e->x[CRED_P_SESSION], e->nonce, &head, &bind,
		    fg_buf_str(&p), raw, NULL));
		fg_buf_base64url(&text, fg_str(raw, p.n + BLOB_OVERHEAD));
		a.token_n = text.n;
		CHECK_OK(rig_open_token(&r, &a, r.now, &oa, NULL));
		CHECK(strcmp(oa.secret, ob.secret) != 0);
	}
	rig_close(&r);
}

static bool
frozen(void *arg, void *p, size_t n)
{
	(void)arg;
	memset(p, 0x42, n);
	return true;
}

static bool
broken(void *arg, void *p, size_t n)
{
	(void)arg;
	memset(p, 0, n);
	return false;
}

/* Rule 3: the nonce does not depend on randomness alone. */
static void
frozen_randomness_gives_different_nonces(void)
{
	struct rig r;
	struct cred_worker *w = NULL;
	struct cred_minted a, b;
	struct cred_session s;
	uint8_t ra[FG_LIMIT_TOKEN_BYTES], rb[FG_LIMIT_TOKEN_BYTES];
	struct fg_buf one = FG_BUF(8192), two = FG_BUF(8192), three = FG_BUF(8192);

	rig_open(&r);
	CHECK_OK(cred_worker_new(frozen, NULL, &w, NULL));
	s = rig_session(&r);
	CHECK_OK(cred_mint(w, r.k, &s, &a, NULL));
	s.name = FG_LIT("ci-run-43");
	CHECK_OK(cred_mint(w, r.k, &s, &b, NULL));
	CHECK(fg_base64url_into(fg_str(a.token, a.token_n), ra, sizeof(ra)) > 0);
	CHECK(fg_base64url_into(fg_str(b.token, b.token_n), rb, sizeof(rb)) > 0);
	CHECK(memcmp(blob_nonce(ra), blob_nonce(rb), CRED_NONCE_BYTES) != 0);
	/* where nothing but the text differs, too */
	CHECK_OK(cred_seal(w, r.k, CRED_P_STATE, FG_LIT("x"), FG_LIT("one"), r.now, 60, &one, NULL));
	CHECK_OK(cred_seal(w, r.k, CRED_P_STATE, FG_LIT("x"), FG_LIT("two"), r.now, 60, &two, NULL));
	CHECK_OK(cred_seal(w, r.k, CRED_P_STATE, FG_LIT("x"), FG_LIT("one"), r.now, 60, &three,
	    NULL));
	CHECK(memcmp(one.p + 16, two.p + 16, 32) != 0);
	CHECK_EQ(fg_buf_str(&one), fg_buf_str(&three)); /* so the test does freeze it */
	fg_buf_free(&one);
	fg_buf_free(&two);
	fg_buf_free(&three);
	cred_worker_free(w);
	CHECK_OK(cred_worker_new(broken, NULL, &w, NULL));
	CHECK_RC(cred_mint(w, r.k, &s, &a, NULL), FG_E_CRYPTO);
	cred_worker_free(w);
	rig_close(&r);
}

static void
a_foreign_installation_does_not_open(void)
{
	struct rig r;
	struct cred_minted m;
	struct cred_opened o;
	struct fg_err err = { 0 };
	struct cred_session s;

	rig_open(&r);
	s = rig_session(&r);
	rig_mint(&r, &s, &m);
	r.k->installation[0] ^= 1; /* the same keys elsewhere */
	CHECK_RC(rig_open_token(&r, &m, r.now, &o, &err), FG_E_CREDENTIAL);
	CHECK_STEP(err, "cred.blob.open");
	r.k->installation[0] ^= 1;
	CHECK_OK(rig_open_token(&r, &m, r.now, &o, NULL));
	/* and elsewhere the keys are others even with the same root */
	{
		uint8_t a[EPOCH_WIRE_BYTES], b[EPOCH_WIRE_BYTES], root[32] = { 1 };
		uint8_t here[16] = { 1 }, there[16] = { 2 };

		CHECK_OK(epoch_derive(root, here, 1, 1, a, NULL));
		CHECK_OK(epoch_derive(root, there, 1, 1, b, NULL));
		CHECK(memcmp(a, b, sizeof(a)) != 0);
	}
	rig_close(&r);
}

static void
the_account_inside_is_that_of_the_id(void)
{
	struct rig r;
	struct cred_minted m;
	struct cred_opened o;
	struct fg_err err = { 0 };
	struct cred_session s;
	uint8_t raw[FG_LIMIT_TOKEN_BYTES], tail[21] = { 20 };
	char plain[SESSION_PLAIN_MAX];
	struct fg_buf p = FG_BUF_FIXED(plain), text = FG_BUF_FIXED(m.token);
	uint32_t id = 0;

	rig_open(&r);
	s = rig_session(&r);
	{
		struct blob_bind bind = { r.k->installation, fg_str(tail, 21) };
		const struct epoch_keys *e = epoch_sealing(r.k, r.now, &id);
		struct blob_head head = { CRED_P_SESSION, id, epoch_of(r.now) };

		CHECK_OK(cred_key_id_new(CRED_KEY_ASIA, FG_LIT("444455556666"), m.access_key_id,
		    NULL));
		memcpy(tail + 1, m.access_key_id, 20);
		session_put(&s, &p);
		CHECK_OK(blob_seal(r.w, &e->x[CRED_P_SESSION], e->nonce, &head, &bind,
		    fg_buf_str(&p), raw, NULL));
	}
	fg_buf_base64url(&text, fg_str(raw, p.n + BLOB_OVERHEAD));
	m.token_n = text.n;
	CHECK_RC(rig_open_token(&r, &m, r.now, &o, &err), FG_E_CREDENTIAL);
	CHECK_STEP(err, "cred.token.account");
	rig_close(&r);
}

static void
only_temporary_ids_have_tokens(void)
{
	struct rig r;
	struct cred_minted m;
	struct cred_opened o;
	struct fg_err err = { 0 };
	struct cred_session s;

	rig_open(&r);
	s = rig_session(&r);
	rig_mint(&r, &s, &m);
	m.access_key_id[1] = 'K';
	CHECK_RC(rig_open_token(&r, &m, r.now, &o, &err), FG_E_CREDENTIAL);
	CHECK_STEP(err, "cred.token.key_id");
	rig_close(&r);
}

static char letters[SESSION_PLAIN_MAX * 8];

/* Rule 8: the worst session is refused when it is minted, not when it is used. */
static void
fifty_large_tags_are_refused_at_mint(void)
{
	struct rig r;
	struct cred_minted m;
	struct fg_err err = { 0 };
	struct cred_session s;

	rig_open(&r);
	s = rig_session(&r);
	memset(letters, 'x', sizeof(letters));
	for (s.tags_n = 0; s.tags_n < CRED_TAGS_MAX; s.tags_n++)
		s.tags[s.tags_n] = (struct cred_tag){ fg_str(letters, 128), fg_str(letters, 256),
			false };
	CHECK_RC(cred_mint(r.w, r.k, &s, &m, &err), FG_E_PACKED);
	CHECK_STEP(err, "cred.session.packed");
	CHECK(m.packed.percent > 600 && m.packed.tag_percent == m.packed.percent);
	rig_close(&r);
}

/* At the limit to the byte: the token has 4,096 characters and opens; one more byte is refused. */
static void
the_limit_is_exact(void)
{
	struct rig r;
	struct cred_minted m;
	struct cred_opened o;
	struct fg_err err = { 0 };
	struct cred_session s;
	size_t policies, tags;

	rig_open(&r);
	s = rig_session(&r);
	memset(letters, 'x', sizeof(letters));
	s.policy = fg_str(letters, 1);
	s.policy.n += SESSION_PLAIN_MAX - session_size(&s, &policies, &tags);
	rig_mint(&r, &s, &m);
	CHECK(m.token_n == FG_LIMIT_TOKEN_CHARS && m.packed.percent == 100);
	/* nginx and its like take header lines of 8 KiB */
	CHECK(strlen("X-Amz-Security-Token: \r\n") + m.token_n < 8192);
	CHECK_OK(rig_open_token(&r, &m, r.now, &o, NULL));
	CHECK_EQ(o.session.policy, s.policy);
	s.policy.n++;
	CHECK_RC(cred_mint(r.w, r.k, &s, &m, &err), FG_E_PACKED);
	CHECK(m.packed.percent == 101);
	rig_close(&r);
}

static void
measured_is_minted(void)
{
	struct rig r;
	struct cred_minted m;
	struct cred_packed p;
	struct cred_session s;

	rig_open(&r);
	s = rig_session(&r);
	memset(letters, 'x', sizeof(letters));
	for (size_t n = 1; n < 2000; n += 37) {
		s.policy = fg_str(letters, n);
		CHECK_OK(cred_measure(&s, &p, NULL));
		rig_mint(&r, &s, &m);
		CHECK(p.token_chars == m.token_n && p.percent == m.packed.percent &&
		    p.percent >= 1 && p.percent <= 100);
	}
	rig_close(&r);
}

CU_TestInfo mint_tests[] = {
	CASE(minted_credentials_open),
	CASE(a_changed_token_never_opens),
	CASE(a_secret_belongs_to_one_token),
	CASE(frozen_randomness_gives_different_nonces),
	CASE(a_foreign_installation_does_not_open),
	CASE(the_account_inside_is_that_of_the_id),
	CASE(only_temporary_ids_have_tokens),
	CASE(fifty_large_tags_are_refused_at_mint),
	CASE(the_limit_is_exact),
	CASE(measured_is_minted),
	CASES_END,
};
