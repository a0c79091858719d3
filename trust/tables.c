/* Look-ups in the generated tables. */
#include "trust/tables_int.h"

/* <0, 0, >0 of a folded string against a table's, which is in lower case. */
static int
cmp_lower(struct fg_str s, const char *row)
{
	size_t i;

	for (i = 0; i < s.n && row[i] != '\0'; i++) {
		int d = (unsigned char)fg_lower(s.p[i]) - (unsigned char)row[i];

		if (d != 0)
			return d;
	}
	return i < s.n ? 1 : row[i] != '\0' ? -1 : 0;
}

const struct trust_service *
trust_service_find(struct fg_str prefix)
{
	size_t lo = 0, hi = trust_services_n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int d = cmp_lower(prefix, trust_services[mid].prefix);

		if (d == 0)
			return &trust_services[mid];
		if (d < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

/* Two-pointer matching: each byte of text is looked at again at most once per star. */
bool
trust_glob_icase(struct fg_str pattern, struct fg_str text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, mark = 0;

	while (t < text.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			mark = t;
		} else if (p < pattern.n &&
		    (pattern.p[p] == '?' || fg_lower(pattern.p[p]) == fg_lower(text.p[t]))) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

bool
trust_service_has(const struct trust_service *s, struct fg_str name)
{
	struct fg_str rest = fg_str_z(s->actions), action;

	while (fg_cut(rest, ' ', &action, &rest)) {
		if (trust_glob_icase(name, action))
			return true;
	}
	return false;
}

static enum trust_type
exact_type(struct fg_str key)
{
	size_t lo = 0, hi = trust_keys_n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int d = cmp_lower(key, trust_keys[mid].key);

		if (d == 0)
			return trust_keys[mid].type;
		if (d < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return TRUST_TYPE_NONE;
}

enum trust_type
trust_key_type(struct fg_str key)
{
	enum trust_type t = exact_type(key);
	size_t i;

	for (i = 0; t == TRUST_TYPE_NONE && i < trust_key_patterns_n; i++) {
		if (trust_glob_icase(fg_str_z(trust_key_patterns[i].key), key))
			t = trust_key_patterns[i].type;
	}
	return t;
}

bool
trust_type_multi(enum trust_type t)
{
	return t == TRUST_TYPE_STRINGS || t == TRUST_TYPE_ARNS || t == TRUST_TYPE_BOOLS;
}

const char *
trust_type_name(enum trust_type t)
{
	static const char *const name[TRUST_TYPE_MAX] = { "unknown", "String", "ArrayOfString", "ARN", "ArrayOfARN",
		"Bool", "ArrayOfBool", "Numeric", "IPAddress", "Date", "Binary" };

	return t < TRUST_TYPE_MAX ? name[t] : name[0];
}
