/*
 * tests/unit/captures.h - the requests that real clients sent, of tests/vectors/captures.
 */
#ifndef TESTS_CAPTURES_H
#define TESTS_CAPTURES_H

#include "tests/unit/unit.h"

/* Each request of each file, as text, with the blank line behind it; fails the test without the files. */
void captures_each(struct fg_arena *a, void (*fn)(struct fg_str request));

#endif
