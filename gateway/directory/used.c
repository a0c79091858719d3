/*
 * gateway/directory/used.c - when a role, a user or a key was last used, and with what.
 *
 * A mark lies in its entity; a use is one or two relaxed stores, and none when the second has not
 * changed.  The words for services and regions are few: they are kept once, and a mark has their
 * numbers.  A service or region that comes when the table is full is not remembered, the time is.
 * Callers choose the region that they sign for: the known ones are in the table from the beginning,
 * so that nobody fills it before them.
 */
#include "gateway/directory/directory_int.h"

const struct fg_str directory_services[DIRECTORY_SERVICES] = {
	{ "iam", 3 }, { "organizations", 13 }, { "sts", 3 },
};

static const char *const regions[] = { "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1",
	"ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2",
	"ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-central-1",
	"ca-west-1", "cn-north-1", "cn-northwest-1", "eu-central-1", "eu-central-2", "eu-north-1",
	"eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1",
	"me-south-1", "mx-central-1", "sa-east-1", "us-east-1", "us-east-2", "us-gov-east-1",
	"us-gov-west-1", "us-west-1", "us-west-2" };

enum { WORD_FREE = 0, WORD_FILLING, WORD_THERE };

/* Of one load or store: time, service, region. */
static uint64_t
pack(fg_time at, unsigned service, unsigned region)
{
	return (uint64_t)at << 16 | (uint64_t)service << 8 | region;
}

static fg_time
time_of(uint64_t use)
{
	return (fg_time)(use >> 16);
}

/* ---- words ---- */

static void
word_fill(struct used_word *w, struct fg_str s)
{
	memcpy(w->text, s.p, s.n);
	w->n = (uint8_t)s.n;
	atomic_store_explicit(&w->state, WORD_THERE, memory_order_release);
}

/* Its number; 0: it is not remembered. */
static unsigned
word_number(struct directory *d, struct fg_str s)
{
	if (s.n == 0 || s.n > sizeof(d->word[0].text))
		return 0;
	for (unsigned i = 1; i < FG_COUNT(d->word); i++) {
		struct used_word *w = &d->word[i];
		int state = atomic_load_explicit(&w->state, memory_order_acquire);

		if (state == WORD_FREE && atomic_compare_exchange_strong(&w->state, &state, WORD_FILLING)) {
			word_fill(w, s);
			return i;
		}
		if (state == WORD_FILLING)
			return 0;
		if (fg_eq(fg_str(w->text, w->n), s))
			return i;
	}
	return 0;
}

void
directory_used_init(struct directory *d)
{
	for (size_t i = 0; i < DIRECTORY_SERVICES; i++)
		(void)word_number(d, directory_services[i]);
	for (size_t i = 0; i < FG_COUNT(regions); i++)
		(void)word_number(d, fg_str_z(regions[i]));
}

static struct fg_str
word_of(const struct directory *d, unsigned i)
{
	const struct used_word *w = &d->word[i % FG_COUNT(d->word)];

	return i == 0 ? FG_LIT("") : fg_str(w->text, w->n);
}

static struct directory_use
use_of(const struct directory *d, const _Atomic uint64_t *mark)
{
	uint64_t v = atomic_load_explicit(mark, memory_order_acquire);

	return v == 0 ? (struct directory_use){ 0, FG_LIT(""), FG_LIT("") }
	    : (struct directory_use){ time_of(v), word_of(d, v >> 8 & 0xff), word_of(d, v & 0xff) };
}

/* ---- marks ---- */

static size_t
service_index(struct fg_str service)
{
	size_t i = 0;

	while (i < DIRECTORY_SERVICES && !fg_eq(directory_services[i], service))
		i++;
	return i;
}

/* Never back in time; a use that another thread writes at the same moment is as good. */
static void
mark(_Atomic uint64_t *at, uint64_t use)
{
	if (atomic_load_explicit(at, memory_order_relaxed) < use)
		atomic_store_explicit(at, use, memory_order_release);
}

static bool
is_old(const _Atomic uint64_t *at, fg_time now)
{
	return time_of(atomic_load_explicit(at, memory_order_relaxed)) < now;
}

void
directory_used(struct directory *d, struct directory_marks *m, fg_time now, struct fg_str service,
    struct fg_str region)
{
	size_t i = service_index(service);
	uint64_t use;

	if (m == NULL || now <= 0 ||
	    (!is_old(&m->last, now) && (i == DIRECTORY_SERVICES || !is_old(&m->of[i], now))))
		return;
	use = pack(now, word_number(d, service), word_number(d, region));
	mark(&m->last, use);
	if (i < DIRECTORY_SERVICES)
		mark(&m->of[i], use);
}

struct directory_use
directory_last_use(const struct directory *d, const struct directory_marks *m)
{
	return use_of(d, &m->last);
}

struct directory_use
directory_last_use_of(const struct directory *d, const struct directory_marks *m, size_t service)
{
	return use_of(d, &m->of[service]);
}

/* ---- entities ---- */

static struct directory_marks *
marks_of(struct entity *e)
{
	switch (e->kind) {
	case STORE_ROLE:
		return e->u.role.used;
	case STORE_USER:
		return e->u.user.used;
	case STORE_KEY:
		return e->u.key.used;
	default:
		return NULL;
	}
}

/* A new entity goes on where the one that it replaces was. */
void
directory_used_inherit(struct entity *to, struct entity *from)
{
	const struct directory_marks *old = marks_of(from);
	struct directory_marks *m = marks_of(to);

	if (old == NULL || m == NULL)
		return;
	mark(&m->last, atomic_load_explicit(&old->last, memory_order_acquire));
	for (size_t i = 0; i < DIRECTORY_SERVICES; i++)
		mark(&m->of[i], atomic_load_explicit(&old->of[i], memory_order_acquire));
}

/* ---- to the store and back ---- */

static const enum store_kind marked[] = { STORE_ROLE, STORE_USER, STORE_KEY };

static void
since_one(const struct directory *d, struct entity *e, fg_time since, directory_used_fn fn,
    void *arg)
{
	const struct directory_marks *m = marks_of(e);
	struct directory_use use;

	if (m == NULL)
		return;
	for (size_t i = 0; i < DIRECTORY_SERVICES; i++) {
		use = directory_last_use_of(d, m, i);
		if (use.at > 0 && use.at >= since)
			fn(arg, e->id, &use);
	}
	use = directory_last_use(d, m);
	if (use.at > 0 && use.at >= since && service_index(use.service) == DIRECTORY_SERVICES)
		fn(arg, e->id, &use);
}

void
directory_used_since(const struct directory *d, fg_time since, directory_used_fn fn, void *arg)
{
	struct cds_lfht_iter it;
	struct cds_lfht_node *n;

	cds_lfht_for_each(d->ids, &it, n)
		since_one(d, caa_container_of(n, struct entity, by_id), since, fn, arg);
}

struct restore {
	struct directory *d;
	directory_used_fn gone;
	void *arg;
};

static void
restore_one(void *arg, const struct store_used *u)
{
	const struct restore *r = arg;
	const struct directory_use use = { 0, u->service, u->region };
	struct entity *e = NULL;

	for (size_t i = 0; i < FG_COUNT(marked) && e == NULL; i++)
		e = directory_by_id(r->d, marked[i], u->id);
	if (e != NULL)
		directory_used(r->d, marks_of(e), u->at, u->service, u->region);
	else if (r->gone != NULL)
		r->gone(r->arg, u->id, &use);
}

enum fg_rc
directory_used_load(struct directory *d, struct store *st, directory_used_fn gone, void *arg,
    struct fg_err *reterr)
{
	struct restore r = { d, gone, arg };
	enum fg_rc rc;

	directory_enter();
	rc = store_used_load(st, restore_one, &r, reterr);
	directory_leave();
	return rc;
}
