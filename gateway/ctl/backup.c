/* fedgate backup, fedgate restore: store and key ring, as two files in a folder. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/ctl/ctl_conf.h"
#include "gateway/ctl/operate.h"

static void
closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* A private file that was not there before. */
static enum fg_rc
copy(const char *from, const char *to, struct fg_err *reterr)
{
	FG_AUTO(closep) int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	FG_AUTO(closep) int out = in < 0 ? -1
	    : open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	char buf[16384];
	ssize_t n = 0;

	if (in < 0 || out < 0)
		return fg_fail(reterr, errno == EEXIST ? FG_E_EXISTS : FG_E_IO, "ctl.backup", NULL,
		    "%s: %s", in < 0 ? from : to, strerror(errno));
	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			break;
	explicit_bzero(buf, sizeof(buf));
	if (n != 0 || fsync(out) != 0)
		return fg_fail(reterr, FG_E_IO, "ctl.backup", NULL, "%s: %s", to, strerror(errno));
	return FG_OK;
}

static enum fg_rc
sync_dir(const char *dir, struct fg_err *reterr)
{
	FG_AUTO(closep) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) != 0)
		return fg_fail(reterr, FG_E_IO, "ctl.backup", NULL, "%s: %s", dir, strerror(errno));
	return FG_OK;
}

static enum fg_rc
backup(const struct ctl_args *args, const char *dir, struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_REQUEST_BYTES);
	FG_AUTO(conf_freep) struct conf *c = NULL;
	struct fg_buf b = FG_BUF_ARENA(a, 16384);
	struct ctl_reply r;
	struct fg_str request;
	char full[4096];

	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "ctl.backup", NULL, "arena");
	FG_TRY(ctl_conf(args, ctl_value(args, "config"), &c, reterr));
	if (mkdir(dir, 0700) != 0 || realpath(dir, full) == NULL)
		return fg_fail(reterr, errno == EEXIST ? FG_E_EXISTS : FG_E_IO, "ctl.backup", NULL,
		    "%s: %s", dir, strerror(errno));
	fg_buf_put(&b, FG_LIT("{\"op\":\"backup\",\"path\":\""));
	fg_buf_json(&b, fg_str_z(full));
	fg_buf_put(&b, FG_LIT("/fedgate.db\"}"));
	FG_TRY(fg_buf_end(&b, &request));
	FG_TRY(ctl_operate(args, a, request, &r, reterr));
	FG_TRY(copy(c->keyring, fg_arena_fmt(a, "%s/keyring", full).p, reterr));
	return sync_dir(full, reterr);
}

int
ctl_backup(const struct ctl_args *args)
{
	struct fg_err err = { .rc = FG_OK };

	if (args->n_operands != 1)
		return ctl_usage(args, "the folder to make is needed");
	if (backup(args, args->operands[0], &err) != FG_OK)
		return ctl_fail(args, &err);
	return CTL_OK;
}

/*
 * Neither store nor ring may be there.  A mark that is there stays: it says that what was
 * restored is old, and `recover` is asked for.
 */
static enum fg_rc
restore(const struct ctl_args *args, const char *dir, struct fg_err *reterr)
{
	FG_AUTO(conf_freep) struct conf *c = NULL;
	const char *path;

	FG_TRY(ctl_conf(args, ctl_value(args, "config"), &c, reterr));
	path = conf_store_path(c);
	if (path == NULL)
		return fg_fail(reterr, FG_E_UNSUPPORTED, "ctl.restore", NULL, "not a sqlite store");
	FG_TRY(cred_absent_check(path, "store", reterr));
	FG_TRY(cred_absent_check(c->keyring, "key ring", reterr));
	/* The journal of another store must never be played into this one. */
	FG_TRY(cred_absent_check(
	    fg_arena_fmt(args->arena, "%s-wal", path).p, "journal of a store", reterr));
	FG_TRY(ctl_folder_of(c->keyring, reterr));
	FG_TRY(ctl_folder_of(path, reterr));
	FG_TRY(copy(fg_arena_fmt(args->arena, "%s/keyring", dir).p, c->keyring, reterr));
	return copy(fg_arena_fmt(args->arena, "%s/fedgate.db", dir).p, path, reterr);
}

int
ctl_restore(const struct ctl_args *args)
{
	struct fg_err err = { .rc = FG_OK };

	if (args->n_operands != 1)
		return ctl_usage(args, "the folder of the backup is needed");
	if (restore(args, args->operands[0], &err) != FG_OK)
		return ctl_fail(args, &err);
	(void)fprintf(stderr, "fedgate: restored; `fedgate recover` before it serves\n");
	return CTL_OK;
}
