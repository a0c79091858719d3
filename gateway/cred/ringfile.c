/*
 * The ring file: lines of text, a sum at the end, 0600.
 *
 *   fedgate-keyring 1
 *   installation HEX
 *   key ID CLASS CREATED HEX
 *   sum HEX(SHA-256 of all lines before)
 */
#include "gateway/cred/cred_int.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define RING_TEXT_BYTES 16384u
#define SUM_LINE_BYTES (4 + 64 + 1)

/* A page-aligned buffer for the text, locked and left out of cores like the ring. */
static char *
text_alloc(void)
{
	void *p = mmap(NULL, RING_TEXT_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	(void)mlock(p, RING_TEXT_BYTES);
	(void)madvise(p, RING_TEXT_BYTES, MADV_DONTDUMP);
	return p;
}

static void
text_free(char **p)
{
	if (*p == NULL)
		return;
	cred_wipe(*p, RING_TEXT_BYTES);
	(void)munmap(*p, RING_TEXT_BYTES);
}

static void
put_sum(struct fg_buf *out)
{
	uint8_t sum[32];
	unsigned n = 0;

	if (EVP_Digest(out->p, out->n, sum, &n, EVP_sha256(), NULL) != 1 || n != sizeof(sum)) {
		out->bad = FG_E_CRYPTO;
		return;
	}
	fg_buf_put(out, FG_LIT("sum "));
	fg_buf_hex(out, fg_str(sum, sizeof(sum)));
	fg_buf_putc(out, '\n');
}

enum fg_rc
ring_text(const struct cred_ring *r, struct fg_buf *out, struct fg_err *reterr)
{
	fg_buf_put(out, FG_LIT("fedgate-keyring 1\ninstallation "));
	fg_buf_hex(out, fg_str(r->installation, sizeof(r->installation)));
	fg_buf_putc(out, '\n');
	for (size_t i = 0; i < r->n; i++) {
		const struct cred_ring_entry *e = &r->key[i].entry;

		fg_buf_fmt(out, "key %08x %s %lld ", e->id, cred_class_name(e->cls),
		    (long long)e->created);
		fg_buf_hex(out, fg_str(r->key[i].root, CRED_KEY_BYTES));
		fg_buf_putc(out, '\n');
	}
	put_sum(out);
	if (out->bad != FG_OK)
		return fg_fail(reterr, out->bad, "cred.ring.text", NULL, "cannot write the ring");
	return FG_OK;
}

static int
nibble(char c)
{
	if (fg_digit(c))
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
hex_read(struct fg_str s, uint8_t *out, size_t n)
{
	if (s.n != n * 2)
		return false;
	for (size_t i = 0; i < n; i++) {
		int hi = nibble(s.p[2 * i]), lo = nibble(s.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

static bool
sum_fits(struct fg_str body, struct fg_str line)
{
	uint8_t sum[32], want[32];
	unsigned n = 0;

	return line.n == SUM_LINE_BYTES && fg_starts(line, FG_LIT("sum ")) &&
	    line.p[line.n - 1] == '\n' && hex_read(fg_sub(line, 4, line.n - 1), want, 32) &&
	    EVP_Digest(body.p, body.n, sum, &n, EVP_sha256(), NULL) == 1 && n == 32 &&
	    memcmp(sum, want, 32) == 0;
}

static enum fg_rc
key_line(struct fg_str line, struct cred_ring *r, struct fg_err *reterr)
{
	struct fg_cur c = fg_cur(line);
	struct fg_str id, cls, created, hex;
	uint8_t idb[4], root[CRED_KEY_BYTES];
	enum cred_class k = CRED_CLASS_NONE;
	uint64_t at = 0;
	enum fg_rc rc;

	fg_cur_lit(&c, FG_LIT("key "));
	id = fg_cur_until(&c, ' ');
	cls = fg_cur_until(&c, ' ');
	created = fg_cur_until(&c, ' ');
	hex = fg_cur_rest(&c);
	if (c.bad || !hex_read(id, idb, sizeof(idb)) || !cred_class_parse(cls, &k) ||
	    !fg_u64(created, &at) || at > FG_LIMIT_TIME_MAX ||
	    !hex_read(hex, root, sizeof(root)))
		return fg_fail(reterr, FG_E_SYNTAX, "cred.ring.line", NULL,
		    "line %zu of the ring is not well formed", r->n + 3);
	rc = ring_insert(r, (uint32_t)idb[0] << 24 | (uint32_t)idb[1] << 16 |
	    (uint32_t)idb[2] << 8 | idb[3], k, (fg_time)at, root, reterr);
	cred_wipe(root, sizeof(root));
	return rc;
}

enum fg_rc
ring_parse(struct fg_str text, struct cred_ring *ret, struct fg_err *reterr)
{
	struct fg_str body = fg_sub(text, 0, text.n < SUM_LINE_BYTES ? 0 : text.n - SUM_LINE_BYTES);
	struct fg_cur c = fg_cur(body);
	struct fg_str installation;

	if (!sum_fits(body, fg_sub(text, body.n, text.n)))
		return fg_fail(reterr, FG_E_SYNTAX, "cred.ring.sum", NULL,
		    "the ring is not whole: its sum does not fit");
	fg_cur_lit(&c, FG_LIT("fedgate-keyring 1\ninstallation "));
	installation = fg_cur_until(&c, '\n');
	if (c.bad || !hex_read(installation, ret->installation, sizeof(ret->installation)))
		return fg_fail(reterr, FG_E_SYNTAX, "cred.ring.head", NULL,
		    "not a key ring of a version that is read here");
	while (!c.bad && c.n != 0) {
		struct fg_str line = fg_cur_until(&c, '\n');

		FG_TRY(key_line(line, ret, reterr));
	}
	if (!fg_cur_done(&c) || ret->n == 0)
		return fg_fail(reterr, FG_E_SYNTAX, "cred.ring.end", NULL, "no key, or a cut line");
	return FG_OK;
}

static void
ring_freep(struct cred_ring **r)
{
	cred_ring_free(*r);
}

enum fg_rc
cred_ring_load(const char *path, struct cred_ring **ret, struct fg_err *reterr)
{
	FG_AUTO(ring_freep) struct cred_ring *r = ring_alloc();
	FG_AUTO(text_free) char *text = text_alloc();
	ptrdiff_t n;
	int fd = -1;

	if (r == NULL || text == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "cred.ring.load", NULL, "ring");
	FG_TRY(file_open_own(path, "cred.ring.file", &fd, reterr));
	n = file_read_all(fd, text, RING_TEXT_BYTES);
	close(fd);
	if (n < 0)
		return fg_fail(reterr, FG_E_IO, "cred.ring.read", NULL,
		    "%s: cannot be read or is too long", path);
	FG_TRY(ring_parse(fg_str(text, (size_t)n), r, reterr));
	*ret = FG_STEAL(r);
	return FG_OK;
}

enum fg_rc
cred_ring_save(const struct cred_ring *r, const char *path, enum cred_save how,
    struct fg_err *reterr)
{
	FG_AUTO(text_free) char *text = text_alloc();
	struct fg_buf b = { .p = text, .room = RING_TEXT_BYTES, .cap = RING_TEXT_BYTES,
		.fixed = true };

	if (text == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "cred.ring.save", NULL, "text");
	FG_TRY(ring_text(r, &b, reterr));
	return file_replace(path, fg_buf_str(&b), how, "cred.ring.save", reterr);
}
