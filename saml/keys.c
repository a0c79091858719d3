/*
 * saml/keys.c - the saml:* condition keys of a trust policy, as one table.
 */
#include "saml/saml_int.h"

#define EDU "urn:oid:1.3.6.1.4.1.5923.1.1.1."
#define ORG "urn:oid:1.3.6.1.4.1.5923.1.2.1."
#define CLAIM "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"

enum { SOURCES = 4 };

enum fact { FROM_ATTRIBUTES = 0, FROM_AUD, FROM_ISS, FROM_SUB, FROM_SUB_TYPE, FROM_QUALIFIER,
	FROM_DOC };

struct row {
	struct saml_key key;
	enum fact from;
	struct fg_str source[SOURCES]; /* attribute Names */
};

#define ONE(name) { name, false, false, NULL, 0 }
#define MANY(name) { name, true, false, NULL, 0 }
#define KEPT(name) { name, false, true, NULL, 0 }

/* Some rows know an object identifier in two spellings: AWS documents 2.4.5.42 for givenName
 * and 0.9.2342.19200300100.1.* for uid and mail, where X.500 has 2.5.4.42 and
 * 0.9.2342.19200300.100.1.*; identity providers send either. */
static const struct row rows[SAML_KEYS] = {
	{ KEPT("saml:aud"), FROM_AUD, { FG_STR_NULL } },
	{ KEPT("saml:iss"), FROM_ISS, { FG_STR_NULL } },
	{ KEPT("saml:sub"), FROM_SUB, { FG_STR_NULL } },
	{ KEPT("saml:sub_type"), FROM_SUB_TYPE, { FG_STR_NULL } },
	{ KEPT("saml:namequalifier"), FROM_QUALIFIER, { FG_STR_NULL } },
	{ KEPT("saml:doc"), FROM_DOC, { FG_STR_NULL } },
	{ MANY("saml:cn"), FROM_ATTRIBUTES, { FG_LIT("urn:oid:2.5.4.3") } },
	{ ONE("saml:commonName"), FROM_ATTRIBUTES,
	    { FG_LIT("http://schemas.xmlsoap.org/claims/CommonName"), FG_LIT("2.5.4.3") } },
	{ ONE("saml:name"), FROM_ATTRIBUTES, { FG_LIT(CLAIM "name") } },
	{ ONE("saml:givenName"), FROM_ATTRIBUTES,
	    { FG_LIT(CLAIM "givenname"), FG_LIT("2.4.5.42"), FG_LIT("2.5.4.42") } },
	{ ONE("saml:surname"), FROM_ATTRIBUTES, { FG_LIT(CLAIM "surname"), FG_LIT("2.5.4.4") } },
	{ ONE("saml:mail"), FROM_ATTRIBUTES, { FG_LIT(CLAIM "emailaddress"),
	    FG_LIT("0.9.2342.19200300100.1.3"), FG_LIT("0.9.2342.19200300.100.1.3") } },
	{ ONE("saml:uid"), FROM_ATTRIBUTES,
	    { FG_LIT("0.9.2342.19200300100.1.1"), FG_LIT("0.9.2342.19200300.100.1.1") } },
	{ ONE("saml:primaryGroupSID"), FROM_ATTRIBUTES,
	    { FG_LIT("http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid") } },
	{ ONE("saml:organizationStatus"), FROM_ATTRIBUTES,
	    { FG_LIT("0.9.2342.19200300100.1.45"), FG_LIT("0.9.2342.19200300.100.1.45") } },
	{ ONE("saml:x500UniqueIdentifier"), FROM_ATTRIBUTES, { FG_LIT("2.5.4.45") } },
	{ MANY("saml:edupersonaffiliation"), FROM_ATTRIBUTES, { FG_LIT(EDU "1") } },
	{ MANY("saml:edupersonnickname"), FROM_ATTRIBUTES, { FG_LIT(EDU "2") } },
	{ ONE("saml:edupersonorgdn"), FROM_ATTRIBUTES, { FG_LIT(EDU "3") } },
	{ MANY("saml:edupersonorgunitdn"), FROM_ATTRIBUTES, { FG_LIT(EDU "4") } },
	{ ONE("saml:edupersonprimaryaffiliation"), FROM_ATTRIBUTES, { FG_LIT(EDU "5") } },
	{ ONE("saml:edupersonprincipalname"), FROM_ATTRIBUTES, { FG_LIT(EDU "6") } },
	{ MANY("saml:edupersonentitlement"), FROM_ATTRIBUTES, { FG_LIT(EDU "7") } },
	{ ONE("saml:edupersonprimaryorgunitdn"), FROM_ATTRIBUTES, { FG_LIT(EDU "8") } },
	{ MANY("saml:edupersonscopedaffiliation"), FROM_ATTRIBUTES, { FG_LIT(EDU "9") } },
	{ MANY("saml:edupersontargetedid"), FROM_ATTRIBUTES, { FG_LIT(EDU "10") } },
	{ MANY("saml:edupersonassurance"), FROM_ATTRIBUTES, { FG_LIT(EDU "11") } },
	{ MANY("saml:eduorghomepageuri"), FROM_ATTRIBUTES, { FG_LIT(ORG "2") } },
	{ MANY("saml:eduorgidentityauthnpolicyuri"), FROM_ATTRIBUTES, { FG_LIT(ORG "3") } },
	{ MANY("saml:eduorglegalname"), FROM_ATTRIBUTES, { FG_LIT(ORG "4") } },
	{ MANY("saml:eduorgsuperioruri"), FROM_ATTRIBUTES, { FG_LIT(ORG "5") } },
	{ MANY("saml:eduorgwhitepagesuri"), FROM_ATTRIBUTES, { FG_LIT(ORG "6") } },
};

const struct saml_key *
saml_key_row(size_t i)
{
	return i < FG_COUNT(rows) ? &rows[i].key : NULL;
}

struct fg_str
saml_name_qualifier(struct fg_arena *a, struct fg_str issuer, struct fg_str account,
    struct fg_str provider_name)
{
	struct fg_buf b = FG_BUF_ARENA(a, 4096 + issuer.n + account.n + provider_name.n);
	struct fg_buf out = FG_BUF_ARENA(a, 64);
	unsigned char digest[CRYPTO_DIGEST_MAX];
	struct fg_str in, ret = FG_STR_NULL;

	fg_buf_put(&b, issuer);
	fg_buf_put(&b, account);
	fg_buf_putc(&b, '/');
	fg_buf_put(&b, provider_name);
	if (fg_buf_end(&b, &in) != FG_OK || !crypto_sha1(in, digest))
		return FG_STR_NULL;
	fg_buf_base64(&out, fg_str(digest, 20));
	if (fg_buf_end(&out, &ret) != FG_OK)
		return FG_STR_NULL;
	return ret;
}

/* All values of the row's attributes, in the order of its sources. */
static enum fg_rc
from_attributes(struct fg_arena *a, const struct saml_facts *f, const struct row *r,
    struct saml_key *ret, struct fg_err *reterr)
{
	const struct saml_attribute *at[SOURCES] = { NULL };
	struct fg_str *v;
	size_t n = 0, k = 0;

	for (size_t i = 0; i < SOURCES && !fg_str_null(r->source[i]); i++) {
		at[i] = saml_attribute_find(f, r->source[i]);
		n += at[i] == NULL ? 0 : at[i]->n_values;
	}
	if (n == 0)
		return FG_OK;
	/* two values of a key that policies read as one: which one would be a guess */
	if (n > 1 && !r->key.array)
		return saml_refuse(reterr, "saml.attribute.single", "%zu values for %s", n, r->key.name);
	if ((v = FG_NEW_N(a, struct fg_str, n)) == NULL)
		return saml_no_memory(reterr);
	for (size_t i = 0; i < SOURCES; i++) {
		for (size_t j = 0; at[i] != NULL && j < at[i]->n_values; j++)
			v[k++] = at[i]->value[j];
	}
	ret->value = v;
	ret->n_values = n;
	return FG_OK;
}

static struct fg_str
from_facts(struct fg_arena *a, const struct saml_facts *f, enum fact from, struct fg_str account,
    struct fg_str name)
{
	switch (from) {
	case FROM_AUD:
		return f->recipient;
	case FROM_ISS:
		return f->issuer;
	case FROM_SUB:
		return f->subject;
	case FROM_SUB_TYPE:
		return f->subject_type;
	case FROM_QUALIFIER:
		return saml_name_qualifier(a, f->issuer, account, name);
	case FROM_DOC:
		return fg_arena_fmt(a, "%.*s/%.*s", (int)account.n, account.p, (int)name.n, name.p);
	case FROM_ATTRIBUTES:
		break;
	}
	return FG_STR_NULL;
}

enum fg_rc
saml_keys(struct fg_arena *a, const struct saml_facts *f, struct fg_str account,
    struct fg_str provider_name, struct saml_key ret[SAML_KEYS], size_t *ret_n,
    struct fg_err *reterr)
{
	size_t n = 0;

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		struct saml_key k = rows[i].key;
		struct fg_str *v;

		if (rows[i].from == FROM_ATTRIBUTES) {
			FG_TRY(from_attributes(a, f, &rows[i], &k, reterr));
		} else {
			if ((v = FG_NEW(a, struct fg_str)) == NULL)
				return saml_no_memory(reterr);
			*v = from_facts(a, f, rows[i].from, account, provider_name);
			if (fg_str_null(*v))
				return saml_no_memory(reterr);
			k.value = v;
			k.n_values = 1;
		}
		if (k.n_values > 0)
			ret[n++] = k;
	}
	*ret_n = n;
	return FG_OK;
}
