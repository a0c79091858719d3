/* Numbers: what an operator sees of issuers. */
#include "gateway/idp/idp_int.h"
#include "gateway/ops/ops.h"

/* The thread changes the list; numbers of sources are counted by it. */
void
idp_stats_count(struct idp *idp)
{
	struct idp_stats n = { 0 };

	for (const struct idp_source *s = idp->sources; s != NULL; s = s->next) {
		enum idp_state state = atomic_load(&s->state);

		n.uploads += s->upload;
		n.sources += !s->upload;
		n.stale += state == IDP_STATE_STALE;
		n.expired += state == IDP_STATE_EXPIRED;
		n.without += state == IDP_STATE_NONE;
	}
	pthread_mutex_lock(&idp->lock);
	idp->stats.uploads = n.uploads;
	idp->stats.sources = n.sources;
	idp->stats.stale = n.stale;
	idp->stats.expired = n.expired;
	idp->stats.without = n.without;
	pthread_mutex_unlock(&idp->lock);
}

void
idp_stats_read(struct idp *idp, struct idp_stats *ret)
{
	pthread_mutex_lock(&idp->lock);
	*ret = idp->stats;
	pthread_mutex_unlock(&idp->lock);
}

static void
states(struct fg_buf *b, const struct idp_stats *s)
{
	const char *name = "idp_issuers_unwell";

	metric_family(b, name, "gauge", "Issuers whose keys are not fresh");
	metric_value(b, name, "state", FG_LIT("stale"), s->stale);
	metric_value(b, name, "state", FG_LIT("expired"), s->expired);
	metric_value(b, name, "state", FG_LIT("without"), s->without);
}

static void
kids(struct fg_buf *b, const struct idp_stats *s)
{
	const char *name = "idp_unknown_kids_total";

	metric_family(b, name, "counter", "Tokens with a kid that the keys do not have, by what was done");
	metric_value(b, name, "answer", FG_LIT("fetched"), s->kid_fetches);
	metric_value(b, name, "answer", FG_LIT("refused"), s->kid_refused);
	metric_value(b, name, "answer", FG_LIT("known"), s->kid_unknown);
}

void
idp_metrics(void *arg, struct fg_buf *b)
{
	struct idp_stats s;

	idp_stats_read(arg, &s);
	metric_one(b, "idp_providers", "gauge", "OIDC providers", s.providers);
	metric_one(b, "idp_issuers", "gauge", "Issuers that are fetched from", s.sources);
	metric_one(b, "idp_uploads", "gauge", "Providers with an uploaded key set", s.uploads);
	states(b, &s);
	metric_one(b, "idp_fetches_total", "counter", "Documents asked for", s.fetches);
	metric_one(b, "idp_fetch_failures_total", "counter", "Refreshes that failed", s.failures);
	metric_one(b, "idp_fetches_lost_total", "counter", "Requests that the fetch process did not answer", s.lost);
	metric_one(b, "idp_key_changes_total", "counter", "Key sets that changed", s.swaps);
	kids(b, &s);
	metric_one(b, "idp_waits_total", "counter", "Requests that waited for a fetch", s.waits);
	metric_one(b, "idp_wait_timeouts_total", "counter", "Of these, given up after a second", s.timeouts);
}
