/* load.h — filling a fresh database fast: a city of five million people in minutes.
 *
 *   load_begin     refuses a database that has recorded events; marks it as being loaded, drops the
 *                  indexes that only reading needs
 *   ... work_run with bulks, tens of thousands of rows a unit of work, rows in the order of their
 *       keys, parents' bulks opened before the children's ...
 *   load_end       makes the indexes, gathers statistics, brings everything to the disk, takes the
 *                  mark away
 *
 * In between nothing is safe from a crash of the machine or the process: a database that still has
 * the mark is refused by migrate_run and migrate_check and has to be made again. A killed SQLite
 * file may not even be readable: an empty file DB-loading stands beside it meanwhile, and
 * store_open refuses a database that has one. Rolling back a unit of work stays possible. SQLite:
 * one connection and no other process, no log, no syncs. PostgreSQL: commits are not awaited, COPY
 * as always. Ordinary imports do not use this.
 *
 * Memory   SQLite takes up to 512 MB for pages of unique indexes
 * Errors   ERR_STORE_RULE when the database is not fresh; store errors
 */
#ifndef BAIGONG_LOAD_H
#define BAIGONG_LOAD_H

#include "store/store.h"

/* No other unit of work may run on the store during these two. */
enum err load_begin(struct work_env *env, struct fault *fault);
enum err load_end(struct work_env *env, struct fault *fault);

/* True inside a unit of work when the database has the mark. */
enum err load_is_marked(struct work *w, bool *ret_marked);

#endif
