/* The runner of the unit tests. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/unit/unit.h"

int
unit_run(CU_SuiteInfo *suites)
{
	unsigned failed, run;

	if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS) {
		fprintf(stderr, "cannot register the suites: %s\n", CU_get_error_msg());
		return 1;
	}
	CU_basic_set_mode(CU_BRM_NORMAL);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures() + CU_get_number_of_suites_failed();
	run = CU_get_number_of_tests_run();
	CU_cleanup_registry();
	if (run == 0)
		fprintf(stderr, "no test ran\n");
	return failed != 0 || run == 0;
}

void
unit_check_str(struct fg_str got, struct fg_str want, const char *file, unsigned line)
{
	char text[512];

	if (fg_eq(got, want)) {
		CU_assertImplementation(CU_TRUE, line, "equal", file, "", CU_FALSE);
		return;
	}
	snprintf(text, sizeof(text), "got \"%.*s\" want \"%.*s\"", FG_PRI(got), FG_PRI(want));
	CU_assertImplementation(CU_FALSE, line, text, file, "", CU_FALSE);
}

struct fg_str
unit_file(struct fg_arena *a, const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	char *p = NULL;

	if (f == NULL)
		return FG_STR_NULL;
	if (fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode))
		p = fg_arena_alloc(a, (size_t)st.st_size + 1);
	if (p != NULL && fread(p, 1, (size_t)st.st_size, f) != (size_t)st.st_size)
		p = NULL;
	fclose(f);
	return p == NULL ? FG_STR_NULL : fg_str(p, (size_t)st.st_size);
}

struct fg_str
unit_vector(struct fg_arena *a, const char *name)
{
	const char *src = getenv("srcdir");
	struct fg_str path = fg_arena_fmt(a, "%s/tests/vectors/%s", src == NULL ? "." : src, name);
	struct fg_str got = path.p == NULL ? FG_STR_NULL : unit_file(a, path.p);

	if (got.p == NULL) {
		fprintf(stderr, "vector %s is missing\n", name);
		CU_FAIL("vector is missing");
	}
	return got;
}

struct fg_str
unit_suite_dir(struct fg_arena *a, const char *name)
{
	const char *dir = getenv("FEDGATE_VECTORS");
	struct fg_str path = fg_arena_fmt(a, "%s/%s", dir == NULL ? "../shared/vectors" : dir, name);
	struct stat st;

	if (path.p != NULL && stat(path.p, &st) == 0 && S_ISDIR(st.st_mode))
		return path;
	printf("\n    public vectors %s are not here: they DID NOT RUN (set FEDGATE_VECTORS)\n", name);
	if (getenv("CI") != NULL)
		CU_FAIL("public vectors are missing in CI");
	return FG_STR_NULL;
}
