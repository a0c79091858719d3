/* tests/fault/disk.c - a file system under SQLite, and writes of ours, that fail when they are told to. */
#include <errno.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "tests/fault/disk.h"

static _Atomic bool armed, fired;
static _Atomic long left;
static _Atomic int what;

void
disk_arm(enum disk_kind k, unsigned long n)
{
	left = (long)n;
	what = (int)k;
	fired = false;
	armed = true;
}

bool
disk_disarm(void)
{
	armed = false;
	return fired;
}

static bool
fails(enum disk_kind k)
{
	long n;

	if (!armed || what != (int)k)
		return false;
	n = atomic_fetch_sub(&left, 1);
	if (n > 0 || (n < 0 && k != DISK_FULL))
		return false;
	fired = true;
	return true;
}

/* ---- a file system in front of the default one ---- */

static sqlite3_vfs *under, shim;

struct file {
	sqlite3_file base;
	sqlite3_file *real; /* right behind */
};

static sqlite3_file *
real(sqlite3_file *f)
{
	return ((struct file *)(void *)f)->real;
}

static int
x_close(sqlite3_file *f)
{
	return real(f)->pMethods->xClose(real(f));
}

static int
x_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	return real(f)->pMethods->xRead(real(f), p, n, at);
}

static int
x_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	if (fails(DISK_FULL))
		return SQLITE_FULL;
	if (fails(DISK_WRITE))
		return SQLITE_IOERR_WRITE;
	return real(f)->pMethods->xWrite(real(f), p, n, at);
}

static int
x_truncate(sqlite3_file *f, sqlite3_int64 n)
{
	return real(f)->pMethods->xTruncate(real(f), n);
}

static int
x_sync(sqlite3_file *f, int flags)
{
	return fails(DISK_SYNC) ? SQLITE_IOERR_FSYNC : real(f)->pMethods->xSync(real(f), flags);
}

static int
x_size(sqlite3_file *f, sqlite3_int64 *ret)
{
	return real(f)->pMethods->xFileSize(real(f), ret);
}

static int
x_lock(sqlite3_file *f, int how)
{
	return real(f)->pMethods->xLock(real(f), how);
}

static int
x_unlock(sqlite3_file *f, int how)
{
	return real(f)->pMethods->xUnlock(real(f), how);
}

static int
x_reserved(sqlite3_file *f, int *ret)
{
	return real(f)->pMethods->xCheckReservedLock(real(f), ret);
}

static int
x_control(sqlite3_file *f, int op, void *arg)
{
	return real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int
x_sector(sqlite3_file *f)
{
	return real(f)->pMethods->xSectorSize(real(f));
}

static int
x_traits(sqlite3_file *f)
{
	return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static int
x_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret)
{
	return real(f)->pMethods->xShmMap(real(f), page, size, extend, ret);
}

static int
x_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	return real(f)->pMethods->xShmLock(real(f), at, n, flags);
}

static void
x_shm_barrier(sqlite3_file *f)
{
	real(f)->pMethods->xShmBarrier(real(f));
}

static int
x_shm_unmap(sqlite3_file *f, int gone)
{
	return real(f)->pMethods->xShmUnmap(real(f), gone);
}

static const sqlite3_io_methods methods = { .iVersion = 2, .xClose = x_close, .xRead = x_read, .xWrite = x_write,
	.xTruncate = x_truncate, .xSync = x_sync, .xFileSize = x_size, .xLock = x_lock, .xUnlock = x_unlock,
	.xCheckReservedLock = x_reserved, .xFileControl = x_control, .xSectorSize = x_sector,
	.xDeviceCharacteristics = x_traits, .xShmMap = x_shm_map, .xShmLock = x_shm_lock,
	.xShmBarrier = x_shm_barrier, .xShmUnmap = x_shm_unmap };

static int
x_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
	struct file *s = (struct file *)(void *)f;
	int rc;

	(void)v;
	s->real = (sqlite3_file *)(void *)(s + 1);
	rc = under->xOpen(under, name, s->real, flags, out);
	s->base.pMethods = s->real->pMethods == NULL ? NULL : &methods;
	return rc;
}

bool
disk_install(void)
{
	under = sqlite3_vfs_find(NULL);
	if (under == NULL)
		return false;
	shim = *under; /* what is not replaced gets the shim, and reads no more than its pAppData */
	shim.zName = "failing";
	shim.pNext = NULL;
	shim.szOsFile = (int)sizeof(struct file) + under->szOsFile;
	shim.xOpen = x_open;
	return sqlite3_vfs_register(&shim, 1) == SQLITE_OK;
}

/* ---- statements, and what we write ourselves ---- */

int __real_sqlite3_step(sqlite3_stmt *s);
int __wrap_sqlite3_step(sqlite3_stmt *s);
ssize_t __real_pwrite(int fd, const void *p, size_t n, off_t at);
ssize_t __wrap_pwrite(int fd, const void *p, size_t n, off_t at);
ssize_t __real_pwrite64(int fd, const void *p, size_t n, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off_t at);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);

int
__wrap_sqlite3_step(sqlite3_stmt *s)
{
	if (fails(DISK_STEP))
		return SQLITE_IOERR;
	return fails(DISK_BUSY) ? SQLITE_BUSY : __real_sqlite3_step(s);
}

ssize_t
__wrap_pwrite(int fd, const void *p, size_t n, off_t at)
{
	if (!fails(DISK_MARK))
		return __real_pwrite(fd, p, n, at);
	errno = ENOSPC;
	return -1;
}

ssize_t
__wrap_pwrite64(int fd, const void *p, size_t n, off_t at)
{
	if (!fails(DISK_MARK))
		return __real_pwrite64(fd, p, n, at);
	errno = ENOSPC;
	return -1;
}

int
__wrap_fdatasync(int fd)
{
	if (!fails(DISK_MARK))
		return __real_fdatasync(fd);
	errno = EIO;
	return -1;
}
