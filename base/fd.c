/*
 * base/fd.c - a whole string to a descriptor.
 */
#include "base/fd.h"

#include <errno.h>
#include <unistd.h>

bool
fg_write_all(int fd, struct fg_str s)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s = fg_sub(s, (size_t)n, s.n);
	}
	return true;
}
