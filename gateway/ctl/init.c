/* fedgate init: a key ring, a store, the first account and its administrator. */
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "gateway/ctl/ctl_conf.h"
#include "gateway/ctl/operate.h"

const struct ctl_opt ctl_init_opts[] = {
	{ "account", 0, "ID", "id of the first account, 12 digits" },
	{ "name", 0, "N", "its name" },
	{ "json", 0, NULL, "print the key as CreateAccessKey returns it" },
	CTL_OPTS_END,
};

static enum fg_rc
first_account(struct ctl_store *s, struct fg_arena *a, struct fg_str id, struct fg_str name,
    struct admin_key *key, struct fg_err *reterr)
{
	FG_AUTO(store_rollbackp) struct store_tx *tx = NULL;

	FG_TRY(store_begin(s->store, &tx, reterr));
	FG_TRY(admin_account_new(tx, s->cred, id, name, s->now, a, key, reterr));
	return store_commit(FG_STEAL(tx), reterr);
}

static enum fg_rc
record(const struct conf *c, const struct ctl_store *s, struct fg_str id, struct fg_err *reterr)
{
	struct ctl_audit *audit = NULL;
	char name[64];
	const struct admin_peer peer = ctl_peer(name);
	const struct admin_event e = { .action = "InitStore", .account = id, .peer = &peer };
	enum fg_rc rc;

	FG_TRY(ctl_audit_open(c, s, &audit, reterr));
	rc = ctl_audit_write(audit, &e, reterr);
	ctl_audit_close(audit);
	return rc;
}

/* What a failed init leaves behind is taken away again: a second try finds nothing. */
static void
unmake(const struct conf *c)
{
	static const char *const suffix[] = { "", "-wal", "-shm", "-claims", "-claims-wal",
		"-claims-shm", ".mark", ".lock" };
	char path[4096];

	for (size_t i = 0; i < FG_COUNT(suffix); i++) {
		int n = snprintf(path, sizeof(path), "%s%s", conf_store_path(c), suffix[i]);

		if (n > 0 && (size_t)n < sizeof(path))
			(void)unlink(path);
	}
	(void)unlink(c->keyring);
}

static enum fg_rc
make(const struct conf *c, struct fg_arena *a, struct fg_str id, struct fg_str name,
    struct admin_key *key, fg_time *ret_now, struct fg_err *reterr)
{
	struct ctl_store s;
	enum fg_rc rc;

	FG_TRY(cred_absent_check(conf_store_path(c), "store", reterr));
	FG_TRY(cred_absent_check(c->keyring, "key ring", reterr));
	rc = ctl_store_create(c, &s, reterr);
	if (rc == FG_OK)
		rc = first_account(&s, a, id, name, key, reterr);
	if (rc == FG_OK)
		rc = record(c, &s, id, reterr);
	*ret_now = s.now;
	ctl_store_close(&s);
	if (rc != FG_OK && rc != FG_E_EXISTS)
		unmake(c);
	return rc;
}

static void
print(const struct ctl_args *args, const struct admin_key *key, fg_time now)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(1024);

	b.secret = true;
	admin_key_json(&b, key, FG_LIT("admin"), now);
	ctl_print_key(args, fg_str_z(key->id), fg_str_z(key->secret), fg_buf_str(&b));
}

int
ctl_init(const struct ctl_args *args)
{
	FG_AUTO(conf_freep) struct conf *c = NULL;
	const char *id = ctl_value(args, "account"), *name = ctl_value(args, "name");
	struct fg_err err = { .rc = FG_OK };
	struct admin_key key;
	fg_time now = 0;
	enum fg_rc rc;

	if (id == NULL || name == NULL)
		return ctl_usage(args, "--account and --name are needed");
	if (ctl_conf(args, ctl_value(args, "config"), &c, &err) != FG_OK)
		return ctl_fail(args, &err);
	if (conf_store_path(c) == NULL)
		return ctl_usage(args, "%s is not a store that init makes", c->store);
	rc = make(c, args->arena, fg_str_z(id), fg_str_z(name), &key, &now, &err);
	if (rc == FG_OK)
		print(args, &key, now);
	explicit_bzero(&key, sizeof(key));
	return rc == FG_OK ? CTL_OK : ctl_fail(args, &err);
}
