/*
 * base/time.h - UTC seconds, and their texts.
 *
 * Shape:    fg_time is signed 64-bit seconds since 1970-01-01T00:00:00Z.  Time is
 *           always an argument; nothing here reads a clock.
 * Refuses:  years outside 0001..9999, days and hours that do not exist, a
 *           leap second (:60), trailing bytes.
 * Source:   RFC 3339, XML Schema dateTime, ISO 8601 basic (SigV4).
 */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include "base/buf.h"

typedef int64_t fg_time;

struct fg_civil {
	int year, month, day, hour, minute, second; /* month and day from 1 */
};

fg_time fg_time_of(struct fg_civil c); /* no check of ranges */
struct fg_civil fg_civil_of(fg_time t);
/* Ranges and days of month. */
bool fg_civil_ok(struct fg_civil c);
/* "2026-11-22T14:50:00Z", offsets and fractions allowed (fraction dropped). */
bool fg_time_rfc3339(struct fg_str s, fg_time *ret) FG_MUST;
/* "20261122T145000Z" exactly. */
bool fg_time_basic(struct fg_str s, fg_time *ret) FG_MUST;
void fg_buf_time(struct fg_buf *b, fg_time t);       /* 2026-11-22T14:50:00Z */
void fg_buf_time_basic(struct fg_buf *b, fg_time t); /* 20261122T145000Z */

#endif
