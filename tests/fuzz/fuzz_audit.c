/*
 * Target: gateway/ops/line.c.  A line that is read as a record ends with its MAC, and all that is
 * digested stands before it; a checkpoint's object lies inside the line.
 */
#include "gateway/ops/ops_int.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(8u << 20);
	struct fg_str in = fg_str(data, size);
	struct ops_line l;
	struct fg_err err = { 0 };

	FUZZ_ASSERT(a != NULL);
	if (ops_line_read(a, in, &l, &err) != FG_OK) {
		FUZZ_ASSERT(err.rc != FG_OK && l.kind == OPS_LINE_BAD);
		return 0;
	}
	FUZZ_ACCEPTED();
	if (l.kind == OPS_LINE_RECORD) {
		FUZZ_ASSERT(l.digested.p == in.p && l.digested.n + OPS_MAC_TAIL == in.n);
		FUZZ_ASSERT(l.place.chain != NULL && l.place.prev != NULL);
	} else {
		FUZZ_ASSERT(l.kind == OPS_LINE_CHECKPOINT && l.object.p > in.p);
		FUZZ_ASSERT(l.object.p + l.object.n <= in.p + in.n && l.object.p[0] == '{');
		FUZZ_ASSERT(l.n_chain <= OPS_LINE_CHAINS && l.n_recovered <= OPS_LINE_CHAINS);
	}
	return 0;
}
