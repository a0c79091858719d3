/*
 * gateway/iam/saml_int.h - what a SAML provider has beside its row: private keys, wrapped in rows of
 * their own.  The IAM API and bundles change them here.
 */
#ifndef GATEWAY_IAM_SAML_INT_H
#define GATEWAY_IAM_SAML_INT_H

#include "gateway/cred/cred.h"
#include "gateway/idp/idp.h"
#include "gateway/store/store.h"
#include "saml/saml.h"

struct iam_saml_key {
	struct fg_str id; /* KeyId: of this key at this provider, 32 of [0-9A-F] */
	fg_time created;
};
struct iam_saml_keys {
	struct iam_saml_key v[FG_LIMIT_SAML_DECRYPT_KEYS];
	size_t n;
};

/* Oldest first; in the arena. */
enum fg_rc iam_saml_keys(struct store_tx *tx, struct fg_str arn, struct fg_arena *a,
    struct iam_saml_keys *ret, struct fg_err *reterr) FG_MUST;
void iam_saml_keys_put(struct iam_saml_keys *to, const struct iam_saml_key *k);

/* The KeyId that a PEM would get at this provider; FG_E_KEY when it is no key we take. */
enum fg_rc iam_saml_key_id(const struct store_saml *p, struct fg_str pem, fg_time now,
    struct fg_arena *a, struct fg_str *ret_id, struct fg_str *ret_certificate, struct fg_err *reterr) FG_MUST;
/*
 * Wrap a key in a row of its own.  FG_E_KEY, FG_E_LIMIT (two are there already); a key that is there
 * already stays.  cred NULL: FG_E_UNAVAILABLE.
 */
enum fg_rc iam_saml_key_add(struct store_tx *tx, struct cred_client *cred, const struct store_saml *p,
    struct fg_str pem, fg_time now, struct fg_arena *a, struct fg_str *ret_id, struct fg_err *reterr) FG_MUST;
enum fg_rc iam_saml_key_remove(struct store_tx *tx, const struct store_saml *p, struct fg_str id,
    struct fg_arena *a, struct fg_err *reterr) FG_MUST; /* FG_E_NOT_FOUND */
/* Where its metadata comes from (a list as IDP_METADATA has it, or ""): written, or taken out. */
enum fg_rc iam_saml_source_get(struct store_tx *tx, const struct store_saml *p, struct fg_arena *a,
    struct fg_str *ret, struct fg_err *reterr) FG_MUST;
enum fg_rc iam_saml_source_put(struct store_tx *tx, const struct store_saml *p, struct fg_str source,
    struct fg_arena *a, struct fg_err *reterr) FG_MUST;
/* The provider goes, and all that belongs to it. */
enum fg_rc iam_saml_delete(struct store_tx *tx, const struct store_saml *p, struct fg_arena *a,
    struct fg_err *reterr) FG_MUST;

#endif
