/*
 * Allocations fail while a call is handled: the answer is a failure of ours or a denial, never
 * a grant without its record, and never a crash.
 */
#include "tests/fault/fault.h"
#include "tests/unit/api/outbound.h"

static unsigned long nth;
static bool fired;

static void
before(void)
{
	fault_arm(nth, FAULT_EVERY);
}

static void
after(void)
{
	fired = fault_disarm();
}

static struct reply
web(void)
{
	return world_assume(W_ROLE("deploy"), world_token(""), "");
}

static struct reply
denied(void)
{
	return world_assume(W_ROLE("absent"), world_token(""), "");
}

static struct reply
role(void)
{
	return world_signed(&world.bob, "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam"
	    "%3A%3A111122223333%3Arole%2Fmiddle&RoleSessionName=hop&Tags.member.1.Key=a"
	    "&Tags.member.1.Value=1");
}

static struct reply
identity(void)
{
	return world_signed(&world.bob, "Action=GetCallerIdentity&Version=2011-06-15");
}

/* A token of the account's own issuer, and its use as a link of a chain. */
static struct reply
outbound(void)
{
	world.connection = 4242;
	return outbound_get(&world.alice, OUTBOUND_RS "&Tags.member.1.Key=a&Tags.member.1.Value=1");
}

/* Every allocation from the nth on fails, until none was asked for. */
static void
scenario(struct reply (*send)(void), int status)
{
	for (nth = 0; nth < 10000; nth++) {
		struct reply r;

		world_fresh();
		world.now += (fg_time)nth; /* a signature is taken once */
		world.before = before;
		world.after = after;
		r = send();
		if (!fired) {
			CHECK(r.status == status);
			return;
		}
		/* 403: a policy that cannot be compiled now denies */
		CHECK(r.status == 500 || r.status == 503 || r.status == 403 || r.status == status);
		CHECK(r.status != 200 || r.recorded);
		CHECK(r.status == 200 || r.key_id.n == 0);
	}
	CU_FAIL("allocations never ended");
}

static void
web_identity_without_memory(void)
{
	scenario(web, 200);
}

static void
a_denial_without_memory(void)
{
	scenario(denied, 403);
}

static void
assume_role_without_memory(void)
{
	scenario(role, 200);
}

static void
caller_identity_without_memory(void)
{
	scenario(identity, 200);
}

static void
outbound_token_without_memory(void)
{
	world_fresh();
	issuer_on(W_A1);
	scenario(outbound, 200);
}

static CU_TestInfo tests[] = {
	CASE(web_identity_without_memory),
	CASE(a_denial_without_memory),
	CASE(assume_role_without_memory),
	CASE(caller_identity_without_memory),
	CASE(outbound_token_without_memory),
	CASES_END
};

int
main(void)
{
	CU_SuiteInfo suites[] = { { "gateway/api: faults", NULL, world_close, world_fresh, NULL, tests },
		SUITES_END };

	return unit_run(suites);
}
