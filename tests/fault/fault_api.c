/*
 * Allocations fail while a call is handled: the answer is a failure of ours or a denial, never
 * a grant without its record, and never a crash.
 */
#include <stdio.h>

#include "tests/fault/fault.h"
#include "tests/unit/api/outbound.h"
#include "tests/unit/store/fixture.h"

static unsigned long nth;
static bool fired;

static void
before(void)
{
	fault_arm(nth, FAULT_EVERY);
}

static void
after(void)
{
	fired = fault_disarm();
}

static struct reply
web(void)
{
	return world_assume(W_ROLE("deploy"), world_token(""), "");
}

static struct reply
denied(void)
{
	return world_assume(W_ROLE("absent"), world_token(""), "");
}

static struct reply
role(void)
{
	return world_signed(&world.bob, "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam"
	    "%3A%3A111122223333%3Arole%2Fmiddle&RoleSessionName=hop&Tags.member.1.Key=a"
	    "&Tags.member.1.Value=1");
}

static struct reply
identity(void)
{
	return world_signed(&world.bob, "Action=GetCallerIdentity&Version=2011-06-15");
}

/* A token of the account's own issuer, and its use as a link of a chain. */
static struct reply
outbound(void)
{
	world.connection = 4242;
	return outbound_get(&world.alice, OUTBOUND_RS "&Tags.member.1.Key=a&Tags.member.1.Value=1");
}

#define V "&Version=2011-06-15"
#define DENY_ALL                                                                                 \
	"&Policy=%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A"  \
	"%22Deny%22%2C%22Action%22%3A%22%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D"

static struct reply
session(void)
{
	world.connection = 4242;
	return world_signed(&world.alice, "Action=GetSessionToken" V);
}

static struct reply
federated(void)
{
	world.connection = 4242;
	return world_signed(&world.alice, "Action=GetFederationToken" V "&Name=guest" DENY_ALL);
}

static struct reply
root(void)
{
	world.connection = 4242;
	return world_signed(&world.alice, "Action=AssumeRoot" V "&TargetPrincipal=444455556666&DurationSeconds=900"
	    "&TaskPolicyArn.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2Froot-task%2FS3UnlockBucketPolicy");
}

static struct reply
saml_of(bool encrypted)
{
	static const char attributes[] = "<saml:AttributeStatement>"
	    "<saml:Attribute Name=\"https://aws.amazon.com/SAML/Attributes/Role\"><saml:AttributeValue>" W_ROLE("people")
	    ",arn:aws:iam::111122223333:saml-provider/corp</saml:AttributeValue></saml:Attribute><saml:Attribute Name=\""
	    "https://aws.amazon.com/SAML/Attributes/RoleSessionName\"><saml:AttributeValue>alice</saml:AttributeValue>"
	    "</saml:Attribute></saml:AttributeStatement>";
	struct fg_str a = world_escape(world_assertion_of(world.now - 30, attributes, encrypted));

	return world_anon(fg_arena_fmt(world.a, "Action=AssumeRoleWithSAML" V "&RoleArn=" W_ROLE("people")
	    "&PrincipalArn=arn:aws:iam::111122223333:saml-provider/corp&SAMLAssertion=%.*s%s", (int)a.n, a.p, DENY_ALL).p);
}

static struct reply
saml(void)
{
	return saml_of(false);
}

static struct reply
saml_encrypted(void)
{
	return saml_of(true);
}

/* A token of our own issuer is used as a link of a chain. */
static struct fg_str own_token;

static struct reply
linked(void)
{
	return world_assume("arn:aws:iam::444455556666:role/linked", own_token, DENY_ALL);
}

static void
told(const struct reply *r, bool good)
{
	CHECK(good);
	if (!good)
		(void)fprintf(stderr, "allocation %lu: %d %.*s (%s: %s)\n", nth, r->status, (int)r->code.n, r->code.p,
		    r->err.step == NULL ? "" : r->err.step, r->err.text);
}

/* Every allocation from the nth on fails, until none was asked for.  What is granted is granted as ever. */
static void
scenario(struct reply (*send)(void), int status)
{
	struct fg_str packed = FG_STR_NULL;

	world_fresh();
	if (status == 200) {
		struct reply r = send();

		CHECK_GRANTED(r);
		packed = world_xml(&r, "PackedPolicySize");
		packed = packed.n == 0 ? FG_STR_NULL : fg_arena_dup(world.box->arena, packed);
	}
	for (nth = 0; nth < 10000; nth++) {
		struct reply r;

		world_fresh();
		world.now += (fg_time)nth + 1; /* a signature is taken once */
		world.before = before;
		world.after = after;
		world.pause = fault_pause;
		r = send();
		if (r.status == 200 && !fg_str_null(packed))
			CHECK_EQ(world_xml(&r, "PackedPolicySize"), packed);
		if (!fired) {
			told(&r, r.status == status);
			return;
		}
		/* 403: a policy that cannot be compiled now denies */
		told(&r, r.status == 500 || r.status == 503 || r.status == 403 || r.status == status);
		CHECK(r.status != 403 || status == 403 || fg_eq(r.code, FG_LIT("AccessDenied")));
		CHECK(r.status != 200 || r.recorded);
		CHECK(r.status == 200 || r.key_id.n == 0);
	}
	CU_FAIL("allocations never ended");
}

static void
web_identity_without_memory(void)
{
	scenario(web, 200);
}

static void
a_denial_without_memory(void)
{
	scenario(denied, 403);
}

static void
assume_role_without_memory(void)
{
	scenario(role, 200);
}

static void
caller_identity_without_memory(void)
{
	scenario(identity, 200);
}

static void
outbound_token_without_memory(void)
{
	world_fresh();
	issuer_on(W_A1);
	scenario(outbound, 200);
}

static void
setting(const char *name, const char *value)
{
	const struct store_setting s = { .account = FG_LIT(""), .name = fg_str_z(name), .value = fg_str_z(value) };

	world_put(STORE_SETTING, &s);
}

static void
root_world(void)
{
	const struct store_policy p = { .account = FG_LIT("aws"), .uid = FG_LIT("ANPA00000000000000009"),
		.name = FG_LIT("S3UnlockBucketPolicy"), .path = FG_LIT("/root-task/"), .description = FG_LIT(""),
		.tags = FG_LIT(""), .version = 1, .last = 1, .created = W_NOW, .updated = W_NOW };
	const struct store_version v = { FG_LIT("aws"), p.uid, 1, FG_LIT("{\"Version\":\"2012-10-17\",\"Statement\":[{"
	    "\"Effect\":\"Allow\",\"Action\":\"s3:DeleteBucketPolicy\",\"Resource\":\"*\"}]}"), W_NOW };

	setting("organization.root-sessions", "true");
	setting("organization.management", "111122223333");
	world_put(STORE_POLICY, &p);
	world_put(STORE_VERSION, &v);
}

static void
sessions_without_memory(void)
{
	scenario(session, 200);
	scenario(federated, 200);
	root_world();
	scenario(root, 200);
}

#define FEDERATED(provider, action)                                                              \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Federated\":\""   \
	"arn:aws:iam::" provider "\"},\"Action\":\"" action "\"}]}"

static void
saml_without_memory(void)
{
	const struct store_saml p = { .account = W_A1, .arn = FG_LIT("arn:aws:iam::111122223333:saml-provider/corp"),
		.uid = FG_LIT("ASAM00000000000000001"), .name = FG_LIT("corp"), .metadata = FG_LIT(""), .url = FG_LIT(""),
		.allow = FG_LIT(""), .tags = FG_LIT(""), .generation = 1, .created = W_NOW, .updated = W_NOW };

	world_put(STORE_SAML, &p);
	world_role(W_A1, "AROA00000000000000051", "people", FEDERATED("111122223333:saml-provider/corp", "sts:AssumeRoleWithSAML"), NULL);
	scenario(saml, 200);
	scenario(saml_encrypted, 200);
}

static void
a_link_of_a_chain_without_memory(void)
{
	struct fg_buf list = FG_BUF_ARENA(world.a, 64);
	struct store_oidc p = { .account = W_A2, .url = FG_LIT("https://id.example.com/oidc/111122223333"),
		.arn = FG_LIT("arn:aws:iam::444455556666:oidc-provider/id.example.com/oidc/111122223333"),
		.thumbprints = FG_LIT(""), .algorithms = FG_LIT(""), .jwks = FG_LIT(""), .ca = FG_LIT(""), .tags = FG_LIT(""),
		.generation = 1, .created = W_NOW };
	struct reply r;

	world_fresh();
	issuer_on(W_A1);
	store_list_put(&list, FG_LIT("here"));
	p.client_ids = fg_buf_str(&list);
	world_put(STORE_OIDC, &p);
	world_role(W_A2, "AROA00000000000000052", "linked",
	    FEDERATED("444455556666:oidc-provider/id.example.com/oidc/111122223333", "sts:AssumeRoleWithWebIdentity"), NULL);
	world.now += 5;
	world.connection = 4242;
	r = outbound_get(&world.alice, "&Audience.member.1=here&SigningAlgorithm=RS256");
	CHECK_GRANTED(r);
	own_token = world_xml(&r, "WebIdentityToken");
	own_token = fg_arena_dup(world.box->arena, own_token);
	scenario(linked, 200);
}

static CU_TestInfo tests[] = {
	CASE(web_identity_without_memory),
	CASE(a_denial_without_memory),
	CASE(assume_role_without_memory),
	CASE(caller_identity_without_memory),
	CASE(outbound_token_without_memory),
	CASE(sessions_without_memory),
	CASE(saml_without_memory),
	CASE(a_link_of_a_chain_without_memory),
	CASES_END
};

int
main(void)
{
	CU_SuiteInfo suites[] = { { "gateway/api: faults", NULL, world_close, world_fresh, NULL, tests },
		SUITES_END };

	return unit_run(suites);
}
