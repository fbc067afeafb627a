/* cli_snapshot.h — where the column snapshot of the database is, and what is said about it.
 *
 *   snapshot = PATH    the file; for a SQLite database DB.columns when nothing is set, for a server
 *                      a file in $XDG_CACHE_HOME/baigong (~/.cache/baigong) named by its address
 *   snapshot = off     none: the city is always read from the database, as with --no-snapshot
 *
 * Memory   everything belongs to cli
 * Errors   none: without a place there is no snapshot
 */
#ifndef BAIGONG_CLI_SNAPSHOT_H
#define BAIGONG_CLI_SNAPSHOT_H

#include "cli/cli.h"
#include "domain/registry/snapshot.h"

/* NULL: none is wanted, or there is no place for one. */
const struct snapshot_use *cli_snapshot_use(struct cli *cli);

#define CLI_NO_SNAPSHOT_OPTION                                                                     \
    {"no-snapshot", CLI_FLAG, CLI_OPTIONAL, "", "不用列快照，直接读数据库",                        \
     "read the database, not the column snapshot"}

#endif
