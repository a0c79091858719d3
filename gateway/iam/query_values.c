/*
 * gateway/iam/query_values.c - documents, tags, boundaries and pages of the IAM API.
 */
#include "gateway/iam/bundle_int.h"
#include "gateway/iam/query_int.h"

/* ---- documents ---- */

size_t
iam_document_size(struct fg_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		bool white = s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\r' || s.p[i] == '\n';

		n += !white && ((unsigned char)s.p[i] & 0xc0) != 0x80;
	}
	return n;
}

/* Errors have refused the document; warnings are for the audit record. */
static void
found(void *arg, const struct trust_finding *f)
{
	struct api_call *c = arg;
	struct fg_str text = FG_STR_NULL;

	if (f->severity == TRUST_WARNING && c->story.n_param < API_STORY_PARAMS)
		text = fg_arena_fmt(c->arena, "%s: %s", f->id, f->message);
	if (!fg_str_null(text))
		c->story.param[c->story.n_param++] = (struct audit_param){ AUDIT_P_FINDING, text };
}

static enum fg_rc
warnings(struct api_call *c, struct fg_str document, enum trust_kind kind)
{
	const struct trust_lint how = { .kind = kind, .account = c->caller.who.account };

	return trust_lint(document, &how, found, c, &c->err);
}

enum fg_rc
iam_document(struct api_call *c, struct fg_str document, enum trust_kind kind, size_t max)
{
	struct trust_fault fault = { .rule = NULL };
	struct fg_err err = { 0 };

	if (iam_document_size(document) > max)
		return api_refuse(c, API_F_LIMIT_EXCEEDED, "iam.document.size",
		    "Cannot exceed quota for %s: %zu",
		    kind == TRUST_ROLE ? "ACLSizePerRole" : "PolicySize", max);
	if (trust_check(document, kind, max, &fault, &err) == FG_OK)
		return warnings(c, document, kind);
	if (err.rc == FG_E_NOMEM)
		return fg_fail(&c->err, err.rc, "iam.document", NULL, "%s", err.text);
	if (fault.rule == NULL)
		return api_refuse(c, API_F_MALFORMED_POLICY, "iam.document", "%s", err.text);
	return api_refuse(c, API_F_MALFORMED_POLICY, "iam.document", "%s%s%s (%s)", fault.pointer,
	    fault.pointer[0] == '\0' ? "" : ": ", fault.detail, fault.rule);
}

/* Here, other than in a bundle, a principal that does not exist is a mistake. */
static enum fg_rc
principals_check(struct api_call *c, struct fg_str bindings)
{
	struct fg_str list = bindings, text, to;

	while (store_list_next(&list, &text) && store_list_next(&list, &to)) {
		if (to.n == 0)
			return api_refuse(c, API_F_MALFORMED_POLICY, "iam.trust.principal",
			    "Invalid principal in policy: \"AWS\":\"%.*s\"", FG_PRI(text));
	}
	return FG_OK;
}

enum fg_rc
iam_trust(struct api_call *c, struct fg_str account, struct fg_str document,
    struct fg_str *ret_bindings)
{
	const struct directory_binder b = directory_binder(iam_dir(c));
	struct fg_buf out = FG_BUF_ARENA(c->arena, FG_LIMIT_BUNDLE_LIST_BYTES);
	struct fg_err err = { 0 };

	FG_TRY(iam_document(c, document, TRUST_ROLE, 4096));
	if (directory_bindings(&b, account, document, &out, &err) != FG_OK && err.rc == FG_E_NOMEM)
		return fg_fail(&c->err, err.rc, "iam.trust", NULL, "%s", err.text);
	if (err.rc != FG_OK)
		return api_refuse(c, API_F_MALFORMED_POLICY, "iam.trust", "%s", err.text);
	if (fg_buf_end(&out, ret_bindings) != FG_OK)
		return fg_fail(&c->err, FG_E_NOMEM, "iam.trust", NULL, "arena");
	if (fg_str_null(*ret_bindings))
		*ret_bindings = FG_LIT("");
	return principals_check(c, *ret_bindings);
}

/* ---- tags ---- */

static enum fg_rc
tag_check(struct api_call *c, const struct api_arg *tags, size_t i)
{
	struct fg_str key = api_member(tags, i, 0)->s, value = api_member(tags, i, 1)->s;

	if (fg_starts_icase(key, FG_LIT("aws:")))
		return api_refuse(c, API_F_INVALID_INPUT, "iam.tags.reserved",
		    "Tag keys that start with aws: are reserved.");
	if (!bn_tag_ok(key, 1, 128) || !bn_tag_ok(value, 0, 256))
		return api_refuse(c, API_F_INVALID_INPUT, "iam.tags.value", "A tag is not valid.");
	for (size_t k = 0; k < i; k++) {
		if (fg_eq_icase(api_member(tags, k, 0)->s, key))
			return api_refuse(c, API_F_INVALID_INPUT, "iam.tags.twice",
			    "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
	}
	return FG_OK;
}

enum fg_rc
iam_tags(struct api_call *c, struct fg_str *ret)
{
	const struct api_arg *tags = iam_arg(c, "Tags");
	struct fg_buf b = FG_BUF_ARENA(c->arena, FG_LIMIT_BUNDLE_LIST_BYTES);

	*ret = FG_LIT("");
	if (tags == NULL || tags->n == 0)
		return FG_OK;
	for (size_t i = 0; i < tags->n; i++) {
		FG_TRY(tag_check(c, tags, i));
		store_list_put(&b, api_member(tags, i, 0)->s);
		store_list_put(&b, api_member(tags, i, 1)->s);
	}
	return fg_buf_end(&b, ret) == FG_OK ? FG_OK
					    : fg_fail(&c->err, FG_E_NOMEM, "iam.tags", NULL, "arena");
}

/* ---- managed policies as values ---- */

enum fg_rc
iam_policy_arn(struct api_call *c, struct fg_str arn, const struct directory_policy **ret)
{
	const struct directory_policy *p = directory_policy_find(iam_dir(c), arn);
	struct api_arn parts;

	if (!api_arn_read(arn, &parts) || !fg_eq(parts.service, FG_LIT("iam")) ||
	    !fg_starts(parts.resource, FG_LIT("policy/")))
		return api_refuse(c, API_F_INVALID_INPUT, "iam.policy.arn", "ARN %.*s is not valid.",
		    FG_PRI(arn));
	if (p == NULL || (!fg_eq(p->account, FG_LIT("aws")) &&
	                     !fg_eq(p->account, c->caller.who.account)))
		return api_refuse(c, API_F_NO_SUCH_ENTITY, "iam.policy",
		    "Policy %.*s does not exist or is not attachable.", FG_PRI(arn));
	*ret = p;
	return FG_OK;
}

enum fg_rc
iam_boundary(struct api_call *c, struct fg_str *ret)
{
	const struct directory_policy *p;

	*ret = iam_str_or(c, "PermissionsBoundary", FG_LIT(""));
	return ret->n == 0 ? FG_OK : iam_policy_arn(c, *ret, &p);
}

/* ---- pages ---- */

struct iam_page
iam_page(const struct api_call *c)
{
	return (struct iam_page){ .after = iam_str_or(c, "Marker", FG_LIT("")),
		.prefix = iam_str_or(c, "PathPrefix", FG_LIT("/")),
		.most = (size_t)iam_int_or(c, "MaxItems", 100) };
}

bool
iam_page_take(struct iam_page *p, struct fg_str name)
{
	if (p->n == p->most) {
		p->more = true;
		return false;
	}
	p->n++;
	p->last = name;
	return true;
}

void
iam_page_end(struct api_call *c, struct iam_page *p)
{
	api_xml_bool(&c->xml, FG_LIT("IsTruncated"), p->more);
	if (p->more)
		api_xml_str(&c->xml, FG_LIT("Marker"), p->last);
}

struct iam_lists
iam_lists(const struct api_call *c)
{
	struct iam_lists l = { .page = iam_page(c) };
	struct fg_str list, rest;
	uint64_t n;

	if (fg_cut(l.page.after, '/', &list, &rest) && fg_u64(list, &n) && n < UINT32_MAX) {
		l.from = (unsigned)n;
		l.after = rest;
	}
	return l;
}

bool
iam_lists_begin(struct iam_lists *l, unsigned list, struct fg_str *ret_after)
{
	l->list = list;
	*ret_after = list == l->from && !fg_str_null(l->after) ? l->after : FG_LIT("");
	return !l->page.more && list >= l->from;
}

bool
iam_lists_take(struct iam_lists *l, struct fg_str name)
{
	if (!iam_page_take(&l->page, name))
		return false;
	l->last = l->list;
	return true;
}

enum fg_rc
iam_lists_end(struct api_call *c, struct iam_lists *l)
{
	if (l->page.more)
		l->page.last = fg_arena_fmt(c->arena, "%u/%.*s", l->last, FG_PRI(l->page.last));
	if (fg_str_null(l->page.last) && l->page.more)
		return fg_fail(&c->err, FG_E_NOMEM, "iam.page", NULL, "arena");
	iam_page_end(c, &l->page);
	return FG_OK;
}

bool
iam_next(const struct fg_str *v, size_t n, size_t stride, struct fg_str *at)
{
	const char *base = (const char *)v;
	const struct fg_str *best = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct fg_str *s = (const struct fg_str *)(const void *)(base + i * stride);

		if (fg_cmp(*s, *at) > 0 && (best == NULL || fg_cmp(*s, *best) < 0))
			best = s;
	}
	if (best == NULL)
		return false;
	*at = *best;
	return true;
}

/* ---- XML ---- */

void
iam_xml_document(struct api_call *c, struct fg_str name, struct fg_str document)
{
	api_xml_open(&c->xml, name);
	fg_buf_uri(&c->xml, document); /* RFC 3986: what is left needs no escaping in XML */
	api_xml_close(&c->xml, name);
}

void
iam_xml_boundary(struct fg_buf *b, struct fg_str arn)
{
	if (arn.n == 0)
		return;
	api_xml_open(b, FG_LIT("PermissionsBoundary"));
	api_xml_str(b, FG_LIT("PermissionsBoundaryType"), FG_LIT("Policy"));
	api_xml_str(b, FG_LIT("PermissionsBoundaryArn"), arn);
	api_xml_close(b, FG_LIT("PermissionsBoundary"));
}

static void
tag_put(struct fg_buf *b, struct fg_str key, struct fg_str value)
{
	api_xml_open(b, FG_LIT("member"));
	api_xml_str(b, FG_LIT("Key"), key);
	api_xml_str(b, FG_LIT("Value"), value);
	api_xml_close(b, FG_LIT("member"));
}

void
iam_xml_tags(struct fg_buf *b, const struct directory_tag *v, size_t n)
{
	if (n == 0)
		return;
	api_xml_open(b, FG_LIT("Tags"));
	for (size_t i = 0; i < n; i++)
		tag_put(b, v[i].key, v[i].value);
	api_xml_close(b, FG_LIT("Tags"));
}

void
iam_xml_tag_list(struct fg_buf *b, struct fg_str list)
{
	struct fg_str key, value;

	if (list.n == 0)
		return;
	api_xml_open(b, FG_LIT("Tags"));
	while (store_list_next(&list, &key) && store_list_next(&list, &value))
		tag_put(b, key, value);
	api_xml_close(b, FG_LIT("Tags"));
}

void
iam_xml_name(struct fg_buf *b, const struct iam_target *t)
{
	static const struct fg_str suffix[] = { { "Name", 4 }, { "Id", 2 } };
	char name[32];

	for (size_t i = 0; i < FG_COUNT(suffix); i++) {
		memcpy(name, t->k->word.p, t->k->word.n);
		memcpy(name + t->k->word.n, suffix[i].p, suffix[i].n);
		api_xml_str(b, fg_str(name, t->k->word.n + suffix[i].n), i == 0 ? t->name : t->uid);
	}
}

void
iam_xml_entity_head(struct fg_buf *b, const struct iam_target *t)
{
	api_xml_str(b, FG_LIT("Path"), t->path);
	iam_xml_name(b, t);
	api_xml_str(b, FG_LIT("Arn"), t->arn);
	api_xml_time(b, FG_LIT("CreateDate"), t->created);
}
