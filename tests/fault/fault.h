/*
 * tests/fault/fault.h - the nth allocation fails.
 *
 * Shape:    a scenario is a function that does some work from scratch and frees all of it.
 *           fault_run() runs it with allocation 0, 1, 2, ... failing, until a run in which
 *           none failed.  That one must give FG_OK; all others must give a *self* error, never
 *           FG_OK and never the caller's fault.  Under a sanitizer nothing may leak.
 * Does not: reach allocations made inside shared libraries.
 * Linked with $(FAULT) and, in the program's LDFLAGS, $(LINK_FAULT).
 */
#ifndef TESTS_FAULT_H
#define TESTS_FAULT_H

#include "base/base.h"

typedef enum fg_rc (*fault_fn)(void *arg, struct fg_err *reterr);

/* Runs with a failure, or -1 (with the reason on standard error) when the rule was broken. */
int fault_run(const char *name, fault_fn scenario, void *arg);

/* A file below tests/vectors as text; false when it is not there. */
bool fault_vector(const char *name, char *p, size_t room);

/* By hand: allocation n from now fails (and all later ones when every is set). */
enum fault_kind { FAULT_ONCE = 0, FAULT_EVERY };
void fault_arm(unsigned long n, enum fault_kind kind);
/* No more failures; did one happen since fault_arm()? */
bool fault_disarm(void);
/* Between these nothing fails, and nothing is counted: what a test makes for itself. */
void fault_pause(bool on);

#endif
