/*
 * gateway/ops/writer.c - the thread that writes: batches, syncs, checkpoints, rotation.
 *
 * A batch is whatever waited when the last one was done; under load the writer waits a
 * little longer, so that more records share one sync.  When the disk fails, the batch stays, is
 * tried again, and nothing new is taken from the queues: they fill up, and audit_put() refuses.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/ops/ops_int.h"

#define RETRY_MS 200             /* between tries on a failing disk */
#define BUSY 4                   /* records of a batch that make the next one linger */
#define CROWD 32                 /* records of a batch that make the next one linger twice as long */
#define LAG_MS 1000              /* records that nobody waits for are written this often */

static uint64_t
clock_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t
ops_us(void)
{
	return clock_us();
}

uint64_t
ops_ms(void)
{
	return clock_us() / 1000;
}

/* ---- the file ---- */

/* After a failed sync the pages may be lost without a trace: cut off and write again. */
static void
undo(struct audit *a)
{
	struct stat st;

	if (fstat(a->fd, &st) == 0 && (uint64_t)st.st_size > a->synced)
		(void)!ftruncate(a->fd, (off_t)a->synced);
}

bool
ops_flush(struct audit *a)
{
	uint64_t start = clock_us();
	struct fg_str s = fg_buf_str(&a->out);
	bool ok = a->out.bad == FG_OK && fg_write_all(a->fd, s) && fdatasync(a->fd) == 0;

	a->sync_us += clock_us() - start;
	if (!ok) {
		a->failures++;
		undo(a);
		return false;
	}
	a->synced += s.n;
	a->batches += s.n > 0;
	fg_buf_reset(&a->out);
	if (a->mark_new && a->c.marked != NULL)
		a->c.marked(a->c.app, &a->mark);
	a->mark_new = false;
	return true;
}

/* ---- batches ---- */

/* For its completion, when somebody waits. */
static void
keep(struct audit_chain *c, struct ops_entry *e)
{
	if (e->done == NULL) {
		free(e);
		return;
	}
	e->next = NULL;
	if (c->last == NULL)
		c->first = e;
	else
		c->last->next = e;
	c->last = e;
}

static void
take(struct audit *a, struct audit_chain *c, struct ops_entry *e)
{
	fg_buf_put(&a->out, fg_str(e->line, e->n));
	c->written_seq = e->seq;
	memcpy(c->written_head, e->head, AUDIT_HASH);
	c->begun = true;
	keep(c, e);
}

/* Everything that waits, a chain after the other; how many of them are waited for. */
static unsigned
collect(struct audit *a)
{
	unsigned waiting = 0;

	for (unsigned i = 0; i < a->n_chain; i++) {
		struct audit_chain *c = &a->chain[i];
		uint32_t out = atomic_load_explicit(&c->out, memory_order_relaxed);
		uint32_t in = atomic_load_explicit(&c->in, memory_order_acquire);

		while (out != in && a->out.n < OPS_BATCH_BYTES) {
			struct ops_entry *e = c->slot[out++ % FG_LIMIT_AUDIT_QUEUE];

			waiting += e->done != NULL;
			take(a, c, e);
		}
		atomic_store_explicit(&c->out, out, memory_order_release);
	}
	return waiting;
}

/* Tell those who wait.  The shared chain's are waiters of this process: on this thread. */
static void
complete(struct audit *a, enum fg_rc rc)
{
	for (unsigned i = 0; i < a->n_chain; i++) {
		struct audit_chain *c = &a->chain[i];
		struct ops_entry *batch = c->first;

		c->first = c->last = NULL;
		for (struct ops_entry *e = batch; e != NULL; e = e->next)
			e->rc = rc;
		if (batch == NULL)
			continue;
		if (i + 1 == a->n_chain) {
			audit_deliver(batch);
		} else if (a->c.post(a->c.app, i, batch) != FG_OK) {
			while (batch != NULL) {
				struct ops_entry *next = batch->next;

				free(batch);
				batch = next;
			}
		}
	}
}

/* The process ends and the disk still fails: whoever waits is told so. */
static void
abandon(struct audit *a)
{
	for (unsigned i = 0; i < a->n_chain; i++) {
		struct audit_chain *c = &a->chain[i];

		for (; c->out != c->in; c->out++)
			keep(c, c->slot[c->out % FG_LIMIT_AUDIT_QUEUE]);
	}
	complete(a, FG_E_IO);
}

/* What is in a->out goes to disk, or stays there and is told as failed. */
static bool
commit(struct audit *a)
{
	bool ok = ops_flush(a);

	a->failing = !ok;
	complete(a, ok ? FG_OK : FG_E_IO);
	return ok;
}

/* ---- rotation ---- */

static bool
same_file(int fd, int other)
{
	struct stat x, y;

	return fstat(fd, &x) == 0 && fstat(other, &y) == 0 && x.st_dev == y.st_dev &&
	    x.st_ino == y.st_ino;
}

/* The old file ends and the new one begins with a checkpoint; without a new file the old goes on. */
static void
rotate(struct audit *a)
{
	struct stat st;
	int fd;

	if (ops_file_open(a->path, &fd, NULL) != FG_OK) {
		a->failures++;
		return;
	}
	if (same_file(a->fd, fd) || fstat(fd, &st) != 0 || st.st_size != 0) {
		close(fd);
		return;
	}
	ops_checkpoint(a, "rotate", NULL);
	if (!commit(a)) {
		close(fd);
		a->reopen = true;
		return;
	}
	close(a->fd);
	a->fd = fd;
	a->synced = 0;
	ops_checkpoint(a, "continue", NULL);
	(void)commit(a);
}

/* ---- the loop ---- */

/* Does anybody wait for the disk?  (Or is a queue half full.) */
static bool
asked(struct audit *a)
{
	if (a->stop || a->reopen)
		return true;
	for (unsigned i = 0; i < a->n_chain; i++) {
		struct audit_chain *c = &a->chain[i];
		uint32_t in = c->in, out = c->out;

		if (in - out > FG_LIMIT_AUDIT_QUEUE / 2)
			return true;
		for (; out != in; out++)
			if (c->slot[out % FG_LIMIT_AUDIT_QUEUE]->done != NULL)
				return true;
	}
	return false;
}

static void
wait_for(struct audit *a, uint64_t ms)
{
	struct pollfd p = { .fd = a->wake_fd, .events = POLLIN };
	uint64_t count;

	if (poll(&p, 1, (int)ms) > 0)
		(void)!read(a->wake_fd, &count, sizeof(count));
}

static void
sleep_until_asked(struct audit *a)
{
	uint64_t now = ops_ms();
	uint64_t ms = a->next_checkpoint_ms > now ? a->next_checkpoint_ms - now : 0;

	if (a->failing && ms > RETRY_MS)
		ms = RETRY_MS;
	if (ms > LAG_MS)
		ms = LAG_MS;
	atomic_store(&a->sleeping, true);
	/* those who came before the flag was up did not wake us; a failing disk is not asked again at once */
	if (a->failing ? !a->stop : !asked(a))
		wait_for(a, ms);
	atomic_store(&a->sleeping, false);
}

/* Under load a fifth of what a record may wait gathers more of them, in a crowd two fifths. */
static void
linger(const struct audit *a)
{
	long fifth = (long)a->c.sync_ms * 1000000 / 5;
	struct timespec t = { 0, a->last_batch >= CROWD ? 2 * fifth : fifth };

	if (a->last_batch >= BUSY && !a->stop)
		(void)nanosleep(&t, NULL);
}

static void
turn(struct audit *a)
{
	if (a->failing && !commit(a)) /* the old batch first */
		return;
	a->last_batch = collect(a);
	if (ops_ms() >= a->next_checkpoint_ms)
		ops_checkpoint(a, "periodic", NULL);
	if (a->out.n > 0)
		(void)commit(a);
	if (!a->failing && atomic_exchange(&a->reopen, false))
		rotate(a);
}

static bool
queues_empty(const struct audit *a)
{
	for (unsigned i = 0; i < a->n_chain; i++)
		if (a->chain[i].in != a->chain[i].out)
			return false;
	return true;
}

void *
ops_writer(void *audit)
{
	struct audit *a = audit;

	while (!a->stop) {
		sleep_until_asked(a);
		linger(a);
		turn(a);
	}
	do
		turn(a);
	while (!a->failing && !queues_empty(a));
	abandon(a);
	return NULL;
}
