/* gateway/conf/conf_int.h - the table of keys. */
#ifndef GATEWAY_CONF_INT_H
#define GATEWAY_CONF_INT_H

#include "gateway/conf/conf.h"

enum conf_type { CONF_STRING = 0, CONF_INT, CONF_LIST };

/* v: the values (array of strings), or NULL when the key was not given. */
typedef enum fg_rc (*conf_end_fn)(struct conf *c, const json_t *v, struct fg_err *reterr);

struct conf_key {
	const char *name;
	enum conf_type type;
	size_t offset, count; /* members of struct conf; 0: end() does it */
	int64_t min, max;     /* CONF_INT */
	conf_end_fn end;      /* checks, or fills members of its own */
	const char *help;
};

#define CONF_NULL 0, 0
#define CONF_AT(member) offsetof(struct conf, member), 0
#define CONF_ATS(member) offsetof(struct conf, member), offsetof(struct conf, n_##member)

extern const struct conf_key conf_keys[];
extern const size_t conf_keys_n;

json_t *conf_values(const struct conf *c, const struct conf_key *k);

enum fg_rc conf_end_listen(struct conf *c, const json_t *v, struct fg_err *reterr);
enum fg_rc conf_end_public(struct conf *c, const json_t *v, struct fg_err *reterr);
enum fg_rc conf_end_store(struct conf *c, const json_t *v, struct fg_err *reterr);
enum fg_rc conf_end_proxies(struct conf *c, const json_t *v, struct fg_err *reterr);
enum fg_rc conf_end_header(struct conf *c, const json_t *v, struct fg_err *reterr);
enum fg_rc conf_end_protocol(struct conf *c, const json_t *v, struct fg_err *reterr);
enum fg_rc conf_end_rsa(struct conf *c, const json_t *v, struct fg_err *reterr);
enum fg_rc conf_end_allow(struct conf *c, const json_t *v, struct fg_err *reterr);

#endif
