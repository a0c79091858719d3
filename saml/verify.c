/*
 * saml/verify.c - untrusted bytes -> struct saml_signed.  The only maker of one.
 */
#include "saml/saml_int.h"

#define OPAQUE "the encrypted assertion does not open, or what is inside is not signed as it must be"

/* ---- R1 ---- */

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
looks_like_xml(struct fg_str body)
{
	if (fg_starts(body, FG_LIT("\xef\xbb\xbf")))
		body = fg_sub(body, 3, body.n);
	while (body.n > 0 && blank(body.p[0]))
		body = fg_sub(body, 1, body.n);
	return body.n > 0 && body.p[0] == '<';
}

enum fg_rc
saml_decode(struct fg_arena *a, struct fg_str body, enum saml_form form, struct fg_str *ret,
    struct fg_err *reterr)
{
	bool xml = form == SAML_FORM_EITHER && looks_like_xml(body);
	enum fg_rc rc;

	/* the limit is on the encoded form; XML is what that could have carried */
	if (body.n == 0 || body.n > (xml ? FG_LIMIT_SAML_BASE64 / 4 * 3 : FG_LIMIT_SAML_BASE64))
		return saml_refuse(reterr, "saml.input.size", "%zu bytes, at most %u base64 characters",
		    body.n, FG_LIMIT_SAML_BASE64);
	if (xml) {
		*ret = body;
		return FG_OK;
	}
	rc = saml_base64(a, body, ret);
	if (rc == FG_E_NOMEM)
		return saml_no_memory(reterr);
	return rc == FG_OK ? FG_OK :
	    saml_refuse(reterr, "saml.input.base64", "not canonical base64");
}

/* ---- the parts ---- */

struct call {
	struct fg_arena *a;
	const struct saml_provider *p;
	const struct saml_input *in;
	struct saml_signed *s;
	struct response untrusted;
	struct proof outer; /* of the Response */
	struct fg_err *err;
};

/* Octets that a key vouched for -> the tree that facts are read from. */
static enum fg_rc
adopt(struct call *c, const struct proof *proof, unsigned part, struct fg_err *reterr)
{
	FG_TRY(xml_parse(c->a, proof->octets, &c->s->doc, reterr));
	c->s->parts |= part;
	c->s->legacy |= proof->legacy;
	c->s->key = proof->key;
	c->s->alg = proof->alg;
	return FG_OK;
}

/* The element whose octets were hashed is the root again, under the same ID. */
static enum fg_rc
adopt_assertion(struct call *c, const struct proof *proof, const struct xml_node *was,
    struct fg_err *reterr)
{
	struct fg_str before, after;

	FG_TRY(adopt(c, proof, SAML_SIGNED_ASSERTION, reterr));
	if (!xml_is(c->s->doc.root, XML_NS_SAML, FG_LIT("Assertion")))
		return saml_refuse(reterr, "saml.signature.octets", "octets are not an Assertion");
	if (!attr_get(c->a, was, FG_LIT("ID"), &before) ||
	    !attr_get(c->a, c->s->doc.root, FG_LIT("ID"), &after))
		return saml_no_memory(reterr);
	if (after.n == 0 || !fg_eq(before, after))
		return saml_refuse(reterr, "saml.signature.octets", "octets have another ID");
	c->s->assertion = c->s->doc.root;
	return FG_OK;
}

/* A plain Assertion under its own signature; the Response's, if any, was verified. */
static enum fg_rc
verify_assertion(struct call *c)
{
	struct proof proof;

	FG_TRY(signature_verify(c->a, c->p, c->untrusted.assertion, c->untrusted.assertion_signature,
	    &proof, c->err));
	c->s->legacy |= c->outer.legacy;
	return adopt_assertion(c, &proof, c->untrusted.assertion, c->err);
}

/* Nothing but the Response's signature covers the assertion: read it from those octets. */
static enum fg_rc
adopt_response(struct call *c, struct response *ret)
{
	FG_TRY(adopt(c, &c->outer, SAML_SIGNED_RESPONSE, c->err));
	FG_TRY(response_read(c->a, &c->s->doc, c->p->entity_id, ret, c->err));
	if (ret->signature != NULL || !fg_eq(ret->id, c->untrusted.id))
		return saml_refuse(c->err, "saml.signature.octets", "octets are another Response");
	c->s->assertion = ret->assertion;
	return FG_OK;
}

/* ---- EncryptedAssertion ---- */

/* The plaintext is one self-contained Assertion; its own signature must verify if it has one. */
static enum fg_rc
read_plaintext(struct call *c, struct fg_str plain, struct fg_err *reterr)
{
	struct xml_doc *doc = FG_NEW(c->a, struct xml_doc);
	const struct xml_node *signature;
	struct proof proof;

	if (doc == NULL)
		return saml_no_memory(reterr);
	FG_TRY(xml_parse(c->a, plain, doc, reterr));
	if (!xml_is(doc->root, XML_NS_SAML, FG_LIT("Assertion")) ||
	    doc->n_assertions + doc->n_encrypted != 1)
		return saml_refuse(reterr, "saml.encrypted.open", OPAQUE);
	FG_TRY(response_signature(doc->root, &signature, reterr));
	if (doc->n_signatures != (unsigned)(signature != NULL))
		return saml_refuse(reterr, "saml.encrypted.open", OPAQUE);
	if (signature != NULL) {
		FG_TRY(signature_verify(c->a, c->p, doc->root, signature, &proof, reterr));
		return adopt_assertion(c, &proof, doc->root, reterr);
	}
	/* "encrypted" never replaces "signed": the Response's signature covers the cipher text */
	if ((c->s->parts & SAML_SIGNED_RESPONSE) == 0)
		return saml_refuse(reterr, "saml.encrypted.open", OPAQUE);
	c->s->doc = *doc;
	c->s->assertion = doc->root;
	return FG_OK;
}

static enum fg_rc
try_private_keys(struct call *c, const struct envelope *e, struct fg_err *reterr)
{
	unsigned char *out = fg_arena_alloc(c->a, e->data.n + CRYPTO_BLOCK);
	struct fg_str plain = FG_STR_NULL;
	bool open = false;

	if (out == NULL)
		return saml_no_memory(reterr);
	for (size_t i = 0; i < c->p->n_decrypt && i < c->in->private_ops && !open; i++)
		open = crypto_open(&c->p->decrypt[i], &e->wrap, e->cipher, e->wrapped, e->data, out,
		    &plain);
	return open ? read_plaintext(c, plain, reterr)
		    : saml_refuse(reterr, "saml.encrypted.open", OPAQUE);
}

/* All that may be said before the private key is used. */
static enum fg_rc
admit_encrypted(struct call *c, const struct envelope *e)
{
	bool bare = (c->s->parts & SAML_SIGNED_RESPONSE) == 0 && !e->cipher->gcm;

	if (c->p->n_decrypt == 0)
		return saml_refuse(c->err, "saml.encrypted.key", "the provider has no private key");
	if (e->wrap.transport == CRYPTO_RSA15) {
		if ((c->p->allow & SAML_ALLOW_RSA15) == 0)
			return saml_refuse(c->err, "saml.encrypted.algorithm",
			    "RSA 1.5 key transport needs the switch rsa15");
		c->s->legacy |= SAML_ALLOW_RSA15;
	}
	if (bare) {
		if ((c->p->allow & SAML_ALLOW_BARE_CBC) == 0)
			return saml_refuse(c->err, "saml.encrypted.cbc",
			    "AES-CBC without a signed Response needs the switch bare-cbc");
		c->s->legacy |= SAML_ALLOW_BARE_CBC;
	}
	if (c->in->private_ops == 0)
		return saml_refuse(c->err, "saml.encrypted.admission",
		    "needs a private-key operation");
	return FG_OK;
}

static enum fg_rc
verify_encrypted(struct call *c)
{
	const struct xml_node *encrypted = c->untrusted.encrypted;
	struct envelope e = { .cipher = NULL };
	struct fg_err inner = { .rc = FG_OK };
	struct response trusted;
	enum fg_rc rc;

	if (c->untrusted.signature != NULL) {
		FG_TRY(adopt_response(c, &trusted));
		encrypted = trusted.encrypted;
	}
	FG_TRY(encrypted_read(c->a, encrypted, &e, c->err));
	FG_TRY(admit_encrypted(c, &e));
	c->s->encrypted = true;
	rc = try_private_keys(c, &e, &inner);
	if (rc == FG_OK)
		return FG_OK;
	/* our own faults keep their name; every other failure has one name and one text */
	if (fg_rc_class(rc) == FG_SELF)
		return fg_fail(c->err, rc, inner.step, inner.ref, "%s", inner.text);
	return saml_refuse(c->err, "saml.encrypted.open", OPAQUE);
}

/* ---- saml_verify ---- */

static enum fg_rc
check_provider(const struct saml_provider *p, const struct saml_input *in, struct fg_err *reterr)
{
	if (p->valid_until != 0 && in->now >= p->valid_until)
		return saml_refuse(reterr, "saml.provider.expired",
		    "the provider's metadata was valid until %lld", (long long)p->valid_until);
	return FG_OK;
}

/* R7: every signature present verifies, and one of them covers the assertion. */
static enum fg_rc
verify_parts(struct call *c)
{
	struct response trusted;
	const struct response *u = &c->untrusted;

	if (u->encrypted == NULL && c->p->encryption == SAML_ENCRYPTION_REQUIRED)
		return saml_refuse(c->err, "saml.encrypted.required",
		    "the provider requires encrypted assertions");
	if (u->signature != NULL) {
		FG_TRY(signature_verify(c->a, c->p, u->root, u->signature, &c->outer, c->err));
		c->s->parts |= SAML_SIGNED_RESPONSE;
	}
	if (u->encrypted != NULL)
		return verify_encrypted(c);
	if (u->assertion_signature != NULL)
		return verify_assertion(c);
	if (u->signature != NULL)
		return adopt_response(c, &trusted);
	return saml_refuse(c->err, "saml.signature.missing",
	    "neither the Response nor the Assertion is signed");
}

enum fg_rc
saml_verify(struct fg_arena *a, const struct saml_provider *p, const struct saml_input *in,
    const struct saml_signed **ret, struct fg_err *reterr)
{
	struct call c = { .a = a, .p = p, .in = in, .err = reterr };
	struct xml_doc *doc = FG_NEW(a, struct xml_doc);
	struct fg_str xml;

	c.s = FG_NEW(a, struct saml_signed);
	if (doc == NULL || c.s == NULL)
		return saml_no_memory(reterr);
	FG_TRY(saml_decode(a, in->body, in->form, &xml, reterr));
	FG_TRY(check_provider(p, in, reterr));
	FG_TRY(xml_parse(a, xml, doc, reterr));
	FG_TRY(response_read(a, doc, p->entity_id, &c.untrusted, reterr));
	FG_TRY(verify_parts(&c));
	c.s->provider = p;
	c.s->response_id = c.untrusted.id;
	c.s->response_in_response_to = c.untrusted.in_response_to;
	c.s->destination = c.untrusted.destination;
	*ret = c.s;
	return FG_OK;
}

const struct saml_provider *
saml_signed_provider(const struct saml_signed *s)
{
	return s->provider;
}
