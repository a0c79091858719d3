/*
 * The content of a session token: a strict TLV form with one spelling per session (rule 8).
 *
 *   form(1) { tag(1) length(2) value }*   tags ascending; a list repeats its tag
 */
#include "gateway/cred/cred_int.h"

#define SESSION_FORM 1

enum tag {
	T_KIND = 1,
	T_ISSUED,
	T_EXPIRES,
	T_ACCOUNT,
	T_PRINCIPAL,
	T_NAME,
	T_ID,
	T_POLICY,
	T_MANAGED, /* version v8, arn */
	T_TAG,     /* flags(1) key v16, value */
	T_SOURCE,
	T_METHOD,
	T_PROVIDER,
	T_ISSUER,
	T_SUBJECT,
	T_ORIGIN,
	T_MFA,
	T_CARRIED,  /* key v16, value */
	T_ANCESTOR, /* id(16) issued(8) principal */
	T_LINK,     /* which ancestor(1), ARN of the provider; ascending */
	T_MAX,
};

/* ---- rules ---- */

static bool
digits(struct fg_str s, size_t n)
{
	for (size_t i = 0; i < s.n; i++)
		if (!fg_digit(s.p[i]))
			return false;
	return s.n == n;
}

/* [\w+=,.@-], ASCII */
static const unsigned char name_char[256] = { ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1, ['0' ... '9'] = 1,
	['_'] = 1, ['+'] = 1, ['='] = 1, [','] = 1, ['.'] = 1, ['@'] = 1, ['-'] = 1 };

static bool
name_ok(struct fg_str s, size_t min, size_t max)
{
	return s.n >= min && s.n <= max && fg_all(s, name_char, 1);
}

static bool
text_ok(struct fg_str s, size_t min, size_t max)
{
	return s.n >= min && s.n <= max && fg_utf8_ok(s);
}

static bool
principal_ok(const struct cred_session *s)
{
	switch (s->kind) {
	case CRED_KIND_ROLE:
		return cred_uid_read(s->principal) == CRED_UID_ROLE && name_ok(s->name, 2, 64);
	case CRED_KIND_FEDERATED:
		return cred_uid_read(s->principal) == CRED_UID_USER && name_ok(s->name, 2, 32);
	case CRED_KIND_USER:
		return cred_uid_read(s->principal) == CRED_UID_USER && s->name.n == 0;
	case CRED_KIND_ROOT:
		return fg_eq(s->principal, s->account) && s->name.n == 0;
	case CRED_KIND_NONE:
	case CRED_KIND_MAX:
		break;
	}
	return false;
}

static bool
origin_ok(const struct cred_session *s)
{
	if (s->method <= CRED_METHOD_NONE || s->method >= CRED_METHOD_MAX || s->origin <= 0 ||
	    s->origin > s->issued + FG_LIMIT_SKEW_S || !text_ok(s->subject, 1, 2048))
		return false;
	if (s->method == CRED_METHOD_KEY || s->method == CRED_METHOD_WEB)
		return text_ok(s->provider, 0, 2048) && text_ok(s->issuer, 0, 2048);
	return text_ok(s->provider, 20, 2048) && text_ok(s->issuer, 1, 2048);
}

static bool
lists_ok(const struct cred_session *s)
{
	if (s->managed_n > CRED_MANAGED_MAX || s->tags_n > CRED_TAGS_MAX ||
	    s->carried_n > CRED_CARRIED_MAX)
		return false;
	for (size_t i = 0; i < s->managed_n; i++)
		if (!text_ok(s->managed[i].arn, 20, 2048) || !text_ok(s->managed[i].version, 1, 32))
			return false;
	for (size_t i = 0; i < s->tags_n; i++) /* 128 and 256 characters of up to 4 bytes */
		if (!text_ok(s->tags[i].key, 1, 512) || !text_ok(s->tags[i].value, 0, 1024))
			return false;
	for (size_t i = 0; i < s->carried_n; i++)
		if (!text_ok(s->carried[i].key, 3, 2048) || !text_ok(s->carried[i].value, 0, 2048))
			return false;
	return true;
}

static bool
ancestor_ok(const struct cred_ancestor *a, fg_time last)
{
	return name_ok(a->principal, CRED_ACCOUNT_CHARS, CRED_UID_CHARS) && a->issued > 0 &&
	    a->issued <= last && (a->link.n == 0 || text_ok(a->link, 20, 2048));
}

static bool
chain_ok(const struct cred_session *s)
{
	if (s->chain_n > CRED_CHAIN_MAX)
		return false;
	for (size_t i = 0; i < s->chain_n; i++)
		if (!ancestor_ok(&s->chain[i], s->issued + FG_LIMIT_SKEW_S))
			return false;
	return true;
}

enum fg_rc
session_check(const struct cred_session *s, enum fg_rc rc, struct fg_err *reterr)
{
	if (!digits(s->account, CRED_ACCOUNT_CHARS))
		return fg_fail(reterr, rc, "cred.session.account", NULL, "not 12 digits");
	if (!principal_ok(s))
		return fg_fail(reterr, rc, "cred.session.principal", NULL,
		    "kind, unique id and name do not go together");
	if (s->issued <= 0 || s->expires <= s->issued || s->expires > FG_LIMIT_TIME_MAX ||
	    s->expires - s->issued > FG_LIMIT_SESSION_MAX_S)
		return fg_fail(reterr, rc, "cred.session.times", NULL, "times are not valid");
	if (!fg_str_null(s->policy) && !text_ok(s->policy, 1, SESSION_PLAIN_MAX * 8))
		return fg_fail(reterr, rc, "cred.session.policy", NULL, "policy text is not valid");
	if (!fg_str_null(s->source_identity) && !name_ok(s->source_identity, 2, 64))
		return fg_fail(reterr, rc, "cred.session.source", NULL, "source identity");
	if (!origin_ok(s))
		return fg_fail(reterr, rc, "cred.session.origin", NULL, "origin is not complete");
	if (!lists_ok(s))
		return fg_fail(reterr, rc, "cred.session.lists", NULL,
		    "policies, tags or carried keys are out of bounds");
	if (!chain_ok(s))
		return fg_fail(reterr, rc, "cred.session.chain", NULL, "chain is out of bounds");
	if (s->mfa < 0 || s->mfa > s->issued + FG_LIMIT_SKEW_S)
		return fg_fail(reterr, rc, "cred.session.mfa", NULL, "MFA time is not valid");
	return FG_OK;
}

/* ---- writing ---- */

static void
put(struct fg_buf *b, enum tag t, struct fg_str v)
{
	fg_buf_be8(b, (uint8_t)t);
	fg_buf_v16(b, v);
}

static void
put_some(struct fg_buf *b, enum tag t, struct fg_str v)
{
	if (v.n != 0)
		put(b, t, v);
}

static void
put_u8(struct fg_buf *b, enum tag t, unsigned v)
{
	fg_buf_be8(b, (uint8_t)t);
	fg_buf_be16(b, 1);
	fg_buf_be8(b, (uint8_t)v);
}

static void
put_time(struct fg_buf *b, enum tag t, fg_time v)
{
	fg_buf_be8(b, (uint8_t)t);
	fg_buf_be16(b, 8);
	fg_buf_be64(b, (uint64_t)v);
}

static void
put_len(struct fg_buf *b, enum tag t, size_t n)
{
	fg_buf_be8(b, (uint8_t)t);
	if (n > UINT16_MAX)
		b->bad = FG_E_LIMIT;
	fg_buf_be16(b, (uint16_t)n);
}

static void
put_policies(const struct cred_session *s, struct fg_buf *b)
{
	put_some(b, T_POLICY, s->policy);
	for (size_t i = 0; i < s->managed_n; i++) {
		put_len(b, T_MANAGED, 1 + s->managed[i].version.n + s->managed[i].arn.n);
		fg_buf_v8(b, s->managed[i].version);
		fg_buf_put(b, s->managed[i].arn);
	}
}

static void
put_tags(const struct cred_session *s, struct fg_buf *b)
{
	for (size_t i = 0; i < s->tags_n; i++) {
		put_len(b, T_TAG, 3 + s->tags[i].key.n + s->tags[i].value.n);
		fg_buf_be8(b, s->tags[i].transitive ? 1 : 0);
		fg_buf_v16(b, s->tags[i].key);
		fg_buf_put(b, s->tags[i].value);
	}
}

static void
put_chain(const struct cred_session *s, struct fg_buf *b)
{
	for (size_t i = 0; i < s->carried_n; i++) {
		put_len(b, T_CARRIED, 2 + s->carried[i].key.n + s->carried[i].value.n);
		fg_buf_v16(b, s->carried[i].key);
		fg_buf_put(b, s->carried[i].value);
	}
	for (size_t i = 0; i < s->chain_n; i++) {
		put_len(b, T_ANCESTOR, CRED_SESSION_ID_BYTES + 8 + s->chain[i].principal.n);
		fg_buf_put(b, fg_str(s->chain[i].session_id, CRED_SESSION_ID_BYTES));
		fg_buf_be64(b, (uint64_t)s->chain[i].issued);
		fg_buf_put(b, s->chain[i].principal);
	}
	for (size_t i = 0; i < s->chain_n; i++) {
		if (s->chain[i].link.n == 0)
			continue;
		put_len(b, T_LINK, 1 + s->chain[i].link.n);
		fg_buf_be8(b, (uint8_t)i);
		fg_buf_put(b, s->chain[i].link);
	}
}

void
session_put(const struct cred_session *s, struct fg_buf *b)
{
	fg_buf_be8(b, SESSION_FORM);
	put_u8(b, T_KIND, s->kind);
	put_time(b, T_ISSUED, s->issued);
	put_time(b, T_EXPIRES, s->expires);
	put(b, T_ACCOUNT, s->account);
	put(b, T_PRINCIPAL, s->principal);
	put_some(b, T_NAME, s->name);
	put(b, T_ID, fg_str(s->session_id, CRED_SESSION_ID_BYTES));
	put_policies(s, b);
	put_tags(s, b);
	put_some(b, T_SOURCE, s->source_identity);
	put_u8(b, T_METHOD, s->method);
	put_some(b, T_PROVIDER, s->provider);
	put_some(b, T_ISSUER, s->issuer);
	put(b, T_SUBJECT, s->subject);
	put_time(b, T_ORIGIN, s->origin);
	if (s->mfa != 0)
		put_time(b, T_MFA, s->mfa);
	put_chain(s, b);
}

static size_t
some(struct fg_str v)
{
	return v.n == 0 ? 0 : 3 + v.n;
}

/* Bytes that session_put writes: known before anything is written. */
size_t
session_size(const struct cred_session *s, size_t *ret_policies, size_t *ret_tags)
{
	size_t policies = some(s->policy), tags = 0;
	size_t n = 1 + 2 * 4 + 3 * 11 + 3 + s->account.n + 3 + s->principal.n + some(s->name) + 3 +
	    CRED_SESSION_ID_BYTES + some(s->source_identity) + some(s->provider) + some(s->issuer) +
	    3 + s->subject.n + (s->mfa != 0 ? 11 : 0);

	for (size_t i = 0; i < s->managed_n; i++)
		policies += 4 + s->managed[i].version.n + s->managed[i].arn.n;
	for (size_t i = 0; i < s->tags_n; i++)
		tags += 6 + s->tags[i].key.n + s->tags[i].value.n;
	for (size_t i = 0; i < s->carried_n; i++)
		n += 5 + s->carried[i].key.n + s->carried[i].value.n;
	for (size_t i = 0; i < s->chain_n; i++)
		n += 3 + CRED_SESSION_ID_BYTES + 8 + s->chain[i].principal.n +
		    (s->chain[i].link.n == 0 ? 0 : 4 + s->chain[i].link.n);
	*ret_policies = policies;
	*ret_tags = tags;
	return n + policies + tags;
}

/* ---- reading ---- */

typedef void (*field_fn)(struct fg_cur *c, struct cred_session *s);

static void
get_kind(struct fg_cur *c, struct cred_session *s)
{
	s->kind = (enum cred_kind)fg_cur_u8(c);
}

static void
get_method(struct fg_cur *c, struct cred_session *s)
{
	s->method = (enum cred_method)fg_cur_u8(c);
}

static void
get_id(struct fg_cur *c, struct cred_session *s)
{
	struct fg_str id = fg_cur_take(c, CRED_SESSION_ID_BYTES);

	if (id.n == CRED_SESSION_ID_BYTES)
		memcpy(s->session_id, id.p, id.n);
}

static void
get_managed(struct fg_cur *c, struct cred_session *s)
{
	struct cred_managed *m = &s->managed[s->managed_n++];

	m->version = fg_cur_v8(c);
	m->arn = fg_cur_rest(c);
}

static void
get_tag(struct fg_cur *c, struct cred_session *s)
{
	struct cred_tag *t = &s->tags[s->tags_n++];
	uint8_t flags = fg_cur_u8(c);

	if (flags > 1)
		c->bad = true;
	t->transitive = flags == 1;
	t->key = fg_cur_v16(c);
	t->value = fg_cur_rest(c);
}

static void
get_carried(struct fg_cur *c, struct cred_session *s)
{
	struct cred_carried *k = &s->carried[s->carried_n++];

	k->key = fg_cur_v16(c);
	k->value = fg_cur_rest(c);
}

static void
get_ancestor(struct fg_cur *c, struct cred_session *s)
{
	struct cred_ancestor *a = &s->chain[s->chain_n++];
	struct fg_str id = fg_cur_take(c, CRED_SESSION_ID_BYTES);

	if (id.n == CRED_SESSION_ID_BYTES)
		memcpy(a->session_id, id.p, id.n);
	a->issued = (fg_time)fg_cur_u64(c);
	a->principal = fg_cur_rest(c);
}

/* Ancestors stand before; none that stands behind the named one may have a link already. */
static void
get_link(struct fg_cur *c, struct cred_session *s)
{
	size_t at = fg_cur_u8(c);

	for (size_t i = at; i < s->chain_n; i++)
		if (s->chain[i].link.n != 0)
			c->bad = true;
	if (at >= s->chain_n || c->n == 0)
		c->bad = true;
	else
		s->chain[at].link = fg_cur_rest(c);
}

/* Exactly one way to read each tag; what is not in the table refuses. */
struct field {
	field_fn get;   /* NULL: a string or a time at off */
	size_t off;
	unsigned max;   /* how often it may come */
	bool must, time;
};

#define STRING(f, m) { NULL, offsetof(struct cred_session, f), 1, m, false }
#define TIME(f, m) { NULL, offsetof(struct cred_session, f), 1, m, true }
static const struct field fields[T_MAX] = {
	[T_KIND] = { get_kind, 0, 1, true, false },
	[T_ISSUED] = TIME(issued, true),
	[T_EXPIRES] = TIME(expires, true),
	[T_ACCOUNT] = STRING(account, true),
	[T_PRINCIPAL] = STRING(principal, true),
	[T_NAME] = STRING(name, false),
	[T_ID] = { get_id, 0, 1, true, false },
	[T_POLICY] = STRING(policy, false),
	[T_MANAGED] = { get_managed, 0, CRED_MANAGED_MAX, false, false },
	[T_TAG] = { get_tag, 0, CRED_TAGS_MAX, false, false },
	[T_SOURCE] = STRING(source_identity, false),
	[T_METHOD] = { get_method, 0, 1, true, false },
	[T_PROVIDER] = STRING(provider, false),
	[T_ISSUER] = STRING(issuer, false),
	[T_SUBJECT] = STRING(subject, true),
	[T_ORIGIN] = TIME(origin, true),
	[T_MFA] = TIME(mfa, false),
	[T_CARRIED] = { get_carried, 0, CRED_CARRIED_MAX, false, false },
	[T_ANCESTOR] = { get_ancestor, 0, CRED_CHAIN_MAX, false, false },
	[T_LINK] = { get_link, 0, CRED_CHAIN_MAX, false, false },
};

static void
get_plain(const struct field *f, struct fg_cur *c, struct cred_session *s)
{
	char *at = (char *)s + f->off;

	if (f->time) {
		uint64_t v = fg_cur_u64(c);

		if (v == 0 || v > FG_LIMIT_TIME_MAX)
			c->bad = true;
		else
			*(fg_time *)(void *)at = (fg_time)v;
		return;
	}
	if (c->n == 0) /* an absent string is left out, never written empty */
		c->bad = true;
	*(struct fg_str *)(void *)at = fg_cur_rest(c);
}

static bool
get_field(uint8_t tag, struct fg_str value, unsigned times, struct cred_session *s)
{
	struct fg_cur c = fg_cur(value);
	const struct field *f;

	if (tag == 0 || tag >= T_MAX || times > fields[tag].max)
		return false;
	f = &fields[tag];
	if (f->get != NULL)
		f->get(&c, s);
	else
		get_plain(f, &c, s);
	return fg_cur_done(&c);
}

static bool
complete(const unsigned *seen)
{
	for (size_t t = 1; t < T_MAX; t++)
		if (fields[t].must && seen[t] == 0)
			return false;
	return true;
}

enum fg_rc
session_parse(struct fg_str in, struct cred_session *ret, struct fg_err *reterr)
{
	struct fg_cur c = fg_cur(in);
	unsigned seen[T_MAX] = { 0 };
	uint8_t last = 0;

	memset(ret, 0, sizeof(*ret));
	if (fg_cur_u8(&c) != SESSION_FORM)
		return fg_fail(reterr, FG_E_CREDENTIAL, "cred.session.form", NULL, "unknown form");
	while (!c.bad && c.n != 0) {
		uint8_t tag = fg_cur_u8(&c);
		struct fg_str value = fg_cur_v16(&c);

		if (c.bad || tag < last || tag >= T_MAX || !get_field(tag, value, ++seen[tag], ret))
			return fg_fail(reterr, FG_E_CREDENTIAL, "cred.session.field", NULL,
			    "field %u is unknown, out of order or not well formed", tag);
		last = tag;
	}
	if (!fg_cur_done(&c) || !complete(seen))
		return fg_fail(reterr, FG_E_CREDENTIAL, "cred.session.complete", NULL,
		    "fields are missing");
	return session_check(ret, FG_E_CREDENTIAL, reterr);
}
