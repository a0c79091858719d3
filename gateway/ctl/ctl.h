/*
 * gateway/ctl/ctl.h - the command line: one program, a table of commands.
 *
 * Shape:    a command is a row: name ("oidc verify"), options, a function.  Options may
 *           stand anywhere; a repeated option adds a value; "--" ends options.
 *           Every command takes --config, --store, --keyring, --set, --help and --version.
 * Errors:   exit status 0 done or accepted, 1 refused, 2 usage or input file.
 */
#ifndef GATEWAY_CTL_H
#define GATEWAY_CTL_H

#include <stdio.h>

#include "base/base.h"

enum ctl_exit { CTL_OK = 0, CTL_REFUSED = 1, CTL_USAGE = 2 };

struct ctl_opt {
	const char *name; /* "audience", given as --audience */
	char letter;      /* 'f', given as -f; 0 for none */
	const char *arg;  /* what help calls the value; NULL: a flag */
	const char *help;
};

#define CTL_OPTS_END { NULL, 0, NULL, NULL }

struct ctl_args {
	const struct ctl_cmd *cmd;
	struct fg_arena *arena; /* lives as long as the command */
	struct ctl_value {
		const struct ctl_opt *opt;
		const char *value; /* NULL for a flag */
	} *values;
	size_t n_values;
	const char **operands;
	size_t n_operands;
};

typedef int (*ctl_fn)(const struct ctl_args *args);

struct ctl_cmd {
	const char *name;     /* one or two words */
	const char *operands; /* "[FILE]", for help; "" for none */
	const char *summary;  /* one line */
	const struct ctl_opt *opts;
	size_t max_operands;
	ctl_fn run;
};

/* The table, ended by a NULL name: gateway/ctl/commands.c. */
extern const struct ctl_cmd ctl_commands[];

/* Find the command, read its options, run it. */
int ctl_main(int argc, char **argv);

bool ctl_flag(const struct ctl_args *args, const char *name);
/* The last value of an option, or NULL. */
const char *ctl_value(const struct ctl_args *args, const char *name);
/* The i-th value of a repeatable option, or NULL after the last. */
const char *ctl_value_n(const struct ctl_args *args, const char *name, size_t i);

/* Print "fedgate COMMAND: ..." to standard error and return CTL_USAGE. */
int ctl_usage(const struct ctl_args *args, const char *fmt, ...) FG_PRINTF(2, 3);
/* Print an error with its step and ref to standard error and return CTL_REFUSED. */
int ctl_fail(const struct ctl_args *args, const struct fg_err *err);
/* A whole file, or standard input for NULL and "-"; at most max bytes; in the arena. */
enum fg_rc ctl_read(struct fg_arena *a, const char *path, size_t max, struct fg_str *ret,
    struct fg_err *reterr) FG_MUST;
/* The time of --at (RFC 3339), or the clock's when it is not given; false when it is not a time. */
bool ctl_at(const struct ctl_args *args, int64_t *ret) FG_MUST;

/* gateway/ctl/verdict.c: {"result":"reject","step":...,"ref":...,"detail":...} on standard output. */
void ctl_print_reject(const struct fg_err *err, const char *rule);

/* The commands. */
int ctl_version(const struct ctl_args *args);

#endif
