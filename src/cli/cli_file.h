/* cli_file.h — files that commands write: each is replaced as a whole or not at all.
 *
 * Memory   paths live in cli's arena
 * Errors   ERR_IO with cli->fault
 */
#ifndef BAIGONG_CLI_FILE_H
#define BAIGONG_CLI_FILE_H

#include "cli/cli.h"

/* Writes a file beside the path, brings it to disk and renames it. */
enum err cli_file_replace(struct cli *cli, const char *path, struct str text);
/* Makes a folder with those above it; one that is there is fine. */
enum err cli_file_make_folder(struct cli *cli, const char *path);

#endif
