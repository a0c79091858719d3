/*
 * gateway/iam/query.h - the IAM service on the API's endpoint.
 *
 * Shape:    a table of actions for struct api_conf.service.  Reads answer from the directory;
 *           writes decide on the caller's thread and change the store through api_write(), in one
 *           transaction, against what was decided about (unique ids, not names).
 * Errors:   AWS's codes and statuses; docs/iam-actions.md has the table.
 * Refuses:  documents that trust_check() refuses, trust policies with a principal that does not
 *           exist, names and paths that IAM does not take, deletion of what is in use.
 * Source:   IAM 2010-05-08 service model; security.md 12.
 */
#ifndef GATEWAY_IAM_QUERY_H
#define GATEWAY_IAM_QUERY_H

#include "gateway/api/api.h"

extern const struct api_service api_iam;

#endif
