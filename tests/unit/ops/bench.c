/* The bench of the audit tests: keys that are arithmetic, posts that wait to be delivered. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/ops/tests.h"

enum fg_rc
bench_seed(void *app, const uint8_t chain[AUDIT_CHAIN_ID], uint8_t ret[AUDIT_HASH], struct fg_err *reterr)
{
	(void)app;
	(void)reterr;
	for (size_t i = 0; i < AUDIT_HASH; i++)
		ret[i] = (uint8_t)(chain[i % AUDIT_CHAIN_ID] * 7 + i);
	return FG_OK;
}

static enum fg_rc
seed_of(void *app, uint32_t key, const uint8_t chain[AUDIT_CHAIN_ID], uint8_t ret[AUDIT_HASH],
    struct fg_err *reterr)
{
	if (key != 0xabcdef01)
		return fg_fail(reterr, FG_E_KEY, "test.seed", NULL, "no such key");
	return bench_seed(app, chain, ret, reterr);
}

/* Not a signature, but nothing else gives the same bytes for another text. */
static void
scribble(struct fg_str text, uint8_t ret[AUDIT_SIG])
{
	static const uint64_t key[2] = { 11, 22 };

	for (size_t i = 0; i < AUDIT_SIG; i++)
		ret[i] = (uint8_t)(fg_hash(text, key) >> (i % 8 * 8) ^ i);
}

static enum fg_rc
sign(void *app, struct fg_str text, uint8_t ret[AUDIT_SIG], struct fg_err *reterr)
{
	const struct bench *b = app;

	if (b->sign_fails)
		return fg_fail(reterr, FG_E_UNAVAILABLE, "test.sign", NULL, "no signer");
	scribble(text, ret);
	return FG_OK;
}

static bool
signed_by(void *app, uint32_t key, struct fg_str text, const uint8_t sig[AUDIT_SIG])
{
	uint8_t want[AUDIT_SIG];

	(void)app;
	scribble(text, want);
	return key == 0xabcdef01 && memcmp(want, sig, AUDIT_SIG) == 0;
}

static enum fg_rc
post(void *app, unsigned worker, void *batch)
{
	struct bench *b = app;

	CHECK(worker < 2);
	pthread_mutex_lock(&b->lock);
	if (b->n_batch < BATCHES)
		b->batch[b->n_batch++] = batch;
	pthread_cond_signal(&b->cond);
	pthread_mutex_unlock(&b->lock);
	return FG_OK;
}

static void
marked(void *app, const struct audit_mark *m)
{
	struct bench *b = app;

	CHECK(m->n > b->marked.n);
	b->marked = *m;
}

static fg_time
wall(void *app)
{
	(void)app;
	return 1795359000;
}

void
bench_begin(struct bench *b)
{
	*b = (struct bench){ .lock = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER };
	(void)snprintf(b->folder, sizeof(b->folder), "/tmp/fedgate-ops-XXXXXX");
	if (mkdtemp(b->folder) == NULL)
		abort();
	(void)snprintf(b->path, sizeof(b->path), "%s/audit.jsonl", b->folder);
	(void)snprintf(b->old, sizeof(b->old), "%s/audit.jsonl.1", b->folder);
	b->conf = (struct audit_config){ .path = b->path, .workers = 2, .sync_ms = 1, .now = 1795359000,
		.app = b, .key = 0xabcdef01, .seed = bench_seed, .sign = sign, .post = post,
		.marked = marked, .wall = wall };
}

void
bench_end(struct bench *b)
{
	char path[400];
	struct dirent *e;
	DIR *d;

	(void)bench_close(b);
	d = opendir(b->folder);
	while (d != NULL && (e = readdir(d)) != NULL)
		if (snprintf(path, sizeof(path), "%s/%s", b->folder, e->d_name) < (int)sizeof(path))
			(void)unlink(path);
	if (d != NULL)
		closedir(d);
	CHECK(rmdir(b->folder) == 0);
	pthread_mutex_destroy(&b->lock);
	pthread_cond_destroy(&b->cond);
}

enum fg_rc
bench_open(struct bench *b, struct fg_err *reterr)
{
	return audit_open(&b->conf, &b->audit, reterr);
}

static void
deliver(struct bench *b)
{
	while (b->n_batch > 0) {
		void *batch = b->batch[0];

		b->n_batch--;
		memmove(b->batch, b->batch + 1, b->n_batch * sizeof(b->batch[0]));
		pthread_mutex_unlock(&b->lock);
		audit_deliver(batch);
		pthread_mutex_lock(&b->lock);
	}
}

enum fg_rc
bench_close(struct bench *b)
{
	enum fg_rc rc = audit_close(b->audit, NULL, NULL);

	b->audit = NULL;
	pthread_mutex_lock(&b->lock);
	deliver(b);
	pthread_mutex_unlock(&b->lock);
	return rc;
}

static void
done(void *arg, enum fg_rc rc)
{
	struct bench *b = arg;

	if (rc == FG_OK)
		b->ok++;
	else
		b->failed++;
}

struct audit_record
bench_record(char id[32], unsigned n)
{
	(void)snprintf(id, 32, "req-%u", n);
	return (struct audit_record){ .time = 1795359000, .source = FG_LIT("sts.amazonaws.com"),
		.name = FG_LIT("AssumeRoleWithWebIdentity"), .request_id = fg_str_z(id),
		.who = { .type = AUDIT_WHO_WEB, .user_name = FG_LIT("repo:o/r:ref:refs/heads/main") } };
}

enum fg_rc
bench_put(struct bench *b, unsigned worker, unsigned n)
{
	char id[32];
	struct audit_record r = bench_record(id, n);

	return audit_put(audit_worker(b->audit, worker), &r, done, b, NULL);
}

void
bench_lag(struct bench *b, unsigned worker, unsigned n)
{
	char id[32];
	struct audit_record r = bench_record(id, n);

	CHECK_OK(audit_put(audit_worker(b->audit, worker), &r, NULL, NULL, NULL));
}

void
bench_wait(struct bench *b, unsigned completions)
{
	pthread_mutex_lock(&b->lock);
	while (b->ok + b->failed < completions) {
		while (b->n_batch == 0)
			pthread_cond_wait(&b->cond, &b->lock);
		deliver(b);
	}
	pthread_mutex_unlock(&b->lock);
}

struct fg_str
bench_read(struct fg_arena *a, const char *path)
{
	struct fg_str s = unit_file(a, path);

	CHECK(!fg_str_null(s));
	return s;
}

void
bench_write(const char *path, struct fg_str s)
{
	FILE *f = fopen(path, "we");

	CHECK(f != NULL);
	if (f == NULL)
		return;
	CHECK(s.n == 0 || fwrite(s.p, 1, s.n, f) == s.n);
	CHECK(fclose(f) == 0 && chmod(path, 0600) == 0);
}

enum fg_rc
bench_verify(struct bench *b, bool keys, const uint8_t *head, const char *const *path, size_t n,
    struct audit_verified *ret, struct fg_err *reterr)
{
	struct audit_verify_config c = { .app = b, .seed = keys ? seed_of : NULL, .signed_by = signed_by,
		.head = head, .from = b->from };
	FG_AUTO(audit_verify_freep) struct audit_verify *v = NULL;

	*reterr = (struct fg_err){ 0 };
	FG_TRY(audit_verify_new(&c, &v, reterr));
	for (size_t i = 0; i < n; i++)
		FG_TRY(audit_verify_file(v, path[i], reterr));
	return audit_verify_end(v, ret, reterr);
}
