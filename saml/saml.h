/*
 * saml/saml.h - is this SAML 2.0 Response a proof, and of what?
 *
 * Shape:    bytes in, facts out, in three steps that cannot be swapped:
 *             saml_verify  untrusted bytes + a provider's keys -> struct saml_signed
 *             saml_read    struct saml_signed                  -> struct saml_facts
 *             saml_check   facts + expectations                -> yes, or the rule
 *           saml_verify is the only maker of a struct saml_signed.  It holds the
 *           canonical octets whose digest was signed (octets, not a boolean); saml_read parses those again and sees nothing else.
 *           Then, for the AWS profile: saml_aws_read, saml_keys.
 * Owns:     everything returned lies in the arena, but a provider, which is on the heap
 *           (saml_provider_free) and immutable: threads may share it.  A saml_signed and
 *           the facts borrow the provider: keep it until they are gone.
 * Units:    times are fg_time (UTC seconds, 0 is "absent"); sizes are bytes.
 * Errors:   every refusal names a step; saml_step_find() gives its rule (R1..R20), the
 *           sentence that may be shown to a caller, and the reference.
 *           FG_E_NOMEM and FG_E_CRYPTO are ours; all others are the sender's fault.
 *           FG_E_THROTTLED only at step saml.encrypted.admission (see saml_input).
 * Refuses:  whatever it does not fully understand: DTD, comment, PI, CDATA, encodings
 *           other than UTF-8, two assertions, a signature anywhere but on the Response
 *           or its Assertion, any algorithm or transform outside the profile, keys that
 *           are not in the provider's metadata.
 * Does not: look at the clock, remember assertion ids (R19: the caller claims
 *           facts->issuer + facts->assertion_id until facts->replay_until), know
 *           roles or accounts, fetch, or log.
 * Source:   SAML Core 2.0, Profiles 4.1.4, XML-DSig 1.1 (exclusive C14N), XML-Enc 1.1,
 *           AWS IAM guide "Configure SAML assertions".
 */
#ifndef SAML_SAML_H
#define SAML_SAML_H

#include "base/base.h"

/* ---- switches of a provider (all off: the strict profile) ---- */

enum saml_allow {
	SAML_ALLOW_SHA1 = 1u << 0,       /* "sha1": RSA-SHA1 and SHA-1 digests */
	SAML_ALLOW_RSA1024 = 1u << 1,    /* "rsa1024": RSA keys of 1024..2047 bits */
	SAML_ALLOW_RSA15 = 1u << 2,      /* "rsa15": PKCS #1 v1.5 key transport */
	SAML_ALLOW_NO_AUTHN = 1u << 3,   /* "no-authn-statement" */
	SAML_ALLOW_STALE = 1u << 4,      /* "stale": lifts the five-minute rule only */
	SAML_ALLOW_PSS = 1u << 5,        /* "rsa-pss": RFC 9231 2.3.10, SHA-2 only */
	SAML_ALLOW_BARE_CBC = 1u << 6,   /* "bare-cbc": AES-CBC without a signed Response */
	SAML_ALLOW_SINGLE_USE = 1u << 7, /* "single-use": stricter: one use per assertion */
};
/* The bit of a switch's name, 0 when there is none; and the name of a bit. */
unsigned saml_allow_bit(struct fg_str name);
const char *saml_allow_name(unsigned bit);

/* ---- provider ---- */

enum saml_encryption { SAML_ENCRYPTION_REQUIRED = 0, SAML_ENCRYPTION_ALLOWED };

struct saml_provider_conf {
	struct fg_str id;        /* the provider's ARN; opaque here, copied */
	struct fg_str entity_id; /* the only Issuer these keys speak for */
	/* signing keys: DER certificates or SubjectPublicKeyInfo; certificates' dates and
	 * chains are not looked at (a certificate is only a container for the key) */
	const struct fg_str *key;
	size_t n_keys; /* 1..FG_LIMIT_SAML_KEYS */
	/* our private keys for EncryptedAssertion, PEM; RSA 2048..3072 bits */
	const struct fg_str *decrypt_pem;
	size_t n_decrypt; /* 0..FG_LIMIT_SAML_DECRYPT_KEYS */
	enum saml_encryption encryption; /* REQUIRED refuses a plain Assertion */
	unsigned allow;      /* SAML_ALLOW_* */
	fg_time valid_until; /* of the metadata; 0: no end */
};

struct saml_provider;

/*
 * Parse the keys once.  FG_E_KEY (saml.provider.key) when a key does not parse, has a
 * type or size that no algorithm of the profile takes (RSA < 1024, > 4096, e != 65537;
 * curves other than P-256, P-384, P-521).
 */
enum fg_rc saml_provider_new(const struct saml_provider_conf *conf, struct saml_provider **ret,
    struct fg_err *reterr) FG_MUST;
void saml_provider_free(struct saml_provider *p); /* NULL accepted */
void saml_provider_freep(struct saml_provider **p);
struct fg_str saml_provider_id(const struct saml_provider *p);
struct fg_str saml_provider_entity_id(const struct saml_provider *p);
unsigned saml_provider_allow(const struct saml_provider *p);
fg_time saml_provider_valid_until(const struct saml_provider *p); /* of the metadata; 0: no end */
/* Keys in the order given: SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
size_t saml_provider_keys(const struct saml_provider *p);
struct fg_str saml_provider_key_id(const struct saml_provider *p, size_t i);
/* "RSA-2048", "EC-256" */
const char *saml_provider_key_kind(const struct saml_provider *p, size_t i);
/* The key id of one DER certificate, SubjectPublicKeyInfo or PEM text, in the arena. */
enum fg_rc saml_key_id(struct fg_arena *a, struct fg_str key, struct fg_str *ret,
    struct fg_err *reterr) FG_MUST;
/* One of our private keys (saml_provider_conf.decrypt_pem), and what may be shown of it. */
struct saml_private {
	struct fg_str id;          /* as of any key: SHA-256 of the SubjectPublicKeyInfo, hex */
	struct fg_str certificate; /* DER, signed by the key itself: for our own metadata */
	uint32_t bits;
};
/* name: of the certificate's subject.  FG_E_KEY when saml_provider_new() would refuse it. */
enum fg_rc saml_private_read(struct fg_arena *a, struct fg_str pem, struct fg_str name, fg_time now,
    struct saml_private *ret, struct fg_err *reterr) FG_MUST;
/* PEM certificates or public keys -> DER pieces (how many in *ret_n, at most max). */
enum fg_rc saml_pem_read(struct fg_arena *a, struct fg_str pem, struct fg_str *ret, size_t max,
    size_t *ret_n, struct fg_err *reterr) FG_MUST;

/* ---- verify ---- */

enum saml_form {
	SAML_FORM_BASE64 = 0, /* what the API and the POST binding carry */
	SAML_FORM_EITHER,     /* '<' as the first byte that is not white space or a BOM: XML */
};

struct saml_input {
	struct fg_str body;
	enum saml_form form;
	fg_time now; /* for the validity of the metadata */
	/*
	 * Private-key operations that this call may do.  0: an EncryptedAssertion is
	 * answered FG_E_THROTTLED, step saml.encrypted.admission, after any outer signature was
	 * verified and before the private key is touched: hand the request to the
	 * decryption queue and call again with FG_LIMIT_SAML_PRIVATE_OPS.
	 */
	unsigned private_ops;
};

struct saml_signed; /* opaque, and made in one place */

enum fg_rc saml_verify(struct fg_arena *a, const struct saml_provider *p,
    const struct saml_input *in, const struct saml_signed **ret, struct fg_err *reterr) FG_MUST;
/* The provider whose key verified. */
const struct saml_provider *saml_signed_provider(const struct saml_signed *s);

/* ---- read ---- */

enum {
	SAML_SIGNED_ASSERTION = 1u << 0,
	SAML_SIGNED_RESPONSE = 1u << 1,
};

/* Attributes of one Name, merged over repeated Attribute elements, in order. */
struct saml_attribute {
	struct fg_str name;
	struct fg_str friendly_name; /* of the first that has one; may be null */
	const struct fg_str *value;
	size_t n_values;
};

struct saml_restriction { /* one AudienceRestriction: any of these */
	const struct fg_str *audience; /* outer XML white space trimmed */
	size_t n;
};

struct saml_facts {
	const struct saml_provider *provider;
	unsigned signed_parts;   /* SAML_SIGNED_* */
	struct fg_str key;       /* key id whose signature covers the assertion */
	const char *algorithm;   /* "rsa-sha256" */
	unsigned legacy;         /* SAML_ALLOW_* switches without which this would be refused so far */
	bool encrypted;          /* the assertion came encrypted */

	struct fg_str issuer;
	struct fg_str assertion_id;
	fg_time issue_instant;
	struct fg_str subject;         /* NameID, not trimmed */
	struct fg_str subject_format;  /* full URI; unspecified when absent */
	struct fg_str subject_type;    /* as AWS shows it: the SAML 2.0 prefix cut off */
	struct fg_str name_qualifier;  /* attributes of NameID; may be null */
	struct fg_str sp_name_qualifier;

	/* the one bearer SubjectConfirmation */
	struct fg_str recipient;
	struct fg_str in_response_to; /* null when absent */
	fg_time confirm_until;        /* its NotOnOrAfter */

	fg_time not_before;           /* Conditions; 0 absent */
	fg_time not_on_or_after;      /* Conditions; 0 absent */
	const struct saml_restriction *restriction;
	size_t n_restrictions;
	bool one_time_use;

	bool has_authn;
	fg_time authn_instant;
	fg_time session_not_on_or_after; /* 0 absent */
	struct fg_str session_index;
	struct fg_str authn_context;

	const struct saml_attribute *attribute;
	size_t n_attributes;

	/* Response; signed only with SAML_SIGNED_RESPONSE, used only to refuse */
	struct fg_str response_id;
	struct fg_str response_in_response_to;
	struct fg_str destination;

	/* R19: remember (provider, assertion_id) at least until here, plus the skew */
	fg_time replay_until;
};

enum fg_rc saml_read(struct fg_arena *a, const struct saml_signed *s, struct saml_facts *ret,
    struct fg_err *reterr) FG_MUST;
const struct saml_attribute *saml_attribute_find(const struct saml_facts *f, struct fg_str name);

/* ---- check ---- */

enum saml_binding {
	SAML_REQUEST_ANY = 0, /* the API: it does not know the request */
	SAML_REQUEST_IS,      /* must answer in_response_to */
	SAML_REQUEST_NONE,    /* IdP-initiated: must not answer anything */
};

struct saml_expect {
	fg_time now;
	int64_t skew_s; /* at most FG_LIMIT_SAML_SKEW_MAX_S; more is cut to that */
	/* exact strings; the Recipient (and Destination, if present) must be one of them */
	const struct fg_str *recipient;
	size_t n_recipients;
	/* exact strings; every AudienceRestriction must name one of them */
	const struct fg_str *audience;
	size_t n_audiences; /* 0 refuses */
	enum saml_binding binding;
	struct fg_str in_response_to;
};

/*
 * Times, audiences, subject confirmation, session.  f->legacy gains a switch that was
 * needed.  FG_E_EXPIRED, FG_E_NOT_YET, FG_E_AUDIENCE, FG_E_CLAIM.
 */
enum fg_rc saml_check(struct saml_facts *f, const struct saml_expect *want,
    struct fg_err *reterr) FG_MUST;

/* The three steps in order. */
enum fg_rc saml_accept(struct fg_arena *a, const struct saml_provider *p,
    const struct saml_input *in, const struct saml_expect *want, struct saml_facts *ret,
    struct fg_err *reterr) FG_MUST;

/* ---- the AWS profile ---- */

struct saml_pair {
	struct fg_str role;     /* arn:...:role/... */
	struct fg_str provider; /* arn:...:saml-provider/... */
};

struct saml_tag {
	struct fg_str key;
	struct fg_str value;
	bool transitive;
};

struct saml_aws {
	const struct saml_pair *pair; /* in either order in the value; blanks around trimmed */
	size_t n_pairs;
	struct fg_str session_name;    /* required, 2..64 of [A-Za-z0-9_+=,.@-] */
	uint32_t session_duration_s;   /* 900..43200; 0 absent */
	struct fg_str source_identity; /* null absent; 2..64, not "aws:..." */
	const struct saml_tag *tag;    /* PrincipalTag:*, at most 50 */
	size_t n_tags;
	const struct fg_str *transitive; /* TransitiveTagKeys: each is the key of a tag */
	size_t n_transitive;
};

/*
 * The attributes below https://aws.amazon.com/SAML/Attributes/.  FG_E_CLAIM with AWS's wording
 * in saml_step.text.  Role values that are not a pair are refused.
 */
enum fg_rc saml_aws_read(struct fg_arena *a, const struct saml_facts *f, struct saml_aws *ret,
    struct fg_err *reterr) FG_MUST;
/* The pair (role, provider) is one of them: exact bytes. */
bool saml_aws_has(const struct saml_aws *aws, struct fg_str role, struct fg_str provider);
/*
 * When the session may end at the latest: min(now + asked, SessionNotOnOrAfter, now +
 * SessionDuration where that is smaller).  asked_s is DurationSeconds or its default.
 */
fg_time saml_session_end(const struct saml_facts *f, const struct saml_aws *aws, fg_time now,
    uint32_t asked_s);
/* base64(SHA-1(issuer account "/" provider_name)), in the arena; null when memory is short. */
struct fg_str saml_name_qualifier(struct fg_arena *a, struct fg_str issuer, struct fg_str account,
    struct fg_str provider_name);

/* A condition key of the trust policy. */
struct saml_key {
	const char *name; /* "saml:aud" */
	bool array;       /* multi-valued even with one value */
	bool session;     /* travels into the session's own requests */
	const struct fg_str *value;
	size_t n_values;
};
#define SAML_KEYS 32

/*
 * All saml:* keys that have a value, in the order of the table; ret has room for SAML_KEYS.
 * account and provider_name are the provider's (saml:doc, saml:namequalifier).
 */
enum fg_rc saml_keys(struct fg_arena *a, const struct saml_facts *f, struct fg_str account,
    struct fg_str provider_name, struct saml_key ret[SAML_KEYS], size_t *ret_n,
    struct fg_err *reterr) FG_MUST;
/* The i-th row of the table (for lint and documents); NULL past the end. */
const struct saml_key *saml_key_row(size_t i);

/* ---- metadata (libxml2; runs in the parse process) ---- */

struct saml_endpoint {
	struct fg_str binding;
	struct fg_str location;
};

struct saml_metadata_key {
	struct fg_str der;  /* certificate */
	struct fg_str id;   /* SHA-256 of its SubjectPublicKeyInfo, hex */
	fg_time not_before; /* of the certificate: for warnings only */
	fg_time not_after;
	uint32_t bits;
};

struct saml_metadata {
	struct fg_str entity_id;
	fg_time valid_until; /* the earliest of the entity, its parents and its role; 0 none */
	bool want_signed_requests;
	bool signed_; /* a pinned certificate's signature over the document verified */
	const struct saml_metadata_key *key; /* signing keys of the IDPSSODescriptor */
	size_t n_keys;
	const struct saml_endpoint *sso;
	size_t n_sso;
	const struct fg_str *warning; /* "saml.metadata.expired-certificate: ..." */
	size_t n_warnings;
};

struct saml_metadata_want {
	struct fg_str entity_id; /* null: the document must hold exactly one identity provider */
	fg_time now;             /* for validUntil and warnings */
	struct fg_str signer;    /* DER certificate or key; when given, an unsigned document is refused */
	unsigned allow;          /* SAML_ALLOW_RSA1024, SAML_ALLOW_SHA1 */
};

enum fg_rc saml_metadata_parse(struct fg_arena *a, struct fg_str xml,
    const struct saml_metadata_want *want, struct saml_metadata *ret, struct fg_err *reterr) FG_MUST;
/*
 * May a refreshed document replace what is kept?  Same entity, no earlier
 * validUntil, and a verified pinned signature or at least one retained key; else FG_E_CONFLICT.
 */
enum fg_rc saml_metadata_succeeds(const struct saml_metadata *old, const struct saml_metadata *fresh,
    struct fg_err *reterr) FG_MUST;
/* The plain struct as bytes and back (over a pipe). */
void saml_metadata_put(struct fg_buf *b, const struct saml_metadata *m);
enum fg_rc saml_metadata_get(struct fg_arena *a, struct fg_str bytes, struct saml_metadata *ret,
    struct fg_err *reterr) FG_MUST;
/*
 * Body of the parse process: one request from `in` until end of file, one answer to `out`.
 * The caller has set limits and confinement.  Returns the exit status.
 */
int saml_parse_main(int in, int out);
/* The parent's side of that pipe: what to write, and what was read. */
void saml_parse_ask(struct fg_buf *b, struct fg_str xml, const struct saml_metadata_want *want);
enum fg_rc saml_parse_answer(struct fg_arena *a, struct fg_str bytes, struct saml_metadata *ret,
    struct fg_err *reterr) FG_MUST;

/* ---- what we publish ---- */

struct saml_sp {
	struct fg_str entity_id;
	const struct fg_str *acs; /* HTTP-POST locations; the first is the default */
	size_t n_acs;
	const struct fg_str *encryption_cert; /* DER */
	size_t n_encryption_certs;
	fg_time valid_until; /* 0: none */
};
void saml_sp_metadata_put(struct fg_buf *b, const struct saml_sp *sp);

/* ---- explain: what a Response claims, trusted or not ---- */

struct saml_seen_signature {
	const char *on;          /* "response", "assertion", "elsewhere" */
	struct fg_str id;        /* ID of the parent */
	struct fg_str reference; /* Reference URI */
	struct fg_str method;
	struct fg_str digest;
	struct fg_str key;       /* key id in KeyInfo, informational; null */
};

struct saml_seen {
	struct fg_str response_id, response_issuer, destination, in_response_to, status;
	struct fg_str issuer, assertion_id, issue_instant, subject, subject_format;
	struct fg_str recipient, confirm_until, not_before, not_on_or_after;
	struct fg_str session_not_on_or_after;
	size_t n_assertions, n_encrypted;
	const struct fg_str *audience;
	size_t n_audiences;
	const struct saml_seen_signature *signature;
	size_t n_signatures;
	const struct saml_attribute *attribute;
	size_t n_attributes;
};

/*
 * For an administrator's eyes only: nothing in it was verified.  Fails only where the
 * strict reader refuses the document.
 */
enum fg_rc saml_look(struct fg_arena *a, struct fg_str body, enum saml_form form,
    struct saml_seen *ret, struct fg_err *reterr) FG_MUST;

/* ---- the steps ---- */

struct saml_step {
	const char *step; /* "saml.conditions.audience" */
	const char *rule; /* "R16" */
	const char *ref;  /* "SAML Core 2.5.1.4" */
	enum fg_rc rc;
	const char *text; /* what an API caller may read; NULL: the code's own text */
};
/* NULL for a step that is not of this folder. */
const struct saml_step *saml_step_find(const char *step);
/* Iteration, for documents and tests: NULL past the end. */
const struct saml_step *saml_step_row(size_t i);

#endif
