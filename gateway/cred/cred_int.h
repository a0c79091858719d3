/*
 * gateway/cred/cred_int.h - private to gateway/cred and its tests.
 *
 * crypt.c   HMAC, HKDF, XAES-256-GCM on prepared contexts
 * blob.c    header, AAD, hedged nonce: every sealed thing is one of these
 * session.c TLV form of a session and its rules
 * mint.c    credentials from a session and back
 * seal.c    blobs of other purposes
 * epoch.c   snapshots of epoch keys
 * ring.c, ringfile.c   root keys in memory, and their file
 * wrap.c    long-lived secrets
 * rows.c    rows of the store that speak of keys and secrets
 * fleet.c   nodes, and what they let happen to keys; rowkey.c   rows under a new key
 * server.c, client.c, main.c   the process, its protocol, its callers
 */
#ifndef CRED_INT_H
#define CRED_INT_H

#include <openssl/evp.h>
#include <stdatomic.h>

#include "base/sha256.h"
#include "gateway/cred/cred.h"

/* ---- crypt.c ---- */

#define CRED_KEY_BYTES 32
#define CRED_NONCE_BYTES 24
#define CRED_TAG_BYTES 16

/* An XAES-256-GCM key with its CMAC subkey, which depends on the key alone. */
struct cred_xkey {
	uint8_t k[CRED_KEY_BYTES];
	uint8_t k1[16];
};

struct cred_worker {
	EVP_CIPHER_CTX *ecb, *seal, *open;
	cred_rand_fn rand;
	void *rand_arg;
	uint8_t pool[1024]; /* random bytes drawn ahead: each is used once and wiped */
	size_t pool_n;     /* left, at the front */
};

/* n random bytes, at most sizeof(pool); false: refuse whatever needed them. */
bool worker_rand(struct cred_worker *w, void *p, size_t n) FG_MUST;

/* All return false on failure of the library; outputs are then undefined. */
bool crypt_hkdf(const uint8_t root[CRED_KEY_BYTES], struct fg_str salt, struct fg_str info,
    uint8_t *out, size_t n) FG_MUST;
bool xaes_prepare(struct cred_worker *w, const uint8_t k[CRED_KEY_BYTES],
    struct cred_xkey *ret) FG_MUST;
/* out: plain.n + CRED_TAG_BYTES. */
bool xaes_seal(struct cred_worker *w, const struct cred_xkey *key,
    const uint8_t nonce[CRED_NONCE_BYTES], const struct fg_str *aad, size_t aad_n,
    struct fg_str plain, uint8_t *out) FG_MUST;
/* out: sealed.n - CRED_TAG_BYTES; wiped when the tag does not fit. */
bool xaes_open(struct cred_worker *w, const struct cred_xkey *key,
    const uint8_t nonce[CRED_NONCE_BYTES], const struct fg_str *aad, size_t aad_n,
    struct fg_str sealed, uint8_t *out) FG_MUST;
void cred_wipe(void *p, size_t n);

/* ---- blob.c ---- */

#define BLOB_HEAD_BYTES 36
#define BLOB_OVERHEAD (BLOB_HEAD_BYTES + CRED_TAG_BYTES)
#define BLOB_WRAP 0x40u /* purpose byte of a wrapped secret: this plus its kind */

struct blob_head {
	uint8_t purpose;
	uint32_t key_id;
	uint32_t epoch; /* 0 for wrapped secrets */
};

/* What a blob is bound to beside its header. */
struct blob_bind {
	const uint8_t *installation; /* CRED_INSTALLATION_BYTES */
	struct fg_str tail;          /* length-prefixed fields, made by the caller */
};

/* out: plain.n + BLOB_OVERHEAD. */
enum fg_rc blob_seal(struct cred_worker *w, const struct cred_xkey *key,
    const uint8_t nonce_key[CRED_KEY_BYTES], const struct blob_head *head,
    const struct blob_bind *bind, struct fg_str plain, uint8_t *out, struct fg_err *reterr) FG_MUST;
/* Magic, version, purpose, size: FG_E_CREDENTIAL.  Nothing is authentic yet. */
enum fg_rc blob_head_read(struct fg_str raw, uint8_t purpose, struct blob_head *ret,
    struct fg_err *reterr) FG_MUST;
/* out: raw.n - BLOB_OVERHEAD. */
enum fg_rc blob_open(struct cred_worker *w, const struct cred_xkey *key,
    const struct blob_bind *bind, struct fg_str raw, uint8_t *out, struct fg_err *reterr) FG_MUST;
/* The nonce inside a blob or one just made. */
const uint8_t *blob_nonce(const uint8_t *raw);

/* ---- epoch.c ---- */

#define EPOCH_S 3600
#define EPOCH_BACK 37 /* epochs kept behind the present one: 36 h and a part */
#define EPOCH_AHEAD 3
#define EPOCH_COUNT (EPOCH_BACK + 1 + EPOCH_AHEAD)

/* Index of a derived key: a purpose, or one of these. */
#define EPOCH_D_SECRET CRED_P_MAX
#define EPOCH_D_NONCE (CRED_P_MAX + 1)
#define EPOCH_D_MAX (CRED_P_MAX + 2)
#define EPOCH_WIRE_BYTES ((EPOCH_D_MAX - 1) * CRED_KEY_BYTES) /* of one epoch; index 0 is unused */

struct epoch_keys {
	struct cred_xkey x[CRED_P_MAX];
	uint8_t secret[CRED_KEY_BYTES];
	uint8_t nonce[CRED_KEY_BYTES];
};

struct epoch_set {
	uint32_t id;
	uint32_t first, n;
	struct epoch_keys *e; /* n of them */
};

#define EPOCH_SETS_MAX 8

struct cred_keys {
	atomic_int refs;
	uint8_t installation[CRED_INSTALLATION_BYTES];
	struct epoch_set set[EPOCH_SETS_MAX];
	size_t sets;
	size_t seal; /* index of the set that seals; sets: none */
	fg_time good_until;
};

enum fg_rc epoch_derive(const uint8_t root[CRED_KEY_BYTES],
    const uint8_t installation[CRED_INSTALLATION_BYTES], uint32_t key_id, uint32_t epoch,
    uint8_t out[EPOCH_WIRE_BYTES], struct fg_err *reterr) FG_MUST;
uint32_t epoch_of(fg_time t);
/* NULL when the snapshot does not hold it. */
const struct epoch_keys *epoch_find(const struct cred_keys *k, uint32_t key_id, uint32_t epoch);
/* The keys to seal with at t, and the id of their root. */
const struct epoch_keys *epoch_sealing(const struct cred_keys *k, fg_time t, uint32_t *ret_id);
/* An empty snapshot; sets are added from what cred answered (count * EPOCH_WIRE_BYTES). */
struct cred_keys *keys_new(const uint8_t installation[CRED_INSTALLATION_BYTES]);
enum fg_rc keys_add(struct cred_keys *k, struct cred_worker *w, uint32_t id, uint32_t first,
    struct fg_str wire, struct fg_err *reterr) FG_MUST;
/* issue and expiry fit the epoch of the key and the rules of length. */
enum fg_rc epoch_times_check(uint32_t epoch, fg_time issued, fg_time expires, fg_time now,
    struct fg_err *reterr) FG_MUST;

/* ---- session.c ---- */

#define SESSION_PLAIN_MAX (FG_LIMIT_TOKEN_BYTES - BLOB_OVERHEAD)

/* The rules that hold for every session, minted or opened.  rc is what a broken one yields. */
enum fg_rc session_check(
    const struct cred_session *s, enum fg_rc rc, struct fg_err *reterr) FG_MUST;
/* Appends; s has passed session_check and cred_measure. */
void session_put(const struct cred_session *s, struct fg_buf *b);
/* Strings borrow from in. */
enum fg_rc session_parse(struct fg_str in, struct cred_session *ret, struct fg_err *reterr) FG_MUST;
size_t session_size(const struct cred_session *s, size_t *ret_policies, size_t *ret_tags);

/* ---- id.c ---- */

#define KEY_ID_RANDOM 10
enum fg_rc key_id_make(enum cred_key_kind kind, struct fg_str account, uint8_t b[KEY_ID_RANDOM],
    char out[21], struct fg_err *reterr) FG_MUST;

/* ---- ring.c, ringfile.c ---- */

struct ring_key {
	struct cred_ring_entry entry;
	uint8_t root[CRED_KEY_BYTES];
};

struct cred_ring {
	uint8_t installation[CRED_INSTALLATION_BYTES];
	size_t n;
	struct ring_key key[CRED_RING_MAX];
};

struct cred_ring *ring_alloc(void); /* locked, not dumped, zero; NULL */
const struct ring_key *ring_find(const struct cred_ring *r, uint32_t id, enum cred_class cls);
enum fg_rc ring_insert(struct cred_ring *r, uint32_t id, enum cred_class cls, fg_time created,
    const uint8_t root[CRED_KEY_BYTES], struct fg_err *reterr) FG_MUST;
/* Text of a ring file, and back (fuzzed). */
enum fg_rc ring_text(const struct cred_ring *r, struct fg_buf *out, struct fg_err *reterr) FG_MUST;
enum fg_rc ring_parse(struct fg_str text, struct cred_ring *ret, struct fg_err *reterr) FG_MUST;

/* Lower case, exactly n bytes. */
bool hex_read(struct fg_str s, uint8_t *out, size_t n) FG_MUST;
void hex_put(const uint8_t *in, size_t n, char *out); /* and a NUL */

/* ---- files.c ---- */

/* Open a file of ours: regular, one link, our owner, no bit for others. */
enum fg_rc file_open_own(const char *path, const char *step, int *ret_fd,
    struct fg_err *reterr) FG_MUST;
/* Write bytes beside path, fsync, then put it in place. */
enum fg_rc file_replace(const char *path, struct fg_str bytes, enum cred_save how, const char *step,
    struct fg_err *reterr) FG_MUST;
ptrdiff_t file_read_all(int fd, void *buf, size_t room); /* -1 on error or when it does not fit */

/* ---- wrap.c ---- */

enum fg_rc wrap_seal(struct cred_worker *w, const struct cred_ring *r, uint32_t id,
    const struct cred_where *where, struct fg_str plain, struct fg_buf *out,
    struct fg_err *reterr) FG_MUST;
/* Appends the plaintext. */
enum fg_rc wrap_open(struct cred_worker *w, const struct cred_ring *r,
    const struct cred_where *where, struct fg_str blob, struct fg_buf *out,
    struct fg_err *reterr) FG_MUST;
bool where_ok(const struct cred_where *where);

/* ---- server.c and the protocol ----
 *
 * request = id u32, op u8, payload;  reply = id u32, rc u8, payload (a text when rc is not 0).
 */
#define CRED_MSG_BYTES (64u * 1024)

enum cred_op {
	CRED_OP_NONE = 0,
	CRED_OP_HELLO,        /* -> installation, token version u8 */
	CRED_OP_LIST,         /* -> entries: id u32, class u8, created u64, fingerprint */
	CRED_OP_EPOCHS,       /* id u32, first u32, n u8 -> n * EPOCH_WIRE_BYTES */
	CRED_OP_ROW_KEY,      /* id u32 -> 32 bytes */
	CRED_OP_AUDIT_SEED,   /* id u32, chain 16 -> 32 bytes */
	CRED_OP_AUDIT_SIGN,   /* id u32, checkpoint -> 64 bytes */
	CRED_OP_AUDIT_PUBLIC, /* id u32 -> 32 bytes */
	CRED_OP_WRAP,         /* id u32, where, secret v16 -> blob */
	CRED_OP_UNWRAP,       /* (where, blob v16)* -> (rc u8, secret v16)* */
	CRED_OP_MAX,
};

struct cred_server {
	struct cred_ring *ring; /* owned */
	struct cred_worker *w;  /* owned */
	fg_time (*now)(void *arg);
	void *now_arg;
};

enum fg_rc server_new(
    struct cred_ring *ring, struct cred_server **ret, struct fg_err *reterr) FG_MUST;
void server_free(struct cred_server *s);
/* Answer one datagram; always leaves a whole reply in out unless the request has no id. */
void server_answer(struct cred_server *s, enum cred_peer peer, struct fg_str request,
    struct fg_buf *out);
/* The server of a local client: tests set its clock.  NULL over a descriptor. */
struct cred_server *client_server(struct cred_client *c);
void where_put(struct fg_buf *b, const struct cred_where *w);
bool where_get(struct fg_cur *c, struct cred_where *ret);

#endif
