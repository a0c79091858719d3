/*
 * gateway/ops/verify.c - is this the log that was written?
 *
 * The state of every chain is carried from line to line and from file to file: a record must be
 * the next of its chain and name its head; a checkpoint must name the one before it and the head
 * of every chain that lives.  So a line that is changed, left out, moved or added is found, and
 * with the key ring also one that was linked in anew; what is cut off at the end is found by
 * the head that the operator knows.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "gateway/ops/ops_int.h"

struct chain {
	uint8_t id[AUDIT_CHAIN_ID];
	uint8_t key[AUDIT_HASH];
	uint8_t head[AUDIT_HASH];
	uint64_t seq;  /* of the last record */
	bool keyed, live;
	bool fresh; /* has records that no checkpoint covers */
};

struct audit_verify {
	struct audit_verify_config c;
	struct fg_arena *arena; /* of a line */
	struct chain *chain;
	size_t n_chain;
	size_t last; /* index of the chain of the last record: most often the next one's too */
	struct audit_verified got;
	bool begun, any_signed;
	const char *path;
	uint64_t line;
};

void
audit_verify_free(struct audit_verify *v)
{
	if (v == NULL)
		return;
	fg_arena_free(v->arena);
	if (v->chain != NULL)
		explicit_bzero(v->chain, v->n_chain * sizeof(*v->chain));
	free(v->chain);
	free(v);
}

void
audit_verify_freep(struct audit_verify **v)
{
	audit_verify_free(*v);
	*v = NULL;
}

enum fg_rc
audit_verify_new(const struct audit_verify_config *c, struct audit_verify **ret, struct fg_err *reterr)
{
	FG_AUTO(audit_verify_freep) struct audit_verify *v = calloc(1, sizeof(*v));

	if (v == NULL || (v->arena = fg_arena_new(4u << 20)) == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "audit.verify", NULL, "state");
	v->c = *c;
	*ret = FG_STEAL(v);
	return FG_OK;
}

static enum fg_rc
refuse(const struct audit_verify *v, const char *step, const char *what, struct fg_err *reterr)
{
	return fg_fail(reterr, FG_E_SIGNATURE, step, NULL, "%s line %llu: %s", v->path,
	    (unsigned long long)v->line, what);
}

static struct chain *
find(struct audit_verify *v, const uint8_t id[AUDIT_CHAIN_ID])
{
	if (v->last < v->n_chain && memcmp(v->chain[v->last].id, id, AUDIT_CHAIN_ID) == 0)
		return &v->chain[v->last];
	for (size_t i = v->n_chain; i > 0; i--)
		if (memcmp(v->chain[i - 1].id, id, AUDIT_CHAIN_ID) == 0) {
			v->last = i - 1;
			return &v->chain[i - 1];
		}
	return NULL;
}

static enum fg_rc
add(struct audit_verify *v, const uint8_t id[AUDIT_CHAIN_ID], struct chain **ret, struct fg_err *reterr)
{
	struct chain *more;

	if (v->n_chain == FG_LIMIT_AUDIT_CHAINS)
		return fg_fail(reterr, FG_E_LIMIT, "audit.verify", NULL, "too many chains");
	/* doubles: grows when the count is a power of two */
	if ((v->n_chain & (v->n_chain - 1)) == 0) {
		size_t room = v->n_chain == 0 ? 1 : v->n_chain * 2;

		more = realloc(v->chain, room * sizeof(*more));
		if (more == NULL)
			return fg_fail(reterr, FG_E_NOMEM, "audit.verify", NULL, "chains");
		v->chain = more;
	}
	*ret = &v->chain[v->n_chain++];
	**ret = (struct chain){ .live = true };
	memcpy((*ret)->id, id, AUDIT_CHAIN_ID);
	v->got.chains++;
	return FG_OK;
}

static enum fg_rc
seed(struct audit_verify *v, struct chain *c, uint32_t key, struct fg_err *reterr)
{
	if (v->c.seed == NULL)
		return FG_OK;
	FG_TRY(v->c.seed(v->c.app, key, c->id, c->key, reterr));
	c->keyed = true;
	return FG_OK;
}

/* ---- records ---- */

/* The first record of a chain: number 0, and it names the last checkpoint. */
static enum fg_rc
begin_chain(struct audit_verify *v, const struct ops_line *l, struct chain **ret, struct fg_err *reterr)
{
	if (l->place.seq != 0 || l->place.key == 0)
		return refuse(v, "audit.chain.start", "the beginning of its chain is missing", reterr);
	FG_TRY(add(v, l->place.chain, ret, reterr));
	memcpy((*ret)->head, v->got.head.head, AUDIT_HASH);
	return seed(v, *ret, l->place.key, reterr);
}

static enum fg_rc
link_record(struct audit_verify *v, const struct ops_line *l, struct chain *c, struct fg_err *reterr)
{
	uint8_t mac[AUDIT_HASH], d[AUDIT_HASH];

	if (memcmp(c->head, l->place.prev, AUDIT_HASH) != 0)
		return refuse(v, "audit.chain.prev", "does not follow the record before it", reterr);
	if (c->keyed) {
		ops_link(c->key, l->digested, mac, c->head);
		if (!fg_eq_const(fg_str(mac, AUDIT_HASH), fg_str(l->mac, AUDIT_HASH)))
			return refuse(v, "audit.chain.mac", "the MAC is not that of the record", reterr);
	} else {
		ops_sha256(l->digested, FG_STR_NULL, d);
		ops_sha256(fg_str(d, AUDIT_HASH), fg_str(l->mac, AUDIT_HASH), c->head);
	}
	c->seq = l->place.seq;
	c->fresh = true;
	v->got.records++;
	v->got.uncovered++;
	return FG_OK;
}

static enum fg_rc
record(struct audit_verify *v, const struct ops_line *l, struct fg_err *reterr)
{
	struct chain *c = find(v, l->place.chain);

	if (!v->begun)
		return refuse(v, "audit.start", "the file does not begin with a checkpoint", reterr);
	if (c == NULL)
		FG_TRY(begin_chain(v, l, &c, reterr));
	else if (!c->live)
		return refuse(v, "audit.chain.end", "its chain was over", reterr);
	else if (l->place.seq != c->seq + 1)
		return refuse(v, "audit.chain.seq", "records of its chain are missing or repeated", reterr);
	return link_record(v, l, c, reterr);
}

/* ---- checkpoints ---- */

/* The list names that chain with its number and head. */
static bool
names(const struct ops_tail_chain *list, size_t n, const struct chain *c)
{
	for (size_t i = 0; i < n; i++)
		if (memcmp(list[i].id, c->id, AUDIT_CHAIN_ID) == 0)
			return list[i].seq == c->seq && memcmp(list[i].head, c->head, AUDIT_HASH) == 0;
	return false;
}

/* Every chain that must be covered is named, and nothing else is. */
static enum fg_rc
covers(struct audit_verify *v, const struct ops_tail_chain *list, size_t n, bool all, struct fg_err *reterr)
{
	size_t want = 0;

	for (size_t i = 0; i < v->n_chain; i++) {
		if (!v->chain[i].live || !(all || v->chain[i].fresh))
			continue;
		want++;
		if (!names(list, n, &v->chain[i]))
			return refuse(v, "audit.checkpoint.heads", "a chain ended elsewhere than it says", reterr);
	}
	return want == n ? FG_OK
	                 : refuse(v, "audit.checkpoint.heads", "it names a chain that is not here", reterr);
}

/* The log's first checkpoint, or the first of those that were given. */
static enum fg_rc
first(struct audit_verify *v, const struct ops_line *l, struct fg_err *reterr)
{
	static const uint8_t zero[AUDIT_HASH];
	const uint8_t *want = v->c.from != NULL ? v->c.from : zero;

	if (memcmp(l->prev, want, AUDIT_HASH) != 0)
		return refuse(v, "audit.start", "earlier files are missing (--from names what they end with)",
		    reterr);
	v->begun = true;
	/* what an earlier file left: the checkpoint vouches for it, and ends it when it opens a run */
	for (size_t i = 0; i < l->n_recovered; i++) {
		struct chain *c;

		FG_TRY(add(v, l->recovered[i].id, &c, reterr));
		c->seq = l->recovered[i].seq;
		c->fresh = true;
		memcpy(c->head, l->recovered[i].head, AUDIT_HASH);
	}
	for (size_t i = 0; i < l->n_chain; i++) {
		struct chain *c;

		FG_TRY(add(v, l->chain[i].id, &c, reterr));
		c->seq = l->chain[i].seq;
		memcpy(c->head, l->chain[i].head, AUDIT_HASH);
		FG_TRY(seed(v, c, l->place.key, reterr));
		for (uint64_t k = 0; c->keyed && k <= c->seq; k++)
			ops_sha256(fg_str(c->key, AUDIT_HASH), FG_STR_NULL, c->key);
	}
	return FG_OK;
}

static enum fg_rc
in_order(struct audit_verify *v, const struct ops_line *l, struct fg_err *reterr)
{
	if (!v->begun)
		return first(v, l, reterr);
	if (l->n != v->got.head.n + 1 || memcmp(l->prev, v->got.head.head, AUDIT_HASH) != 0)
		return refuse(v, "audit.checkpoint.prev", "the checkpoint before it is missing", reterr);
	return FG_OK;
}

static enum fg_rc
signature(struct audit_verify *v, const struct ops_line *l, const uint8_t hash[AUDIT_HASH],
    struct fg_err *reterr)
{
	char room[OPS_SIGNED_TEXT];

	/* unsigned ones are allowed between signed ones: cred did not answer then */
	if (!l->is_signed || v->c.signed_by == NULL)
		return FG_OK;
	if (!v->c.signed_by(v->c.app, l->place.key, ops_signed_text(room, hash), l->sig))
		return refuse(v, "audit.checkpoint.signature", "the signature is not good", reterr);
	return FG_OK;
}

/* An opening checkpoint ends all chains of the run before; a closing one its own. */
static void
settle(struct audit_verify *v, bool over, bool is_signed)
{
	for (size_t i = 0; i < v->n_chain; i++) {
		v->chain[i].fresh = false;
		v->chain[i].live = v->chain[i].live && !over;
	}
	if (is_signed)
		v->got.uncovered = 0;
}

static enum fg_rc
checkpoint(struct audit_verify *v, const struct ops_line *l, struct fg_err *reterr)
{
	bool opens = fg_eq(l->event, FG_LIT("open"));
	bool closes = fg_eq(l->event, FG_LIT("close"));
	uint8_t hash[AUDIT_HASH];

	FG_TRY(in_order(v, l, reterr));
	ops_sha256(l->object, FG_STR_NULL, hash);
	FG_TRY(signature(v, l, hash, reterr));
	if (opens)
		FG_TRY(covers(v, l->recovered, l->n_recovered, false, reterr));
	else
		FG_TRY(covers(v, l->chain, l->n_chain, true, reterr));
	settle(v, opens || closes, l->is_signed);
	if (v->c.head != NULL && memcmp(v->c.head, hash, AUDIT_HASH) == 0)
		v->got.anchored = true;
	v->any_signed = v->any_signed || l->is_signed;
	v->got.head.n = l->n;
	memcpy(v->got.head.head, hash, AUDIT_HASH);
	v->got.checkpoints++;
	return FG_OK;
}

/* ---- files ---- */

static enum fg_rc
one_line(struct audit_verify *v, struct fg_str line, struct fg_err *reterr)
{
	struct fg_err why = { 0 };
	struct ops_line l;
	enum fg_rc rc;

	fg_arena_reset(v->arena);
	if (line.n == 0 || line.p[line.n - 1] != '\n')
		return refuse(v, "audit.line", "the line has no end", reterr);
	rc = ops_line_read(v->arena, fg_sub(line, 0, line.n - 1), &l, &why);
	if (rc != FG_OK)
		return fg_fail(reterr, rc, "audit.line", NULL, "%s line %llu: %s", v->path,
		    (unsigned long long)v->line, why.text);
	return l.kind == OPS_LINE_RECORD ? record(v, &l, reterr) : checkpoint(v, &l, reterr);
}

static void
close_file(FILE **f)
{
	if (*f != NULL)
		fclose(*f);
}

static void
free_line(char **p)
{
	free(*p);
}

enum fg_rc
audit_verify_file(struct audit_verify *v, const char *path, struct fg_err *reterr)
{
	FG_AUTO(close_file) FILE *f = fopen(path, "re");
	FG_AUTO(free_line) char *line = NULL;
	size_t room = 0;
	ssize_t n;

	if (f == NULL)
		return fg_fail(reterr, FG_E_IO, "audit.verify", NULL, "%s: %s", path, strerror(errno));
	v->path = path;
	v->line = 0;
	while ((n = getline(&line, &room, f)) > 0) {
		v->line++;
		FG_TRY(one_line(v, fg_str(line, (size_t)n), reterr));
	}
	if (ferror(f))
		return fg_fail(reterr, FG_E_IO, "audit.verify", NULL, "%s: %s", path, strerror(errno));
	return FG_OK;
}

enum fg_rc
audit_verify_end(struct audit_verify *v, struct audit_verified *ret, struct fg_err *reterr)
{
	if (!v->begun)
		return fg_fail(reterr, FG_E_SIGNATURE, "audit.start", NULL, "there is no checkpoint at all");
	if (v->c.head != NULL && !v->got.anchored)
		return fg_fail(reterr, FG_E_SIGNATURE, "audit.head", NULL,
		    "no checkpoint is the one that was given: the log is cut off, or another one");
	if (v->c.signed_by != NULL && !v->any_signed)
		return fg_fail(reterr, FG_E_SIGNATURE, "audit.checkpoint.signature", NULL,
		    "no checkpoint is signed");
	*ret = v->got;
	return FG_OK;
}

bool
audit_find(const char *path, struct fg_str request_id, struct fg_buf *out)
{
	FG_AUTO(close_file) FILE *f = fopen(path, "re");
	FG_AUTO(free_line) char *line = NULL;
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(4u << 20);
	size_t room = 0;
	ssize_t n;

	if (f == NULL || a == NULL)
		return false;
	while ((n = getline(&line, &room, f)) > 0) {
		struct fg_str s = fg_str(line, (size_t)n);
		struct ops_line l;

		if (memmem(s.p, s.n, request_id.p, request_id.n) == NULL)
			continue;
		fg_arena_reset(a);
		if (s.p[s.n - 1] == '\n')
			s.n--;
		if (ops_line_read(a, s, &l, NULL) == FG_OK && l.kind == OPS_LINE_RECORD &&
		    fg_eq(l.request_id, request_id)) {
			fg_buf_put(out, s);
			fg_buf_putc(out, '\n');
		}
	}
	return !ferror(f) && out->bad == FG_OK;
}
