/*
 * tests/fuzz/fuzz.h - what a fuzz target includes.
 *
 * A target defines LLVMFuzzerTestOneInput() and calls FUZZ_ACCEPTED() when the parser took the
 * input.  Seeds lie in tests/fuzz/corpus/NAME/, for a target fuzz_NAME; at least one of them
 * must be accepted.  Linked with $(FUZZ_MAIN) and $(LINK_FUZZ).
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"

/* One copy in the program, whichever files define it. */
__attribute__((weak)) unsigned long fuzz_accepted;

#define FUZZ_ACCEPTED() ((void)fuzz_accepted++)

/* An invariant: the process dies when it does not hold. */
#define FUZZ_ASSERT(x)                                                                       \
	do {                                                                                 \
		if (!(x)) {                                                                  \
			fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #x); \
			abort();                                                             \
		}                                                                            \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
