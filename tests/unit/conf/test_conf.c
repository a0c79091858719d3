/* gateway/conf: documents, keys, values. */
#include "gateway/conf/conf.h"
#include "tests/unit/unit.h"

static enum fg_rc
document(const char *text, struct fg_err *err)
{
	json_t *v = NULL;
	enum fg_rc rc = conf_document(fg_str_z(text), &v, err);

	if (rc == FG_OK)
		json_decref(v);
	return rc;
}

static void
plain_scalars_are_strings(void)
{
	json_t *v = NULL;
	struct fg_err err = { 0 };

	CU_ASSERT_EQUAL_FATAL(conf_document(FG_LIT("id: 012345678901\nversion: 2012-10-17\nyes: yes\non: true\nnone: null\nf: 1.10\n"),
	    &v, &err), FG_OK);
	CHECK_STR(fg_str_z(json_string_value(json_object_get(v, "id"))), "012345678901");
	CHECK_STR(fg_str_z(json_string_value(json_object_get(v, "version"))), "2012-10-17");
	CHECK_STR(fg_str_z(json_string_value(json_object_get(v, "yes"))), "yes");
	CHECK_STR(fg_str_z(json_string_value(json_object_get(v, "f"))), "1.10");
	CHECK(json_is_true(json_object_get(v, "on")));
	CHECK(json_is_null(json_object_get(v, "none")));
	json_decref(v);
}

static void
hostile_documents_are_refused(void)
{
	static const char *const bad[] = {
		"a: 1\na: 2\n", "{\"a\":1,\"a\":2}", "a: &x 1\nb: *x\n", "a: !!int 3\n", "--- 1\n--- 2\n", "? [a]\n: 1\n",
		"? {a: 1}\n: 1\n", "a: [1\n", "{\"a\":}", "\"a\\0b\": 1\n", "a: \"\xff\"\n", "*a\n",
	};
	char deep[400];
	size_t i;

	for (i = 0; i < FG_COUNT(bad); i++) {
		struct fg_err err = { 0 };

		CHECK_RC(document(bad[i], &err), FG_E_SYNTAX);
		CHECK(err.step != NULL);
	}
	memset(deep, '-', sizeof(deep));
	for (i = 1; i < sizeof(deep); i += 2)
		deep[i] = ' ';
	deep[sizeof(deep) - 1] = '\0';
	CHECK_RC(document(deep, &(struct fg_err){ 0 }), FG_E_SYNTAX);
}

static enum fg_rc
configure(const char *file, const char *const *set, struct conf **ret, struct fg_err *err)
{
	FG_AUTO(conf_freep) struct conf *c = NULL;

	FG_TRY(conf_new(&c, err));
	FG_TRY(conf_file(c, fg_str_z(file), err));
	for (; set != NULL && *set != NULL; set++)
		FG_TRY(conf_set(c, fg_str_z(*set), err));
	FG_TRY(conf_end(c, err));
	*ret = FG_STEAL(c);
	return FG_OK;
}

static void
defaults_are_those_of_the_manual(void)
{
	FG_AUTO(conf_freep) struct conf *c = NULL;
	struct fg_err err = { 0 };

	CU_ASSERT_EQUAL_FATAL(configure("# nothing\n", NULL, &c, &err), FG_OK);
	CU_ASSERT_EQUAL_FATAL(c->n_listen, 1);
	CHECK_STR(fg_str_z(c->listen[0].host), "127.0.0.1");
	CHECK(c->listen[0].port == 8080 && !c->listen[0].tls);
	CHECK_STR(fg_str_z(conf_store_path(c)), "fedgate-data/fedgate.db");
	CHECK_STR(fg_str_z(c->keyring), "fedgate-data/keyring");
	CHECK_STR(fg_str_z(c->audit_file), "fedgate-data/audit.jsonl");
	CHECK(c->audit_sync_ms == 5 && c->oidc_skew_s == 60 && c->saml_skew_s == 60 && c->saml_refresh_s == 3600);
	CHECK(!c->forwarded && !c->proxy_v2 && c->oidc_rsa_bits == 4096);
	CHECK(c->n_allow == 0 && c->n_proxies == 0 && c->n_regions == 0);
}

static void
set_wins_over_the_file_and_repeats_add(void)
{
	FG_AUTO(conf_freep) struct conf *c = NULL;
	static const char *const set[] = { "listen=http://[::1]:0", "listen=https://127.0.0.1:8443", "tls.certificate=c",
		"tls.key=k", "oidc.skew_s=7", "oidc.skew_s=9", "fetch.allow=127.0.0.1/32:4603", "fetch.allow=[fd00::/8]:443",
		"fetch.allow=idp.example.com:8443", NULL };
	struct fg_err err = { 0 };

	CU_ASSERT_EQUAL_FATAL(configure("listen: [http://a.example:1]\noidc:\n  skew_s: 5\naudit.sync_ms: 3\n", set, &c, &err), FG_OK);
	CU_ASSERT_EQUAL_FATAL(c->n_listen, 2);
	CHECK_STR(fg_str_z(c->listen[0].host), "::1");
	CHECK(c->listen[1].tls && c->listen[1].port == 8443);
	CHECK(c->oidc_skew_s == 9 && c->audit_sync_ms == 3);
	CU_ASSERT_EQUAL_FATAL(c->n_allow, 3);
	CHECK(c->allow[0].host == NULL && c->allow[0].cidr.bits == 32 && c->allow[0].port == 4603);
	CHECK(c->allow[1].host == NULL && c->allow[1].cidr.ip.family == FG_IP_V6);
	CHECK_STR(fg_str_z(c->allow[2].host), "idp.example.com");
}

static void
what_is_dumped_reads_back(void)
{
	FG_AUTO(conf_freep) struct conf *c = NULL, *d = NULL;
	static const char *const set[] = { "sigv4.regions=eu-west-1", "sigv4.regions=us-east-1", "workers=3", NULL };
	struct fg_str text = FG_STR_NULL;
	struct fg_err err = { 0 };

	CU_ASSERT_EQUAL_FATAL(configure("saml: {audiences: [urn:x]}\n", set, &c, &err), FG_OK);
	CU_ASSERT_EQUAL_FATAL(conf_dump(c, c->arena, &text, &err), FG_OK);
	CU_ASSERT_EQUAL_FATAL(configure(text.p, NULL, &d, &err), FG_OK);
	CU_ASSERT_EQUAL_FATAL(d->n_regions, 2);
	CHECK_STR(fg_str_z(d->regions[1]), "us-east-1");
	CU_ASSERT_EQUAL_FATAL(d->n_saml_audiences, 1);
	CHECK(d->workers == 3);
}

static void
wrong_values_name_their_key(void)
{
	static const char *const bad[][2] = {
		{ "listn: 1", "listn" }, { "listen: ftp://a:1", "http://HOST:PORT" }, { "listen: http://a", "http://HOST:PORT" },
		{ "listen: http://a:70000", "http://HOST:PORT" }, { "listen: https://a:1", "tls.certificate" },
		{ "workers: many", "workers" }, { "workers: 257", "workers" }, { "workers: [1, 2]", "one value" },
		{ "oidc: {skew_s: 301}", "oidc.skew_s" }, { "oidc: {skew: 1}", "oidc.skew" }, { "store: mysql://x", "sqlite:PATH" },
		{ "proxy: {trusted: [10.0.0.0/33]}", "proxy.trusted" },
		{ "proxy: {protocol: v2}", "proxy.trusted" }, { "proxy: {protocol: v1}", "proxy.protocol" },
		{ "proxy: {header: via}", "proxy.header" }, { "oidc: {rsa_bits: 5000}", "oidc.rsa_bits" },
		{ "oidc: {rsa_bits: 16384}", "oidc.rsa_bits" }, { "fetch: {allow: [127.0.0.1]}", "fetch.allow" },
		{ "fetch: {allow: [127.0.0.1/99:1]}", "fetch.allow" }, { "public_url: https://x/", "public_url" },
		{ "oidc.skew_s: 1\noidc: {skew_s: 2}", "set twice" }, { "keyring: true", "keyring" }, { "keyring: ''", "keyring" },
		{ "[1]", "keys and values" },
	};
	size_t i;

	for (i = 0; i < FG_COUNT(bad); i++) {
		struct conf *c = NULL;
		struct fg_err err = { 0 };

		CHECK_RC(configure(bad[i][0], NULL, &c, &err), FG_E_PARAM);
		if (strstr(err.text, bad[i][1]) == NULL)
			printf("\n    %s: %s\n", bad[i][0], err.text);
		CHECK(strstr(err.text, bad[i][1]) != NULL);
		conf_free(c);
	}
}

static CU_TestInfo documents[] = { CASE(plain_scalars_are_strings), CASE(hostile_documents_are_refused), CASES_END };
static CU_TestInfo keys[] = { CASE(defaults_are_those_of_the_manual), CASE(set_wins_over_the_file_and_repeats_add),
	CASE(what_is_dumped_reads_back), CASE(wrong_values_name_their_key), CASES_END };

int
main(void)
{
	CU_SuiteInfo suites[] = { SUITE("conf/document.c", documents), SUITE("conf/conf.c", keys), SUITES_END };

	return unit_run(suites);
}
