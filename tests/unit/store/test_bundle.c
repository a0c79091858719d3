/*
 * tests/unit/store/test_bundle.c - bundles: places of errors, the difference, round trips.
 */
#include <stdio.h>

#include "gateway/directory/directory.h"
#include "tests/unit/store/desk.h"
#include "trust/trust.h"

/* ---- errors ---- */

static const struct {
	const char *bundle, *place, *what;
} refused[] = {
	{ "{\"Accounts\":[{\"Id\":\"12\"}]}", "Accounts[0](12)", "Id is not 12 digits" },
	{ "{\"Accounts\":[{\"Id\":\"111122223333\",\"Extra\":1}]}", "Accounts[0](111122223333).Extra",
	    "unknown member" },
	{ "{\"Accounts\":[{\"Id\":\"111122223333\"},{\"Id\":\"111122223333\"}]}", "Accounts",
	    "given twice" },
	{ "{\"Accounts\":[{\"Id\":\"111122223333\",\"OpenIDConnectProviders\":[{\"Url\":"
	  "\"https://sts.windows.net/t/\",\"ClientIDList\":[\"a\"]}]}]}", "OpenIDConnectProviders[0]",
	    "issuer's host starts with a label that condition keys use" },
	{ "{\"Accounts\":[{\"Id\":\"111122223333\",\"OpenIDConnectProviders\":[{\"Url\":"
	  "\"https://idp.example.com/?x\",\"ClientIDList\":[\"a\"]}]}]}", "OpenIDConnectProviders[0]",
	    "issuer with a query" },
	{ "{\"Accounts\":[{\"Id\":\"111122223333\",\"RoleDetailList\":[{\"RoleName\":\"r\"}]}]}",
	    "RoleDetailList[0](r)", "AssumeRolePolicyDocument is missing" },
	{ "{\"Accounts\":[{\"Id\":\"111122223333\",\"RoleDetailList\":[{\"RoleName\":\"r\","
	  "\"AssumeRolePolicyDocument\":{\"Statement\":[{\"Effect\":\"allow\"}]}}]}]}",
	    "RoleDetailList[0](r).AssumeRolePolicyDocument", "/Statement/0" },
	{ "{\"Accounts\":[{\"Id\":\"111122223333\",\"UserDetailList\":[{\"UserName\":\"a b\"}]}]}",
	    "UserDetailList[0](a b)", "UserName is not valid" },
	{ "{\"Accounts\":[{\"Id\":\"111122223333\",\"UserDetailList\":[{\"UserName\":\"u\"},"
	  "{\"UserName\":\"U\"}]}]}", "Accounts[0]", "two things are called" },
	{ "{\"Accounts\":[{\"Id\":\"111122223333\",\"UserDetailList\":[{\"UserName\":\"u\","
	  "\"Arn\":\"arn:aws:iam::999999999999:user/u\"}]}]}", "UserDetailList[0](u)",
	    "Arn is not arn:aws:iam::111122223333:user/u" },
	{ "{\"Accounts\":[{\"Id\":\"111122223333\",\"UserDetailList\":[{\"UserName\":\"u\",\"Tags\":["
	  "{\"Key\":\"a\",\"Value\":\"\"},{\"Key\":\"A\",\"Value\":\"\"}]}]}]}", "Tags",
	    "Duplicate tag keys" },
	{ "{\"Accounts\":[{\"Id\":\"111122223333\",\"UserDetailList\":[{\"UserName\":\"u\",\"Tags\":["
	  "{\"Key\":\"a\\u202e\",\"Value\":\"\"}]}]}]}", "Tags[0]", "tag key is not valid" },
	{ "{\"Accounts\":[{\"Id\":\"111122223333\",\"UserDetailList\":[{\"UserName\":\"u\","
	  "\"GroupList\":[\"nope\"]}]}]}", "UserDetailList[0](u)", "group nope does not exist" },
	{ "{\"Accounts\":[{\"Id\":\"111122223333\",\"UserDetailList\":[{\"UserName\":\"u\","
	  "\"AttachedManagedPolicies\":[{\"PolicyArn\":\"arn:aws:iam::111122223333:policy/x\"}]}]}]}",
	    "UserDetailList[0](u)", "does not exist in the account" },
	{ "{\"Accounts\":[{\"Id\":\"111122223333\",\"OpenIDConnectProviders\":[{\"Url\":"
	  "\"http://x\",\"ClientIDList\":[]}]}]}", "OpenIDConnectProviders[0](http://x)", "https" },
	{ "{\"Accounts\":[{\"Id\":\"111122223333\",\"OpenIDConnectProviders\":[{\"Url\":"
	  "\"https://x\",\"ClientIDList\":[\"a\"],\"Algorithms\":[\"none\"]}]}]}",
	    "OpenIDConnectProviders[0](https://x)", "no such algorithm: none" },
	{ "{\"Accounts\":[{\"Id\":\"111122223333\",\"OpenIDConnectProviders\":[{\"Url\":"
	  "\"https://x\",\"ClientIDList\":[\"a\"],\"Jwks\":{\"keys\":[]}}]}]}",
	    "OpenIDConnectProviders[0](https://x)", "key set" },
	{ "{\"Accounts\":[{\"Id\":\"111122223333\",\"SAMLProviders\":[{\"Name\":\"s\"}]}]}",
	    "SAMLProviders[0](s)", "is needed" },
	{ "{\"Accounts\":[{\"Id\":\"111122223333\",\"IsTruncated\":true}]}", "IsTruncated", "cut off" },
	{ "{\"Accounts\":[{\"Id\":\"111122223333\",\"Id\":\"1\"}]}", "", "uplicate" },
	{ "{\"UserDetailList\":[]}", "", "neither Accounts nor a dump" },
	{ "Accounts:\n  - Id: 111122223333\n    Id: 2\n", "", "" },
	{ "[1]", "", "not an object" },
	{ "{", "", "" },
	{ "", "", "" },
};

static void
every_error_names_its_place_and_changes_nothing(void)
{
	struct desk k;
	uint64_t before;

	desk_open(&k);
	before = store_generation(k.st);
	for (size_t i = 0; i < FG_COUNT(refused); i++) {
		if (desk_apply(&k, fg_str_z(refused[i].bundle), 0) == FG_OK) {
			(void)printf("    accepted: %s\n", refused[i].bundle);
			CU_FAIL("accepted");
		}
		CHECK(desk_says(&k, refused[i].place) && desk_says(&k, refused[i].what));
	}
	CHECK(store_generation(k.st) == before);
	desk_close(&k);
}

/* The second account is wrong: the first one is not created either. */
static void
a_bundle_is_whole_or_nothing(void)
{
	struct desk k;

	desk_open(&k);
	CHECK(desk_apply(&k, FG_LIT("{\"Accounts\":[{\"Id\":\"111122223333\",\"UserDetailList\":"
	    "[{\"UserName\":\"u\"}]},{\"Id\":\"444455556666\",\"UserDetailList\":[{\"UserName\":\"v\","
	    "\"GroupList\":[\"g\"]}]}]}"), 0) != FG_OK);
	CHECK_EQ(desk_export(&k, ""), FG_LIT("{\n  \"Accounts\": []\n}\n"));
	CHECK(store_generation(k.st) == 1);
	desk_close(&k);
}

static void
all_errors_are_reported(void)
{
	struct desk k;
	struct bundle *b;

	desk_open(&k);
	CHECK(desk_parse(&k, FG_LIT("{\n \"Accounts\": [\n  {\"Id\":\"1\"},\n  {\"Id\":\"2\"}]}"), &b) !=
	    FG_OK);
	CHECK(desk_says(&k, "Accounts[0](1) (line 3, column 3)") && desk_says(&k, "Accounts[1](2) (line 4"));
	desk_close(&k);
}

/* ---- what is accepted ---- */

static void
a_dump_is_accepted_unchanged(void)
{
	struct desk k;
	struct fg_str dump, first;

	desk_open(&k);
	dump = unit_vector(k.box.arena, "bundle/dump.json");
	CHECK_OK(desk_apply(&k, dump, BUNDLE_DRY_RUN));
	CHECK(desk_says(&k, "create arn:aws:iam::123456789012:role/service/deploy\n"));
	CHECK(store_generation(k.st) == 1);
	CHECK_OK(desk_apply(&k, dump, 0));
	CHECK(desk_says(&k, "create arn:aws:iam::aws:policy/ReadOnlyAccess\n"));
	CHECK(desk_says(&k, "principal arn:aws:iam::999999999999:root does not exist"));
	first = desk_export(&k, "");
	/* Number text survives. */
	CHECK(memmem(first.p, first.n, "{\"aws:MultiFactorAuthAge\":1.10}", 31) != NULL);
	CHECK_OK(desk_apply(&k, dump, BUNDLE_PRUNE));
	CHECK_STR(fg_str_z(k.lines), "");
	desk_close(&k);
}

static void
yaml_and_files_are_read(void)
{
	struct desk k;
	struct fg_str yaml, out;

	desk_open(&k);
	yaml = unit_vector(k.box.arena, "bundle/organisation.yaml");
	CHECK_OK(desk_apply(&k, yaml, 0));
	CHECK_STR(fg_str_z(k.lines),
	    "create arn:aws:iam::111122223333:root\n"
	    "create arn:aws:iam::111122223333:policy/assume-ml\n"
	    "create arn:aws:iam::444455556666:root\n"
	    "create arn:aws:iam::111122223333:user/etl\n"
	    "create arn:aws:iam::444455556666:role/ci\n"
	    "create arn:aws:iam::444455556666:role/train\n"
	    "create arn:aws:iam::444455556666:oidc-provider/ci.example:8443/a\n"
	    "create arn:aws:iam::444455556666:saml-provider/corp\n");
	out = desk_export(&k, "444455556666");
	CHECK(memmem(out.p, out.n, "\"kid\":\"ci-1\"", 12) != NULL);
	CHECK(memmem(out.p, out.n, "\"1.10\"", 6) != NULL);
	CHECK_OK(desk_apply(&k, yaml, 0));
	CHECK_STR(fg_str_z(k.lines), "");
	desk_close(&k);
}

static void
an_export_applies_to_nothing_and_comes_back(void)
{
	struct desk k, other;
	struct fg_str first, second;

	desk_open(&k);
	CHECK_OK(desk_apply(&k, unit_vector(k.box.arena, "bundle/organisation.yaml"), 0));
	CHECK_OK(desk_apply(&k, unit_vector(k.box.arena, "bundle/dump.json"), 0));
	first = desk_export(&k, "");
	CHECK_OK(desk_apply(&k, first, BUNDLE_PRUNE));
	CHECK_STR(fg_str_z(k.lines), "");

	/* In another store everything is the same but the unique ids. */
	desk_open(&other);
	CHECK_OK(desk_apply(&other, first, 0));
	second = desk_export(&other, "");
	CHECK(second.n == first.n);
	CHECK_OK(desk_apply(&other, second, BUNDLE_PRUNE));
	CHECK_STR(fg_str_z(other.lines), "");
	desk_close(&other);
	desk_close(&k);
}

static void
differences_are_made_and_said(void)
{
	static const char *const one =
	    "{\"Accounts\":[{\"Id\":\"111122223333\",\"GroupDetailList\":[{\"GroupName\":\"g\"}],"
	    "\"UserDetailList\":[{\"UserName\":\"u\",\"GroupList\":[\"g\"],\"UserPolicyList\":[{\"PolicyName\":"
	    "\"p\",\"PolicyDocument\":{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}}}]},"
	    "{\"UserName\":\"v\",\"GroupList\":[\"g\"]}]}]}";
	static const char *const two =
	    "{\"Accounts\":[{\"Id\":\"111122223333\",\"Name\":\"new\","
	    "\"UserDetailList\":[{\"UserName\":\"u\"}],\"GroupDetailList\":[]}]}";
	struct desk k;

	desk_open(&k);
	CHECK_OK(desk_apply(&k, fg_str_z(one), 0));
	CHECK_OK(desk_apply(&k, fg_str_z(two), BUNDLE_DRY_RUN | BUNDLE_PRUNE));
	CHECK_STR(fg_str_z(k.lines),
	    "update arn:aws:iam::111122223333:root\n"
	    "update arn:aws:iam::111122223333:user/u\n"
	    "delete arn:aws:iam::111122223333:user/v\n"
	    "delete arn:aws:iam::111122223333:group/g\n");
	CHECK_OK(desk_apply(&k, fg_str_z(two), 0));
	CHECK(!strstr(k.lines, "delete"));
	CHECK_OK(desk_apply(&k, fg_str_z(two), BUNDLE_PRUNE));
	CHECK(desk_says(&k, "delete arn:aws:iam::111122223333:user/v\n"));
	CHECK_OK(desk_apply(&k, fg_str_z(two), BUNDLE_PRUNE));
	CHECK_STR(fg_str_z(k.lines), "");
	store_close(k.st);
	CHECK_OK(box_store(&k.box, 0, &k.st));
	CHECK(!store_damaged(k.st, A1));
	desk_close(&k);
}

static int64_t
oidc_generation(struct desk *k)
{
	struct store_oidc row = { .arn = FG_LIT("arn:aws:iam::111122223333:oidc-provider/idp.example.com") };
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;

	CHECK_OK(store_begin(k->st, &tx, &k->box.err));
	CHECK_OK(store_get(tx, STORE_OIDC, &row, k->box.arena, &k->box.err));
	return row.generation;
}

/* Whatever its date says: keys that were read for the old one are not the new one's. */
static void
a_provider_made_anew_in_the_same_second_is_another_one(void)
{
	static const char *const with =
	    "{\"Accounts\":[{\"Id\":\"111122223333\",\"OpenIDConnectProviders\":[{\"Url\":\"https://idp.example.com\","
	    "\"ClientIDList\":[\"a\"],\"CreateDate\":\"2026-01-01T00:00:00Z\"}]}]}";
	struct desk k;
	int64_t first;

	desk_open(&k);
	CHECK_OK(desk_apply(&k, fg_str_z(with), 0));
	first = oidc_generation(&k);
	CHECK_OK(desk_apply(&k, FG_LIT("{\"Accounts\":[{\"Id\":\"111122223333\",\"OpenIDConnectProviders\":[]}]}"), BUNDLE_PRUNE));
	CHECK_OK(desk_apply(&k, fg_str_z(with), 0));
	CHECK(oidc_generation(&k) > first);
	desk_close(&k);
}

/* ---- rule 12 ---- */

static struct fg_str
bound_to(struct desk *k, struct fg_str role, struct fg_str principal)
{
	struct store_opts o = box_opts(&k->box, 0);
	struct directory *d = NULL;
	const struct directory_role *r;
	struct store_tx *tx = NULL;
	struct store_role row = { 0 };
	struct fg_str list, text, to = FG_LIT("?");

	store_close(k->st);
	CHECK_OK(store_open(&o, &k->st, &k->box.err));
	CHECK_OK(directory_new(&d, &k->box.err));
	CHECK_OK(directory_load(d, k->st, &k->box.err));
	directory_thread_join();
	directory_enter();
	r = directory_role_by_arn(d, role);
	CHECK(r != NULL && directory_program(r->trust) != NULL);
	row.uid = r == NULL ? FG_STR_NULL : fg_arena_dup(k->box.arena, r->uid);
	directory_leave();
	directory_thread_leave();
	CHECK_OK(store_begin(k->st, &tx, &k->box.err));
	CHECK_OK(store_get(tx, STORE_ROLE, &row, k->box.arena, &k->box.err));
	store_rollback(tx);
	list = row.bindings;
	while (store_list_next(&list, &text) && store_list_next(&list, &to))
		if (fg_eq(text, principal))
			break;
	directory_unfollow(d);
	directory_free(d);
	return to;
}

static void
principals_bind_when_they_are_written_and_never_later(void)
{
	static const char *const later =
	    "{\"Accounts\":[{\"Id\":\"999999999999\",\"UserDetailList\":[]}]}";
	const struct fg_str role = FG_LIT("arn:aws:iam::123456789012:role/service/deploy");
	struct fg_str alice, again;
	struct desk k;

	desk_open(&k);
	CHECK_OK(desk_apply(&k, unit_vector(k.box.arena, "bundle/dump.json"), 0));
	alice = bound_to(&k, role, FG_LIT("arn:aws:iam::123456789012:user/alice"));
	CHECK(fg_starts(alice, FG_LIT("AIDA")) && alice.n == STORE_UID_BYTES);
	CHECK_STR(bound_to(&k, role, FG_LIT("arn:aws:iam::999999999999:root")), "");
	/* The account comes into being: the trust of yesterday does not reach it. */
	CHECK_OK(desk_apply(&k, fg_str_z(later), 0));
	CHECK_STR(bound_to(&k, role, FG_LIT("arn:aws:iam::999999999999:root")), "");
	CHECK_OK(desk_apply(&k, unit_vector(k.box.arena, "bundle/dump.json"), 0));
	CHECK_STR(bound_to(&k, role, FG_LIT("arn:aws:iam::999999999999:root")), "");
	/* Another user of the same name is another principal. */
	CHECK_OK(desk_apply(&k, FG_LIT("{\"Accounts\":[{\"Id\":\"123456789012\",\"UserDetailList\":[]}]}"),
	    BUNDLE_PRUNE));
	CHECK_OK(desk_apply(&k, unit_vector(k.box.arena, "bundle/dump.json"), 0));
	again = bound_to(&k, role, FG_LIT("arn:aws:iam::123456789012:user/alice"));
	CHECK_EQ(again, alice);
	desk_close(&k);
}

/* With a feature that needs them they are there, and no export tells what everybody has. */
static void
shipped_policies_come_with_what_needs_them(void)
{
	static const char enable[] = "{\"Accounts\":[{\"Id\":\"123456789012\",\"Name\":\"m\"}],\"Organization\":{"
		"\"ManagementAccountId\":\"123456789012\",\"EnabledFeatures\":[\"RootSessions\"]}}";
	static const char attach[] = "{\"Accounts\":[{\"Id\":\"123456789012\",\"UserDetailList\":[{\"UserName\":"
		"\"u\",\"AttachedManagedPolicies\":[{\"PolicyArn\":\"arn:aws:iam::aws:policy/root-task/"
		"SQSUnlockQueuePolicy\"}]}]}]}";
	struct fg_str out;
	struct desk k;

	desk_open(&k);
	CHECK_OK(desk_apply(&k, fg_str_z(enable), BUNDLE_DRY_RUN));
	CHECK_OK(desk_apply(&k, fg_str_z(attach), BUNDLE_DRY_RUN));
	CHECK(desk_says(&k, "SQSUnlockQueuePolicy")); /* a warning: nobody has it */
	CHECK_OK(desk_apply(&k, fg_str_z(enable), 0));
	CHECK_OK(desk_apply(&k, fg_str_z(attach), BUNDLE_DRY_RUN));
	CHECK(strstr(k.lines, "SQSUnlockQueuePolicy") == NULL);
	out = desk_export(&k, "");
	CHECK(memmem(out.p, out.n, "root-task", 9) == NULL);
	desk_close(&k);
}

/* ---- the organisation ---- */

#define ORG(units, policies, accounts)                                                           \
	"{\"Accounts\":[{\"Id\":\"111122223333\"},{\"Id\":\"444455556666\"}],\"Organization\":{"      \
	"\"ManagementAccountId\":\"111122223333\",\"OrganizationalUnits\":[" units "],\"Policies\":[" \
	policies "],\"Accounts\":[" accounts "]}}"
#define OU(id, parent) "{\"Id\":\"ou-" id "\",\"Name\":\"" id "\",\"ParentId\":\"" parent "\"}"
#define DENY                                                                                     \
	"{\"Id\":\"p-deny\",\"Name\":\"deny\",\"Type\":\"SERVICE_CONTROL_POLICY\",\"Content\":{"     \
	"\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"iam:*\","          \
	"\"Resource\":\"*\"}]},\"Targets\":[\"ou-ml\"]}"
#define FULL "{\"Id\":\"p-FullAWSAccess\",\"Targets\":[\"r-root\",\"ou-ml\"]}"

static void
an_organisation_is_applied_and_exported(void)
{
	static const char *const whole = ORG(OU("ml", "r-root") "," OU("dev", "ou-ml"), DENY "," FULL,
	    "{\"Id\":\"444455556666\",\"ParentId\":\"ou-dev\"}");
	static const char *const less = ORG(OU("ml", "r-root"), FULL,
	    "{\"Id\":\"444455556666\",\"ParentId\":\"ou-ml\"}");
	struct fg_str out;
	struct desk k;

	desk_open(&k);
	CHECK_OK(desk_apply(&k, fg_str_z(whole), 0));
	CHECK(desk_says(&k, "create arn:aws:organizations::111122223333:ou/ou-dev\n"));
	CHECK(desk_says(&k, "create arn:aws:organizations::111122223333:policy/p-deny\n"));
	CHECK(desk_says(&k, "update arn:aws:iam::444455556666:root\n"));
	CHECK_OK(desk_apply(&k, fg_str_z(whole), BUNDLE_PRUNE));
	CHECK_STR(fg_str_z(k.lines), "");
	out = desk_export(&k, "");
	CHECK_OK(desk_apply(&k, out, BUNDLE_PRUNE));
	CHECK_STR(fg_str_z(k.lines), "");
	CHECK_OK(desk_apply(&k, fg_str_z(less), BUNDLE_PRUNE));
	CHECK(desk_says(&k, "delete arn:aws:organizations::111122223333:ou/ou-dev\n"));
	CHECK(desk_says(&k, "delete arn:aws:organizations::111122223333:policy/p-deny\n"));
	CHECK_OK(desk_apply(&k, desk_export(&k, ""), BUNDLE_PRUNE));
	CHECK_STR(fg_str_z(k.lines), "");
	desk_close(&k);
}

static void
organisations_that_do_not_hang_together_are_refused(void)
{
	static const struct {
		const char *bundle, *what;
	} bad[] = {
		{ ORG(OU("a", "ou-b") "," OU("b", "ou-a"), "", ""), "or in a ring" },
		{ ORG(OU("a", "ou-none"), "", ""), "unit ou-none does not exist" },
		{ ORG(OU("a", "x"), "", ""), "ParentId is neither" },
		{ ORG(OU("a", "r-root") "," OU("a", "r-root"), "", ""), "one Id" },
		{ ORG("", DENY, ""), "unit ou-ml does not exist" },
		{ ORG("", "{\"Id\":\"p-x\",\"Type\":\"SERVICE_CONTROL_POLICY\"}", ""),
		    "Content is missing" },
		{ ORG("", "{\"Id\":\"p-x\",\"Type\":\"OTHER\",\"Content\":{}}", ""), "Type is" },
		{ ORG("", "", "{\"Id\":\"999988887777\",\"ParentId\":\"r-root\"}"), "does not exist" },
		{ "{\"Organization\":{}}", "ManagementAccountId is missing" },
	};
	struct desk k;

	desk_open(&k);
	for (size_t i = 0; i < FG_COUNT(bad); i++) {
		CHECK(desk_apply(&k, fg_str_z(bad[i].bundle), 0) != FG_OK);
		CHECK(desk_says(&k, bad[i].what));
	}
	CHECK(store_generation(k.st) == 1);
	desk_close(&k);
}

static CU_TestInfo parsing[] = {
	CASE(every_error_names_its_place_and_changes_nothing),
	CASE(a_bundle_is_whole_or_nothing),
	CASE(all_errors_are_reported),
	CASES_END,
};
static CU_TestInfo applying[] = {
	CASE(a_dump_is_accepted_unchanged),
	CASE(yaml_and_files_are_read),
	CASE(an_export_applies_to_nothing_and_comes_back),
	CASE(differences_are_made_and_said),
	CASE(an_organisation_is_applied_and_exported),
	CASE(organisations_that_do_not_hang_together_are_refused),
	CASE(a_provider_made_anew_in_the_same_second_is_another_one),
	CASE(principals_bind_when_they_are_written_and_never_later),
	CASE(shipped_policies_come_with_what_needs_them),
	CASES_END,
};

int
main(void)
{
	CU_SuiteInfo suites[] = {
		SUITE("iam/parse.c", parsing),
		SUITE("iam/apply.c", applying),
		SUITES_END,
	};

	return unit_run(suites);
}
