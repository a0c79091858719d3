/*
 * The published AWS suite, stage by stage: canonical request, string to sign, signature,
 * and the whole check on the signed request.  Then every rule, injected into each case.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/sha256.h"
#include "tests/unit/sigv4/raw.h"
#include "tests/unit/sigv4/tests.h"

#define SECRET FG_LIT("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
#define NOW 1440938160 /* 2015-08-30T12:36:00Z */

static struct sigv4_crypto *crypto;
static struct fg_arena *arena;
static struct fg_str suite;
static bool here;

static int
start(void)
{
	crypto = sigv4_crypto_new();
	arena = fg_arena_new(64u << 20);
	return crypto == NULL || arena == NULL;
}

static int
stop(void)
{
	sigv4_crypto_free(crypto);
	fg_arena_free(arena);
	return 0;
}

static bool
found(void)
{
	if (!here) {
		suite = unit_suite_dir(arena, "aws-sigv4-suite/v4");
		here = true;
	}
	return suite.p != NULL;
}

static struct fg_str
file(const char *name, const char *form, const char *part)
{
	struct fg_str path = fg_arena_fmt(arena, "%s/%s/%s%s", suite.p, name, form, part);
	struct fg_str got = unit_file(arena, path.p);

	CU_ASSERT(got.p != NULL);
	return got;
}

/* Call fn for each case and form. */
static unsigned
each(void (*fn)(const char *name, const char *form))
{
	struct dirent *e;
	DIR *d = opendir(suite.p);
	unsigned n = 0;

	CU_ASSERT_FATAL(d != NULL);
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		fn(e->d_name, "header-");
		fn(e->d_name, "query-");
		n++;
	}
	closedir(d);
	return n;
}

static enum sigv4_path
path_kind(const char *name)
{
	struct fg_str ctx = file(name, "", "context.json");

	return fg_eq(raw_swap(arena, ctx, FG_LIT("\"normalize\": true"), FG_LIT("")), ctx)
	    ? SIGV4_PATH_RAW
	    : SIGV4_PATH_NORMAL;
}

/* A token added after signing stands outside the signature: that is what must be refused. */
static bool
token_after(const char *name)
{
	return strcmp(name, "post-sts-header-after") == 0;
}

static bool
header_form(const char *form)
{
	return form[0] == 'h';
}

static void
stages(const char *name, const char *form)
{
	struct fg_buf b = FG_BUF_ARENA(arena, 1u << 20), s = FG_BUF_ARENA(arena, 1u << 20);
	unsigned char key[SIGV4_DIGEST_BYTES], sig[SIGV4_DIGEST_BYTES];
	struct sigv4_auth auth;
	struct fg_err err = { 0 };
	struct fg_str text;
	struct raw r;

	CHECK(raw_parse(file(name, form, "signed-request.txt"), &r));
	if (token_after(name)) {
		enum fg_rc rc = sigv4_read(arena, &r.req, &auth, &err);

		if (rc == FG_OK)
			rc = sigv4_check(crypto, arena, &r.req, &auth, path_kind(name), SECRET, &err);
		CHECK_RC(rc, FG_E_SIGNATURE);
		return;
	}
	CHECK_OK(sigv4_read(arena, &r.req, &auth, &err));
	CHECK(auth.form == (header_form(form) ? SIGV4_HEADER : SIGV4_QUERY));
	CHECK_STR(auth.key_id, "AKIDEXAMPLE");
	CHECK_STR(auth.service, "service");
	CHECK_OK(sigv4_check_time(&auth, NOW, &err));

	CHECK_OK(sigv4_canonical(arena, &r.req, &auth, path_kind(name), &b, &err));
	CHECK_OK(fg_buf_end(&b, &text));
	CHECK_EQ(text, file(name, form, "canonical-request.txt"));
	sigv4_string_to_sign(&auth, text, &s);
	CHECK_OK(fg_buf_end(&s, &text));
	CHECK_EQ(text, file(name, form, "string-to-sign.txt"));
	CHECK_OK(sigv4_signing_key(crypto, &auth, SECRET, key, &err));
	fg_hmac(fg_str(key, sizeof(key)), &text, 1, sig);
	s = FG_BUF_ARENA(arena, 65);
	fg_buf_hex(&s, fg_str(sig, sizeof(sig)));
	CHECK_EQ(fg_buf_str(&s), file(name, form, "signature.txt"));
	CHECK_OK(sigv4_check(crypto, arena, &r.req, &auth, path_kind(name), SECRET, &err));
}

static void
every_stage_is_the_published_one(void)
{
	if (found())
		CHECK(each(stages) == 38);
}

/* Not accepted by the reader or not by the check. */
static bool
refused(const struct raw *r, enum sigv4_path kind, const char *step)
{
	struct fg_err err = { 0 };
	struct sigv4_auth auth;
	enum fg_rc rc = sigv4_read(arena, &r->req, &auth, &err);

	if (rc == FG_OK && auth.form != SIGV4_NONE && !fg_eq(auth.key_id, FG_LIT("AKIDEXAMPLE")))
		return true; /* a key that does not exist */
	if (rc == FG_OK && auth.form != SIGV4_NONE)
		rc = sigv4_check(crypto, arena, &r->req, &auth, kind, SECRET, &err);
	if (rc == FG_OK && auth.form != SIGV4_NONE)
		return false;
	if (step != NULL && (err.step == NULL || strcmp(err.step, step) != 0)) {
		printf("step %s, expected %s\n", err.step == NULL ? "none" : err.step, step);
		return false;
	}
	return true;
}

static bool
refused_text(struct fg_str text, enum sigv4_path kind, const char *step)
{
	struct raw r;

	return !raw_parse(text, &r) || refused(&r, kind, step);
}

static const struct {
	struct fg_str name, value;
	const char *step;
} additions[] = {
	{ { "X-Amz-Foo", 9 }, { "1", 1 }, "sigv4.signed-headers.amz" },
	{ { "x-amz-meta-a", 12 }, { "", 0 }, "sigv4.signed-headers.amz" },
	{ { "Date", 4 }, { "Sun, 30 Aug 2015 12:36:00 GMT", 29 }, "sigv4.date.repeat" },
	{ { "Host", 4 }, { "example.amazonaws.com", 21 }, "sigv4.header.repeat" },
};

/* Only where the header form is: a second one of each. */
static const struct fg_str repeats[] = {
	{ "Authorization", 13 }, { "X-Amz-Date", 10 }, { "x-amz-date", 10 },
};

static const struct {
	struct fg_str from, to;
	const char *step; /* NULL: any refusal */
} header_swaps[] = {
	{ { "AWS4-HMAC-SHA256", 16 }, { "AWS4-ECDSA-P256-SHA256", 22 }, "sigv4.algorithm.v4a" },
	{ { "AWS4-HMAC-SHA256", 16 }, { "AWS4-HMAC-SHA512", 16 }, "sigv4.algorithm" },
	{ { "AWS4-HMAC-SHA256", 16 }, { "AWS", 3 }, "sigv4.algorithm" },
	{ { "/20150830/", 10 }, { "/20150831/", 10 }, "sigv4.scope.date" },
	{ { "/us-east-1/", 11 }, { "/us-east-2/", 11 }, "sigv4.signature" },
	{ { "/service/", 9 }, { "/service2/", 10 }, "sigv4.signature" },
	{ { "aws4_request", 12 }, { "aws4_requests", 13 }, "sigv4.credential" },
	{ { "aws4_request", 12 }, { "aws5_request", 12 }, "sigv4.credential" },
	{ { "AKIDEXAMPLE/", 12 }, { "/", 1 }, "sigv4.credential" },
	{ { "AKIDEXAMPLE/", 12 }, { "AKID EXAMPLE/", 13 }, "sigv4.credential" },
	{ { "/us-east-1/", 11 }, { "/us/east-1/", 11 }, "sigv4.credential" },
	{ { "/us-east-1/", 11 }, { "//", 2 }, "sigv4.credential" },
};

static void
injections(const char *name, const char *form)
{
	struct fg_str text = file(name, form, "signed-request.txt");
	enum sigv4_path kind = path_kind(name);
	struct raw r;

	if (token_after(name))
		return;
	for (size_t i = 0; i < FG_COUNT(additions); i++) {
		CHECK(raw_parse(text, &r));
		raw_add(&r, additions[i].name, additions[i].value);
		CHECK(refused(&r, kind, additions[i].step));
	}
	for (size_t i = 0; i < FG_COUNT(header_swaps); i++)
		CHECK(refused_text(raw_swap(arena, text, header_swaps[i].from,
		    header_swaps[i].to), kind,
		    header_form(form) ? header_swaps[i].step : NULL) ||
		    (!header_form(form) && fg_find(header_swaps[i].from, '/') <
		    header_swaps[i].from.n));
	CHECK(raw_parse(text, &r));
	raw_body(&r, FG_LIT("another body"));
	CHECK(refused(&r, kind, NULL));
	CHECK(raw_parse(text, &r));
	r.req.method = FG_LIT("PUT");
	CHECK(refused(&r, kind, "sigv4.signature"));
	CHECK(raw_parse(text, &r));
	r.req.path = FG_LIT("/another");
	CHECK(refused(&r, kind, "sigv4.signature"));
	CHECK(raw_parse(text, &r));
	raw_find(&r, FG_LIT("host"))->value = FG_LIT("example.org");
	CHECK(refused(&r, kind, "sigv4.signature"));
}

static void
every_injection_into_every_case_is_refused(void)
{
	if (found())
		CHECK(each(injections) == 38);
}

static void
header_injections(const char *name, const char *form)
{
	struct fg_str text = file(name, form, "signed-request.txt"), q;
	enum sigv4_path kind = path_kind(name);
	struct raw r;

	if (!header_form(form) || token_after(name))
		return;
	for (size_t i = 0; i < FG_COUNT(repeats); i++) {
		CHECK(raw_parse(text, &r));
		raw_add(&r, repeats[i], raw_find(&r, repeats[i])->value);
		CHECK(refused(&r, kind, "sigv4.header.repeat"));
	}
	for (int i = 0; i < SIGV4_F_MAX; i++) {
		static const char *const fields[] = { "X-Amz-Algorithm", "X-Amz-Credential",
			"X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature",
			"X-Amz-Security-Token" };

		CHECK(raw_parse(text, &r));
		r.req.query = fg_arena_fmt(arena, "%s=1", fields[i]);
		CHECK(refused(&r, kind, "sigv4.two-forms"));
	}
	q = raw_swap(arena, text, FG_LIT("SignedHeaders="), FG_LIT("SignedHeaders=zzz;"));
	CHECK(refused_text(q, kind, "sigv4.signed-headers.order"));
	q = raw_swap(arena, text, FG_LIT("host;"), FG_LIT("host;host;"));
	CHECK(refused_text(q, kind, "sigv4.signed-headers.order"));
	q = raw_swap(arena, text, FG_LIT("host;"), FG_LIT(""));
	CHECK(refused_text(q, kind, "sigv4.signed-headers.host"));
	q = raw_swap(arena, text, FG_LIT("host;"), FG_LIT("host;hosu;"));
	CHECK(refused_text(q, kind, "sigv4.signed-headers.absent"));
	q = raw_swap(arena, text, FG_LIT("Signature="), FG_LIT("Signature=0"));
	CHECK(refused_text(q, kind, "sigv4.signature.form"));
	q = raw_swap(arena, text, FG_LIT("Credential="), FG_LIT("Credential=x, Credential="));
	CHECK(refused_text(q, kind, "sigv4.authorization.repeat"));
	q = raw_swap(arena, text, FG_LIT("Credential="), FG_LIT("Extra=1, Credential="));
	CHECK(refused_text(q, kind, "sigv4.authorization.part"));
}

static void
two_forms_and_bad_lists_are_refused(void)
{
	if (found())
		CHECK(each(header_injections) == 38);
}

static void
query_injections(const char *name, const char *form)
{
	struct fg_str text = file(name, form, "signed-request.txt");
	enum sigv4_path kind = path_kind(name);
	struct raw r;

	if (header_form(form) || token_after(name))
		return;
	CHECK(refused_text(raw_swap(arena, text, FG_LIT("X-Amz-Alg"), FG_LIT("X-Amz-Date=1&X-Amz-Alg")),
	    kind, NULL));
	CHECK(refused_text(raw_swap(arena, text, FG_LIT("X-Amz-Date="), FG_LIT("x-amz-date=1&X-Amz-Date=")),
	    kind, "sigv4.query.spelling"));
	CHECK(refused_text(raw_swap(arena, text, FG_LIT("X-Amz-Date="), FG_LIT("X-Amz-Date=1&X-Amz-Date=")),
	    kind, "sigv4.query.repeat"));
	CHECK(refused_text(raw_swap(arena, text, FG_LIT("X-Amz-Date="), FG_LIT("X%2DAmz-Date=1&X-Amz-Date=")),
	    kind, "sigv4.query.repeat"));
	CHECK(refused_text(raw_swap(arena, text, FG_LIT("X-Amz-Date="), FG_LIT("a=+&X-Amz-Date=")),
	    kind, "sigv4.query.plus"));
	CHECK(refused_text(raw_swap(arena, text, FG_LIT("X-Amz-Date="), FG_LIT("a=%zz&X-Amz-Date=")),
	    kind, "sigv4.query.escape"));
	CHECK(refused_text(raw_swap(arena, text, FG_LIT("X-Amz-Date="), FG_LIT("=1&X-Amz-Date=")),
	    kind, "sigv4.query.name"));
	CHECK(refused_text(raw_swap(arena, text, FG_LIT("X-Amz-Date="), FG_LIT("a=1&X-Amz-Date=")),
	    kind, "sigv4.signature"));
	CHECK(refused_text(raw_swap(arena, text, FG_LIT("Expires=3600"), FG_LIT("Expires=604801")),
	    kind, "sigv4.expires"));
	CHECK(refused_text(raw_swap(arena, text, FG_LIT("Expires=3600"), FG_LIT("Expires=-1")),
	    kind, "sigv4.expires"));
	CHECK(refused_text(raw_swap(arena, text, FG_LIT("Expires=3600"), FG_LIT("Expires=0")),
	    kind, "sigv4.expires"));
	CHECK(raw_parse(text, &r));
	raw_add(&r, FG_LIT("X-Amz-Date"), FG_LIT("20150830T123600Z"));
	CHECK(refused(&r, kind, "sigv4.date.repeat"));
	CHECK(raw_parse(text, &r));
	raw_add(&r, FG_LIT("Authorization"), FG_LIT("AWS4-HMAC-SHA256 Credential=a"));
	CHECK(refused(&r, kind, "sigv4.two-forms"));
}

static void
presigned_injections_are_refused(void)
{
	if (found())
		CHECK(each(query_injections) == 38);
}

/* The version, the case of names and blanks around values are not signed. */
static bool
same_signed(const struct raw *x, const struct raw *y)
{
	if (!fg_eq(x->req.method, y->req.method) || !fg_eq(x->req.path, y->req.path) ||
	    !fg_eq(x->req.query, y->req.query) || !fg_eq(x->body, y->body) ||
	    x->req.n_headers != y->req.n_headers)
		return false;
	for (size_t i = 0; i < x->req.n_headers; i++) {
		if (!fg_eq_icase(x->headers[i].name, y->headers[i].name) ||
		    !fg_eq(fg_trim(x->headers[i].value), fg_trim(y->headers[i].value)))
			return false;
	}
	return true;
}

/* %2f is %2F. */
static bool
same_escape(struct fg_str text, const char *p, size_t i)
{
	return fg_lower(p[i]) == fg_lower(text.p[i]) &&
	    ((i >= 1 && text.p[i - 1] == '%') || (i >= 2 && text.p[i - 2] == '%'));
}

static void
flip(struct fg_str text, const struct raw *good, char *p, size_t bit)
{
	struct fg_arena *keep = arena;
	struct raw r;

	memcpy(p, text.p, text.n);
	p[bit / 8] = (char)(p[bit / 8] ^ (1 << bit % 8));
	if (!raw_parse(fg_str(p, text.n), &r) || same_signed(&r, good) ||
	    same_escape(text, p, bit / 8))
		return;
	arena = fg_arena_new(1u << 20);
	CHECK(arena != NULL && refused(&r, SIGV4_PATH_RAW, NULL));
	fg_arena_free(arena);
	arena = keep;
}

/* Every bit of every byte of one signed request of each form: never accepted. */
static void
flips(const char *name, const char *form)
{
	struct fg_str text = file(name, form, "signed-request.txt");
	struct raw good;
	char *p;

	if (strcmp(name, "get-vanilla-with-session-token") != 0)
		return;
	p = fg_arena_alloc(arena, text.n);
	CU_ASSERT_FATAL(p != NULL && raw_parse(text, &good));
	for (size_t bit = 0; bit < text.n * 8; bit++)
		flip(text, &good, p, bit);
}

static void
no_flipped_bit_is_accepted(void)
{
	if (found())
		(void)each(flips);
}

static CU_TestInfo golden[] = {
	CASE(every_stage_is_the_published_one),
	CASE(every_injection_into_every_case_is_refused),
	CASE(two_forms_and_bad_lists_are_refused),
	CASE(presigned_injections_are_refused),
	CASE(no_flipped_bit_is_accepted),
	CASES_END
};

CU_SuiteInfo
golden_suite(void)
{
	return (CU_SuiteInfo){ "gateway/sigv4: published suite", start, stop, NULL, NULL, golden };
}
