/*
 * gateway/front/route.c - the first row that takes the path and the method.
 */
#include "gateway/front/conn_int.h"

static bool
takes_path(const struct front_route *r, struct fg_str path)
{
	if ((r->flags & FRONT_PREFIX) != 0)
		return fg_starts(path, r->path);
	return fg_eq(path, r->path);
}

static bool
takes_method(const struct front_route *r, enum http_method m)
{
	unsigned set = r->methods;

	if ((set & HTTP_GET) != 0)
		set |= HTTP_HEAD;
	return (set & m) != 0;
}

const struct front_route *
route_find(const struct front_route *table, const struct http_request *req, unsigned *ret_allow,
    struct http_refusal *reterr)
{
	unsigned allow = 0;

	for (const struct front_route *r = table; r->handler != NULL; r++) {
		if (!takes_path(r, req->path))
			continue;
		if (takes_method(r, req->method))
			return r;
		allow |= r->methods;
	}
	*ret_allow = allow;
	if (allow == 0)
		*reterr = (struct http_refusal){ 404, "front.route.path", "RFC 9110 15.5.5" };
	else
		*reterr = (struct http_refusal){ 405, "front.route.method", "RFC 9110 15.5.6" };
	return NULL;
}
