/*
 * Target: saml/metadata*.c.  What is read crosses the pipe unchanged and makes a provider;
 * what is refused names a step.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/xml_mutate.h"
#include "tests/saml/forge.h"

XML_MUTATOR

static void
round_trip(struct fg_arena *a, const struct saml_metadata *m)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(16u * 1024 * 1024), c = FG_BUF(16u * 1024 * 1024);
	FG_AUTO(saml_provider_freep) struct saml_provider *p = NULL;
	struct fg_str der[FG_LIMIT_SAML_KEYS], x, y;
	struct saml_metadata back;
	struct fg_err err = { .rc = FG_OK };

	saml_metadata_put(&b, m);
	FUZZ_ASSERT(fg_buf_end(&b, &x) == FG_OK);
	FUZZ_ASSERT(saml_metadata_get(a, x, &back, &err) == FG_OK);
	saml_metadata_put(&c, &back);
	FUZZ_ASSERT(fg_buf_end(&c, &y) == FG_OK && fg_eq(x, y));
	FUZZ_ASSERT(m->n_keys >= 1 && m->n_keys <= FG_LIMIT_SAML_KEYS);
	for (size_t i = 0; i < m->n_keys; i++)
		der[i] = m->key[i].der;
	FUZZ_ASSERT(saml_provider_new(&(struct saml_provider_conf){ .entity_id = m->entity_id, .key = der,
	    .n_keys = m->n_keys }, &p, &err) == FG_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64u * 1024 * 1024);
	struct saml_metadata_want want = { .now = FORGE_NOW };
	struct saml_metadata m, from_pipe;
	struct fg_err err = { .rc = FG_OK };

	if (a == NULL)
		abort();
	if (saml_metadata_parse(a, fg_str(data, size), &want, &m, &err) == FG_OK) {
		FUZZ_ACCEPTED();
		round_trip(a, &m);
	} else {
		FUZZ_ASSERT(saml_step_find(err.step) != NULL);
	}
	if (saml_metadata_get(a, fg_str(data, size), &from_pipe, NULL) == FG_OK)
		FUZZ_ASSERT(from_pipe.entity_id.n > 0);
	FUZZ_ASSERT(saml_parse_answer(a, fg_str(data, size), &from_pipe, NULL) != FG_OK ||
	    data[0] == 1);
	return 0;
}
