/*
 * tests/unit/idp/place.h - a registry of SAML providers with metadata by URL, with its store, its directory and a
 * server that a test answers for.  Its wheel is turned by hand.
 */
#ifndef TESTS_IDP_PLACE_H
#define TESTS_IDP_PLACE_H

#include "gateway/idp/saml_int.h"
#include "tests/unit/store/fixture.h"
#include "tests/unit/unit.h"

#define CORP "arn:aws:iam::111122223333:saml-provider/corp"
#define ENTITY "https://idp.example.test/metadata"
#define START ((fg_time)1790000000)

extern struct place {
	struct box box;
	struct store *st;
	struct directory *d;
	struct idp_saml *s;
	struct fg_arena *a;
	fg_time wall;
	int64_t now; /* ms */
	/* what was asked for last */
	idp_document_fn done;
	void *arg;
	unsigned asked;
	char url[128];
	unsigned events[IDP_SAML_EVENT_MAX];
	char why[FG_LIMIT_ERR_TEXT];
	unsigned saved;
	bool full; /* the store takes nothing */
} place;

/* With the document of that certificate kept already; NULL: none. */
void place_begin(const char *cert);
void place_open(void); /* a registry anew, as after a restart */
void place_finish(void);

/* Metadata with the certificates of these vectors; attributes of its root. */
struct fg_str place_document(const char *entity, const char *attributes, const char *cert, const char *second);
struct fg_str place_plain(const char *cert);

/* The time of the next fetch has come, and this is what it brings (null: it fails). */
void place_brings(struct fg_str doc);
bool place_kept(struct fg_str doc);
enum fg_rc place_usable(void); /* is there a provider to verify with? */

#endif
