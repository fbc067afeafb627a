/* snapshot.h — the city's columns from a mapped file instead of from the store.
 *
 * The file (policy/column_file.h) is a cache: it can be deleted at any time and is made again from
 * the store. What it stands for is written in its mark: the database, an instant, and a position
 * in the event log. Whoever wants the city maps it, reads the events behind the position (or
 * behind the instant asked for, when that is earlier), reads the people and bodies they name as
 * known then, and puts their rows in. When that are more than one root in SNAPSHOT_SHARE_MAX, the
 * store is read and a new file made; for an instant long past no file is made. A file that is
 * damaged, of other records, of another database, or ahead of the event log is told of and made
 * anew. What takes long to bring up to date is written back. Processes that write queue at a lock
 * beside the file; those that read never wait and never see half a file.
 *
 * An event may become visible after others with a larger number when writers run side by side, and
 * a row may hold from a millisecond later than its event says; so the position stands back by some
 * time, and what happened within it is read again.
 *
 * Memory   the caller frees the world; a mapped one costs the pages that are read
 * Errors   those of registry_facts.h; what is wrong with the file only goes to `tell`
 * Units    known_at_ms is UTC milliseconds
 */
#ifndef BAIGONG_SNAPSHOT_H
#define BAIGONG_SNAPSHOT_H

#include "policy/column_file.h"
#include "store/work.h"

enum snapshot_outcome {
    SNAPSHOT_MAPPED,  /* and brought up to date: root_count people and bodies were read anew */
    SNAPSHOT_BUILT,   /* there was none, or too much had happened */
    SNAPSHOT_MENDED,  /* it could not be used, see reason: made anew */
    SNAPSHOT_EARLIER, /* an instant long past was asked for: read from the store */
    SNAPSHOT_FAILED,  /* could not be written, see reason: read from the store */
};

struct snapshot_report {
    enum snapshot_outcome outcome;
    int32_t root_count;
    bool saved;         /* the file is now as new as the world */
    const char *reason; /* "" when there is none; valid during the call */
};

/* Given to work_env by the faces. */
struct snapshot_use {
    const char *path;
    void (*tell)(void *context, const struct snapshot_report *report); /* may be NULL */
    void *context;
};

enum {
    SNAPSHOT_SHARE_MAX = 50,        /* reading a root alone costs some 20 times its share */
    SNAPSHOT_ROOTS_MIN = 1000,      /* so many are always read alone */
    SNAPSHOT_SAVE_ROOTS_MIN = 1000, /* so many are written back: their reading takes 0.2 s */
    SNAPSHOT_SAVE_MS_MIN = 300,     /* and so is what took this long, whatever it was */
};

/* The whole city; env->snapshot says where the file is and must not be NULL. */
enum err snapshot_world(struct work_env *env, const struct vocab *vocab, int64_t known_at_ms,
                        int32_t thread_count, struct world **ret_world, struct fault *fault);

/* The same inside a unit of work: maps what is there, else reads the store, and writes nothing. */
enum err snapshot_world_in(struct work *w, const struct vocab *vocab, int64_t known_at_ms,
                           struct world **ret_world);

enum snapshot_save { SNAPSHOT_SAVE_IF_WORTH, SNAPSHOT_SAVE_ALWAYS };

/* Brings the file up to date, or makes it. */
enum err snapshot_build(struct work_env *env, const struct vocab *vocab, int32_t thread_count,
                        struct fault *fault);

/* ERR_NOT_FOUND, ERR_SNAPSHOT, or what the file stands for and how many people and bodies have
 * changed since. */
struct snapshot_state {
    struct column_file_state file;
    int32_t root_count;
    bool is_usable;     /* false: will be made anew, see reason */
    struct fault reason;
};
enum err snapshot_look(struct work_env *env, const struct vocab *vocab,
                       struct snapshot_state *ret_state, struct fault *fault);

/* Deletes the file; ERR_NOT_FOUND when there is none. */
enum err snapshot_drop(const char *path, struct fault *fault);

#endif
