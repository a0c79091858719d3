/* gateway/ops/record.c, field.c */
#include <stdio.h>

#include "gateway/ops/ops_int.h"
#include "tests/unit/ops/tests.h"

static const uint8_t chain_id[AUDIT_CHAIN_ID] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
static const uint8_t prev[AUDIT_HASH] = { 0xee };

static struct fg_str
line_of(struct fg_buf *b, const struct audit_record *r)
{
	struct ops_place at = { chain_id, 42, prev, 0 };

	CHECK_OK(ops_record(b, r, &at));
	return fg_buf_str(b);
}

static bool
has(struct fg_str line, const char *text)
{
	bool found = memmem(line.p, line.n, text, strlen(text)) != NULL;

	if (!found)
		printf("\n    not in the record: %s\n    %.*s\n", text, (int)line.n, line.p);
	return found;
}

static void
a_minted_session_has_cloudtrails_shape(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(FG_LIMIT_AUDIT_LINE);
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);
	struct audit_param p[] = { { AUDIT_P_ROLE_ARN, FG_LIT("arn:aws:iam::123456789012:role/ci") },
		{ AUDIT_P_ROLE_SESSION_NAME, FG_LIT("build-1") }, { AUDIT_P_DURATION_SECONDS, FG_LIT("3600") },
		{ AUDIT_P_POLICY_ARNS, FG_LIT("arn:aws:iam::aws:policy/A") }, { AUDIT_P_EXTERNAL_ID, FG_STR_NULL },
		{ AUDIT_P_POLICY_ARNS, FG_LIT("arn:aws:iam::aws:policy/B") }, { AUDIT_P_NAME, FG_LIT("other") },
		{ AUDIT_P_NAME, FG_LIT("again") }, { AUDIT_P_NONE, FG_LIT("x") } };
	const struct fg_str sha1 = FG_LIT("sha1");
	struct fg_ip ip;
	struct audit_record r = { .time = 1795359000, .source = FG_LIT("sts.amazonaws.com"),
		.name = FG_LIT("AssumeRoleWithWebIdentity"), .request_id = FG_LIT("11111111-2222"),
		.user_agent = FG_LIT("aws-cli/2.9.19 Python/3.11"), .from = &ip, .param = p, .n_param = 9,
		.recipient_account = FG_LIT("123456789012"), .read_only = true,
		.minted = { .access_key_id = FG_LIT("ASIAABCDEFGHIJKLMNOP"), .expires = 1795362600,
		    .role_id = FG_LIT("AROAX:build-1"), .arn = FG_LIT("arn:aws:sts::123456789012:assumed-role/ci/build-1"),
		    .subject = FG_LIT("repo:o/r"), .packed_policy_size = 4 },
		.who = { .type = AUDIT_WHO_WEB, .user_name = FG_LIT("repo:o/r"),
		    .identity_provider = FG_LIT("arn:aws:iam::123456789012:oidc-provider/token.example.com") },
		.resource_arn = FG_LIT("arn:aws:iam::123456789012:role/ci"), .resource_type = FG_LIT("AWS::IAM::Role"),
		.issuer = FG_LIT("https://token.example.com"), .subject = FG_LIT("repo:o/r"),
		.tls_version = FG_LIT("TLSv1.3"), .tls_cipher = FG_LIT("TLS_AES_128_GCM_SHA256"),
		.decided = { FG_LIT("trust"), FG_LIT("arn:aws:iam::123456789012:role/ci"), 1, FG_LIT("AllowCi") },
		.legacy = &sha1, .n_legacy = 1 };
	struct fg_str line;
	struct fg_json j;

	CHECK(fg_ip_parse(FG_LIT("2001:db8::1"), &ip));
	line = line_of(&b, &r);
	CHECK(has(line, "\"userIdentity\":{\"type\":\"WebIdentityUser\",\"userName\":\"repo:o/r\""));
	CHECK(has(line, "\"eventTime\":\"2026-11-22T14:50:00Z\",\"eventSource\":\"sts.amazonaws.com\""));
	CHECK(has(line, "\"awsRegion\":\"us-east-1\",\"sourceIPAddress\":\"2001:db8::1\""));
	CHECK(has(line, "\"durationSeconds\":3600"));
	CHECK(has(line, "\"policyArns\":[\"arn:aws:iam::aws:policy/A\",\"arn:aws:iam::aws:policy/B\"],\"name\":\"other\"}"));
	CHECK(has(line, "\"packedPolicySize\":4"));
	CHECK(has(line, "\"legacy\":[\"sha1\"]"));
	CHECK(has(line, "\"credentials\":{\"accessKeyId\":\"ASIAABCDEFGHIJKLMNOP\",\"expiration\":\"2026-11-22T15:50:00Z\"}"));
	CHECK(has(line, "\"resources\":[{\"ARN\":\"arn:aws:iam::123456789012:role/ci\",\"type\":\"AWS::IAM::Role\"}]"));
	CHECK(has(line, "\"decidedBy\":{\"layer\":\"trust\",\"policy\":\"arn:aws:iam::123456789012:role/ci\",\"statement\":1,\"sid\":\"AllowCi\"}"));
	CHECK(has(line, "\"eventID\":\"01020304-0506-8708-8000-00000000002a\""));
	CHECK(has(line, "\"chain\":\"0102030405060708090a0b0c0d0e0f10\",\"seq\":42,\"prev\":\"ee"));
	CHECK(memmem(line.p, line.n, "errorCode", 9) == NULL);
	/* with its end it is one strict JSON object */
	fg_buf_put(&b, FG_LIT(",\"mac\":\"\"}}"));
	CHECK_OK(fg_json_parse(a, fg_buf_str(&b), NULL, "t", &j, NULL));
	CHECK(fg_find(fg_buf_str(&b), '\n') == b.n);
}

static void
a_refusal_names_its_rule(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(FG_LIMIT_AUDIT_LINE);
	struct fg_err e = { 0 };
	struct audit_record r = { .time = 1795359000, .source = FG_LIT("sts.amazonaws.com"),
		.name = FG_LIT("AssumeRoleWithSAML"), .error_code = FG_LIT("AccessDenied"),
		.error_message = FG_LIT("Not authorized"), .reason = &e, .decided = { .statement = -1 } };
	struct fg_str line;

	fg_fail(&e, FG_E_AUDIENCE, "saml.conditions.audience", "SAML Core 2.5.1.4", "audience is %s", "x\"y");
	line = line_of(&b, &r);
	CHECK(has(line, "\"errorCode\":\"AccessDenied\",\"errorMessage\":\"Not authorized\""));
	CHECK(has(line, "\"reason\":{\"code\":\"audience\",\"step\":\"saml.conditions.audience\","
	    "\"ref\":\"SAML Core 2.5.1.4\",\"detail\":\"audience is x\\\"y\"}"));
	CHECK(has(line, "\"requestParameters\":null,\"responseElements\":null"));
	CHECK(has(line, "\"sourceIPAddress\":\"fedgate.internal\""));
}

static void
a_session_says_where_it_comes_from(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(FG_LIMIT_AUDIT_LINE);
	struct audit_record r = { .time = 1795359000, .name = FG_LIT("GetCallerIdentity"),
		.who = { .type = AUDIT_WHO_ROLE, .principal_id = FG_LIT("AROAX:build-1"), .account = FG_LIT("123456789012"),
		    .arn = FG_LIT("arn:aws:sts::123456789012:assumed-role/ci/build-1"),
		    .issuer_arn = FG_LIT("arn:aws:iam::123456789012:role/ci"), .issuer_id = FG_LIT("AROAX"),
		    .issuer_account = FG_LIT("123456789012"), .issuer_name = FG_LIT("ci"),
		    .source_identity = FG_LIT("alice"), .created = 1795359000, .mfa = true },
		.origin = { FG_LIT("oidc"), FG_LIT("arn:aws:iam::123456789012:oidc-provider/x"),
		    FG_LIT("https://x"), FG_LIT("alice"), 1795359000 } };
	struct fg_str line = line_of(&b, &r);

	CHECK(has(line, "\"userIdentity\":{\"type\":\"AssumedRole\",\"principalId\":\"AROAX:build-1\""));
	CHECK(has(line, "\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\",\"principalId\":\"AROAX\","
	    "\"arn\":\"arn:aws:iam::123456789012:role/ci\",\"accountId\":\"123456789012\",\"userName\":\"ci\"},"
	    "\"attributes\":{\"creationDate\":\"2026-11-22T14:50:00Z\",\"mfaAuthenticated\":\"true\"},"
	    "\"sourceIdentity\":\"alice\"}"));
	CHECK(has(line, "\"origin\":{\"method\":\"oidc\",\"provider\":\"arn:aws:iam::123456789012:oidc-provider/x\","
	    "\"issuer\":\"https://x\",\"subject\":\"alice\",\"time\":\"2026-11-22T14:50:00Z\"}"));
	r.who = (struct audit_identity){ .type = (enum audit_identity_type)99 };
	line = line_of(&b, &r);
	CHECK(has(line, "\"userIdentity\":{\"type\":\"Unknown\"}"));
}

static void
a_long_user_agent_is_cut_between_characters(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(FG_LIMIT_AUDIT_LINE);
	struct audit_record r = { .time = 1795359000 };
	char agent[300], want[300];

	/* the character over the bound begins at byte 255 */
	for (size_t i = 0; i < sizeof(agent); i++)
		agent[i] = i % 3 == 0 ? ' ' : 'x';
	memcpy(agent + 255, "\xc3\xa9", 2);
	r.user_agent = fg_str(agent, sizeof(agent));
	(void)snprintf(want, sizeof(want), "\"userAgent\":\"%.255s\"", agent);
	CHECK(has(line_of(&b, &r), want));
}

#define JWT "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"
#define SECRET "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define LONG100 "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3ODkrQUJDREVGR0hJSktM"

static const char *const canaries[] = { JWT, SECRET, LONG100 LONG100, "AWS4-HMAC-SHA256 Credential=AKIA/canary" };

/* A canary in every string of a record, one after the other: it is nowhere in the line. */
static void
canary_everywhere(struct fg_buf *b, const char *canary, size_t at)
{
	struct audit_record r = { .time = 1795359000, .minted = { .expires = at % 2 } };
	struct audit_param p = { (enum audit_name)(at % AUDIT_P_MAX), fg_str_z(canary) };
	struct fg_str *const slots[] = { &r.who.principal_id, &r.who.arn, &r.who.account,
		&r.who.access_key_id, &r.who.identity_provider, &r.who.source_identity, &r.who.issuer_arn,
		&r.user_agent, &r.error_code, &r.error_message, &r.request_id, &r.minted.access_key_id,
		&r.minted.arn, &r.minted.provider, &r.minted.issuer, &r.resource_arn, &r.issuer, &r.subject,
		&r.origin.subject, &r.decided.policy, &r.decided.sid, &r.region, &r.host, &r.who.user_name };
	struct fg_str line;

	*slots[at % FG_COUNT(slots)] = fg_str_z(canary);
	r.legacy = &p.value;
	r.n_legacy = 1;
	r.origin.method = FG_LIT("oidc");
	r.decided.layer = FG_LIT("trust");
	r.tls_version = FG_LIT("TLSv1.3");
	r.who.created = 1;
	r.param = &p;
	r.n_param = 1;
	line = line_of(b, &r);
	CHECK(memmem(line.p, line.n, canary, strlen(canary)) == NULL);
}

static void
a_token_fits_no_field(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(FG_LIMIT_AUDIT_LINE);

	for (size_t at = 0; at < 240; at++) {
		canary_everywhere(&b, JWT, at);
		canary_everywhere(&b, JWT "-" LONG100 LONG100, at);
	}
}

struct fit {
	enum audit_class class;
	const char *text;
	bool fits;
};

static void
classes_are_narrow(void)
{
	static const struct fit table[] = {
		{ AUDIT_C_NONE, "", false },
		{ AUDIT_C_NAME, "build_1+=,.@-", true },
		{ AUDIT_C_NAME, "a b", false },
		{ AUDIT_C_NAME, "a/b", false },
		{ AUDIT_C_NAME, SECRET, false },
		{ AUDIT_C_NAME, "wJalrXUtnFEMIaK7MDENGabPxRfiCYEXAMPLEKEY", false },
		{ AUDIT_C_NAME, "wJalrXUtnFEMIaKxMDENGabPxRfiCYEXAMPLEKEY", true },
		{ AUDIT_C_NAME, "wJalrXUtnFEMIaK7MDENGabPxRfiCYEXAMPLEKEYS", true },
		{ AUDIT_C_NAME, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", true }, /* a commit */
		{ AUDIT_C_NAME, "a\"b", false },
		{ AUDIT_C_PATH, "/team/ci/", true },
		{ AUDIT_C_ARN, "arn:aws:iam::123456789012:role/path/*", true },
		{ AUDIT_C_ARN, "arn:aws:iam::1:role/x y", false },
		{ AUDIT_C_ID, "ASIAABCDEFGHIJKLMNOP", true },
		{ AUDIT_C_ID, SECRET, false },
		{ AUDIT_C_ID, "a", false },
		{ AUDIT_C_ID, "z", false },
		{ AUDIT_C_URL, "https://issuer.example.com/a", true },
		{ AUDIT_C_URL, "https://x/?token=1", false },
		{ AUDIT_C_NUMBER, "3600", true },
		{ AUDIT_C_NUMBER, "3600,\"x\":1", false },
		{ AUDIT_C_NUMBER, "-1", false },
		{ AUDIT_C_BOOL, "true", true },
		{ AUDIT_C_BOOL, "TRUE", false },
		{ AUDIT_C_SUBJECT, "repo:o/r:ref:refs/heads/main", true },
		{ AUDIT_C_SUBJECT, "a\nb", false },
		{ AUDIT_C_SUBJECT, "\xff", false },
		{ AUDIT_C_SUBJECT, JWT, false },
		{ AUDIT_C_TIME, "2026-11-22T14:50:00Z", true },
		{ AUDIT_C_TIME, "yesterday", false },
		{ (enum audit_class)99, "x", false },
	};

	for (size_t i = 0; i < FG_COUNT(table); i++)
		CHECK(ops_fits(table[i].class, fg_str_z(table[i].text)) == table[i].fits);
	/* every canary is refused by every class but free text, which cuts it, and subjects */
	for (size_t i = 0; i < FG_COUNT(canaries); i++)
		CHECK(!ops_fits(AUDIT_C_NAME, fg_str_z(canaries[i])) &&
		    !ops_fits(AUDIT_C_ID, fg_str_z(canaries[i])));
}

static void
free_text_keeps_the_rest(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(4096);

	ops_put_value(&b, AUDIT_C_TEXT, FG_LIT("token " JWT " of caf\xc3\xa9 " LONG100 LONG100 "."));
	CHECK_STR(fg_buf_str(&b), "\"token [cut] of caf\xc3\xa9 [cut]\"");
	fg_buf_reset(&b);
	ops_put_value(&b, AUDIT_C_TEXT, FG_LIT("Bearer=eyJhbGciOiJFUzI1NiJ9.e30, id_token:eyJhbGciOiJFUzI1NiJ9.e30 eyJ"));
	CHECK_STR(fg_buf_str(&b), "\"[cut], id_token:[cut] eyJ\"");
	fg_buf_reset(&b);
	ops_put_value(&b, AUDIT_C_TEXT, FG_LIT("operation " SECRET " key=" SECRET ", 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"));
	CHECK_STR(fg_buf_str(&b), "\"operation [cut] [cut], 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b\"");
	/* the longest run that stays, and one more */
	fg_buf_reset(&b);
	ops_put_value(&b, AUDIT_C_TEXT, fg_str(LONG100 LONG100, 128));
	CHECK(b.n == 130);
	fg_buf_reset(&b);
	ops_put_value(&b, AUDIT_C_TEXT, fg_str(LONG100 LONG100, 129));
	CHECK_STR(fg_buf_str(&b), "\"[cut]\"");
}

static void
a_record_that_is_too_long_loses_its_parameters(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(FG_LIMIT_AUDIT_LINE);
	struct audit_param p[200];
	char arn[600];
	struct audit_record r = { .time = 1795359000, .name = FG_LIT("X"), .param = p, .n_param = 200 };
	struct fg_str line;

	memset(arn, 'a', sizeof(arn));
	for (size_t i = 0; i < 200; i++)
		p[i] = (struct audit_param){ AUDIT_P_POLICY_ARNS, fg_str(arn, sizeof(arn)) };
	line = line_of(&b, &r);
	CHECK(line.n < 2000 && has(line, "\"omitted\":true") && has(line, "\"requestParameters\":null"));
}

static CU_TestInfo cases[] = {
	CASE(a_minted_session_has_cloudtrails_shape),
	CASE(a_refusal_names_its_rule),
	CASE(a_session_says_where_it_comes_from),
	CASE(a_long_user_agent_is_cut_between_characters),
	CASE(a_token_fits_no_field),
	CASE(classes_are_narrow),
	CASE(free_text_keeps_the_rest),
	CASE(a_record_that_is_too_long_loses_its_parameters),
	CASES_END,
};

CU_SuiteInfo
record_suite(void)
{
	return (CU_SuiteInfo)SUITE("gateway/ops/record.c", cases);
}
