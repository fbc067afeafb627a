/* work.h — the unit of work: what every step of the domain needs, and nothing else.
 *
 * work_run opens a transaction, calls the step, and commits; on a conflict or a busy store it rolls
 * back and runs the step again with a fresh arena, so a step has no side effects outside the store.
 * A WORK_READ sees one snapshot and cannot write. Units of work do not nest.
 * Facts change only inside a WORK_WRITE, together with the event that tells of them (event.h).
 *
 * Memory   w->arena is emptied after each run; copy out what must live longer
 * Errors   whatever the step returns, with w->fault; ERR_STORE_CONFLICT after WORK_RETRY_MAX runs
 */
#ifndef BAIGONG_WORK_H
#define BAIGONG_WORK_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

struct db;        /* store/db.h: one connection */
struct store;     /* store/store.h: a database and its connections */
struct reader;    /* store/reader.h: what one thread keeps between units of work */
struct secrets;   /* base/secret.h: key ring */
struct id_source; /* base/id.h */
struct snapshot_use; /* domain/registry/snapshot.h: carried, not looked at */

struct actor { /* who acts: written into events and audit */
    int64_t account_id; /* 0: the system */
    struct str name;    /* "cli", "import", ... */
};

struct work {
    struct arena *arena;
    struct db *db;
    const struct secrets *secrets;
    struct id_source *ids;
    struct actor actor;
    const struct snapshot_use *snapshot; /* of the environment */
    struct reader *reader; /* NULL unless its snapshot is this unit's */
    int32_t today_day; /* the city's civil day (UTC+8) */
    int64_t now_ms;    /* UTC; the known_ms of what this unit writes */
    struct fault fault;
};

enum work_mode { WORK_READ, WORK_WRITE };

enum {
    WORK_ARENA_SIZE_MAX = 64 * 1024 * 1024, /* one request's memory; long jobs set their own */
    WORK_RETRY_MAX = 12,                    /* runs; with pauses that double to 100 ms: under 2 s */
};

/* What a process needs to run work: made once at start, passed down by the faces. */
struct work_env {
    struct store *store;
    const struct secrets *secrets;
    struct id_source *ids;
    struct actor actor;
    int32_t fixed_today_day; /* tests: ABSENT_I32 takes the clock */
    int64_t fixed_now_ms;    /* tests: ABSENT_I64 takes the clock */
    size_t arena_limit_size; /* 0: WORK_ARENA_SIZE_MAX */
    const struct snapshot_use *snapshot; /* NULL: the city is always read from the store */
    struct reader *reader; /* of this thread, for its WORK_READs; NULL: none */
};

typedef enum err work_step(struct work *w, void *context);

/* Runs step in one transaction; *fault (may be NULL) receives w->fault when it fails. */
enum err work_run(struct work_env *env, enum work_mode mode, work_step *step, void *context,
                  struct fault *fault);

/* Whether writers of this database queue (SQLite): events then become visible in their order. */
bool work_writers_queue(const struct work *w);

/* Refuses from inside a step: return fail(w, ERR_NOT_FOUND, "person %" PRId64, id); */
#define fail(w, ...) fault_set(&(w)->fault, __VA_ARGS__)

#endif
