/*
 * gateway/front/tls.c - certificates and contexts.
 *
 * TLS 1.2 and 1.3 with forward secrecy and authenticated encryption only; no
 * renegotiation, no compression, no early data.  Every worker has a context of
 * its own, so that a handshake shares no reference count with another thread.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "gateway/front/conn_int.h"

#define CHAIN_MAX 8 /* certificates */

#define CIPHERS_12                                                                               \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"                             \
	"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"                             \
	"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
#define CIPHERS_13 "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
#define GROUPS "X25519:P-256:P-384"

struct front_tls {
	X509 *cert[CHAIN_MAX]; /* leaf first */
	size_t n;
	EVP_PKEY *key;
};

void
front_tls_free(struct front_tls *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n; i++)
		X509_free(t->cert[i]);
	EVP_PKEY_free(t->key);
	free(t);
}

static void
tls_freep(struct front_tls **t)
{
	front_tls_free(*t);
}

static void
bio_freep(BIO **b)
{
	BIO_free(*b);
}

/* A key that asks for a pass phrase is refused rather than waited for. */
static int
no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

static bool
read_chain(struct front_tls *t, struct fg_str pem)
{
	FG_AUTO(bio_freep) BIO *b = BIO_new_mem_buf(pem.p, (int)pem.n);

	while (b != NULL && t->n < CHAIN_MAX) {
		X509 *cert = PEM_read_bio_X509(b, NULL, no_passphrase, NULL);

		if (cert == NULL)
			break;
		t->cert[t->n++] = cert;
	}
	ERR_clear_error(); /* the end of the file is one */
	return t->n > 0;
}

static bool
read_key(struct front_tls *t, struct fg_str pem)
{
	FG_AUTO(bio_freep) BIO *b = BIO_new_mem_buf(pem.p, (int)pem.n);

	if (b != NULL)
		t->key = PEM_read_bio_PrivateKey(b, NULL, no_passphrase, NULL);
	ERR_clear_error();
	return t->key != NULL;
}

enum fg_rc
front_tls_new(struct fg_str chain_pem, struct fg_str key_pem, struct front_tls **ret,
    struct fg_err *reterr)
{
	FG_AUTO(tls_freep) struct front_tls *t = calloc(1, sizeof(*t));
	SSL_CTX *probe;

	if (t == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "front.tls", NULL, "certificate");
	if (chain_pem.n > FG_LIMIT_TLS_PEM || key_pem.n > FG_LIMIT_TLS_PEM)
		return fg_fail(reterr, FG_E_LIMIT, "front.tls.size", NULL, "PEM is too long");
	if (!read_chain(t, chain_pem))
		return fg_fail(reterr, FG_E_CRYPTO, "front.tls.certificate", NULL, "no certificate in PEM");
	if (!read_key(t, key_pem))
		return fg_fail(reterr, FG_E_CRYPTO, "front.tls.key", NULL,
		    "no private key in PEM (one with a pass phrase is not taken)");
	if (X509_check_private_key(t->cert[0], t->key) != 1) {
		ERR_clear_error();
		return fg_fail(reterr, FG_E_CRYPTO, "front.tls.match", NULL,
		    "key does not belong to the first certificate");
	}
	probe = tls_ctx_new(t, NULL);
	if (probe == NULL)
		return fg_fail(reterr, FG_E_CRYPTO, "front.tls.context", NULL,
		    "certificate or key is too weak");
	SSL_CTX_free(probe);
	*ret = FG_STEAL(t);
	return FG_OK;
}

/* ---- files ----------------------------------------------------------- */

static void
closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static enum fg_rc
read_file(const char *path, struct fg_buf *b, struct fg_err *reterr)
{
	FG_AUTO(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n = -1;

	b->secret = true;
	while (fd >= 0) {
		char *p = fg_buf_room(b, 4096);

		n = p == NULL ? -1 : read(fd, p, 4096);
		if (n <= 0)
			break;
		b->n += (size_t)n;
	}
	if (n != 0)
		return fg_fail(reterr, FG_E_IO, "front.tls.file", NULL, "cannot read %s", path);
	return FG_OK;
}

enum fg_rc
front_tls_load(const char *chain_path, const char *key_path, struct front_tls **ret,
    struct fg_err *reterr)
{
	FG_AUTO(fg_buf_free) struct fg_buf chain = FG_BUF(FG_LIMIT_TLS_PEM + 4096);
	FG_AUTO(fg_buf_free) struct fg_buf key = FG_BUF(FG_LIMIT_TLS_PEM + 4096);

	FG_TRY(read_file(chain_path, &chain, reterr));
	FG_TRY(read_file(key_path, &key, reterr));
	return front_tls_new(fg_buf_str(&chain), fg_buf_str(&key), ret, reterr);
}

/* ---- contexts -------------------------------------------------------- */

/*= RFC 7301 3.2
 *# In the event that the server supports no protocols that the client advertises,
 *# then the server SHALL respond with a fatal "no_application_protocol" alert. */
static int
choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *n_out, const unsigned char *in,
    unsigned n_in, void *arg)
{
	static const char want[] = "http/1.1";
	struct fg_cur c = fg_cur(fg_str(in, n_in));

	(void)ssl;
	(void)arg;
	while (!c.bad && c.n > 0) {
		struct fg_str name = fg_cur_v8(&c);

		if (!c.bad && fg_eq(name, FG_LIT("http/1.1"))) {
			*out = (const unsigned char *)want;
			*n_out = sizeof(want) - 1;
			return SSL_TLSEXT_ERR_OK;
		}
	}
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static bool
set_rules(SSL_CTX *ctx)
{
	SSL_CTX_set_security_level(ctx, 2);
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
	    SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
	    SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(ctx, 1);
	SSL_CTX_set_timeout(ctx, FG_LIMIT_TLS_TICKET_S);
	SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
	return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
	    SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1 &&
	    SSL_CTX_set_cipher_list(ctx, CIPHERS_12) == 1 &&
	    SSL_CTX_set_ciphersuites(ctx, CIPHERS_13) == 1 &&
	    SSL_CTX_set1_groups_list(ctx, GROUPS) == 1 &&
	    SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"fedgate", 7) == 1;
}

static bool
set_certificate(SSL_CTX *ctx, const struct front_tls *t)
{
	if (SSL_CTX_use_certificate(ctx, t->cert[0]) != 1 ||
	    SSL_CTX_use_PrivateKey(ctx, t->key) != 1)
		return false;
	for (size_t i = 1; i < t->n; i++) {
		if (SSL_CTX_add1_chain_cert(ctx, t->cert[i]) != 1)
			return false;
	}
	return true;
}

SSL_CTX *
tls_ctx_new(const struct front_tls *t, struct tickets *tickets)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (ctx == NULL || !set_rules(ctx) || !set_certificate(ctx, t)) {
		SSL_CTX_free(ctx);
		ERR_clear_error();
		return NULL;
	}
	if (tickets != NULL)
		tickets_use(tickets, ctx);
	return ctx;
}

/* ---- reload ---------------------------------------------------------- */

struct swap {
	struct post post;
	unsigned listener;
	SSL_CTX *ctx;
};

static void
swap_free(struct swap *s)
{
	if (s == NULL)
		return;
	SSL_CTX_free(s->ctx);
	free(s);
}

/* On the worker's thread: open connections hold a reference on the old one. */
static void
swap_ctx(struct front_worker *w, void *arg)
{
	struct swap *s = arg;
	SSL_CTX *old = w->l[s->listener].ctx;

	w->l[s->listener].ctx = s->ctx;
	s->ctx = old;
	swap_free(s);
}

static struct swap *
swap_new(struct front_worker *w, size_t i, const struct front_tls *t)
{
	struct swap *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	*s = (struct swap){ .post = { .fn = swap_ctx, .arg = s, .fixed = true },
		.listener = (unsigned)i, .ctx = tls_ctx_new(t, &w->tickets) };
	if (s->ctx == NULL) {
		free(s);
		return NULL;
	}
	return s;
}

/* One for every worker, or none. */
static bool
make_swaps(struct front *f, size_t i, const struct front_tls *t, struct swap **s)
{
	for (unsigned k = 0; k < f->n_worker; k++) {
		s[k] = swap_new(f->worker[k], i, t);
		if (s[k] != NULL)
			continue;
		while (k > 0)
			swap_free(s[--k]);
		return false;
	}
	return true;
}

enum fg_rc
front_tls_take(struct front *f, size_t i, struct front_tls *t, struct fg_err *reterr)
{
	struct swap *s[FG_LIMIT_HTTP_WORKERS];

	if (i >= f->n_listen || !f->l[i].tls || !f->started)
		return fg_fail(reterr, FG_E_PARAM, "front.tls", NULL, "listener %zu has no TLS", i);
	if (!make_swaps(f, i, t, s))
		return fg_fail(reterr, FG_E_NOMEM, "front.tls", NULL, "reload");
	/* Nothing can fail from here: a worker that has ended needs no certificate. */
	for (unsigned k = 0; k < f->n_worker; k++) {
		if (inbox_put(f->worker[k], &s[k]->post) != FG_OK)
			swap_free(s[k]);
	}
	front_tls_free(t);
	return FG_OK;
}
