/*
 * gateway/idp/idp.h - keys of OIDC providers: fetched ahead of need, or uploaded.
 *
 * Shape:    idp_open() starts one thread in the gateway that follows the directory's OIDC
 *           providers, asks the fetch process for discovery and key documents when they
 *           are due, and swaps whole key sets.  Workers read the present set with
 *           idp_keys(): no lock, no wait.  Providers that name the same issuer, CA and
 *           thumbprints share one source (one schedule, one set); an uploaded set belongs to
 *           its provider's ARN alone and is never shared.
 *           idp_fetch_main() is the body of the fetch process: https GET and nothing else.
 * Owns:     idp_open() is owned, idp_close() ends it.  A key set from idp_keys() is valid
 *           until directory_leave().
 * Units:    milliseconds of a monotonic clock in the schedule; fg_time is not used.
 * Errors:   idp_keys(): FG_E_KEY, step oidc.key.unknown, while the first fetch is on its
 *           way (idp_wait_kid() may help); FG_E_IDP when there are no keys, or the last good
 *           ones are older than the stale bound.
 * Refuses:  addresses that are not public unless the operator listed them, ports other than 443
 *           unless listed, redirects, anything but https and status 200, documents over
 *           256 KiB, answers after 5 s, a discovery document of another issuer; a bad
 *           answer never replaces a good set.
 * Does not: fetch what this gateway itself publishes, or take an uploaded set for it; fetch in the gateway process, fetch because of an issuer that nobody
 *           registered, or let requests decide how often it fetches.
 * Source:   spec of providers (B3); security.md 9, 23, 24, 25, 26.
 */
#ifndef GATEWAY_IDP_IDP_H
#define GATEWAY_IDP_IDP_H

#include "gateway/directory/directory.h"
#include "gateway/outbound/outbound.h"
#include "oidc/oidc.h"
#include "saml/saml.h"

struct idp;
struct proc_child;

/* ---- what happened, for the audit log and the operator ---- */

enum idp_event_kind {
	IDP_EVENT_NONE = 0,
	IDP_KEYS_CHANGED,  /* a set was swapped for another one */
	IDP_KEYS_LOADED,   /* the first set since the start: which keys verify from now on */
	IDP_HOST_CHANGED,  /* jwks_uri moved to another host */
	IDP_FETCH_FAILED,  /* first failure after a success; err says why */
	IDP_RECOVERED,     /* first success after failures */
	IDP_KEYS_EXPIRED,  /* past the stale bound: requests of this issuer are refused */
	IDP_KEY_LEAKED,    /* the set holds a private key: it was left out */
	IDP_UPLOAD_BAD,    /* an uploaded set cannot be used; err says why */
	IDP_EVENT_MAX
};

struct idp_event {
	enum idp_event_kind kind;
	struct fg_str issuer;
	struct fg_str host;       /* of jwks_uri; empty for uploads */
	const struct oidc_jwks *set; /* usable keys, now; NULL: none.  Valid during the call */
	const struct fg_err *err; /* NULL: no error */
};

/* ---- life ---- */

struct idp_config {
	int fetch_fd; /* SOCK_SEQPACKET to the fetch process, not owned; -1: nothing is fetched */
	struct directory *directory; /* followed with directory_on_change() */
	unsigned jwks_flags; /* enum oidc_jwks_flag: which keys are taken */
	/* Of this gateway (outbound.h): what our own issuers sign is verified with the keys of the directory. */
	struct fg_str public_url;
	void *app;
	/* On idp's thread; must not wait long.  NULL: nobody listens. */
	void (*event)(void *app, const struct idp_event *e);
};

/* Reads all providers, then follows; fetches begin at once.  Nothing of this waits for a fetch. */
enum fg_rc idp_open(const struct idp_config *c, struct idp **ret, struct fg_err *reterr) FG_MUST;
/* Ends the thread; waiters are called.  No worker may use it any more.  NULL accepted. */
void idp_close(struct idp *idp);

/* ---- workers ---- */

/* Between directory_enter() and directory_leave(). */
const struct oidc_jwks *idp_keys(const struct idp *idp, const struct directory_oidc *p,
    struct fg_err *reterr) FG_MUST;

/* Is this provider's set past its refresh time (the issuer does not answer)?  For a counter. */
bool idp_stale(const struct idp *idp, const struct directory_oidc *p);

/*
 * This kid is not in the provider's set.  True: a fetch that may bring it is on its way and
 * done(arg) will run exactly once, after at most 1 s, on idp's thread (post it to your own loop).
 * False: no fetch may be made now, or the kid is known not to exist; done will not run.
 * Any thread; never waits.
 */
typedef void (*idp_done_fn)(void *arg);
bool idp_wait_kid(struct idp *idp, const struct directory_oidc *p, struct fg_str kid,
    idp_done_fn done, void *arg);

/*
 * Keys that the operator dropped: the setting of the provider's account with this name and the
 * provider's ARN behind it holds their kids (a store list).  They are left out of the provider's
 * set at once, and of every later one.
 */
#define IDP_DROPPED "oidc.dropped:"
/*
 * How long the last good set of a provider serves while its issuer does not answer: a setting as above,
 * decimal seconds.  Without one: FG_LIMIT_IDP_STALE_MS.
 */
#define IDP_STALE "oidc.stale:"

/* ---- numbers ---- */

struct idp_stats {
	uint64_t providers, sources, uploads;        /* now */
	uint64_t stale, expired, without;            /* sources: past refresh, past the bound, never fetched */
	uint64_t fetches, failures;                  /* documents asked for; refreshes that failed */
	uint64_t swaps;                              /* sets that changed */
	uint64_t kid_fetches, kid_refused, kid_unknown; /* for unknown kids; not allowed; known not to exist */
	uint64_t waits, timeouts;                    /* requests that waited; of these, over 1 s */
	uint64_t lost;                               /* requests to the fetch process without an answer */
};
void idp_stats_read(struct idp *idp, struct idp_stats *ret);
/* A metric_source (gateway/ops): arg is the struct idp. */
void idp_metrics(void *arg, struct fg_buf *b);

/* ---- SAML providers: keys from metadata ---- */

struct idp_saml;

/* Metadata into keys, in a process of its own; blocks. */
typedef enum fg_rc (*idp_metadata_fn)(void *app, struct fg_str xml, const struct saml_metadata_want *want,
    struct fg_arena *a, struct saml_metadata *ret, struct fg_err *reterr);
/* Talk to a parse process at the other end of fd, which is closed. */
enum fg_rc idp_parse(int fd, struct fg_str xml, const struct saml_metadata_want *want, struct fg_arena *a,
    struct saml_metadata *ret, struct fg_err *reterr) FG_MUST;
/* The bits of a provider's switches: a store list of their names. */
static inline unsigned
idp_saml_allow(struct fg_str list)
{
	unsigned bits = 0;
	struct fg_str name;

	while (store_list_next(&list, &name))
		bits |= saml_allow_bit(name);
	return bits;
}

/* A row of the store that is a private key of this SAML provider, in use. */
#define IDP_DECRYPT "saml-decrypt"
static inline bool
idp_saml_key_is(const struct store_secret *s, struct fg_str arn)
{
	return fg_eq(s->owner, arn) && fg_eq(s->purpose, FG_LIT(IDP_DECRYPT)) && s->state == STORE_ACTIVE;
}

/*
 * Where metadata by URL comes from and who vouches for it: the setting of the provider's account with
 * this name and the provider's ARN behind it, a store list of three.  All may be empty.
 */
#define IDP_METADATA "saml.metadata:"
struct idp_saml_source {
	struct fg_str signer;    /* PEM: a document without its signature is refused */
	struct fg_str entity_id; /* which of several entities */
	struct fg_str ca;        /* PEM, in place of the system's */
};
/* When it was last confirmed, seconds in decimal: another setting. */
#define IDP_FETCHED "saml.fetched:"
static inline struct idp_saml_source
idp_saml_source_read(struct fg_str list)
{
	struct idp_saml_source s = { FG_LIT(""), FG_LIT(""), FG_LIT("") };

	if (!store_list_next(&list, &s.signer) || !store_list_next(&list, &s.entity_id) || !store_list_next(&list, &s.ca))
		s = (struct idp_saml_source){ FG_LIT(""), FG_LIT(""), FG_LIT("") };
	return s;
}

enum idp_saml_event_kind {
	IDP_SAML_NONE = 0,
	IDP_SAML_UNUSABLE,     /* what is kept cannot be used; err says why */
	IDP_SAML_FETCH_FAILED, /* first failure after a success */
	IDP_SAML_RECOVERED,
	IDP_SAML_CHANGED,      /* another document is kept from now on */
	IDP_SAML_HELD,         /* a document was not taken: it would get worse, or cannot be used */
	IDP_SAML_STALE,        /* not confirmed for too long: the provider vouches for nobody */
	IDP_SAML_EVENT_MAX
};

/* body is valid during the call; err NULL: it is there. */
typedef void (*idp_document_fn)(void *arg, struct fg_str body, int32_t max_age, const struct fg_err *err);

struct idp_saml_stats {
	uint64_t providers, urls, held, stale;        /* now */
	uint64_t fetches, failures, changes, held_total;
};

struct idp_saml_config {
	struct directory *directory;
	void *app;
	idp_metadata_fn parse; /* on the registry's thread */
	/* Our private keys for this provider, PEM, in the arena; and a number that changes when they do. */
	enum fg_rc (*decrypt)(void *app, struct fg_str arn, struct fg_arena *a, const struct fg_str **ret, size_t *ret_n,
	    struct fg_err *reterr);
	uint64_t (*decrypt_mark)(void *app, struct fg_str arn);
	fg_time (*wall)(void *app);
	/* What happened to a provider.  NULL: nobody listens. */
	void (*event)(void *app, enum idp_saml_event_kind kind, struct fg_str arn, struct fg_str url,
	    const struct fg_err *err);
	/* Ask for a document; done runs once, later, on any thread, or never when this is false.  NULL: no URLs. */
	bool (*fetch)(void *app, struct fg_str url, struct fg_str ca, idp_document_fn done, void *arg);
	/*
	 * Write a document (null: none) and the time of the last good answer to the provider's row, if that
	 * is still the one that p was copied from.
	 */
	enum fg_rc (*save)(void *app, const struct directory_saml *p, struct fg_str document, fg_time fetched,
	    struct fg_err *reterr);
	int64_t refresh_s; /* between refreshes when the server does not say; 0: an hour */
};

/* Reads all providers before it returns, then on each poke (the directory may have changed). */
enum fg_rc idp_saml_open(const struct idp_saml_config *c, struct idp_saml **ret, struct fg_err *reterr) FG_MUST;
void idp_saml_poke(struct idp_saml *s); /* any thread, returns at once */
/* Fetch a provider's metadata now; accept: take it even if it would be held.  FG_E_NOMEM. */
enum fg_rc idp_saml_refresh(struct idp_saml *s, struct fg_str arn, bool accept, struct fg_err *reterr) FG_MUST;
void idp_saml_stats_read(struct idp_saml *s, struct idp_saml_stats *ret);
void idp_saml_metrics(void *arg, struct fg_buf *b); /* a metric_source */
/* Ends the thread; before what it fetches with ends.  NULL accepted. */
void idp_saml_stop(struct idp_saml *s);
void idp_saml_close(struct idp_saml *s); /* NULL accepted; no worker may use it any more */
/*
 * Between directory_enter() and directory_leave().  NULL with FG_E_IDP when the row was not read
 * yet, or cannot be used; never keys of an older row.
 */
const struct saml_provider *idp_saml_provider(const struct idp_saml *s, const struct directory_saml *p,
    struct fg_err *reterr);

/*
 * A document for somebody else, by the fetch process: https, and all that is refused of key sets.  done
 * runs once on idp's thread.  Any thread.  False: memory is short; done will not run.
 */
bool idp_document(struct idp *idp, struct fg_str url, struct fg_str ca, uint32_t max_bytes, uint32_t timeout_ms,
    idp_document_fn done, void *arg);

/* ---- the fetch process ---- */

/* An exception to "public addresses, port 443" (security.md 23). */
struct idp_allow {
	const char *host;    /* as in the URL; NULL: by address */
	struct fg_cidr cidr; /* when host is NULL */
	uint16_t port;
};

/* The configuration bytes of the fetch role (proc_config.role_config), from the operator's list. */
enum fg_rc idp_fetch_config(struct fg_arena *a, const struct idp_allow *allow, size_t n,
    struct fg_str *ret, struct fg_err *reterr) FG_MUST;

#define IDP_LINK "fetch" /* link to the gateway: the name that idp_fetch_main() asks for */

/* Body of the process (proc_role.main).  Confines itself; returns when its link closes. */
int idp_fetch_main(const struct proc_child *c);

#endif
