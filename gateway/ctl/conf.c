/* The configuration of a command: --config, --set, --store, --keyring; and `fedgate config check`. */
#include "gateway/ctl/ctl_conf.h"

static enum fg_rc
set_option(struct conf *c, const struct ctl_args *args, const char *option, struct fg_err *reterr)
{
	const char *v = ctl_value(args, option);
	struct fg_str pair;

	if (v == NULL)
		return FG_OK;
	pair = fg_arena_fmt(args->arena, "%s=%s", option, v);
	if (pair.p == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "ctl.conf", NULL, "option");
	return conf_set(c, pair, reterr);
}

/* --listen HOST:PORT is plain http; a URL stands as it is. */
static enum fg_rc
set_listen(struct conf *c, const struct ctl_args *args, struct fg_err *reterr)
{
	const char *v;
	size_t i;

	for (i = 0; (v = ctl_value_n(args, "listen", i)) != NULL; i++) {
		struct fg_str pair = fg_arena_fmt(args->arena, "listen=%s%s", strstr(v, "://") == NULL ? "http://" : "", v);

		if (pair.p == NULL)
			return fg_fail(reterr, FG_E_NOMEM, "ctl.conf", NULL, "option");
		FG_TRY(conf_set(c, pair, reterr));
	}
	return FG_OK;
}

enum fg_rc
ctl_conf(const struct ctl_args *args, const char *file, struct conf **ret, struct fg_err *reterr)
{
	FG_AUTO(conf_freep) struct conf *c = NULL;
	struct fg_str bytes;
	const char *v;
	size_t i;

	FG_TRY(conf_new(&c, reterr));
	if (file != NULL) {
		FG_TRY(ctl_read(args->arena, file, FG_LIMIT_CONF_BYTES, &bytes, reterr));
		FG_TRY(conf_file(c, bytes, reterr));
	}
	FG_TRY(set_option(c, args, "store", reterr));
	FG_TRY(set_option(c, args, "keyring", reterr));
	FG_TRY(set_listen(c, args, reterr));
	for (i = 0; (v = ctl_value_n(args, "set", i)) != NULL; i++)
		FG_TRY(conf_set(c, fg_str_z(v), reterr));
	FG_TRY(conf_end(c, reterr));
	*ret = FG_STEAL(c);
	return FG_OK;
}

int
ctl_config_check(const struct ctl_args *args)
{
	FG_AUTO(conf_freep) struct conf *c = NULL;
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(FG_LIMIT_CONF_BYTES);
	const char *file = args->n_operands > 0 ? args->operands[0] : ctl_value(args, "config");
	struct fg_err err = { 0 };

	if (ctl_conf(args, file, &c, &err) != FG_OK || conf_explain(c, &b, &err) != FG_OK) {
		ctl_fail(args, &err);
		return err.rc == FG_E_IO ? CTL_USAGE : CTL_REFUSED;
	}
	fwrite(b.p, 1, b.n, stdout);
	return CTL_OK;
}
