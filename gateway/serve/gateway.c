/* The gateway process: opened in one order, closed in the other. */
#include <errno.h>
#include <signal.h>
#include <time.h>

#include "gateway/serve/serve_int.h"

static enum fg_rc
open_clock(struct serve *s, fg_time *ret_now, struct fg_err *reterr)
{
	struct cred_clock at;
	fg_time mark;

	s->mark_path = fg_arena_fmt(s->conf->arena, "%s.clock", conf_store_path(s->conf)).p;
	if (s->mark_path == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "serve.clock", NULL, "path");
	FG_TRY(cred_mark_load(s->mark_path, &mark, reterr));
	FG_TRY(cred_clock_read(&at, reterr));
	cred_guard_init(&s->guard, at, mark);
	*ret_now = at.wall_ns / 1000000000;
	return FG_OK;
}

static enum fg_rc
open_all(struct serve *s, struct fg_err *reterr)
{
	int link = proc_child_link(s->child, "keys");
	fg_time now;

	FG_TRY(serve_conf(s->child, &s->conf, reterr));
	FG_TRY(cred_client_open(link, &s->cred, reterr));
	FG_TRY(confine(PROC_CONFINE_GATEWAY, reterr));
	FG_TRY(open_clock(s, &now, reterr));
	directory_thread_join();
	FG_TRY(serve_open_store(s, now, reterr));
	FG_TRY(cred_node_init(&s->node, now, reterr));
	FG_TRY(serve_open_used(s, now, reterr));
	FG_TRY(serve_open_front(s, reterr));
	/* Half as many threads as there are loops: a flood of private-key work leaves room for the rest. */
	FG_TRY(front_pool_new(front_workers(s->front) / 2, &s->pool, reterr));
	FG_TRY(front_pool_new(1, &s->parsers, reterr));
	FG_TRY(serve_open_audit(s, now, reterr));
	FG_TRY(serve_open_env(s, reterr));
	FG_TRY(serve_open_providers(s, reterr));
	FG_TRY(serve_open_outbound(s, reterr));
	serve_tick(s);
	FG_TRY(front_start(s->front, reterr));
	return serve_open_control(s, reterr);
}

static enum fg_rc
announce(struct serve *s, struct fg_err *reterr)
{
	size_t i;

	for (i = 0; i < s->conf->n_listen; i++)
		FG_TRY(proc_child_listening(s->child, fg_str_z(front_url(s->front, i)), reterr));
	return proc_child_ready(s->child, reterr);
}

static void
close_all(struct serve *s)
{
	struct fg_err err = { 0 };

	health_stop(&s->health);
	serve_close_control(s);
	if (s->front != NULL) {
		front_stop(s->front, FG_LIMIT_STOP_MS);
		front_join(s->front);
	}
	front_pool_close(FG_STEAL(s->pool));
	front_pool_close(FG_STEAL(s->parsers));
	serve_close_outbound(s);
	serve_close_providers(s);
	if (s->audit != NULL && audit_close(s->audit, NULL, &err) != FG_OK)
		serve_warn("audit: %s", err.text);
	front_free(s->front);
	api_env_free(s->env);
	metrics_free(s->metrics);
	if (s->mark_path != NULL && s->guard.mark != 0 && cred_mark_save(s->mark_path, s->guard.mark, &err) != FG_OK)
		serve_warn("clock mark: %s", err.text);
	if (s->store != NULL)
		cred_node_leave(s->store, &s->node);
	serve_used_close(s);
	store_close(s->store);
	directory_free(s->dir);
	directory_thread_leave();
	cred_keys_unref(s->keys);
	cred_client_close(s->cred);
	conf_free(s->conf);
}

static void
reload(struct serve *s)
{
	serve_reload_tls(s);
	audit_reopen(s->audit);
}

/* Signals are taken here and nowhere else; a tick each second in between. */
static void
keep(struct serve *s, const sigset_t *set)
{
	const struct timespec second = { .tv_sec = 1 };

	for (;;) {
		int got = sigtimedwait(set, NULL, &second);

		if (got == SIGTERM || got == SIGINT)
			return;
		if (got == SIGHUP)
			reload(s);
		serve_tick(s);
	}
}

int
serve_gateway(const struct proc_child *c)
{
	struct serve *s = calloc(1, sizeof(*s));
	struct fg_err err = { 0 };
	sigset_t set;
	int status = 0;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (s == NULL || pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
		return 1;
	s->child = c;
	if (open_all(s, &err) == FG_OK && announce(s, &err) == FG_OK)
		keep(s, &set);
	else
		status = serve_fail("gateway", &err);
	close_all(s);
	free(s);
	return status;
}
