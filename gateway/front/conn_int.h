/*
 * gateway/front/conn_int.h - the moving parts of the listener.
 *
 * Shape:    a front has listeners and workers; a worker has connections; a
 *           connection that is being read or served borrows a struct io (buffer,
 *           request, exchange, arena) from its worker and gives it back when it is
 *           idle, so that idle connections cost little and busy ones share warm memory.
 * Threads:  everything below a worker belongs to its thread, but for the inbox
 *           (mutex) and the counters (one writer, relaxed readers).
 */
#ifndef FRONT_CONN_INT_H
#define FRONT_CONN_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include <event2/event.h>
#include <event2/event_struct.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#include "gateway/front/front_int.h"

struct conn;

/* ---- deadlines: queues ordered by time, because each has one duration ---- */

enum deadline_kind { D_NONE = 0, D_HEAD, D_REQUEST, D_IDLE, D_FLUSH, D_LINGER, D_MAX };

struct deadline {
	struct conn *first, *last;
};

/* Put c at the end of the queue (out of any other); its clock starts at since_us. */
void deadline_set(struct conn *c, enum deadline_kind kind, uint64_t since_us);
/* Cut whatever is over. */
void deadline_check(struct front_worker *w);

/* ---- connections ----------------------------------------------------- */

enum conn_state {
	CONN_PROXY = 0, /* a PROXY header is due */
	CONN_TLS,       /* in the handshake */
	CONN_HEAD,      /* idle, or reading a head */
	CONN_BODY,
	CONN_SERVE,     /* the handler has it */
	CONN_FLUSH,     /* a reply is leaving */
	CONN_LINGER,    /* throwing away what the peer still sends */
	CONN_DEAD,
};

struct io {
	struct io *next; /* in the worker's pool */
	struct conn *conn;
	struct http_exchange x;
	struct fg_arena *arena; /* the worker's, while an exchange works; NULL otherwise */
	struct fg_arena *keep;
	struct front_peer peer;
	struct http_head head;
	struct http_body body;
	size_t have;     /* bytes in buf */
	size_t raw;      /* bytes of buf that are taken: head and body */
	size_t dirty;    /* bytes of buf ever written since it came from the pool */
	char *owned;     /* body that does not fit in buf; NULL otherwise */
	size_t room;     /* of owned */
	size_t body_n;   /* decoded so far */
	uint64_t admitted; /* bytes of the big-body budget that are held */
	struct http_request req;
	char buf[FG_LIMIT_HTTP_BUFFER];
};

struct conn {
	struct front_worker *w;
	struct front_worker_listener *l;
	struct conn *prev, *next;     /* of the worker */
	struct conn *d_prev, *d_next; /* of a deadline queue */
	enum deadline_kind d_kind;
	enum conn_state state;
	uint64_t d_since_us;
	int fd; /* -1: closed, an exchange is still out */
	uint32_t served;
	uint32_t address_slot; /* + 1; 0: not counted */
	bool dispatching;      /* inside a handler */
	bool replied;          /* by that handler */
	bool broken;           /* the socket failed under a reply */
	bool close_after;      /* after the reply that is leaving */
	bool unread;           /* something of the peer may still be in the socket then */
	bool reading, writing; /* what the loop watches */
	SSL *ssl;
	struct io *io;
	char *out; /* owned: what did not fit into the socket */
	size_t out_n, out_at, out_room;
	size_t lingered;
	uint64_t number;
	struct front_peer peer;
	struct event ev_read, ev_write;
};

enum conn_io { IO_AGAIN = -1, IO_ERROR = -2 }; /* 0: end of file */

/* io.c: one attempt, plain or TLS.  Bytes, 0 at the end, IO_AGAIN or IO_ERROR. */
ssize_t conn_recv(struct conn *c, char *p, size_t n);
/* Send or keep; false when the connection is broken. */
bool conn_send(struct conn *c, const char *p, size_t n) FG_MUST;
/* Send what was kept.  False when broken. */
bool conn_flush(struct conn *c) FG_MUST;
/* Handshake: IO_AGAIN, IO_ERROR or 0 when done. */
int conn_handshake(struct conn *c);
bool conn_pending(const struct conn *c); /* decrypted bytes wait inside TLS */
void conn_watch(struct conn *c, bool reading, bool writing);
void conn_event(evutil_socket_t fd, short what, void *arg);

/* conn.c */
struct conn *conn_new(struct front_worker *w, struct front_worker_listener *l, int fd,
    const struct fg_ip *ip, uint16_t port);
/* Read, serve, write until something blocks; may free c. */
void conn_run(struct conn *c);
/* Close now.  Frees c unless an exchange is out. */
void conn_close(struct conn *c);
void conn_free(struct conn *c);
/* Borrow a buffer; false when memory is short. */
bool conn_borrow(struct conn *c) FG_MUST;
void io_drop(struct front_worker *w, struct io *io); /* back to the pool, wiped */
/* An arena of the worker's for this exchange; false when memory is short. */
bool io_arena(struct front_worker *w, struct io *io) FG_MUST;
/* Wiped, and the next to be used. */
void io_arena_drop(struct front_worker *w, struct io *io);
void io_free(struct io *io);

/* step.c and serve.c: each moves the connection on and says what comes next */
enum step { STEP_WAIT = 0, STEP_AGAIN, STEP_GONE };
enum step step_gone(struct conn *c);      /* closes it */
enum step step_wait_read(struct conn *c); /* until the socket is readable */
enum step serve_head(struct conn *c);     /* bytes of a head are in the buffer */
enum step serve_body(struct conn *c);     /* bytes of a body are in the buffer */
enum step serve_direct(struct conn *c, size_t n); /* n bytes came straight into io->owned */
enum step serve_next(struct conn *c);     /* a reply has left */
bool serve_room(struct io *io) FG_MUST;   /* make room to receive a chunked body */
void serve_release(struct conn *c);       /* what the request held beside its buffer */

/* reply.c: write it out; close says whether it is the connection's last.  False when broken. */
bool reply_send(struct conn *c, const struct http_exchange *x, const struct http_reply *r,
    bool closing) FG_MUST;
/* A reply without a handler; allow is the set of methods of a 405. */
bool reply_refusal(struct conn *c, const struct http_refusal *why, unsigned allow, bool closing) FG_MUST;
void reply_id(struct front_worker *w, char id[FRONT_ID_LEN + 1]);
/* The methods of a set, in the order of their bits: "GET, HEAD, POST". */
void http_methods_put(struct fg_buf *b, unsigned set);

/* route.c: NULL and a refusal (404, 405) when none; *ret_allow then holds the path's methods. */
const struct front_route *route_find(const struct front_route *table,
    const struct http_request *req, unsigned *ret_allow, struct http_refusal *reterr);

/* forwarded.c: what configured proxies say; HTTP_REFUSED when one says nonsense. */
enum http_read forwarded_read(const struct front_config *cfg, const struct http_request *req,
    struct front_peer *peer, struct http_refusal *reterr) FG_MUST;
bool forwarded_trusts(const struct front_config *cfg, const struct fg_ip *ip);

/* proxy.c: PROXY protocol 2.  HTTP_DONE: *ret_used bytes are its header. */
enum http_read proxy_read(const char *p, size_t n, struct front_peer *peer, size_t *ret_used,
    struct http_refusal *reterr) FG_MUST;

/* ---- TLS ------------------------------------------------------------- */

struct ticket_key {
	bool live;
	uint64_t epoch;
	unsigned char name[16], aes[32], mac[32];
};

/* Keys that move forward: each epoch's seed is a digest of the one before, which is erased. */
struct tickets {
	uint64_t epoch;
	unsigned char seed[32];
	struct ticket_key key[2]; /* [0] seals; [1], the one before, opens */
	EVP_CIPHER *cipher;
	struct front_worker *w;
};

bool tickets_init(struct tickets *t, struct front_worker *w, const unsigned char seed[32]) FG_MUST;
void tickets_done(struct tickets *t);
void tickets_advance(struct tickets *t, uint64_t epoch);
void tickets_use(struct tickets *t, SSL_CTX *ctx);

/* A context of one worker.  NULL when the library fails. */
SSL_CTX *tls_ctx_new(const struct front_tls *t, struct tickets *tickets);

/* ---- workers --------------------------------------------------------- */

struct front_worker_listener {
	struct front_worker *w;
	unsigned index;
	int fd; /* -1: closed */
	bool watching;
	SSL_CTX *ctx; /* NULL: plain */
	struct event ev;
};

struct post {
	struct post *next;
	front_fn fn;
	void *arg;
	bool fixed; /* part of something else: not freed */
};

struct front_timer {
	struct front_timer *prev, *next;
	struct front_worker *w;
	front_fn fn;
	void *arg;
	struct event ev;
};

#define FRONT_OUT_ROOM (FG_LIMIT_HTTP_REPLY_HEAD + 56u * 1024) /* a reply sent in one piece, bytes */
#define FRONT_SLOTS 65536u                                     /* counters of addresses, a power of two */

struct front_worker {
	struct front *f;
	unsigned index;
	pthread_t thread;
	bool running; /* the thread was made */
	void *user;
	struct event_base *base;
	struct front_worker_listener l[FG_LIMIT_HTTP_LISTENERS];
	struct event tick;
	struct event grace; /* when a stop no longer waits */
	/* inbox */
	struct event wake;
	int wake_fd;
	pthread_mutex_t lock;
	bool ended;
	struct post *in_first, *in_last;
	bool stop_posted;
	struct post stop_post; /* stopping needs no memory */
	/* connections */
	struct conn *conns;
	struct deadline queue[D_MAX];
	struct io *pool;
	size_t pooled;
	struct fg_arena *spare[8]; /* arenas: last in, first out */
	size_t spares;
	uint64_t numbers;
	bool stopping;
	struct front_timer *timers;
	/* per second and per request */
	fg_time date_at;
	char date[40];
	size_t id_left;
	unsigned char id_bytes[16 * 64];
	struct tickets tickets;
	struct {
#define WORKER_COUNTER(name, text) _Atomic uint64_t name;
		FRONT_COUNTERS(WORKER_COUNTER)
#undef WORKER_COUNTER
	} count;
	char out[FRONT_OUT_ROOM];
};

/* One writer: no locked instruction is needed. */
#define COUNT(w, name)                                                                          \
	atomic_store_explicit(&(w)->count.name,                                                 \
	    atomic_load_explicit(&(w)->count.name, memory_order_relaxed) + 1,                   \
	    memory_order_relaxed)

struct listener {
	char url[300];
	bool tls, proxy_v2;
};

struct front {
	struct front_config cfg;
	struct fg_cidr *proxy;
	struct listener l[FG_LIMIT_HTTP_LISTENERS];
	size_t n_listen;
	struct front_worker **worker;
	unsigned n_worker;
	bool started, joined;
	unsigned char ticket_seed[32];
	uint64_t ticket_begin_us;
	uint64_t hash_key[2];
	_Atomic uint32_t open;
	_Atomic uint32_t big_n;
	_Atomic uint64_t big_bytes;
	_Atomic uint32_t *address; /* FRONT_SLOTS */
	/* start-up */
	pthread_mutex_t lock;
	pthread_cond_t ready;
	unsigned n_ready, n_failed;
};

uint64_t front_mono_us(const struct front *f);
fg_time front_wall(const struct front *f);

/* bind.c: the port of a listening socket; 0 when it has none */
uint16_t bind_port(int fd);
/* Options of a socket that was bound elsewhere. */
void bind_adopt(int fd);

/* worker.c */
struct front_worker *worker_new(struct front *f, unsigned index);
void worker_free(struct front_worker *w);
void *worker_main(void *arg);
void worker_stop(struct front_worker *w, void *grace); /* a front_fn; milliseconds in a pointer */
/* What is due now and then: deadlines, accepting again. */
void worker_tick(struct front_worker *w);
/* When it is stopping and nothing is left, end the loop. */
void worker_check_end(struct front_worker *w);

/* post.c */
bool inbox_open(struct front_worker *w) FG_MUST;
void inbox_close(struct front_worker *w); /* runs what is left */
void inbox_stop(struct front_worker *w, uint32_t grace_ms);
/* A post whose memory is its maker's (fixed) or the heap's.  FG_E_UNAVAILABLE: not taken. */
enum fg_rc inbox_put(struct front_worker *w, struct post *p) FG_MUST;
void timers_drop(struct front_worker *w);

/* accept.c */
bool accept_watch(struct front_worker_listener *l) FG_MUST;
void accept_resume(struct front_worker *w); /* after running out of descriptors */
void accept_end(struct front_worker *w);    /* take what waits, then close */
void address_release(struct front *f, uint32_t slot);

#endif
