/*
 * gateway/iam/organization.h - the store's organisation as a model: units, control policies and what
 * they are attached to.
 *
 * Shape:    read whole in a transaction, by a bundle that is applied or exported and by a change of
 *           Organizations.
 * Owns:     nothing; the model lies in the caller's arena.
 * Errors:   FG_E_STORE  a row was changed behind the store's back    FG_E_NOMEM, FG_E_LIMIT
 */
#ifndef GATEWAY_IAM_ORGANIZATION_H
#define GATEWAY_IAM_ORGANIZATION_H

#include "gateway/store/store.h"

struct bn_control {
	struct store_control row;
	struct fg_str targets; /* list */
	struct fg_buf list;    /* while it is read from the store */
	struct fg_str tags;    /* of a file */
	struct fg_str place;
};

/* Where an account hangs. */
struct bn_hang {
	struct fg_str id, parent, tags;
};

/* A setting of the installation, its name without "organization.". */
struct bn_setting {
	struct fg_str name, value;
};

struct bn_org {
	bool given;
	struct fg_str management;
	struct fg_str id, root, types; /* types: list of those in force; of a file, null is what it does not say */
	struct bn_setting *set;        /* not in the index */
	size_t nset, room_set;
	bool statuses_given;
	struct store_unit *units;
	size_t nunits;
	struct bn_control *controls;
	size_t ncontrols;
	struct bn_hang *hangs;
	size_t nhangs;
};

/* The types of control policies. */
enum { BN_ORG_TYPES = 2 };
extern const struct fg_str bn_org_types[BN_ORG_TYPES];

enum fg_rc bn_org_load(struct store_tx *tx, struct fg_arena *a, struct bn_org *ret,
    struct fg_err *reterr) FG_MUST;
/* The same without what policies say and how they are described. */
enum fg_rc bn_org_index(struct store_tx *tx, struct fg_arena *a, struct bn_org *ret,
    struct fg_err *reterr) FG_MUST;
const struct store_unit *bn_unit_find(const struct bn_org *o, struct fg_str id);
struct bn_control *bn_control_find(const struct bn_org *o, struct fg_str id);

#endif
