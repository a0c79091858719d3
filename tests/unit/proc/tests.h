/*
 * tests/unit/proc/tests.h - the program is its own supervisor, roles and harness.
 */
#ifndef TESTS_PROC_H
#define TESTS_PROC_H

#include "gateway/proc/proc_int.h"
#include "tests/unit/unit.h"

#define MASK 0xa5 /* secrets to look for are handed over masked: the finder never holds them */

/* roles.c: what the processes of these tests do. */
extern const struct proc_role test_roles[];
extern const size_t test_roles_n;

/* scan.c: is one of the masked 32-byte secrets anywhere in this process's memory? */
int scan_open(void); /* a descriptor of /proc/self/maps, to be had before confinement */
bool scan_memory(int maps, struct fg_str masked);

extern CU_TestInfo confine_tests[], supervise_tests[], scan_tests[];

#endif
