/*
 * tests/unit/front/server.h - a real listener on loopback, and raw clients.
 *
 * The server echoes: its reply's body is the method, the target and the body of
 * the request, so that a test sees what the reader made of the bytes.  Its clock
 * stands still until a test moves it.
 */
#ifndef TESTS_FRONT_SERVER_H
#define TESTS_FRONT_SERVER_H

#include <stdatomic.h>

#include "gateway/front/front.h"
#include "tests/unit/unit.h"

#define SERVER_LARGE (32u * 1024 * 1024) /* body of GET /large, bytes */

struct server {
	struct front *f;
	uint16_t port;
	uint16_t port_proxy;
	_Atomic uint64_t mono_us;
	_Atomic int64_t wall;
	_Atomic unsigned calls;    /* of handlers */
	_Atomic unsigned admitted; /* of the admission hook */
	_Atomic bool admit;
	_Atomic int last_refused;  /* status */
	struct http_exchange *held; /* by GET /hold, until server_release() */
	struct fg_arena *settled;   /* the arena that the held GET /settle has given back */
	char *left;                 /* where it had written there */
	char rule[64];             /* of the last refusal; read after a barrier */
};

enum {
	SERVER_PLAIN = 0,
	SERVER_TLS = 1,
	SERVER_PROXY = 2,  /* 127.0.0.0/8 are trusted proxies (X-Forwarded-For) */
	SERVER_RFC7239 = 4, /* they write Forwarded */
	SERVER_PROXY_V2 = 8, /* the listener wants PROXY protocol 2 */
};

/* Fails the test when it cannot start. */
bool server_start(struct server *s, unsigned flags, struct front_limits limits);
bool server_start_tls(struct server *s, struct front_tls *tls, struct front_limits limits);
void server_end(struct server *s);
/* Returns when the worker has handled whatever was sent before the call. */
void server_settle(struct server *s);
/* Move its clock and let it look at its deadlines. */
void server_pass(struct server *s, uint32_t ms);
/* Answer the request that /hold keeps. */
void server_release(struct server *s);

struct client {
	int fd;
	char got[512 * 1024];
	size_t n;
	bool closed; /* the server ended the connection */
};

bool client_open(struct client *c, uint16_t port);
/* From this address of 127.0.0.0/8. */
bool client_open_from(struct client *c, uint16_t port, const char *address);
/* The same in two steps. */
bool client_socket(struct client *c);
bool client_connect(struct client *c, uint16_t port, const char *address);
void client_close(struct client *c);
void client_send(struct client *c, const char *p, size_t n);
void client_send_z(struct client *c, const char *z);
/* Read until one whole reply (more) is there or the server ends.  Its status; 0 without one. */
int client_reply(struct client *c);
/* Forget what has been read. */
void client_clear(struct client *c);
/* Is there nothing to read, and the connection open? */
bool client_quiet(struct client *c);
/* Value of a header of the first reply in c->got; null when absent. */
struct fg_str client_header(const struct client *c, struct fg_str name);
struct fg_str client_body(const struct client *c);

extern CU_TestInfo front_bytes_tests[], front_head_tests[], front_body_tests[], front_table_tests[],
    front_conn_tests[], front_deadline_tests[], front_peer_tests[], front_tls_tests[],
    front_life_tests[], front_keys_tests[], front_pool_tests[];

#endif
