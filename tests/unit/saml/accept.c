/*
 * tests/unit/saml/accept.c - what must be accepted, and each rule refusing the smallest change:
 * forged documents, correctly signed, one thing different.
 */
#include "tests/saml/forge.h"
#include "tests/unit/saml/saml_test.h"

#define MORE "http://www.w3.org/2001/04/xmldsig-more#"
#define MORE7 "http://www.w3.org/2007/05/xmldsig-more#"
#define ENC "http://www.w3.org/2001/04/xmlenc#"
#define DS "http://www.w3.org/2000/09/xmldsig#"
#define BEARER "<saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">"
#define LATE "2026-01-15T10:05:00Z"
#define AWS "https://aws.amazon.com/SAML/Attributes/"

struct expected {
	const char *name;
	struct forge forge;
	const char *cert;
	unsigned allow;
	const char *step; /* NULL: accepted */
	const char *rule;
};

/* Judge a row on XML and on base64. */
static void
judge(const struct expected *e)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(e->cert, e->allow, true);
	struct fg_err err = { .rc = FG_OK };
	struct fg_str xml = forge_response(a, &e->forge);
	struct saml_facts f;
	enum fg_rc rc = forge_accept(a, p, forge_base64(a, xml), FORGE_NOW, &f, &err);
	bool ok = e->step == NULL ? rc == FG_OK : rc != FG_OK && strcmp(err.step, e->step) == 0 &&
	    strcmp(test_rule(&err), e->rule) == 0;

	if (!ok)
		printf("\n    %s: %s %s (%s)\n", e->name, rc == FG_OK ? "accepted" : err.step, err.text,
		    e->step == NULL ? "want accepted" : e->step);
	CHECK(ok);
	if (e->allow != 0 && e->step == NULL)
		CHECK((f.legacy & e->allow) == e->allow);
}

static void
judge_all(const struct expected *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		judge(&v[i]);
}

static void
forms_that_real_providers_send_are_accepted(void)
{
	static const struct expected rows[] = {
		{ "assertion signed", { .roles = 1 }, NULL, 0, NULL, NULL },
		{ "response signed", { .sign = FORGE_SIGN_RESPONSE }, NULL, 0, NULL, NULL },
		{ "both signed", { .sign = FORGE_SIGN_BOTH }, NULL, 0, NULL, NULL },
		{ "InclusiveNamespaces xs", { .alg = { .prefixes = "xs" } }, NULL, 0, NULL, NULL },
		{ "InclusiveNamespaces several", { .alg = { .prefixes = "xs xsi saml #default" } }, NULL, 0,
		    NULL, NULL },
		{ "Signature last", { .alg = { .last = true } }, NULL, 0, NULL, NULL },
		{ "Signature last in Response", { .sign = FORGE_SIGN_RESPONSE, .alg = { .last = true } }, NULL,
		    0, NULL, NULL },
		{ "no KeyInfo", { .alg = { .no_key_info = true } }, NULL, 0, NULL, NULL },
		{ "SHA-384, xmldsig-more", { .alg = { .digest = MORE "sha384" } }, NULL, 0, NULL, NULL },
		{ "SHA-384, xmlenc", { .alg = { .digest = ENC "sha384" } }, NULL, 0, NULL, NULL },
		{ "SHA-512", { .alg = { .digest = ENC "sha512", .signature = MORE "rsa-sha512" } }, NULL, 0,
		    NULL, NULL },
		{ "RSA-SHA384", { .alg = { .signature = MORE "rsa-sha384" } }, NULL, 0, NULL, NULL },
		{ "P-256", { .alg = { .signature = MORE "ecdsa-sha256", .key = "p256.key" } }, "p256.crt", 0,
		    NULL, NULL },
		{ "P-384", { .alg = { .signature = MORE "ecdsa-sha384", .key = "p384.key" } }, "p384.crt", 0,
		    NULL, NULL },
		{ "P-521", { .alg = { .signature = MORE "ecdsa-sha512", .key = "p521.key" } }, "p521.crt", 0,
		    NULL, NULL },
		{ "repeated Role", { .attributes = "<saml:AttributeStatement><saml:Attribute Name=\"" AWS "Role\">"
		    "<saml:AttributeValue>a</saml:AttributeValue></saml:Attribute><saml:Attribute Name=\"" AWS
		    "Role\"><saml:AttributeValue>b</saml:AttributeValue></saml:Attribute>"
		    "</saml:AttributeStatement>" }, NULL, 0, NULL, NULL },
		{ "no attributes", { .attributes = "" }, NULL, 0, NULL, NULL },
		{ "Advice without assertion", { .advice = "<saml:Advice><saml:AssertionIDRef>_x"
		    "</saml:AssertionIDRef></saml:Advice>" }, NULL, 0, NULL, NULL },
		{ "Extensions", { .extensions = "<samlp:Extensions><x:y xmlns:x=\"urn:x\">z</x:y>"
		    "</samlp:Extensions>" }, NULL, 0, NULL, NULL },
		{ "nested status", { .status = "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:"
		    "2.0:status:Success\"><samlp:StatusCode Value=\"urn:x\"/></samlp:StatusCode>"
		    "<samlp:StatusMessage>ok</samlp:StatusMessage></samlp:Status>" }, NULL, 0, NULL, NULL },
		{ "OneTimeUse", { .conditions = "<saml:Conditions><saml:OneTimeUse/><saml:AudienceRestriction>"
		    "<saml:Audience>" FORGE_AUDIENCE "</saml:Audience></saml:AudienceRestriction>"
		    "</saml:Conditions>" }, NULL, 0, NULL, NULL },
	};

	judge_all(rows, FG_COUNT(rows));
}

static void
switches_open_what_they_name_and_facts_say_so(void)
{
	static const struct expected rows[] = {
		{ "rsa-sha1 off", { .alg = { .signature = DS "rsa-sha1", .digest = DS "sha1" } }, NULL, 0,
		    "saml.signature.algorithm", "R9" },
		{ "rsa-sha1 on", { .alg = { .signature = DS "rsa-sha1", .digest = DS "sha1" } }, NULL,
		    SAML_ALLOW_SHA1, NULL, NULL },
		{ "sha1 digest off", { .alg = { .digest = DS "sha1" } }, NULL, 0, "saml.signature.algorithm",
		    "R9" },
		{ "sha1 digest on", { .alg = { .digest = DS "sha1" } }, NULL, SAML_ALLOW_SHA1, NULL, NULL },
		{ "rsa1024 off", { .alg = { .key = "rsa1024.key" } }, "rsa1024.crt", 0,
		    "saml.signature.algorithm", "R9" },
		{ "rsa1024 on", { .alg = { .key = "rsa1024.key" } }, "rsa1024.crt", SAML_ALLOW_RSA1024, NULL,
		    NULL },
		{ "pss off", { .alg = { .signature = MORE7 "sha256-rsa-MGF1" } }, NULL, 0,
		    "saml.signature.algorithm", "R9" },
		{ "pss on", { .alg = { .signature = MORE7 "sha256-rsa-MGF1" } }, NULL, SAML_ALLOW_PSS, NULL,
		    NULL },
		{ "authn off", { .authn = "" }, NULL, 0, "saml.authn.missing", "R18" },
		{ "authn on", { .authn = "" }, NULL, SAML_ALLOW_NO_AUTHN, NULL, NULL },
		{ "stale off", { .issued = FORGE_NOW - 301 }, NULL, 0, "saml.time.stale", "R17" },
		{ "stale on", { .issued = FORGE_NOW - 301 }, NULL, SAML_ALLOW_STALE, NULL, NULL },
		{ "not stale", { .issued = FORGE_NOW - 299 }, NULL, 0, NULL, NULL },
		{ "stale lifts only that rule", { .issued = FORGE_NOW - 361 }, NULL, SAML_ALLOW_STALE,
		    "saml.confirmation.expired", "R15" },
		{ "future", { .issued = FORGE_NOW + 61, .conditions = "<saml:Conditions><saml:AudienceRestriction>"
		    "<saml:Audience>" FORGE_AUDIENCE "</saml:Audience></saml:AudienceRestriction>"
		    "</saml:Conditions>" }, NULL, 0, "saml.time.future", "R17" },
		{ "inside the skew", { .issued = FORGE_NOW + 60 }, NULL, 0, NULL, NULL },
	};

	judge_all(rows, FG_COUNT(rows));
}

static void
keys_of_the_wrong_type_or_another_provider_are_refused(void)
{
	static const struct expected rows[] = {
		{ "another key", { .alg = { .key = "other.key" } }, NULL, 0, "saml.signature.value", "R10" },
		{ "RSA method, EC metadata", { .roles = 1 }, "p256.crt", 0, "saml.signature.algorithm", "R9" },
		{ "EC method, RSA metadata", { .alg = { .signature = MORE "ecdsa-sha256", .key = "p256.key" } },
		    NULL, 0, "saml.signature.algorithm", "R9" },
		{ "another curve", { .alg = { .signature = MORE "ecdsa-sha256", .key = "p384.key" } }, "p256.crt",
		    0, "saml.signature.value", "R10" },
		{ "MD5", { .alg = { .signature = MORE "rsa-md5", .digest = ENC "sha256" } }, NULL, 0,
		    "saml.signature.algorithm", "R9" },
		{ "HMAC", { .alg = { .signature = MORE "hmac-sha256" } }, NULL, 0, "saml.signature.algorithm",
		    "R9" },
		{ "DSA", { .alg = { .signature = "http://www.w3.org/2009/xmldsig11#dsa-sha256" } }, NULL, 0,
		    "saml.signature.algorithm", "R9" },
		{ "MD5 digest", { .alg = { .digest = MORE "md5" } }, NULL, 0, "saml.signature.algorithm", "R9" },
		{ "nothing signed", { .sign = FORGE_SIGN_NONE }, NULL, 0, "saml.signature.missing", "R7" },
	};

	judge_all(rows, FG_COUNT(rows));
}

static void
each_statement_that_breaks_a_rule_is_refused_though_signed(void)
{
	static const struct expected rows[] = {
		{ "issuer", { .issuer = "https://evil.example/" }, NULL, 0, "saml.issuer", "R14" },
		{ "response issuer", { .response_issuer = "https://evil.example/" }, NULL, 0, "saml.issuer",
		    "R14" },
		{ "issuer with blank", { .issuer = " " FORGE_ISSUER }, NULL, 0, "saml.issuer", "R14" },
		{ "status", { .status = "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:"
		    "status:Requester\"/></samlp:Status>" }, NULL, 0, "saml.status", "R13" },
		{ "two status codes", { .status = "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:"
		    "2.0:status:Success\"/><samlp:StatusCode Value=\"urn:x\"/></samlp:Status>" }, NULL, 0,
		    "saml.status", "R13" },
		{ "no status", { .status = "" }, NULL, 0, "saml.status", "R13" },
		{ "no name", { .name_id = "" }, NULL, 0, "saml.subject.name-id", "R12" },
		{ "blank name", { .name_id = "<saml:NameID> \n</saml:NameID>" }, NULL, 0,
		    "saml.subject.name-id", "R12" },
		{ "encrypted name", { .name_id = "<saml:EncryptedID/>" }, NULL, 0, "saml.subject.name-id",
		    "R12" },
		{ "encrypted attribute", { .attributes = "<saml:AttributeStatement><saml:EncryptedAttribute/>"
		    "</saml:AttributeStatement>" }, NULL, 0, "saml.assertion.shape", "R12" },
		{ "unknown statement", { .advice = "<saml:AuthzDecisionStatement/>" }, NULL, 0,
		    "saml.assertion.shape", "R12" },
		{ "no confirmation", { .confirmation = "" }, NULL, 0, "saml.confirmation.missing", "R15" },
		{ "two confirmations", { .confirmation = BEARER "<saml:SubjectConfirmationData NotOnOrAfter=\"" LATE
		    "\" Recipient=\"" FORGE_ACS "\"/></saml:SubjectConfirmation>" BEARER
		    "</saml:SubjectConfirmation>" }, NULL, 0, "saml.confirmation.missing", "R15" },
		{ "no data", { .confirmation = BEARER "</saml:SubjectConfirmation>" }, NULL, 0,
		    "saml.confirmation.missing", "R15" },
		{ "holder of key", { .confirmation = "<saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:"
		    "2.0:cm:holder-of-key\"/>" }, NULL, 0, "saml.confirmation.method", "R15" },
		{ "NotBefore", { .confirmation = BEARER "<saml:SubjectConfirmationData NotBefore=\"" LATE
		    "\" NotOnOrAfter=\"" LATE "\" Recipient=\"" FORGE_ACS "\"/></saml:SubjectConfirmation>" },
		    NULL, 0, "saml.confirmation.not-before", "R15" },
		{ "other recipient", { .confirmation = BEARER "<saml:SubjectConfirmationData NotOnOrAfter=\"" LATE
		    "\" Recipient=\"" FORGE_ACS "/\"/></saml:SubjectConfirmation>" }, NULL, 0,
		    "saml.confirmation.recipient", "R15" },
		{ "no request answered", { .confirmation = BEARER "<saml:SubjectConfirmationData NotOnOrAfter=\""
		    LATE "\" Recipient=\"" FORGE_ACS "\"/></saml:SubjectConfirmation>" }, NULL, 0,
		    "saml.confirmation.in-response-to", "R15" },
		{ "conditions", { .conditions = "" }, NULL, 0, "saml.conditions.missing", "R16" },
		{ "no restriction", { .conditions = "<saml:Conditions/>" }, NULL, 0, "saml.conditions.audience",
		    "R16" },
		{ "empty restriction", { .conditions = "<saml:Conditions><saml:AudienceRestriction/>"
		    "</saml:Conditions>" }, NULL, 0, "saml.conditions.audience", "R16" },
		{ "wildcard", { .conditions = "<saml:Conditions><saml:AudienceRestriction><saml:Audience>*"
		    "</saml:Audience></saml:AudienceRestriction></saml:Conditions>" }, NULL, 0,
		    "saml.conditions.audience", "R16" },
		{ "proxy restriction", { .conditions = "<saml:Conditions><saml:ProxyRestriction/>"
		    "<saml:AudienceRestriction><saml:Audience>" FORGE_AUDIENCE "</saml:Audience>"
		    "</saml:AudienceRestriction></saml:Conditions>" }, NULL, 0, "saml.conditions.unknown", "R16" },
		{ "unknown condition", { .conditions = "<saml:Conditions><saml:Condition/></saml:Conditions>" },
		    NULL, 0, "saml.conditions.unknown", "R16" },
		{ "not yet", { .conditions = "<saml:Conditions NotBefore=\"2026-01-15T10:01:31Z\"/>" }, NULL, 0,
		    "saml.conditions.not-before", "R16" },
		{ "over", { .conditions = "<saml:Conditions NotOnOrAfter=\"2026-01-15T09:59:30Z\"/>" }, NULL, 0,
		    "saml.conditions.expired", "R16" },
		{ "offset", { .conditions = "<saml:Conditions NotOnOrAfter=\"2026-01-15T11:05:00+01:00\"/>" }, NULL,
		    0, "saml.time.form", "R17" },
		{ "session over", { .authn = "<saml:AuthnStatement AuthnInstant=\"2026-01-15T09:00:00Z\" "
		    "SessionNotOnOrAfter=\"2026-01-15T10:00:30Z\"/>" }, NULL, 0, "saml.authn.session-over", "R18" },
		{ "two session names", { .attributes = "<saml:AttributeStatement><saml:Attribute Name=\"" AWS
		    "RoleSessionName\"><saml:AttributeValue>ab</saml:AttributeValue><saml:AttributeValue>cd"
		    "</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>" }, NULL, 0,
		    "saml.attribute.single", "R20" },
		{ "tag twice", { .attributes = "<saml:AttributeStatement><saml:Attribute Name=\"" AWS
		    "PrincipalTag:A\"><saml:AttributeValue>ab</saml:AttributeValue></saml:Attribute>"
		    "<saml:Attribute Name=\"" AWS "PrincipalTag:A\"><saml:AttributeValue>cd"
		    "</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>" }, NULL, 0,
		    "saml.attribute.single", "R20" },
	};

	judge_all(rows, FG_COUNT(rows));
}

static void
facts_are_what_was_signed(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
	struct forge f = { .roles = 3, .sign = FORGE_SIGN_BOTH };
	struct fg_err err = { .rc = FG_OK };
	struct saml_facts facts;
	const struct saml_attribute *tag;

	CHECK_OK(forge_accept(a, p, forge_response(a, &f), FORGE_NOW, &facts, &err));
	CHECK_STR(facts.issuer, FORGE_ISSUER);
	CHECK_STR(facts.subject, "alice@example.test");
	CHECK_STR(facts.subject_type, "persistent");
	CHECK_STR(facts.recipient, FORGE_ACS);
	CHECK_STR(facts.assertion_id, "_a1");
	CHECK_STR(facts.response_id, "_r1");
	CHECK_STR(facts.in_response_to, FORGE_REQUEST);
	CHECK_STR(facts.session_index, "_s1");
	CHECK(facts.provider == p && facts.signed_parts == (SAML_SIGNED_ASSERTION | SAML_SIGNED_RESPONSE));
	CHECK(facts.issue_instant == FORGE_NOW - 30 && facts.confirm_until == FORGE_NOW + 270);
	CHECK(facts.replay_until == FORGE_NOW + 270);
	CHECK(facts.session_not_on_or_after == FORGE_NOW - 30 + 28800);
	CHECK(facts.legacy == 0 && !facts.encrypted && strcmp(facts.algorithm, "rsa-sha256") == 0);
	CHECK_EQ(facts.key, saml_provider_key_id(p, 0));
	tag = saml_attribute_find(&facts, FG_LIT(AWS "PrincipalTag:Department"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(tag);
	CHECK_STR(tag->value[0], "Engineering & Ops");
	CHECK(saml_attribute_find(&facts, FG_LIT(AWS "Role"))->n_values == 3);
}

static void
requests_bind_as_the_caller_says(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
	struct forge f = { .roles = 1 };
	struct saml_input in = { .body = forge_response(a, &f), .form = SAML_FORM_EITHER };
	struct saml_expect want = forge_expect(FORGE_NOW);
	struct fg_err err = { .rc = FG_OK };
	struct saml_facts facts;

	want.binding = SAML_REQUEST_ANY;
	CHECK_OK(saml_accept(a, p, &in, &want, &facts, &err));
	want.binding = SAML_REQUEST_NONE;
	CHECK(saml_accept(a, p, &in, &want, &facts, &err) != FG_OK);
	CHECK_STEP(err, "saml.confirmation.in-response-to");
	fg_err_clear(&err);
	want.binding = SAML_REQUEST_IS;
	want.in_response_to = FG_STR_NULL;
	CHECK(saml_accept(a, p, &in, &want, &facts, &err) != FG_OK);
	CHECK_STEP(err, "saml.confirmation.in-response-to");
}

static void
expectations_that_are_empty_accept_nothing(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
	struct forge f = { .roles = 1 };
	struct saml_input in = { .body = forge_response(a, &f), .form = SAML_FORM_EITHER };
	struct saml_expect want = forge_expect(FORGE_NOW);
	struct fg_err err = { .rc = FG_OK };
	struct saml_facts facts;

	want.n_audiences = 0;
	CHECK(saml_accept(a, p, &in, &want, &facts, &err) == FG_E_AUDIENCE);
	CHECK_STEP(err, "saml.conditions.audience");
	fg_err_clear(&err);
	want.n_recipients = 0;
	CHECK(saml_accept(a, p, &in, &want, &facts, &err) == FG_E_AUDIENCE);
	CHECK_STEP(err, "saml.confirmation.recipient");
}

static void
metadata_that_is_over_vouches_for_nothing(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = forge_provider(NULL, 0, false);
	struct forge f = { .roles = 1 };
	struct fg_err err = { .rc = FG_OK };
	struct saml_facts facts;
	struct fg_str body = forge_response(a, &f);

	p->valid_until = FORGE_NOW + 1;
	CHECK_OK(forge_accept(a, p, body, FORGE_NOW, &facts, &err));
	p->valid_until = FORGE_NOW;
	CHECK_RC(forge_accept(a, p, body, FORGE_NOW, &facts, &err), FG_E_EXPIRED);
	CHECK_STEP(err, "saml.provider.expired");
}

static void
keys_outside_the_profile_make_no_provider(void)
{
	static const char *const files[] = { "k256.crt", "e3.crt" };

	for (size_t i = 0; i < FG_COUNT(files); i++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = test_arena();
		struct fg_str der[1], pem = forge_file(a, files[i]);
		struct saml_provider *p = NULL;
		struct fg_err err = { .rc = FG_OK };
		size_t n = 0;

		CHECK_OK(saml_pem_read(a, pem, der, 1, &n, &err));
		CHECK_RC(saml_provider_new(&(struct saml_provider_conf){ .entity_id = FG_LIT("x"), .key = der,
		    .n_keys = 1 }, &p, &err), FG_E_KEY);
		CHECK_STEP(err, "saml.provider.key");
	}
}

static void
configurations_that_cannot_verify_are_refused(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = test_arena();
	struct fg_str der[FG_LIMIT_SAML_KEYS + 1], pem = forge_file(a, "idp.crt"), id;
	struct saml_provider *p = NULL;
	struct fg_err err = { .rc = FG_OK };
	size_t n = 0;

	CHECK_OK(saml_pem_read(a, pem, der, 1, &n, &err));
	for (size_t i = 1; i < FG_COUNT(der); i++)
		der[i] = der[0];
	CHECK_RC(saml_provider_new(&(struct saml_provider_conf){ .key = der, .n_keys = 1 }, &p, NULL),
	    FG_E_PARAM);
	CHECK_RC(saml_provider_new(&(struct saml_provider_conf){ .entity_id = FG_LIT("x") }, &p, NULL),
	    FG_E_PARAM);
	CHECK_RC(saml_provider_new(&(struct saml_provider_conf){ .entity_id = FG_LIT("x"), .key = der,
	    .n_keys = FG_LIMIT_SAML_KEYS + 1 }, &p, NULL), FG_E_PARAM);
	CHECK_RC(saml_provider_new(&(struct saml_provider_conf){ .entity_id = FG_LIT("x"), .key = der,
	    .n_keys = 1, .n_decrypt = FG_LIMIT_SAML_DECRYPT_KEYS + 1 }, &p, NULL), FG_E_PARAM);
	CHECK_RC(saml_pem_read(a, FG_LIT("no PEM"), der, 1, &n, NULL), FG_E_KEY);
	CHECK_RC(saml_pem_read(a, fg_arena_fmt(a, "%.*s%.*s", (int)pem.n, pem.p, (int)pem.n, pem.p), der, 1, &n,
	    NULL), FG_E_KEY);
	CHECK_OK(saml_key_id(a, pem, &id, &err));
	CHECK(id.n == 64);
	CHECK_RC(saml_key_id(a, FG_LIT("junk"), &id, NULL), FG_E_KEY);
}

static void
switches_have_names(void)
{
	CHECK(saml_allow_bit(FG_LIT("sha1")) == SAML_ALLOW_SHA1);
	CHECK(saml_allow_bit(FG_LIT("single-use")) == SAML_ALLOW_SINGLE_USE);
	CHECK(saml_allow_bit(FG_LIT("SHA1")) == 0 && saml_allow_bit(FG_LIT("")) == 0);
	CHECK(saml_allow_name(0) == NULL && saml_allow_name(SAML_ALLOW_SHA1 | SAML_ALLOW_PSS) == NULL);
	for (unsigned bit = 1; bit <= SAML_ALLOW_SINGLE_USE; bit <<= 1)
		CHECK(saml_allow_bit(fg_str_z(saml_allow_name(bit))) == bit);
}

static void
every_step_has_a_rule_and_a_code(void)
{
	size_t n = 0;

	for (const struct saml_step *s; (s = saml_step_row(n)) != NULL; n++) {
		CHECK(saml_step_find(s->step) == s && s->rule[0] == 'R' && s->ref != NULL);
		CHECK(fg_rc_class(s->rc) == FG_CALLER);
		CHECK(strncmp(s->step, "saml.", 5) == 0);
	}
	CHECK(n > 60 && saml_step_find("saml.nothing") == NULL && saml_step_find(NULL) == NULL);
}

static void
a_second_key_is_tried_and_named(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	struct fg_str both = fg_arena_fmt(a, "%s%s", fg_arena_dup(a, forge_file(a, "other.crt")).p,
	    fg_arena_dup(a, forge_file(a, "idp.crt")).p);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = test_provider(both, 0);
	struct forge f = { .roles = 1 };
	struct fg_err err = { .rc = FG_OK };
	struct saml_facts facts;

	CHECK(saml_provider_keys(p) == 2);
	CHECK_OK(forge_accept(a, p, forge_response(a, &f), FORGE_NOW, &facts, &err));
	CHECK_EQ(facts.key, saml_provider_key_id(p, 1));
	CHECK(!fg_eq(saml_provider_key_id(p, 0), saml_provider_key_id(p, 1)));
}

CU_TestInfo accept_tests[] = {
	CASE(forms_that_real_providers_send_are_accepted),
	CASE(switches_open_what_they_name_and_facts_say_so),
	CASE(keys_of_the_wrong_type_or_another_provider_are_refused),
	CASE(each_statement_that_breaks_a_rule_is_refused_though_signed),
	CASE(facts_are_what_was_signed),
	CASE(requests_bind_as_the_caller_says),
	CASE(expectations_that_are_empty_accept_nothing),
	CASE(metadata_that_is_over_vouches_for_nothing),
	CASE(keys_outside_the_profile_make_no_provider),
	CASE(configurations_that_cannot_verify_are_refused),
	CASE(switches_have_names),
	CASE(every_step_has_a_rule_and_a_code),
	CASE(a_second_key_is_tried_and_named),
	CASES_END,
};
