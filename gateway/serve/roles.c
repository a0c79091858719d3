/* The small processes: cred, fetch, parse. */
#include "gateway/serve/serve_int.h"

enum fg_rc
serve_conf(const struct proc_child *c, struct conf **ret, struct fg_err *reterr)
{
	FG_AUTO(conf_freep) struct conf *conf = NULL;

	FG_TRY(conf_new(&conf, reterr));
	FG_TRY(conf_file(conf, c->config, reterr));
	FG_TRY(conf_end(conf, reterr));
	*ret = FG_STEAL(conf);
	return FG_OK;
}

static enum fg_rc
cred_ready(void *arg, struct fg_err *reterr)
{
	const struct proc_child *c = arg;

	FG_TRY(confine(PROC_CONFINE_ALL, reterr));
	return proc_child_ready(c, reterr);
}

int
serve_cred(const struct proc_child *c)
{
	FG_AUTO(conf_freep) struct conf *conf = NULL;
	const struct cred_serve peer = { proc_child_link(c, "keys"), CRED_PEER_GATEWAY };
	struct proc_child *child = (struct proc_child *)(uintptr_t)c;
	struct fg_err err = { 0 };

	if (serve_conf(c, &conf, &err) != FG_OK)
		return serve_fail("cred", &err);
	return cred_main(conf->keyring, &peer, 1, cred_ready, child);
}

int
serve_parse(const struct proc_child *c)
{
	int fd = proc_child_link(c, "job");
	struct fg_err err = { 0 };

	if (fd < 0)
		return 1;
	if (confine(PROC_CONFINE_ALL, &err) != FG_OK)
		return serve_fail("parse", &err);
	return saml_parse_main(fd, fd);
}
