/*
 * tests/bench/bench_roles.c - AssumeRole beside 100 roles and beside 100,000.
 *
 * Ten roles an account, each with a trust policy of about 400 bytes of its own and one managed
 * policy attached.  The same number of them is asked for in both, spread over all: what
 * differs is the directory around them.  Start-up and memory are those of the whole program.
 */
#include "tests/bench/gateway.h"
#include "tests/bench/over_http.h"
#include "tests/bench/token.h"
#include "tests/tls/cert.h"

#include <stdio.h>
#include <stdlib.h>

#define EACH 10   /* roles of an account */
#define ASKED 100 /* roles that are asked for */
#define AT_ONCE 2500 /* accounts of one bundle */
#define FIRST_ACCOUNT 200000000000ull

static struct gateway gateway;
static unsigned n_accounts;

static void __attribute__((noreturn))
die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

/* ---- the directory --------------------------------------------------- */

static void
role_put(struct fg_buf *b, unsigned account, unsigned role)
{
	fg_buf_fmt(b, "%s{\"RoleName\":\"workload-%u\",\"Path\":\"/\",\"AssumeRolePolicyDocument\":{\"Version\":\"2012-10-17\","
		      "\"Statement\":[{\"Sid\":\"Number%u\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::"
		      "111122223333:root\"},\"Action\":[\"sts:AssumeRole\",\"sts:TagSession\"],\"Condition\":{\"StringLike\":{"
		      "\"sts:RoleSessionName\":\"run-*\"},\"StringNotEquals\":{\"aws:PrincipalTag/team\":[\"left-the-data-"
		      "engineering-organisation-%u\",\"never-joined-the-data-engineering-organisation-%u\"]}}}]},"
		      "\"AttachedManagedPolicies\":[{\"PolicyArn\":\"arn:aws:iam::%llu:policy/shared\"}]}", role == 0 ? "" : ",",
	    role, account * EACH + role, account * EACH + role, account * EACH + role, FIRST_ACCOUNT + account);
}

/* The accounts from `from` up to `to`. */
static void
bundle_put(struct fg_buf *b, unsigned from, unsigned to)
{
	fg_buf_put(b, FG_LIT("{\"Accounts\":["));
	for (unsigned i = from; i < to; i++) {
		fg_buf_fmt(b, "%s{\"Id\":\"%llu\",\"Name\":\"bench-%u\",\"Policies\":[{\"PolicyName\":\"shared\",\"Path\":\"/\","
			      "\"PolicyVersionList\":[{\"IsDefaultVersion\":true,\"Document\":{\"Version\":\"2012-10-17\","
			      "\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:Get*\",\"Resource\":\"*\"}]}}]}],"
			      "\"RoleDetailList\":[", i == from ? "" : ",", FIRST_ACCOUNT + i, i);
		for (unsigned k = 0; k < EACH; k++)
			role_put(b, i, k);
		fg_buf_put(b, FG_LIT("]}"));
	}
	fg_buf_put(b, FG_LIT("]}"));
	if (b->bad != FG_OK)
		die("the bundle is too large");
}

/* ---- the requests ---------------------------------------------------- */

static struct fg_buf signed_text = FG_BUF(1u << 16);

static struct fg_str
next_signed(void *arg, size_t i)
{
	static size_t number;
	char body[512];
	struct fg_buf b = FG_BUF_FIXED(body);
	unsigned role = (unsigned)(i % ASKED) * (n_accounts * EACH / ASKED);

	fg_buf_fmt(&b, "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%%3Aaws%%3Aiam%%3A%%3A%llu%%3Arole%%2Fworkload-%u"
		       "&RoleSessionName=run-%zu", FIRST_ACCOUNT + role / EACH, role % EACH, number++);
	fg_buf_reset(&signed_text);
	if (!signer_post(arg, (fg_time)time(NULL), fg_buf_str(&b), &signed_text))
		die("no signature");
	return fg_buf_str(&signed_text);
}

/* ---- one size -------------------------------------------------------- */

struct size {
	double us;    /* a request */
	double start; /* s */
	long kb;      /* after it */
};

static struct size
measure(const char *name, unsigned roles, const struct size *small, struct fg_str chain, struct fg_str key)
{
	FG_AUTO(fg_buf_free) struct fg_buf bundle = FG_BUF(32u << 20);
	char host[64], rates[320] = "";
	struct fg_buf b = FG_BUF_FIXED(rates);
	struct signer s = { 0 };
	struct load l = { .connections = OVER_HTTP_BUSY, .requests = bench_scale(20000), .next = next_signed,
		.arg = &s, .want_status = 200 };
	struct bench_cpus cpus;
	struct http_cost f;
	struct size ret;

	n_accounts = roles / EACH;
	gateway_make(&gateway, chain, key);
	for (unsigned i = 0; i < n_accounts; i += AT_ONCE) {
		fg_buf_reset(&bundle);
		bundle_put(&bundle, i, i + AT_ONCE < n_accounts ? i + AT_ONCE : n_accounts);
		gateway_apply(&gateway, fg_buf_str(&bundle));
	}
	gateway_serve(&gateway);
	ret.start = gateway.start_us / 1e6;
	ret.kb = gateway_rss_kb(&gateway);
	(void)snprintf(host, sizeof(host), "127.0.0.1:%u", (unsigned)gateway.port);
	s = (struct signer){ fg_str_z(gateway.key_id), fg_str_z(gateway.secret), fg_str_z(host) };
	l.port = gateway.port;
	gateway_cpus(&gateway, &cpus);
	http_measure(&f, &l, &cpus, name);
	http_rates_put(&b, &l, &cpus);
	ret.us = f.us;
	bench_row(name, f.us, small == NULL ? -1 : small->us, "us", "%u roles asked for among %u%s; %s", ASKED, roles,
	    small == NULL ? "" : "; limit: among 100", rates);
	gateway_stop(&gateway);
	return ret;
}

int
main(void)
{
	const bool quick = getenv("BENCH_QUICK") != NULL;
	const unsigned many = quick ? 10000 : 100000;
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);
	struct fg_str chain, key;
	struct size few, lots;

	if (a == NULL || !cert_make(a, CERT_P256, "bench", &chain, &key))
		die("no keys");
	few = measure("assume-role-100-roles", 100, NULL, chain, key);
	lots = measure(quick ? "assume-role-10000-roles" : "assume-role-100000-roles", many, &few, chain, key);
	bench_row("roles-start", lots.start, 2, "s", "from the command to the listening socket, %u roles; %.2f s with 100; "
	    "limit: the goal", many, few.start);
	bench_row("roles-memory", (double)(lots.kb - few.kb) * 1024 / (many - 100), 1536, "bytes a role",
	    "resident, all processes, before the first request; limit: the goal");
	fg_buf_free(&signed_text);
	return bench_end();
}
