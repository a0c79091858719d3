/*
 * Requests of real clients, byte for byte, through the listener's reader and the API: what they
 * ask for is understood, and what they signed is theirs.
 */
#include "tests/unit/api/tests.h"
#include "tests/unit/api/world.h"
#include "tests/unit/captures.h"

static unsigned n_sts, n_granted, n_web;

/* The key of the captures, which an administrator could have imported. */
static void
key(void)
{
	struct cred_ring_entry e[CRED_RING_MAX];
	size_t n = cred_ring_list(world.ring, e);
	struct store_key k = { .account = W_A1, .id = FG_LIT("AKIAIOSFODNN7EXAMPLE"),
		.user = FG_LIT("AIDA00000000000000001"), .state = STORE_ACTIVE, .created = W_NOW - 1000 };
	const struct cred_where where = cred_where_key(&k);

	for (size_t i = 0; i < n; i++)
		if (e[i].cls == CRED_CLASS_WRAP)
			CHECK_OK(cred_client_wrap(world.cred, e[i].id, &where,
			    FG_LIT("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), world.a, &k.secret, NULL));
	world_put(STORE_KEY, &k);
}

/* Captures have LF; the wire has CRLF in the head. */
static struct fg_str
wire(struct fg_str text, size_t *ret_head)
{
	struct fg_buf b = FG_BUF_ARENA(world.a, 1u << 18);
	struct fg_str rest = text, line, out = FG_LIT("");
	bool more = true;

	while (more) {
		more = fg_cut(rest, '\n', &line, &rest);
		fg_buf_put(&b, line);
		fg_buf_put(&b, FG_LIT("\r\n"));
		if (line.n == 0)
			break;
	}
	*ret_head = b.n;
	fg_buf_put(&b, rest);
	CHECK_OK(fg_buf_end(&b, &out));
	return out;
}

static bool
holds(struct fg_str s, const char *what)
{
	size_t n = strlen(what);

	for (size_t i = 0; i + n <= s.n; i++) {
		if (memcmp(s.p + i, what, n) == 0)
			return true;
	}
	return false;
}

/* The second that was signed, or the world's. */
static fg_time
signed_at(const struct http_request *r)
{
	struct fg_str date = http_header(r, HTTP_H_X_AMZ_DATE);
	fg_time t = W_NOW;

	for (size_t i = 0; fg_str_null(date) && i + 27 <= r->query.n; i++) {
		if (memcmp(r->query.p + i, "X-Amz-Date=", 11) == 0)
			date = fg_sub(r->query, i + 11, i + 27);
	}
	if (!fg_str_null(date))
		CHECK(fg_time_basic(date, &t));
	return t;
}

static void
one(struct fg_str text)
{
	struct http_request *r = FG_NEW(world.a, struct http_request);
	struct http_head h = { 0 };
	struct http_refusal why;
	size_t head;
	struct fg_str bytes = wire(text, &head);
	struct reply out;

	CU_ASSERT_FATAL(r != NULL);
	CHECK(http_head_read(&h, bytes.p, bytes.n, r, &why) == HTTP_DONE);
	CHECK(h.end == head);
	r->body = fg_sub(bytes, head, head + (size_t)r->content_length);
	CHECK(r->body.n == r->content_length);
	if (!fg_eq(r->path, FG_LIT("/")) || !(holds(r->body, "2011-06-15") || holds(r->query, "2011-06-15")))
		return; /* IAM, sign-in */
	n_sts++;
	world.now = signed_at(r);
	world.connection++;
	out = world_run(r);
	if (holds(r->body, "WithWebIdentity") || holds(r->body, "WithSAML")) {
		n_web++;
		CHECK_FAULT(out, 400, "InvalidIdentityToken"); /* of an issuer that is not registered */
		return;
	}
	if (holds(text, "ASIAEXAMPLE")) {
		CHECK_FAULT(out, 403, "InvalidClientTokenId"); /* a session that we did not mint */
		return;
	}
	if (holds(r->body, "GetCallerIdentity") || holds(r->query, "GetCallerIdentity")) {
		CHECK_GRANTED(out);
		CHECK_STR(out.arn, "arn:aws:iam::111122223333:user/alice");
		n_granted++;
		return;
	}
	/* understood and signed; the role does not trust alice, or its epoch is not ours */
	CHECK(fg_eq(out.code, FG_LIT("AccessDenied")) || fg_eq(out.code, FG_LIT("ServiceUnavailable")) ||
	    fg_eq(out.code, FG_LIT("MalformedPolicyDocument")) || out.status == 200);
	CHECK(out.record.who.type == AUDIT_WHO_USER);
}

static void
every_client_is_understood(void)
{
	key();
	world.host = FG_LIT("127.0.0.1:4599");
	captures_each(world.a, one);
	CHECK(n_sts >= 25);
	CHECK(n_granted >= 4);
	CHECK(n_web >= 8);
}

CU_TestInfo capture_tests[] = { CASE(every_client_is_understood), CASES_END };
