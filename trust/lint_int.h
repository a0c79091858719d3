/*
 * trust/lint_int.h - one run of the linter, as its checks see it.
 */
#ifndef TRUST_LINT_INT_H
#define TRUST_LINT_INT_H

#include "trust/tables_int.h"
#include "trust/trust_int.h"

struct lint {
	struct fg_arena *a;
	const struct trust_document *d;
	const struct trust_lint *how;
	const struct trust_program *program; /* NULL: no witness can be confirmed */
	struct trust_ctx *ctx;
	trust_finding_fn fn;
	void *arg;
	size_t findings;
};

/* A check of one statement, and a row of the tables of checks. */
typedef void (*lint_check)(struct lint *l, const struct trust_statement *st);

extern const lint_check lint_trust_checks[];   /* ends with NULL */
extern const lint_check lint_subject_checks[]; /* ends with NULL */
extern const lint_check lint_condition_checks[];
extern const lint_check lint_generic_checks[];
void lint_document_checks(struct lint *l);

/* Report.  fix is static. */
void lint_put(struct lint *l, const char *id, enum trust_severity severity, uint32_t off, const char *fix,
    const char *fmt, ...) FG_PRINTF(6, 7);
void lint_put_witness(struct lint *l, const char *id, enum trust_severity severity, uint32_t off, const char *fix,
    struct fg_str witness, const char *fmt, ...) FG_PRINTF(7, 8);

/* ---- questions about a statement ---- */

/* Test of a key in any case, from index *at on, which moves past it; NULL at the end. */
const struct trust_test *lint_test_next(const struct trust_statement *st, struct fg_str key, uint32_t *at);
/* Is there a test that narrows who may pass: positive, and false when the key is absent? */
bool lint_pins(const struct trust_statement *st, struct fg_str key);
/* The same, for any key with this prefix. */
bool lint_pins_prefix(const struct trust_statement *st, struct fg_str prefix);
bool lint_test_narrows(const struct trust_test *t);
/* Every value is nothing but wildcards. */
bool lint_all_wild(const struct trust_test *t);
bool lint_has_wild(struct fg_str s);
/* First principal of that type; *i moves on. */
const struct trust_text *lint_principal_next(const struct trust_statement *st, enum trust_ptype type, uint32_t *block,
    uint32_t *i);
bool lint_has_action(const struct trust_statement *st, struct fg_str action);
/* Issuer (host and path) of an OIDC provider ARN or a built-in domain; null for anything else. */
struct fg_str lint_issuer(struct fg_str principal);
/* "issuer:claim" in the arena. */
struct fg_str lint_claim_key(struct lint *l, struct fg_str issuer, struct fg_str claim);
struct fg_str lint_arn_account(struct fg_str arn); /* null when it is no ARN */

/*
 * A request by `principal` that this statement's conditions would let pass, as JSON, if the
 * evaluator allows it; null when there is none to be found (which proves nothing).
 */
struct fg_str lint_witness(struct lint *l, const struct trust_statement *st, struct fg_str principal,
    struct fg_str action);

#endif
