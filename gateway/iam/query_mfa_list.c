/*
 * gateway/iam/query_mfa_list.c - MFA devices as they are listed.
 */
#include <stdlib.h>

#include "gateway/iam/query_int.h"

/* ---- the devices that a listing is about, by serial number ---- */

enum assigned { ANY = 0, ASSIGNED, UNASSIGNED };

struct pick {
	struct fg_str account, after;
	struct fg_str user; /* null: whoever has it */
	enum assigned assigned;
	const struct store_mfa **v; /* NULL: only count */
	size_t n, room;
};

static bool
pick_one(void *arg, enum store_kind kind, const void *entity)
{
	const struct store_mfa *m = entity;
	struct pick *p = arg;

	(void)kind;
	if (!fg_eq(m->account, p->account) || fg_cmp(m->serial, p->after) <= 0 ||
	    (!fg_str_null(p->user) && !fg_eq(m->user, p->user)) ||
	    (p->assigned == ASSIGNED && m->user.n == 0) ||
	    (p->assigned == UNASSIGNED && m->user.n > 0))
		return true;
	if (p->v != NULL && p->n < p->room)
		p->v[p->n] = m;
	p->n++;
	return true;
}

static int
by_serial(const void *a, const void *b)
{
	const struct store_mfa *const *x = a, *const *y = b;

	return fg_cmp((*x)->serial, (*y)->serial);
}

/* Some may come or go between the two walks; what there is no room for is on a later page. */
static enum fg_rc
pick(struct api_call *c, struct pick *p)
{
	directory_rows(iam_dir(c), STORE_MFA, pick_one, p);
	p->room = p->n;
	p->n = 0;
	p->v = FG_NEW_N(c->arena, const struct store_mfa *, p->room + 1);
	if (p->v == NULL)
		return fg_fail(&c->err, FG_E_NOMEM, "iam.mfa.list", NULL, "arena");
	directory_rows(iam_dir(c), STORE_MFA, pick_one, p);
	if (p->n > p->room)
		p->n = p->room;
	qsort(p->v, p->n, sizeof(p->v[0]), by_serial);
	return FG_OK;
}

/* ---- of a user ---- */

static void
device_xml(struct fg_buf *b, struct fg_str user, const struct store_mfa *m)
{
	api_xml_str(b, FG_LIT("UserName"), user);
	api_xml_str(b, FG_LIT("SerialNumber"), m->serial);
	api_xml_time(b, FG_LIT("EnableDate"), m->enabled);
}

enum fg_rc
iam_run_get_mfa(struct api_call *c)
{
	struct fg_str serial = iam_str(c, "SerialNumber");
	const struct store_mfa *m;
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	m = iam_mfa_find(c, serial);
	if (m == NULL || !fg_eq(m->user, t.uid))
		return iam_no_mfa(c, serial);
	device_xml(&c->xml, t.name, m);
	return FG_OK;
}

enum fg_rc
iam_run_list_mfa(struct api_call *c)
{
	struct iam_page page = iam_page(c);
	struct pick p = { .after = page.after };
	struct iam_target t;

	FG_TRY(iam_target(c, &t));
	p.account = t.account;
	p.user = t.uid;
	FG_TRY(pick(c, &p));
	api_xml_open(&c->xml, FG_LIT("MFADevices"));
	for (size_t i = 0; i < p.n && iam_page_take(&page, p.v[i]->serial); i++) {
		api_xml_open(&c->xml, FG_LIT("member"));
		device_xml(&c->xml, t.name, p.v[i]);
		api_xml_close(&c->xml, FG_LIT("member"));
	}
	api_xml_close(&c->xml, FG_LIT("MFADevices"));
	iam_page_end(c, &page);
	return FG_OK;
}

/* ---- of the account ---- */

static enum fg_rc
assignment(struct api_call *c, enum assigned *ret)
{
	static const struct fg_str words[] = { { "Any", 3 }, { "Assigned", 8 }, { "Unassigned", 10 } };
	struct fg_str word = iam_str_or(c, "AssignmentStatus", words[ANY]);

	for (size_t i = 0; i < FG_COUNT(words); i++) {
		if (fg_eq(word, words[i])) {
			*ret = (enum assigned)i;
			return FG_OK;
		}
	}
	return api_refuse(c, API_F_VALIDATION, "iam.mfa.assignment",
	    "1 validation error detected: Value '%.*s' at 'assignmentStatus' failed to satisfy "
	    "constraint: Member must satisfy enum value set: [Assigned, Unassigned, Any]", FG_PRI(word));
}

static void
virtual_xml(struct api_call *c, const struct store_mfa *m)
{
	const struct directory_user *u = directory_user_by_uid(iam_dir(c), m->user);
	struct fg_buf *b = &c->xml;

	api_xml_open(b, FG_LIT("member"));
	api_xml_str(b, FG_LIT("SerialNumber"), m->serial);
	if (m->user.n > 0 && u != NULL) {
		api_xml_open(b, FG_LIT("User"));
		iam_xml_user(b, u, 0);
		api_xml_close(b, FG_LIT("User"));
		api_xml_time(b, FG_LIT("EnableDate"), m->enabled);
	}
	api_xml_close(b, FG_LIT("member"));
}

enum fg_rc
iam_run_list_virtual_mfa(struct api_call *c)
{
	struct iam_page page = iam_page(c);
	struct pick p = { .account = c->caller.who.account, .after = page.after };

	FG_TRY(iam_allow_on(c, iam_arn(c, p.account, FG_LIT("mfa/"), FG_STR_NULL, FG_STR_NULL)));
	FG_TRY(assignment(c, &p.assigned));
	FG_TRY(pick(c, &p));
	api_xml_open(&c->xml, FG_LIT("VirtualMFADevices"));
	for (size_t i = 0; i < p.n && iam_page_take(&page, p.v[i]->serial); i++)
		virtual_xml(c, p.v[i]);
	api_xml_close(&c->xml, FG_LIT("VirtualMFADevices"));
	iam_page_end(c, &page);
	return FG_OK;
}
