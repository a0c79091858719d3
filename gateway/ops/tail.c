/*
 * gateway/ops/tail.c - how an audit file ends: its last checkpoint, and the heads of the
 * chains that went on after it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/ops/ops_int.h"

#define BLOCK (1024u * 1024) /* first read from the end, bytes */
#define MARKER "{\"checkpoint\":"

/* A new file's name must be on disk too. */
static bool
sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[4096];
	int fd;
	bool ok;

	if (snprintf(folder, sizeof(folder), "%.*s", slash == NULL ? 1 : (int)(slash - path + 1),
	    slash == NULL ? "." : path) >= (int)sizeof(folder))
		return false;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ok = fsync(fd) == 0;
	close(fd);
	return ok;
}

enum fg_rc
ops_file_open(const char *path, int *ret_fd, struct fg_err *reterr)
{
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct stat st;

	if (fd < 0)
		return fg_fail(reterr, FG_E_IO, "audit.open", NULL, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 022) != 0) {
		close(fd);
		return fg_fail(reterr, FG_E_IO, "audit.open", NULL,
		    "%s: not a regular file of ours that others cannot write", path);
	}
	if (st.st_size == 0 && !sync_folder(path)) {
		close(fd);
		return fg_fail(reterr, FG_E_IO, "audit.open", NULL, "%s: %s", path, strerror(errno));
	}
	*ret_fd = fd;
	return FG_OK;
}

void
ops_tail_done(struct ops_tail *t)
{
	free(t->chain);
	t->chain = NULL;
	t->n_chain = 0;
}

static bool
read_at(int fd, char *p, size_t n, uint64_t at)
{
	while (n > 0) {
		ssize_t got = pread(fd, p, n, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
		at += (uint64_t)got;
	}
	return true;
}

/* The last line that begins with the marker; s.n when there is none. */
static size_t
last_checkpoint(struct fg_str s, bool from_start)
{
	for (size_t end = s.n; end > 0;) {
		size_t start = end - 1; /* at the line feed that ends a line */

		while (start > 0 && s.p[start - 1] != '\n')
			start--;
		if ((start > 0 || from_start) && fg_starts(fg_sub(s, start, end), FG_LIT(MARKER)))
			return start;
		end = start;
	}
	return s.n;
}

static enum fg_rc
note(struct ops_tail *t, const struct ops_line *l, struct fg_err *reterr)
{
	struct ops_tail_chain *c = NULL, *more;
	uint8_t d[AUDIT_HASH];

	for (size_t i = 0; i < t->n_chain; i++)
		if (memcmp(t->chain[i].id, l->place.chain, AUDIT_CHAIN_ID) == 0)
			c = &t->chain[i];
	if (c == NULL) {
		if (t->n_chain == OPS_LINE_CHAINS)
			return fg_fail(reterr, FG_E_CONFLICT, "audit.tail", NULL, "too many chains");
		more = realloc(t->chain, (t->n_chain + 1) * sizeof(*more));
		if (more == NULL)
			return fg_fail(reterr, FG_E_NOMEM, "audit.tail", NULL, "chains");
		t->chain = more;
		c = &more[t->n_chain++];
		memcpy(c->id, l->place.chain, AUDIT_CHAIN_ID);
	}
	ops_sha256(l->digested, FG_STR_NULL, d);
	ops_sha256(fg_str(d, AUDIT_HASH), fg_str(l->mac, AUDIT_HASH), c->head);
	c->seq = l->place.seq;
	return FG_OK;
}

/* From the last checkpoint to the end: whole lines only. */
static enum fg_rc
lines(struct ops_tail *t, struct fg_str s, struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4u * FG_LIMIT_AUDIT_LINE * 16);
	struct fg_str line;

	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "audit.tail", NULL, "arena");
	while (fg_cut(s, '\n', &line, &s)) {
		struct ops_line l;
		struct fg_err err = { 0 };

		fg_arena_reset(a);
		if (ops_line_read(a, line, &l, &err) == FG_E_NOMEM)
			return fg_fail(reterr, FG_E_NOMEM, "audit.tail", NULL, "line");
		if (l.kind == OPS_LINE_BAD)
			return fg_fail(reterr, FG_E_CONFLICT, "audit.tail", NULL, "%s", err.text);
		if (l.kind == OPS_LINE_RECORD) {
			FG_TRY(note(t, &l, reterr));
			continue;
		}
		t->found = true;
		t->mark.n = l.n;
		ops_sha256(l.object, FG_STR_NULL, t->mark.head);
	}
	return FG_OK;
}

static void
free_text(char **p)
{
	free(*p);
}

/* Read back ever more of the file until a checkpoint is in it. */
static enum fg_rc
search(int fd, uint64_t size, struct ops_tail *t, struct fg_err *reterr)
{
	FG_AUTO(free_text) char *p = NULL;

	for (size_t want = BLOCK;; want *= 4) {
		size_t n = want < size ? want : (size_t)size;
		struct fg_str s, whole;
		size_t at;

		if (n > FG_LIMIT_AUDIT_TAIL)
			return fg_fail(reterr, FG_E_CONFLICT, "audit.tail", NULL, "no checkpoint at the end");
		free(p);
		p = malloc(n + 1);
		if (p == NULL)
			return fg_fail(reterr, FG_E_NOMEM, "audit.tail", NULL, "%zu bytes", n);
		if (!read_at(fd, p, n, size - n))
			return fg_fail(reterr, FG_E_IO, "audit.tail", NULL, "%s", strerror(errno));
		s = fg_str(p, n);
		for (whole = s; whole.n > 0 && whole.p[whole.n - 1] != '\n';)
			whole.n--;
		t->torn = n - whole.n;
		t->size = size - t->torn;
		at = last_checkpoint(whole, n == size);
		if (at < whole.n)
			return lines(t, fg_sub(whole, at, whole.n), reterr);
		if (n == size) /* nothing whole at all: the very first line was never finished */
			return whole.n == 0 ? FG_OK : fg_fail(reterr, FG_E_CONFLICT, "audit.tail", NULL,
			    "the file holds no checkpoint: it is not an audit log");
	}
}

enum fg_rc
ops_tail_read(int fd, struct ops_tail *ret, struct fg_err *reterr)
{
	struct stat st;
	enum fg_rc rc;

	*ret = (struct ops_tail){ .found = false };
	if (fstat(fd, &st) != 0)
		return fg_fail(reterr, FG_E_IO, "audit.tail", NULL, "%s", strerror(errno));
	if (st.st_size == 0)
		return FG_OK;
	rc = search(fd, (uint64_t)st.st_size, ret, reterr);
	if (rc != FG_OK)
		ops_tail_done(ret);
	return rc;
}
