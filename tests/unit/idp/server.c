/* Canned answers over TLS. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/idp/server.h"

static bool
extend(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	bool ok = e != NULL && X509_add_ext(x, e, -1) == 1;

	X509_EXTENSION_free(e);
	return ok;
}

static X509 *
certificate(const char *name, EVP_PKEY *key, const char *issuer, EVP_PKEY *signer, bool ca)
{
	X509 *x = X509_new();

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), ca ? 1 : 2);
	X509_gmtime_adj(X509_getm_notBefore(x), -3600);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
	X509_NAME_add_entry_by_txt(X509_get_issuer_name(x), "CN", MBSTRING_ASC, (const unsigned char *)issuer, -1, -1, 0);
	X509_set_pubkey(x, key);
	if (ca ? extend(x, NID_basic_constraints, "critical,CA:TRUE")
	       : extend(x, NID_subject_alt_name, "IP:127.0.0.1,DNS:good.test"))
		X509_sign(x, signer, EVP_sha256());
	return x;
}

static bool
make_certificates(struct server *s, struct fg_arena *a)
{
	EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
	X509 *ca = certificate("test CA", ca_key, "test CA", ca_key, true);
	X509 *leaf = certificate("server", key, "test CA", ca_key, false);
	BIO *bio = BIO_new(BIO_s_mem());
	unsigned n = 0;
	char *p = NULL;
	bool ok;

	PEM_write_bio_X509(bio, ca);
	s->ca = fg_arena_dup(a, fg_str(p, 0));
	n = (unsigned)BIO_get_mem_data(bio, &p);
	s->ca = fg_arena_dup(a, fg_str(p, n));
	X509_digest(ca, EVP_sha1(), s->ca_thumb, &n);
	X509_digest(leaf, EVP_sha1(), s->leaf_thumb, &n);
	ok = SSL_CTX_use_certificate(s->ctx, leaf) == 1 && SSL_CTX_use_PrivateKey(s->ctx, key) == 1 &&
	    SSL_CTX_add1_chain_cert(s->ctx, ca) == 1;
	BIO_free(bio);
	X509_free(leaf);
	X509_free(ca);
	EVP_PKEY_free(key);
	EVP_PKEY_free(ca_key);
	return ok;
}

static void
put(SSL *ssl, const char *text)
{
	(void)!SSL_write(ssl, text, (int)strlen(text));
}

static void
endless(SSL *ssl)
{
	static char chunk[4096 + 16];
	int n = snprintf(chunk, sizeof(chunk), "1000\r\n%4096s\r\n", "");

	put(ssl, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 10000; i++)
		if (SSL_write(ssl, chunk, n) <= 0)
			return;
}

static void
answer(struct server *s, SSL *ssl, const char *path)
{
	char text[512], byte;

	if (strcmp(path, "/ok") == 0) {
		put(ssl, "HTTP/1.1 200 OK\r\ncache-control: public, max-age=1234, must-revalidate\r\nContent-Length: 2\r\n\r\n{}");
	} else if (strcmp(path, "/redirect") == 0) {
		snprintf(text, sizeof(text), "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:%u/canary\r\n"
		    "Content-Length: 0\r\n\r\n", s->port);
		put(ssl, text);
	} else if (strcmp(path, "/canary") == 0) {
		s->canary++;
		put(ssl, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
	} else if (strcmp(path, "/big") == 0) {
		put(ssl, "HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n{}");
	} else if (strcmp(path, "/truncated") == 0) {
		put(ssl, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}");
	} else if (strcmp(path, "/chunked") == 0) {
		endless(ssl);
	} else if (strcmp(path, "/slow") == 0) {
		(void)!SSL_read(ssl, &byte, 1); /* until the client gives up */
	} else {
		put(ssl, strcmp(path, "/500") == 0 ? "HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\n{}"
						   : "HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\n{}");
	}
}

static void
serve(struct server *s, int fd)
{
	SSL *ssl = SSL_new(s->ctx);
	char head[2048] = "", path[64] = "";
	int n = 0, got;

	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1) {
		while (n < (int)sizeof(head) - 1 && strstr(head, "\r\n\r\n") == NULL &&
		    (got = SSL_read(ssl, head + n, (int)sizeof(head) - 1 - n)) > 0)
			n += got;
		if (sscanf(head, "GET %63s HTTP/1.1", path) == 1) {
			s->requests++;
			answer(s, ssl, path);
			SSL_shutdown(ssl);
		}
	}
	SSL_free(ssl);
	close(fd);
}

static void *
loop(void *arg)
{
	struct server *s = arg;
	int fd;

	while ((fd = accept(s->fd, NULL, NULL)) >= 0)
		serve(s, fd);
	return NULL;
}

bool
server_open(struct server *s, struct fg_arena *a)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);

	memset(s, 0, sizeof(*s));
	s->ctx = SSL_CTX_new(TLS_server_method());
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->ctx == NULL || !make_certificates(s, a) || bind(s->fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(s->fd, 16) != 0 || getsockname(s->fd, (struct sockaddr *)&at, &n) != 0)
		return false;
	s->port = ntohs(at.sin_port);
	return pthread_create(&s->thread, NULL, loop, s) == 0;
}

void
server_close(struct server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
	SSL_CTX_free(s->ctx);
}
