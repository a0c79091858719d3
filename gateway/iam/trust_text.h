/*
 * gateway/iam/trust_text.h - a trust policy as it is shown.
 *
 * Shape:    iam_trust_text() gives the document with each principal by what it is bound to; where
 *           nothing differs that is the document itself, byte for byte.
 * Owns:     a text that differs lies in the arena.
 * Errors:   FG_E_SYNTAX, FG_E_LIMIT  not JSON        FG_E_NOMEM
 * Does not: judge the document; accounts, providers and what was bound to nobody stay as they are.
 * Source:   security.md 12.
 */
#ifndef GATEWAY_IAM_TRUST_TEXT_H
#define GATEWAY_IAM_TRUST_TEXT_H

#include "gateway/directory/directory.h"
#include "gateway/store/store.h"

/* The ARN that a user or role of this unique id has now; null: there is none. */
typedef struct fg_str (*iam_arn_of_fn)(void *arg, struct fg_str uid);

enum fg_rc iam_trust_text(struct fg_arena *a, struct fg_str document, struct fg_str bindings,
    iam_arn_of_fn arn_of, void *arg, struct fg_str *ret, struct fg_err *reterr) FG_MUST;

/* Names of the store: arg is a struct iam_rows_names. */
struct iam_rows_names {
	struct store_tx *tx;
	struct fg_arena *a;
};
struct fg_str iam_arn_of_row(void *arg, struct fg_str uid);

#endif
