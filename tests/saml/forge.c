/*
 * tests/saml/forge.c - see forge.h.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/saml/forge_int.h"

#define XSI "xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" " \
	"xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"xs:string\""
#define AWS "https://aws.amazon.com/SAML/Attributes/"

static const char *key_dir = ".";

void
forge_die(const char *what)
{
	fprintf(stderr, "forge: %s\n", what);
	abort();
}

struct fg_str
forge_end(struct fg_buf *b)
{
	struct fg_str s;

	if (fg_buf_end(b, &s) != FG_OK)
		forge_die("no memory");
	return s;
}

void
forge_init(struct fg_arena *a, const char *dir)
{
	struct fg_str s = fg_arena_dup(a, fg_str_z(dir));

	key_dir = s.p;
}

struct fg_str
forge_file(struct fg_arena *a, const char *name)
{
	struct fg_buf b = FG_BUF_ARENA(a, 1024u * 1024);
	char path[512];
	FILE *f;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/%s", key_dir, name);
	if ((f = fopen(path, "rb")) == NULL)
		forge_die(path);
	for (;;) {
		char *p = fg_buf_room(&b, 16384);

		if (p == NULL || (n = fread(p, 1, 16384, f)) == 0)
			break;
		b.n += n;
	}
	fclose(f);
	return forge_end(&b);
}

struct fg_str
forge_base64(struct fg_arena *a, struct fg_str xml)
{
	struct fg_buf b = FG_BUF_ARENA(a, 4 * xml.n + 64);

	fg_buf_base64(&b, xml);
	return forge_end(&b);
}

static size_t
find(struct fg_str s, struct fg_str what)
{
	const char *p = what.n == 0 ? NULL : memmem(s.p, s.n, what.p, what.n);

	return p == NULL ? s.n : (size_t)(p - s.p);
}

struct fg_str
forge_replace(struct fg_arena *a, struct fg_str xml, struct fg_str from, struct fg_str to)
{
	struct fg_buf b = FG_BUF_ARENA(a, 4u * 1024 * 1024);
	size_t at;

	while ((at = find(xml, from)) < xml.n) {
		fg_buf_put(&b, fg_sub(xml, 0, at));
		fg_buf_put(&b, to);
		xml = fg_sub(xml, at + from.n, xml.n);
	}
	fg_buf_put(&b, xml);
	return forge_end(&b);
}

/* ---- content ---- */

static void
put_time(struct fg_buf *b, const char *name, fg_time t)
{
	fg_buf_fmt(b, " %s=\"", name);
	fg_buf_time(b, t);
	fg_buf_putc(b, '"');
}

/* The replacement, or false when the ordinary content is wanted. */
static bool
given(struct fg_buf *b, const char *text)
{
	if (text == NULL)
		return false;
	fg_buf_put(b, fg_str_z(text));
	return true;
}

static void
put_value(struct fg_buf *b, const char *name, const char *value)
{
	fg_buf_fmt(b, "<saml:Attribute Name=\"" AWS "%s\" NameFormat=\"urn:oasis:names:tc:SAML:2.0:"
	    "attrname-format:uri\"><saml:AttributeValue " XSI ">%s</saml:AttributeValue>"
	    "</saml:Attribute>", name, value);
}

static void
put_attributes(struct fg_buf *b, const struct forge *f)
{
	fg_buf_put(b, FG_LIT("<saml:AttributeStatement><saml:Attribute Name=\"" AWS "Role\">"));
	for (unsigned i = 0; i < (f->roles == 0 ? 2 : f->roles); i++)
		fg_buf_fmt(b, "<saml:AttributeValue " XSI ">arn:aws:iam::10%010u:role/team-%u-developer,"
		    "arn:aws:iam::10%010u:saml-provider/corp-idp</saml:AttributeValue>", i, i, i);
	fg_buf_put(b, FG_LIT("</saml:Attribute>"));
	put_value(b, "RoleSessionName", "alice@example.test");
	put_value(b, "SessionDuration", "28800");
	put_value(b, "PrincipalTag:Department", "Engineering &amp; Ops");
	put_value(b, "PrincipalTag:CostCenter", "987654");
	put_value(b, "TransitiveTagKeys", "Department");
	fg_buf_put(b, FG_LIT("</saml:AttributeStatement>"));
}

static void
put_subject(struct fg_buf *b, const struct forge *f, fg_time issued)
{
	fg_buf_put(b, FG_LIT("<saml:Subject>"));
	if (!given(b, f->name_id))
		fg_buf_put(b, FG_LIT("<saml:NameID Format=\"urn:oasis:names:tc:SAML:2.0:"
		    "nameid-format:persistent\" SPNameQualifier=\"" FORGE_AUDIENCE
		    "\">alice@example.test</saml:NameID>"));
	if (!given(b, f->confirmation)) {
		fg_buf_put(b, FG_LIT("<saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:"
		    "cm:bearer\"><saml:SubjectConfirmationData InResponseTo=\"" FORGE_REQUEST "\""));
		put_time(b, "NotOnOrAfter", issued + 300);
		fg_buf_put(b, FG_LIT(" Recipient=\"" FORGE_ACS "\"/></saml:SubjectConfirmation>"));
	}
	fg_buf_put(b, FG_LIT("</saml:Subject>"));
}

static void
put_statements(struct fg_buf *b, const struct forge *f, fg_time issued)
{
	if (!given(b, f->conditions)) {
		fg_buf_put(b, FG_LIT("<saml:Conditions"));
		put_time(b, "NotBefore", issued - 300);
		put_time(b, "NotOnOrAfter", issued + 300);
		fg_buf_put(b, FG_LIT("><saml:AudienceRestriction><saml:Audience>" FORGE_AUDIENCE
		    "</saml:Audience></saml:AudienceRestriction></saml:Conditions>"));
	}
	(void)given(b, f->advice);
	if (!given(b, f->authn)) {
		fg_buf_put(b, FG_LIT("<saml:AuthnStatement"));
		put_time(b, "AuthnInstant", issued);
		put_time(b, "SessionNotOnOrAfter", issued + 28800);
		fg_buf_put(b, FG_LIT(" SessionIndex=\"_s1\"><saml:AuthnContext><saml:AuthnContextClassRef>"
		    "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
		    "</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"));
	}
	if (!given(b, f->attributes))
		put_attributes(b, f);
}

static void
put_assertion(struct fg_buf *b, const struct forge *f, fg_time issued)
{
	fg_buf_put(b, FG_LIT("<saml:Assertion xmlns:saml=\"" SAML_NS "\" ID=\"_a1\" Version=\"2.0\""));
	put_time(b, "IssueInstant", issued);
	fg_buf_put(b, FG_LIT("><saml:Issuer>"));
	if (!given(b, f->issuer))
		fg_buf_put(b, FG_LIT(FORGE_ISSUER));
	fg_buf_put(b, FG_LIT("</saml:Issuer>"));
	put_subject(b, f, issued);
	put_statements(b, f, issued);
	fg_buf_put(b, FG_LIT("</saml:Assertion>"));
}

static void
put_head(struct fg_buf *b, const struct forge *f, fg_time issued)
{
	fg_buf_put(b, FG_LIT("<samlp:Response xmlns:samlp=\"" SAMLP_NS "\" ID=\"_r1\" Version=\"2.0\" "
	    "Destination=\"" FORGE_ACS "\" InResponseTo=\"" FORGE_REQUEST "\""));
	put_time(b, "IssueInstant", issued);
	fg_buf_put(b, FG_LIT("><saml:Issuer xmlns:saml=\"" SAML_NS "\">"));
	if (!given(b, f->response_issuer))
		fg_buf_put(b, FG_LIT(FORGE_ISSUER));
	fg_buf_put(b, FG_LIT("</saml:Issuer>"));
	(void)given(b, f->extensions);
	if (!given(b, f->status))
		fg_buf_put(b, FG_LIT("<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:"
		    "status:Success\"/></samlp:Status>"));
}

/* ---- all of it ---- */

static struct fg_str
assertion_of(struct fg_arena *a, const struct forge *f, fg_time issued)
{
	struct fg_buf b = FG_BUF_ARENA(a, 4u * 1024 * 1024);
	struct fg_str xml;

	put_assertion(&b, f, issued);
	xml = forge_end(&b);
	if (f->before_sign_from != NULL)
		xml = forge_replace(a, xml, fg_str_z(f->before_sign_from), fg_str_z(f->before_sign_to));
	if (f->sign == FORGE_SIGN_ASSERTION || f->sign == FORGE_SIGN_BOTH)
		xml = forge_sign(a, xml, false, &f->alg);
	return xml;
}

struct fg_str
forge_response(struct fg_arena *a, const struct forge *f)
{
	struct fg_buf b = FG_BUF_ARENA(a, 4u * 1024 * 1024);
	fg_time issued = f->issued == 0 ? FORGE_NOW - 30 : f->issued;
	struct fg_str assertion = assertion_of(a, f, issued), xml;

	put_head(&b, f, issued);
	if (f->enc.cipher != NULL)
		forge_put_encrypted(a, &b, &f->enc, assertion);
	else
		fg_buf_put(&b, assertion);
	fg_buf_put(&b, FG_LIT("</samlp:Response>"));
	xml = forge_end(&b);
	if (f->sign == FORGE_SIGN_RESPONSE || f->sign == FORGE_SIGN_BOTH)
		xml = forge_sign(a, xml, true, &f->alg);
	return xml;
}

/* ---- judging ---- */

struct saml_provider *
forge_provider(const char *cert, unsigned allow, bool decrypt)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_REQUEST_BYTES);
	struct fg_str pem = forge_file(a, cert == NULL ? "idp.crt" : cert), der[FG_LIMIT_SAML_KEYS];
	struct fg_str key = decrypt ? forge_file(a, "sp.key") : FG_STR_NULL;
	struct saml_provider *p = NULL;
	struct fg_err err = { .rc = FG_OK };
	size_t n = 0;

	if (saml_pem_read(a, pem, der, FG_LIMIT_SAML_KEYS, &n, &err) != FG_OK ||
	    saml_provider_new(&(struct saml_provider_conf){
	    .id = FG_LIT("arn:aws:iam::123456789012:saml-provider/test"),
	    .entity_id = FG_LIT(FORGE_ISSUER), .key = der, .n_keys = n, .decrypt_pem = &key,
	    .n_decrypt = decrypt, .encryption = SAML_ENCRYPTION_ALLOWED, .allow = allow }, &p,
	    &err) != FG_OK)
		forge_die(err.text);
	return p;
}

struct saml_expect
forge_expect(fg_time now)
{
	static const struct fg_str acs[] = { FG_LIT(FORGE_ACS) };
	static const struct fg_str audience[] = { FG_LIT(FORGE_AUDIENCE) };

	return (struct saml_expect){ .now = now, .skew_s = 60, .recipient = acs, .n_recipients = 1,
		.audience = audience, .n_audiences = 1, .binding = SAML_REQUEST_IS,
		.in_response_to = FG_LIT(FORGE_REQUEST) };
}

enum fg_rc
forge_accept(struct fg_arena *a, const struct saml_provider *p, struct fg_str body, fg_time now,
    struct saml_facts *ret, struct fg_err *reterr)
{
	struct saml_input in = { .body = body, .form = SAML_FORM_EITHER, .now = now,
		.private_ops = FG_LIMIT_SAML_PRIVATE_OPS };
	struct saml_expect want = forge_expect(now);

	return saml_accept(a, p, &in, &want, ret, reterr);
}
