/*
 * gateway/idp/saml_int.h - keys of SAML providers, inside.
 *
 * saml.c         the table that readers look up in, and the thread
 * saml_row.c     a provider, copied out of the directory
 * saml_source.c  metadata by URL: fetched on a schedule, kept unless it would get worse
 */
#ifndef GATEWAY_IDP_SAML_INT_H
#define GATEWAY_IDP_SAML_INT_H

#include <pthread.h>

#include "gateway/idp/idp_int.h"

/* A provider as the directory had it, copied: reading one may take seconds, and readers must not wait. */
struct saml_row {
	struct directory_saml p;
	struct idp_saml_source from;
	struct fg_str signer; /* DER, or null */
	fg_time fetched;      /* last good answer, as it was written down; 0: never */
};

/* One provider's URL.  On the registry's thread. */
struct saml_source {
	struct saml_source *next;
	char *arn, *url, *ca;
	char uid[32];
	struct idp_sched sched;
	uint64_t flight;   /* 0: nothing is on its way */
	fg_time fetched, noted; /* last good answer; and what of that is written down */
	uint64_t held;     /* digest of the document that is not taken; 0: none */
	bool failing, stale, wanted;
	bool accept;       /* the operator takes the next document, whatever it was before */
};

/* A request, from when it is asked; then what came back, on its way to the registry's thread. */
struct saml_answer {
	struct saml_answer *next;
	struct idp_saml *to;
	uint64_t flight;
	char *body;
	size_t n;
	int32_t max_age;
	struct fg_err err;
};

struct saml_entry;
struct saml_table;

struct idp_saml {
	struct idp_saml_config conf;
	struct saml_table *table; /* read under RCU */
	struct saml_source *sources;
	struct idp_pace pace;
	size_t flights;
	bool unsettled; /* something of ours failed in the last round: there is another one ... */
	int64_t again, pause; /* ... at this time (ms), so much after the one before */
	uint64_t serial;
	pthread_t thread;
	bool running;
	pthread_mutex_t lock; /* of what follows; never taken by a worker */
	pthread_cond_t wake;
	bool poked, stop;
	struct saml_answer *answers;
	char *asked;          /* ARN of a provider to be refreshed now; NULL: none */
	bool asked_accept;
	struct idp_saml_stats stats;
};

/* idp_saml_open() without the thread: tests turn the wheel themselves. */
enum fg_rc idp_saml_new(const struct idp_saml_config *c, struct idp_saml **ret, struct fg_err *reterr) FG_MUST;
/* Everything that is due; returns when to look again (ms). */
int64_t idp_saml_tick(struct idp_saml *s, int64_t now);
void saml_sync(struct idp_saml *s);
/* Keys of a provider whose metadata was not confirmed for too long are not used. */
void saml_mark_stale(struct idp_saml *s, const char *arn, bool stale);
void saml_emit(struct idp_saml *s, enum idp_saml_event_kind kind, struct fg_str arn, struct fg_str url,
    const struct fg_err *err);

/* saml_row.c */
unsigned saml_row_allow(const struct directory_saml *p);
/* In the arena; between directory_enter() and leave.  False: memory is short. */
bool saml_row_copy(const struct idp_saml *s, struct fg_arena *a, const struct directory_saml *from,
    struct saml_row *ret) FG_MUST;
void saml_want(const struct saml_row *r, fg_time now, struct saml_metadata_want *ret);
/* One row as it is now, in the arena; false when it is gone. */
bool saml_row_find(struct idp_saml *s, struct fg_str arn, struct fg_arena *a, struct saml_row *ret);

/* saml_source.c */
void saml_sources_sync(struct idp_saml *s, const struct saml_row *v, size_t n, int64_t now);
/* What came back; true when a row was written and the table must follow. */
bool saml_sources_take(struct idp_saml *s, int64_t now);
int64_t saml_sources_tick(struct idp_saml *s, int64_t now);
void saml_sources_free(struct idp_saml *s);

#endif
