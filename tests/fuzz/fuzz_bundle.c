/*
 * Target: gateway/iam/parse.c and what it calls: a bundle from bytes.
 *
 * What is accepted can be applied to an empty store (or is refused there for a reason), and what
 * was exported afterwards is accepted and changes nothing.
 */
#include <unistd.h>

#include "gateway/iam/bundle.h"
#include "tests/fuzz/fuzz.h"

static char path[128];

static void
clean(void)
{
	static const char *const suffix[] = { "", "-wal", "-claims", "-claims-wal", ".mark", ".lock" };

	for (size_t i = 0; i < FG_COUNT(suffix); i++) {
		char name[160];

		(void)snprintf(name, sizeof(name), "%s%s", path, suffix[i]);
		(void)unlink(name);
	}
}

static struct store *
fresh(void)
{
	struct store_opts o = { .flags = STORE_CREATE, .now = 1800000000 };
	struct store *st = NULL;

	(void)snprintf(path, sizeof(path), "%s/fedgate-fuzz-%u.db",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (unsigned)getpid());
	clean();
	o.path = fg_str_z(path);
	if (store_open(&o, &st, NULL) != FG_OK || store_load(st, NULL, NULL, NULL) != FG_OK)
		abort();
	return st;
}

static unsigned changes, turn;

static void
count(void *arg, struct fg_str line)
{
	(void)arg;
	(void)line;
	changes++;
}

static void
round_trip(struct fg_arena *a, struct bundle *b)
{
	struct bundle_how how = { .now = 1800000000, .line = count };
	struct fg_buf out = FG_BUF_ARENA(a, 64u << 20);
	struct store *st = fresh();
	struct bundle_source src;

	if (bundle_apply(st, b, &how, a, NULL) == FG_OK) {
		FUZZ_ASSERT(bundle_export(st, FG_LIT(""), a, &out, NULL) == FG_OK);
		src = (struct bundle_source){ .bytes = fg_buf_str(&out) };
		FUZZ_ASSERT(bundle_parse(a, &src, &b, NULL) == FG_OK);
		changes = 0;
		how.flags = BUNDLE_PRUNE;
		FUZZ_ASSERT(bundle_apply(st, b, &how, a, NULL) == FG_OK);
		FUZZ_ASSERT(changes == 0);
	}
	store_close(st);
	clean();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(256u << 20);
	const struct bundle_source src = { .bytes = fg_str(data, size) };
	struct fg_err err = { .rc = FG_OK };
	struct bundle *b = NULL;

	if (a == NULL)
		return 0;
	if (bundle_parse(a, &src, &b, &err) != FG_OK) {
		FUZZ_ASSERT(err.rc != FG_OK && err.text[0] != '\0');
		return 0;
	}
	FUZZ_ACCEPTED();
	/* The disk is slow: one in so many goes all the way. */
	if (turn++ % 16 == 0)
		round_trip(a, b);
	return 0;
}
