/* tests/unit/outbound/tests.h - a store with a key ring, and the tables of this program. */
#ifndef TESTS_OUTBOUND_TESTS_H
#define TESTS_OUTBOUND_TESTS_H

#include "gateway/outbound/outbound_int.h"
#include "tests/unit/store/fixture.h"

extern CU_TestInfo key_tests[], row_tests[], find_tests[];

struct rig {
	struct box box;
	struct store *st;
	struct directory *d;
	struct cred_client *cred;
	struct fg_arena *a;
	struct outbound_pair keys; /* of the last rig_make() */
	struct outbound_change o;
	struct fg_err err;
	fg_time now;
};

void rig_open(struct rig *r);
void rig_close(struct rig *r);
#define RIG                                                                                      \
	FG_AUTO(rig_close) struct rig r;                                                         \
	rig_open(&r)

void rig_reopen(struct rig *r); /* the store is closed in between by rig_shut() */
void rig_shut(struct rig *r);
void rig_make(struct rig *r);
/* In a transaction of its own, at r->now, for an account. */
enum fg_rc rig_enable(struct rig *r, struct fg_str account);
enum fg_rc rig_disable(struct rig *r, struct fg_str account);
enum fg_rc rig_stage(struct rig *r, struct fg_str account);
enum fg_rc rig_advance(struct rig *r, struct fg_str account, bool clock_ok, size_t *ret_changed);
/* How many keys are published; SIZE_MAX without an issuer. */
size_t rig_published(struct rig *r, struct fg_str account);
bool rig_publishes(struct rig *r, struct fg_str account, struct fg_str kid);
/* The kid that signs; null without one. */
struct fg_str rig_signing(struct rig *r, struct fg_str account, enum outbound_alg alg);

#endif
