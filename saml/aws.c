/*
 * saml/aws.c - the AWS attributes: Role pairs, session name, tags, duration, source identity.
 */
#include "saml/saml_int.h"

#define AWS "https://aws.amazon.com/SAML/Attributes/"

enum { TAG_KEY_MAX = 128, TAG_VALUE_MAX = 256, DURATION_MIN = 900, DURATION_MAX = 43200 };

/* The one value of a single attribute (saml_read saw to it); null when absent. */
static struct fg_str
one(const struct saml_facts *f, struct fg_str name)
{
	const struct saml_attribute *at = saml_attribute_find(f, name);

	return at == NULL || at->n_values != 1 ? FG_STR_NULL : at->value[0];
}

/* ---- Role ---- */

/* "arn:<partition>:iam::<12 digits>:<kind>/..." */
static bool
is_arn(struct fg_str s, struct fg_str kind)
{
	struct fg_str head, rest = s;
	static const struct fg_str want[] = { FG_LIT("arn"), FG_STR_NULL, FG_LIT("iam"), FG_LIT("") };

	for (size_t i = 0; i < FG_COUNT(want); i++) {
		if (!fg_cut(rest, ':', &head, &rest))
			return false;
		if (fg_str_null(want[i]) ? head.n == 0 : !fg_eq(head, want[i]))
			return false;
	}
	if (!fg_cut(rest, ':', &head, &rest) || head.n != 12)
		return false;
	for (size_t i = 0; i < head.n; i++) {
		if (!fg_digit(head.p[i]))
			return false;
	}
	return fg_starts(rest, kind) && rest.n > kind.n;
}

/* A role's name may hold commas: the one that divides is followed by an ARN. */
static bool
split_pair(struct fg_str value, struct fg_str *x, struct fg_str *y)
{
	unsigned n = 0;

	for (size_t i = 0; i < value.n; i++) {
		struct fg_str after = fg_trim(fg_sub(value, i + 1, value.n));

		if (value.p[i] != ',' || !fg_starts(after, FG_LIT("arn:")))
			continue;
		*x = fg_sub(value, 0, i);
		*y = after;
		n++;
	}
	return n == 1;
}

static bool
read_pair(struct fg_str value, struct saml_pair *ret)
{
	struct fg_str x, y;

	if (!split_pair(value, &x, &y))
		return false;
	x = fg_trim(x);
	if (is_arn(x, FG_LIT("role/")) && is_arn(y, FG_LIT("saml-provider/")))
		*ret = (struct saml_pair){ x, y };
	else if (is_arn(y, FG_LIT("role/")) && is_arn(x, FG_LIT("saml-provider/")))
		*ret = (struct saml_pair){ y, x };
	else
		return false;
	return true;
}

static enum fg_rc
read_roles(struct fg_arena *a, const struct saml_facts *f, struct saml_aws *ret,
    struct fg_err *reterr)
{
	const struct saml_attribute *at = saml_attribute_find(f, FG_LIT(AWS "Role"));
	struct saml_pair *v;

	if (at == NULL || at->n_values == 0)
		return saml_refuse(reterr, "saml.aws.role", "no Role attribute");
	if ((v = FG_NEW_N(a, struct saml_pair, at->n_values)) == NULL)
		return saml_no_memory(reterr);
	for (size_t i = 0; i < at->n_values; i++) {
		if (!read_pair(at->value[i], &v[i]))
			return saml_refuse(reterr, "saml.aws.role", "value %zu is %.*s", i + 1,
			    FG_PRI(at->value[i]));
	}
	ret->pair = v;
	ret->n_pairs = at->n_values;
	return FG_OK;
}

bool
saml_aws_has(const struct saml_aws *aws, struct fg_str role, struct fg_str provider)
{
	for (size_t i = 0; i < aws->n_pairs; i++) {
		if (fg_eq(aws->pair[i].role, role) && fg_eq(aws->pair[i].provider, provider))
			return true;
	}
	return false;
}

/* ---- session ---- */

/* 2..64 of [A-Za-z0-9_+=,.@-] */
static bool
name_ok(struct fg_str s)
{
	if (s.n < 2 || s.n > 64)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!fg_digit(c) && (fg_lower(c) < 'a' || fg_lower(c) > 'z') &&
		    (c == '\0' || strchr("_+=,.@-", c) == NULL))
			return false;
	}
	return true;
}

static enum fg_rc
read_session(const struct saml_facts *f, struct saml_aws *ret, struct fg_err *reterr)
{
	struct fg_str duration = one(f, FG_LIT(AWS "SessionDuration"));
	uint64_t seconds = 0;

	ret->session_name = one(f, FG_LIT(AWS "RoleSessionName"));
	if (fg_str_null(ret->session_name))
		return saml_refuse(reterr, "saml.aws.session-name-missing", "no RoleSessionName");
	if (!name_ok(ret->session_name))
		return saml_refuse(reterr, "saml.aws.session-name", "RoleSessionName is %.*s",
		    FG_PRI(ret->session_name));
	ret->source_identity = one(f, FG_LIT(AWS "SourceIdentity"));
	if (!fg_str_null(ret->source_identity) && (!name_ok(ret->source_identity) ||
	    fg_starts_icase(ret->source_identity, FG_LIT("aws:"))))
		return saml_refuse(reterr, "saml.aws.source-identity", "SourceIdentity is %.*s",
		    FG_PRI(ret->source_identity));
	if (!fg_str_null(duration) && (!fg_u64(fg_trim(duration), &seconds) ||
	    seconds < DURATION_MIN || seconds > DURATION_MAX))
		return saml_refuse(reterr, "saml.aws.session-duration", "SessionDuration is %.*s",
		    FG_PRI(duration));
	ret->session_duration_s = (uint32_t)seconds;
	return FG_OK;
}

fg_time
saml_session_end(const struct saml_facts *f, const struct saml_aws *aws, fg_time now,
    uint32_t asked_s)
{
	fg_time end = now + asked_s;

	if (aws->session_duration_s != 0 && aws->session_duration_s < asked_s)
		end = now + aws->session_duration_s;
	if (f->session_not_on_or_after != 0 && f->session_not_on_or_after < end)
		end = f->session_not_on_or_after;
	return end;
}

/* ---- tags ---- */

static enum fg_rc
add_tag(const struct saml_attribute *at, struct saml_tag *v, size_t *n, struct fg_err *reterr)
{
	struct fg_str key = fg_sub(at->name, sizeof(AWS "PrincipalTag:") - 1, at->name.n);

	if (*n == FG_LIMIT_SAML_TAGS)
		return saml_refuse(reterr, "saml.aws.tag", "more than %d tags", FG_LIMIT_SAML_TAGS);
	/* lengths in bytes here; the mint counts characters and checks the alphabet */
	if (key.n == 0 || key.n > (size_t)TAG_KEY_MAX * 4 ||
	    at->value[0].n > (size_t)TAG_VALUE_MAX * 4 || fg_starts_icase(key, FG_LIT("aws:")))
		return saml_refuse(reterr, "saml.aws.tag", "tag %.*s", FG_PRI(key));
	for (size_t i = 0; i < *n; i++) {
		if (fg_eq_icase(v[i].key, key))
			return saml_refuse(reterr, "saml.aws.tag", "tag %.*s differs from another by case",
			    FG_PRI(key));
	}
	v[(*n)++] = (struct saml_tag){ key, at->value[0], false };
	return FG_OK;
}

static enum fg_rc
mark_transitive(const struct saml_facts *f, struct saml_tag *v, size_t n, struct saml_aws *ret,
    struct fg_err *reterr)
{
	const struct saml_attribute *at = saml_attribute_find(f, FG_LIT(AWS "TransitiveTagKeys"));

	for (size_t i = 0; at != NULL && i < at->n_values; i++) {
		size_t k = 0;

		while (k < n && !fg_eq_icase(v[k].key, at->value[i]))
			k++;
		if (k == n)
			return saml_refuse(reterr, "saml.aws.transitive", "%.*s is not a tag",
			    FG_PRI(at->value[i]));
		v[k].transitive = true;
	}
	ret->transitive = at == NULL ? NULL : at->value;
	ret->n_transitive = at == NULL ? 0 : at->n_values;
	return FG_OK;
}

static enum fg_rc
read_tags(struct fg_arena *a, const struct saml_facts *f, struct saml_aws *ret,
    struct fg_err *reterr)
{
	struct saml_tag *v = FG_NEW_N(a, struct saml_tag, FG_LIMIT_SAML_TAGS);
	size_t n = 0;

	if (v == NULL)
		return saml_no_memory(reterr);
	for (size_t i = 0; i < f->n_attributes; i++) {
		if (fg_starts(f->attribute[i].name, FG_LIT(AWS "PrincipalTag:")))
			FG_TRY(add_tag(&f->attribute[i], v, &n, reterr));
	}
	FG_TRY(mark_transitive(f, v, n, ret, reterr));
	ret->tag = v;
	ret->n_tags = n;
	return FG_OK;
}

enum fg_rc
saml_aws_read(struct fg_arena *a, const struct saml_facts *f, struct saml_aws *ret,
    struct fg_err *reterr)
{
	struct saml_aws aws = { .n_pairs = 0 };

	FG_TRY(read_roles(a, f, &aws, reterr));
	FG_TRY(read_session(f, &aws, reterr));
	FG_TRY(read_tags(a, f, &aws, reterr));
	*ret = aws;
	return FG_OK;
}
