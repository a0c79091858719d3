/* Forms, parameters, the action table: shapes that are refused, and the words for them. */
#include "tests/unit/api/tests.h"
#include "tests/unit/api/world.h"

#define WHO "Action=GetCallerIdentity&Version=2011-06-15"
#define WEB                                                                                      \
	"Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A"      \
	"111122223333%3Arole%2Fdeploy&RoleSessionName=run&WebIdentityToken=abcd"

static const struct {
	const char *body;
	int status;
	const char *code, *step;
} rows[] = {
	{ "", 400, "MissingAction", "api.action.missing" },
	{ "Version=2011-06-15", 400, "MissingAction", "api.action.missing" },
	{ "Action=Nothing&Version=2011-06-15", 400, "InvalidAction", "api.action.unknown" },
	{ "Action=GetCallerIdentity", 400, "InvalidAction", "api.action.unknown" },
	{ "Action=GetCallerIdentity&Version=2010-05-08", 400, "InvalidAction", "api.action.unknown" },
	{ "Action=getcalleridentity&Version=2011-06-15", 400, "InvalidAction", "api.action.unknown" },
	{ "Action=GetDelegatedAccessToken&Version=2011-06-15", 400, "InvalidAction",
	    "api.action.unknown" },
	{ WHO "&Action=AssumeRole", 400, "MalformedQueryString", "api.form.repeat" },
	{ WEB "&RoleArn=x", 400, "MalformedQueryString", "api.form.repeat" },
	{ WEB "&&", 400, "MalformedQueryString", "api.form.field" },
	{ WEB "&x", 400, "MalformedQueryString", "api.form.field" },
	{ WEB "&=1", 400, "MalformedQueryString", "api.form.field" },
	{ WEB "&%52oleArn=1", 400, "MalformedQueryString", "api.form.field" },
	{ WEB "&Policy=%zz", 400, "MalformedQueryString", "api.form.escape" },
	{ WEB "&Policy=%4", 400, "MalformedQueryString", "api.form.escape" },
	{ WEB "&Policy=a%00b", 400, "MalformedQueryString", "api.form.escape" },
	{ WEB "&Policy=%ff", 400, "MalformedQueryString", "api.form.utf8" },
	{ WEB "&policy=x", 400, "ValidationError", "api.form.unknown" },
	{ WEB "&Unknown=x", 400, "ValidationError", "api.form.unknown" },
	{ WEB "&RoleArn.member.1=x", 400, "ValidationError", "api.form.unknown" },
	{ WEB "&PolicyArns=x", 400, "ValidationError", "api.form.unknown" },
	{ WEB "&PolicyArns.1.arn=x", 400, "ValidationError", "api.form.unknown" },
	{ WEB "&PolicyArns.member.1=x", 400, "ValidationError", "api.form.unknown" },
	{ WEB "&PolicyArns.member.1.Arn=x", 400, "ValidationError", "api.form.unknown" },
	{ WEB "&PolicyArns.member.0.arn=x", 400, "MalformedQueryString", "api.form.index" },
	{ WEB "&PolicyArns.member.01.arn=x", 400, "MalformedQueryString", "api.form.index" },
	{ WEB "&PolicyArns.member.-1.arn=x", 400, "MalformedQueryString", "api.form.index" },
	{ WEB "&PolicyArns.member.9999.arn=x", 400, "MalformedQueryString", "api.form.index" },
	{ WEB "&PolicyArns.member.18446744073709551617.arn=x", 400, "MalformedQueryString",
	    "api.form.index" },
	{ WEB "&PolicyArns.member.2.arn=x", 400, "MalformedQueryString", "api.form.gap" },
	{ WEB "&DurationSeconds=1e3", 400, "ValidationError", "api.args.int" },
	{ WEB "&DurationSeconds=0900", 400, "ValidationError", "api.args.int" },
	{ WEB "&DurationSeconds=99999999999", 400, "ValidationError", "api.args.int" },
	{ WEB "&DurationSeconds=-1", 400, "ValidationError", "api.args.constraint" },
};

static void
each_malformed_form_is_refused(void)
{
	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		struct reply r = world_anon(rows[i].body);

		CHECK_FAULT(r, rows[i].status, rows[i].code);
		CHECK_EQ(fg_str_z(r.err.step), fg_str_z(rows[i].step));
	}
}

static void
the_version_is_named_in_an_unknown_action(void)
{
	struct reply r = world_anon("Action=Nothing");

	CHECK_STR(r.message, "Could not find operation Nothing for version NO_VERSION_SPECIFIED");
	r = world_anon("Action=Nothing&Version=2011-06-15");
	CHECK_STR(r.message, "Could not find operation Nothing for version 2011-06-15");
}

#define CONSTRAINT "failed to satisfy constraint: Member must "
#define Q(name) "&#39;" name "&#39;"

static const struct {
	const char *body, *message;
} words[] = {
	{ "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=run&WebIdentityToken=abcd",
	    "1 validation error detected: Value null at " Q("roleArn") " " CONSTRAINT "not be null" },
	{ WEB "&DurationSeconds=43201",
	    "1 validation error detected: Value " Q("43201") " at " Q("durationSeconds") " " CONSTRAINT
	    "have value less than or equal to 43200" },
	{ "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A"
	  "111122223333%3Arole%2Fdeploy&RoleSessionName=r&WebIdentityToken=abcd",
	    "1 validation error detected: Value " Q("r") " at " Q("roleSessionName") " " CONSTRAINT
	    "have length greater than or equal to 2" },
	{ "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A"
	  "111122223333%3Arole%2Fdeploy&RoleSessionName=a+b&WebIdentityToken=abcd",
	    "1 validation error detected: Value " Q("a b") " at " Q("roleSessionName") " " CONSTRAINT
	    "satisfy regular expression pattern: [\\w+=,.@-]*" },
	{ "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=short&RoleSessionName=run"
	  "&WebIdentityToken=abc",
	    "2 validation errors detected: Value " Q("short") " at " Q("roleArn") " " CONSTRAINT
	    "have length greater than or equal to 20; Value at " Q("webIdentityToken") " " CONSTRAINT
	    "have length greater than or equal to 4" },
	{ WEB "&PolicyArns.member.1.arn=abc",
	    "1 validation error detected: Value " Q("abc") " at " Q("policyArns.1.member.arn") " "
	    CONSTRAINT "have length greater than or equal to 20" },
};

static void
constraints_are_told_in_awss_words(void)
{
	for (size_t i = 0; i < FG_COUNT(words); i++) {
		struct reply r = world_anon(words[i].body);

		CHECK_FAULT(r, 400, "ValidationError");
		CHECK_EQ(r.message, fg_str_z(words[i].message));
	}
}

static void
too_many_policies_are_told(void)
{
	struct fg_buf b = FG_BUF_ARENA(world.a, 8192);
	struct fg_str s = FG_LIT("");
	struct reply r;

	fg_buf_put(&b, FG_LIT(WEB));
	for (int i = 1; i <= 11; i++)
		fg_buf_fmt(&b, "&PolicyArns.member.%d.arn=arn%%3Aaws%%3Aiam%%3A%%3Aaws%%3Apolicy%%2Fp%d", i, i);
	fg_buf_putc(&b, '\0');
	CHECK_OK(fg_buf_end(&b, &s));
	r = world_anon(s.p);
	CHECK_FAULT(r, 400, "ValidationError");
	CHECK_STR(r.message, "1 validation error detected: Value at " Q("policyArns") " " CONSTRAINT
	    "have length less than or equal to 10");
}

static void
only_post_with_a_form_is_taken(void)
{
	const struct sigv4_header type = { FG_LIT("Content-Type"), FG_LIT("text/plain") };
	struct reply r = world_send("PUT", NULL, WHO, NULL, 0);

	CHECK_FAULT(r, 400, "InvalidAction");
	r = world_send("GET", "Action=AssumeRole&Version=2011-06-15", NULL, NULL, 0);
	CHECK_FAULT(r, 400, "InvalidAction");
	r = world_send("POST", NULL, WHO, &type, 1); /* a second Content-Type */
	CHECK_FAULT(r, 400, "MalformedQueryString");
	CHECK_STEP(r.err, "api.content-type");
}

static void
too_many_fields_are_refused_before_they_are_read(void)
{
	struct fg_buf b = FG_BUF_ARENA(world.a, 1u << 20);
	struct fg_str s = FG_LIT("");
	struct reply r;

	for (int i = 0; i <= FG_LIMIT_FORM_FIELDS; i++)
		fg_buf_put(&b, FG_LIT("a=1&"));
	fg_buf_putc(&b, '\0');
	CHECK_OK(fg_buf_end(&b, &s));
	r = world_anon(s.p);
	CHECK_FAULT(r, 400, "MalformedQueryString");
	CHECK_STEP(r.err, "api.form.count");
}

static void
minting_beyond_loopback_needs_tls(void)
{
	struct reply r;

	world.peer.secure = false;
	r = world_assume(W_ROLE("deploy"), world_token(""), "");
	CHECK_FAULT(r, 403, "AccessDenied");
	CHECK_STEP(r.err, "api.transport");
	r = world_signed(&world.alice, WHO);
	CHECK_GRANTED(r); /* nothing is minted by it */
	CHECK(fg_ip_parse(FG_LIT("127.0.0.1"), &world.peer.ip));
	r = world_assume(W_ROLE("deploy"), world_token(""), "");
	CHECK_FAULT(r, 403, "AccessDenied"); /* the socket is not on loopback */
	world.peer.socket_ip = world.peer.ip;
	r = world_assume(W_ROLE("deploy"), world_token(""), "");
	CHECK_GRANTED(r);
}

static void
every_reply_is_escaped_and_carries_the_request_id(void)
{
	struct reply r = world_anon("Action=%3Cb%3E&Version=%22%27%3C");

	CHECK(fg_find(r.message, '<') == r.message.n);
	CHECK(fg_starts(world_xml(&r, "RequestId"), FG_LIT("00000000-0000-4000-8000-")));
	CHECK_STR(world_xml(&r, "Type"), "Sender");
}

static void
letters_of_tags_are_unicodes(void)
{
	CHECK(api_letter(0xe9) && api_letter(0x4e2d) && api_letter(0x1d7ff) && api_letter(0x660));
	CHECK(!api_letter(0xa0) && !api_letter(0x202e) && !api_letter(0x2003) && !api_letter(0x200b));
	CHECK(!api_letter(0x301) && !api_letter(0x10ffff) && !api_letter(0x2066));
}

CU_TestInfo form_tests[] = {
	CASE(each_malformed_form_is_refused),
	CASE(the_version_is_named_in_an_unknown_action),
	CASE(constraints_are_told_in_awss_words),
	CASE(too_many_policies_are_told),
	CASE(only_post_with_a_form_is_taken),
	CASE(too_many_fields_are_refused_before_they_are_read),
	CASE(minting_beyond_loopback_needs_tls),
	CASE(every_reply_is_escaped_and_carries_the_request_id),
	CASE(letters_of_tags_are_unicodes),
	CASES_END
};
