/*
 * gateway/conf/conf.h - configuration: a file of keys and values, and what --set adds.
 *
 * Shape:    conf_new(), then conf_file() and conf_set() in any number, then conf_end(), which
 *           fills in defaults and checks.  A key that is given with --set replaces what a
 *           file said; a repeated one adds a value.
 * Owns:     conf_new() returns an owned configuration, conf_free(); all strings lie in it.
 * Units:    in the names of keys (_s, _ms); counts otherwise.
 * Errors:   FG_E_SYNTAX  the file is not YAML or JSON (place in the text)
 *           FG_E_PARAM   unknown key, wrong type, value out of range; the key is in the text
 *           FG_E_LIMIT, FG_E_NOMEM
 * Refuses:  unknown and duplicate keys, YAML anchors, aliases and tags, several documents.
 * Does not: open files or sockets, resolve names.
 * Source:   fedgate.conf(5); YAML 1.1 as libyaml reads it, JSON RFC 8259.
 */
#ifndef GATEWAY_CONF_H
#define GATEWAY_CONF_H

#include <jansson.h>

#include "base/base.h"

/*
 * YAML or JSON: the first byte '{' or '[' means JSON.  Plain YAML scalars are strings but for
 * true, false and null; an empty document is null.  Owned by the caller (json_decref).
 */
enum fg_rc conf_document(struct fg_str bytes, json_t **ret, struct fg_err *reterr) FG_MUST;

struct conf_listen {
	bool tls;
	const char *host; /* without brackets */
	uint16_t port;    /* 0: a free one */
};

/* An exception to "public addresses only" (security.md 23). */
struct conf_allow {
	const char *host;    /* NULL: by address */
	struct fg_cidr cidr; /* when host is NULL */
	uint16_t port;
};

struct conf {
	struct fg_arena *arena;
	const struct conf_listen *listen;
	size_t n_listen;
	const char *tls_certificate, *tls_key; /* NULL without an https listener */
	const char *public_url;                /* NULL: the first listener, once it is bound */
	const char *const *endpoint_hosts;
	size_t n_endpoint_hosts;
	const char *store;         /* URL */
	const char *keyring;       /* path */
	const char *audit_file;    /* path */
	int64_t audit_sync_ms;
	const char *const *regions; /* none: any */
	size_t n_regions;
	const struct fg_cidr *proxies;
	size_t n_proxies;
	const char *proxy_header, *proxy_protocol; /* as they were given */
	bool forwarded; /* proxies write Forwarded (RFC 7239), not X-Forwarded-For */
	bool proxy_v2;
	const struct conf_allow *allow;
	size_t n_allow;
	int64_t oidc_rsa_bits;
	int64_t oidc_skew_s, saml_skew_s, saml_refresh_s;
	const char *const *saml_recipients;
	size_t n_saml_recipients;
	const char *const *saml_audiences;
	size_t n_saml_audiences;
	int64_t workers; /* 0: the processors */
	int64_t limit_connections, limit_connections_address, limit_requests_connection;
	int64_t limit_head_ms, limit_request_ms, limit_idle_ms;
	json_t *given; /* what was set, by key: strings or arrays of strings */
	json_t *over;  /* of these, what --set gave */
};

enum fg_rc conf_new(struct conf **ret, struct fg_err *reterr) FG_MUST;
void conf_free(struct conf *c); /* NULL accepted */
void conf_freep(struct conf **c);
/* The content of a file. */
enum fg_rc conf_file(struct conf *c, struct fg_str bytes, struct fg_err *reterr) FG_MUST;
/* "KEY=VALUE". */
enum fg_rc conf_set(struct conf *c, struct fg_str pair, struct fg_err *reterr) FG_MUST;
/* Defaults and checks; after this the members can be read. */
enum fg_rc conf_end(struct conf *c, struct fg_err *reterr) FG_MUST;
/* All that was given, as one JSON document that conf_file() reads back; in the arena. */
enum fg_rc conf_dump(const struct conf *c, struct fg_arena *a, struct fg_str *ret,
    struct fg_err *reterr) FG_MUST;
/* The path of a sqlite: store; NULL for another kind. */
const char *conf_store_path(const struct conf *c);

/* One line a key: name, value in force, where it comes from, what it means. */
enum fg_rc conf_explain(const struct conf *c, struct fg_buf *out, struct fg_err *reterr) FG_MUST;

#endif
