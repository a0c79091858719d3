/*
 * fedgate keys list | rotate | retire: the key ring, and what the store knows of it.
 *
 * rotate  puts a key into the ring; the store learns of it, and it seals when every live node
 *         holds it.  A wrap key then wraps every stored secret anew.
 * retire  the store says whether the key may go; only then are its bytes erased.
 */
#include "gateway/ctl/ctl_conf.h"
#include "gateway/ctl/ctl_store.h"
#include "gateway/ctl/keys_int.h"

#include <stdlib.h>
#include <string.h>

#define MARK_FRESH_S (7 * 86400) /* an older mark says nothing about the clock of today */

const struct ctl_opt ctl_keys_list_opts[] = {
	{ "json", 0, NULL, "as JSON" },
	CTL_OPTS_END,
};
const struct ctl_opt ctl_keys_rotate_opts[] = {
	{ "class", 0, "CLASS", "session (the default), wrap or audit" },
	CTL_OPTS_END,
};

static void
conf_end_free(struct conf **c)
{
	conf_free(*c);
}

static enum fg_rc
open_it(const struct ctl_args *args, struct conf **conf, struct ctl_store *s, struct fg_err *err)
{
	FG_TRY(ctl_conf(args, ctl_value(args, "config"), conf, err));
	return ctl_store_open(*conf, s, err);
}

/* ---- list ---- */

static void
put_json(struct fg_buf *b, const struct cred_key_row *row, bool first)
{
	if (!first)
		fg_buf_putc(b, ',');
	fg_buf_fmt(b, "{\"id\":\"%08x\",\"class\":\"%s\",\"state\":\"%s\",\"since\":\"", row->id,
	    cred_class_name(row->cls), cred_state_name(row->state));
	fg_buf_time(b, row->since);
	fg_buf_put(b, FG_LIT("\",\"until\":"));
	if (row->until == 0) {
		fg_buf_put(b, FG_LIT("null}"));
		return;
	}
	fg_buf_putc(b, '"');
	fg_buf_time(b, row->until);
	fg_buf_put(b, FG_LIT("\"}"));
}

static void
put_text(struct fg_buf *b, const struct cred_key_row *row)
{
	fg_buf_fmt(b, "%08x  %-8s %-8s since ", row->id, cred_class_name(row->cls),
	    cred_state_name(row->state));
	fg_buf_time(b, row->since);
	if (row->until != 0) {
		fg_buf_put(b, FG_LIT(" until "));
		fg_buf_time(b, row->until);
	}
	fg_buf_putc(b, '\n');
}

void
ctl_keys_print(const struct cred_rows *rows, bool json, struct fg_buf *b)
{
	if (json)
		fg_buf_putc(b, '[');
	for (size_t i = 0; i < rows->n; i++) {
		if (json)
			put_json(b, &rows->row[i], i == 0);
		else
			put_text(b, &rows->row[i]);
	}
	if (json)
		fg_buf_put(b, FG_LIT("]\n"));
}

int
ctl_keys_list(const struct ctl_args *args)
{
	FG_AUTO(conf_end_free) struct conf *conf = NULL;
	FG_AUTO(ctl_store_close) struct ctl_store s = { 0 };
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(64 * 1024);
	struct fg_err err = { 0 };
	struct fg_str out;

	if (open_it(args, &conf, &s, &err) != FG_OK)
		return ctl_fail(args, &err);
	ctl_keys_print(&s.rows, ctl_flag(args, "json"), &b);
	if (fg_buf_end(&b, &out) != FG_OK)
		return CTL_REFUSED;
	(void)fwrite(out.p, 1, out.n, stdout);
	return CTL_OK;
}

/* ---- rotate ---- */

/* This process stands for the one node: no gateway runs, or the store would not have opened. */
static struct cred_evidence
evidence(const struct ctl_store *s, bool clock_ok)
{
	return (struct cred_evidence){ .now = s->now, .clock_ok = clock_ok, .live_nodes = 1,
		.acks = 1 };
}

/* A second look at the file: the client has the ring that is in force. */
static enum fg_rc
ring_change(const struct conf *conf, enum cred_class add, uint32_t drop, fg_time now,
    uint32_t *ret_id, struct fg_err *reterr)
{
	struct cred_ring *ring = NULL;
	enum fg_rc rc;

	FG_TRY(cred_ring_load(conf->keyring, &ring, reterr));
	rc = add != CRED_CLASS_NONE ? cred_ring_add(ring, add, now, ret_id, reterr) :
	    cred_ring_drop(ring, drop, reterr);
	if (rc == FG_OK)
		rc = cred_ring_save(ring, conf->keyring, CRED_SAVE_REPLACE, reterr);
	cred_ring_free(ring);
	return rc;
}

static enum fg_rc
sync_rows(struct ctl_store *s, struct fg_err *reterr)
{
	struct cred_evidence ev = evidence(s, true);
	struct cred_ring_entry e[CRED_RING_MAX];
	size_t n = 0, changed = 0;

	FG_TRY(cred_client_list(s->cred, e, &n, reterr));
	return cred_rows_sync(s->store, e, n, &ev, &changed, reterr);
}

static enum fg_rc
rotate(const struct conf *conf, enum cred_class cls, uint32_t *ret_id, size_t *ret_wrapped,
    struct fg_err *reterr)
{
	FG_AUTO(ctl_store_close) struct ctl_store s = { 0 };

	FG_TRY(ctl_store_open(conf, &s, reterr)); /* whole, and ours, before the ring is touched */
	FG_TRY(ring_change(conf, cls, 0, s.now, ret_id, reterr));
	ctl_store_close(&s);
	FG_TRY(ctl_store_open(conf, &s, reterr));
	FG_TRY(sync_rows(&s, reterr));
	if (cls == CRED_CLASS_WRAP)
		FG_TRY(cred_rows_rewrap(s.store, s.cred, *ret_id, ret_wrapped, reterr));
	return FG_OK;
}

int
ctl_keys_rotate(const struct ctl_args *args)
{
	FG_AUTO(conf_end_free) struct conf *conf = NULL;
	const char *name = ctl_value(args, "class");
	enum cred_class cls = CRED_CLASS_SESSION;
	struct fg_err err = { 0 };
	size_t wrapped = 0;
	uint32_t id = 0;

	if (name != NULL && (!cred_class_parse(fg_str_z(name), &cls) || cls == CRED_CLASS_ROW))
		return ctl_usage(args, "--class is session, wrap or audit");
	if (ctl_conf(args, ctl_value(args, "config"), &conf, &err) != FG_OK ||
	    rotate(conf, cls, &id, &wrapped, &err) != FG_OK)
		return ctl_fail(args, &err);
	(void)printf("%08x %s sealing\n", id, cred_class_name(cls));
	if (cls == CRED_CLASS_WRAP)
		(void)printf("%zu secrets wrapped anew\n", wrapped);
	return CTL_OK;
}

/* ---- retire ---- */

/* A recent mark that is not ahead of the clock: then the clock has not jumped by much. */
static bool
clock_ok(const struct conf *conf, fg_time now)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(4096);
	fg_time mark = 0;

	fg_buf_fmt(&b, "%s.clock", conf_store_path(conf));
	fg_buf_putc(&b, '\0');
	return b.bad == FG_OK && cred_mark_load(b.p, &mark, NULL) == FG_OK && mark != 0 &&
	    now >= mark - 5 && now - mark <= MARK_FRESH_S;
}

static bool
id_parse(const char *text, uint32_t *ret)
{
	char *end = NULL;
	unsigned long v;

	if (strlen(text) != 8 || strspn(text, "0123456789abcdef") != 8)
		return false;
	v = strtoul(text, &end, 16);
	*ret = (uint32_t)v;
	return *end == '\0' && v != 0;
}

int
ctl_keys_retire(const struct ctl_args *args)
{
	FG_AUTO(conf_end_free) struct conf *conf = NULL;
	FG_AUTO(ctl_store_close) struct ctl_store s = { 0 };
	struct cred_evidence ev;
	struct fg_err err = { 0 };
	uint32_t id;

	if (args->n_operands != 1 || !id_parse(args->operands[0], &id))
		return ctl_usage(args, "the id of one key is needed: eight hexadecimal digits");
	if (open_it(args, &conf, &s, &err) != FG_OK)
		return ctl_fail(args, &err);
	ev = evidence(&s, clock_ok(conf, s.now));
	if (cred_rows_retire(s.store, id, &ev, &err) != FG_OK ||
	    ring_change(conf, CRED_CLASS_NONE, id, s.now, NULL, &err) != FG_OK)
		return ctl_fail(args, &err);
	(void)printf("%08x gone\n", id);
	return CTL_OK;
}
