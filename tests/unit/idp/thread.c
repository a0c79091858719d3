/* idp/idp.c: the thread itself, under a crowd of readers while providers come, go and rotate. */
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/idp/world.h"

#define READERS 3
#define ROUNDS 4000

struct crowd {
	struct world w;
	struct idp *idp;
	int ours, theirs;
	struct fg_str set[2]; /* key documents that take turns */
	_Atomic bool stop;
	_Atomic unsigned asked, waited, called, seen, wrong;
};

static void
on_called(void *arg)
{
	struct crowd *c = arg;

	c->called++;
}

static void
send_answer(const struct crowd *c, const struct idp_answer *a)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(65536);

	idp_answer_put(&b, a);
	(void)!send(c->theirs, b.p, b.n, MSG_NOSIGNAL);
}

/* Another key set each time. */
static void
answer_one(struct crowd *c, const struct idp_request *r)
{
	struct idp_answer part = { .id = r->id, .part = IDP_PART_DATA, .data = FG_LIT(DOC) };
	struct idp_answer end = { .id = r->id, .part = IDP_PART_END, .outcome = IDP_OUT_OK, .status = 200, .max_age = 300 };

	if (fg_ends(r->url, FG_LIT("/jwks")))
		part.data = c->set[c->asked++ % 2];
	send_answer(c, &part);
	send_answer(c, &end);
}

static void *
fetcher(void *arg)
{
	struct crowd *c = arg;
	static char msg[100 * 1024];
	struct idp_request r;

	while (!c->stop) {
		struct pollfd p = { .fd = c->theirs, .events = POLLIN };
		ssize_t n = poll(&p, 1, 20) == 1 ? recv(c->theirs, msg, sizeof(msg), MSG_DONTWAIT) : -1;

		if (n > 0 && idp_request_read(fg_str(msg, (size_t)n), &r))
			answer_one(c, &r);
	}
	return NULL;
}

static void
one_look(struct crowd *c, const char *arn, unsigned i)
{
	const struct directory_oidc *p;
	const struct oidc_jwks *set;

	directory_enter();
	p = directory_oidc_find(c->w.d, fg_str_z(arn));
	set = p == NULL ? NULL : idp_keys(c->idp, p, NULL);
	if (set != NULL) {
		c->seen++;
		/* whole and one of the two */
		c->wrong += oidc_jwks_count(set) != 1 ||
		    (oidc_jwks_find(set, FG_LIT("ec256")) == NULL && oidc_jwks_find(set, FG_LIT("ed25519")) == NULL);
	}
	if (p != NULL && i % 16 == 0 && idp_wait_kid(c->idp, p, FG_LIT("nobody"), on_called, c))
		c->waited++;
	directory_leave();
}

static void *
reader(void *arg)
{
	struct crowd *c = arg;

	directory_thread_join();
	for (unsigned i = 0; i < ROUNDS || (c->seen == 0 && i < 100 * ROUNDS); i++)
		one_look(c, i % 2 == 0 ? ARN1 : ARN2, i);
	directory_thread_leave();
	return NULL;
}

static void
write_row(struct crowd *c, const struct store_oidc *r, bool there)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;

	CHECK_OK(store_begin(c->w.st, &tx, NULL));
	CHECK_OK(there ? store_put(tx, STORE_OIDC, r, NULL) : store_delete(tx, STORE_OIDC, r, NULL));
	CHECK_OK(store_commit(FG_STEAL(tx), NULL));
}

/* One provider stays; the other comes, changes its generation and goes. */
static void
churn(struct crowd *c)
{
	struct store_oidc two = row(ARN2, URL, "");

	for (int i = 0; i < 30; i++) {
		two.generation = i + 1;
		two.jwks = i % 3 == 2 ? c->set[0] : FG_LIT("");
		two.thumbprints = FG_LIT("");
		write_row(c, &two, true);
		if (i % 4 == 3)
			write_row(c, &two, false);
	}
}

static void
a_crowd_reads_while_everything_changes(void)
{
	struct crowd c;
	struct store_oidc one = row(ARN1, URL, "");
	pthread_t thread[READERS + 1];
	struct idp_config conf = { .fetch_fd = -1 };
	int fd[2];

	memset(&c, 0, sizeof(c));
	world_open(&c.w);
	c.set[0] = fg_arena_dup(c.w.a, keys(&c.w, "ec256"));
	c.set[1] = fg_arena_dup(c.w.a, keys(&c.w, "ed25519"));
	CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) == 0);
	conf.fetch_fd = c.ours = fd[0];
	c.theirs = fd[1];
	conf.directory = c.w.d;
	CHECK_OK(idp_open(&conf, &c.idp, NULL)); /* takes the directory's ear from the world's own */
	write_row(&c, &one, true);
	CHECK(pthread_create(&thread[READERS], NULL, fetcher, &c) == 0);
	for (int i = 0; i < READERS; i++)
		CHECK(pthread_create(&thread[i], NULL, reader, &c) == 0);
	churn(&c);
	for (int i = 0; i < READERS; i++)
		pthread_join(thread[i], NULL);
	idp_close(c.idp);
	c.stop = true;
	pthread_join(thread[READERS], NULL);
	CHECK(c.seen > 0 && c.wrong == 0);
	CHECK(c.waited > 0 && c.called == c.waited);
	close(c.ours);
	close(c.theirs);
	world_close(&c.w);
}

/* Without a fetch process uploads serve all the same, and nothing is waited for. */
static void
uploads_need_no_fetch_process(void)
{
	struct idp_config conf = { .fetch_fd = -1 };
	struct idp *idp = NULL;
	WORLD;
	struct fg_str upload = fg_arena_dup(w.a, keys(&w, "ec256"));
	struct store_oidc r = row(ARN1, URL, upload.p);
	const struct directory_oidc *p;

	put(&w, &r);
	conf.directory = w.d;
	CHECK_OK(idp_open(&conf, &idp, NULL));
	directory_enter();
	p = directory_oidc_find(w.d, FG_LIT(ARN1));
	CHECK(idp_keys(idp, p, NULL) != NULL);
	CHECK(!idp_wait_kid(idp, p, FG_LIT("x"), on_called, NULL));
	directory_leave();
	idp_close(idp);
}

CU_TestInfo thread_tests[] = {
	CASE(a_crowd_reads_while_everything_changes),
	CASE(uploads_need_no_fetch_process),
	CASES_END,
};
