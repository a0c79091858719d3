/*
 * tests/bench/directory_load.c - how long 100,000 roles (10,000 accounts, each role with a 400-byte
 * trust policy of its own and one managed policy attached) take to load, and what they take.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "gateway/directory/directory.h"

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long
resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long total = 0, rss = 0;

	if (f == NULL || fscanf(f, "%ld %ld", &total, &rss) != 2)
		rss = 0;
	if (f != NULL)
		fclose(f);
	return rss * sysconf(_SC_PAGESIZE);
}

static enum fg_rc
role_put(struct store_tx *tx, struct fg_str account, unsigned i, struct fg_err *err)
{
	char uid[32], name[64], trust[512];
	struct store_role r = { .account = account, .path = FG_LIT("/"), .description = FG_LIT(""),
		.bindings = FG_LIT(""), .boundary = FG_LIT(""), .tags = FG_LIT(""),
		.max_session = 3600 };
	struct store_attachment a = { .account = account,
		.policy = FG_LIT("arn:aws:iam::100000000000:policy/shared-read-only-access") };

	(void)snprintf(uid, sizeof(uid), "AROA%017u", i);
	(void)snprintf(name, sizeof(name), "workload-role-%u", i);
	(void)snprintf(trust, sizeof(trust),
	    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Federated\":"
	    "\"arn:aws:iam::%.12s:oidc-provider/token.actions.githubusercontent.com\"},\"Action\":"
	    "\"sts:AssumeRoleWithWebIdentity\",\"Condition\":{\"StringEquals\":{"
	    "\"token.actions.githubusercontent.com:aud\":\"sts.amazonaws.com\",\"token.actions."
	    "githubusercontent.com:sub\":\"repo:example-organisation/r%08u:ref:refs/heads/main\"}}}]}",
	    account.p, i);
	r.uid = a.owner = fg_str_z(uid);
	r.name = fg_str_z(name);
	r.trust = fg_str_z(trust);
	FG_TRY(store_insert(tx, STORE_ROLE, &r, err));
	return store_insert(tx, STORE_ATTACHMENT, &a, err);
}

static enum fg_rc
fill(struct store *st, unsigned accounts, unsigned roles, struct fg_err *err)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;

	FG_TRY(store_begin(st, &tx, err));
	for (unsigned i = 0; i < accounts; i++) {
		char id[13];
		struct store_account a = { .name = FG_LIT("bench"), .alias = FG_LIT(""),
			.email = FG_LIT(""), .unit = FG_LIT(""), .state = STORE_ACTIVE };

		(void)snprintf(id, sizeof(id), "%012u", 100000000u + i);
		a.account = fg_str_z(id);
		FG_TRY(store_insert(tx, STORE_ACCOUNT, &a, err));
		for (unsigned k = 0; k < roles / accounts; k++)
			FG_TRY(role_put(tx, a.account, i * (roles / accounts) + k, err));
	}
	return store_commit(FG_STEAL(tx), err);
}

static enum fg_rc
measure(const char *path, struct fg_err *err)
{
	const unsigned accounts = 10000, roles = 100000;
	struct store_opts o = { .path = fg_str_z(path), .flags = STORE_CREATE };
	FG_AUTO(store_closep) struct store *st = NULL;
	FG_AUTO(directory_freep) struct directory *d = NULL;
	double t0, t1;
	long before;

	FG_TRY(store_open(&o, &st, err));
	FG_TRY(store_load(st, NULL, NULL, err));
	t0 = now_s();
	FG_TRY(fill(st, accounts, roles, err));
	(void)printf("write    %.2f s for %u roles\n", now_s() - t0, roles);
	store_closep(&st);
	o.flags = 0;
	before = resident();
	t0 = now_s();
	FG_TRY(store_open(&o, &st, err));
	FG_TRY(directory_new(&d, err));
	FG_TRY(directory_load(d, st, err));
	t1 = now_s();
	(void)printf("load     %.2f s (limit 2)\n", t1 - t0);
	(void)printf("resident %.0f bytes a role (limit 1536)\n",
	    (double)(resident() - before) / (double)directory_stats(d).roles);
	return FG_OK;
}

int
main(void)
{
	char dir[] = "/tmp/fedgate-bench.XXXXXX", path[64];
	struct fg_err err = { .rc = FG_OK };
	static const char *const suffix[] = { "", "-claims", ".mark", ".lock" };
	enum fg_rc rc;

	if (mkdtemp(dir) == NULL)
		return 1;
	(void)snprintf(path, sizeof(path), "%s/db", dir);
	directory_thread_join();
	rc = measure(path, &err);
	directory_thread_leave();
	if (rc != FG_OK)
		(void)fprintf(stderr, "%s: %s\n", err.step, err.text);
	for (size_t i = 0; i < FG_COUNT(suffix); i++) {
		(void)snprintf(path, sizeof(path), "%s/db%s", dir, suffix[i]);
		(void)unlink(path);
	}
	(void)rmdir(dir);
	return rc == FG_OK ? 0 : 1;
}
