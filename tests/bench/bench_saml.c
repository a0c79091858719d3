/*
 * tests/bench/bench_saml.c - verifications of a Response with 1, 20 and 200 roles.
 *
 * Operation: base64, strict reader, RSA-2048 signature, digest, re-parse, all facts and all checks.
 * Limit:     one raw RSA-2048 verify and one SHA-256 of the same canonical octets, same run.
 */
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "tests/bench/bench.h"
#include "tests/saml/forge.h"

struct work {
	struct fg_arena *arena;
	struct saml_provider *provider;
	struct fg_str body;   /* base64 */
	struct fg_str octets; /* canonical octets of the assertion */
	struct fg_str signature;
	unsigned char digest[32];
	EVP_PKEY_CTX *ctx;
	EVP_MD *md;
};

static void
verify(void *arg, size_t n)
{
	struct work *w = arg;

	for (size_t i = 0; i < n; i++) {
		struct fg_err err = { .rc = FG_OK };
		struct saml_facts f;

		if (forge_accept(w->arena, w->provider, w->body, FORGE_NOW, &f, &err) != FG_OK)
			abort();
		fg_arena_reset(w->arena);
	}
}

static void
limit(void *arg, size_t n)
{
	struct work *w = arg;

	for (size_t i = 0; i < n; i++) {
		unsigned char out[32];
		unsigned len;

		if (EVP_Digest(w->octets.p, w->octets.n, out, &len, w->md, NULL) != 1 ||
		    EVP_PKEY_verify(w->ctx, (const unsigned char *)w->signature.p, w->signature.n,
		    w->digest, sizeof(w->digest)) != 1)
			abort();
	}
}

/* SignatureValue and SignedInfo of the document, for the raw verify. */
static void
prepare_limit(struct fg_arena *a, struct work *w, struct fg_str xml)
{
	struct xml_doc *doc = FG_NEW(a, struct xml_doc);
	struct fg_err err = { .rc = FG_OK };
	const struct xml_node *as, *sig, *si;
	struct fg_str info, text;
	unsigned len;

	if (xml_parse(a, xml, doc, &err) != FG_OK)
		abort();
	as = xml_child(doc->root, XML_NS_SAML, FG_LIT("Assertion"));
	sig = xml_child(as, XML_NS_DS, FG_LIT("Signature"));
	si = xml_first(sig);
	if (xml_c14n(a, as, sig, NULL, &w->octets, &err) != FG_OK ||
	    xml_c14n(a, si, NULL, NULL, &info, &err) != FG_OK ||
	    !xml_text(a, xml_next(si), &text) || !fg_base64_ws(a, text, &w->signature))
		abort();
	w->md = EVP_MD_fetch(NULL, "SHA256", NULL);
	w->ctx = EVP_PKEY_CTX_new_from_pkey(NULL, w->provider->key[0].pkey, NULL);
	if (EVP_Digest(info.p, info.n, w->digest, &len, w->md, NULL) != 1 ||
	    EVP_PKEY_verify_init(w->ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(w->ctx, RSA_PKCS1_PADDING) != 1 ||
	    EVP_PKEY_CTX_set_signature_md(w->ctx, w->md) != 1)
		abort();
}

static void
row(struct fg_arena *a, const char *name, unsigned roles)
{
	struct forge f = { .roles = roles };
	struct work w = { .provider = forge_provider(NULL, 0, false) };
	struct fg_str xml = forge_response(a, &f);
	double cpu, lim;

	w.arena = fg_arena_new(FG_LIMIT_REQUEST_BYTES);
	w.body = forge_base64(a, xml);
	prepare_limit(a, &w, xml);
	lim = bench_cpu(limit, &w, bench_scale(4000), 15);
	cpu = bench_cpu(verify, &w, bench_scale(2000), 15);
	bench_row(name, cpu, lim, "us", "limit: RSA-2048 verify and SHA-256 of %zu octets; %zu bytes of "
	    "XML; %.0f a core-second", w.octets.n, xml.n, 1e6 / cpu);
	EVP_PKEY_CTX_free(w.ctx);
	EVP_MD_free(w.md);
	fg_arena_free(w.arena);
	saml_provider_free(w.provider);
}

int
main(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64u * 1024 * 1024);
	const char *src = getenv("srcdir");
	char dir[512];

	(void)snprintf(dir, sizeof(dir), "%s/tests/vectors/saml", src == NULL ? "." : src);
	forge_init(a, dir);
	row(a, "saml-1-role", 1);
	row(a, "saml-20-roles", 20);
	row(a, "saml-200-roles", 200);
	return bench_end();
}
