/*
 * tests/fault/disk.h - the disk fails: the nth call of the engine to its file system, the nth step of a statement,
 * or the nth write beside the database (the mark).
 *
 * Linked with tests/fault/disk.c and, in the program's LDFLAGS, $(LINK_DISK).  disk_install() before a store is opened.
 */
#ifndef TESTS_FAULT_DISK_H
#define TESTS_FAULT_DISK_H

#include <stdbool.h>

enum disk_kind {
	DISK_FULL,  /* no byte is written any more: SQLITE_FULL from the nth write on */
	DISK_WRITE, /* one write fails: SQLITE_IOERR_WRITE */
	DISK_SYNC,  /* one sync fails: SQLITE_IOERR_FSYNC */
	DISK_STEP,  /* one step of a statement: SQLITE_IOERR */
	DISK_BUSY,  /* one step of a statement: SQLITE_BUSY */
	DISK_MARK,  /* one write or sync of ours */
};

bool disk_install(void);
void disk_arm(enum disk_kind k, unsigned long n);
/* No more failures; did one happen since disk_arm()? */
bool disk_disarm(void);

#endif
