/* tests/unit/iam/ask.h - requests to the IAM API in the world of the API's tests. */
#ifndef TESTS_IAM_ASK_H
#define TESTS_IAM_ASK_H

#include "gateway/iam/query.h"
#include "tests/unit/api/world.h"

#define ALLOW(action) "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"" action "\",\"Resource\":\"*\"}]}"
#define GRANTED(call)                                                                            \
	do {                                                                                     \
		struct reply got_ = (call);                                                      \
		CHECK_GRANTED(got_);                                                             \
	} while (0)
#define REFUSED(call, status, code)                                                              \
	do {                                                                                     \
		struct reply got_ = (call);                                                      \
		CHECK_FAULT(got_, (status), (code));                                             \
	} while (0)
#define ALICE_UID "AIDA00000000000000001"
#define BOB_UID "AIDA00000000000000002"

/* "ACTION&Name=value..."; each has a second of its own. */
struct reply iam(const struct signer *s, const char *form);
/* The same as alice, with a document to be escaped. */
struct reply ask_document(const char *form, const char *name, const char *document);
/* The same as alice, formatted. */
struct reply askf(const char *fmt, ...) FG_PRINTF(1, 2);
/* alice's inline policy for this test. */
void alice_may(const char *policy);
/* What a new secret is wrapped with. */
void wrap_key_seals(void);
/* A world in which nothing has happened, for each test. */
void world_new(void);

#endif
