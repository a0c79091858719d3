/* /healthz, /readyz, /metrics. */
#include "gateway/serve/serve_int.h"

static void
reply_text(struct http_exchange *x, int status, struct fg_str type, struct fg_str body)
{
	static const struct http_field no_store = { { "Cache-Control", 13 }, { "no-store", 8 } };
	const struct http_reply r = { .status = status, .content_type = type, .body = body, .field = &no_store,
		.n_field = 1 };

	http_reply(x, &r);
}

/* The process runs and its loop turns. */
void
serve_healthz(struct http_exchange *x)
{
	reply_text(x, 200, FG_LIT("text/plain"), FG_LIT("ok\n"));
}

/* It can mint: a line a part, 503 when one is not well. */
void
serve_readyz(struct http_exchange *x)
{
	const struct serve_worker *w = x->user;
	struct fg_buf b = FG_BUF_ARENA(x->arena, FG_LIMIT_REPLY_BYTES);
	struct fg_str text;
	bool ready;

	if (directory_stale(w->s->dir))
		health_set(&w->s->health, HEALTH_DIRECTORY, "a commit could not be followed: restart");
	health_set(&w->s->health, HEALTH_AUDIT, audit_ok(w->s->audit) ? "" : "records do not reach the disk");
	ready = health_ready(&w->s->health, &b);
	if (fg_buf_end(&b, &text) != FG_OK)
		ready = false;
	reply_text(x, ready ? 200 : 503, FG_LIT("text/plain"), text);
}

void
serve_metrics(struct http_exchange *x)
{
	const struct serve_worker *w = x->user;
	struct fg_buf b = FG_BUF_ARENA(x->arena, FG_LIMIT_REPLY_BYTES);
	struct fg_str text;

	metrics_text(w->s->metrics, &b);
	metrics_audit(w->s->audit, &b);
	if (fg_buf_end(&b, &text) != FG_OK)
		reply_text(x, 500, FG_LIT("text/plain"), FG_LIT("out of memory\n"));
	else
		reply_text(x, 200, FG_LIT("text/plain; version=0.0.4"), text);
}
