/*
 * tests/flow/front_echo.c - the listener with an echo behind it.
 *
 *   front_echo [CERTIFICATE KEY]
 *
 * Prints "listening on URL"; SIGHUP reads the certificate again, SIGTERM stops.
 */
#include <signal.h>
#include <stdio.h>

#include "gateway/front/front.h"

static void
on_any(struct http_exchange *x)
{
	http_reply(x, &(struct http_reply){
			  .status = 200, .content_type = FG_LIT("text/plain"), .body = x->req->body.n > 0 ? x->req->body : x->req->target });
}

static const struct front_route routes[] = {
	{ HTTP_ANY, FG_LIT("/"), FRONT_PREFIX, FG_LIMIT_HTTP_BODY, on_any, "any" },
	{ 0, FG_LIT(""), 0, 0, NULL, NULL },
};

static int
fail(const struct fg_err *e)
{
	fprintf(stderr, "front_echo: %s: %s\n", e->step, e->text);
	return 1;
}

static void
reload(struct front *f, char **argv)
{
	struct front_tls *t = NULL;
	struct fg_err e = { 0 };

	if (front_tls_load(argv[1], argv[2], &t, &e) != FG_OK || front_tls_take(f, 0, t, &e) != FG_OK) {
		front_tls_free(t);
		(void)fail(&e); /* the old one stays */
		return;
	}
	printf("reloaded\n");
	(void)fflush(stdout);
}

int
main(int argc, char **argv)
{
	struct front_listen l = { .host = FG_LIT("127.0.0.1") };
	const struct front_config cfg = { .listen = &l, .n_listen = 1, .route = routes };
	struct front *f = NULL;
	struct fg_err e = { 0 };
	sigset_t set;
	int sig = 0;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (argc == 3 && front_tls_load(argv[1], argv[2], &l.tls, &e) != FG_OK)
		return fail(&e);
	if (front_new(&cfg, &f, &e) != FG_OK || front_start(f, &e) != FG_OK)
		return fail(&e);
	printf("listening on %s\n", front_url(f, 0));
	(void)fflush(stdout);
	while (sigwait(&set, &sig) == 0 && sig == SIGHUP && argc == 3)
		reload(f, argv);
	front_stop(f, 5000);
	front_join(f);
	front_free(f);
	return 0;
}
