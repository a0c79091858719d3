/*
 * tests/unit/store/test_admin.c - operations of the operator, and the socket that they come over.
 */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/directory/directory.h"
#include "gateway/iam/control.h"
#include "tests/unit/store/fixture.h"

struct desk {
	struct box box;
	struct store *st;
	struct cred_client *cred;
	struct admin admin;
	struct fg_json reply;
	unsigned audited;
	enum fg_rc audit_rc; /* what the audit log says */
	char action[32], account[16];
	bool failed;
};

static fg_time
now_of(void *arg)
{
	(void)arg;
	return NOW;
}

static enum fg_rc
audit_of(void *arg, const struct admin_event *e, struct fg_err *reterr)
{
	struct desk *k = arg;

	k->audited++;
	k->failed = e->err != NULL;
	(void)snprintf(k->action, sizeof(k->action), "%s", e->action);
	(void)snprintf(k->account, sizeof(k->account), "%.*s", FG_PRI(e->account));
	CHECK_STR(e->peer->user, "tester");
	return k->audit_rc == FG_OK ? FG_OK : fg_fail(reterr, k->audit_rc, "test", NULL, "disk full");
}

static enum fg_rc
ring_rows(struct desk *k)
{
	struct cred_ring_entry e[CRED_RING_MAX];
	size_t n = 0;

	FG_TRY(cred_client_list(k->cred, e, &n, &k->box.err));
	for (size_t i = 0; i < n; i++)
		FG_TRY(cred_rows_add(k->st, &e[i], CRED_STATE_SEALING, NOW, &k->box.err));
	return FG_OK;
}

static void
desk_open(struct desk *k)
{
	struct cred_ring *ring = NULL;

	memset(k, 0, sizeof(*k));
	box_open(&k->box);
	fg_arena_free(k->box.arena);
	k->box.arena = fg_arena_new(64u << 20);
	CHECK_OK(box_store(&k->box, STORE_CREATE, &k->st));
	CHECK_OK(cred_ring_new(NOW, &ring, &k->box.err));
	CHECK_OK(cred_client_local(ring, &k->cred, &k->box.err));
	CHECK_OK(ring_rows(k));
	k->admin = (struct admin){ .store = k->st, .cred = k->cred, .now = now_of, .audit = audit_of,
		.arg = k };
}

static void
desk_close(struct desk *k)
{
	store_close(k->st);
	cred_client_close(k->cred);
	box_close(&k->box);
}

static void
read_reply(struct desk *k, struct fg_str text)
{
	fg_err_clear(&k->box.err);
	if (fg_json_parse(k->box.arena, text, NULL, "test", &k->reply, &k->box.err) != FG_OK) {
		(void)printf("    not JSON: %.*s\n", FG_PRI(text));
		CU_FAIL_FATAL("reply");
	}
}

static void
ask(struct desk *k, const char *request)
{
	const struct admin_peer peer = { 0, FG_LIT("tester") };
	struct fg_buf out = FG_BUF_ARENA(k->box.arena, 1u << 20);
	struct fg_str text = FG_LIT("");

	admin_run(&k->admin, fg_str_z(request), &peer, k->box.arena, &out);
	CHECK_OK(fg_buf_end(&out, &text));
	read_reply(k, text);
}

static struct fg_str
got(const struct desk *k, const char *name)
{
	uint32_t i = fg_json_get(&k->reply, 0, fg_str_z(name));

	return i == 0 ? FG_LIT("") : k->reply.node[i].text;
}

/* ---- operations ---- */

static void
a_new_account_has_a_key_that_opens(void)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	struct store_key row = { 0 };
	struct cred_unwrap u = { .rc = FG_E_INTERNAL };
	struct desk k;

	desk_open(&k);
	ask(&k, "{\"op\":\"account.create\",\"id\":\"111122223333\",\"name\":\"ml\"}");
	CHECK_STR(got(&k, "ok"), "true");
	CHECK(strcmp(k.action, "CreateAccount") == 0 && strcmp(k.account, "111122223333") == 0);
	CHECK(got(&k, "secret").n == 40 && fg_starts(got(&k, "id"), FG_LIT("AKIA")));
	row.id = got(&k, "id");
	CHECK_OK(store_begin(k.st, &tx, &k.box.err));
	CHECK_OK(store_get(tx, STORE_KEY, &row, k.box.arena, &k.box.err));
	CHECK((row.flags & STORE_KEY_BOOTSTRAP) != 0 && row.state == STORE_ACTIVE);
	store_rollbackp(&tx);
	u.where = cred_where_key(&row);
	u.blob = row.secret;
	CHECK_OK(cred_client_unwrap(k.cred, &u, 1, k.box.arena, &k.box.err));
	CHECK_OK(u.rc);
	CHECK_EQ(u.plain, got(&k, "secret"));
	/* The same blob in another user's row does not open (rule 6). */
	row.user = FG_LIT("AIDAOTHER");
	u.where = cred_where_key(&row);
	CHECK_OK(cred_client_unwrap(k.cred, &u, 1, k.box.arena, &k.box.err));
	CHECK(u.rc != FG_OK);

	ask(&k, "{\"op\":\"account.create\",\"id\":\"111122223333\",\"name\":\"ml\"}");
	CHECK_STR(got(&k, "code"), "exists");
	CHECK(k.failed && k.audited == 2);
	ask(&k, "{\"op\":\"account.create\",\"id\":\"11112222333\",\"name\":\"ml\"}");
	CHECK_STR(got(&k, "ok"), "false");
	desk_close(&k);
}

static void
bundles_go_in_and_come_out(void)
{
	struct desk k;

	desk_open(&k);
	ask(&k, "{\"op\":\"apply\",\"bundle\":\"{\\\"Accounts\\\":[{\\\"Id\\\":\\\"111122223333\\\"}]}\"}");
	CHECK_STR(got(&k, "ok"), "true");
	ask(&k, "{\"op\":\"apply\",\"bundle\":\"Accounts: [{Id: 1}]\"}");
	CHECK_STR(got(&k, "ok"), "false");
	CHECK_STR(got(&k, "code"), "param");
	CHECK(k.reply.node[fg_json_get(&k.reply, 0, FG_LIT("lines"))].n == 1);
	/* Files come with the request, or not at all. */
	ask(&k, "{\"op\":\"apply\",\"bundle\":\"Accounts: [{Id: 111122223333, OpenIDConnectProviders: "
	    "[{Url: 'https://x', ClientIDList: [a], CaFile: /etc/passwd}]}]\"}");
	CHECK_STR(got(&k, "ok"), "false");
	ask(&k, "{\"op\":\"export\",\"account\":\"111122223333\"}");
	CHECK(fg_starts(got(&k, "bundle"), FG_LIT("{\n  \"Accounts\": [")));
	ask(&k, "{\"op\":\"export\",\"account\":\"999999999999\"}");
	CHECK_STR(got(&k, "code"), "not_found");
	desk_close(&k);
}

static void
unknown_requests_are_refused(void)
{
	static const char *const bad[] = { "", "[]", "{}", "{\"op\":1}", "{\"op\":\"nope\"}",
		"{\"op\":\"apply\",\"op\":\"apply\"}", "{\"op\":\"export\",\"account\":[]}" };
	struct desk k;

	desk_open(&k);
	for (size_t i = 0; i < FG_COUNT(bad); i++) {
		ask(&k, bad[i]);
		CHECK_STR(got(&k, "ok"), "false");
	}
	desk_close(&k);
}

/* Rule 31: nothing is said to be done that is not in the audit log. */
static void
an_operation_without_its_record_is_an_error(void)
{
	struct desk k;

	desk_open(&k);
	k.audit_rc = FG_E_IO;
	ask(&k, "{\"op\":\"account.create\",\"id\":\"111122223333\",\"name\":\"ml\"}");
	CHECK_STR(got(&k, "ok"), "false");
	CHECK_STR(got(&k, "step"), "iam.audit");
	CHECK(got(&k, "secret").n == 0);
	desk_close(&k);
}

static enum fg_rc
cut_of(struct desk *k, const char *kind, const char *target, struct store_cut *ret)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;

	*ret = (struct store_cut){ .kind = fg_str_z(kind), .target = fg_str_z(target) };
	fg_err_clear(&k->box.err);
	FG_TRY(store_begin(k->st, &tx, &k->box.err));
	return store_get(tx, STORE_CUT, ret, k->box.arena, &k->box.err);
}

static void
revocations_become_cut_offs(void)
{
	static const char *const refused[] = {
		"{\"op\":\"revoke\",\"kind\":\"nope\",\"target\":\"x\"}",
		"{\"op\":\"revoke\",\"kind\":\"role\"}",
		"{\"op\":\"revoke\",\"kind\":\"role\",\"target\":\"x\"}",
		"{\"op\":\"revoke\",\"kind\":\"role\",\"target\":\"arn:aws:iam::111122223333:role/none\"}",
		"{\"op\":\"revoke\",\"kind\":\"role\",\"target\":\"arn:aws:iam::111122223333:role/x/r0\"}",
		"{\"op\":\"revoke\",\"kind\":\"session\",\"target\":\"12\"}",
		"{\"op\":\"revoke\",\"kind\":\"session\",\"target\":\"00000000000000000000000000000000\"}",
		"{\"op\":\"revoke\",\"kind\":\"key\",\"target\":\"AKIANONE\"}",
		"{\"op\":\"revoke\",\"kind\":\"provider\",\"target\":\"https://x\"}",
		"{\"op\":\"revoke\",\"kind\":\"subject\",\"target\":\"https://x\"}",
		"{\"op\":\"revoke\",\"kind\":\"before\",\"target\":\"2030-01-01T00:00:00Z\"}",
	};
	struct store_cut cut;
	struct desk k;

	desk_open(&k);
	CHECK_OK(fill(&k.box, k.st, A1, 1));
	for (size_t i = 0; i < FG_COUNT(refused); i++) {
		ask(&k, refused[i]);
		CHECK_STR(got(&k, "ok"), "false");
	}
	ask(&k, "{\"op\":\"revoke\",\"kind\":\"role\",\"target\":\"arn:aws:iam::111122223333:role/r0\"}");
	CHECK_STR(got(&k, "ok"), "true");
	CHECK_OK(cut_of(&k, "role", "AROA11110000000000000", &cut));
	CHECK(cut.at == NOW + 3 && cut.expires > NOW + FG_LIMIT_SESSION_MAX_S);
	CHECK_EQ(cut.account, A1);
	ask(&k, "{\"op\":\"revoke\",\"kind\":\"before\",\"target\":\"2026-01-01T00:00:00Z\","
	    "\"account\":\"111122223333\"}");
	CHECK_OK(cut_of(&k, "before", "111122223333", &cut));
	/* A later call with less reach does not weaken it. */
	ask(&k, "{\"op\":\"revoke\",\"kind\":\"before\",\"target\":\"2025-01-01T00:00:00Z\","
	    "\"account\":\"111122223333\"}");
	CHECK_OK(cut_of(&k, "before", "111122223333", &cut));
	CHECK(cut.at > 1767225599);
	desk_close(&k);
}

static void
a_revoked_key_is_inactive(void)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	struct store_key row = { 0 };
	struct store_cut cut;
	char request[128];
	struct desk k;

	desk_open(&k);
	ask(&k, "{\"op\":\"account.create\",\"id\":\"111122223333\",\"name\":\"ml\"}");
	row.id = got(&k, "id");
	(void)snprintf(request, sizeof(request), "{\"op\":\"revoke\",\"kind\":\"key\",\"target\":\"%.*s\"}",
	    FG_PRI(row.id));
	ask(&k, request);
	CHECK_STR(got(&k, "ok"), "true");
	CHECK_OK(store_begin(k.st, &tx, &k.box.err));
	CHECK_OK(store_get(tx, STORE_KEY, &row, k.box.arena, &k.box.err));
	CHECK(row.state == STORE_INACTIVE);
	CHECK_OK(store_delete(tx, STORE_KEY, &row, &k.box.err));
	CHECK_OK(store_commit(FG_STEAL(tx), &k.box.err));
	ask(&k, request); /* what it minted lives on */
	CHECK_STR(got(&k, "ok"), "true");
	CHECK_OK(cut_of(&k, "key", fg_arena_fmt(k.box.arena, "%.*s", FG_PRI(row.id)).p, &cut));
	CHECK_EQ(cut.account, A1);
	desk_close(&k);
}

static void
a_backup_is_a_store_below_its_mark(void)
{
	char request[256];
	struct desk k;

	desk_open(&k);
	CHECK_OK(fill(&k.box, k.st, A1, 2));
	(void)snprintf(request, sizeof(request), "{\"op\":\"backup\",\"path\":\"%s.copy\"}", k.box.path);
	ask(&k, request);
	CHECK_STR(got(&k, "ok"), "true");
	ask(&k, request);
	CHECK_STR(got(&k, "code"), "exists");
	ask(&k, "{\"op\":\"backup\",\"path\":\"relative\"}");
	CHECK_STR(got(&k, "ok"), "false");
	CHECK_OK(fill(&k.box, k.st, A1, 3));
	store_close(k.st);
	k.st = NULL;
	box_copy(box_file(&k.box, ".copy"), box_file(&k.box, ""));
	CHECK_RC(box_store(&k.box, 0, &k.st), FG_E_UNAVAILABLE);
	CHECK_OK(box_store(&k.box, STORE_RECOVER, &k.st));
	CHECK_OK(store_recover(k.st, NOW, &k.box.err));
	desk_close(&k);
}

/* ---- the socket ---- */

static void
answer(void *arg, struct fg_str request, const struct admin_peer *peer, struct fg_arena *a,
    struct fg_buf *out)
{
	const struct admin_peer tester = { peer->uid, FG_LIT("tester") };
	struct desk *k = arg;

	CHECK(peer->uid == geteuid() && peer->user.n > 0);
	admin_run(&k->admin, request, &tester, a, out);
}

static void
the_socket_answers_its_owner(void)
{
	struct control *c = NULL;
	struct fg_str text = FG_LIT("");
	struct stat sb;
	struct desk k;

	desk_open(&k);
	CHECK_RC(control_ask(k.box.dir, FG_LIT("{}"), k.box.arena, &text, &k.box.err), FG_E_NOT_FOUND);
	CHECK_OK(control_open(k.box.dir, answer, &k, &c, &k.box.err));
	CHECK(stat(fg_arena_fmt(k.box.arena, "%s/control.sock", k.box.dir).p, &sb) == 0);
	CHECK((sb.st_mode & 0777) == 0600);
	for (int i = 0; i < 3; i++) {
		fg_err_clear(&k.box.err);
		CHECK_OK(control_ask(k.box.dir, FG_LIT("{\"op\":\"export\",\"account\":\"\"}"), k.box.arena,
		    &text, &k.box.err));
		read_reply(&k, text);
		CHECK_STR(got(&k, "ok"), "true");
	}
	control_close(c);
	CHECK(stat(fg_arena_fmt(k.box.arena, "%s/control.sock", k.box.dir).p, &sb) != 0);
	desk_close(&k);
}

static int
dial(struct desk *k)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s/control.sock", k->box.dir);
	CHECK(connect(fd, (const struct sockaddr *)&at, sizeof(at)) == 0);
	return fd;
}

/* A length that is too large, and a message that is cut off: the caller is dropped, others live. */
static void
broken_messages_are_dropped(void)
{
	struct control *c = NULL;
	struct fg_str text = FG_LIT("");
	struct desk k;
	char byte;
	int fd;

	desk_open(&k);
	CHECK_OK(control_open(k.box.dir, answer, &k, &c, &k.box.err));
	fd = dial(&k);
	CHECK(write(fd, "\xff\xff\xff\xff{}", 6) == 6);
	CHECK(read(fd, &byte, 1) <= 0);
	close(fd);
	fd = dial(&k);
	CHECK(write(fd, "\0\0\0\x09{}", 6) == 6);
	CHECK(shutdown(fd, SHUT_WR) == 0);
	CHECK(read(fd, &byte, 1) <= 0);
	close(fd);
	CHECK_OK(control_ask(k.box.dir, FG_LIT("{\"op\":\"nope\"}"), k.box.arena, &text, &k.box.err));
	read_reply(&k, text);
	CHECK_STR(got(&k, "ok"), "false");
	control_close(c);
	desk_close(&k);
}

/* Left behind by a crash: replaced. */
static void
a_dead_socket_is_replaced(void)
{
	struct control *c = NULL;
	struct desk k;
	const char *path;
	FILE *f;

	desk_open(&k);
	path = fg_arena_fmt(k.box.arena, "%s/control.sock", k.box.dir).p;
	f = fopen(path, "w");
	CHECK(f != NULL);
	if (f != NULL)
		fclose(f);
	CHECK_OK(control_open(k.box.dir, answer, &k, &c, &k.box.err));
	control_close(c);
	desk_close(&k);
}

static CU_TestInfo operations[] = {
	CASE(a_new_account_has_a_key_that_opens),
	CASE(bundles_go_in_and_come_out),
	CASE(unknown_requests_are_refused),
	CASE(an_operation_without_its_record_is_an_error),
	CASE(revocations_become_cut_offs),
	CASE(a_revoked_key_is_inactive),
	CASE(a_backup_is_a_store_below_its_mark),
	CASES_END,
};
static CU_TestInfo sockets[] = {
	CASE(the_socket_answers_its_owner),
	CASE(broken_messages_are_dropped),
	CASE(a_dead_socket_is_replaced),
	CASES_END,
};

int
main(void)
{
	CU_SuiteInfo suites[] = {
		SUITE("iam/admin.c", operations),
		SUITE("iam/control.c", sockets),
		SUITES_END,
	};

	return unit_run(suites);
}
