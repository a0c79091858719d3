/* SAML providers: metadata goes through a process of its own, decryption keys come unwrapped from the store. */
#include "gateway/serve/serve_int.h"

/* ---- the parse process ---- */

enum fg_rc
serve_metadata(void *app, struct fg_str xml, const struct saml_metadata_want *want, struct fg_arena *a,
    struct saml_metadata *ret, struct fg_err *reterr)
{
	struct serve *s = app;
	int fd;

	FG_TRY(proc_child_spawn(s->child, "parse", &fd, reterr));
	return idp_parse(fd, xml, want, a, ret, reterr);
}

/* ---- decryption keys ---- */

struct secrets {
	struct fg_str arn;
	struct fg_arena *a;
	struct cred_unwrap item[FG_LIMIT_SAML_DECRYPT_KEYS];
	struct fg_str pem[FG_LIMIT_SAML_DECRYPT_KEYS];
	size_t n;
	uint64_t mark;
	bool failed;
};

static bool
find_secret(void *arg, enum store_kind kind, const void *row)
{
	struct secrets *f = arg;
	const struct store_secret *s = row;
	size_t i;

	(void)kind;
	if (!idp_saml_key_is(s, f->arn))
		return true;
	for (i = 0; i < s->id.n; i++)
		f->mark = f->mark * 1099511628211u + (unsigned char)s->id.p[i] + 1;
	if (f->a == NULL || f->n == FG_COUNT(f->item))
		return true;
	f->item[f->n] = (struct cred_unwrap){ .where = cred_where_secret(s), .blob = fg_arena_dup(f->a, s->blob) };
	f->item[f->n].where.row = fg_arena_dup(f->a, f->item[f->n].where.row);
	f->item[f->n].where.account = fg_arena_dup(f->a, f->item[f->n].where.account);
	f->item[f->n].where.owner = fg_arena_dup(f->a, f->item[f->n].where.owner);
	f->failed |= f->item[f->n].blob.p == NULL || f->item[f->n].where.owner.p == NULL;
	f->n++;
	return true;
}

static void
find_secrets(struct serve *s, struct secrets *f)
{
	directory_enter();
	directory_rows(s->dir, STORE_SECRET, find_secret, f);
	directory_leave();
}

static uint64_t
decrypt_mark(void *app, struct fg_str arn)
{
	struct secrets f = { .arn = arn };

	find_secrets(app, &f);
	return f.mark;
}

static enum fg_rc
decrypt(void *app, struct fg_str arn, struct fg_arena *a, const struct fg_str **ret, size_t *ret_n, struct fg_err *reterr)
{
	struct serve *s = app;
	struct secrets *f = FG_NEW(a, struct secrets);
	size_t i;

	if (f == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "serve.saml", NULL, "decryption keys");
	f->arn = arn;
	f->a = a;
	find_secrets(s, f);
	if (f->failed)
		return fg_fail(reterr, FG_E_NOMEM, "serve.saml", NULL, "decryption keys");
	if (f->n > 0)
		FG_TRY(cred_client_unwrap(s->cred, f->item, f->n, a, reterr));
	for (i = 0; i < f->n; i++) {
		if (f->item[i].rc != FG_OK)
			return fg_fail(reterr, f->item[i].rc, "serve.saml", NULL, "a decryption key does not open");
		f->pem[i] = f->item[i].plain;
	}
	*ret = f->pem;
	*ret_n = f->n;
	return FG_OK;
}

static fg_time
wall(void *app)
{
	(void)app;
	return (fg_time)time(NULL);
}

static void
event(void *app, struct fg_str arn, const struct fg_err *err)
{
	(void)app;
	serve_warn("provider %.*s cannot be used: %s", FG_PRI(arn), err->text);
}

enum fg_rc
serve_open_saml(struct serve *s, struct fg_err *reterr)
{
	const struct idp_saml_config c = { .directory = s->dir, .app = s, .parse = serve_metadata, .decrypt = decrypt,
		.decrypt_mark = decrypt_mark, .wall = wall, .event = event };

	return idp_saml_open(&c, &s->saml, reterr);
}
