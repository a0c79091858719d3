/* tests/unit/api/outbound.h - issuers of the world's accounts, and what their tokens say. */
#ifndef TESTS_API_OUTBOUND_H
#define TESTS_API_OUTBOUND_H

#include "tests/unit/api/world.h"

/* The account has an issuer, made at `world.now`. */
void issuer_on(struct fg_str account);
void issuer_off(struct fg_str account);
/* GetWebIdentityToken by s; more is added to the form. */
struct reply outbound_get(const struct signer *s, const char *more);
#define OUTBOUND_AUD "&Audience.member.1=https%3A%2F%2Fapi.example.com"
#define OUTBOUND_RS OUTBOUND_AUD "&SigningAlgorithm=RS256"

/* The claims of the reply's token, verified with the account's published keys; NULL: they do not verify. */
struct claims {
	struct fg_json json;
	struct fg_str kid;
	enum oidc_alg alg;
};
bool outbound_claims(const struct reply *r, struct fg_str account, struct claims *ret);
/* A string member of the claims, or of the object "https://sts.amazonaws.com/" in them. */
struct fg_str claim_str(const struct claims *c, const char *name);
struct fg_str claim_inner(const struct claims *c, const char *name);
int64_t claim_int(const struct claims *c, const char *name);

/* Of a reply that is not kept. */
#define GRANTED(call)                                                                            \
	do {                                                                                     \
		struct reply got_ = (call);                                                      \
		CHECK_GRANTED(got_);                                                             \
	} while (0)
#define REFUSED(call, status, code)                                                              \
	do {                                                                                     \
		struct reply got_ = (call);                                                      \
		CHECK_FAULT(got_, status, code);                                                 \
	} while (0)

#endif
