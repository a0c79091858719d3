/* tests/unit/api/link.h - two accounts that take each other's tokens. */
#ifndef TESTS_API_LINK_H
#define TESTS_API_LINK_H

#include "tests/unit/api/outbound.h"

#define ISSUER_1 "id.example.com/oidc/111122223333"
#define ISSUER_2 "id.example.com/oidc/444455556666"
#define WHO "Action=GetCallerIdentity&Version=2011-06-15"
#define HERE "&Audience.member.1=here&SigningAlgorithm="
#define THERE "arn:aws:iam::444455556666:role/there"
#define BACK "arn:aws:iam::111122223333:role/back"

/* Issuers, providers and roles of both. */
void link_neighbours(void);
/* The account takes this issuer, with uploaded keys or none (""). */
void link_takes(struct fg_str account, const char *bare, const char *jwks);
/* A session by a first proof from elsewhere; more claims. */
struct signer link_first(const char *more);
/* Its token for the neighbour. */
struct fg_str link_token(const struct signer *s);

#endif
