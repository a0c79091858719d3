/*
 * gateway/org/org.h - AWS Organizations on the API's endpoint.
 *
 * Shape:    a table of actions for struct api_conf.service, in JSON 1.1.  The organisation is that of
 *           bundles: units, control policies, attachments and where accounts hang are the same rows,
 *           and each account of the installation belongs to it.
 * Errors:   AWS's exceptions; docs/organizations-actions.md has the table.
 * Refuses:  every call but DescribeOrganization from outside of the management account; to detach the
 *           last service control policy of a target; an account id that the caller chooses.
 * Does not: send mail, invite accounts, know delegated administrators.
 * Source:   Organizations 2016-11-28 service model; security.md 12, 17, 19.
 */
#ifndef GATEWAY_ORG_ORG_H
#define GATEWAY_ORG_ORG_H

#include "gateway/api/api.h"

extern const struct api_service api_organizations;

#endif
