/*
 * Is the wall clock to be believed?  Boot time does not jump, and the last wall time that was seen
 * is kept in a file (rule 21).
 */
#include "gateway/cred/cred_int.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define NS INT64_C(1000000000)
#define APART_S 5 /* seconds of drift or of going back that are still taken */
#define MARK_FRESH_S (7 * 86400) /* an older mark says nothing about the clock of today */

void
cred_guard_init(struct cred_guard *g, struct cred_clock at, fg_time mark)
{
	g->base = at;
	g->mark = mark;
	g->stopped = at.wall_ns / NS < mark - APART_S;
	g->confirmed = mark != 0 && at.wall_ns / NS - mark <= MARK_FRESH_S;
}

bool
cred_guard_confirmed(const struct cred_guard *g)
{
	return g->confirmed && !g->stopped;
}

void
cred_guard_ack(struct cred_guard *g, struct cred_clock at)
{
	g->base = at;
	g->mark = at.wall_ns / NS;
	g->stopped = false;
	g->confirmed = true;
}

/*
 * The base never moves but by an acknowledgement, so that many small steps add up to the one that
 * stops.
 */
enum fg_rc
cred_guard_check(struct cred_guard *g, struct cred_clock at, fg_time *ret_now,
    struct fg_err *reterr)
{
	int64_t apart = (at.wall_ns - g->base.wall_ns) - (at.boot_ns - g->base.boot_ns);
	fg_time now = at.wall_ns / NS;

	if (apart > APART_S * NS || apart < -APART_S * NS || now < g->mark - APART_S || now <= 0 ||
	    now > FG_LIMIT_TIME_MAX)
		g->stopped = true;
	if (g->stopped)
		return fg_fail(reterr, FG_E_CLOCK, "cred.clock", NULL,
		    "wall clock and boot time are %lld ms apart, last mark %lld s ahead",
		    (long long)(apart / 1000000), (long long)(g->mark > now ? g->mark - now : 0));
	if (now > g->mark)
		g->mark = now;
	*ret_now = now;
	return FG_OK;
}

static bool
read_ns(clockid_t id, int64_t *ret)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) != 0)
		return false;
	*ret = (int64_t)ts.tv_sec * NS + ts.tv_nsec;
	return true;
}

enum fg_rc
cred_clock_read(struct cred_clock *ret, struct fg_err *reterr)
{
	if (!read_ns(CLOCK_REALTIME, &ret->wall_ns) || !read_ns(CLOCK_BOOTTIME, &ret->boot_ns))
		return fg_fail(reterr, FG_E_CLOCK, "cred.clock.read", NULL, "clock_gettime");
	return FG_OK;
}

enum fg_rc
cred_mark_load(const char *path, fg_time *ret, struct fg_err *reterr)
{
	char text[32];
	struct fg_str line, rest;
	uint64_t v = 0;
	ptrdiff_t n;
	int fd = -1;
	struct fg_err err = { 0 };
	enum fg_rc rc = file_open_own(path, "cred.clock.mark", &fd, &err);

	if (rc == FG_E_NOT_FOUND) {
		*ret = 0;
		return FG_OK;
	}
	if (rc != FG_OK)
		return fg_fail(reterr, rc, err.step, NULL, "%s", err.text);
	n = file_read_all(fd, text, sizeof(text));
	close(fd);
	if (n < 0 || !fg_cut(fg_str(text, (size_t)n), '\n', &line, &rest) || rest.n != 0 ||
	    !fg_u64(line, &v) || v > FG_LIMIT_TIME_MAX)
		return fg_fail(reterr, FG_E_SYNTAX, "cred.clock.mark", NULL,
		    "%s does not hold one time", path);
	*ret = (fg_time)v;
	return FG_OK;
}

enum fg_rc
cred_mark_save(const char *path, fg_time mark, struct fg_err *reterr)
{
	char text[32];
	struct fg_buf b = FG_BUF_FIXED(text);
	struct fg_str line;

	fg_buf_i64(&b, mark);
	fg_buf_putc(&b, '\n');
	FG_TRY(fg_buf_end(&b, &line));
	return file_replace(path, line, CRED_SAVE_REPLACE, "cred.clock.mark", reterr);
}
