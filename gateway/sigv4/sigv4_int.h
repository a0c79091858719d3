/* gateway/sigv4/sigv4_int.h - private to gateway/sigv4 and its tests. */
#ifndef GATEWAY_SIGV4_SIGV4_INT_H
#define GATEWAY_SIGV4_SIGV4_INT_H

#include "gateway/sigv4/sigv4.h"

/* One query parameter. */
struct sigv4_param {
	struct fg_str name;  /* decoded */
	struct fg_str value; /* decoded */
};

struct sigv4_params {
	struct sigv4_param *v;
	size_t n;
};

/* What must be unique wherever it stands. */
enum sigv4_field {
	SIGV4_F_ALGORITHM = 0,
	SIGV4_F_CREDENTIAL,
	SIGV4_F_DATE,
	SIGV4_F_EXPIRES,
	SIGV4_F_SIGNED,
	SIGV4_F_SIGNATURE,
	SIGV4_F_TOKEN,
	SIGV4_F_MAX
};

/* query.c: the raw query, decoded; FG_E_SYNTAX on '+', a bad escape, too many. */
enum fg_rc sigv4_query_read(struct fg_arena *a, struct fg_str raw, struct sigv4_params *ret,
    struct fg_err *reterr) FG_MUST;
/* Canonical form of the query without X-Amz-Signature. */
enum fg_rc sigv4_query_canonical(struct fg_arena *a, const struct sigv4_params *q,
    struct fg_buf *b, struct fg_err *reterr) FG_MUST;
/* The authentication parameters; null where absent.  Refuses repeats and other spellings. */
enum fg_rc sigv4_query_fields(const struct sigv4_params *q,
    struct fg_str field[SIGV4_F_MAX], struct fg_err *reterr) FG_MUST;

/* scope.c */
enum fg_rc sigv4_credential_read(struct fg_str credential, struct sigv4_auth *ret,
    struct fg_err *reterr) FG_MUST;
enum fg_rc sigv4_authorization_read(struct fg_str value, struct fg_str field[SIGV4_F_MAX],
    struct fg_err *reterr) FG_MUST;
enum fg_rc sigv4_signed_names_check(struct fg_str list, struct fg_err *reterr) FG_MUST;
bool sigv4_hex32(struct fg_str hex, unsigned char ret[SIGV4_DIGEST_BYTES]);

/* names.c: membership in a list "a;b;c"; name in any case. */
bool sigv4_is_signed(struct fg_str list, struct fg_str name);

#endif
