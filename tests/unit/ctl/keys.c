/* tests/unit/ctl/keys.c - making ring and store, and the keys commands (rules 7 and 32). */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/ctl/ctl_store.h"
#include "gateway/ctl/keys_int.h"
#include "tests/unit/unit.h"

/* The commands of this program: those under test. */
const struct ctl_cmd ctl_commands[] = {
	{ "keys list", "", "", ctl_keys_list_opts, 0, ctl_keys_list },
	{ "keys retire", "ID", "", NULL, 1, ctl_keys_retire },
	{ "keys rotate", "", "", ctl_keys_rotate_opts, 0, ctl_keys_rotate },
	{ NULL, NULL, NULL, NULL, 0, NULL },
};

static char dir[64], store_url[128], ring_path[128], mark[128];
static struct conf *conf;

static void
conf_make(void)
{
	char pair[160];

	CU_ASSERT_FATAL(conf_new(&conf, NULL) == FG_OK);
	(void)snprintf(pair, sizeof(pair), "store=%s", store_url);
	CHECK_OK(conf_set(conf, fg_str_z(pair), NULL));
	(void)snprintf(pair, sizeof(pair), "keyring=%s", ring_path);
	CHECK_OK(conf_set(conf, fg_str_z(pair), NULL));
	CHECK_OK(conf_end(conf, NULL));
}

static void
up(void)
{
	(void)snprintf(dir, sizeof(dir), "/tmp/fedgate-keys-XXXXXX");
	CU_ASSERT_FATAL(mkdtemp(dir) != NULL);
	(void)snprintf(store_url, sizeof(store_url), "sqlite:%s/d/fedgate.db", dir);
	(void)snprintf(ring_path, sizeof(ring_path), "%s/d/keyring", dir);
	(void)snprintf(mark, sizeof(mark), "%s/d/fedgate.db.clock", dir);
	conf_make();
}

static void
created(void)
{
	struct ctl_store s;
	struct fg_err err = { 0 };

	up();
	if (ctl_store_create(conf, &s, &err) != FG_OK) {
		(void)fprintf(stderr, "%s: %s\n", err.step, err.text);
		CU_FAIL_FATAL("no store");
	}
	ctl_store_close(&s);
}

static int
gone(const char *path, const struct stat *st, int what, struct FTW *at)
{
	(void)st;
	(void)what;
	(void)at;
	return remove(path);
}

static void
down(void)
{
	conf_free(conf);
	CHECK(nftw(dir, gone, 8, FTW_DEPTH | FTW_PHYS) == 0);
}

static int
run(const char *a, const char *b, const char *c, const char *d)
{
	char name[] = "fedgate", keys[] = "keys", st[] = "--store", kr[] = "--keyring",
	     set[] = "--set", audit[128];
	char *argv[16] = { name, keys };
	const char *more[] = { a, b, c, d };
	int n = 2;

	for (size_t i = 0; i < 4 && more[i] != NULL; i++)
		argv[n++] = (char *)(uintptr_t)more[i];
	argv[n++] = st;
	argv[n++] = store_url;
	argv[n++] = kr;
	argv[n++] = ring_path;
	(void)snprintf(audit, sizeof(audit), "audit.file=%s/d/audit.jsonl", dir);
	argv[n++] = set;
	argv[n++] = audit;
	return ctl_main(n, argv);
}

static struct cred_rows
rows(void)
{
	struct ctl_store s;
	struct cred_rows r = { .n = 0 };

	CHECK_OK(ctl_store_open(conf, &s, NULL));
	r = s.rows;
	ctl_store_close(&s);
	return r;
}

static size_t
count(const struct cred_rows *r, enum cred_class cls, enum cred_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += r->row[i].cls == cls && r->row[i].state == state;
	return n;
}

static void
both_are_made_closed_to_others(void)
{
	struct ctl_store s;
	struct cred_rows r;
	struct stat st;
	struct fg_err err = { 0 };
	char path[128];

	created();
	(void)snprintf(path, sizeof(path), "%s/d", dir);
	CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0700);
	CHECK(stat(ring_path, &st) == 0 && (st.st_mode & 0777) == 0600);
	CHECK(stat(conf_store_path(conf), &st) == 0 && (st.st_mode & 077) == 0);
	r = rows();
	for (unsigned c = 1; c < CRED_CLASS_MAX; c++)
		CHECK(count(&r, (enum cred_class)c, CRED_STATE_SEALING) == 1);
	CHECK_RC(ctl_store_create(conf, &s, &err), FG_E_EXISTS);
	CHECK_STEP(err, "cred.init.exists");
	down();
}

/* Rule 32: either of the two is enough to refuse, and nothing is changed. */
static void
what_is_there_is_not_overwritten(void)
{
	struct ctl_store s;
	struct stat st;
	char path[128];

	created();
	CHECK(unlink(conf_store_path(conf)) == 0);
	CHECK_RC(ctl_store_create(conf, &s, NULL), FG_E_EXISTS);
	CHECK(stat(conf_store_path(conf), &st) != 0);
	down();
	created();
	CHECK(unlink(ring_path) == 0);
	CHECK_RC(ctl_store_create(conf, &s, NULL), FG_E_EXISTS);
	CHECK(stat(ring_path, &st) != 0);
	down();
	up(); /* a folder that others can enter */
	(void)snprintf(path, sizeof(path), "%s/d", dir);
	CHECK(mkdir(path, 0755) == 0 && chmod(path, 0755) == 0);
	CHECK_RC(ctl_store_create(conf, &s, NULL), FG_E_IO);
	CHECK(stat(ring_path, &st) != 0);
	down();
}

static void
without_them_init_is_named(void)
{
	struct ctl_store s;
	struct fg_err err = { 0 };

	up();
	CHECK_RC(ctl_store_open(conf, &s, &err), FG_E_NOT_FOUND);
	CHECK(strstr(err.text, "fedgate init") != NULL);
	down();
}

static void
the_ring_of_another_installation_is_refused(void)
{
	struct ctl_store s;
	struct cred_ring *other = NULL;

	created();
	CHECK_OK(cred_ring_new(1763829431, &other, NULL));
	CHECK_OK(cred_ring_save(other, ring_path, CRED_SAVE_REPLACE, NULL));
	cred_ring_free(other);
	CHECK(ctl_store_open(conf, &s, NULL) != FG_OK);
	down();
}

static void
rotation_seals_with_the_new_key(void)
{
	static const char *const classes[] = { "session", "wrap", "row", "audit" };
	struct cred_rows r;

	created();
	CHECK(run("list", NULL, NULL, NULL) == CTL_OK);
	CHECK(run("list", "--json", NULL, NULL) == CTL_OK);
	for (size_t i = 0; i < FG_COUNT(classes); i++) {
		enum cred_class cls = CRED_CLASS_NONE;

		CHECK(cred_class_parse(fg_str_z(classes[i]), &cls));
		CHECK(run("rotate", "--class", classes[i], NULL) == CTL_OK);
		r = rows();
		CHECK(count(&r, cls, CRED_STATE_SEALING) == 1);
		CHECK(count(&r, cls, CRED_STATE_OPENING) == 1);
	}
	CHECK(run("rotate", "--class", "none", NULL) == CTL_USAGE);
	r = rows();
	CHECK(r.n == 8);
	down();
}

/* Not before the last session is over, and not on the word of a clock that nobody confirms. */
static void
a_key_is_retired_late_or_not_at_all(void)
{
	struct cred_rows r;
	struct cred_clock at;
	char id[9] = "";

	created();
	CHECK(run("rotate", NULL, NULL, NULL) == CTL_OK);
	r = rows();
	for (size_t i = 0; i < r.n; i++)
		if (r.row[i].state == CRED_STATE_OPENING)
			(void)snprintf(id, sizeof(id), "%08x", r.row[i].id);
	CHECK(run("retire", id, NULL, NULL) == CTL_REFUSED); /* no mark: a clock unheard of */
	CHECK_OK(cred_clock_read(&at, NULL));
	CHECK_OK(cred_mark_save(mark, at.wall_ns / 1000000000, NULL));
	CHECK(run("retire", id, NULL, NULL) == CTL_REFUSED); /* sessions may live */
	CHECK(run("retire", "00000001", NULL, NULL) == CTL_REFUSED);
	CHECK(run("retire", "00000000", NULL, NULL) == CTL_USAGE);
	CHECK(run("retire", "xyz", NULL, NULL) == CTL_USAGE);
	CHECK(run("retire", NULL, NULL, NULL) == CTL_USAGE);
	r = rows();
	CHECK(count(&r, CRED_CLASS_SESSION, CRED_STATE_OPENING) == 1);
	down();
}

static CU_TestInfo tests[] = {
	CASE(both_are_made_closed_to_others),
	CASE(what_is_there_is_not_overwritten),
	CASE(without_them_init_is_named),
	CASE(the_ring_of_another_installation_is_refused),
	CASE(rotation_seals_with_the_new_key),
	CASE(a_key_is_retired_late_or_not_at_all),
	CASES_END,
};

int
main(void)
{
	CU_SuiteInfo suites[] = { SUITE("ctl/keys.c, ctl/store.c", tests), SUITES_END };

	return unit_run(suites);
}
