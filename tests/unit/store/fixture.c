/*
 * tests/unit/store/fixture.c - a store in a folder of its own.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/store/fixture.h"

void
box_open(struct box *b)
{
	const char *tmp = getenv("TMPDIR");

	memset(b, 0, sizeof(*b));
	(void)snprintf(b->dir, sizeof(b->dir), "%s/fedgate-test.XXXXXX", tmp == NULL ? "/tmp" : tmp);
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(b->dir));
	(void)snprintf(b->path, sizeof(b->path), "%s/fedgate.db", b->dir);
	b->arena = fg_arena_new(8u << 20);
	CU_ASSERT_PTR_NOT_NULL_FATAL(b->arena);
}

void
box_close(struct box *b)
{
	DIR *d = opendir(b->dir);
	const struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		(void)unlinkat(dirfd(d), e->d_name, 0);
	if (d != NULL)
		closedir(d);
	(void)rmdir(b->dir);
	fg_arena_free(b->arena);
}

static void
alarmed(void *arg, enum store_alarm alarm, const char *what)
{
	struct box *b = arg;

	b->alarms[alarm]++;
	(void)snprintf(b->what, sizeof(b->what), "%s", what);
}

struct store_opts
box_opts(struct box *b, unsigned flags)
{
	struct store_opts o = { .path = fg_str_z(b->path), .flags = flags, .now = NOW,
		.alarm = alarmed, .alarm_arg = b };

	memset(o.mac_key, 0x42, sizeof(o.mac_key));
	return o;
}

enum fg_rc
box_store(struct box *b, unsigned flags, struct store **ret)
{
	const struct store_opts o = box_opts(b, flags);
	struct store *st = NULL;
	enum fg_rc rc;

	fg_err_clear(&b->err);
	rc = store_open(&o, &st, &b->err);
	if (rc != FG_OK)
		return rc;
	rc = store_load(st, NULL, NULL, &b->err);
	if (rc != FG_OK)
		store_close(st);
	else
		*ret = st;
	return rc;
}

const char *
box_file(struct box *b, const char *suffix)
{
	return fg_arena_fmt(b->arena, "%s%s", b->path, suffix).p;
}

void
box_copy(const char *from, const char *to)
{
	char buf[65536];
	ssize_t n;
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CU_ASSERT_FATAL(in >= 0 && out >= 0);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		CU_ASSERT_EQUAL(write(out, buf, (size_t)n), n);
	close(in);
	close(out);
}

void
box_sql(struct box *b, const char *sql)
{
	sqlite3 *db = NULL;
	char *why = NULL;

	CU_ASSERT_EQUAL_FATAL(sqlite3_open(b->path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) {
		(void)printf("    sql: %s\n", why);
		CU_FAIL("sql");
	}
	sqlite3_free(why);
	sqlite3_close(db);
}

struct store_account
row_account(struct fg_str id)
{
	return (struct store_account){ .account = id, .name = FG_LIT("n"), .alias = FG_LIT(""),
		.email = FG_LIT(""), .unit = FG_LIT(""), .created = NOW, .state = STORE_ACTIVE };
}

struct store_role
row_role(struct fg_str account, struct fg_str uid, struct fg_str name)
{
	return (struct store_role){ .account = account, .uid = uid, .name = name,
		.path = FG_LIT("/"), .description = FG_LIT(""), .trust = FG_LIT("{\"Statement\":[]}"),
		.bindings = FG_LIT(""), .boundary = FG_LIT(""), .tags = FG_LIT(""),
		.max_session = 3600, .created = NOW };
}

enum fg_rc
fill(struct box *b, struct store *st, struct fg_str account, unsigned n)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	struct store_account a = row_account(account);

	fg_err_clear(&b->err);
	FG_TRY(store_begin(st, &tx, &b->err));
	FG_TRY(store_put(tx, STORE_ACCOUNT, &a, &b->err));
	for (unsigned i = 0; i < n; i++) {
		char uid[32], name[32];
		struct store_role r;

		(void)snprintf(uid, sizeof(uid), "AROA%.4s%013u", account.p, i);
		(void)snprintf(name, sizeof(name), "r%u", i);
		r = row_role(account, fg_str_z(uid), fg_str_z(name));
		FG_TRY(store_put(tx, STORE_ROLE, &r, &b->err));
	}
	return store_commit(FG_STEAL(tx), &b->err);
}
