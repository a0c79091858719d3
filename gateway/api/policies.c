/*
 * Compiled documents that are not in the directory: session policies, control policies.
 * Bounded and by digest; what is replaced lives until the next call begins.
 */
#include <stdlib.h>

#include "gateway/api/api_int.h"

#define GRAVES 64

struct api_policies {
	struct trust_program *slot[FG_LIMIT_API_POLICIES];
	struct trust_program *grave[GRAVES];
	size_t graves;
};

struct api_policies *
api_policies_new(void)
{
	return calloc(1, sizeof(struct api_policies));
}

void
api_policies_sweep(struct api_policies *p)
{
	while (p->graves > 0)
		trust_free(p->grave[--p->graves]);
}

void
api_policies_free(struct api_policies *p)
{
	if (p == NULL)
		return;
	api_policies_sweep(p);
	for (size_t i = 0; i < FG_LIMIT_API_POLICIES; i++)
		trust_free(p->slot[i]);
	free(p);
}

const struct trust_program *
api_policy(struct api_policies *p, struct fg_str document, enum trust_kind kind)
{
	const struct trust_compile how = { .kind = kind };
	struct trust_program **slot = &p->slot[trust_digest(document, &how) % FG_LIMIT_API_POLICIES];
	struct trust_program *fresh;
	struct trust_fault fault;

	if (*slot != NULL && trust_same(*slot, document, &how))
		return *slot;
	if (*slot != NULL && p->graves == GRAVES)
		return NULL;
	if (trust_compile(document, &how, &fresh, &fault, NULL) != FG_OK)
		return NULL;
	if (*slot != NULL)
		p->grave[p->graves++] = *slot;
	*slot = fresh;
	return fresh;
}
