#include "store/reader.h"

#include "base/hash.h"

#include <string.h>

/* Invariant: notes are of the snapshot that db holds, open or kept. */

void reader_init(struct reader *reader, struct store *store)
{
    *reader = (struct reader){.store = store};
    arena_init(&reader->arena, READER_NOTES_SIZE_MAX);
}

void reader_done(struct reader *reader)
{
    reader_rest(reader);
    arena_done(&reader->arena);
    arena_done(&reader->work_arena);
}

static void forget(struct reader *reader)
{
    if (reader->note_count == 0)
        return;
    memset(reader->notes, 0, sizeof reader->notes);
    reader->note_count = 0;
    arena_rewind(&reader->arena, (struct arena_mark){0});
}

static void give(struct reader *reader)
{
    forget(reader);
    store_give(reader->store, reader->db);
    reader->db = NULL;
}

enum err reader_begin(struct reader *reader, struct db **ret_db, struct fault *fault)
{
    if (!reader->db)
        TRY(store_take(reader->store, WORK_READ, &reader->db, fault));
    if (!db_resume(reader->db)) {
        forget(reader);
        enum err err = db_begin(reader->db, WORK_READ, fault);
        if (err != ERR_OK) {
            give(reader);
            return err;
        }
    }
    *ret_db = reader->db;
    return ERR_OK;
}

enum err reader_end(struct reader *reader, struct fault *fault)
{
    if (db_keep(reader->db))
        return ERR_OK;
    enum err err = db_commit(reader->db, fault);
    give(reader);
    return err;
}

void reader_break_off(struct reader *reader)
{
    db_rollback(reader->db);
    give(reader);
}

void reader_rest(struct reader *reader)
{
    if (!reader->db)
        return;
    db_rest(reader->db);
    give(reader);
}

/* Of what has this key, or where it may be put. */
static int32_t place_of(const struct reader *reader, struct str key)
{
    return (int32_t)(hash_64(key) % READER_NOTES_MAX);
}

const void *reader_recall(const struct reader *reader, struct str key)
{
    if (!reader || reader->note_count == 0)
        return NULL;
    const struct reader_note *note = &reader->notes[place_of(reader, key)];
    return note->value && str_equal(note->key, key) ? note->value : NULL;
}

void *reader_copy(struct reader *reader, const void *bytes, size_t size)
{
    return arena_copy(&reader->arena, bytes, size);
}

void reader_remember(struct reader *reader, struct str key, const void *value)
{
    struct reader_note *note = &reader->notes[place_of(reader, key)];
    const char *copy = reader_copy(reader, key.ptr, key.size);
    if (!copy || note->value)
        return;
    *note = (struct reader_note){{copy, key.size}, value};
    reader->note_count++;
}
