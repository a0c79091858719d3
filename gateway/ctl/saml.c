/*
 * gateway/ctl/saml.c - `fedgate saml verify`: one Response, judged as the gateway would.
 *
 * One difference: --decrypt-key brings the switch bare-cbc, since a command that runs once
 * for the holder of the key is no oracle.
 */
#include "gateway/ctl/saml_int.h"

enum { LIST_MAX = 32 };

const struct ctl_opt ctl_saml_verify_opts[] = {
	{ "metadata", 0, "FILE", "the identity provider's metadata" },
	{ "issuer", 0, "ID", "its entityID; with --metadata: which one of several" },
	{ "cert", 0, "PEM", "a file with its signing certificate (repeatable)" },
	{ "acs", 0, "URL", "our URL, which Recipient must be (repeatable)" },
	{ "audience", 0, "URI", "what Audience may be (default: the URLs and urn:amazon:webservices)" },
	{ "in-response-to", 0, "ID", "the request that must be answered" },
	{ "decrypt-key", 0, "PEM", "a file with our private key (repeatable)" },
	{ "at", 0, "TIME", "RFC 3339; replaces the clock" },
	{ "skew", 0, "S", "clock skew in seconds, at most 60 (default 60)" },
	{ "allow", 0, "LIST", "sha1,rsa1024,rsa15,no-authn-statement,stale,rsa-pss" },
	CTL_OPTS_END,
};

/* ---- the provider ---- */

static enum fg_rc
read_allow(const struct ctl_args *args, unsigned *ret, struct fg_err *reterr)
{
	const char *v;

	*ret = 0;
	for (size_t i = 0; (v = ctl_value_n(args, "allow", i)) != NULL; i++) {
		struct fg_str list = fg_str_z(v), word;
		bool more = true;

		while (more) {
			unsigned bit;

			more = fg_cut(list, ',', &word, &list);
			if ((bit = saml_allow_bit(fg_trim(word))) == 0)
				return fg_fail(reterr, FG_E_PARAM, "ctl.saml.allow", NULL,
				    "no switch is called %.*s", FG_PRI(word));
			*ret |= bit;
		}
	}
	return FG_OK;
}

/* Keys of all --cert files. */
static enum fg_rc
read_certs(const struct ctl_args *args, struct saml_provider_conf *conf, struct fg_err *reterr)
{
	struct fg_str *v = FG_NEW_N(args->arena, struct fg_str, FG_LIMIT_SAML_KEYS), pem;
	const char *path;

	if (v == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "ctl.saml", NULL, "keys");
	for (size_t i = 0; (path = ctl_value_n(args, "cert", i)) != NULL; i++) {
		size_t n = 0;

		FG_TRY(ctl_read(args->arena, path, 256u * 1024, &pem, reterr));
		FG_TRY(saml_pem_read(args->arena, pem, v + conf->n_keys,
		    FG_LIMIT_SAML_KEYS - conf->n_keys, &n, reterr));
		conf->n_keys += n;
	}
	conf->key = v;
	return FG_OK;
}

static enum fg_rc
read_metadata(const struct ctl_args *args, fg_time now, struct saml_provider_conf *conf,
    struct fg_err *reterr)
{
	struct saml_metadata_want want = { .now = now,
		.entity_id = fg_str_z(ctl_value(args, "issuer")) };
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64u * 1024 * 1024);
	struct saml_metadata m;
	struct fg_str xml, *v = FG_NEW_N(args->arena, struct fg_str, FG_LIMIT_SAML_KEYS);

	if (a == NULL || v == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "ctl.saml", NULL, "metadata");
	FG_TRY(ctl_read(a, ctl_value(args, "metadata"), FG_LIMIT_SAML_METADATA, &xml, reterr));
	FG_TRY(saml_metadata_parse(a, xml, &want, &m, reterr));
	for (size_t i = 0; i < m.n_warnings; i++)
		fprintf(stderr, "fedgate saml: warning: %.*s\n", (int)m.warning[i].n, m.warning[i].p);
	conf->entity_id = fg_arena_dup(args->arena, m.entity_id);
	conf->valid_until = m.valid_until;
	for (size_t i = 0; i < m.n_keys; i++) {
		v[i] = fg_arena_dup(args->arena, m.key[i].der);
		if (fg_str_null(v[i]))
			return fg_fail(reterr, FG_E_NOMEM, "ctl.saml", NULL, "keys");
	}
	conf->key = v;
	conf->n_keys = m.n_keys;
	return FG_OK;
}

static enum fg_rc
read_decrypt_keys(const struct ctl_args *args, struct saml_provider_conf *conf,
    struct fg_err *reterr)
{
	struct fg_str *v = FG_NEW_N(args->arena, struct fg_str, FG_LIMIT_SAML_DECRYPT_KEYS);
	const char *path;

	if (v == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "ctl.saml", NULL, "keys");
	for (size_t i = 0; (path = ctl_value_n(args, "decrypt-key", i)) != NULL; i++) {
		if (i == FG_LIMIT_SAML_DECRYPT_KEYS)
			return fg_fail(reterr, FG_E_PARAM, "ctl.saml", NULL, "more than %d --decrypt-key",
			    FG_LIMIT_SAML_DECRYPT_KEYS);
		FG_TRY(ctl_read(args->arena, path, 16384, &v[i], reterr));
		conf->n_decrypt++;
	}
	conf->decrypt_pem = v;
	conf->allow |= conf->n_decrypt > 0 ? (unsigned)SAML_ALLOW_BARE_CBC : 0;
	return FG_OK;
}

enum fg_rc
ctl_saml_provider(const struct ctl_args *args, fg_time now, struct saml_provider **ret,
    struct fg_err *reterr)
{
	struct saml_provider_conf conf = { .encryption = SAML_ENCRYPTION_ALLOWED };

	*ret = NULL;
	FG_TRY(read_allow(args, &conf.allow, reterr));
	if (ctl_value(args, "metadata") != NULL) {
		FG_TRY(read_metadata(args, now, &conf, reterr));
	} else if (ctl_value(args, "issuer") != NULL && ctl_value(args, "cert") != NULL) {
		conf.entity_id = fg_str_z(ctl_value(args, "issuer"));
		FG_TRY(read_certs(args, &conf, reterr));
	} else {
		return fg_fail(reterr, FG_E_USAGE, "ctl.saml", NULL,
		    "--metadata, or --issuer and --cert, are needed");
	}
	FG_TRY(read_decrypt_keys(args, &conf, reterr));
	conf.id = conf.entity_id;
	return saml_provider_new(&conf, ret, reterr);
}

enum fg_rc
ctl_saml_input(const struct ctl_args *args, fg_time now, struct saml_input *ret,
    struct fg_err *reterr)
{
	const char *path = args->n_operands > 0 ? args->operands[0] : NULL;

	*ret = (struct saml_input){ .form = SAML_FORM_EITHER, .now = now,
		.private_ops = FG_LIMIT_SAML_PRIVATE_OPS };
	return ctl_read(args->arena, path, 8u * 1024 * 1024, &ret->body, reterr);
}

/* ---- expectations ---- */

static size_t
values(const struct ctl_args *args, const char *name, struct fg_str v[LIST_MAX])
{
	const char *s;
	size_t n = 0;

	while (n < LIST_MAX && (s = ctl_value_n(args, name, n)) != NULL)
		v[n++] = fg_str_z(s);
	return n;
}

struct want {
	struct fg_str acs[LIST_MAX];
	struct fg_str audience[LIST_MAX + 1];
	struct saml_expect expect;
};

static bool
read_want(const struct ctl_args *args, fg_time now, struct want *w)
{
	const char *skew = ctl_value(args, "skew"), *request = ctl_value(args, "in-response-to");
	uint64_t s = FG_LIMIT_SKEW_S;

	w->expect = (struct saml_expect){ .now = now, .recipient = w->acs, .audience = w->audience };
	w->expect.n_recipients = values(args, "acs", w->acs);
	w->expect.n_audiences = values(args, "audience", w->audience);
	if (w->expect.n_audiences == 0) {
		w->expect.n_audiences = values(args, "acs", w->audience);
		w->audience[w->expect.n_audiences++] = FG_LIT("urn:amazon:webservices");
	}
	if (request != NULL) {
		w->expect.binding = SAML_REQUEST_IS;
		w->expect.in_response_to = fg_str_z(request);
	}
	if (skew != NULL && (!fg_u64(fg_str_z(skew), &s) || s > FG_LIMIT_SAML_SKEW_MAX_S))
		return false;
	w->expect.skew_s = (int64_t)s;
	return true;
}

/* ---- the verdict ---- */

static void
put_name(struct fg_buf *b, const char *name)
{
	if (b->n > 0 && b->p[b->n - 1] != '{')
		fg_buf_putc(b, ',');
	fg_buf_json_str(b, fg_str_z(name));
	fg_buf_putc(b, ':');
}

static void
put_str(struct fg_buf *b, const char *name, struct fg_str v)
{
	put_name(b, name);
	fg_buf_json_str(b, v);
}

static void
put_list(struct fg_buf *b, const struct fg_str *v, size_t n, bool *first)
{
	for (size_t i = 0; i < n; i++) {
		if (!*first)
			fg_buf_putc(b, ',');
		*first = false;
		fg_buf_json_str(b, v[i]);
	}
}

static void
put_audiences(struct fg_buf *b, const struct saml_facts *f)
{
	bool first = true;

	put_name(b, "audiences");
	fg_buf_putc(b, '[');
	for (size_t i = 0; i < f->n_restrictions; i++)
		put_list(b, f->restriction[i].audience, f->restriction[i].n, &first);
	fg_buf_putc(b, ']');
}

static void
put_signed(struct fg_buf *b, const struct saml_facts *f)
{
	struct fg_str v[2];
	size_t n = 0;
	bool first = true;

	if ((f->signed_parts & SAML_SIGNED_ASSERTION) != 0)
		v[n++] = FG_LIT("assertion");
	if ((f->signed_parts & SAML_SIGNED_RESPONSE) != 0)
		v[n++] = FG_LIT("response");
	put_name(b, "signed");
	fg_buf_putc(b, '[');
	put_list(b, v, n, &first);
	fg_buf_putc(b, ']');
}

static void
put_attributes(struct fg_buf *b, const struct saml_facts *f)
{
	put_name(b, "attributes");
	fg_buf_putc(b, '{');
	for (size_t i = 0; i < f->n_attributes; i++) {
		bool first = true;

		if (i > 0)
			fg_buf_putc(b, ',');
		fg_buf_json_str(b, f->attribute[i].name);
		fg_buf_put(b, FG_LIT(":["));
		put_list(b, f->attribute[i].value, f->attribute[i].n_values, &first);
		fg_buf_putc(b, ']');
	}
	fg_buf_putc(b, '}');
}

/* Switches without which the answer would have been no. */
static void
put_legacy(struct fg_buf *b, const struct saml_facts *f)
{
	bool first = true;

	if (f->legacy == 0)
		return;
	put_name(b, "legacy");
	fg_buf_putc(b, '[');
	for (unsigned bit = 1; bit != 0 && bit <= f->legacy; bit <<= 1) {
		struct fg_str name = fg_str_z((f->legacy & bit) == 0 ? NULL : saml_allow_name(bit));

		put_list(b, &name, name.n > 0, &first);
	}
	fg_buf_putc(b, ']');
}

static int
print_accept(const struct ctl_args *args, const struct saml_facts *f)
{
	struct fg_buf b = FG_BUF_ARENA(args->arena, 2u * 1024 * 1024);
	struct fg_str out;

	fg_buf_put(&b, FG_LIT("{\"result\":\"accept\",\"facts\":{"));
	put_str(&b, "issuer", f->issuer);
	put_str(&b, "subject", f->subject);
	put_str(&b, "subjectType", f->subject_type);
	put_str(&b, "recipient", f->recipient);
	put_audiences(&b, f);
	if (f->session_not_on_or_after != 0) {
		put_name(&b, "sessionNotOnOrAfter");
		fg_buf_putc(&b, '"');
		fg_buf_time(&b, f->session_not_on_or_after);
		fg_buf_putc(&b, '"');
	}
	put_str(&b, "assertionId", f->assertion_id);
	put_signed(&b, f);
	put_str(&b, "key", f->key);
	put_legacy(&b, f);
	put_attributes(&b, f);
	fg_buf_put(&b, FG_LIT("}}\n"));
	if (fg_buf_end(&b, &out) != FG_OK)
		return ctl_usage(args, "the facts are too large to print");
	fwrite(out.p, 1, out.n, stdout);
	return CTL_OK;
}

static int
print_reject(const struct fg_err *err)
{
	const struct saml_step *s = saml_step_find(err->step);

	ctl_print_reject(err, s == NULL ? NULL : s->rule);
	return CTL_REFUSED;
}

/* Bad metadata is a bad input file; metadata that is out of date is a verdict. */
static int
provider_failed(const struct ctl_args *args, const struct fg_err *err)
{
	if (fg_eq(fg_str_z(err->step), FG_LIT("saml.metadata.expired")))
		return print_reject(err);
	return ctl_usage(args, "%s", err->text);
}

int
ctl_saml_verify(const struct ctl_args *args)
{
	FG_AUTO(saml_provider_freep) struct saml_provider *p = NULL;
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(16u * 1024 * 1024);
	struct fg_err err = { .rc = FG_OK };
	struct saml_input in;
	struct saml_facts facts;
	struct want want;
	fg_time now;

	if (!ctl_at(args, &now))
		return ctl_usage(args, "--at is not an RFC 3339 time");
	if (ctl_value(args, "acs") == NULL)
		return ctl_usage(args, "--acs is needed");
	if (!read_want(args, now, &want))
		return ctl_usage(args, "--skew is not 0 to %d", FG_LIMIT_SAML_SKEW_MAX_S);
	if (ctl_saml_provider(args, now, &p, &err) != FG_OK)
		return provider_failed(args, &err);
	if (ctl_saml_input(args, now, &in, &err) != FG_OK)
		return ctl_usage(args, "%s", err.text);
	if (a == NULL)
		return ctl_usage(args, "out of memory");
	if (saml_accept(a, p, &in, &want.expect, &facts, &err) != FG_OK)
		return print_reject(&err);
	return print_accept(args, &facts);
}
