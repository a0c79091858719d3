/*
 * base/fd.h - a whole string to a descriptor.
 *
 * Errors:   false with errno; how much was written is then not known.
 */
#ifndef BASE_FD_H
#define BASE_FD_H

#include "base/str.h"

/* For descriptors that block: files and pipes. */
bool fg_write_all(int fd, struct fg_str s) FG_MUST;

#endif
