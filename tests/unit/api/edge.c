/*
 * Refusals that only a request made for them reaches: a right signature at the wrong time, keys and
 * sessions that were cut off or whose owner went, shapes of requests.
 */
#include <stdio.h>

#include "tests/unit/api/tests.h"
#include "tests/unit/api/world.h"

#define WHO "Action=GetCallerIdentity&Version=2011-06-15"
#define ALICE FG_LIT("AIDA00000000000000001")
#define MIDDLE FG_LIT("AROA00000000000000003")

#define REFUSED(call, status, code, at)                                                          \
	do {                                                                                     \
		struct reply got_ = (call);                                                      \
		CHECK_FAULT(got_, (status), (code));                                             \
		CHECK_STEP(got_.err, at);                                                        \
	} while (0)
#define GRANTED(call)                                                                            \
	do {                                                                                     \
		struct reply got_ = (call);                                                      \
		CHECK_GRANTED(got_);                                                             \
	} while (0)

static struct signer
session_of(const struct signer *s)
{
	static fg_time serial;
	struct reply r;

	world.now += ++serial; /* a signature is taken once, and the clock begins anew with each test */
	r = world_signed(s, "Version=2011-06-15&Action=GetSessionToken");
	CHECK_GRANTED(r);
	return world_signer(&r);
}

/* bob -> middle -> last */
static void
chain(struct signer *middle, struct signer *last)
{
	struct reply r = world_signed(&world.bob, "Version=2011-06-15&Action=AssumeRole&RoleSessionName=one&ExternalId=ext-1"
	    "&RoleArn=" W_ROLE("middle"));

	CHECK_GRANTED(r);
	*middle = world_signer(&r);
	r = world_signed(middle, "Version=2011-06-15&Action=AssumeRole&RoleSessionName=two&RoleArn="
	    "arn:aws:iam::444455556666:role/last");
	CHECK_GRANTED(r);
	*last = world_signer(&r);
}

static void
a_right_signature_is_refused_outside_its_window(void)
{
	struct signer s = session_of(&world.alice);

	for (int i = 0; i < 2; i++) {
		const struct signer *who = i == 0 ? &world.alice : &s;

		world.late = 900;
		GRANTED(world_signed(who, WHO));
		world.late = 901;
		REFUSED(world_signed(who, WHO), 403, "SignatureDoesNotMatch", "sigv4.time.expired");
	}
	world.late = -900;
	GRANTED(world_signed(&world.alice, WHO));
	world.late = -901;
	REFUSED(world_signed(&world.alice, WHO), 403, "SignatureDoesNotMatch", "sigv4.time.not-yet");
	world.late = 900; /* whatever X-Amz-Expires says */
	GRANTED(world_presigned(&world.alice, WHO));
	world.late = 901;
	REFUSED(world_presigned(&world.alice, WHO), 403, "SignatureDoesNotMatch", "sigv4.time.expired");
}

static void
cut_while(const char *kind, struct fg_str target, fg_time at, const struct signer *s, const char *step)
{
	const struct store_cut cut = { .account = W_A1, .kind = fg_str_z(kind), .target = target,
		.reason = FG_LIT("test"), .at = at, .expires = W_NOW + 99999 };
	struct reply r;

	world_put(STORE_CUT, &cut);
	r = world_signed(s, WHO);
	CHECK_FAULT(r, 403, "InvalidClientTokenId");
	CHECK_EQ(fg_str_z(r.err.step), fg_str_z(step));
	world_drop(STORE_CUT, &cut);
	GRANTED(world_signed(s, WHO));
}

static struct fg_str
session_id(const struct signer *s)
{
	struct cred_opened *o = FG_NEW(world.a, struct cred_opened);
	struct fg_buf b = FG_BUF_ARENA(world.a, 2 * CRED_SESSION_ID_BYTES + 1);
	struct fg_err err = { 0 };

	CU_ASSERT_FATAL(o != NULL);
	CHECK_OK(cred_open(world.w->cred, world.keys, s->key_id, s->token, world.now, o, &err));
	fg_buf_hex(&b, fg_str(o->session.session_id, CRED_SESSION_ID_BYTES));
	return fg_buf_str(&b);
}

static void
what_is_cut_off_signs_nothing(void)
{
	struct signer middle, last;

	chain(&middle, &last);
	cut_while("key", world.alice.key_id, W_NOW, &world.alice, "api.key.cut");
	cut_while("session", session_id(&middle), W_NOW, &middle, "api.session.cut");
	cut_while("session", session_id(&middle), W_NOW, &last, "api.session.chain");
	cut_while("before", FG_LIT(""), W_NOW, &last, "api.session.chain");
	cut_while("role", MIDDLE, W_NOW, &last, "api.session.chain");
}

/* bob and the last role are of the other account: only what is between them goes. */
static void
without_an_ancestor_its_sessions_are_nothing(void)
{
	struct store_account a = { .account = W_A1, .name = FG_LIT("n"), .alias = FG_LIT(""), .email = FG_LIT(""),
		.unit = FG_LIT(""), .created = W_NOW, .state = STORE_INACTIVE };
	struct store_role role = { .account = W_A1, .uid = MIDDLE };
	struct signer middle, last;
	struct store_tx *tx = NULL;
	struct fg_err err = { 0 };

	world.now += 500;
	chain(&middle, &last);
	world_put(STORE_ACCOUNT, &a);
	REFUSED(world_signed(&last, WHO), 403, "InvalidClientTokenId", "api.session.chain");
	a.state = STORE_ACTIVE;
	world_put(STORE_ACCOUNT, &a);
	GRANTED(world_signed(&last, WHO));
	CHECK_OK(store_begin(world.st, &tx, &err));
	CHECK_OK(store_get(tx, STORE_ROLE, &role, world.a, &err));
	store_rollback(tx);
	world_drop(STORE_ROLE, &role);
	REFUSED(world_signed(&last, WHO), 403, "InvalidClientTokenId", "api.session.chain");
	REFUSED(world_signed(&middle, WHO), 403, "InvalidClientTokenId", "api.session.role");
	world_put(STORE_ROLE, &role);
	GRANTED(world_signed(&last, WHO));
}

static void
without_its_user_a_key_and_its_sessions_are_nothing(void)
{
	struct store_user u = { .account = W_A1, .uid = ALICE, .name = FG_LIT("alice"), .path = FG_LIT("/"),
		.boundary = FG_LIT(""), .tags = FG_LIT(""), .created = W_NOW - 1000 };
	struct signer s = session_of(&world.alice);

	world_drop(STORE_USER, &u);
	REFUSED(world_signed(&world.alice, WHO), 403, "InvalidClientTokenId", "api.key.owner");
	REFUSED(world_signed(&s, WHO), 403, "InvalidClientTokenId", "api.session.proof");
	world_put(STORE_USER, &u);
	GRANTED(world_signed(&s, WHO));
}

static void
a_region_that_is_not_configured_is_refused(void)
{
	static const struct fg_str regions[] = { { "eu-west-1", 9 }, { "eu-central-1", 12 } };
	struct api_conf *conf = &world.env->conf;

	conf->regions = regions;
	conf->n_regions = 2;
	GRANTED(world_scoped(&world.alice, "sts", "eu-central-1", WHO));
	REFUSED(world_scoped(&world.alice, "sts", "us-east-1", WHO), 403, "SignatureDoesNotMatch", "api.scope.region");
	conf->regions = NULL;
	conf->n_regions = 0;
	REFUSED(world_scoped(&world.alice, "iam", "us-east-1", WHO), 403, "SignatureDoesNotMatch", "api.scope.service");
}

static struct reply
post(const char *path, const char *type, struct fg_str body)
{
	struct http_request *r = FG_NEW(world.a, struct http_request);

	CU_ASSERT_FATAL(r != NULL);
	r->method = HTTP_POST;
	r->method_text = FG_LIT("POST");
	r->path = fg_str_z(path);
	r->host = world.host;
	r->body = body;
	r->header[0] = (struct http_header){ FG_LIT("Content-Type"), fg_str_z(type), HTTP_H_CONTENT_TYPE };
	r->n_header = 1;
	r->first[HTTP_H_CONTENT_TYPE] = 1;
	r->count[HTTP_H_CONTENT_TYPE] = 1;
	return world_run(r);
}

static void
only_a_form_at_the_root_is_taken(void)
{
	static const char form[] = "application/x-www-form-urlencoded";
	const struct fg_str who = FG_LIT(WHO);

	REFUSED(post("/", form, who), 403, "MissingAuthenticationToken", "api.unsigned");
	REFUSED(post("/x", form, who), 400, "InvalidAction", "api.path");
	REFUSED(post("//", form, who), 400, "InvalidAction", "api.path");
	REFUSED(post("/", "application/json", who), 400, "MalformedQueryString", "api.content-type");
	REFUSED(post("/", "text/plain; charset=utf-8", who), 400, "MalformedQueryString", "api.content-type");
	REFUSED(post("/", "application/x-www-form-urlencoded; charset=utf-16", who), 400, "MalformedQueryString",
	    "api.content-type");
}

static void
a_body_is_no_longer_than_its_action_takes(void)
{
	static const char head[] = "Action=AssumeRoleWithSAML&Version=2011-06-15&SAMLAssertion=";
	size_t n = 256u * 1024 + 1;
	char *body = fg_arena_alloc(world.a, n);

	CU_ASSERT_FATAL(body != NULL);
	memset(body, 'A', n);
	memcpy(body, head, sizeof(head) - 1);
	REFUSED(post("/", "application/x-www-form-urlencoded", fg_str(body, n)), 413, "RequestEntityTooLarge", "api.body");
}

static void
a_name_has_a_length(void)
{
	char body[400];

	(void)snprintf(body, sizeof(body), WHO "&%0*d=1", FG_LIMIT_FORM_NAME_BYTES + 1, 0);
	REFUSED(world_anon(body), 400, "MalformedQueryString", "api.form.field");
}

#define ASSUME "Version=2011-06-15&Action=AssumeRole&RoleSessionName=one&RoleArn="

/* What is inherited counts: the room for tags is theirs and those that are asked for. */
static void
fifty_tags_are_all_also_in_a_chain(void)
{
	struct fg_buf b = FG_BUF_ARENA(world.a, 16384);
	struct fg_str form;
	struct signer middle;
	struct reply r;

	fg_buf_put(&b, FG_LIT(ASSUME W_ROLE("middle")));
	for (int i = 1; i <= CRED_TAGS_MAX; i++)
		fg_buf_fmt(&b, "&Tags.member.%d.Key=k%d&Tags.member.%d.Value=v&TransitiveTagKeys.member.%d=k%d", i, i, i, i, i);
	fg_buf_putc(&b, '\0');
	CHECK_OK(fg_buf_end(&b, &form));
	r = world_signed(&world.alice, form.p);
	CHECK_GRANTED(r);
	middle = world_signer(&r);
	REFUSED(world_signed(&middle, ASSUME "arn:aws:iam::444455556666:role/last&Tags.member.1.Key=more&Tags.member.1.Value=v"),
	    400, "InvalidParameterValue", "api.tags.count");
	GRANTED(world_signed(&middle, ASSUME "arn:aws:iam::444455556666:role/last"));
}

/* A session's device was shown when it began, or not at all. */
static void
a_session_shows_no_device(void)
{
	static const char code[] = "&SerialNumber=arn%3Aaws%3Aiam%3A%3A111122223333%3Amfa%2Falice&TokenCode=123456";
	struct signer own = session_of(&world.alice), middle;
	struct reply r = world_signed(&world.alice, ASSUME W_ROLE("middle"));

	CHECK_GRANTED(r);
	middle = world_signer(&r);
	REFUSED(world_signed(&own, fg_arena_fmt(world.a, ASSUME W_ROLE("middle") "%s", code).p), 403, "AccessDenied",
	    "api.mfa");
	REFUSED(world_signed(&middle, fg_arena_fmt(world.a, ASSUME "arn:aws:iam::444455556666:role/last%s", code).p), 403,
	    "AccessDenied", "api.mfa");
}

CU_TestInfo edge_tests[] = {
	CASE(a_right_signature_is_refused_outside_its_window),
	CASE(what_is_cut_off_signs_nothing),
	CASE(without_an_ancestor_its_sessions_are_nothing),
	CASE(without_its_user_a_key_and_its_sessions_are_nothing),
	CASE(a_region_that_is_not_configured_is_refused),
	CASE(only_a_form_at_the_root_is_taken),
	CASE(a_body_is_no_longer_than_its_action_takes),
	CASE(a_name_has_a_length),
	CASE(fifty_tags_are_all_also_in_a_chain),
	CASE(a_session_shows_no_device),
	CASES_END
};
