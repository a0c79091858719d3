/*
 * Files that must be ours alone: how they are opened, replaced, and what their folders must be.
 */
#include "gateway/cred/cred_int.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void
close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static enum fg_rc
own_check(int fd, const char *path, const char *step, struct fg_err *reterr)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fg_fail(reterr, FG_E_IO, step, NULL, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
		return fg_fail(reterr, FG_E_IO, step, NULL, "%s: not a plain file of its own", path);
	if (st.st_uid != geteuid())
		return fg_fail(reterr, FG_E_IO, step, NULL, "%s: owned by user %u", path,
		    (unsigned)st.st_uid);
	if ((st.st_mode & 07177) != 0)
		return fg_fail(reterr, FG_E_IO, step, NULL, "%s: mode is %04o, must be 0600", path,
		    (unsigned)(st.st_mode & 07777));
	return FG_OK;
}

enum fg_rc
file_open_own(const char *path, const char *step, int *ret_fd, struct fg_err *reterr)
{
	FG_AUTO(close_fd) int fd =
	    open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return fg_fail(reterr, errno == ENOENT ? FG_E_NOT_FOUND : FG_E_IO, step, NULL,
		    "%s: %s", path, errno == ELOOP ? "is a symbolic link" : strerror(errno));
	FG_TRY(own_check(fd, path, step, reterr));
	*ret_fd = fd;
	fd = -1;
	return FG_OK;
}

ptrdiff_t
file_read_all(int fd, void *buf, size_t room)
{
	size_t have = 0;

	for (;;) {
		ssize_t n = read(fd, (char *)buf + have, room - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || (n > 0 && have + (size_t)n == room))
			return -1;
		if (n == 0)
			return (ptrdiff_t)have;
		have += (size_t)n;
	}
}

/* The folder of a path, opened, and the name inside it. */
static int
open_folder(const char *path, const char **ret_name)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t n;

	*ret_name = slash == NULL ? path : slash + 1;
	if (slash == NULL)
		return open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	n = slash == path ? 1 : (size_t)(slash - path);
	if (n >= sizeof(folder)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(folder, path, n);
	folder[n] = '\0';
	return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The new file takes its name in one step: by link, which refuses what is there, or by rename. */
static int
put_in_place(int dir, const char *temp, const char *name, enum cred_save how)
{
	int bad;

	if (how == CRED_SAVE_REPLACE)
		return renameat(dir, temp, dir, name);
	bad = linkat(dir, temp, dir, name, 0) == 0 ? 0 : errno;
	if (unlinkat(dir, temp, 0) != 0 && bad == 0)
		bad = errno;
	errno = bad;
	return bad == 0 ? 0 : -1;
}

enum fg_rc
file_replace(const char *path, struct fg_str bytes, enum cred_save how, const char *step,
    struct fg_err *reterr)
{
	const char *name;
	char temp[64];
	FG_AUTO(close_fd) int dir = open_folder(path, &name);
	FG_AUTO(close_fd) int fd = -1;
	bool written;

	(void)snprintf(temp, sizeof(temp), ".fedgate-new.%ld", (long)getpid());
	if (dir < 0)
		return fg_fail(reterr, FG_E_IO, step, NULL, "folder of %s: %s", path,
		    strerror(errno));
	(void)unlinkat(dir, temp, 0); /* left by a process of our number that was killed */
	fd = openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return fg_fail(reterr, FG_E_IO, step, NULL, "%s: %s", path, strerror(errno));
	written = fchmod(fd, 0600) == 0 && fg_write_all(fd, bytes) && fsync(fd) == 0;
	if (!written || put_in_place(dir, temp, name, how) != 0) {
		int bad = errno;

		(void)unlinkat(dir, temp, 0);
		return fg_fail(reterr, bad == EEXIST ? FG_E_EXISTS : FG_E_IO, step, NULL, "%s: %s",
		    path, strerror(bad));
	}
	if (fsync(dir) != 0)
		return fg_fail(reterr, FG_E_IO, step, NULL, "folder of %s: %s", path,
		    strerror(errno));
	return FG_OK;
}

/* ---- folders (rule 32) ---- */

/* A folder above ours could swap it when others may write there. */
static enum fg_rc
above_check(const char *real, struct fg_err *reterr)
{
	char path[PATH_MAX];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s", real);
	for (char *slash = strrchr(path, '/'); slash != NULL; slash = strrchr(path, '/')) {
		bool top = slash == path;

		slash[top ? 1 : 0] = '\0';
		if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode))
			return fg_fail(reterr, FG_E_IO, "cred.dir.above", NULL, "%s: %s", path,
			    strerror(errno));
		if (st.st_uid != 0 && st.st_uid != geteuid())
			return fg_fail(reterr, FG_E_IO, "cred.dir.above", NULL,
			    "%s: owned by user %u", path, (unsigned)st.st_uid);
		if ((st.st_mode & 022) != 0 && (st.st_mode & S_ISVTX) == 0)
			return fg_fail(reterr, FG_E_IO, "cred.dir.above", NULL,
			    "%s: others may write there", path);
		if (top)
			break;
	}
	return FG_OK;
}

enum fg_rc
cred_dir_check(const char *path, struct fg_err *reterr)
{
	char real[PATH_MAX];
	struct stat st;

	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return fg_fail(reterr, FG_E_IO, "cred.dir", NULL, "%s: %s", path, strerror(errno));
	if (lstat(path, &st) != 0 || realpath(path, real) == NULL)
		return fg_fail(reterr, FG_E_IO, "cred.dir", NULL, "%s: %s", path, strerror(errno));
	if (S_ISLNK(st.st_mode))
		return fg_fail(reterr, FG_E_IO, "cred.dir.link", NULL, "%s: is a symbolic link",
		    path);
	if (!S_ISDIR(st.st_mode))
		return fg_fail(reterr, FG_E_IO, "cred.dir", NULL, "%s: not a folder", path);
	if (st.st_uid != geteuid())
		return fg_fail(reterr, FG_E_IO, "cred.dir.owner", NULL, "%s: owned by user %u",
		    path, (unsigned)st.st_uid);
	if ((st.st_mode & 0777) != 0700)
		return fg_fail(reterr, FG_E_IO, "cred.dir.mode", NULL,
		    "%s: mode is %04o, must be 0700", path, (unsigned)(st.st_mode & 0777));
	return above_check(real, reterr);
}

enum fg_rc
cred_folder_check(const char *file, struct fg_err *reterr)
{
	const char *slash = strrchr(file, '/');
	char path[PATH_MAX];
	struct stat st;

	if (slash == NULL)
		return FG_OK; /* the present folder is the operator's choice */
	if (slash - file >= PATH_MAX - 1)
		return fg_fail(reterr, FG_E_PARAM, "cred.folder", NULL, "path is too long");
	(void)snprintf(path, sizeof(path), "%.*s", slash == file ? 1 : (int)(slash - file), file);
	if (stat(path, &st) != 0)
		return fg_fail(reterr, FG_E_IO, "cred.folder", NULL, "%s: %s", path, strerror(errno));
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return fg_fail(reterr, FG_E_IO, "cred.folder.owner", NULL, "%s: owned by user %u", path,
		    (unsigned)st.st_uid);
	if ((st.st_mode & 022) != 0)
		return fg_fail(reterr, FG_E_IO, "cred.folder.mode", NULL,
		    "%s: mode is %04o, others may write there", path, (unsigned)(st.st_mode & 07777));
	return FG_OK;
}

enum fg_rc
cred_absent_check(const char *path, const char *what, struct fg_err *reterr)
{
	struct stat st;

	if (lstat(path, &st) == 0)
		return fg_fail(reterr, FG_E_EXISTS, "cred.init.exists", NULL,
		    "there is a %s already: %s", what, path);
	if (errno != ENOENT)
		return fg_fail(reterr, FG_E_IO, "cred.init.exists", NULL, "%s: %s", path,
		    strerror(errno));
	return FG_OK;
}
