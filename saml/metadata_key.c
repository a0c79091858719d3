/*
 * saml/metadata_key.c - the signing keys of a role, and what an administrator should hear.
 */
#include "saml/metadata_int.h"

enum { SOON_S = 14 * 86400, CERTS_MAX = 16 };

static enum fg_rc
warn(struct fg_arena *a, struct warnings *w, struct fg_str text, struct fg_err *reterr)
{
	if (fg_str_null(text))
		return saml_no_memory(reterr);
	if (w->v == NULL && (w->v = FG_NEW_N(a, struct fg_str, WARNINGS_MAX)) == NULL)
		return saml_no_memory(reterr);
	if (w->n < WARNINGS_MAX)
		w->v[w->n++] = text;
	return FG_OK;
}

static struct fg_str
date(struct fg_arena *a, fg_time t)
{
	struct fg_buf b = FG_BUF_ARENA(a, 32);
	struct fg_str s;

	fg_buf_time(&b, t);
	return fg_buf_end(&b, &s) == FG_OK ? s : FG_STR_NULL;
}

static enum fg_rc
warn_key(struct fg_arena *a, const struct saml_metadata_key *k, fg_time now, struct warnings *w,
    struct fg_err *reterr)
{
	struct fg_str until = date(a, k->not_after), from = date(a, k->not_before);

	if (fg_str_null(until) || fg_str_null(from))
		return saml_no_memory(reterr);
	if (k->not_after != 0 && now >= k->not_after)
		FG_TRY(warn(a, w, fg_arena_fmt(a, "saml.metadata.expired-certificate: key %.16s: "
		    "the certificate expired %.*s; its key is still accepted", k->id.p,
		    FG_PRI(until)), reterr));
	if (k->not_before != 0 && now < k->not_before)
		FG_TRY(warn(a, w, fg_arena_fmt(a, "saml.metadata.future-certificate: key %.16s: "
		    "the certificate begins %.*s; its key is accepted already", k->id.p,
		    FG_PRI(from)), reterr));
	if (k->bits >= 1024 && k->bits < 2048)
		FG_TRY(warn(a, w, fg_arena_fmt(a, "saml.metadata.weak-key: key %.16s: RSA of %u bits "
		    "is used only with the switch rsa1024", k->id.p, k->bits), reterr));
	return FG_OK;
}

enum fg_rc
metadata_warn_entity(struct fg_arena *a, const struct saml_metadata *m,
    const struct saml_metadata_want *want, struct warnings *w, struct fg_err *reterr)
{
	struct fg_str until = date(a, m->valid_until);

	if (fg_str_null(until))
		return saml_no_memory(reterr);
	if (m->valid_until != 0 && m->valid_until - want->now < SOON_S)
		FG_TRY(warn(a, w, fg_arena_fmt(a, "saml.metadata.expires-soon: the metadata is valid "
		    "until %.*s", FG_PRI(until)), reterr));
	if (m->n_sso == 0)
		FG_TRY(warn(a, w, fg_arena_dup(a, FG_LIT("saml.metadata.no-sso: no "
		    "SingleSignOnService; sign-in pages cannot use this provider")), reterr));
	return FG_OK;
}

struct keys {
	struct saml_metadata_key *v;
	size_t n;
	const struct crypto *crypto;
};

static bool
known(const struct keys *ks, const char *id)
{
	for (size_t i = 0; i < ks->n; i++) {
		if (fg_eq(ks->v[i].id, fg_str_z(id)))
			return true;
	}
	return false;
}

/* One certificate: a key that can be used, or a warning. */
static enum fg_rc
add_key(struct fg_arena *a, struct keys *ks, struct fg_str der, fg_time now, struct warnings *w,
    struct fg_err *reterr)
{
	struct fg_err why = { .rc = FG_OK };
	struct saml_metadata_key *k = &ks->v[ks->n];
	struct crypto_key key;
	enum fg_rc rc = crypto_key_init(&key, ks->crypto, der, &why);

	if (rc != FG_OK && fg_rc_class(rc) == FG_SELF)
		return fg_fail(reterr, rc, why.step, why.ref, "%s", why.text);
	if (rc != FG_OK)
		return warn(a, w, fg_arena_fmt(a, "saml.metadata.unusable-key: %s", why.text), reterr);
	if (known(ks, key.id)) {
		crypto_key_done(&key);
		return FG_OK;
	}
	if (ks->n == FG_LIMIT_SAML_KEYS) {
		crypto_key_done(&key);
		return warn(a, w, fg_arena_fmt(a, "saml.metadata.many-keys: only the first %d signing "
		    "keys are used", FG_LIMIT_SAML_KEYS), reterr);
	}
	*k = (struct saml_metadata_key){ .der = der, .id = fg_arena_dup(a, fg_str_z(key.id)),
		.bits = key.kind == CRYPTO_RSA ? key.bits : 0 };
	crypto_key_done(&key);
	if (fg_str_null(k->id))
		return saml_no_memory(reterr);
	crypto_cert_dates(der, &k->not_before, &k->not_after);
	ks->n++;
	return warn_key(a, k, now, w, reterr);
}

/* The first certificate of each X509Data: the rest would be a chain, not keys. */
static enum fg_rc
read_descriptor(struct fg_arena *a, const xmlNode *descriptor, struct keys *ks, fg_time now,
    struct warnings *w, struct fg_err *reterr)
{
	const xmlNode *info = metadata_child(descriptor, DS, "KeyInfo");
	const xmlNode *data = info == NULL ? NULL : metadata_child(info, DS, "X509Data");

	for (; data != NULL; data = metadata_next(data, DS, "X509Data")) {
		const xmlNode *cert = metadata_child(data, DS, "X509Certificate");
		struct fg_str der = FG_STR_NULL;
		enum fg_rc rc = cert == NULL ? FG_OK : metadata_base64(a, cert, &der);

		if (cert == NULL)
			continue;
		if (rc == FG_E_NOMEM)
			return saml_no_memory(reterr);
		if (rc != FG_OK)
			return saml_refuse(reterr, "saml.metadata.key", "certificate is not base64");
		FG_TRY(add_key(a, ks, der, now, w, reterr));
	}
	return FG_OK;
}

static enum fg_rc
read_descriptors(struct fg_arena *a, const xmlNode *role, struct keys *ks, fg_time now,
    struct warnings *w, struct fg_err *reterr)
{
	const xmlNode *d = metadata_child(role, MD, "KeyDescriptor");

	for (unsigned i = 0; d != NULL && i < CERTS_MAX; d = metadata_next(d, MD, "KeyDescriptor"), i++) {
		struct fg_str use;

		if (!metadata_attr(a, d, "use", &use))
			return saml_no_memory(reterr);
		if (fg_str_null(use) || fg_eq(use, FG_LIT("signing")))
			FG_TRY(read_descriptor(a, d, ks, now, w, reterr));
	}
	return FG_OK;
}

enum fg_rc
metadata_keys(struct fg_arena *a, const xmlNode *role, const struct saml_metadata_want *want,
    struct saml_metadata *m, struct warnings *w, struct fg_err *reterr)
{
	struct crypto crypto = { { NULL } };
	/* one place more than are kept, so that the next candidate can be built in place */
	struct keys ks = { FG_NEW_N(a, struct saml_metadata_key, FG_LIMIT_SAML_KEYS + 1), 0, &crypto };
	enum fg_rc rc = FG_OK;

	if (ks.v == NULL)
		return saml_no_memory(reterr);
	if (!crypto_init(&crypto))
		rc = fg_fail(reterr, FG_E_CRYPTO, "saml.metadata.key", NULL, "digest is not available");
	if (rc == FG_OK)
		rc = read_descriptors(a, role, &ks, want->now, w, reterr);
	crypto_done(&crypto);
	FG_TRY(rc);
	if (ks.n == 0)
		return saml_refuse(reterr, "saml.metadata.key",
		    "no usable signing certificate in IDPSSODescriptor%s%.*s",
		    w->n > 0 ? ": " : "", w->n > 0 ? (int)w->v[0].n : 0, w->n > 0 ? w->v[0].p : "");
	m->key = ks.v;
	m->n_keys = ks.n;
	return FG_OK;
}
