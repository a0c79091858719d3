/* trust/: the suites. */
#include "tests/unit/trust/tests.h"

int
main(void)
{
	CU_SuiteInfo suites[] = {
		SUITE("trust/document.c", document_tests),
		SUITE("trust/place.c", place_tests),
		SUITE("trust/check.c, check_role.c", check_tests),
		SUITE("trust/compile.c, program.c", compile_tests),
		SUITE("trust/pattern.c, match.c", pattern_tests),
		SUITE("trust/many.c", many_tests),
		SUITE("trust/scalar.c", scalar_tests),
		SUITE("trust/principal.c, caller.c", principal_tests),
		SUITE("trust/context.c", context_tests),
		SUITE("trust/origin.c", origin_tests),
		SUITE("trust/evaluate.c, statement.c, condition.c", evaluate_tests),
		SUITE("trust/explain.c", explain_tests),
		SUITE("trust/simulate.c", simulate_tests),
		SUITE("bounds of work", work_tests),
		SUITE("vectors", vector_tests),
		SUITES_END,
	};

	return unit_run(suites);
}
