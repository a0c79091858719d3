/*
 * tests/tls/cert.h - a throw-away certificate for listeners on loopback.
 */
#ifndef TESTS_TLS_CERT_H
#define TESTS_TLS_CERT_H

#include "base/base.h"

enum cert_kind { CERT_P256 = 0, CERT_RSA2048, CERT_RSA1024 };

/*
 * A self-signed certificate of that name for "localhost" and 127.0.0.1, valid for
 * ten years from now, and its key; PEM, in the arena.
 */
bool cert_make(struct fg_arena *a, enum cert_kind kind, const char *name, struct fg_str *ret_chain,
    struct fg_str *ret_key);

#endif
