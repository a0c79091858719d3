/* fedgate: one program; the first word is the command, or the role of a process that `serve` started. */
#include "gateway/ctl/ctl.h"
#include "gateway/serve/serve.h"

int
main(int argc, char **argv)
{
	return serve_is_child(argc, argv) ? serve_child(argc, argv) : ctl_main(argc, argv);
}
