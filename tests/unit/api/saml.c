/* AssumeRoleWithSAML from end to end, and its refusals. */
#include "tests/unit/api/tests.h"
#include "tests/unit/api/world.h"

#define CORP "arn:aws:iam::111122223333:saml-provider/corp"
#define AWS "https://aws.amazon.com/SAML/Attributes/"
#define VALUE(name, value)                                                                       \
	"<saml:Attribute Name=\"" AWS name "\"><saml:AttributeValue>" value                      \
	"</saml:AttributeValue></saml:Attribute>"
#define STATEMENT(inner) "<saml:AttributeStatement>" inner "</saml:AttributeStatement>"
#define PAIR(role) VALUE("Role", W_ROLE(role) "," CORP)
#define NAME VALUE("RoleSessionName", "alice@example.test")
#define USUAL STATEMENT(PAIR("people") NAME)

#define ROLE_UID "AROA00000000000000051"
#define TRUST(actions)                                                                           \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":"        \
	"{\"Federated\":\"" CORP "\"},\"Action\":[" actions "],\"Condition\":{\"StringEquals\":{"  \
	"\"SAML:aud\":\"https://signin.example.test/saml\"}}}]}"

static void
roles(void)
{
	const struct store_saml p = { .account = W_A1, .arn = FG_LIT(CORP),
		.uid = FG_LIT("ASAM00000000000000001"), .name = FG_LIT("corp"),
		.metadata = FG_LIT(""), .url = FG_LIT(""), .allow = FG_LIT(""), .tags = FG_LIT(""),
		.generation = 1, .created = W_NOW, .updated = W_NOW };

	world_put(STORE_SAML, &p);
	world_role(W_A1, ROLE_UID, "people",
	    TRUST("\"sts:AssumeRoleWithSAML\",\"sts:TagSession\",\"sts:SetSourceIdentity\""), NULL);
	world_role(W_A1, "AROA00000000000000052", "others", TRUST("\"sts:AssumeRoleWithSAML\""), NULL);
}

static struct reply
assume(const char *role, const char *provider, struct fg_str assertion, const char *more)
{
	struct fg_str r = world_escape(fg_str_z(role)), p = world_escape(fg_str_z(provider));
	struct fg_str s = world_escape(assertion);

	world.connection++;
	return world_anon(fg_arena_fmt(world.a, "Action=AssumeRoleWithSAML&Version=2011-06-15&RoleArn="
	    "%.*s&PrincipalArn=%.*s&SAMLAssertion=%.*s%s", (int)r.n, r.p, (int)p.n, p.p, (int)s.n, s.p,
	    more).p);
}

static struct reply
people(const char *attributes, const char *more)
{
	return assume(W_ROLE("people"), CORP, world_assertion(W_NOW - 30, attributes), more);
}

static void
an_assertion_becomes_credentials(void)
{
	struct reply r, who;
	struct signer s;

	roles();
	r = people(USUAL, "");
	CHECK_GRANTED(r);
	CHECK_STR(r.arn, "arn:aws:sts::111122223333:assumed-role/people/alice@example.test");
	CHECK_STR(world_xml(&r, "Subject"), "alice@example.test");
	CHECK_STR(world_xml(&r, "SubjectType"), "persistent");
	CHECK_STR(world_xml(&r, "Issuer"), "https://idp.example.test/metadata");
	CHECK_STR(world_xml(&r, "Audience"), "https://signin.example.test/saml");
	CHECK(world_xml(&r, "NameQualifier").n == 28);
	CHECK(world.claims == 1);
	CHECK(r.record.who.type == AUDIT_WHO_SAML);
	CHECK_STR(r.record.origin.method, "saml");
	s = world_signer(&r);
	who = world_signed(&s, "Action=GetCallerIdentity&Version=2011-06-15");
	CHECK_GRANTED(who);
	CHECK_STR(who.arn, "arn:aws:sts::111122223333:assumed-role/people/alice@example.test");
}

static void
a_claimed_assertion_is_a_replay(void)
{
	struct reply r;

	roles();
	world.claim_says = FG_E_REPLAY;
	r = people(USUAL, "");
	CHECK_FAULT(r, 400, "InvalidIdentityToken");
	world.claim_says = FG_E_STORE;
	r = people(USUAL, "");
	CHECK_FAULT(r, 503, "ServiceUnavailable");
}

static void
the_pair_must_stand_in_the_assertion(void)
{
	struct reply r;

	roles();
	r = assume(W_ROLE("others"), CORP, world_assertion(W_NOW - 30, USUAL), "");
	CHECK_FAULT(r, 403, "AccessDenied");
	CHECK_STEP(r.err, "api.saml.pair");
	CHECK_STR(r.message, "Not authorized to perform sts:AssumeRoleWithSAML");
	CHECK(world.claims == 0);
	r = people(STATEMENT(VALUE("Role", W_ROLE("people") ",arn:aws:iam::444455556666:saml-provider/corp")
	    NAME), "");
	CHECK_FAULT(r, 403, "AccessDenied");
	/* a provider of another account than the role's */
	r = assume("arn:aws:iam::444455556666:role/last", CORP, world_assertion(W_NOW - 30,
	    STATEMENT(VALUE("Role", "arn:aws:iam::444455556666:role/last," CORP) NAME)), "");
	CHECK_FAULT(r, 400, "InvalidIdentityToken");
	CHECK_STEP(r.err, "api.saml.provider");
}

static void
what_is_not_proven_has_one_answer(void)
{
	struct fg_str good = world_assertion(W_NOW - 30, USUAL);
	struct reply unknown, signature;
	char *p = fg_arena_alloc(world.a, good.n);

	roles();
	CU_ASSERT_FATAL(p != NULL);
	memcpy(p, good.p, good.n);
	p[good.n - 200] = p[good.n - 200] == 'A' ? 'B' : 'A'; /* inside the attributes */
	signature = assume(W_ROLE("people"), CORP, fg_str(p, good.n), "");
	unknown = assume(W_ROLE("people"), CORP "2", good, "");
	CHECK_FAULT(unknown, 400, "InvalidIdentityToken");
	CHECK_STR(unknown.message, "Response signature invalid");
	CHECK_FAULT(signature, 400, "InvalidIdentityToken");
}

static void
keys_that_are_being_read_are_asked_for_again(void)
{
	struct fg_str good = world_assertion(W_NOW - 30, USUAL);
	struct reply r;

	roles();
	world.saml_unread = true;
	r = assume(W_ROLE("people"), CORP, good, "");
	CHECK_FAULT(r, 400, "IDPCommunicationError");
	world.saml_unread = false;
	r = assume(W_ROLE("people"), CORP, good, "");
	CHECK_GRANTED(r);
}

static void
times_are_told_apart(void)
{
	struct reply r;

	roles();
	r = assume(W_ROLE("people"), CORP, world_assertion(W_NOW - 1000, USUAL), "");
	CHECK_FAULT(r, 400, "ExpiredTokenException");
	r = assume(W_ROLE("people"), CORP, world_assertion(W_NOW + 1000, USUAL), "");
	CHECK_FAULT(r, 400, "InvalidIdentityToken");
}

static void
tags_and_source_identity_need_permission(void)
{
#define RICH(role)                                                                               \
	STATEMENT(PAIR(role) NAME VALUE("PrincipalTag:Cost", "42") VALUE("TransitiveTagKeys", "Cost") \
	    VALUE("SourceIdentity", "diego"))
	struct reply r;

	roles();
	r = people(RICH("people"), "");
	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "SourceIdentity"), "diego");
	r = assume(W_ROLE("others"), CORP, world_assertion(W_NOW - 30, RICH("others")), "");
	CHECK_FAULT(r, 403, "AccessDenied");
	r = people(STATEMENT(PAIR("people")), "");
	CHECK_FAULT(r, 403, "IDPRejectedClaim");
}

static void
session_duration_only_shortens(void)
{
	struct reply r;

	roles();
	r = people(STATEMENT(PAIR("people") NAME VALUE("SessionDuration", "900")), "");
	CHECK_GRANTED(r);
	CHECK_STR(r.expires, "2026-09-21T14:28:20Z");
	r = people(STATEMENT(PAIR("people") NAME VALUE("SessionDuration", "7200")),
	    "&DurationSeconds=1800");
	CHECK_GRANTED(r);
	CHECK_STR(r.expires, "2026-09-21T14:43:20Z");
	r = people(USUAL, "&DurationSeconds=7201");
	CHECK_FAULT(r, 400, "ValidationError");
}

static void
an_encrypted_assertion_is_opened_after_it_was_paid_for(void)
{
	struct reply r;

	roles();
	r = assume(W_ROLE("people"), CORP, world_assertion_of(W_NOW - 30, USUAL, true), "");
	CHECK_GRANTED(r);
	CHECK(world.charges == 2);
	CHECK(world.asides == 1);
	CHECK_STR(world.aside_owner, CORP);
	CHECK(world.refunds == 1);
	CHECK(world.claims == 1);
	/* a plain one is not set aside */
	r = people(USUAL, "");
	CHECK_GRANTED(r);
	CHECK(world.asides == 1);
}

static void
a_full_share_of_the_queue_is_throttled_and_uses_nothing_up(void)
{
	struct fg_str assertion = world_assertion_of(W_NOW - 30, USUAL, true);
	struct reply r;

	roles();
	world.aside_full = true;
	r = assume(W_ROLE("people"), CORP, assertion, "");
	CHECK_FAULT(r, 400, "Throttling");
	CHECK_STR(r.message, "Rate exceeded");
	CHECK(world.claims == 0 && world.asides == 0 && world.refunds == 0);
	world.aside_full = false;
	r = assume(W_ROLE("people"), CORP, assertion, "");
	CHECK_GRANTED(r);
}

/* Between calls nobody holds the keys: the next one reads them under other switches. */
static void
switches(unsigned allow)
{
	saml_provider_free(world.saml);
	world.saml = NULL;
	world.saml_allow = allow;
}

static void
a_switch_that_was_needed_is_in_the_record(void)
{
	struct reply r;

	roles();
	switches(0);
	r = assume(W_ROLE("people"), CORP, world_assertion_sha1(W_NOW - 30, USUAL), "");
	CHECK_FAULT(r, 400, "InvalidIdentityToken");
	CHECK(r.record.n_legacy == 0);
	switches(SAML_ALLOW_SHA1 | SAML_ALLOW_STALE);
	r = assume(W_ROLE("people"), CORP, world_assertion_sha1(W_NOW - 30, USUAL), "");
	CHECK_GRANTED(r);
	CU_ASSERT_EQUAL_FATAL(r.record.n_legacy, 1);
	CHECK_STR(r.record.legacy[0], "sha1");
	r = people(USUAL, "");
	CHECK_GRANTED(r);
	CHECK(r.record.n_legacy == 0);
	switches(0);
}

static void
drop_corp(void)
{
	const struct store_saml p = { .account = W_A1, .arn = FG_LIT(CORP) };

	world.meanwhile = NULL;
	world_drop(STORE_SAML, &p);
}

static void
a_provider_that_goes_while_its_assertion_is_opened_proves_nothing(void)
{
	struct reply r;

	roles();
	world.meanwhile = drop_corp;
	r = assume(W_ROLE("people"), CORP, world_assertion_of(W_NOW - 30, USUAL, true), "");
	CHECK_FAULT(r, 400, "InvalidIdentityToken");
	CHECK_STR(r.message, "Response signature invalid");
	CHECK_STEP(r.err, "api.saml.provider");
	CHECK(world.claims == 0);
}

/* ---- what changes while the claim is being written: the newest directory decides ---- */

static void
corp_again(const char *uid, int64_t generation)
{
	const struct store_saml p = { .account = W_A1, .arn = FG_LIT(CORP), .uid = fg_str_z(uid), .name = FG_LIT("corp"),
		.metadata = FG_LIT("<other/>"), .url = FG_LIT(""), .allow = FG_LIT(""), .tags = FG_LIT(""),
		.generation = generation, .created = W_NOW, .updated = W_NOW };

	world.meanwhile = NULL;
	world_put(STORE_SAML, &p);
}

static void
corp_changed(void)
{
	corp_again("ASAM00000000000000001", 77);
}

static void
corp_made_anew(void)
{
	drop_corp();
	corp_again("ASAM00000000000000009", 1);
}

static void
corp_with_no_keys_yet(void)
{
	corp_changed();
	world.saml_unread = true;
}

static void
corp_strict(void)
{
	world.meanwhile = NULL;
	world.saml_allow = SAML_ALLOW_SINGLE_USE;
}

static void
trust_withdrawn(void)
{
	world.meanwhile = NULL;
	world_role(W_A1, ROLE_UID, "people", "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
	    "\"Principal\":{\"Federated\":\"" CORP "2\"},\"Action\":\"sts:AssumeRoleWithSAML\"}]}", NULL);
}

static void
role_deleted(void)
{
	const struct store_role r = { .account = W_A1, .uid = FG_LIT(ROLE_UID) };

	world.meanwhile = NULL;
	world_drop(STORE_ROLE, &r);
}

static void
what_goes_while_a_claim_is_written_grants_nothing(void)
{
	static const struct {
		void (*meanwhile)(void);
		int status;
		const char *code, *step;
	} rows[] = {
		{ drop_corp, 400, "InvalidIdentityToken", "api.saml.provider" },
		{ corp_with_no_keys_yet, 400, "IDPCommunicationError", "idp.saml.unread" },
		{ trust_withdrawn, 403, "AccessDenied", NULL },
		{ role_deleted, 403, "AccessDenied", NULL },
	};

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		struct reply r;

		roles();
		world.meanwhile = rows[i].meanwhile;
		r = people(USUAL, "");
		check_fault(&r, rows[i].status, rows[i].code, __FILE__, __LINE__);
		CHECK(rows[i].step == NULL || fg_eq(fg_str_z(r.err.step), fg_str_z(rows[i].step)));
		CHECK(world.meanwhile == NULL && r.key_id.n == 0);
		world.saml_unread = false;
		roles();
	}
}

/* Read again from its first byte, by the keys of now; claimed once. */
static void
a_provider_that_changes_while_a_claim_is_written_is_asked_again(void)
{
	static void (*const changes[])(void) = { corp_changed, corp_made_anew };
	unsigned once;

	roles();
	(void)people(USUAL, "");
	once = world.charges;
	for (size_t i = 0; i < FG_COUNT(changes); i++) {
		struct reply r;

		roles();
		world.charges = world.claims = 0;
		world.meanwhile = changes[i];
		r = people(USUAL, "");
		CHECK_GRANTED(r);
		CHECK(world.charges == 2 * once && world.claims == 1);
		roles();
	}
}

/* The claim of before was for one role only. */
static void
a_provider_that_counts_stricter_meanwhile_claims_again(void)
{
	struct reply r;

	roles();
	switches(0);
	world.claims = 0;
	world.meanwhile = corp_strict;
	r = people(USUAL, "");
	CHECK_GRANTED(r);
	CHECK(world.claims == 2);
	switches(0);
}

/* Whatever is wrong inside, the caller reads what it reads of a plain one. */
static void
an_encrypted_assertion_is_refused_in_the_same_words(void)
{
	struct reply r;

	roles();
	r = assume(W_ROLE("people"), CORP, world_assertion_of(W_NOW - 1000, USUAL, true), "");
	CHECK_FAULT(r, 400, "ExpiredTokenException");
	r = assume(W_ROLE("people"), CORP, world_assertion_of(W_NOW - 30, STATEMENT(PAIR("people")), true), "");
	CHECK_FAULT(r, 403, "IDPRejectedClaim");
	r = assume(W_ROLE("others"), CORP, world_assertion_of(W_NOW - 30, USUAL, true), "");
	CHECK_FAULT(r, 403, "AccessDenied");
	CHECK_STEP(r.err, "api.saml.pair");
	CHECK(world.asides == 3);
}

CU_TestInfo saml_tests[] = {
	CASE(an_assertion_becomes_credentials),
	CASE(a_claimed_assertion_is_a_replay),
	CASE(the_pair_must_stand_in_the_assertion),
	CASE(what_is_not_proven_has_one_answer),
	CASE(keys_that_are_being_read_are_asked_for_again),
	CASE(times_are_told_apart),
	CASE(tags_and_source_identity_need_permission),
	CASE(session_duration_only_shortens),
	CASE(an_encrypted_assertion_is_opened_after_it_was_paid_for),
	CASE(a_switch_that_was_needed_is_in_the_record),
	CASE(a_full_share_of_the_queue_is_throttled_and_uses_nothing_up),
	CASE(a_provider_that_goes_while_its_assertion_is_opened_proves_nothing),
	CASE(an_encrypted_assertion_is_refused_in_the_same_words),
	CASE(what_goes_while_a_claim_is_written_grants_nothing),
	CASE(a_provider_that_changes_while_a_claim_is_written_is_asked_again),
	CASE(a_provider_that_counts_stricter_meanwhile_claims_again),
	CASES_END
};
