/*
 * tests/unit/trust/line.h - one request with its policies, read from a line of JSON as
 * `fedgate policy eval` reads it, but on its own: what both get wrong, neither hides.
 */
#ifndef TESTS_TRUST_LINE_H
#define TESTS_TRUST_LINE_H

#include "trust/program_int.h"

#define LINE_PROGRAMS 256

struct line {
	struct fg_arena *a;
	struct fg_json j;
	struct trust_ctx *ctx;
	struct trust_request request;
	struct trust_layers layers;
	struct trust_program *program[LINE_PROGRAMS];
	size_t n;
	trust_bind_fn bind; /* for resource policies */
	void *bind_arg;
	struct fg_err err;
};

enum fg_rc line_read(struct line *l, struct fg_arena *a, struct fg_str text);
void line_free(struct line *l);

#endif
