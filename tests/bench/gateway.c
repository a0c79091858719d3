/*
 * tests/bench/gateway.c - start, measure and stop a whole fedgate.
 */
#include "tests/bench/gateway.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_MS 20000 /* to say that it listens */

static char program[PATH_MAX];

static void __attribute__((noreturn))
die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static void
find_program(void)
{
	const char *given = getenv("FEDGATE");
	const char *build = getenv("builddir");
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/fedgate", build == NULL ? "." : build);
	if (realpath(given == NULL ? path : given, program) == NULL)
		die("no fedgate: build it first, or name it in FEDGATE");
}

static void
path_in(const struct gateway *g, const char *name, char out[PATH_MAX])
{
	(void)snprintf(out, PATH_MAX, "%s/%s", g->dir, name);
}

static void
write_file(const struct gateway *g, const char *name, struct fg_str text)
{
	char path[PATH_MAX];
	int fd;

	path_in(g, name, path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, text.p, text.n) != (ssize_t)text.n || close(fd) != 0)
		die("cannot write a file");
}

static size_t
read_file(const struct gateway *g, const char *name, char *out, size_t room)
{
	char path[PATH_MAX];
	FILE *f;
	size_t n;

	path_in(g, name, path);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	n = fread(out, 1, room - 1, f);
	out[n] = '\0';
	(void)fclose(f);
	return n;
}

/* In the folder, with its output in files. */
static pid_t
spawn(const struct gateway *g, const char *const *argv)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	if (chdir(g->dir) != 0 || freopen("out", "w", stdout) == NULL || freopen("err", "w", stderr) == NULL)
		_exit(127);
	execv(program, (char *const *)(uintptr_t)argv);
	_exit(127);
}

static void
run(const struct gateway *g, const char *const *argv)
{
	char text[2048];
	pid_t pid = spawn(g, argv);
	int status = 0;

	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		(void)read_file(g, "err", text, sizeof(text));
		fprintf(stderr, "fedgate %s: %s\n", argv[1], text);
		exit(1);
	}
}

/* The value after `name` up to the end of its line. */
static void
take_line(const char *text, const char *name, char *out, size_t room)
{
	const char *at = strstr(text, name);
	size_t n = 0;

	if (at == NULL)
		die("fedgate did not say what was expected");
	for (at += strlen(name); at[n] != '\n' && at[n] != '\0' && n + 1 < room; n++)
		out[n] = at[n];
	out[n] = '\0';
}

static uint16_t
take_port(const char *text, const char *name)
{
	char line[256];
	uint64_t port = 0;
	const char *colon;

	take_line(text, name, line, sizeof(line));
	colon = strrchr(line, ':');
	if (colon == NULL || !fg_u64(fg_str_z(colon + 1), &port))
		die("no port");
	return (uint16_t)port;
}

static void
wait_ready(struct gateway *g)
{
	static const struct timespec moment = { 0, 20000000 };
	char text[4096];
	char why[2048];

	for (int ms = 0; ms < READY_MS; ms += 20) {
		(void)read_file(g, "out", text, sizeof(text));
		if (strstr(text, "listening on http:") != NULL && strstr(text, "listening on https:") != NULL) {
			g->port = take_port(text, "listening on http:");
			g->port_tls = take_port(text, "listening on https:");
			return;
		}
		if (waitpid(g->pid, NULL, WNOHANG) == g->pid)
			break;
		(void)nanosleep(&moment, NULL);
	}
	(void)read_file(g, "err", why, sizeof(why));
	fprintf(stderr, "fedgate serve: %s\n", why);
	exit(1);
}

/* The supervisor, then all children of what is in the list already. */
static void
find_processes(struct gateway *g)
{
	g->all[0] = g->pid;
	g->n_all = 1;
	for (size_t i = 0; i < g->n_all; i++) {
		char path[64];
		long pid;
		FILE *f;

		(void)snprintf(path, sizeof(path), "/proc/%ld/task/%ld/children", (long)g->all[i], (long)g->all[i]);
		f = fopen(path, "re");
		while (f != NULL && g->n_all < FG_COUNT(g->all) && fscanf(f, "%ld", &pid) == 1)
			g->all[g->n_all++] = (pid_t)pid;
		if (f != NULL)
			(void)fclose(f);
	}
}

static struct gateway *started; /* stopped when the process ends early */

static void
stop_started(void)
{
	if (started != NULL)
		gateway_stop(started);
}

void
gateway_make(struct gateway *g, struct fg_str chain_pem, struct fg_str key_pem)
{
	static const char *const init[] = { program, "init", "--account", "111122223333", "--name", "bench", NULL };
	char text[4096];

	*g = (struct gateway){ .dir = "/tmp/fedgate-bench.XXXXXX" };
	find_program();
	if (mkdtemp(g->dir) == NULL)
		die("no folder");
	write_file(g, "tls.pem", chain_pem);
	write_file(g, "tls.key", key_pem);
	run(g, init);
	(void)read_file(g, "out", text, sizeof(text));
	take_line(text, "AWS_ACCESS_KEY_ID=", g->key_id, sizeof(g->key_id));
	take_line(text, "AWS_SECRET_ACCESS_KEY=", g->secret, sizeof(g->secret));
}

void
gateway_apply(struct gateway *g, struct fg_str bundle)
{
	static const char *const apply[] = { program, "apply", "-f", "bundle.json", NULL };

	write_file(g, "bundle.json", bundle);
	run(g, apply);
}

void
gateway_serve(struct gateway *g)
{
	static const char *const serve[] = { program, "serve", "--set", "listen=http://127.0.0.1:0", "--set",
		"listen=https://127.0.0.1:0", "--set", "tls.certificate=tls.pem", "--set", "tls.key=tls.key", NULL };
	double from = bench_now_us();

	g->pid = spawn(g, serve);
	started = g;
	(void)atexit(stop_started);
	wait_ready(g);
	g->start_us = bench_now_us() - from;
	find_processes(g);
}

void
gateway_start(struct gateway *g, struct fg_str bundle, struct fg_str chain_pem, struct fg_str key_pem)
{
	gateway_make(g, chain_pem, key_pem);
	gateway_apply(g, bundle);
	gateway_serve(g);
}

static int
remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

void
gateway_stop(struct gateway *g)
{
	started = NULL;
	(void)kill(g->pid, SIGTERM);
	(void)waitpid(g->pid, NULL, 0);
	(void)nftw(g->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void
gateway_cpus(const struct gateway *g, struct bench_cpus *ret)
{
	*ret = (struct bench_cpus){ 0 };
	for (size_t i = 0; i < g->n_all; i++)
		bench_cpus_pid(ret, g->all[i]);
}

long
gateway_rss_kb(const struct gateway *g)
{
	long kb = 0;

	for (size_t i = 0; i < g->n_all; i++)
		kb += bench_rss_kb(g->all[i]);
	return kb;
}
