#include "oidc/oidc_int.h"

/* What AWS STS answers, word by word (observed, not documented). */

#define GENERAL                                                                                  \
	"The web identity token provided could not be validated. "                               \
	"See the AssumeRoleWithWebIdentity documentation for requirements."
#define NOT_JWT                                                                                  \
	"The ID Token provided is not a valid JWT. "                                             \
	"(You may see this error if you sent an Access Token)"
#define NO_KEY                                                                                   \
	"Couldn't retrieve verification key from your identity provider,  "                      \
	"please reference AssumeRoleWithWebIdentity documentation for requirements"

/* %n now, %b bound, %c claim */
static const struct {
	const char *step; /* this step, or with a final '.' all that start so */
	const char *text;
} rows[] = {
	{ "oidc.jws.", NOT_JWT },
	{ "oidc.key.", NO_KEY },
	{ "oidc.verify.alg", NOT_JWT },
	{ "oidc.verify.typ", NOT_JWT },
	{ "oidc.claims.missing.", "Missing a required claim: %c" },
	{ "oidc.claims.exp",
	    "Token expired: current date/time %n must be before the expiration date/time %b" },
	{ "oidc.claims.iat", "Token issued in the future: %b" },
	{ "oidc.claims.nbf",
	    "Token not yet valid: current date/time %n must be after or equal to the not-before "
	    "date/time %b" },
	{ "oidc.claims.time", "Invalid timestamp in token claims." },
	{ "oidc.claims.aud.empty", "Claim is not allowed to be empty: aud" },
	{ "oidc.claims.aud.many",
	    "Token audience contains more than one audience while authorized party is not present" },
	{ "oidc.claims.tags", "principal_tags passed in claim is not in correct format." },
};

static bool
matches(const char *row, struct fg_str step)
{
	struct fg_str want = fg_str_z(row);

	return want.p[want.n - 1] == '.' ? fg_starts(step, want) : fg_eq(step, want);
}

static void
expand(const char *text, const struct oidc_refusal *why, struct fg_buf *out)
{
	for (; *text != '\0'; text++) {
		if (*text != '%') {
			fg_buf_putc(out, *text);
			continue;
		}
		text++;
		if (*text == 'n')
			fg_buf_i64(out, why->now);
		else if (*text == 'b')
			fg_buf_i64(out, why->bound);
		else
			fg_buf_put(out, fg_str_z(why->claim));
	}
}

/* The last label of the step names the claim, when the refusal came without details. */
static struct oidc_refusal
details(struct fg_str step, const struct oidc_refusal *why)
{
	struct oidc_refusal d = why == NULL ? (struct oidc_refusal){ 0, 0, NULL } : *why;

	if (d.claim == NULL && step.n > 3)
		d.claim = step.p + step.n - 3;
	return d;
}

void
oidc_wording(const struct fg_err *err, const struct oidc_refusal *why, struct fg_buf *out)
{
	struct fg_str step = fg_str_z(err->step);
	struct oidc_refusal d = details(step, why);

	for (size_t i = 0; i < FG_COUNT(rows); i++) {
		if (matches(rows[i].step, step)) {
			expand(rows[i].text, &d, out);
			return;
		}
	}
	fg_buf_put(out, FG_LIT(GENERAL));
}
