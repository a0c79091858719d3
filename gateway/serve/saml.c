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

/* ---- metadata by URL ---- */

static bool
fetch(void *app, struct fg_str url, struct fg_str ca, idp_document_fn done, void *arg)
{
	struct serve *s = app;

	return idp_document(s->idp, url, ca, FG_LIMIT_SAML_METADATA, FG_LIMIT_METADATA_FETCH_MS, done, arg);
}

static enum fg_rc
save_in(struct serve *s, struct store_tx *tx, const struct directory_saml *p, struct fg_str document, fg_time fetched,
    struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_IDP_SAML_BYTES);
	struct store_saml row = { .account = p->account, .arn = p->arn };
	struct fg_str name, value;

	(void)s;
	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "serve.saml", NULL, "arena");
	name = fg_arena_fmt(a, IDP_FETCHED "%.*s", (int)p->arn.n, p->arn.p);
	value = fg_arena_fmt(a, "%lld", (long long)fetched);
	if (fg_str_null(name) || fg_str_null(value))
		return fg_fail(reterr, FG_E_NOMEM, "serve.saml", NULL, "arena");
	FG_TRY(store_get(tx, STORE_SAML, &row, a, reterr));
	if (row.generation != p->generation || !fg_eq(row.uid, p->uid) || !fg_eq(row.url, p->url))
		return fg_fail(reterr, FG_E_CONFLICT, "serve.saml", NULL, "the provider was changed meanwhile");
	FG_TRY(store_setting_put(tx, p->account, name, value, reterr));
	if (fg_str_null(document))
		return FG_OK;
	row.metadata = document;
	row.generation++;
	row.updated = fetched;
	return store_update(tx, STORE_SAML, &row, reterr);
}

static enum fg_rc
save(void *app, const struct directory_saml *p, struct fg_str document, fg_time fetched, struct fg_err *reterr)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	struct serve *s = app;

	FG_TRY(store_begin(s->store, &tx, reterr));
	FG_TRY(save_in(s, tx, p, document, fetched, reterr));
	return store_commit(FG_STEAL(tx), reterr);
}

/* ---- what the operator should know ---- */

static const struct {
	const char *audit; /* NULL: only told */
	const char *told;
} events[IDP_SAML_EVENT_MAX] = {
	[IDP_SAML_UNUSABLE] = { NULL, "cannot be used" },
	[IDP_SAML_FETCH_FAILED] = { NULL, "metadata cannot be fetched" },
	[IDP_SAML_RECOVERED] = { NULL, "metadata is fetched again" },
	[IDP_SAML_CHANGED] = { "ProviderMetadataChanged", "metadata changed" },
	[IDP_SAML_HELD] = { "ProviderMetadataHeld", "metadata is held, the old one serves" },
	[IDP_SAML_STALE] = { "ProviderMetadataStale", "metadata was not confirmed for too long" },
};

static void
event(void *app, enum idp_saml_event_kind kind, struct fg_str arn, struct fg_str url, const struct fg_err *err)
{
	struct serve *s = app;
	const struct audit_param p[] = { { AUDIT_P_SAML_PROVIDER_ARN, arn }, { AUDIT_P_URL, url } };
	struct audit_record r = { .source = FG_LIT("fedgate.internal"), .who = { .type = AUDIT_WHO_SERVICE }, .param = p,
		.n_param = FG_COUNT(p), .decided = { .statement = -1 }, .reason = err };
	struct fg_err failed = { .rc = FG_OK };

	if (kind >= IDP_SAML_EVENT_MAX || events[kind].told == NULL)
		return;
	serve_warn("provider %.*s: %s%s%s", FG_PRI(arn), events[kind].told, err == NULL ? "" : ": ", err == NULL ? "" : err->text);
	if (events[kind].audit == NULL || s->audit == NULL)
		return;
	r.name = fg_str_z(events[kind].audit);
	r.time = wall(NULL);
	if (audit_note(s->audit, &r, &failed) != FG_OK)
		serve_warn("audit: %s", failed.text);
}

enum fg_rc
serve_open_saml(struct serve *s, struct fg_err *reterr)
{
	const struct idp_saml_config c = { .directory = s->dir, .app = s, .parse = serve_metadata, .decrypt = decrypt,
		.decrypt_mark = decrypt_mark, .wall = wall, .event = event, .fetch = fetch, .save = save,
		.refresh_s = s->conf->saml_refresh_s };

	FG_TRY(idp_saml_open(&c, &s->saml, reterr));
	if (!metrics_source(s->metrics, idp_saml_metrics, s->saml))
		return fg_fail(reterr, FG_E_INTERNAL, "serve.metrics", NULL, "too many sources");
	return FG_OK;
}
