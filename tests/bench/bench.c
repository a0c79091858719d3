/*
 * tests/bench/bench.c - rows, clocks, medians.
 */
#include "tests/bench/bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define ROWS_MAX 64

struct row {
	const char *name, *unit;
	double cpu_us, limit_us;
	char note[400];
};

static struct row rows[ROWS_MAX];
static size_t n_rows;

void
bench_row(const char *name, double cpu_us, double limit_us, const char *unit, const char *note, ...)
{
	va_list ap;
	struct row *r = &rows[n_rows];

	if (n_rows == ROWS_MAX)
		return;
	n_rows++;
	*r = (struct row){ .name = name, .unit = unit, .cpu_us = cpu_us, .limit_us = limit_us };
	va_start(ap, note);
	(void)vsnprintf(r->note, sizeof(r->note), note, ap);
	va_end(ap);
}

static void
put_number(struct fg_buf *b, double v)
{
	if (v < 0)
		fg_buf_put(b, FG_LIT("null"));
	else
		fg_buf_fmt(b, "%.3f", v);
}

static double
ratio(const struct row *r)
{
	return r->limit_us > 0 ? r->cpu_us / r->limit_us : -1;
}

static void
put_row(struct fg_buf *b, const struct row *r)
{
	fg_buf_put(b, FG_LIT("{\"name\":"));
	fg_buf_json_str(b, fg_str_z(r->name));
	fg_buf_put(b, FG_LIT(",\"cpu_us\":"));
	put_number(b, r->cpu_us);
	fg_buf_put(b, FG_LIT(",\"limit_us\":"));
	put_number(b, r->limit_us);
	fg_buf_put(b, FG_LIT(",\"ratio\":"));
	put_number(b, ratio(r));
	fg_buf_put(b, FG_LIT(",\"unit\":"));
	fg_buf_json_str(b, fg_str_z(r->unit));
	fg_buf_put(b, FG_LIT(",\"note\":"));
	fg_buf_json_str(b, fg_str_z(r->note));
	fg_buf_put(b, FG_LIT("}\n"));
}

static void
print_row(const struct row *r)
{
	printf("%-28s %12.2f ", r->name, r->cpu_us);
	if (r->limit_us > 0)
		printf("%12.2f %7.2f", r->limit_us, ratio(r));
	else
		printf("%12s %7s", "-", "-");
	printf("  %-8s %s\n", r->unit, r->note);
}

static bool
append(struct fg_str text)
{
	const char *path = getenv("BENCH_ROWS");
	FILE *f;
	bool ok;

	if (path == NULL)
		return true;
	f = fopen(path, "ae");
	if (f == NULL)
		return false;
	ok = fwrite(text.p, 1, text.n, f) == text.n;
	return fclose(f) == 0 && ok;
}

int
bench_end(void)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(1024u * 1024);
	struct fg_str text;

	printf("%-28s %12s %12s %7s  %-8s %s\n", "name", "cost", "limit", "ratio", "unit", "note");
	for (size_t i = 0; i < n_rows; i++) {
		print_row(&rows[i]);
		put_row(&b, &rows[i]);
	}
	if (n_rows == 0 || fg_buf_end(&b, &text) != FG_OK || !append(text)) {
		fprintf(stderr, "bench: rows were not written\n");
		return 1;
	}
	return 0;
}

static double
clock_us(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) != 0)
		return 0;
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

double
bench_median(double *v, size_t n)
{
	if (n == 0)
		return 0;
	qsort(v, n, sizeof(*v), by_value);
	return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

double
bench_cpu(bench_fn fn, void *arg, size_t n, unsigned n_rounds)
{
	double v[64];

	if (n_rounds > FG_COUNT(v))
		n_rounds = FG_COUNT(v);
	fn(arg, n / 10 + 1); /* warm */
	for (unsigned i = 0; i < n_rounds; i++) {
		double from = clock_us(CLOCK_THREAD_CPUTIME_ID);

		fn(arg, n);
		v[i] = (clock_us(CLOCK_THREAD_CPUTIME_ID) - from) / (double)n;
	}
	return bench_median(v, n_rounds);
}

size_t
bench_scale(size_t n)
{
	return getenv("BENCH_QUICK") == NULL ? n : n / 50 + 1;
}

void
bench_cpus_thread(struct bench_cpus *c, pthread_t t)
{
	clockid_t id;

	if (c->n < FG_COUNT(c->id) && pthread_getcpuclockid(t, &id) == 0)
		c->id[c->n++] = id;
}

void
bench_cpus_pid(struct bench_cpus *c, pid_t pid)
{
	clockid_t id;

	if (c->n < FG_COUNT(c->id) && clock_getcpuclockid(pid, &id) == 0)
		c->id[c->n++] = id;
}

double
bench_cpus_us(const struct bench_cpus *c)
{
	double us = 0;

	for (size_t i = 0; i < c->n; i++)
		us += clock_us(c->id[i]);
	return us;
}

double
bench_now_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

long
bench_rss_kb(pid_t pid)
{
	char path[64];
	char line[256];
	long kb = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), pid == 0 ? "/proc/self/status" : "/proc/%ld/status", (long)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, "VmRSS:", 6) == 0)
			kb = strtol(line + 6, NULL, 10);
	}
	(void)fclose(f);
	return kb;
}
