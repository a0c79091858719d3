/* The gateway's side of the parse process: one document, one answer. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/idp/idp.h"

static enum fg_rc
read_all(int fd, struct fg_buf *b, struct fg_err *reterr)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		char *room = fg_buf_room(b, 64 * 1024);
		ssize_t n;

		if (room == NULL)
			return fg_fail(reterr, FG_E_LIMIT, "idp.parse", NULL, "the answer is too large");
		if (poll(&p, 1, FG_LIMIT_PARSE_MS) != 1)
			return fg_fail(reterr, FG_E_IO, "idp.parse", NULL, "the parse process did not answer");
		n = read(fd, room, 64 * 1024);
		if (n == 0)
			return FG_OK;
		if (n < 0 && errno != EINTR)
			return fg_fail(reterr, FG_E_IO, "idp.parse", NULL, "parse process: %s", strerror(errno));
		b->n += n > 0 ? (size_t)n : 0;
	}
}

static enum fg_rc
talk(int fd, struct fg_str ask, struct fg_buf *answer, struct fg_err *reterr)
{
	if (!fg_write_all(fd, ask))
		return fg_fail(reterr, FG_E_IO, "idp.parse", NULL, "parse process: %s", strerror(errno));
	if (shutdown(fd, SHUT_WR) != 0)
		return fg_fail(reterr, FG_E_IO, "idp.parse", NULL, "parse process: %s", strerror(errno));
	return read_all(fd, answer, reterr);
}

enum fg_rc
idp_parse(int fd, struct fg_str xml, const struct saml_metadata_want *want, struct fg_arena *a,
    struct saml_metadata *ret, struct fg_err *reterr)
{
	FG_AUTO(fg_buf_free) struct fg_buf ask = FG_BUF(2 * FG_LIMIT_SAML_METADATA);
	struct fg_buf answer = FG_BUF_ARENA(a, FG_LIMIT_IDP_SAML_BYTES / 4);
	struct fg_str bytes;
	enum fg_rc rc;

	saml_parse_ask(&ask, xml, want);
	rc = fg_buf_end(&ask, &bytes);
	if (rc != FG_OK)
		(void)fg_fail(reterr, rc, "idp.parse", NULL, "the document is too large");
	else
		rc = talk(fd, bytes, &answer, reterr);
	close(fd);
	return rc == FG_OK ? saml_parse_answer(a, fg_buf_str(&answer), ret, reterr) : rc;
}
