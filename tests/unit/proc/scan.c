/* tests/unit/proc/scan.c - looks through its own memory. */
#include "tests/unit/proc/tests.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SECRET 32
#define MAPS_MAX (256u * 1024)

int
scan_open(void)
{
	return open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
}

__attribute__((no_sanitize("address"))) static bool
fits(const unsigned char *p, const unsigned char *masked)
{
	for (size_t i = 0; i < SECRET / 2; i++) /* half of it is bad enough */
		if ((unsigned char)(p[i] ^ MASK) != masked[i])
			return false;
	return true;
}

__attribute__((no_sanitize("address"))) static bool
scan_range(const unsigned char *p, const unsigned char *end, struct fg_str masked)
{
	for (; end - p >= SECRET / 2; p++)
		for (size_t k = 0; k + SECRET <= masked.n; k += SECRET)
			if (fits(p, (const unsigned char *)masked.p + k))
				return true;
	return false;
}

static bool
scan_line(const char *line, struct fg_str masked)
{
	unsigned long from, to;
	char perms[8];

	if (sscanf(line, "%lx-%lx %4s", &from, &to, perms) != 3 || perms[0] != 'r' ||
	    to - from > (1ul << 30) || strstr(line, "[v") != NULL)
		return false;
	return scan_range((const unsigned char *)from, (const unsigned char *)to, masked);
}

bool
scan_memory(int maps, struct fg_str masked)
{
	static char text[MAPS_MAX];
	size_t n = 0;
	ssize_t got;
	bool found = false;

	while ((got = pread(maps, text + n, sizeof(text) - 1 - n, (off_t)n)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	for (char *line = text, *end; !found && (end = strchr(line, '\n')) != NULL; line = end + 1) {
		*end = '\0';
		found = scan_line(line, masked);
	}
	return found || n == 0; /* no maps: not shown to be clean */
}

/* The scan is worth something only if it finds what is there. */
static void
a_secret_in_memory_is_found(void)
{
	unsigned char masked[SECRET], *secret = malloc(SECRET);
	int maps = scan_open();

	CU_ASSERT_FATAL(secret != NULL && maps >= 0);
	for (size_t i = 0; i < SECRET; i++)
		masked[i] = (unsigned char)(i * 37 + 11);
	CHECK(!scan_memory(maps, fg_str(masked, SECRET)));
	for (size_t i = 0; i < SECRET; i++)
		((volatile unsigned char *)secret)[i] = masked[i] ^ MASK;
	CHECK(scan_memory(maps, fg_str(masked, SECRET)));
	memset(secret, 0, SECRET);
	free(secret);
	close(maps);
}

CU_TestInfo scan_tests[] = { CASE(a_secret_in_memory_is_found), CASES_END };
