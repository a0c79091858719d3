/*
 * gateway/ctl/ctl_store.h - ring and store of a configuration, for commands that work without a
 * running gateway.
 *
 * Shape:    ctl_store_open() reads the ring in this process (which then leaves no core and cannot
 *           be traced), opens the store with the ring's row key and loads it.
 *           ctl_store_create() is the ground of `fedgate init`: both are made, neither was there.
 * Errors:   FG_E_NOT_FOUND  no store or no ring: name `fedgate init`
 *           FG_E_EXISTS     create: a store or a ring is there (or a link in its place)
 *           FG_E_CONFLICT   store.owner: a gateway is running on this store
 *           FG_E_KEY        ring and store are not of one installation
 */
#ifndef GATEWAY_CTL_STORE_H
#define GATEWAY_CTL_STORE_H

#include "gateway/conf/conf.h"
#include "gateway/cred/cred.h"
#include "gateway/store/store.h"

struct ctl_store {
	struct cred_client *cred; /* owned; wraps and unwraps here, without a process */
	struct store *store;      /* owned */
	struct cred_rows rows;    /* of the ring, as the store knows them */
	fg_time now;
};

enum fg_rc ctl_store_open(const struct conf *c, struct ctl_store *ret,
    struct fg_err *reterr) FG_MUST;
enum fg_rc ctl_store_create(const struct conf *c, struct ctl_store *ret,
    struct fg_err *reterr) FG_MUST;
/* As open, on a store that is damaged or below its mark: accepts it as it is (store_recover). */
enum fg_rc ctl_store_recover(const struct conf *c, struct ctl_store *ret,
    struct fg_err *reterr) FG_MUST;
/* The folder that a file lies in: made, or ours and closed to others. */
enum fg_rc ctl_folder_of(const char *path, struct fg_err *reterr) FG_MUST;
void ctl_store_close(struct ctl_store *s); /* half-open ones too */
/*
 * Is the wall clock confirmed by the mark that a running gateway leaves (STORE.clock): not before
 * it, and not more than a week after it?  Without a mark it is not.
 */
bool ctl_store_clock_ok(const struct conf *c);
/* The path of the mark. */
bool ctl_store_mark(const struct conf *c, char out[4096]) FG_MUST;
/* Id of the key that wraps new secrets; 0: none seals. */
uint32_t ctl_store_wrap_key(const struct ctl_store *s);

#endif
