/*
 * trust/trust_int.h - the parsed document: what the compiler, the write-time rules and the
 * linter read.
 *
 * Shape:    trust_document_parse() applies the rules of shape and gives a tree in an arena.
 *           Every text keeps its offset in the source, so that a finding can name its place.
 * Owns:     the arena owns the tree; texts borrow from the arena or the source, and
 *           the source must outlive the tree.
 */
#ifndef TRUST_TRUST_INT_H
#define TRUST_TRUST_INT_H

#include "trust/trust.h"

/* ---- operators ---- */

enum trust_family {
	TRUST_OP_NONE = 0, /* no such operator */
	TRUST_OP_STRING,   /* StringEquals */
	TRUST_OP_STRING_FOLD, /* StringEqualsIgnoreCase */
	TRUST_OP_LIKE,
	TRUST_OP_ARN,
	TRUST_OP_NUMBER,
	TRUST_OP_DATE,
	TRUST_OP_BOOL,
	TRUST_OP_BINARY,
	TRUST_OP_IP,
	TRUST_OP_NULL,
	TRUST_OP_MAX
};

enum trust_relation { TRUST_EQ = 0, TRUST_LT, TRUST_LE, TRUST_GT, TRUST_GE };

enum trust_set { TRUST_SET_NONE = 0, TRUST_SET_ALL, TRUST_SET_ANY };

struct trust_op {
	enum trust_family family;
	enum trust_relation relation; /* numbers and dates: request value RELATION policy value */
	enum trust_set set;
	bool negated;
	bool if_exists;
};

/* The operator's name (any ASCII case), with its set prefix and IfExists; family NONE: unknown. */
struct trust_op trust_op_parse(struct fg_str name);
/* Do values of this family expand variables? */
bool trust_op_expands(enum trust_family family);

/* ---- the tree ---- */

enum trust_text_type { TRUST_T_STRING = 0, TRUST_T_NUMBER, TRUST_T_BOOL };

struct trust_text {
	struct fg_str s; /* strings unescaped; numbers and booleans verbatim */
	enum trust_text_type type;
	uint32_t off; /* of the value in the source */
};

/* A scalar or an array. */
struct trust_list {
	const struct trust_text *v;
	uint32_t n;
	uint32_t off;  /* of the scalar or the array */
	bool present;
	bool scalar; /* written without brackets */
};

enum trust_ptype {
	TRUST_P_ALL = 0, /* Principal: "*" */
	TRUST_P_AWS,
	TRUST_P_SERVICE,
	TRUST_P_FEDERATED,
	TRUST_P_CANONICAL, /* CanonicalUser: matches nobody here */
	TRUST_P_MAX
};

const char *trust_ptype_name(enum trust_ptype t); /* "AWS"; "*" for TRUST_P_ALL */

struct trust_principal_block {
	enum trust_ptype type;
	uint32_t off; /* of the type's key, or of "*" */
	struct trust_list values; /* TRUST_P_ALL: one "*" */
};

struct trust_test {
	struct fg_str operator; /* as written */
	struct fg_str key;
	uint32_t operator_off, key_off;
	struct trust_op op;
	struct trust_list values;
};

struct trust_statement {
	uint32_t off;
	uint32_t index;
	struct fg_str sid; /* null without one */
	uint32_t sid_off, effect_off, condition_off;
	bool deny;
	bool not_action, not_resource, not_principal; /* the Not form of the element was used */
	struct trust_list action;
	struct trust_list resource; /* not present: matches every resource */
	bool has_principal;
	uint32_t principal_off;
	const struct trust_principal_block *principal;
	uint32_t nprincipal;
	bool has_condition;
	const struct trust_test *test; /* one for each key of each operator, in order */
	uint32_t ntest;
};

struct trust_document {
	struct fg_json json; /* json.src is the source */
	enum trust_kind kind;
	bool has_version;
	bool variables; /* Version is 2012-10-17 */
	uint32_t version_off;
	struct fg_str id; /* null without one */
	bool statement_scalar; /* Statement is an object, not an array */
	const struct trust_statement *statement;
	uint32_t nstatement;
};

/*
 * Parse with the rules of shape.  FG_E_POLICY and FG_E_LIMIT fill *retfault (which may be NULL).
 */
enum fg_rc trust_document_parse(struct fg_arena *a, struct fg_str src, enum trust_kind kind,
    struct trust_document **ret, struct trust_fault *retfault, struct fg_err *reterr) FG_MUST;

/* The rules of writing, on a parsed document; as trust_check(). */
enum fg_rc trust_document_check(const struct trust_document *d, size_t max_chars,
    struct trust_fault *retfault, struct fg_err *reterr) FG_MUST;

/* JSON pointer of the innermost value or member that holds this offset; "" for the document. */
void trust_document_pointer(const struct trust_document *d, uint32_t off, char *out, size_t room);

/*
 * Fill *f (may be NULL) with place and rule, and *reterr; returns FG_E_POLICY.  j may be NULL
 * when the document is not JSON (then off counts in src).
 */
enum fg_rc trust_refuse(const struct fg_json *j, struct fg_str src, uint32_t off, const char *rule,
    struct trust_fault *f, struct fg_err *reterr, const char *fmt, ...) FG_PRINTF(7, 8);
/* The JSON reader's own refusal e, as a fault. */
enum fg_rc trust_refuse_json(struct fg_str src, const struct fg_err *e, struct trust_fault *f,
    struct fg_err *reterr);

#endif
