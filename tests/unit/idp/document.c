/* Documents that somebody else asks for: one answer each, whatever happens. */
#include <stdio.h>

#include "tests/unit/idp/world.h"

#define WHERE "https://idp.example.test/metadata.xml"

struct told {
	unsigned n;
	enum fg_rc rc;
	char body[64];
	size_t size;
	int32_t max_age;
};

static void
tell(void *arg, struct fg_str body, int32_t max_age, const struct fg_err *err)
{
	struct told *t = arg;

	t->n++;
	t->rc = err == NULL ? FG_OK : err->rc;
	t->size = body.n;
	t->max_age = max_age;
	(void)snprintf(t->body, sizeof(t->body), "%.*s", FG_PRI(body));
}

static bool
ask(struct world *w, uint32_t max, struct told *t)
{
	*t = (struct told){ .n = 0 };
	CHECK(idp_document(w->idp, FG_LIT(WHERE), FG_LIT("CA"), max, 20000, tell, t));
	pass(w, 1);
	return asked_for(w, WHERE);
}

static void
a_document_comes_in_parts_and_once(void)
{
	struct told t;
	struct idp_answer part = { .part = IDP_PART_DATA, .data = FG_LIT("<a>") };
	WORLD;

	CHECK(ask(&w, 1000, &t));
	CHECK(w.last.max_bytes == 1000 && w.last.timeout_ms == 20000);
	part.id = w.last.id;
	say(&w, &part);
	CHECK(t.n == 0);
	answer(&w, FG_LIT("</a>"));
	CHECK(t.n == 1 && t.rc == FG_OK);
	CHECK(strcmp(t.body, "<a></a>") == 0);
	say(&w, &part); /* late: nobody's */
	CHECK(t.n == 1 && w.idp->inflight == 0);
}

static void
what_fails_is_told(void)
{
	struct told t;
	WORLD;

	CHECK(ask(&w, 1000, &t));
	fail(&w, IDP_OUT_STATUS, 302);
	CHECK(t.n == 1 && t.rc == FG_E_IDP && t.size == 0);
	CHECK(ask(&w, 10, &t));
	answer(&w, FG_LIT("more than ten bytes"));
	CHECK(t.n == 1 && t.rc == FG_E_LIMIT && t.size == 0);
	CHECK(ask(&w, 1000, &t));
	pass(&w, 20000 + FG_LIMIT_FETCH_LOST_MS - 10);
	CHECK(t.n == 0);
	pass(&w, 10);
	CHECK(t.n == 1 && t.rc == FG_E_IDP);
	CHECK(w.idp->inflight == 0);
}

static void
who_waits_at_the_end_is_told(void)
{
	struct told t[2];

	{
		WORLD;

		CHECK(ask(&w, 1000, &t[0]));
		t[1] = (struct told){ .n = 0 };
		CHECK(idp_document(w.idp, FG_LIT(WHERE), FG_LIT(""), 1000, 20000, tell, &t[1]));
	}
	CHECK(t[0].n == 1 && t[0].rc == FG_E_UNAVAILABLE);
	CHECK(t[1].n == 1 && t[1].rc == FG_E_UNAVAILABLE);
}

CU_TestInfo document_tests[] = {
	CASE(a_document_comes_in_parts_and_once),
	CASE(what_fails_is_told),
	CASE(who_waits_at_the_end_is_told),
	CASES_END,
};
