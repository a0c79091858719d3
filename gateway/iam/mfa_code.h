/*
 * gateway/iam/mfa_code.h - the seed of a device as people take it over.
 *
 * Owns:     results lie in the arena, which wipes them.
 * Errors:   FG_E_NOMEM, FG_E_LIMIT (the text does not fit a QR code).
 */
#ifndef GATEWAY_IAM_MFA_CODE_H
#define GATEWAY_IAM_MFA_CODE_H

#include "base/base.h"

#define MFA_SEED_BYTES 40
#define MFA_SEED_CHARS 64 /* of the seed in base32 */

/* otpauth://totp/NAME@WHERE?secret=SEED */
enum fg_rc mfa_uri(struct fg_arena *a, struct fg_str name, struct fg_str where, struct fg_str seed32,
    struct fg_str *ret, struct fg_err *reterr) FG_MUST;
/* The text as a QR code: bytes of a PNG. */
enum fg_rc mfa_qr_png(struct fg_arena *a, struct fg_str text, struct fg_str *ret,
    struct fg_err *reterr) FG_MUST;

#endif
