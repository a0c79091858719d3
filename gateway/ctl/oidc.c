/* fedgate oidc verify: one compact JWT against a key set in a file. */
#include <stdlib.h>

#include "gateway/ctl/ctl.h"
#include "gateway/ctl/oidc_int.h"
#include "oidc/oidc.h"

const struct ctl_opt ctl_oidc_verify_opts[] = {
	{ "issuer", 0, "URL", "issuer that the token must be of" },
	{ "jwks", 0, "FILE", "key set of the issuer" },
	{ "audience", 0, "A", "accepted audience (repeatable)" },
	{ "alg", 0, "A,...", "accepted algorithms (default RS256)" },
	{ "at", 0, "TIME", "judge as of this time (RFC 3339)" },
	{ "skew", 0, "S", "clock skew in seconds, 0 to 300 (default 60)" },
	{ "signature-only", 0, NULL, "check the form, the key and the signature, not the claims" },
	CTL_OPTS_END,
};

struct job {
	const struct ctl_args *args;
	struct oidc_provider p;
	fg_time now;
	bool signature_only;
	struct oidc_jwks *set;
	struct oidc_worker *w;
};

static void
job_done(struct job *j)
{
	oidc_jwks_free(j->set);
	oidc_worker_free(j->w);
}

/* ---- options ---- */

static int
read_algs(struct job *j)
{
	struct fg_str rest, name;
	const char *v;

	j->p.algs = j->signature_only ? OIDC_ALGS_ALL : OIDC_ALGS_DEFAULT;
	for (size_t i = 0; (v = ctl_value_n(j->args, "alg", i)) != NULL; i++) {
		if (i == 0)
			j->p.algs = 0;
		rest = fg_str_z(v);
		for (bool more = true; more;) {
			enum oidc_alg alg;

			more = fg_cut(rest, ',', &name, &rest);
			alg = oidc_alg_find(name);
			if (alg == OIDC_ALG_NONE)
				return ctl_usage(j->args, "--alg %.*s is not an algorithm that can be accepted",
				    FG_PRI(name));
			j->p.algs |= OIDC_ALG_BIT(alg);
		}
	}
	return CTL_OK;
}

static int
read_audiences(struct job *j)
{
	struct fg_str *list;
	size_t n = 0;

	while (ctl_value_n(j->args, "audience", n) != NULL)
		n++;
	if (n == 0)
		return j->signature_only ? CTL_OK : ctl_usage(j->args, "--audience is needed");
	list = FG_NEW_N(j->args->arena, struct fg_str, n);
	for (size_t i = 0; list != NULL && i < n; i++)
		list[i] = fg_str_z(ctl_value_n(j->args, "audience", i));
	j->p.client_id = list;
	j->p.nclient_id = list == NULL ? 0 : n;
	return CTL_OK;
}

static int
read_options(struct job *j)
{
	const char *issuer = ctl_value(j->args, "issuer"), *skew = ctl_value(j->args, "skew");
	uint64_t s = FG_LIMIT_SKEW_S;
	int rc;

	if (issuer == NULL && !j->signature_only)
		return ctl_usage(j->args, "--issuer is needed");
	if (ctl_value(j->args, "jwks") == NULL)
		return ctl_usage(j->args, "--jwks is needed");
	if (skew != NULL && (!fg_u64(fg_str_z(skew), &s) || s > FG_LIMIT_OIDC_SKEW_S))
		return ctl_usage(j->args, "--skew %s is not a number from 0 to %d", skew, FG_LIMIT_OIDC_SKEW_S);
	if (!ctl_at(j->args, &j->now))
		return ctl_usage(j->args, "--at %s is not a time (RFC 3339)", ctl_value(j->args, "at"));
	j->p.issuer = fg_str_z(issuer);
	j->p.skew_s = (int32_t)s;
	rc = read_audiences(j);
	return rc != CTL_OK ? rc : read_algs(j);
}

/* A set in which nothing can be used is a verdict, a file that is no set an error of usage. */
static int
read_jwks(struct job *j, struct fg_err *reterr)
{
	struct fg_str doc;
	enum fg_rc rc = ctl_read(j->args->arena, ctl_value(j->args, "jwks"), FG_LIMIT_JWKS_BYTES, &doc, reterr);

	if (rc == FG_OK)
		rc = oidc_jwks_parse(doc, 0, &j->set, reterr);
	if (rc == FG_OK)
		return CTL_OK;
	if (rc == FG_E_KEY) {
		ctl_print_reject(reterr, NULL);
		return CTL_REFUSED;
	}
	(void)ctl_fail(j->args, reterr);
	return CTL_USAGE;
}

/* ---- the verdict ---- */

static void
put_str(struct fg_buf *b, const char *name, struct fg_str v)
{
	if (fg_str_null(v))
		return;
	if (b->p[b->n - 1] != '{')
		fg_buf_putc(b, ',');
	fg_buf_fmt(b, "\"%s\":", name);
	fg_buf_json_str(b, v);
}

static void
put_time(struct fg_buf *b, const char *name, fg_time t)
{
	char text[32];
	struct fg_buf at = FG_BUF_FIXED(text);

	fg_buf_time(&at, t);
	put_str(b, name, fg_buf_str(&at));
}

static void
put_facts(struct fg_buf *b, const struct oidc_facts *f)
{
	put_str(b, "issuer", f->issuer);
	put_str(b, "subject", f->subject);
	put_str(b, "audience", f->audience);
	put_str(b, "authorizedParty", f->authorized_party);
	put_str(b, "keyId", f->key_id);
	put_str(b, "algorithm", fg_str_z(oidc_alg_name(f->alg)));
	put_time(b, "issuedAt", f->issued_at);
	put_time(b, "expiresAt", f->expires_at);
	fg_buf_put(b, FG_LIT(",\"claims\":"));
	fg_buf_put(b, f->json);
}

static int
accept(const struct oidc_facts *f, bool signature_only)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(FG_LIMIT_REPLY_BYTES);
	struct fg_str out;

	fg_buf_put(&b, FG_LIT("{\"result\":\"accept\",\"facts\":{"));
	if (signature_only) {
		put_str(&b, "keyId", f->key_id);
		put_str(&b, "algorithm", fg_str_z(oidc_alg_name(f->alg)));
	} else {
		put_facts(&b, f);
	}
	fg_buf_put(&b, FG_LIT("}}\n"));
	if (fg_buf_end(&b, &out) != FG_OK)
		return CTL_REFUSED;
	fwrite(out.p, 1, out.n, stdout);
	return CTL_OK;
}

static enum fg_rc
judge(const struct job *j, struct fg_str token, struct oidc_facts *ret, struct fg_err *reterr)
{
	struct fg_arena *a = j->args->arena;
	const struct oidc_payload *payload;
	const struct oidc_key *key;
	struct oidc_jws *jws;

	FG_TRY(oidc_jws_parse(a, token, &jws, reterr));
	if (!j->signature_only)
		return oidc_check(j->w, a, &j->p, j->set, jws, j->now, ret, NULL, reterr);
	FG_TRY(oidc_key_find(&j->p, j->set, jws, &key, reterr));
	FG_TRY(oidc_verify(j->w, a, &j->p, jws, key, &payload, reterr));
	*ret = (struct oidc_facts){ .key_id = oidc_jws_kid(jws), .alg = oidc_jws_alg(jws) };
	return FG_OK;
}

/* A file ends with a line end; a token does not. */
static struct fg_str
without_line_end(struct fg_str s)
{
	if (fg_ends(s, FG_LIT("\n")))
		s.n--;
	if (fg_ends(s, FG_LIT("\r")))
		s.n--;
	return s;
}

int
ctl_oidc_verify(const struct ctl_args *args)
{
	FG_AUTO(job_done) struct job j = { .args = args, .p = oidc_provider_default(),
		.signature_only = ctl_flag(args, "signature-only") };
	struct oidc_facts facts = { .alg = OIDC_ALG_NONE };
	struct fg_err err = { .rc = FG_OK };
	struct fg_str token;
	int rc = read_options(&j);

	if (rc == CTL_OK)
		rc = read_jwks(&j, &err);
	if (rc != CTL_OK)
		return rc;
	if (ctl_read(args->arena, args->n_operands == 0 ? NULL : args->operands[0], FG_LIMIT_JWKS_BYTES, &token, &err) != FG_OK) {
		(void)ctl_fail(args, &err);
		return CTL_USAGE;
	}
	j.w = oidc_worker_new();
	if (j.w == NULL) {
		(void)fg_fail(&err, FG_E_NOMEM, "ctl.oidc", NULL, "worker");
		return ctl_fail(args, &err);
	}
	if (judge(&j, without_line_end(token), &facts, &err) == FG_OK)
		return accept(&facts, j.signature_only);
	ctl_print_reject(&err, NULL);
	return CTL_REFUSED;
}
