/* gateway/ops/record.c - one decision as one line, in CloudTrail's record shape. */
#include "gateway/ops/ops_int.h"

#include <stdio.h>

#define AGENT_MAX 256 /* bytes of the user agent that are kept */

static const char *const who_names[AUDIT_WHO_MAX] = {
	[AUDIT_WHO_UNKNOWN] = "Unknown",
	[AUDIT_WHO_WEB] = "WebIdentityUser",
	[AUDIT_WHO_SAML] = "SAMLUser",
	[AUDIT_WHO_USER] = "IAMUser",
	[AUDIT_WHO_ROLE] = "AssumedRole",
	[AUDIT_WHO_FEDERATED] = "FederatedUser",
	[AUDIT_WHO_ROOT] = "Root",
	[AUDIT_WHO_SERVICE] = "AWSService",
	[AUDIT_WHO_OPERATOR] = "Operator",
};

struct param_rule {
	const char *name;
	enum audit_class class;
	unsigned flags;
};

static const struct param_rule params[AUDIT_P_MAX] = {
#define PARAM(id, name, class, flags) [AUDIT_P_##id] = { name, class, flags },
	AUDIT_PARAMS(PARAM)
#undef PARAM
};

static void
open_object(struct fg_buf *b, const char *name)
{
	ops_name(b, name);
	fg_buf_putc(b, '{');
}

static void
close_object(struct fg_buf *b)
{
	fg_buf_putc(b, '}');
}

static void
number(struct fg_buf *b, const char *name, uint64_t v)
{
	ops_name(b, name);
	fg_buf_u64(b, v);
}

static void
flag(struct fg_buf *b, const char *name, bool v)
{
	ops_name(b, name);
	fg_buf_put(b, v ? FG_LIT("true") : FG_LIT("false"));
}

static void
session_context(struct fg_buf *b, const struct audit_identity *who)
{
	if (fg_str_null(who->issuer_arn) && fg_str_null(who->source_identity) && who->created == 0)
		return;
	open_object(b, "sessionContext");
	if (!fg_str_null(who->issuer_arn)) {
		open_object(b, "sessionIssuer");
		ops_field(b, "type", AUDIT_C_NAME,
		    who->type == AUDIT_WHO_FEDERATED ? FG_LIT("IAMUser") : FG_LIT("Role"));
		ops_field(b, "principalId", AUDIT_C_ID, who->issuer_id);
		ops_field(b, "arn", AUDIT_C_ARN, who->issuer_arn);
		ops_field(b, "accountId", AUDIT_C_ID, who->issuer_account);
		ops_field(b, "userName", AUDIT_C_NAME, who->issuer_name);
		close_object(b);
	}
	open_object(b, "attributes");
	ops_time_field(b, "creationDate", who->created);
	ops_field(b, "mfaAuthenticated", AUDIT_C_NAME, who->mfa ? FG_LIT("true") : FG_LIT("false"));
	close_object(b);
	ops_field(b, "sourceIdentity", AUDIT_C_NAME, who->source_identity);
	close_object(b);
}

static void
identity(struct fg_buf *b, const struct audit_identity *who)
{
	const char *type = (unsigned)who->type < AUDIT_WHO_MAX ? who_names[who->type] : "Unknown";

	open_object(b, "userIdentity");
	ops_field(b, "type", AUDIT_C_NAME, fg_str_z(type));
	ops_field(b, "principalId", AUDIT_C_TEXT, who->principal_id);
	ops_field(b, "arn", AUDIT_C_ARN, who->arn);
	ops_field(b, "accountId", AUDIT_C_ID, who->account);
	ops_field(b, "accessKeyId", AUDIT_C_ID, who->access_key_id);
	ops_field(b, "userName", AUDIT_C_SUBJECT, who->user_name);
	ops_field(b, "identityProvider", AUDIT_C_ARN, who->identity_provider);
	session_context(b, who);
	close_object(b);
}

static bool
named_before(const struct audit_param *p, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (p[k].name == p[i].name && !fg_str_null(p[k].value))
			return true;
	return false;
}

static void
many(struct fg_buf *b, const struct audit_param *p, size_t n, size_t first)
{
	ops_name(b, params[p[first].name].name);
	fg_buf_putc(b, '[');
	for (size_t i = first; i < n; i++)
		if (p[i].name == p[first].name && !fg_str_null(p[i].value)) {
			ops_name(b, NULL);
			ops_put_value(b, params[p[i].name].class, p[i].value);
		}
	fg_buf_putc(b, ']');
}

/* The values; a name that may stand once keeps its first value. */
static void
parameters(struct fg_buf *b, const char *name, const struct audit_param *p, size_t n)
{
	ops_name(b, name);
	if (n == 0) {
		fg_buf_put(b, FG_LIT("null"));
		return;
	}
	fg_buf_putc(b, '{');
	for (size_t i = 0; i < n; i++) {
		if ((unsigned)p[i].name >= AUDIT_P_MAX || p[i].name == AUDIT_P_NONE ||
		    fg_str_null(p[i].value) || named_before(p, i))
			continue;
		if ((params[p[i].name].flags & AUDIT_MANY) != 0)
			many(b, p, n, i);
		else
			ops_field(b, params[p[i].name].name, params[p[i].name].class, p[i].value);
	}
	fg_buf_putc(b, '}');
}

static void
minted(struct fg_buf *b, const struct audit_minted *m)
{
	bool federated = fg_find(m->arn, ':') < m->arn.n && !fg_str_null(m->role_id) &&
	    memmem(m->arn.p, m->arn.n, ":federated-user/", 16) != NULL;
	bool saml = !fg_str_null(m->subject_type);

	open_object(b, "responseElements");
	open_object(b, "credentials");
	ops_field(b, "accessKeyId", AUDIT_C_ID, m->access_key_id);
	ops_time_field(b, "expiration", m->expires);
	close_object(b);
	if (!fg_str_null(m->arn)) {
		open_object(b, federated ? "federatedUser" : "assumedRoleUser");
		ops_field(b, federated ? "federatedUserId" : "assumedRoleId", AUDIT_C_TEXT, m->role_id);
		ops_field(b, "arn", AUDIT_C_ARN, m->arn);
		close_object(b);
	}
	ops_field(b, saml ? "subject" : "subjectFromWebIdentityToken", AUDIT_C_SUBJECT, m->subject);
	ops_field(b, "subjectType", AUDIT_C_NAME, m->subject_type);
	ops_field(b, "issuer", AUDIT_C_URL, m->issuer);
	ops_field(b, "audience", AUDIT_C_URL, m->audience);
	ops_field(b, "provider", AUDIT_C_ARN, m->provider);
	ops_field(b, "sourceIdentity", AUDIT_C_NAME, m->source_identity);
	if (m->packed_policy_size > 0)
		number(b, "packedPolicySize", m->packed_policy_size);
	close_object(b);
}

static void
response(struct fg_buf *b, const struct audit_record *r, bool whole)
{
	if (r->minted.expires != 0)
		minted(b, &r->minted);
	else
		parameters(b, "responseElements", r->result, whole ? r->n_result : 0);
}

static void
resources(struct fg_buf *b, const struct audit_record *r)
{
	if (fg_str_null(r->resource_arn))
		return;
	ops_name(b, "resources");
	fg_buf_put(b, FG_LIT("[{"));
	ops_field(b, "ARN", AUDIT_C_ARN, r->resource_arn);
	ops_field(b, "accountId", AUDIT_C_ID, r->resource_account);
	ops_field(b, "type", AUDIT_C_TEXT, r->resource_type);
	fg_buf_put(b, FG_LIT("}]"));
}

static void
tls(struct fg_buf *b, const struct audit_record *r)
{
	if (fg_str_null(r->tls_version))
		return;
	open_object(b, "tlsDetails");
	ops_field(b, "tlsVersion", AUDIT_C_NAME, r->tls_version);
	ops_field(b, "cipherSuite", AUDIT_C_NAME, r->tls_cipher);
	ops_field(b, "clientProvidedHostHeader", AUDIT_C_URL, r->host);
	close_object(b);
}

static void
origin(struct fg_buf *b, const struct audit_origin *o)
{
	if (fg_str_null(o->method))
		return;
	open_object(b, "origin");
	ops_field(b, "method", AUDIT_C_NAME, o->method);
	ops_field(b, "provider", AUDIT_C_ARN, o->provider);
	ops_field(b, "issuer", AUDIT_C_URL, o->issuer);
	ops_field(b, "subject", AUDIT_C_SUBJECT, o->subject);
	ops_time_field(b, "time", o->time);
	close_object(b);
}

static void
decided(struct fg_buf *b, const struct audit_decided *d)
{
	if (fg_str_null(d->layer))
		return;
	open_object(b, "decidedBy");
	ops_field(b, "layer", AUDIT_C_NAME, d->layer);
	ops_field(b, "policy", AUDIT_C_ARN, d->policy);
	if (d->statement >= 0)
		number(b, "statement", (uint64_t)d->statement);
	ops_field(b, "sid", AUDIT_C_NAME, d->sid);
	close_object(b);
}

static void
reason(struct fg_buf *b, const struct fg_err *e)
{
	if (e == NULL || e->rc == FG_OK)
		return;
	open_object(b, "reason");
	ops_field(b, "code", AUDIT_C_NAME, fg_str_z(fg_rc_label(e->rc)));
	ops_field(b, "step", AUDIT_C_NAME, fg_str_z(e->step));
	ops_field(b, "ref", AUDIT_C_TEXT, fg_str_z(e->ref));
	ops_field(b, "detail", AUDIT_C_TEXT, fg_str(e->text, strnlen(e->text, sizeof(e->text))));
	close_object(b);
}

/* What only fedgate knows, and the place in the chain; stays open for the MAC. */
/* A statement's part in a denial. */
static void
why(struct fg_buf *b, const struct audit_why *w)
{
	fg_buf_put(b, FG_LIT("{\"layer\":"));
	fg_buf_json_str(b, w->layer);
	fg_buf_fmt(b, ",\"policy\":%d,\"statement\":%d", w->policy, w->statement);
	ops_field(b, "name", AUDIT_C_ARN, w->name);
	ops_field(b, "sid", AUDIT_C_NAME, w->sid);
	ops_field(b, "element", AUDIT_C_NAME, w->element);
	ops_field(b, "key", AUDIT_C_SUBJECT, w->key);
	ops_field(b, "operator", AUDIT_C_SUBJECT, w->operator);
	ops_field(b, "expected", AUDIT_C_TEXT, w->expected);
	ops_field(b, "actual", AUDIT_C_TEXT, w->actual);
	fg_buf_putc(b, '}');
}

static void
whys(struct fg_buf *b, const struct audit_why *w, size_t n)
{
	if (n == 0)
		return;
	ops_name(b, "reasons");
	fg_buf_putc(b, '[');
	for (size_t i = 0; i < n && i < AUDIT_WHY_MAX; i++) {
		if (i > 0)
			fg_buf_putc(b, ',');
		why(b, &w[i]);
	}
	fg_buf_putc(b, ']');
}

static void
legacy(struct fg_buf *b, const struct fg_str *v, size_t n)
{
	if (n == 0)
		return;
	ops_name(b, "legacy");
	fg_buf_putc(b, '[');
	for (size_t i = 0; i < n; i++) {
		ops_name(b, NULL);
		ops_put_value(b, AUDIT_C_NAME, v[i]);
	}
	fg_buf_putc(b, ']');
}

static void
additional(struct fg_buf *b, const struct audit_record *r, const struct ops_place *at)
{
	char key[9];

	open_object(b, "additionalEventData");
	ops_field(b, "issuer", AUDIT_C_URL, r->issuer);
	ops_field(b, "subject", AUDIT_C_SUBJECT, r->subject);
	ops_field(b, "session", AUDIT_C_NAME, r->minted.session);
	origin(b, &r->origin);
	decided(b, &r->decided);
	legacy(b, r->legacy, r->n_legacy);
	reason(b, r->reason);
	whys(b, r->why, r->n_why);
	if (at->key != 0) {
		(void)snprintf(key, sizeof(key), "%08x", at->key);
		ops_field(b, "key", AUDIT_C_NAME, fg_str_z(key));
	}
	ops_hex_field(b, "chain", at->chain, AUDIT_CHAIN_ID);
	number(b, "seq", at->seq);
	ops_hex_field(b, "prev", at->prev, AUDIT_HASH);
}

/* Unique and repeatable: the chain's first eight bytes and the number, as a UUID of version 8. */
static void
event_id(struct fg_buf *b, const struct ops_place *at)
{
	uint8_t id[16];

	memcpy(id, at->chain, 8);
	for (size_t i = 0; i < 8; i++)
		id[8 + i] = (uint8_t)(at->seq >> (8 * (7 - i)));
	id[6] = (uint8_t)((id[6] & 0x0f) | 0x80);
	id[8] = (uint8_t)((id[8] & 0x3f) | 0x80);
	ops_name(b, "eventID");
	fg_buf_putc(b, '"');
	for (size_t i = 0; i < sizeof(id); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			fg_buf_putc(b, '-');
		fg_buf_hex(b, fg_str(&id[i], 1));
	}
	fg_buf_putc(b, '"');
}

static void
address(struct fg_buf *b, const struct fg_ip *ip)
{
	ops_name(b, "sourceIPAddress");
	fg_buf_putc(b, '"');
	if (ip == NULL)
		fg_buf_put(b, FG_LIT("fedgate.internal"));
	else
		fg_buf_ip(b, ip);
	fg_buf_putc(b, '"');
}

static void
agent(struct fg_buf *b, struct fg_str v)
{
	size_t n = v.n < AGENT_MAX ? v.n : AGENT_MAX;

	/* not in the middle of a character */
	while (n < v.n && n > 0 && (v.p[n] & 0xc0) == 0x80)
		n--;
	ops_field(b, "userAgent", AUDIT_C_TEXT, fg_sub(v, 0, n));
}

static void
record(struct fg_buf *b, const struct audit_record *r, const struct ops_place *at, bool whole)
{
	fg_buf_put(b, FG_LIT("{\"eventVersion\":\"1.10\""));
	identity(b, &r->who);
	ops_time_field(b, "eventTime", r->time);
	ops_field(b, "eventSource", AUDIT_C_URL, r->source);
	ops_field(b, "eventName", AUDIT_C_NAME, r->name);
	ops_field(b, "awsRegion", AUDIT_C_NAME, fg_str_null(r->region) ? FG_LIT("us-east-1") : r->region);
	address(b, r->from);
	if (whole)
		agent(b, r->user_agent);
	ops_field(b, "errorCode", AUDIT_C_NAME, r->error_code);
	ops_field(b, "errorMessage", AUDIT_C_TEXT, r->error_message);
	parameters(b, "requestParameters", r->param, whole ? r->n_param : 0);
	response(b, r, whole);
	ops_field(b, "requestID", AUDIT_C_NAME, r->request_id);
	event_id(b, at);
	flag(b, "readOnly", r->read_only);
	resources(b, r);
	ops_field(b, "eventType", AUDIT_C_NAME, FG_LIT("AwsApiCall"));
	flag(b, "managementEvent", true);
	ops_field(b, "recipientAccountId", AUDIT_C_ID, r->recipient_account);
	ops_field(b, "eventCategory", AUDIT_C_NAME, FG_LIT("Management"));
	tls(b, r);
	if (!whole)
		flag(b, "omitted", true);
	additional(b, r, at);
}

enum fg_rc
ops_record(struct fg_buf *b, const struct audit_record *r, const struct ops_place *at)
{
	struct fg_str line;

	fg_buf_reset(b);
	record(b, r, at, true);
	if (b->bad == FG_E_LIMIT || b->n + OPS_MAC_TAIL > b->cap) {
		fg_buf_reset(b);
		record(b, r, at, false);
	}
	return fg_buf_end(b, &line);
}
