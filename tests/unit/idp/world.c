/* The gateway's side, turned by hand. */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/idp/world.h"

int64_t clock_ms;

static int64_t
fake_clock(void)
{
	return clock_ms;
}

static void
on_event(void *app, const struct idp_event *e)
{
	struct world *w = app;

	w->events[e->kind]++;
}

static void
on_done(void *arg)
{
	struct world *w = arg;

	w->done++;
}

void
world_open(struct world *w)
{
	int fd[2];
	struct idp_config c = { .app = w, .event = on_event };

	memset(w, 0, sizeof(*w));
	clock_ms = 1000000;
	box_open(&w->box);
	w->a = fg_arena_new(8 * 1024 * 1024);
	{
		const struct store_opts o = box_opts(&w->box, STORE_CREATE);

		CHECK_OK(store_open(&o, &w->st, &w->box.err));
	}
	CHECK_OK(directory_new(&w->d, &w->box.err));
	CHECK_OK(directory_load(w->d, w->st, &w->box.err));
	CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd) == 0);
	w->fetch = fd[1];
	c.fetch_fd = fd[0];
	c.directory = w->d;
	c.public_url = FG_LIT("https://id.example.com");
	CHECK_OK(idp_new(&c, fake_clock, &w->idp, &w->box.err));
	CHECK_OK(fill(&w->box, w->st, A1, 0));
	CHECK_OK(fill(&w->box, w->st, A2, 0));
	CU_ASSERT_PTR_NOT_NULL_FATAL(w->idp);
}

void
world_close(struct world *w)
{
	int fd = w->idp->conf.fetch_fd;

	idp_close(w->idp);
	directory_free(w->d);
	store_close(w->st);
	close(fd);
	close(w->fetch);
	fg_arena_free(w->a);
	box_close(&w->box);
}

struct store_oidc
row(const char *arn, const char *url, const char *jwks)
{
	return (struct store_oidc){ .account = fg_sub(fg_str_z(arn), 13, 25), .arn = fg_str_z(arn), .url = fg_str_z(url),
		.client_ids = FG_LIT(""), .thumbprints = FG_LIT(""), .algorithms = FG_LIT(""), .jwks = fg_str_z(jwks),
		.ca = FG_LIT(""), .tags = FG_LIT(""), .generation = 1 };
}

void
put(struct world *w, const struct store_oidc *r)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;

	CHECK_OK(store_begin(w->st, &tx, &w->box.err));
	CHECK_OK(store_put(tx, STORE_OIDC, r, &w->box.err));
	CHECK_OK(store_commit(FG_STEAL(tx), &w->box.err));
	idp_tick(w->idp, clock_ms);
}

void
drop(struct world *w, const struct store_oidc *r)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;

	CHECK_OK(store_begin(w->st, &tx, &w->box.err));
	CHECK_OK(store_delete(tx, STORE_OIDC, r, &w->box.err));
	CHECK_OK(store_commit(FG_STEAL(tx), &w->box.err));
	idp_tick(w->idp, clock_ms);
}

/* The next request, as the fetch process gets it; false when there is none. */
bool
asked(struct world *w)
{
	static char msg[100 * 1024];
	ssize_t n = recv(w->fetch, msg, sizeof(msg), MSG_DONTWAIT);

	if (n <= 0)
		return false;
	CHECK(idp_request_read(fg_str(msg, (size_t)n), &w->last));
	snprintf(w->url, sizeof(w->url), "%.*s", FG_PRI(w->last.url));
	return true;
}

bool
asked_for(struct world *w, const char *url)
{
	bool is = asked(w) && strcmp(w->url, url) == 0;

	if (!is)
		printf("\n    asked for %s, not %s\n", w->url, url);
	return is;
}

void
say(struct world *w, const struct idp_answer *a)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(65536);

	idp_answer_put(&b, a);
	CHECK(send(w->fetch, b.p, b.n, MSG_NOSIGNAL) == (ssize_t)b.n);
	idp_read(w->idp, clock_ms);
	idp_tick(w->idp, clock_ms);
}

void
answer(struct world *w, struct fg_str body)
{
	struct idp_answer part = { .id = w->last.id, .part = IDP_PART_DATA, .data = body };
	struct idp_answer end = { .id = w->last.id, .part = IDP_PART_END, .outcome = IDP_OUT_OK, .status = 200, .max_age = -1 };

	say(w, &part);
	say(w, &end);
}

void
fail(struct world *w, enum idp_outcome o, uint16_t status)
{
	struct idp_answer end = { .id = w->last.id, .part = IDP_PART_END, .outcome = o, .status = status, .max_age = -1 };

	say(w, &end);
}

struct fg_str
keys(struct world *w, const char *key)
{
	return mint_jwks(w->a, (const char *const[]){ key, NULL });
}

/* Both documents. */
void
serve(struct world *w, const char *key)
{
	CHECK(asked_for(w, URL "/.well-known/openid-configuration"));
	answer(w, FG_LIT(DOC));
	CHECK(asked_for(w, "https://keys.example.com/jwks"));
	answer(w, keys(w, key));
}

enum fg_rc
look(struct world *w, const char *arn, const char *kid)
{
	const struct directory_oidc *p;
	const struct oidc_jwks *set;
	enum fg_rc rc = FG_OK;

	fg_err_clear(&w->box.err);
	directory_enter();
	p = directory_oidc_find(w->d, fg_str_z(arn));
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	set = idp_keys(w->idp, p, &w->box.err);
	if (set == NULL)
		rc = w->box.err.rc;
	else if (oidc_jwks_find(set, fg_str_z(kid)) == NULL)
		rc = FG_E_NOT_FOUND;
	directory_leave();
	return rc;
}

bool
wait_for_kid(struct world *w, const char *arn, const char *kid)
{
	const struct directory_oidc *p;
	bool waits;

	directory_enter();
	p = directory_oidc_find(w->d, fg_str_z(arn));
	waits = idp_wait_kid(w->idp, p, fg_str_z(kid), on_done, w);
	directory_leave();
	idp_tick(w->idp, clock_ms);
	return waits;
}

void
pass(struct world *w, int64_t ms)
{
	clock_ms += ms;
	idp_tick(w->idp, clock_ms);
}
