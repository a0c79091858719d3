/*
 * Allocations fail while the IAM API is asked: the answer is a failure of ours or a denial, never a
 * simulation that allows what is denied, and never a crash.
 */
#include "gateway/iam/query.h"
#include "tests/fault/fault.h"
#include "tests/unit/iam/ask.h"

#define READ "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:Get*\",\"Resource\":\"*\"}]}"
#define DENY                                                                                     \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"," \
	"\"Condition\":{\"StringEquals\":{\"aws:username\":\"alice\"}}}]}"
#define ALICE "arn:aws:iam::111122223333:user/alice"

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

static struct fg_str
inputs(void)
{
	struct fg_str a = world_escape(FG_LIT(READ)), b = world_escape(FG_LIT(DENY));

	return fg_arena_fmt(world.a, "&PolicyInputList.member.1=%.*s&PolicyInputList.member.2=%.*s"
	    "&ActionNames.member.1=s3:GetObject&ActionNames.member.2=sqs:SendMessage&ResourceArns.member.1=arn:aws:s3:::b/x"
	    "&ContextEntries.member.1.ContextKeyName=aws:x1&ContextEntries.member.1.ContextKeyType=string"
	    "&ContextEntries.member.1.ContextKeyValues.member.1=a", (int)a.n, a.p, (int)b.n, b.p);
}

static struct reply
custom(void)
{
	return iam(&world.alice, fg_arena_fmt(world.a, "SimulateCustomPolicy&CallerArn=" ALICE "%s", inputs().p).p);
}

static struct reply
principal(void)
{
	return iam(&world.alice, fg_arena_fmt(world.a, "SimulatePrincipalPolicy&PolicySourceArn=" ALICE "%s",
	    inputs().p).p);
}

static struct reply
keys(void)
{
	struct fg_str a = world_escape(FG_LIT(DENY));

	return iam(&world.alice, fg_arena_fmt(world.a, "GetContextKeysForCustomPolicy&PolicyInputList.member.1=%.*s",
	    (int)a.n, a.p).p);
}

static struct reply
device(void)
{
	return iam(&world.alice, fg_arena_fmt(world.a, "CreateVirtualMFADevice&VirtualMFADeviceName=d%lu", nth).p);
}

static struct reply
devices(void)
{
	return iam(&world.alice, "ListVirtualMFADevices");
}

/* Every allocation from the nth on fails, until none was asked for. */
static void
scenario(struct reply (*send)(void), const char *says)
{
	for (nth = 0; nth < 20000; nth++) {
		struct reply r;

		world_new(); /* a commit that could not be followed leaves a directory that does not answer */
		alice_may(ALLOW("iam:*"));
		wrap_key_seals();
		world.before = before;
		world.after = after;
		r = send();
		CHECK(r.status == 500 || r.status == 503 || r.status == 403 || r.status == 200);
		CHECK(r.status != 200 || r.recorded);
		CHECK(r.status != 200 || memmem(r.body.p, r.body.n, says, strlen(says)) != NULL);
		CHECK(r.status == 200 || fg_str_null(world_xml(&r, "Base32StringSeed")));
		if (!fired) {
			CHECK(r.status == 200);
			return;
		}
	}
	CU_FAIL("allocations never ended");
}

static void
simulations_without_memory(void)
{
	scenario(custom, "explicitDeny");
	scenario(principal, "explicitDeny");
	scenario(keys, "aws:username");
}

static void
devices_without_memory(void)
{
	scenario(device, "QRCodePNG");
	scenario(devices, "VirtualMFADevices");
}

static CU_TestInfo tests[] = {
	CASE(simulations_without_memory),
	CASE(devices_without_memory),
	CASES_END,
};

int
main(void)
{
	CU_SuiteInfo suites[] = { { "the IAM API without memory", NULL, world_close, world_new, NULL, tests },
		SUITES_END };

	world_service = &api_iam;
	return unit_run(suites);
}
