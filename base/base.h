/*
 * base/base.h - the public header of base/: everything in one include.
 *
 * base/ knows nothing of federation: errors, borrowed strings, latched cursor and
 * builder, capped arena, codecs, time, addresses, strict JSON, whole writes, limits.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/codec.h"
#include "base/cur.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/time.h"

#endif
