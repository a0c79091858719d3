/* Requests of the API's tests, and what comes of them. */
#include <stdio.h>

#include "base/sha256.h"
#include "tests/unit/api/world.h"

static unsigned serial;

/* ---- a request ---- */

static void
head(struct http_request *r, struct fg_str name, struct fg_str value)
{
	struct http_header *h = &r->header[r->n_header++];
	enum http_known id = HTTP_H_OTHER;

#define KNOWN(k, text)                                                                           \
	if (fg_eq_icase(name, FG_LIT(text)))                                                     \
		id = k;
	HTTP_KNOWN(KNOWN)
#undef KNOWN
	*h = (struct http_header){ name, value, id };
	if (id == HTTP_H_OTHER)
		return;
	if (r->first[id] == 0)
		r->first[id] = (uint8_t)r->n_header;
	r->count[id]++;
}

static struct http_request *
request(const char *method, const char *query, const char *body)
{
	struct http_request *r = FG_NEW(world.a, struct http_request);

	CU_ASSERT_FATAL(r != NULL);
	r->method = strcmp(method, "GET") == 0 ? HTTP_GET : strcmp(method, "PUT") == 0 ? HTTP_PUT
										       : HTTP_POST;
	r->method_text = fg_str_z(method);
	r->path = FG_LIT("/");
	r->query = fg_str_z(query);
	r->host = world.host;
	r->body = fg_str_z(body);
	head(r, FG_LIT("Host"), world.host);
	head(r, FG_LIT("User-Agent"), FG_LIT("test/1.0"));
	if (body != NULL)
		head(r, FG_LIT("Content-Type"),
		    FG_LIT("application/x-www-form-urlencoded; charset=utf-8"));
	return r;
}

/* ---- a reply ---- */

struct fg_str
world_xml(const struct reply *r, const char *name)
{
	struct fg_str open = fg_arena_fmt(world.a, "<%s>", name), b = r->body;
	struct fg_str close = fg_arena_fmt(world.a, "</%s>", name);

	for (size_t i = 0; i + open.n <= b.n; i++) {
		if (memcmp(b.p + i, open.p, open.n) != 0)
			continue;
		for (size_t k = i + open.n; k + close.n <= b.n; k++) {
			if (memcmp(b.p + k, close.p, close.n) == 0)
				return fg_str(b.p + i + open.n, k - i - open.n);
		}
	}
	return FG_STR_NULL;
}

struct fg_str
world_member(const struct reply *r, const char *name)
{
	struct fg_str open = fg_arena_fmt(world.a, "\"%s\":\"", name), b = r->body, rest;

	for (size_t i = 0; i + open.n <= b.n; i++) {
		if (memcmp(b.p + i, open.p, open.n) != 0)
			continue;
		rest = fg_sub(b, i + open.n, b.n);
		return fg_sub(rest, 0, fg_find(rest, '"'));
	}
	return FG_STR_NULL;
}

static void
done(struct api_call *c)
{
	struct reply *r = c->arg;

	if (world.after != NULL)
		world.after();
	CHECK(!r->done);
	r->done = true;
	r->status = c->status;
	r->body = c->body;
	r->err = c->err;
	r->code = c->json ? world_member(r, "__type") : world_xml(r, "Code");
	r->message = c->json ? world_member(r, "Message") : world_xml(r, "Message");
	r->key_id = world_xml(r, "AccessKeyId");
	r->secret = world_xml(r, "SecretAccessKey");
	r->token = world_xml(r, "SessionToken");
	r->arn = world_xml(r, "Arn");
	r->expires = world_xml(r, "Expiration");
	CHECK(r->status != 200 || r->recorded);
}

/* Bring home what the call waits for, until it is over. */
static void
settle(void)
{
	while (world.pending != NULL) {
		struct api_call *c = world.pending;
		audit_done disk = world.pending_audit;
		struct store_claim *claim = world.pending_claim;
		bool key = world.pending_key, mfa = world.pending_mfa, resume = world.pending_resume;
		api_write_fn write = world.pending_write;
		api_aside_fn aside = world.pending_aside;

		if (world.meanwhile != NULL && (claim != NULL || mfa || write != NULL || aside != NULL || resume))
			world.meanwhile();
		world.pending = NULL;
		world.pending_audit = NULL;
		world.pending_claim = NULL;
		world.pending_key = world.pending_mfa = false;
		world.pending_write = NULL;
		world.pending_aside = NULL;
		world.pending_resume = false;
		if (disk != NULL) {
			disk(c, world.disk_fails ? FG_E_IO : FG_OK);
		} else if (claim != NULL) {
			/* nobody holds a provider's keys for a call that waits */
			saml_provider_free(world.saml);
			world.saml = NULL;
			api_claimed(c, world.claim_says);
		} else if (aside != NULL) {
			directory_enter();
			aside(c);
			directory_leave();
			/* nor for one that comes back */
			saml_provider_free(world.saml);
			world.saml = NULL;
			api_resume(c);
		} else if (write != NULL) {
			api_written(c, write(c, world.st, world.cred));
		} else if (mfa) {
			api_mfa(c, world.mfa_says);
		} else if (resume) {
			api_resume(c);
		} else if (key) {
			world.no_keys = false;
			api_resume(c);
		}
	}
}

/* As at the listener: the arena that the call worked in is wiped and given to others. */
static void
settled(struct api_call *c)
{
	CHECK(world.pending == c && world.pending_audit != NULL);
	world.settled++;
	c->arena = c->keep;
	fg_arena_reset(world.work);
}

struct reply
world_run(struct http_request *r)
{
	struct reply *out = FG_NEW(world.a, struct reply);
	struct api_call *c = FG_NEW(world.a, struct api_call);

	CU_ASSERT_FATAL(out != NULL && c != NULL);
	c->w = world.w;
	c->arena = world.a;
	if (world.work != NULL) {
		c->arena = world.work;
		c->keep = world.a;
		c->settled = settled;
	}
	c->req = r;
	c->peer = &world.peer;
	c->now = world.now + world.late;
	c->connection = world.connection;
	c->id = fg_arena_fmt(world.a, "00000000-0000-4000-8000-%012u", ++serial);
	c->done = done;
	c->arg = out;
	if (world.before != NULL)
		world.before();
	api_handle(c);
	settle();
	CHECK(out->done);
	return *out;
}

struct reply
world_send(const char *method, const char *query, const char *body, const struct sigv4_header *h,
    size_t n)
{
	struct http_request *r = request(method, query, body);

	for (size_t i = 0; i < n; i++)
		head(r, h[i].name, h[i].value);
	return world_run(r);
}

struct reply
world_anon(const char *body)
{
	return world_run(request("POST", NULL, body));
}

/* ---- signing ---- */

static struct fg_str
stamp(void)
{
	struct fg_buf b = FG_BUF_ARENA(world.a, 32);
	struct fg_str s = FG_LIT("");

	fg_buf_time_basic(&b, world.now);
	CHECK_OK(fg_buf_end(&b, &s));
	return s;
}

static struct fg_str
signature(const struct signer *s, const struct http_request *r, struct sigv4_auth *auth)
{
	struct sigv4_header h[FG_LIMIT_HTTP_HEADERS];
	struct sigv4_request q = { .method = r->method_text, .path = r->path, .query = r->query,
		.headers = h, .n_headers = r->n_header };
	struct fg_buf c = FG_BUF_ARENA(world.a, 1u << 18), t = FG_BUF_ARENA(world.a, 512);
	struct fg_buf x = FG_BUF_ARENA(world.a, 65);
	struct sigv4_crypto *k = sigv4_crypto_new();
	unsigned char key[SIGV4_DIGEST_BYTES], sig[SIGV4_DIGEST_BYTES];
	struct fg_str text = FG_LIT("");

	for (size_t i = 0; i < r->n_header; i++)
		h[i] = (struct sigv4_header){ r->header[i].name, r->header[i].value };
	fg_sha256(&r->body, 1, q.body_sha256);
	CHECK_OK(sigv4_canonical(world.a, &q, auth, SIGV4_PATH_RAW, &c, NULL));
	CHECK_OK(fg_buf_end(&c, &text));
	sigv4_string_to_sign(auth, text, &t);
	CHECK_OK(fg_buf_end(&t, &text));
	CHECK_OK(sigv4_signing_key(k, auth, s->secret, key, NULL));
	fg_hmac(fg_str(key, sizeof(key)), &text, 1, sig);
	fg_buf_hex(&x, fg_str(sig, sizeof(sig)));
	CHECK_OK(fg_buf_end(&x, &text));
	sigv4_crypto_free(k);
	return text;
}

static struct sigv4_auth
scope(const char *service, const char *region)
{
	struct sigv4_auth a = { .region = fg_str_z(region), .service = fg_str_z(service),
		.timestamp = stamp() };

	a.date = fg_sub(a.timestamp, 0, 8);
	a.scope = fg_arena_fmt(world.a, "%.*s/%s/%s/aws4_request", FG_PRI(a.date), region, service);
	return a;
}

struct reply
world_scoped(const struct signer *s, const char *service, const char *region, const char *body)
{
	struct http_request *r = request("POST", NULL, body);
	struct sigv4_auth a = scope(service, region);
	struct fg_str sig;

	head(r, FG_LIT("X-Amz-Date"), a.timestamp);
	a.signed_headers = FG_LIT("content-type;host;x-amz-date");
	if (s->token.n > 0) {
		head(r, FG_LIT("X-Amz-Security-Token"), s->token);
		a.signed_headers = FG_LIT("content-type;host;x-amz-date;x-amz-security-token");
	}
	sig = signature(s, r, &a);
	head(r, FG_LIT("Authorization"),
	    fg_arena_fmt(world.a, "AWS4-HMAC-SHA256 Credential=%.*s/%.*s, SignedHeaders=%.*s, "
	    "Signature=%.*s", FG_PRI(s->key_id), FG_PRI(a.scope), FG_PRI(a.signed_headers),
	    FG_PRI(sig)));
	return world_run(r);
}

struct reply
world_json(const struct signer *s, const char *service, const char *target, const char *body,
    bool unsigned_target)
{
	struct http_request *r = request("POST", NULL, NULL);
	struct sigv4_auth a = scope(service, "us-east-1");
	const bool token = s->token.n > 0, all = !unsigned_target;
	struct fg_str sig;

	r->body = fg_str_z(body);
	head(r, FG_LIT("Content-Type"), FG_LIT("application/x-amz-json-1.1"));
	head(r, FG_LIT("X-Amz-Date"), a.timestamp);
	head(r, FG_LIT("X-Amz-Target"), fg_str_z(target));
	if (token)
		head(r, FG_LIT("X-Amz-Security-Token"), s->token);
	a.signed_headers = fg_arena_fmt(world.a, "content-type;host;x-amz-date%s%s",
	    token ? ";x-amz-security-token" : "", all ? ";x-amz-target" : "");
	sig = signature(s, r, &a);
	head(r, FG_LIT("Authorization"),
	    fg_arena_fmt(world.a, "AWS4-HMAC-SHA256 Credential=%.*s/%.*s, SignedHeaders=%.*s, "
	    "Signature=%.*s", FG_PRI(s->key_id), FG_PRI(a.scope), FG_PRI(a.signed_headers),
	    FG_PRI(sig)));
	return world_run(r);
}

struct reply
world_signed(const struct signer *s, const char *body)
{
	return world_scoped(s, "sts", "us-east-1", body);
}

struct fg_str
world_escape(struct fg_str value)
{
	struct fg_buf b = FG_BUF_ARENA(world.a, 3 * value.n + 1);
	struct fg_str s = FG_LIT("");

	fg_buf_uri(&b, value);
	CHECK_OK(fg_buf_end(&b, &s));
	return s;
}

struct reply
world_presigned(const struct signer *s, const char *query)
{
	struct sigv4_auth a = scope("sts", "us-east-1");
	struct fg_str cred = fg_arena_fmt(world.a, "%.*s/%.*s", FG_PRI(s->key_id), FG_PRI(a.scope));
	struct fg_str token = world_escape(s->token), q;
	struct http_request *r;

	cred = world_escape(cred);
	q = fg_arena_fmt(world.a, "%s&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=%.*s&X-Amz-Date="
	    "%.*s&X-Amz-Expires=60%s%.*s&X-Amz-SignedHeaders=host", query, FG_PRI(cred),
	    FG_PRI(a.timestamp), token.n > 0 ? "&X-Amz-Security-Token=" : "", (int)token.n,
	    token.n > 0 ? token.p : "");
	r = request("GET", q.p, NULL);
	a.signed_headers = FG_LIT("host");
	q = fg_arena_fmt(world.a, "%.*s&X-Amz-Signature=%.*s", (int)q.n, q.p,
	    FG_PRI(signature(s, r, &a)));
	r->query = q;
	return world_run(r);
}

struct signer
world_signer(const struct reply *r)
{
	return (struct signer){ r->key_id, r->secret, r->token };
}

struct reply
world_assume(const char *role, struct fg_str token, const char *more)
{
	struct fg_str arn = world_escape(fg_str_z(role));
	struct fg_str body = fg_arena_fmt(world.a, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
	    "&RoleArn=%.*s&RoleSessionName=run-1&WebIdentityToken=%.*s%s", (int)arn.n, arn.p,
	    (int)token.n, token.p, more);

	return world_anon(body.p);
}

/* ---- checks ---- */

void
check_fault(const struct reply *r, int status, const char *code, const char *file, unsigned line)
{
	/* what was read is what is on record, but for what could not be recorded */
	bool ok = r->status == status && fg_eq(r->code, fg_str_z(code)) && r->key_id.n == 0 &&
	    (r->record.name.n == 0 || status == 503 || fg_eq(r->record.error_code, r->code));
	char text[640];

	snprintf(text, sizeof(text), "got %d %.*s \"%.*s\" (%s: %s), want %d %s", r->status,
	    FG_PRI(r->code), FG_PRI(r->message), r->err.step == NULL ? "" : r->err.step,
	    r->err.text, status, code);
	CU_assertImplementation(ok, line, text, file, "", CU_FALSE);
}

void
check_granted(const struct reply *r, const char *file, unsigned line)
{
	char text[640];

	snprintf(text, sizeof(text), "got %d %.*s \"%.*s\" (%s: %s)", r->status, FG_PRI(r->code),
	    FG_PRI(r->message), r->err.step == NULL ? "" : r->err.step, r->err.text);
	CU_assertImplementation(r->status == 200, line, text, file, "", CU_FALSE);
}
