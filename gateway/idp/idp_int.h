/*
 * gateway/idp/idp_int.h - what the files of this folder share.
 *
 * address.c  which addresses may be connected to            (fetch process)
 * fetch.c    the loop of the fetch process, fetch_curl.c one transfer, fetch_tls.c trust
 * wire.c     messages between the two processes
 * sched.c    when to fetch: pure, a clock is passed in      (gateway)
 * source.c   one issuer: documents in
 * set.c      its key set
 * table.c    providers to sources, for readers
 * waiters.c  requests that wait for a fetch
 * idp.c      the thread, and what workers ask
 * stats.c    numbers
 * document.c documents for somebody else
 */
#ifndef GATEWAY_IDP_IDP_INT_H
#define GATEWAY_IDP_IDP_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/cur.h"
#include "gateway/idp/idp.h"

/* ---- addresses ---- */

struct idp_policy {
	const struct idp_allow *allow;
	size_t n;
};

/* May this address and port be connected to for a URL with this host? */
bool idp_address_ok(const struct idp_policy *p, struct fg_str host, const struct fg_ip *ip, uint16_t port);
/* The configuration of the fetch role back into a policy in the arena. */
enum fg_rc idp_policy_parse(struct fg_arena *a, struct fg_str text, struct idp_policy *ret,
    struct fg_err *reterr) FG_MUST;

/* ---- messages ---- */

#define IDP_THUMB 20 /* bytes: SHA-1 */

enum idp_outcome {
	IDP_OUT_NONE = 0, /* no answer */
	IDP_OUT_OK,
	IDP_OUT_URL,     /* not https, or not a URL */
	IDP_OUT_ADDRESS, /* an address that may not be connected to */
	IDP_OUT_RESOLVE,
	IDP_OUT_CONNECT,
	IDP_OUT_TLS,
	IDP_OUT_STATUS, /* not 200, redirects included */
	IDP_OUT_SIZE,
	IDP_OUT_TIMEOUT,
	IDP_OUT_BUSY,
	IDP_OUT_BROKEN, /* transfer ended early, memory */
	IDP_OUT_MAX
};
const char *idp_outcome_text(enum idp_outcome o);

struct idp_request {
	uint64_t id;
	uint32_t max_bytes;
	uint32_t timeout_ms;
	struct fg_str url;
	struct fg_str ca; /* PEM; empty: the system's */
	unsigned char thumb[FG_LIMIT_THUMBPRINTS][IDP_THUMB];
	size_t nthumb;
};

enum idp_part { IDP_PART_NONE = 0, IDP_PART_DATA, IDP_PART_END };

struct idp_answer {
	uint64_t id;
	enum idp_part part;
	struct fg_str data; /* DATA */
	/* END */
	enum idp_outcome outcome;
	uint16_t status;
	int32_t max_age; /* seconds; -1: not said */
};

#define IDP_DATA_BYTES 32768 /* of one DATA message */

void idp_request_put(struct fg_buf *b, const struct idp_request *r);
bool idp_request_read(struct fg_str msg, struct idp_request *ret) FG_MUST;
void idp_answer_put(struct fg_buf *b, const struct idp_answer *r);
bool idp_answer_read(struct fg_str msg, struct idp_answer *ret) FG_MUST;

/* ---- the fetch process ---- */

/* Until the link closes.  fd is the link. */
int idp_fetch_run(int fd, const struct idp_policy *policy);

/* ---- schedule: all times in ms of one monotonic clock ---- */

#define IDP_NEVER INT64_MAX

/* How often, and how long without. */
struct idp_pace {
	int64_t fresh_min, fresh, fresh_max; /* of what was fetched; `fresh` when the answer does not say */
	int64_t retry, retry_max;            /* first and longest wait after failures */
};
extern const struct idp_pace idp_pace_keys;

struct idp_sched {
	const struct idp_pace *pace; /* idp_sched_init(): idp_pace_keys */
	int64_t fetched; /* last good answer; IDP_NEVER: none yet */
	int64_t fresh;   /* until then the set is fresh */
	int64_t refresh; /* when the background refresh is due */
	int64_t expires; /* after this the set does not serve */
	int64_t stale;   /* bound: how long the last good set serves */
	int64_t retry;   /* after failures: not before */
	unsigned failures;
	bool busy;
	unsigned tokens; /* for unknown kids */
	int64_t refill;  /* when the next token comes */
	int64_t extra;   /* when the next extra fetch is allowed */
	uint64_t rng;
};

enum idp_kid {
	IDP_KID_NO = 0, /* no fetch may be made */
	IDP_KID_JOIN,   /* one is on its way */
	IDP_KID_FETCH,  /* begin one */
};

void idp_sched_init(struct idp_sched *s, int64_t now, uint64_t seed);
/* Is the background refresh due? */
bool idp_sched_due(const struct idp_sched *s, int64_t now);
/* When to look again; IDP_NEVER while busy. */
int64_t idp_sched_next(const struct idp_sched *s);
void idp_sched_begin(struct idp_sched *s);
/* max_age_s: of the answer, -1 when it said nothing. */
void idp_sched_good(struct idp_sched *s, int64_t now, int32_t max_age_s);
void idp_sched_bad(struct idp_sched *s, int64_t now);
/* An unknown kid was presented: takes a token when it answers IDP_KID_FETCH. */
enum idp_kid idp_sched_kid(struct idp_sched *s, int64_t now);

/* ---- negatives: kids that are known not to exist ---- */

struct idp_negatives {
	struct {
		uint64_t hash;
		int64_t until; /* 0: free */
	} slot[FG_LIMIT_IDP_NEGATIVES];
};
bool idp_negative_has(const struct idp_negatives *n, uint64_t hash, int64_t now);
void idp_negative_add(struct idp_negatives *n, uint64_t hash, int64_t now);
void idp_negative_clear(struct idp_negatives *n);

/* ---- sources ---- */

enum idp_state {
	IDP_STATE_NONE = 0, /* nothing yet; the first fetch is on its way or failed */
	IDP_STATE_FRESH,
	IDP_STATE_STALE,   /* the issuer does not answer; the last good set serves */
	IDP_STATE_EXPIRED, /* past the stale bound */
};

enum idp_phase { IDP_PHASE_IDLE = 0, IDP_PHASE_DISCOVERY, IDP_PHASE_KEYS };

struct idp_set; /* a key set that readers may hold */

struct idp_waiter {
	struct idp_waiter *next;
	idp_done_fn done;
	void *arg;
	int64_t deadline;
	uint64_t kid; /* hash */
	char *arn;    /* of one that waits for its provider to be known */
};

struct idp_source {
	struct idp_source *next;  /* of the registry */
	unsigned char key[32];    /* SHA-256 of what it is fetched from, or of the upload */
	bool upload;
	bool wanted;              /* mark of the sweep */
	/* owned copies */
	char *issuer, *ca;
	unsigned char thumb[FG_LIMIT_THUMBPRINTS][IDP_THUMB];
	size_t nthumb;
	char *dropped;            /* kids left out: a store list of dropped_n bytes */
	size_t dropped_n;
	/* readers */
	struct idp_set *set;      /* RCU */
	_Atomic enum idp_state state;
	_Atomic bool failing;     /* the last fetch failed */
	/* idp's thread; sched, negatives and waiter under idp->lock */
	struct idp_sched sched;
	struct idp_negatives negatives;
	struct idp_waiter *waiter;
	enum idp_phase phase;
	uint64_t request;         /* id; 0: none */
	int64_t deadline;         /* of the request */
	struct fg_buf body;
	char *jwks_uri;           /* of the last good discovery document; NULL */
};

struct idp_table;

struct idp {
	struct idp_config conf;
	int64_t (*clock)(void); /* ms, monotonic */
	pthread_t thread;
	bool started;
	int wake; /* eventfd */
	uint64_t hash_key[2];
	pthread_mutex_t lock; /* schedules, negatives, waiters, stats */
	_Atomic bool stop, resync;
	struct idp_source *sources; /* idp's thread */
	struct idp_table *table;    /* RCU */
	struct idp_waiter *orphans; /* under lock */
	struct idp_document *asked; /* under lock */
	struct idp_document *documents;
	size_t inflight;
	uint64_t last_id;
	struct idp_stats stats; /* under lock */
	struct fg_arena *arena; /* idp's thread; reset after each use */
	unsigned char *msg;     /* receive buffer */
	int64_t retry_sync;
};

/* idp_open() without the thread: tests turn the wheel themselves. */
enum fg_rc idp_new(const struct idp_config *c, int64_t (*clock)(void), struct idp **ret,
    struct fg_err *reterr) FG_MUST;
/* Everything that is due now; returns when to look again. */
int64_t idp_tick(struct idp *idp, int64_t now);
/* Answers of the fetch process. */
void idp_read(struct idp *idp, int64_t now);
void idp_wake(struct idp *idp);
/* Count states of sources into the stats; on idp's thread. */
void idp_stats_count(struct idp *idp);
void idp_emit(const struct idp *idp, enum idp_event_kind kind, const struct idp_source *s,
    const struct fg_err *err);

/* document.c: all on idp's thread */
struct idp_document;
int64_t idp_documents_tick(struct idp *idp, int64_t now);
/* False: not the answer to one of them. */
bool idp_documents_answer(struct idp *idp, const struct idp_answer *a);
void idp_documents_end(struct idp *idp); /* those who wait are told */

/* set.c: all on idp's thread */
/* NULL takes the keys away.  The set is the source's from now on. */
void idp_set_publish(struct idp_source *s, struct idp_set *set);
/* Parse a document and publish its set; *retchanged says whether it is another one. */
enum fg_rc idp_set_take(struct idp *idp, struct idp_source *s, struct fg_str doc, bool *retchanged,
    struct fg_err *reterr) FG_MUST;
/*
 * Begin with the set of a source that is fetched from the same place under the same trust: dropping
 * a key must not cost the others until the fetch that begins now has ended.
 */
void idp_set_inherit(struct idp *idp, struct idp_source *s);

/* What the operator said of a provider; empty: nothing. */
struct idp_word {
	struct fg_str dropped; /* store list of kids */
	struct fg_str stale;   /* seconds */
};

/* source.c: all on idp's thread */
struct idp_source *idp_source_new(struct idp *idp, const struct directory_oidc *p,
    const struct idp_word *word, const unsigned char key[32], int64_t now);
void idp_source_free(struct idp *idp, struct idp_source *s); /* after a grace period */
/* False: no digest; the key says nothing then. */
bool idp_source_key(const struct directory_oidc *p, const struct idp_word *word, unsigned char key[32]) FG_MUST;
/* Begin what is due, end what is overdue, expire what is too old. */
void idp_source_tick(struct idp *idp, struct idp_source *s, int64_t now);
void idp_source_answer(struct idp *idp, struct idp_source *s, const struct idp_answer *a, int64_t now);
int64_t idp_source_next(const struct idp_source *s);
/* The present set; between directory_enter and leave. */
const struct oidc_jwks *idp_source_set(const struct idp_source *s);
/* The fetch that was begun for a kid. */
void idp_source_kid(struct idp *idp, struct idp_source *s, int64_t now);

/* table.c */
struct idp_row {
	char *arn;
	char *url;
	int64_t generation;
	fg_time created;
	struct idp_source *source;
};
/* NULL: not known (yet), or another generation of it is.  Between directory_enter and leave. */
struct idp_source *idp_table_find(const struct idp *idp, const struct directory_oidc *p);
/* Read all providers of the directory; publishes a new table. */
enum fg_rc idp_table_sync(struct idp *idp, int64_t now, struct fg_err *reterr);
void idp_table_free(struct idp_table *t);

/* waiters.c */
/* Call all, or those whose time is up at now, of a list. */
void idp_waiters_end(struct idp *idp, struct idp_waiter **list, int64_t now, bool all);
int64_t idp_waiters_next(const struct idp_waiter *list);

#endif
