/*
 * gateway/front/ticket.c - keys of TLS session tickets, moving forward.
 *
 * All workers start from one random seed and step it with the clock, so that a
 * ticket of one opens at another without a lock.  A step replaces the seed by its
 * digest: a key that is over cannot be made again.
 */
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "gateway/front/conn_int.h"

/* out = SHA-256(label || seed) */
static bool
derive(const char *label, const unsigned char seed[32], unsigned char out[32])
{
	unsigned char in[32 + 16] = { 0 };
	size_t n = strlen(label);
	bool ok;

	memcpy(in, label, n < 16 ? n : 16);
	memcpy(in + 16, seed, 32);
	ok = EVP_Q_digest(NULL, "SHA256", NULL, in, sizeof(in), out, NULL) == 1;
	OPENSSL_cleanse(in, sizeof(in));
	return ok;
}

static bool
make_key(struct tickets *t)
{
	struct ticket_key *k = &t->key[0];
	unsigned char name[32];

	k->live = derive("ticket name", t->seed, name) && derive("ticket aes", t->seed, k->aes) &&
	    derive("ticket mac", t->seed, k->mac);
	k->epoch = t->epoch;
	memcpy(k->name, name, sizeof(k->name));
	return k->live;
}

bool
tickets_init(struct tickets *t, struct front_worker *w, const unsigned char seed[32])
{
	*t = (struct tickets){ .w = w };
	memcpy(t->seed, seed, sizeof(t->seed));
	t->cipher = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
	return t->cipher != NULL && make_key(t);
}

void
tickets_done(struct tickets *t)
{
	EVP_CIPHER_free(t->cipher);
	OPENSSL_cleanse(t, sizeof(*t));
}

void
tickets_advance(struct tickets *t, uint64_t epoch)
{
	while (t->epoch < epoch) {
		unsigned char next[32];

		/* Without a next seed there is no next key: nothing is sealed or opened. */
		if (!derive("ticket next", t->seed, next)) {
			t->key[0].live = t->key[1].live = false;
			return;
		}
		t->key[1] = t->key[0];
		memcpy(t->seed, next, sizeof(next));
		OPENSSL_cleanse(next, sizeof(next));
		t->epoch++;
		(void)make_key(t);
	}
}

static bool
set_mac(EVP_MAC_CTX *mac, struct ticket_key *k)
{
	static char digest[] = "SHA256";
	OSSL_PARAM p[] = {
		OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, k->mac, sizeof(k->mac)),
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};

	return EVP_MAC_CTX_set_params(mac, p) == 1;
}

static int
seal(struct tickets *t, unsigned char name[16], unsigned char *iv, EVP_CIPHER_CTX *cipher,
    EVP_MAC_CTX *mac)
{
	struct ticket_key *k = &t->key[0];

	if (!k->live || RAND_bytes(iv, EVP_CIPHER_get_iv_length(t->cipher)) != 1)
		return 0;
	memcpy(name, k->name, sizeof(k->name));
	if (EVP_EncryptInit_ex2(cipher, t->cipher, k->aes, iv, NULL) != 1 || !set_mac(mac, k))
		return -1;
	return 1;
}

/* 0: unknown, a full handshake follows; 2: opened, and a new ticket is due. */
static int
unseal(struct tickets *t, const unsigned char name[16], const unsigned char *iv,
    EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac)
{
	for (int i = 0; i < 2; i++) {
		struct ticket_key *k = &t->key[i];

		if (!k->live || memcmp(name, k->name, sizeof(k->name)) != 0)
			continue;
		if (EVP_DecryptInit_ex2(cipher, t->cipher, k->aes, iv, NULL) != 1 || !set_mac(mac, k))
			return -1;
		return i == 0 ? 1 : 2;
	}
	return 0;
}

static int
on_ticket(SSL *ssl, unsigned char name[16], unsigned char *iv, EVP_CIPHER_CTX *cipher,
    EVP_MAC_CTX *mac, int sealing)
{
	struct tickets *t = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	const struct front *f = t->w->f;

	tickets_advance(t,
	    (front_mono_us(f) - f->ticket_begin_us) / (FG_LIMIT_TLS_TICKET_S * UINT64_C(1000000)));
	return sealing != 0 ? seal(t, name, iv, cipher, mac) : unseal(t, name, iv, cipher, mac);
}

void
tickets_use(struct tickets *t, SSL_CTX *ctx)
{
	SSL_CTX_set_app_data(ctx, t);
	(void)SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, on_ticket);
}
