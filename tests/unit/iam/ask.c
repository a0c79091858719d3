/* Requests to the IAM API. */
#include <stdarg.h>
#include <stdio.h>

#include "gateway/cred/cred_int.h"
#include "tests/unit/iam/ask.h"

struct reply
iam(const struct signer *s, const char *form)
{
	struct fg_str body = fg_arena_fmt(world.a, "Version=2010-05-08&Action=%s", form);

	world.now++; /* a request is taken once: each has a signature of its own */
	return world_scoped(s, "iam", "us-east-1", body.p);
}

struct reply
ask_document(const char *form, const char *name, const char *document)
{
	struct fg_str text = world_escape(fg_str_z(document));

	return iam(&world.alice, fg_arena_fmt(world.a, "%s&%s=%.*s", form, name, (int)text.n, text.p).p);
}

void
alice_may(const char *policy)
{
	const struct store_inline row = { W_A1, FG_LIT(ALICE_UID), FG_LIT("iam"), fg_str_z(policy) };

	world_put(STORE_INLINE, &row);
}

void
wrap_key_seals(void)
{
	struct cred_ring_entry e[CRED_RING_MAX];
	size_t n = cred_ring_list(world.ring, e);
	struct fg_err err = { 0 };

	for (size_t i = 0; i < n; i++) {
		enum fg_rc rc;

		if (e[i].cls != CRED_CLASS_WRAP)
			continue;
		rc = cred_rows_add(world.st, &e[i], CRED_STATE_SEALING, W_NOW - 86400, &err);
		CHECK(rc == FG_OK || rc == FG_E_EXISTS);
	}
}

void
world_new(void)
{
	if (world.w != NULL)
		(void)world_close();
	world_fresh();
}

struct reply
askf(const char *fmt, ...)
{
	char form[4096];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(form, sizeof(form), fmt, ap);
	va_end(ap);
	CHECK(n > 0 && (size_t)n < sizeof(form));
	return iam(&world.alice, form);
}
