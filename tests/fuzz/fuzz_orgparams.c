/*
 * Target: gateway/api/json.c and what is in gateway/org, from a JSON 1.1 body to an answer, on a store.
 *
 * The input is up to eight requests, a line each: an action of Organizations, a blank, the body; signed
 * by an administrator of the management account, after a '!' by one of another account.  Every answer is
 * one strict JSON object, a refusal names an exception, what is granted was recorded, and a member is
 * granted nothing but DescribeOrganization.
 */
#include "gateway/org/org.h"
#include "gateway/iam/query.h"
#include "tests/fuzz/world.h"

#define LINES 8
#define WRITES 200 /* after so many the store is made anew */
#define ALL                                                                                      \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":"            \
	"\"organizations:*\",\"Resource\":\"*\"}]}"

static unsigned written;

static void
begin(void)
{
	const struct store_inline one = { W_A1, FG_LIT("AIDA00000000000000001"), FG_LIT("org"), FG_LIT(ALL) };
	const struct store_inline two = { W_A2, FG_LIT("AIDA00000000000000002"), FG_LIT("org"), FG_LIT(ALL) };
	const struct store_unit unit = { FG_LIT(""), FG_LIT("ou-root-00000000"), FG_LIT("r-root"), FG_LIT("ml") };
	const struct store_setting management = { .account = FG_LIT(""),
		.name = FG_LIT(DIRECTORY_ORG_MANAGEMENT), .value = W_A1 };
	const struct store_control policy = { .account = FG_LIT(""), .id = FG_LIT("p-0000000000"),
		.type = FG_LIT("SERVICE_CONTROL_POLICY"), .name = FG_LIT("p"), .description = FG_LIT(""),
		.document = FG_LIT("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":"
		    "\"s3:*\",\"Resource\":\"*\"}]}"), .created = W_NOW };

	world_put(STORE_INLINE, &one);
	world_put(STORE_INLINE, &two);
	world_put(STORE_UNIT, &unit);
	world_put(STORE_CONTROL, &policy);
	world_put(STORE_SETTING, &management);
	written = 0;
}

static void
open_world(void)
{
	static fg_time at;
	bool fresh;

	if (world.w != NULL && written > WRITES)
		(void)world_close();
	fresh = world.w == NULL;
	fuzz_world_place();
	world_service = &api_iam;
	world_json_service = &api_organizations;
	world_fresh();
	if (fresh)
		begin();
	world.now = W_NOW + at++ % 600;
}

static void
check_refusal(const struct reply *r)
{
	FUZZ_ASSERT(r->status == 400 || r->status == 413);
	FUZZ_ASSERT(fg_ends(r->code, FG_LIT("Exception")) || r->status == 413);
	FUZZ_ASSERT(r->message.n > 0 && r->err.rc != FG_OK && r->err.step != NULL);
}

static void
check_reply(const struct reply *r, bool bob)
{
	struct fg_json j;

	FUZZ_ASSERT(fg_json_parse(world.a, r->body, NULL, "reply", &j, NULL) == FG_OK);
	FUZZ_ASSERT(j.node[0].type == FG_JSON_OBJECT);
	if (r->status != 200) {
		check_refusal(r);
		return;
	}
	FUZZ_ASSERT(r->recorded);
	FUZZ_ASSERT(!bob || fg_eq(r->record.name, FG_LIT("DescribeOrganization")));
	FUZZ_ACCEPTED();
	written += r->waited_for_disk;
}

static void
request(struct fg_str line)
{
	bool bob = line.n > 0 && line.p[0] == '!';
	struct fg_str action, body, target;
	struct reply r;

	(void)fg_cut(fg_sub(line, bob, line.n), ' ', &action, &body);
	target = fg_arena_fmt(world.a, "AWSOrganizationsV20161128.%.*s", FG_PRI(action));
	body = fg_arena_dup(world.a, body);
	world.now++; /* a request is taken once: each has a signature of its own */
	world.connection++;
	r = world_json(bob ? &world.bob : &world.alice, "organizations", target.p,
	    body.p == NULL ? "" : body.p, false);
	check_reply(&r, bob);
}

/* A header's value has no control characters: the listener has seen to that. */
static bool
plain(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (data[i] != '\n' && (data[i] < 0x20 || data[i] == 0x7f))
			return false;
	}
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fg_str rest = fg_str(data, size), line;
	bool more = size <= FG_LIMIT_HTTP_BODY && plain(data, size);

	if (!more)
		return 0;
	open_world();
	for (int i = 0; i < LINES && more; i++) {
		more = fg_cut(rest, '\n', &line, &rest);
		request(line);
	}
	return 0;
}
