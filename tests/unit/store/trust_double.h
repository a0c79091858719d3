/*
 * tests/unit/store/trust_double.h - what the stand-in for trust/ saw.
 */
#ifndef TESTS_UNIT_STORE_TRUST_DOUBLE_H
#define TESTS_UNIT_STORE_TRUST_DOUBLE_H

#include "trust/trust.h"

extern unsigned double_compiled;
struct fg_str double_bound(const struct trust_program *p);

#endif
