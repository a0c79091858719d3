/*
 * tests/bench/bench_gateway.c - what one exchange of a proof for credentials costs.
 *
 * The whole program runs as an operator runs it; the CPU time of all its processes is
 * divided by the requests.  The limit is measured in the same run: the raw public-key
 * operation, where there is one, and a bare epoll echo of the same bytes.
 */
#include "base/sha256.h"
#include "tests/bench/echo.h"
#include "tests/bench/gateway.h"
#include "tests/bench/over_http.h"
#include "tests/bench/token.h"
#include "tests/tls/cert.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#define ROUNDS OVER_HTTP_ROUNDS
#define BUSY OVER_HTTP_BUSY
#define TOKENS 512 /* different ones, in turn */

struct requests {
	struct fg_str text[TOKENS];
	size_t bytes; /* of one of them */
};

static struct issuer issuer;
static struct gateway gateway;
static struct fg_arena *arena;
static char host[64];

static fg_time
now_s(void)
{
	return (fg_time)time(NULL);
}

static void __attribute__((noreturn))
die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

/* ---- the requests ---------------------------------------------------- */

static struct fg_str
web_identity(enum token_kind kind, size_t number)
{
	FG_AUTO(fg_buf_free) struct fg_buf body = FG_BUF(1u << 16);
	FG_AUTO(fg_buf_free) struct fg_buf all = FG_BUF(1u << 16);

	fg_buf_fmt(&body, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%%3Aaws%%3Aiam%%3A%%3A"
			  "111122223333%%3Arole%%2Fdeploy&RoleSessionName=run-%zu&WebIdentityToken=", number);
	if (!issuer_mint(&issuer, kind, now_s(), number, &body))
		die("no token");
	fg_buf_fmt(&all, "POST / HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: identity\r\nContent-Type: "
			 "application/x-www-form-urlencoded; charset=utf-8\r\nUser-Agent: aws-cli/2.9.19 Python/3.11.2 "
			 "Linux/6.1.0 source/x86_64.debian.12 prompt/off command/sts.assume-role-with-web-identity\r\n"
			 "Content-Length: %zu\r\n\r\n", host, body.n);
	fg_buf_put(&all, fg_buf_str(&body));
	return fg_arena_dup(arena, fg_buf_str(&all));
}

static void
make_requests(struct requests *r, enum token_kind kind)
{
	r->bytes = 0;
	for (size_t i = 0; i < TOKENS; i++) {
		r->text[i] = web_identity(kind, i);
		if (fg_str_null(r->text[i]))
			die("no memory");
		r->bytes += r->text[i].n;
	}
	r->bytes /= TOKENS;
}

static struct fg_str
next_token(void *arg, size_t i)
{
	const struct requests *r = arg;

	return r->text[i % TOKENS];
}

static struct fg_buf signed_text = FG_BUF(1u << 16);
static size_t signed_number;

/* Each differs from all before it: an identical one would be a replay. */
static struct fg_str
next_signed(void *arg, size_t i)
{
	char body[512];
	struct fg_buf b = FG_BUF_FIXED(body);

	(void)i;
	fg_buf_fmt(&b, "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%%3Aaws%%3Aiam%%3A%%3A111122223333%%3A"
		       "role%%2Ftarget&RoleSessionName=run-%zu", signed_number++);
	fg_buf_reset(&signed_text);
	if (!signer_post(arg, now_s(), fg_buf_str(&b), &signed_text))
		die("no signature");
	return fg_buf_str(&signed_text);
}

/*
 * The cryptography that such a request cannot do without, told beside the limit: SigV4's digests, the nonce,
 * key and seal of a session token, its secret, and the link of an audit record.
 */
static const uint16_t digested[] = { 140, 260, 90, 1500, 64, 32 }, keyed[] = { 140, 650, 100, 32 };
#define SEALED 400

struct crypto {
	EVP_CIPHER_CTX *seal;
	char octets[2048];
};

static void
crypto_run(void *arg, size_t n)
{
	struct crypto *c = arg;
	uint8_t d[FG_SHA256_BYTES] = { 0 }, out[SEALED + 16];
	int len;

	while (n-- > 0) {
		for (size_t i = 0; i < FG_COUNT(digested); i++)
			fg_sha256(&(struct fg_str){ c->octets, digested[i] }, 1, d);
		for (size_t i = 0; i < FG_COUNT(keyed); i++)
			fg_hmac(fg_str(d, sizeof(d)), &(struct fg_str){ c->octets, keyed[i] }, 1, d);
		if (EVP_EncryptInit_ex2(c->seal, NULL, d, d, NULL) != 1 ||
		    EVP_EncryptUpdate(c->seal, out, &len, (const unsigned char *)c->octets, SEALED) != 1 ||
		    EVP_EncryptFinal_ex(c->seal, out, &len) != 1)
			die("no cipher");
	}
}

static double
crypto_us(void)
{
	struct crypto c = { .seal = EVP_CIPHER_CTX_new() };
	double us;

	if (c.seal == NULL || EVP_EncryptInit_ex2(c.seal, EVP_aes_256_gcm(), NULL, NULL, NULL) != 1)
		die("no cipher");
	us = bench_cpu(crypto_run, &c, bench_scale(20000), ROUNDS);
	EVP_CIPHER_CTX_free(c.seal);
	return us;
}

/* ---- measuring ------------------------------------------------------- */

static void
row_web_identity(const char *name, enum token_kind kind, const char *what)
{
	static struct requests r;
	struct load l = { .port = gateway.port, .connections = BUSY, .requests = bench_scale(20000),
		.next = next_token, .arg = &r, .want_status = 200 };
	char rates[320] = "";
	struct fg_buf b = FG_BUF_FIXED(rates);
	struct bench_cpus cpus;
	struct http_cost f;
	struct verify v;
	double verify, echo;

	make_requests(&r, kind);
	gateway_cpus(&gateway, &cpus);
	http_measure(&f, &l, &cpus, name);
	http_rates_put(&b, &l, &cpus);
	if (!verify_init(&v, &issuer, kind))
		die("no verification");
	verify = bench_cpu(verify_run, &v, bench_scale(5000), ROUNDS);
	verify_done(&v);
	echo = http_echo_us(&l, r.bytes, f.load.reply_bytes, NULL);
	bench_row(name, f.us, verify + echo, "us", "limit: %s verify %.1f + bare epoll echo of the same bytes %.1f; %s",
	    what, verify, echo, rates);
}

static void
row_tls_oneshot(struct fg_str chain, struct fg_str key)
{
	static struct requests r;
	struct load l = { .port = gateway.port_tls, .connections = 16, .requests = bench_scale(2000),
		.next = next_token, .arg = &r, .want_status = 200, .one_shot = true };
	SSL_CTX *server = echo_server_ctx(chain, key);
	struct bench_cpus cpus;
	struct http_cost f;
	struct verify v;
	double verify, echo;

	l.ctx = echo_client_ctx();
	make_requests(&r, TOKEN_RS256);
	gateway_cpus(&gateway, &cpus);
	http_measure(&f, &l, &cpus, "web-identity-tls-oneshot");
	if (!verify_init(&v, &issuer, TOKEN_RS256))
		die("no verification");
	verify = bench_cpu(verify_run, &v, bench_scale(5000), ROUNDS);
	verify_done(&v);
	echo = http_echo_us(&l, r.bytes, f.load.reply_bytes, server);
	bench_row("web-identity-tls-oneshot", f.us, verify + echo, "us",
	    "limit: RSA-2048 verify %.1f + bare TLS echo, one connection a request, %.1f; 16: %.0f/s p50 %.0f p99 %.0f us",
	    verify, echo, (double)f.load.done * 1e6 / f.load.wall_us, f.load.p50_us, f.load.p99_us);
	SSL_CTX_free(l.ctx);
	SSL_CTX_free(server);
}

static void
row_assume_role(void)
{
	struct signer s = { .key_id = fg_str_z(gateway.key_id), .secret = fg_str_z(gateway.secret),
		.host = fg_str_z(host) };
	struct load l = { .port = gateway.port, .connections = BUSY, .requests = bench_scale(20000),
		.next = next_signed, .arg = &s, .want_status = 200 };
	char rates[320] = "";
	struct fg_buf b = FG_BUF_FIXED(rates);
	struct bench_cpus cpus;
	struct http_cost f;
	double echo;

	gateway_cpus(&gateway, &cpus);
	http_measure(&f, &l, &cpus, "assume-role");
	http_rates_put(&b, &l, &cpus);
	echo = http_echo_us(&l, next_signed(&s, 0).n, f.load.reply_bytes, NULL);
	bench_row("assume-role", f.us, echo, "us",
	    "limit: bare epoll echo of the same bytes %.1f; cryptography, not in it, %.1f; %s", echo, crypto_us(), rates);
}

/* Resident memory of all processes, before the first request and after a million. */
static void
row_memory(long at_start)
{
	static struct requests r;
	struct load l = { .port = gateway.port, .connections = 64, .requests = bench_scale(1000000),
		.next = next_token, .arg = &r, .want_status = 200 };
	struct load_result res;

	make_requests(&r, TOKEN_RS256);
	if (!load_run(&l, &res) || res.failed > 0)
		die("requests failed");
	bench_row("memory-start", (double)at_start, -1, "kB", "resident, all processes, before the first request");
	bench_row("memory-after", (double)gateway_rss_kb(&gateway), (double)at_start, "kB",
	    "after all rows and %zu more requests; limit: at start; %.0f/s", res.done,
	    (double)res.done * 1e6 / res.wall_us);
}

static void
make_bundle(struct fg_buf *b)
{
	fg_buf_put(b, FG_LIT("{\"Accounts\":[{\"Id\":\"111122223333\",\"Name\":\"bench\",\"OpenIDConnectProviders\":[{"
			     "\"Url\":\"https://bench.example.com\",\"ClientIDList\":[\"sts.amazonaws.com\"],\"Algorithms\":"
			     "[\"RS256\",\"ES256\"],\"Jwks\":"));
	issuer_jwks(&issuer, b);
	fg_buf_put(b, FG_LIT("}],\"RoleDetailList\":[{\"RoleName\":\"deploy\",\"Path\":\"/\",\"AssumeRolePolicyDocument\":{"
			     "\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Federated\":"
			     "\"arn:aws:iam::111122223333:oidc-provider/bench.example.com\"},\"Action\":"
			     "\"sts:AssumeRoleWithWebIdentity\",\"Condition\":{\"StringEquals\":{\"bench.example.com:aud\":"
			     "\"sts.amazonaws.com\"},\"StringLike\":{\"bench.example.com:sub\":\"repo:acme/model:*\"}}}]}},"
			     "{\"RoleName\":\"target\",\"Path\":\"/\",\"AssumeRolePolicyDocument\":{\"Version\":\"2012-10-17\","
			     "\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"},"
			     "\"Action\":\"sts:AssumeRole\"}]}}]}]}"));
}

/* Without arguments all rows; else those that are named. */
static bool
wanted(int argc, char **argv, const char *name)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], name) == 0)
			return true;
	}
	return argc < 2;
}

int
main(int argc, char **argv)
{
	FG_AUTO(fg_buf_free) struct fg_buf bundle = FG_BUF(1u << 16);
	struct fg_str chain, key;
	long at_start;

	arena = fg_arena_new(64u << 20);
	if (arena == NULL || !issuer_init(&issuer) || !cert_make(arena, CERT_P256, "bench", &chain, &key))
		die("no keys");
	make_bundle(&bundle);
	gateway_start(&gateway, fg_buf_str(&bundle), chain, key);
	(void)snprintf(host, sizeof(host), "127.0.0.1:%u", (unsigned)gateway.port);
	at_start = gateway_rss_kb(&gateway);
	if (wanted(argc, argv, "web-identity-rs256"))
		row_web_identity("web-identity-rs256", TOKEN_RS256, "RSA-2048");
	if (wanted(argc, argv, "web-identity-es256"))
		row_web_identity("web-identity-es256", TOKEN_ES256, "P-256");
	if (wanted(argc, argv, "assume-role"))
		row_assume_role();
	(void)snprintf(host, sizeof(host), "127.0.0.1:%u", (unsigned)gateway.port_tls);
	if (wanted(argc, argv, "web-identity-tls-oneshot"))
		row_tls_oneshot(chain, key);
	(void)snprintf(host, sizeof(host), "127.0.0.1:%u", (unsigned)gateway.port);
	if (wanted(argc, argv, "memory-after"))
		row_memory(at_start);
	gateway_stop(&gateway);
	issuer_done(&issuer);
	fg_buf_free(&signed_text);
	fg_arena_free(arena);
	return bench_end();
}
