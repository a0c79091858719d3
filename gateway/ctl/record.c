/* gateway/ctl/record.c - what a command does to the store is in the audit log, with the OS user. */
#include <pwd.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "gateway/ctl/operate.h"
#include "gateway/ops/ops.h"

#define CHAIN FG_LIT("audit")

struct ctl_audit {
	struct audit *log;
	struct cred_client *cred;
	struct store *store;
	uint32_t key;
	uint64_t n; /* records of this process: part of request ids */
};

static enum fg_rc
seed(void *app, const uint8_t chain[AUDIT_CHAIN_ID], uint8_t ret[AUDIT_HASH],
    struct fg_err *reterr)
{
	struct ctl_audit *a = app;

	return cred_client_audit_seed(a->cred, a->key, chain, ret, reterr);
}

static enum fg_rc
sign(void *app, struct fg_str text, uint8_t ret[AUDIT_SIG], struct fg_err *reterr)
{
	struct ctl_audit *a = app;

	return cred_client_audit_sign(a->cred, a->key, text, ret, reterr);
}

/* There are no workers here. */
static enum fg_rc
post(void *app, unsigned worker, void *batch)
{
	(void)app;
	(void)worker;
	(void)batch;
	return FG_E_UNAVAILABLE;
}

static void
marked(void *app, const struct audit_mark *m)
{
	struct ctl_audit *a = app;
	const struct store_checkpoint c = { .chain = CHAIN, .seq = m->n, .at = (fg_time)time(NULL),
		.head = fg_str(m->head, sizeof(m->head)), .signature = FG_LIT("") };
	struct fg_err err = { .rc = FG_OK };

	if (store_checkpoint_put(a->store, &c, &err) != FG_OK)
		(void)fprintf(stderr, "fedgate: audit checkpoint: %s\n", err.text);
}

static enum fg_rc
last_mark(struct store *st, struct audit_mark *ret, struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4096);
	struct fg_err err = { .rc = FG_OK };
	struct store_checkpoint c;
	enum fg_rc rc = FG_E_NOMEM;

	if (a != NULL)
		rc = store_checkpoint_get(st, CHAIN, a, &c, &err);
	if (rc == FG_E_NOT_FOUND)
		return FG_OK;
	if (rc != FG_OK || c.head.n != sizeof(ret->head))
		return fg_fail(reterr, FG_E_STORE, "ctl.audit", NULL, "last checkpoint: %s", err.text);
	ret->n = c.seq;
	memcpy(ret->head, c.head.p, sizeof(ret->head));
	return FG_OK;
}

static uint32_t
audit_key(struct cred_client *cred, struct fg_err *reterr)
{
	struct cred_ring_entry e[CRED_RING_MAX];
	const struct cred_ring_entry *best = NULL;
	size_t n = 0;

	if (cred_client_list(cred, e, &n, reterr) != FG_OK)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (e[i].cls == CRED_CLASS_AUDIT && (best == NULL || e[i].created > best->created))
			best = &e[i];
	return best == NULL ? 0 : best->id;
}

enum fg_rc
ctl_audit_open(const struct conf *c, const struct ctl_store *s, struct ctl_audit **ret,
    struct fg_err *reterr)
{
	struct ctl_audit *a = calloc(1, sizeof(*a));
	struct audit_config ac = { .path = c->audit_file, .workers = 1, .now = s->now, .app = a,
		.seed = seed, .sign = sign, .post = post, .marked = marked };
	enum fg_rc rc = FG_E_UNAVAILABLE;

	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "ctl.audit", NULL, "handle");
	*a = (struct ctl_audit){ .cred = s->cred, .store = s->store };
	a->key = ac.key = audit_key(s->cred, reterr);
	if (a->key != 0)
		rc = last_mark(s->store, &ac.mark, reterr);
	if (rc == FG_OK)
		rc = audit_open(&ac, &a->log, reterr);
	if (rc != FG_OK) {
		free(a);
		return fg_fail(reterr, rc, "ctl.audit", NULL, "the ring has no audit key");
	}
	*ret = a;
	return FG_OK;
}

enum fg_rc
ctl_audit_write(struct ctl_audit *a, const struct admin_event *e, struct fg_err *reterr)
{
	char id[64];
	struct audit_record r = { .time = (fg_time)time(NULL),
		.source = FG_LIT("fedgate.internal"), .name = fg_str_z(e->action),
		.read_only = e->read_only, .recipient_account = e->account, .reason = e->err };

	(void)snprintf(id, sizeof(id), "ctl-%lld-%u-%llu", (long long)r.time, (unsigned)getpid(),
	    (unsigned long long)++a->n);
	r.request_id = fg_str_z(id);
	r.user_agent = FG_LIT("fedgate");
	r.who = (struct audit_identity){ .type = AUDIT_WHO_OPERATOR, .user_name = e->peer->user,
		.account = e->account };
	if (e->err != NULL) {
		r.error_code = fg_str_z(fg_rc_label(e->err->rc));
		r.error_message = fg_str_z(fg_rc_text(e->err->rc));
	}
	return audit_shared(a->log, &r, reterr);
}

void
ctl_audit_close(struct ctl_audit *a)
{
	struct fg_err err = { .rc = FG_OK };

	if (a == NULL)
		return;
	if (audit_close(a->log, NULL, &err) != FG_OK)
		(void)fprintf(stderr, "fedgate: audit: %s\n", err.text);
	free(a);
}

struct admin_peer
ctl_peer(char name[64])
{
	const struct passwd *pw = getpwuid(getuid());

	if (pw != NULL)
		(void)snprintf(name, 64, "%s", pw->pw_name);
	else
		(void)snprintf(name, 64, "%u", (unsigned)getuid());
	return (struct admin_peer){ getuid(), fg_str_z(name) };
}
