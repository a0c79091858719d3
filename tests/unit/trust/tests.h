/* tests/unit/trust/tests.h - the suites of this program, and requests as lines of JSON. */
#ifndef TESTS_TRUST_TESTS_H
#define TESTS_TRUST_TESTS_H

#include "tests/unit/trust/line.h"
#include "tests/unit/unit.h"

extern CU_TestInfo document_tests[], place_tests[], check_tests[], compile_tests[], pattern_tests[],
    scalar_tests[], many_tests[], principal_tests[], context_tests[], origin_tests[],
    evaluate_tests[], explain_tests[], work_tests[], vector_tests[], simulate_tests[];

#define ARENA FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64 * 1024 * 1024)

/* Calls fn for each line of a file of our own vectors; fails the test when there is none. */
typedef void (*line_fn)(struct fg_arena *a, struct fg_str line);
size_t each_line(struct fg_str text, line_fn fn);
/* A member that is a string; null without it. */
struct fg_str member(const struct fg_json *j, uint32_t obj, struct fg_str name);
enum trust_kind kind_of(struct fg_str name);

#endif
