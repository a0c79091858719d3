/*
 * gateway/iam/control.h - the operator's socket of a running gateway.
 *
 * Shape:    a stream socket in the data directory, mode 0600.  A message is a 32-bit
 *           big-endian length and that many bytes of JSON: one request, one reply, close.
 *           One thread answers one caller at a time.
 * Owns:     control_open() returns an owned server; control_close() ends its thread and removes
 *           the socket.
 * Errors:   FG_E_NOT_FOUND   nobody listens (the client then opens the store itself)
 *           FG_E_DENIED      the caller is neither root nor the gateway's own user
 *           FG_E_IO, FG_E_LIMIT, FG_E_NOMEM
 * Refuses:  callers of another user (SO_PEERCRED), messages over FG_LIMIT_CONTROL_BYTES, a
 *           caller that sends nothing for ten seconds.
 * Source:   security.md 32.
 */
#ifndef GATEWAY_IAM_CONTROL_H
#define GATEWAY_IAM_CONTROL_H

#include <sys/types.h>

#include "base/base.h"
#include "gateway/iam/admin.h"

struct control;

/* Answer a request: admin_run() with the caller's admin. */
typedef void (*control_fn)(void *arg, struct fg_str request, const struct admin_peer *peer,
    struct fg_arena *a, struct fg_buf *out);

/* dir: the data directory.  A socket that is there and that nobody listens on is replaced. */
enum fg_rc control_open(const char *dir, control_fn fn, void *arg, struct control **ret,
    struct fg_err *reterr) FG_MUST;
void control_close(struct control *c); /* NULL accepted */

/* Ask the gateway that owns dir.  The reply lies in the arena. */
enum fg_rc control_ask(const char *dir, struct fg_str request, struct fg_arena *a,
    struct fg_str *ret, struct fg_err *reterr) FG_MUST;

#endif
