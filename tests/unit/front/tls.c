/*
 * tests/unit/front/tls.c - versions, ciphers, tickets, reload.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <signal.h>
#include <stdio.h>

#include "gateway/front/conn_int.h"
#include "tests/tls/cert.h"
#include "tests/unit/front/server.h"

static struct server s;
static struct client c;
static struct fg_arena *arena;

#define H "Host: a\r\n"
#define ASK "GET /peer HTTP/1.1\r\n" H "\r\n"

static struct front_tls *
make_tls(enum cert_kind kind, const char *name)
{
	struct fg_str chain, key;
	struct front_tls *t = NULL;
	struct fg_err e = { 0 };

	CU_ASSERT_TRUE_FATAL(cert_make(arena, kind, name, &chain, &key));
	CU_ASSERT_EQUAL_FATAL(front_tls_new(chain, key, &t, &e), FG_OK);
	return t;
}

static bool
begin(enum cert_kind kind)
{
	(void)signal(SIGPIPE, SIG_IGN);
	arena = fg_arena_new(1u << 20);
	CU_ASSERT_PTR_NOT_NULL_FATAL(arena);
	return server_start_tls(&s, make_tls(kind, "one"), (struct front_limits){ 0 });
}

static void
end(void)
{
	server_end(&s);
	fg_arena_free(arena);
	ERR_clear_error();
}

static SSL_CTX *
client_ctx(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	CU_ASSERT_PTR_NOT_NULL_FATAL(ctx);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
	/* As weak as the library lets a client be: what is refused is the server's doing. */
	SSL_CTX_set_security_level(ctx, 0);
	return ctx;
}

static SSL *
dial_with(SSL_CTX *ctx, SSL_SESSION *session)
{
	SSL *ssl = SSL_new(ctx);

	CU_ASSERT_PTR_NOT_NULL_FATAL(ssl);
	if (!client_open(&c, s.port))
		return NULL;
	if (session != NULL)
		(void)SSL_set_session(ssl, session);
	(void)SSL_set_fd(ssl, c.fd);
	if (SSL_connect(ssl) == 1)
		return ssl;
	ERR_clear_error();
	SSL_free(ssl);
	client_close(&c);
	return NULL;
}

static SSL *
dial(SSL_CTX *ctx)
{
	return dial_with(ctx, NULL);
}

static void
hang_up(SSL *ssl)
{
	if (ssl == NULL)
		return;
	(void)SSL_shutdown(ssl);
	SSL_free(ssl);
	client_close(&c);
}

static void
put(SSL *ssl, struct fg_str text)
{
	CU_ASSERT_EQUAL(SSL_write(ssl, text.p, (int)text.n), (int)text.n);
}

/* Send, and read until what was asked for is in c.got. */
static bool
exchange(SSL *ssl, const char *request, const char *want)
{
	client_clear(&c);
	if (SSL_write(ssl, request, (int)strlen(request)) <= 0)
		return false;
	while (memmem(c.got, c.n, want, strlen(want)) == NULL) {
		int n = SSL_read(ssl, c.got + c.n, (int)(sizeof(c.got) - c.n));

		if (n <= 0)
			return false;
		c.n += (size_t)n;
	}
	return true;
}

#define SECURE "127.0.0.1 secure direct"

static void
requests_over_tls_are_secure(void)
{
	SSL_CTX *ctx = client_ctx();
	SSL *ssl;

	if (!begin(CERT_P256))
		return;
	CHECK(fg_starts(fg_str_z(front_url(s.f, 0)), FG_LIT("https://127.0.0.1:")));
	ssl = dial(ctx);
	CHECK(ssl != NULL && exchange(ssl, ASK, SECURE));
	CHECK_STR(client_header(&c, FG_LIT("Strict-Transport-Security")), "max-age=31536000");
	/* Several in one record, and a body over many. */
	CHECK(ssl != NULL && exchange(ssl, ASK ASK "POST / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc", "POST /\nabc"));
	CU_ASSERT_EQUAL(atomic_load(&s.calls), 4);
	hang_up(ssl);
	SSL_CTX_free(ctx);
	end();
}

static void
large_bodies_and_replies_pass_through_tls(void)
{
	static char body[FG_LIMIT_HTTP_BODY];
	SSL_CTX *ctx = client_ctx();
	size_t got = 0;
	SSL *ssl;
	int n;

	if (!begin(CERT_P256))
		return;
	memset(body, 'b', sizeof(body));
	ssl = dial(ctx);
	CU_ASSERT_PTR_NOT_NULL_FATAL(ssl);
	put(ssl, FG_LIT("POST / HTTP/1.1\r\n" H "Content-Length: 262144\r\n\r\n"));
	put(ssl, fg_str(body, sizeof(body)));
	c.n = 0;
	while (c.n < sizeof(body) && (n = SSL_read(ssl, c.got + c.n, (int)(sizeof(c.got) - c.n))) > 0)
		c.n += (size_t)n;
	CHECK(memmem(c.got, c.n, body, sizeof(body) - 1000) != NULL);
	put(ssl, FG_LIT("GET /large HTTP/1.1\r\n" H "Connection: close\r\n\r\n"));
	server_settle(&s);
	while ((n = SSL_read(ssl, c.got, sizeof(c.got))) > 0)
		got += (size_t)n;
	/* It ends in order: with close_notify, so that nothing can be cut off unseen. */
	CU_ASSERT_EQUAL(SSL_get_error(ssl, n), SSL_ERROR_ZERO_RETURN);
	CHECK(got > SERVER_LARGE);
	hang_up(ssl);
	SSL_CTX_free(ctx);
	end();
}

static bool
version_taken(int version)
{
	SSL_CTX *ctx = client_ctx();
	SSL *ssl;
	bool ok;

	(void)SSL_CTX_set_min_proto_version(ctx, version);
	(void)SSL_CTX_set_max_proto_version(ctx, version);
	(void)SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0");
	ssl = dial(ctx);
	ok = ssl != NULL && exchange(ssl, ASK, SECURE);
	hang_up(ssl);
	SSL_CTX_free(ctx);
	return ok;
}

static void
only_1_2_and_1_3_are_spoken(void)
{
	struct front_counters n;

	if (!begin(CERT_RSA2048))
		return;
	CHECK(version_taken(TLS1_3_VERSION));
	CHECK(version_taken(TLS1_2_VERSION));
	CHECK(!version_taken(TLS1_1_VERSION));
	CHECK(!version_taken(TLS1_VERSION));
	server_settle(&s); /* the alert arrives before it is counted */
	front_count(s.f, &n);
	CU_ASSERT_EQUAL(n.tls_ok, 2);
	CU_ASSERT_EQUAL(n.tls_failed, 2);
	end();
}

static bool
cipher_taken(const char *list)
{
	SSL_CTX *ctx = client_ctx();
	SSL *ssl;
	bool ok = false;

	(void)SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
	CHECK(SSL_CTX_set_cipher_list(ctx, list) == 1);
	ssl = dial(ctx);
	if (ssl != NULL)
		ok = SSL_get_current_compression(ssl) == NULL && exchange(ssl, ASK, SECURE);
	hang_up(ssl);
	SSL_CTX_free(ctx);
	return ok;
}

static void
only_forward_secret_authenticated_ciphers_are_spoken(void)
{
	if (!begin(CERT_RSA2048))
		return;
	CHECK(cipher_taken("ECDHE-RSA-AES128-GCM-SHA256"));
	CHECK(cipher_taken("ECDHE-RSA-AES256-GCM-SHA384"));
	CHECK(cipher_taken("ECDHE-RSA-CHACHA20-POLY1305"));
	CHECK(!cipher_taken("AES128-GCM-SHA256"));           /* no forward secrecy */
	CHECK(!cipher_taken("ECDHE-RSA-AES128-SHA256"));     /* CBC */
	CHECK(!cipher_taken("ECDHE-RSA-AES128-SHA"));
	CHECK(!cipher_taken("DHE-RSA-AES128-GCM-SHA256"));
	CHECK(!cipher_taken("AES128-SHA"));
	CHECK(!cipher_taken("NULL-SHA256"));
	CHECK(!cipher_taken("AECDH-AES128-SHA"));
	end();
}

static void
renegotiation_is_refused(void)
{
	SSL_CTX *ctx = client_ctx();
	SSL *ssl;

	if (!begin(CERT_P256))
		return;
	(void)SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
	ssl = dial(ctx);
	CHECK(ssl != NULL && exchange(ssl, ASK, SECURE));
	if (ssl != NULL && SSL_renegotiate(ssl) == 1)
		CHECK(SSL_do_handshake(ssl) != 1 || SSL_renegotiate_pending(ssl) != 0 ||
		    !exchange(ssl, ASK, SECURE));
	hang_up(ssl);
	SSL_CTX_free(ctx);
	end();
}

/* With ALPN the client says what it speaks; a name we do not know ends it. */
static bool
protocol_taken(const char *names, unsigned n, const char *want)
{
	SSL_CTX *ctx = client_ctx();
	const unsigned char *got = NULL;
	unsigned n_got = 0;
	SSL *ssl;
	bool ok = false;

	CHECK(SSL_CTX_set_alpn_protos(ctx, (const unsigned char *)names, n) == 0);
	ssl = dial(ctx);
	if (ssl != NULL) {
		SSL_get0_alpn_selected(ssl, &got, &n_got);
		ok = fg_eq(fg_str(got, n_got), fg_str_z(want)) && exchange(ssl, ASK, SECURE);
	}
	hang_up(ssl);
	SSL_CTX_free(ctx);
	return ok;
}

static void
alpn_chooses_http_1_1_or_nothing(void)
{
	if (!begin(CERT_P256))
		return;
	CHECK(protocol_taken("\x08http/1.1", 9, "http/1.1"));
	CHECK(protocol_taken("\x02h2\x08http/1.1", 12, "http/1.1"));
	CHECK(!protocol_taken("\x02h2", 3, ""));
	CHECK(!protocol_taken("\x08http/1.0", 9, ""));
	end();
}

static void
what_is_not_tls_is_cut(void)
{
	if (!begin(CERT_P256))
		return;
	CHECK(client_open(&c, s.port));
	client_send_z(&c, ASK);
	server_settle(&s);
	CHECK(!client_quiet(&c));
	client_close(&c);
	/* And so is who says nothing, or stops in the middle of the handshake. */
	CHECK(client_open(&c, s.port));
	client_send(&c, "\x16\x03\x01\x01\x00\x01", 6);
	server_pass(&s, 9900);
	CHECK(client_quiet(&c));
	server_pass(&s, 200);
	CHECK(!client_quiet(&c));
	client_close(&c);
	end();
}

/* ---- tickets --------------------------------------------------------- */

static SSL_SESSION *
get_session(SSL_CTX *ctx)
{
	SSL *ssl = dial(ctx);
	SSL_SESSION *session;

	/* A TLS 1.3 ticket comes with the first reply. */
	CHECK(ssl != NULL && exchange(ssl, ASK, SECURE));
	session = ssl == NULL ? NULL : SSL_get1_session(ssl);
	hang_up(ssl);
	return session;
}

static bool
resumes(SSL_CTX *ctx, SSL_SESSION *session)
{
	SSL *ssl = dial_with(ctx, session);
	bool reused = ssl != NULL && SSL_session_reused(ssl) == 1;

	CHECK(ssl != NULL && exchange(ssl, ASK, SECURE));
	hang_up(ssl);
	return reused;
}

static void
tickets_resume_for_two_hours_at_most(int version)
{
	SSL_CTX *ctx = client_ctx();
	SSL_SESSION *session;

	if (!begin(CERT_P256))
		return;
	(void)SSL_CTX_set_max_proto_version(ctx, version);
	(void)SSL_CTX_set_min_proto_version(ctx, version);
	session = get_session(ctx);
	CU_ASSERT_PTR_NOT_NULL_FATAL(session);
	CU_ASSERT_EQUAL(SSL_SESSION_get_max_early_data(session), 0);
	CHECK(resumes(ctx, session));
	server_pass(&s, FG_LIMIT_TLS_TICKET_S * 1000u);
	CHECK(resumes(ctx, session)); /* the key before this one */
	server_pass(&s, FG_LIMIT_TLS_TICKET_S * 1000u);
	CHECK(!resumes(ctx, session)); /* its key is gone */
	SSL_SESSION_free(session);
	session = get_session(ctx);
	CHECK(resumes(ctx, session));
	SSL_SESSION_free(session);
	SSL_CTX_free(ctx);
	end();
}

static void
tickets_of_1_3_rotate(void)
{
	tickets_resume_for_two_hours_at_most(TLS1_3_VERSION);
}

static void
tickets_of_1_2_rotate(void)
{
	tickets_resume_for_two_hours_at_most(TLS1_2_VERSION);
}

/* ---- certificates ---------------------------------------------------- */

static bool
certificate_is(SSL *ssl, const char *name)
{
	X509 *x = SSL_get1_peer_certificate(ssl);
	char text[64] = "";

	if (x != NULL)
		(void)X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, text, sizeof(text));
	X509_free(x);
	return fg_eq(fg_str_z(text), fg_str_z(name));
}

static void
a_reload_drops_no_request(void)
{
	static struct client kept;
	SSL_CTX *ctx = client_ctx();
	struct fg_err e = { 0 };
	SSL *old, *ssl;

	if (!begin(CERT_P256))
		return;
	old = dial(ctx);
	CU_ASSERT_PTR_NOT_NULL_FATAL(old);
	CHECK(exchange(old, ASK, SECURE) && certificate_is(old, "one"));
	kept = c;
	for (int i = 0; i < 20; i++) {
		struct front_tls *t = make_tls(CERT_P256, i % 2 == 0 ? "two" : "three");

		CHECK_OK(front_tls_take(s.f, 0, t, &e));
		/* The one that was posted is in force for whoever comes next. */
		server_settle(&s);
		ssl = dial(ctx);
		CHECK(ssl != NULL && certificate_is(ssl, i % 2 == 0 ? "two" : "three"));
		CHECK(ssl != NULL && exchange(ssl, ASK, SECURE));
		hang_up(ssl);
		c = kept;
		CHECK(exchange(old, ASK, SECURE) && certificate_is(old, "one"));
	}
	hang_up(old);
	SSL_CTX_free(ctx);
	end();
}

static void
a_plain_listener_takes_no_certificate(void)
{
	struct front_tls *t;
	struct fg_err e = { 0 };

	arena = fg_arena_new(1u << 20);
	t = make_tls(CERT_P256, "one");
	if (!server_start(&s, SERVER_PLAIN, (struct front_limits){ 0 }))
		return;
	CHECK_RC(front_tls_take(s.f, 0, t, &e), FG_E_PARAM);
	fg_err_clear(&e);
	CHECK_RC(front_tls_take(s.f, 1, t, &e), FG_E_PARAM);
	front_tls_free(t);
	end();
}

CU_TestInfo front_tls_tests[] = {
	CASE(requests_over_tls_are_secure),
	CASE(large_bodies_and_replies_pass_through_tls),
	CASE(only_1_2_and_1_3_are_spoken),
	CASE(only_forward_secret_authenticated_ciphers_are_spoken),
	CASE(renegotiation_is_refused),
	CASE(alpn_chooses_http_1_1_or_nothing),
	CASE(what_is_not_tls_is_cut),
	CASE(tickets_of_1_3_rotate),
	CASE(tickets_of_1_2_rotate),
	CASE(a_reload_drops_no_request),
	CASE(a_plain_listener_takes_no_certificate),
	CASES_END,
};
