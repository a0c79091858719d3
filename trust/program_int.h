/*
 * trust/program_int.h - the compiled form, and the parts that make and run it.
 *
 * Shape:    a program is one block of memory: its structs, a copy of the document, and strings
 *           that borrow from that copy wherever the document held no escape.
 * Bounds:   a comparison costs at most (bytes of pattern) * (bytes of value / 64 + 1) steps;
 *           what variables can multiply beyond that is counted and stops (see match.c).
 */
#ifndef TRUST_PROGRAM_INT_H
#define TRUST_PROGRAM_INT_H

#include "trust/trust_int.h"

/* ---- memory of a program ---- */

/* Two passes over the same code: the first measures in an arena, the second fills the block. */
struct trust_alloc {
	struct fg_arena *arena; /* first pass */
	char *block;            /* second pass, or NULL */
	size_t room;            /* bytes of the block */
	size_t used;            /* bytes */
};

void *trust_alloc(struct trust_alloc *m, size_t n, size_t size) FG_MUST; /* zeroed, NULL: no memory */

/* ---- keys ---- */

/* The same for all spellings that differ in ASCII case only. */
uint64_t trust_key_hash(struct fg_str key);

struct trust_key {
	uint64_t hash;
	struct fg_str key; /* as written first */
};

/* Keys while compiling; interned without case. */
struct trust_keys {
	struct fg_arena *arena;
	struct trust_key *v;
	uint32_t n, room;
};

/* Index of the key, added when new; UINT32_MAX: no memory. */
uint32_t trust_keys_intern(struct trust_keys *k, struct fg_str key) FG_MUST;

/* ---- patterns ---- */

enum trust_piece_kind {
	TRUST_LITERAL = 0,
	TRUST_ONE,      /* ?: one code point */
	TRUST_STAR,     /* *: any run */
	TRUST_VARIABLE, /* a key's single value */
};

struct trust_piece {
	enum trust_piece_kind kind;
	uint32_t key;    /* variable: index in the program's keys */
	struct fg_str s; /* literal; variable: its default, null without one */
};

enum trust_form {
	TRUST_NEVER = 0, /* holds a variable that cannot be read: matches nothing */
	TRUST_EXACT,     /* a literal */
	TRUST_ALL,       /* a lone star */
	TRUST_PIECES,
};

struct trust_pattern {
	enum trust_form form;
	uint32_t n;
	struct fg_str literal; /* TRUST_EXACT */
	const struct trust_piece *piece;
};

struct trust_pattern_how {
	bool wild;      /* * and ? are wildcards */
	bool variables; /* ${} is expanded */
};

/* FG_E_NOMEM only. The text must live as long as the pattern. */
enum fg_rc trust_pattern_compile(struct trust_alloc *m, struct trust_keys *k, struct fg_str text,
    const struct trust_pattern_how *how, struct trust_pattern *ret) FG_MUST;
bool trust_pattern_varies(const struct trust_pattern *p); /* has a variable */
/* Length of the "${...}" that starts at s.p[i]; 0: none. */
size_t trust_variable_span(struct fg_str s, size_t i);
/* The parts of what stands between ${ and }; false: it names no key. *ret_default null without one. */
bool trust_variable_read(struct fg_str body, struct fg_str *ret_key, struct fg_str *ret_default);

/* Six parts, split at the first five colons outside ${}. */
struct trust_arn {
	bool all;        /* a bare "*": matches also what is no ARN (Resource only) */
	bool never;      /* too short, or a variable where none may stand */
	bool exact;      /* whole is a literal */
	struct fg_str whole; /* as written */
	const struct trust_pattern *part; /* six, unless exact */
};

#define TRUST_ARN_PARTS 6

/* Cut at the first five colons, those inside ${} not counted; number of parts. */
size_t trust_arn_split_pattern(struct fg_str s, struct fg_str part[TRUST_ARN_PARTS]);
/* False: fewer than six parts. */
bool trust_arn_split(struct fg_str s, struct fg_str part[TRUST_ARN_PARTS]);

/* ---- running patterns ---- */

#define TRUST_SPAN 16384u /* values up to this long have scratch bitmaps, bytes */
#define TRUST_WORDS (TRUST_SPAN / 64 + 1)
#define TRUST_MEMOS 64u
/*
 * Steps that variables, over-long values and many-valued keys may cost in one decision: some, and
 * more with each byte of the policies that are asked.
 */
#define TRUST_WORK_BASE 32768u
#define TRUST_WORK_BYTE 48u
#define TRUST_WORK_VALUE 4u /* one value of a key under a set operator */

struct trust_scratch {
	uint32_t work_left;
	uint64_t turn; /* of the decision: what other turns left here does not count */
	/* the text seen last: where it has bytes that begin no character */
	uint64_t seen_turn;
	struct fg_str seen_text;
	bool seen_ascii;
	uint64_t inner[TRUST_WORDS];
	uint64_t state[TRUST_WORDS];
	/* where a variable's value occurs in a text */
	struct trust_memo {
		uint64_t turn;
		struct fg_str needle, text;
		uint64_t at[TRUST_WORDS];
	} memo[TRUST_MEMOS];
};

struct trust_env {
	const struct trust_program *program;
	const struct trust_ctx *ctx;
	struct trust_scratch *scratch;
};

enum trust_fold { TRUST_CASE = 0, TRUST_FOLD };

enum trust_answer { TRUST_NO = 0, TRUST_YES, TRUST_UNREADABLE };

/* TRUST_UNREADABLE only when the work that variables cause ran over its bound. */
enum trust_answer trust_pattern_match(const struct trust_pattern *p, struct fg_str text,
    enum trust_fold fold, const struct trust_env *env);
/* Bit i: does t[i] equal c, for 64 readable bytes. */
uint64_t trust_equal64(const unsigned char *t, unsigned char c);
/* The value of a variable; false: unresolved. */
bool trust_resolve(const struct trust_env *env, const struct trust_piece *p, struct fg_str *ret);
/* n pieces, the first and the last a star, against a text. */
enum trust_answer trust_match_middle(const struct trust_piece *p, uint32_t n, struct fg_str text,
    const struct trust_env *env);
/* Count steps of the decision; false: too many. */
bool trust_spend(const struct trust_env *env, size_t steps);

/* ---- lists of patterns without variables, all at once ---- */

struct trust_many;

/*
 * n patterns as one automaton (arn: six parts joined by colons that wildcards of the first five do
 * not cross).  NULL in *ret when there is nothing to gain.
 */
enum fg_rc trust_many_compile(struct trust_alloc *m, const struct trust_pattern *const *p,
    const struct trust_arn *const *arn, uint32_t n, const struct trust_many **ret) FG_MUST;
bool trust_many_match(const struct trust_many *m, struct fg_str text);

/* ---- scalars ---- */

struct trust_number {
	bool negative;        /* never of zero */
	struct fg_str whole;  /* digits without leading zeros */
	struct fg_str part;   /* digits after the point, without trailing zeros */
};

struct trust_date {
	int64_t s;          /* UTC seconds */
	struct fg_str part; /* digits of the fraction, without trailing zeros */
};

bool trust_number_parse(struct fg_str s, struct trust_number *ret);
int trust_number_cmp(const struct trust_number *a, const struct trust_number *b);
bool trust_date_parse(struct fg_str s, struct trust_date *ret);
int trust_date_cmp(const struct trust_date *a, const struct trust_date *b);
bool trust_base64_ok(struct fg_str s);
/* Order of two base64 texts; 0: the same bytes (unused bits of the last character do not count). */
int trust_base64_cmp(struct fg_str a, struct fg_str b);
/* TRUST_YES for true, TRUST_NO for false. */
enum trust_answer trust_bool_parse(struct fg_str s);
int trust_cidr_cmp(const struct fg_cidr *a, const struct fg_cidr *b);

/* ---- program ---- */

struct trust_value {
	struct fg_str text; /* as written */
	union {
		struct trust_pattern pattern; /* string, fold, like */
		struct trust_arn arn;
	};
};

struct trust_check_test {
	struct trust_op op;
	uint32_t key;
	struct fg_str name, operator; /* as written, for explanations */
	const struct trust_value *v;  /* all values in order; families without patterns keep text only */
	uint32_t n;
	bool bad; /* a value cannot be read */
	bool yes, no; /* bool, null: a value is true, is false */
	uint32_t nsorted; /* values that were read, ordered: */
	union {
		const struct fg_str *string;        /* string, fold: those without variables */
		const struct trust_number *number;
		const struct trust_date *date;
		const struct fg_cidr *cidr;
	};
	uint32_t nvarying;
	const uint32_t *varying; /* string, fold: indexes of values with variables */
	const struct trust_many *many; /* like, arn: those without variables, when they are many */
};

struct trust_action {
	bool all, never;
	struct fg_str text;
	struct trust_pattern prefix, name; /* lower case */
};

enum trust_entry_kind {
	TRUST_E_NOBODY = 0, /* unresolved at write, unknown form: matches nobody */
	TRUST_E_ALL,
	TRUST_E_ACCOUNT,
	TRUST_E_USER,
	TRUST_E_ROLE,
	TRUST_E_SESSION,
	TRUST_E_FEDERATED_USER,
	TRUST_E_UID, /* a unique id in the document itself */
	TRUST_E_SERVICE,
	TRUST_E_PROVIDER,
	TRUST_E_OTHER, /* another ARN: only equal text matches */
};

struct trust_entry {
	enum trust_entry_kind kind;
	bool bound; /* uid decides, not the text */
	struct fg_str text;
	struct fg_str partition, account;
	struct fg_str name;    /* role, user, federated user */
	struct fg_str session; /* role session's name */
	struct fg_str uid;
};

/* How strongly a principal matched; order is strength. */
enum trust_strength { TRUST_S_NONE = 0, TRUST_S_ACCOUNT, TRUST_S_FEDUSER, TRUST_S_ROLE, TRUST_S_DIRECT };

struct trust_line {
	struct fg_str sid;
	bool deny, not_action, not_resource, not_principal, has_resource, has_principal;
	const struct trust_action *action;
	const struct trust_arn *resource;
	const struct trust_entry *principal;
	const struct trust_check_test *test;
	uint32_t naction, nresource, nprincipal, ntest;
};

struct trust_program {
	size_t bytes;
	enum trust_kind reads_as; /* kinds that read alike are one */
	uint64_t digest;
	struct fg_str source;
	const struct trust_key *key;
	uint32_t nkey;
	const struct trust_line *line;
	uint32_t nline;
	bool bound;     /* compiled with a bind function */
	bool variables; /* Version is 2012-10-17 */
};

/* ---- principals ---- */

/* Texts borrow from text; bind is asked unless NULL. */
struct trust_entry trust_entry_read(enum trust_ptype type, struct fg_str text);
bool trust_entry_binds(const struct trust_entry *e); /* would a bind function be asked? */
enum trust_strength trust_entry_match(const struct trust_entry *e, const struct trust_caller *c);
/* arn:P:S:R:A:rest */
struct trust_arn_text {
	struct fg_str partition, service, region, account, rest;
};
bool trust_arn_read(struct fg_str s, struct trust_arn_text *ret);

/* ---- context ---- */

/* fg_utf8_ok(), fast on ASCII. */
bool trust_utf8_ok(struct fg_str s);

struct trust_slot {
	uint64_t hash;
	struct fg_str key;
	struct fg_str one; /* storage of a single value */
	const struct fg_str *v; /* NULL: one */
	uint32_t n;
	bool multi;
};

/* NULL when absent. */
const struct trust_slot *trust_ctx_find(const struct trust_ctx *c, const struct trust_key *key);
struct trust_scratch *trust_ctx_scratch(const struct trust_ctx *c);
/* The issuer last found fit to own keys, or null; in the context's arena. */
struct fg_str *trust_ctx_issuer(struct trust_ctx *c);

static inline const struct fg_str *
trust_slot_values(const struct trust_slot *s)
{
	return s->v == NULL ? &s->one : s->v;
}

/* One key as a whole; the setters of every origin end here. */
enum fg_rc trust_ctx_put_key(struct trust_ctx *c, const struct trust_key *key, const struct fg_str *v,
    size_t n, bool multi, struct fg_err *reterr) FG_MUST;
enum fg_rc trust_ctx_put(struct trust_ctx *c, struct fg_str key, const struct fg_str *v, size_t n,
    bool multi, struct fg_err *reterr);
/* A failed setter: the context denies from now on. */
enum fg_rc trust_ctx_poison(struct trust_ctx *c, enum fg_rc rc);
struct fg_arena *trust_ctx_arena(struct trust_ctx *c);

/* ---- evaluation ---- */

/* One test of a condition. */
enum trust_answer trust_test_eval(const struct trust_check_test *t, const struct trust_env *env);
enum trust_answer trust_arn_match(const struct trust_arn *a, const struct fg_str part[TRUST_ARN_PARTS],
    struct fg_str whole, const struct trust_env *env);

/* A request, prepared once for all statements. */
struct trust_question {
	const struct trust_request *r;
	struct fg_str prefix, name; /* of the action, lower case */
	struct fg_str action;       /* both */
	bool resource_is_arn;
	bool has_boundary;
	struct fg_str part[TRUST_ARN_PARTS];
	char lower[FG_LIMIT_ACTION_BYTES];
};

/* False: no decision can be based on this request. */
bool trust_question_init(struct trust_question *q, const struct trust_request *r,
    const struct trust_layers *l);
bool trust_action_match(const struct trust_line *st, const struct trust_question *q,
    const struct trust_env *env);
enum trust_answer trust_resource_match(const struct trust_line *st, const struct trust_question *q,
    const struct trust_env *env);
enum trust_strength trust_principal_match(const struct trust_line *st, enum trust_layer layer,
    const struct trust_question *q);
/* NONE: the statement does not apply. Layers without principals answer DIRECT. */
enum trust_strength trust_line_match(const struct trust_line *st, enum trust_layer layer,
    const struct trust_question *q, const struct trust_env *env);
/* A fresh turn of the context's scratch for one decision. */
struct trust_env trust_env_begin(const struct trust_ctx *c);
/* The statements of p come next. */
void trust_env_enter(struct trust_env *env, const struct trust_program *p);

#endif
