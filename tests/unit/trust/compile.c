/* trust/compile.c and program.c: binding, sharing, memory. */
#include <stdlib.h>

#include "tests/unit/trust/tests.h"

#define DOC                                                                                      \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"One\",\"Effect\":\"Allow\","            \
	"\"Principal\":{\"AWS\":[\"arn:aws:iam::111122223333:user/alice\",\"444455556666\"],"       \
	"\"Service\":\"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"},"                        \
	"{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"sts:TagSession\"}]}"

struct binder {
	const char *alice; /* unique id of the user, "" for none */
	unsigned asked;
};

static struct fg_str
bind(void *arg, struct fg_str principal)
{
	struct binder *b = arg;

	b->asked++;
	if (fg_eq(principal, FG_LIT("arn:aws:iam::111122223333:user/alice")))
		return fg_str_z(b->alice);
	return fg_eq(principal, FG_LIT("444455556666")) ? principal : FG_STR_NULL;
}

static struct trust_program *
compiled(struct fg_str document, const struct trust_compile *how)
{
	struct trust_program *p = NULL;
	struct fg_err err = { .rc = FG_OK };

	CU_ASSERT_FATAL(trust_compile(document, how, &p, NULL, &err) == FG_OK);
	return p;
}

static void
each_principal_is_asked_once(void)
{
	struct binder b = { "AIDA1", 0 };
	struct trust_compile how = { TRUST_ROLE, bind, &b };
	FG_AUTO(trust_freep) struct trust_program *p = compiled(FG_LIT(DOC), &how);

	CHECK(b.asked == 2);
	CHECK_STR(p->line[0].principal[0].uid, "AIDA1");
	CHECK_STR(p->line[0].principal[1].uid, "444455556666");
	CHECK(!p->line[0].principal[2].bound);
	CHECK(p->line[1].principal[0].kind == TRUST_E_ALL);
}

struct collected {
	struct fg_str last;
	unsigned n, stop_at;
};

static bool
collect(void *arg, struct fg_str principal)
{
	struct collected *c = arg;

	c->last = principal.n > 0 ? FG_LIT("seen") : FG_LIT("");
	return ++c->n != c->stop_at;
}

static void
principals_can_be_listed_and_stopped(void)
{
	struct collected all = { .n = 0 }, first = { .stop_at = 1 };
	struct fg_err err = { .rc = FG_OK };

	CHECK_OK(trust_principals(FG_LIT(DOC), TRUST_ROLE, collect, &all, &err));
	CHECK(all.n == 2);
	CHECK_STR(all.last, "seen");
	CHECK_OK(trust_principals(FG_LIT(DOC), TRUST_ROLE, collect, &first, &err));
	CHECK(first.n == 1);
	CHECK_RC(trust_principals(FG_LIT("{"), TRUST_ROLE, collect, &all, &err), FG_E_POLICY);
}

static void
identical_documents_are_the_same(void)
{
	struct binder b = { "AIDA1", 0 }, other = { "AIDA2", 0 };
	struct trust_compile how = { TRUST_ROLE, bind, &b }, how2 = { TRUST_ROLE, bind, &other };
	struct trust_compile text = { .kind = TRUST_ROLE }, resource = { TRUST_RESOURCE, bind, &b };
	FG_AUTO(trust_freep) struct trust_program *p = compiled(FG_LIT(DOC), &how);

	CHECK(trust_same(p, FG_LIT(DOC), &how));
	CHECK(trust_same(p, FG_LIT(DOC), &resource));
	CHECK(!trust_same(p, FG_LIT(DOC), &how2));
	CHECK(!trust_same(p, FG_LIT(DOC), &text));
	CHECK(!trust_same(p, fg_sub(FG_LIT(DOC), 1, sizeof(DOC)), &how));
	CHECK(trust_digest(FG_LIT(DOC), &how) == trust_digest(FG_LIT(DOC), &resource));
	CHECK(trust_digest(FG_LIT(DOC), &how) != trust_digest(fg_sub(FG_LIT(DOC), 1, 99), &how));
	CHECK_STR(trust_source(p), DOC);
}

static void
kinds_that_read_alike_are_one(void)
{
	const struct fg_str id = FG_LIT("{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"a:b\","
					"\"Resource\":\"arn:aws:s3\"}]}");
	struct trust_compile identity = { .kind = TRUST_IDENTITY }, boundary = { .kind = TRUST_BOUNDARY };
	struct trust_compile session = { .kind = TRUST_SESSION }, scp = { .kind = TRUST_SCP };
	FG_AUTO(trust_freep) struct trust_program *p = compiled(id, &identity);

	CHECK(trust_same(p, id, &boundary) && trust_same(p, id, &session));
	CHECK(!trust_same(p, id, &scp));
	CHECK(trust_digest(id, &identity) != trust_digest(id, &scp));
}

/* The program keeps no pointer into the document it was made of. */
static void
the_document_may_go_away(void)
{
	struct trust_compile how = { .kind = TRUST_ROLE };
	char *copy = strdup(DOC);
	FG_AUTO(trust_freep) struct trust_program *p = NULL;

	CU_ASSERT_FATAL(copy != NULL);
	p = compiled(fg_str(copy, sizeof(DOC) - 1), &how);
	memset(copy, 'x', sizeof(DOC) - 1);
	free(copy);
	CHECK_STR(trust_source(p), DOC);
	CHECK_STR(trust_sid(p, 0), "One");
	CHECK(fg_str_null(trust_sid(p, 1)) && fg_str_null(trust_sid(p, 2)));
	CHECK(trust_statements(p) == 2);
	CHECK_STR(p->line[0].principal[0].text, "arn:aws:iam::111122223333:user/alice");
}

static void
keys_are_interned_without_case(void)
{
	struct trust_compile how = { .kind = TRUST_IDENTITY };
	FG_AUTO(trust_freep) struct trust_program *p = compiled(
	    FG_LIT("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"a:b\","
		   "\"Resource\":\"arn:aws:s3:::${AWS:username}\",\"Condition\":{\"StringEquals\":"
		   "{\"aws:UserName\":\"${aws:USERNAME}\"},\"StringLike\":{\"aws:username\":\"a*\"}}}]}"),
	    &how);

	CHECK(p->nkey == 1);
}

/* What 100,000 roles cost. */
static void
a_program_is_small(void)
{
	struct trust_compile how = { .kind = TRUST_ROLE };
	FG_AUTO(trust_freep) struct trust_program *p = compiled(FG_LIT(DOC), &how);

	CHECK(trust_program_bytes(p) < 1700);
}

CU_TestInfo compile_tests[] = {
	CASE(each_principal_is_asked_once),
	CASE(principals_can_be_listed_and_stopped),
	CASE(identical_documents_are_the_same),
	CASE(kinds_that_read_alike_are_one),
	CASE(the_document_may_go_away),
	CASE(keys_are_interned_without_case),
	CASE(a_program_is_small),
	CASES_END,
};
