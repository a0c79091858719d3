/*
 * base/limits.h - every limit of fedgate, in one place, with its unit.
 *
 * A limit is checked before the allocation or the work that it bounds.  A
 * number that bounds input anywhere in the tree stands here and nowhere else.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* requests and memory */
#define FG_LIMIT_REQUEST_BYTES (4u * 1024 * 1024) /* arena of one request, bytes */
#define FG_LIMIT_REPLY_BYTES (1024u * 1024)       /* one reply, bytes */
#define FG_LIMIT_ERR_TEXT 240                     /* text of an error, bytes with NUL */

/* time */
#define FG_LIMIT_SKEW_S 60                   /* default clock skew, seconds */
#define FG_LIMIT_TIME_MAX 253402300799LL     /* 9999-12-31T23:59:59Z, seconds */
#define FG_LIMIT_SESSION_MAX_S 129600        /* longest session, seconds */

/* credentials */
#define FG_LIMIT_TOKEN_CHARS 4096 /* encoded session token, characters */
#define FG_LIMIT_TOKEN_BYTES 3072 /* the same, decoded, bytes */
#define FG_LIMIT_WRAP_BYTES 16384 /* a long-lived secret, bytes */

/* JSON: the strict reader's hard caps; callers give tighter ones */
#define FG_LIMIT_JSON_BYTES (64u * 1024 * 1024) /* one document, bytes */
#define FG_LIMIT_JSON_DEPTH 64                  /* nested arrays and objects */
#define FG_LIMIT_JSON_NODES (4u * 1024 * 1024)  /* values and keys of one document */

/* policy language */
#define FG_LIMIT_POLICY_BYTES (256u * 1024)  /* a policy document, bytes; the longest shipped by AWS has 131,248 */
#define FG_LIMIT_POLICY_DEPTH 16             /* nested arrays and objects of a document */
#define FG_LIMIT_POLICY_NODES (64u * 1024)   /* values and keys of a document */
#define FG_LIMIT_POLICY_STATEMENTS 8192      /* of one document */
#define FG_LIMIT_POLICY_KEYS 1024            /* condition keys under one operator */
#define FG_LIMIT_POLICY_MEMORY (32u * 1024 * 1024) /* tree and program of one document, bytes */
#define FG_LIMIT_TRUST_CHARS 2048            /* a trust policy without white space, characters */
#define FG_LIMIT_IDENTITY_CHARS 10240        /* an identity policy without white space, characters */
#define FG_LIMIT_CONTROL_CHARS 5120          /* a control policy without white space, characters */
#define FG_LIMIT_UNIT_DEPTH 5                /* levels of organisational units below the root */
#define FG_LIMIT_RESOURCE_CHARS 20480        /* a resource policy without white space, characters */
#define FG_LIMIT_LINT_BYTES (64u * 1024 * 1024) /* memory of one run of the linter, bytes */
#define FG_LIMIT_LINT_DOCUMENT (1024u * 1024) /* a document given to the linter, bytes */
#define FG_LIMIT_SESSION_POLICY_CHARS 2048   /* an inline session policy, characters */
#define FG_LIMIT_ACTION_BYTES 256            /* action of a request, bytes */
#define FG_LIMIT_CONTEXT_KEYS 4096           /* keys of one request context */
#define FG_LIMIT_CONTEXT_BYTES (1024u * 1024) /* what a context keeps itself, bytes */

/* SAML */
#define FG_LIMIT_SAML_BASE64 100000u            /* SAMLAssertion, characters */
#define FG_LIMIT_SAML_CANONICAL (512u * 1024)   /* canonical octets of one signed element, bytes */
#define FG_LIMIT_SAML_DEPTH 64                  /* nested elements */
#define FG_LIMIT_SAML_ATTRIBUTES 48             /* of one element, namespace declarations included */
#define FG_LIMIT_SAML_NAMESPACES 1024           /* declarations in one document */
#define FG_LIMIT_SAML_SCOPE 64                  /* declarations in scope at one element */
#define FG_LIMIT_SAML_NODES 8192                /* elements and texts of one document */
#define FG_LIMIT_SAML_IDS 128                   /* ID attributes of one document */
#define FG_LIMIT_SAML_PREFIXES 16               /* tokens of one InclusiveNamespaces PrefixList */
#define FG_LIMIT_SAML_NAMES 256                 /* distinct attribute names of one assertion */
#define FG_LIMIT_SAML_KEYS 4                    /* signing keys of one provider */
#define FG_LIMIT_SAML_DECRYPT_KEYS 2            /* private keys of one provider */
#define FG_LIMIT_SAML_PRIVATE_OPS 2             /* private-key operations of one request */
#define FG_LIMIT_SAML_AGE_S 300                 /* age of IssueInstant, seconds */
#define FG_LIMIT_SAML_SKEW_MAX_S 60             /* clock skew, seconds */
#define FG_LIMIT_SAML_METADATA (10u * 1000 * 1000) /* metadata document, bytes */
#define FG_LIMIT_SAML_TAGS 50                   /* PrincipalTag attributes */

/* SAML providers in the gateway */
#define FG_LIMIT_IDP_SAML_BYTES (64u * 1024 * 1024)      /* to read one provider, bytes */
#define FG_LIMIT_IDP_SAML_ALL_BYTES (2048ull * 1024 * 1024) /* metadata of all providers at once, bytes */
#define FG_LIMIT_PARSE_MS 10000                          /* to wait for a metadata document, milliseconds */

/* SAML metadata by URL */
#define FG_LIMIT_METADATA_AT_ONCE 4                      /* documents in flight */
#define FG_LIMIT_METADATA_FETCH_MS 20000                 /* one document, milliseconds */
#define FG_LIMIT_METADATA_MIN_MS (15 * 60 * 1000)        /* between refreshes at least, whatever the server says */
#define FG_LIMIT_METADATA_MAX_MS (24 * 3600 * 1000)      /* and at most */
#define FG_LIMIT_METADATA_RETRY_MS 30000                 /* first wait after a failure; doubles */
#define FG_LIMIT_METADATA_RETRY_MAX_MS (3600 * 1000)     /* longest wait */
#define FG_LIMIT_METADATA_STALE_S (7 * 86400)            /* without a good answer; then the provider vouches for nobody */
#define FG_LIMIT_METADATA_NOTE_S 3600                    /* between notes of the last good answer in the store, seconds */

/* processes */
#define FG_LIMIT_PARSE_CPU_S 2                /* of a process that parses one metadata document, seconds */
#define FG_LIMIT_PARSE_BYTES (512u * 1024 * 1024) /* its memory, bytes */
#define FG_LIMIT_STOP_MS 20000                /* to finish what is in flight on a stop, milliseconds */
#define FG_LIMIT_KEYS_REFRESH_S 600           /* age of a snapshot of epoch keys, seconds */
#define FG_LIMIT_NODE_BEAT_S 10               /* between heartbeats of a node, seconds */
#define FG_LIMIT_NODE_DEAD_S 30               /* without one: the node is not up, seconds */
#define FG_LIMIT_RING_LOST_S 5                /* without an answer of cred: not ready, seconds */
#define FG_LIMIT_ROWS_ANEW 2000               /* rows that one transaction authenticates anew */
#define FG_LIMIT_IAM_REPORT_BYTES (700u * 1024) /* a credential report: in base64 it fits a reply, bytes */
#define FG_LIMIT_USED_FLUSH_S 60              /* between writes of when what was last used, seconds */
#define FG_LIMIT_USED_BYTES (128u * 1024 * 1024) /* of one such write, bytes */
#define FG_LIMIT_SWEEP_S 60                   /* between sweeps of ended claims, seconds */

/* command line */
#define FG_LIMIT_EVAL_LINE_MEMORY (64u * 1024 * 1024) /* tree and answer of one line of policy eval, bytes */
#define FG_LIMIT_CTL_BYTES (1024u * 1024 * 1024) /* memory of one command, bytes */
#define FG_LIMIT_CONF_BYTES (4u * 1024 * 1024) /* a configuration in memory, bytes */

/* HTTP: one request */
#define FG_LIMIT_HTTP_HEAD (16u * 1024)      /* request line and headers, bytes */
#define FG_LIMIT_HTTP_HEADERS 64             /* header lines */
#define FG_LIMIT_HTTP_TARGET (8u * 1024)     /* request target, bytes */
#define FG_LIMIT_HTTP_BODY (256u * 1024)     /* body without admission, bytes */
#define FG_LIMIT_HTTP_BIG_BODY (32u * 1024 * 1024)  /* body with admission, bytes */
#define FG_LIMIT_HTTP_BIG_AT_ONCE 4                 /* admitted bodies being read or served */
#define FG_LIMIT_HTTP_BIG_TOTAL (64u * 1024 * 1024) /* their bytes together */
#define FG_LIMIT_HTTP_REPLY_HEAD (8u * 1024) /* status line and headers of a reply, bytes */
/* HTTP: one connection */
#define FG_LIMIT_HTTP_BUFFER (32u * 1024)    /* read ahead of what is being served, bytes */
#define FG_LIMIT_HTTP_REQUESTS 1000          /* requests, then it is closed */
#define FG_LIMIT_HTTP_HEAD_MS 10000          /* from the first byte to the end of a head, and a TLS handshake */
#define FG_LIMIT_HTTP_REQUEST_MS 30000       /* from the first byte to the end of the body; and for a reply to leave */
#define FG_LIMIT_HTTP_IDLE_MS 60000          /* between requests */
#define FG_LIMIT_HTTP_LINGER_MS 2000         /* for the peer to see a refusal before the socket goes */
#define FG_LIMIT_HTTP_LINGER_BYTES (1024u * 1024) /* thrown away meanwhile */
#define FG_LIMIT_PROXY_HEADER 4096            /* PROXY protocol header with its extensions, bytes */
#define FG_LIMIT_HTTP_HOPS 32                /* addresses looked at in a forwarding header */
/* HTTP: the listener */
#define FG_LIMIT_HTTP_CONNECTIONS 10000      /* open at once */
#define FG_LIMIT_HTTP_CONNECTIONS_ADDRESS 1000 /* open at once from one IPv4 address or IPv6 /64 */
#define FG_LIMIT_HTTP_WORKERS 256            /* threads */
#define FG_LIMIT_HTTP_LISTENERS 16           /* sockets of one worker */
#define FG_LIMIT_TLS_PEM (256u * 1024)       /* a certificate chain or key file, bytes */
#define FG_LIMIT_POOL_JOBS 512               /* private-key operations waiting, all owners */
#define FG_LIMIT_POOL_OWNER 64               /* of these, of one account or provider */
#define FG_LIMIT_TLS_TICKET_S 3600           /* a ticket key seals this long and opens twice this long, seconds */

/* SigV4 */
#define FG_LIMIT_SIGV4_WINDOW_S 900               /* on both sides of X-Amz-Date, seconds */
#define FG_LIMIT_PRESIGN_S 604800                 /* X-Amz-Expires at most, seconds */
#define FG_LIMIT_QUERY_PARAMS 64                  /* parameters of a query string */
#define FG_LIMIT_CANONICAL_BYTES (64u * 1024)     /* canonical request, bytes */
#define FG_LIMIT_KEY_ID_BYTES 128                 /* access key id, bytes */
#define FG_LIMIT_SECRET_BYTES 128                 /* secret access key, bytes */
#define FG_LIMIT_SCOPE_LABEL_BYTES 64             /* region, service or signed header name, bytes */
#define FG_LIMIT_SIGV4_CACHE 256                  /* derived signing keys of one thread */

/* audit, metrics, budgets */
#define FG_LIMIT_AUDIT_LINE (32u * 1024)   /* one record, bytes */
#define FG_LIMIT_AUDIT_QUEUE 4096          /* records of one worker waiting for the disk */
#define FG_LIMIT_AUDIT_SYNC_MS 5           /* a record waits at most this long, ms */
#define FG_LIMIT_AUDIT_CHECKPOINT_S 10     /* between checkpoints, seconds */
#define FG_LIMIT_AUDIT_TAIL (256u * 1024 * 1024) /* read back at start, bytes */
#define FG_LIMIT_AUDIT_CHAINS 65536        /* chains that a verification follows */
#define FG_LIMIT_AUDIT_FOUND (16u * 1024 * 1024) /* records of one request that explain shows, bytes */
#define FG_LIMIT_METRIC_ACTIONS 256        /* values of the action label */
#define FG_LIMIT_METRIC_SOURCES 16         /* rooms that add families */
#define FG_LIMIT_BUDGET_SLOTS 16384        /* addresses remembered by one worker */
#define FG_LIMIT_BUDGET_RATE_US 250000     /* work an address may cause each second, us */
#define FG_LIMIT_BUDGET_BURST_US 500000    /* and at once, us */

/* tokens (OIDC) */
#define FG_LIMIT_JWT_MIN 4                        /* one compact JWT, characters (STS model) */
#define FG_LIMIT_JWT_BYTES 20000                  /* one compact JWT, characters (STS model) */
#define FG_LIMIT_JWS_HEADER_BYTES 2048            /* decoded header, bytes */
#define FG_LIMIT_JWT_PAYLOAD_BYTES (16u * 1024)   /* decoded payload, bytes */
#define FG_LIMIT_JWT_DEPTH 8                      /* nesting of header and payload */
#define FG_LIMIT_JWT_MEMBERS 128                  /* members of one object in a token */
#define FG_LIMIT_JWT_NODES 4096                   /* values and keys of header or payload */
#define FG_LIMIT_KID_BYTES 256                    /* kid, bytes */
#define FG_LIMIT_ISSUER_BYTES 255                 /* issuer URL, bytes (STS model) */
#define FG_LIMIT_SUBJECT_BYTES 255                /* sub, bytes (OIDC Core) */
#define FG_LIMIT_SUBJECT_LONG_BYTES 512           /* sub where the provider says so, bytes */
#define FG_LIMIT_AUDIENCES 16                     /* aud members of one token */
#define FG_LIMIT_OIDC_LIFETIME_S 86400            /* exp - iat, seconds */
#define FG_LIMIT_OIDC_SKEW_S 300                  /* largest configured skew, seconds */
#define FG_LIMIT_JWKS_BYTES (256u * 1024)         /* key set or discovery document, bytes */
#define FG_LIMIT_JWKS_DEPTH 16                    /* nesting of those documents */
#define FG_LIMIT_JWKS_NODES 32768                 /* values and keys of those documents */
#define FG_LIMIT_JWKS_KEYS 100                    /* keys of one type in a set (AWS) */
#define FG_LIMIT_JWKS_ARENA (8u * 1024 * 1024)    /* parsed set, bytes */
#define FG_LIMIT_RSA_MIN_BITS 2048                /* smallest RSA modulus, bits */
#define FG_LIMIT_RSA_BITS 4096                    /* largest RSA modulus, bits */
#define FG_LIMIT_RSA_BIG_BITS 8192                /* the same with the operator's switch, bits */

/* outbound tokens */
#define FG_LIMIT_OUTBOUND_TOKEN_S 3600            /* longest token, seconds */
#define FG_LIMIT_OUTBOUND_CACHE_S 3600            /* a published key set may lie in a cache, seconds */
#define FG_LIMIT_OUTBOUND_KEY_S (30 * 86400)      /* a key signs, then its successor does, seconds */
#define FG_LIMIT_OUTBOUND_KEPT 1024               /* private keys that stay open */
#define FG_LIMIT_OUTBOUND_DUE 8                   /* accounts whose keys change in one sweep */

/* identity providers: documents, schedule */
#define FG_LIMIT_THUMBPRINTS 5                    /* of one provider (IAM) */
#define FG_LIMIT_FETCH_MS 5000                    /* one document */
#define FG_LIMIT_FETCH_CONNECT_MS 3000            /* of these, to connect */
#define FG_LIMIT_FETCH_LOST_MS 7000               /* the fetch process did not answer */
#define FG_LIMIT_FETCH_AT_ONCE 32                 /* documents in flight */
#define FG_LIMIT_FETCH_ALLOW 256                  /* exceptions of the operator */
#define FG_LIMIT_IDP_FRESH_MIN_MS (5 * 60 * 1000) /* a set is fresh at least */
#define FG_LIMIT_IDP_FRESH_MS (10 * 60 * 1000)    /* when the issuer does not say */
#define FG_LIMIT_IDP_FRESH_MAX_MS (60 * 60 * 1000) /* and at most */
#define FG_LIMIT_IDP_STALE_MS (24 * 3600 * 1000)  /* the last good set serves that long */
#define FG_LIMIT_IDP_STALE_MIN_S 60               /* the operator's own bound for a provider, at least */
#define FG_LIMIT_IDP_STALE_MAX_S (7 * 86400)      /* and at most */
#define FG_LIMIT_IDP_RETRY_MS 1000                /* first wait after a failure; doubles */
#define FG_LIMIT_IDP_RETRY_MAX_MS 60000           /* longest wait */
#define FG_LIMIT_IDP_KID_TOKENS 2                 /* fetches for unknown kids at once */
#define FG_LIMIT_IDP_KID_REFILL_MS 30000          /* one more each */
#define FG_LIMIT_IDP_KID_EXTRA_MS (5 * 60 * 1000) /* one beyond, while the refresh is due, each */
#define FG_LIMIT_IDP_WAIT_MS 1000                 /* a request waits for a fetch at most */
#define FG_LIMIT_IDP_WAITERS 1024                 /* requests that wait for one issuer */
#define FG_LIMIT_IDP_NEGATIVES 256                /* kids of one issuer known not to exist */
#define FG_LIMIT_IDP_NEGATIVE_MS 60000            /* for so long */
#define FG_LIMIT_IDP_DROPPED 64                   /* kids of one provider that the operator dropped */
/* store */
#define FG_LIMIT_STORE_ROW_BYTES (12u * 1024 * 1024)  /* canonical bytes of one row (SAML metadata) */
#define FG_LIMIT_STORE_TX_BYTES (512u * 1024 * 1024)  /* keys of the rows that one transaction touches */
#define FG_LIMIT_DIRECTORY_GATHER_BYTES (4096ull * 1024 * 1024) /* rows kept while entities are built */
#define FG_LIMIT_DIRECTORY_ORG_BYTES (512ull * 1024 * 1024) /* the organisation's levels in memory, bytes */
#define FG_LIMIT_BUNDLE_LIST_BYTES (1024u * 1024)       /* one list of strings of a bundle, bytes */
#define FG_LIMIT_BUNDLE_CA_BYTES (256u * 1024)         /* CA certificates of a provider, bytes */
#define FG_LIMIT_CONTROL_BYTES (128u * 1024 * 1024)     /* one message of the operator's socket, bytes */
#define FG_LIMIT_ADMIN_ARENA (2048ull * 1024 * 1024)    /* one operation of the operator, bytes */
#define FG_LIMIT_BUNDLE_FILE_BYTES (10u * 1024 * 1024)  /* a file that a bundle names (SAML metadata), bytes */
#define FG_LIMIT_BUNDLE_BYTES (64u * 1024 * 1024)    /* one bundle file */

/* API: forms and parameters */
#define FG_LIMIT_FORM_FIELDS 1024            /* fields of one request */
#define FG_LIMIT_FORM_NAME_BYTES 128         /* name of a field, bytes */
#define FG_LIMIT_FORM_ERRORS 10              /* findings told in one message */
#define FG_LIMIT_FORM_SHOWN_BYTES 256        /* of a value in a message, bytes */
#define FG_LIMIT_API_MESSAGE_BYTES (8u * 1024) /* what a caller reads, bytes */
#define FG_LIMIT_API_SECRETS 1024            /* unwrapped long-lived secrets of one thread */
#define FG_LIMIT_API_POLICIES 256            /* compiled session policies of one thread */
#define FG_LIMIT_API_LAYERS 128              /* documents of one layer */
#define FG_LIMIT_API_LEVELS 8                /* levels of an organisation, the account included */
#define FG_LIMIT_API_AUTHZ_BYTES 6144        /* plain text of an encoded message, bytes */
#define FG_LIMIT_API_TOTP_BYTES (64u * 1024) /* memory of checking one code, bytes */
#define FG_LIMIT_SIMULATE_BYTES (4u * 1024 * 1024) /* policies read for one page of a simulation, bytes */
#define FG_LIMIT_SIMULATE_KEYS 1024          /* context keys named in one list */
#define FG_LIMIT_SIMULATE_SCRATCH (16u * 1024 * 1024) /* memory of one simulated decision, bytes */
#define FG_LIMIT_API_REPLAYS 65536           /* signatures remembered by one node */
#define FG_LIMIT_CHAIN_S 43200               /* from the first proof to the last session's end, seconds */

#endif
