/*
 * tests/fuzz/replay.c - run a fuzz target over its seeds without a fuzzing engine.
 *
 * Each seed runs whole, cut at every length and with one bit of each byte flipped (a bounded
 * number of times, always the same: the more seeds, the fewer for each).  The bytes lie at the end of a heap block of exactly their
 * size, so that a sanitizer sees one byte too far.  A run without seeds, and one in which no
 * seed is accepted, fails.
 */
#include <dirent.h>
#include <errno.h>

#include "tests/fuzz/fuzz.h"

#define SEED_MAX (4u * 1024 * 1024) /* bytes */
#define TURNS_MAX 2048              /* cuts and flips of a seed, each */
#define TURNS_MIN 8
#ifndef FUZZ_TURNS
#define FUZZ_TURNS 100000 /* of all seeds together; slow targets have less */
#endif

static unsigned long runs;
static size_t turns = TURNS_MAX;

static void
run(const uint8_t *data, size_t n)
{
	uint8_t *exact = malloc(n == 0 ? 1 : n);

	if (exact == NULL)
		abort();
	if (n > 0)
		memcpy(exact, data, n);
	(void)LLVMFuzzerTestOneInput(n == 0 ? exact + 1 : exact, n);
	free(exact);
	runs++;
}

static void
mutate(uint8_t *data, size_t n)
{
	size_t step = n / turns + 1;
	unsigned long accepted = fuzz_accepted;

	for (size_t i = 0; i < n; i += step)
		run(data, i);
	for (size_t i = 0; i < n; i += step) {
		uint8_t bit = (uint8_t)(1u << (i * 5 % 8));

		data[i] ^= bit;
		run(data, n);
		data[i] ^= bit;
	}
	fuzz_accepted = accepted;
}

static bool
replay_file(const char *path)
{
	static uint8_t data[SEED_MAX];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return false;
	}
	n = fread(data, 1, sizeof(data), f);
	fclose(f);
	run(data, n);
	mutate(data, n);
	return true;
}

static void
share_turns(DIR *d)
{
	size_t seeds = 0;

	for (const struct dirent *e; (e = readdir(d)) != NULL;)
		seeds += e->d_name[0] != '.';
	turns = FUZZ_TURNS / 2 / (seeds + 1);
	turns = turns > TURNS_MAX ? TURNS_MAX : turns < TURNS_MIN ? TURNS_MIN : turns;
	rewinddir(d);
}

static bool
replay_folder(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	bool ok = d != NULL;
	char path[4096];

	if (d == NULL)
		fprintf(stderr, "%s: %s\n", folder, strerror(errno));
	else
		share_turns(d);
	while (d != NULL && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", folder, e->d_name) >= (int)sizeof(path))
			ok = false;
		else
			ok = replay_file(path) && ok;
	}
	if (d != NULL)
		closedir(d);
	return ok;
}

/* tests/fuzz/corpus/NAME below the source tree, for a program fuzz_NAME. */
static bool
replay_corpus(const char *program)
{
	const char *src = getenv("srcdir");
	const char *name = strstr(program, "fuzz_");
	char folder[4096];

	for (const char *at = name; at != NULL; at = strstr(at + 1, "fuzz_"))
		name = at;
	if (name == NULL || snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s",
	    src == NULL ? "." : src, name + 5) >= (int)sizeof(folder))
		return false;
	return replay_folder(folder);
}

int
main(int argc, char **argv)
{
	bool ok = true;

	for (int i = 1; i < argc; i++)
		ok = replay_file(argv[i]) && ok;
	if (argc < 2)
		ok = replay_corpus(argv[0]);
	printf("%s: %lu runs, %lu seeds accepted\n", argv[0], runs, fuzz_accepted);
	if (runs == 0 || (argc < 2 && fuzz_accepted == 0)) {
		fprintf(stderr, "%s: no seed was %s\n", argv[0], runs == 0 ? "found" : "accepted");
		return 1;
	}
	return ok ? 0 : 1;
}
