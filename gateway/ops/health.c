/* gateway/ops/health.c - is every part well that a request needs? */
#include "gateway/ops/ops.h"

struct part {
	const char *name;
	bool needed;
};

static const struct part parts[HEALTH_MAX] = {
	[HEALTH_STORE] = { "store", true },
	[HEALTH_DIRECTORY] = { "directory", true },
	[HEALTH_KEYS] = { "keys", true },
	[HEALTH_CLOCK] = { "clock", true },
	[HEALTH_AUDIT] = { "audit", true },
	[HEALTH_FETCH] = { "fetch", false },
};

void
health_set(struct health *h, enum health_part p, const char *why)
{
	if ((unsigned)p < HEALTH_MAX)
		h->why[p] = why;
}

void
health_stop(struct health *h)
{
	h->stopping = true;
}

bool
health_ok(const struct health *h, enum health_part p)
{
	const char *why = (unsigned)p < HEALTH_MAX ? h->why[p] : NULL;

	return why != NULL && why[0] == '\0';
}

static void
line(struct fg_buf *b, const char *name, const char *why)
{
	if (why == NULL)
		why = "not known yet";
	fg_buf_fmt(b, "%s %s\n", name, why[0] == '\0' ? "ok" : why);
}

bool
health_ready(const struct health *h, struct fg_buf *b)
{
	bool ready = !h->stopping;

	for (int i = 0; i < HEALTH_MAX; i++) {
		const char *why = h->why[i];

		ready = ready && (!parts[i].needed || (why != NULL && why[0] == '\0'));
		if (b != NULL)
			line(b, parts[i].name, why);
	}
	if (b != NULL && h->stopping)
		fg_buf_put(b, FG_LIT("stopping\n"));
	return ready;
}
