#include "tests/unit/captures.h"

#include <dirent.h>
#include <stdlib.h>

/* "### request N" stands before each request; a blank line ends its body. */
static void
split(struct fg_str text, void (*fn)(struct fg_str request))
{
	static const struct fg_str mark = { "### request ", 12 };
	struct fg_str rest = text, line, from = FG_STR_NULL;

	while (rest.n > 0) {
		const char *at = rest.p;

		fg_cut(rest, '\n', &line, &rest);
		if (!fg_starts(line, mark) && rest.n > 0)
			continue;
		if (!fg_starts(line, mark))
			at = line.p + line.n + 1;
		if (from.p != NULL) {
			from.n = (size_t)(at - from.p);
			fn(from);
		}
		from = rest;
	}
}

void
captures_each(struct fg_arena *a, void (*fn)(struct fg_str request))
{
	const char *src = getenv("srcdir");
	struct fg_str dir = fg_arena_fmt(a, "%s/tests/vectors/captures", src == NULL ? "." : src);
	struct dirent *e;
	DIR *d = opendir(dir.p);

	CU_ASSERT_FATAL(d != NULL);
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] != '.')
			split(unit_file(a, fg_arena_fmt(a, "%s/%s", dir.p, e->d_name).p), fn);
	}
	closedir(d);
}
