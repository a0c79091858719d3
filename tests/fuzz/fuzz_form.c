/*
 * Target: gateway/api/form.c, args.c.  What is accepted has unique plain names and values of UTF-8;
 * bound to AssumeRole's parameters, lists have no gaps and strings keep their bounds.
 */
#include "gateway/api/sts_int.h"
#include "tests/fuzz/fuzz.h"

static void
bind(struct fg_arena *a, const struct api_form *f)
{
	struct api_call *c = FG_NEW(a, struct api_call);
	const struct api_arg *tags;

	FUZZ_ASSERT(c != NULL);
	c->arena = a;
	c->action = api_action_find(&api_sts, FG_LIT("AssumeRole"));
	FUZZ_ASSERT(c->action != NULL);
	if (api_args_read(c, f) != FG_OK) {
		FUZZ_ASSERT(c->err.rc != FG_OK && c->err.step != NULL);
		return;
	}
	FUZZ_ACCEPTED();
	FUZZ_ASSERT(api_arg(c, STS_AR_ROLE)->present && api_arg(c, STS_AR_ROLE)->s.n >= 20);
	FUZZ_ASSERT(api_arg(c, STS_AR_NAME)->s.n >= 2 && api_arg(c, STS_AR_NAME)->s.n <= 64);
	tags = api_arg(c, STS_AR_TAGS);
	FUZZ_ASSERT(tags->n <= CRED_TAGS_MAX);
	for (size_t i = 0; i < tags->n; i++)
		FUZZ_ASSERT(api_member(tags, i, 0)->present && api_member(tags, i, 0)->s.n > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_REQUEST_BYTES);
	struct fg_err err = { 0 };
	struct api_form f;

	FUZZ_ASSERT(a != NULL);
	if (size > FG_LIMIT_HTTP_BODY)
		return 0;
	if (api_form_read(a, fg_str(data, size), FG_URI_FORM, &f, &err) != FG_OK) {
		FUZZ_ASSERT(err.rc != FG_OK && err.step != NULL);
		return 0;
	}
	FUZZ_ASSERT(f.n <= FG_LIMIT_FORM_FIELDS);
	for (size_t i = 0; i < f.n; i++) {
		FUZZ_ASSERT(fg_utf8_ok(f.v[i].value));
		FUZZ_ASSERT(api_form_get(&f, f.v[i].name).n == f.v[i].value.n);
	}
	bind(a, &f);
	return 0;
}
