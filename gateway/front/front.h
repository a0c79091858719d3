/*
 * gateway/front/front.h - the listener: TLS, strict HTTP/1.1, routing, replies.
 *
 * Shape:    two halves.  The http_* readers are pure: bytes in, a request or a
 *           refusal out, no sockets, no clock, resumable after any byte.  The
 *           front_* half owns sockets and worker threads: every worker has its own
 *           loop and its own SO_REUSEPORT socket and shares nothing on the request
 *           path.  A handler gets a complete request as a struct http_exchange on the
 *           thread of its worker and calls http_reply() exactly once, at once or later,
 *           on that same thread.  front_post() is the way in from other threads.
 * Owns:     front_new() returns an owned front, freed with front_free() after
 *           front_join().  Everything an exchange points to (request, body, arena,
 *           peer) is borrowed until http_reply() returns.
 * Units:    times are fg_time (UTC seconds) unless the name says _ms or _us; sizes
 *           are bytes.
 * Errors:   FG_E_IO (socket, file), FG_E_NOMEM, FG_E_CRYPTO (certificate, key),
 *           FG_E_PARAM (configuration).  A request that is not taken is never an
 *           error of the front: it is a reply with a status, and the rule in the refusal.
 * Refuses:  whatever is unusual, with 400 and the end of the connection: two parsers
 *           that disagree about where a request ends make somebody else's bytes a
 *           request.  Nothing is repaired.
 * Does not: decode the path or query, know an action, log, or trust a header of a
 *           stranger.
 * Source:   RFC 9110, RFC 9112, RFC 7239, RFC 8446, PROXY protocol 2.
 */
#ifndef FRONT_H
#define FRONT_H

#include "base/base.h"

/* ---- requests -------------------------------------------------------- */

/* Bits, so that a route takes a set of them.  CONNECT is refused (400), others get 501. */
enum http_method {
	HTTP_NONE = 0,
	HTTP_GET = 1,
	HTTP_HEAD = 2,
	HTTP_POST = 4,
	HTTP_PUT = 8,
	HTTP_DELETE = 16,
	HTTP_PATCH = 32,
	HTTP_OPTIONS = 64,
	HTTP_ANY = 127,
};

/* Headers that have a number: matched by length and case-folded compare.  Sorted by length. */
#define HTTP_KNOWN(X)                                                                    \
	X(HTTP_H_HOST, "host")                                                           \
	X(HTTP_H_DATE, "date")                                                           \
	X(HTTP_H_ACCEPT, "accept")                                                       \
	X(HTTP_H_COOKIE, "cookie")                                                       \
	X(HTTP_H_EXPECT, "expect")                                                       \
	X(HTTP_H_ORIGIN, "origin")                                                       \
	X(HTTP_H_REFERER, "referer")                                                     \
	X(HTTP_H_FORWARDED, "forwarded")                                                 \
	X(HTTP_H_X_AMZ_DATE, "x-amz-date")                                               \
	X(HTTP_H_CONNECTION, "connection")                                               \
	X(HTTP_H_USER_AGENT, "user-agent")                                               \
	X(HTTP_H_CONTENT_TYPE, "content-type")                                           \
	X(HTTP_H_X_AMZ_TARGET, "x-amz-target")                                           \
	X(HTTP_H_AUTHORIZATION, "authorization")                                         \
	X(HTTP_H_IF_NONE_MATCH, "if-none-match")                                         \
	X(HTTP_H_CONTENT_LENGTH, "content-length")                                       \
	X(HTTP_H_X_FORWARDED_FOR, "x-forwarded-for")                                     \
	X(HTTP_H_X_FORWARDED_URI, "x-forwarded-uri")                                     \
	X(HTTP_H_X_ORIGINAL_URL, "x-original-url")                                       \
	X(HTTP_H_CONTENT_ENCODING, "content-encoding")                                   \
	X(HTTP_H_X_FORWARDED_HOST, "x-forwarded-host")                                   \
	X(HTTP_H_TRANSFER_ENCODING, "transfer-encoding")                                 \
	X(HTTP_H_X_FORWARDED_PROTO, "x-forwarded-proto")                                 \
	X(HTTP_H_X_ORIGINAL_METHOD, "x-original-method")                                 \
	X(HTTP_H_X_FORWARDED_METHOD, "x-forwarded-method")                               \
	X(HTTP_H_X_AMZ_SECURITY_TOKEN, "x-amz-security-token")                           \
	X(HTTP_H_X_AMZ_CONTENT_SHA256, "x-amz-content-sha256")

enum http_known {
	HTTP_H_OTHER = 0,
#define HTTP_KNOWN_ENUM(id, name) id,
	HTTP_KNOWN(HTTP_KNOWN_ENUM)
#undef HTTP_KNOWN_ENUM
	HTTP_H_MAX
};

struct http_header {
	struct fg_str name;  /* as sent */
	struct fg_str value; /* as sent, without the white space around it */
	enum http_known id;
};

/* All slices are borrowed from the connection's buffer. */
struct http_request {
	enum http_method method;
	struct fg_str method_text; /* "POST" */
	struct fg_str target;      /* the whole request target as sent */
	struct fg_str path;        /* raw, never decoded; starts with '/' */
	struct fg_str query;       /* raw, after the first '?'; null without one */
	struct fg_str host;        /* Host as sent: a valid authority, never empty */
	struct fg_str body;        /* complete, chunks joined; n == 0 without one */
	size_t n_header;
	struct http_header header[FG_LIMIT_HTTP_HEADERS]; /* in order, repeated ones included */
	uint8_t first[HTTP_H_MAX]; /* index + 1 of the first header of that id; 0: absent */
	uint8_t count[HTTP_H_MAX]; /* how many of that id (index 0 is not kept) */
	/* framing, for the listener */
	uint64_t content_length;   /* 0 without one */
	uint8_t minor;             /* HTTP/1.minor: 0 or 1 */
	bool has_length, chunked, keep_alive, expect_continue;
};

/* Value of the first header of that id; null (p == NULL) when absent. */
static inline struct fg_str
http_header(const struct http_request *r, enum http_known id)
{
	return r->first[id] == 0 ? FG_STR_NULL : r->header[r->first[id] - 1].value;
}
/*
 * Value of a header that may stand once.  False when it is repeated (the caller
 * refuses); *ret is null when it is absent.
 */
bool http_header_one(const struct http_request *r, enum http_known id, struct fg_str *ret) FG_MUST;
/* First header of that name in any case, after index *at; *at moves on.  NULL at the end. */
const struct http_header *http_header_next(const struct http_request *r, struct fg_str name,
    size_t *at);

/* ---- the pure readers ------------------------------------------------ */

enum http_read { HTTP_REFUSED = 0, HTTP_MORE, HTTP_DONE };

struct http_refusal {
	int status;       /* 400, 413, 414, 417, 431, 501, 505 */
	const char *rule; /* static: "front.head.bare-lf" */
	const char *ref;  /* static: "RFC 9112 2.2" */
};

/* State of a head that is being read; zero it to start.  Private but for `end`. */
struct http_head {
	size_t scan; /* first byte not looked at yet */
	size_t line; /* first byte of the current line */
	size_t end;  /* HTTP_DONE: first byte after the head */
	bool started;
};

/*
 * Read a request's head from p[0, n).  Call again with the same p and a larger n
 * after HTTP_MORE; all that was there before must be unchanged and every byte is
 * looked at once.  HTTP_DONE: *req is complete but for the body, h->end says where
 * that starts.  Takes no byte after the head into account.  HTTP_REFUSED: *reterr
 * says why; the connection must be closed after the reply.
 */
enum http_read http_head_read(struct http_head *h, const char *p, size_t n,
    struct http_request *req, struct http_refusal *reterr) FG_MUST;

/* State of a body that is being read. */
struct http_body {
	uint64_t left;  /* of the body, or of the current chunk */
	uint64_t total; /* decoded so far */
	uint64_t max;   /* at most; more is 413 */
	uint8_t state;
	uint8_t digits;
	bool chunked;
};

/* Start on the body that req's head announces.  HTTP_REFUSED (413) when it is over max. */
enum http_read http_body_start(struct http_body *b, const struct http_request *req, uint64_t max,
    struct http_refusal *reterr) FG_MUST;
/*
 * Take raw bytes in[0, n), write decoded ones to out (which may be in, or lie
 * before it; room for n is always enough).  *ret_in and *ret_out count what was
 * taken and written.  HTTP_DONE: the body is complete and in[*ret_in] is
 * somebody else's.
 */
enum http_read http_body_read(struct http_body *b, const char *in, size_t n, size_t *ret_in,
    char *out, size_t *ret_out, struct http_refusal *reterr) FG_MUST;

/* Is it host[:port] as a Host header may hold it? */
bool http_authority_ok(struct fg_str s);
/* "Bad Request"; "" for an unknown status. */
const char *http_status_text(int status);

/* ---- exchanges ------------------------------------------------------- */

struct front;
struct front_worker;
struct front_timer;
struct front_tls;
struct event_base;

/* Who asks, as far as it is proven. */
struct front_peer {
	struct fg_ip ip;        /* aws:SourceIp: the socket, or what a configured proxy says */
	uint16_t port;          /* of ip; 0 when a proxy does not tell */
	bool secure;            /* aws:SecureTransport: our own TLS, or a configured proxy's word */
	bool own_tls;           /* TLS ended here */
	bool through;           /* the other end of the connection is a configured proxy */
	bool proxied;           /* ip comes from a configured proxy; through alone: it did not say for whom */
	struct fg_ip socket_ip; /* the other end of the connection */
	const char *tls_version; /* "TLSv1.3"; NULL without own TLS */
	const char *tls_cipher;  /* "TLS_AES_128_GCM_SHA256"; NULL without own TLS */
};

struct front_route;

#define FRONT_ID_LEN 36 /* UUID text */

struct http_exchange {
	/* borrowed until http_reply() returns */
	const struct http_request *req;
	struct fg_arena *arena; /* of this exchange; reset by http_reply() */
	struct fg_arena *keep;  /* as arena, for what a reply needs that comes after http_settle() */
	const struct front_peer *peer;
	const struct front_route *route;
	struct front_worker *worker;
	void *user;             /* what worker_start returned */
	fg_time now;            /* wall clock, read once when the request was complete */
	uint64_t begin_us;      /* monotonic clock at the same moment */
	uint64_t connection;    /* number of the connection, unique in this process */
	char id[FRONT_ID_LEN + 1]; /* request id, UUID version 4; also x-amzn-RequestId */
	void *state;            /* the handler's own, for replies that come later */
};

struct http_field {
	struct fg_str name, value;
};

enum { HTTP_REPLY_CLOSE = 1 /* close the connection after this reply */ };

struct http_reply {
	int status;
	unsigned flags;
	struct fg_str content_type; /* null: none */
	struct fg_str body;
	const struct http_field *field; /* further headers; a control character makes it a 500 */
	size_t n_field;
};

/*
 * Answer, exactly once, on the worker's thread: in the handler or any time later
 * (front_post() brings an answer home).  Everything in *r is copied or sent before
 * it returns; afterwards x, its request and its arena are gone.  The peer may be
 * gone already: then the reply is dropped, which the handler need not know.
 * Adds Content-Length, Date, x-amzn-RequestId and, under TLS, HSTS; HEAD gets no body.
 */
void http_reply(struct http_exchange *x, const struct http_reply *r);

/*
 * The reply comes later and needs nothing of x->arena any more: that is wiped and serves the
 * next request, while its memory is still warm.  x->arena is x->keep from then on.
 */
void http_settle(struct http_exchange *x);

typedef void (*front_handler)(struct http_exchange *x);

enum {
	FRONT_EXACT = 0,
	FRONT_PREFIX = 1,   /* path names a whole subtree: it ends in '/' */
	FRONT_BIG_BODY = 2, /* over body_max up to FG_LIMIT_HTTP_BIG_BODY when admit() says so */
};

/* A table is static const, ends with a row whose handler is NULL; the first match wins. */
struct front_route {
	unsigned methods; /* set of enum http_method; GET includes HEAD */
	struct fg_str path;
	unsigned flags;
	size_t body_max; /* 0: no body is taken; at most FG_LIMIT_HTTP_BODY */
	front_handler handler;
	const char *label; /* metrics: "sts" */
};

/* ---- the listener ---------------------------------------------------- */

enum front_forwarded { FRONT_FORWARDED_XFF = 0, FRONT_FORWARDED_RFC7239 };

struct front_listen {
	struct fg_str host; /* address text or name; used when n_fd == 0 */
	uint16_t port;      /* 0: a free one */
	const int *fd;      /* bound already (front_bind); taken over by front_new() on success */
	size_t n_fd;        /* one a worker is best: SO_REUSEPORT */
	struct front_tls *tls; /* NULL: plain text; taken over by front_new() on success */
	bool proxy_v2;      /* each connection starts with a PROXY protocol 2 header */
};

/* Zero in a field takes the default of base/limits.h. */
struct front_limits {
	uint32_t connections;         /* open at once, all workers */
	uint32_t connections_address; /* open at once from one IPv4 address or IPv6 /64 */
	uint32_t requests_connection;
	uint32_t head_ms, request_ms, idle_ms;
};

struct front_config {
	const struct front_listen *listen;
	size_t n_listen;
	const struct front_route *route; /* static; ends with handler NULL */
	unsigned workers;                /* 0: the processors this process may use */
	struct front_limits limits;
	const struct fg_cidr *proxy; /* who may say for whom it asks */
	size_t n_proxy;
	enum front_forwarded forwarded; /* the one header a proxy is believed in */

	/* hooks; app is passed through, user is what worker_start returned.  NULL: none */
	void *app;
	/* On the worker's thread before its first and after its last request.  NULL fails front_start. */
	void *(*worker_start)(void *app, struct front_worker *w);
	void (*worker_stop)(void *user);
	/*
	 * May this body of n bytes, over 256 KiB, be read?  x->req is complete but for the
	 * body.  The front itself keeps 4 at once and 64 MiB in all.
	 */
	bool (*admit)(struct http_exchange *x, uint64_t n);
	/* A reply was queued: for metrics. */
	void (*replied)(const struct http_exchange *x, int status, size_t bytes);
	/* A request never became an exchange. */
	void (*refused)(void *user, const struct front_peer *peer, const struct http_refusal *why);
	/* NULL: the system's clocks.  Both are read on worker threads. */
	uint64_t (*mono_us)(void *app);
	fg_time (*wall)(void *app);
};

/*
 * Sockets listening on host:port, n of them in one SO_REUSEPORT group, for a
 * supervisor that passes them on.  Port 0 picks one free port for all.
 */
enum fg_rc front_bind(struct fg_str host, uint16_t port, size_t n, int *ret_fd,
    struct fg_err *reterr) FG_MUST;

/* Checks the configuration, binds, and runs nothing yet.  *cfg is copied, route is kept. */
enum fg_rc front_new(const struct front_config *cfg, struct front **ret, struct fg_err *reterr) FG_MUST;
/* "http://127.0.0.1:8080", the port as bound; of listener i. */
const char *front_url(const struct front *f, size_t i);
/*
 * Starts the workers; returns when every worker_start has returned.  Raises the soft
 * limit of descriptors, within the hard one, to what limits.connections asks for.
 */
enum fg_rc front_start(struct front *f, struct fg_err *reterr) FG_MUST;
/*
 * Stop: accept no more, finish what is in flight, close what is idle; after
 * grace_ms cut the rest.  Any thread; returns at once.
 */
void front_stop(struct front *f, uint32_t grace_ms);
/*
 * Waits for the workers to end.  Exchanges that were never answered can no longer be, but
 * their memory stays valid until front_free(): stop what may hold one before that.
 */
void front_join(struct front *f);
void front_free(struct front *f); /* NULL accepted; stops and joins if it must */

/* ---- workers --------------------------------------------------------- */

typedef void (*front_fn)(struct front_worker *w, void *arg);

unsigned front_workers(const struct front *f);
struct front_worker *front_worker(struct front *f, unsigned i); /* i < front_workers() */
unsigned front_worker_index(const struct front_worker *w);
void *front_worker_user(const struct front_worker *w);
struct event_base *front_worker_loop(struct front_worker *w); /* only on its own thread */

/*
 * Run fn(w, arg) on w's thread, soon, in the order of posting.  Any thread.
 * FG_E_UNAVAILABLE once the worker has ended (fn will not run), FG_E_NOMEM.
 */
enum fg_rc front_post(struct front_worker *w, front_fn fn, void *arg) FG_MUST;
/*
 * Run fn once, ms from now, on w's thread; call it there.  The handle is dead
 * once fn has started.  NULL when memory is short.
 */
struct front_timer *front_after(struct front_worker *w, uint32_t ms, front_fn fn, void *arg) FG_MUST;
void front_timer_cancel(struct front_timer *t); /* NULL accepted */

/* ---- jobs: work that would hold up the loop -------------------------- */

struct front_pool;

/*
 * A few threads of their own for private-key operations and the like: signing a token,
 * decrypting an assertion.  threads 0: one.
 */
enum fg_rc front_pool_new(unsigned threads, struct front_pool **ret, struct fg_err *reterr) FG_MUST;
/*
 * work(arg) on a thread of the pool, then done(home, arg) on home's thread.  work runs exactly once
 * and must let go of whatever it holds; done does not run when home has ended meanwhile.
 * `owner` (an account, a provider) has a share of the queue, FG_LIMIT_POOL_OWNER jobs, so that one
 * cannot starve the others.  FG_E_THROTTLED (front.pool.owner, front.pool.full), FG_E_NOMEM,
 * FG_E_CRYPTO: neither will run.  Any thread.
 */
enum fg_rc front_pool_put(struct front_pool *p, struct front_worker *home, struct fg_str owner,
    void (*work)(void *arg), front_fn done, void *arg, struct fg_err *reterr) FG_MUST;
/* Between front_join() and front_free(): runs what is queued, then ends.  NULL accepted. */
void front_pool_close(struct front_pool *p);

/* ---- TLS ------------------------------------------------------------- */

/* Certificate chain (leaf first) and private key, PEM.  Owned; free with front_tls_free. */
enum fg_rc front_tls_new(struct fg_str chain_pem, struct fg_str key_pem, struct front_tls **ret,
    struct fg_err *reterr) FG_MUST;
enum fg_rc front_tls_load(const char *chain_path, const char *key_path, struct front_tls **ret,
    struct fg_err *reterr) FG_MUST;
void front_tls_free(struct front_tls *t);
/*
 * New connections of listener i get this certificate; open ones go on with the
 * old.  Takes t on success.  Any thread.
 */
enum fg_rc front_tls_take(struct front *f, size_t i, struct front_tls *t, struct fg_err *reterr) FG_MUST;

/* ---- counters -------------------------------------------------------- */

#define FRONT_COUNTERS(X)                                                                     \
	X(accepted, "connections accepted")                                                   \
	X(closed, "connections closed")                                                       \
	X(over_total, "connections closed at once: over the total")                           \
	X(over_address, "connections closed at once: over the limit of one address")          \
	X(requests, "requests handed to a handler")                                           \
	X(refused, "requests refused by the reader or the routing table")                     \
	X(status_2xx, "replies")                                                              \
	X(status_3xx, "replies")                                                              \
	X(status_4xx, "replies")                                                              \
	X(status_5xx, "replies")                                                              \
	X(deadline, "connections cut at a deadline")                                          \
	X(tls_ok, "TLS handshakes")                                                           \
	X(tls_resumed, "of these, resumed by a ticket")                                       \
	X(tls_failed, "TLS handshakes that failed")

struct front_counters {
#define FRONT_COUNTER_FIELD(name, text) uint64_t name;
	FRONT_COUNTERS(FRONT_COUNTER_FIELD)
#undef FRONT_COUNTER_FIELD
};

/* Sums over all workers; any thread. */
void front_count(const struct front *f, struct front_counters *ret);
/* CPU time of a worker's thread so far, microseconds. */
uint64_t front_worker_cpu_us(const struct front_worker *w);
/* Look at all deadlines now instead of at the next tick: for tests with a clock of their own. */
enum fg_rc front_tick(struct front *f) FG_MUST;

#endif
