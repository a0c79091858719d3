/* Reading the command line: command, options, operands. */
#include "config.h"

#include <stdarg.h>

#include "gateway/ctl/ctl.h"

static const struct ctl_opt common[] = {
	{ "config", 0, "FILE", "configuration file (YAML or JSON)" },
	{ "store", 0, "URL", "where the store is (sqlite:PATH)" },
	{ "keyring", 0, "FILE", "key ring file" },
	{ "set", 0, "KEY=VALUE", "set a configuration key" },
	{ "help", 'h', NULL, "show this help" },
	{ "version", 'V', NULL, "show the version" },
	CTL_OPTS_END,
};

static const struct ctl_opt *
find_in(const struct ctl_opt *opts, struct fg_str name)
{
	for (; opts != NULL && opts->name != NULL; opts++) {
		if (fg_eq(fg_str_z(opts->name), name) ||
		    (name.n == 1 && opts->letter != 0 && name.p[0] == opts->letter))
			return opts;
	}
	return NULL;
}

static const struct ctl_opt *
find_opt(const struct ctl_cmd *cmd, struct fg_str name)
{
	const struct ctl_opt *o = find_in(cmd->opts, name);

	return o != NULL ? o : find_in(common, name);
}

/* The option of any command: enough to know whether the next word is its value. */
static const struct ctl_opt *
find_any(struct fg_str name)
{
	const struct ctl_opt *o = find_in(common, name);

	for (const struct ctl_cmd *c = ctl_commands; o == NULL && c->name != NULL; c++)
		o = find_in(c->opts, name);
	return o;
}

/* The places of the first two words that are no option, 0 where there is none. */
static void
find_words(int argc, char **argv, int at[2])
{
	int n = 0;

	at[0] = at[1] = 0;
	for (int i = 1; i < argc && n < 2; i++) {
		struct fg_str word = fg_str_z(argv[i]);
		size_t dashes = fg_starts(word, FG_LIT("--")) ? 2 : 1;
		const struct ctl_opt *o;

		if (word.n < 2 || word.p[0] != '-') {
			at[n++] = i;
			continue;
		}
		o = find_any(fg_sub(word, dashes, word.n));
		if (o != NULL && o->arg != NULL)
			i++;
	}
}

/* The command that these words name; of a command of one word the second is an operand (at[1] = 0). */
static const struct ctl_cmd *
find_cmd(char **argv, int at[2])
{
	const struct ctl_cmd *c;

	for (c = ctl_commands; at[0] > 0 && c->name != NULL; c++) {
		struct fg_str first, second, name = fg_str_z(c->name);
		bool two = fg_cut(name, ' ', &first, &second);

		if (!fg_eq(first, fg_str_z(argv[at[0]])))
			continue;
		if (two && (at[1] == 0 || !fg_eq(second, fg_str_z(argv[at[1]]))))
			continue;
		if (!two)
			at[1] = 0;
		return c;
	}
	return NULL;
}

static void
print_opts(FILE *f, const struct ctl_opt *o)
{
	for (; o != NULL && o->name != NULL; o++) {
		char left[48];

		if (o->letter != 0)
			snprintf(left, sizeof(left), "-%c, --%s %s", o->letter, o->name, o->arg == NULL ? "" : o->arg);
		else
			snprintf(left, sizeof(left), "--%s %s", o->name, o->arg == NULL ? "" : o->arg);
		fprintf(f, "  %-28s %s\n", left, o->help);
	}
}

static void
print_help(FILE *f, const struct ctl_cmd *c)
{
	fprintf(f, "usage: fedgate %s [OPTION...] %s\n%s\n\n", c->name, c->operands, c->summary);
	print_opts(f, c->opts);
	print_opts(f, common);
}

static int
print_commands(FILE *f, int status)
{
	const struct ctl_cmd *c;

	fprintf(f, "usage: fedgate COMMAND [OPTION...] [OPERAND...]\n\n");
	for (c = ctl_commands; c->name != NULL; c++)
		fprintf(f, "  %-18s %s\n", c->name, c->summary);
	fprintf(f, "\nfedgate COMMAND --help shows the options of a command.\n");
	return status;
}

/* One "--name", "--name=value" or "-f"; *i moves over a value of its own. */
static int
read_opt(struct ctl_args *args, int argc, char **argv, int *i)
{
	struct fg_str word = fg_str_z(argv[*i]), name, value;
	const struct ctl_opt *o;
	bool dashes = fg_starts(word, FG_LIT("--"));
	bool joined = fg_cut(fg_sub(word, dashes ? 2 : 1, word.n), '=', &name, &value) && dashes;

	if (!dashes)
		name = fg_sub(word, 1, word.n);
	o = name.n > (dashes ? 1u : 0u) && (dashes || name.n == 1) ? find_opt(args->cmd, name) : NULL;
	if (o == NULL)
		return ctl_usage(args, "unknown option %s", argv[*i]);
	if (o->arg == NULL && joined)
		return ctl_usage(args, "option --%s takes no value", o->name);
	if (o->arg != NULL && !joined) {
		if (*i + 1 >= argc)
			return ctl_usage(args, "option --%s needs %s", o->name, o->arg);
		value = fg_str_z(argv[++*i]);
	}
	args->values[args->n_values].opt = o;
	args->values[args->n_values++].value = o->arg == NULL ? NULL : value.p;
	return CTL_OK;
}

static int
read_args(struct ctl_args *args, int argc, char **argv, const int at[2])
{
	bool ended = false;
	int i;

	for (i = 1; i < argc; i++) {
		if (i == at[0] || i == at[1])
			continue;
		if (!ended && strcmp(argv[i], "--") == 0) {
			ended = true;
		} else if (!ended && argv[i][0] == '-' && argv[i][1] != '\0') {
			int rc = read_opt(args, argc, argv, &i);

			if (rc != CTL_OK)
				return rc;
		} else {
			args->operands[args->n_operands++] = argv[i];
		}
	}
	if (args->n_operands > args->cmd->max_operands && !ctl_flag(args, "help"))
		return ctl_usage(args, "unexpected operand %s", args->operands[args->cmd->max_operands]);
	return CTL_OK;
}

static bool
is_word(const char *got, const char *a, const char *b)
{
	return strcmp(got, a) == 0 || strcmp(got, b) == 0;
}

int
ctl_main(int argc, char **argv)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(FG_LIMIT_CTL_BYTES);
	struct ctl_args args = { .arena = a };
	int rc, at[2];

	if (argc < 2)
		return print_commands(stderr, CTL_USAGE);
	if (is_word(argv[1], "--help", "-h") || is_word(argv[1], "help", "help"))
		return print_commands(stdout, CTL_OK);
	if (is_word(argv[1], "--version", "-V"))
		return ctl_version(&args);
	find_words(argc, argv, at);
	args.cmd = find_cmd(argv, at);
	if (args.cmd == NULL) {
		fprintf(stderr, "fedgate: unknown command %s; fedgate --help lists them\n", argv[at[0] > 0 ? at[0] : 1]);
		return CTL_USAGE;
	}
	args.values = a == NULL ? NULL : FG_NEW_N(a, struct ctl_value, (size_t)argc);
	args.operands = a == NULL ? NULL : FG_NEW_N(a, const char *, (size_t)argc);
	if (args.values == NULL || args.operands == NULL) {
		fprintf(stderr, "fedgate: out of memory\n");
		return CTL_REFUSED;
	}
	rc = read_args(&args, argc, argv, at);
	if (rc != CTL_OK)
		return rc;
	if (ctl_flag(&args, "help")) {
		print_help(stdout, args.cmd);
		return CTL_OK;
	}
	if (ctl_flag(&args, "version"))
		return ctl_version(&args);
	return args.cmd->run(&args);
}

const char *
ctl_value_n(const struct ctl_args *args, const char *name, size_t i)
{
	size_t k;

	for (k = 0; k < args->n_values; k++) {
		if (strcmp(args->values[k].opt->name, name) == 0 && i-- == 0)
			return args->values[k].value;
	}
	return NULL;
}

const char *
ctl_value(const struct ctl_args *args, const char *name)
{
	const char *last = NULL, *v;
	size_t i;

	for (i = 0; (v = ctl_value_n(args, name, i)) != NULL; i++)
		last = v;
	return last;
}

bool
ctl_flag(const struct ctl_args *args, const char *name)
{
	size_t k;

	for (k = 0; k < args->n_values; k++) {
		if (strcmp(args->values[k].opt->name, name) == 0)
			return true;
	}
	return false;
}

int
ctl_usage(const struct ctl_args *args, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "fedgate %s: ", args->cmd->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nusage: fedgate %s [OPTION...] %s (--help shows the options)\n", args->cmd->name,
	    args->cmd->operands);
	return CTL_USAGE;
}

int
ctl_version(const struct ctl_args *args)
{
	(void)args;
	printf("fedgate %s\n", PACKAGE_VERSION);
	return CTL_OK;
}
