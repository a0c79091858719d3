/*
 * gateway/iam/query_saml.c - SAML providers of the IAM API.
 *
 * The metadata is read before it is written, in the process that reads strangers' XML, and kept as
 * it was sent.
 */
#include "gateway/iam/bundle_int.h"
#include "gateway/iam/query_int.h"
#include "gateway/iam/saml_int.h"

static enum fg_rc
no_provider(struct api_call *c, struct fg_str arn)
{
	return api_refuse(c, API_F_NO_SUCH_ENTITY, "iam.saml.no-such",
	    "SAMLProvider %.*s not found.", FG_PRI(arn));
}

static enum fg_rc
provider(struct api_call *c, struct iam_target *ret, const struct directory_saml **ret_p)
{
	struct fg_str arn = iam_str(c, "SAMLProviderArn");
	const struct directory_saml *p = directory_saml_find(iam_dir(c), arn);
	bool ours = p != NULL && fg_eq(p->account, c->caller.who.account);

	*ret = (struct iam_target){ .account = c->caller.who.account, .arn = arn,
		.boundary = FG_LIT(""), .tags = ours ? p->tags : NULL, .ntags = ours ? p->ntags : 0 };
	FG_TRY(iam_allow(c, ret));
	c->story.resource_type = FG_LIT("AWS::IAM::SAMLProvider");
	if (!ours || p->quarantined)
		return no_provider(c, arn);
	*ret_p = p;
	return FG_OK;
}

static enum fg_rc
provider_row(struct iam_op *op, struct store_saml *ret)
{
	enum fg_rc rc;

	*ret = (struct store_saml){ .account = op->t.account, .arn = op->t.arn };
	rc = iam_row(op, STORE_SAML, ret);
	if (rc == FG_E_NOT_FOUND)
		return no_provider(op->c, op->t.arn);
	return rc;
}

static enum fg_rc
encryption_check(struct api_call *c)
{
	struct fg_str mode = iam_str_or(c, "AssertionEncryptionMode", FG_LIT("Allowed"));

	if (fg_eq(mode, FG_LIT("Allowed")) || fg_eq(mode, FG_LIT("Required")))
		return FG_OK;
	return api_refuse(c, API_F_VALIDATION, "iam.saml.encryption",
	    "1 validation error detected: Value '%.*s' at 'assertionEncryptionMode' failed to satisfy "
	    "constraint: Member must satisfy enum value set: [Required, Allowed]", FG_PRI(mode));
}

/* ---- metadata ---- */

static enum fg_rc
metadata_ask(struct api_call *c, struct fg_str xml, unsigned allow)
{
	const struct api_hooks *h = &api_env_conf(api_worker_env(c->w))->hooks;
	struct api_metadata *m = FG_NEW(c->arena, struct api_metadata);
	enum fg_rc rc;

	if (m == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "iam.saml.metadata", NULL, "arena");
	FG_TRY(api_caller_keep(c));
	m->xml = xml;
	m->want = (struct saml_metadata_want){ .now = c->now, .allow = allow };
	c->state = m;
	c->waiting = true;
	rc = h->metadata == NULL ? fg_fail(&c->err, FG_E_UNAVAILABLE, "iam.saml.metadata", NULL, "nobody reads metadata")
				 : h->metadata(h->arg, c, m, &c->err);
	c->waiting = rc == FG_OK;
	return rc;
}

/* What an administrator should know of it goes to the audit record: the reply has no place. */
static void
metadata_warn(struct api_call *c, const struct saml_metadata *m)
{
	for (size_t i = 0; i < m->n_warnings && c->story.n_param < API_STORY_PARAMS; i++)
		c->story.param[c->story.n_param++] = (struct audit_param){ AUDIT_P_FINDING, m->warning[i] };
}

/*
 * FG_OK with c->waiting: it is being read, and the action runs again.  The record names the rule
 * that a refused document breaks.
 */
static enum fg_rc
metadata_read(struct api_call *c, struct fg_str xml, unsigned allow)
{
	const struct api_metadata *m = c->state;

	if (m == NULL)
		return metadata_ask(c, xml, allow);
	if (m->err.rc == FG_OK) {
		metadata_warn(c, &m->read);
		return FG_OK;
	}
	c->err = m->err;
	if (fg_rc_class(m->err.rc) == FG_SELF || m->err.rc == FG_E_NOMEM) {
		c->fault = API_F_UNAVAILABLE;
		return c->err.rc;
	}
	c->fault = API_F_INVALID_INPUT;
	c->message = fg_arena_fmt(c->arena, "Could not parse metadata: %s (%s)", m->err.text,
	    m->err.step == NULL ? "saml.metadata" : m->err.step);
	if (fg_str_null(c->message))
		c->message = FG_LIT("Could not parse metadata");
	return c->err.rc;
}

/* Until when the metadata of a provider is good; without an end, or not read yet: nothing. */
static void
valid_until_xml(struct api_call *c, const struct directory_saml *p)
{
	const struct api_hooks *h = &api_env_conf(api_worker_env(c->w))->hooks;
	struct fg_err err = { .rc = FG_OK };
	const struct saml_provider *keys = h->saml_provider == NULL ? NULL : h->saml_provider(h->arg, c, p, &err);

	if (keys != NULL && saml_provider_valid_until(keys) != 0)
		api_xml_time(&c->xml, FG_LIT("ValidUntil"), saml_provider_valid_until(keys));
}

/* ---- private keys ---- */

static enum fg_rc
key_refused(struct api_call *c, enum fg_rc rc, struct fg_str id)
{
	struct fg_err err = c->err;

	if (rc != FG_E_KEY && rc != FG_E_LIMIT && rc != FG_E_NOT_FOUND)
		return rc;
	fg_err_clear(&c->err);
	if (rc == FG_E_KEY)
		return api_refuse(c, API_F_INVALID_INPUT, "iam.saml.key", "The private key is not valid: %s.",
		    err.text);
	if (rc == FG_E_LIMIT)
		return api_refuse(c, API_F_LIMIT_EXCEEDED, "iam.saml.keys",
		    "Cannot exceed quota for PrivateKeysPerSAMLProvider: %d", FG_LIMIT_SAML_DECRYPT_KEYS);
	return api_refuse(c, API_F_NO_SUCH_ENTITY, "iam.saml.key", "Private key %.*s not found.", FG_PRI(id));
}

/* RemovePrivateKey makes room for AddPrivateKey. */
static enum fg_rc
keys_change(struct iam_op *op, const struct store_saml *row)
{
	struct api_call *c = op->c;
	struct fg_str add = iam_str(c, "AddPrivateKey"), drop = iam_str(c, "RemovePrivateKey"), id;
	enum fg_rc rc = FG_OK;

	if (!fg_str_null(drop))
		rc = iam_saml_key_remove(op->tx, row, drop, c->arena, &c->err);
	if (rc != FG_OK)
		return key_refused(c, rc, drop);
	if (fg_str_null(add))
		return FG_OK;
	rc = iam_saml_key_add(op->tx, op->cred, row, add, c->now, c->arena, &id, &c->err);
	if (rc != FG_OK)
		return key_refused(c, rc, FG_LIT(""));
	api_story_result(c, AUDIT_P_KEY_ID, id);
	return FG_OK;
}

struct key_list {
	struct fg_str arn;
	struct iam_saml_keys keys;
};

static bool
key_one(void *arg, enum store_kind kind, const void *row)
{
	const struct store_secret *s = row;
	struct key_list *l = arg;

	(void)kind;
	if (idp_saml_key_is(s, l->arn))
		iam_saml_keys_put(&l->keys, &(struct iam_saml_key){ s->id, s->created });
	return true;
}

static void
keys_xml(struct api_call *c, struct fg_str arn)
{
	struct key_list l = { .arn = arn };

	directory_rows(iam_dir(c), STORE_SECRET, key_one, &l);
	api_xml_open(&c->xml, FG_LIT("PrivateKeyList"));
	for (size_t i = 0; i < l.keys.n; i++) {
		api_xml_open(&c->xml, FG_LIT("member"));
		api_xml_str(&c->xml, FG_LIT("KeyId"), l.keys.v[i].id);
		api_xml_time(&c->xml, FG_LIT("Timestamp"), l.keys.v[i].created);
		api_xml_close(&c->xml, FG_LIT("member"));
	}
	api_xml_close(&c->xml, FG_LIT("PrivateKeyList"));
}

enum fg_rc
iam_saml_target(struct api_call *c, struct iam_target *ret)
{
	const struct directory_saml *p;

	return provider(c, ret, &p);
}

/* ---- create ---- */

static enum fg_rc
create(struct iam_op *op)
{
	struct api_call *c = op->c;
	char uid[STORE_UID_BYTES + 1];
	struct store_saml row = { .account = op->t.account, .arn = op->t.arn, .name = op->t.name,
		.metadata = iam_str(c, "SAMLMetadataDocument"), .url = FG_LIT(""), .allow = FG_LIT(""),
		.tags = op->extra, .generation = store_tx_number(op->tx), .created = c->now, .updated = c->now,
		.encryption = fg_eq(iam_str(c, "AssertionEncryptionMode"), FG_LIT("Required")) };
	enum fg_rc rc;

	FG_TRY(store_uid("ASAM", uid, &c->err));
	row.uid = fg_str_z(uid);
	rc = store_insert(op->tx, STORE_SAML, &row, &c->err);
	if (rc == FG_E_EXISTS) {
		fg_err_clear(&c->err);
		return api_refuse(c, API_F_ENTITY_EXISTS, "iam.saml.exists",
		    "Provider with name %.*s already exists.", FG_PRI(row.name));
	}
	FG_TRY(rc);
	FG_TRY(keys_change(op, &row));
	api_xml_str(&c->xml, FG_LIT("SAMLProviderArn"), row.arn);
	iam_xml_tag_list(&c->xml, op->extra);
	api_story_result(c, AUDIT_P_RESULT_ARN, row.arn);
	return FG_OK;
}

enum fg_rc
iam_run_create_saml(struct api_call *c)
{
	struct iam_target t = { .account = c->caller.who.account, .name = iam_str(c, "Name"),
		.boundary = FG_LIT(""), .found = true };
	struct fg_str tags;

	t.arn = iam_arn(c, t.account, FG_LIT("saml-provider/"), t.name, FG_STR_NULL);
	FG_TRY(iam_allow(c, &t));
	c->story.resource_type = FG_LIT("AWS::IAM::SAMLProvider");
	if (!bn_saml_name_ok(t.name))
		return api_refuse(c, API_F_INVALID_INPUT, "iam.saml.name", "The name is not valid.");
	FG_TRY(encryption_check(c));
	FG_TRY(iam_tags(c, &tags));
	FG_TRY(metadata_read(c, iam_str(c, "SAMLMetadataDocument"), 0));
	if (c->waiting)
		return FG_OK;
	return iam_write(c, &t, FG_STR_NULL, tags, create);
}

/* ---- read ---- */

enum fg_rc
iam_run_get_saml(struct api_call *c)
{
	const struct directory_saml *p;
	struct iam_target t;

	FG_TRY(provider(c, &t, &p));
	api_xml_str(&c->xml, FG_LIT("SAMLProviderUUID"), p->uid);
	api_xml_str(&c->xml, FG_LIT("SAMLMetadataDocument"), p->metadata);
	api_xml_time(&c->xml, FG_LIT("CreateDate"), p->created);
	valid_until_xml(c, p);
	iam_xml_tags(&c->xml, p->tags, p->ntags);
	api_xml_str(&c->xml, FG_LIT("AssertionEncryptionMode"),
	    p->encryption_required ? FG_LIT("Required") : FG_LIT("Allowed"));
	keys_xml(c, p->arn);
	return FG_OK;
}

static bool
list_one(void *arg, enum store_kind kind, const void *entity)
{
	struct api_call *c = arg;
	const struct directory_saml *p = entity;

	(void)kind;
	if (p->quarantined)
		return true;
	api_xml_open(&c->xml, FG_LIT("member"));
	api_xml_str(&c->xml, FG_LIT("Arn"), p->arn);
	api_xml_time(&c->xml, FG_LIT("CreateDate"), p->created);
	valid_until_xml(c, p);
	api_xml_close(&c->xml, FG_LIT("member"));
	return true;
}

enum fg_rc
iam_run_list_saml(struct api_call *c)
{
	struct fg_str account = c->caller.who.account;

	FG_TRY(iam_allow_on(c, iam_arn(c, account, FG_LIT("saml-provider/"), FG_LIT("*"), FG_STR_NULL)));
	api_xml_open(&c->xml, FG_LIT("SAMLProviderList"));
	FG_TRY(directory_walk(iam_dir(c), STORE_SAML, account, FG_LIT(""), list_one, c, &c->err));
	api_xml_close(&c->xml, FG_LIT("SAMLProviderList"));
	return FG_OK;
}

/* ---- change ---- */

static enum fg_rc
update(struct iam_op *op)
{
	struct api_call *c = op->c;
	struct fg_str metadata = iam_str(c, "SAMLMetadataDocument");
	struct fg_str mode = iam_str(c, "AssertionEncryptionMode");
	struct store_saml row;

	FG_TRY(provider_row(op, &row));
	if (!fg_str_null(metadata)) {
		row.metadata = metadata;
		row.url = FG_LIT("");
	}
	if (!fg_str_null(mode))
		row.encryption = fg_eq(mode, FG_LIT("Required"));
	row.generation++;
	row.updated = c->now;
	FG_TRY(keys_change(op, &row));
	api_xml_str(&c->xml, FG_LIT("SAMLProviderArn"), row.arn);
	return store_update(op->tx, STORE_SAML, &row, &c->err);
}

static unsigned
allow_bits(const struct directory_saml *p)
{
	unsigned bits = 0;

	for (size_t i = 0; i < p->nallow; i++)
		bits |= saml_allow_bit(p->allow[i]);
	return bits;
}

enum fg_rc
iam_run_update_saml(struct api_call *c)
{
	struct fg_str metadata = iam_str(c, "SAMLMetadataDocument");
	const struct directory_saml *p;
	struct iam_target t;

	FG_TRY(provider(c, &t, &p));
	FG_TRY(encryption_check(c));
	if (!fg_str_null(metadata))
		FG_TRY(metadata_read(c, metadata, allow_bits(p)));
	if (c->waiting)
		return FG_OK;
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, update);
}

static enum fg_rc
drop(struct iam_op *op)
{
	struct store_saml row;

	FG_TRY(provider_row(op, &row));
	return iam_saml_delete(op->tx, &row, op->c->arena, &op->c->err);
}

enum fg_rc
iam_run_delete_saml(struct api_call *c)
{
	const struct directory_saml *p;
	struct iam_target t;

	FG_TRY(provider(c, &t, &p));
	return iam_write(c, &t, FG_STR_NULL, FG_STR_NULL, drop);
}
