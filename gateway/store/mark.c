/*
 * gateway/store/mark.c - the high-water mark, a small file outside the database.
 *
 * Two slots of 512 bytes, written in turn and synced: a torn write leaves the other one.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/store/store_int.h"

enum { SLOT_BYTES = 512, BODY_BYTES = 8 + 8 + 8 + 2 + 64, FILE_BYTES = 2 * SLOT_BYTES };

#define MAGIC FG_LIT("fgmark01")

static enum fg_rc
seal(struct store_mac *m, const unsigned char *slot, unsigned char mac[STORE_MAC_BYTES])
{
	struct store_tag tag;

	FG_TRY(store_mac_bytes(m, "mark", fg_str(slot, BODY_BYTES), &tag));
	memcpy(mac, tag.mac, STORE_MAC_BYTES);
	return FG_OK;
}

static bool
sealed(const struct store_keys *keys, const unsigned char *slot)
{
	unsigned char mac[STORE_MAC_BYTES];

	for (size_t i = 0; i < keys->n; i++)
		if (seal(keys->v[i], slot, mac) == FG_OK && store_mac_eq(mac, slot + BODY_BYTES))
			return true;
	return false;
}

/* Take the slot over if it is whole and newer. */
static void
slot_read(struct store_mark *k, const struct store_keys *keys, const unsigned char *slot)
{
	struct fg_cur c = fg_cur(fg_str(slot, BODY_BYTES));
	uint64_t seq, generation;
	size_t n;

	if (!fg_eq(fg_cur_take(&c, 8), MAGIC) || !sealed(keys, slot))
		return;
	seq = fg_cur_u64(&c);
	generation = fg_cur_u64(&c);
	n = fg_cur_u16(&c);
	if (seq <= k->seq || n > sizeof(k->audit))
		return;
	k->seq = seq;
	k->generation = generation;
	k->audit_n = n;
	memcpy(k->audit, c.p, sizeof(k->audit));
}

static enum fg_rc
folder_sync(const char *path, struct fg_err *reterr)
{
	char dir[4096];
	size_t n = strlen(path);
	int fd, bad;

	while (n > 0 && path[n - 1] != '/')
		n--;
	if (n >= sizeof(dir))
		return fg_fail(reterr, FG_E_LIMIT, "store.mark", NULL, "path is too long");
	memcpy(dir, path, n);
	dir[n] = '\0';
	fd = open(n == 0 ? "." : dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bad = fd < 0 ? -1 : fsync(fd);
	if (fd >= 0)
		close(fd);
	if (bad != 0)
		return fg_fail(reterr, FG_E_IO, "store.mark", NULL, "folder: errno %d", errno);
	return FG_OK;
}

enum fg_rc
store_mark_open(struct store_mark *k, const char *path, bool create,
    const struct store_keys *keys, struct fg_err *reterr)
{
	unsigned char file[FILE_BYTES] = { 0 };
	int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | (create ? O_CREAT : 0);

	*k = (struct store_mark){ .fd = open(path, flags, 0600) };
	if (k->fd < 0 && errno == ENOENT)
		return fg_fail(reterr, FG_E_UNAVAILABLE, "store.mark", "rule 20",
		    "high-water mark %s is missing: fedgate recover", path);
	if (k->fd < 0)
		return fg_fail(reterr, FG_E_IO, "store.mark", NULL, "%s: errno %d", path, errno);
	if (pread(k->fd, file, sizeof(file), 0) < 0)
		return fg_fail(reterr, FG_E_IO, "store.mark", NULL, "%s: errno %d", path, errno);
	slot_read(k, keys, file);
	slot_read(k, keys, file + SLOT_BYTES);
	if (!create && k->seq == 0)
		return fg_fail(reterr, FG_E_UNAVAILABLE, "store.mark", "rule 20",
		    "high-water mark %s is not whole: fedgate recover", path);
	return create ? folder_sync(path, reterr) : FG_OK;
}

enum fg_rc
store_mark_write(struct store_mark *k, struct store_mac *m, struct fg_err *reterr)
{
	char slot[SLOT_BYTES] = { 0 };
	struct fg_buf b = FG_BUF_FIXED(slot);
	unsigned char mac[STORE_MAC_BYTES];
	off_t at = (off_t)((k->seq + 1) % 2) * SLOT_BYTES;

	fg_buf_put(&b, MAGIC);
	fg_buf_be64(&b, k->seq + 1);
	fg_buf_be64(&b, k->generation);
	fg_buf_be16(&b, (uint16_t)k->audit_n);
	fg_buf_put(&b, fg_str(k->audit, sizeof(k->audit)));
	FG_TRY(seal(m, (const unsigned char *)slot, mac));
	fg_buf_put(&b, fg_str(mac, sizeof(mac)));
	if (pwrite(k->fd, slot, sizeof(slot), at) != (ssize_t)sizeof(slot) || fdatasync(k->fd) != 0)
		return fg_fail(reterr, FG_E_IO, "store.mark", NULL, "write: errno %d", errno);
	k->seq++;
	return FG_OK;
}

void
store_mark_close(struct store_mark *k)
{
	if (k->fd > 0)
		close(k->fd);
	k->fd = -1;
}
