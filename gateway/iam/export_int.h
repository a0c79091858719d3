/*
 * gateway/iam/export_int.h - what the parts of an export share.
 */
#ifndef GATEWAY_IAM_EXPORT_INT_H
#define GATEWAY_IAM_EXPORT_INT_H

#include "gateway/iam/bundle_int.h"

/* One object or array of the output: commas and indentation in one place. */
struct bn_out {
	struct fg_buf *b;
	unsigned depth;
	bool first;
};

/* key: NULL in an array */
void bn_out_line(struct bn_out *o);
void bn_open(struct bn_out *o, const char *key, char bracket);
void bn_close(struct bn_out *o, char bracket);
void bn_put_str(struct bn_out *o, const char *key, struct fg_str s);
void bn_put_given(struct bn_out *o, const char *key, struct fg_str s);
void bn_put_raw(struct bn_out *o, const char *key, struct fg_str json);
void bn_put_int(struct bn_out *o, const char *key, int64_t v);
void bn_put_time(struct bn_out *o, const char *key, fg_time t);
void bn_put_list(struct bn_out *o, const char *key, struct fg_str list);
void bn_put_tags(struct bn_out *o, struct fg_str list);

/* organization_export.c; ids: all accounts */
enum fg_rc bn_put_organization(struct store_tx *tx, struct fg_arena *a, struct bn_out *o,
    const struct fg_str *ids, size_t n, struct fg_err *reterr) FG_MUST;

#endif
