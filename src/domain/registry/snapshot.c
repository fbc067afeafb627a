/* Invariants:
 * 1. A file holds the rows as known at mark.known_at_ms of every root that no event behind
 *    mark.event_id names; the others are read anew before anything is seen.
 * 2. It is written and moved only under the lock beside it, and only with all that the events up to
 *    its new position tell. */
#include "domain/registry/snapshot.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/rand.h"
#include "domain/registry/registry_facts.h"
#include "domain/registry/snapshot_touch.h"
#include "store_sql.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum {
    MARGIN_MS = 60 * 1000,       /* no unit of work is open longer; see store/work.h */
    MARGIN_ONE_WRITER_MS = 2000, /* events come in order; a known_ms is a few ms later at most */
    AGE_MS_MAX = 60 * 1000,      /* an older instant is not worth a file */
    PATH_SIZE_MAX = 4096,
};

#define IDENTITY_SETTING STR("store.identity")

/* What one look at file and store comes to. */
struct attempt {
    const struct snapshot_use *use;
    const struct vocab *vocab;
    int64_t known_at_ms;
    int32_t thread_count;
    struct world *world; /* NULL: the file is of no use; outcome says what to do */
    enum snapshot_outcome outcome;
    int32_t root_count;
    bool has_later;
    struct column_file_mark mark, next; /* of the file; after this update */
    int64_t spent_ms;
    struct fault reason;
};

/* ---- the database's own name ---- */

static bool read_hex(struct str text, uint8_t identity[COLUMN_FILE_IDENTITY_SIZE])
{
    if (text.size != 2 * COLUMN_FILE_IDENTITY_SIZE)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        const char *digits = "0123456789abcdef", *found = strchr(digits, text.ptr[i]);
        if (!found || !*found)
            return false;
        uint8_t value = (uint8_t)(found - digits);
        identity[i / 2] = (uint8_t)(i % 2 ? identity[i / 2] | value : value << 4);
    }
    return true;
}

/* All zero when the database has no name yet. */
static enum err read_identity(struct work *w, uint8_t identity[COLUMN_FILE_IDENTITY_SIZE])
{
    struct setting_value_out row;
    memset(identity, 0, COLUMN_FILE_IDENTITY_SIZE);
    enum err err = setting_value(w, &(struct setting_value_in){.name = IDENTITY_SETTING}, &row);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        return ERR_OK;
    }
    TRY(err);
    if (!read_hex(row.value, identity))
        return fail(w, ERR_STORE, "the setting store.identity is not a name of a database");
    return ERR_OK;
}

static enum err give_identity(struct work *w, void *context)
{
    uint8_t identity[COLUMN_FILE_IDENTITY_SIZE];
    char hex[2 * COLUMN_FILE_IDENTITY_SIZE + 1];
    if (rand_secure(identity, sizeof identity) != ERR_OK)
        return fail(w, ERR_SECRET, "the machine has no randomness");
    for (size_t i = 0; i < sizeof identity; i++)
        snprintf(hex + 2 * i, 3, "%02x", identity[i]);
    struct setting_add_in in = {IDENTITY_SETTING, str_from(hex), w->now_ms};
    return setting_add(w, &in, NULL);
}

/* ---- positions ---- */

static enum err newest_event(struct work *w, int64_t *ret_id)
{
    struct event_newest_out row;
    enum err err = event_newest(w, &row);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        *ret_id = 0;
        return ERR_OK;
    }
    if (err == ERR_OK)
        *ret_id = row.id;
    return err;
}

/* All events that tell of what was known at an instant, and no other fact, lie before this id. */
static int64_t settled_before(const struct work *w, int64_t known_at_ms)
{
    int64_t margin_ms = work_writers_queue(w) ? MARGIN_ONE_WRITER_MS : MARGIN_MS;
    return id_first_of(known_at_ms - margin_ms);
}

/* The mark of columns that are complete now: the position stands back by the margin. */
static enum err mark_now(struct work *w, int64_t known_at_ms, struct column_file_mark *ret_mark)
{
    struct column_file_mark mark = {.made_ms = w->now_ms};
    int64_t newest_id;
    TRY(read_identity(w, mark.database));
    TRY(newest_event(w, &newest_id));
    mark.known_at_ms = known_at_ms < w->now_ms ? known_at_ms : w->now_ms;
    int64_t settled_id = settled_before(w, mark.known_at_ms);
    mark.event_id = newest_id < settled_id ? newest_id : settled_id;
    mark.anchor_event_id = newest_id;
    *ret_mark = mark;
    return ERR_OK;
}

static enum err check_database(struct work *w, const char *path,
                               const struct column_file_mark *mark, struct fault *reason)
{
    uint8_t identity[COLUMN_FILE_IDENTITY_SIZE];
    struct event_exists_out row;
    TRY(read_identity(w, identity));
    if (memcmp(identity, mark->database, sizeof identity) != 0)
        return fault_set(reason, ERR_SNAPSHOT, "%s: of another database", path);
    if (mark->anchor_event_id == 0)
        return ERR_OK;
    struct event_exists_in in = {.id = mark->anchor_event_id};
    enum err err = event_exists(w, &in, &row);
    if (err != ERR_NOT_FOUND)
        return err;
    fault_clear(&w->fault);
    return fault_set(reason, ERR_SNAPSHOT,
                     "%s: ahead of the database, which was restored from an older copy", path);
}

/* ---- mapping and bringing up to date ---- */

static int32_t roots_of(const struct world *world)
{
    int64_t count = 0;
    for (int32_t t = 0; t < world->vocab->record_count; t++)
        if (!world->vocab->records[t].owner[0])
            count += world->tables[t].row_count;
    return count < INT32_MAX ? (int32_t)count : INT32_MAX;
}

static int32_t roots_worth(const struct world *world)
{
    int32_t share = roots_of(world) / SNAPSHOT_SHARE_MAX;
    return share > SNAPSHOT_ROOTS_MIN ? share : SNAPSHOT_ROOTS_MIN;
}

static enum err splice_rows(struct work *w, struct attempt *a, const struct touch *touch,
                            struct world *world)
{
    struct world *changes;
    if (touch->root_count == 0)
        return ERR_OK;
    TRY(touch_rows(w, a->vocab, touch, a->known_at_ms, &changes, &a->has_later));
    enum err err = world_splice(world, touch->roots, touch->root_count, changes, &w->fault);
    world_free(changes);
    return err;
}

static enum err bring_up_to_date(struct work *w, struct attempt *a, struct world *world)
{
    struct touch touch;
    TRY(mark_now(w, a->known_at_ms, &a->next));
    /* For an earlier instant: what happened since then is read as it was. */
    int64_t settled_id = settled_before(w, a->known_at_ms);
    int64_t after_id = a->mark.event_id < settled_id ? a->mark.event_id : settled_id;
    bool looks_back = a->known_at_ms < a->mark.known_at_ms;
    TRY(touch_read(w, after_id, looks_back ? TOUCH_BACK : TOUCH_FORWARD, roots_worth(world),
                   &touch));
    a->root_count = touch.root_count;
    enum err err = ERR_OK;
    if (touch.is_too_much)
        a->outcome = looks_back ? SNAPSHOT_EARLIER : SNAPSHOT_BUILT;
    else
        err = splice_rows(w, a, &touch, world);
    if (err == ERR_OK && !touch.is_too_much)
        a->world = world;
    touch_done(&touch);
    return err;
}

/* A file that is not there or not good leaves its reason; an error is the store's. */
static enum err map_file(struct work *w, struct attempt *a, struct world **ret_world)
{
    const char *path = a->use->path;
    struct column_file_state state;
    *ret_world = NULL;
    a->outcome = SNAPSHOT_MENDED;
    enum err err = column_file_look(path, a->vocab, &state, &a->reason);
    if (err == ERR_NOT_FOUND)
        a->outcome = SNAPSHOT_BUILT;
    if (err != ERR_OK)
        return ERR_OK;
    err = check_database(w, path, &state.mark, &a->reason);
    if (err == ERR_OK)
        err = column_file_open(path, a->vocab, COLUMN_FILE_VERIFY, a->thread_count, &a->mark,
                               ret_world, &a->reason);
    return a->reason.code != ERR_OK ? ERR_OK : err;
}

static enum err attempt_step(struct work *w, void *context)
{
    struct attempt *a = context;
    struct world *world;
    world_free(a->world); /* the step may be run again */
    a->world = NULL;
    a->has_later = false;
    a->root_count = 0;
    fault_clear(&a->reason);
    TRY(map_file(w, a, &world));
    if (!world)
        return ERR_OK;
    a->outcome = SNAPSHOT_MAPPED;
    int64_t mapped_ns = clock_monotonic_ns();
    enum err err = bring_up_to_date(w, a, world);
    if (!a->world)
        world_free(world);
    a->spent_ms = (clock_monotonic_ns() - mapped_ns) / 1000000;
    return err;
}

/* ---- writing ---- */

enum lock_how { LOCK_WAIT, LOCK_TRY };

/* -1: there is no lock, see reason (or, for LOCK_TRY, somebody has it). */
static int take_lock(const char *path, enum lock_how how, struct fault *reason)
{
    char lock_path[PATH_SIZE_MAX];
    int size = snprintf(lock_path, sizeof lock_path, "%s.lock", path);
    if (size < 0 || size >= (int)sizeof lock_path) {
        fault_set(reason, ERR_LIMIT, "the path of the column snapshot is too long");
        return -1;
    }
    int file = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int done = file < 0 ? -1 : flock(file, how == LOCK_WAIT ? LOCK_EX : LOCK_EX | LOCK_NB);
    while (done < 0 && file >= 0 && errno == EINTR)
        done = flock(file, LOCK_EX);
    if (done == 0)
        return file;
    if (how == LOCK_WAIT || file < 0)
        fault_set(reason, ERR_IO, "%s: %s", lock_path, strerror(errno));
    if (file >= 0)
        close(file);
    return -1;
}

static void give_lock(int lock)
{
    if (lock >= 0)
        close(lock);
}

static bool marks_are_equal(const struct column_file_mark *a, const struct column_file_mark *b)
{
    return memcmp(a->database, b->database, sizeof a->database) == 0 &&
           a->event_id == b->event_id && a->known_at_ms == b->known_at_ms &&
           a->made_ms == b->made_ms;
}

/* Writes an updated world back, unless another process was first. Failing is no harm. */
static bool save(const struct attempt *a)
{
    struct column_file_state state;
    struct fault reason = {0};
    int lock = take_lock(a->use->path, LOCK_TRY, &reason);
    bool saved = false;
    if (lock >= 0 && column_file_look(a->use->path, a->vocab, &state, &reason) == ERR_OK &&
        marks_are_equal(&state.mark, &a->mark)) {
        if (a->root_count == 0)
            saved = column_file_move(a->use->path, &a->next, &reason) == ERR_OK;
        else
            saved = column_file_write(a->use->path, a->world, &a->next, &reason) == ERR_OK;
    }
    give_lock(lock);
    return saved;
}

static bool is_worth_saving(const struct attempt *a, enum snapshot_save how)
{
    bool is_whole = !a->has_later && a->known_at_ms >= a->next.made_ms - AGE_MS_MAX &&
                    a->next.event_id >= a->mark.event_id;
    return is_whole && (how == SNAPSHOT_SAVE_ALWAYS || a->root_count >= SNAPSHOT_SAVE_ROOTS_MIN ||
                        a->spent_ms >= SNAPSHOT_SAVE_MS_MIN);
}

struct beginning {
    int64_t known_at_ms;
    struct column_file_mark mark;
};

static enum err mark_step(struct work *w, void *context)
{
    struct beginning *beginning = context;
    return mark_now(w, beginning->known_at_ms, &beginning->mark);
}

static bool has_identity(const struct column_file_mark *mark)
{
    static const uint8_t none[COLUMN_FILE_IDENTITY_SIZE];
    return memcmp(mark->database, none, sizeof none) != 0;
}

static enum err begin(struct work_env *env, int64_t known_at_ms, struct beginning *ret_beginning,
                      struct fault *fault)
{
    ret_beginning->known_at_ms = known_at_ms;
    TRY(work_run(env, WORK_READ, mark_step, ret_beginning, fault));
    if (has_identity(&ret_beginning->mark))
        return ERR_OK;
    TRY(work_run(env, WORK_WRITE, give_identity, NULL, fault));
    return work_run(env, WORK_READ, mark_step, ret_beginning, fault);
}

/* Reads the store and writes the file. The pages of the file take the place of what was read. */
static enum err build(struct work_env *env, struct attempt *a, struct fault *fault)
{
    struct beginning beginning;
    bool has_mark = begin(env, a->known_at_ms, &beginning, &a->reason) == ERR_OK;
    TRY(registry_load_world_store(env, a->vocab, a->known_at_ms, a->thread_count, &a->world,
                                  fault));
    if (has_mark && a->known_at_ms < beginning.mark.made_ms - AGE_MS_MAX) {
        a->outcome = SNAPSHOT_EARLIER;
        return ERR_OK;
    }
    if (!has_mark || column_file_write(a->use->path, a->world, &beginning.mark, &a->reason) !=
                         ERR_OK) {
        a->outcome = SNAPSHOT_FAILED;
        return ERR_OK;
    }
    struct world *mapped;
    if (column_file_open(a->use->path, a->vocab, COLUMN_FILE_TRUST, a->thread_count, &a->mark,
                         &mapped, NULL) == ERR_OK) {
        world_free(a->world);
        a->world = mapped;
    }
    return ERR_OK;
}

/* Another process may have made the file while this one waited for the lock. */
static enum err build_alone(struct work_env *env, struct attempt *a, struct fault *fault)
{
    struct fault lock_reason = {0};
    struct fault first_reason = a->reason;
    enum snapshot_outcome first_outcome = a->outcome;
    int lock = take_lock(a->use->path, LOCK_WAIT, &lock_reason);
    if (lock < 0) {
        a->outcome = SNAPSHOT_FAILED;
        a->reason = lock_reason;
        return registry_load_world_store(env, a->vocab, a->known_at_ms, a->thread_count,
                                         &a->world, fault);
    }
    enum err err = work_run(env, WORK_READ, attempt_step, a, fault);
    if (err == ERR_OK && !a->world) {
        a->outcome = first_outcome;
        a->reason = first_reason;
        err = build(env, a, fault);
    }
    give_lock(lock);
    return err;
}

static void tell(const struct attempt *a, bool saved)
{
    struct snapshot_report report = {
        .outcome = a->outcome,
        .root_count = a->root_count,
        .saved = saved,
        .reason = a->reason.code == ERR_OK || a->outcome == SNAPSHOT_BUILT ? ""
                                                                            : a->reason.message,
    };
    if (a->use->tell)
        a->use->tell(a->use->context, &report);
}

static enum err take(struct work_env *env, const struct vocab *vocab, int64_t known_at_ms,
                     int32_t thread_count, enum snapshot_save how, struct world **ret_world,
                     struct fault *fault)
{
    check(env->snapshot != NULL);
    struct attempt a = {.use = env->snapshot, .vocab = vocab, .known_at_ms = known_at_ms,
                        .thread_count = thread_count};
    bool saved = false;
    enum err err = work_run(env, WORK_READ, attempt_step, &a, fault);
    if (err == ERR_OK && a.world && is_worth_saving(&a, how))
        saved = save(&a);
    else if (err == ERR_OK && !a.world && a.outcome == SNAPSHOT_EARLIER)
        err = registry_load_world_store(env, vocab, known_at_ms, thread_count, &a.world, fault);
    else if (err == ERR_OK && !a.world)
        err = build_alone(env, &a, fault);
    if (err != ERR_OK) {
        world_free(a.world);
        return err;
    }
    tell(&a, saved || a.outcome == SNAPSHOT_BUILT || a.outcome == SNAPSHOT_MENDED);
    *ret_world = a.world;
    return ERR_OK;
}

enum err snapshot_world(struct work_env *env, const struct vocab *vocab, int64_t known_at_ms,
                        int32_t thread_count, struct world **ret_world, struct fault *fault)
{
    return take(env, vocab, known_at_ms, thread_count, SNAPSHOT_SAVE_IF_WORTH, ret_world, fault);
}

enum err snapshot_world_in(struct work *w, const struct vocab *vocab, int64_t known_at_ms,
                           struct world **ret_world)
{
    struct attempt a = {.use = w->snapshot, .vocab = vocab, .known_at_ms = known_at_ms,
                        .thread_count = 1};
    if (a.use)
        TRY(attempt_step(w, &a));
    if (!a.world)
        return registry_load_world(w, vocab, known_at_ms, ret_world);
    *ret_world = a.world;
    return ERR_OK;
}

enum err snapshot_build(struct work_env *env, const struct vocab *vocab, int32_t thread_count,
                        struct fault *fault)
{
    struct world *world;
    int64_t now_ms = env->fixed_now_ms == ABSENT_I64 ? clock_now_ms() : env->fixed_now_ms;
    TRY(take(env, vocab, now_ms, thread_count, SNAPSHOT_SAVE_ALWAYS, &world, fault));
    world_free(world);
    return ERR_OK;
}

/* ---- looking and dropping ---- */

struct look {
    const char *path;
    struct snapshot_state *state;
};

static enum err look_step(struct work *w, void *context)
{
    struct look *look = context;
    struct snapshot_state *state = look->state;
    enum err err = check_database(w, look->path, &state->file.mark, &state->reason);
    if (state->reason.code != ERR_OK)
        return ERR_OK;
    TRY(err);
    struct touch touch;
    TRY(touch_read(w, state->file.mark.event_id, TOUCH_FORWARD, INT32_MAX / 4, &touch));
    state->root_count = touch.root_count;
    state->is_usable = true;
    touch_done(&touch);
    return ERR_OK;
}

enum err snapshot_look(struct work_env *env, const struct vocab *vocab,
                       struct snapshot_state *ret_state, struct fault *fault)
{
    check(env->snapshot != NULL);
    struct snapshot_state state = {0};
    struct look look = {env->snapshot->path, &state};
    enum err err = column_file_look(look.path, vocab, &state.file, &state.reason);
    if (err != ERR_OK && err != ERR_SNAPSHOT) {
        if (fault)
            *fault = state.reason;
        return err;
    }
    if (err == ERR_OK)
        TRY(work_run(env, WORK_READ, look_step, &look, fault));
    *ret_state = state;
    return ERR_OK;
}

enum err snapshot_drop(const char *path, struct fault *fault)
{
    int lock = take_lock(path, LOCK_WAIT, fault);
    if (lock < 0)
        return ERR_IO;
    enum err err = ERR_OK;
    if (unlink(path) != 0)
        err = fault_set(fault, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s: %s", path,
                        strerror(errno));
    give_lock(lock);
    return err;
}
