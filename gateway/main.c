/* fedgate: one program; the first word is the command. */
#include "gateway/ctl/ctl.h"

int
main(int argc, char **argv)
{
	return ctl_main(argc, argv);
}
