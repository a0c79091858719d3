/*
 * tests/unit/api/world.h - two accounts, their people and roles, a provider with keys, a ring, an
 * environment and a worker: everything that a call needs, and no socket.
 */
#ifndef TESTS_API_WORLD_H
#define TESTS_API_WORLD_H

#include "gateway/api/api_int.h"
#include "tests/unit/unit.h"

#define W_NOW ((fg_time)1790000000) /* 2026-09-21T14:13:20Z */
#define W_A1 FG_LIT("111122223333")
#define W_A2 FG_LIT("444455556666")
#define W_ISSUER "https://token.example.com/acme"
#define W_PUBLIC "https://id.example.com"
#define W_BARE "token.example.com/acme"
#define W_PROVIDER "arn:aws:iam::111122223333:oidc-provider/" W_BARE
#define W_ROLE(name) "arn:aws:iam::111122223333:role/" name

/* What happened to a call. */
struct reply {
	bool done;
	int status;
	struct fg_str body;
	struct fg_str code, message; /* of an error */
	struct fg_str key_id, secret, token, arn, expires; /* of credentials */
	struct audit_record record;  /* strings as in the call's arena */
	struct fg_err err;
	bool recorded, waited_for_disk;
};

/* An access key, or a session. */
struct signer {
	struct fg_str key_id, secret, token;
};

struct world {
	struct box *box;
	struct store *st;
	struct directory *d;
	struct cred_client *cred;
	struct cred_ring *ring;
	struct cred_keys *keys;
	struct oidc_jwks *jwks;
	struct saml_provider *saml;
	struct api_env *env;
	struct api_worker *w;
	struct fg_arena *a; /* of everything a test makes; reset by world_fresh() */
	fg_time now;
	fg_time late; /* a request is handled so much later than it was signed */
	/* what the next calls find */
	struct front_peer peer;
	struct fg_arena *work; /* NULL: calls work in a; else here, wiped once only the disk is waited for */
	bool no_keys;       /* the provider has no keys yet */
	bool kid_arrives;   /* oidc_wait() says yes, and later the keys are there */
	bool disk_full;     /* audit refuses */
	bool disk_fails;    /* audit takes the record and fails later */
	struct fg_str host;
	void (*before)(void); /* just before a call is handled; NULL: nothing */
	void (*meanwhile)(void); /* while a call waits for a code or a claim */
	void (*after)(void);  /* when it is done */
	void (*pause)(bool on); /* around what the world makes for itself meanwhile; NULL: nothing */
	uint64_t connection;
	/* what happened */
	unsigned settled, waits, unwraps, charges, refunds, claims;
	struct api_call *pending; /* waits for the audit, a key, a claim or a code */
	audit_done pending_audit;
	struct store_claim *pending_claim;
	enum fg_rc claim_says, mfa_says;
	bool pending_key, pending_mfa;
	api_write_fn pending_write;
	api_aside_fn pending_aside;
	bool pending_resume;
	unsigned asides;            /* calls that were set aside */
	struct fg_str aside_owner;  /* whose share of the queue the last one took */
	unsigned saml_allow;        /* switches of the SAML provider */
	bool saml_unread;           /* its metadata was not read yet */
	bool aside_full;            /* that share is used up */
	unsigned signs;
	struct outbound *outbound; /* private keys of issuers */
	struct oidc_jwks *own;     /* keys of an issuer of this gateway, as they are now */
	struct signer alice, bob; /* users of A1 and A2 */
};

extern struct world world; /* the one of this program */

static inline void
world_pause(bool on)
{
	if (world.pause != NULL)
		world.pause(on);
}

/* A service beside STS; set before the first test.  NULL: none. */
extern const struct api_service *world_service, *world_json_service;

int world_close(void); /* after a suite */
/* Between tests: the clock, the peer and the switches as at the start. */
void world_fresh(void);

/* Rows, in one transaction each. */
void world_put(enum store_kind kind, const void *row);
/* Epoch keys for world.now. */
void world_keys(void);
void world_drop(enum store_kind kind, const void *row);
/* A role of A1 (uid "AROA" + 17 digits of n) with a trust policy and an inline policy (NULL: none). */
void world_role(struct fg_str account, const char *uid, const char *name, const char *trust,
    const char *policy);

/* A form body, sent by POST without a signature. */
struct reply world_anon(const char *body);
/* Signed by POST. */
struct reply world_signed(const struct signer *s, const char *body);
/* Presigned GET of this query ("Action=..."). */
struct reply world_presigned(const struct signer *s, const char *query);
/* A request as it stands; headers alternate name and value. */
struct reply world_send(const char *method, const char *query, const char *body,
    const struct sigv4_header *h, size_t n);
/* Any request. */
struct reply world_run(struct http_request *r);
/* Sign for a service and region other than sts/us-east-1. */
struct reply world_scoped(const struct signer *s, const char *service, const char *region,
    const char *body);

/* A signed JSON 1.1 request. */
struct reply world_json(const struct signer *s, const char *service, const char *target,
    const char *body, bool unsigned_target);
/* Text of a member of a JSON reply (the first of that name); null if none. */
struct fg_str world_member(const struct reply *r, const char *name);

/* The signer of the credentials in a reply. */
struct signer world_signer(const struct reply *r);
/* value, escaped for a form, in the arena */
struct fg_str world_escape(struct fg_str value);
/* Text of the first element of that name in the reply's body; null if none. */
struct fg_str world_xml(const struct reply *r, const char *name);

/* A token of W_ISSUER, RS256, valid, whose claims are the usual ones with `more` (",\"x\":1") at the end. */
struct fg_str world_token(const char *more);
/* Claims of one's own. */
struct fg_str world_token_of(const char *alg, const char *payload);
struct fg_str world_payload(const char *iss, const char *sub, const char *aud, const char *iat,
    const char *exp, const char *more);
/* Assume `role` with a token; more is added to the form ("&DurationSeconds=900"). */
struct reply world_assume(const char *role, struct fg_str token, const char *more);
struct oidc_jwks *world_jwks(void);
/* The world's SAML provider, and Responses of it in base64 with this AttributeStatement. */
struct saml_provider *world_saml_provider(struct fg_str arn, unsigned allow);
struct fg_str world_assertion_sha1(fg_time issued, const char *attributes);
struct fg_str world_assertion(fg_time issued, const char *attributes);
struct fg_str world_assertion_of(fg_time issued, const char *attributes, bool encrypted);

#define CHECK_FAULT(r, status_, code_) check_fault(&(r), (status_), (code_), __FILE__, __LINE__)
void check_fault(const struct reply *r, int status, const char *code, const char *file, unsigned line);
#define CHECK_GRANTED(r) check_granted(&(r), __FILE__, __LINE__)
void check_granted(const struct reply *r, const char *file, unsigned line);

#endif
