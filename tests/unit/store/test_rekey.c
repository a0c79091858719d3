/*
 * tests/unit/store/test_rekey.c - security.md 7 and 19: rows under a new row key, in a pass that may be
 * cut short at any call; and the nodes that say what they hold.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/store/fixture.h"
#include "tests/unit/store/kill.h"
#include "gateway/store/node.h"

enum { OLD = 1, NEW = 2, ROLES = 7, BATCH = 3 };

static struct store_row_key
key_of(uint32_t id)
{
	struct store_row_key k = { .id = id };

	memset(k.key, (int)id, sizeof(k.key));
	return k;
}

/* Open with the first key, and the second too when it is not 0. */
static enum fg_rc
open_any(struct box *b, uint32_t first, uint32_t second, unsigned flags, struct store **ret)
{
	const struct store_row_key more = key_of(second), own = key_of(first);
	struct store_opts o = box_opts(b, flags);
	struct store *st = NULL;
	enum fg_rc rc;

	memcpy(o.mac_key, own.key, sizeof(o.mac_key));
	o.mac_id = first;
	o.more = &more;
	o.n_more = second != 0;
	o.now = NOW + 2;
	fg_err_clear(&b->err);
	memset(b->alarms, 0, sizeof(b->alarms));
	rc = store_open(&o, &st, &b->err);
	if (rc == FG_OK)
		rc = store_load(st, NULL, NULL, &b->err);
	if (rc != FG_OK)
		store_close(st);
	else
		*ret = st;
	return rc;
}

/* The same; FG_OK when all rows verify. */
static enum fg_rc
open_with(struct box *b, uint32_t first, uint32_t second, unsigned flags, struct store **ret)
{
	struct store *st = NULL;

	FG_TRY(open_any(b, first, second, flags, &st));
	if (b->alarms[STORE_ALARM_ROW] != 0 || b->alarms[STORE_ALARM_SET] != 0) {
		store_close(st);
		return FG_E_STORE;
	}
	*ret = st;
	return FG_OK;
}

static void
two_accounts(struct box *b)
{
	struct store *st = NULL;

	box_open(b);
	CHECK_OK(open_with(b, OLD, 0, STORE_CREATE, &st));
	CHECK_OK(fill(b, st, A1, ROLES));
	CHECK_OK(fill(b, st, A2, ROLES));
	store_close(st);
}

/* To the end; how many rows in all. */
static size_t
pass(struct box *b, struct store *st)
{
	size_t done = 0, all = 0;
	bool more = true;

	while (more) {
		CHECK_OK(store_row_key_pass(st, BATCH, &done, &more, &b->err));
		CHECK(done <= BATCH && (more || done < BATCH));
		all += done;
	}
	return all;
}

static size_t
count(struct box *b, struct store *st, uint32_t id)
{
	size_t n = 0;

	CHECK_OK(store_row_key_count(st, id, &n, &b->err));
	return n;
}

static void
every_row_comes_under_the_new_key(void)
{
	struct box b;
	struct store *st = NULL;
	struct store_row_key k = key_of(NEW);
	const size_t rows = 2 * (ROLES + 1);
	bool more = true;
	size_t done = 9;

	two_accounts(&b);
	CHECK_OK(open_with(&b, OLD, 0, 0, &st));
	CHECK(store_row_key_current(st) == OLD);
	CHECK(count(&b, st, OLD) == rows + 2 + 1); /* records and head */
	CHECK_RC(store_row_key_use(st, NEW, &b.err), FG_E_NOT_FOUND);
	CHECK_STEP(b.err, "store.keys");
	fg_err_clear(&b.err);
	CHECK_OK(store_row_key_add(st, &k, &b.err));
	CHECK_OK(store_row_key_add(st, &k, &b.err));
	CHECK_OK(store_row_key_use(st, NEW, &b.err));
	CHECK(store_row_key_current(st) == NEW);
	CHECK_RC(store_row_key_drop(st, NEW, NULL), FG_E_CONFLICT);
	CHECK(pass(&b, st) == rows);
	CHECK(count(&b, st, OLD) == 0 && count(&b, st, NEW) == rows + 2 + 1);
	/* Nothing is left: nothing is written. */
	CHECK_OK(store_row_key_pass(st, BATCH, &done, &more, &b.err));
	CHECK(done == 0 && !more);
	CHECK_OK(store_row_key_drop(st, OLD, &b.err));
	CHECK_OK(fill(&b, st, A1, ROLES + 1));
	store_close(st);
	CHECK_OK(open_with(&b, NEW, 0, 0, &st));
	CHECK(!store_damaged(st, A1) && !store_damaged(st, A2));
	store_close(st);
	st = NULL;
	CHECK(open_with(&b, OLD, 0, 0, &st) != FG_OK); /* the old one opens nothing any more */
	box_close(&b);
}

/* Between the two keys the store serves, is written, closed and opened. */
static void
rows_of_either_key_verify_meanwhile(void)
{
	struct box b;
	struct store *st = NULL;
	size_t done;
	bool more;

	two_accounts(&b);
	CHECK_OK(open_with(&b, NEW, OLD, 0, &st));
	CHECK(store_row_key_current(st) == OLD); /* the one that sealed the head, not the newest */
	CHECK_OK(store_row_key_use(st, NEW, &b.err));
	CHECK_OK(store_row_key_pass(st, BATCH, &done, &more, &b.err));
	CHECK(done == BATCH && more);
	CHECK(count(&b, st, OLD) > 0);
	CHECK_OK(fill(&b, st, A2, ROLES + 1));
	store_close(st);
	st = NULL;
	CHECK(open_with(&b, NEW, 0, 0, &st) != FG_OK);
	CHECK_OK(open_with(&b, OLD, NEW, 0, &st));
	CHECK(store_row_key_current(st) == NEW);
	CHECK_OK(fill(&b, st, A1, ROLES + 2));
	(void)pass(&b, st);
	CHECK(count(&b, st, OLD) == 0);
	store_close(st);
	CHECK_OK(open_with(&b, NEW, 0, 0, &st));
	store_close(st);
	box_close(&b);
}

/* A pass is no way to bless what was changed behind the store's back. */
static void
a_pass_blesses_nothing(void)
{
	struct box b;
	struct store *st = NULL;

	two_accounts(&b);
	box_sql(&b, "UPDATE roles SET max_session = 43200 WHERE uid = 'AROA11110000000000001'");
	CHECK_OK(open_any(&b, OLD, NEW, 0, &st));
	CHECK(store_damaged(st, A1));
	CHECK_OK(store_row_key_use(st, NEW, &b.err));
	(void)pass(&b, st);
	CHECK(count(&b, st, OLD) > 0); /* so that the old key cannot go before this is settled */
	CHECK(store_damaged(st, A1));
	store_close(st);
	CHECK_OK(open_any(&b, NEW, OLD, 0, &st));
	CHECK(store_damaged(st, A1) && !store_damaged(st, A2));
	store_close(st);
	box_close(&b);
}

/* ---- kill -9 ---- */

/* The child: from the old key to the new one; what it said is written is there. */
static void
storm(struct box *b, long kill_at, int ack)
{
	struct store *st = NULL;

	kill_after(kill_at);
	if (open_with(b, NEW, OLD, 0, &st) != FG_OK || store_row_key_use(st, NEW, &b->err) != FG_OK)
		_exit(1);
	for (bool more = true; more;) {
		size_t done;

		if (store_row_key_pass(st, BATCH, &done, &more, &b->err) != FG_OK ||
		    write(ack, "p", 1) != 1)
			_exit(1);
	}
	store_close(st);
	_exit(0);
}

static bool
round_of(long kill_at)
{
	struct box b;
	struct store *st = NULL;
	int pipe_fd[2], status = 0;
	unsigned batches = 0;
	pid_t pid;
	char c;

	two_accounts(&b);
	CHECK(pipe(pipe_fd) == 0);
	pid = fork();
	if (pid == 0) {
		close(pipe_fd[0]);
		storm(&b, kill_at, pipe_fd[1]);
	}
	close(pipe_fd[1]);
	while (read(pipe_fd[0], &c, 1) == 1)
		batches++;
	close(pipe_fd[0]);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
	if (open_with(&b, NEW, OLD, 0, &st) != FG_OK) {
		(void)printf("    killed at %ld: %s: %s\n", kill_at, b.err.step, b.err.text);
		CU_FAIL("does not open");
		box_close(&b);
		return true;
	}
	CHECK(!store_damaged(st, A1) && !store_damaged(st, A2));
	CHECK(count(&b, st, NEW) >= batches * (size_t)BATCH || batches * BATCH > 2 * (ROLES + 1));
	/* It goes on where it was. */
	CHECK_OK(store_row_key_use(st, NEW, &b.err));
	(void)pass(&b, st);
	CHECK(count(&b, st, OLD) == 0);
	store_close(st);
	st = NULL;
	CHECK_OK(open_with(&b, NEW, 0, 0, &st));
	store_close(st);
	box_close(&b);
	return WIFEXITED(status);
}

static void
kill_9_in_the_pass_loses_nothing(void)
{
	long at = 0;

	while (!round_of(at) && at < 2000)
		at += 2;
	(void)printf("    killed at %ld calls\n", at);
	CHECK(at > 60 && at < 2000);
}

/* ---- nodes ---- */

struct seen {
	unsigned n, bad;
	char boot[64];
	int64_t opens;
};

static enum fg_rc
look(void *arg, const struct store_node *n, bool bad, struct fg_err *reterr)
{
	struct seen *s = arg;

	(void)reterr;
	s->n++;
	s->bad += bad;
	s->opens = n->opens;
	(void)snprintf(s->boot, sizeof(s->boot), "%.*s", FG_PRI(n->boot));
	return FG_OK;
}

static struct seen
nodes(struct box *b, struct store *st)
{
	struct seen s = { 0 };

	CHECK_OK(store_nodes(st, look, &s, &b->err));
	return s;
}

static void
a_node_says_that_it_is_up(void)
{
	struct box b;
	struct store *st = NULL;
	struct store_node n = { FG_LIT("b1"), FG_LIT("host"), FG_LIT(""), 1, NOW, NOW };

	two_accounts(&b);
	CHECK_OK(open_with(&b, OLD, NEW, 0, &st));
	CHECK(nodes(&b, st).n == 0);
	CHECK_OK(store_node_beat(st, &n, &b.err));
	n.seen = NOW + 10;
	CHECK_OK(store_node_beat(st, &n, &b.err));
	n.boot = FG_LIT("b2");
	CHECK_OK(store_row_key_use(st, NEW, &b.err));
	CHECK_OK(store_node_beat(st, &n, &b.err)); /* under the other key */
	CHECK(nodes(&b, st).n == 2 && nodes(&b, st).bad == 0);
	CHECK_OK(store_node_leave(st, FG_LIT("b1"), &b.err));
	CHECK(nodes(&b, st).n == 1 && strcmp(nodes(&b, st).boot, "b2") == 0);
	store_close(st);
	/* The one owner of an embedded store is the only node: who was there has ended. */
	CHECK_OK(open_with(&b, OLD, NEW, 0, &st));
	CHECK(nodes(&b, st).n == 0);
	store_close(st);
	box_close(&b);
}

static CU_TestInfo rekey[] = {
	CASE(every_row_comes_under_the_new_key),
	CASE(rows_of_either_key_verify_meanwhile),
	CASE(a_pass_blesses_nothing),
	CASE(kill_9_in_the_pass_loses_nothing),
	CASE(a_node_says_that_it_is_up),
	CASES_END,
};

int
main(void)
{
	CU_SuiteInfo suites[] = { SUITE("store: row keys and nodes", rekey), SUITES_END };

	return unit_run(suites);
}
