/*
 * The listener's side: an exchange becomes a call, its end a reply.
 */
#include "gateway/api/api_int.h"

static void
answered(struct api_call *c)
{
	const struct api_hooks *h = &c->w->env->conf.hooks;
	struct http_exchange *x = c->arg;
	const struct http_field type = { FG_LIT("x-amzn-errortype"), c->error_type };
	const struct http_reply r = { .status = c->status, .content_type = c->content_type,
		.body = c->body, .field = &type, .n_field = c->error_type.n > 0 };

	if (h->answered != NULL)
		h->answered(h->arg, c, x->begin_us);
	http_reply(x, &r); /* the arenas, and c in one of them, are gone */
}

static void
settled(struct api_call *c)
{
	http_settle(c->arg);
	c->arena = c->keep;
}

void
api_http(struct api_worker *w, struct http_exchange *x)
{
	struct api_call *c = FG_NEW(x->keep, struct api_call);

	if (c == NULL) {
		http_reply(x, &(struct http_reply){ .status = 500 });
		return;
	}
	c->w = w;
	c->arena = x->arena;
	c->keep = x->keep;
	c->settled = settled;
	c->req = x->req;
	c->peer = x->peer;
	c->now = x->now;
	c->connection = x->connection;
	c->id = fg_str(x->id, FRONT_ID_LEN);
	c->done = answered;
	c->arg = x;
	x->state = c;
	api_handle(c);
}
