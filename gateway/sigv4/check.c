/*
 * The decision: time, string to sign, signature; and what AWS says about a refusal.
 */
#include <openssl/crypto.h>
#include <string.h>

#include "base/sha256.h"
#include "gateway/sigv4/sigv4_int.h"

enum fg_rc
sigv4_check_time(const struct sigv4_auth *auth, fg_time now, struct fg_err *reterr)
{
	if (auth->time < now - FG_LIMIT_SIGV4_WINDOW_S)
		return fg_fail(reterr, FG_E_EXPIRED, "sigv4.time.expired", NULL,
		    "signed at %.*s, more than 15 minutes ago", FG_PRI(auth->timestamp));
	if (auth->time > now + FG_LIMIT_SIGV4_WINDOW_S)
		return fg_fail(reterr, FG_E_NOT_YET, "sigv4.time.not-yet", NULL,
		    "signed at %.*s, more than 15 minutes ahead", FG_PRI(auth->timestamp));
	return FG_OK;
}

void
sigv4_string_to_sign(const struct sigv4_auth *auth, struct fg_str canonical, struct fg_buf *b)
{
	unsigned char digest[SIGV4_DIGEST_BYTES];

	fg_sha256(&canonical, 1, digest);
	fg_buf_put(b, FG_LIT("AWS4-HMAC-SHA256\n"));
	fg_buf_put(b, auth->timestamp);
	fg_buf_putc(b, '\n');
	fg_buf_put(b, auth->scope);
	fg_buf_putc(b, '\n');
	fg_buf_hex(b, fg_str(digest, sizeof(digest)));
}

/* Room for the canonical request in one piece; it grows if escaping makes it longer. */
static size_t
estimate(const struct sigv4_request *req)
{
	size_t n = 512 + req->path.n + 2 * req->query.n;

	for (size_t i = 0; i < req->n_headers; i++)
		n += req->headers[i].name.n + req->headers[i].value.n + 2;
	return n > FG_LIMIT_CANONICAL_BYTES ? FG_LIMIT_CANONICAL_BYTES : n;
}

static enum fg_rc
built(struct fg_buf *b, struct fg_str *ret, struct fg_err *reterr)
{
	enum fg_rc rc = fg_buf_end(b, ret);

	return rc == FG_OK ? FG_OK
			   : fg_fail(reterr, rc, "sigv4.canonical", NULL, "canonical request");
}

enum fg_rc
sigv4_check(struct sigv4_crypto *c, struct fg_arena *a, const struct sigv4_request *req,
    const struct sigv4_auth *auth, enum sigv4_path path, struct fg_str secret,
    struct fg_err *reterr)
{
	struct fg_buf canonical = FG_BUF_ARENA(a, FG_LIMIT_CANONICAL_BYTES);
	char room[512];
	struct fg_buf sts = FG_BUF_FIXED(room);
	unsigned char key[SIGV4_DIGEST_BYTES], want[SIGV4_DIGEST_BYTES];
	struct fg_str text;
	enum fg_rc rc = FG_OK;

	if (auth->form == SIGV4_NONE)
		return fg_fail(reterr, FG_E_SIGNATURE, "sigv4.none", NULL, "not signed");
	(void)fg_buf_room(&canonical, estimate(req));
	FG_TRY(sigv4_canonical(a, req, auth, path, &canonical, reterr));
	FG_TRY(built(&canonical, &text, reterr));
	sigv4_string_to_sign(auth, text, &sts);
	FG_TRY(built(&sts, &text, reterr));
	FG_TRY(sigv4_signing_key(c, auth, secret, key, reterr));
	fg_hmac(fg_str(key, sizeof(key)), &text, 1, want);
	explicit_bzero(key, sizeof(key));
	if (CRYPTO_memcmp(want, auth->signature, sizeof(want)) != 0)
		rc = fg_fail(reterr, FG_E_SIGNATURE, "sigv4.signature", NULL,
		    "signature of key %.*s does not match", FG_PRI(auth->key_id));
	explicit_bzero(want, sizeof(want));
	return rc;
}

/* "Signature expired: X is now earlier than Y (Z - 15 min.)" and its counterpart. */
static void
time_wording(struct fg_buf *b, const struct sigv4_auth *auth, fg_time now, bool expired)
{
	fg_time edge = now + (expired ? -FG_LIMIT_SIGV4_WINDOW_S : FG_LIMIT_SIGV4_WINDOW_S);

	fg_buf_put(b, expired ? FG_LIT("Signature expired: ")
			      : FG_LIT("Signature not yet current: "));
	fg_buf_put(b, auth->timestamp);
	fg_buf_put(b, expired ? FG_LIT(" is now earlier than ") : FG_LIT(" is still later than "));
	fg_buf_time_basic(b, edge);
	fg_buf_put(b, FG_LIT(" ("));
	fg_buf_time_basic(b, now);
	fg_buf_put(b, expired ? FG_LIT(" - 15 min.)") : FG_LIT(" + 15 min.)"));
}

static void
date_wording(struct fg_buf *b, const struct sigv4_auth *auth)
{
	fg_buf_put(b, FG_LIT("Date in Credential scope does not match YYYYMMDD from ISO-8601 "
	    "version of date from HTTP: '"));
	fg_buf_put(b, auth->date);
	fg_buf_put(b, FG_LIT("' != '"));
	fg_buf_put(b, fg_sub(auth->timestamp, 0, 8));
	fg_buf_put(b, FG_LIT("', from '"));
	fg_buf_put(b, auth->timestamp);
	fg_buf_put(b, FG_LIT("'."));
}

bool
sigv4_wording(const struct fg_err *err, const struct sigv4_auth *auth, fg_time now,
    struct fg_buf *b)
{
	struct fg_str step = fg_str_z(err->step);

	if (fg_eq(step, FG_LIT("sigv4.time.expired")))
		time_wording(b, auth, now, true);
	else if (fg_eq(step, FG_LIT("sigv4.time.not-yet")))
		time_wording(b, auth, now, false);
	else if (fg_eq(step, FG_LIT("sigv4.scope.date")))
		date_wording(b, auth);
	else
		return false;
	return true;
}
