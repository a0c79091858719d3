/* Signatures that are used again. */
#include <pthread.h>
#include <stdatomic.h>

#include "tests/unit/api/tests.h"
#include "tests/unit/api/world.h"

static void
a_minting_request_is_taken_once(void)
{
	static const char body[] = "Action=GetSessionToken&Version=2011-06-15";
	struct reply r = world_signed(&world.alice, body);

	CHECK_GRANTED(r);
	r = world_signed(&world.alice, body); /* the same connection: a retry */
	CHECK_GRANTED(r);
	world.connection++;
	r = world_signed(&world.alice, body);
	CHECK_FAULT(r, 400, "Throttling");
	CHECK_STEP(r.err, "api.replay");
	world.now++;
	r = world_signed(&world.alice, body); /* signed anew */
	CHECK_GRANTED(r);
}

static void
a_reading_request_may_be_repeated(void)
{
	static const char body[] = "Action=GetCallerIdentity&Version=2011-06-15";
	struct reply r = world_signed(&world.alice, body);

	CHECK_GRANTED(r);
	world.connection++;
	r = world_signed(&world.alice, body);
	CHECK_GRANTED(r);
}

static void
the_memory_is_bounded_and_forgets_after_the_window(void)
{
	struct api_replays *p = api_replays_new();
	unsigned char sig[SIGV4_DIGEST_BYTES] = { 0 };

	CU_ASSERT_FATAL(p != NULL);
	for (unsigned i = 0; i < 4 * FG_LIMIT_API_REPLAYS; i++) {
		sig[0] = (unsigned char)i;
		sig[1] = (unsigned char)(i >> 8);
		sig[2] = (unsigned char)(i >> 16);
		sig[14] = (unsigned char)(i >> 8);
		sig[15] = (unsigned char)i;
		CHECK(api_replays_claim(p, sig, i, W_NOW));
		CHECK(!api_replays_claim(p, sig, i + 1, W_NOW + 900));
	}
	sig[31] = 1;
	sig[0] ^= 1;
	CHECK(api_replays_claim(p, sig, 7, W_NOW + 1801));
	api_replays_free(p);
}

static struct api_replays *shared;
static _Atomic unsigned wins;
static pthread_barrier_t gate;

static void *
racer(void *arg)
{
	unsigned char sig[SIGV4_DIGEST_BYTES] = { 0 };

	for (unsigned i = 0; i < 20000; i++) {
		sig[0] = (unsigned char)i;
		sig[1] = (unsigned char)(i >> 8);
		sig[7] = 1;
		sig[14] = sig[1];
		sig[15] = sig[0];
		if (i % 64 == 0)
			(void)pthread_barrier_wait(&gate);
		if (api_replays_claim(shared, sig, (uint64_t)(uintptr_t)arg, W_NOW))
			wins++;
	}
	return NULL;
}

static void
two_threads_never_both_win(void)
{
	pthread_t t[2];

	shared = api_replays_new();
	CU_ASSERT_FATAL(shared != NULL);
	wins = 0;
	CHECK(pthread_barrier_init(&gate, NULL, 2) == 0);
	for (uintptr_t i = 0; i < 2; i++)
		CHECK(pthread_create(&t[i], NULL, racer, (void *)(i + 1)) == 0);
	for (int i = 0; i < 2; i++)
		CHECK(pthread_join(t[i], NULL) == 0);
	CHECK(wins <= 20000);
	CHECK(wins > 10000);
	api_replays_free(shared);
}

CU_TestInfo replay_tests[] = {
	CASE(a_minting_request_is_taken_once),
	CASE(a_reading_request_may_be_repeated),
	CASE(the_memory_is_bounded_and_forgets_after_the_window),
	CASE(two_threads_never_both_win),
	CASES_END
};
