/*
 * tests/unit/store/fixture.h - a store in a folder of its own, and rows to put into it.
 */
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include "gateway/store/store.h"
#include "tests/unit/unit.h"

#define NOW ((fg_time)1800000000)
#define A1 FG_LIT("111122223333")
#define A2 FG_LIT("444455556666")

struct box {
	char dir[64];
	char path[128];
	unsigned alarms[8]; /* by enum store_alarm */
	char what[256];     /* of the last one */
	struct fg_arena *arena;
	struct fg_err err;
};

/* A fresh folder below TMPDIR. */
void box_open(struct box *b);
void box_close(struct box *b); /* removes the folder */
struct store_opts box_opts(struct box *b, unsigned flags);
/* Open and load; the code of whichever failed. */
enum fg_rc box_store(struct box *b, unsigned flags, struct store **ret);
/* The file beside the database, or the database for "". */
const char *box_file(struct box *b, const char *suffix);
void box_copy(const char *from, const char *to);
/* Run SQL on the closed database, as an attacker who can write the file would. */
void box_sql(struct box *b, const char *sql);

struct store_account row_account(struct fg_str id);
struct store_role row_role(struct fg_str account, struct fg_str uid, struct fg_str name);
/* One transaction that puts an account and n roles r0, r1, ... AROA0... into it. */
enum fg_rc fill(struct box *b, struct store *st, struct fg_str account, unsigned n);

#endif
