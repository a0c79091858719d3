/*
 * gateway/iam/query_tag.c - tags.
 */
#include "gateway/iam/query_int.h"

enum { TAGS_MAX = 50 };

/* ---- the store's list with a change ---- */

static bool
in_request(const struct api_arg *v, struct fg_str key)
{
	for (size_t i = 0; i < v->n; i++) {
		if (fg_eq_icase(api_member(v, i, 0)->s, key))
			return true;
	}
	return false;
}

/* What stays of the old list, then what is new. */
enum fg_rc
iam_tags_change(struct iam_op *op, struct fg_str old, struct fg_str *ret)
{
	struct api_call *c = op->c;
	const struct api_arg *tags = iam_arg(c, "Tags");
	const struct api_arg *gone = tags != NULL ? tags : iam_arg(c, "TagKeys");
	struct fg_buf b = FG_BUF_ARENA(c->arena, FG_LIMIT_BUNDLE_LIST_BYTES);
	struct fg_str key, value;

	while (store_list_next(&old, &key) && store_list_next(&old, &value)) {
		if (in_request(gone, key))
			continue;
		store_list_put(&b, key);
		store_list_put(&b, value);
	}
	fg_buf_put(&b, op->extra);
	if (fg_buf_end(&b, ret) != FG_OK)
		return fg_fail(&c->err, FG_E_NOMEM, "iam.tags", NULL, "arena");
	if (fg_str_null(*ret))
		*ret = FG_LIT("");
	if (store_list_count(*ret) > (size_t)2 * TAGS_MAX)
		return api_refuse(c, API_F_LIMIT_EXCEEDED, "iam.tags.limit",
		    "The number of tags has reached the maximum limit.");
	return FG_OK;
}

/* ---- what has tags, by the parameter that names it ---- */

static const struct tagged {
	struct fg_str param;
	enum store_kind kind;
	size_t tags; /* offset in the row's struct */
	bool by_arn; /* its key; else the unique id */
} tagged[] = {
	{ { "UserName", 8 }, STORE_USER, offsetof(struct store_user, tags), false },
	{ { "RoleName", 8 }, STORE_ROLE, offsetof(struct store_role, tags), false },
	{ { "InstanceProfileName", 19 }, STORE_PROFILE, offsetof(struct store_profile, tags), false },
	{ { "PolicyArn", 9 }, STORE_POLICY, offsetof(struct store_policy, tags), false },
	{ { "OpenIDConnectProviderArn", 24 }, STORE_OIDC, offsetof(struct store_oidc, tags), true },
	{ { "SAMLProviderArn", 15 }, STORE_SAML, offsetof(struct store_saml, tags), true },
};

static const struct tagged *
tagged_of(const struct api_call *c)
{
	for (size_t i = 0; i < FG_COUNT(tagged); i++) {
		if (fg_eq(c->action->param[0].name, tagged[i].param))
			return &tagged[i];
	}
	return NULL;
}

static enum fg_rc
target(struct api_call *c, bool write, struct iam_target *ret)
{
	const struct tagged *k = tagged_of(c);
	const struct directory_policy *p;

	if (k != NULL && k->kind == STORE_POLICY)
		return write ? iam_own_policy_target(c, ret, &p) : iam_policy_target(c, ret, &p);
	if (k != NULL && k->kind == STORE_OIDC)
		return iam_oidc_target(c, ret);
	if (k != NULL && k->kind == STORE_SAML)
		return iam_saml_target(c, ret);
	return iam_target(c, ret);
}

/* Account and key lead the structs of all these kinds. */
union row {
	struct store_user user;
	struct store_role role;
	struct store_profile profile;
	struct store_policy policy;
	struct store_oidc oidc;
	struct store_saml saml;
};

static enum fg_rc
change(struct iam_op *op)
{
	const struct tagged *k = tagged_of(op->c);
	union row row;
	struct fg_str *tags = (struct fg_str *)(void *)((char *)&row + k->tags);
	enum fg_rc rc;

	memset(&row, 0, sizeof(row));
	row.user.account = op->t.account;
	row.user.uid = k->by_arn ? op->t.arn : op->t.uid;
	rc = iam_row(op, k->kind, &row);
	if (rc == FG_E_NOT_FOUND)
		return api_refuse(op->c, API_F_NO_SUCH_ENTITY, "iam.tags.no-such", "%.*s cannot be found.",
		    FG_PRI(op->t.arn));
	FG_TRY(rc);
	FG_TRY(iam_tags_change(op, *tags, tags));
	return store_update(op->tx, k->kind, &row, &op->c->err);
}

enum fg_rc
iam_tag_array(struct api_call *c, struct fg_str list, const struct directory_tag **ret, size_t *ret_n)
{
	size_t n = store_list_count(list) / 2;
	struct directory_tag *v = FG_NEW_N(c->arena, struct directory_tag, n + 1);

	if (v == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "iam.tags", NULL, "arena");
	for (size_t i = 0; i < n; i++) {
		if (!store_list_next(&list, &v[i].key) || !store_list_next(&list, &v[i].value))
			return fg_fail(&c->err, FG_E_INTERNAL, "iam.tags", NULL, "not a list");
	}
	*ret = v;
	*ret_n = n;
	return FG_OK;
}

/* ---- actions ---- */

enum fg_rc
iam_run_tag(struct api_call *c)
{
	struct iam_target t;
	struct fg_str tags;

	FG_TRY(target(c, true, &t));
	FG_TRY(iam_tags(c, &tags));
	return iam_write(c, &t, FG_STR_NULL, tags, change);
}

enum fg_rc
iam_run_untag(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(target(c, true, &t));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, change);
}

static struct fg_str
tag_value(const struct iam_target *t, struct fg_str key)
{
	for (size_t i = 0; i < t->ntags; i++) {
		if (fg_eq(t->tags[i].key, key))
			return t->tags[i].value;
	}
	return FG_LIT("");
}

void
iam_xml_tag_page(struct api_call *c, const struct iam_target *t)
{
	struct iam_page page = iam_page(c);
	struct fg_str at = page.after;

	api_xml_open(&c->xml, FG_LIT("Tags"));
	while (iam_next(t->ntags == 0 ? NULL : &t->tags[0].key, t->ntags, sizeof(t->tags[0]), &at) &&
	    iam_page_take(&page, at)) {
		api_xml_open(&c->xml, FG_LIT("member"));
		api_xml_str(&c->xml, FG_LIT("Key"), at);
		api_xml_str(&c->xml, FG_LIT("Value"), tag_value(t, at));
		api_xml_close(&c->xml, FG_LIT("member"));
	}
	api_xml_close(&c->xml, FG_LIT("Tags"));
	iam_page_end(c, &page);
}

enum fg_rc
iam_run_list_tags(struct api_call *c)
{
	struct iam_target t;

	FG_TRY(target(c, false, &t));
	iam_xml_tag_page(c, &t);
	return FG_OK;
}
