/*
 * gateway/api/action.h - a part of gateway/api/api.h: what a service is made of: actions and their parameters.
 */
#ifndef GATEWAY_API_ACTION_H
#define GATEWAY_API_ACTION_H

#include "base/base.h"
#include "gateway/api/faults.h"
#include "gateway/ops/ops.h"

/* ---- parameters ---- */

enum api_type {
	API_STRING = 1,
	API_INT,
	API_BOOL,
	API_LIST,    /* NAME.member.N */
	API_STRUCTS, /* NAME.member.N.SUB; SUB may be a list: NAME.member.N.SUB.member.M */
	API_STRUCT,  /* NAME.SUB */
};

enum {
	API_REQUIRED = 1,
	API_SENSITIVE = 2, /* the value is in no message */
};

/* What characters a string may have; the pattern in a message is AWS's. */
enum api_chars {
	API_CH_ANY = 0,     /* well-formed UTF-8 */
	API_CH_SESSION,     /* [\w+=,.@-]* */
	API_CH_WORD,        /* [\w]* */
	API_CH_EXTERNAL_ID, /* [\w+=,.@:\/-]* */
	API_CH_SERIAL,      /* [\w+=/:,.@-]* */
	API_CH_DIGITS,      /* [\d]* */
	API_CH_ARN,         /* printable, tab, CR, LF */
	API_CH_POLICY,      /* tab, LF, CR, U+0020 to U+00FF */
	API_CH_TAG,         /* letters, separators, digits, _.:/=+-@ (rule 14) */
	API_CH_NAME,        /* [\w+=,.@-]+ : names in IAM */
	API_CH_PATH,        /* "/" or "/.../" of printable ASCII */
	API_CH_PREFIX,      /* "/" and printable ASCII */
	API_CH_PROVIDER,    /* [\w._-]+ */
	API_CH_MAX
};

struct api_param {
	struct fg_str name;  /* "RoleArn" */
	const char *label;   /* "roleArn", as AWS's messages have it */
	enum api_type type;
	unsigned flags;
	enum api_chars chars;
	int64_t min, max;    /* characters of a string, value of a number; max 0: no bound */
	uint32_t most;       /* elements of a list */
	const struct api_param *sub; /* of a struct; ends with a null name */
	enum audit_name audit;       /* its place in the audit record; AUDIT_P_NONE: not there */
};

struct api_arg { /* as it was sent; zero: absent */
	bool present;
	struct fg_str s;    /* decoded; of lists null */
	int64_t i;          /* API_INT; API_BOOL 0 or 1 */
	size_t n;           /* elements of a list */
	struct api_arg *v;  /* API_LIST: n of them; STRUCTS: n rows of n_sub; STRUCT: n_sub */
	size_t n_sub;
};

/* The i-th row's j-th member. */
static inline const struct api_arg *
api_member(const struct api_arg *list, size_t i, size_t j)
{
	return &list->v[i * list->n_sub + j];
}

/* ---- actions ---- */

typedef enum fg_rc (*api_run)(struct api_call *c);

enum {
	API_ANON = 1,      /* needs no signature, and ignores one */
	API_PRESIGNED = 2, /* GET with everything in the query is taken too */
	API_MINTS = 4,     /* replies after its audit record is on disk; needs TLS beyond loopback */
	API_WRITES = 8,    /* the same, and every request is taken once */
	API_READS = 16,    /* its audit record may lag */
};

struct api_action {
	struct fg_str name;
	unsigned flags;
	size_t body_max; /* bytes; 0: FG_LIMIT_HTTP_BODY */
	const struct api_param *param; /* ends with a null name; NULL: none */
	api_run run;     /* NULL: refused as unknown */
};

struct api_service {
	struct fg_str service; /* of the scope and of actions: "sts" */
	struct fg_str source;  /* eventSource: "sts.amazonaws.com" */
	struct fg_str version; /* "2011-06-15" */
	struct fg_str xmlns;
	const struct api_action *action; /* sorted by name (bytes) */
	size_t n_action;
	/* JSON 1.1: "AWSOrganizationsV20161128", what X-Amz-Target begins with; null: Query */
	struct fg_str target;
};

extern const struct api_service api_sts;
const struct api_action *api_action_find(const struct api_service *s, struct fg_str name);

#endif
