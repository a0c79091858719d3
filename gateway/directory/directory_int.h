/*
 * gateway/directory/directory_int.h - inside the directory: entities in tables, documents,
 * and what is gathered from rows before an entity is built.
 *
 * Writers hold the directory's mutex.  A replaced entity leaves the tables first and is freed
 * after a grace period.
 */
#ifndef GATEWAY_DIRECTORY_DIRECTORY_INT_H
#define GATEWAY_DIRECTORY_DIRECTORY_INT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <urcu/urcu-memb.h>
#include <urcu/rculfhash.h>
#include <urcu/rculist.h>

#include "gateway/directory/directory.h"

/* ---- documents (document.c) ---- */

struct directory_document {
	struct directory_document *next; /* in its bucket; writers only */
	uint64_t hash;
	size_t refs; /* writers only */
	enum trust_kind kind;
	struct fg_str text;
	struct fg_str bindings; /* list of principal, what it was bound to */
	_Atomic(struct trust_program *) program;
	struct rcu_head rcu;
};

struct documents {
	struct directory_document **bucket;
	size_t mask, count;
};

/* A reference to the document with this content; NULL: out of memory. */
struct directory_document *directory_document_get(struct directory *d, enum trust_kind kind,
    struct fg_str text, struct fg_str bindings);
void directory_document_put(struct directory *d, const struct directory_document *doc);
void directory_documents_done(struct directory *d);

/* ---- entities ---- */

struct entity {
	struct cds_lfht_node by_id;   /* kind and primary key */
	struct cds_lfht_node by_name; /* kind, account and name, when named */
	struct cds_list_head in_account;
	struct rcu_head rcu;
	enum store_kind kind;
	bool named;
	bool wide; /* its name is unique in the installation, not in the account */
	struct fg_str id;      /* primary key */
	struct fg_str account; /* scope of name */
	struct fg_str name;    /* second key */
	union {
		struct directory_account account;
		struct directory_role role;
		struct directory_user user;
		struct directory_group group;
		struct directory_policy policy;
		struct directory_key key;
		struct directory_oidc oidc;
		struct directory_saml saml;
		struct store_setting setting;
		struct store_unit unit;
		struct store_control control;
		struct store_target target;
		struct store_secret secret;
		struct store_mfa mfa;
		struct store_ring ring;
		struct store_cut cut;
		struct store_profile profile;
	} u;
};

/* The entities of one account, one list a kind. */
struct scope {
	struct cds_lfht_node node;
	struct fg_str account;
	struct cds_list_head list[STORE_KIND_MAX];
	char text[];
};

/* A service or a region that something was used with (used.c). */
struct used_word {
	_Atomic int state;
	uint8_t n;
	char text[27];
};

struct directory {
	pthread_mutex_t lock; /* writers */
	struct cds_lfht *ids, *names, *scopes;
	size_t filled, size; /* entities, and buckets for them; writers only */
	struct documents documents;
	uint64_t key[2];
	struct directory_stats stats;
	struct store *store;
	_Atomic bool stale; /* a commit could not be followed */
	struct controls *controls; /* controls.c; NULL without an organisation */
	directory_change_fn on_change;
	void *on_change_arg;
	struct used_word word[128]; /* the first stands for none */
};

/* ---- tables (table.c) ---- */

enum fg_rc directory_tables_init(struct directory *d) FG_MUST;
/* More buckets when there are many entities.  Waits for no reader. */
void directory_tables_grow(struct directory *d);
void directory_tables_done(struct directory *d);
struct entity *directory_by_id(const struct directory *d, enum store_kind kind, struct fg_str id);
struct entity *directory_by_name(const struct directory *d, enum store_kind kind,
    struct fg_str account, struct fg_str name);
struct scope *directory_scope_find(const struct directory *d, struct fg_str account);
/* Put *e in (replacing the one with its id); NULL e only takes the old one out. */
enum fg_rc directory_replace(struct directory *d, enum store_kind kind, struct fg_str id,
    struct entity *e) FG_MUST;
void directory_entity_free(struct directory *d, struct entity *e);
bool *directory_entity_flag(struct entity *e); /* quarantined, or NULL for kinds without */

/* ---- children of an entity, gathered before it is built (gather.c) ---- */

struct child {
	struct child *next;
	enum store_kind kind; /* VERSION, INLINE, ATTACHMENT, MEMBER, KEY */
	bool bad;
	struct fg_str name; /* inline name, policy ARN, group unique id, key id */
	struct fg_str document;
	int64_t number;
	fg_time created;
};

struct family {
	struct family *next;
	struct fg_str owner;
	struct child *first, **last;
	size_t n;
};

struct gather {
	struct fg_arena *arena;
	struct family **bucket;
	size_t mask, count;
	uint64_t key[2];
};

enum fg_rc directory_gather_init(struct gather *g, const struct directory *d) FG_MUST;
void directory_gather_done(struct gather *g);
const struct family *directory_gather_find(const struct gather *g, struct fg_str owner);
/* A visitor of the store: keeps rows of the child kinds, ignores others. */
enum fg_rc directory_gather_row(struct gather *g, enum store_kind kind, const void *row,
    bool bad, struct fg_err *reterr) FG_MUST;
bool directory_is_child(enum store_kind kind);

/* ---- building (build.c, build_provider.c) ---- */

/* One block of memory that an entity and all it points to lie in. */
struct block {
	char *p;
	size_t used, room;
	struct entity *e;
};

/* Sized by the caller; extra bytes for strings and arrays. */
bool directory_block(struct block *b, enum store_kind kind, size_t extra);
void *directory_block_array(struct block *b, size_t n, size_t size);
struct fg_str directory_block_str(struct block *b, struct fg_str s);
size_t directory_list_bytes(struct fg_str list);
const struct fg_str *directory_block_list(struct block *b, struct fg_str list, size_t *ret_n);
const struct directory_tag *directory_block_tags(struct block *b, struct fg_str list,
    size_t *ret_n);

/* The entity of a row with its children; a bad row gives one that only denies. */
enum fg_rc directory_build(struct directory *d, enum store_kind kind, const void *row, bool bad,
    const struct family *f, struct entity **ret, struct fg_err *reterr) FG_MUST;
bool directory_build_provider(struct block *b, enum store_kind kind, const void *row);
bool directory_build_row(struct block *b, enum store_kind kind, const void *row);

/* used.c */
void directory_used_init(struct directory *d);
void directory_used_inherit(struct entity *to, struct entity *from);

/* ---- the organisation (controls.c); writers, outside of a reader's section ---- */

enum fg_rc directory_controls_build(struct directory *d) FG_MUST;
void directory_controls_done(struct directory *d);
bool directory_controls_touched(const struct store_change *c);

/* follow.c */
void directory_follow(void *arg, struct store *st, const struct store_change *v, size_t n);
/* Threads that are no readers of their own, for the time of one piece of work. */
bool directory_thread_borrow(void);
void directory_thread_return(bool borrowed);

#endif
