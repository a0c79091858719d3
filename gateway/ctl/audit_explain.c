/*
 * gateway/ctl/audit_explain.c - `fedgate audit explain REQUEST_ID`: why was this request answered
 * as it was?  Reads the audit file in force and its rotated neighbours, newest first.
 */
#include <dirent.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/ctl/audit_int.h"
#include "gateway/ctl/ctl_conf.h"
#include "gateway/ops/ops.h"

/* Records that no reply waited for reach the file within a second: look again for a moment. */
#define LAG_TRIES 13

const struct ctl_opt ctl_audit_explain_opts[] = {
	{ "json", 0, NULL, "print the records as they are" },
	CTL_OPTS_END,
};

/* ---- reading a record ---- */

/* "a.b" below an object; 0 without it. */
static uint32_t
at(const struct fg_json *j, const char *path)
{
	struct fg_str head, rest = fg_str_z(path);
	uint32_t i = 0;
	bool more;

	do {
		more = fg_cut(rest, '.', &head, &rest);
		i = fg_json_get(j, i, head);
	} while (more && i != 0);
	return i;
}

static struct fg_str
text(const struct fg_json *j, const char *path)
{
	uint32_t i = at(j, path);

	if (i == 0 || j->node[i].type == FG_JSON_NULL)
		return FG_STR_NULL;
	return j->node[i].type == FG_JSON_OBJECT || j->node[i].type == FG_JSON_ARRAY ? fg_json_raw(j, i)
	                                                                             : j->node[i].text;
}

/* A line of the story; nothing when the member is absent.  Controls become '?': it is a terminal. */
static void
line(struct fg_buf *b, const char *label, struct fg_str v)
{
	if (fg_str_null(v))
		return;
	fg_buf_fmt(b, "%-14s", label);
	for (size_t i = 0; i < v.n; i++)
		fg_buf_putc(b, (unsigned char)v.p[i] < 0x20 || v.p[i] == 0x7f ? '?' : v.p[i]);
	fg_buf_putc(b, '\n');
}

struct row {
	const char *label, *path;
};

static const struct row before[] = {
	{ "request", "requestID" },
	{ "time", "eventTime" },
	{ "service", "eventSource" },
	{ "action", "eventName" },
	{ "from", "sourceIPAddress" },
	{ "client", "userAgent" },
	{ "caller", "userIdentity.type" },
	{ "principal", "userIdentity.arn" },
	{ "user", "userIdentity.userName" },
	{ "provider", "userIdentity.identityProvider" },
	{ "access key", "userIdentity.accessKeyId" },
	{ "issuer", "additionalEventData.issuer" },
	{ "subject", "additionalEventData.subject" },
	{ "asked for", "requestParameters" },
};

static const struct row after[] = {
	{ "told", "errorMessage" },
	{ "rule", "additionalEventData.reason.step" },
	{ "specified in", "additionalEventData.reason.ref" },
	{ "because", "additionalEventData.reason.detail" },
	{ "decided by", "additionalEventData.decidedBy" },
	{ "began with", "additionalEventData.origin" },
	{ "session", "additionalEventData.session" },
	{ "got", "responseElements" },
};

static void
rows(struct fg_buf *b, const struct fg_json *j, const struct row *row, size_t n)
{
	for (size_t i = 0; i < n; i++)
		line(b, row[i].label, text(j, row[i].path));
}

/* One statement: "trust policy ARN statement 0: Condition StringLike x:sub; wanted a, was b". */
static void
reason(struct fg_buf *b, const struct fg_json *j, uint32_t i)
{
	static const struct row part[] = { { " policy ", "policy" }, { " statement ", "statement" }, { ": ", "element" },
		{ " ", "operator" }, { " ", "key" }, { "; wanted ", "expected" }, { ", was ", "actual" } };
	FG_AUTO(fg_buf_free) struct fg_buf one = FG_BUF(FG_LIMIT_AUDIT_LINE);
	uint32_t layer = fg_json_get(j, i, FG_LIT("layer"));

	fg_buf_put(&one, layer == 0 ? FG_STR_NULL : j->node[layer].text);
	for (size_t k = 0; k < FG_COUNT(part); k++) {
		uint32_t v = fg_json_get(j, i, fg_str_z(part[k].path));

		if (strcmp(part[k].path, "policy") == 0 && fg_json_get(j, i, FG_LIT("name")) != 0)
			v = fg_json_get(j, i, FG_LIT("name"));
		if (v == 0 && strcmp(part[k].path, "actual") == 0 && fg_json_get(j, i, FG_LIT("key")) != 0)
			fg_buf_put(&one, FG_LIT(", was not there"));
		if (v == 0)
			continue;
		fg_buf_put(&one, fg_str_z(part[k].label));
		fg_buf_put(&one, j->node[v].text);
	}
	line(b, "statement", fg_buf_str(&one));
}

static void
reasons(struct fg_buf *b, const struct fg_json *j)
{
	uint32_t list = at(j, "additionalEventData.reasons");

	for (uint32_t i = fg_json_first(list); list != 0 && i < j->node[list].next; i = fg_json_after(j, i))
		reason(b, j, i);
}

static enum fg_rc
story(const struct ctl_args *args, struct fg_str record, struct fg_buf *b, struct fg_err *reterr)
{
	struct fg_json j;
	struct fg_str code;

	FG_TRY(fg_json_parse(args->arena, record, NULL, "audit.explain", &j, reterr));
	rows(b, &j, before, FG_COUNT(before));
	code = text(&j, "errorCode");
	line(b, "outcome", fg_str_null(code) ? FG_LIT("granted")
	                                     : fg_arena_fmt(args->arena, "refused with %.*s", FG_PRI(code)));
	rows(b, &j, after, FG_COUNT(after));
	reasons(b, &j);
	return FG_OK;
}

/* ---- the files ---- */

/* The file in force and what rotation made of it: audit.jsonl, audit.jsonl.1, audit.jsonl-20261122 ... */
static bool
neighbour(const char *name, const char *file)
{
	return strncmp(name, file, strlen(file)) == 0;
}

static bool
search_folder(const struct ctl_args *args, const char *path, struct fg_str id, struct fg_buf *out)
{
	const char *slash = strrchr(path, '/');
	struct fg_str folder = slash == NULL ? FG_LIT(".") : fg_str(path, (size_t)(slash - path + 1));
	struct fg_str z = fg_arena_dup(args->arena, folder);
	DIR *d = fg_str_null(z) ? NULL : opendir(z.p);
	struct dirent *e;
	bool ok = d != NULL;

	while (d != NULL && (e = readdir(d)) != NULL) {
		struct fg_str full;

		if (!neighbour(e->d_name, slash == NULL ? path : slash + 1))
			continue;
		full = fg_arena_fmt(args->arena, "%s/%s", z.p, e->d_name);
		ok = !fg_str_null(full) && audit_find(full.p, id, out) && ok;
	}
	if (d != NULL)
		closedir(d);
	return ok;
}

static bool
search(const struct ctl_args *args, const struct conf *conf, struct fg_buf *out)
{
	struct fg_str id = fg_str_z(args->operands[0]);
	bool ok = true;

	if (args->n_operands == 1)
		return search_folder(args, conf->audit_file, id, out);
	for (size_t i = 1; i < args->n_operands; i++)
		ok = audit_find(args->operands[i], id, out) && ok;
	return ok;
}

static int
tell(const struct ctl_args *args, struct fg_str found)
{
	FG_AUTO(fg_buf_free) struct fg_buf b = FG_BUF(FG_LIMIT_AUDIT_FOUND);
	struct fg_err err = { 0 };
	struct fg_str record;

	while (!ctl_flag(args, "json") && fg_cut(found, '\n', &record, &found)) {
		if (b.n > 0)
			fg_buf_putc(&b, '\n');
		if (story(args, record, &b, &err) != FG_OK)
			return ctl_fail(args, &err);
	}
	fg_buf_put(&b, ctl_flag(args, "json") ? found : FG_STR_NULL);
	(void)fwrite(b.p, 1, b.n, stdout);
	return CTL_OK;
}

int
ctl_audit_explain(const struct ctl_args *args)
{
	FG_AUTO(conf_freep) struct conf *conf = NULL;
	FG_AUTO(fg_buf_free) struct fg_buf found = FG_BUF(FG_LIMIT_AUDIT_FOUND);
	const struct timespec lag = { 0, 100 * 1000 * 1000 };
	struct fg_err err = { 0 };

	if (args->n_operands == 0 || args->operands[0][0] == '\0')
		return ctl_usage(args, "which request? (x-amzn-RequestId of the reply)");
	if (ctl_conf(args, ctl_value(args, "config"), &conf, &err) != FG_OK) {
		(void)ctl_fail(args, &err);
		return CTL_USAGE;
	}
	for (unsigned tries = 0; found.n == 0 && tries < LAG_TRIES; tries++) {
		if (tries > 0)
			(void)nanosleep(&lag, NULL);
		if (!search(args, conf, &found))
			return ctl_usage(args, "the audit files cannot be read (%s)", conf->audit_file);
	}
	if (found.n == 0) {
		fprintf(stderr, "fedgate audit explain: no record of request %s\n", args->operands[0]);
		return CTL_REFUSED;
	}
	return tell(args, fg_buf_str(&found));
}
