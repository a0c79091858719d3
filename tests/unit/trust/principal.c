/* trust/principal.c and caller.c: who is meant, by text and by unique id. */
#include "tests/unit/trust/tests.h"

#define A "111122223333"
#define T "444455556666"

static struct trust_caller
caller(const char *text)
{
	struct trust_caller c = { .kind = TRUST_NOBODY };

	CHECK(trust_caller_parse(fg_str_z(text), &c));
	return c;
}

static enum trust_strength
by_text(enum trust_ptype type, const char *entry, const char *who)
{
	struct trust_entry e = trust_entry_read(type, fg_str_z(entry));
	struct trust_caller c = caller(who);

	return trust_entry_match(&e, &c);
}

static void
entries_match_by_text(void)
{
	static const struct {
		enum trust_ptype type;
		const char *entry, *who;
		enum trust_strength want;
	} rows[] = {
		{ TRUST_P_AWS, A, "arn:aws:iam::" A ":user/a", TRUST_S_ACCOUNT },
		{ TRUST_P_AWS, A, "arn:aws-cn:iam::" A ":user/a", TRUST_S_ACCOUNT },
		{ TRUST_P_AWS, "arn:aws:iam::" A ":root", "arn:aws-cn:iam::" A ":user/a", TRUST_S_NONE },
		{ TRUST_P_AWS, "arn:aws:iam::" A ":root", "arn:aws:sts::" A ":assumed-role/r/s",
		    TRUST_S_ACCOUNT },
		{ TRUST_P_AWS, "arn:aws:iam::" A ":root", "arn:aws:iam::" A ":root", TRUST_S_ACCOUNT },
		{ TRUST_P_AWS, A, "ec2.amazonaws.com", TRUST_S_NONE },
		{ TRUST_P_AWS, "arn:aws:iam::" A ":user/a", "arn:aws:iam::" A ":user/a", TRUST_S_DIRECT },
		{ TRUST_P_AWS, "arn:aws:iam::" A ":user/a", "arn:aws:iam::" A ":user/A", TRUST_S_NONE },
		{ TRUST_P_AWS, "arn:aws:iam::" A ":user/a", "arn:aws:iam::" T ":user/a", TRUST_S_NONE },
		{ TRUST_P_AWS, "arn:aws:iam::" A ":user/p/a", "arn:aws:iam::" A ":user/a", TRUST_S_NONE },
		{ TRUST_P_AWS, "arn:aws:iam::" A ":user/a", "arn:aws:sts::" A ":federated-user/a",
		    TRUST_S_FEDUSER },
		{ TRUST_P_AWS, "arn:aws:iam::" A ":user/a", "arn:aws:sts::" A ":federated-user/b",
		    TRUST_S_NONE },
		{ TRUST_P_AWS, "arn:aws:sts::" A ":federated-user/a", "arn:aws:sts::" A ":federated-user/a",
		    TRUST_S_DIRECT },
		{ TRUST_P_AWS, "arn:aws:iam::" A ":role/p/q/r", "arn:aws:sts::" A ":assumed-role/r/s",
		    TRUST_S_ROLE },
		{ TRUST_P_AWS, "arn:aws:iam::" A ":role/r", "arn:aws:sts::" A ":assumed-role/R/s",
		    TRUST_S_NONE },
		{ TRUST_P_AWS, "arn:aws:iam::" T ":role/r", "arn:aws:sts::" A ":assumed-role/r/s",
		    TRUST_S_NONE },
		{ TRUST_P_AWS, "arn:aws:iam::" A ":role/r/", "arn:aws:sts::" A ":assumed-role/r/s",
		    TRUST_S_NONE },
		{ TRUST_P_AWS, "arn:aws:sts::" A ":assumed-role/r/s", "arn:aws:sts::" A ":assumed-role/r/s",
		    TRUST_S_DIRECT },
		{ TRUST_P_AWS, "arn:aws:sts::" A ":assumed-role/r/s", "arn:aws:sts::" A ":assumed-role/r/t",
		    TRUST_S_NONE },
		{ TRUST_P_AWS, "*", "arn:aws:iam::" A ":user/a", TRUST_S_DIRECT },
		{ TRUST_P_AWS, "*", "ec2.amazonaws.com", TRUST_S_DIRECT },
		{ TRUST_P_AWS, "*", "accounts.google.com", TRUST_S_NONE },
		{ TRUST_P_ALL, "*", "arn:aws:iam::" A ":saml-provider/x", TRUST_S_NONE },
		{ TRUST_P_AWS, "arn:aws:iam::" A ":user/*", "arn:aws:iam::" A ":user/a", TRUST_S_NONE },
		{ TRUST_P_AWS, "1111", "arn:aws:iam::" A ":user/a", TRUST_S_NONE },
		{ TRUST_P_AWS, A ":root", "arn:aws:iam::" A ":user/a", TRUST_S_NONE },
		{ TRUST_P_AWS, "AIDAABCDEFGHIJKLMNOPQ", "arn:aws:iam::" A ":user/a", TRUST_S_NONE },
		{ TRUST_P_SERVICE, "ec2.amazonaws.com", "ec2.amazonaws.com", TRUST_S_DIRECT },
		{ TRUST_P_SERVICE, "*", "ec2.amazonaws.com", TRUST_S_NONE },
		{ TRUST_P_AWS, "ec2.amazonaws.com", "ec2.amazonaws.com", TRUST_S_NONE },
		{ TRUST_P_FEDERATED, "accounts.google.com", "accounts.google.com", TRUST_S_DIRECT },
		{ TRUST_P_FEDERATED, "*", "accounts.google.com", TRUST_S_NONE },
		{ TRUST_P_FEDERATED, "arn:aws:iam::" A ":oidc-provider/i.x",
		    "arn:aws:iam::" A ":oidc-provider/i.x", TRUST_S_DIRECT },
		{ TRUST_P_FEDERATED, "arn:aws:iam::" A ":oidc-provider/i.x",
		    "arn:aws:iam::" T ":oidc-provider/i.x", TRUST_S_NONE },
		{ TRUST_P_AWS, "arn:aws:iam::" A ":oidc-provider/i.x",
		    "arn:aws:iam::" A ":oidc-provider/i.x", TRUST_S_NONE },
		{ TRUST_P_FEDERATED, "arn:aws:iam::" A ":user/a", "arn:aws:iam::" A ":user/a",
		    TRUST_S_NONE },
		{ TRUST_P_CANONICAL, "x", "arn:aws:iam::" A ":user/a", TRUST_S_NONE },
	};

	for (size_t i = 0; i < FG_COUNT(rows); i++)
		CHECK(by_text(rows[i].type, rows[i].entry, rows[i].who) == rows[i].want);
}

static enum trust_strength
by_uid(const char *entry, const char *bound, const char *who, const char *uid)
{
	struct trust_entry e = trust_entry_read(TRUST_P_AWS, fg_str_z(entry));
	struct trust_caller c = caller(who);

	e.bound = true;
	e.uid = fg_str_z(bound);
	if (e.uid.n == 0)
		e.kind = TRUST_E_NOBODY;
	c.uid = fg_str_z(uid);
	return trust_entry_match(&e, &c);
}

static void
bound_entries_match_by_unique_id_alone(void)
{
	const char *user = "arn:aws:iam::" A ":user/a", *role = "arn:aws:iam::" A ":role/p/r";
	const char *session = "arn:aws:sts::" A ":assumed-role/r/s", *fed = "arn:aws:sts::" A ":federated-user/f";

	/* the same name again is not the same user */
	CHECK(by_uid(user, "AIDA1", user, "AIDA1") == TRUST_S_DIRECT);
	CHECK(by_uid(user, "AIDA1", user, "AIDA2") == TRUST_S_NONE);
	CHECK(by_uid(user, "AIDA1", user, "") == TRUST_S_NONE);
	/* renamed, it still is */
	CHECK(by_uid(user, "AIDA1", "arn:aws:iam::" A ":user/b", "AIDA1") == TRUST_S_DIRECT);
	CHECK(by_uid(user, "AIDA1", fed, "AIDA1") == TRUST_S_FEDUSER);
	CHECK(by_uid(user, "AIDA1", fed, "AIDA2") == TRUST_S_NONE);
	CHECK(by_uid(role, "AROA1", session, "AROA1") == TRUST_S_ROLE);
	CHECK(by_uid(role, "AROA1", session, "AROA2") == TRUST_S_NONE);
	CHECK(by_uid(role, "AROA1", user, "AROA1") == TRUST_S_NONE);
	CHECK(by_uid(session, "AROA1", session, "AROA1") == TRUST_S_DIRECT);
	CHECK(by_uid(session, "AROA1", session, "AROA2") == TRUST_S_NONE);
	CHECK(by_uid(session, "AROA1", "arn:aws:sts::" A ":assumed-role/r/t", "AROA1") == TRUST_S_NONE);
	CHECK(by_uid("AIDAABCDEFGHIJKLMNOPQ", "AIDAABCDEFGHIJKLMNOPQ", user, "AIDAABCDEFGHIJKLMNOPQ") ==
	    TRUST_S_DIRECT);
	CHECK(by_uid("AROAABCDEFGHIJKLMNOPQ", "AROAABCDEFGHIJKLMNOPQ", session,
		  "AROAABCDEFGHIJKLMNOPQ") == TRUST_S_ROLE);
	CHECK(by_uid("AIDAABCDEFGHIJKLMNOPQ", "AIDAABCDEFGHIJKLMNOPQ", fed, "AIDAABCDEFGHIJKLMNOPQ") ==
	    TRUST_S_FEDUSER);
}

static void
what_was_unknown_at_write_stays_inert(void)
{
	CHECK(by_uid(T, "", "arn:aws:iam::" T ":user/a", "AIDA1") == TRUST_S_NONE);
	CHECK(by_uid(T, "x", "arn:aws:iam::" T ":user/a", "AIDA1") == TRUST_S_ACCOUNT);
	CHECK(by_uid("arn:aws:iam::" T ":user/a", "", "arn:aws:iam::" T ":user/a", "AIDA1") == TRUST_S_NONE);
	CHECK(by_uid("arn:aws:iam::" T ":role/r", "", "arn:aws:sts::" T ":assumed-role/r/s", "") ==
	    TRUST_S_NONE);
}

static void
callers_are_read(void)
{
	static const struct {
		const char *text;
		enum trust_caller_kind kind;
		const char *account, *name, *session;
	} rows[] = {
		{ "arn:aws:iam::" A ":root", TRUST_ROOT, A, "", "" },
		{ "arn:aws:iam::" A ":user/p/a", TRUST_USER, A, "a", "" },
		{ "arn:aws:sts::" A ":assumed-role/r/s", TRUST_SESSION_OF_ROLE, A, "r", "s" },
		{ "arn:aws:sts::" A ":assumed-role/r/s/t", TRUST_SESSION_OF_ROLE, A, "r", "s/t" },
		{ "arn:aws:sts::" A ":federated-user/f", TRUST_FEDERATED_USER, A, "f", "" },
		{ "ec2.amazonaws.com", TRUST_SERVICE, "", "", "" },
		{ "states.cn-north-1.amazonaws.com.cn", TRUST_SERVICE, "", "", "" },
		{ "cognito-identity.amazonaws.com", TRUST_WEB_IDENTITY, "", "", "" },
		{ "accounts.google.com", TRUST_WEB_IDENTITY, "", "", "" },
		{ "arn:aws:iam::" A ":oidc-provider/i.x/y", TRUST_WEB_IDENTITY, "", "", "" },
		{ "arn:aws:iam::" A ":saml-provider/Okta", TRUST_SAML, "", "", "" },
	};

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		struct trust_caller c = caller(rows[i].text);

		CHECK(c.kind == rows[i].kind);
		CHECK_EQ(c.account, fg_str_z(rows[i].account));
		CHECK_EQ(c.name, fg_str_z(rows[i].name));
		CHECK_EQ(c.session, fg_str_z(rows[i].session));
		CHECK(c.uid.n == 0);
	}
}

static void
what_is_no_caller(void)
{
	static const char *const bad[] = { "", "*", "arn:", "arn:aws", "arn:aws:iam::" A, "arn:aws:iam::" A ":",
		"arn:aws:iam::x:user/a", "arn:aws:iam:::user/a", "arn:aws:s3:::b", "arn:aws:sts::" A ":x/y",
		"arn:aws:sts::" A ":assumed-role/r", "arn:aws:sts::" A ":assumed-role/r/",
		"arn:aws:sts::" A ":assumed-role//s", "arn:aws:sts::" A ":federated-user/",
		"arn:aws:iam:us:" A ":user/a" };
	struct trust_caller c;

	for (size_t i = 0; i < FG_COUNT(bad); i++)
		CHECK(!trust_caller_parse(fg_str_z(bad[i]), &c));
}

CU_TestInfo principal_tests[] = {
	CASE(entries_match_by_text),
	CASE(bound_entries_match_by_unique_id_alone),
	CASE(what_was_unknown_at_write_stays_inert),
	CASE(callers_are_read),
	CASE(what_is_no_caller),
	CASES_END,
};
