/*
 * gateway/iam/shipped.c - the policies that every installation has.
 *
 * Full access for administrators, and what the root of a member account may do in a session of
 * AssumeRoot: one task each.
 */
#include "gateway/iam/shipped.h"

#include "gateway/iam/admin_int.h"

#define ALLOW(actions)                                                                              \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":" actions            \
	",\"Resource\":\"*\"}]}"
#define ROOT_TASK "/root-task/"

static const struct shipped {
	const char *path, *name, *description, *document;
} shipped[] = {
	{ "/", "AdministratorAccess", "Full access", ALLOW("\"*\"") },
	{ ROOT_TASK, "IAMAuditRootUserCredentials", "Look at the credentials of a root user",
	    ALLOW("[\"iam:GetAccessKeyLastUsed\",\"iam:GetAccountSummary\",\"iam:GetLoginProfile\","
	    "\"iam:GetUser\",\"iam:ListAccessKeys\",\"iam:ListMFADevices\",\"iam:ListSigningCertificates\"]") },
	{ ROOT_TASK, "IAMCreateRootUserPassword", "Give a root user a password again",
	    ALLOW("[\"iam:CreateLoginProfile\",\"iam:GetLoginProfile\"]") },
	{ ROOT_TASK, "IAMDeleteRootUserCredentials", "Take the credentials of a root user away",
	    ALLOW("[\"iam:DeactivateMFADevice\",\"iam:DeleteAccessKey\",\"iam:DeleteLoginProfile\","
	    "\"iam:DeleteSigningCertificate\",\"iam:GetLoginProfile\",\"iam:GetUser\",\"iam:ListAccessKeys\","
	    "\"iam:ListMFADevices\",\"iam:ListSigningCertificates\"]") },
	{ ROOT_TASK, "S3UnlockBucketPolicy", "Mend a bucket policy that shuts everybody out",
	    ALLOW("[\"s3:DeleteBucketPolicy\",\"s3:GetBucketPolicy\",\"s3:ListAllMyBuckets\","
	    "\"s3:PutBucketPolicy\"]") },
	{ ROOT_TASK, "SQSUnlockQueuePolicy", "Mend a queue policy that shuts everybody out",
	    ALLOW("[\"sqs:GetQueueAttributes\",\"sqs:GetQueueUrl\",\"sqs:ListQueues\","
	    "\"sqs:SetQueueAttributes\"]") },
};

static const struct shipped *
find(struct fg_str path, struct fg_str name)
{
	for (size_t i = 0; i < FG_COUNT(shipped); i++)
		if (fg_eq(path, fg_str_z(shipped[i].path)) && fg_eq(name, fg_str_z(shipped[i].name)))
			return &shipped[i];
	return NULL;
}

bool
iam_shipped_is(struct fg_str path, struct fg_str name)
{
	return find(path, name) != NULL;
}

/* A name is there once in an account, whatever its path. */
static enum fg_rc
seen(void *arg, enum store_kind kind, const void *row, bool bad, struct fg_err *reterr)
{
	const struct store_policy *p = row;
	bool *there = arg;

	(void)kind;
	(void)bad;
	(void)reterr;
	for (size_t i = 0; i < FG_COUNT(shipped); i++)
		there[i] = there[i] || fg_eq(p->name, fg_str_z(shipped[i].name));
	return FG_OK;
}

static enum fg_rc
put(struct store_tx *tx, const struct shipped *s, fg_time now, struct fg_err *reterr)
{
	char uid[STORE_UID_BYTES + 1];
	struct store_policy p = { .account = FG_LIT("aws"), .name = fg_str_z(s->name),
		.path = fg_str_z(s->path), .description = fg_str_z(s->description), .tags = FG_LIT(""),
		.version = 1, .last = 1, .created = now, .updated = now };
	struct store_version v = { .account = p.account, .number = 1, .created = now,
		.document = fg_str_z(s->document) };

	FG_TRY(store_uid("ANPA", uid, reterr));
	p.uid = v.policy = fg_str_z(uid);
	FG_TRY(store_insert(tx, STORE_POLICY, &p, reterr));
	return store_insert(tx, STORE_VERSION, &v, reterr);
}

enum fg_rc
iam_shipped_put(struct store_tx *tx, fg_time now, struct fg_err *reterr)
{
	bool there[FG_COUNT(shipped)] = { false };

	FG_TRY(store_scan(tx, STORE_POLICY, "account", FG_LIT("aws"), seen, there, reterr));
	for (size_t i = 0; i < FG_COUNT(shipped); i++)
		if (!there[i])
			FG_TRY(put(tx, &shipped[i], now, reterr));
	return FG_OK;
}
