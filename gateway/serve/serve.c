/* The supervisor: which processes there are and how they are linked. */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "gateway/serve/serve_int.h"

enum { ROLE_CRED, ROLE_FETCH, ROLE_GATEWAY, ROLE_PARSE, ROLES };

static const struct proc_role roles[ROLES] = {
	[ROLE_CRED] = { "cred", serve_cred, PROC_READY | PROC_LAST | PROC_RELOAD_RESTART, 0, 0 },
	[ROLE_FETCH] = { "fetch", idp_fetch_main, PROC_READY | PROC_RELOAD_RESTART, 0, 0 },
	[ROLE_GATEWAY] = { "gateway", serve_gateway, PROC_READY, 0, 0 },
	[ROLE_PARSE] = { "parse", serve_parse, PROC_ON_DEMAND, FG_LIMIT_PARSE_CPU_S, FG_LIMIT_PARSE_BYTES },
};

static const struct proc_link links[] = {
	{ "keys", "cred", "gateway" },
	{ IDP_LINK, "fetch", "gateway" },
};

static enum fg_rc
fetch_config(const struct conf *conf, struct fg_arena *a, struct fg_str *ret, struct fg_err *reterr)
{
	struct idp_allow *allow = FG_NEW_N(a, struct idp_allow, conf->n_allow);
	size_t i;

	if (allow == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "serve.fetch", NULL, "exceptions");
	for (i = 0; i < conf->n_allow; i++)
		allow[i] = (struct idp_allow){ conf->allow[i].host, conf->allow[i].cidr, conf->allow[i].port };
	return idp_fetch_config(a, allow, conf->n_allow, ret, reterr);
}

int
serve_run(const struct conf *conf)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_CONF_BYTES);
	struct proc_config pc = { .role = roles, .roles = ROLES, .link = links, .links = FG_COUNT(links),
		.out = STDOUT_FILENO };
	struct fg_err err = { 0 };
	struct fg_str text;
	const char *path = conf_store_path(conf);
	size_t i;

	if (!store_exists(fg_str_z(path))) {
		fprintf(stderr, "fedgate serve: there is no store at %s; make one with: fedgate init --account ID --name NAME\n",
		    path);
		return 2;
	}
	if (cred_folder_check(path, &err) != FG_OK || cred_folder_check(conf->keyring, &err) != FG_OK)
		return serve_fail("serve", &err);
	if (a == NULL || conf_dump(conf, a, &text, &err) != FG_OK)
		return serve_fail("serve", &err);
	for (i = 0; i < ROLES; i++)
		pc.role_config[i] = text;
	if (fetch_config(conf, a, &pc.role_config[ROLE_FETCH], &err) != FG_OK)
		return serve_fail("serve", &err);
	return proc_supervise(&pc);
}

bool
serve_is_child(int argc, char *const *argv)
{
	return proc_is_child(argc, argv);
}

int
serve_child(int argc, char *const *argv)
{
	return proc_child_main(argc, argv, roles, ROLES);
}

enum fg_rc
serve_metadata_alone(void *app, struct fg_str xml, const struct saml_metadata_want *want, struct fg_arena *a,
    struct saml_metadata *ret, struct fg_err *reterr)
{
	int fd;

	(void)app;
	FG_TRY(proc_spawn_alone(&roles[ROLE_PARSE], &fd, reterr));
	return idp_parse(fd, xml, want, a, ret, reterr);
}

int
serve_fail(const char *role, const struct fg_err *err)
{
	fprintf(stderr, "fedgate %s: %s%s%s%s\n", role, err->text[0] != '\0' ? err->text : fg_rc_text(err->rc),
	    err->step == NULL ? "" : " [", err->step == NULL ? "" : err->step, err->step == NULL ? "" : "]");
	return 1;
}

void
serve_warn(const char *fmt, ...)
{
	va_list ap;

	fputs("fedgate: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}
