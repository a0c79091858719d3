/*
 * tests/fuzz/world.h - for targets in the world of the API's tests: what the world checks is an invariant.
 */
#ifndef TESTS_FUZZ_WORLD_H
#define TESTS_FUZZ_WORLD_H

#include "tests/fuzz/fuzz.h"
#include "tests/unit/api/world.h"

/* The store lies in memory where the machine has room for that; before the world is made. */
void fuzz_world_place(void);

#endif
