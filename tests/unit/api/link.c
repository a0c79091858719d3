/*
 * A token of this gateway's own issuer presented here: a link of a chain (security.md 13), never a
 * fresh proof.
 */
#include "tests/unit/api/link.h"
#include "tests/unit/api/tests.h"

/* ---- the second account takes the first one's issuer, and the other way round ---- */

static struct fg_str
one(const char *s)
{
	struct fg_buf b = FG_BUF_ARENA(world.a, 256);

	store_list_put(&b, fg_str_z(s));
	return fg_buf_str(&b);
}

static void
takes_with(struct fg_str account, const char *bare, const char *jwks, struct fg_str algorithms)
{
	const struct store_oidc p = { .account = account,
		.arn = fg_arena_fmt(world.a, "arn:aws:iam::%.*s:oidc-provider/%s", FG_PRI(account), bare),
		.url = fg_arena_fmt(world.a, "https://%s", bare), .client_ids = one("here"),
		.thumbprints = FG_LIT(""), .algorithms = algorithms, .jwks = fg_str_z(jwks),
		.ca = FG_LIT(""), .tags = FG_LIT(""), .flags = jwks[0] == '\0' ? 0 : STORE_OIDC_UPLOADED,
		.generation = 1, .created = W_NOW };

	world_put(STORE_OIDC, &p);
}

void
link_takes(struct fg_str account, const char *bare, const char *jwks)
{
	takes_with(account, bare, jwks, FG_LIT(""));
}

#define ALL                                                                                      \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:*\"," \
	"\"Resource\":\"*\"}]}"
#define TRUSTS(account, bare, actions)                                                           \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":"        \
	"{\"Federated\":\"arn:aws:iam::" account ":oidc-provider/" bare "\"},\"Action\":" actions \
	",\"Condition\":{\"StringEquals\":{\"" bare ":aud\":\"here\"}}}]}"
#define THREE "[\"sts:AssumeRoleWithWebIdentity\",\"sts:TagSession\",\"sts:SetSourceIdentity\"]"

void
link_neighbours(void)
{
	issuer_on(W_A1);
	issuer_on(W_A2);
	link_takes(W_A2, ISSUER_1, "");
	link_takes(W_A1, ISSUER_2, "");
	world_role(W_A2, "AROA00000000000000021", "there", TRUSTS("444455556666", ISSUER_1, THREE), ALL);
	world_role(W_A2, "AROA00000000000000022", "strict",
	    TRUSTS("444455556666", ISSUER_1, "\"sts:AssumeRoleWithWebIdentity\""), ALL);
	world_role(W_A1, "AROA00000000000000023", "back", TRUSTS("111122223333", ISSUER_2, THREE), ALL);
}

#define STRICT "arn:aws:iam::444455556666:role/strict"

struct signer
link_first(const char *more)
{
	struct reply r = world_assume(W_ROLE("deploy"), world_token(more), "");

	CHECK_GRANTED(r);
	return world_signer(&r);
}

struct fg_str
link_token(const struct signer *s)
{
	struct reply r = outbound_get(s, HERE "ES384");

	CHECK_GRANTED(r);
	return world_xml(&r, "WebIdentityToken");
}

/* ---- what goes on ---- */

static void
a_token_of_ours_goes_on_with_its_chain(void)
{
	struct signer s;
	struct reply r;

	link_neighbours();
	s = link_first("");
	r = world_assume(THERE, link_token(&s), "");
	CHECK_GRANTED(r);
	CHECK_STR(r.arn, "arn:aws:sts::444455556666:assumed-role/there/run-1");
	CHECK_STR(r.record.origin.subject, "repo:acme/app:ref:main");
	CHECK_STR(r.record.origin.issuer, W_ISSUER);
	CHECK_STR(r.record.subject, W_ROLE("deploy"));
	s = world_signer(&r);
	r = world_signed(&s, WHO);
	CHECK_STR(r.arn, "arn:aws:sts::444455556666:assumed-role/there/run-1");
	CHECK_STR(r.record.origin.subject, "repo:acme/app:ref:main");
	CU_ASSERT_EQUAL(r.record.origin.time, W_NOW);
}

static void
both_algorithms_are_taken(void)
{
	struct reply r;

	link_neighbours();
	r = outbound_get(&world.alice, HERE "RS256");
	GRANTED(world_assume(THERE, world_xml(&r, "WebIdentityToken"), ""));
	r = world_assume(THERE, link_token(&world.alice), "");
	CHECK_GRANTED(r);
	CHECK_STR(r.record.origin.subject, "arn:aws:iam::111122223333:user/alice");
	CHECK_STR(r.record.origin.method, "key");
}

static void
a_list_of_algorithms_binds_our_own_too(void)
{
	struct reply r;

	link_neighbours();
	takes_with(W_A2, ISSUER_1, "", one("RS256"));
	r = outbound_get(&world.alice, HERE "RS256");
	GRANTED(world_assume(THERE, world_xml(&r, "WebIdentityToken"), ""));
	REFUSED(world_assume(THERE, link_token(&world.alice), ""), 400, "InvalidIdentityToken");
}

static void
a_hop_is_an_hour_at_most(void)
{
	struct signer s;
	struct fg_str token;
	struct reply r;

	link_neighbours();
	s = link_first("");
	token = link_token(&s);
	r = world_assume(THERE, token, "&DurationSeconds=3601");
	CHECK_FAULT(r, 400, "ValidationError");
	CHECK_STR(r.message, "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
	    "role chaining.");
	GRANTED(world_assume(THERE, token, "&DurationSeconds=3600"));
	/* so is the first hop of a user's own token */
	token = link_token(&world.alice);
	REFUSED(world_assume(THERE, token, "&DurationSeconds=3601"), 400, "ValidationError");
}

/* A - B - A - B ... by tokens: it stops when the chain is as long as it may be. */
static void
a_loop_stops(void)
{
	struct signer s;
	struct reply r;
	int hops = 0;

	link_neighbours();
	s = link_first("");
	for (; hops < 20; hops++) {
		r = world_assume(hops % 2 == 0 ? THERE : BACK, link_token(&s), "");
		if (r.status != 200)
			break;
		s = world_signer(&r);
	}
	CHECK_FAULT(r, 403, "AccessDenied");
	CHECK_STR(fg_str_z(r.err.step), "api.issue.chain");
	CU_ASSERT_EQUAL(hops, CRED_CHAIN_MAX);
}

/* A role may have longer hops; nothing lives twelve hours after the first proof all the same. */
static void
long_hops(const char *uid)
{
	struct store_role r = { .account = W_A1, .uid = fg_str_z(uid) };
	struct fg_buf b = FG_BUF_ARENA(world.a, 256);
	struct store_tx *tx = NULL;
	struct fg_err err = { 0 };

	store_list_put(&b, FG_LIT("fedgate:MaxChainedSession"));
	store_list_put(&b, FG_LIT("7200"));
	CHECK_OK(store_begin(world.st, &tx, &err));
	CHECK_OK(store_get(tx, STORE_ROLE, &r, world.a, &err));
	store_rollback(tx);
	r.tags = fg_buf_str(&b);
	world_put(STORE_ROLE, &r);
}

static void
a_chain_ends_twelve_hours_after_its_first_proof(void)
{
	struct signer s;
	struct reply r;

	link_neighbours();
	long_hops("AROA00000000000000021");
	long_hops("AROA00000000000000023");
	r = world_assume(W_ROLE("deploy"), world_token(""), "&DurationSeconds=7200");
	for (int hop = 1; hop <= 6; hop++) {
		CHECK_GRANTED(r);
		s = world_signer(&r);
		world.now = W_NOW + hop * 6800;
		world_keys();
		r = world_assume(hop % 2 == 1 ? THERE : BACK, link_token(&s), "&DurationSeconds=7200");
		CU_ASSERT_EQUAL(r.record.origin.time, W_NOW);
		CU_ASSERT_EQUAL(r.record.minted.expires,
		    hop < 6 ? world.now + 7200 : W_NOW + 43200);
	}
	CHECK_GRANTED(r);
	world.now = W_NOW;
	world_keys();
	link_neighbours();
}

static void
tags_and_source_identity_are_inherited(void)
{
	struct signer s;
	struct reply r;

	link_neighbours();
	s = link_first(",\"https://aws.amazon.com/tags\":{\"principal_tags\":{\"Cost\":[\"7\"],\"Own\":[\"x\"]},"
	    "\"transitive_tag_keys\":[\"Cost\"]},\"https://aws.amazon.com/source_identity\":\"dana\"");
	r = world_assume(THERE, link_token(&s), "");
	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "SourceIdentity"), "dana");
	s = world_signer(&r);
	r = outbound_get(&s, HERE "RS256");
	CHECK_GRANTED(r);
	{
		struct claims c;

		CHECK(outbound_claims(&r, W_A2, &c));
		CHECK(memmem(c.json.src.p, c.json.src.n, "\"Cost\":\"7\"", 10) != NULL);
		CHECK(memmem(c.json.src.p, c.json.src.n, "\"Own\"", 5) == NULL);
	}
	/* ... and the other side is asked for them */
	s = link_first(",\"https://aws.amazon.com/source_identity\":\"dana\"");
	r = world_assume(STRICT, link_token(&s), "");
	CHECK_FAULT(r, 403, "AccessDenied");
	s = link_first("");
	GRANTED(world_assume(STRICT, link_token(&s), ""));
}

/* ---- what is refused ---- */

static struct fg_str
sealed_with(struct fg_str payload)
{
	struct fg_buf b = FG_BUF_ARENA(world.a, 65536);
	struct outbound_job job = { .sig_n = 0 };
	struct fg_err err = { 0 };

	directory_enter();
	CHECK_OK(outbound_key_find(world.d, W_A1, OUTBOUND_RS256, world.a, &job.key, &err));
	directory_leave();
	fg_buf_base64url(&b, fg_arena_fmt(world.a, "{\"alg\":\"RS256\",\"kid\":\"%.*s\"}", FG_PRI(job.key.kid)));
	fg_buf_putc(&b, '.');
	fg_buf_base64url(&b, payload);
	job.input = fg_arena_dup(world.a, fg_buf_str(&b));
	CHECK_OK(outbound_sign(world.outbound, &job, &err));
	fg_buf_putc(&b, '.');
	fg_buf_base64url(&b, fg_str(job.sig, job.sig_n));
	return fg_buf_str(&b);
}

#define FORGED(more)                                                                             \
	"{\"iss\":\"https://" ISSUER_1 "\",\"sub\":\"arn:aws:iam::111122223333:user/alice\","     \
	"\"aud\":\"here\",\"iat\":1790000000,\"exp\":1790000300" more "}"

/* Whoever holds the signing key of an account can still not make a link of a chain. */
static void
a_token_without_its_lineage_is_refused(void)
{
	static const struct {
		const char *payload, *step;
	} rows[] = {
		{ FORGED(""), "api.link.missing" },
		{ FORGED(",\"jti\":\"1\""), "api.link.missing" },
		{ FORGED(",\"jti\":\"1\",\"urn:fedgate:lineage\":\"\""), "api.link.missing" },
		{ FORGED(",\"jti\":\"1\",\"urn:fedgate:lineage\":7"), "api.link.missing" },
		{ FORGED(",\"jti\":\"1\",\"urn:fedgate:lineage\":{}"), "api.link.missing" },
		{ FORGED(",\"jti\":\"1\",\"urn:fedgate:lineage\":\"AAAA\""), "api.link.lineage" },
		{ FORGED(",\"urn:fedgate:lineage\":\"AAAA\""), "api.link.missing" },
	};
	struct reply r;

	link_neighbours();
	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		r = world_assume(THERE, sealed_with(fg_str_z(rows[i].payload)), "");
		CHECK_FAULT(r, 400, "InvalidIdentityToken");
		CHECK(fg_eq(fg_str_z(r.err.step), fg_str_z(rows[i].step)));
	}
}

/* A genuine lineage in a token that says something else: nothing that it is bound to may change. */
static void
a_lineage_fits_its_own_token_only(void)
{
	struct reply r;
	struct claims c;
	struct fg_str lineage, jti;
	static const struct {
		const char *sub;
		int64_t iat, exp;
		bool jti;
	} rows[] = {
		{ "arn:aws:iam::111122223333:role/admin", W_NOW, W_NOW + 300, true },
		{ "arn:aws:iam::111122223333:user/alice", W_NOW, W_NOW + 3600, true },
		{ "arn:aws:iam::111122223333:user/alice", W_NOW + 1, W_NOW + 300, true },
		{ "arn:aws:iam::111122223333:user/alice", W_NOW, W_NOW + 300, false },
	};

	link_neighbours();
	r = outbound_get(&world.alice, HERE "RS256");
	CHECK(outbound_claims(&r, W_A1, &c));
	lineage = claim_str(&c, "urn:fedgate:lineage");
	jti = claim_str(&c, "jti");
	for (size_t i = 0; i < FG_COUNT(rows) + 1; i++) {
		bool same = i == FG_COUNT(rows);
		size_t k = same ? 0 : i;

		r = world_assume(THERE, sealed_with(fg_arena_fmt(world.a,
		    "{\"iss\":\"https://" ISSUER_1 "\",\"sub\":\"%s\",\"aud\":\"here\",\"iat\":%lld,\"exp\":%lld,"
		    "\"jti\":\"%.*s\",\"urn:fedgate:lineage\":\"%.*s\"}",
		    same ? "arn:aws:iam::111122223333:user/alice" : rows[k].sub,
		    (long long)(same ? W_NOW : rows[k].iat), (long long)(same ? W_NOW + 300 : rows[k].exp),
		    same || rows[k].jti ? (int)jti.n : 3, jti.p, (int)lineage.n, lineage.p)), "");
		if (same) {
			CHECK_GRANTED(r);
			continue;
		}
		CHECK_FAULT(r, 400, "InvalidIdentityToken");
		CHECK_STR(fg_str_z(r.err.step), "api.link.lineage");
	}
}

/* What an administrator of the second account uploads for our issuer counts for nothing. */
static void
keys_uploaded_for_our_issuer_are_not_used(void)
{
	struct signer s;
	struct fg_str payload = fg_str_z(FORGED(",\"jti\":\"1\""));

	link_neighbours();
	s = link_first("");
	link_takes(W_A2, ISSUER_1, "{\"keys\":[]}");
	GRANTED(world_assume(THERE, link_token(&s), ""));
	REFUSED(world_assume(THERE, world_token_of("RS256", payload.p), ""), 400,
	    "InvalidIdentityToken");
}

static void
what_was_switched_off_is_refused(void)
{
	struct signer s;
	struct fg_str token;
	struct reply r;

	link_neighbours();
	s = link_first("");
	token = link_token(&s);
	issuer_off(W_A1);
	r = world_assume(THERE, token, "");
	CHECK(r.status != 200);
	issuer_on(W_A1); /* with other keys */
	r = world_assume(THERE, token, "");
	CHECK_FAULT(r, 400, "InvalidIdentityToken");
	GRANTED(world_assume(THERE, link_token(&s), ""));
}

static void
an_old_token_is_over(void)
{
	struct signer s;
	struct fg_str token;

	link_neighbours();
	s = link_first("");
	token = link_token(&s);
	world.now += 359; /* five minutes and the skew */
	GRANTED(world_assume(THERE, token, ""));
	world.now += 1;
	REFUSED(world_assume(THERE, token, ""), 400, "ExpiredTokenException");
}

CU_TestInfo link_tests[] = {
	CASE(a_token_of_ours_goes_on_with_its_chain),
	CASE(both_algorithms_are_taken),
	CASE(a_list_of_algorithms_binds_our_own_too),
	CASE(a_hop_is_an_hour_at_most),
	CASE(a_loop_stops),
	CASE(a_chain_ends_twelve_hours_after_its_first_proof),
	CASE(tags_and_source_identity_are_inherited),
	CASE(a_token_without_its_lineage_is_refused),
	CASE(a_lineage_fits_its_own_token_only),
	CASE(keys_uploaded_for_our_issuer_are_not_used),
	CASE(what_was_switched_off_is_refused),
	CASE(an_old_token_is_over),
	CASES_END,
};
