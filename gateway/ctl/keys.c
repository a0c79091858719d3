/*
 * fedgate keys list | rotate | retire: the key ring, and what the store knows of it.
 *
 * rotate  puts a key into the ring, has it read, and tells the store: it seals as soon as every
 *         live node holds it.  A wrap key then wraps every stored secret anew, and every row is
 *         authenticated anew with a row key.
 *         outbound: new signing keys of an account's issuer are published, and sign an hour later.
 * retire  the store says whether the key may go; only then are its bytes erased.
 * The ring is changed here, whoever owns the store: a running gateway may not read it.
 */
#include "gateway/ctl/ctl_conf.h"
#include "gateway/ctl/keys_int.h"
#include "gateway/ctl/operate.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SYNC_TRIES 50 /* a tenth of a second each: cred starts anew meanwhile */

const struct ctl_opt ctl_keys_list_opts[] = {
	{ "json", 0, NULL, "as JSON" },
	CTL_OPTS_END,
};
const struct ctl_opt ctl_keys_rotate_opts[] = {
	{ "class", 0, "CLASS", "session (the default), wrap, row, audit or outbound" },
	{ "account", 0, "ID", "of outbound: whose issuer" },
	CTL_OPTS_END,
};

/* {"op":OP} or {"op":OP,"id":"8 hex"} */
static enum fg_rc
ask(const struct ctl_args *args, const char *op, uint32_t id, struct ctl_reply *ret,
    struct fg_err *reterr)
{
	char text[128];
	struct fg_buf b = FG_BUF_FIXED(text);
	struct fg_str request;

	fg_buf_fmt(&b, "{\"op\":\"%s\"", op);
	if (id != 0)
		fg_buf_fmt(&b, ",\"id\":\"%08x\"", id);
	fg_buf_putc(&b, '}');
	FG_TRY(fg_buf_end(&b, &request));
	return ctl_operate(args, args->arena, request, ret, reterr);
}

/* ---- list ---- */

static struct fg_str
text_of(const struct fg_json *j, uint32_t key, const char *name)
{
	uint32_t i = fg_json_get(j, key, fg_str_z(name));

	return i != 0 && j->node[i].type == FG_JSON_STRING ? j->node[i].text : FG_LIT("");
}

/* An array of the reply, or 0. */
static uint32_t
array_of(const struct fg_json *j, uint32_t object, const char *name)
{
	uint32_t i = fg_json_get(j, object, fg_str_z(name));

	return i != 0 && j->node[i].type == FG_JSON_ARRAY ? i : 0;
}

static uint32_t
keys_of(const struct ctl_reply *r)
{
	return array_of(&r->json, 0, "keys");
}

static bool
is_true(const struct fg_json *j, uint32_t object, const char *name)
{
	uint32_t i = fg_json_get(j, object, fg_str_z(name));

	return i != 0 && j->node[i].type == FG_JSON_TRUE;
}

static bool
holds(const struct fg_json *j, uint32_t node, struct fg_str id)
{
	uint32_t keys = array_of(j, node, "holds");

	for (uint32_t i = fg_json_first(keys); keys != 0 && i < j->node[keys].next;
	     i = fg_json_after(j, i))
		if (j->node[i].type == FG_JSON_STRING && fg_eq(j->node[i].text, id))
			return true;
	return false;
}

/* Nodes that are up, and how many of them hold the key (security.md 7). */
static void
acknowledged(const struct ctl_reply *r, struct fg_str id, unsigned *ret_held, unsigned *ret_live)
{
	const struct fg_json *j = &r->json;
	uint32_t nodes = array_of(j, 0, "nodes");

	*ret_held = *ret_live = 0;
	for (uint32_t i = fg_json_first(nodes); nodes != 0 && i < j->node[nodes].next;
	     i = fg_json_after(j, i)) {
		if (!is_true(j, i, "live"))
			continue;
		(*ret_live)++;
		*ret_held += holds(j, i, id);
	}
}

static void
print_row(const struct ctl_reply *r, uint32_t key)
{
	const struct fg_json *j = &r->json;
	struct fg_str until = text_of(j, key, "until");
	unsigned held, live;

	(void)printf("%.*s  %-8.*s %-8.*s since %.*s", FG_PRI(text_of(j, key, "id")),
	    FG_PRI(text_of(j, key, "class")), FG_PRI(text_of(j, key, "state")),
	    FG_PRI(text_of(j, key, "since")));
	if (until.n != 0)
		(void)printf(" until %.*s", FG_PRI(until));
	if (fg_eq(text_of(j, key, "state"), FG_LIT("staged"))) {
		acknowledged(r, text_of(j, key, "id"), &held, &live);
		(void)printf(" held by %u of %u nodes", held, live);
	}
	(void)putchar('\n');
}

int
ctl_keys_list(const struct ctl_args *args)
{
	struct ctl_reply r;
	struct fg_err err = { 0 };
	struct fg_str raw;
	uint32_t keys;

	if (ask(args, "keys.list", 0, &r, &err) != FG_OK)
		return ctl_fail(args, &err);
	if (ctl_flag(args, "json")) {
		raw = ctl_reply_raw(&r, "keys");
		(void)printf("%.*s\n", (int)raw.n, raw.p);
		return CTL_OK;
	}
	keys = keys_of(&r);
	for (uint32_t i = fg_json_first(keys); keys != 0 && i < r.json.node[keys].next;
	     i = fg_json_after(&r.json, i))
		print_row(&r, i);
	return CTL_OK;
}

/* ---- the ring ---- */

static enum fg_rc
ring_change(const struct conf *conf, enum cred_class add, uint32_t drop, uint32_t *ret_id,
    struct fg_err *reterr)
{
	struct cred_ring *ring = NULL;
	struct cred_clock at;
	enum fg_rc rc;

	FG_TRY(cred_clock_read(&at, reterr));
	FG_TRY(cred_ring_load(conf->keyring, &ring, reterr));
	rc = add != CRED_CLASS_NONE ?
	    cred_ring_add(ring, add, at.wall_ns / 1000000000, ret_id, reterr) :
	    cred_ring_drop(ring, drop, reterr);
	if (rc == FG_OK)
		rc = cred_ring_save(ring, conf->keyring, CRED_SAVE_REPLACE, reterr);
	cred_ring_free(ring);
	return rc;
}

/* A running gateway reads its ring anew; without one there is nobody to tell. */
static enum fg_rc
reload(const struct ctl_args *args, struct fg_err *reterr)
{
	struct ctl_reply r;
	struct fg_err err = { 0 };
	enum fg_rc rc = ask(args, "reload", 0, &r, &err);

	return rc == FG_OK || rc == FG_E_UNSUPPORTED ? FG_OK :
	    fg_fail(reterr, rc, err.step, NULL, "%s", err.text);
}

/* ---- rotate ---- */

static bool
seals(const struct ctl_reply *r, uint32_t id)
{
	uint32_t keys = keys_of(r);
	char text[9];

	(void)snprintf(text, sizeof(text), "%08x", id);
	for (uint32_t i = fg_json_first(keys); keys != 0 && i < r->json.node[keys].next;
	     i = fg_json_after(&r->json, i))
		if (fg_eq(text_of(&r->json, i, "id"), fg_str_z(text)))
			return fg_eq(text_of(&r->json, i, "state"), FG_LIT("sealing"));
	return false;
}

/* Until it seals; what every live node said of it is printed then. */
static enum fg_rc
wait_sealing(const struct ctl_args *args, uint32_t id, struct fg_err *reterr)
{
	const struct timespec tick = { 0, 100000000 };
	unsigned held = 0, live = 0;
	struct ctl_reply r;
	char text[9];

	(void)snprintf(text, sizeof(text), "%08x", id);
	for (int i = 0; i < SYNC_TRIES; i++) {
		struct fg_err err = { 0 };

		/* While cred starts anew the gateway cannot ask it: that passes. */
		if (ask(args, "keys.sync", 0, &r, &err) == FG_OK &&
		    ask(args, "keys.list", 0, &r, &err) == FG_OK) {
			acknowledged(&r, fg_str_z(text), &held, &live);
			if (seals(&r, id))
				return FG_OK;
		}
		if (err.rc != FG_OK && err.rc != FG_E_UNAVAILABLE)
			return fg_fail(reterr, err.rc, err.step, NULL, "%s", err.text);
		(void)nanosleep(&tick, NULL);
	}
	return fg_fail(reterr, FG_E_UNAVAILABLE, "ctl.keys.rotate", NULL,
	    "key %08x is in the ring and staged; %u of %u nodes hold it: it seals when all do", id, held,
	    live);
}

static enum fg_rc
rotate(const struct ctl_args *args, enum cred_class cls, uint32_t *ret_id, struct fg_err *reterr)
{
	FG_AUTO(conf_freep) struct conf *conf = NULL;
	struct ctl_reply r;

	FG_TRY(ctl_conf(args, ctl_value(args, "config"), &conf, reterr));
	FG_TRY(ask(args, "keys.list", 0, &r, reterr)); /* all is well before the ring is touched */
	FG_TRY(ring_change(conf, cls, 0, ret_id, reterr));
	FG_TRY(reload(args, reterr));
	return wait_sealing(args, *ret_id, reterr);
}

/* Every secret under the new wrap key. */
static enum fg_rc
rewrap(const struct ctl_args *args, uint32_t id, struct fg_err *reterr)
{
	struct ctl_reply r;
	struct fg_str n;

	FG_TRY(ask(args, "keys.rewrap", id, &r, reterr));
	n = ctl_reply_raw(&r, "wrapped");
	(void)printf("%.*s secrets wrapped anew\n", FG_PRI(n));
	return FG_OK;
}

/* Every row under the new row key, some in each request: what is cut short goes on later by itself. */
static enum fg_rc
anew(const struct ctl_args *args, uint32_t id, struct fg_err *reterr)
{
	uint64_t n = 0, all = 0;
	struct ctl_reply r;

	(void)id;
	do {
		FG_TRY(ask(args, "keys.anew", 0, &r, reterr));
		if (fg_u64(ctl_reply_raw(&r, "rows"), &n))
			all += n;
	} while (is_true(&r.json, 0, "more"));
	(void)printf("%llu rows authenticated anew\n", (unsigned long long)all);
	return FG_OK;
}

static enum fg_rc (*const after[CRED_CLASS_MAX])(const struct ctl_args *args, uint32_t id,
    struct fg_err *reterr) = {
	[CRED_CLASS_WRAP] = rewrap,
	[CRED_CLASS_ROW] = anew,
};

/* Signing keys of an account are not in the ring: they lie wrapped in the store. */
static int
rotate_outbound(const struct ctl_args *args, const char *account)
{
	struct fg_buf b = FG_BUF_ARENA(args->arena, 256);
	struct fg_str request, from;
	struct fg_err err = { 0 };
	struct ctl_reply r;

	if (account == NULL)
		return ctl_usage(args, "--account says whose issuer gets new keys");
	fg_buf_put(&b, FG_LIT("{\"op\":\"keys.outbound\",\"account\":"));
	fg_buf_json_str(&b, fg_str_z(account));
	fg_buf_putc(&b, '}');
	if (fg_buf_end(&b, &request) != FG_OK)
		return ctl_usage(args, "--account is 12 digits");
	if (ctl_operate(args, args->arena, request, &r, &err) != FG_OK)
		return ctl_fail(args, &err);
	from = text_of(&r.json, 0, "signsFrom");
	(void)printf("published, signing from %.*s:", FG_PRI(from));
	for (uint32_t k = fg_json_get(&r.json, 0, FG_LIT("kids")), i = fg_json_first(k);
	     k != 0 && i < r.json.node[k].next; i = fg_json_after(&r.json, i))
		(void)printf(" %.*s", FG_PRI(r.json.node[i].text));
	(void)putchar('\n');
	return CTL_OK;
}

int
ctl_keys_rotate(const struct ctl_args *args)
{
	const char *name = ctl_value(args, "class");
	enum cred_class cls = CRED_CLASS_SESSION;
	struct fg_err err = { 0 };
	uint32_t id = 0;

	if (name != NULL && strcmp(name, "outbound") == 0)
		return rotate_outbound(args, ctl_value(args, "account"));
	if (ctl_value(args, "account") != NULL)
		return ctl_usage(args, "--account goes with --class outbound");
	if (name != NULL && !cred_class_parse(fg_str_z(name), &cls))
		return ctl_usage(args, "--class is session, wrap, row, audit or outbound");
	if (rotate(args, cls, &id, &err) != FG_OK)
		return ctl_fail(args, &err);
	(void)printf("%08x %s sealing\n", id, cred_class_name(cls));
	if (after[cls] != NULL && after[cls](args, id, &err) != FG_OK)
		return ctl_fail(args, &err);
	return CTL_OK;
}

/* ---- retire ---- */

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
	FG_AUTO(conf_freep) struct conf *conf = NULL;
	struct fg_err err = { 0 };
	struct ctl_reply r;
	uint32_t id;

	if (args->n_operands != 1 || !id_parse(args->operands[0], &id))
		return ctl_usage(args, "the id of one key is needed: eight hexadecimal digits");
	if (ctl_conf(args, ctl_value(args, "config"), &conf, &err) != FG_OK ||
	    ask(args, "keys.retire", id, &r, &err) != FG_OK ||
	    ring_change(conf, CRED_CLASS_NONE, id, NULL, &err) != FG_OK ||
	    reload(args, &err) != FG_OK)
		return ctl_fail(args, &err);
	(void)printf("%08x gone\n", id);
	return CTL_OK;
}
