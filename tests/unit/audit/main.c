/* `fedgate audit` as an operator runs it, on a log made with a real key ring. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/cred/cred.h"
#include "gateway/ops/ops.h"
#include "tests/unit/unit.h"

static char folder[64], ring_path[96], log_path[96], cut_path[96];
static struct cred_client *client;
static uint32_t key_id;
static struct audit_mark mark;

static enum fg_rc
seed(void *app, const uint8_t chain[AUDIT_CHAIN_ID], uint8_t ret[AUDIT_HASH], struct fg_err *reterr)
{
	(void)app;
	return cred_client_audit_seed(client, key_id, chain, ret, reterr);
}

static enum fg_rc
sign(void *app, struct fg_str text, uint8_t ret[AUDIT_SIG], struct fg_err *reterr)
{
	(void)app;
	return cred_client_audit_sign(client, key_id, text, ret, reterr);
}

static enum fg_rc
post(void *app, unsigned worker, void *batch)
{
	(void)app;
	(void)worker;
	(void)batch;
	return FG_E_UNAVAILABLE;
}

static enum fg_rc
write_log(struct fg_err *err)
{
	struct audit_config c = { .path = log_path, .workers = 1, .now = 1795359000, .key = key_id,
		.seed = seed, .sign = sign, .post = post };
	struct fg_err why = { 0 };
	struct fg_ip ip;
	struct audit_param p = { AUDIT_P_ROLE_ARN, FG_LIT("arn:aws:iam::123456789012:role/ci") };
	struct audit_record r = { .time = 1795359000, .source = FG_LIT("sts.amazonaws.com"),
		.name = FG_LIT("AssumeRoleWithWebIdentity"), .request_id = FG_LIT("5f2a-request"),
		.from = &ip, .param = &p, .n_param = 1, .error_code = FG_LIT("AccessDenied"),
		.error_message = FG_LIT("Not authorized to perform sts:AssumeRoleWithWebIdentity"),
		.issuer = FG_LIT("https://token.example.com"), .subject = FG_LIT("repo:o/r:ref:refs/heads/dev"),
		.decided = { FG_LIT("trust"), FG_LIT("arn:aws:iam::123456789012:role/ci"), -1, FG_STR_NULL },
		.reason = &why };
	struct audit *a;

	if (!fg_ip_parse(FG_LIT("192.0.2.7"), &ip))
		return FG_E_INTERNAL;
	fg_fail(&why, FG_E_DENIED, "trust.condition", NULL, "token.example.com:sub is repo:o/r:ref:refs/heads/dev");
	FG_TRY(audit_open(&c, &a, err));
	for (int i = 0; i < 3; i++)
		if (audit_shared(a, &r, err) != FG_OK)
			break;
	return audit_close(a, &mark, err);
}

static int
begin(void)
{
	struct cred_ring_entry e[CRED_RING_MAX];
	struct cred_ring *ring;
	struct fg_err err = { 0 };
	size_t n;

	(void)snprintf(folder, sizeof(folder), "/tmp/fedgate-audit-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return 1;
	(void)snprintf(ring_path, sizeof(ring_path), "%s/keyring", folder);
	(void)snprintf(log_path, sizeof(log_path), "%s/audit.jsonl", folder);
	(void)snprintf(cut_path, sizeof(cut_path), "%s/cut", folder);
	if (cred_ring_new(1795359000, &ring, &err) != FG_OK ||
	    cred_ring_save(ring, ring_path, CRED_SAVE_CREATE, &err) != FG_OK)
		return 1;
	n = cred_ring_list(ring, e);
	for (size_t i = 0; i < n; i++)
		if (e[i].cls == CRED_CLASS_AUDIT)
			key_id = e[i].id;
	if (cred_client_local(ring, &client, &err) != FG_OK)
		return 1;
	return write_log(&err) == FG_OK && err.rc == FG_OK ? 0 : 1;
}

static int
end(void)
{
	cred_client_close(client);
	(void)unlink(ring_path);
	(void)unlink(log_path);
	(void)unlink(cut_path);
	return rmdir(folder) == 0 ? 0 : 1;
}

/* Run the program; its standard output in out (terminated), its exit status. */
static int
run(char out[8192], const char *const argv[])
{
	const char *build = getenv("builddir");
	char program[512];
	size_t used = 0;
	ssize_t n;
	int p[2], status;
	pid_t pid;

	(void)snprintf(program, sizeof(program), "%s/fedgate", build == NULL ? "." : build);
	if (pipe(p) != 0 || (pid = fork()) < 0)
		return -1;
	if (pid == 0) {
		(void)dup2(p[1], 1);
		close(p[0]);
		close(p[1]);
		execv(program, (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(p[1]);
	while ((n = read(p[0], out + used, 8191 - used)) > 0 || (n < 0 && errno == EINTR))
		used += n > 0 ? (size_t)n : 0;
	close(p[0]);
	out[used] = '\0';
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static void
head_text(char out[65])
{
	struct fg_buf b = { .p = out, .room = 65, .cap = 65, .fixed = true };

	fg_buf_hex(&b, fg_str(mark.head, AUDIT_HASH));
	out[64] = '\0';
}

static void
verify_says_whether_it_is_anchored(void)
{
	char out[8192], head[65];
	const char *plain[] = { "fedgate", "audit", "verify", "--keyring", ring_path, log_path, NULL };
	const char *with[] = { "fedgate", "audit", "verify", "--head", head, "--keyring", ring_path, log_path, NULL };
	const char *bare[] = { "fedgate", "audit", "verify", "--no-keys", log_path, NULL };

	head_text(head);
	CHECK(run(out, plain) == 0);
	CHECK(strstr(out, "\"result\":\"accept\",\"anchor\":\"unanchored\",\"keys\":\"checked\"") != NULL);
	CHECK(strstr(out, head) != NULL && strstr(out, "\"records\":5") != NULL);
	CHECK(run(out, with) == 0);
	CHECK(strstr(out, "\"anchor\":\"anchored\"") != NULL);
	CHECK(run(out, bare) == 0);
	CHECK(strstr(out, "\"keys\":\"not checked\"") != NULL);
	head[0] = head[0] == '0' ? '1' : '0';
	CHECK(run(out, with) == 1);
	CHECK(strstr(out, "{\"result\":\"reject\",\"step\":\"audit.head\"") != NULL);
}

static void
a_changed_log_is_rejected(void)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(1u << 20);
	char out[8192];
	const char *argv[] = { "fedgate", "audit", "verify", "--keyring", ring_path, cut_path, NULL };
	struct fg_str text = unit_file(a, log_path);
	char *at = memmem(text.p, text.n, "AccessDenied", 12);
	FILE *f = fopen(cut_path, "we");

	CHECK(f != NULL && at != NULL);
	if (f == NULL || at == NULL)
		return;
	at[0] = 'B';
	CHECK(fwrite(text.p, 1, text.n, f) == text.n && fclose(f) == 0);
	CHECK(run(out, argv) == 1);
	CHECK(strstr(out, "\"step\":\"audit.chain.mac\"") != NULL);
}

static void
usage_and_files_are_told_apart(void)
{
	char out[8192];
	const char *none[] = { "fedgate", "audit", "verify", NULL };
	const char *bad[] = { "fedgate", "audit", "verify", "--head", "12", log_path, NULL };
	const char *absent[] = { "fedgate", "audit", "verify", "--keyring", ring_path, "/nonexistent", NULL };
	const char *noring[] = { "fedgate", "audit", "verify", "--keyring", "/nonexistent", log_path, NULL };

	CHECK(run(out, none) == 2);
	CHECK(run(out, bad) == 2);
	CHECK(run(out, absent) == 2);
	CHECK(run(out, noring) == 2);
}

static void
explain_answers_why(void)
{
	char out[8192], set[128];
	const char *found[] = { "fedgate", "audit", "explain", "--set", set, "5f2a-request", NULL };
	const char *file[] = { "fedgate", "audit", "explain", "--json", "5f2a-request", log_path, NULL };
	const char *absent[] = { "fedgate", "audit", "explain", "5f2a", log_path, NULL };

	(void)snprintf(set, sizeof(set), "audit.file=%s", log_path);
	CHECK(run(out, found) == 0);
	CHECK(strstr(out, "outcome       refused with AccessDenied\n") != NULL);
	CHECK(strstr(out, "rule          trust.condition\n") != NULL);
	CHECK(strstr(out, "because       token.example.com:sub is repo:o/r:ref:refs/heads/dev\n") != NULL);
	CHECK(strstr(out, "decided by    {\"layer\":\"trust\"") != NULL);
	CHECK(strstr(out, "from          192.0.2.7\n") != NULL);
	CHECK(run(out, file) == 0);
	CHECK(out[0] == '{' && strstr(out, "\"requestID\":\"5f2a-request\"") != NULL);
	CHECK(run(out, absent) == 1);
}

static CU_TestInfo cases[] = {
	CASE(verify_says_whether_it_is_anchored),
	CASE(a_changed_log_is_rejected),
	CASE(usage_and_files_are_told_apart),
	CASE(explain_answers_why),
	CASES_END,
};

int
main(void)
{
	CU_SuiteInfo suites[] = { { "gateway/ctl/audit.c", begin, end, NULL, NULL, cases }, SUITES_END };

	return unit_run(suites);
}
