/*
 * gateway/api/text.h - a part of gateway/api/api.h: replies in XML and JSON, and names.
 */
#ifndef GATEWAY_API_TEXT_H
#define GATEWAY_API_TEXT_H

#include "base/base.h"

/* ---- XML ---- */

void api_xml_open(struct fg_buf *b, struct fg_str name);
void api_xml_close(struct fg_buf *b, struct fg_str name);
void api_xml_str(struct fg_buf *b, struct fg_str name, struct fg_str value);
void api_xml_opt(struct fg_buf *b, struct fg_str name, struct fg_str value); /* null: nothing */
void api_xml_int(struct fg_buf *b, struct fg_str name, int64_t value);
void api_xml_bool(struct fg_buf *b, struct fg_str name, bool value);
void api_xml_time(struct fg_buf *b, struct fg_str name, fg_time value);

/* ---- JSON; name NULL in an array ---- */
void api_json_open(struct fg_buf *b, const char *name, char bracket);
void api_json_close(struct fg_buf *b, char bracket);
void api_json_str(struct fg_buf *b, const char *name, struct fg_str value);
void api_json_bool(struct fg_buf *b, const char *name, bool value);
void api_json_time(struct fg_buf *b, const char *name, fg_time value); /* seconds */

/* ---- names ---- */

/* arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE; false when it is not six parts. */
struct api_arn {
	struct fg_str partition, service, region, account, resource;
};
bool api_arn_read(struct fg_str arn, struct api_arn *ret) FG_MUST;
bool api_account_ok(struct fg_str id); /* 12 digits */

#endif
