/* gateway/ctl/record.c - what a command does to the store is in the audit log, with the OS user. */
#include <pwd.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "gateway/ctl/operate.h"
#include "gateway/iam/anchor.h"

struct ctl_audit {
	struct audit *log;
	struct anchor anchor;
	uint64_t n; /* records of this process: part of request ids */
};

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
audit_freep(struct ctl_audit **a)
{
	free(*a);
}

enum fg_rc
ctl_audit_open(const struct conf *c, const struct ctl_store *s, struct ctl_audit **ret,
    struct fg_err *reterr)
{
	FG_AUTO(audit_freep) struct ctl_audit *a = calloc(1, sizeof(*a));
	struct audit_config ac = { .path = c->audit_file, .workers = 1, .now = s->now, .post = post };

	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "ctl.audit", NULL, "handle");
	a->anchor = (struct anchor){ .cred = s->cred, .store = s->store };
	FG_TRY(anchor_open(&a->anchor, &ac, reterr));
	FG_TRY(audit_open(&ac, &a->log, reterr));
	*ret = FG_STEAL(a);
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
