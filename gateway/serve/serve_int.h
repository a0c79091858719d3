/* gateway/serve/serve_int.h - the gateway process, put together. */
#ifndef GATEWAY_SERVE_INT_H
#define GATEWAY_SERVE_INT_H

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/api/api.h"
#include "gateway/conf/conf.h"
#include "gateway/cred/fleet.h"
#include "gateway/directory/directory.h"
#include "gateway/front/front.h"
#include "gateway/iam/admin.h"
#include "gateway/iam/anchor.h"
#include "gateway/idp/idp.h"
#include "gateway/ops/ops.h"
#include "gateway/outbound/outbound.h"
#include "gateway/proc/proc.h"
#include "gateway/serve/serve.h"
#include "gateway/store/store.h"

/* What a call was charged for unproven work. */
struct serve_charge {
	const struct api_call *call;
	uint32_t us;
	unsigned n;        /* pieces of work */
	enum cost cost;    /* of the last one */
	uint64_t begin_us; /* when it began */
};

/* One of the gateway's threads that serve requests. */
struct serve_worker {
	struct serve *s;
	struct front_worker *front;
	struct api_worker *api;
	struct audit_chain *chain;
	struct metric_worker *metric;
	struct budget *budget;
	struct serve_charge charge[64];
	size_t charge_next;
};

/* The gateway process.  Members are opened in this order and closed in the other. */
struct serve {
	const struct proc_child *child;
	struct conf *conf;
	struct cred_client *cred;
	struct cred_guard guard;
	const char *mark_path; /* latest wall time ever seen */
	struct cred_node node; /* who this process is among those that serve from the store */
	struct store *store;
	struct directory *dir;
	struct front *front;
	struct front_pool *pool;    /* private-key operations */
	struct front_pool *parsers; /* waiting for processes that parse metadata */
	struct metrics *metrics;
	struct anchor anchor; /* of the audit log */
	struct audit *audit;
	struct api_env *env;
	struct idp *idp;
	struct idp_saml *saml;
	struct outbound *outbound;  /* private keys of issuers */
	struct serve_control *control;
	struct health health;
	/* of the main thread */
	struct cred_keys *keys; /* in force; NULL: none */
	fg_time keys_since, swept, beat, used_tried;
	_Atomic fg_time used_flushed; /* uses of before it are in the store */
	unsigned version;    /* of tokens: what every node opens */
	bool anew;           /* rows may be under an older row key */
	fg_time warned;      /* of first keys */
	uint64_t counted;    /* generation in which they were counted */
	fg_time lost;        /* since when the key ring does not answer; 0: it does */
	uint64_t generation; /* of the store, at the last tick */
	/* set by other threads */
	_Atomic bool clock_acknowledged; /* the operator says that the clock is right */
	_Atomic bool clock_confirmed;    /* told by the main thread: cred_guard_confirmed() */
	_Atomic unsigned bootstrap_keys; /* told by the main thread: first keys of administrators in use */
	struct serve_worker worker[FG_LIMIT_HTTP_WORKERS];
};

/* gateway/serve/roles.c: the processes. */
int serve_cred(const struct proc_child *c);
int serve_parse(const struct proc_child *c);
/* gateway/serve/gateway.c */
int serve_gateway(const struct proc_child *c);
/* The configuration that a child was given. */
enum fg_rc serve_conf(const struct proc_child *c, struct conf **ret, struct fg_err *reterr) FG_MUST;
/* Print an error of a process to standard error; the exit status. */
int serve_fail(const char *role, const struct fg_err *err);
void serve_warn(const char *fmt, ...) FG_PRINTF(1, 2);

/* gateway/serve/open.c: store, directory, audit. */
enum fg_rc serve_open_store(struct serve *s, fg_time now, struct fg_err *reterr) FG_MUST;
enum fg_rc serve_open_audit(struct serve *s, fg_time now, struct fg_err *reterr) FG_MUST;
enum fg_rc serve_open_providers(struct serve *s, struct fg_err *reterr) FG_MUST;
void serve_close_providers(struct serve *s);
/* gateway/serve/control.c: the operator's socket. */
enum fg_rc serve_open_control(struct serve *s, struct fg_err *reterr) FG_MUST;
void serve_close_control(struct serve *s);
/* gateway/serve/listen.c: the front and its TLS. */
enum fg_rc serve_open_front(struct serve *s, struct fg_err *reterr) FG_MUST;
enum fg_rc serve_open_env(struct serve *s, struct fg_err *reterr) FG_MUST;
void serve_reload_tls(struct serve *s);
extern const struct front_route serve_routes[];

/* gateway/serve/keeper.c: what is done now and then. */
/* Epoch keys for now, to every worker. */
enum fg_rc serve_keys_refresh(struct serve *s, fg_time now, struct fg_err *reterr) FG_MUST;
/* Once a second: clock, keys, claims that ended, the mark. */
void serve_tick(struct serve *s);

/* gateway/serve/used.c: last use, from the store and to it. */
enum fg_rc serve_open_used(struct serve *s, fg_time now, struct fg_err *reterr) FG_MUST;
void serve_used_tick(struct serve *s, fg_time now);
void serve_used_close(struct serve *s);

/* gateway/serve/hooks.c: what the API asks of the rest. */
struct api_hooks serve_hooks(struct serve *s);

/* gateway/serve/saml.c: SAML providers, with the parse process and their secrets. */
enum fg_rc serve_metadata(void *app, struct fg_str xml, const struct saml_metadata_want *want, struct fg_arena *a,
    struct saml_metadata *ret, struct fg_err *reterr) FG_MUST; /* app: the struct serve */
enum fg_rc serve_open_saml(struct serve *s, struct fg_err *reterr) FG_MUST;

/* gateway/serve/outbound.c: issuers of accounts. */
enum fg_rc serve_open_outbound(struct serve *s, struct fg_err *reterr) FG_MUST;
void serve_close_outbound(struct serve *s);
enum fg_rc serve_sign(void *arg, struct outbound_job *job, struct fg_err *reterr); /* hook of the API */
void serve_tend_outbound(struct serve *s, fg_time now); /* changes of keys that are due */
void serve_oidc(struct http_exchange *x); /* GET /oidc/ACCOUNT/... */

/* gateway/serve/metrics.c: what is counted. */
extern const struct api_service *const serve_services[];
extern const size_t serve_n_services;
enum fg_rc serve_open_metrics(struct serve *s, struct fg_err *reterr) FG_MUST;
void serve_charge_forget(struct api_call *c);
void serve_answered(void *arg, struct api_call *c, uint64_t begin_us); /* hook of the API */
uint64_t serve_mono_us(void);
/* gateway/serve/dry_run.c: the members of the reply, as `fedgate dry-run` prints them. */
enum fg_rc serve_dry_run(struct serve *s, struct admin_call *a) FG_MUST;

/* gateway/serve/bootstrap.c: on the main thread, after the generation was read. */
void serve_bootstrap(struct serve *s, fg_time now);

/* gateway/serve/health.c */
void serve_healthz(struct http_exchange *x);
void serve_readyz(struct http_exchange *x);
void serve_metrics(struct http_exchange *x);
/* gateway/serve/saml_metadata.c */
void serve_saml_metadata(struct http_exchange *x);

#endif
