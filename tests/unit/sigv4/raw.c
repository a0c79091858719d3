#include "base/sha256.h"
#include "tests/unit/sigv4/raw.h"

static struct fg_str
line_of(struct fg_str *rest)
{
	struct fg_str line;

	fg_cut(*rest, '\n', &line, rest);
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* The method ends at the first blank, the version begins at the last. */
static bool
request_line(struct fg_str line, struct raw *r)
{
	struct fg_str target;

	if (!fg_cut(line, ' ', &r->req.method, &target))
		return false;
	for (size_t i = target.n; i > 0; i--) {
		if (target.p[i - 1] == ' ') {
			target.n = i - 1;
			break;
		}
	}
	fg_cut(target, '?', &r->req.path, &r->req.query);
	return true;
}

void
raw_add(struct raw *r, struct fg_str name, struct fg_str value)
{
	CU_ASSERT_FATAL(r->req.n_headers < RAW_HEADERS);
	r->headers[r->req.n_headers++] = (struct sigv4_header){ name, value };
	r->req.headers = r->headers;
}

struct sigv4_header *
raw_find(struct raw *r, struct fg_str name)
{
	for (size_t i = 0; i < r->req.n_headers; i++) {
		if (fg_eq_icase(r->headers[i].name, name))
			return &r->headers[i];
	}
	return NULL;
}

void
raw_body(struct raw *r, struct fg_str body)
{
	r->body = body;
	fg_sha256(&body, 1, r->req.body_sha256);
}

bool
raw_parse(struct fg_str text, struct raw *ret)
{
	struct fg_str rest = text, line, name, value;

	memset(ret, 0, sizeof(*ret));
	ret->req.headers = ret->headers;
	if (!request_line(line_of(&rest), ret))
		return false;
	while ((line = line_of(&rest)).n > 0) {
		if (line.p[0] == ' ' && ret->req.n_headers > 0) {
			struct fg_str *v = &ret->headers[ret->req.n_headers - 1].value;

			v->n = (size_t)(line.p + line.n - v->p);
			continue;
		}
		if (!fg_cut(line, ':', &name, &value))
			return false;
		raw_add(ret, name, value);
	}
	raw_body(ret, fg_str_null(rest) ? FG_LIT("") : rest);
	return true;
}

struct fg_str
raw_swap(struct fg_arena *a, struct fg_str text, struct fg_str from, struct fg_str to)
{
	for (size_t i = 0; i + from.n <= text.n; i++) {
		char *out;

		if (memcmp(text.p + i, from.p, from.n) != 0)
			continue;
		out = fg_arena_alloc(a, text.n - from.n + to.n);
		CU_ASSERT_FATAL(out != NULL);
		memcpy(out, text.p, i);
		memcpy(out + i, to.p, to.n);
		memcpy(out + i + to.n, text.p + i + from.n, text.n - i - from.n);
		return fg_str(out, text.n - from.n + to.n);
	}
	return text;
}
