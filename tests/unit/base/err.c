/* base/err.c */
#include <ctype.h>

#include "tests/unit/base/tests.h"

static void
labels_are_the_names_in_lower_case(void)
{
	static const char *const names[] = {
#define NAME(code, class, text) #code,
		FG_ERRORS(NAME)
#undef NAME
	};

	for (int rc = 1; rc < FG_RC_MAX; rc++) {
		const char *name = names[rc] + strlen("FG_E_");
		const char *label = fg_rc_label((enum fg_rc)rc);

		CHECK(strlen(name) == strlen(label));
		for (size_t i = 0; name[i] != '\0' && label[i] != '\0'; i++)
			CHECK(tolower((unsigned char)name[i]) == label[i]);
	}
	CHECK_STR(fg_str_z(fg_rc_label(FG_OK)), "ok");
}

static void
classes_and_texts_are_those_of_the_table(void)
{
#define ROW(code, class, text)                  \
	CHECK(fg_rc_class(code) == (class)); \
	CHECK_STR(fg_str_z(fg_rc_text(code)), text);
	FG_ERRORS(ROW)
#undef ROW
}

static void
a_value_that_is_no_code_is_our_own_fault(void)
{
	CHECK(fg_rc_class((enum fg_rc)FG_RC_MAX) == FG_SELF);
	CHECK(fg_rc_class((enum fg_rc)9999) == FG_SELF);
	CHECK_STR(fg_str_z(fg_rc_label((enum fg_rc)9999)), "internal");
}

static void
the_first_failure_is_kept(void)
{
	struct fg_err e = { 0 };

	CHECK_RC(fg_fail(&e, FG_E_AUDIENCE, "a.b", "RFC 1", "no %s", "way"), FG_E_AUDIENCE);
	CHECK_RC(fg_fail(&e, FG_E_IO, "c.d", NULL, "later"), FG_E_IO);
	CHECK(e.rc == FG_E_AUDIENCE);
	CHECK_STEP(e, "a.b");
	CHECK_STR(fg_str_z(e.ref), "RFC 1");
	CHECK_STR(fg_str_z(e.text), "no way");
	fg_err_clear(&e);
	CHECK(e.rc == FG_OK && e.step == NULL && e.text[0] == '\0');
	fg_err_clear(NULL);
	CHECK_RC(fg_fail(NULL, FG_E_IO, "c.d", NULL, "nowhere"), FG_E_IO);
}

static void
a_failure_never_says_ok(void)
{
	struct fg_err e = { 0 };

	CHECK_RC(fg_fail(&e, FG_OK, "x", NULL, "%s", ""), FG_E_INTERNAL);
	CHECK(e.rc == FG_E_INTERNAL);
	CHECK_RC(fg_fail(NULL, (enum fg_rc)FG_RC_MAX, "x", NULL, "%s", ""), FG_E_INTERNAL);
}

static void
control_characters_cannot_forge_a_log_line(void)
{
	struct fg_err e = { 0 };

	fg_fail(&e, FG_E_CLAIM, "x", NULL, "%s", "a\nb\r\x1b[0m\x7f\xc2\x85" "c");
	CHECK_STR(fg_str_z(e.text), "a?b??[0m???c");
}

static void
a_long_text_is_cut(void)
{
	struct fg_err e = { 0 };

	fg_fail(&e, FG_E_CLAIM, "x", NULL, "%0500d", 7);
	CHECK(strlen(e.text) == FG_LIMIT_ERR_TEXT - 1);
}

/* A cleanup moves what it is given once, wherever the place is told from. */
static void
what_is_stolen_is_evaluated_once(void)
{
	int x = 1, y = 2, *v[2] = { &x, &y };
	size_t i = 0;

	CHECK(FG_STEAL(v[i++]) == &x);
	CHECK(i == 1 && v[0] == NULL && v[1] == &y);
}

static CU_TestInfo cases[] = {
	CASE(labels_are_the_names_in_lower_case),
	CASE(classes_and_texts_are_those_of_the_table),
	CASE(a_value_that_is_no_code_is_our_own_fault),
	CASE(the_first_failure_is_kept),
	CASE(a_failure_never_says_ok),
	CASE(control_characters_cannot_forge_a_log_line),
	CASE(a_long_text_is_cut),
	CASE(what_is_stolen_is_evaluated_once),
	CASES_END,
};

CU_SuiteInfo
err_suite(void)
{
	return (CU_SuiteInfo)SUITE("base/err.c", cases);
}
