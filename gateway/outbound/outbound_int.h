/* gateway/outbound/outbound_int.h - private to gateway/outbound and its tests. */
#ifndef GATEWAY_OUTBOUND_OUTBOUND_INT_H
#define GATEWAY_OUTBOUND_OUTBOUND_INT_H

#include <openssl/evp.h>

#include "gateway/outbound/outbound.h"

/* Keys of an account, whatever their state: a pair each of signing and staged ones, and retiring ones. */
#define OUTBOUND_KEYS_MAX 32

struct outbound_rows {
	struct store_secret v[OUTBOUND_KEYS_MAX]; /* strings in the arena */
	size_t n;
};

/* The algorithm is part of the kid; OUTBOUND_NONE when it is not one of ours. */
enum outbound_alg outbound_kid_alg(struct fg_str kid);
/* {"kty":...}, public members only. */
enum fg_rc outbound_jwk_put(struct fg_buf *b, enum outbound_alg alg, struct fg_str kid,
    const EVP_PKEY *key, struct fg_err *reterr) FG_MUST;
/* A private key of this algorithm and no other. */
enum fg_rc outbound_key_read(enum outbound_alg alg, struct fg_str der, EVP_PKEY **ret,
    struct fg_err *reterr) FG_MUST;
enum fg_rc outbound_key_sign(enum outbound_alg alg, EVP_PKEY *key, struct fg_str input,
    unsigned char sig[OUTBOUND_SIGNATURE_BYTES], size_t *ret_n, struct fg_err *reterr) FG_MUST;
/*
 * The states at `now`, in place (rule 7: nothing goes by a clock that is not confirmed).  How many
 * changed.
 */
size_t outbound_rows_advance(struct outbound_rows *r, fg_time now, bool clock_ok);

#endif
