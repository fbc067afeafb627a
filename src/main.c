#include "cli/cli.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static const char *variable(const char *name)
{
    return getenv(name);
}

int main(int argc, char **argv)
{
    /* A file that may not grow is an error of that write, as a full disk is. */
    signal(SIGXFSZ, SIG_IGN);
    return (int)cli_run(argc, (const char *const *)argv,
                        (struct cli_world){
                            .out = stdout,
                            .err = stderr,
                            .err_is_terminal = isatty(STDERR_FILENO) == 1,
                            .variable = variable,
                        });
}
