/*
 * base/codec.h - strict decoders and small encoders.
 *
 * Shape:    decode into an arena; the decoded string is terminated by a NUL that is
 *           not counted.  Each input has at most one accepted spelling.
 * Refuses:  characters outside the alphabet, white space, wrong or missing
 *           padding (base64) or any padding (base64url), non-zero unused bits.
 * Source:   RFC 4648, RFC 3986, WHATWG application/x-www-form-urlencoded.
 */
#ifndef BASE_CODEC_H
#define BASE_CODEC_H

#include "base/arena.h"

/* False when refused or out of arena (then *ret is null). */
bool fg_base64url(struct fg_arena *a, struct fg_str in, struct fg_str *ret) FG_MUST;
bool fg_base64(struct fg_arena *a, struct fg_str in, struct fg_str *ret) FG_MUST;
/* The same, but blanks, tabs, CR and LF between characters are skipped (XML, MIME). */
bool fg_base64_ws(struct fg_arena *a, struct fg_str in, struct fg_str *ret) FG_MUST;
/* Into caller's storage of at least in.n * 3 / 4 bytes; returns bytes written or -1. */
ptrdiff_t fg_base64url_into(struct fg_str in, unsigned char *out, size_t room) FG_MUST;
bool fg_hex(struct fg_arena *a, struct fg_str in, struct fg_str *ret) FG_MUST; /* either case */
/* %XX and, with plus, '+' as blank.  Refuses a bad escape and %00. */
enum fg_uri { FG_URI_PATH = 0, FG_URI_FORM };
bool fg_uri_decode(struct fg_arena *a, struct fg_str in, enum fg_uri kind, struct fg_str *ret) FG_MUST;
/* RFC 4648 base32, upper case, no padding; n bytes must be a multiple of 5. */
void fg_base32(const unsigned char *in, size_t n, char *out);
bool fg_base32_decode(struct fg_str in, unsigned char *out, size_t room) FG_MUST;

#endif
