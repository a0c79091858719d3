/* GET /saml/metadata/{account}/{provider}: our own metadata, for the administrator of an identity provider. */
#include "gateway/serve/serve_int.h"

#define PREFIX "/saml/metadata/"

static void
reply(struct http_exchange *x, int status, const char *type, struct fg_str body)
{
	const struct http_reply r = { .status = status, .content_type = fg_str_z(type), .body = body };

	http_reply(x, &r);
}

/* The provider that the path names; NULL without one. */
static const struct directory_saml *
find(struct http_exchange *x, const struct directory *d, struct fg_str *ret_account, struct fg_str *ret_name)
{
	struct fg_str rest = fg_sub(x->req->path, sizeof(PREFIX) - 1, x->req->path.n), arn;
	const struct directory_saml *p;

	if (!fg_cut(rest, '/', ret_account, ret_name) || ret_account->n != 12 || ret_name->n == 0 || ret_name->n > 128)
		return NULL;
	arn = fg_arena_fmt(x->arena, "arn:aws:iam::%.*s:saml-provider/%.*s", FG_PRI(*ret_account), FG_PRI(*ret_name));
	p = fg_str_null(arn) ? NULL : directory_saml_find(d, arn);
	return p == NULL || p->quarantined ? NULL : p;
}

/* Certificates of our private keys, newest first: that is the one to encrypt for. */
struct certificates {
	struct fg_str arn;
	struct fg_str v[FG_LIMIT_SAML_DECRYPT_KEYS];
	fg_time created[FG_LIMIT_SAML_DECRYPT_KEYS];
	size_t n;
};

static bool
certificate(void *arg, enum store_kind kind, const void *row)
{
	struct certificates *c = arg;
	const struct store_secret *s = row;
	size_t i = c->n;

	(void)kind;
	if (!idp_saml_key_is(s, c->arn) || s->public_part.n == 0 || c->n == FG_COUNT(c->v))
		return true;
	for (; i > 0 && c->created[i - 1] < s->created; i--) {
		c->v[i] = c->v[i - 1];
		c->created[i] = c->created[i - 1];
	}
	c->v[i] = s->public_part;
	c->created[i] = s->created;
	c->n++;
	return true;
}

void
serve_saml_metadata(struct http_exchange *x)
{
	const struct serve_worker *w = x->user;
	struct fg_str url = api_env_conf(w->s->env)->public_url, account, name, acs[2], id, xml;
	struct fg_buf b = FG_BUF_ARENA(x->arena, FG_LIMIT_REPLY_BYTES);
	struct certificates certs = { .n = 0 };
	const struct directory_saml *p;

	directory_enter();
	p = find(x, w->s->dir, &account, &name);
	if (p != NULL) {
		acs[0] = fg_arena_fmt(x->arena, "%.*s/saml/acs/%.*s", FG_PRI(url), FG_PRI(p->uid));
		acs[1] = fg_arena_fmt(x->arena, "%.*s/saml/acs", FG_PRI(url));
		id = fg_arena_fmt(x->arena, "%.*s" PREFIX "%.*s/%.*s", FG_PRI(url), FG_PRI(account), FG_PRI(name));
		certs.arn = p->arn;
		directory_rows(w->s->dir, STORE_SECRET, certificate, &certs);
		saml_sp_metadata_put(&b, &(struct saml_sp){ .entity_id = id, .acs = acs, .n_acs = 2,
		    .encryption_cert = certs.v, .n_encryption_certs = certs.n });
	}
	directory_leave();
	if (p == NULL)
		reply(x, 404, "text/plain", FG_LIT("no such provider\n"));
	else if (fg_buf_end(&b, &xml) != FG_OK || fg_str_null(acs[0]) || fg_str_null(acs[1]) || fg_str_null(id))
		reply(x, 500, "text/plain", FG_LIT("out of memory\n"));
	else
		reply(x, 200, "application/samlmetadata+xml", xml);
}
