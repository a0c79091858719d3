/*
 * gateway/ops/ops_int.h - what the files of the audit share.
 *
 * A line of a record ends with its MAC:  {...,"mac":"<64 hex>"}}
 *     d    = SHA-256 of the line up to (not with) that tail
 *     mac  = HMAC-SHA-256(K, d);  then K = SHA-256(K)
 *     head = SHA-256(d || mac), which the chain's next record names as "prev"
 * A checkpoint's line is  {"checkpoint":{...},"sig":"..."}  and its hash that of the inner object.
 */
#ifndef OPS_INT_H
#define OPS_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/sha256.h"
#include "gateway/ops/ops.h"

/* ---- hash.c ---- */

/* SHA-256 of a, then b. */
void ops_sha256(struct fg_str a, struct fg_str b, uint8_t ret[AUDIT_HASH]);
/* A link: from digest of the line to MAC and head; the key moves on. */
void ops_link(uint8_t key[AUDIT_HASH], struct fg_str line, uint8_t mac[AUDIT_HASH],
    uint8_t head[AUDIT_HASH]);
/* What a checkpoint's signature covers. */
#define OPS_SIGNED_TEXT 128
struct fg_str ops_signed_text(char room[OPS_SIGNED_TEXT], const uint8_t hash[AUDIT_HASH]);

/* A batch: lines, one more line over that, and a checkpoint of all chains. */
#define OPS_BATCH_BYTES (4u << 20)
#define OPS_OUT_BYTES (OPS_BATCH_BYTES + FG_LIMIT_AUDIT_LINE + (1u << 20))

#define OPS_MAC_TAIL 75 /* bytes of ,"mac":"<64 hex>"}} */

/* ---- record.c ---- */

struct ops_place {
	const uint8_t *chain; /* AUDIT_CHAIN_ID */
	uint64_t seq;
	const uint8_t *prev; /* AUDIT_HASH */
	uint32_t key;        /* not 0: named (the first record of a chain) */
};

/* The line up to the MAC's tail.  Parameters are left out when it would be too long. */
enum fg_rc ops_record(struct fg_buf *b, const struct audit_record *r, const struct ops_place *at);

/* ---- field.c ---- */

bool ops_fits(enum audit_class c, struct fg_str v);
/* The value as its class wants it, or the notice that it is hidden. */
void ops_put_value(struct fg_buf *b, enum audit_class c, struct fg_str v);
/* A comma unless the object or array is empty; then the quoted name and a colon. */
void ops_name(struct fg_buf *b, const char *name);
void ops_field(struct fg_buf *b, const char *name, enum audit_class c, struct fg_str v); /* null: nothing */
void ops_hex_field(struct fg_buf *b, const char *name, const uint8_t *p, size_t n);
void ops_time_field(struct fg_buf *b, const char *name, fg_time t); /* 0: nothing */

/* ---- queue and writer: audit.c, writer.c, checkpoint.c ---- */

struct ops_entry {
	struct ops_entry *next; /* of a batch of one worker */
	struct audit_chain *chain;
	audit_done done;
	void *arg;
	enum fg_rc rc;
	uint64_t seq;
	uint8_t head[AUDIT_HASH];
	uint32_t n;
	char line[];
};

struct audit_chain {
	struct audit *audit;
	unsigned index;
	/* the producer's */
	uint8_t id[AUDIT_CHAIN_ID];
	uint8_t key[AUDIT_HASH];
	uint8_t head[AUDIT_HASH];
	uint64_t seq; /* of the next record */
	struct fg_buf line;
	/* between both */
	_Atomic uint32_t in, out;
	struct ops_entry *slot[FG_LIMIT_AUDIT_QUEUE];
	/* the writer's */
	bool begun;
	uint64_t written_seq;
	uint8_t written_head[AUDIT_HASH];
	struct ops_entry *first, *last; /* of the batch in work */
};

struct audit {
	struct audit_config c;
	char *path;
	unsigned n_chain; /* workers, and the shared one */
	struct audit_chain *chain;
	pthread_mutex_t shared_lock;
	/* the writer's */
	pthread_t thread;
	int fd;
	uint64_t synced; /* bytes of the file that are on disk */
	struct fg_buf out;
	struct audit_mark mark;
	bool mark_new; /* a checkpoint in out is not reported yet */
	uint64_t next_checkpoint_ms;
	unsigned last_batch;
	/* between threads */
	int wake_fd;
	_Atomic bool sleeping, stop, reopen, failing;
	_Atomic uint64_t records, batches, checkpoints, unsigned_checkpoints, failures, refused, sync_us;
};

struct ops_tail_chain {
	uint8_t id[AUDIT_CHAIN_ID];
	uint64_t seq;
	uint8_t head[AUDIT_HASH];
};

/* How a file ends. */
struct ops_tail {
	bool found; /* a checkpoint */
	struct audit_mark mark;
	uint64_t size;                 /* whole lines, bytes */
	uint64_t torn;                 /* bytes of an unfinished last line */
	struct ops_tail_chain *chain;  /* heap: chains with records after that checkpoint */
	size_t n_chain;
};

enum fg_rc ops_tail_read(int fd, struct ops_tail *ret, struct fg_err *reterr) FG_MUST;
void ops_tail_done(struct ops_tail *t);

/* Put a checkpoint into a->out and move a->mark on.  tail: what an opening one has recovered, or NULL. */
void ops_checkpoint(struct audit *a, const char *event, const struct ops_tail *tail);
/* Open or create the file; *ret_fd is the caller's. */
enum fg_rc ops_file_open(const char *path, int *ret_fd, struct fg_err *reterr) FG_MUST;
/* Write and sync a->out; on success it is empty, on failure the file is as it was. */
bool ops_flush(struct audit *a);
void *ops_writer(void *audit);
uint64_t ops_ms(void); /* monotonic */
uint64_t ops_us(void);

/* ---- line.c: reading what was written ---- */

enum ops_kind { OPS_LINE_BAD = 0, OPS_LINE_RECORD, OPS_LINE_CHECKPOINT };

#define OPS_LINE_CHAINS 1024 /* chains that one checkpoint lists */

struct ops_line {
	enum ops_kind kind;
	struct fg_json json;
	/* record */
	struct ops_place place; /* chain and prev point into the arena */
	struct fg_str digested; /* the line without the MAC's tail */
	uint8_t mac[AUDIT_HASH];
	struct fg_str request_id;
	/* checkpoint */
	struct fg_str object; /* the inner one, verbatim */
	uint64_t n;
	uint8_t *prev;
	struct fg_str event;
	struct ops_tail_chain *chain, *recovered;
	size_t n_chain, n_recovered;
	bool is_signed;
	uint8_t sig[AUDIT_SIG];
};

/* line without its line feed. */
enum fg_rc ops_line_read(struct fg_arena *a, struct fg_str line, struct ops_line *ret,
    struct fg_err *reterr) FG_MUST;

#endif
