#include "gateway/idp/idp_int.h"

#define VERSION 1

static const char *const outcome_texts[IDP_OUT_MAX] = {
	[IDP_OUT_NONE] = "no answer",
	[IDP_OUT_OK] = "ok",
	[IDP_OUT_URL] = "not a URL that is fetched",
	[IDP_OUT_ADDRESS] = "address is not public and not listed",
	[IDP_OUT_RESOLVE] = "host name does not resolve",
	[IDP_OUT_CONNECT] = "cannot connect",
	[IDP_OUT_TLS] = "TLS or certificate failed",
	[IDP_OUT_STATUS] = "answer is not 200",
	[IDP_OUT_SIZE] = "document is too large",
	[IDP_OUT_TIMEOUT] = "timed out",
	[IDP_OUT_BUSY] = "too many fetches at once",
	[IDP_OUT_BROKEN] = "transfer broke off",
};

const char *
idp_outcome_text(enum idp_outcome o)
{
	return o < IDP_OUT_MAX ? outcome_texts[o] : outcome_texts[IDP_OUT_NONE];
}

void
idp_request_put(struct fg_buf *b, const struct idp_request *r)
{
	fg_buf_be8(b, VERSION);
	fg_buf_be64(b, r->id);
	fg_buf_be32(b, r->max_bytes);
	fg_buf_be32(b, r->timeout_ms);
	fg_buf_v16(b, r->url);
	fg_buf_v32(b, r->ca);
	fg_buf_v16(b, fg_str(r->thumb, r->nthumb * IDP_THUMB));
}

bool
idp_request_read(struct fg_str msg, struct idp_request *ret)
{
	struct fg_cur c = fg_cur(msg);
	struct idp_request r = { .id = 0 };
	uint8_t version = fg_cur_u8(&c);
	struct fg_str thumbs;

	r.id = fg_cur_u64(&c);
	r.max_bytes = fg_cur_u32(&c);
	r.timeout_ms = fg_cur_u32(&c);
	r.url = fg_cur_v16(&c);
	r.ca = fg_cur_v32(&c);
	thumbs = fg_cur_v16(&c);
	if (!fg_cur_done(&c) || version != VERSION || r.id == 0 || thumbs.n % IDP_THUMB != 0 ||
	    thumbs.n > sizeof(r.thumb))
		return false;
	memcpy(r.thumb, thumbs.n == 0 ? "" : thumbs.p, thumbs.n);
	r.nthumb = thumbs.n / IDP_THUMB;
	*ret = r;
	return true;
}

void
idp_answer_put(struct fg_buf *b, const struct idp_answer *r)
{
	fg_buf_be8(b, VERSION);
	fg_buf_be64(b, r->id);
	fg_buf_be8(b, (uint8_t)r->part);
	if (r->part == IDP_PART_DATA) {
		fg_buf_put(b, r->data);
		return;
	}
	fg_buf_be8(b, (uint8_t)r->outcome);
	fg_buf_be16(b, r->status);
	fg_buf_be32(b, (uint32_t)r->max_age);
}

bool
idp_answer_read(struct fg_str msg, struct idp_answer *ret)
{
	struct fg_cur c = fg_cur(msg);
	struct idp_answer r = { .id = 0 };
	uint8_t version = fg_cur_u8(&c), part;

	r.id = fg_cur_u64(&c);
	part = fg_cur_u8(&c);
	r.part = part == IDP_PART_DATA ? IDP_PART_DATA : IDP_PART_END;
	if (part == IDP_PART_DATA) {
		r.data = fg_cur_rest(&c);
	} else {
		uint8_t outcome = fg_cur_u8(&c);

		r.outcome = outcome < IDP_OUT_MAX ? (enum idp_outcome)outcome : IDP_OUT_NONE;
		r.status = fg_cur_u16(&c);
		r.max_age = (int32_t)fg_cur_u32(&c);
	}
	if (!fg_cur_done(&c) || version != VERSION || (part != IDP_PART_DATA && part != IDP_PART_END))
		return false;
	*ret = r;
	return true;
}
