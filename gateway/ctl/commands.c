/* The table of commands: a row each, in the order of the help. */
#include "gateway/ctl/audit_int.h"
#include "gateway/ctl/ctl.h"
#include "gateway/ctl/ctl_conf.h"
#include "gateway/ctl/ctl_policy.h"
#include "gateway/ctl/keys_int.h"
#include "gateway/ctl/oidc_int.h"
#include "gateway/ctl/operate.h"
#include "gateway/ctl/policy_int.h"
#include "gateway/ctl/saml_int.h"

const struct ctl_cmd ctl_commands[] = {
	{ "account create", "", "another account with its administrator", ctl_account_create_opts, 0,
	    ctl_account_create },
	{ "apply", "", "bring accounts to what a bundle says", ctl_apply_opts, 0, ctl_apply },
	{ "audit explain", "REQUEST_ID [FILE...]", "why a request was answered as it was",
	    ctl_audit_explain_opts, 1024, ctl_audit_explain },
	{ "audit verify", "FILE...", "is this the audit log that was written? (files oldest first)",
	    ctl_audit_verify_opts, 1024, ctl_audit_verify },
	{ "backup", "DIR", "copy store and key ring into a new folder", NULL, 1, ctl_backup },
	{ "clock acknowledge", "", "the wall clock is right now: mint and open again", NULL, 0,
	    ctl_clock_acknowledge },
	{ "config check", "[FILE]", "read a configuration and say what it means", NULL, 1, ctl_config_check },
	{ "dry-run", "", "what would happen to a token or an assertion, and why", ctl_dry_run_opts, 0,
	    ctl_dry_run },
	{ "export", "", "print accounts as a bundle", ctl_export_opts, 0, ctl_export },
	{ "init", "", "make store, key ring and the first account", ctl_init_opts, 0, ctl_init },
	{ "keys list", "", "the key ring, as the store knows it", ctl_keys_list_opts, 0, ctl_keys_list },
	{ "keys retire", "ID", "erase a key that nothing needs any more", NULL, 1, ctl_keys_retire },
	{ "keys rotate", "", "a new key that seals from now on", ctl_keys_rotate_opts, 0, ctl_keys_rotate },
	{ "oidc verify", "[FILE]", "judge one compact JWT", ctl_oidc_verify_opts, 1, ctl_oidc_verify },
	{ "policy eval", "[FILE]", "decide requests: JSON lines in, JSON lines out", NULL, 1,
	    ctl_policy_eval },
	{ "policy lint", "[FILE]", "findings about a policy document", ctl_lint_opts, 1, ctl_policy_lint },
	{ "provider drop-kid", "ARN KID", "a key of an OIDC provider is not used any more",
	    ctl_provider_drop_kid_opts, 2, ctl_provider_drop_kid },
	{ "provider refresh", "ARN", "fetch the metadata of a SAML provider now",
	    ctl_provider_refresh_opts, 1, ctl_provider_refresh },
	{ "provider stale-bound", "ARN SECONDS", "how long the last good keys serve while the issuer is away", NULL, 2,
	    ctl_provider_stale_bound },
	{ "recover", "", "accept a restored or damaged store; all earlier sessions end", NULL, 0,
	    ctl_recover },
	{ "restore", "DIR", "put a backup in place; then recover", NULL, 1, ctl_restore },
	{ "revoke", "KIND TARGET...", "end sessions: role, user, session, key, provider, subject, before",
	    ctl_revoke_opts, 3, ctl_revoke },
	{ "saml explain", "[FILE]", "show what a Response contains and where it is refused",
	    ctl_saml_explain_opts, 1, ctl_saml_explain },
	{ "saml verify", "[FILE]", "judge one Response (base64 or XML)", ctl_saml_verify_opts, 1,
	    ctl_saml_verify },
	{ "serve", "", "run the gateway", ctl_serve_opts, 0, ctl_serve },
	{ "version", "", "show the version", NULL, 0, ctl_version },
	{ NULL, NULL, NULL, NULL, 0, NULL },
};
