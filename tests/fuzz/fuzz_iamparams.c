/*
 * Target: gateway/iam/query*.c and the API in front of it, from a form to an answer, on a store.
 *
 * The input is up to eight requests, a line each: the form of a POST to the IAM service, signed by an
 * administrator; after a '!' by a user of another account who may do nothing there.  Every answer
 * is well-formed XML with a code of the table, whatever is granted was recorded, the other user is
 * granted nothing, and no secret but a new one is told.
 */
#include <libxml/parser.h>

#include "gateway/iam/query.h"
#include "tests/fuzz/world.h"

#define LINES 8
#define WRITES 200 /* after so many the store is made anew */

static unsigned written;

/* Of the fuzzing engine; absent when seeds are replayed. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t n, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t max, unsigned int seed);

static void
open_world(void)
{
	const struct store_inline all = { W_A1, FG_LIT("AIDA00000000000000001"), FG_LIT("iam"),
		FG_LIT("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"iam:*\","
		    "\"Resource\":\"*\"}]}") };
	struct cred_ring_entry e[CRED_RING_MAX];
	size_t n;

	if (world.w != NULL && written > WRITES)
		(void)world_close();
	if (world.w != NULL) {
		world_fresh();
		return;
	}
	fuzz_world_place();
	world_service = &api_iam;
	world_fresh();
	world_put(STORE_INLINE, &all);
	n = cred_ring_list(world.ring, e);
	for (size_t i = 0; i < n; i++) {
		if (e[i].cls == CRED_CLASS_WRAP)
			CHECK_OK(cred_rows_add(world.st, &e[i], CRED_STATE_SEALING, W_NOW - 86400, NULL));
	}
	written = 0;
}

/* ---- an answer ---- */

static bool
known_code(int status, struct fg_str code)
{
#define ROW(id, http, name, text)                                                                \
	if (fg_eq(code, FG_LIT(name)))                                                           \
		return status == (http);
	API_FAULTS(ROW)
#undef ROW
	return false;
}

/* Well formed, and its root is this. */
static void
check_xml(struct fg_str body, const char *root)
{
	xmlDoc *doc = xmlReadMemory(body.p, (int)body.n, "reply", NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);

	FUZZ_ASSERT(doc != NULL);
	FUZZ_ASSERT(strcmp((const char *)xmlDocGetRootElement(doc)->name, root) == 0);
	xmlFreeDoc(doc);
}

static bool
tells_secret(struct fg_str text)
{
	return memmem(text.p, text.n, world.alice.secret.p, world.alice.secret.n) != NULL;
}

static void
check_reply(const struct reply *r, struct fg_str asked, bool bob)
{
	if (r->status != 200) {
		check_xml(r->body, "ErrorResponse");
		FUZZ_ASSERT(known_code(r->status, r->code) && r->message.n > 0);
		FUZZ_ASSERT(r->err.rc != FG_OK && r->err.step != NULL);
		FUZZ_ASSERT(r->status != 500); /* nothing of ours fails here */
	} else {
		check_xml(r->body, fg_arena_fmt(world.a, "%.*sResponse", FG_PRI(r->record.name)).p);
		FUZZ_ASSERT(!bob && r->recorded);
		FUZZ_ACCEPTED();
		written += r->waited_for_disk;
	}
	/* a fuzzer that watches comparisons may learn the secret and ask with it */
	FUZZ_ASSERT(tells_secret(asked) || !tells_secret(r->body));
	FUZZ_ASSERT(r->secret.n == 0 || fg_eq(r->record.name, FG_LIT("CreateAccessKey")));
}

static void
request(struct fg_str line)
{
	bool bob = line.n > 0 && line.p[0] == '!';
	struct fg_str form = fg_arena_dup(world.a, fg_sub(line, bob, line.n));
	struct reply r;

	world.now++; /* a request is taken once: each has a signature of its own */
	r = world_scoped(bob ? &world.bob : &world.alice, "iam", "us-east-1", form.p == NULL ? "" : form.p);
	check_reply(&r, line, bob);
}

/* ---- requests that the table knows ---- */

static const char *const values[] = { "alice", "u1", "u2", "plain", "deploy", "r1", "g1", "read", "p1", "v1", "v2",
	"Active", "Inactive", "Local", "true", "false", "1", "1000", "3600", "43201", "0", "-1", "%2F", "%2Fa%2Fb%2F", "", "a%00b",
	"%C3%A9", "%FF", "k", "K", "aws%3Ak", "AKIAIOSFODNN7EXAMPLE", "arn:aws:iam::111122223333:policy/read",
	"arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::444455556666:policy/x",
	"arn:aws:iam::111122223333:oidc-provider/token.example.com/acme", "https%3A%2F%2Fidp.example.com%2Fx",
	"arn:aws:iam::111122223333:saml-provider/corp", "User", "Role", "LocalManagedPolicy", "acme-ml",
	"aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd",
	"%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22"
	"s3%3A*%22%2C%22Resource%22%3A%22*%22%7D%5D%7D",
	"%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A"
	"%7B%22AWS%22%3A%22arn%3Aaws%3Aiam%3A%3A111122223333%3Auser%2Falice%22%7D%2C%22Action%22%3A%22sts%3A"
	"AssumeRole%22%7D%5D%7D" };

static uint32_t
below(uint32_t *rng, size_t n)
{
	*rng ^= *rng << 13;
	*rng ^= *rng >> 17;
	*rng ^= *rng << 5;
	return (uint32_t)(*rng % n);
}

static void
put_value(struct fg_buf *b, uint32_t *rng)
{
	fg_buf_fmt(b, "=%s", values[below(rng, FG_COUNT(values))]);
}

static void
put_param(struct fg_buf *b, const struct api_param *p, uint32_t *rng)
{
	unsigned n = below(rng, 3) + 1;

	if (p->type != API_LIST && p->type != API_STRUCTS) {
		fg_buf_fmt(b, "&%.*s", FG_PRI(p->name));
		put_value(b, rng);
		return;
	}
	for (unsigned i = 1; i <= n; i++) {
		for (unsigned k = 0; k == 0 || (p->sub != NULL && p->sub[k].name.p != NULL); k++) {
			fg_buf_fmt(b, "&%.*s.member.%u", FG_PRI(p->name), i);
			if (p->sub != NULL)
				fg_buf_fmt(b, ".%.*s", FG_PRI(p->sub[k].name));
			put_value(b, rng);
		}
	}
}

static void
put_request(struct fg_buf *b, uint32_t *rng)
{
	const struct api_action *act = &api_iam.action[below(rng, api_iam.n_action)];

	fg_buf_fmt(b, "%sVersion=2010-05-08&Action=%.*s", below(rng, 16) == 0 ? "\n!" : "\n", FG_PRI(act->name));
	for (const struct api_param *p = act->param; p != NULL && p->name.p != NULL; p++) {
		if ((p->flags & API_REQUIRED) != 0 ? below(rng, 16) != 0 : below(rng, 3) == 0)
			put_param(b, p, rng);
	}
}

/* Every other change is a request more at the end, the first going when there are many. */
size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t max, unsigned int seed)
{
	char room[8192];
	struct fg_buf b = FG_BUF_FIXED(room);
	uint32_t rng = seed * 2654435761u | 1u;
	struct fg_str s = fg_str(data, n), first, rest, all;
	unsigned lines = 0;

	if (seed % 2 == 0)
		return LLVMFuzzerMutate(data, n, max);
	for (size_t i = 0; i < n; i++)
		lines += data[i] == '\n';
	if (lines >= LINES - 1 && fg_cut(s, '\n', &first, &rest))
		s = rest;
	fg_buf_put(&b, s);
	put_request(&b, &rng);
	if (fg_buf_end(&b, &all) != FG_OK || all.n > max)
		return LLVMFuzzerMutate(data, n, max);
	memcpy(data, all.p, all.n);
	return all.n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fg_str rest = fg_str(data, size), line;
	bool more = size <= FG_LIMIT_HTTP_BODY && memchr(data, '\0', size) == NULL;

	if (!more)
		return 0;
	open_world();
	for (int i = 0; i < LINES && more; i++) {
		more = fg_cut(rest, '\n', &line, &rest);
		request(line);
	}
	return 0;
}
