/* cli_work.h — opens what a command works on: the database at the newest schema, the key ring, the
 * source of identifiers.
 *
 * The key file is made together with a fresh database, never for one that has data: a new key could
 * not open what the lost one sealed.
 *
 * Memory   all of it belongs to cli and is closed when the run ends
 * Errors   ERR_NOT_FOUND for a SQLite file that must exist; ERR_SECRET for a lost or wrong key
 *          file; ERR_SCHEMA; store errors
 */
#ifndef BAIGONG_CLI_WORK_H
#define BAIGONG_CLI_WORK_H

#include "cli/cli.h"
#include "store/work.h"

/* For commands that may begin a database: import, demo. */
enum err cli_open_work_env(struct cli *cli, struct work_env *ret_env);

/* For commands that only make sense on a database that is there: sweep, explain, export. */
enum err cli_open_existing_work_env(struct cli *cli, struct work_env *ret_env);

void cli_close_work(struct cli *cli); /* called by cli_run */

#endif
