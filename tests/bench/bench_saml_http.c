/*
 * tests/bench/bench_saml_http.c - what an exchange of a SAML Response for credentials costs.
 *
 * Each request brings an assertion of its own, signed here with RSA-2048: one used twice is refused.
 * Limit:     the verification alone (base64 to facts, the same document) and a bare epoll echo of
 *            the same bytes.  Beyond it lie the decision, the claim in the store, the record, the seal.
 */
#include "tests/bench/gateway.h"
#include "tests/bench/over_http.h"
#include "tests/saml/forge.h"
#include "tests/tls/cert.h"

#include <stdio.h>
#include <stdlib.h>

#define RECIPIENT "https://signin.aws.amazon.com/saml"
#define ROLE "arn:aws:iam::111122223333:role/people"
#define PROVIDER "arn:aws:iam::111122223333:saml-provider/corp"
#define ATTRIBUTE(name, value)                                                                   \
	"<saml:Attribute Name=\"https://aws.amazon.com/SAML/Attributes/" name "\">"              \
	"<saml:AttributeValue>" value "</saml:AttributeValue></saml:Attribute>"

static struct gateway gateway;
static struct fg_arena *scratch; /* of one request */
static char host[64];

static void __attribute__((noreturn))
die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

/* ---- the requests ---------------------------------------------------- */

static struct fg_str
time_text(struct fg_arena *a, fg_time t)
{
	struct fg_buf b = FG_BUF_ARENA(a, 64);
	struct fg_str s;

	fg_buf_time(&b, t);
	if (fg_buf_end(&b, &s) != FG_OK)
		die("no memory");
	return s;
}

/* A Response as AWS's own clients bring it, its assertion named by a number. */
static struct fg_str
response(struct fg_arena *a, fg_time now, size_t number)
{
	char id[32], confirmation[512], conditions[512];
	struct fg_str end = time_text(a, now + 300), begin = time_text(a, now - 300);
	struct forge f = { .issued = now, .confirmation = confirmation, .conditions = conditions,
		.before_sign_from = "ID=\"_a1\"", .before_sign_to = id,
		.attributes = "<saml:AttributeStatement>" ATTRIBUTE("Role", ROLE "," PROVIDER)
		    ATTRIBUTE("RoleSessionName", "alice@example.test") ATTRIBUTE("SessionDuration", "3600")
		    "</saml:AttributeStatement>" };

	(void)snprintf(id, sizeof(id), "ID=\"_b%zu\"", number);
	(void)snprintf(confirmation, sizeof(confirmation),
	    "<saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">"
	    "<saml:SubjectConfirmationData NotOnOrAfter=\"%.*s\" Recipient=\"" RECIPIENT "\"/>"
	    "</saml:SubjectConfirmation>", FG_PRI(end));
	(void)snprintf(conditions, sizeof(conditions),
	    "<saml:Conditions NotBefore=\"%.*s\" NotOnOrAfter=\"%.*s\"><saml:AudienceRestriction>"
	    "<saml:Audience>urn:amazon:webservices</saml:Audience></saml:AudienceRestriction>"
	    "</saml:Conditions>", FG_PRI(begin), FG_PRI(end));
	return forge_replace(a, forge_response(a, &f), FG_LIT(FORGE_ACS), FG_LIT(RECIPIENT));
}

static struct fg_str
next_response(void *arg, size_t i)
{
	static size_t number;
	struct fg_buf body = FG_BUF_ARENA(scratch, 1u << 20), all = FG_BUF_ARENA(scratch, 1u << 20);
	struct fg_str s;

	(void)arg;
	(void)i;
	fg_arena_reset(scratch); /* what both grow in */
	fg_buf_put(&body, FG_LIT("Action=AssumeRoleWithSAML&Version=2011-06-15&RoleArn="));
	fg_buf_uri(&body, FG_LIT(ROLE));
	fg_buf_put(&body, FG_LIT("&PrincipalArn="));
	fg_buf_uri(&body, FG_LIT(PROVIDER));
	fg_buf_put(&body, FG_LIT("&SAMLAssertion="));
	fg_buf_uri(&body, forge_base64(scratch, response(scratch, (fg_time)time(NULL), number++)));
	fg_buf_fmt(&all, "POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded; "
			 "charset=utf-8\r\nUser-Agent: aws-cli/2.9.19 Python/3.11.2 Linux/6.1.0\r\nContent-Length: "
			 "%zu\r\n\r\n", host, body.n);
	fg_buf_put(&all, fg_buf_str(&body));
	if (fg_buf_end(&all, &s) != FG_OK)
		die("no memory");
	return s;
}

/* ---- the limit ------------------------------------------------------- */

struct work {
	struct saml_provider *provider;
	struct fg_arena *arena;
	struct fg_str body;
	fg_time now;
};

static void
verify(void *arg, size_t n)
{
	static const struct fg_str to[] = { FG_LIT(RECIPIENT) }, whom[] = { FG_LIT("urn:amazon:webservices") };
	const struct work *w = arg;
	const struct saml_input in = { .body = w->body, .form = SAML_FORM_EITHER, .now = w->now,
		.private_ops = FG_LIMIT_SAML_PRIVATE_OPS };
	const struct saml_expect want = { .now = w->now, .skew_s = 60, .recipient = to, .n_recipients = 1,
		.audience = whom, .n_audiences = 1, .binding = SAML_REQUEST_ANY };

	for (size_t i = 0; i < n; i++) {
		struct fg_err err = { .rc = FG_OK };
		struct saml_facts f;

		if (saml_accept(w->arena, w->provider, &in, &want, &f, &err) != FG_OK)
			die(err.text);
		fg_arena_reset(w->arena);
	}
}

static double
verify_us(struct fg_arena *a)
{
	struct work w = { .provider = forge_provider(NULL, 0, false), .now = (fg_time)time(NULL),
		.arena = fg_arena_new(FG_LIMIT_REQUEST_BYTES) };
	double us;

	if (w.arena == NULL)
		die("no memory");
	w.body = forge_base64(a, response(a, w.now, SIZE_MAX / 2));
	us = bench_cpu(verify, &w, bench_scale(2000), OVER_HTTP_ROUNDS);
	fg_arena_free(w.arena);
	saml_provider_free(w.provider);
	return us;
}

/* ---- the gateway ----------------------------------------------------- */

/* The certificate's base64 without its first and last line. */
static struct fg_str
pem_body(struct fg_str pem)
{
	size_t from = fg_find(pem, '\n') + 1;
	struct fg_str rest = fg_sub(pem, from, pem.n);

	return fg_sub(rest, 0, fg_find(rest, '-'));
}

static void
make_bundle(struct fg_arena *a, struct fg_buf *b)
{
	struct fg_buf xml = FG_BUF_ARENA(a, 1u << 16);

	fg_buf_put(&xml, FG_LIT("<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\""
				FORGE_ISSUER "\"><md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:"
				"SAML:2.0:protocol\"><md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"http://www."
				"w3.org/2000/09/xmldsig#\"><ds:X509Data><ds:X509Certificate>"));
	fg_buf_put(&xml, pem_body(forge_file(a, "idp.crt")));
	fg_buf_put(&xml, FG_LIT("</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService "
				"Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"https://idp."
				"example.test/sso\"/></md:IDPSSODescriptor></md:EntityDescriptor>"));
	fg_buf_put(b, FG_LIT("{\"Accounts\":[{\"Id\":\"111122223333\",\"Name\":\"bench\",\"SAMLProviders\":[{\"Name\":"
			     "\"corp\",\"SAMLMetadataDocument\":"));
	fg_buf_json_str(b, fg_buf_str(&xml));
	fg_buf_put(b, FG_LIT("}],\"RoleDetailList\":[{\"RoleName\":\"people\",\"Path\":\"/\",\"AssumeRolePolicyDocument\":"
			     "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{"
			     "\"Federated\":\"" PROVIDER "\"},\"Action\":\"sts:AssumeRoleWithSAML\",\"Condition\":{"
			     "\"StringEquals\":{\"SAML:aud\":\"" RECIPIENT "\"}}}]}}]}]}"));
}

/* The metadata is read by another process after the start. */
static void
wait_for_provider(const struct load *l)
{
	static const struct timespec moment = { 0, 100000000 };
	struct load one = *l;
	struct load_result r = { .done = 0 };

	one.connections = 1;
	one.requests = 1;
	for (int i = 0; i < 100; i++) {
		if (load_run(&one, &r) && r.done == 1)
			return;
		(void)nanosleep(&moment, NULL);
	}
	die(r.first_bad);
}

static void
row(struct fg_arena *a)
{
	struct load l = { .port = gateway.port, .connections = OVER_HTTP_BUSY, .requests = bench_scale(4000),
		.next = next_response, .want_status = 200 };
	char rates[320] = "";
	struct fg_buf b = FG_BUF_FIXED(rates);
	struct bench_cpus cpus;
	struct http_cost f;
	double alone, echo;

	wait_for_provider(&l);
	gateway_cpus(&gateway, &cpus);
	http_measure(&f, &l, &cpus, "assume-role-with-saml");
	http_rates_put(&b, &l, &cpus);
	alone = verify_us(a);
	echo = http_echo_us(&l, next_response(NULL, 0).n, f.load.reply_bytes, NULL);
	bench_row("assume-role-with-saml", f.us, alone + echo, "us", "limit: the verification alone %.1f + bare epoll "
	    "echo of the same bytes %.1f; every assertion is claimed in the store; %s", alone, echo, rates);
}

int
main(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64u << 20);
	FG_AUTO(fg_buf_free) struct fg_buf bundle = FG_BUF(1u << 16);
	const char *src = getenv("srcdir");
	struct fg_str chain, key;
	char dir[512];

	scratch = fg_arena_new(64u << 20);
	if (a == NULL || scratch == NULL || !cert_make(a, CERT_P256, "bench", &chain, &key))
		die("no keys");
	(void)snprintf(dir, sizeof(dir), "%s/tests/vectors/saml", src == NULL ? "." : src);
	forge_init(a, dir);
	make_bundle(a, &bundle);
	gateway_start(&gateway, fg_buf_str(&bundle), chain, key);
	(void)snprintf(host, sizeof(host), "127.0.0.1:%u", (unsigned)gateway.port);
	row(a);
	gateway_stop(&gateway);
	fg_arena_free(scratch);
	return bench_end();
}
