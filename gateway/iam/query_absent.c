/*
 * gateway/iam/query_absent.c - what there is none of here: passwords, uploaded keys and
 * certificates, credentials of single services, roles linked to services.
 *
 * Clients look for these before they delete a user, or list them; lists are empty, what is asked
 * for does not exist, and what would be made is over a quota of nought.
 */
#include "gateway/iam/query_int.h"

enum resource { ANY = 0, USER, ROLE };

static const struct absent {
	struct fg_str action;
	enum resource on;
	enum api_fault fault; /* API_F_NONE: an empty list of this name */
	struct fg_str list;
	const char *param; /* whose value is in the text; NULL: the account */
	const char *text[2]; /* before and after it */
} table[] = {
#define S(s) { s, sizeof(s) - 1 }
#define LIST(action, on, name) { S(action), on, API_F_NONE, S(name), NULL, { "", "" } }
#define NONE(action, on, param, before, after)                                                   \
	{ S(action), on, API_F_NO_SUCH_ENTITY, S(""), param, { before, after } }
#define FULL(action, on, quota)                                                                  \
	{ S(action), on, API_F_LIMIT_EXCEEDED, S(""), "", { "Cannot exceed quota for " quota ": 0", "" } }
	NONE("ChangePassword", USER, NULL, "Login Profile for the caller cannot be found in account ", "."),
	FULL("CreateLoginProfile", USER, "LoginProfilesPerUser"),
	{ S("CreateServiceLinkedRole"), ANY, API_F_INVALID_INPUT, S(""), "AWSServiceName",
		{ "Service-linked role template not found for ", "" } },
	FULL("CreateServiceSpecificCredential", USER, "ServiceSpecificCredentialsPerUser"),
	NONE("DeleteAccountPasswordPolicy", ANY, NULL, "The Password Policy with domain name ",
	    " cannot be found."),
	NONE("DeleteLoginProfile", USER, "UserName", "Login Profile for User ", " cannot be found."),
	NONE("DeleteSSHPublicKey", USER, "SSHPublicKeyId", "The Public Key with id ", " cannot be found."),
	NONE("DeleteServerCertificate", ANY, "ServerCertificateName", "The Server Certificate with name ",
	    " cannot be found."),
	{ S("DeleteServiceLinkedRole"), ROLE, API_F_INVALID_INPUT, S(""), "RoleName",
		{ "", " is not a service-linked role." } },
	NONE("DeleteServiceSpecificCredential", USER, "ServiceSpecificCredentialId",
	    "No such credential ", " exists"),
	NONE("DeleteSigningCertificate", USER, "CertificateId", "The Certificate with id ",
	    " cannot be found."),
	NONE("GetAccountPasswordPolicy", ANY, NULL, "The Password Policy with domain name ",
	    " cannot be found."),
	NONE("GetLoginProfile", USER, "UserName", "Login Profile for User ", " cannot be found."),
	NONE("GetSSHPublicKey", USER, "SSHPublicKeyId", "The Public Key with id ", " cannot be found."),
	NONE("GetServerCertificate", ANY, "ServerCertificateName", "The Server Certificate with name ",
	    " cannot be found."),
	NONE("GetServiceLinkedRoleDeletionStatus", ANY, "DeletionTaskId", "The deletion task ",
	    " cannot be found."),
	{ S("GenerateOrganizationsAccessReport"), ANY, API_F_REPORT_LIMIT, S(""), "",
		{ "Cannot exceed quota for OrganizationsAccessReports: 0", "" } },
	NONE("GetOrganizationsAccessReport", ANY, "JobId", "The job ", " cannot be found."),
	LIST("ListSSHPublicKeys", USER, "SSHPublicKeys"),
	NONE("ListServerCertificateTags", ANY, "ServerCertificateName", "The Server Certificate with name ",
	    " cannot be found."),
	LIST("ListServerCertificates", ANY, "ServerCertificateMetadataList"),
	LIST("ListServiceSpecificCredentials", USER, "ServiceSpecificCredentials"),
	LIST("ListSigningCertificates", USER, "Certificates"),
	NONE("ResetServiceSpecificCredential", USER, "ServiceSpecificCredentialId",
	    "No such credential ", " exists"),
	NONE("TagServerCertificate", ANY, "ServerCertificateName", "The Server Certificate with name ",
	    " cannot be found."),
	NONE("UntagServerCertificate", ANY, "ServerCertificateName", "The Server Certificate with name ",
	    " cannot be found."),
	FULL("UpdateAccountPasswordPolicy", ANY, "PasswordPoliciesPerAccount"),
	NONE("UpdateLoginProfile", USER, "UserName", "Login Profile for User ", " cannot be found."),
	NONE("UpdateSSHPublicKey", USER, "SSHPublicKeyId", "The Public Key with id ", " cannot be found."),
	NONE("UpdateServiceSpecificCredential", USER, "ServiceSpecificCredentialId",
	    "No such credential ", " exists"),
	NONE("UpdateSigningCertificate", USER, "CertificateId", "The Certificate with id ",
	    " cannot be found."),
	NONE("UpdateServerCertificate", ANY, "ServerCertificateName", "The Server Certificate with name ",
	    " cannot be found."),
	FULL("UploadSSHPublicKey", USER, "SSHPublicKeysPerUser"),
	FULL("UploadServerCertificate", ANY, "ServerCertificatesPerAccount"),
	FULL("UploadSigningCertificate", USER, "SigningCertificatesPerUser"),
#undef S
#undef LIST
#undef NONE
#undef FULL
};

static const struct absent *
row_of(const struct api_call *c)
{
	for (size_t i = 0; i < FG_COUNT(table); i++) {
		if (fg_eq(table[i].action, c->action->name))
			return &table[i];
	}
	return NULL;
}

enum fg_rc
iam_run_absent(struct api_call *c)
{
	const struct absent *a = row_of(c);
	struct iam_page page = iam_page(c);
	struct iam_target t = { .name = c->caller.who.account };
	struct fg_str shown;

	if (a == NULL)
		return fg_fail(&c->err, FG_E_INTERNAL, "iam.absent", NULL, "action without a row");
	if (a->on == ANY)
		FG_TRY(iam_allow_on(c, FG_LIT("*")));
	else
		FG_TRY(iam_target(c, &t));
	if (a->fault == API_F_NONE) {
		api_xml_open(&c->xml, a->list);
		api_xml_close(&c->xml, a->list);
		iam_page_end(c, &page);
		return FG_OK;
	}
	shown = a->param == NULL ? c->caller.who.account : iam_str_or(c, a->param, FG_LIT(""));
	if (a->on == USER && a->param != NULL && shown.n == 0 && a->fault == API_F_NO_SUCH_ENTITY)
		shown = t.name;
	return api_refuse(c, a->fault, "iam.absent.none", "%s%.*s%s", a->text[0], FG_PRI(shown),
	    a->text[1]);
}
