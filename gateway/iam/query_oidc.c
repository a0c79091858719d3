/*
 * gateway/iam/query_oidc.c - OpenID Connect providers of the IAM API.
 */
#include "gateway/iam/bundle_int.h"
#include "gateway/iam/query_int.h"

enum { CLIENTS_MAX = 100, SCHEME = 8 };

static enum fg_rc
no_provider(struct api_call *c, struct fg_str arn)
{
	return api_refuse(c, API_F_NO_SUCH_ENTITY, "iam.oidc.no-such",
	    "OpenIDConnect Provider not found for arn %.*s", FG_PRI(arn));
}

/* The provider of this account that the ARN names, with permission. */
static enum fg_rc
provider(struct api_call *c, struct iam_target *ret, const struct directory_oidc **ret_p)
{
	struct fg_str arn = iam_str(c, "OpenIDConnectProviderArn");
	const struct directory_oidc *p = directory_oidc_find(iam_dir(c), arn);
	bool ours = p != NULL && fg_eq(p->account, c->caller.who.account);

	*ret = (struct iam_target){ .account = c->caller.who.account, .arn = arn,
		.boundary = FG_LIT(""), .tags = ours ? p->tags : NULL, .ntags = ours ? p->ntags : 0 };
	FG_TRY(iam_allow(c, ret));
	c->story.resource_type = FG_LIT("AWS::IAM::OIDCProvider");
	if (!ours || p->quarantined)
		return no_provider(c, arn);
	*ret_p = p;
	return FG_OK;
}

static enum fg_rc
provider_row(struct iam_op *op, struct store_oidc *ret)
{
	enum fg_rc rc;

	*ret = (struct store_oidc){ .account = op->t.account, .arn = op->t.arn };
	rc = iam_row(op, STORE_OIDC, ret);
	if (rc == FG_E_NOT_FOUND)
		return no_provider(op->c, op->t.arn);
	return rc;
}

/* A list parameter as the store's list, without what is there twice. */
static enum fg_rc
list_of(struct api_call *c, const char *name, struct fg_str *ret)
{
	const struct api_arg *v = iam_arg(c, name);
	struct fg_buf b = FG_BUF_ARENA(c->arena, FG_LIMIT_BUNDLE_LIST_BYTES);

	for (size_t i = 0; v != NULL && i < v->n; i++) {
		if (!store_list_has(fg_buf_str(&b), api_member(v, i, 0)->s))
			store_list_put(&b, api_member(v, i, 0)->s);
	}
	if (fg_buf_end(&b, ret) != FG_OK)
		return fg_fail(&c->err, FG_E_NOMEM, "iam.oidc", NULL, "arena");
	if (fg_str_null(*ret))
		*ret = FG_LIT("");
	return FG_OK;
}

static enum fg_rc
thumbprints(struct api_call *c, struct fg_str *ret)
{
	const struct api_arg *v = iam_arg(c, "ThumbprintList");

	for (size_t i = 0; v != NULL && i < v->n; i++) {
		if (!bn_thumbprint_ok(api_member(v, i, 0)->s))
			return api_refuse(c, API_F_INVALID_INPUT, "iam.oidc.thumbprint",
			    "Thumbprint must be 40 hexadecimal digits.");
	}
	return list_of(c, "ThumbprintList", ret);
}

enum fg_rc
iam_oidc_target(struct api_call *c, struct iam_target *ret)
{
	const struct directory_oidc *p;

	return provider(c, ret, &p);
}

/* ---- create ---- */

static enum fg_rc
create(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct store_oidc row = { .account = op->t.account, .arn = op->t.arn, .url = iam_str(c, "Url"),
		.algorithms = FG_LIT(""), .jwks = FG_LIT(""), .ca = FG_LIT(""), .tags = op->extra,
		.generation = store_tx_number(op->tx), .created = c->now };
	enum fg_rc rc;

	FG_TRY(list_of(c, "ClientIDList", &row.client_ids));
	FG_TRY(thumbprints(c, &row.thumbprints));
	rc = store_insert(op->tx, STORE_OIDC, &row, &c->err);
	if (rc == FG_E_EXISTS) {
		fg_err_clear(&c->err);
		return api_refuse(c, API_F_ENTITY_EXISTS, "iam.oidc.exists",
		    "Provider with url %.*s already exists.", FG_PRI(row.url));
	}
	FG_TRY(rc);
	api_xml_str(&c->xml, FG_LIT("OpenIDConnectProviderArn"), row.arn);
	iam_xml_tag_list(&c->xml, op->extra);
	api_story_result(c, AUDIT_P_RESULT_ARN, row.arn);
	return FG_OK;
}

enum fg_rc
iam_run_create_oidc(struct api_call *c)
{
	struct fg_str url = iam_str(c, "Url"), tags, bare = fg_sub(url, SCHEME, url.n), unused;
	struct iam_target t = { .account = c->caller.who.account, .boundary = FG_LIT(""), .found = true };
	struct fg_err why = { .rc = FG_OK };

	t.arn = iam_arn(c, t.account, FG_LIT("oidc-provider/"), bare, FG_STR_NULL);
	FG_TRY(iam_allow(c, &t));
	c->story.resource_type = FG_LIT("AWS::IAM::OIDCProvider");
	if (bn_oidc_url_check(url, &why) != FG_OK)
		return api_refuse(c, API_F_INVALID_INPUT, "iam.oidc.url",
		    "Invalid Open ID Connect Provider URL: %s", why.text);
	FG_TRY(thumbprints(c, &unused));
	FG_TRY(iam_tags(c, &tags));
	return iam_write(c, &t, FG_STR_NULL, tags, create);
}

/* ---- read ---- */

static void
strings_xml(struct fg_buf *b, struct fg_str name, const struct fg_str *v, size_t n)
{
	api_xml_open(b, name);
	for (size_t i = 0; i < n; i++)
		api_xml_str(b, FG_LIT("member"), v[i]);
	api_xml_close(b, name);
}

enum fg_rc
iam_run_get_oidc(struct api_call *c)
{
	const struct directory_oidc *p;
	struct iam_target t;

	FG_TRY(provider(c, &t, &p));
	api_xml_str(&c->xml, FG_LIT("Url"), p->key_prefix); /* without the scheme, as AWS */
	strings_xml(&c->xml, FG_LIT("ClientIDList"), p->client_ids, p->nclient_ids);
	strings_xml(&c->xml, FG_LIT("ThumbprintList"), p->thumbprints, p->nthumbprints);
	api_xml_time(&c->xml, FG_LIT("CreateDate"), p->created);
	iam_xml_tags(&c->xml, p->tags, p->ntags);
	return FG_OK;
}

static bool
list_one(void *arg, enum store_kind kind, const void *entity)
{
	struct api_call *c = arg;
	const struct directory_oidc *p = entity;

	(void)kind;
	if (p->quarantined)
		return true;
	api_xml_open(&c->xml, FG_LIT("member"));
	api_xml_str(&c->xml, FG_LIT("Arn"), p->arn);
	api_xml_close(&c->xml, FG_LIT("member"));
	return true;
}

enum fg_rc
iam_run_list_oidc(struct api_call *c)
{
	struct fg_str account = c->caller.who.account;

	FG_TRY(iam_allow_on(c, iam_arn(c, account, FG_LIT("oidc-provider/"), FG_LIT("*"), FG_STR_NULL)));
	api_xml_open(&c->xml, FG_LIT("OpenIDConnectProviderList"));
	FG_TRY(directory_walk(iam_dir(c), STORE_OIDC, account, FG_LIT(""), list_one, c, &c->err));
	api_xml_close(&c->xml, FG_LIT("OpenIDConnectProviderList"));
	return FG_OK;
}

/* ---- change ---- */

static enum fg_rc
drop(struct iam_op *op)
{
	struct store_oidc row;

	FG_TRY(provider_row(op, &row));
	return store_delete(op->tx, STORE_OIDC, &row, &op->c->err);
}

static enum fg_rc
add_client(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct fg_str id = iam_str(c, "ClientID");
	struct fg_buf b = FG_BUF_ARENA(c->arena, FG_LIMIT_BUNDLE_LIST_BYTES);
	struct store_oidc row;

	FG_TRY(provider_row(op, &row));
	if (store_list_has(row.client_ids, id))
		return FG_OK;
	if (store_list_count(row.client_ids) >= CLIENTS_MAX)
		return api_refuse(c, API_F_LIMIT_EXCEEDED, "iam.oidc.clients",
		    "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: %d", CLIENTS_MAX);
	fg_buf_put(&b, row.client_ids);
	store_list_put(&b, id);
	if (fg_buf_end(&b, &row.client_ids) != FG_OK)
		return fg_fail(&c->err, FG_E_NOMEM, "iam.oidc", NULL, "arena");
	return store_update(op->tx, STORE_OIDC, &row, &c->err);
}

static enum fg_rc
remove_client(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct fg_buf b = FG_BUF_ARENA(c->arena, FG_LIMIT_BUNDLE_LIST_BYTES);
	struct store_oidc row;
	struct fg_str list, s;

	FG_TRY(provider_row(op, &row));
	list = row.client_ids;
	while (store_list_next(&list, &s)) {
		if (!fg_eq(s, iam_str(c, "ClientID")))
			store_list_put(&b, s);
	}
	if (fg_buf_end(&b, &row.client_ids) != FG_OK)
		return fg_fail(&c->err, FG_E_NOMEM, "iam.oidc", NULL, "arena");
	if (fg_str_null(row.client_ids))
		row.client_ids = FG_LIT("");
	return store_update(op->tx, STORE_OIDC, &row, &c->err);
}

static enum fg_rc
update_thumbprint(struct iam_op *op)
{
	struct store_oidc row;

	FG_TRY(provider_row(op, &row));
	FG_TRY(thumbprints(op->c, &row.thumbprints));
	row.generation++;
	return store_update(op->tx, STORE_OIDC, &row, &op->c->err);
}

static enum fg_rc
change(struct api_call *c, iam_op_fn fn)
{
	const struct directory_oidc *p;
	struct iam_target t;
	struct fg_str unused;

	FG_TRY(provider(c, &t, &p));
	FG_TRY(thumbprints(c, &unused));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, fn);
}

enum fg_rc
iam_run_delete_oidc(struct api_call *c)
{
	return change(c, drop);
}

enum fg_rc
iam_run_add_client(struct api_call *c)
{
	return change(c, add_client);
}

enum fg_rc
iam_run_remove_client(struct api_call *c)
{
	return change(c, remove_client);
}

enum fg_rc
iam_run_update_thumbprint(struct api_call *c)
{
	return change(c, update_thumbprint);
}
