/*
 * Target: base/codec.c.  The first byte chooses a decoder; what is accepted encodes back to the
 * very same text.
 */
#include "tests/fuzz/fuzz.h"

static void
strip(struct fg_buf *b, struct fg_str in)
{
	for (size_t i = 0; i < in.n; i++)
		if (fg_find(FG_LIT(" \t\r\n"), in.p[i]) == 4)
			fg_buf_putc(b, in.p[i]);
}

static void
lower(struct fg_buf *b, struct fg_str in)
{
	for (size_t i = 0; i < in.n; i++)
		fg_buf_putc(b, fg_lower(in.p[i]));
}

static void
base32(struct fg_str in)
{
	unsigned char bytes[1024];
	char text[1640];
	size_t n = in.n / 8 * 5;

	if (n > sizeof(bytes) || !fg_base32_decode(in, bytes, sizeof(bytes)))
		return;
	FUZZ_ACCEPTED();
	fg_base32(bytes, n, text);
	FUZZ_ASSERT(fg_eq(fg_str(text, in.n), in));
}

static void
uri(struct fg_arena *a, struct fg_str in)
{
	struct fg_buf b = FG_BUF_ARENA(a, 8u << 20);
	struct fg_str out, text, again;

	if (!fg_uri_decode(a, in, FG_URI_FORM, &out))
		return;
	FUZZ_ACCEPTED();
	fg_buf_uri(&b, out);
	FUZZ_ASSERT(fg_buf_end(&b, &text) == FG_OK);
	FUZZ_ASSERT(fg_uri_decode(a, text, FG_URI_PATH, &again) && fg_eq(again, out));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64u << 20);
	struct fg_buf want, got;
	struct fg_str in, out, x, y;
	bool ok = false;

	FUZZ_ASSERT(a != NULL);
	if (size == 0)
		return 0;
	in = fg_str(data + 1, size - 1);
	want = FG_BUF_ARENA(a, 8u << 20);
	got = FG_BUF_ARENA(a, 8u << 20);
	switch (data[0] % 6) {
	case 0: ok = fg_base64url(a, in, &out); fg_buf_put(&want, in); break;
	case 1: ok = fg_base64(a, in, &out); fg_buf_put(&want, in); break;
	case 2: ok = fg_base64_ws(a, in, &out); strip(&want, in); break;
	case 3: ok = fg_hex(a, in, &out); lower(&want, in); break;
	case 4: base32(in); return 0;
	default: uri(a, in); return 0;
	}
	if (!ok)
		return 0;
	FUZZ_ACCEPTED();
	FUZZ_ASSERT(out.p[out.n] == '\0');
	if (data[0] % 6 == 0)
		fg_buf_base64url(&got, out);
	else if (data[0] % 6 == 3)
		fg_buf_hex(&got, out);
	else
		fg_buf_base64(&got, out);
	FUZZ_ASSERT(fg_buf_end(&got, &x) == FG_OK && fg_buf_end(&want, &y) == FG_OK);
	FUZZ_ASSERT(fg_eq(x, y));
	return 0;
}
