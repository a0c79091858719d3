/*
 * gateway/iam/query_outbound.c, outbound.c: the issuer of an account, switched by the API, by a bundle,
 * and its keys turned by the operator.
 */
#include <stdio.h>

#include "gateway/iam/admin.h"
#include "gateway/iam/bundle.h"
#include "tests/unit/iam/ask.h"
#include "tests/unit/iam/tests.h"

#define ENABLE "EnableOutboundWebIdentityFederation"
#define DISABLE "DisableOutboundWebIdentityFederation"
#define INFO "GetOutboundWebIdentityFederationInfo"
#define ISSUER W_PUBLIC "/oidc/111122223333"

static bool
has_issuer(struct fg_str account)
{
	bool is;

	directory_enter();
	is = !fg_str_null(outbound_jwks(world.d, account));
	directory_leave();
	return is;
}

/* ---- the API ---- */

static void
an_issuer_is_enabled_told_and_disabled(void)
{
	struct reply r;

	wrap_key_seals();
	alice_may(ALLOW("iam:*"));
	REFUSED(iam(&world.alice, INFO), 404, "FeatureDisabled");
	REFUSED(iam(&world.alice, DISABLE), 404, "FeatureDisabled");
	r = iam(&world.alice, ENABLE);
	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "IssuerIdentifier"), ISSUER);
	CHECK(r.waited_for_disk);
	CHECK(has_issuer(W_A1) && !has_issuer(W_A2));
	REFUSED(iam(&world.alice, ENABLE), 409, "FeatureEnabled");
	r = iam(&world.alice, INFO);
	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "IssuerIdentifier"), ISSUER);
	CHECK_STR(world_xml(&r, "JwtVendingEnabled"), "true");
	r = iam(&world.alice, DISABLE);
	CHECK_GRANTED(r);
	CHECK(!has_issuer(W_A1));
	REFUSED(iam(&world.alice, INFO), 404, "FeatureDisabled");
}

static void
each_call_needs_its_own_permission(void)
{
	wrap_key_seals();
	alice_may(ALLOW("iam:GetOutbound*"));
	REFUSED(iam(&world.alice, ENABLE), 403, "AccessDenied");
	CHECK(!has_issuer(W_A1));
	alice_may(ALLOW("iam:" ENABLE));
	GRANTED(iam(&world.alice, ENABLE));
	REFUSED(iam(&world.alice, DISABLE), 403, "AccessDenied");
	REFUSED(iam(&world.alice, INFO), 403, "AccessDenied");
	CHECK(has_issuer(W_A1));
	/* bob's account is not alice's */
	REFUSED(iam(&world.bob, DISABLE), 403, "AccessDenied");
}

static void
without_a_wrap_key_nothing_is_made(void)
{
	alice_may(ALLOW("iam:*"));
	REFUSED(iam(&world.alice, ENABLE), 503, "ServiceUnavailable");
	CHECK(!has_issuer(W_A1));
}

static void
switch_on(void)
{
	struct outbound_change o = { .cred = world.cred, .a = world.a, .account = W_A1, .now = world.now };
	struct outbound_pair keys;
	struct fg_err err = { 0 };

	world.meanwhile = NULL;
	CHECK_OK(outbound_make(world.a, &keys, &err));
	CHECK_OK(store_begin(world.st, &o.tx, &err));
	CHECK_OK(outbound_enable(&o, &keys, &err));
	CHECK_OK(store_commit(o.tx, &err));
}

static void
of_two_at_once_one_is_told_that_it_is_there(void)
{
	wrap_key_seals();
	alice_may(ALLOW("iam:*"));
	world.meanwhile = switch_on;
	REFUSED(iam(&world.alice, ENABLE), 409, "FeatureEnabled");
	CHECK(has_issuer(W_A1));
}

/* ---- bundles ---- */

static char lines[1024];

static void
said(void *arg, struct fg_str line)
{
	size_t n = strlen(lines);

	(void)arg;
	(void)snprintf(lines + n, sizeof(lines) - n, "%.*s\n", FG_PRI(line));
}

static enum fg_rc
apply(const char *member, unsigned flags, struct cred_client *cred)
{
	const struct bundle_source src = { .bytes = fg_arena_fmt(world.a,
	    "{\"Accounts\":[{\"Id\":\"111122223333\",\"Name\":\"ml\"%s}]}", member), .report = said };
	const struct bundle_how how = { .flags = flags, .now = world.now, .line = said, .warn = said,
		.cred = cred };
	struct fg_err err = { 0 };
	struct bundle *b = NULL;

	lines[0] = '\0';
	FG_TRY(bundle_parse(world.a, &src, &b, &err));
	return bundle_apply(world.st, b, &how, world.a, &err);
}

#define MEMBER(value) ",\"OutboundWebIdentityFederation\":" value

static void
a_bundle_says_whether_there_is_one(void)
{
	struct fg_buf b = FG_BUF_ARENA(world.a, 1u << 20);
	struct fg_err err = { 0 };

	wrap_key_seals();
	CHECK_OK(apply(MEMBER("true"), BUNDLE_DRY_RUN, world.cred));
	CHECK(strstr(lines, "create arn:aws:iam::111122223333:outbound-web-identity-federation\n") != NULL);
	CHECK(!has_issuer(W_A1));
	CHECK_RC(apply(MEMBER("true"), 0, NULL), FG_E_UNAVAILABLE);
	CHECK(!has_issuer(W_A1));
	CHECK_OK(apply(MEMBER("true"), 0, world.cred));
	CHECK(has_issuer(W_A1));
	CHECK_OK(apply(MEMBER("true"), 0, world.cred));
	CHECK(strstr(lines, "outbound") == NULL); /* nothing to do */
	CHECK_OK(apply("", BUNDLE_PRUNE, world.cred));
	CHECK(has_issuer(W_A1)); /* what is not said stays */
	CHECK_OK(bundle_export(world.st, W_A1, world.a, &b, &err));
	CHECK(memmem(b.p, b.n, "\"OutboundWebIdentityFederation\": true", 37) != NULL);
	CHECK(memmem(b.p, b.n, "FGRS", 4) == NULL);
	CHECK_OK(apply(MEMBER("false"), 0, world.cred));
	CHECK(strstr(lines, "delete arn:aws:iam::111122223333:outbound-web-identity-federation\n") != NULL);
	CHECK(!has_issuer(W_A1));
	CHECK_RC(apply(MEMBER("\"true\""), 0, world.cred), FG_E_PARAM);
}

/* ---- the operator ---- */

static fg_time
now(void *arg)
{
	(void)arg;
	return world.now;
}

static struct fg_str
operate(const char *request)
{
	const struct admin ad = { .store = world.st, .cred = world.cred, .now = now };
	const struct admin_peer peer = { .user = FG_LIT("root") };
	struct fg_buf b = FG_BUF_ARENA(world.a, 65536);

	admin_run(&ad, fg_str_z(request), &peer, world.a, &b);
	return fg_buf_str(&b);
}

static bool
holds(struct fg_str s, const char *text)
{
	return memmem(s.p, s.n, text, strlen(text)) != NULL;
}

static void
the_operator_turns_keys(void)
{
	struct fg_str s;

	wrap_key_seals();
	alice_may(ALLOW("iam:*"));
	s = operate("{\"op\":\"keys.outbound\",\"account\":\"111122223333\"}");
	CHECK(holds(s, "\"ok\":false") && holds(s, "outbound.disabled"));
	GRANTED(iam(&world.alice, ENABLE));
	s = operate("{\"op\":\"keys.outbound\",\"account\":\"111122223333\"}");
	CHECK(holds(s, "\"ok\":true") && holds(s, "\"kids\":[\"FGRS") && holds(s, "signsFrom"));
	s = operate("{\"op\":\"keys.outbound\",\"account\":\"111122223333\"}");
	CHECK(holds(s, "outbound.staged"));
	s = operate("{\"op\":\"keys.outbound\",\"account\":\"11112222333\"}");
	CHECK(holds(s, "iam.outbound.account"));
	s = operate("{\"op\":\"keys.outbound\"}");
	CHECK(holds(s, "iam.outbound.account"));
}

CU_TestInfo outbound_tests[] = {
	CASE(an_issuer_is_enabled_told_and_disabled),
	CASE(each_call_needs_its_own_permission),
	CASE(without_a_wrap_key_nothing_is_made),
	CASE(of_two_at_once_one_is_told_that_it_is_there),
	CASE(a_bundle_says_whether_there_is_one),
	CASE(the_operator_turns_keys),
	CASES_END,
};
