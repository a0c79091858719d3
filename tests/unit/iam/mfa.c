/* MFA devices over the API, and what a code is good for. */
#include <liboath/oath.h>

#include "tests/unit/iam/ask.h"
#include "tests/unit/iam/tests.h"

#define SERIAL(name) "arn:aws:iam::111122223333:mfa/" name
#define ALLOW_OWN                                                                                \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"iam:*MFA*\"," \
	"\"Resource\":[\"arn:aws:iam::*:user/${aws:username}\",\"arn:aws:iam::*:mfa/*\"]}]}"

struct device {
	struct fg_str seed32, png;
	unsigned char seed[40];
};

static struct device
device_of(struct reply *r)
{
	struct device d;

	CHECK(fg_base64(world.a, world_xml(r, "Base32StringSeed"), &d.seed32));
	CHECK(fg_base64(world.a, world_xml(r, "QRCodePNG"), &d.png));
	CHECK(d.seed32.n == 64 && fg_base32_decode(d.seed32, d.seed, sizeof(d.seed)));
	return d;
}

static struct device
made(const char *name)
{
	struct reply r;

	wrap_key_seals();
	alice_may(ALLOW("iam:*"));
	r = iam(&world.alice, fg_arena_fmt(world.a, "CreateVirtualMFADevice&VirtualMFADeviceName=%s",
	    name).p);
	CHECK_GRANTED(r);
	return device_of(&r);
}

static const char *
code(const struct device *d, fg_time at)
{
	char otp[7];

	CHECK(oath_hotp_generate((const char *)d->seed, sizeof(d->seed), (uint64_t)(at / 30), 6, false,
	    OATH_HOTP_DYNAMIC_TRUNCATION, otp) == OATH_OK);
	return fg_arena_fmt(world.a, "%s", otp).p;
}

/* Enable or resync with the codes of two moments. */
static struct reply
two_codes(const char *action, const char *user, const char *name, const struct device *d,
    fg_time first, fg_time second)
{
	return iam(&world.alice, fg_arena_fmt(world.a, "%s&UserName=%s&SerialNumber=" SERIAL("%s")
	    "&AuthenticationCode1=%s&AuthenticationCode2=%s", action, user, name, code(d, first),
	    code(d, second)).p);
}

static struct device
enabled(const char *name)
{
	struct device d = made(name);

	GRANTED(two_codes("EnableMFADevice", "alice", name, &d, world.now - 30, world.now));
	return d;
}

static struct reply
shows(const struct signer *s, const char *action, const char *name, const char *otp)
{
	world.now++;
	world.connection++;
	return world_signed(s, fg_arena_fmt(world.a, "Version=2011-06-15&Action=%s&SerialNumber=" SERIAL("%s")
	    "&TokenCode=%s", action, name, otp).p);
}

static struct fg_str
row_seed(const char *serial)
{
	struct store_mfa m = { .serial = fg_str_z(serial) };
	struct store_tx *tx;

	CHECK_OK(store_begin(world.st, &tx, NULL));
	CHECK_OK(store_get(tx, STORE_MFA, &m, world.a, NULL));
	store_rollback(tx);
	return m.seed;
}

/* ---- create ---- */

static bool
holds(struct fg_str s, struct fg_str part)
{
	return memmem(s.p, s.n, part.p, part.n) != NULL;
}

static void
a_device_is_made_and_its_seed_told_once(void)
{
	struct fg_str seed;
	struct device d;
	struct reply r;

	alice_may(ALLOW("iam:*"));
	wrap_key_seals();
	r = iam(&world.alice, "CreateVirtualMFADevice&VirtualMFADeviceName=phone&Path=%2Fa%2F"
	    "&Tags.member.1.Key=k&Tags.member.1.Value=v");
	CHECK_GRANTED(r);
	CHECK_EQ(world_xml(&r, "SerialNumber"), FG_LIT(SERIAL("a/phone")));
	CHECK_STR(world_xml(&r, "Value"), "v");
	d = device_of(&r);
	CHECK(fg_starts(d.png, FG_LIT("\x89PNG")));
	CHECK(r.waited_for_disk);
	for (size_t i = 0; i < r.record.n_result; i++)
		CHECK(!holds(r.record.result[i].value, d.seed32));
	seed = row_seed(SERIAL("a/phone"));
	CHECK(!holds(seed, fg_str((const char *)d.seed, 40)) && !holds(seed, d.seed32));
	r = iam(&world.alice, "ListVirtualMFADevices");
	CHECK_GRANTED(r);
	CHECK(fg_str_null(world_xml(&r, "Base32StringSeed")) && fg_str_null(world_xml(&r, "QRCodePNG")));
	r = iam(&world.alice, "CreateVirtualMFADevice&VirtualMFADeviceName=phone&Path=%2Fa%2F");
	CHECK_FAULT(r, 409, "EntityAlreadyExists");
	CHECK_STR(r.message, "MFADevice entity at the same path and name already exists.");
	REFUSED(iam(&world.alice, "CreateVirtualMFADevice"), 400, "ValidationError");
	REFUSED(iam(&world.alice, "CreateVirtualMFADevice&VirtualMFADeviceName=a%2Fb"), 400,
	    "ValidationError");
	REFUSED(iam(&world.alice, "CreateVirtualMFADevice&VirtualMFADeviceName=a&Path=%2F%21%2F"), 400,
	    "InvalidInput");
	REFUSED(iam(&world.bob, "CreateVirtualMFADevice&VirtualMFADeviceName=x"), 403, "AccessDenied");
}

static void
two_devices_have_two_seeds(void)
{
	struct device a = made("one"), b = made("two");

	CHECK(!fg_eq(a.seed32, b.seed32));
}

/* ---- enable ---- */

static void
two_codes_in_a_row_enable_a_device(void)
{
	struct device d = made("phone");
	struct reply r;

	r = two_codes("EnableMFADevice", "alice", "phone", &d, world.now, world.now);
	CHECK_FAULT(r, 403, "InvalidAuthenticationCode");
	CHECK_STR(r.message, "Authentication code for device is not valid.");
	REFUSED(two_codes("EnableMFADevice", "alice", "phone", &d, world.now, world.now - 30), 403,
	    "InvalidAuthenticationCode");
	REFUSED(two_codes("EnableMFADevice", "alice", "phone", &d, world.now - 60, world.now), 403,
	    "InvalidAuthenticationCode");
	REFUSED(two_codes("EnableMFADevice", "alice", "phone", &d, world.now - 720, world.now - 690), 403,
	    "InvalidAuthenticationCode");
	REFUSED(two_codes("EnableMFADevice", "nobody", "phone", &d, world.now - 30, world.now), 404,
	    "NoSuchEntity");
	REFUSED(two_codes("EnableMFADevice", "alice", "other", &d, world.now - 30, world.now), 404,
	    "NoSuchEntity");
	REFUSED(iam(&world.alice, "EnableMFADevice&UserName=alice&SerialNumber=" SERIAL("phone")
	    "&AuthenticationCode1=12345&AuthenticationCode2=123456"), 400, "ValidationError");
	GRANTED(two_codes("EnableMFADevice", "alice", "phone", &d, world.now - 30, world.now));
	r = two_codes("EnableMFADevice", "alice", "phone", &d, world.now + 30, world.now + 60);
	CHECK_FAULT(r, 409, "EntityAlreadyExists");
	CHECK_STR(r.message, "MFA Device is already in use.");
}

static void
the_codes_that_enabled_are_used_up(void)
{
	struct device d = enabled("phone");
	fg_time at = world.now;
	struct reply r;

	r = shows(&world.alice, "GetSessionToken", "phone", code(&d, at));
	CHECK_FAULT(r, 403, "AccessDenied");
	GRANTED(shows(&world.alice, "GetSessionToken", "phone", code(&d, at + 30)));
	r = shows(&world.alice, "GetSessionToken", "phone", code(&d, at + 30));
	CHECK_FAULT(r, 403, "AccessDenied");
	CHECK_STR(r.message, "MultiFactorAuthentication failed with invalid MFA one time pass code. ");
	REFUSED(shows(&world.bob, "GetSessionToken", "phone", code(&d, at + 60)), 403, "AccessDenied");
}

static void
a_device_of_another_account_is_not_there(void)
{
	struct device d = made("phone");
	const struct store_inline row = { W_A2, FG_LIT(BOB_UID), FG_LIT("iam"), FG_LIT(ALLOW("iam:*")) };

	world_put(STORE_INLINE, &row);
	REFUSED(iam(&world.bob, fg_arena_fmt(world.a, "EnableMFADevice&UserName=bob&SerialNumber=" SERIAL("phone")
	    "&AuthenticationCode1=%s&AuthenticationCode2=%s", code(&d, world.now - 30),
	    code(&d, world.now)).p), 404, "NoSuchEntity");
	REFUSED(iam(&world.bob, "DeleteVirtualMFADevice&SerialNumber=" SERIAL("phone")), 404, "NoSuchEntity");
	REFUSED(iam(&world.bob, "ListMFADeviceTags&SerialNumber=" SERIAL("phone")), 404, "NoSuchEntity");
	REFUSED(iam(&world.bob, "GetMFADevice&SerialNumber=" SERIAL("phone")), 404, "NoSuchEntity");
}

/* ---- lock ---- */

static void
five_wrong_pairs_lock_and_nothing_unlocks_early(void)
{
	struct device d = made("phone");
	fg_time from;

	for (int i = 0; i < 5; i++)
		REFUSED(two_codes("EnableMFADevice", "alice", "phone", &d, world.now, world.now), 403,
		    "InvalidAuthenticationCode");
	from = world.now;
	REFUSED(two_codes("EnableMFADevice", "alice", "phone", &d, world.now - 30, world.now), 409,
	    "EntityTemporarilyUnmodifiable");
	world.now = from + 60;
	GRANTED(two_codes("EnableMFADevice", "alice", "phone", &d, world.now - 30, world.now));
}

static void
wrong_codes_of_sts_lock_the_api_too(void)
{
	struct device d = enabled("phone");
	fg_time at = world.now;

	for (int i = 0; i < 5; i++)
		REFUSED(shows(&world.alice, "GetSessionToken", "phone", code(&d, at - 3000)), 403,
		    "AccessDenied");
	REFUSED(shows(&world.alice, "GetSessionToken", "phone", code(&d, world.now + 30)), 403,
	    "AccessDenied");
	REFUSED(two_codes("ResyncMFADevice", "alice", "phone", &d, world.now + 30, world.now + 60), 409,
	    "EntityTemporarilyUnmodifiable");
	/* giving it back and taking it anew does not help */
	GRANTED(iam(&world.alice, "DeactivateMFADevice&UserName=alice&SerialNumber=" SERIAL("phone")));
	REFUSED(two_codes("EnableMFADevice", "alice", "phone", &d, world.now + 30, world.now + 60), 409,
	    "EntityTemporarilyUnmodifiable");
}

/* ---- clocks ---- */

static void
a_clock_that_is_apart_is_learnt(void)
{
	struct device d = enabled("phone");
	const fg_time ahead = 300;

	world.now += 120;
	REFUSED(shows(&world.alice, "GetSessionToken", "phone", code(&d, world.now + ahead)), 403,
	    "AccessDenied");
	REFUSED(two_codes("ResyncMFADevice", "alice", "phone", &d, world.now + ahead, world.now + ahead),
	    403, "InvalidAuthenticationCode");
	GRANTED(two_codes("ResyncMFADevice", "alice", "phone", &d, world.now + ahead - 30,
	    world.now + ahead));
	REFUSED(shows(&world.alice, "GetSessionToken", "phone", code(&d, world.now + ahead)), 403,
	    "AccessDenied"); /* used */
	world.now += 60;
	GRANTED(shows(&world.alice, "GetSessionToken", "phone", code(&d, world.now + ahead)));
	REFUSED(shows(&world.alice, "GetSessionToken", "phone", code(&d, world.now)), 403, "AccessDenied");
}

static void
old_codes_do_not_turn_the_clock_back(void)
{
	struct device d = enabled("phone");
	fg_time at = world.now;

	world.now += 300;
	REFUSED(two_codes("ResyncMFADevice", "alice", "phone", &d, at - 30, at), 403,
	    "InvalidAuthenticationCode");
	GRANTED(two_codes("ResyncMFADevice", "alice", "phone", &d, world.now - 30, world.now));
}

/* ---- give back, delete ---- */

static void
a_device_is_given_back_before_it_is_deleted(void)
{
	struct device d = enabled("phone");
	struct reply r;

	r = iam(&world.alice, "DeleteVirtualMFADevice&SerialNumber=" SERIAL("phone"));
	CHECK_FAULT(r, 409, "DeleteConflict");
	CHECK_STR(r.message, "MFA VirtualDevice in use. Must deactivate first.");
	GRANTED(iam(&world.alice, "DeactivateMFADevice&UserName=alice&SerialNumber=" SERIAL("phone")));
	REFUSED(iam(&world.alice, "DeactivateMFADevice&UserName=alice&SerialNumber=" SERIAL("phone")), 404,
	    "NoSuchEntity");
	REFUSED(shows(&world.alice, "GetSessionToken", "phone", code(&d, world.now + 30)), 403,
	    "AccessDenied");
	REFUSED(two_codes("EnableMFADevice", "alice", "phone", &d, W_NOW - 30, W_NOW), 403,
	    "InvalidAuthenticationCode"); /* the codes of the first time */
	GRANTED(two_codes("EnableMFADevice", "alice", "phone", &d, world.now + 30, world.now + 60));
	GRANTED(iam(&world.alice, "DeactivateMFADevice&UserName=alice&SerialNumber=" SERIAL("phone")));
	GRANTED(iam(&world.alice, "DeleteVirtualMFADevice&SerialNumber=" SERIAL("phone")));
	REFUSED(iam(&world.alice, "DeleteVirtualMFADevice&SerialNumber=" SERIAL("phone")), 404,
	    "NoSuchEntity");
}

static void
a_user_has_eight_devices_at_most(void)
{
	for (int i = 0; i < 8; i++)
		(void)enabled(fg_arena_fmt(world.a, "d%d", i).p);
	{
		struct device d = made("d8");

		REFUSED(two_codes("EnableMFADevice", "alice", "d8", &d, world.now - 30, world.now), 409,
		    "LimitExceeded");
	}
}

static void
an_account_has_five_thousand_devices_at_most(void)
{
	struct store_mfa m = { .account = W_A1, .user = FG_LIT(""), .seed = FG_LIT("x"), .tags = FG_LIT(""),
		.created = W_NOW };
	struct store_tx *tx;

	(void)made("first");
	CHECK_OK(store_begin(world.st, &tx, NULL));
	for (int i = 1; i < 5000; i++) {
		m.serial = fg_arena_fmt(world.a, SERIAL("n%d"), i);
		if (store_insert(tx, STORE_MFA, &m, NULL) != FG_OK)
			CU_FAIL("insert");
	}
	CHECK_OK(store_commit(tx, NULL));
	REFUSED(iam(&world.alice, "CreateVirtualMFADevice&VirtualMFADeviceName=last"), 409, "LimitExceeded");
	GRANTED(iam(&world.alice, "DeleteVirtualMFADevice&SerialNumber=" SERIAL("n1")));
	GRANTED(iam(&world.alice, "CreateVirtualMFADevice&VirtualMFADeviceName=last"));
}

/* ---- lists ---- */

static size_t
count(const struct reply *r, const char *word)
{
	struct fg_str s = r->body, w = fg_str_z(word);
	size_t n = 0;

	for (size_t i = 0; i + w.n <= s.n; i++)
		n += memcmp(s.p + i, w.p, w.n) == 0;
	return n;
}

static void
devices_are_listed(void)
{
	struct reply r;

	(void)made("b");
	(void)enabled("a");
	(void)enabled("c");
	r = iam(&world.alice, "ListMFADevices");
	CHECK_GRANTED(r);
	CHECK(count(&r, "<SerialNumber>") == 2);
	CHECK_EQ(world_xml(&r, "SerialNumber"), FG_LIT(SERIAL("a")));
	CHECK_STR(world_xml(&r, "UserName"), "alice");
	r = iam(&world.alice, "ListVirtualMFADevices&AssignmentStatus=Unassigned");
	CHECK(count(&r, "<SerialNumber>") == 1 && fg_str_null(world_xml(&r, "UserName")));
	r = iam(&world.alice, "ListVirtualMFADevices&AssignmentStatus=Assigned&MaxItems=1");
	CHECK_EQ(world_xml(&r, "SerialNumber"), FG_LIT(SERIAL("a")));
	CHECK_STR(world_xml(&r, "IsTruncated"), "true");
	CHECK_STR(world_xml(&r, "UserName"), "alice");
	r = iam(&world.alice, fg_arena_fmt(world.a, "ListVirtualMFADevices&AssignmentStatus=Assigned&Marker=%.*s",
	    FG_PRI(world_xml(&r, "Marker"))).p);
	CHECK_EQ(world_xml(&r, "SerialNumber"), FG_LIT(SERIAL("c")));
	r = iam(&world.alice, "ListVirtualMFADevices");
	CHECK(count(&r, "<SerialNumber>") == 3);
	REFUSED(iam(&world.alice, "ListVirtualMFADevices&AssignmentStatus=Some"), 400, "ValidationError");
	r = iam(&world.alice, "GetMFADevice&SerialNumber=" SERIAL("a"));
	CHECK_GRANTED(r);
	CHECK_STR(world_xml(&r, "UserName"), "alice");
	REFUSED(iam(&world.alice, "GetMFADevice&SerialNumber=" SERIAL("b")), 404, "NoSuchEntity");
	r = iam(&world.alice, "GetAccountSummary");
	CHECK(count(&r, "<key>MFADevices</key><value>3</value>") == 1);
	CHECK(count(&r, "<key>MFADevicesInUse</key><value>2</value>") == 1);
	REFUSED(iam(&world.bob, "ListVirtualMFADevices"), 403, "AccessDenied");
}

static void
tags_of_devices(void)
{
	struct reply r;

	(void)made("phone");
	GRANTED(iam(&world.alice, "TagMFADevice&SerialNumber=" SERIAL("phone")
	    "&Tags.member.1.Key=a&Tags.member.1.Value=1&Tags.member.2.Key=b&Tags.member.2.Value=2"));
	GRANTED(iam(&world.alice, "TagMFADevice&SerialNumber=" SERIAL("phone")
	    "&Tags.member.1.Key=A&Tags.member.1.Value=3"));
	r = iam(&world.alice, "ListMFADeviceTags&SerialNumber=" SERIAL("phone"));
	CHECK_GRANTED(r);
	CHECK(count(&r, "<Key>") == 2);
	CHECK_STR(world_xml(&r, "Value"), "3");
	GRANTED(iam(&world.alice, "UntagMFADevice&SerialNumber=" SERIAL("phone") "&TagKeys.member.1=A"));
	r = iam(&world.alice, "ListMFADeviceTags&SerialNumber=" SERIAL("phone"));
	CHECK_STR(world_xml(&r, "Key"), "b");
	REFUSED(iam(&world.alice, "TagMFADevice&SerialNumber=" SERIAL("none")
	    "&Tags.member.1.Key=a&Tags.member.1.Value=1"), 404, "NoSuchEntity");
	alice_may("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"iam:*\","
	    "\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"aws:ResourceTag/b\":\"1\"}}}]}");
	REFUSED(iam(&world.alice, "UntagMFADevice&SerialNumber=" SERIAL("phone") "&TagKeys.member.1=b"), 403,
	    "AccessDenied");
}

/* ---- who may ---- */

static void
a_user_may_be_let_to_care_for_its_own_device_only(void)
{
	const struct store_user u = { .account = W_A1, .uid = FG_LIT("AIDA00000000000000009"),
		.name = FG_LIT("carol"), .path = FG_LIT("/"), .boundary = FG_LIT(""), .tags = FG_LIT(""),
		.created = W_NOW };
	struct device d = made("phone");

	world_put(STORE_USER, &u);
	alice_may(ALLOW_OWN);
	REFUSED(two_codes("EnableMFADevice", "carol", "phone", &d, world.now - 30, world.now), 403,
	    "AccessDenied");
	GRANTED(two_codes("EnableMFADevice", "alice", "phone", &d, world.now - 30, world.now));
	REFUSED(iam(&world.alice, "DeactivateMFADevice&UserName=carol&SerialNumber=" SERIAL("phone")), 403,
	    "AccessDenied");
	alice_may(ALLOW("iam:*"));
	/* not carol's, though carol is there and alice may do it to her */
	REFUSED(iam(&world.alice, "DeactivateMFADevice&UserName=carol&SerialNumber=" SERIAL("phone")), 404,
	    "NoSuchEntity");
	REFUSED(two_codes("ResyncMFADevice", "carol", "phone", &d, world.now + 30, world.now + 60), 404,
	    "NoSuchEntity");
	GRANTED(iam(&world.alice, "DeactivateMFADevice&SerialNumber=" SERIAL("phone")));
}

/* ---- the chain ---- */

static struct reply
role(const struct signer *s, const char *name, const char *more)
{
	world.now++;
	world.connection++;
	return world_signed(s, fg_arena_fmt(world.a, "Version=2011-06-15&Action=AssumeRole&RoleSessionName=session"
	    "&RoleArn=arn:aws:iam::111122223333:role/%s%s", name, more).p);
}

#define TRUST_OF(who, condition)                                                                 \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"" who "\"}," \
	"\"Action\":\"sts:AssumeRole\",\"Condition\":{" condition "}}]}"
#define MFA_THERE "\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}"

static void
mfa_opens_a_role_and_does_not_survive_a_chain(void)
{
	struct device d = enabled("phone");
	struct signer s, chained;
	struct reply r;

	world_role(W_A1, "AROA00000000000000041", "young", TRUST_OF("arn:aws:iam::111122223333:user/alice",
	    MFA_THERE ",\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":\"60\"}"), ALLOW("sts:*"));
	world_role(W_A1, "AROA00000000000000042", "next", TRUST_OF("arn:aws:iam::111122223333:role/deploy",
	    MFA_THERE), NULL);
	world_role(W_A1, "AROA00000000000000043", "open", TRUST_OF("arn:aws:iam::111122223333:root",
	    "\"BoolIfExists\":{\"aws:MultiFactorAuthPresent\":\"true\"}"), NULL);
	REFUSED(role(&world.alice, "young", ""), 403, "AccessDenied");
	r = shows(&world.alice, "GetSessionToken", "phone", code(&d, world.now + 30));
	CHECK_GRANTED(r);
	s = world_signer(&r);
	r = role(&s, "young", "");
	CHECK_GRANTED(r);
	chained = world_signer(&r);
	REFUSED(role(&chained, "open", ""), 403, "AccessDenied"); /* the fact is there, and false */
	world.now += 60;
	REFUSED(role(&s, "young", ""), 403, "AccessDenied"); /* too old */
	/* a session shows no device, whatever the code */
	REFUSED(role(&s, "young", fg_arena_fmt(world.a, "&SerialNumber=" SERIAL("phone") "&TokenCode=%s",
	    code(&d, world.now + 30)).p), 403, "AccessDenied");
	GRANTED(role(&world.alice, "young", fg_arena_fmt(world.a, "&SerialNumber=" SERIAL("phone")
	    "&TokenCode=%s", code(&d, world.now + 30)).p));
}

CU_TestInfo mfa_tests[] = {
	CASE(a_device_is_made_and_its_seed_told_once),
	CASE(two_devices_have_two_seeds),
	CASE(two_codes_in_a_row_enable_a_device),
	CASE(the_codes_that_enabled_are_used_up),
	CASE(a_device_of_another_account_is_not_there),
	CASE(five_wrong_pairs_lock_and_nothing_unlocks_early),
	CASE(wrong_codes_of_sts_lock_the_api_too),
	CASE(a_clock_that_is_apart_is_learnt),
	CASE(old_codes_do_not_turn_the_clock_back),
	CASE(a_device_is_given_back_before_it_is_deleted),
	CASE(a_user_has_eight_devices_at_most),
	CASE(an_account_has_five_thousand_devices_at_most),
	CASE(devices_are_listed),
	CASE(tags_of_devices),
	CASE(a_user_may_be_let_to_care_for_its_own_device_only),
	CASE(mfa_opens_a_role_and_does_not_survive_a_chain),
	CASES_END,
};
