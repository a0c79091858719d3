/*
 * States of keys: a table of the changes that exist, each with what it needs (rules 7 and 22).
 */
#include "gateway/cred/cred_int.h"

static const char *const class_names[CRED_CLASS_MAX] = {
	[CRED_CLASS_NONE] = "none",
	[CRED_CLASS_SESSION] = "session",
	[CRED_CLASS_WRAP] = "wrap",
	[CRED_CLASS_ROW] = "row",
	[CRED_CLASS_AUDIT] = "audit",
};
static const char *const state_names[CRED_STATE_MAX] = {
	[CRED_STATE_GONE] = "gone",
	[CRED_STATE_OPENING] = "opening",
	[CRED_STATE_SEALING] = "sealing",
	[CRED_STATE_STAGED] = "staged",
};

const char *
cred_class_name(enum cred_class c)
{
	return (unsigned)c < CRED_CLASS_MAX ? class_names[c] : "none";
}

const char *
cred_state_name(enum cred_state s)
{
	return (unsigned)s < CRED_STATE_MAX ? state_names[s] : "gone";
}

bool
cred_class_parse(struct fg_str s, enum cred_class *ret)
{
	for (unsigned i = CRED_CLASS_NONE + 1; i < CRED_CLASS_MAX; i++)
		if (fg_eq(s, fg_str_z(class_names[i]))) {
			*ret = (enum cred_class)i;
			return true;
		}
	return false;
}

bool
cred_state_parse(struct fg_str s, enum cred_state *ret)
{
	for (unsigned i = 0; i < CRED_STATE_MAX; i++)
		if (fg_eq(s, fg_str_z(state_names[i]))) {
			*ret = (enum cred_state)i;
			return true;
		}
	return false;
}

typedef enum fg_rc (*need_fn)(const struct cred_key_row *row, const struct cred_evidence *ev,
    struct fg_err *reterr);

/* Staged everywhere before it seals anywhere. */
static enum fg_rc
need_every_node(const struct cred_key_row *row, const struct cred_evidence *ev,
    struct fg_err *reterr)
{
	(void)row;
	if (ev->live_nodes == 0 || ev->acks < ev->live_nodes)
		return fg_fail(reterr, FG_E_CONFLICT, "cred.state.acknowledged", NULL,
		    "%u of %u live nodes hold the key", ev->acks, ev->live_nodes);
	return FG_OK;
}

static enum fg_rc
need_successor(const struct cred_key_row *row, const struct cred_evidence *ev,
    struct fg_err *reterr)
{
	(void)row;
	if (!ev->successor)
		return fg_fail(reterr, FG_E_CONFLICT, "cred.state.successor", NULL,
		    "no other key of the class seals");
	return FG_OK;
}

static enum fg_rc
need_unused(const struct cred_key_row *row, const struct cred_evidence *ev, struct fg_err *reterr)
{
	(void)row;
	if (ev->in_use != 0)
		return fg_fail(reterr, FG_E_CONFLICT, "cred.state.in_use", NULL,
		    "%zu rows still need the key", ev->in_use);
	return FG_OK;
}

static enum fg_rc
need_all_over(const struct cred_key_row *row, const struct cred_evidence *ev,
    struct fg_err *reterr)
{
	if (!ev->clock_ok) /* a clock that runs ahead must not destroy what it makes look old */
		return fg_fail(reterr, FG_E_CLOCK, "cred.state.clock", NULL,
		    "the clock is not confirmed");
	if (row->until == 0 || ev->now <= row->until)
		return fg_fail(reterr, FG_E_CONFLICT, "cred.state.sessions", NULL,
		    "the last possible session ends in %lld s",
		    row->until == 0 ? -1LL : (long long)(row->until - ev->now));
	return need_unused(row, ev, reterr);
}

static const struct {
	enum cred_state from, to;
	need_fn need;
} changes[] = {
	{ CRED_STATE_STAGED, CRED_STATE_SEALING, need_every_node },
	{ CRED_STATE_STAGED, CRED_STATE_GONE, need_unused },
	{ CRED_STATE_SEALING, CRED_STATE_OPENING, need_successor },
	{ CRED_STATE_OPENING, CRED_STATE_GONE, need_all_over },
};

enum fg_rc
cred_state_change(struct cred_key_row *row, enum cred_state to, const struct cred_evidence *ev,
    struct fg_err *reterr)
{
	for (size_t i = 0; i < FG_COUNT(changes); i++) {
		if (changes[i].from != row->state || changes[i].to != to)
			continue;
		FG_TRY(changes[i].need(row, ev, reterr));
		row->state = to;
		row->since = ev->now;
		row->until = to == CRED_STATE_OPENING ?
		    ev->now + FG_LIMIT_SESSION_MAX_S + EPOCH_S + FG_LIMIT_SKEW_S : 0;
		return FG_OK;
	}
	return fg_fail(reterr, FG_E_CONFLICT, "cred.state.change", NULL, "%s does not become %s",
	    cred_state_name(row->state), cred_state_name(to));
}

static struct cred_key_row *
row_find(struct cred_key_row *rows, size_t n, uint32_t id)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].id == id && id != 0)
			return &rows[i];
	return NULL;
}

enum fg_rc
cred_state_promote(struct cred_key_row *rows, size_t n, uint32_t id,
    const struct cred_evidence *ev, struct fg_err *reterr)
{
	struct cred_key_row *next = row_find(rows, n, id);
	struct cred_evidence replaced = *ev;

	if (next == NULL)
		return fg_fail(reterr, FG_E_NOT_FOUND, "cred.state.key", NULL, "no key %08x", id);
	FG_TRY(cred_state_change(next, CRED_STATE_SEALING, ev, reterr));
	replaced.successor = true;
	for (size_t i = 0; i < n; i++)
		if (&rows[i] != next && rows[i].cls == next->cls &&
		    rows[i].state == CRED_STATE_SEALING)
			FG_TRY(cred_state_change(&rows[i], CRED_STATE_OPENING, &replaced, reterr));
	return FG_OK;
}

const struct cred_key_row *
cred_key_sealing(const struct cred_key_row *rows, size_t n, enum cred_class cls)
{
	const struct cred_key_row *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (rows[i].cls == cls && rows[i].state == CRED_STATE_SEALING && rows[i].id != 0 &&
		    (best == NULL || rows[i].since > best->since ||
		        (rows[i].since == best->since && rows[i].id > best->id)))
			best = &rows[i];
	return best;
}

bool
cred_key_opens(const struct cred_key_row *row)
{
	return row->id != 0 &&
	    (row->state == CRED_STATE_STAGED || row->state == CRED_STATE_SEALING ||
	        row->state == CRED_STATE_OPENING);
}

unsigned
cred_version_seal(const unsigned *node_opens, size_t n)
{
	unsigned least = n == 0 ? 0 : CRED_TOKEN_VERSION;

	for (size_t i = 0; i < n; i++)
		if (node_opens[i] < least)
			least = node_opens[i];
	return least;
}
