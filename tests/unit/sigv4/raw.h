/* tests/unit/sigv4/raw.h - a request as text becomes a struct sigv4_request. */
#ifndef TESTS_SIGV4_RAW_H
#define TESTS_SIGV4_RAW_H

#include "gateway/sigv4/sigv4_int.h"
#include "tests/unit/unit.h"

#define RAW_HEADERS 40

struct raw {
	struct sigv4_request req;
	struct sigv4_header headers[RAW_HEADERS];
	struct fg_str body;
};

/* Lines end in LF or CRLF; folded lines stay in their value; the rest is body. */
bool raw_parse(struct fg_str text, struct raw *ret);
/* Replace the body and its hash. */
void raw_body(struct raw *r, struct fg_str body);
void raw_add(struct raw *r, struct fg_str name, struct fg_str value);
/* First header of that name in any case; NULL if none. */
struct sigv4_header *raw_find(struct raw *r, struct fg_str name);
/* Text with the first `from` replaced by `to`, in the arena; unchanged without one. */
struct fg_str raw_swap(struct fg_arena *a, struct fg_str text, struct fg_str from,
    struct fg_str to);

#endif
