/* tests/unit/cred/ring.c - root keys and their file. */
#include "tests/unit/cred/rig.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static struct cred_ring *
ring(void)
{
	struct cred_ring *r = NULL;

	CU_ASSERT_FATAL(cred_ring_new(RIG_NOW, &r, NULL) == FG_OK);
	return r;
}

static void
a_new_ring_has_a_key_of_each_class(void)
{
	struct cred_ring *r = ring(), *other = ring();
	struct cred_ring_entry e[CRED_RING_MAX], f[CRED_RING_MAX];
	unsigned seen[CRED_CLASS_MAX] = { 0 };

	CHECK(cred_ring_list(r, e) == CRED_CLASS_MAX - 1);
	(void)cred_ring_list(other, f);
	for (size_t i = 0; i < r->n; i++) {
		seen[e[i].cls]++;
		CHECK(e[i].id != 0 && e[i].created == RIG_NOW);
		CHECK(memcmp(e[i].fp, f[i].fp, CRED_FP_BYTES) != 0);
	}
	for (unsigned c = 1; c < CRED_CLASS_MAX; c++)
		CHECK(seen[c] == 1);
	CHECK(memcmp(cred_ring_installation(r), cred_ring_installation(other),
	    CRED_INSTALLATION_BYTES) != 0);
	cred_ring_free(r);
	cred_ring_free(other);
}

static void
what_is_saved_is_loaded(void)
{
	struct cred_ring *r = ring(), *got = NULL;
	struct stat st;
	char dir[64], path[96];
	uint32_t id = 0;

	rig_folder(dir);
	(void)snprintf(path, sizeof(path), "%s/keyring", dir);
	CHECK_OK(cred_ring_save(r, path, CRED_SAVE_CREATE, NULL));
	CHECK(stat(path, &st) == 0 && (st.st_mode & 07777) == 0600);
	CHECK_RC(cred_ring_save(r, path, CRED_SAVE_CREATE, NULL), FG_E_EXISTS);
	CHECK_OK(cred_ring_load(path, &got, NULL));
	CHECK(memcmp(r, got, sizeof(*r)) == 0);
	cred_ring_free(got);
	CHECK_OK(cred_ring_add(r, CRED_CLASS_SESSION, RIG_NOW + 5, &id, NULL));
	CHECK_OK(cred_ring_drop(r, r->key[0].entry.id, NULL));
	CHECK_RC(cred_ring_drop(r, id + 1, NULL), FG_E_NOT_FOUND);
	CHECK_OK(cred_ring_save(r, path, CRED_SAVE_REPLACE, NULL));
	CHECK_OK(cred_ring_load(path, &got, NULL));
	CHECK(got->n == r->n && got->key[got->n - 1].entry.id == id &&
	    memcmp(got->key, r->key, r->n * sizeof(r->key[0])) == 0);
	cred_ring_free(got);
	cred_ring_free(r);
	rig_folder_gone(dir);
}

/* Nothing beside the ring is left behind by a write. */
static void
a_write_leaves_one_file(void)
{
	struct cred_ring *r = ring();
	char dir[64], path[96];

	rig_folder(dir);
	(void)snprintf(path, sizeof(path), "%s/keyring", dir);
	CHECK_OK(cred_ring_save(r, path, CRED_SAVE_CREATE, NULL));
	CHECK_RC(cred_ring_save(r, path, CRED_SAVE_CREATE, NULL), FG_E_EXISTS);
	CHECK(unlink(path) == 0 && rmdir(dir) == 0); /* fails when more is there */
	cred_ring_free(r);
}

static void
a_file_that_others_can_read_is_refused(void)
{
	static const unsigned bad[] = { 0640, 0604, 0644, 0660, 0606, 0700, 04600 };
	struct cred_ring *r = ring(), *got = NULL;
	char dir[64], path[96], link_path[96];
	struct fg_err err = { 0 };

	rig_folder(dir);
	(void)snprintf(path, sizeof(path), "%s/keyring", dir);
	(void)snprintf(link_path, sizeof(link_path), "%s/link", dir);
	CHECK_OK(cred_ring_save(r, path, CRED_SAVE_CREATE, NULL));
	for (size_t i = 0; i < FG_COUNT(bad); i++) {
		CHECK(chmod(path, bad[i]) == 0);
		fg_err_clear(&err);
		CHECK_RC(cred_ring_load(path, &got, &err), FG_E_IO);
		CHECK_STEP(err, "cred.ring.file");
	}
	CHECK(chmod(path, 0600) == 0);
	CHECK(symlink(path, link_path) == 0);
	CHECK_RC(cred_ring_load(link_path, &got, NULL), FG_E_IO);
	CHECK(unlink(link_path) == 0 && link(path, link_path) == 0);
	CHECK_RC(cred_ring_load(path, &got, NULL), FG_E_IO); /* it has a second name */
	CHECK(unlink(link_path) == 0);
	CHECK_RC(cred_ring_load(dir, &got, NULL), FG_E_IO);
	CHECK_RC(cred_ring_load(link_path, &got, NULL), FG_E_NOT_FOUND);
	CHECK(mkfifo(link_path, 0600) == 0);
	CHECK_RC(cred_ring_load(link_path, &got, NULL), FG_E_IO); /* and does not wait */
	if (geteuid() == 0) {
		CHECK(chown(path, 12345, (gid_t)-1) == 0);
		CHECK_RC(cred_ring_load(path, &got, NULL), FG_E_IO);
	}
	cred_ring_free(r);
	rig_folder_gone(dir);
}

/* Cut at every length, and one bit of every byte: the sum tells. */
static void
a_damaged_file_is_refused(void)
{
	struct cred_ring *r = ring();
	struct fg_buf text = FG_BUF(16384);

	CHECK_OK(ring_text(r, &text, NULL));
	for (size_t n = 0; n < text.n; n++) {
		struct cred_ring *got = ring_alloc();

		CHECK_RC(ring_parse(fg_str(text.p, n), got, NULL), FG_E_SYNTAX);
		memset(got, 0, sizeof(*got));
		text.p[n] ^= 1;
		CHECK_RC(ring_parse(fg_buf_str(&text), got, NULL), FG_E_SYNTAX);
		text.p[n] ^= 1;
		cred_ring_free(got);
	}
	fg_buf_free(&text);
	cred_ring_free(r);
}

/* Lines that are whole and say nonsense, under a sum that fits. */
static void
nonsense_is_refused(void)
{
#define HEX "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
#define HEAD "fedgate-keyring 1\ninstallation 000102030405060708090a0b0c0d0e0f\n"
	static const struct { const char *text; bool good; } rows[] = {
		{ HEAD "key 00000001 session 5 " HEX "\n", true },
		{ HEAD, false },
		{ "", false },
		{ "fedgate-keyring 2\ninstallation 000102030405060708090a0b0c0d0e0f\n"
		  "key 00000001 session 5 " HEX "\n", false },
		{ "fedgate-keyring 1\ninstallation 0001\nkey 00000001 session 5 " HEX "\n", false },
		{ HEAD "key 00000000 session 5 " HEX "\n", false },
		{ HEAD "key 0000001 session 5 " HEX "\n", false },
		{ HEAD "key 0000000A session 5 " HEX "\n", false },
		{ HEAD "key 00000001 none 5 " HEX "\n", false },
		{ HEAD "key 00000001 Session 5 " HEX "\n", false },
		{ HEAD "key 00000001 session 0 " HEX "\n", false },
		{ HEAD "key 00000001 session -1 " HEX "\n", false },
		{ HEAD "key 00000001 session 253402300800 " HEX "\n", false },
		{ HEAD "key 00000001 session 5 " HEX "00\n", false },
		{ HEAD "key 00000001 session 5 " HEX " \n", false },
		{ HEAD "key 00000001 session 5 " HEX, false },
		{ HEAD "\nkey 00000001 session 5 " HEX "\n", false },
		{ HEAD "key 00000001 session 5 " HEX "\nkey 00000001 wrap 5 " HEX "\n", false },
	};

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		struct cred_ring *got = ring_alloc();
		struct fg_buf text = FG_BUF(16384);
		uint8_t sum[32];
		unsigned n = 0;

		fg_buf_put(&text, fg_str_z(rows[i].text));
		CHECK(EVP_Digest(text.n == 0 ? "" : text.p, text.n, sum, &n, EVP_sha256(), NULL) == 1);
		fg_buf_put(&text, FG_LIT("sum "));
		fg_buf_hex(&text, fg_str(sum, 32));
		fg_buf_putc(&text, '\n');
		CHECK((ring_parse(fg_buf_str(&text), got, NULL) == FG_OK) == rows[i].good);
		fg_buf_free(&text);
		cred_ring_free(got);
	}
}

static void
a_ring_has_an_end(void)
{
	struct cred_ring *r = ring();
	uint32_t id;

	while (r->n < CRED_RING_MAX)
		CHECK_OK(cred_ring_add(r, CRED_CLASS_WRAP, RIG_NOW, &id, NULL));
	CHECK_RC(cred_ring_add(r, CRED_CLASS_WRAP, RIG_NOW, &id, NULL), FG_E_LIMIT);
	{
		struct fg_buf text = FG_BUF(16384); /* a full ring fits its file */

		CHECK_OK(ring_text(r, &text, NULL));
		CHECK(text.n < 16384);
		fg_buf_free(&text);
	}
	cred_ring_free(r);
}

/* The store's rows and the ring must speak of the same keys. */
static void
rows_are_checked_against_the_ring(void)
{
	struct cred_ring *r = ring(), *other = ring();
	struct cred_ring_entry e[CRED_RING_MAX];
	struct cred_key_row rows[4];
	struct fg_err err = { 0 };
	size_t n = cred_ring_list(r, e);

	for (size_t i = 0; i < n; i++)
		rows[i] = cred_key_row_of(&e[i], CRED_STATE_SEALING, RIG_NOW);
	CHECK_OK(cred_ring_check(e, n, rows, n, &err));
	rows[1].fp[0] ^= 1;
	CHECK_RC(cred_ring_check(e, n, rows, n, &err), FG_E_KEY);
	CHECK_STEP(err, "cred.ring.fingerprint");
	rows[1].state = CRED_STATE_GONE; /* of no interest any more */
	CHECK_OK(cred_ring_check(e, n, rows, n, NULL));
	rows[0].cls = CRED_CLASS_AUDIT;
	CHECK_RC(cred_ring_check(e, n, rows, n, NULL), FG_E_KEY);
	n = cred_ring_list(other, e);
	fg_err_clear(&err);
	CHECK_RC(cred_ring_check(e, n, rows, n, &err), FG_E_KEY);
	CHECK_STEP(err, "cred.ring.missing");
	cred_ring_free(r);
	cred_ring_free(other);
}

CU_TestInfo ring_tests[] = {
	CASE(a_new_ring_has_a_key_of_each_class),
	CASE(what_is_saved_is_loaded),
	CASE(a_write_leaves_one_file),
	CASE(a_file_that_others_can_read_is_refused),
	CASE(a_damaged_file_is_refused),
	CASE(nonsense_is_refused),
	CASE(a_ring_has_an_end),
	CASE(rows_are_checked_against_the_ring),
	CASES_END,
};
