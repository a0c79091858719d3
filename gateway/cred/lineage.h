/*
 * gateway/cred/lineage.h - what a token of our own issuer carries of the session that asked for it;
 * part of cred.h.
 *
 * Shape:    the asking session, without its policies, sealed under the epoch keys for a purpose
 *           of its own and bound to the token that it lies in.  Nobody outside reads it, and who
 *           holds a signing key of an account can still not make one.
 * Owns:     an opened session's strings lie in the arena.
 * Errors:   as cred_seal and cred_unseal.
 * Refuses:  a lineage in another token than the one that it was made for, of another installation, or
 *           one that is over.
 * Source:   security.md 4, 8 and 13.
 */
#ifndef GATEWAY_CRED_LINEAGE_H
#define GATEWAY_CRED_LINEAGE_H

#include "gateway/cred/cred.h"

/* bind: what ties it to its token, at most 255 bytes.  Of tags only the transitive ones go along. */
enum fg_rc cred_lineage_seal(struct cred_worker *w, const struct cred_keys *k,
    const struct cred_session *from, struct fg_str bind, fg_time now, int64_t ttl,
    struct fg_buf *out, struct fg_err *reterr) FG_MUST;
enum fg_rc cred_lineage_open(struct cred_worker *w, const struct cred_keys *k, struct fg_str bind,
    struct fg_str text, fg_time now, struct fg_arena *a, struct cred_session *ret,
    struct fg_err *reterr) FG_MUST;

#endif
