/*
 * tests/policy/differential_fuzz.c - coverage-guided: bytes become a request with policies, the engine
 * decides, and so does the oracle (FEDGATE_ORACLE/ref.js, a child process); they must agree.
 *
 * Built with libFuzzer (configure --enable-fuzzing CC=clang).  DIFFERENTIAL_DUMP=FILE appends the
 * case of each input and the oracle's verdict as a line of JSON: so a minimised corpus
 * becomes tests/vectors/policy/differential.jsonl, which `make check` decides without an oracle.
 */
#include <fcntl.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"
#include "tests/unit/trust/line.h"

/* ---- choices out of bytes ---- */

struct source {
	const uint8_t *p;
	size_t n;
	struct fg_buf out;
};

static unsigned
choose(struct source *s, unsigned n)
{
	if (s->n == 0)
		return 0;
	s->n--;
	return *s->p++ % n;
}

static void
put(struct source *s, const char *text)
{
	fg_buf_put(&s->out, fg_str_z(text));
}

static void
put_string(struct source *s, const char *const *pieces, unsigned kinds, unsigned max)
{
	put(s, "\"");
	for (unsigned n = choose(s, max + 1); n > 0; n--)
		fg_buf_json(&s->out, fg_str_z(pieces[choose(s, kinds)]));
	put(s, "\"");
}

#define PIECES(s, table, max) put_string((s), (table), FG_COUNT(table), (max))
#define ONE_OF(s, table) put((s), (table)[choose((s), FG_COUNT(table))])

#define A "111122223333"
#define T "444455556666"

static const char *const pattern_pieces[] = { "a", "b", "*", "?", "ab", "A", "é", "😀", "/", ":", "${k:v}",
	"${k:w}", "${K:V}", "${k:none, 'a'}", "${k:none, ''}", "${k:none}", "${*}", "${?}", "${$}", "${", "}",
	"$", "${k:m}", "${k:m, 'a'}", "${k:v,'x'}", "${}", "${k:v, 'a}", "aaaaaaaa", "*a", "?b", "\n", " ", ".",
	"\"", "arn:aws:iam::", "arn:", "::", "::::" };
static const char *const value_pieces[] = { "a", "b", "ab", "A", "é", "😀", "*", "?", "/", ":", "x", "\n", "$",
	"{", "}", " ", ".", "aaaaaaaa", "bbbbbbbbbbbbbbbb", "éééééééé", "arn:aws:iam::", "arn:", "::", "::::" };
static const char *const digits[] = { "0", "1", "2", "9", "00", "10", ".", "-", "+", "e", " ",
	"9007199254740993", "123456789012345678901234567890" };
/* One head: digits without an end are no date here and a great number there. */
static const char *const date_heads[] = { "2026", "2024-02", "1767225600", "12345", "-99999", "123", "9999-12-31",
	"1970-01-01", "" };
static const char *const date_tails[] = { "-01", "-12", "-02", "-29", "-30", "-1", "T00:00", "T23:59", "T24:00", "T",
	":00", ":59", ":60", ".5", ".50", ".123456", "Z", "z", "+01:00", "-01:00", "+23:59", "-", " " };
static const char *const prefixes[] = { "203.0.113.9", "203.0.113.0", "10.1.2.3", "2001:db8::1", "::", "1.2.3",
	"256.1.1.1", "x", "", "203.0.113.0/24", "203.0.113.77/24", "0.0.0.0/0", "::/0", "10.0.0.0/8",
	"10.0.0.0/33", "2001:db8::/32", "2001:db8::/129", "1.2.3.4/", "203.0.113.8/31", "10.1.0.0/16", "fe80::1" };
static const char *const booleans[] = { "\"true\"", "\"false\"", "true", "false", "\"TRUE\"", "\"1\"", "\"\"",
	"\"yes\"" };
static const char *const binary_pieces[] = { "QQ==", "QR==", "QUI=", "QUJ=", "QUFB", "Q", "=", "+/", "-_" };

/* ---- values ---- */

enum family { STRING = 0, NUMBER, DATE, BOOL, BINARY, ADDRESS, NUL, ODD, FAMILIES };

static void
put_value(struct source *s, enum family f, bool policy)
{
	switch (f) {
	case STRING:
	case ODD:
		if (policy)
			PIECES(s, pattern_pieces, 12);
		else
			PIECES(s, value_pieces, 12);
		break;
	case NUMBER:
		PIECES(s, digits, 4);
		break;
	case DATE:
		put(s, "\"");
		ONE_OF(s, date_heads);
		for (unsigned n = choose(s, 6); n > 0; n--)
			ONE_OF(s, date_tails);
		put(s, "\"");
		break;
	case ADDRESS:
		put(s, "\"");
		ONE_OF(s, prefixes);
		put(s, "\"");
		break;
	case BINARY:
		PIECES(s, binary_pieces, 3);
		break;
	case BOOL:
	case NUL:
	case FAMILIES:
		ONE_OF(s, booleans);
		break;
	}
}

static void
put_values(struct source *s, enum family f, bool policy)
{
	unsigned n = choose(s, 16);

	if (n < 8) {
		put_value(s, f, policy);
		return;
	}
	put(s, "[");
	for (n = n == 15 ? 12 : n - 8; n > 0; n--) {
		put_value(s, f, policy);
		put(s, n > 1 ? "," : "");
	}
	put(s, "]");
}

/* ---- conditions ---- */

static const struct {
	const char *name;
	enum family family;
} operators[] = {
	{ "StringEquals", STRING }, { "StringNotEquals", STRING }, { "StringEqualsIgnoreCase", STRING },
	{ "StringNotEqualsIgnoreCase", STRING }, { "StringLike", STRING }, { "StringNotLike", STRING },
	{ "ArnEquals", STRING }, { "ArnLike", STRING }, { "ArnNotEquals", STRING }, { "ArnNotLike", STRING },
	{ "NumericEquals", NUMBER }, { "NumericNotEquals", NUMBER }, { "NumericLessThan", NUMBER },
	{ "NumericLessThanEquals", NUMBER }, { "NumericGreaterThan", NUMBER },
	{ "NumericGreaterThanEquals", NUMBER }, { "DateEquals", DATE }, { "DateNotEquals", DATE },
	{ "DateLessThan", DATE }, { "DateLessThanEquals", DATE }, { "DateGreaterThan", DATE },
	{ "DateGreaterThanEquals", DATE }, { "Bool", BOOL }, { "BinaryEquals", BINARY },
	{ "IpAddress", ADDRESS }, { "NotIpAddress", ADDRESS }, { "Null", NUL }, { "NullIf", ODD },
	{ "StringMatches", ODD },
};
static const char *const sets[] = { "", "", "ForAllValues:", "ForAnyValue:", "forallvalues:" };
static const char *const if_exists[] = { "", "", "IfExists", "ifexists" };

/* Keys are k:<family><0|1>; each operator stands once, so that no member is twice. */
static void
put_condition(struct source *s)
{
	bool used[FG_COUNT(operators)] = { false };
	unsigned n = choose(s, 4);
	bool first = true;

	put(s, "{");
	for (; n > 0; n--) {
		unsigned op = choose(s, FG_COUNT(operators));

		if (used[op])
			continue;
		used[op] = true;
		fg_buf_fmt(&s->out, "%s\"", first ? "" : ",");
		first = false;
		ONE_OF(s, sets);
		put(s, operators[op].name);
		ONE_OF(s, if_exists);
		fg_buf_fmt(&s->out, "\":{\"%s%u%u\":", choose(s, 8) == 0 ? "K:" : "k:",
		    (unsigned)operators[op].family, choose(s, 2));
		put_values(s, operators[op].family, true);
		put(s, "}");
	}
	put(s, "}");
}

static void
put_context(struct source *s)
{
	put(s, "{\"k:v\":");
	PIECES(s, value_pieces, 3);
	put(s, ",\"k:w\":");
	PIECES(s, value_pieces, 2);
	put(s, ",\"k:m\":[\"a\"]");
	for (unsigned f = 0; f < FAMILIES; f++)
		for (unsigned i = 0; i < 2; i++) {
			if (choose(s, 4) == 3)
				continue;
			fg_buf_fmt(&s->out, ",\"k:%u%u\":", f, i);
			put_values(s, (enum family)f, false);
		}
	put(s, "}");
}

/* ---- statements ---- */

static const char *const actions[] = { "\"*\"", "\"sts:AssumeRole\"", "\"sts:*\"", "\"STS:assume*\"", "\"*:*\"",
	"\"s?s:*e*\"", "\"sts:AssumeRole \"", "\"sts\"", "[\"s3:*\",\"kms:Decrypt\"]", "[]" };
static const char *const resources[] = { "\"*\"", "\"arn:aws:iam::*:role/*\"", "\"arn:aws:iam::" A ":role/R\"",
	"\"arn:aws:iam\"", "\"arn:aws:i*\"", "\"?*\"", "\"arn:aws:iam::" A ":role/${k:v}\"",
	"\"arn:aws:${k:v}::" A ":role/R\"", "[\"x\",\"arn:aws:iam::*:role/${k:none, 'R'}\"]",
	"\"arn:aws:kms:*:" A ":key/*\"", "[]" };
static const char *const principals[] = { "\"*\"", "{\"AWS\":\"*\"}", "{\"AWS\":\"" A "\"}", "{\"AWS\":\"" T "\"}",
	"{\"AWS\":\"arn:aws:iam::" A ":root\"}", "{\"AWS\":\"arn:aws:iam::" A ":user/alice\"}",
	"{\"AWS\":[\"arn:aws:iam::" A ":role/x/Caller\",\"1\"]}",
	"{\"AWS\":\"arn:aws:sts::" A ":assumed-role/Caller/s\"}",
	"{\"AWS\":\"arn:aws:sts::" A ":federated-user/alice\",\"Service\":\"ec2.amazonaws.com\"}",
	"{\"Federated\":[\"accounts.google.com\",\"arn:aws:iam::" A ":oidc-provider/i.x\"]}",
	"{\"Service\":[\"ec2.amazonaws.com\"]}", "{\"CanonicalUser\":\"x\"}", "{}",
	"{\"AWS\":\"arn:aws-cn:iam::" A ":root\"}" };

enum with { WITH_NONE = 0, WITH_PRINCIPAL, WITH_ALL };

static void
put_statement(struct source *s, enum with with)
{
	put(s, choose(s, 4) == 3 ? "{\"Effect\":\"Deny\"," : "{\"Effect\":\"Allow\",");
	if (with == WITH_ALL)
		put(s, "\"Principal\":\"*\",");
	if (with == WITH_PRINCIPAL) {
		put(s, choose(s, 8) == 7 ? "\"NotPrincipal\":" : "\"Principal\":");
		ONE_OF(s, principals);
		put(s, ",");
	}
	put(s, choose(s, 8) == 7 ? "\"NotAction\":" : "\"Action\":");
	ONE_OF(s, actions);
	put(s, choose(s, 8) == 7 ? ",\"NotResource\":" : ",\"Resource\":");
	ONE_OF(s, resources);
	put(s, ",\"Condition\":");
	put_condition(s);
	put(s, "}");
}

static void
put_document(struct source *s, enum with with)
{
	static const char *const versions[] = { "\"Version\":\"2012-10-17\",", "\"Version\":\"2012-10-17\",", "",
		"\"Version\":\"2008-10-17\"," };

	put(s, "{");
	ONE_OF(s, versions);
	put(s, "\"Statement\":[");
	for (unsigned n = 1 + choose(s, 2); n > 0; n--) {
		put_statement(s, with);
		put(s, n > 1 ? "," : "");
	}
	put(s, "]}");
}

static void
put_layer(struct source *s, const char *open, enum with with, const char *end)
{
	put(s, open);
	put_document(s, with);
	put(s, end);
}

static void
put_policies(struct source *s)
{
	unsigned which = choose(s, 256);

	put(s, "{\"boundary\":[");
	if ((which & 1) != 0)
		put_document(s, WITH_NONE);
	put(s, "]");
	if ((which & 2) == 0)
		put_layer(s, ",\"resource\":", WITH_PRINCIPAL, "");
	if ((which & 4) == 0)
		put_layer(s, ",\"identity\":[", WITH_NONE, "]");
	if ((which & 24) == 24)
		put_layer(s, ",\"session\":", WITH_NONE, "");
	if ((which & 96) == 96)
		put_layer(s, ",\"scp\":[[", WITH_NONE, "]]");
	if ((which & 160) == 160)
		put_layer(s, ",\"rcp\":[[", WITH_ALL, "]]");
	if ((which & 192) == 192)
		put_layer(s, ",\"vpce\":[", WITH_ALL, "]");
	put(s, "}");
}

static void
put_case(struct source *s)
{
	static const char *const callers[] = { "\"arn:aws:iam::" A ":user/alice\"", "\"arn:aws:iam::" T ":user/eve\"",
		"\"arn:aws:sts::" A ":assumed-role/Caller/s\"", "\"arn:aws:sts::" T ":assumed-role/Caller/s\"",
		"\"ec2.amazonaws.com\"", "\"arn:aws:iam::" A ":root\"", "\"arn:aws:sts::" A ":federated-user/alice\"",
		"\"arn:aws:iam::" A ":oidc-provider/i.x\"", "\"accounts.google.com\"", "{\"type\":\"Anonymous\"}" };
	static const char *const asked[] = { "sts:AssumeRole", "sts:TagSession", "s3:GetObject", "kms:Decrypt",
		"sts:AssumeRoleWithWebIdentity", "sts:GetCallerIdentity", "STS:assumeROLE" };
	static const char *const targets[] = { "arn:aws:iam::" A ":role/R", "arn:aws:iam::" A ":role/ab",
		"arn:aws:s3:::b:c", "arn:aws:kms:r:" A ":key/1", "x" };

	put(s, "\"request\":{\"principal\":");
	ONE_OF(s, callers);
	put(s, ",\"action\":\"");
	ONE_OF(s, asked);
	put(s, "\",\"resource\":\"");
	ONE_OF(s, targets);
	put(s, choose(s, 4) == 3 ? "\",\"resourceAccount\":\"" T "\"" : "\",\"resourceAccount\":\"" A "\"");
	put(s, ",\"context\":");
	put_context(s);
	put(s, "},\"policies\":");
	put_policies(s);
}

/* ---- the oracle ---- */

static FILE *to_oracle, *from_oracle;

static void
start_oracle(void)
{
	const char *dir = getenv("FEDGATE_ORACLE");
	int in[2], out[2];
	char path[512];

	FUZZ_ASSERT(dir != NULL && pipe(in) == 0 && pipe(out) == 0);
	snprintf(path, sizeof(path), "%s/ref.js", dir);
	if (fork() == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		close(out[0]);
		dup2(open("/dev/null", O_WRONLY), 2);
		execlp("node", "node", path, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	to_oracle = fdopen(in[1], "w");
	from_oracle = fdopen(out[0], "r");
	FUZZ_ASSERT(to_oracle != NULL && from_oracle != NULL);
}

/* Its verdict, in a buffer of this function. */
static const char *
ask_oracle(struct fg_str line)
{
	static char *reply;
	static size_t room;
	char *result;

	if (to_oracle == NULL)
		start_oracle();
	FUZZ_ASSERT(fwrite(line.p, 1, line.n, to_oracle) == line.n && fputc('\n', to_oracle) == '\n');
	FUZZ_ASSERT(fflush(to_oracle) == 0);
	FUZZ_ASSERT(getline(&reply, &room, from_oracle) > 0);
	result = strstr(reply, "\"result\":\"");
	FUZZ_ASSERT(result != NULL);
	result += 10;
	result[strcspn(result, "\"")] = '\0';
	return result;
}

static void
dump(struct fg_str inner, const char *verdict)
{
	const char *path = getenv("DIFFERENTIAL_DUMP");
	static unsigned n;
	FILE *f;

	if (path == NULL)
		return;
	f = fopen(path, "a");
	FUZZ_ASSERT(f != NULL);
	fprintf(f, "{\"id\":\"d%u\",\"expect\":\"%s\",%.*s}\n", n++, verdict, (int)inner.n, inner.p);
	fclose(f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FG_AUTO(fg_arena_freep) struct fg_arena *a = fg_arena_new(64 * 1024 * 1024);
	FG_AUTO(line_free) struct line l = { .n = 0 };
	struct source s = { data, size, FG_BUF_ARENA(a, 8 * 1024 * 1024) };
	struct trust_decision d;
	const char *want;
	struct fg_str text;

	FUZZ_ASSERT(a != NULL);
	put(&s, "{");
	put_case(&s);
	put(&s, "}");
	FUZZ_ASSERT(fg_buf_end(&s.out, &text) == FG_OK);
	FUZZ_ASSERT(line_read(&l, a, text) == FG_OK);
	(void)trust_decide(&l.request, &l.layers, &d);
	want = ask_oracle(text);
	dump(fg_sub(text, 1, text.n - 1), want);
	if (strcmp(trust_verdict_name(d.verdict), want) != 0) {
		fprintf(stderr, "%.*s\nengine %s, oracle %s\n", (int)text.n, text.p,
		    trust_verdict_name(d.verdict), want);
		abort();
	}
	FUZZ_ACCEPTED();
	return 0;
}
