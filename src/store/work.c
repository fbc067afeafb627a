#include "store/work.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/record.h"
#include "store/reader.h"
#include "store/store.h"

#include <time.h>

enum { PAUSE_MS_FIRST = 2, PAUSE_MS_MAX = 100 };

static bool may_succeed_later(enum err err)
{
    return err == ERR_STORE_CONFLICT || err == ERR_STORE_BUSY;
}

/* Writers that met pause for different times, so that they do not meet again. */
static void pause_before_run(int run_count, const void *salt)
{
    int64_t pause_ms = PAUSE_MS_FIRST;
    for (int i = 1; i < run_count && pause_ms < PAUSE_MS_MAX; i++)
        pause_ms *= 2;
    if (pause_ms > PAUSE_MS_MAX)
        pause_ms = PAUSE_MS_MAX;
    uint64_t salted = (uint64_t)clock_monotonic_ns() ^ (uintptr_t)salt;
    uint64_t half_ns = (uint64_t)pause_ms * 500000;
    uint64_t pause_ns = half_ns + hash_64_number(salted) % half_ns;
    struct timespec pause = {.tv_nsec = (long)pause_ns}; /* less than a second */
    nanosleep(&pause, NULL);
}

static enum err run_in_transaction(struct work *w, enum work_mode mode, work_step *step,
                                   void *context)
{
    TRY(db_begin(w->db, mode, &w->fault));
    enum err err = step(w, context);
    if (err != ERR_OK) {
        db_rollback(w->db);
        if (w->fault.code == ERR_OK)
            fault_set(&w->fault, err, "%s", err_text(err));
        return err;
    }
    return db_commit(w->db, &w->fault);
}

/* Goes on in the snapshot that the thread's reader keeps, while that is the newest. */
static enum err run_in_reader(struct reader *reader, struct work *w, work_step *step,
                              void *context)
{
    TRY(reader_begin(reader, &w->db, &w->fault));
    w->reader = reader;
    enum err err = step(w, context);
    if (err == ERR_OK)
        return reader_end(reader, &w->fault);
    reader_break_off(reader);
    if (w->fault.code == ERR_OK)
        fault_set(&w->fault, err, "%s", err_text(err));
    return err;
}

static enum err run_once(struct work_env *env, struct work *w, enum work_mode mode,
                         work_step *step, void *context)
{
    if (mode == WORK_READ && env->reader)
        return run_in_reader(env->reader, w, step, context);
    TRY(store_take(env->store, mode, &w->db, &w->fault));
    enum err err = run_in_transaction(w, mode, step, context);
    store_give(env->store, w->db);
    return err;
}

static struct work work_from(const struct work_env *env, struct arena *arena)
{
    int64_t now_ms = env->fixed_now_ms == ABSENT_I64 ? clock_now_ms() : env->fixed_now_ms;
    bool clock_day = env->fixed_today_day == ABSENT_I32;
    return (struct work){
        .arena = arena,
        .secrets = env->secrets,
        .ids = env->ids,
        .actor = env->actor,
        .snapshot = env->snapshot,
        .now_ms = now_ms,
        .today_day = clock_day ? clock_city_day(now_ms) : env->fixed_today_day,
    };
}

enum err work_run(struct work_env *env, enum work_mode mode, work_step *step, void *context,
                  struct fault *fault)
{
    struct arena own;
    bool in_reader = mode == WORK_READ && env->reader;
    struct arena *arena = in_reader ? &env->reader->work_arena : &own;
    size_t limit_size = env->arena_limit_size ? env->arena_limit_size : WORK_ARENA_SIZE_MAX;
    if (in_reader)
        arena->limit_size = limit_size;
    else
        arena_init(arena, limit_size);
    enum err err;
    for (int run_count = 1;; run_count++) {
        struct work w = work_from(env, arena);
        err = run_once(env, &w, mode, step, context);
        if (err != ERR_OK && fault)
            *fault = w.fault;
        if (in_reader)
            arena_empty(arena);
        else
            arena_done(arena);
        if (!may_succeed_later(err) || run_count == WORK_RETRY_MAX)
            break;
        pause_before_run(run_count, &w);
    }
    return err;
}

bool work_writers_queue(const struct work *w)
{
    return w->db->engine == &db_sqlite_engine;
}
