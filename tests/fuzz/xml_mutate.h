/*
 * tests/fuzz/xml_mutate.h - changes to an XML document that mostly leave it an XML document:
 * elements taken out, copied and moved, attributes and declarations added, texts replaced.
 *
 * Shape:    xml_mutate() changes the text in place and returns its new length; the same seed
 *           makes the same change.  A target whose input is XML defines LLVMFuzzerCustomMutator()
 *           with XML_MUTATOR; without a fuzzing engine that function is never called.
 */
#ifndef TESTS_FUZZ_XML_MUTATE_H
#define TESTS_FUZZ_XML_MUTATE_H

#include "tests/fuzz/fuzz.h"

/* At most `max` bytes lie at `data`; returns how many are used then (never 0 if n > 0). */
size_t xml_mutate(uint8_t *data, size_t n, size_t max, uint32_t seed);

/* Of the fuzzing engine; absent when seeds are replayed. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t n, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t max, unsigned int seed);

/* Seven of eight changes know XML, one does not. */
#define XML_MUTATOR                                                                         \
	size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t max, unsigned int seed) \
	{                                                                                   \
		if (n == 0 || seed % 8 == 0)                                                \
			return LLVMFuzzerMutate(data, n, max);                              \
		return xml_mutate(data, n, max, seed);                                      \
	}

#endif
