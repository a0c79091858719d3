/*
 * tests/unit/front/keys.c - ticket keys and certificates, without a connection.
 */
#include "gateway/front/conn_int.h"
#include "tests/tls/cert.h"
#include "tests/unit/front/server.h"

static void
workers_have_the_same_ticket_keys_and_lose_them_alike(void)
{
	const unsigned char seed[32] = "a seed of thirty-two bytes, ok?";
	struct tickets a, b;

	CU_ASSERT_TRUE_FATAL(tickets_init(&a, NULL, seed) && tickets_init(&b, NULL, seed));
	CHECK(memcmp(a.key[0].aes, b.key[0].aes, 32) == 0);
	tickets_advance(&a, 3);
	CHECK(memcmp(a.key[0].aes, b.key[0].aes, 32) != 0);
	CHECK(memcmp(a.seed, seed, 32) != 0);
	CHECK(memcmp(a.key[0].aes, a.key[0].mac, 32) != 0);
	CHECK(a.key[0].epoch == 3 && a.key[1].epoch == 2);
	tickets_advance(&b, 1);
	tickets_advance(&b, 3);
	tickets_advance(&b, 2); /* never back */
	CHECK(memcmp(a.key, b.key, sizeof(a.key)) == 0);
	tickets_done(&a);
	tickets_done(&b);
}

static void
bad_certificates_and_keys_are_told(void)
{
	struct fg_str chain, key, chain2, key2, weak, weak_key;
	struct front_tls *t = NULL;
	struct fg_err e = { 0 };
	struct fg_arena *arena = fg_arena_new(1u << 20);

	CU_ASSERT_TRUE_FATAL(cert_make(arena, CERT_P256, "one", &chain, &key));
	CU_ASSERT_TRUE_FATAL(cert_make(arena, CERT_P256, "two", &chain2, &key2));
	CU_ASSERT_TRUE_FATAL(cert_make(arena, CERT_RSA1024, "weak", &weak, &weak_key));
	CHECK_RC(front_tls_new(FG_LIT(""), key, &t, &e), FG_E_CRYPTO);
	CHECK_STEP(e, "front.tls.certificate");
	fg_err_clear(&e);
	CHECK_RC(front_tls_new(chain, chain, &t, &e), FG_E_CRYPTO);
	CHECK_STEP(e, "front.tls.key");
	fg_err_clear(&e);
	CHECK_RC(front_tls_new(chain, key2, &t, &e), FG_E_CRYPTO);
	CHECK_STEP(e, "front.tls.match");
	fg_err_clear(&e);
	CHECK_RC(front_tls_new(weak, weak_key, &t, &e), FG_E_CRYPTO);
	CHECK_STEP(e, "front.tls.context");
	fg_err_clear(&e);
	CHECK_RC(front_tls_load("/nonexistent/a", "/nonexistent/b", &t, &e), FG_E_IO);
	CHECK_STEP(e, "front.tls.file");
	CHECK(t == NULL);
	fg_arena_free(arena);
}

CU_TestInfo front_keys_tests[] = {
	CASE(workers_have_the_same_ticket_keys_and_lose_them_alike),
	CASE(bad_certificates_and_keys_are_told),
	CASES_END,
};
