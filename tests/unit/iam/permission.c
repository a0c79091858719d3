/*
 * tests/unit/iam/permission.c - each action of the table needs its own permission, and on what it works
 * on: one test for all of them, and for those that come later.
 */
#include <stdio.h>

#include "tests/unit/iam/ask.h"
#include "tests/unit/iam/tests.h"

#define ACCOUNT "arn:aws:iam::111122223333:"
#define READ ACCOUNT "policy/read"
#define OIDC ACCOUNT "oidc-provider/idp.example.com"
#define SERIAL ACCOUNT "mfa/device"

/* What there is, by the parameter that names it; and the ARN that its actions are decided on. */
static const struct named {
	const char *param, *value, *arn;
} named[] = {
	{ "UserName", "alice", ACCOUNT "user/alice" },
	{ "RoleName", "plain", ACCOUNT "role/plain" },
	{ "GroupName", "team", ACCOUNT "group/team" },
	{ "InstanceProfileName", "profile", ACCOUNT "instance-profile/profile" },
	{ "PolicyArn", READ, READ },
	{ "PolicySourceArn", ACCOUNT "role/plain", ACCOUNT "role/plain" },
	{ "Arn", ACCOUNT "role/plain", ACCOUNT "role/plain" },
	{ "OpenIDConnectProviderArn", OIDC, OIDC },
	{ "SAMLProviderArn", ACCOUNT "saml-provider/none", ACCOUNT "saml-provider/none" },
	{ "SerialNumber", SERIAL, SERIAL },
	{ "PolicyName", "fresh", ACCOUNT "policy/fresh" },
	{ "VirtualMFADeviceName", "fresh", ACCOUNT "mfa/fresh" },
	{ "Url", "https%3A%2F%2Ffresh.example.com", ACCOUNT "oidc-provider/fresh.example.com" },
	{ "Name", "fresh", ACCOUNT "saml-provider/fresh" },
	{ "ActionNames", "s3:GetObject", NULL },
	{ "PolicyInputList", "%7B%7D", NULL },
	{ "VersionId", "v1", NULL },
	{ "ServiceNamespace", "iam", NULL },
	{ "JobId", "01234567-0123-0123-0123-012345678901", NULL },
};

static const struct named *
named_of(struct fg_str param)
{
	for (size_t i = 0; i < FG_COUNT(named); i++) {
		if (fg_eq(fg_str_z(named[i].param), param))
			return &named[i];
	}
	return NULL;
}

/* A value that keeps to the constraints of the parameter. */
static void
value_put(struct fg_buf *b, const struct api_param *p)
{
	const struct named *n = named_of(p->name);
	const char *fill = p->chars == API_CH_DIGITS ? "1" : "a";

	fg_buf_putc(b, '=');
	if (p->type == API_BOOL)
		fg_buf_put(b, FG_LIT("true"));
	else if (p->type == API_INT)
		fg_buf_i64(b, p->min);
	else if (n != NULL)
		fg_buf_put(b, fg_str_z(n->value));
	else if (p->chars == API_CH_PATH)
		fg_buf_putc(b, '/');
	else
		for (int64_t i = 0; i < (p->min > 0 ? p->min : 1); i++)
			fg_buf_put(b, fg_str_z(fill));
}

/* All that must be given, of lists one element. */
static void
param_put(struct fg_buf *b, const struct api_param *p)
{
	if (p->type == API_STRUCTS) {
		for (const struct api_param *s = p->sub; !fg_str_null(s->name); s++) {
			fg_buf_fmt(b, "&%.*s.member.1.%.*s", FG_PRI(p->name), FG_PRI(s->name));
			if (s->type == API_LIST)
				fg_buf_put(b, FG_LIT(".member.1"));
			value_put(b, s);
		}
		return;
	}
	fg_buf_fmt(b, "&%.*s%s", FG_PRI(p->name), p->type == API_LIST ? ".member.1" : "");
	value_put(b, p);
}

static struct reply
asked(const struct api_action *a)
{
	struct fg_buf b = FG_BUF_ARENA(world.a, 64u * 1024);
	struct fg_str form;

	fg_buf_put(&b, a->name);
	for (const struct api_param *p = a->param; p != NULL && !fg_str_null(p->name); p++) {
		if ((p->flags & API_REQUIRED) != 0 || (p == a->param && named_of(p->name) != NULL))
			param_put(&b, p);
	}
	fg_buf_putc(&b, '\0');
	CHECK_OK(fg_buf_end(&b, &form));
	return iam(&world.alice, form.p);
}

static void
all_there_is(void)
{
	world_new();
	alice_may(ALLOW("iam:*"));
	GRANTED(askf("CreateGroup&GroupName=team"));
	GRANTED(askf("CreateInstanceProfile&InstanceProfileName=profile"));
	GRANTED(askf("CreateOpenIDConnectProvider&Url=https%%3A%%2F%%2Fidp.example.com"));
	wrap_key_seals();
	GRANTED(askf("CreateVirtualMFADevice&VirtualMFADeviceName=device"));
}

static bool
denied(const struct reply *r)
{
	return r->status == 403 && fg_eq(r->code, FG_LIT("AccessDenied")) &&
	    fg_starts(r->message, FG_LIT("User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:"));
}

static void
told(const struct api_action *a, const char *how, bool good, const struct reply *r)
{
	CHECK(good);
	if (!good)
		fprintf(stderr, "%.*s %s: %d %.*s %.*s\n", FG_PRI(a->name), how, r->status, FG_PRI(r->code),
		    FG_PRI(r->message));
}

/* iam:* allows, one Deny of the action itself takes it back: whatever else is said, nothing is done. */
static void
each_action_needs_its_own_permission(void)
{
	all_there_is();
	for (size_t i = 0; i < api_iam.n_action; i++) {
		const struct api_action *a = &api_iam.action[i];
		struct fg_str policy = fg_arena_fmt(world.a, "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
		    "\"Action\":\"iam:*\",\"Resource\":\"*\"},{\"Effect\":\"Deny\",\"Action\":\"iam:%.*s\",\"Resource\":\"*\"}]}",
		    FG_PRI(a->name));
		struct reply r;

		if (a->run == NULL)
			continue;
		alice_may(policy.p);
		r = asked(a);
		told(a, "", denied(&r), &r);
	}
}

/* A Deny on what the action works on counts, and one on all else does not. */
static void
each_action_is_decided_on_what_it_works_on(void)
{
	static const char *const effects[] = { "Resource", "NotResource" };

	all_there_is(); /* until it is deleted: what is not there is decided on all the same */
	for (size_t i = 0; i < 2 * api_iam.n_action; i++) {
		const struct api_action *a = &api_iam.action[i / 2];
		const struct named *n = a->param == NULL ? NULL : named_of(a->param[0].name);
		struct fg_str policy;
		struct reply r;

		if (a->run == NULL || n == NULL || n->arn == NULL)
			continue;
		policy = fg_arena_fmt(world.a, "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
		    "\"Action\":\"iam:*\",\"Resource\":\"*\"},{\"Effect\":\"Deny\",\"Action\":\"iam:%.*s\",\"%s\":\"%s\"}]}",
		    FG_PRI(a->name), effects[i % 2], n->arn);
		alice_may(policy.p);
		r = asked(a);
		told(a, effects[i % 2], denied(&r) == (i % 2 == 0), &r);
	}
}

CU_TestInfo permission_tests[] = {
	CASE(each_action_needs_its_own_permission),
	CASE(each_action_is_decided_on_what_it_works_on),
	CASES_END,
};
