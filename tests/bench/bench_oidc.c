/*
 * One token from bytes to facts, against the raw public-key verification of the same digest.
 */
#include <stdio.h>
#include <stdlib.h>

#include "oidc/oidc_int.h"
#include "tests/bench/bench.h"

static char jwks_doc[16384];
static const struct fg_str clients[] = { { "sts.amazonaws.com", 17 } };

struct job {
	char token[8192];
	struct fg_arena *a;
	struct oidc_worker *w;
	struct oidc_jwks *set;
	struct oidc_provider p;
	/* the raw operation */
	EVP_PKEY_CTX *ctx;
	unsigned char sig[512], md[64];
	size_t sig_n, md_n;
};

static void
read_file(const char *name, char *p, size_t room)
{
	const char *src = getenv("srcdir");
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/vectors/oidc/%s", src == NULL ? "." : src, name);
	f = fopen(path, "rb");
	if (f == NULL || fread(p, 1, room - 1, f) == 0) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(1);
	}
	fclose(f);
}

static void
whole(void *arg, size_t n)
{
	struct job *j = arg;

	while (n-- > 0) {
		struct fg_err err = { .rc = FG_OK };
		struct oidc_facts facts;
		struct oidc_jws *jws;
		struct fg_str iss;

		fg_arena_reset(j->a);
		if (oidc_jws_parse(j->a, fg_str_z(j->token), &jws, &err) != FG_OK ||
		    oidc_jws_issuer(j->a, jws, &iss, &err) != FG_OK ||
		    oidc_check(j->w, j->a, &j->p, j->set, jws, 1790000000, &facts, NULL, &err) != FG_OK) {
			fprintf(stderr, "%s: %s\n", err.step, err.text);
			exit(1);
		}
	}
}

static void
unsigned_part(void *arg, size_t n)
{
	struct job *j = arg;

	while (n-- > 0) {
		struct oidc_jws *jws;
		struct fg_str iss;

		fg_arena_reset(j->a);
		if (oidc_jws_parse(j->a, fg_str_z(j->token), &jws, NULL) != FG_OK ||
		    oidc_jws_issuer(j->a, jws, &iss, NULL) != FG_OK)
			exit(1);
	}
}

static void
raw(void *arg, size_t n)
{
	struct job *j = arg;

	while (n-- > 0)
		if (EVP_PKEY_verify(j->ctx, j->sig, j->sig_n, j->md, j->md_n) != 1)
			exit(1);
}

/* R || S of the token as DER, without the product's code. */
static void
der(struct job *j, struct fg_str rs)
{
	unsigned char *p = j->sig + 2;

	for (int k = 0; k < 2; k++) {
		const unsigned char *v = (const unsigned char *)rs.p + 32 * k;

		*p++ = 2;
		*p++ = 33;
		*p++ = 0;
		memcpy(p, v, 32);
		p += 32;
		/* DER has no needless zero in front */
		if (!(v[0] & 0x80)) {
			memmove(p - 33, p - 32, 32);
			p--;
			p[-33] = 32;
		}
	}
	j->sig[0] = 0x30;
	j->sig[1] = (unsigned char)(p - j->sig - 2);
	j->sig_n = (size_t)(p - j->sig);
}

static void
prepare_raw(struct job *j)
{
	struct oidc_jws *jws;
	const struct oidc_key *key;

	if (oidc_jws_parse(j->a, fg_str_z(j->token), &jws, NULL) != FG_OK ||
	    oidc_key_find(&j->p, j->set, jws, &key, NULL) != FG_OK)
		exit(1);
	EVP_Q_digest(NULL, "SHA256", NULL, jws->input.p, jws->input.n, j->md, &j->md_n);
	if (jws->alg == OIDC_ES256) {
		der(j, jws->sig);
	} else {
		memcpy(j->sig, jws->sig.p, jws->sig.n);
		j->sig_n = jws->sig.n;
	}
	j->ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
	EVP_PKEY_verify_init(j->ctx);
	EVP_PKEY_CTX_set_signature_md(j->ctx, EVP_sha256());
}

static void
measure(const char *name, const char *file, size_t n)
{
	struct job j = { .a = fg_arena_new(1u << 20), .w = oidc_worker_new(), .p = oidc_provider_default() };
	double ours, limit, parse;

	read_file(file, j.token, sizeof(j.token));
	if (oidc_jwks_parse(fg_str_z(jwks_doc), 0, &j.set, NULL) != FG_OK)
		exit(1);
	j.p.issuer = FG_LIT("https://token.actions.example.com");
	j.p.client_id = clients;
	j.p.nclient_id = 1;
	j.p.algs = OIDC_ALGS_AWS;
	prepare_raw(&j);
	whole(&j, 100);
	raw(&j, 100);
	limit = bench_cpu(raw, &j, bench_scale(n), 9);
	ours = bench_cpu(whole, &j, bench_scale(n), 9);
	parse = bench_cpu(unsigned_part, &j, bench_scale(n), 9);
	bench_row(name, ours, limit, "us", "limit: EVP_PKEY_verify with a ready context; of it form and JSON %.1f us", parse);
	EVP_PKEY_CTX_free(j.ctx);
	oidc_jwks_free(j.set);
	oidc_worker_free(j.w);
	fg_arena_free(j.a);
}

int
main(void)
{
	read_file("jwks.json", jwks_doc, sizeof(jwks_doc));
	measure("oidc-verify-rs256", "rs256.jwt", 4000);
	measure("oidc-verify-es256", "es256.jwt", 1500);
	return bench_end();
}
