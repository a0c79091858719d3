/*
 * tests/bench/xmlsec.h - the same document through xmlsec1's API, for comparison.
 */
#ifndef TESTS_BENCH_XMLSEC_H
#define TESTS_BENCH_XMLSEC_H

#include "base/base.h"

/*
 * CPU microseconds for parsing the XML and verifying the signature of its Assertion with a key that is
 * loaded before; nothing of the profile, no facts.
 */
double bench_xmlsec(struct fg_str xml, struct fg_str cert_pem);

#endif
