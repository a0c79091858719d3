/*
 * gateway/front/reply.c - a reply's head and body, written in one piece if they fit.
 */
#include <sys/random.h>

#include "gateway/front/conn_int.h"

#define HSTS "Strict-Transport-Security: max-age=31536000\r\n"

static const struct {
	int status;
	const char *text;
} statuses[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 417, "Expectation Failed" },
	{ 422, "Unprocessable Content" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
};

const char *
http_status_text(int status)
{
	for (size_t i = 0; i < FG_COUNT(statuses); i++) {
		if (statuses[i].status == status)
			return statuses[i].text;
	}
	return "";
}

void
http_methods_put(struct fg_buf *b, unsigned set)
{
	static const struct fg_str names[] = {
		FG_LIT("GET"), FG_LIT("HEAD"), FG_LIT("POST"), FG_LIT("PUT"),
		FG_LIT("DELETE"), FG_LIT("PATCH"), FG_LIT("OPTIONS"),
	};
	bool first = true;

	if ((set & HTTP_GET) != 0)
		set |= HTTP_HEAD;
	for (size_t i = 0; i < FG_COUNT(names); i++) {
		if ((set & 1u << i) == 0)
			continue;
		if (!first)
			fg_buf_put(b, FG_LIT(", "));
		fg_buf_put(b, names[i]);
		first = false;
	}
}

/* ---- request ids ----------------------------------------------------- */

/* Sixteen random bytes, fetched for many requests at once. */
static const unsigned char *
id_bytes(struct front_worker *w)
{
	if (w->id_left == 0) {
		/* Blocks at most before the first seeding of the system; short only then. */
		while (getrandom(w->id_bytes, sizeof(w->id_bytes), 0) != (ssize_t)sizeof(w->id_bytes))
			;
		w->id_left = sizeof(w->id_bytes) / 16;
	}
	return w->id_bytes + 16 * --w->id_left;
}

void
reply_id(struct front_worker *w, char id[FRONT_ID_LEN + 1])
{
	static const char hex[16] = "0123456789abcdef";
	const unsigned char *b = id_bytes(w);
	size_t o = 0;

	for (size_t i = 0; i < 16; i++) {
		unsigned v = b[i];

		if (i == 6)
			v = (v & 0x0f) | 0x40; /* RFC 4122 4.4: version 4 */
		else if (i == 8)
			v = (v & 0x3f) | 0x80;
		if (i == 4 || i == 6 || i == 8 || i == 10)
			id[o++] = '-';
		id[o++] = hex[v >> 4];
		id[o++] = hex[v & 15];
	}
	id[o] = '\0';
}

/* ---- heads ----------------------------------------------------------- */

/* "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", made once a second. */
static struct fg_str
date_line(struct front_worker *w, fg_time now)
{
	static const char day[][4] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
	static const char month[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
		"Sep", "Oct", "Nov", "Dec" };
	struct fg_buf b = FG_BUF_FIXED(w->date);

	if (w->date_at != now || w->date[0] == '\0') {
		struct fg_civil c = fg_civil_of(now);

		memset(w->date, 0, sizeof(w->date));
		fg_buf_fmt(&b, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
		    day[(now / 86400 % 7 + 7) % 7], c.day, month[c.month - 1], c.year, c.hour,
		    c.minute, c.second);
		w->date_at = now;
	}
	return fg_str_z(w->date);
}

static void
put_status(struct fg_buf *b, int status)
{
	fg_buf_put(b, FG_LIT("HTTP/1.1 "));
	fg_buf_u64(b, (uint64_t)status);
	fg_buf_putc(b, ' ');
	fg_buf_put(b, fg_str_z(http_status_text(status)));
	fg_buf_put(b, FG_LIT("\r\n"));
}

static void
put_field(struct fg_buf *b, struct fg_str name, struct fg_str value)
{
	fg_buf_put(b, name);
	fg_buf_put(b, FG_LIT(": "));
	fg_buf_put(b, value);
	fg_buf_put(b, FG_LIT("\r\n"));
}

/* What every reply has. */
static void
put_common(struct fg_buf *b, struct conn *c, fg_time now, const char *id, bool closing)
{
	fg_buf_put(b, date_line(c->w, now));
	put_field(b, FG_LIT("x-amzn-RequestId"), fg_str(id, FRONT_ID_LEN));
	if (c->io->peer.secure)
		fg_buf_put(b, FG_LIT(HSTS));
	if (closing)
		fg_buf_put(b, FG_LIT("Connection: close\r\n"));
}

/* RFC 9110 8.6: no length where there can be no content. */
static void
put_length(struct fg_buf *b, int status, size_t n)
{
	if (status != 204) {
		fg_buf_put(b, FG_LIT("Content-Length: "));
		fg_buf_u64(b, n);
		fg_buf_put(b, FG_LIT("\r\n"));
	}
	fg_buf_put(b, FG_LIT("\r\n"));
}

static bool
field_ok(struct fg_str name, struct fg_str value)
{
	return name.n > 0 && http_all(name, HTTP_B_TOKEN) && http_all(value, HTTP_B_VALUE);
}

/* Would this head say something else than its maker meant? */
static bool
reply_ok(const struct http_reply *r)
{
	size_t n = r->content_type.n;

	if (http_status_text(r->status)[0] == '\0' || !http_all(r->content_type, HTTP_B_VALUE))
		return false;
	for (size_t i = 0; i < r->n_field; i++) {
		if (!field_ok(r->field[i].name, r->field[i].value))
			return false;
		n += r->field[i].name.n + r->field[i].value.n + 4;
	}
	return n <= FG_LIMIT_HTTP_REPLY_HEAD / 2;
}

static bool
has_body(const struct conn *c, int status)
{
	return c->io->req.method != HTTP_HEAD && status != 204 && status != 304;
}

/* Head and body in one piece; a body too large for that follows its head. */
static bool
send_both(struct conn *c, struct fg_buf *b, struct fg_str body)
{
	struct fg_str text;

	if (body.n <= b->room - b->n) {
		fg_buf_put(b, body);
		body = FG_STR_NULL;
	}
	if (fg_buf_end(b, &text) != FG_OK || !conn_send(c, text.p, text.n))
		return false;
	return body.n == 0 || conn_send(c, body.p, body.n);
}

bool
reply_send(struct conn *c, const struct http_exchange *x, const struct http_reply *r, bool closing)
{
	static const struct http_reply internal = { .status = 500 };
	struct fg_buf b = FG_BUF_FIXED(c->w->out);

	if (!reply_ok(r))
		r = &internal;
	put_status(&b, r->status);
	put_common(&b, c, x->now, x->id, closing);
	if (!fg_str_null(r->content_type))
		put_field(&b, FG_LIT("Content-Type"), r->content_type);
	for (size_t i = 0; i < r->n_field; i++)
		put_field(&b, r->field[i].name, r->field[i].value);
	put_length(&b, r->status, r->body.n);
	return send_both(c, &b, has_body(c, r->status) ? r->body : FG_STR_NULL);
}

bool
reply_refusal(struct conn *c, const struct http_refusal *why, unsigned allow, bool closing)
{
	struct fg_buf b = FG_BUF_FIXED(c->w->out);
	struct fg_str rule = fg_str_z(why->rule);
	char id[FRONT_ID_LEN + 1];
	struct fg_str text;

	reply_id(c->w, id);
	put_status(&b, why->status);
	put_common(&b, c, front_wall(c->w->f), id, closing);
	if (why->status == 405) {
		fg_buf_put(&b, FG_LIT("Allow: "));
		http_methods_put(&b, allow);
		fg_buf_put(&b, FG_LIT("\r\n"));
	}
	put_field(&b, FG_LIT("Content-Type"), FG_LIT("text/plain"));
	put_length(&b, why->status, rule.n + 1);
	/* The rule is ours; nothing that the peer sent is in a refusal. */
	if (has_body(c, why->status)) {
		fg_buf_put(&b, rule);
		fg_buf_putc(&b, '\n');
	}
	return fg_buf_end(&b, &text) == FG_OK && conn_send(c, text.p, text.n);
}
