/*
 * AssumeRoot: the management account acts as the root user of a member account, for one of
 * five tasks and a quarter of an hour.  Denied unless the organisation has enabled it.
 */
#include "gateway/api/sts_int.h"

#define TASKS "arn:aws:iam::aws:policy/root-task/"
#define LONGEST_S 900

static const struct fg_str tasks[] = {
	{ TASKS "IAMAuditRootUserCredentials", sizeof(TASKS "IAMAuditRootUserCredentials") - 1 },
	{ TASKS "IAMCreateRootUserPassword", sizeof(TASKS "IAMCreateRootUserPassword") - 1 },
	{ TASKS "IAMDeleteRootUserCredentials", sizeof(TASKS "IAMDeleteRootUserCredentials") - 1 },
	{ TASKS "S3UnlockBucketPolicy", sizeof(TASKS "S3UnlockBucketPolicy") - 1 },
	{ TASKS "SQSUnlockQueuePolicy", sizeof(TASKS "SQSUnlockQueuePolicy") - 1 },
};

static enum fg_rc
denied(struct api_call *c, struct fg_str root, const char *step)
{
	return api_refuse(c, API_F_ACCESS_DENIED, step,
	    "User: %.*s is not authorized to perform: sts:AssumeRoot on resource: %.*s",
	    FG_PRI(c->caller.arn), FG_PRI(root));
}

/* "111122223333" or "arn:aws:iam::111122223333:root" */
static enum fg_rc
target_read(struct api_call *c, struct fg_str *ret_account, struct fg_str *ret_arn)
{
	struct fg_str text = api_arg(c, STS_RT_TARGET)->s;
	struct api_arn arn;

	*ret_account = text;
	if (api_arn_read(text, &arn) && fg_eq(arn.service, FG_LIT("iam")) && arn.region.n == 0 &&
	    fg_eq(arn.partition, FG_LIT("aws")) && fg_eq(arn.resource, FG_LIT("root")))
		*ret_account = arn.account;
	if (!api_account_ok(*ret_account))
		return api_refuse(c, API_F_VALIDATION, "api.root.target",
		    "TargetPrincipal is not an account or the ARN of its root user");
	*ret_arn = fg_arena_fmt(c->arena, "arn:aws:iam::%.*s:root", FG_PRI(*ret_account));
	if (fg_str_null(*ret_arn))
		return fg_fail(&c->err, FG_E_NOMEM, "api.root", NULL, "arena");
	return FG_OK;
}

static bool
setting_is(const struct api_call *c, struct fg_str key, struct fg_str value)
{
	const struct store_setting *s = directory_row_find(api_directory(c), STORE_SETTING, key);

	return s != NULL && fg_eq(s->value, value);
}

static enum fg_rc
organisation_check(struct api_call *c, struct fg_str account, struct fg_str root)
{
	struct fg_str mine = c->caller.who.account;

	if (!setting_is(c, FG_LIT("\norganization.root-sessions"), FG_LIT("true")))
		return denied(c, root, "api.root.disabled");
	if (!setting_is(c, FG_LIT("\norganization.management"), mine) || fg_eq(mine, account))
		return denied(c, root, "api.root.account");
	if (!api_account_usable(c, account))
		return denied(c, root, "api.root.member");
	if (c->caller.who.kind != TRUST_USER && c->caller.who.kind != TRUST_SESSION_OF_ROLE)
		return denied(c, root, "api.root.caller");
	return FG_OK;
}

static enum fg_rc
task_find(struct api_call *c, struct cred_managed *ret)
{
	const struct api_arg *arg = api_arg(c, STS_RT_TASK);
	struct fg_str text = arg->n == 1 ? api_member(arg, 0, 0)->s : FG_STR_NULL;
	const struct directory_policy *p;
	bool known = false;

	for (size_t i = 0; i < FG_COUNT(tasks); i++)
		known = known || fg_eq(text, tasks[i]);
	p = known ? directory_policy_find(api_directory(c), text) : NULL;
	if (p == NULL || p->quarantined)
		return api_refuse(c, API_F_VALIDATION, "api.root.task",
		    "TaskPolicyArn is not one of the policies for root tasks");
	ret->arn = text;
	ret->version = fg_arena_fmt(c->arena, "v%lld", (long long)p->version);
	if (fg_str_null(ret->version))
		return fg_fail(&c->err, FG_E_NOMEM, "api.root", NULL, "arena");
	return FG_OK;
}

/* The other account has no say: its root is what is assumed. */
static enum fg_rc
ask(struct api_call *c, struct fg_str account, struct fg_str root, struct fg_str task)
{
	const struct api_ask ask = { .action = FG_LIT("sts:AssumeRoot"), .resource = root,
		.account = c->caller.who.account };
	struct trust_ctx *ctx;

	FG_TRY(api_context(c, account, &ctx));
	FG_TRY(trust_caller_one(ctx, FG_LIT("sts:TaskPolicyArn"), task, &c->err));
	return api_authorize(c, ctx, &ask);
}

enum fg_rc
api_run_assume_root(struct api_call *c)
{
	struct cred_session *s = FG_NEW(c->arena, struct cred_session);
	struct cred_minted *m = FG_NEW(c->arena, struct cred_minted);
	const struct api_arg *duration = api_arg(c, STS_RT_DURATION);
	struct fg_str account, root;

	if (s == NULL || m == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "api.root", NULL, "arena");
	FG_TRY(target_read(c, &account, &root));
	c->story.account = c->story.resource_account = account;
	c->story.resource = root;
	FG_TRY(organisation_check(c, account, root));
	FG_TRY(task_find(c, &s->managed[0]));
	FG_TRY(ask(c, account, root, s->managed[0].arn));
	FG_TRY(api_chain(c, s));
	s->managed_n = 1;
	s->kind = CRED_KIND_ROOT;
	s->issued = c->now;
	s->expires = c->now + (duration->present && duration->i > 0 ? duration->i : LONGEST_S);
	s->account = s->principal = account;
	/* no chain outlives its origin's day (security.md 13) */
	if (s->expires > s->origin + c->w->env->conf.chain_max_s)
		s->expires = s->origin + c->w->env->conf.chain_max_s;
	FG_TRY(api_mint(c, s, m));
	api_story_minted(c, m, s->expires, FG_STR_NULL, root);
	api_xml_credentials(&c->xml, m, s->expires);
	if (s->source_identity.n > 0)
		api_xml_str(&c->xml, FG_LIT("SourceIdentity"), s->source_identity);
	return FG_OK;
}
