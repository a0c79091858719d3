/*
 * trust/compile_int.h - what the parts of the compiler share.
 */
#ifndef TRUST_COMPILE_INT_H
#define TRUST_COMPILE_INT_H

#include "trust/program_int.h"

struct trust_compiler {
	struct fg_arena *arena;
	const struct trust_document *doc;
	const struct trust_compile *how;
	struct fg_err *err;
	struct trust_alloc m;
	struct trust_keys keys;
	struct fg_str source;    /* the program's copy of the document */
	struct fg_str *answer;   /* of the bind function, in order */
	uint32_t nanswer;
	uint32_t nbinding;       /* entries bound so far in this pass */
};

enum trust_arn_use { TRUST_ARN_RESOURCE = 0, TRUST_ARN_CONDITION };

enum fg_rc trust_compile_nomem(const struct trust_compiler *c);
enum fg_rc trust_compile_text(struct trust_compiler *c, struct fg_str s, struct fg_str *ret) FG_MUST;
enum fg_rc trust_compile_arn(struct trust_compiler *c, struct fg_str text, enum trust_arn_use use,
    struct trust_arn *ret) FG_MUST;
enum fg_rc trust_compile_test(struct trust_compiler *c, const struct trust_test *t,
    struct trust_check_test *ret) FG_MUST;
enum trust_kind trust_reads_as(enum trust_kind kind);

#endif
