/*
 * gateway/serve/serve.h - `fedgate serve`: the processes and what each of them does.
 *
 * Shape:    serve_run() supervises until SIGTERM; each process is the same program again,
 *           whose main() hands over to serve_child().
 * Errors:   exit statuses: 0 stopped cleanly, 2 configuration or a missing store, 1 all else.
 *           What went wrong is on standard error.
 * Source:   design.md "Processes and minting"; security.md rule 1.
 */
#ifndef GATEWAY_SERVE_SERVE_H
#define GATEWAY_SERVE_SERVE_H

#include "gateway/conf/conf.h"
#include "gateway/idp/idp.h"

/* Run the gateway; conf is complete (conf_end). */
int serve_run(const struct conf *conf);

/* Is this argv one of a child, and if so, its exit status. */
bool serve_is_child(int argc, char *const *argv);
int serve_child(int argc, char *const *argv);

/* An idp_metadata_fn for a command: a parse process without a gateway.  app is not used. */
enum fg_rc serve_metadata_alone(void *app, struct fg_str xml, const struct saml_metadata_want *want,
    struct fg_arena *a, struct saml_metadata *ret, struct fg_err *reterr) FG_MUST;

#endif
