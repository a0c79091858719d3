/*
 * XML of replies: elements, and the two envelopes.
 */
#include "gateway/api/api_int.h"

void
api_xml_open(struct fg_buf *b, struct fg_str name)
{
	fg_buf_putc(b, '<');
	fg_buf_put(b, name);
	fg_buf_putc(b, '>');
}

void
api_xml_close(struct fg_buf *b, struct fg_str name)
{
	fg_buf_put(b, FG_LIT("</"));
	fg_buf_put(b, name);
	fg_buf_putc(b, '>');
}

void
api_xml_str(struct fg_buf *b, struct fg_str name, struct fg_str value)
{
	api_xml_open(b, name);
	fg_buf_xml(b, value);
	api_xml_close(b, name);
}

void
api_xml_opt(struct fg_buf *b, struct fg_str name, struct fg_str value)
{
	if (!fg_str_null(value))
		api_xml_str(b, name, value);
}

void
api_xml_int(struct fg_buf *b, struct fg_str name, int64_t value)
{
	api_xml_open(b, name);
	fg_buf_i64(b, value);
	api_xml_close(b, name);
}

void
api_xml_bool(struct fg_buf *b, struct fg_str name, bool value)
{
	api_xml_str(b, name, value ? FG_LIT("true") : FG_LIT("false"));
}

void
api_xml_time(struct fg_buf *b, struct fg_str name, fg_time value)
{
	api_xml_open(b, name);
	fg_buf_time(b, value);
	api_xml_close(b, name);
}

static void
root_open(struct fg_buf *b, struct fg_str name, struct fg_str suffix, struct fg_str xmlns)
{
	fg_buf_putc(b, '<');
	fg_buf_put(b, name);
	fg_buf_put(b, suffix);
	fg_buf_put(b, FG_LIT(" xmlns=\""));
	fg_buf_xml(b, xmlns);
	fg_buf_put(b, FG_LIT("\">"));
}

static void
request_id(struct fg_buf *b, struct fg_str id)
{
	api_xml_str(b, FG_LIT("RequestId"), id);
}

void
api_xml_success(struct fg_buf *b, const struct api_call *c)
{
	struct fg_str name = c->action->name, content = fg_buf_str(&c->xml);

	root_open(b, name, FG_LIT("Response"), c->service->xmlns);
	if (content.n > 0) {
		fg_buf_putc(b, '<');
		fg_buf_put(b, name);
		fg_buf_put(b, FG_LIT("Result>"));
		fg_buf_put(b, content);
		fg_buf_put(b, FG_LIT("</"));
		fg_buf_put(b, name);
		fg_buf_put(b, FG_LIT("Result>"));
	}
	api_xml_open(b, FG_LIT("ResponseMetadata"));
	request_id(b, c->id);
	api_xml_close(b, FG_LIT("ResponseMetadata"));
	fg_buf_put(b, FG_LIT("</"));
	fg_buf_put(b, name);
	fg_buf_put(b, FG_LIT("Response>\n"));
}

void
api_xml_error(struct fg_buf *b, struct fg_str xmlns, const struct api_fault_row *row,
    struct fg_str message, struct fg_str id)
{
	root_open(b, FG_LIT("ErrorResponse"), FG_LIT(""), xmlns);
	api_xml_open(b, FG_LIT("Error"));
	api_xml_str(b, FG_LIT("Type"), row->status >= 500 ? FG_LIT("Receiver") : FG_LIT("Sender"));
	api_xml_str(b, FG_LIT("Code"), row->code);
	api_xml_str(b, FG_LIT("Message"), message);
	api_xml_close(b, FG_LIT("Error"));
	request_id(b, id);
	fg_buf_put(b, FG_LIT("</ErrorResponse>\n"));
}
