/*
 * tests/unit/idp/world.h - the gateway's side, turned by hand: the test is the clock and the fetch process.
 */
#ifndef TESTS_IDP_WORLD_H
#define TESTS_IDP_WORLD_H

#include "tests/unit/idp/tests.h"
#include "tests/unit/store/fixture.h"

#define URL "https://token.example.com/acme"
#define ARN(account) "arn:aws:iam::" account ":oidc-provider/token.example.com/acme"
#define ARN1 ARN("111122223333")
#define ARN2 ARN("444455556666")
#define DOC "{\"issuer\":\"" URL "\",\"jwks_uri\":\"https://keys.example.com/jwks\"}"

extern int64_t clock_ms;

struct world {
	struct box box;
	struct store *st;
	struct directory *d;
	struct idp *idp;
	int fetch; /* our end of the link */
	struct fg_arena *a;
	unsigned events[IDP_EVENT_MAX];
	unsigned done; /* waiters that were called */
	struct idp_request last; /* of the fetch process */
	char url[256];
};

void world_open(struct world *w);
void world_close(struct world *w);

#define WORLD                                                                                    \
	FG_AUTO(world_close) struct world w;                                                     \
	world_open(&w)

struct store_oidc row(const char *arn, const char *url, const char *jwks);
void put(struct world *w, const struct store_oidc *r);
void drop(struct world *w, const struct store_oidc *r);
/* The next request, as the fetch process gets it; false when there is none. */
bool asked(struct world *w);
bool asked_for(struct world *w, const char *url);
void say(struct world *w, const struct idp_answer *a);
void answer(struct world *w, struct fg_str body);
void fail(struct world *w, enum idp_outcome o, uint16_t status);
/* A key set of one key file. */
struct fg_str keys(struct world *w, const char *key);
/* Both documents. */
void serve(struct world *w, const char *key);
/* FG_OK: there is a set and the kid is in it; FG_E_NOT_FOUND: it is not. */
enum fg_rc look(struct world *w, const char *arn, const char *kid);
bool wait_for_kid(struct world *w, const char *arn, const char *kid);
void pass(struct world *w, int64_t ms);

#endif
