/*
 * gateway/iam/saml_key.c - private keys of SAML providers, for assertions that come encrypted.
 *
 * A key is told apart by its KeyId: a digest of the provider's unique id and the key.  The id is part
 * of what the wrapped row is bound to (rule 6), so that a row does not open for a provider that was
 * deleted and made anew under the same name.
 */
#include <openssl/evp.h>

#include "gateway/iam/admin.h"
#include "gateway/iam/saml_int.h"

enum { ID_BYTES = 16 };

static enum fg_rc
no_memory(struct fg_err *reterr)
{
	return fg_fail(reterr, FG_E_NOMEM, "iam.saml.key", NULL, "arena");
}

void
iam_saml_keys_put(struct iam_saml_keys *to, const struct iam_saml_key *k)
{
	size_t i = to->n;

	if (i == FG_COUNT(to->v))
		return;
	for (; i > 0 && (to->v[i - 1].created > k->created ||
	                    (to->v[i - 1].created == k->created && fg_cmp(to->v[i - 1].id, k->id) > 0)); i--)
		to->v[i] = to->v[i - 1];
	to->v[i] = *k;
	to->n++;
}

struct gather {
	struct iam_saml_keys *to;
	struct fg_str arn;
	struct fg_arena *a;
};

static enum fg_rc
gather(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct gather *g = arg;
	const struct store_secret *s = row;
	struct iam_saml_key k = { .created = s->created };

	(void)kind;
	if (bad)
		return fg_fail(reterr, FG_E_STORE, "iam.saml.key", "rule 19",
		    "a private key was changed behind the store's back");
	if (!idp_saml_key_is(s, g->arn))
		return FG_OK;
	k.id = fg_arena_dup(g->a, s->id);
	if (fg_str_null(k.id))
		return no_memory(reterr);
	iam_saml_keys_put(g->to, &k);
	return FG_OK;
}

enum fg_rc
iam_saml_keys(struct store_tx *tx, struct fg_str arn, struct fg_arena *a, struct iam_saml_keys *ret,
    struct fg_err *reterr)
{
	struct gather g = { .to = ret, .arn = arn, .a = a };

	*ret = (struct iam_saml_keys){ .n = 0 };
	return store_scan(tx, STORE_SECRET, "owner", arn, gather, &g, reterr);
}

/* ---- one key ---- */

static enum fg_rc
id_of(const struct store_saml *p, struct fg_str key, struct fg_arena *a, struct fg_str *ret,
    struct fg_err *reterr)
{
	struct fg_str text = fg_arena_fmt(a, "%.*s\n%.*s", FG_PRI(p->uid), FG_PRI(key));
	unsigned char digest[32];
	struct fg_buf b = FG_BUF_ARENA(a, 2 * ID_BYTES + 1);

	if (fg_str_null(text))
		return no_memory(reterr);
	if (EVP_Q_digest(NULL, "SHA256", NULL, text.p, text.n, digest, NULL) != 1)
		return fg_fail(reterr, FG_E_CRYPTO, "iam.saml.key", NULL, "digest");
	for (size_t i = 0; i < ID_BYTES; i++)
		fg_buf_fmt(&b, "%02X", digest[i]);
	return fg_buf_end(&b, ret) == FG_OK ? FG_OK : no_memory(reterr);
}

enum fg_rc
iam_saml_key_id(const struct store_saml *p, struct fg_str pem, fg_time now, struct fg_arena *a,
    struct fg_str *ret_id, struct fg_str *ret_certificate, struct fg_err *reterr)
{
	struct saml_private k;

	FG_TRY(saml_private_read(a, pem, p->name, now, &k, reterr));
	*ret_certificate = k.certificate;
	return id_of(p, k.id, a, ret_id, reterr);
}

static bool
has(const struct iam_saml_keys *keys, struct fg_str id)
{
	for (size_t i = 0; i < keys->n; i++) {
		if (fg_eq(keys->v[i].id, id))
			return true;
	}
	return false;
}

static enum fg_rc
wrap(struct store_tx *tx, struct cred_client *cred, struct store_secret *row, struct fg_str pem,
    struct fg_arena *a, struct fg_err *reterr)
{
	const struct cred_where where = cred_where_secret(row);
	uint32_t key;

	if (cred == NULL)
		return fg_fail(reterr, FG_E_UNAVAILABLE, "iam.saml.key", NULL, "no key ring to wrap with");
	FG_TRY(admin_sealing(tx, CRED_CLASS_WRAP, &key, reterr));
	FG_TRY(cred_client_wrap(cred, key, &where, pem, a, &row->blob, reterr));
	return store_insert(tx, STORE_SECRET, row, reterr);
}

enum fg_rc
iam_saml_key_add(struct store_tx *tx, struct cred_client *cred, const struct store_saml *p,
    struct fg_str pem, fg_time now, struct fg_arena *a, struct fg_str *ret_id, struct fg_err *reterr)
{
	struct store_secret row = { .account = p->account, .owner = p->arn, .purpose = FG_LIT(IDP_DECRYPT),
		.state = STORE_ACTIVE, .created = now };
	struct iam_saml_keys keys;

	FG_TRY(iam_saml_key_id(p, pem, now, a, &row.id, &row.public_part, reterr));
	FG_TRY(iam_saml_keys(tx, p->arn, a, &keys, reterr));
	*ret_id = row.id;
	if (has(&keys, row.id))
		return FG_OK;
	if (keys.n >= FG_LIMIT_SAML_DECRYPT_KEYS)
		return fg_fail(reterr, FG_E_LIMIT, "iam.saml.keys", NULL, "the provider has %zu private keys",
		    keys.n);
	return wrap(tx, cred, &row, pem, a, reterr);
}

enum fg_rc
iam_saml_key_remove(struct store_tx *tx, const struct store_saml *p, struct fg_str id,
    struct fg_arena *a, struct fg_err *reterr)
{
	const struct store_secret row = { .account = p->account, .id = id };
	struct iam_saml_keys keys;

	FG_TRY(iam_saml_keys(tx, p->arn, a, &keys, reterr));
	if (!has(&keys, id))
		return fg_fail(reterr, FG_E_NOT_FOUND, "iam.saml.key", NULL, "the provider has no key %.*s",
		    FG_PRI(id));
	return store_delete(tx, STORE_SECRET, &row, reterr);
}

/* ---- where metadata comes from ---- */

static enum fg_rc
setting_name(const struct store_saml *p, const char *prefix, struct fg_arena *a, struct fg_str *ret,
    struct fg_err *reterr)
{
	*ret = fg_arena_fmt(a, "%s%.*s", prefix, (int)p->arn.n, p->arn.p);
	return fg_str_null(*ret) ? no_memory(reterr) : FG_OK;
}

static enum fg_rc
setting_drop(struct store_tx *tx, const struct store_saml *p, const char *prefix, struct fg_arena *a,
    struct fg_err *reterr)
{
	struct store_setting row = { .account = p->account };
	struct fg_err err = { .rc = FG_OK };
	enum fg_rc rc;

	FG_TRY(setting_name(p, prefix, a, &row.name, reterr));
	rc = store_delete(tx, STORE_SETTING, &row, &err);
	return rc == FG_OK || rc == FG_E_NOT_FOUND ? FG_OK : fg_fail(reterr, rc, err.step, err.ref, "%s", err.text);
}

enum fg_rc
iam_saml_source_get(struct store_tx *tx, const struct store_saml *p, struct fg_arena *a, struct fg_str *ret,
    struct fg_err *reterr)
{
	struct fg_err err = { .rc = FG_OK };
	struct fg_str name;
	enum fg_rc rc;

	FG_TRY(setting_name(p, IDP_METADATA, a, &name, reterr));
	rc = store_setting_get(tx, p->account, name, a, ret, &err);
	if (rc == FG_E_NOT_FOUND)
		*ret = FG_LIT("");
	return rc == FG_OK || rc == FG_E_NOT_FOUND ? FG_OK : fg_fail(reterr, rc, err.step, err.ref, "%s", err.text);
}

enum fg_rc
iam_saml_source_put(struct store_tx *tx, const struct store_saml *p, struct fg_str source, struct fg_arena *a,
    struct fg_err *reterr)
{
	struct fg_str name;

	if (source.n == 0)
		return setting_drop(tx, p, IDP_METADATA, a, reterr);
	FG_TRY(setting_name(p, IDP_METADATA, a, &name, reterr));
	return store_setting_put(tx, p->account, name, source, reterr);
}

enum fg_rc
iam_saml_delete(struct store_tx *tx, const struct store_saml *p, struct fg_arena *a,
    struct fg_err *reterr)
{
	struct iam_saml_keys keys;

	FG_TRY(iam_saml_keys(tx, p->arn, a, &keys, reterr));
	for (size_t i = 0; i < keys.n; i++)
		FG_TRY(iam_saml_key_remove(tx, p, keys.v[i].id, a, reterr));
	FG_TRY(setting_drop(tx, p, IDP_METADATA, a, reterr));
	FG_TRY(setting_drop(tx, p, IDP_FETCHED, a, reterr));
	return store_delete(tx, STORE_SAML, p, reterr);
}
