#include "tests/fuzz/world.h"

#include <unistd.h>

/* What the world checks is an invariant here. */
CU_BOOL
CU_assertImplementation(CU_BOOL value, unsigned int line, const char *condition, const char *file,
    const char *function, CU_BOOL fatal)
{
	(void)function;
	(void)fatal;
	if (!value) {
		fprintf(stderr, "%s:%u: %s does not hold\n", file, line, condition);
		abort();
	}
	return CU_TRUE;
}

void
fuzz_world_place(void)
{
	(void)setenv("TMPDIR", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", 0);
}
