/*
 * The encoded message of a denial: what decided, sealed, so that only DecodeAuthorizationMessage
 * opens it, and each account reads its own side's statements only.
 *
 * Plain text: caller's account, resource's account, a byte of bits, and pieces of JSON: what both may
 * read, the reasons of the caller's side, those of the resource's side.
 */
#include "gateway/api/api_int.h"

#define OTHER_SIDE                                                                               \
	"{\"layer\":\"resource\",\"detail\":\"denied by the resource account\"}"
#define CALLER_SIDE "{\"layer\":\"identity\",\"detail\":\"denied by the account of the caller\"}"
#define TTL_S 86400

enum { EXPLICIT = 1, DENIES_CALLER = 2, DENIES_RESOURCE = 4 };

static void
str(struct fg_buf *b, const char *name, struct fg_str value)
{
	fg_buf_json_str(b, fg_str_z(name));
	fg_buf_putc(b, ':');
	fg_buf_json_str(b, value);
}

/* {"items":[{"key":"aws:SourceIp","values":{"items":[{"value":"10.0.0.1"}]}},...]} */
static void
conditions(struct fg_buf *b, const struct trust_ctx *ctx)
{
	fg_buf_put(b, FG_LIT("{\"items\":["));
	for (size_t i = 0; i < trust_ctx_count(ctx) && b->n < FG_LIMIT_API_AUTHZ_BYTES / 3; i++) {
		size_t n;
		const struct fg_str *v = trust_ctx_values(ctx, i, &n);

		if (i > 0)
			fg_buf_putc(b, ',');
		fg_buf_putc(b, '{');
		str(b, "key", trust_ctx_key(ctx, i));
		fg_buf_put(b, FG_LIT(",\"values\":{\"items\":["));
		for (size_t k = 0; k < n && b->n < FG_LIMIT_API_AUTHZ_BYTES / 3; k++) {
			fg_buf_put(b, k > 0 ? FG_LIT(",{") : FG_LIT("{"));
			str(b, "value", fg_sub(v[k], 0, 256));
			fg_buf_putc(b, '}');
		}
		fg_buf_put(b, FG_LIT("]}}"));
	}
	fg_buf_put(b, FG_LIT("]}"));
}

static void
shared(struct fg_buf *b, const struct api_call *c, const struct trust_request *r)
{
	fg_buf_put(b, FG_LIT("\"context\":{\"principal\":{"));
	str(b, "id", c->caller.user_id);
	fg_buf_putc(b, ',');
	str(b, "arn", r->caller.arn);
	fg_buf_put(b, FG_LIT("},"));
	str(b, "action", r->action);
	fg_buf_putc(b, ',');
	str(b, "resource", r->resource);
	fg_buf_put(b, FG_LIT(",\"conditions\":"));
	conditions(b, r->ctx);
	fg_buf_putc(b, '}');
}

/* What is to be said. */
struct told {
	struct api_call *c;
	const struct trust_request *r;
	const struct trust_layers *l;
	const struct trust_decision *d;
	const struct trust_reason *v;
	size_t n;
};

static bool
allows(const struct told *t, enum trust_layer layer)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i].layer == layer && t->v[i].element == TRUST_ELEMENT_NONE && !t->v[i].deny)
			return true;
	}
	return false;
}

static bool
forbids(const struct told *t, enum trust_side side)
{
	for (size_t i = 0; i < t->n; i++) {
		if (trust_layer_side(t->v[i].layer) == side && t->v[i].deny &&
		    t->v[i].element == TRUST_ELEMENT_NONE)
			return true;
	}
	return trust_layer_side(t->d->layer) == side;
}

/* Which sides would have to change for the answer to be another one. */
static unsigned
verdict_bits(const struct told *t)
{
	unsigned bits = t->d->verdict == TRUST_DENY_EXPLICIT ? EXPLICIT : 0;
	bool identity = t->r->caller.kind == TRUST_ROOT || allows(t, TRUST_LAYER_IDENTITY);
	bool limits = (t->l->has_boundary && !allows(t, TRUST_LAYER_BOUNDARY)) ||
	    (t->l->has_session && !allows(t, TRUST_LAYER_SESSION));

	if (forbids(t, TRUST_SIDE_CALLER) || !identity || limits)
		bits |= DENIES_CALLER;
	if (forbids(t, TRUST_SIDE_RESOURCE) || !allows(t, TRUST_LAYER_RESOURCE))
		bits |= DENIES_RESOURCE;
	return bits;
}

/* Reasons of one side: matched denials, then what withheld its Allow. */
static void
reasons(struct fg_buf *b, const struct told *t, enum trust_side side, bool match)
{
	const struct trust_reason *v = t->v;
	bool first = true;

	for (size_t i = 0; i < t->n && b->n < FG_LIMIT_API_AUTHZ_BYTES / 4; i++) {
		struct trust_reason one = v[i];

		if (trust_layer_side(v[i].layer) != side ||
		    (v[i].element == TRUST_ELEMENT_NONE) != match)
			continue;
		if (!first)
			fg_buf_putc(b, ',');
		one.of = api_policy_name(t->c, t->r, &(struct api_policy_at){ one.layer, one.level, one.policy });
		trust_reason_json(b, &one);
		first = false;
	}
}

static bool
side_put(struct fg_buf *out, struct fg_arena *a, const struct told *t, enum trust_side side)
{
	for (int match = 1; match >= 0; match--) {
		struct fg_buf b = FG_BUF_ARENA(a, FG_LIMIT_API_AUTHZ_BYTES);
		struct fg_str s;

		reasons(&b, t, side, match == 1);
		if (fg_buf_end(&b, &s) != FG_OK)
			return false;
		fg_buf_v32(out, s);
	}
	return true;
}

static bool
plain(struct fg_buf *out, struct api_call *c, const struct trust_request *r,
    const struct trust_layers *l, const struct trust_decision *d)
{
	struct told t = { .c = c, .r = r, .l = l, .d = d };
	struct fg_buf b = FG_BUF_ARENA(c->arena, FG_LIMIT_API_AUTHZ_BYTES);
	struct fg_err err = { 0 };
	struct fg_str s;

	if (trust_explain(c->arena, r, l, &t.v, &t.n, &err) != FG_OK)
		t.n = 0;
	shared(&b, c, r);
	if (fg_buf_end(&b, &s) != FG_OK)
		return false;
	fg_buf_v8(out, r->caller.account);
	fg_buf_v8(out, r->resource_account);
	fg_buf_be8(out, (uint8_t)verdict_bits(&t));
	fg_buf_v32(out, s);
	return side_put(out, c->arena, &t, TRUST_SIDE_CALLER) &&
	    side_put(out, c->arena, &t, TRUST_SIDE_RESOURCE);
}

struct fg_str
api_authz_message(struct api_call *c, const struct trust_request *r, const struct trust_layers *l,
    const struct trust_decision *d)
{
	struct fg_buf b = FG_BUF_ARENA(c->arena, FG_LIMIT_API_AUTHZ_BYTES);
	struct fg_buf out = FG_BUF_ARENA(c->arena, 2 * FG_LIMIT_API_AUTHZ_BYTES);
	struct fg_err err = { 0 };
	struct fg_str text;

	if (c->w->keys == NULL || !plain(&b, c, r, l, d) || fg_buf_end(&b, &text) != FG_OK)
		return FG_STR_NULL;
	fg_buf_put(&out, FG_LIT(" Encoded authorization failure message: "));
	if (cred_seal(c->w->cred, c->w->keys, CRED_P_AUTHZ, FG_LIT("authz"), text, c->now, TTL_S,
	    &out, &err) != FG_OK || fg_buf_end(&out, &text) != FG_OK)
		return FG_STR_NULL;
	return text;
}

/* ---- reading it ---- */

struct opened {
	struct fg_str caller_account, resource_account, shared;
	struct fg_str matched[2], failed[2]; /* caller's side, resource's side */
	unsigned bits;
};

static bool
opened_read(struct fg_str text, struct opened *o)
{
	struct fg_cur c = fg_cur(text);

	o->caller_account = fg_cur_v8(&c);
	o->resource_account = fg_cur_v8(&c);
	o->bits = fg_cur_u8(&c);
	o->shared = fg_cur_v32(&c);
	for (int i = 0; i < 2; i++) {
		o->matched[i] = fg_cur_v32(&c);
		o->failed[i] = fg_cur_v32(&c);
	}
	return fg_cur_done(&c);
}

/* One list: what is the reader's to read, and that the other side denies as well. */
static void
items(struct fg_buf *b, const struct fg_str v[2], const bool own[2], const char *other)
{
	bool first = true;

	fg_buf_put(b, FG_LIT("{\"items\":["));
	for (int i = 0; i < 2; i++) {
		if (!own[i] || v[i].n == 0)
			continue;
		fg_buf_put(b, first ? FG_LIT("") : FG_LIT(","));
		fg_buf_put(b, v[i]);
		first = false;
	}
	if (other != NULL) {
		fg_buf_put(b, first ? FG_LIT("") : FG_LIT(","));
		fg_buf_put(b, fg_str_z(other));
	}
	fg_buf_put(b, FG_LIT("]}"));
}

static const char *
other_side(const struct opened *o, const bool own[2])
{
	if (!own[0] && (o->bits & DENIES_CALLER))
		return CALLER_SIDE;
	return !own[1] && (o->bits & DENIES_RESOURCE) ? OTHER_SIDE : NULL;
}

enum fg_rc
api_authz_open(struct api_call *c, struct fg_str message, struct fg_str *ret)
{
	struct fg_str mine = c->caller.who.account, text;
	struct fg_buf b = FG_BUF_ARENA(c->arena, 4 * FG_LIMIT_API_AUTHZ_BYTES);
	struct fg_err err = { 0 };
	struct opened o;
	bool own[2]; /* caller's side, resource's side */

	if (c->w->keys == NULL || cred_unseal(c->w->cred, c->w->keys, CRED_P_AUTHZ, FG_LIT("authz"),
	    message, c->now, c->arena, &text, &err) != FG_OK || !opened_read(text, &o))
		return api_refuse_str(c, API_F_AUTHZ_MESSAGE, "api.authz-message",
		    api_fault_row(API_F_AUTHZ_MESSAGE)->text);
	own[0] = fg_eq(mine, o.caller_account);
	own[1] = fg_eq(mine, o.resource_account);
	if (!own[0] && !own[1])
		return api_refuse_str(c, API_F_AUTHZ_MESSAGE, "api.authz-message.account",
		    api_fault_row(API_F_AUTHZ_MESSAGE)->text);
	fg_buf_put(&b, FG_LIT("{\"allowed\":false,\"explicitDeny\":"));
	fg_buf_put(&b, (o.bits & EXPLICIT) ? FG_LIT("true") : FG_LIT("false"));
	fg_buf_put(&b, FG_LIT(",\"matchedStatements\":"));
	items(&b, o.matched, own, NULL);
	fg_buf_put(&b, FG_LIT(",\"failures\":"));
	items(&b, o.failed, own, other_side(&o, own));
	fg_buf_putc(&b, ',');
	fg_buf_put(&b, o.shared);
	fg_buf_putc(&b, '}');
	if (fg_buf_end(&b, ret) != FG_OK)
		return fg_fail(&c->err, FG_E_NOMEM, "api.authz-message", NULL, "arena");
	return FG_OK;
}
