/* tests/unit/oidc/tests.h - the suites of this program, and a whole verification in one line. */
#ifndef TESTS_OIDC_TESTS_H
#define TESTS_OIDC_TESTS_H

#include "tests/unit/oidc/mint.h"
#include "tests/unit/unit.h"

extern CU_TestInfo jws_tests[], jwk_tests[], jwks_tests[], verify_tests[], claims_tests[], parity_tests[],
    keys_tests[], session_tests[], discovery_tests[], vector_tests[], libjwt_tests[];

/* All keys that are good, and a worker; made once. */
struct room {
	struct fg_arena *a;
	struct oidc_jwks *set;
	struct oidc_worker *w;
	struct oidc_provider p;
	struct oidc_facts facts;
	struct oidc_refusal why;
	struct fg_err err;
};

void room_init(struct room *r);
void room_done(struct room *r);
/* Parse, find, verify, read.  Forgets the error of the last call; keeps the arena. */
enum fg_rc room_check(struct room *r, struct fg_str token);
/* The same for claims: signed with ES256. */
enum fg_rc room_claims(struct room *r, struct fg_str payload);
/* Refused with this code and step. */
void room_refused(struct room *r, struct fg_str token, enum fg_rc rc, const char *step);

#define ROOM                                                                                     \
	FG_AUTO(room_done) struct room r = { 0 };                                                \
	room_init(&r)

#endif
