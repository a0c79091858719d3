/*
 * gateway/iam/mfa_code.c - QR codes of seeds.
 */
#include <openssl/crypto.h>
#include <png.h>
#include <qrencode.h>

#include "gateway/iam/mfa_code.h"

#define MARGIN 4 /* modules of white around the code */
#define SCALE 4  /* pixels a module */
#define URI_MAX 1024

enum fg_rc
mfa_uri(struct fg_arena *a, struct fg_str name, struct fg_str where, struct fg_str seed32,
    struct fg_str *ret, struct fg_err *reterr)
{
	struct fg_buf b = FG_BUF_ARENA(a, URI_MAX);

	fg_buf_put(&b, FG_LIT("otpauth://totp/"));
	fg_buf_uri(&b, name);
	fg_buf_putc(&b, '@');
	fg_buf_uri(&b, where);
	fg_buf_put(&b, FG_LIT("?secret="));
	fg_buf_put(&b, seed32);
	fg_buf_putc(&b, '\0'); /* the encoder wants a terminated text */
	if (fg_buf_end(&b, ret) != FG_OK)
		return fg_fail(reterr, FG_E_NOMEM, "iam.mfa.uri", NULL, "arena");
	ret->n--;
	return FG_OK;
}

static void
paint(const QRcode *qr, unsigned char *pixels, size_t side)
{
	memset(pixels, 0xff, side * side);
	for (size_t y = MARGIN * SCALE; y < side - MARGIN * SCALE; y++) {
		for (size_t x = MARGIN * SCALE; x < side - MARGIN * SCALE; x++) {
			size_t row = y / SCALE - MARGIN, column = x / SCALE - MARGIN;

			if (qr->data[row * (size_t)qr->width + column] & 1)
				pixels[y * side + x] = 0;
		}
	}
}

static enum fg_rc
png_write(struct fg_arena *a, const QRcode *qr, struct fg_str *ret, struct fg_err *reterr)
{
	size_t side = ((size_t)qr->width + 2 * MARGIN) * SCALE;
	png_image image = { .version = PNG_IMAGE_VERSION, .width = (png_uint_32)side,
		.height = (png_uint_32)side, .format = PNG_FORMAT_GRAY };
	png_alloc_size_t n = side * side + 4096; /* what cannot be compressed, and the head */
	unsigned char *pixels = fg_arena_alloc(a, side * side);
	char *out = fg_arena_alloc(a, n);

	if (pixels == NULL || out == NULL)
		return fg_fail(reterr, FG_E_NOMEM, "iam.mfa.png", NULL, "arena");
	paint(qr, pixels, side);
	if (png_image_write_to_memory(&image, out, &n, 0, pixels, 0, NULL) == 0)
		return fg_fail(reterr, FG_E_NOMEM, "iam.mfa.png", NULL, "%.*s", 60, image.message);
	*ret = fg_str(out, n);
	return FG_OK;
}

enum fg_rc
mfa_qr_png(struct fg_arena *a, struct fg_str text, struct fg_str *ret, struct fg_err *reterr)
{
	struct fg_str z = fg_arena_dup(a, text);
	QRcode *qr = fg_str_null(z) ? NULL : QRcode_encodeString8bit(z.p, 0, QR_ECLEVEL_M);
	enum fg_rc rc;

	if (qr == NULL)
		return fg_fail(reterr, FG_E_LIMIT, "iam.mfa.qr", NULL, "no room for a QR code");
	rc = png_write(a, qr, ret, reterr);
	OPENSSL_cleanse(qr->data, (size_t)qr->width * (size_t)qr->width);
	QRcode_free(qr);
	return rc;
}
