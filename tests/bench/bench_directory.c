/*
 * tests/bench/bench_directory.c - how long 100,000 roles (10,000 accounts, each role with a
 * 400-byte trust policy of its own and one managed policy attached) take to load, what they
 * take, and what a look-up costs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gateway/directory/directory.h"
#include "tests/bench/bench.h"

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

struct look {
	const struct directory *d;
	unsigned accounts, each;
};

/* A role by its ARN and the policy attached to it, as a request does. */
static void
look_up(void *arg, size_t n)
{
	const struct look *l = arg;

	for (size_t i = 0; i < n; i++) {
		char text[96];
		const unsigned r = (unsigned)(i * 7919 % (l->accounts * l->each));
		int len = snprintf(text, sizeof(text), "arn:aws:iam::%012u:role/workload-role-%u",
		    100000000u + r / l->each, r);
		const struct directory_role *role;

		directory_enter();
		role = directory_role_by_arn(l->d, fg_str(text, (size_t)len));
		if (role == NULL || role->grants.nattached != 1)
			abort();
		directory_leave();
	}
}

/* The first use of a trust policy compiles it. */
static void
compile(void *arg, size_t n)
{
	const struct look *l = arg;
	static unsigned next;

	for (size_t i = 0; i < n; i++, next++) {
		char uid[32];
		const struct directory_role *role;

		(void)snprintf(uid, sizeof(uid), "AROA%017u", next % (l->accounts * l->each));
		directory_enter();
		role = directory_role_by_uid(l->d, fg_str_z(uid));
		if (role == NULL || directory_program(role->trust) == NULL)
			abort();
		directory_leave();
	}
}

/* CPU time of this process: other work on the machine does not count. */
static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static enum fg_rc
measure(const char *path, struct fg_err *err)
{
	struct look l = { .accounts = 10000, .each = 10 };
	struct store_opts o = { .path = fg_str_z(path), .flags = STORE_CREATE };
	FG_AUTO(store_closep) struct store *st = NULL;
	FG_AUTO(directory_freep) struct directory *d = NULL;
	const unsigned roles = l.accounts * l.each;
	double from;
	long before;

	FG_TRY(store_open(&o, &st, err));
	FG_TRY(store_load(st, NULL, NULL, err));
	from = cpu_us();
	FG_TRY(fill(st, l.accounts, roles, err));
	bench_row("store-write", (cpu_us() - from) / roles, -1, "us a role",
	    "%u roles with one attachment each, one transaction, synced", roles);
	store_closep(&st);
	o.flags = 0;
	before = bench_rss_kb(0);
	from = cpu_us();
	FG_TRY(store_open(&o, &st, err));
	FG_TRY(directory_new(&d, err));
	FG_TRY(directory_load(d, st, err));
	bench_row("directory-load", (cpu_us() - from) / 1e6, 2, "s",
	    "%u roles, %u accounts; every row's MAC checked; limit: the goal", roles, l.accounts);
	bench_row("directory-memory", (double)(bench_rss_kb(0) - before) * 1024 / roles, 1536,
	    "bytes a role", "limit: the goal");
	l.d = d;
	bench_row("directory-look-up", bench_cpu(look_up, &l, bench_scale(200000), 5), -1, "us",
	    "a role by ARN among %u", roles);
	bench_row("directory-compile", bench_cpu(compile, &l, bench_scale(4000), 5), -1, "us",
	    "first use of a role's trust policy");
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
	return rc == FG_OK ? bench_end() : 1;
}
