/*
 * The canonical request, from the bytes that came.
 */
#include "gateway/sigv4/sigv4_int.h"

/* Everything but unreserved characters and the slash, escaped. */
static void
path_put(struct fg_buf *b, struct fg_str path)
{
	struct fg_str rest = path, part;
	bool more = true;

	while (more) {
		more = fg_cut(rest, '/', &part, &rest);
		fg_buf_uri(b, part);
		if (more)
			fg_buf_putc(b, '/');
	}
}

/* Back to just behind the slash before the last segment. */
static size_t
parent(const char *p, size_t n)
{
	while (n > 0 && p[n - 1] != '/')
		n--;
	return n > 0 ? n - 1 : 0;
}

/* No empty, "." or ".." segments; the last slash stays. */
static struct fg_str
path_normal(struct fg_arena *a, struct fg_str path)
{
	char *out = fg_arena_alloc(a, path.n + 2);
	struct fg_str rest = path, part;
	bool more = true;
	size_t n = 0;

	if (out == NULL)
		return FG_STR_NULL;
	while (more) {
		more = fg_cut(rest, '/', &part, &rest);
		if (part.n == 0 || fg_eq(part, FG_LIT(".")))
			continue;
		if (fg_eq(part, FG_LIT(".."))) {
			n = parent(out, n);
			continue;
		}
		out[n++] = '/';
		memcpy(out + n, part.p, part.n);
		n += part.n;
	}
	if (n == 0 || path.p[path.n - 1] == '/')
		out[n++] = '/';
	return fg_str(out, n);
}

static enum fg_rc
uri_put(struct fg_arena *a, struct fg_str path, enum sigv4_path kind, struct fg_buf *b,
    struct fg_err *reterr)
{
	struct fg_str p = path;

	if (path.n == 0 || path.p[0] != '/')
		return fg_fail(reterr, FG_E_SYNTAX, "sigv4.path", "RFC 9112 3.2.1",
		    "path does not begin with '/'");
	if (kind == SIGV4_PATH_NORMAL && fg_str_null(p = path_normal(a, p)))
		return fg_fail(reterr, FG_E_NOMEM, "sigv4.path", NULL, "arena");
	if (kind == SIGV4_PATH_OBJECT && !fg_uri_decode(a, path, FG_URI_PATH, &p))
		return fg_fail(reterr, FG_E_SYNTAX, "sigv4.path.escape", "RFC 3986 2.1",
		    "a percent escape that is not one");
	path_put(b, p);
	return FG_OK;
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Trimmed; every run of blanks inside becomes one. */
static void
value_put(struct fg_buf *b, struct fg_str value)
{
	struct fg_str v = fg_trim(value);
	size_t from = 0;

	for (size_t i = 0; i < v.n; i++) {
		if (!blank(v.p[i]))
			continue;
		fg_buf_put(b, fg_sub(v, from, i));
		fg_buf_putc(b, ' ');
		while (blank(v.p[i + 1])) /* trimmed: the last byte is no blank */
			i++;
		from = i + 1;
	}
	fg_buf_put(b, fg_sub(v, from, v.n));
}

/* name:value[,value...] in the order of arrival. */
static void
header_put(const struct sigv4_request *req, struct fg_str name, struct fg_buf *b)
{
	char sep = ':';

	fg_buf_put(b, name);
	for (size_t i = 0; i < req->n_headers; i++) {
		if (!fg_eq_icase(req->headers[i].name, name))
			continue;
		fg_buf_putc(b, sep);
		value_put(b, req->headers[i].value);
		sep = ',';
	}
	fg_buf_putc(b, '\n');
}

enum fg_rc
sigv4_canonical(struct fg_arena *a, const struct sigv4_request *req,
    const struct sigv4_auth *auth, enum sigv4_path path, struct fg_buf *b, struct fg_err *reterr)
{
	struct fg_str rest = auth->signed_headers, name;
	struct sigv4_params q;
	bool more = true;

	FG_TRY(sigv4_query_read(a, req->query, &q, reterr));
	fg_buf_put(b, req->method);
	fg_buf_putc(b, '\n');
	FG_TRY(uri_put(a, req->path, path, b, reterr));
	fg_buf_putc(b, '\n');
	FG_TRY(sigv4_query_canonical(a, &q, b, reterr));
	fg_buf_putc(b, '\n');
	while (more) {
		more = fg_cut(rest, ';', &name, &rest);
		header_put(req, name, b);
	}
	fg_buf_putc(b, '\n');
	fg_buf_put(b, auth->signed_headers);
	fg_buf_putc(b, '\n');
	fg_buf_hex(b, fg_str(req->body_sha256, sizeof(req->body_sha256)));
	return FG_OK;
}
