/*
 * saml/provider.c - a provider: its entityID, its keys parsed once, its switches.
 */
#include <stdlib.h>

#include "saml/saml_int.h"

static const struct {
	unsigned bit;
	const char *name;
} switches[] = {
	{ SAML_ALLOW_SHA1, "sha1" },
	{ SAML_ALLOW_RSA1024, "rsa1024" },
	{ SAML_ALLOW_RSA15, "rsa15" },
	{ SAML_ALLOW_NO_AUTHN, "no-authn-statement" },
	{ SAML_ALLOW_STALE, "stale" },
	{ SAML_ALLOW_PSS, "rsa-pss" },
	{ SAML_ALLOW_BARE_CBC, "bare-cbc" },
	{ SAML_ALLOW_SINGLE_USE, "single-use" },
};

unsigned
saml_allow_bit(struct fg_str name)
{
	for (size_t i = 0; i < FG_COUNT(switches); i++) {
		if (fg_eq(fg_str_z(switches[i].name), name))
			return switches[i].bit;
	}
	return 0;
}

const char *
saml_allow_name(unsigned bit)
{
	for (size_t i = 0; i < FG_COUNT(switches); i++) {
		if (switches[i].bit == bit)
			return switches[i].name;
	}
	return NULL;
}

static bool
copy(struct fg_str s, struct fg_str *ret)
{
	char *p = malloc(s.n + 1);

	if (p == NULL)
		return false;
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	*ret = fg_str(p, s.n);
	return true;
}

static enum fg_rc
check_conf(const struct saml_provider_conf *conf, struct fg_err *reterr)
{
	if (conf->entity_id.n == 0)
		return saml_refuse(reterr, "saml.provider.conf", "no entityID");
	if (conf->n_keys == 0 || conf->n_keys > FG_LIMIT_SAML_KEYS)
		return saml_refuse(reterr, "saml.provider.conf", "%zu signing keys, 1 to %d wanted",
		    conf->n_keys, FG_LIMIT_SAML_KEYS);
	if (conf->n_decrypt > FG_LIMIT_SAML_DECRYPT_KEYS)
		return saml_refuse(reterr, "saml.provider.conf", "more than %d private keys",
		    FG_LIMIT_SAML_DECRYPT_KEYS);
	return FG_OK;
}

static enum fg_rc
load_keys(struct saml_provider *p, const struct saml_provider_conf *conf, struct fg_err *reterr)
{
	if (!crypto_init(&p->crypto))
		return fg_fail(reterr, FG_E_CRYPTO, "saml.provider", NULL, "digest is not available");
	for (size_t i = 0; i < conf->n_keys; i++) {
		FG_TRY(crypto_key_init(&p->key[i], &p->crypto, conf->key[i], reterr));
		p->n_keys++;
	}
	for (size_t i = 0; i < conf->n_decrypt; i++) {
		FG_TRY(crypto_private_init(&p->decrypt[i], conf->decrypt_pem[i], reterr));
		p->n_decrypt++;
	}
	return FG_OK;
}

enum fg_rc
saml_provider_new(const struct saml_provider_conf *conf, struct saml_provider **ret,
    struct fg_err *reterr)
{
	FG_AUTO(saml_provider_freep) struct saml_provider *p = NULL;

	FG_TRY(check_conf(conf, reterr));
	p = calloc(1, sizeof(*p));
	if (p == NULL || !copy(conf->id, &p->id) || !copy(conf->entity_id, &p->entity_id))
		return fg_fail(reterr, FG_E_NOMEM, "saml.provider", NULL, "provider");
	p->encryption = conf->encryption;
	p->allow = conf->allow;
	p->valid_until = conf->valid_until;
	FG_TRY(load_keys(p, conf, reterr));
	*ret = FG_STEAL(p);
	return FG_OK;
}

void
saml_provider_free(struct saml_provider *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < FG_COUNT(p->key); i++)
		crypto_key_done(&p->key[i]);
	for (size_t i = 0; i < FG_COUNT(p->decrypt); i++)
		crypto_private_done(&p->decrypt[i]);
	crypto_done(&p->crypto);
	free((void *)(uintptr_t)p->id.p);
	free((void *)(uintptr_t)p->entity_id.p);
	free(p);
}

void
saml_provider_freep(struct saml_provider **p)
{
	saml_provider_free(*p);
}

struct fg_str
saml_provider_id(const struct saml_provider *p)
{
	return p->id;
}

struct fg_str
saml_provider_entity_id(const struct saml_provider *p)
{
	return p->entity_id;
}

unsigned
saml_provider_allow(const struct saml_provider *p)
{
	return p->allow;
}

fg_time
saml_provider_valid_until(const struct saml_provider *p)
{
	return p->valid_until;
}

size_t
saml_provider_keys(const struct saml_provider *p)
{
	return p->n_keys;
}

struct fg_str
saml_provider_key_id(const struct saml_provider *p, size_t i)
{
	return i < p->n_keys ? fg_str_z(p->key[i].id) : FG_STR_NULL;
}

const char *
saml_provider_key_kind(const struct saml_provider *p, size_t i)
{
	return i < p->n_keys ? p->key[i].name : "";
}

enum fg_rc
saml_pem_read(struct fg_arena *a, struct fg_str pem, struct fg_str *ret, size_t max, size_t *ret_n,
    struct fg_err *reterr)
{
	return crypto_pem(a, pem, ret, max, ret_n, reterr);
}

enum fg_rc
saml_key_id(struct fg_arena *a, struct fg_str key, struct fg_str *ret, struct fg_err *reterr)
{
	struct crypto c = { { NULL } };
	struct crypto_key k = { .kind = CRYPTO_NO_KEY };
	enum fg_rc rc = FG_OK;
	size_t n;

	if (fg_starts(key, FG_LIT("-----")))
		FG_TRY(crypto_pem(a, key, &key, 1, &n, reterr));
	if (!crypto_init(&c))
		rc = fg_fail(reterr, FG_E_CRYPTO, "saml.provider", NULL, "digest is not available");
	if (rc == FG_OK)
		rc = crypto_key_init(&k, &c, key, reterr);
	if (rc == FG_OK && fg_str_null(*ret = fg_arena_dup(a, fg_str_z(k.id))))
		rc = saml_no_memory(reterr);
	crypto_key_done(&k);
	crypto_done(&c);
	return rc;
}
