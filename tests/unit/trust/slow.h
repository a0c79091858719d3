/* tests/unit/trust/slow.h - a matcher that can be read in a minute. */
#ifndef TESTS_TRUST_SLOW_H
#define TESTS_TRUST_SLOW_H

#include "trust/program_int.h"

#define SLOW_BYTES 8192 /* texts at most */

bool slow_match(const struct trust_pattern *p, struct fg_str t, const struct trust_env *env);

#endif
