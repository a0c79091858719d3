/*
 * tests/unit/store/kill.c - an end by SIGKILL at one of the calls of the store.
 */
#include <signal.h>
#include <sqlite3.h>
#include <unistd.h>

#include "tests/unit/store/kill.h"

static long countdown = -1; /* calls left before the end; negative: none */

static void
tick(void)
{
	if (countdown >= 0 && countdown-- == 0)
		(void)raise(SIGKILL);
}

int __real_sqlite3_step(sqlite3_stmt *s);
int __wrap_sqlite3_step(sqlite3_stmt *s);
int
__wrap_sqlite3_step(sqlite3_stmt *s)
{
	tick();
	return __real_sqlite3_step(s);
}

int __real_sqlite3_exec(sqlite3 *db, const char *sql, int (*cb)(void *, int, char **, char **),
    void *arg, char **why);
int __wrap_sqlite3_exec(sqlite3 *db, const char *sql, int (*cb)(void *, int, char **, char **),
    void *arg, char **why);
int
__wrap_sqlite3_exec(sqlite3 *db, const char *sql, int (*cb)(void *, int, char **, char **),
    void *arg, char **why)
{
	int rc;

	tick();
	rc = __real_sqlite3_exec(db, sql, cb, arg, why);
	tick();
	return rc;
}

ssize_t __real_pwrite(int fd, const void *p, size_t n, off_t at);
ssize_t __wrap_pwrite(int fd, const void *p, size_t n, off_t at);
ssize_t
__wrap_pwrite(int fd, const void *p, size_t n, off_t at)
{
	tick();
	/* Half of a mark is written at times. */
	if (countdown == 0)
		(void)!__real_pwrite(fd, p, n / 2, at);
	tick();
	return __real_pwrite(fd, p, n, at);
}

void
kill_after(long calls)
{
	countdown = calls;
}
