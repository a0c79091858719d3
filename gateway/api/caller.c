/*
 * Who signed: from an access key id to a principal that is alive.
 */
#include <openssl/crypto.h>

#include "base/sha256.h"
#include "gateway/api/api_int.h"

#define OIDC_RESOURCE "oidc-provider/"

static enum fg_rc
no_such_key(struct api_call *c, const char *step, const char *why)
{
	c->fault = API_F_CLIENT_TOKEN;
	return fg_fail(&c->err, FG_E_CREDENTIAL, step, NULL, "%s", why);
}

bool
api_account_usable(const struct api_call *c, struct fg_str account)
{
	const struct directory_account *a = directory_account_find(api_directory(c), account);

	return a != NULL && a->active && !a->quarantined;
}

/* ---- the signature ---- */

enum fg_rc
api_request_of(struct api_call *c, struct sigv4_request *ret)
{
	const struct http_request *r = c->req;
	struct sigv4_header *h = FG_NEW_N(c->arena, struct sigv4_header, r->n_header);

	if (h == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "api.caller", NULL, "arena");
	for (size_t i = 0; i < r->n_header; i++)
		h[i] = (struct sigv4_header){ r->header[i].name, r->header[i].value };
	*ret = (struct sigv4_request){ .method = r->method_text, .path = r->path,
		.query = r->query, .headers = h, .n_headers = r->n_header };
	return FG_OK;
}

static enum fg_rc
scope_check(struct api_call *c)
{
	const struct api_conf *conf = &c->w->env->conf;
	bool known = conf->n_regions == 0;

	if (!fg_eq(c->auth.service, c->service->service))
		return api_refuse(c, API_F_SIGNATURE, "api.scope.service",
		    "Credential should be scoped to correct service: '%.*s'. ",
		    FG_PRI(c->service->service));
	for (size_t i = 0; i < conf->n_regions; i++)
		known = known || fg_eq(c->auth.region, conf->regions[i]);
	if (!known)
		return api_refuse(c, API_F_SIGNATURE, "api.scope.region",
		    "Credential should be scoped to a valid region. ");
	return FG_OK;
}

static enum fg_rc
form_check(struct api_call *c)
{
	if (c->auth.form == SIGV4_NONE)
		return api_refuse_str(c, API_F_NO_TOKEN, "api.unsigned",
		    api_fault_row(API_F_NO_TOKEN)->text);
	if (c->auth.form == SIGV4_QUERY &&
	    (!(c->action->flags & API_PRESIGNED) || c->req->method != HTTP_GET))
		return api_refuse(c, API_F_INCOMPLETE_SIGNATURE, "api.presigned",
		    "%.*s must be signed in the Authorization header", FG_PRI(c->action->name));
	return scope_check(c);
}

static enum fg_rc
signature_check(struct api_call *c, const struct sigv4_request *r, struct fg_str secret)
{
	FG_TRY(sigv4_check_time(&c->auth, c->now, &c->err));
	return sigv4_check(c->w->sigv4, c->arena, r, &c->auth, SIGV4_PATH_RAW, secret, &c->err);
}

/* For last-used: what somebody proved to hold was used, whatever comes of the request. */
static void
used(struct api_call *c, struct directory_marks *m)
{
	directory_used(c->w->env->conf.directory, m, c->now, c->auth.service, c->auth.region);
}

/* ---- long-lived keys ---- */

/* The strings are copied: a call may wait, and the directory's do not. */
static enum fg_rc
user_set(struct api_call *c, const struct directory_user *u)
{
	struct api_caller *k = &c->caller;

	k->user = u;
	k->who = (struct trust_caller){ .kind = TRUST_USER, .arn = fg_arena_dup(c->arena, u->arn),
		.partition = FG_LIT("aws"), .account = fg_arena_dup(c->arena, u->account),
		.uid = fg_arena_dup(c->arena, u->uid), .name = fg_arena_dup(c->arena, u->name) };
	if (fg_str_null(k->who.arn) || fg_str_null(k->who.account) || fg_str_null(k->who.uid) ||
	    fg_str_null(k->who.name))
		return fg_fail(&c->err, FG_E_NOMEM, "api.caller", NULL, "arena");
	k->arn = k->who.arn;
	k->user_id = k->who.uid;
	return FG_OK;
}

/* The key and the user that it speaks for, both alive. */
static enum fg_rc
key_find(struct api_call *c, const struct directory_key **ret, const struct directory_user **ret_user)
{
	const struct directory_key *key = directory_key_find(api_directory(c), c->auth.key_id);
	const struct directory_user *u;

	if (key == NULL)
		return no_such_key(c, "api.key.unknown", "no such access key");
	if (!key->active || key->quarantined)
		return no_such_key(c, "api.key.inactive", "the access key is not active");
	u = directory_user_by_uid(api_directory(c), key->user);
	if (u == NULL || u->quarantined || !fg_eq(u->account, key->account) ||
	    !api_account_usable(c, u->account))
		return no_such_key(c, "api.key.owner", "the key's user or account is not usable");
	if (directory_cut(api_directory(c), key->account, FG_LIT("key"), key->id) >= key->created)
		return no_such_key(c, "api.key.cut", "the access key was cut off");
	*ret = key;
	*ret_user = u;
	return FG_OK;
}

static enum fg_rc
long_lived(struct api_call *c, const struct sigv4_request *r)
{
	const struct directory_key *key;
	const struct directory_user *u;
	struct fg_str secret;

	if (!fg_str_null(c->auth.token))
		return no_such_key(c, "api.key.token", "a long-lived key with a session token");
	FG_TRY(key_find(c, &key, &u));
	FG_TRY(api_secret(c, key, &secret));
	FG_TRY(signature_check(c, r, secret));
	c->caller.key_id = c->auth.key_id;
	used(c, key->used);
	return user_set(c, u);
}

/* ---- sessions ---- */

static bool
cut(const struct api_call *c, struct fg_str account, struct fg_str kind, struct fg_str target,
    fg_time issued)
{
	return directory_cut(api_directory(c), account, kind, target) >= issued;
}

struct fg_str
api_session_hex(struct fg_arena *a, const uint8_t *id)
{
	struct fg_buf b = FG_BUF_ARENA(a, 2 * CRED_SESSION_ID_BYTES + 1);
	struct fg_str s;

	fg_buf_hex(&b, fg_str(id, CRED_SESSION_ID_BYTES));
	return fg_buf_end(&b, &s) == FG_OK ? s : FG_STR_NULL;
}

/* An ancestor that is gone, or was cut off, takes with it what came of it. */
static bool
ancestor_alive(struct api_call *c, const struct cred_ancestor *an)
{
	const struct directory_role *role = directory_role_by_uid(api_directory(c), an->principal);
	const struct directory_user *user = directory_user_by_uid(api_directory(c), an->principal);
	struct fg_str id = api_session_hex(c->arena, an->session_id), account;

	if (fg_str_null(id) || (role == NULL && user == NULL))
		return false;
	account = role != NULL ? role->account : user->account;
	return api_account_usable(c, account) &&
	    !cut(c, account, FG_LIT("session"), id, an->issued) &&
	    !cut(c, account, role != NULL ? FG_LIT("role") : FG_LIT("user"), an->principal,
		an->issued) &&
	    !cut(c, account, FG_LIT("before"), FG_LIT(""), an->issued);
}

/*
 * The provider that took a token of our own issuer, and the subject of that token, are cut off as those
 * of any proof are: what was made of it until then is dead.  Who asked for the token is an ancestor.
 */
static bool
link_alive(struct api_call *c, const struct cred_ancestor *an, fg_time made)
{
	const struct directory_role *role = directory_role_by_uid(api_directory(c), an->principal);
	const struct directory_user *user = directory_user_by_uid(api_directory(c), an->principal);
	struct fg_str subject = role != NULL ? role->arn : user != NULL ? user->arn : FG_STR_NULL;
	struct api_arn arn;

	if (an->link.n == 0)
		return true;
	if (fg_str_null(subject) || !api_arn_read(an->link, &arn) ||
	    !fg_starts(arn.resource, FG_LIT(OIDC_RESOURCE)) ||
	    cut(c, arn.account, FG_LIT("provider"), an->link, made))
		return false;
	subject = fg_arena_fmt(c->arena, "https://%.*s %.*s",
	    FG_PRI(fg_sub(arn.resource, sizeof(OIDC_RESOURCE) - 1, arn.resource.n)), FG_PRI(subject));
	return !fg_str_null(subject) && !cut(c, arn.account, FG_LIT("subject"), subject, made);
}

/* Every session on the way, and what it was handed on by. */
static bool
chain_alive(struct api_call *c, const struct cred_session *s)
{
	for (size_t i = 0; i < s->chain_n; i++) {
		fg_time made = i + 1 < s->chain_n ? s->chain[i + 1].issued : s->issued;

		if (!ancestor_alive(c, &s->chain[i]) || !link_alive(c, &s->chain[i], made))
			return false;
	}
	return true;
}

/*
 * The long-lived key that a chain began with, and its user: what they are cut off by cuts it too.
 * A user that is gone cannot be asked for its cut-offs any more, and a namesake made later has none
 * of them: what it made goes with it.
 */
static bool
key_alive(const struct api_call *c, const struct cred_session *s)
{
	const struct directory_key *key = directory_key_find(api_directory(c), s->issuer);
	const struct directory_user *u = key != NULL
	    ? directory_user_by_uid(api_directory(c), key->user)
	    : directory_user_by_arn(api_directory(c), s->subject);
	struct api_arn arn;

	return u != NULL && (key != NULL || u->created <= s->origin) && api_arn_read(s->subject, &arn) &&
	    api_account_usable(c, arn.account) &&
	    (s->issuer.n == 0 || !cut(c, arn.account, FG_LIT("key"), s->issuer, s->origin)) &&
	    !cut(c, arn.account, FG_LIT("user"), u->uid, s->origin) &&
	    !cut(c, arn.account, FG_LIT("before"), FG_LIT(""), s->origin);
}

static bool
proof_alive(struct api_call *c, const struct cred_session *s)
{
	struct fg_str subject;

	if (s->method == CRED_METHOD_KEY && !key_alive(c, s))
		return false;
	if (fg_str_null(s->provider) || s->provider.n == 0)
		return true;
	subject = fg_arena_fmt(c->arena, "%.*s %.*s", (int)s->issuer.n, s->issuer.p,
	    (int)s->subject.n, s->subject.p);
	return !fg_str_null(subject) &&
	    !cut(c, s->account, FG_LIT("provider"), s->provider, s->origin) &&
	    !cut(c, s->account, FG_LIT("subject"), subject, s->origin);
}

enum fg_rc
api_session_alive(struct api_call *c, const struct cred_session *s)
{
	struct fg_str id = api_session_hex(c->arena, s->session_id);
	struct fg_str kind = s->kind == CRED_KIND_ROLE ? FG_LIT("role") : FG_LIT("user");

	if (fg_str_null(id))
		return fg_fail(&c->err, FG_E_NOMEM, "api.session", NULL, "arena");
	if (!api_account_usable(c, s->account))
		return no_such_key(c, "api.session.account", "the account is not usable");
	if (cut(c, s->account, FG_LIT("session"), id, s->issued) ||
	    cut(c, s->account, kind, s->principal, s->issued) ||
	    cut(c, s->account, FG_LIT("before"), FG_LIT(""), s->issued))
		return no_such_key(c, "api.session.cut", "the session was cut off");
	if (!proof_alive(c, s))
		return no_such_key(c, "api.session.proof", "the session's first proof was cut off");
	if (!chain_alive(c, s))
		return no_such_key(c, "api.session.chain", "what this session came of was cut off");
	return FG_OK;
}

static enum fg_rc
role_session(struct api_call *c, const struct cred_session *s)
{
	const struct directory_role *role = directory_role_by_uid(api_directory(c), s->principal);
	struct api_caller *k = &c->caller;

	if (role == NULL || role->quarantined || !fg_eq(role->account, s->account))
		return no_such_key(c, "api.session.role", "the session's role is not there");
	k->role = role;
	k->arn = fg_arena_fmt(c->arena, "arn:aws:sts::%.*s:assumed-role/%.*s/%.*s",
	    FG_PRI(role->account), FG_PRI(role->name), FG_PRI(s->name));
	k->user_id = fg_arena_fmt(c->arena, "%.*s:%.*s", FG_PRI(role->uid), FG_PRI(s->name));
	if (fg_str_null(k->arn) || fg_str_null(k->user_id))
		return fg_fail(&c->err, FG_E_NOMEM, "api.session", NULL, "arena");
	k->who = (struct trust_caller){ .kind = TRUST_SESSION_OF_ROLE, .arn = k->arn,
		.partition = FG_LIT("aws"), .account = role->account, .uid = role->uid,
		.name = role->name, .session = s->name };
	return FG_OK;
}

static enum fg_rc
user_session(struct api_call *c, const struct cred_session *s)
{
	const struct directory_user *u = directory_user_by_uid(api_directory(c), s->principal);
	struct api_caller *k = &c->caller;

	if (u == NULL || u->quarantined || !fg_eq(u->account, s->account))
		return no_such_key(c, "api.session.user", "the session's user is not there");
	FG_TRY(user_set(c, u));
	if (s->kind == CRED_KIND_USER)
		return FG_OK;
	k->arn = fg_arena_fmt(c->arena, "arn:aws:sts::%.*s:federated-user/%.*s",
	    FG_PRI(u->account), FG_PRI(s->name));
	k->user_id = fg_arena_fmt(c->arena, "%.*s:%.*s", FG_PRI(u->account), FG_PRI(s->name));
	if (fg_str_null(k->arn) || fg_str_null(k->user_id))
		return fg_fail(&c->err, FG_E_NOMEM, "api.session", NULL, "arena");
	k->who.kind = TRUST_FEDERATED_USER;
	k->who.arn = k->arn;
	k->who.name = s->name;
	return FG_OK;
}

static enum fg_rc
root_session(struct api_call *c, const struct cred_session *s)
{
	struct api_caller *k = &c->caller;

	k->arn = fg_arena_fmt(c->arena, "arn:aws:iam::%.*s:root", FG_PRI(s->account));
	if (fg_str_null(k->arn))
		return fg_fail(&c->err, FG_E_NOMEM, "api.session", NULL, "arena");
	k->user_id = s->account;
	k->who = (struct trust_caller){ .kind = TRUST_ROOT, .arn = k->arn,
		.partition = FG_LIT("aws"), .account = s->account };
	return FG_OK;
}

static const struct fg_str methods[CRED_METHOD_MAX] = {
	[CRED_METHOD_KEY] = { "key", 3 },
	[CRED_METHOD_OIDC] = { "oidc", 4 },
	[CRED_METHOD_SAML] = { "saml", 4 },
	[CRED_METHOD_WEB] = { "web", 3 },
};

struct fg_str
api_method_name(enum cred_method m)
{
	return m > CRED_METHOD_NONE && m < CRED_METHOD_MAX ? methods[m] : FG_STR_NULL;
}

static enum fg_rc
session_set(struct api_call *c)
{
	const struct cred_session *s = c->caller.session;

	c->story.origin = (struct audit_origin){ .method = api_method_name(s->method),
		.provider = s->provider, .issuer = s->issuer, .subject = s->subject,
		.time = s->origin };
	FG_TRY(api_session_alive(c, s));
	switch (s->kind) {
	case CRED_KIND_ROLE:
		return role_session(c, s);
	case CRED_KIND_USER:
	case CRED_KIND_FEDERATED:
		return user_session(c, s);
	case CRED_KIND_ROOT:
		return root_session(c, s);
	default:
		return no_such_key(c, "api.session.kind", "a session of no known kind");
	}
}

static enum fg_rc
temporary(struct api_call *c, const struct sigv4_request *r)
{
	struct cred_opened *o = FG_NEW(c->arena, struct cred_opened);

	if (fg_str_null(c->auth.token))
		return no_such_key(c, "api.session.token", "a temporary key without its token");
	if (c->w->keys == NULL)
		return fg_fail(&c->err, FG_E_UNAVAILABLE, "api.keys", NULL, "no epoch keys yet");
	if (o == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "api.session", NULL, "arena");
	FG_TRY(cred_open(c->w->cred, c->w->keys, c->auth.key_id, c->auth.token, c->now, o, &c->err));
	FG_TRY(signature_check(c, r, fg_str_z(o->secret)));
	OPENSSL_cleanse(o->secret, sizeof(o->secret));
	c->caller.temporary = true;
	c->caller.session = &o->session;
	c->caller.key_id = c->auth.key_id;
	c->caller.mfa = o->session.mfa;
	return session_set(c);
}

enum fg_rc
api_caller_read(struct api_call *c)
{
	char account[13];
	struct sigv4_request r;
	enum fg_rc rc;

	FG_TRY(api_request_of(c, &r));
	fg_sha256(&c->req->body, 1, r.body_sha256);
	FG_TRY(sigv4_read(c->arena, &r, &c->auth, &c->err));
	FG_TRY(form_check(c));
	switch (cred_key_id_read(c->auth.key_id, account)) {
	case CRED_KEY_ASIA:
		rc = temporary(c, &r);
		break;
	case CRED_KEY_AKIA:
		rc = long_lived(c, &r);
		break;
	default:
		/* an imported key keeps its id, whatever its layout */
		rc = long_lived(c, &r);
	}
	if (rc != FG_OK)
		c->caller.who.kind = TRUST_NOBODY;
	else if (c->caller.role != NULL)
		used(c, c->caller.role->used);
	else if (c->caller.user != NULL)
		used(c, c->caller.user->used);
	return rc;
}

/*
 * What a user's own session may not do: GetSessionToken's may assume roles, and IAM only with
 * MFA; GetFederationToken's may ask who it is.
 */
enum fg_rc
api_session_kind_check(struct api_call *c)
{
	const struct cred_session *s = c->caller.session;
	bool sts = fg_eq(c->service->service, FG_LIT("sts"));
	struct fg_str name = c->action->name;

	if (s == NULL || (s->kind != CRED_KIND_USER && s->kind != CRED_KIND_FEDERATED) ||
	    (sts && fg_eq(name, FG_LIT("GetCallerIdentity"))))
		return FG_OK;
	if (s->kind == CRED_KIND_USER &&
	    ((sts && fg_eq(name, FG_LIT("AssumeRole"))) ||
		(!sts && (!fg_eq(c->service->service, FG_LIT("iam")) || s->mfa != 0))))
		return FG_OK;
	if (s->kind == CRED_KIND_FEDERATED && !sts && !fg_eq(c->service->service, FG_LIT("iam")))
		return FG_OK;
	return api_refuse(c, API_F_ACCESS_DENIED, "api.session-credentials",
	    "Cannot call %.*s with session credentials", FG_PRI(name));
}

/* All that made the caller one, but for the signature, which does not change. */
enum fg_rc
api_caller_again(struct api_call *c)
{
	const struct directory_key *key;
	const struct directory_user *u;

	if (c->caller.temporary)
		return session_set(c);
	if (c->caller.who.kind != TRUST_USER)
		return FG_OK; /* a proof's provider: its action looks it up itself */
	FG_TRY(key_find(c, &key, &u));
	if (!fg_eq(u->uid, c->caller.who.uid))
		return no_such_key(c, "api.key.owner", "the key is another user's now");
	return user_set(c, u);
}
