/* outbound/find.c, sign.c: whose issuer it is, the documents, and the way from a row to a signature. */
#include "oidc/oidc.h"
#include "tests/unit/outbound/tests.h"

static void
an_issuer_is_ours_by_every_byte(void)
{
	static const struct {
		const char *issuer;
		bool ours;
	} rows[] = {
		{ "https://id.example.com/oidc/111122223333", true },
		{ "https://id.example.com/oidc/111122223333/", false },
		{ "https://id.example.com/oidc/11112222333", false },
		{ "https://id.example.com/oidc/1111222233334", false },
		{ "https://id.example.com/oidc/11112222333x", false },
		{ "https://id.example.com/oidc/", false },
		{ "https://id.example.com/oidc", false },
		{ "https://id.example.com", false },
		{ "https://id.example.com/OIDC/111122223333", false },
		{ "https://ID.example.com/oidc/111122223333", false },
		{ "http://id.example.com/oidc/111122223333", false },
		{ "https://id.example.com.evil.test/oidc/111122223333", false },
		{ "https://id.example.comx/oidc/111122223333", false },
		{ "https://evil.test/https://id.example.com/oidc/111122223333", false },
		{ "", false },
	};

	for (size_t i = 0; i < FG_COUNT(rows); i++)
		CHECK(fg_str_null(outbound_account(FG_LIT("https://id.example.com"),
		    fg_str_z(rows[i].issuer))) != rows[i].ours);
	CHECK(fg_str_null(outbound_account(FG_STR_NULL, FG_LIT("/oidc/111122223333"))));
	CHECK_STR(outbound_account(FG_LIT("https://id.example.com"),
	    FG_LIT("https://id.example.com/oidc/111122223333")), "111122223333");
}

/* What a strict consumer reads. */
static void
the_discovery_document_is_one(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);
	struct fg_buf b = FG_BUF_ARENA(a, 4096);
	struct oidc_discovery doc;
	struct fg_err err = { 0 };
	struct fg_str issuer = outbound_issuer(a, FG_LIT("https://id.example.com:8443"), A1), text;

	CHECK_STR(issuer, "https://id.example.com:8443/oidc/111122223333");
	outbound_discovery(&b, FG_LIT("https://id.example.com:8443"), A1);
	CHECK_OK(fg_buf_end(&b, &text));
	CHECK_OK(oidc_discovery_parse(a, text, issuer, 0, &doc, &err));
	CHECK_STR(doc.jwks_uri, "https://id.example.com:8443/oidc/111122223333/.well-known/jwks.json");
	CHECK(doc.algs == (OIDC_ALG_BIT(OIDC_RS256) | OIDC_ALG_BIT(OIDC_ES384)));
}

static bool
signs(struct rig *r, struct outbound *o, struct fg_str account, enum outbound_alg alg)
{
	struct outbound_job job = { .input = FG_LIT("a.b") };
	enum fg_rc rc;

	fg_err_clear(&r->err);
	directory_enter();
	rc = outbound_key_find(r->d, account, alg, r->a, &job.key, &r->err);
	directory_leave();
	return rc == FG_OK && outbound_sign(o, &job, &r->err) == FG_OK &&
	    job.sig_n == (alg == OUTBOUND_ES384 ? 96 : 256);
}

static void
a_key_is_opened_once_and_signs_again(void)
{
	RIG;
	struct outbound *o = NULL;

	CHECK_OK(outbound_new(r.cred, &o, &r.err));
	CHECK_OK(rig_enable(&r, A1));
	for (int i = 0; i < 3; i++)
		CHECK(signs(&r, o, A1, OUTBOUND_RS256) && signs(&r, o, A1, OUTBOUND_ES384));
	CHECK(!signs(&r, o, A2, OUTBOUND_RS256));
	CHECK_OK(rig_disable(&r, A1));
	CHECK(!signs(&r, o, A1, OUTBOUND_RS256));
	outbound_free(o);
}

/* Rule 6: the blob opens in its own row of its own account only. */
static void
a_blob_in_another_row_does_not_open(void)
{
	RIG;
	struct outbound *o = NULL;
	struct outbound_job job = { .input = FG_LIT("a.b") }, other = { .input = FG_LIT("a.b") };

	CHECK_OK(outbound_new(r.cred, &o, &r.err));
	CHECK_OK(rig_enable(&r, A1));
	CHECK_OK(rig_enable(&r, A2));
	directory_enter();
	CHECK_OK(outbound_key_find(r.d, A1, OUTBOUND_RS256, r.a, &job.key, &r.err));
	CHECK_OK(outbound_key_find(r.d, A2, OUTBOUND_RS256, r.a, &other.key, &r.err));
	directory_leave();
	job.key.blob = other.key.blob;
	CHECK_RC(outbound_sign(o, &job, &r.err), FG_E_UNAVAILABLE);
	CHECK_STEP(r.err, "outbound.unwrap");
	fg_err_clear(&r.err);
	other.key.where.account = A1;
	CHECK_RC(outbound_sign(o, &other, &r.err), FG_E_UNAVAILABLE);
	outbound_free(o);
}

CU_TestInfo find_tests[] = {
	CASE(an_issuer_is_ours_by_every_byte),
	CASE(the_discovery_document_is_one),
	CASE(a_key_is_opened_once_and_signs_again),
	CASE(a_blob_in_another_row_does_not_open),
	CASES_END,
};
