/* The gateway's side: one thread that keeps key sets fresh, and what workers ask it. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <urcu/urcu-memb.h>

#include "gateway/idp/idp_int.h"
#include "gateway/proc/proc.h"

static int64_t
boot_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
idp_wake(struct idp *idp)
{
	uint64_t one = 1;

	(void)!write(idp->wake, &one, sizeof(one));
}

void
idp_emit(const struct idp *idp, enum idp_event_kind kind, const struct idp_source *s,
    const struct fg_err *err)
{
	struct idp_event e = { .kind = kind, .issuer = fg_str_z(s->issuer), .err = err,
		.host = FG_LIT(""), .set = idp_source_set(s) };
	struct oidc_url u;

	if (idp->conf.event == NULL)
		return;
	if (s->jwks_uri != NULL && oidc_url_parse(fg_str_z(s->jwks_uri), &u))
		e.host = u.host;
	idp->conf.event(idp->conf.app, &e);
}

/* ---- the thread ---- */

static struct idp_source *
by_request(struct idp *idp, uint64_t id)
{
	for (struct idp_source *s = idp->sources; s != NULL; s = s->next)
		if (s->request == id && id != 0)
			return s;
	return NULL;
}

void
idp_read(struct idp *idp, int64_t now)
{
	struct idp_answer a;
	struct idp_source *s;

	for (;;) {
		ssize_t n = recv(idp->conf.fetch_fd, idp->msg, PROC_MSG_BYTES, MSG_DONTWAIT | MSG_TRUNC);

		if (n <= 0)
			return;
		if ((size_t)n > PROC_MSG_BYTES || !idp_answer_read(fg_str(idp->msg, (size_t)n), &a))
			continue;
		s = by_request(idp, a.id);
		if (s != NULL)
			idp_source_answer(idp, s, &a, now);
		else
			(void)idp_documents_answer(idp, &a);
	}
}

/* Those who asked before their provider was known: to its source, or back to work. */
static void
place_orphans(struct idp *idp)
{
	struct idp_waiter *list, *w;

	pthread_mutex_lock(&idp->lock);
	list = idp->orphans;
	idp->orphans = NULL;
	pthread_mutex_unlock(&idp->lock);
	while ((w = list) != NULL) {
		struct idp_source *s = NULL;

		list = w->next;
		directory_enter();
		{
			const struct directory_oidc *p = directory_oidc_find(idp->conf.directory, fg_str_z(w->arn));

			s = p == NULL ? NULL : idp_table_find(idp, p);
		}
		directory_leave();
		w->next = NULL;
		if (s != NULL && atomic_load(&s->state) == IDP_STATE_NONE && !s->upload) {
			pthread_mutex_lock(&idp->lock);
			w->next = s->waiter;
			s->waiter = w;
			pthread_mutex_unlock(&idp->lock);
			continue;
		}
		idp_waiters_end(idp, &w, 0, true);
	}
}

static void
sync_providers(struct idp *idp, int64_t now)
{
	struct fg_err err = { .rc = FG_OK };

	if (now < idp->retry_sync || !atomic_exchange(&idp->resync, false))
		return;
	if (idp_table_sync(idp, now, &err) != FG_OK) {
		atomic_store(&idp->resync, true);
		idp->retry_sync = now + FG_LIMIT_IDP_RETRY_MS;
		return;
	}
	place_orphans(idp);
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t
idp_tick(struct idp *idp, int64_t now)
{
	int64_t next = IDP_NEVER;

	sync_providers(idp, now);
	if (atomic_load(&idp->resync))
		next = now + FG_LIMIT_IDP_RETRY_MS;
	for (struct idp_source *s = idp->sources; s != NULL; s = s->next) {
		idp_source_tick(idp, s, now);
		idp_waiters_end(idp, &s->waiter, now, false);
		pthread_mutex_lock(&idp->lock);
		next = earlier(next, earlier(idp_source_next(s), idp_waiters_next(s->waiter)));
		pthread_mutex_unlock(&idp->lock);
	}
	idp_waiters_end(idp, &idp->orphans, now, false);
	next = earlier(next, idp_documents_tick(idp, now));
	pthread_mutex_lock(&idp->lock);
	next = earlier(next, idp_waiters_next(idp->orphans));
	pthread_mutex_unlock(&idp->lock);
	idp_stats_count(idp);
	/* what is due and found no room goes on when an answer comes, or soon */
	return next <= now ? now + 50 : next;
}

static void
wait_for(struct idp *idp, int64_t ms)
{
	struct pollfd fds[] = { { .fd = idp->wake, .events = POLLIN }, { .fd = idp->conf.fetch_fd, .events = POLLIN } };
	uint64_t n;

	if (ms < 0)
		ms = 0;
	(void)!poll(fds, 2, ms > 60000 ? 60000 : (int)ms);
	if (fds[0].revents != 0)
		(void)!read(idp->wake, &n, sizeof(n));
	if (fds[1].revents & POLLIN)
		idp_read(idp, idp->clock());
	/* the link is gone (the gateway is ending): do not spin on it */
	else if (fds[1].revents & (POLLERR | POLLHUP | POLLNVAL))
		idp->conf.fetch_fd = -1;
}

static void *
thread_main(void *arg)
{
	struct idp *idp = arg;

	directory_thread_join();
	while (!atomic_load(&idp->stop)) {
		int64_t next = idp_tick(idp, idp->clock());

		wait_for(idp, next == IDP_NEVER ? 60000 : next - idp->clock());
	}
	directory_thread_leave();
	return NULL;
}

/* ---- life ---- */

static bool
concerns_us(const struct store_change *v)
{
	if (v->kind == STORE_SETTING)
		return fg_starts(((const struct store_setting *)v->row)->name, FG_LIT(IDP_DROPPED)) ||
		    fg_starts(((const struct store_setting *)v->row)->name, FG_LIT(IDP_STALE)) ||
		    fg_eq(((const struct store_setting *)v->row)->name, FG_LIT(OUTBOUND_JWKS));
	return v->kind == STORE_OIDC || v->kind == STORE_ACCOUNT;
}

static void
changed(void *arg, const struct store_change *v, size_t n)
{
	struct idp *idp = arg;

	for (size_t i = 0; i < n; i++) {
		if (!concerns_us(&v[i]))
			continue;
		atomic_store(&idp->resync, true);
		idp_wake(idp);
		return;
	}
}

static enum fg_rc
prepare(struct idp *idp, struct fg_err *reterr)
{
	idp->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	idp->arena = fg_arena_new(FG_LIMIT_JWKS_ARENA);
	idp->msg = malloc(PROC_MSG_BYTES);
	if (idp->wake < 0 || idp->arena == NULL || idp->msg == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "idp.open", NULL, "buffers");
	if (getrandom(idp->hash_key, sizeof(idp->hash_key), 0) != (ssize_t)sizeof(idp->hash_key))
		return fg_fail(reterr, FG_E_IO, "idp.open", NULL, "getrandom");
	return FG_OK;
}

static void
idp_closep(struct idp **idp)
{
	idp_close(*idp);
}

enum fg_rc
idp_new(const struct idp_config *c, int64_t (*clock)(void), struct idp **ret, struct fg_err *reterr)
{
	FG_AUTO(idp_closep) struct idp *idp = calloc(1, sizeof(*idp));

	if (idp == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "idp.open", NULL, "idp");
	idp->conf = *c;
	idp->clock = clock;
	idp->wake = -1;
	pthread_mutex_init(&idp->lock, NULL);
	FG_TRY(prepare(idp, reterr));
	/* uploaded sets serve from the first request on */
	directory_thread_join();
	FG_TRY(idp_table_sync(idp, idp->clock(), reterr));
	directory_on_change(c->directory, changed, idp);
	atomic_store(&idp->resync, true); /* what changed in between */
	*ret = FG_STEAL(idp);
	return FG_OK;
}

enum fg_rc
idp_open(const struct idp_config *c, struct idp **ret, struct fg_err *reterr)
{
	FG_AUTO(idp_closep) struct idp *idp = NULL;

	FG_TRY(idp_new(c, boot_ms, &idp, reterr));
	if (pthread_create(&idp->thread, NULL, thread_main, idp) != 0)
		return fg_fail(reterr, FG_E_NOMEM, "idp.open", NULL, "thread");
	idp->started = true;
	*ret = FG_STEAL(idp);
	return FG_OK;
}

void
idp_close(struct idp *idp)
{
	struct idp_source *s, *next;

	if (idp == NULL)
		return;
	directory_on_change(idp->conf.directory, NULL, NULL);
	atomic_store(&idp->stop, true);
	if (idp->started) {
		idp_wake(idp);
		pthread_join(idp->thread, NULL);
	}
	idp_documents_end(idp);
	idp_waiters_end(idp, &idp->orphans, 0, true);
	for (s = idp->sources; s != NULL; s = next) {
		next = s->next;
		idp_source_free(idp, s);
	}
	urcu_memb_barrier();
	idp_table_free(idp->table);
	if (idp->wake >= 0)
		close(idp->wake);
	fg_arena_free(idp->arena);
	free(idp->msg);
	pthread_mutex_destroy(&idp->lock);
	free(idp);
}

/* ---- workers ---- */

const struct oidc_jwks *
idp_keys(const struct idp *idp, const struct directory_oidc *p, struct fg_err *reterr)
{
	const struct idp_source *s = p->quarantined ? NULL : idp_table_find(idp, p);
	const struct oidc_jwks *keys = s == NULL ? NULL : idp_source_set(s);

	if (FG_LIKELY(keys != NULL))
		return keys;
	if (p->quarantined)
		(void)fg_fail(reterr, FG_E_IDP, "idp.keys.quarantined", NULL, "the provider's row is not authentic");
	else if (s == NULL || (atomic_load(&s->state) == IDP_STATE_NONE && !atomic_load(&s->failing)))
		(void)fg_fail(reterr, FG_E_KEY, "oidc.key.unknown", NULL, "keys of %.*s are being fetched",
		    FG_PRI(p->url));
	else
		(void)fg_fail(reterr, FG_E_IDP, "idp.keys.none", NULL, "no usable keys of %.*s", FG_PRI(p->url));
	return NULL;
}

bool
idp_stale(const struct idp *idp, const struct directory_oidc *p)
{
	const struct idp_source *s = idp_table_find(idp, p);

	return s != NULL && atomic_load(&s->state) == IDP_STATE_STALE;
}
