/* What commands share: input files, the clock, errors and verdicts on the terminal. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/ctl/ctl.h"

static enum fg_rc
read_fd(int fd, const char *name, size_t max, struct fg_buf *b, struct fg_err *reterr)
{
	for (;;) {
		char *p = fg_buf_room(b, 64 * 1024);
		ssize_t got = p == NULL ? -1 : read(fd, p, 64 * 1024);

		if (p == NULL || b->n > max)
			return fg_fail(reterr, FG_E_LIMIT, "ctl.read", NULL, "%s is over %zu bytes", name, max);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fg_fail(reterr, FG_E_IO, "ctl.read", NULL, "%s: %s", name, strerror(errno));
		if (got == 0)
			return FG_OK;
		b->n += (size_t)got;
	}
}

enum fg_rc
ctl_read(struct fg_arena *a, const char *path, size_t max, struct fg_str *ret, struct fg_err *reterr)
{
	bool input = path == NULL || strcmp(path, "-") == 0;
	struct fg_buf b = FG_BUF_ARENA(a, max + 128 * 1024);
	int fd = input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	enum fg_rc rc;

	if (fd < 0)
		return fg_fail(reterr, FG_E_IO, "ctl.read", NULL, "%s: %s", path, strerror(errno));
	rc = read_fd(fd, input ? "standard input" : path, max, &b, reterr);
	if (!input)
		close(fd);
	FG_TRY(rc);
	if (b.n > max)
		return fg_fail(reterr, FG_E_LIMIT, "ctl.read", NULL, "input is over %zu bytes", max);
	return fg_buf_end(&b, ret);
}

bool
ctl_at(const struct ctl_args *args, int64_t *ret)
{
	const char *at = ctl_value(args, "at");

	if (at != NULL)
		return fg_time_rfc3339(fg_str_z(at), ret);
	*ret = (int64_t)time(NULL);
	return true;
}

int
ctl_fail(const struct ctl_args *args, const struct fg_err *err)
{
	fprintf(stderr, "fedgate %s: %s", args->cmd->name, err->text[0] != '\0' ? err->text : fg_rc_text(err->rc));
	if (err->step != NULL)
		fprintf(stderr, " [%s%s%s]", err->step, err->ref == NULL ? "" : ", ", err->ref == NULL ? "" : err->ref);
	fputc('\n', stderr);
	return CTL_REFUSED;
}

static void
put_member(struct fg_buf *b, const char *name, const char *value)
{
	if (value == NULL)
		return;
	fg_buf_putc(b, ',');
	fg_buf_json_str(b, fg_str_z(name));
	fg_buf_putc(b, ':');
	fg_buf_json_str(b, fg_str_z(value));
}

/* A rule that no standard states is a rule of this program, and its page says it. */
static const char *
ref_of(const struct fg_err *err)
{
	if (err->ref != NULL || err->step == NULL)
		return err->ref;
	if (strncmp(err->step, "audit.", 6) == 0)
		return "docs/operations.md";
	return strncmp(err->step, "saml.", 5) == 0 ? "docs/saml-rules.md" : "docs/oidc-rules.md";
}

void
ctl_print_reject(const struct fg_err *err, const char *rule)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(64 * 1024);
	struct fg_str out;

	fg_buf_put(&b, FG_LIT("{\"result\":\"reject\""));
	put_member(&b, "step", err->step);
	put_member(&b, "ref", ref_of(err));
	put_member(&b, "rule", rule);
	put_member(&b, "detail", err->text[0] != '\0' ? err->text : fg_rc_text(err->rc));
	fg_buf_put(&b, FG_LIT("}\n"));
	if (fg_buf_end(&b, &out) == FG_OK)
		fwrite(out.p, 1, out.n, stdout);
}
