/*
 * gateway/iam/query_report.c - the credential report: one line a user, made when it is fetched.
 */
#include <stdlib.h>

#include "gateway/iam/query_int.h"

#define COLUMNS                                                                                  \
	"user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"  \
	"password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,"        \
	"access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service," \
	"access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"              \
	"access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"             \
	"cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n"

enum fg_rc
iam_run_generate_report(struct api_call *c)
{
	FG_TRY(iam_allow_on(c, FG_LIT("*")));
	api_xml_str(&c->xml, FG_LIT("State"), FG_LIT("COMPLETE"));
	return FG_OK;
}

/* ---- who has a device ---- */

struct devices {
	struct fg_str account;
	struct fg_str *user;
	size_t n, room;
};

static bool
device_one(void *arg, enum store_kind kind, const void *entity)
{
	const struct store_mfa *m = entity;
	struct devices *d = arg;

	(void)kind;
	if (!fg_eq(m->account, d->account) || m->user.n == 0)
		return true;
	if (d->n < d->room)
		d->user[d->n] = m->user;
	d->n++;
	return true;
}

static enum fg_rc
devices(struct api_call *c, struct devices *d)
{
	*d = (struct devices){ .account = c->caller.who.account };
	directory_rows(iam_dir(c), STORE_MFA, device_one, d);
	d->room = d->n;
	d->n = 0;
	d->user = FG_NEW_N(c->arena, struct fg_str, d->room + 1);
	if (d->user == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "iam.report", NULL, "arena");
	directory_rows(iam_dir(c), STORE_MFA, device_one, d);
	if (d->n > d->room)
		d->n = d->room;
	qsort(d->user, d->n, sizeof(d->user[0]), fg_cmp_at);
	return FG_OK;
}

/* ---- lines ---- */

struct lines {
	struct api_call *c;
	struct fg_buf b;
	struct devices devices;
};

/* A name may hold a comma; the field is quoted then. */
static void
field(struct fg_buf *b, struct fg_str s)
{
	bool quote = s.n > 0 && memchr(s.p, ',', s.n) != NULL;

	if (quote)
		fg_buf_putc(b, '"');
	fg_buf_put(b, s);
	if (quote)
		fg_buf_putc(b, '"');
	fg_buf_putc(b, ',');
}

static void
time_field(struct fg_buf *b, fg_time t)
{
	if (t == 0)
		fg_buf_put(b, FG_LIT("N/A"));
	else
		fg_buf_time(b, t);
	fg_buf_putc(b, ',');
}

static void
key_fields(struct lines *l, const struct directory_key *k)
{
	struct directory_use use = { .at = 0, .service = FG_LIT(""), .region = FG_LIT("") };

	if (k != NULL)
		use = directory_last_use(iam_dir(l->c), k->used);
	field(&l->b, k != NULL && k->active ? FG_LIT("true") : FG_LIT("false"));
	time_field(&l->b, k == NULL ? 0 : k->created);
	time_field(&l->b, use.at);
	field(&l->b, use.region.n == 0 ? FG_LIT("N/A") : use.region);
	field(&l->b, use.service.n == 0 ? FG_LIT("N/A") : use.service);
}

static bool
user_line(void *arg, enum store_kind kind, const void *entity)
{
	struct lines *l = arg;
	const struct directory_user *u = entity;
	struct fg_str at = FG_LIT("");

	(void)kind;
	if (u->quarantined)
		return true;
	field(&l->b, u->name);
	field(&l->b, u->arn);
	time_field(&l->b, u->created);
	fg_buf_put(&l->b, FG_LIT("false,N/A,N/A,N/A,"));
	field(&l->b, bsearch(&u->uid, l->devices.user, l->devices.n, sizeof(u->uid), fg_cmp_at) != NULL
	    ? FG_LIT("true") : FG_LIT("false"));
	for (unsigned i = 0; i < 2; i++)
		key_fields(l, iam_next(u->keys, u->nkeys, sizeof(at), &at)
		    ? directory_key_find(iam_dir(l->c), at) : NULL);
	fg_buf_put(&l->b, FG_LIT("false,N/A,false,N/A\n"));
	return l->b.bad == FG_OK;
}

static void
root_line(struct lines *l, const struct directory_account *a)
{
	fg_buf_put(&l->b, FG_LIT("<root_account>,arn:aws:iam::"));
	fg_buf_put(&l->b, l->c->caller.who.account);
	fg_buf_put(&l->b, FG_LIT(":root,"));
	time_field(&l->b, a == NULL ? 0 : a->created);
	fg_buf_put(&l->b, FG_LIT("not_supported,no_information,not_supported,not_supported,false,"));
	key_fields(l, NULL);
	key_fields(l, NULL);
	fg_buf_put(&l->b, FG_LIT("false,N/A,false,N/A\n"));
}

enum fg_rc
iam_run_get_report(struct api_call *c)
{
	struct lines l = { .c = c, .b = FG_BUF_ARENA(c->arena, FG_LIMIT_IAM_REPORT_BYTES) };
	struct fg_str account = c->caller.who.account, text;

	FG_TRY(iam_allow_on(c, FG_LIT("*")));
	FG_TRY(devices(c, &l.devices));
	fg_buf_put(&l.b, FG_LIT(COLUMNS));
	root_line(&l, directory_account_find(iam_dir(c), account));
	FG_TRY(directory_walk(iam_dir(c), STORE_USER, account, FG_LIT(""), user_line, &l, &c->err));
	if (fg_buf_end(&l.b, &text) != FG_OK)
		return api_refuse(c, API_F_LIMIT_EXCEEDED, "iam.report.long",
		    "The report is longer than a reply may be.");
	api_xml_open(&c->xml, FG_LIT("Content"));
	fg_buf_base64(&c->xml, text);
	api_xml_close(&c->xml, FG_LIT("Content"));
	api_xml_str(&c->xml, FG_LIT("ReportFormat"), FG_LIT("text/csv"));
	api_xml_time(&c->xml, FG_LIT("GeneratedTime"), c->now);
	return FG_OK;
}
