/*
 * gateway/api/api.h - the AWS Query protocol: form fields, actions, faults, XML, and STS; and
 * JSON 1.1 for services that speak it.
 *
 * Shape:    one request is one struct api_call.  api_handle() runs it: find the action,
 *           read its parameters, know the caller, then the action's own function, then the
 *           audit record, then done().  A step that must wait (a key fetch, a claim, the
 *           audit's fsync) returns and the call goes on later on the same thread; done() is
 *           called exactly once.  No sockets: the listener's part is api_http().
 *           struct api_env is immutable and shared by all threads; a struct api_worker
 *           belongs to one thread.  Other services (IAM) add a struct api_service.
 *           Its parts: action.h and call.h (what a service is made of, a request on its way), text.h, hooks.h
 *           (the rest of the gateway), issue.h; include this one.
 * Owns:     api_env_new, api_worker_new: owned, freed by _free.  A call's strings lie in its
 *           arena or borrow from the request; all of it is valid until done() returned.
 *           Directory entities (user, role, ...) are valid only until the function that
 *           looked them up returns to the loop.
 * Units:    fg_time; sizes in bytes.
 * Errors:   an action returns FG_OK, or a code with call->err filled; call->fault and
 *           call->message then say what the caller reads, else the fault table does.
 *           fg_err.text goes to the audit record only.
 * Refuses:  GET for anything but flagged actions, parameters in the query of a POST,
 *           repeated or unknown parameters, gaps and leading zeros in lists, a Host that is
 *           not ours, a signature for another service, two forms of authentication.
 * Does not: read a clock, block (but for the first use of a long-lived key in a thread), log.
 * Source:   STS 2011-06-15, IAM 2010-05-08 service models; security.md 8 to 17, 26, 28, 30.
 */
#ifndef GATEWAY_API_API_H
#define GATEWAY_API_API_H

#include "base/base.h"
#include "gateway/api/action.h"
#include "gateway/api/call.h"
#include "gateway/api/faults.h"
#include "gateway/api/hooks.h"
#include "gateway/api/issue.h"
#include "gateway/api/text.h"

struct api_env;

struct api_conf {
	struct directory *directory; /* borrowed, outlives the environment */
	struct api_hooks hooks;
	const struct api_service *const *service; /* table of services */
	size_t n_service;
	struct fg_str public_url;            /* without a trailing slash */
	const struct fg_str *endpoint_hosts; /* what Host may be; none: any */
	size_t n_endpoint_hosts;
	const struct fg_str *regions;        /* none: any */
	size_t n_regions;
	int32_t oidc_skew_s, saml_skew_s;
	const struct fg_str *saml_recipients; /* beside our own */
	size_t n_saml_recipients;
	const struct fg_str *saml_audiences;
	size_t n_saml_audiences;
	int64_t chain_max_s; /* from the first proof; 0: 43,200 */
};

/* Copies strings and tables of *conf. */
enum fg_rc api_env_new(const struct api_conf *conf, struct api_env **ret,
    struct fg_err *reterr) FG_MUST;
void api_env_free(struct api_env *e);
const struct api_conf *api_env_conf(const struct api_env *e);

/* On the thread that will use it; the thread has joined the directory's readers. */
enum fg_rc api_worker_new(struct api_env *e, void *user, struct api_worker **ret,
    struct fg_err *reterr) FG_MUST;
void api_worker_free(struct api_worker *w);
void *api_worker_user(const struct api_worker *w);
struct api_env *api_worker_env(const struct api_worker *w);
/* Epoch keys to mint and open with from now on; takes a reference.  On w's thread. */
void api_worker_keys(struct api_worker *w, struct cred_keys *keys);
struct cred_keys *api_worker_keys_now(const struct api_worker *w); /* borrowed; NULL: none */
struct cred_worker *api_worker_cred(const struct api_worker *w);
struct oidc_worker *api_worker_oidc(const struct api_worker *w);
struct sigv4_crypto *api_worker_sigv4(const struct api_worker *w);

/* Handler of POST "/" and GET "/": run the exchange on this worker. */
void api_http(struct api_worker *w, struct http_exchange *x);

/*
 * May a body over 256 KiB be read (front_config.admit)?  Only for IAM, signed a moment ago by a
 * key that lives; the signature itself is checked when the body is there.
 */
bool api_admit(struct api_worker *w, struct http_exchange *x);

#endif
