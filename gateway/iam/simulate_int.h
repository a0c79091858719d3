/*
 * gateway/iam/simulate_int.h - what a simulation is made of: policies with their names, a caller, a
 * context.
 *
 * Shape:    sim_begin(), then the gathering calls, then any number of decisions, then sim_end().
 * Owns:     compiled inputs and the context, until sim_end(); the rest lies in the call's arena.
 * Refuses:  inputs that are no policies, values that are not of their type, keys given twice
 *           (InvalidInput).
 * Does not: decide anything that is real.
 */
#ifndef GATEWAY_IAM_SIMULATE_INT_H
#define GATEWAY_IAM_SIMULATE_INT_H

#include "gateway/iam/query_int.h"

/* One policy. */
struct sim_source {
	struct fg_str id, type; /* "user_alice_p", "PolicyInputList.1"; "user", "aws-managed", ... */
	enum trust_kind kind;
	const struct trust_span *spans; /* NULL: not asked for yet */
};

struct sim_set {
	struct sim_source *source;
	const struct trust_program **program; /* parallel; NULL denies */
	size_t n;
};

struct sim {
	struct api_call *c;
	struct fg_arena *scratch; /* of one decision */
	struct trust_ctx *ctx;
	struct trust_program **own; /* compiled for this simulation */
	size_t n_own, room_own;
	struct sim_set identity, boundary, resource;
	bool has_boundary;
	bool of_principal; /* the policies of somebody, not only those given */
	struct trust_caller caller;
	struct fg_str caller_id; /* AIDA..., empty when not known */
	struct fg_str role_path;
	const struct directory_tag *tags;
	size_t ntags;
	struct fg_str *keys; /* room for FG_LIMIT_SIMULATE_KEYS */
	struct fg_str owner; /* account of what names none */
	const struct trust_policies *scp; /* of the caller's organisation, for principals */
	size_t nscp;
	const struct trust_program *key_program, *stand_in;
};

enum fg_rc sim_begin(struct api_call *c, struct sim *ret) FG_MUST;
void sim_end(struct sim *s);

/* The policies of a user, group or role as they are in force, with its boundary. */
enum fg_rc sim_principal(struct sim *s, const struct iam_target *t) FG_MUST;
/* PolicyInputList, PermissionsBoundaryPolicyInputList and ResourcePolicy of the request. */
enum fg_rc sim_inputs(struct sim *s) FG_MUST;
/* CallerArn and ResourceOwner; t: the principal, or NULL. */
enum fg_rc sim_caller(struct sim *s, const struct iam_target *t) FG_MUST;
/* ContextEntries, then what is known of the caller and was not given. */
enum fg_rc sim_context(struct sim *s) FG_MUST;

/* What came of one action on one resource. */
struct sim_result {
	struct trust_decision decision;
	const struct trust_reason *reason; /* in s->scratch */
	size_t n_reason;
	struct trust_layers layers;
	struct trust_request request;
	bool cross; /* the resource is another account's */
};
/* Valid until the next one. */
enum fg_rc sim_decide(struct sim *s, struct fg_str action, struct fg_str resource,
    struct sim_result *ret) FG_MUST;
/* Place of a statement of a set; NULL when memory is short. */
const struct trust_span *sim_span(struct sim *s, struct sim_set *set, int policy, int statement);
/* A decision by the matched statements of one layer (and level, of control policies) alone. */
enum trust_verdict sim_leg(const struct sim_result *r, enum trust_layer layer, int level);

#endif
