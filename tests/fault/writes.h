/*
 * tests/fault/writes.h - every write action of the IAM API, of Organizations and of STS, each in a world where
 * it succeeds: what fault_writes.c lets memory and the disk fail under.
 *
 * A line is a call of alice's: `Action&Name=value...` of IAM, `Action {json}` of Organizations.  $Name$ stands
 * for what an earlier line of the set-up answered under that name, or for one of the texts of fault_writes.c.
 */
#ifndef TESTS_FAULT_WRITES_H
#define TESTS_FAULT_WRITES_H

#include "tests/unit/api/world.h"

struct write_row {
	const char *call;
	const char *before[4]; /* calls that must be granted before; NULL ends them */
	void (*prepare)(void); /* before these; or NULL */
	unsigned step;         /* every so many-th allocation; 0: every one */
	bool refused;          /* always: it writes nothing */
};

/* Texts; the ones that do not change are made once, in a world. */
void write_texts(void);
struct fg_str write_filled(const char *line); /* in the world's arena, and a zero after it */
const char *write_word(struct fg_str name);
void write_word_set(const char *name, struct fg_str text);

extern const struct write_row writes_iam[], writes_org[]; /* ended by a row without a call */

#endif
