/*
 * tests/bench/bench.h - measure, compare with a limit, print, write.
 *
 * Shape:    a program of tests/bench adds rows and ends with bench_end(), which prints
 *           a table and appends the rows, one JSON object a line, to the file in
 *           BENCH_ROWS; `make bench` runs all programs and joins the lines to
 *           bench.json: [{"name","cpu_us","limit_us","ratio","unit","note"}].
 * Units:    CPU time in microseconds an operation unless unit says otherwise.
 *           Medians of rounds, so that one disturbed round does not count.
 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <pthread.h>
#include <sys/types.h>
#include <time.h>

#include "base/base.h"

/* limit_us < 0: there is none (null in bench.json). */
void bench_row(const char *name, double cpu_us, double limit_us, const char *unit, const char *note,
    ...) FG_PRINTF(5, 6);
/* Print and write; the exit status of main. */
int bench_end(void);

/* n operations. */
typedef void (*bench_fn)(void *arg, size_t n);
/* CPU time of this thread, per operation: the median of the rounds, each of n operations. */
double bench_cpu(bench_fn fn, void *arg, size_t n, unsigned rounds);
/* BENCH_QUICK set: fewer rounds and operations, to see that everything runs. */
size_t bench_scale(size_t n);

/* Clocks of what runs elsewhere: threads of this process, or whole processes. */
struct bench_cpus {
	clockid_t id[16];
	size_t n;
};
void bench_cpus_thread(struct bench_cpus *c, pthread_t t);
void bench_cpus_pid(struct bench_cpus *c, pid_t pid);
double bench_cpus_us(const struct bench_cpus *c);

double bench_median(double *v, size_t n); /* sorts v */
double bench_now_us(void);                /* monotonic */
/* Resident memory of a process in kB; 0 for pid means this one. */
long bench_rss_kb(pid_t pid);

#endif
