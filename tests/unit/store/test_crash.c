/*
 * tests/unit/store/test_crash.c - kill -9 in the middle of a write storm, at every call that the
 * store makes to its engine and to the mark: what was acknowledged is there, nothing is half
 * there, and the store opens.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/store/fixture.h"
#include "tests/unit/store/kill.h"

enum { ROUNDS = 12 };

/* A role and an attachment in one transaction. */
static enum fg_rc
write_pair(struct store *st, unsigned i, struct fg_err *err)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	char uid[32];
	struct store_role r;
	struct store_attachment t;

	(void)snprintf(uid, sizeof(uid), "AROA%017u", i);
	r = row_role(A1, fg_str_z(uid), fg_str_z(uid));
	t = (struct store_attachment){ A1, r.uid, FG_LIT("arn:aws:iam::111122223333:policy/p") };
	FG_TRY(store_begin(st, &tx, err));
	FG_TRY(store_insert(tx, STORE_ROLE, &r, err));
	FG_TRY(store_insert(tx, STORE_ATTACHMENT, &t, err));
	return store_commit(FG_STEAL(tx), err);
}

static struct store_claim
claim(unsigned i)
{
	struct store_claim c = { .issued = NOW + 1, .expires = NOW + 900 };

	memset(c.key, (int)i, sizeof(c.key));
	return c;
}

/* The child: writes, and says after each write that it was acknowledged. */
static void
storm(struct box *b, long kill_at, int ack)
{
	struct store *st = NULL;

	kill_after(kill_at);
	if (box_store(b, 0, &st) != FG_OK)
		_exit(1);
	for (unsigned i = 0; i < ROUNDS; i++) {
		const struct store_claim c = claim(i);
		const char said[2] = { (char)i, 'c' };

		if (write_pair(st, i, &b->err) != FG_OK || write(ack, "w", 1) != 1)
			_exit(1);
		if (store_claim_once(st, &c, &b->err) != FG_OK || write(ack, &said[1], 1) != 1)
			_exit(1);
	}
	store_close(st);
	_exit(0);
}

struct seen {
	unsigned roles, attachments, bad;
};

static enum fg_rc
look(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct seen *s = arg;

	(void)row;
	(void)reterr;
	s->roles += kind == STORE_ROLE;
	s->attachments += kind == STORE_ATTACHMENT;
	s->bad += bad;
	return FG_OK;
}

static void
acknowledged(int fd, unsigned *writes, unsigned *claims)
{
	char c;

	*writes = *claims = 0;
	while (read(fd, &c, 1) == 1) {
		*writes += c == 'w';
		*claims += c == 'c';
	}
}

/* One kill; true when the child came to its end by itself. */
static bool
round_of(long kill_at)
{
	struct box b;
	struct store *st = NULL;
	struct store_opts o;
	struct seen seen = { 0 };
	unsigned writes, claims;
	int pipe_fd[2], status = 0;
	pid_t pid;

	box_open(&b);
	CHECK_OK(box_store(&b, STORE_CREATE, &st));
	CHECK_OK(fill(&b, st, A1, 0));
	store_close(st);
	CHECK(pipe(pipe_fd) == 0);
	pid = fork();
	if (pid == 0) {
		close(pipe_fd[0]);
		storm(&b, kill_at, pipe_fd[1]);
	}
	close(pipe_fd[1]);
	acknowledged(pipe_fd[0], &writes, &claims);
	close(pipe_fd[0]);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);

	o = box_opts(&b, 0);
	o.now = NOW + 2;
	st = NULL;
	if (store_open(&o, &st, &b.err) != FG_OK ||
	    store_load(st, look, &seen, &b.err) != FG_OK) {
		(void)printf("    killed at %ld: %s: %s\n", kill_at, b.err.step, b.err.text);
		CU_FAIL("does not open");
	} else {
		CHECK(seen.bad == 0 && !store_damaged(st, A1));
		CHECK(seen.roles == seen.attachments);
		CHECK(seen.roles == writes || seen.roles == writes + 1);
		for (unsigned i = 0; i < claims; i++) {
			const struct store_claim c = claim(i);

			fg_err_clear(&b.err);
			CHECK_RC(store_claim_once(st, &c, &b.err), FG_E_REPLAY);
		}
	}
	store_close(st);
	box_close(&b);
	return WIFEXITED(status);
}

static void
kill_9_at_any_moment_leaves_a_store_that_opens(void)
{
	long at = 0;

	while (!round_of(at) && at < 2000)
		at += at < 40 ? 1 : 5;
	(void)printf("    killed at %ld calls\n", at);
	CHECK(at > 100 && at < 2000);
}

static CU_TestInfo crash[] = {
	CASE(kill_9_at_any_moment_leaves_a_store_that_opens),
	CASES_END,
};

int
main(void)
{
	CU_SuiteInfo suites[] = { SUITE("store: kill -9", crash), SUITES_END };

	return unit_run(suites);
}
