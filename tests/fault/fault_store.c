/*
 * tests/fault/fault_store.c - the nth allocation, and the nth step of the engine, fail: the
 * answer is an error of ours, and what is on disk is all of the transaction or none of it.
 */
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gateway/directory/directory.h"
#include "gateway/iam/bundle.h"
#include "tests/fault/fault.h"

static char dir[64];
static char path[96];

static void
clean(void)
{
	static const char *const suffix[] = { "", "-wal", "-shm", "-claims", "-claims-wal", ".mark",
		".lock" };

	for (size_t i = 0; i < FG_COUNT(suffix); i++) {
		char name[128];

		(void)snprintf(name, sizeof(name), "%s%s", path, suffix[i]);
		(void)unlink(name);
	}
}

static const char bundle_text[] =
    "{\"Accounts\":[{\"Id\":\"111122223333\",\"GroupDetailList\":[{\"GroupName\":\"g\"}],"
    "\"UserDetailList\":[{\"UserName\":\"u\",\"GroupList\":[\"g\"],\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"}],"
    "\"UserPolicyList\":[{\"PolicyName\":\"p\",\"PolicyDocument\":{\"Statement\":{\"Effect\":\"Allow\","
    "\"Action\":\"s3:*\",\"Resource\":\"*\"}}}]}],\"RoleDetailList\":[{\"RoleName\":\"r\","
    "\"AssumeRolePolicyDocument\":{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":"
    "\"arn:aws:iam::111122223333:user/u\"},\"Action\":\"sts:AssumeRole\"}},"
    "\"InstanceProfileList\":[{\"InstanceProfileName\":\"p\",\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"}]}]}],"
    "\"OpenIDConnectProviders\":[{\"Url\":\"https://ci.example\",\"ClientIDList\":[\"a\"],\"DroppedKids\":[\"k\"],"
    "\"StaleBound\":60}]}],\"Organization\":{\"Id\":\"o-abcdefghij\",\"ManagementAccountId\":\"111122223333\","
    "\"EnabledFeatures\":[\"RootSessions\"],\"Roots\":[{\"Id\":\"r-root\",\"PolicyTypes\":[],\"Tags\":[{\"Key\":\"k\","
    "\"Value\":\"v\"}]}],\"OrganizationalUnits\":[{\"Id\":\"ou-a\",\"Name\":\"A\",\"ParentId\":\"r-root\"}],"
    "\"Policies\":[{\"Id\":\"p-a\",\"Name\":\"a\",\"Type\":\"SERVICE_CONTROL_POLICY\",\"Content\":"
    "{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"}}}],\"CreateAccountStatuses\":[{\"Id\":\"car-1\","
    "\"AccountName\":\"a\",\"State\":\"FAILED\",\"RequestedTimestamp\":1,\"CompletedTimestamp\":2}]}}";

static enum fg_rc
apply(struct store *st, struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(8u << 20);
	const struct bundle_source src = { .bytes = fg_str(bundle_text, sizeof(bundle_text) - 1) };
	const struct bundle_how how = { .now = 1800000000 };
	struct bundle *b;

	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "test", NULL, "arena");
	FG_TRY(bundle_parse(a, &src, &b, reterr));
	return bundle_apply(st, b, &how, a, reterr);
}

static enum fg_rc
whole(void *arg, struct fg_err *reterr)
{
	struct store_opts o = { .path = fg_str_z(path), .flags = STORE_CREATE };
	FG_AUTO(directory_freep) struct directory *d = NULL;
	FG_AUTO(store_closep) struct store *st = NULL;
	struct store_claim c = { .issued = 1, .expires = 2 };

	(void)arg;
	clean();
	FG_TRY(store_open(&o, &st, reterr));
	FG_TRY(directory_new(&d, reterr));
	FG_TRY(directory_load(d, st, reterr));
	FG_TRY(apply(st, reterr));
	/* A commit that could not be followed is seen in the directory's state. */
	if (directory_stats(d).stale)
		return fg_fail(reterr, FG_E_NOMEM, "test", NULL, "stale");
	return store_claim_once(st, &c, reterr);
}

/* ---- steps of the engine ---- */

static long countdown = -1;
static bool fired;

int __real_sqlite3_step(sqlite3_stmt *s);
int __wrap_sqlite3_step(sqlite3_stmt *s);
int
__wrap_sqlite3_step(sqlite3_stmt *s)
{
	if (countdown >= 0 && countdown-- == 0) {
		fired = true;
		return SQLITE_IOERR;
	}
	return __real_sqlite3_step(s);
}

struct rows {
	unsigned n, bad;
};

static enum fg_rc
count(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	struct rows *r = arg;

	(void)row;
	(void)reterr;
	r->n += kind != STORE_SETTING;
	r->bad += bad;
	return FG_OK;
}

/* All rows of the bundle, or none. */
static bool
on_disk(unsigned want)
{
	struct store_opts o = { .path = fg_str_z(path) };
	FG_AUTO(store_closep) struct store *st = NULL;
	struct rows r = { 0 };
	struct fg_err err = { .rc = FG_OK };

	if (store_open(&o, &st, &err) != FG_OK || store_load(st, count, &r, &err) != FG_OK) {
		(void)fprintf(stderr, "does not open: %s: %s\n", err.step, err.text);
		return false;
	}
	return r.bad == 0 && (r.n == 0 || r.n == want) && !store_damaged(st, FG_LIT("111122223333"));
}

static int
steps(void)
{
	/*
	 * account, group, user, role, profile, member, inline policy, provider; unit, control; and for
	 * RootSessions six policies that are shipped, each with its version
	 */
	const unsigned rows = 10 + 2 * 6;

	for (long n = 0; n < 10000; n++) {
		struct fg_err err = { .rc = FG_OK };
		enum fg_rc rc;

		countdown = n;
		fired = false;
		rc = whole(NULL, &err);
		countdown = -1;
		if (!fired) {
			(void)printf("engine: %ld failing steps\n", n);
			return rc == FG_OK && on_disk(rows) ? 0 : 1;
		}
		if (rc == FG_OK || fg_rc_class(rc) != FG_SELF) {
			/* The directory follows after the commit: then the write stands. */
			(void)fprintf(stderr, "step %ld failed and the answer is %s: %s\n", n,
			    fg_rc_label(rc), err.text);
			return 1;
		}
		/* A store that was never founded is no store yet; any other one opens. */
		if (n > 40 && !on_disk(rows)) {
			(void)fprintf(stderr, "step %ld failed and left a half\n", n);
			return 1;
		}
	}
	return 1;
}

int
main(void)
{
	int bad;

	(void)snprintf(dir, sizeof(dir), "/tmp/fedgate-fault.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return 1;
	(void)snprintf(path, sizeof(path), "%s/db", dir);
	directory_thread_join();
	bad = steps();
	if (fault_run("store", whole, NULL) < 0)
		bad = 1;
	directory_thread_leave();
	clean();
	(void)rmdir(dir);
	return bad;
}
