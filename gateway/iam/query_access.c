/*
 * gateway/iam/query_access.c - which services a user, a role, or those with a group or a policy
 * have used last.
 *
 * A job is a setting of the account that names whom it is about; the answer is made from the marks
 * of last use when it is fetched.  The services are those that this endpoint speaks.
 */
#include <stdio.h>
#include <sys/random.h>

#include "gateway/iam/query_int.h"

enum { JOB_S = 86400, JOBS_MAX = 100, JOB_ID_BYTES = 36 };

#define JOB_PREFIX FG_LIT("access-job/")

static const struct fg_str titles[DIRECTORY_SERVICES] = {
	{ "AWS Identity and Access Management", 34 }, { "AWS Organizations", 17 },
	{ "AWS Security Token Service", 26 },
};

/* ---- whom it is about ---- */

struct subject {
	enum store_kind kind; /* STORE_NONE: nobody of ours */
	struct fg_str arn, uid; /* uid of a group */
};

static struct subject
subject_of(struct api_call *c, struct fg_str arn)
{
	struct fg_str account = c->caller.who.account;
	const struct directory_role *r = directory_role_by_arn(iam_dir(c), arn);
	const struct directory_user *u = directory_user_by_arn(iam_dir(c), arn);
	const struct directory_policy *p = directory_policy_find(iam_dir(c), arn);
	const struct directory_group *g = NULL;
	size_t at = arn.n;

	if (r != NULL && fg_eq(r->account, account))
		return (struct subject){ STORE_ROLE, r->arn, FG_STR_NULL };
	if (u != NULL && fg_eq(u->account, account))
		return (struct subject){ STORE_USER, u->arn, FG_STR_NULL };
	if (p != NULL && (fg_eq(p->account, account) || fg_eq(p->account, FG_LIT("aws"))))
		return (struct subject){ STORE_POLICY, p->arn, FG_STR_NULL };
	while (at > 0 && arn.p[at - 1] != '/')
		at--;
	g = directory_group_find(iam_dir(c), account, fg_sub(arn, at, arn.n));
	if (g != NULL && fg_eq(g->arn, arn))
		return (struct subject){ STORE_GROUP, g->arn, g->uid };
	return (struct subject){ .kind = STORE_NONE };
}

static bool
in_group(const struct directory_user *u, struct fg_str uid)
{
	for (size_t i = 0; i < u->ngroups; i++) {
		if (fg_eq(u->groups[i], uid))
			return true;
	}
	return false;
}

/* By itself or by a group. */
static bool
user_has(const struct api_call *c, const struct directory_user *u, struct fg_str policy)
{
	bool has = iam_has_attached(&u->grants, policy);

	for (size_t i = 0; i < u->ngroups && !has; i++) {
		const struct directory_group *g = directory_group_by_uid(iam_dir(c), u->groups[i]);

		has = g != NULL && iam_has_attached(&g->grants, policy);
	}
	return has;
}

/* One that may have used what the subject grants; false: another. */
static bool
concerns(const struct api_call *c, const struct subject *s, const struct iam_target *t)
{
	if (!t->found)
		return false;
	if (s->kind == STORE_GROUP)
		return t->user != NULL && in_group(t->user, s->uid);
	if (s->kind == STORE_POLICY)
		return t->user != NULL ? user_has(c, t->user, s->arn) : iam_has_attached(t->grants, s->arn);
	return fg_eq(t->arn, s->arn);
}

static const struct directory_marks *
marks_of(const struct iam_target *t)
{
	return t->user != NULL ? t->user->used : t->role->used;
}

/* ---- a job ---- */

static enum fg_rc
uuid(char out[JOB_ID_BYTES + 1], struct fg_err *reterr)
{
	unsigned char r[16];

	if (getrandom(r, sizeof(r), 0) != (ssize_t)sizeof(r))
		return fg_fail(reterr, FG_E_CRYPTO, "iam.access.job", NULL, "getrandom");
	r[6] = (unsigned char)((r[6] & 0x0f) | 0x40);
	r[8] = (unsigned char)((r[8] & 0x3f) | 0x80);
	(void)snprintf(out, JOB_ID_BYTES + 1,
	    "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", r[0], r[1], r[2], r[3],
	    r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11], r[12], r[13], r[14], r[15]);
	return FG_OK;
}

struct job {
	struct fg_str arn, granularity;
	fg_time made;
};

static bool
job_read(struct fg_str value, struct job *ret)
{
	struct fg_str made;
	uint64_t t;

	if (!store_list_next(&value, &ret->arn) || !store_list_next(&value, &ret->granularity) ||
	    !store_list_next(&value, &made) || !fg_u64(made, &t) || t > FG_LIMIT_TIME_MAX)
		return false;
	ret->made = (fg_time)t;
	return true;
}

struct sweep {
	struct iam_op *op;
	struct fg_str name[JOBS_MAX];
	size_t old, live;
};

static enum fg_rc
sweep_one(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct sweep *s = arg;
	const struct store_setting *r = row;
	struct job job;

	(void)kind;
	if (bad || !fg_starts(r->name, JOB_PREFIX))
		return FG_OK;
	if (job_read(r->value, &job) && job.made + JOB_S > s->op->c->now) {
		s->live++;
		return FG_OK;
	}
	if (s->old == FG_COUNT(s->name))
		return FG_OK;
	s->name[s->old] = fg_arena_dup(s->op->c->arena, r->name);
	if (fg_str_null(s->name[s->old++]))
		return fg_fail(reterr, FG_E_NOMEM, "iam.access.job", NULL, "arena");
	return FG_OK;
}

/* Those of yesterday are forgotten. */
static enum fg_rc
sweep(struct iam_op *op)
{
	struct sweep *s = FG_NEW(op->c->arena, struct sweep);

	if (s == NULL)
		return fg_fail(&op->c->err, FG_E_NOMEM, "iam.access.job", NULL, "arena");
	s->op = op;
	FG_TRY(store_scan(op->tx, STORE_SETTING, "account", op->t.account, sweep_one, s, &op->c->err));
	for (size_t i = 0; i < s->old; i++)
		FG_TRY(store_delete(op->tx, STORE_SETTING, &(struct store_setting){
		    .account = op->t.account, .name = s->name[i] }, &op->c->err));
	if (s->live >= JOBS_MAX)
		return api_refuse(op->c, API_F_LIMIT_EXCEEDED, "iam.access.jobs",
		    "Cannot exceed quota for jobs of a day: %d", JOBS_MAX);
	return FG_OK;
}

static enum fg_rc
generate(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct fg_buf b = FG_BUF_ARENA(c->arena, FG_LIMIT_BUNDLE_LIST_BYTES);
	char id[JOB_ID_BYTES + 1];
	struct fg_str value, name, made = fg_arena_fmt(c->arena, "%lld", (long long)c->now);

	FG_TRY(sweep(op));
	FG_TRY(uuid(id, &c->err));
	store_list_put(&b, op->t.arn);
	store_list_put(&b, iam_str_or(c, "Granularity", FG_LIT("SERVICE_LEVEL")));
	store_list_put(&b, made);
	name = fg_arena_fmt(c->arena, "%.*s%s", FG_PRI(JOB_PREFIX), id);
	if (fg_buf_end(&b, &value) != FG_OK || fg_str_null(name) || fg_str_null(made))
		return fg_fail(&c->err, FG_E_NOMEM, "iam.access.job", NULL, "arena");
	FG_TRY(store_setting_put(op->tx, op->t.account, name, value, &c->err));
	api_xml_str(&c->xml, FG_LIT("JobId"), fg_str_z(id));
	return FG_OK;
}

enum fg_rc
iam_run_generate_access(struct api_call *c)
{
	static const struct fg_str levels[] = { { "SERVICE_LEVEL", 13 }, { "ACTION_LEVEL", 12 } };
	struct iam_target t = { .account = c->caller.who.account, .arn = iam_str(c, "Arn"),
		.boundary = FG_LIT(""), .found = true };

	FG_TRY(iam_allow(c, &t));
	FG_TRY(iam_one_of(c, "Granularity", "granularity", levels, FG_COUNT(levels)));
	if (subject_of(c, t.arn).kind == STORE_NONE)
		return api_refuse(c, API_F_NO_SUCH_ENTITY, "iam.access.no-such", "ARN %.*s cannot be found.",
		    FG_PRI(t.arn));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, generate);
}

/* The job and its subject; one of another account is not there. */
static enum fg_rc
job_of(struct api_call *c, struct job *ret, struct subject *ret_s)
{
	struct fg_str id = iam_str(c, "JobId"), key;
	const struct store_setting *row;

	FG_TRY(iam_allow_on(c, FG_LIT("*")));
	key = fg_arena_fmt(c->arena, "%.*s\n%.*s%.*s", FG_PRI(c->caller.who.account),
	    FG_PRI(JOB_PREFIX), FG_PRI(id));
	row = fg_str_null(key) ? NULL : directory_row_find(iam_dir(c), STORE_SETTING, key);
	if (row == NULL || !job_read(row->value, ret) || ret->made + JOB_S <= c->now)
		return api_refuse(c, API_F_NO_SUCH_ENTITY, "iam.access.job.no-such",
		    "The job with id %.*s cannot be found.", FG_PRI(id));
	*ret_s = subject_of(c, ret->arn);
	return FG_OK;
}

/* ---- by service ---- */

struct service {
	struct directory_use use; /* the latest */
	struct fg_str arn;
	int64_t n;
};

struct tally {
	struct api_call *c;
	struct subject s;
	struct service of[DIRECTORY_SERVICES];
};

static bool
tally_one(void *arg, enum store_kind kind, const void *entity)
{
	struct tally *y = arg;
	const struct iam_target t = iam_target_of(kind, entity);

	for (size_t i = 0; i < DIRECTORY_SERVICES && concerns(y->c, &y->s, &t); i++) {
		struct directory_use use = directory_last_use_of(iam_dir(y->c), marks_of(&t), i);
		struct service *v = &y->of[i];

		v->n += use.at > 0;
		if (use.at > v->use.at) {
			v->use = use;
			v->arn = t.arn;
		}
	}
	return true;
}

static void
service_xml(struct fg_buf *b, size_t i, const struct service *v)
{
	api_xml_open(b, FG_LIT("member"));
	api_xml_str(b, FG_LIT("ServiceName"), titles[i]);
	if (v->use.at > 0)
		api_xml_time(b, FG_LIT("LastAuthenticated"), v->use.at);
	api_xml_str(b, FG_LIT("ServiceNamespace"), directory_services[i]);
	if (v->use.at > 0) {
		api_xml_str(b, FG_LIT("LastAuthenticatedEntity"), v->arn);
		if (v->use.region.n > 0)
			api_xml_str(b, FG_LIT("LastAuthenticatedRegion"), v->use.region);
	}
	api_xml_int(b, FG_LIT("TotalAuthenticatedEntities"), v->n);
	api_xml_close(b, FG_LIT("member"));
}

static void
job_xml(struct fg_buf *b, const struct job *job)
{
	api_xml_str(b, FG_LIT("JobStatus"), FG_LIT("COMPLETED"));
	api_xml_time(b, FG_LIT("JobCreationDate"), job->made);
	api_xml_time(b, FG_LIT("JobCompletionDate"), job->made);
}

enum fg_rc
iam_run_get_access(struct api_call *c)
{
	struct iam_page page = iam_page(c);
	struct tally *y = FG_NEW(c->arena, struct tally);
	struct job job;

	if (y == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "iam.access", NULL, "arena");
	y->c = c;
	FG_TRY(job_of(c, &job, &y->s));
	FG_TRY(directory_walk(iam_dir(c), STORE_USER, c->caller.who.account, FG_LIT(""), tally_one, y,
	    &c->err));
	FG_TRY(directory_walk(iam_dir(c), STORE_ROLE, c->caller.who.account, FG_LIT(""), tally_one, y,
	    &c->err));
	job_xml(&c->xml, &job);
	api_xml_str(&c->xml, FG_LIT("JobType"), job.granularity);
	api_xml_open(&c->xml, FG_LIT("ServicesLastAccessed"));
	for (size_t i = 0; i < DIRECTORY_SERVICES; i++) {
		if (fg_cmp(directory_services[i], page.after) <= 0)
			continue;
		if (!iam_page_take(&page, directory_services[i]))
			break;
		service_xml(&c->xml, i, &y->of[i]);
	}
	api_xml_close(&c->xml, FG_LIT("ServicesLastAccessed"));
	iam_page_end(c, &page);
	return FG_OK;
}

/* ---- by entity ---- */

struct walk {
	struct api_call *c;
	struct iam_lists lists;
	struct subject s;
	size_t service;
};

static bool
entity_one(void *arg, enum store_kind kind, const void *entity)
{
	struct walk *w = arg;
	const struct iam_target t = iam_target_of(kind, entity);
	struct fg_buf *b = &w->c->xml;
	struct directory_use use;

	if (!concerns(w->c, &w->s, &t))
		return true;
	if (!iam_lists_take(&w->lists, t.name))
		return false;
	use = directory_last_use_of(iam_dir(w->c), marks_of(&t), w->service);
	api_xml_open(b, FG_LIT("member"));
	api_xml_open(b, FG_LIT("EntityInfo"));
	api_xml_str(b, FG_LIT("Arn"), t.arn);
	api_xml_str(b, FG_LIT("Name"), t.name);
	api_xml_str(b, FG_LIT("Type"), kind == STORE_USER ? FG_LIT("USER") : FG_LIT("ROLE"));
	api_xml_str(b, FG_LIT("Id"), t.uid);
	api_xml_str(b, FG_LIT("Path"), t.path);
	api_xml_close(b, FG_LIT("EntityInfo"));
	if (use.at > 0)
		api_xml_time(b, FG_LIT("LastAuthenticated"), use.at);
	api_xml_close(b, FG_LIT("member"));
	return true;
}

enum fg_rc
iam_run_get_access_entities(struct api_call *c)
{
	static const enum store_kind kinds[] = { STORE_USER, STORE_ROLE };
	struct fg_str name = iam_str(c, "ServiceNamespace"), after;
	struct walk w = { .c = c, .lists = iam_lists(c) };
	struct job job;

	FG_TRY(job_of(c, &job, &w.s));
	while (w.service < DIRECTORY_SERVICES && !fg_eq(directory_services[w.service], name))
		w.service++;
	if (w.service == DIRECTORY_SERVICES)
		return api_refuse(c, API_F_INVALID_INPUT, "iam.access.service",
		    "The service namespace %.*s is not in the report.", FG_PRI(name));
	job_xml(&c->xml, &job);
	api_xml_open(&c->xml, FG_LIT("EntityDetailsList"));
	for (unsigned i = 0; i < FG_COUNT(kinds); i++) {
		if (iam_lists_begin(&w.lists, i, &after))
			FG_TRY(directory_walk(iam_dir(c), kinds[i], c->caller.who.account, after, entity_one, &w,
			    &c->err));
	}
	api_xml_close(&c->xml, FG_LIT("EntityDetailsList"));
	return iam_lists_end(c, &w.lists);
}
