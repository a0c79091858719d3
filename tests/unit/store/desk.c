/* A store, bundles that are applied to it, and what is said meanwhile. */
#include <stdio.h>

#include "tests/unit/store/desk.h"

void
desk_hear(void *arg, struct fg_str line)
{
	struct desk *k = arg;
	int n = snprintf(k->lines + k->n, sizeof(k->lines) - k->n, "%.*s\n", (int)line.n, line.p);

	k->n += n < 0 || (size_t)n >= sizeof(k->lines) - k->n ? 0 : (size_t)n;
}

static enum fg_rc
file_of(void *arg, struct fg_str path, struct fg_arena *a, struct fg_str *ret,
    struct fg_err *reterr)
{
	(void)arg;
	*ret = unit_vector(a, fg_arena_fmt(a, "bundle/%.*s", FG_PRI(path)).p);
	return ret->p == NULL ? fg_fail(reterr, FG_E_NOT_FOUND, "test", NULL, "no file") : FG_OK;
}

void
desk_open(struct desk *k)
{
	memset(k, 0, sizeof(*k));
	box_open(&k->box);
	fg_arena_free(k->box.arena);
	k->box.arena = fg_arena_new(64u << 20);
	CHECK_OK(box_store(&k->box, STORE_CREATE, &k->st));
}

void
desk_close(struct desk *k)
{
	store_close(k->st);
	box_close(&k->box);
}

enum fg_rc
desk_parse(struct desk *k, struct fg_str bytes, struct bundle **ret)
{
	const struct bundle_source src = { bytes, file_of, NULL, desk_hear, k };

	k->n = 0;
	k->lines[0] = '\0';
	fg_err_clear(&k->box.err);
	return bundle_parse(k->box.arena, &src, ret, &k->box.err);
}

enum fg_rc
desk_apply(struct desk *k, struct fg_str bytes, unsigned flags)
{
	const struct bundle_how how = { flags, NOW, desk_hear, desk_hear, k };
	struct bundle *b = NULL;
	enum fg_rc rc = desk_parse(k, bytes, &b);

	if (rc == FG_OK)
		rc = bundle_apply(k->st, b, &how, k->box.arena, &k->box.err);
	if (rc != FG_OK)
		desk_hear(k, fg_str_z(k->box.err.text));
	return rc;
}

struct fg_str
desk_export(struct desk *k, const char *account)
{
	struct fg_buf b = FG_BUF_ARENA(k->box.arena, 1u << 20);

	fg_err_clear(&k->box.err);
	CHECK_OK(bundle_export(k->st, fg_str_z(account), k->box.arena, &b, &k->box.err));
	return fg_buf_str(&b);
}

bool
desk_says(const struct desk *k, const char *text)
{
	bool found = strstr(k->lines, text) != NULL;

	if (!found)
		(void)printf("    missing \"%s\" in:\n%s", text, k->lines);
	return found;
}
