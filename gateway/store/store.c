/*
 * gateway/store/store.c - open and close: owner, engine, mark, claims.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/store/store_int.h"

bool
store_exists(struct fg_str path)
{
	char z[4096];
	struct stat sb;

	if (path.n == 0 || path.n >= sizeof(z))
		return false;
	memcpy(z, path.p, path.n);
	z[path.n] = '\0';
	return lstat(z, &sb) == 0;
}

void
store_raise(struct store *st, enum store_alarm alarm, const char *what)
{
	if (st->alarm != NULL)
		st->alarm(st->alarm_arg, alarm, what);
}

static enum fg_rc
path_of(struct fg_str path, const char *suffix, char out[4096], struct fg_err *reterr)
{
	struct fg_buf b = { .p = out, .room = 4096, .cap = 4096, .fixed = true };
	struct fg_str s;

	fg_buf_put(&b, path);
	fg_buf_put(&b, fg_str_z(suffix));
	fg_buf_putc(&b, '\0');
	if (path.n == 0 || fg_buf_end(&b, &s) != FG_OK)
		return fg_fail(reterr, FG_E_LIMIT, "store.open", NULL, "path is empty or too long");
	return FG_OK;
}

static enum fg_rc
own(struct store *st, struct fg_str path, struct fg_err *reterr)
{
	char z[4096];

	FG_TRY(path_of(path, ".lock", z, reterr));
	st->lock_fd = open(z, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (st->lock_fd < 0)
		return fg_fail(reterr, errno == ENOENT ? FG_E_NOT_FOUND : FG_E_IO, "store.open", NULL,
		    "%s: errno %d", z, errno);
	if (flock(st->lock_fd, LOCK_EX | LOCK_NB) != 0)
		return fg_fail(reterr, FG_E_CONFLICT, "store.owner", "rule 18",
		    "another process owns the store");
	return FG_OK;
}

static void
closep(struct store **st)
{
	store_close(*st);
}

void
store_closep(struct store **st)
{
	store_close(*st);
	*st = NULL;
}

void
store_close(struct store *st)
{
	if (st == NULL)
		return;
	store_jobs_stop(st);
	store_claims_stop(st);
	if (st->engine != NULL)
		st->engine->ops->close(st->engine);
	store_mark_close(&st->mark);
	store_sets_done(&st->sets);
	fg_arena_free(st->drop_arena);
	store_keys_done(&st->keys);
	if (st->lock_fd >= 0)
		close(st->lock_fd);
	if (st->lock_ready)
		pthread_mutex_destroy(&st->lock);
	free(st);
}

static enum fg_rc
store_new(const struct store_opts *o, struct store **ret, struct fg_err *reterr)
{
	FG_AUTO(closep) struct store *st = calloc(1, sizeof(*st));

	if (st == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "store.open", NULL, "handle");
	st->lock_fd = -1;
	st->mark.fd = -1;
	st->flags = o->flags;
	st->now = o->now;
	st->alarm = o->alarm;
	st->alarm_arg = o->alarm_arg;
	if (pthread_mutex_init(&st->lock, NULL) != 0)
		return fg_fail(reterr, FG_E_NOMEM, "store.open", NULL, "mutex");
	st->lock_ready = true;
	if (store_sets_init(&st->sets) != FG_OK)
		return fg_fail(reterr, FG_E_NOMEM, "store.open", NULL, "sets");
	FG_TRY(store_keys_add(&st->keys, o->mac_id, o->mac_key, reterr));
	for (size_t i = 0; i < o->n_more; i++)
		FG_TRY(store_keys_add(&st->keys, o->more[i].id, o->more[i].key, reterr));
	st->mac = st->keys.v[0];
	*ret = FG_STEAL(st);
	return FG_OK;
}

enum fg_rc
store_head_write(struct store *st, const struct store_head *h, const unsigned char sum[32],
    struct fg_err *reterr)
{
	struct store_head sealed = *h;

	FG_TRY(store_head_seal(st->mac, sum, h, sealed.mac));
	FG_TRY(st->engine->ops->head_put(st->engine, &sealed, reterr));
	return FG_OK;
}

/* The first head of a new store. */
static enum fg_rc
found(struct store *st, struct fg_err *reterr)
{
	const struct store_engine_ops *ops = st->engine->ops;

	st->head.generation = 1;
	FG_TRY(ops->begin(st->engine, reterr));
	FG_TRY(store_head_write(st, &st->head, st->sets_sum, reterr));
	FG_TRY(ops->commit(st->engine, reterr));
	st->mark.generation = 1;
	return store_mark_write(&st->mark, st->mac, reterr);
}

static enum fg_rc
mark_of(struct store *st, const struct store_opts *o, struct fg_err *reterr)
{
	const bool create = (o->flags & (STORE_CREATE | STORE_RECOVER)) != 0;
	char z[4096];

	FG_TRY(fg_str_null(o->mark) ? path_of(o->path, ".mark", z, reterr)
	                            : path_of(o->mark, "", z, reterr));
	return store_mark_open(&st->mark, z, create, &st->keys, reterr);
}

enum fg_rc
store_open(const struct store_opts *o, struct store **ret, struct fg_err *reterr)
{
	FG_AUTO(closep) struct store *st = NULL;
	struct store_claims_state state;
	char z[4096];

	FG_TRY(store_new(o, &st, reterr));
	FG_TRY(own(st, o->path, reterr));
	FG_TRY(path_of(o->path, "", z, reterr));
	if ((o->flags & STORE_CREATE) == 0 && !store_exists(o->path))
		return fg_fail(reterr, FG_E_NOT_FOUND, "store.open", NULL, "no store at %s", z);
	FG_TRY(store_sqlite_open(z, (o->flags & STORE_CREATE) != 0, &st->engine, reterr));
	FG_TRY(mark_of(st, o, reterr));
	if ((o->flags & STORE_CREATE) != 0)
		FG_TRY(found(st, reterr));
	FG_TRY(st->engine->ops->head_get(st->engine, &st->head, reterr));
	FG_TRY(path_of(o->path, "-claims", z, reterr));
	FG_TRY(store_claims_start(st, z, &state, reterr));
	memcpy(st->claims_id, state.next_id, sizeof(st->claims_id));
	/* A new store made its claims file a moment ago; any other one must know it. */
	st->claims_lost = !((o->flags & STORE_CREATE) != 0 && state.fresh) &&
	    (!state.clean || memcmp(state.id, st->head.claims_id, sizeof(state.id)) != 0);
	*ret = FG_STEAL(st);
	return FG_OK;
}

uint64_t
store_generation(struct store *st)
{
	uint64_t g;

	pthread_mutex_lock(&st->lock);
	g = (uint64_t)st->head.generation;
	pthread_mutex_unlock(&st->lock);
	return g;
}

fg_time
store_replay_floor(struct store *st)
{
	fg_time t;

	pthread_mutex_lock(&st->lock);
	t = st->head.floor;
	pthread_mutex_unlock(&st->lock);
	return t;
}

enum fg_rc
store_backup(struct store *st, struct fg_str path, struct fg_err *reterr)
{
	char z[4096];
	enum fg_rc rc;

	FG_TRY(path_of(path, "", z, reterr));
	pthread_mutex_lock(&st->lock);
	rc = st->engine->ops->backup(st->engine, z, reterr);
	pthread_mutex_unlock(&st->lock);
	return rc;
}
