/* A configuration as text: for another process, and for people. */
#include <stdlib.h>

#include "gateway/conf/conf_int.h"

enum fg_rc
conf_dump(const struct conf *c, struct fg_arena *a, struct fg_str *ret, struct fg_err *reterr)
{
	json_t *all = json_object();
	char *text = NULL;
	size_t i;

	for (i = 0; all != NULL && i < conf_keys_n; i++) {
		json_t *v = conf_values(c, &conf_keys[i]);

		if (v != NULL && json_object_set(all, conf_keys[i].name, v) != 0) {
			json_decref(all);
			all = NULL;
		}
	}
	if (all != NULL)
		text = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	if (text != NULL)
		*ret = fg_arena_dup(a, fg_str_z(text));
	free(text);
	if (text == NULL || ret->p == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "conf.dump", NULL, "configuration");
	return FG_OK;
}

enum fg_rc
conf_explain(const struct conf *c, struct fg_buf *out, struct fg_err *reterr)
{
	struct fg_str all;
	size_t i, k;

	for (i = 0; i < conf_keys_n; i++) {
		const json_t *v = conf_values(c, &conf_keys[i]);

		fg_buf_fmt(out, "%-28s", conf_keys[i].name);
		for (k = 0; k < json_array_size(v); k++)
			fg_buf_fmt(out, "%s%s", k == 0 ? "" : ", ", json_string_value(json_array_get(v, k)));
		if (json_array_size(v) == 0)
			fg_buf_put(out, FG_LIT("-"));
		fg_buf_fmt(out, "   # %s\n", conf_keys[i].help);
	}
	if (fg_buf_end(out, &all) != FG_OK)
		return fg_fail(reterr, FG_E_NOMEM, "conf.explain", NULL, "text");
	return FG_OK;
}
