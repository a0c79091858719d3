/*
 * tests/unit/saml/aws.c - the AWS attributes, session ends and the saml:* condition keys.
 */
#include "tests/unit/saml/saml_test.h"

#define AWS "https://aws.amazon.com/SAML/Attributes/"
#define ROLE "arn:aws:iam::123456789012:role/path/Dev"
#define PROVIDER "arn:aws:iam::123456789012:saml-provider/corp"

/* "Name=value|value;Name=value" -> facts. */
static struct saml_facts
facts_of(struct fg_arena *a, const char *spec)
{
	struct saml_attribute *v = FG_NEW_N(a, struct saml_attribute, 64);
	struct saml_facts f = { .issuer = FG_LIT("https://example.com/saml"),
		.subject = FG_LIT("alice"), .subject_type = FG_LIT("persistent"),
		.recipient = FG_LIT("https://signin.aws.amazon.com/saml"), .attribute = v };
	struct fg_str rest = fg_str_z(spec), one, name, values;
	bool more = rest.n > 0;

	while (more) {
		struct fg_str *w = FG_NEW_N(a, struct fg_str, 8);
		bool again = true;

		more = fg_cut(rest, ';', &one, &rest);
		(void)fg_cut(one, '=', &name, &values);
		if (!fg_starts(name, FG_LIT("urn:")) && !fg_starts(name, FG_LIT("http")) &&
		    !fg_digit(name.p[0]))
			name = fg_arena_fmt(a, AWS "%.*s", FG_PRI(name));
		v[f.n_attributes].name = name;
		v[f.n_attributes].value = w;
		while (again)
			again = fg_cut(values, '|', &w[v[f.n_attributes].n_values++], &values);
		f.n_attributes++;
	}
	return f;
}

#define BASE "Role=" ROLE "," PROVIDER ";RoleSessionName=alice@x"

static void
attributes_are_read_or_refused_in_awss_words(void)
{
	static const struct {
		const char *spec;
		const char *step; /* NULL: read */
	} rows[] = {
		{ BASE, NULL },
		{ "Role=" PROVIDER "," ROLE ";RoleSessionName=ab", NULL },
		{ "Role= " ROLE " ,  " PROVIDER " ;RoleSessionName=ab", NULL },
		{ "Role=" ROLE "," PROVIDER "|" ROLE "2," PROVIDER ";RoleSessionName=ab", NULL },
		{ BASE ";SessionDuration=900", NULL },
		{ BASE ";SessionDuration=43200", NULL },
		{ BASE ";SourceIdentity=alice", NULL },
		{ BASE ";PrincipalTag:A=1;PrincipalTag:B=;TransitiveTagKeys=A|B", NULL },
		{ "RoleSessionName=ab", "saml.aws.role" },
		{ "Role=" ROLE ";RoleSessionName=ab", "saml.aws.role" },
		{ "Role=" ROLE "," ROLE ";RoleSessionName=ab", "saml.aws.role" },
		{ "Role=" PROVIDER "," PROVIDER ";RoleSessionName=ab", "saml.aws.role" },
		{ "Role=" ROLE "," PROVIDER "," ROLE ";RoleSessionName=ab", "saml.aws.role" },
		{ "Role=" ROLE ",x," PROVIDER ";RoleSessionName=ab", NULL }, /* a comma in the name */
		{ "Role=arn:aws:iam::12345678901:role/x," PROVIDER ";RoleSessionName=ab", "saml.aws.role" },
		{ "Role=arn:aws:iam::12345678901x:role/x," PROVIDER ";RoleSessionName=ab", "saml.aws.role" },
		{ "Role=arn:aws:sts::123456789012:role/x," PROVIDER ";RoleSessionName=ab", "saml.aws.role" },
		{ "Role=arn:aws:iam:eu:123456789012:role/x," PROVIDER ";RoleSessionName=ab", "saml.aws.role" },
		{ "Role=arn:aws:iam::123456789012:role/," PROVIDER ";RoleSessionName=ab", "saml.aws.role" },
		{ "Role=" ROLE "," PROVIDER, "saml.aws.session-name-missing" },
		{ "Role=" ROLE "," PROVIDER ";RoleSessionName=a", "saml.aws.session-name" },
		{ "Role=" ROLE "," PROVIDER ";RoleSessionName=a b", "saml.aws.session-name" },
		{ "Role=" ROLE "," PROVIDER ";RoleSessionName=a/b", "saml.aws.session-name" },
		{ "Role=" ROLE "," PROVIDER ";RoleSessionName=\xc3\xa9\xc3\xa9", "saml.aws.session-name" },
		{ "Role=" ROLE "," PROVIDER ";RoleSessionName=12345678901234567890123456789012345678901234567890"
		    "123456789012345", "saml.aws.session-name" },
		{ BASE ";SessionDuration=899", "saml.aws.session-duration" },
		{ BASE ";SessionDuration=43201", "saml.aws.session-duration" },
		{ BASE ";SessionDuration=1e4", "saml.aws.session-duration" },
		{ BASE ";SessionDuration=-900", "saml.aws.session-duration" },
		{ BASE ";SourceIdentity=a", "saml.aws.source-identity" },
		{ BASE ";SourceIdentity=AWS:root", "saml.aws.source-identity" },
		{ BASE ";PrincipalTag:=1", "saml.aws.tag" },
		{ BASE ";PrincipalTag:aws:x=1", "saml.aws.tag" },
		{ BASE ";PrincipalTag:A=1;PrincipalTag:a=2", "saml.aws.tag" },
		{ BASE ";PrincipalTag:A=1;TransitiveTagKeys=B", "saml.aws.transitive" },
	};

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		FG_AUTO(fg_arena_freep) struct fg_arena *a = test_arena();
		struct saml_facts f = facts_of(a, rows[i].spec);
		struct fg_err err = { .rc = FG_OK };
		struct saml_aws aws;
		enum fg_rc rc = saml_aws_read(a, &f, &aws, &err);

		if ((rc == FG_OK) != (rows[i].step == NULL))
			printf("\n    %s: %s\n", rows[i].spec, rc == FG_OK ? "read" : err.step);
		CHECK((rc == FG_OK) == (rows[i].step == NULL));
		if (rows[i].step != NULL && rc != FG_OK) {
			CHECK_EQ(fg_str_z(err.step), fg_str_z(rows[i].step));
			CHECK(saml_step_find(err.step)->text != NULL);
		}
	}
}

static void
values_come_out_as_they_were_sent(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = test_arena();
	struct saml_facts f = facts_of(a, BASE ";SessionDuration=3600;SourceIdentity=carol"
	    ";PrincipalTag:Team=Blue & Red;PrincipalTag:Cost=1;TransitiveTagKeys=team");
	struct fg_err err = { .rc = FG_OK };
	struct saml_aws aws;

	CHECK_OK(saml_aws_read(a, &f, &aws, &err));
	CHECK_STR(aws.session_name, "alice@x");
	CHECK_STR(aws.source_identity, "carol");
	CHECK(aws.session_duration_s == 3600 && aws.n_tags == 2 && aws.n_transitive == 1);
	CHECK_STR(aws.tag[0].key, "Team");
	CHECK_STR(aws.tag[0].value, "Blue & Red");
	CHECK(aws.tag[0].transitive && !aws.tag[1].transitive);
	CHECK(saml_aws_has(&aws, FG_LIT(ROLE), FG_LIT(PROVIDER)));
	CHECK(!saml_aws_has(&aws, FG_LIT(ROLE "x"), FG_LIT(PROVIDER)));
	CHECK(!saml_aws_has(&aws, FG_LIT(PROVIDER), FG_LIT(ROLE)));
	CHECK(!saml_aws_has(&aws, FG_LIT(ROLE), FG_LIT("arn:aws:iam::123456789013:saml-provider/corp")));
}

static void
more_than_fifty_tags_are_refused(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = test_arena();
	struct fg_buf b = FG_BUF_ARENA(a, 65536);
	struct fg_err err = { .rc = FG_OK };
	struct saml_aws aws;
	struct saml_facts f;
	struct fg_str spec;

	fg_buf_put(&b, FG_LIT(BASE));
	for (unsigned i = 0; i < 51; i++)
		fg_buf_fmt(&b, ";PrincipalTag:T%u=v", i);
	fg_buf_putc(&b, '\0');
	CHECK_OK(fg_buf_end(&b, &spec));
	f = facts_of(a, spec.p);
	CHECK_RC(saml_aws_read(a, &f, &aws, &err), FG_E_CLAIM);
	CHECK_STEP(err, "saml.aws.tag");
	f.n_attributes--;
	fg_err_clear(&err);
	CHECK_OK(saml_aws_read(a, &f, &aws, &err));
	CHECK(aws.n_tags == 50);
}

static void
a_session_ends_at_the_earliest_of_three(void)
{
	struct saml_facts f = { .session_not_on_or_after = 0 };
	struct saml_aws aws = { .session_duration_s = 0 };

	CHECK(saml_session_end(&f, &aws, 1000, 3600) == 4600);
	aws.session_duration_s = 900;
	CHECK(saml_session_end(&f, &aws, 1000, 3600) == 1900);
	aws.session_duration_s = 43200; /* can only shorten */
	CHECK(saml_session_end(&f, &aws, 1000, 3600) == 4600);
	f.session_not_on_or_after = 1500;
	CHECK(saml_session_end(&f, &aws, 1000, 3600) == 1500);
}

static void
the_name_qualifier_follows_the_formula(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = test_arena();

	CHECK_STR(saml_name_qualifier(a, FG_LIT("https://example.com/saml"), FG_LIT("123456789012"),
	    FG_LIT("MySAMLIdP")), "1uAJanUnBc2XeUkHURMht+xam2c=");
}

static const struct saml_key *
key(const struct saml_key *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(v[i].name, name) == 0)
			return &v[i];
	}
	return NULL;
}

static void
there_are_32_keys_and_13_are_arrays(void)
{
	size_t n = 0, arrays = 0, kept = 0;

	for (; saml_key_row(n) != NULL; n++) {
		arrays += saml_key_row(n)->array;
		kept += saml_key_row(n)->session;
		CHECK(strncmp(saml_key_row(n)->name, "saml:", 5) == 0);
		for (size_t i = 0; i < n; i++)
			CHECK(strcmp(saml_key_row(i)->name, saml_key_row(n)->name) != 0);
	}
	CHECK(n == SAML_KEYS && arrays == 13 && kept == 6);
}

static void
keys_come_from_facts_and_attributes(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = test_arena();
	struct saml_facts f = facts_of(a, "urn:oid:1.3.6.1.4.1.5923.1.1.1.1=member|staff"
	    ";urn:oid:1.3.6.1.4.1.5923.1.1.1.6=alice@x.org;2.5.4.3=Alice"
	    ";urn:oid:2.5.4.3=A|B;urn:oid:1.3.6.1.4.1.5923.1.2.1.4=Org"
	    ";http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress=a@x.org");
	struct saml_key v[SAML_KEYS];
	struct fg_err err = { .rc = FG_OK };
	size_t n = 0;

	CHECK_OK(saml_keys(a, &f, FG_LIT("123456789012"), FG_LIT("MySAMLIdP"), v, &n, &err));
	CHECK(n == 12);
	CHECK_STR(key(v, n, "saml:aud")->value[0], "https://signin.aws.amazon.com/saml");
	CHECK_STR(key(v, n, "saml:iss")->value[0], "https://example.com/saml");
	CHECK_STR(key(v, n, "saml:sub")->value[0], "alice");
	CHECK_STR(key(v, n, "saml:sub_type")->value[0], "persistent");
	CHECK_STR(key(v, n, "saml:doc")->value[0], "123456789012/MySAMLIdP");
	CHECK_STR(key(v, n, "saml:namequalifier")->value[0], "1uAJanUnBc2XeUkHURMht+xam2c=");
	CHECK(key(v, n, "saml:edupersonaffiliation")->n_values == 2);
	CHECK(key(v, n, "saml:edupersonaffiliation")->array);
	CHECK_STR(key(v, n, "saml:edupersonprincipalname")->value[0], "alice@x.org");
	CHECK_STR(key(v, n, "saml:commonName")->value[0], "Alice");
	CHECK(key(v, n, "saml:cn")->n_values == 2);
	CHECK(key(v, n, "saml:eduorglegalname")->array);
	CHECK(key(v, n, "saml:uid") == NULL);
}

static void
two_values_for_a_single_key_are_refused(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = test_arena();
	struct saml_key v[SAML_KEYS];
	struct fg_err err = { .rc = FG_OK };
	size_t n;
	struct saml_facts f = facts_of(a, "2.5.4.4=X|Y");

	CHECK_RC(saml_keys(a, &f, FG_LIT("1"), FG_LIT("p"), v, &n, &err), FG_E_CLAIM);
	CHECK_STEP(err, "saml.attribute.single");
	f = facts_of(a, "2.5.4.3=X;http://schemas.xmlsoap.org/claims/CommonName=Y");
	fg_err_clear(&err);
	CHECK_RC(saml_keys(a, &f, FG_LIT("1"), FG_LIT("p"), v, &n, &err), FG_E_CLAIM);
}

CU_TestInfo aws_tests[] = {
	CASE(attributes_are_read_or_refused_in_awss_words),
	CASE(values_come_out_as_they_were_sent),
	CASE(more_than_fifty_tags_are_refused),
	CASE(a_session_ends_at_the_earliest_of_three),
	CASE(the_name_qualifier_follows_the_formula),
	CASE(there_are_32_keys_and_13_are_arrays),
	CASE(keys_come_from_facts_and_attributes),
	CASE(two_values_for_a_single_key_are_refused),
	CASES_END,
};
