/*
 * gateway/iam/bundle.h - accounts, principals, policies and providers from a file, and back.
 *
 * Shape:    bundle_parse() reads YAML or JSON into a checked bundle and reports every error
 *           with its place; bundle_apply() compares it with the store and makes the difference
 *           in one transaction; bundle_export() prints the same format.
 *           A bare `aws iam get-account-authorization-details` dump is a bundle too.
 * Owns:     a bundle lies in the caller's arena; its strings are copied into it.
 * Errors:   FG_E_SYNTAX  not YAML or JSON        FG_E_PARAM  a value is refused; see the report
 *           FG_E_POLICY  a policy document is refused
 *           FG_E_EXISTS, FG_E_CONFLICT, FG_E_STORE, FG_E_LIMIT, FG_E_NOMEM
 *           Whatever the error, the store is as it was.
 * Refuses:  unknown members, duplicate names, a dump that was cut off (IsTruncated), documents
 *           that trust_check() refuses, providers without https, key sets without a usable key.
 * Does not: open files itself (a function is given), create access keys, or delete accounts.
 * Source:   IAM GetAccountAuthorizationDetails; contract.md "Bundle"; security.md 12.
 */
#ifndef GATEWAY_IAM_BUNDLE_H
#define GATEWAY_IAM_BUNDLE_H

#include "base/base.h"
#include "gateway/idp/idp.h"
#include "gateway/store/store.h"

struct bundle;
struct cred_client;

/* The content of JwksFile, CaFile, MetadataFile or one of PrivateKeyFiles, in the arena. */
typedef enum fg_rc (*bundle_file_fn)(void *arg, struct fg_str path, struct fg_arena *a,
    struct fg_str *ret, struct fg_err *reterr);
/* One line: an error or a warning with its place ("Accounts[0].RoleDetailList[2](ci): ..."). */
typedef void (*bundle_report_fn)(void *arg, struct fg_str line);

struct bundle_source {
	struct fg_str bytes;
	bundle_file_fn file; /* NULL: members that name files are refused */
	void *file_arg;
	bundle_report_fn report; /* may be NULL */
	void *report_arg;
};

enum fg_rc bundle_parse(struct fg_arena *a, const struct bundle_source *src, struct bundle **ret,
    struct fg_err *reterr) FG_MUST;

enum bundle_flags {
	BUNDLE_DRY_RUN = 1, /* say what would change; the store is not touched */
	BUNDLE_PRUNE = 2,   /* delete what the lists of the bundle do not name */
};

struct bundle_how {
	unsigned flags;
	fg_time now; /* CreateDate of what has none */
	/* "create|update|delete ARN", in the order in which it is done. */
	bundle_report_fn line;
	/* A warning: a principal that does not exist stays inert. */
	bundle_report_fn warn;
	void *arg;
	struct cred_client *cred; /* wraps private keys; NULL: the bundle may bring none */
	idp_metadata_fn metadata; /* reads SAML metadata that is new; NULL: it is taken unread */
	void *metadata_arg;
};

/*
 * An account that does not exist is created.  In an account, prune looks only at the lists
 * that the bundle has: without "OpenIDConnectProviders" no provider is deleted.
 */
enum fg_rc bundle_apply(struct store *st, struct bundle *b, const struct bundle_how *how,
    struct fg_arena *a, struct fg_err *reterr) FG_MUST;

/* All accounts, or one (FG_E_NOT_FOUND); JSON, ended by a line feed. */
enum fg_rc bundle_export(struct store *st, struct fg_str account, struct fg_arena *a,
    struct fg_buf *out, struct fg_err *reterr) FG_MUST;

#endif
