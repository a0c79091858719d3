/* Organizations: who may, what is refused, and what a change is made to. */
#include "gateway/org/org.h"
#include "tests/unit/api/world.h"
#include "tests/unit/org/tests.h"

#define TARGET "AWSOrganizationsV20161128."
#define ALLOW(action) "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"" action "\",\"Resource\":\"*\"}]}"
#define DENY(action) "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"" action "\",\"Resource\":\"*\"}]}"
#define GRANTED(call)                                                                            \
	do {                                                                                     \
		struct reply got_ = (call);                                                      \
		CHECK_GRANTED(got_);                                                             \
	} while (0)
#define REFUSED(call, code)                                                                      \
	do {                                                                                     \
		struct reply got_ = (call);                                                      \
		CHECK_FAULT(got_, 400, (code));                                                  \
	} while (0)
#define DENIED(call)                                                                             \
	do {                                                                                     \
		struct reply got_ = (call);                                                      \
		CHECK_FAULT(got_, 403, "AccessDenied");                                          \
	} while (0)
#define WHO "Version=2011-06-15&Action=AssumeRole&RoleSessionName=session&ExternalId=ext-1&RoleArn=" W_ROLE("middle")

/* A request is taken once: each has a signature of its own, over all the tests. */
static void
tick(void)
{
	static fg_time n;

	world.now = W_NOW + ++n;
}

/* A member's user assumes a role of the management account. */
static struct reply
assume(void)
{
	tick();
	return world_signed(&world.bob, WHO);
}

static struct reply
org(const struct signer *s, const char *action, const char *body)
{
	tick();
	return world_json(s, "organizations", fg_arena_fmt(world.a, TARGET "%s", action).p, body, false);
}

static void
may(struct fg_str account, struct fg_str uid, const char *policy)
{
	const struct store_inline row = { account, uid, FG_LIT("org"), fg_str_z(policy) };

	world_put(STORE_INLINE, &row);
}

static void
setting(struct fg_str name, const char *value)
{
	const struct store_setting s = { .account = FG_LIT(""), .name = name, .value = fg_str_z(value) };

	world_put(STORE_SETTING, &s);
}

/* alice's account manages, and she may do everything. */
static void
begin(void)
{
	may(W_A1, FG_LIT("AIDA00000000000000001"), ALLOW("organizations:*"));
	may(W_A2, FG_LIT("AIDA00000000000000002"), ALLOW("organizations:*"));
	setting(FG_LIT("organization.management"), "111122223333");
}

static void
control(const char *id, const char *type, const char *document)
{
	const struct store_control c = { .account = FG_LIT(""), .id = fg_str_z(id),
		.type = fg_str_z(type), .name = fg_str_z(id), .description = FG_LIT(""),
		.document = fg_str_z(document), .created = W_NOW };

	world_put(STORE_CONTROL, &c);
}

static void
hang(const char *policy, const char *target)
{
	const struct store_target t = { FG_LIT(""), fg_str_z(policy), fg_str_z(target) };

	world_put(STORE_TARGET, &t);
}

static void
unhang(const char *policy, const char *target)
{
	const struct store_target t = { FG_LIT(""), fg_str_z(policy), fg_str_z(target) };

	world_drop(STORE_TARGET, &t);
}

static void
without_an_organisation_there_is_none(void)
{
	may(W_A1, FG_LIT("AIDA00000000000000001"), ALLOW("organizations:*"));
	REFUSED(org(&world.alice, "DescribeOrganization", "{}"), "AWSOrganizationsNotInUseException");
	REFUSED(org(&world.alice, "ListAccounts", "{}"), "AWSOrganizationsNotInUseException");
	REFUSED(org(&world.bob, "DescribeOrganization", "{}"), "AccessDeniedException");
}

/* Whoever came first would stand above all the others. */
static void
beside_other_accounts_the_operator_says_who_manages(void)
{
	struct reply r;

	may(W_A1, FG_LIT("AIDA00000000000000001"), ALLOW("organizations:*"));
	r = org(&world.alice, "CreateOrganization", "{\"FeatureSet\":\"ALL\"}");
	CHECK_FAULT(r, 400, "AccessDeniedException");
	CHECK_STEP(r.err, "org.create.accounts");
	REFUSED(org(&world.alice, "CreateOrganization", "{\"FeatureSet\":\"CONSOLIDATED_BILLING\"}"),
	    "InvalidInputException");
	REFUSED(org(&world.alice, "DescribeOrganization", "{}"), "AWSOrganizationsNotInUseException");
}

static void
a_member_asks_for_its_organisation_and_nothing_else(void)
{
	static const char *const calls[][2] = {
		{ "ListAccounts", "{}" }, { "ListRoots", "{}" },
		{ "DescribeAccount", "{\"AccountId\":\"444455556666\"}" },
		{ "CreateAccount", "{\"Email\":\"a@example.com\",\"AccountName\":\"a\"}" },
		{ "CloseAccount", "{\"AccountId\":\"111122223333\"}" },
		{ "MoveAccount", "{\"AccountId\":\"444455556666\",\"SourceParentId\":\"r-root\",\"DestinationParentId\":\"ou-x\"}" },
		{ "CreateOrganizationalUnit", "{\"ParentId\":\"r-root\",\"Name\":\"x\"}" },
		{ "DetachPolicy", "{\"PolicyId\":\"p-FullAWSAccess\",\"TargetId\":\"444455556666\"}" },
		{ "AttachPolicy", "{\"PolicyId\":\"p-FullAWSAccess\",\"TargetId\":\"444455556666\"}" },
		{ "DisablePolicyType", "{\"RootId\":\"r-root\",\"PolicyType\":\"SERVICE_CONTROL_POLICY\"}" },
		{ "TagResource", "{\"ResourceId\":\"444455556666\",\"Tags\":[{\"Key\":\"a\",\"Value\":\"b\"}]}" },
		{ "DeleteOrganization", "{}" },
	};

	begin();
	GRANTED(org(&world.bob, "DescribeOrganization", "{}"));
	for (size_t i = 0; i < FG_COUNT(calls); i++) {
		struct reply r = org(&world.bob, calls[i][0], calls[i][1]);

		CHECK_FAULT(r, 400, "AccessDeniedException");
		CHECK_STEP(r.err, "org.management");
	}
}

static void
policies_decide_in_the_management_account_too(void)
{
	struct reply r;

	begin();
	may(W_A1, FG_LIT("AIDA00000000000000001"), ALLOW("organizations:List*"));
	GRANTED(org(&world.alice, "ListRoots", "{}"));
	r = org(&world.alice, "CreateAccount", "{\"Email\":\"a@example.com\",\"AccountName\":\"a\"}");
	CHECK_FAULT(r, 400, "AccessDeniedException");
	CHECK(fg_starts(r.message, FG_LIT("User: arn:aws:iam::111122223333:user/alice is not authorized to "
	    "perform: organizations:CreateAccount on resource: *")));
	may(W_A1, FG_LIT("AIDA00000000000000001"),
	    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"organizations:*\","
	    "\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"organizations:PolicyType\":"
	    "\"RESOURCE_CONTROL_POLICY\"}}}]}");
	GRANTED(org(&world.alice, "ListPolicies", "{\"Filter\":\"RESOURCE_CONTROL_POLICY\"}"));
	REFUSED(org(&world.alice, "ListPolicies", "{\"Filter\":\"SERVICE_CONTROL_POLICY\"}"),
	    "AccessDeniedException");
	may(W_A1, FG_LIT("AIDA00000000000000001"),
	    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"organizations:*\","
	    "\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"aws:RequestTag/team\":\"ml\"}}}]}");
	REFUSED(org(&world.alice, "CreateAccount", "{\"Email\":\"a@example.com\",\"AccountName\":\"a\"}"),
	    "AccessDeniedException");
}

static void
a_change_is_signed_once_over_tls_and_recorded(void)
{
	static const char unit[] = "{\"ParentId\":\"r-root\",\"Name\":\"once\"}";
	struct reply r;

	begin();
	r = org(&world.alice, "CreateOrganizationalUnit", unit);
	CHECK_GRANTED(r);
	CHECK(r.waited_for_disk);
	CHECK_STR(r.record.name, "CreateOrganizationalUnit");
	CHECK_STR(r.record.source, "organizations.amazonaws.com");
	world.connection++;
	REFUSED(world_json(&world.alice, "organizations", TARGET "CreateOrganizationalUnit", unit, false),
	    "TooManyRequestsException");
	tick();
	REFUSED(world_json(&world.alice, "organizations", TARGET "CreateOrganizationalUnit", unit, false),
	    "DuplicateOrganizationalUnitException");
	REFUSED(world_json(&world.alice, "organizations", TARGET "ListRoots", "{}", true),
	    "InvalidSignatureException");
	REFUSED(world_json(&world.alice, "sts", TARGET "ListRoots", "{}", false), "InvalidSignatureException");
	world.peer.secure = false;
	r = org(&world.alice, "CreateOrganizationalUnit", "{\"ParentId\":\"r-root\",\"Name\":\"plain\"}");
	CHECK_FAULT(r, 400, "AccessDeniedException");
	CHECK_STEP(r.err, "api.transport");
	world.peer.secure = true;
	world.disk_fails = true;
	r = org(&world.alice, "CreateOrganizationalUnit", "{\"ParentId\":\"r-root\",\"Name\":\"unheard\"}");
	CHECK_FAULT(r, 503, "ServiceException");
}

/* ---- between decision and write ---- */

static void
swap_management(void)
{
	world.meanwhile = NULL;
	setting(FG_LIT("organization.management"), "444455556666");
}

static void
unit_goes(void)
{
	const struct store_unit u = { .account = FG_LIT(""), .id = FG_LIT("ou-gone") };

	world.meanwhile = NULL;
	world_drop(STORE_UNIT, &u);
}

static void
policy_goes(void)
{
	const struct store_control c = { .account = FG_LIT(""), .id = FG_LIT("p-going000") };

	world.meanwhile = NULL;
	world_drop(STORE_CONTROL, &c);
}

static void
a_change_is_made_to_what_is_there_then(void)
{
	const struct store_unit u = { FG_LIT(""), FG_LIT("ou-gone"), FG_LIT("r-root"), FG_LIT("gone") };

	begin();
	world_put(STORE_UNIT, &u);
	control("p-going000", "SERVICE_CONTROL_POLICY", DENY("s3:*"));
	world.meanwhile = swap_management;
	REFUSED(org(&world.alice, "CreatePolicy", "{\"Name\":\"x\",\"Description\":\"\",\"Type\":"
	    "\"SERVICE_CONTROL_POLICY\",\"Content\":\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{"
	    "\\\"Effect\\\":\\\"Deny\\\",\\\"Action\\\":\\\"s3:*\\\",\\\"Resource\\\":\\\"*\\\"}]}\"}"),
	    "AWSOrganizationsNotInUseException");
	setting(FG_LIT("organization.management"), "111122223333");
	world.meanwhile = policy_goes;
	REFUSED(org(&world.alice, "AttachPolicy", "{\"PolicyId\":\"p-going000\",\"TargetId\":\"r-root\"}"),
	    "PolicyNotFoundException");
	world.meanwhile = unit_goes;
	REFUSED(org(&world.alice, "CreateOrganizationalUnit", "{\"ParentId\":\"ou-gone\",\"Name\":\"below\"}"),
	    "ParentNotFoundException");
	world_put(STORE_UNIT, &u);
	world.meanwhile = unit_goes;
	REFUSED(org(&world.alice, "MoveAccount", "{\"AccountId\":\"444455556666\",\"SourceParentId\":\"r-root\","
	    "\"DestinationParentId\":\"ou-gone\"}"), "DestinationParentNotFoundException");
}

/* ---- what a level says ---- */

static void
each_level_must_allow(void)
{
	struct store_account a2 = { .account = W_A2, .name = FG_LIT("two"), .alias = FG_LIT(""),
		.email = FG_LIT(""), .unit = FG_LIT("ou-ml"), .created = W_NOW, .state = STORE_ACTIVE };
	const struct store_unit u = { FG_LIT(""), FG_LIT("ou-ml"), FG_LIT("r-root"), FG_LIT("ml") };

	begin();
	world_put(STORE_UNIT, &u);
	world_put(STORE_ACCOUNT, &a2);
	GRANTED(assume());
	control("p-onlys3", "SERVICE_CONTROL_POLICY", ALLOW("s3:*"));
	control("p-denysts", "SERVICE_CONTROL_POLICY", DENY("sts:AssumeRole"));
	for (size_t i = 0; i < 3; i++) {
		static const char *const level[] = { "r-root", "ou-ml", "444455556666" };
		struct reply r;

		hang("p-onlys3", level[i]); /* with no full access beside it */
		r = assume();
		CHECK_FAULT(r, 403, "AccessDenied");
		CHECK_STR(r.record.decided.layer, "scp");
		hang("p-FullAWSAccess", level[i]);
		GRANTED(assume());
		hang("p-denysts", level[i]);
		DENIED(assume());
		GRANTED(org(&world.alice, "ListRoots", "{}")); /* the management account is not bound */
		unhang("p-denysts", level[i]);
		unhang("p-onlys3", level[i]);
		unhang("p-FullAWSAccess", level[i]);
	}
	GRANTED(assume());
}

static void
what_is_not_there_denies(void)
{
	struct store_account a2 = { .account = W_A2, .name = FG_LIT("two"), .alias = FG_LIT(""),
		.email = FG_LIT(""), .unit = FG_LIT("ou-none"), .created = W_NOW, .state = STORE_ACTIVE };
	struct store_unit ring = { FG_LIT(""), FG_LIT("ou-none"), FG_LIT("ou-none"), FG_LIT("ring") };

	begin();
	world_put(STORE_ACCOUNT, &a2);
	DENIED(assume());
	world_put(STORE_UNIT, &ring);
	DENIED(assume());
	world_drop(STORE_UNIT, &ring);
	a2.unit = FG_LIT("");
	world_put(STORE_ACCOUNT, &a2);
	GRANTED(assume());
	hang("p-missing", "444455556666");
	hang("p-FullAWSAccess", "444455556666");
	DENIED(assume());
	unhang("p-missing", "444455556666");
	unhang("p-FullAWSAccess", "444455556666");
}

/* The role is of the management account: what is a member's is bound, whoever asks. */
static void
resource_control_binds_members(void)
{
	begin();
	control("p-data", "RESOURCE_CONTROL_POLICY", "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":"
	    "\"Deny\",\"Principal\":\"*\",\"Action\":\"sts:AssumeRole\",\"Resource\":\"*\"}]}");
	hang("p-data", "r-root");
	GRANTED(assume());
	setting(FG_LIT("organization.management"), "444455556666");
	DENIED(assume());
	setting(FG_LIT("organization.types"), "");
	GRANTED(assume());
}

CU_TestInfo org_tests[] = {
	{ "without an organisation there is none", without_an_organisation_there_is_none },
	{ "beside other accounts the operator says who manages", beside_other_accounts_the_operator_says_who_manages },
	{ "a member asks for its organisation and nothing else", a_member_asks_for_its_organisation_and_nothing_else },
	{ "policies decide in the management account too", policies_decide_in_the_management_account_too },
	{ "a change is signed once, over TLS, and recorded", a_change_is_signed_once_over_tls_and_recorded },
	{ "a change is made to what is there then", a_change_is_made_to_what_is_there_then },
	{ "each level must allow", each_level_must_allow },
	{ "what is not there denies", what_is_not_there_denies },
	{ "resource control binds members", resource_control_binds_members },
	CU_TEST_INFO_NULL,
};
