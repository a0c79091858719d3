/*
 * saml/metadata_pipe.c - metadata as bytes: what crosses the pipe of the parse process, and
 * whether a refreshed document may replace an older one.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "saml/saml_int.h"

enum { ANSWER_OK = 1, ANSWER_REFUSED = 2, ANSWER_MAX = 1024 * 1024, ITEMS_MAX = 64 };

#define PARSE_ARENA (256u * 1024 * 1024) /* of the parse process; bytes */

/* ---- refresh ---- */

static bool
retains_key(const struct saml_metadata *old, const struct saml_metadata *fresh)
{
	for (size_t i = 0; i < old->n_keys; i++) {
		for (size_t k = 0; k < fresh->n_keys; k++) {
			if (fg_eq(old->key[i].id, fresh->key[k].id))
				return true;
		}
	}
	return false;
}

enum fg_rc
saml_metadata_succeeds(const struct saml_metadata *old, const struct saml_metadata *fresh,
    struct fg_err *reterr)
{
	if (!fg_eq(old->entity_id, fresh->entity_id))
		return saml_refuse(reterr, "saml.metadata.worse", "entityID is now %.*s",
		    FG_PRI(fresh->entity_id));
	if (fresh->valid_until < old->valid_until)
		return saml_refuse(reterr, "saml.metadata.worse", "validUntil is earlier or gone");
	if (!fresh->signed_ && !retains_key(old, fresh))
		return saml_refuse(reterr, "saml.metadata.worse",
		    "no pinned signature, and none of the old keys is kept");
	return FG_OK;
}

/* ---- the struct ---- */

static void
put_key(struct fg_buf *b, const struct saml_metadata_key *k)
{
	fg_buf_v32(b, k->der);
	fg_buf_v8(b, k->id);
	fg_buf_be64(b, (uint64_t)k->not_before);
	fg_buf_be64(b, (uint64_t)k->not_after);
	fg_buf_be32(b, k->bits);
}

void
saml_metadata_put(struct fg_buf *b, const struct saml_metadata *m)
{
	fg_buf_v32(b, m->entity_id);
	fg_buf_be64(b, (uint64_t)m->valid_until);
	fg_buf_be8(b, m->want_signed_requests);
	fg_buf_be8(b, m->signed_);
	fg_buf_be8(b, (uint8_t)m->n_keys);
	for (size_t i = 0; i < m->n_keys; i++)
		put_key(b, &m->key[i]);
	fg_buf_be8(b, (uint8_t)m->n_sso);
	for (size_t i = 0; i < m->n_sso; i++) {
		fg_buf_v32(b, m->sso[i].binding);
		fg_buf_v32(b, m->sso[i].location);
	}
	fg_buf_be8(b, (uint8_t)m->n_warnings);
	for (size_t i = 0; i < m->n_warnings; i++)
		fg_buf_v32(b, m->warning[i]);
}

/* How many items follow. */
static size_t
count(struct fg_cur *c)
{
	size_t n = fg_cur_u8(c);

	c->bad |= n > ITEMS_MAX;
	return c->bad ? 0 : n;
}

/* The arena's copy; false in *ok when memory is short. */
static struct fg_str
copy(struct fg_arena *a, struct fg_str s, bool *ok)
{
	struct fg_str d = fg_arena_dup(a, s);

	*ok = *ok && !fg_str_null(d);
	return d;
}

static bool
get_keys(struct fg_arena *a, struct fg_cur *c, struct saml_metadata *m)
{
	struct saml_metadata_key *v;
	bool ok = true;

	m->n_keys = count(c);
	if (c->bad || (v = FG_NEW_N(a, struct saml_metadata_key, m->n_keys)) == NULL)
		return false;
	for (size_t i = 0; i < m->n_keys; i++) {
		v[i].der = copy(a, fg_cur_v32(c), &ok);
		v[i].id = copy(a, fg_cur_v8(c), &ok);
		v[i].not_before = (fg_time)fg_cur_u64(c);
		v[i].not_after = (fg_time)fg_cur_u64(c);
		v[i].bits = fg_cur_u32(c);
	}
	m->key = v;
	return ok;
}

static bool
get_lists(struct fg_arena *a, struct fg_cur *c, struct saml_metadata *m)
{
	struct saml_endpoint *sso;
	struct fg_str *warning;
	bool ok = true;

	m->n_sso = count(c);
	if (c->bad || (sso = FG_NEW_N(a, struct saml_endpoint, m->n_sso)) == NULL)
		return false;
	for (size_t i = 0; i < m->n_sso; i++) {
		sso[i].binding = copy(a, fg_cur_v32(c), &ok);
		sso[i].location = copy(a, fg_cur_v32(c), &ok);
	}
	m->sso = sso;
	m->n_warnings = count(c);
	if (c->bad || (warning = FG_NEW_N(a, struct fg_str, m->n_warnings)) == NULL)
		return false;
	for (size_t i = 0; i < m->n_warnings; i++)
		warning[i] = copy(a, fg_cur_v32(c), &ok);
	m->warning = warning;
	return ok;
}

static enum fg_rc
get(struct fg_arena *a, struct fg_cur *c, struct saml_metadata *ret, struct fg_err *reterr)
{
	struct saml_metadata m = { .signed_ = false };
	bool ok = true;

	m.entity_id = copy(a, fg_cur_v32(c), &ok);
	m.valid_until = (fg_time)fg_cur_u64(c);
	m.want_signed_requests = fg_cur_u8(c) == 1;
	m.signed_ = fg_cur_u8(c) == 1;
	ok = ok && get_keys(a, c, &m) && get_lists(a, c, &m);
	if (!ok && !c->bad)
		return saml_no_memory(reterr);
	if (!ok || !fg_cur_done(c) || m.entity_id.n == 0)
		return saml_refuse(reterr, "saml.metadata.pipe", "not a metadata record");
	*ret = m;
	return FG_OK;
}

enum fg_rc
saml_metadata_get(struct fg_arena *a, struct fg_str bytes, struct saml_metadata *ret,
    struct fg_err *reterr)
{
	struct fg_cur c = fg_cur(bytes);

	return get(a, &c, ret, reterr);
}

/* ---- the parse process ---- */

void
saml_parse_ask(struct fg_buf *b, struct fg_str xml, const struct saml_metadata_want *want)
{
	fg_buf_v32(b, want->entity_id);
	fg_buf_be64(b, (uint64_t)want->now);
	fg_buf_v32(b, want->signer);
	fg_buf_be32(b, want->allow);
	fg_buf_v32(b, xml);
}

static void
put_refusal(struct fg_buf *b, const struct fg_err *e)
{
	fg_buf_be8(b, ANSWER_REFUSED);
	fg_buf_be8(b, (uint8_t)e->rc);
	fg_buf_v8(b, fg_str_z(e->step == NULL ? "" : e->step));
	fg_buf_v16(b, fg_str_z(e->text));
}

enum fg_rc
saml_parse_answer(struct fg_arena *a, struct fg_str bytes, struct saml_metadata *ret,
    struct fg_err *reterr)
{
	struct fg_cur c = fg_cur(bytes);
	uint8_t kind = fg_cur_u8(&c), rc;
	struct fg_str step, text;
	const struct saml_step *row;

	if (kind == ANSWER_OK)
		return get(a, &c, ret, reterr);
	rc = fg_cur_u8(&c);
	step = fg_arena_dup(a, fg_cur_v8(&c));
	text = fg_cur_v16(&c);
	if (kind != ANSWER_REFUSED || !fg_cur_done(&c) || rc == FG_OK || rc >= FG_RC_MAX)
		return saml_refuse(reterr, "saml.metadata.pipe", "no answer from the parse process");
	row = saml_step_find(step.p); /* only a step of our table: its string is static */
	return fg_fail(reterr, (enum fg_rc)rc, row == NULL ? "saml.metadata.pipe" : row->step,
	    row == NULL ? NULL : row->ref, "%.*s", FG_PRI(text));
}

/* All of a pipe, at most max bytes; false when there is more, or reading fails. */
static bool
read_all(int fd, struct fg_buf *b)
{
	for (;;) {
		char *room = fg_buf_room(b, 65536);
		ssize_t n;

		if (room == NULL)
			return false;
		n = read(fd, room, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		b->n += (size_t)n;
	}
}

static enum fg_rc
serve(struct fg_arena *a, struct fg_str request, struct saml_metadata *ret, struct fg_err *reterr)
{
	struct fg_cur c = fg_cur(request);
	struct saml_metadata_want want = { .entity_id = fg_cur_v32(&c) };
	struct fg_str xml;

	want.now = (fg_time)fg_cur_u64(&c);
	want.signer = fg_cur_v32(&c);
	want.allow = fg_cur_u32(&c);
	xml = fg_cur_v32(&c);
	if (!fg_cur_done(&c))
		return saml_refuse(reterr, "saml.metadata.pipe", "not a request");
	return saml_metadata_parse(a, xml, &want, ret, reterr);
}

int
saml_parse_main(int in, int out)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(PARSE_ARENA);
	FG_AUTO(fg_buf_free) struct fg_buf request = FG_BUF(FG_LIMIT_SAML_METADATA + 1024u * 1024);
	FG_AUTO(fg_buf_free) struct fg_buf answer = FG_BUF(ANSWER_MAX);
	struct saml_metadata m = { .n_keys = 0 };
	struct fg_err err = { .rc = FG_OK };
	struct fg_str bytes;

	if (a == NULL || !read_all(in, &request))
		return EXIT_FAILURE;
	if (serve(a, fg_buf_str(&request), &m, &err) == FG_OK) {
		fg_buf_be8(&answer, ANSWER_OK);
		saml_metadata_put(&answer, &m);
	} else {
		put_refusal(&answer, &err);
	}
	if (fg_buf_end(&answer, &bytes) != FG_OK)
		return EXIT_FAILURE;
	return fg_write_all(out, bytes) ? EXIT_SUCCESS : EXIT_FAILURE;
}
