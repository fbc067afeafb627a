#include "cli/cli.h"

#include <stdlib.h>
#include <unistd.h>

static const char *variable(const char *name)
{
    return getenv(name);
}

int main(int argc, char **argv)
{
    return (int)cli_run(argc, (const char *const *)argv,
                        (struct cli_world){
                            .out = stdout,
                            .err = stderr,
                            .err_is_terminal = isatty(STDERR_FILENO) == 1,
                            .variable = variable,
                        });
}
