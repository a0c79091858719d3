/* Requests that wait for a fetch. */
#include <stdlib.h>

#include "gateway/idp/idp_int.h"

/* Takes those whose time is up out of the list; the lock is held. */
static struct idp_waiter *
take(struct idp *idp, struct idp_waiter **list, int64_t now, bool all)
{
	struct idp_waiter *out = NULL, **at = list;

	while (*at != NULL) {
		struct idp_waiter *w = *at;

		if (!all && w->deadline > now) {
			at = &w->next;
			continue;
		}
		idp->stats.timeouts += !all;
		*at = w->next;
		w->next = out;
		out = w;
	}
	return out;
}

void
idp_waiters_end(struct idp *idp, struct idp_waiter **list, int64_t now, bool all)
{
	struct idp_waiter *w, *next;

	pthread_mutex_lock(&idp->lock);
	w = take(idp, list, now, all);
	pthread_mutex_unlock(&idp->lock);
	for (; w != NULL; w = next) {
		next = w->next;
		w->done(w->arg);
		free(w->arn);
		free(w);
	}
}

int64_t
idp_waiters_next(const struct idp_waiter *list)
{
	int64_t next = IDP_NEVER;

	for (; list != NULL; list = list->next)
		if (list->deadline < next)
			next = list->deadline;
	return next;
}

/* ---- from workers ---- */

static struct idp_waiter *
waiter_new(const struct idp *idp, struct fg_str kid, idp_done_fn done, void *arg)
{
	struct idp_waiter *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->done = done;
	w->arg = arg;
	w->deadline = idp->clock() + FG_LIMIT_IDP_WAIT_MS;
	w->kid = fg_hash(kid, idp->hash_key);
	return w;
}

static size_t
length(const struct idp_waiter *list)
{
	size_t n = 0;

	for (; list != NULL; list = list->next)
		n++;
	return n;
}

static void
push(struct idp *idp, struct idp_waiter **list, struct idp_waiter *w)
{
	w->next = *list;
	*list = w;
	idp->stats.waits++;
}

/* May it wait?  The lock is held. */
static bool
admit(struct idp *idp, struct idp_source *s, struct idp_waiter *w, int64_t now)
{
	enum idp_kid kid;

	if (idp_negative_has(&s->negatives, w->kid, now)) {
		idp->stats.kid_unknown++;
		return false;
	}
	if (length(s->waiter) >= FG_LIMIT_IDP_WAITERS)
		return false;
	kid = idp_sched_kid(&s->sched, now);
	if (kid == IDP_KID_NO) {
		idp->stats.kid_refused++;
		return false;
	}
	if (kid == IDP_KID_FETCH) {
		s->sched.busy = true;
		idp->stats.kid_fetches++;
	}
	push(idp, &s->waiter, w);
	return true;
}

/* A provider that was written a moment ago: until the thread has read the directory again. */
static bool
admit_orphan(struct idp *idp, struct idp_waiter *w, struct fg_str arn)
{
	w->arn = strndup(arn.p, arn.n);
	if (w->arn == NULL || length(idp->orphans) >= FG_LIMIT_IDP_WAITERS)
		return false;
	push(idp, &idp->orphans, w);
	atomic_store(&idp->resync, true);
	return true;
}

static bool
join(struct idp *idp, const struct directory_oidc *p, struct idp_waiter *w)
{
	struct idp_source *s;
	bool in;

	directory_enter();
	s = idp_table_find(idp, p);
	pthread_mutex_lock(&idp->lock);
	if (s == NULL)
		in = admit_orphan(idp, w, p->arn);
	else
		in = !s->upload && admit(idp, s, w, idp->clock());
	pthread_mutex_unlock(&idp->lock);
	directory_leave();
	return in;
}

bool
idp_wait_kid(struct idp *idp, const struct directory_oidc *p, struct fg_str kid, idp_done_fn done,
    void *arg)
{
	struct idp_waiter *w;

	if (idp->conf.fetch_fd < 0 || p->quarantined || atomic_load(&idp->stop))
		return false;
	w = waiter_new(idp, kid, done, arg);
	if (w == NULL)
		return false;
	if (!join(idp, p, w)) {
		free(w->arn);
		free(w);
		return false;
	}
	idp_wake(idp);
	return true;
}
