/* gateway/ctl/audit.c - `fedgate audit verify`: is this the log that was written? */
#include "gateway/ctl/audit_int.h"
#include "gateway/ctl/ctl_conf.h"
#include "gateway/cred/cred.h"
#include "gateway/ops/ops.h"

const struct ctl_opt ctl_audit_verify_opts[] = {
	{ "head", 0, "HEX", "a checkpoint's hash that must be in the log" },
	{ "from", 0, "HEX", "the hash of the checkpoint that earlier files ended with" },
	{ "no-keys", 0, NULL, "check the chain of hashes alone, without the key ring" },
	CTL_OPTS_END,
};

/* The ring's audit keys, as the verifier asks for them. */
struct keys {
	struct cred_client *client;
	uint32_t id; /* of public_key; 0: none yet */
	uint8_t public_key[32];
};

static void
keys_close(struct keys *k)
{
	cred_client_close(k->client);
}

static enum fg_rc
seed(void *app, uint32_t key, const uint8_t chain[AUDIT_CHAIN_ID], uint8_t ret[AUDIT_HASH],
    struct fg_err *reterr)
{
	struct keys *k = app;

	return cred_client_audit_seed(k->client, key, chain, ret, reterr);
}

static bool
signed_by(void *app, uint32_t key, struct fg_str text, const uint8_t sig[AUDIT_SIG])
{
	struct keys *k = app;

	if (k->id != key &&
	    cred_client_audit_public(k->client, key, k->public_key, NULL) != FG_OK)
		return false;
	k->id = key;
	return cred_audit_verify(k->public_key, text, sig);
}

static enum fg_rc
keys_open(const struct ctl_args *args, const struct conf *conf, struct keys *k, struct fg_err *reterr)
{
	struct cred_ring *ring;

	if (ctl_flag(args, "no-keys"))
		return FG_OK;
	FG_TRY(cred_ring_load(conf->keyring, &ring, reterr));
	return cred_client_local(ring, &k->client, reterr);
}

/* An option of exactly one hash; *ret is NULL when it is not given. */
static bool
hash_option(const struct ctl_args *args, const char *name, const uint8_t **ret)
{
	const char *v = ctl_value(args, name);
	struct fg_str bytes;

	*ret = NULL;
	if (v == NULL)
		return true;
	if (!fg_hex(args->arena, fg_str_z(v), &bytes) || bytes.n != AUDIT_HASH)
		return false;
	*ret = (const uint8_t *)bytes.p;
	return true;
}

static void
member(struct fg_buf *b, const char *name, uint64_t v)
{
	fg_buf_fmt(b, ",\"%s\":", name);
	fg_buf_u64(b, v);
}

static void
print(const struct audit_verified *got, bool keyed)
{
	char room[1024];
	struct fg_buf b = FG_BUF_FIXED(room);

	fg_buf_put(&b, FG_LIT("{\"result\":\"accept\",\"anchor\":\""));
	fg_buf_put(&b, got->anchored ? FG_LIT("anchored") : FG_LIT("unanchored"));
	fg_buf_put(&b, FG_LIT("\",\"keys\":\""));
	fg_buf_put(&b, keyed ? FG_LIT("checked") : FG_LIT("not checked"));
	fg_buf_put(&b, FG_LIT("\",\"head\":\""));
	fg_buf_hex(&b, fg_str(got->head.head, AUDIT_HASH));
	fg_buf_putc(&b, '"');
	member(&b, "checkpoint", got->head.n);
	member(&b, "records", got->records);
	member(&b, "chains", got->chains);
	member(&b, "checkpoints", got->checkpoints);
	member(&b, "uncovered", got->uncovered);
	fg_buf_put(&b, FG_LIT("}\n"));
	(void)fwrite(b.p, 1, b.n, stdout);
}

static enum fg_rc
verify(const struct ctl_args *args, const struct audit_verify_config *c, struct audit_verified *ret,
    struct fg_err *reterr)
{
	FG_AUTO(audit_verify_freep) struct audit_verify *v = NULL;

	FG_TRY(audit_verify_new(c, &v, reterr));
	for (size_t i = 0; i < args->n_operands; i++)
		FG_TRY(audit_verify_file(v, args->operands[i], reterr));
	return audit_verify_end(v, ret, reterr);
}

int
ctl_audit_verify(const struct ctl_args *args)
{
	FG_AUTO(conf_freep) struct conf *conf = NULL;
	FG_AUTO(keys_close) struct keys k = { .client = NULL };
	struct audit_verify_config c = { .app = &k };
	struct audit_verified got;
	struct fg_err err = { 0 };

	if (args->n_operands == 0)
		return ctl_usage(args, "which files? (the oldest first)");
	if (!hash_option(args, "head", &c.head) || !hash_option(args, "from", &c.from))
		return ctl_usage(args, "a head is 64 hexadecimal digits");
	if (ctl_conf(args, ctl_value(args, "config"), &conf, &err) != FG_OK ||
	    keys_open(args, conf, &k, &err) != FG_OK) {
		(void)ctl_fail(args, &err);
		return CTL_USAGE;
	}
	if (k.client != NULL) {
		c.seed = seed;
		c.signed_by = signed_by;
	}
	if (verify(args, &c, &got, &err) != FG_OK) {
		ctl_print_reject(&err, NULL);
		return err.rc == FG_E_IO ? CTL_USAGE : CTL_REFUSED;
	}
	print(&got, k.client != NULL);
	return CTL_OK;
}
