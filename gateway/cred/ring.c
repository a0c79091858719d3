/*
 * Root keys in memory that is locked and left out of cores.
 */
#include "gateway/cred/cred_int.h"

#include <sys/mman.h>

#define RING_MAP_BYTES ((sizeof(struct cred_ring) + 4095) / 4096 * 4096)

struct cred_ring *
ring_alloc(void)
{
	void *p = mmap(NULL, RING_MAP_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	/* Best effort: a small RLIMIT_MEMLOCK is no reason not to serve. */
	(void)mlock(p, RING_MAP_BYTES);
	(void)madvise(p, RING_MAP_BYTES, MADV_DONTDUMP);
	(void)madvise(p, RING_MAP_BYTES, MADV_WIPEONFORK);
	return p;
}

void
cred_ring_free(struct cred_ring *r)
{
	if (r == NULL)
		return;
	cred_wipe(r, sizeof(*r));
	(void)munmap(r, RING_MAP_BYTES);
}

const uint8_t *
cred_ring_installation(const struct cred_ring *r)
{
	return r->installation;
}

const struct ring_key *
ring_find(const struct cred_ring *r, uint32_t id, enum cred_class cls)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->key[i].entry.id == id &&
		    (cls == CRED_CLASS_NONE || r->key[i].entry.cls == cls))
			return &r->key[i];
	return NULL;
}

/* One-way: what the store keeps says nothing about the key. */
static enum fg_rc
fingerprint(const struct cred_ring *r, struct ring_key *k, struct fg_err *reterr)
{
	char text[64];
	struct fg_buf info = FG_BUF_FIXED(text);
	struct fg_str label;

	fg_buf_put(&info, FG_LIT("fedgate fingerprint 1"));
	fg_buf_be8(&info, (uint8_t)k->entry.cls);
	fg_buf_be32(&info, k->entry.id);
	FG_TRY(fg_buf_end(&info, &label));
	if (!crypt_hkdf(k->root, fg_str(r->installation, sizeof(r->installation)), label,
	        k->entry.fp, sizeof(k->entry.fp)))
		return fg_fail(reterr, FG_E_CRYPTO, "cred.ring.fingerprint", NULL, "HKDF failed");
	return FG_OK;
}

enum fg_rc
ring_insert(struct cred_ring *r, uint32_t id, enum cred_class cls, fg_time created,
    const uint8_t root[CRED_KEY_BYTES], struct fg_err *reterr)
{
	struct ring_key *k = &r->key[r->n];

	if (r->n == CRED_RING_MAX)
		return fg_fail(reterr, FG_E_LIMIT, "cred.ring.full", NULL, "%d keys", CRED_RING_MAX);
	if (id == 0 || ring_find(r, id, CRED_CLASS_NONE) != NULL || cls <= CRED_CLASS_NONE ||
	    cls >= CRED_CLASS_MAX || created <= 0)
		return fg_fail(reterr, FG_E_SYNTAX, "cred.ring.key", NULL,
		    "key %08x: id, class or time is not valid", id);
	k->entry = (struct cred_ring_entry){ .id = id, .cls = cls, .created = created };
	memcpy(k->root, root, CRED_KEY_BYTES);
	FG_TRY(fingerprint(r, k, reterr));
	r->n++;
	return FG_OK;
}

enum fg_rc
cred_ring_add(struct cred_ring *r, enum cred_class cls, fg_time now, uint32_t *ret_id,
    struct fg_err *reterr)
{
	uint8_t root[CRED_KEY_BYTES];
	uint32_t id = 0;
	enum fg_rc rc;

	while (id == 0 || ring_find(r, id, CRED_CLASS_NONE) != NULL)
		if (!cred_rand_system(NULL, &id, sizeof(id)))
			return fg_fail(reterr, FG_E_CRYPTO, "cred.ring.add", NULL, "no randomness");
	if (!cred_rand_system(NULL, root, sizeof(root)))
		return fg_fail(reterr, FG_E_CRYPTO, "cred.ring.add", NULL, "no randomness");
	rc = ring_insert(r, id, cls, now, root, reterr);
	cred_wipe(root, sizeof(root));
	if (rc == FG_OK)
		*ret_id = id;
	return rc;
}

enum fg_rc
cred_ring_drop(struct cred_ring *r, uint32_t id, struct fg_err *reterr)
{
	const struct ring_key *k = ring_find(r, id, CRED_CLASS_NONE);
	size_t at;

	if (k == NULL)
		return fg_fail(reterr, FG_E_NOT_FOUND, "cred.ring.drop", NULL, "no key %08x", id);
	at = (size_t)(k - r->key);
	r->n--;
	memmove(&r->key[at], &r->key[at + 1], (r->n - at) * sizeof(r->key[0]));
	cred_wipe(&r->key[r->n], sizeof(r->key[0]));
	return FG_OK;
}

enum fg_rc
cred_ring_new(fg_time now, struct cred_ring **ret, struct fg_err *reterr)
{
	struct cred_ring *r = ring_alloc();
	enum fg_rc rc = FG_OK;
	uint32_t id;

	if (r == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "cred.ring.new", NULL, "ring");
	if (!cred_rand_system(NULL, r->installation, sizeof(r->installation)))
		rc = fg_fail(reterr, FG_E_CRYPTO, "cred.ring.new", NULL, "no randomness");
	for (unsigned c = CRED_CLASS_NONE + 1; rc == FG_OK && c < CRED_CLASS_MAX; c++)
		rc = cred_ring_add(r, (enum cred_class)c, now, &id, reterr);
	if (rc != FG_OK) {
		cred_ring_free(r);
		return rc;
	}
	*ret = r;
	return FG_OK;
}

size_t
cred_ring_list(const struct cred_ring *r, struct cred_ring_entry out[CRED_RING_MAX])
{
	for (size_t i = 0; i < r->n; i++)
		out[i] = r->key[i].entry;
	return r->n;
}

struct cred_key_row
cred_key_row_of(const struct cred_ring_entry *e, enum cred_state st, fg_time now)
{
	struct cred_key_row row = { .id = e->id, .cls = e->cls, .state = st, .since = now };

	memcpy(row.fp, e->fp, sizeof(row.fp));
	return row;
}

static const struct cred_ring_entry *
entry_find(const struct cred_ring_entry *ring, size_t n, uint32_t id)
{
	for (size_t i = 0; i < n; i++)
		if (ring[i].id == id)
			return &ring[i];
	return NULL;
}

enum fg_rc
cred_ring_check(const struct cred_ring_entry *ring, size_t ring_n, const struct cred_key_row *rows,
    size_t n, struct fg_err *reterr)
{
	for (size_t i = 0; i < n; i++) {
		const struct cred_ring_entry *e;

		if (!cred_key_opens(&rows[i]))
			continue;
		e = entry_find(ring, ring_n, rows[i].id);
		if (e == NULL)
			return fg_fail(reterr, FG_E_KEY, "cred.ring.missing", NULL,
			    "the store knows %s key %08x, the ring does not hold it",
			    cred_class_name(rows[i].cls), rows[i].id);
		if (e->cls != rows[i].cls || memcmp(e->fp, rows[i].fp, CRED_FP_BYTES) != 0)
			return fg_fail(reterr, FG_E_KEY, "cred.ring.fingerprint", NULL,
			    "key %08x is not the one that the store knows", rows[i].id);
	}
	return FG_OK;
}
