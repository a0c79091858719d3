/*
 * tests/unit/store/kill.h - an end by SIGKILL at one of the calls that the store makes to its engine and
 * to the mark.  The program is linked with --wrap of sqlite3_step, sqlite3_exec and pwrite.
 */
#ifndef TESTS_UNIT_STORE_KILL_H
#define TESTS_UNIT_STORE_KILL_H

/* This process ends after so many calls; negative: never. */
void kill_after(long calls);

#endif
