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
#ifdef WITH_XMLSEC
#include "tests/bench/xmlsec.h"
#endif
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

/* "; xmlsec1's API 505 us", or nothing where it is not installed. */
static void
put_xmlsec(struct fg_arena *a, struct fg_str xml, char *out, size_t room)
{
#ifdef WITH_XMLSEC
	(void)snprintf(out, room, "; xmlsec1's API on it %.0f us", bench_xmlsec(xml, forge_file(a, "idp.crt")));
#else
	(void)a;
	(void)xml;
	(void)room;
	out[0] = '\0';
#endif
}

static void
row(struct fg_arena *a, const char *name, unsigned roles)
{
	char other[64];
	struct forge f = { .roles = roles };
	struct work w = { .provider = forge_provider(NULL, 0, false) };
	struct fg_str xml = forge_response(a, &f);
	double cpu, lim;

	w.arena = fg_arena_new(FG_LIMIT_REQUEST_BYTES);
	w.body = forge_base64(a, xml);
	prepare_limit(a, &w, xml);
	lim = bench_cpu(limit, &w, bench_scale(4000), 15);
	cpu = bench_cpu(verify, &w, bench_scale(2000), 15);
	put_xmlsec(a, xml, other, sizeof(other));
	bench_row(name, cpu, lim, "us", "limit: RSA-2048 verify and SHA-256 of %zu octets; %zu bytes of "
	    "XML; %.0f a core-second%s", w.octets.n, xml.n, 1e6 / cpu, other);
	EVP_PKEY_CTX_free(w.ctx);
	EVP_MD_free(w.md);
	fg_arena_free(w.arena);
	saml_provider_free(w.provider);
}

/* ---- the costliest ---- */

struct hostile {
	struct fg_arena *arena;
	struct saml_provider *provider;
	struct fg_str body;
};

static void
refuse(void *arg, size_t n)
{
	struct hostile *h = arg;

	for (size_t i = 0; i < n; i++) {
		struct fg_err err = { .rc = FG_OK };
		struct saml_facts f;

		if (forge_accept(h->arena, h->provider, h->body, FORGE_NOW, &f, &err) == FG_OK)
			abort();
		fg_arena_reset(h->arena);
	}
}

/* As many copies of `unit` as fit into 75,000 bytes, or n of them, put in place of `at`. */
static struct fg_str
padded(struct fg_arena *a, struct fg_str xml, const char *at, const char *before, const char *unit,
    unsigned n, const char *after)
{
	struct fg_buf b = FG_BUF_ARENA(a, 1024u * 1024);
	struct fg_str text;
	size_t room = 74000 - xml.n - strlen(before) - strlen(after) - strlen(at);

	fg_buf_put(&b, fg_str_z(before));
	for (unsigned i = 0; i < n && b.n + strlen(unit) < room; i++)
		fg_buf_put(&b, fg_str_z(unit));
	fg_buf_put(&b, fg_str_z(after));
	fg_buf_put(&b, fg_str_z(at));
	if (fg_buf_end(&b, &text) != FG_OK)
		abort();
	return forge_replace(a, xml, fg_str_z(at), text);
}

/* 63 declarations and, with attributes, 47 qualified attributes on each element. */
static const char *
many_declarations(struct fg_arena *a, const char *open)
{
	struct fg_buf b = FG_BUF_ARENA(a, 65536);
	struct fg_str s;

	fg_buf_put(&b, fg_str_z(open));
	for (unsigned i = 0; i < 30; i++)
		fg_buf_fmt(&b, " xmlns:%c%c=\"u:x\"", 'a' + i / 26, 'a' + i % 26);
	fg_buf_put(&b, FG_LIT("><w:w xmlns:w=\"u:w\""));
	for (unsigned i = 30; i < 56; i++)
		fg_buf_fmt(&b, " xmlns:%c%c=\"u:x\"", 'a' + i / 26, 'a' + i % 26);
	fg_buf_put(&b, FG_LIT(">"));
	fg_buf_putc(&b, '\0');
	if (fg_buf_end(&b, &s) != FG_OK)
		abort();
	return s.p;
}

static void
costliest(struct fg_arena *a)
{
	struct forge f = { .roles = 1, .sign = FORGE_SIGN_RESPONSE, .alg = { .no_key_info = true } };
	struct forge foreign = { .roles = 1, .alg = { .no_key_info = true, .key = "other.key" } };
	struct fg_str xml = forge_response(a, &f);
	const char *ext = many_declarations(a, "<samlp:Extensions"), *end = "</w:w></samlp:Extensions>";
	const char *info = many_declarations(a, "<ds:w"), *info_end = "</w:w></ds:w>";
	char uri[8192];
	struct {
		const char *name;
		struct fg_str xml;
	} cases[] = {
		{ "elements", padded(a, xml, "<samlp:Status>", ext, "<aa:b/>", 8000, end) },
		{ "attributes", padded(a, xml, "<samlp:Status>", ext,
		    "<b aa:a='' aa:b='' aa:c='' aa:d='' aa:e='' aa:f='' aa:g='' aa:h=''/>", 8000, end) },
		{ "elements in SignedInfo", padded(a, xml, "</ds:SignedInfo>", info, "<aa:b/>", 8000, info_end) },
		{ "text", padded(a, xml, "<samlp:Status>", ext, "&amp;", 20000, end) },
		{ "foreign signature", forge_response(a, &foreign) },
		{ "growth in SignedInfo", FG_STR_NULL },
	};
	struct hostile h = { fg_arena_new(FG_LIMIT_REQUEST_BYTES), forge_provider(NULL, 0, false),
		FG_STR_NULL };
	double worst = 0;
	const char *which = "";

	(void)snprintf(uri, sizeof(uri), "<w:x xmlns:w='urn:w' xmlns:aa='urn:%0500d'>", 0);
	cases[5].xml = padded(a, xml, "</ds:SignedInfo>", uri, "<aa:b/>", 8000, "</w:x>");
	for (size_t i = 0; i < FG_COUNT(cases); i++) {
		double us;

		h.body = forge_base64(a, cases[i].xml);
		us = bench_cpu(refuse, &h, bench_scale(200), 5);
		if (us > worst) {
			worst = us;
			which = cases[i].name;
		}
	}
	bench_row("saml-costliest", worst, 5000, "us", "limit: 5 ms; the costliest of %zu hostile requests "
	    "inside the size limit (%s)", FG_COUNT(cases), which);
	fg_arena_free(h.arena);
	saml_provider_free(h.provider);
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
	costliest(a);
	return bench_end();
}
