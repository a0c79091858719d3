/*
 * Readiness for the service manager, when there is one.
 */
#include "config.h"

#include "gateway/proc/proc_int.h"

#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>

void
notify(const char *state)
{
	(void)sd_notify(0, state);
}
#else
void
notify(const char *state)
{
	(void)state;
}
#endif
