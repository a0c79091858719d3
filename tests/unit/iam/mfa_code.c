/* A seed as people take it over. */
#include <png.h>
#include <qrencode.h>

#include "gateway/iam/mfa_code.h"
#include "tests/unit/iam/ask.h"
#include "tests/unit/iam/tests.h"

static void
the_address_names_device_and_account(void)
{
	struct fg_err err = { 0 };
	struct fg_str uri;

	CHECK_OK(mfa_uri(world.a, FG_LIT("me@work+1"), FG_LIT("acme"), FG_LIT("ABCDEFGH"), &uri, &err));
	CHECK_STR(uri, "otpauth://totp/me%40work%2B1@acme?secret=ABCDEFGH");
}

static unsigned char *
pixels_of(struct fg_str png, png_image *image)
{
	unsigned char *pixels;

	CU_ASSERT_FATAL(png_image_begin_read_from_memory(image, png.p, png.n) != 0);
	image->format = PNG_FORMAT_GRAY;
	pixels = fg_arena_alloc(world.a, PNG_IMAGE_SIZE(*image));
	CU_ASSERT_FATAL(pixels != NULL && png_image_finish_read(image, NULL, pixels, 0, NULL) != 0);
	return pixels;
}

/* Dark where the encoder says so, in squares of four pixels, within a margin of four squares. */
static void
the_picture_is_the_code(void)
{
	struct fg_str text = FG_LIT("otpauth://totp/a@b?secret=ABCDEFGH"), png = FG_STR_NULL;
	QRcode *qr = QRcode_encodeString8bit(text.p, 0, QR_ECLEVEL_M);
	png_image image = { .version = PNG_IMAGE_VERSION };
	struct fg_err err = { 0 };
	unsigned char *pixels;
	int wrong = 0, side;

	CU_ASSERT_FATAL(qr != NULL);
	CHECK_OK(mfa_qr_png(world.a, text, &png, &err));
	pixels = pixels_of(png, &image);
	side = (int)image.width;
	CU_ASSERT_FATAL(side == (qr->width + 8) * 4 && (int)image.height == side);
	for (int y = 0; y < side; y++) {
		for (int x = 0; x < side; x++) {
			int row = y / 4 - 4, column = x / 4 - 4;
			bool dark = row >= 0 && column >= 0 && row < qr->width && column < qr->width &&
			    (qr->data[row * qr->width + column] & 1);

			wrong += dark != (pixels[y * side + x] == 0);
		}
	}
	CHECK(wrong == 0);
	QRcode_free(qr);
}

static void
what_fits_no_code_is_refused(void)
{
	struct fg_err err = { 0 };
	char *text = fg_arena_alloc(world.a, 4001);
	struct fg_str png;

	CU_ASSERT_FATAL(text != NULL);
	memset(text, 'a', 4000);
	CHECK_RC(mfa_qr_png(world.a, fg_str(text, 4000), &png, &err), FG_E_LIMIT);
}

CU_TestInfo mfa_code_tests[] = {
	CASE(the_address_names_device_and_account),
	CASE(the_picture_is_the_code),
	CASE(what_fits_no_code_is_refused),
	CASES_END,
};
