/* reader.h — what one thread keeps between its units of work that only read: a connection, the
 * snapshot, and what was read in that snapshot.
 *
 * A loop answers many requests in a row. Taking a connection and a snapshot for each is a quarter
 * of a small one. With a reader in its environment the next unit of work goes on in the snapshot of
 * the one before, if nothing was committed since, by any process: that is looked up at each
 * beginning (db.h), so a unit of work never sees an older state than without a reader. When the
 * thread has nothing more to do at once it says reader_rest: an idle thread holds no snapshot.
 *
 *     env.reader = &loop->reader;   for each request work_run(&env, WORK_READ, ...);   reader_rest
 *
 * PostgreSQL cannot tell cheaply whether a snapshot is the newest: each unit has its own there.
 *
 * Memory   in the caller's struct; reader_done frees. What is recalled lives as long as the unit
 * Errors   those of store/db.h
 * Threads  one thread uses a reader
 * Limits   READER_NOTES_MAX things remembered, READER_NOTES_SIZE_MAX bytes; more are not remembered
 */
#ifndef BAIGONG_READER_H
#define BAIGONG_READER_H

#include "base/arena.h"
#include "store/store.h"

enum {
    READER_NOTES_MAX = 64, /* sessions of one round of a loop */
    READER_NOTES_SIZE_MAX = 256 * 1024,
};

struct reader_note {
    struct str key;
    const void *value;
};

struct reader {
    struct store *store;
    struct db *db;      /* NULL: resting */
    struct arena arena; /* of what is remembered */
    struct arena work_arena; /* of the units of work, one after the other */
    struct reader_note notes[READER_NOTES_MAX];
    int32_t note_count;
};

void reader_init(struct reader *reader, struct store *store);
void reader_done(struct reader *reader);

/* For work_run. */
enum err reader_begin(struct reader *reader, struct db **ret_db, struct fault *fault);
enum err reader_end(struct reader *reader, struct fault *fault);
void reader_break_off(struct reader *reader);

void reader_rest(struct reader *reader);

/* What an earlier unit of work remembered by this key in this very snapshot; NULL when nothing was,
 * or when reader is NULL. Keys of two kinds of things must differ. */
const void *reader_recall(const struct reader *reader, struct str key);
/* Remembers value by a copy of key. What value points to must be made with reader_copy. */
void reader_remember(struct reader *reader, struct str key, const void *value);
void *reader_copy(struct reader *reader, const void *bytes, size_t size); /* NULL: no room */

#endif
