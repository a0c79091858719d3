/*
 * tests/fault/fault_saml.c - every allocation of saml/ fails once: never an answer, never a leak,
 * never the sender's fault.
 */
#include <stdio.h>
#include <stdlib.h>

#include <openssl/crypto.h>

#include "tests/fault/fault.h"
#include "tests/saml/forge.h"

struct scene {
	size_t cap; /* of the request's arena */
	struct fg_str body;
	struct fg_str pem;
	struct fg_str decrypt;
	struct fg_str metadata;
	struct fg_str signer;
	unsigned allow;
};

static enum fg_rc
provider(const struct scene *s, struct fg_arena *a, struct saml_provider **ret,
    struct fg_err *reterr)
{
	struct fg_str der[FG_LIMIT_SAML_KEYS];
	size_t n = 0;

	FG_TRY(saml_pem_read(a, s->pem, der, FG_LIMIT_SAML_KEYS, &n, reterr));
	return saml_provider_new(&(struct saml_provider_conf){ .id = FG_LIT("arn"),
	    .entity_id = FG_LIT(FORGE_ISSUER), .key = der, .n_keys = n, .decrypt_pem = &s->decrypt,
	    .n_decrypt = s->decrypt.n > 0, .encryption = SAML_ENCRYPTION_ALLOWED, .allow = s->allow },
	    ret, reterr);
}

static enum fg_rc
accept(void *arg, struct fg_err *reterr)
{
	const struct scene *s = arg;
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(s->cap);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = NULL;
	struct saml_key keys[SAML_KEYS];
	struct saml_facts f;
	struct saml_aws aws;
	size_t n;

	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "test", NULL, "arena");
	FG_TRY(provider(s, a, &p, reterr));
	FG_TRY(forge_accept(a, p, s->body, FORGE_NOW, &f, reterr));
	FG_TRY(saml_aws_read(a, &f, &aws, reterr));
	return saml_keys(a, &f, FG_LIT("123456789012"), FG_LIT("corp"), keys, &n, reterr);
}

static enum fg_rc
look(void *arg, struct fg_err *reterr)
{
	const struct scene *s = arg;
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(s->cap);
	struct saml_seen seen;

	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "test", NULL, "arena");
	return saml_look(a, s->body, SAML_FORM_EITHER, &seen, reterr);
}

static enum fg_rc
metadata(void *arg, struct fg_err *reterr)
{
	const struct scene *s = arg;
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(s->cap);
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(1024u * 1024);
	struct saml_metadata_want want = { .now = FORGE_NOW, .signer = s->signer };
	struct saml_metadata m;
	struct fg_str bytes;

	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "test", NULL, "arena");
	FG_TRY(saml_metadata_parse(a, s->metadata, &want, &m, reterr));
	saml_metadata_put(&b, &m);
	FG_TRY(fg_buf_end(&b, &bytes));
	return saml_metadata_get(a, bytes, &m, reterr);
}

static struct fg_str
metadata_of(struct fg_arena *a)
{
	struct fg_str der[1], cert;
	struct fg_err err = { .rc = FG_OK };
	size_t n = 0;

	if (saml_pem_read(a, forge_file(a, "idp.crt"), der, 1, &n, &err) != FG_OK)
		abort();
	cert = fg_arena_dup(a, forge_base64(a, der[0]));
	return forge_sign(a, fg_arena_fmt(a, "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:"
	    "metadata\" ID=\"_m\" entityID=\"x\" validUntil=\"2026-01-20T00:00:00Z\"><IDPSSODescriptor "
	    "protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"><KeyDescriptor>"
	    "<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>"
	    "<ds:X509Certificate>%s</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>"
	    "</IDPSSODescriptor></EntityDescriptor>", cert.p), true, &(struct forge_alg){ .key = NULL });
}

/*
 * The arena is the allocator of a request: with every cap below the one that suffices, the work
 * stops at another allocation, and each time the answer must be that memory was short.
 */
static bool
run_caps(const char *name, fault_fn fn, struct scene *s)
{
	unsigned n = 0;
	bool ok = true;

	for (s->cap = 64; ok; s->cap += 64, n++) {
		struct fg_err err = { .rc = FG_OK };
		enum fg_rc rc = fn(s, &err);

		if (rc == FG_OK)
			break;
		ok = rc == FG_E_NOMEM;
		if (!ok)
			fprintf(stderr, "%s: cap %zu: %s (%s)\n", name, s->cap, err.step, err.text);
	}
	printf("%s: %u caps, %zu bytes suffice\n", name, n, s->cap);
	s->cap = FG_LIMIT_REQUEST_BYTES;
	return ok;
}

static bool
run(const char *name, fault_fn fn, struct scene *s)
{
	int n;

	s->cap = FG_LIMIT_REQUEST_BYTES;
	n = fault_run(name, fn, s);
	printf("%s: %d failures\n", name, n);
	return run_caps(name, fn, s) && n > 0;
}

/* ---- inside OpenSSL ---- */

/* past the wrapper of fault.c: its own runs leave OpenSSL alone */
void *__real_malloc(size_t n);
void *__real_realloc(void *p, size_t n);

static unsigned long countdown;
static bool armed, fired;

static bool
fails_now(void)
{
	if (!armed || countdown-- != 0)
		return false;
	fired = true;
	armed = false;
	return true;
}

static void *
ossl_malloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails_now() ? NULL : __real_malloc(n);
}

static void *
ossl_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails_now() ? NULL : __real_realloc(p, n);
}

static void
ossl_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

/* A forged signature stays refused whichever allocation of OpenSSL fails. */
static bool
openssl_faults(struct scene *s, const char *name)
{
	/* FAULT_FULL: every one; else every 11th, which is a second */
	unsigned long step = getenv("FAULT_FULL") != NULL ? 1 : 11;

	for (unsigned long n = 0;; n += step) {
		struct fg_err err = { .rc = FG_OK };
		enum fg_rc rc;

		countdown = n;
		fired = false;
		armed = true;
		rc = accept(s, &err);
		armed = false;
		if (rc == FG_OK) {
			fprintf(stderr, "%s: ACCEPTED with OpenSSL allocation %lu failing\n", name, n);
			return false;
		}
		if (!fired) {
			printf("%s: %lu failures inside OpenSSL\n", name, n / step);
			return true;
		}
	}
}

int
main(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64u * 1024 * 1024);
	const char *src = getenv("srcdir");
	char dir[512];
	struct forge both = { .sign = FORGE_SIGN_BOTH, .alg = { .prefixes = "xs" } };
	struct forge response = { .sign = FORGE_SIGN_RESPONSE };
	struct forge sealed = { .sign = FORGE_SIGN_BOTH, .enc = { .cipher = "aes256-gcm" } };
	struct forge foreign = { .roles = 1, .alg = { .key = "other.key" } };
	struct scene s = { .body = FG_STR_NULL };
	bool ok = true;

	if (CRYPTO_set_mem_functions(ossl_malloc, ossl_realloc, ossl_free) != 1)
		return EXIT_FAILURE;
	(void)snprintf(dir, sizeof(dir), "%s/tests/vectors/saml", src == NULL ? "." : src);
	forge_init(a, dir);
	s.pem = forge_file(a, "idp.crt");
	s.body = forge_base64(a, forge_response(a, &both));
	ok = run("both signed", accept, &s) && ok;
	ok = run("look", look, &s) && ok;
	s.body = forge_response(a, &response);
	ok = run("response signed", accept, &s) && ok;
	s.body = forge_base64(a, forge_response(a, &sealed));
	s.decrypt = forge_file(a, "sp.key");
	ok = run("encrypted", accept, &s) && ok;
	s.metadata = metadata_of(a);
	ok = run("metadata", metadata, &s) && ok;
	{
		struct fg_str der[1];
		struct fg_err err = { .rc = FG_OK };
		size_t n = 0;

		ok = saml_pem_read(a, s.pem, der, 1, &n, &err) == FG_OK && ok;
		s.signer = der[0];
	}
	ok = run("signed metadata", metadata, &s) && ok;
	s.body = forge_base64(a, forge_response(a, &foreign));
	ok = openssl_faults(&s, "foreign signature") && ok;
	foreign.enc.cipher = "aes256-gcm";
	s.body = forge_base64(a, forge_response(a, &foreign));
	ok = openssl_faults(&s, "foreign signature, encrypted") && ok;
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
