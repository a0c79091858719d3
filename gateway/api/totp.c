/*
 * One-time codes of a user's device (security.md 29).
 *
 * Row and limits are read and written in one transaction: of two requests with the same code at
 * once, one finds the step taken.
 */
#include <liboath/oath.h>
#include <openssl/crypto.h>

#include "gateway/api/api_int.h"

#define STEP_S 30
#define DIGITS 6
#define SYNC_STEPS 20 /* how far apart from ours the clock of a device may be */
#define FREE_FAILURES 5
#define WINDOW_S 300
#define LOCK_S 60
#define LOCK_MAX_DOUBLINGS 10

static enum fg_rc
wrong(struct fg_err *reterr, const char *step, const char *why)
{
	return fg_fail(reterr, FG_E_DENIED, step, "RFC 6238", "%s", why);
}

/* Is this the code of a step? */
static bool
code_is(struct fg_str seed, struct fg_str code, int64_t step)
{
	char want[DIGITS + 1];
	bool same;

	if (code.n != DIGITS || step < 0 ||
	    oath_hotp_generate(seed.p, seed.n, (uint64_t)step, DIGITS, false,
	        OATH_HOTP_DYNAMIC_TRUNCATION, want) != OATH_OK)
		return false;
	same = CRYPTO_memcmp(want, code.p, DIGITS) == 0;
	OPENSSL_cleanse(want, sizeof(want));
	return same;
}

/*
 * The latest step of the code, or of the first of two that follow one another, at most `around`
 * before or after `at`; -1.  All of them are tried: the time it takes tells nothing.
 */
static int64_t
step_of(struct fg_str seed, const struct fg_str *code, size_t n, int64_t at, int64_t around)
{
	int64_t found = -1;

	for (int64_t s = at - around; s <= at + around; s++) {
		bool first = code_is(seed, code[0], s);
		bool second = n < 2 || code_is(seed, code[1], s + 1);

		if (first && second)
			found = s;
	}
	return found;
}

static void
count_failure(struct store_mfa *m, fg_time now)
{
	int64_t over;

	if (m->failures < FREE_FAILURES && now - m->failed_since > WINDOW_S)
		m->failures = 0;
	if (m->failures == 0)
		m->failed_since = now;
	m->failures++;
	over = m->failures - FREE_FAILURES;
	if (over >= 0)
		m->locked_until = now +
		    ((int64_t)LOCK_S << (over > LOCK_MAX_DOUBLINGS ? LOCK_MAX_DOUBLINGS : over));
}

static enum fg_rc
judge(struct store_mfa *m, struct fg_str seed, const struct api_totp *ask, struct fg_err *reterr)
{
	int64_t step = step_of(seed, &ask->code, 1, ask->now / STEP_S + m->drift, 1);

	if (step < 0) {
		count_failure(m, ask->now);
		return wrong(reterr, "api.totp.code", "the code is not of this time");
	}
	if (step <= m->last_step) {
		count_failure(m, ask->now);
		return wrong(reterr, "api.totp.used", "the code was used before");
	}
	m->last_step = step;
	m->failures = 0;
	m->locked_until = 0;
	return FG_OK;
}

static enum fg_rc
row_check(const struct store_mfa *m, const struct api_totp *ask, struct fg_err *reterr)
{
	if (!fg_eq(m->user, ask->user) || m->enabled == 0)
		return wrong(reterr, "api.totp.owner", "not an enabled device of this user");
	if (m->locked_until > ask->now)
		return wrong(reterr, "api.totp.locked", "too many wrong codes");
	return FG_OK;
}

static enum fg_rc
seed_open(struct cred_client *cred, const struct store_mfa *m, struct fg_arena *a,
    struct fg_str *ret, struct fg_err *reterr)
{
	struct cred_unwrap seed = { .where = cred_where_mfa(m), .blob = m->seed };

	FG_TRY(cred_client_unwrap(cred, &seed, 1, a, reterr));
	if (seed.rc != FG_OK)
		return fg_fail(reterr, FG_E_INTERNAL, "api.totp.seed", NULL, "the seed does not open");
	*ret = seed.plain;
	return FG_OK;
}

enum fg_rc
api_totp_sync(struct cred_client *cred, struct store_mfa *m, const struct fg_str code[2],
    fg_time now, struct fg_arena *a, struct fg_str *ret_seed, struct fg_err *reterr)
{
	int64_t step;

	if (m->locked_until > now)
		return fg_fail(reterr, FG_E_CONFLICT, "api.totp.locked", "RFC 6238", "too many wrong codes");
	FG_TRY(seed_open(cred, m, a, ret_seed, reterr));
	step = step_of(*ret_seed, code, 2, now / STEP_S, SYNC_STEPS);
	if (step < 0 || step <= m->last_step) {
		count_failure(m, now);
		return wrong(reterr, step < 0 ? "api.totp.code" : "api.totp.used",
		    "not two codes that follow one another and were not used");
	}
	m->last_step = step + 1;
	m->drift = step + 1 - now / STEP_S;
	if (m->drift >= -1 && m->drift <= 1) /* no more than it takes to type them */
		m->drift = 0;
	m->failures = 0;
	m->locked_until = 0;
	return FG_OK;
}

enum fg_rc
api_totp_check(struct store *st, struct cred_client *cred, const struct api_totp *ask,
    struct fg_err *reterr)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_API_TOTP_BYTES);
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;
	struct store_mfa m = { .account = ask->account, .serial = ask->serial };
	struct fg_str seed;
	enum fg_rc rc;

	if (a == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "api.totp", NULL, "arena");
	FG_TRY(store_begin(st, &tx, reterr));
	rc = store_get(tx, STORE_MFA, &m, a, reterr);
	if (rc == FG_E_NOT_FOUND) {
		fg_err_clear(reterr);
		return wrong(reterr, "api.totp.device", "no such device");
	}
	FG_TRY(rc);
	FG_TRY(row_check(&m, ask, reterr));
	FG_TRY(seed_open(cred, &m, a, &seed, reterr));
	rc = judge(&m, seed, ask, reterr);
	FG_TRY(store_update(tx, STORE_MFA, &m, reterr));
	FG_TRY(store_commit(FG_STEAL(tx), reterr));
	return rc;
}
