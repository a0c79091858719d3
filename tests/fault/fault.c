/* tests/fault/fault.c - malloc, calloc and realloc that fail when they are told to. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/fault/fault.h"

#define RUNS_MAX 100000

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static _Atomic bool armed, every, fired, paused;
static _Atomic long left;

void
fault_arm(unsigned long n, enum fault_kind kind)
{
	left = (long)n;
	every = kind == FAULT_EVERY;
	fired = false;
	armed = true;
}

bool
fault_disarm(void)
{
	armed = false;
	return fired;
}

void
fault_pause(bool on)
{
	paused = on;
}

static bool
fails(void)
{
	long n;

	if (!armed || paused)
		return false;
	n = atomic_fetch_sub(&left, 1);
	if (n > 0 || (n < 0 && !every))
		return false;
	fired = true;
	return true;
}

void *
__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

static bool
broken(const char *name, int n, const char *what, enum fg_rc rc, const struct fg_err *err)
{
	fprintf(stderr, "%s: allocation %d: %s (%s, step %s: %s)\n", name, n, what, fg_rc_label(rc),
	    err->step == NULL ? "none" : err->step, err->text);
	return false;
}

/* One run; *ret_fired says whether an allocation failed in it. */
static bool
turn(const char *name, fault_fn scenario, void *arg, int n, bool *ret_fired)
{
	struct fg_err err = { 0 };
	enum fg_rc rc;

	fault_arm((unsigned long)n, FAULT_ONCE);
	rc = scenario(arg, &err);
	*ret_fired = fault_disarm();
	if (!*ret_fired)
		return rc == FG_OK ? true : broken(name, n, "fails without a fault", rc, &err);
	if (rc == FG_OK)
		return broken(name, n, "a failed allocation went unnoticed", rc, &err);
	if (fg_rc_class(rc) != FG_SELF)
		return broken(name, n, "a failed allocation became somebody else's fault", rc, &err);
	return true;
}

int
fault_run(const char *name, fault_fn scenario, void *arg)
{
	for (int n = 0; n < RUNS_MAX; n++) {
		bool hit;

		if (!turn(name, scenario, arg, n, &hit))
			return -1;
		if (!hit)
			return n;
	}
	fprintf(stderr, "%s: never ends\n", name);
	return -1;
}

bool
fault_vector(const char *name, char *p, size_t room)
{
	const char *src = getenv("srcdir");
	char path[512];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/vectors/%s", src == NULL ? "." : src, name);
	f = fopen(path, "rb");
	if (f == NULL)
		return false;
	n = fread(p, 1, room - 1, f);
	fclose(f);
	return n > 0;
}
