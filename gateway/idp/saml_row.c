/* A SAML provider as the directory has it, copied: reading its metadata may take seconds, and the directory's readers must not. */
#include "gateway/idp/saml_int.h"

unsigned
saml_row_allow(const struct directory_saml *p)
{
	unsigned bits = 0;
	size_t i;

	for (i = 0; i < p->nallow; i++)
		bits |= saml_allow_bit(p->allow[i]);
	return bits;
}

void
saml_want(const struct saml_row *r, fg_time now, struct saml_metadata_want *ret)
{
	*ret = (struct saml_metadata_want){ .now = now, .allow = saml_row_allow(&r->p),
		.entity_id = r->from.entity_id.n > 0 ? r->from.entity_id : FG_STR_NULL, .signer = r->signer };
}

static bool
copy(struct fg_arena *a, struct fg_str *s)
{
	*s = fg_arena_dup(a, *s);
	return s->p != NULL;
}

static struct fg_str
setting(const struct idp_saml *s, struct fg_arena *a, const char *name, const struct directory_saml *p)
{
	struct fg_str key = fg_arena_fmt(a, "%.*s\n%s%.*s", FG_PRI(p->account), name, (int)p->arn.n, p->arn.p);
	const struct store_setting *row = key.p == NULL ? NULL : directory_row_find(s->conf.directory, STORE_SETTING, key);

	return row == NULL ? FG_LIT("") : row->value;
}

/* Who vouches for the document.  A signer that cannot be read vouches for nothing: refused when it is read. */
static bool
copy_source(const struct idp_saml *s, struct fg_arena *a, struct saml_row *r)
{
	struct fg_str list = setting(s, a, IDP_METADATA, &r->p), fetched = setting(s, a, IDP_FETCHED, &r->p);
	uint64_t at;
	size_t n;

	r->from = idp_saml_source_read(list);
	r->signer = FG_STR_NULL;
	r->fetched = fg_u64(fetched, &at) && at <= FG_LIMIT_TIME_MAX ? (fg_time)at : 0;
	if (!copy(a, &r->from.signer) || !copy(a, &r->from.entity_id) || !copy(a, &r->from.ca))
		return false;
	if (r->from.signer.n > 0 && saml_pem_read(a, r->from.signer, &r->signer, 1, &n, NULL) != FG_OK)
		r->signer = FG_LIT("-");
	return true;
}

bool
saml_row_copy(const struct idp_saml *s, struct fg_arena *a, const struct directory_saml *from, struct saml_row *ret)
{
	struct directory_saml p = *from;
	struct fg_str *allow = FG_NEW_N(a, struct fg_str, p.nallow);
	bool ok = allow != NULL && copy(a, &p.account) && copy(a, &p.arn) && copy(a, &p.metadata) && copy(a, &p.url) &&
	    copy(a, &p.uid);
	size_t i;

	for (i = 0; ok && i < p.nallow; i++) {
		allow[i] = p.allow[i];
		ok = copy(a, &allow[i]);
	}
	p.allow = allow;
	*ret = (struct saml_row){ .p = p };
	return ok && copy_source(s, a, ret);
}

bool
saml_row_find(struct idp_saml *s, struct fg_str arn, struct fg_arena *a, struct saml_row *ret)
{
	const struct directory_saml *p;
	bool found;

	directory_enter();
	p = directory_saml_find(s->conf.directory, arn);
	found = p != NULL && !p->quarantined && saml_row_copy(s, a, p, ret);
	directory_leave();
	return found;
}
