/* Ring and store of a configuration, opened or made by a command of the operator. */
#include "gateway/ctl/ctl_store.h"
#include "gateway/cred/fleet.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

void
ctl_store_close(struct ctl_store *s)
{
	store_close(s->store);
	cred_client_close(s->cred);
	s->store = NULL;
	s->cred = NULL;
}

uint32_t
ctl_store_wrap_key(const struct ctl_store *s)
{
	const struct cred_key_row *row = cred_key_sealing(s->rows.row, s->rows.n, CRED_CLASS_WRAP);

	return row == NULL ? 0 : row->id;
}

bool
ctl_store_mark(const struct conf *c, char out[4096])
{
	int n = snprintf(out, 4096, "%s.clock", conf_store_path(c));

	return n > 0 && n < 4096;
}

bool
ctl_store_clock_ok(const struct conf *c)
{
	char path[4096];
	struct cred_guard g;
	struct cred_clock at;
	fg_time mark = 0;

	if (!ctl_store_mark(c, path) || cred_mark_load(path, &mark, NULL) != FG_OK ||
	    cred_clock_read(&at, NULL) != FG_OK)
		return false;
	cred_guard_init(&g, at, mark);
	return cred_guard_confirmed(&g);
}

static enum fg_rc
now_read(fg_time *ret, struct fg_err *reterr)
{
	struct cred_clock at;

	FG_TRY(cred_clock_read(&at, reterr));
	*ret = at.wall_ns / 1000000000;
	return FG_OK;
}

static enum fg_rc
store_path(const struct conf *c, const char **ret, struct fg_err *reterr)
{
	*ret = conf_store_path(c);
	if (*ret == NULL)
		return fg_fail(reterr, FG_E_UNSUPPORTED, "ctl.store", NULL,
		    "%s is not a store that this command opens", c->store);
	return FG_OK;
}

static void
alarmed(void *arg, enum store_alarm alarm, const char *what)
{
	static const char *const texts[] = {
		[STORE_ALARM_ROW] = "row was changed behind the store's back",
		[STORE_ALARM_SET] = "rows of this account do not add up",
		[STORE_ALARM_STORE] = "do not add up",
		[STORE_ALARM_MARK] = "restored from a backup?",
	};

	(void)arg;
	(void)fprintf(stderr, "fedgate: store: %s: %s\n", what,
	    alarm < FG_COUNT(texts) && texts[alarm] != NULL ? texts[alarm] : "alarm");
}

static enum fg_rc
open_store(struct ctl_store *s, const char *path, unsigned flags, struct cred_ring_entry *e,
    size_t *ret_n, struct fg_err *reterr)
{
	struct store_opts o = { .path = fg_str_z(path), .flags = flags, .now = s->now,
		.alarm = alarmed };

	FG_TRY(cred_client_list(s->cred, e, ret_n, reterr));
	FG_TRY(cred_store_open(s->cred, &o, &s->store, reterr));
	return store_load(s->store, NULL, NULL, reterr);
}

/* Root keys are in this process now: nobody looks into it. */
static enum fg_rc
take_ring(struct ctl_store *s, struct cred_ring *ring, struct fg_err *reterr)
{
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	return cred_client_local(ring, &s->cred, reterr);
}

static enum fg_rc
there(const char *path, const char *what, struct fg_err *reterr)
{
	if (access(path, F_OK) != 0)
		return fg_fail(reterr, FG_E_NOT_FOUND, "ctl.store", NULL,
		    "no %s at %s: `fedgate init` makes one", what, path);
	return FG_OK;
}

static enum fg_rc
open_both(const struct conf *c, struct ctl_store *s, unsigned flags, struct fg_err *reterr)
{
	struct cred_ring_entry e[CRED_RING_MAX];
	struct cred_ring *ring = NULL;
	const char *path;
	size_t n = 0;

	FG_TRY(store_path(c, &path, reterr));
	FG_TRY(there(path, "store", reterr));
	FG_TRY(there(c->keyring, "key ring", reterr));
	FG_TRY(now_read(&s->now, reterr));
	FG_TRY(cred_ring_load(c->keyring, &ring, reterr));
	FG_TRY(take_ring(s, ring, reterr));
	FG_TRY(open_store(s, path, flags, e, &n, reterr));
	if ((flags & STORE_RECOVER) != 0)
		FG_TRY(store_recover(s->store, s->now, reterr));
	FG_TRY(cred_rows_read(s->store, &s->rows, reterr));
	return cred_ring_check(e, n, s->rows.row, s->rows.n, reterr);
}

static enum fg_rc
open_with(const struct conf *c, struct ctl_store *ret, unsigned flags, struct fg_err *reterr)
{
	enum fg_rc rc;

	memset(ret, 0, sizeof(*ret));
	rc = open_both(c, ret, flags, reterr);
	if (rc != FG_OK)
		ctl_store_close(ret);
	return rc;
}

enum fg_rc
ctl_store_open(const struct conf *c, struct ctl_store *ret, struct fg_err *reterr)
{
	return open_with(c, ret, 0, reterr);
}

enum fg_rc
ctl_store_recover(const struct conf *c, struct ctl_store *ret, struct fg_err *reterr)
{
	return open_with(c, ret, STORE_RECOVER, reterr);
}

enum fg_rc
ctl_folder_of(const char *path, struct fg_err *reterr)
{
	char folder[4096];
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return FG_OK; /* the present folder is the operator's choice */
	if ((size_t)(slash - path) >= sizeof(folder))
		return fg_fail(reterr, FG_E_PARAM, "ctl.store", NULL, "path is too long");
	(void)snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
	return slash == path ? FG_OK : cred_dir_check(folder, reterr);
}

/* Every key of a new ring seals: there is no other node that could lack it. */
static enum fg_rc
first_rows(struct ctl_store *s, const struct cred_ring_entry *e, size_t n, struct fg_err *reterr)
{
	for (size_t i = 0; i < n; i++)
		FG_TRY(cred_rows_add(s->store, &e[i], CRED_STATE_SEALING, s->now, reterr));
	return cred_rows_read(s->store, &s->rows, reterr);
}

static enum fg_rc
make_both(const struct conf *c, const char *path, struct ctl_store *s, struct fg_err *reterr)
{
	struct cred_ring_entry e[CRED_RING_MAX];
	struct cred_ring *ring = NULL;
	size_t n = 0;
	enum fg_rc rc;

	FG_TRY(cred_ring_new(s->now, &ring, reterr));
	rc = cred_ring_save(ring, c->keyring, CRED_SAVE_CREATE, reterr);
	if (rc != FG_OK) {
		cred_ring_free(ring);
		return rc;
	}
	FG_TRY(take_ring(s, ring, reterr));
	FG_TRY(open_store(s, path, STORE_CREATE, e, &n, reterr));
	return first_rows(s, e, n, reterr);
}

enum fg_rc
ctl_store_create(const struct conf *c, struct ctl_store *ret, struct fg_err *reterr)
{
	const char *path;
	enum fg_rc rc;

	memset(ret, 0, sizeof(*ret));
	FG_TRY(store_path(c, &path, reterr));
	FG_TRY(cred_absent_check(path, "store", reterr));
	FG_TRY(cred_absent_check(c->keyring, "key ring", reterr));
	FG_TRY(ctl_folder_of(path, reterr));
	FG_TRY(ctl_folder_of(c->keyring, reterr));
	FG_TRY(now_read(&ret->now, reterr));
	rc = make_both(c, path, ret, reterr);
	if (rc != FG_OK && rc != FG_E_EXISTS) { /* half of it would be in the way of the next try */
		if (ret->store != NULL)
			(void)unlink(path);
		if (ret->cred != NULL)
			(void)unlink(c->keyring);
	}
	if (rc != FG_OK)
		ctl_store_close(ret);
	return rc;
}
