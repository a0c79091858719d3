/* tests/unit/iam/gone.c - trust in a principal that is gone: what is shown of it revives nobody. */
#include "gateway/iam/bundle.h"
#include "tests/unit/iam/ask.h"
#include "tests/unit/iam/tests.h"

#define USER(name) "arn:aws:iam::111122223333:user/" name
/* White space as people write it; the ARN stands in a condition too, where it is a text. */
#define TRUST(who)                                                                               \
	"{ \"Version\": \"2012-10-17\", \"Statement\": [ { \"Effect\": \"Allow\", \"Principal\": "   \
	"{ \"AWS\": [ \"" USER("alice") "\", \"" who "\" ] }, \"Action\": \"sts:AssumeRole\", "      \
	"\"Condition\": { \"ArnLike\": { \"aws:PrincipalArn\": \"" USER("carol") "\" } } } ] }"

static struct fg_str
shown(const char *role)
{
	struct reply r = askf("GetRole&RoleName=%s", role);
	struct fg_str text = world_xml(&r, "AssumeRolePolicyDocument");

	CHECK_GRANTED(r);
	return fg_uri_decode(world.a, text, FG_URI_PATH, &text) ? text : FG_STR_NULL;
}

static struct fg_str
uid_of(const char *user)
{
	struct reply r = askf("GetUser&UserName=%s", user);

	CHECK_GRANTED(r);
	return world_xml(&r, "UserId");
}

static struct fg_str
trusts(struct fg_str who)
{
	return fg_arena_fmt(world.a, "{ \"Version\": \"2012-10-17\", \"Statement\": [ { \"Effect\": \"Allow\", "
	    "\"Principal\": { \"AWS\": [ \"" USER("alice") "\", \"%.*s\" ] }, \"Action\": \"sts:AssumeRole\", "
	    "\"Condition\": { \"ArnLike\": { \"aws:PrincipalArn\": \"" USER("carol") "\" } } } ] }", FG_PRI(who));
}

static void
a_principal_is_shown_by_its_name_of_today_or_its_id(void)
{
	struct fg_str uid, text;

	alice_may(ALLOW("iam:*"));
	GRANTED(askf("CreateUser&UserName=carol"));
	uid = uid_of("carol");
	GRANTED(ask_document("CreateRole&RoleName=mine", "AssumeRolePolicyDocument", TRUST(USER("carol"))));
	CHECK_STR(shown("mine"), TRUST(USER("carol")));
	GRANTED(askf("UpdateUser&UserName=carol&NewUserName=dora"));
	GRANTED(askf("CreateUser&UserName=carol"));
	CHECK_STR(shown("mine"), TRUST(USER("dora")));
	GRANTED(askf("DeleteUser&UserName=dora"));
	text = shown("mine");
	CHECK(fg_eq(text, trusts(uid)));
	/* written back it binds nobody, and not the carol of today */
	REFUSED(ask_document("UpdateAssumeRolePolicy&RoleName=mine", "PolicyDocument", fg_arena_dup(world.a, text).p),
	    400, "MalformedPolicyDocument");
	CHECK(fg_eq(shown("mine"), text));
}

static void
a_session_of_a_role_that_is_gone_is_shown_by_the_roles_id(void)
{
	struct reply r;
	struct fg_str uid;

	alice_may(ALLOW("iam:*"));
	GRANTED(ask_document("CreateRole&RoleName=first", "AssumeRolePolicyDocument", TRUST(USER("alice"))));
	r = askf("GetRole&RoleName=first");
	uid = world_xml(&r, "RoleId");
	GRANTED(ask_document("CreateRole&RoleName=mine", "AssumeRolePolicyDocument",
	    TRUST("arn:aws:sts::111122223333:assumed-role/first/job")));
	CHECK_STR(shown("mine"), TRUST("arn:aws:sts::111122223333:assumed-role/first/job"));
	GRANTED(askf("DeleteRole&RoleName=first"));
	CHECK(fg_eq(shown("mine"), trusts(uid)));
}

static char lines[4096];

static void
said(void *arg, struct fg_str line)
{
	size_t n = strlen(lines);

	(void)arg;
	(void)snprintf(lines + n, sizeof(lines) - n, "%.*s\n", FG_PRI(line));
}

static enum fg_rc
apply(struct fg_str text)
{
	const struct bundle_source src = { .bytes = text, .report = said };
	const struct bundle_how how = { .now = world.now, .line = said, .cred = world.cred };
	struct fg_err err = { 0 };
	struct bundle *b = NULL;

	lines[0] = '\0';
	FG_TRY(bundle_parse(world.a, &src, &b, &err));
	return bundle_apply(world.st, b, &how, world.a, &err);
}

/* `fedgate export | fedgate apply` changes nothing: no white space gives a trust to a namesake. */
static void
what_was_exported_is_no_change(void)
{
	struct fg_buf b = FG_BUF_ARENA(world.a, 1u << 20);
	struct fg_err err = { 0 };
	struct fg_str uid;

	alice_may(ALLOW("iam:*"));
	GRANTED(askf("CreateUser&UserName=carol"));
	uid = uid_of("carol");
	GRANTED(ask_document("CreateRole&RoleName=mine", "AssumeRolePolicyDocument", TRUST(USER("carol"))));
	GRANTED(askf("DeleteUser&UserName=carol"));
	GRANTED(askf("CreateUser&UserName=carol"));
	CHECK_OK(bundle_export(world.st, W_A1, world.a, &b, &err));
	CHECK_OK(apply(fg_buf_str(&b)));
	CHECK(strstr(lines, "role/mine") == NULL);
	CHECK(fg_eq(shown("mine"), trusts(uid)));
	/* nor does the file that was applied at first, however it is written */
	CHECK_OK(apply(fg_arena_fmt(world.a, "{\"Accounts\":[{\"Id\":\"111122223333\",\"RoleDetailList\":[{\"RoleName\":"
	    "\"mine\",\"Path\":\"/\",\"AssumeRolePolicyDocument\":%s}]}]}", TRUST(USER("carol")))));
	CHECK(fg_eq(shown("mine"), trusts(uid)));
}

CU_TestInfo gone_tests[] = {
	CASE(a_principal_is_shown_by_its_name_of_today_or_its_id),
	CASE(a_session_of_a_role_that_is_gone_is_shown_by_the_roles_id),
	CASE(what_was_exported_is_no_change),
	CASES_END,
};
