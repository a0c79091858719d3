/* tests/unit/store/desk.h - a store, bundles that are applied to it, and what is said meanwhile. */
#ifndef TESTS_STORE_DESK_H
#define TESTS_STORE_DESK_H

#include "gateway/iam/bundle.h"
#include "tests/unit/store/fixture.h"

struct desk {
	struct box box;
	struct store *st;
	char lines[65536]; /* what was said, one line each */
	size_t n;
};

void desk_hear(void *arg, struct fg_str line);
void desk_open(struct desk *k);
void desk_close(struct desk *k);
enum fg_rc desk_parse(struct desk *k, struct fg_str bytes, struct bundle **ret);
enum fg_rc desk_apply(struct desk *k, struct fg_str bytes, unsigned flags);
struct fg_str desk_export(struct desk *k, const char *account);
bool desk_says(const struct desk *k, const char *text);

#endif
