/*
 * tests/flow/later.c - a wall clock that is ahead by $FAKETIME_SHIFT seconds, to be preloaded: what lasts
 * hours is tested by starting the parts again later.  Monotonic clocks and the boot time stay.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static time_t
shift(void)
{
	static time_t s = -1;
	const char *v = getenv("FAKETIME_SHIFT");

	if (s < 0)
		s = v == NULL ? 0 : strtol(v, NULL, 10);
	return s;
}

int
clock_gettime(clockid_t id, struct timespec *ret)
{
	int rc = (int)syscall(SYS_clock_gettime, id, ret);

	if (rc == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
		ret->tv_sec += shift();
	return rc;
}

time_t
time(time_t *ret)
{
	struct timespec t = { .tv_sec = 0 };

	(void)clock_gettime(CLOCK_REALTIME, &t);
	if (ret != NULL)
		*ret = t.tv_sec;
	return t.tv_sec;
}

int
gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
	struct timespec t;

	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &t) != 0)
		return -1;
	ret->tv_sec = t.tv_sec;
	ret->tv_usec = t.tv_nsec / 1000;
	return 0;
}
