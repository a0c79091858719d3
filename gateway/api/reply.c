/*
 * Parts that several actions' replies and stories share.
 */
#include "gateway/api/api_int.h"

/* Our own base64 and base32 need no escaping. */
static void
plain(struct fg_buf *b, struct fg_str name, struct fg_str value)
{
	api_xml_open(b, name);
	fg_buf_put(b, value);
	api_xml_close(b, name);
}

void
api_xml_credentials(struct fg_buf *b, const struct cred_minted *m, fg_time expires)
{
	b->secret = true;
	api_xml_open(b, FG_LIT("Credentials"));
	plain(b, FG_LIT("AccessKeyId"), fg_str_z(m->access_key_id));
	plain(b, FG_LIT("SecretAccessKey"), fg_str_z(m->secret));
	plain(b, FG_LIT("SessionToken"), fg_str(m->token, m->token_n));
	api_xml_time(b, FG_LIT("Expiration"), expires);
	api_xml_close(b, FG_LIT("Credentials"));
}

void
api_xml_role(struct fg_buf *b, const struct api_issued *i)
{
	api_xml_open(b, FG_LIT("AssumedRoleUser"));
	api_xml_str(b, FG_LIT("AssumedRoleId"), i->role_id);
	api_xml_str(b, FG_LIT("Arn"), i->arn);
	api_xml_close(b, FG_LIT("AssumedRoleUser"));
	if (i->minted.packed.percent > 0)
		api_xml_int(b, FG_LIT("PackedPolicySize"), i->minted.packed.percent);
}

void
api_story_minted(struct api_call *c, const struct cred_minted *m, fg_time expires,
    struct fg_str id, struct fg_str arn)
{
	c->story.minted = (struct audit_minted){ .access_key_id = fg_str_z(m->access_key_id),
		.session = api_session_hex(c->arena, m->session_id),
		.expires = expires, .role_id = id, .arn = arn,
		.packed_policy_size = m->packed.percent };
}

/* ---- session policies ---- */

enum fg_rc
api_policy_arns(struct api_call *c, const struct api_arg *arg, struct api_issue *w)
{
	struct fg_str *v;

	if (arg->n == 0)
		return FG_OK;
	v = FG_NEW_N(c->arena, struct fg_str, arg->n);
	if (v == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "api.policies", NULL, "arena");
	for (size_t i = 0; i < arg->n; i++) {
		v[i] = api_member(arg, i, 0)->s;
		for (size_t k = 0; k < i; k++) {
			if (fg_eq(v[k], v[i]))
				return api_refuse(c, API_F_INVALID_VALUE, "api.policies.repeat",
				    "A policy ARN stands twice");
		}
	}
	w->policy_arn = v;
	w->n_policy_arn = arg->n;
	return FG_OK;
}

static enum fg_rc
inline_check(struct api_call *c, struct fg_str document)
{
	struct trust_fault fault = { 0 };
	enum fg_rc rc = trust_check(document, TRUST_SESSION, FG_LIMIT_SESSION_POLICY_CHARS, &fault, NULL);

	if (rc == FG_OK && api_policy(c->w->policies, document, TRUST_SESSION) != NULL)
		return FG_OK;
	if (rc == FG_OK || rc == FG_E_NOMEM) /* what was checked compiles, but for memory */
		return fg_fail(&c->err, FG_E_NOMEM, "api.policies", NULL, "a session policy");
	return api_refuse(c, API_F_MALFORMED_POLICY, "api.policies.inline",
	    "The policy is not in the valid JSON format or is not valid: %s at line %u, column %u",
	    fault.detail, fault.line, fault.column);
}

static enum fg_rc
managed_find(struct api_call *c, struct fg_str text, struct fg_str account,
    struct cred_managed *ret)
{
	const struct directory_policy *p = directory_policy_find(api_directory(c), text);
	struct api_arn arn;

	if (!api_arn_read(text, &arn) || !fg_eq(arn.service, FG_LIT("iam")) ||
	    !fg_starts(arn.resource, FG_LIT("policy/")))
		return api_refuse(c, API_F_VALIDATION, "api.policies.arn", "ARN %.*s is not valid.",
		    FG_PRI(text));
	if (!fg_eq(arn.account, account) && !fg_eq(arn.account, FG_LIT("aws")))
		return api_refuse(c, API_F_VALIDATION, "api.policies.account",
		    "Managed session policies must be of the account of the role");
	if (p == NULL || p->quarantined || p->document == NULL ||
	    directory_program(p->document) == NULL)
		return api_refuse(c, API_F_VALIDATION, "api.policies.absent",
		    "Policy %.*s does not exist or is not attachable.", FG_PRI(text));
	ret->arn = text;
	ret->version = fg_arena_fmt(c->arena, "v%lld", (long long)p->version);
	if (fg_str_null(ret->version))
		return fg_fail(&c->err, FG_E_NOMEM, "api.policies", NULL, "arena");
	return FG_OK;
}

enum fg_rc
api_session_policies(struct api_call *c, const struct api_issue *w, struct fg_str account,
    struct cred_session *s)
{
	if (!fg_str_null(w->policy)) {
		FG_TRY(inline_check(c, w->policy));
		s->policy = w->policy;
	}
	if (w->n_policy_arn > CRED_MANAGED_MAX)
		return api_refuse(c, API_F_VALIDATION, "api.policies.count",
		    "A session may have 10 managed policies");
	for (size_t i = 0; i < w->n_policy_arn; i++)
		FG_TRY(managed_find(c, w->policy_arn[i], account, &s->managed[i]));
	s->managed_n = w->n_policy_arn;
	return FG_OK;
}
