/*
 * tests/unit/cred/rig.h - a ring, its server, a snapshot and a worker, at a time of our choice.
 */
#ifndef TESTS_CRED_RIG_H
#define TESTS_CRED_RIG_H

#include "gateway/cred/cred_int.h"
#include "tests/unit/unit.h"

#define RIG_NOW ((fg_time)1763829431) /* 2025-11-22T16:37:11Z, 37 minutes into its epoch */
#define RIG_ACCOUNT "111122223333"
#define RIG_ROLE "AROAABCDEFGHIJKLMNOPQ"

struct rig {
	struct cred_client *c;
	struct cred_ring *ring; /* of c */
	struct cred_key_row rows[8];
	size_t n;
	struct cred_keys *k;
	struct cred_worker *w;
	fg_time now; /* of the server */
};

/* A ring whose keys of every class seal; ends the test when it cannot be had. */
void rig_open(struct rig *r);
/* The snapshot anew, for r->now and r->rows. */
void rig_refresh(struct rig *r);
void rig_close(struct rig *r);
/* Id of the first key of a class. */
uint32_t rig_key(const struct rig *r, enum cred_class cls);
/* A session of the usual shape, issued at r->now for an hour. */
struct cred_session rig_session(const struct rig *r);
/* Mint or end the test. */
void rig_mint(struct rig *r, const struct cred_session *s, struct cred_minted *ret);
enum fg_rc rig_open_token(struct rig *r, const struct cred_minted *m, fg_time now,
    struct cred_opened *ret, struct fg_err *reterr);
/* A folder of our own below the build folder's temporary place; removed by rig_folder_gone. */
void rig_folder(char path[64]);
void rig_folder_gone(const char *path);

extern CU_TestInfo crypt_tests[], session_tests[], mint_tests[], epoch_tests[], purpose_tests[], ring_tests[],
    state_tests[], clock_tests[], wrap_tests[], client_tests[], id_tests[], files_tests[];

#endif
