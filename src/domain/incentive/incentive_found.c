#include "domain/incentive/incentive_found.h"

#include "incentive_found_sql.h"

#include "base/record.h"

#include <string.h>

enum { LOOK_AT_ONCE = 500 };

/* ---- counting ---- */

struct counting {
    struct arena *arena;
    bool is_fresh;
    int64_t sweep_id, event_id;
    struct found_figure_insert_in *rows;
    int32_t row_count, row_capacity;
};

static enum err add_group(struct work *w, struct counting *counting,
                          const struct found_count_groups_out *group)
{
    if (counting->row_count == counting->row_capacity) {
        int32_t capacity = counting->row_capacity ? counting->row_capacity * 2 : 1024;
        struct found_figure_insert_in *rows =
            ARENA_NEW_ARRAY(counting->arena, struct found_figure_insert_in, (size_t)capacity);
        if (!rows)
            return fail(w, ERR_MEMORY, "no memory for the figures of what was found");
        if (counting->row_count > 0)
            memcpy(rows, counting->rows, (size_t)counting->row_count * sizeof *rows);
        counting->rows = rows;
        counting->row_capacity = capacity;
    }
    counting->rows[counting->row_count++] = (struct found_figure_insert_in){
        .rule_id = group->rule_id,
        .lane = group->lane,
        .division = group->division,
        .row_count = group->row_count,
        .holder_count = group->holder_count,
        .open_count = group->open_count,
        .amount_fen = group->amount_fen,
    };
    return ERR_OK;
}

static enum err read_state(struct work *w, struct counting *counting)
{
    struct found_newest_sweep_out sweep;
    struct found_newest_event_out event;
    TRY(found_newest_sweep(w, &sweep));
    TRY(found_newest_event(w, &event));
    counting->sweep_id = sweep.id == ABSENT_I64 ? 0 : sweep.id;
    counting->event_id = event.id == ABSENT_I64 ? 0 : event.id;
    struct found_count_read_out stamp;
    enum err err = found_count_read(w, &stamp);
    counting->is_fresh = false;
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        return ERR_OK;
    }
    TRY(err);
    bool is_recent = w->now_ms - stamp.counted_ms < FOUND_STALE_MS;
    counting->is_fresh = stamp.sweep_id == counting->sweep_id &&
                         (is_recent || stamp.event_id == counting->event_id);
    return ERR_OK;
}

static enum err count_step(struct work *w, void *context)
{
    return read_state(w, context);
}

static enum err groups_step(struct work *w, void *context)
{
    struct counting *counting = context;
    counting->row_count = 0;
    struct cursor cursor;
    TRY(found_count_groups(w, &cursor));
    for (;;) {
        struct found_count_groups_out group;
        bool more;
        TRY(found_count_groups_next(&cursor, &group, &more));
        if (!more)
            return ERR_OK;
        TRY(add_group(w, counting, &group));
    }
}

static enum err store_step(struct work *w, void *context)
{
    const struct counting *counting = context;
    TRY(found_figure_clear(w, NULL));
    for (int32_t i = 0; i < counting->row_count; i++)
        TRY(found_figure_insert(w, &counting->rows[i], NULL));
    struct found_count_put_in stamp = {.counted_ms = w->now_ms,
                                       .sweep_id = counting->sweep_id,
                                       .event_id = counting->event_id};
    return found_count_put(w, &stamp, NULL);
}

/* The counting reads, and only what it gave is written: nobody waits for a count. */
enum err incentive_found_count(struct work_env *env, struct fault *fault)
{
    struct counting counting = {0};
    TRY(work_run(env, WORK_READ, count_step, &counting, fault));
    if (counting.is_fresh)
        return ERR_OK;
    struct arena arena;
    arena_init(&arena, WORK_ARENA_SIZE_MAX);
    counting.arena = &arena;
    enum err err = work_run(env, WORK_READ, groups_step, &counting, fault);
    if (err == ERR_OK)
        err = work_run(env, WORK_WRITE, store_step, &counting, fault);
    arena_done(&arena);
    return err;
}

/* ---- figures ---- */

static enum err add_figure(struct work *w, struct found_figures *figures, int32_t *capacity,
                           const struct found_figures_of_out *row)
{
    if (figures->row_count == *capacity) {
        int32_t larger = *capacity ? *capacity * 2 : 64;
        struct found_figure *rows =
            ARENA_NEW_ARRAY(w->arena, struct found_figure, (size_t)larger);
        if (!rows)
            return fail(w, ERR_MEMORY, "no memory for the figures of what was found");
        if (figures->row_count > 0)
            memcpy(rows, figures->rows, (size_t)figures->row_count * sizeof *rows);
        figures->rows = rows;
        *capacity = larger;
    }
    figures->rows[figures->row_count++] = (struct found_figure){
        .document_number = str_copy(w->arena, row->document_number),
        .rule_name = str_copy(w->arena, row->rule_name),
        .lane = (enum lane)row->lane,
        .row_count = row->row_count,
        .holder_count = row->holder_count,
        .open_count = row->open_count,
        .amount_fen = row->amount_fen,
    };
    return ERR_OK;
}

enum err incentive_found_figures(struct work *w, int32_t division_min, int32_t division_max,
                                 struct found_figures *ret_figures)
{
    struct found_figures figures = {.counted_ms = ABSENT_I64};
    struct found_count_read_out stamp;
    enum err err = found_count_read(w, &stamp);
    if (err == ERR_OK)
        figures.counted_ms = stamp.counted_ms;
    else if (err != ERR_NOT_FOUND)
        return err;
    fault_clear(&w->fault);
    struct found_figures_of_in in = {.division_min = division_min, .division_max = division_max};
    struct cursor cursor;
    TRY(found_figures_of(w, &in, &cursor));
    int32_t capacity = 0;
    for (;;) {
        struct found_figures_of_out row;
        bool more;
        TRY(found_figures_of_next(&cursor, &row, &more));
        if (!more)
            break;
        TRY(add_figure(w, &figures, &capacity, &row));
    }
    *ret_figures = figures;
    return ERR_OK;
}

struct found_totals found_figures_total(const struct found_figures *figures)
{
    struct found_totals totals = {0};
    for (int32_t i = 0; i < figures->row_count; i++) {
        const struct found_figure *row = &figures->rows[i];
        if (row->lane == LANE_GRANTED) {
            totals.granted_count += row->row_count;
            totals.open_count += row->open_count;
            totals.amount_fen += row->amount_fen;
        } else if (row->lane == LANE_ASK) {
            totals.ask_count += row->row_count;
        }
    }
    return totals;
}

const struct found_figure *found_figure_of(const struct found_figures *figures,
                                           struct str document_number, struct str rule_name,
                                           enum lane lane)
{
    for (int32_t i = 0; i < figures->row_count; i++) {
        const struct found_figure *row = &figures->rows[i];
        if (row->lane == lane && str_equal(row->rule_name, rule_name) &&
            str_equal(row->document_number, document_number))
            return row;
    }
    return NULL;
}

/* ---- lists ---- */

struct listing {
    int32_t division_min, division_max;
    int32_t row_count_max;
    struct found_line *lines;
    int32_t line_count;
    int64_t last_id;
    int32_t seen_count; /* of the newest batch */
};

static void take_line(struct work *w, struct listing *listing, const struct found_lines_out *row)
{
    bool is_within =
        row->division >= listing->division_min && row->division <= listing->division_max;
    listing->last_id = row->id;
    if (!is_within)
        return;
    listing->lines[listing->line_count++] = (struct found_line){
        .line = {.id = row->id,
                 .holder_id = row->holder_id,
                 .subject_record = str_copy(w->arena, row->subject_record),
                 .basis_record = str_copy(w->arena, row->basis_record),
                 .subject_id = row->subject_id,
                 .basis_id = row->basis_id,
                 .period = row->period,
                 .amount_fen = row->amount_fen},
        .division = row->division,
    };
}

static enum err look_at_batch(struct work *w, struct listing *listing, int64_t rule_id,
                              enum lane lane)
{
    struct found_lines_in in = {.rule_id = rule_id, .lane = lane, .after_id = listing->last_id,
                                .row_count_max = LOOK_AT_ONCE};
    struct cursor cursor;
    TRY(found_lines(w, &in, &cursor));
    listing->seen_count = 0;
    while (listing->line_count < listing->row_count_max) {
        struct found_lines_out row;
        bool more;
        TRY(found_lines_next(&cursor, &row, &more));
        if (!more)
            return ERR_OK;
        listing->seen_count++;
        take_line(w, listing, &row);
    }
    return ERR_OK;
}

enum err incentive_found_lines(struct work *w, struct str document_number, struct str rule_name,
                               enum lane lane, int32_t division_min, int32_t division_max,
                               int64_t after_id, int32_t row_count_max,
                               struct found_line **ret_lines, int32_t *ret_line_count,
                               int64_t *ret_next_after)
{
    check(row_count_max > 0 && row_count_max <= FOUND_LINES_MAX);
    struct listing listing = {.division_min = division_min, .division_max = division_max,
                              .row_count_max = row_count_max, .last_id = after_id};
    listing.lines = ARENA_NEW_ARRAY(w->arena, struct found_line, (size_t)row_count_max);
    if (!listing.lines)
        return fail(w, ERR_MEMORY, "no memory for a list of %d entitlements", row_count_max);
    struct found_rule_id_in key = {.document_number = document_number, .name = rule_name};
    struct found_rule_id_out rule;
    enum err err = found_rule_id(w, &key, &rule);
    bool is_known = err == ERR_OK;
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    fault_clear(&w->fault);
    bool more = is_known;
    for (int32_t looked = 0; more && looked < FOUND_LOOK_MAX + row_count_max;
         looked += LOOK_AT_ONCE) {
        TRY(look_at_batch(w, &listing, rule.id, lane));
        bool is_full = listing.line_count == row_count_max;
        more = is_full || listing.seen_count == LOOK_AT_ONCE;
        if (is_full)
            break;
    }
    *ret_lines = listing.lines;
    *ret_line_count = listing.line_count;
    *ret_next_after = more ? listing.last_id : ABSENT_I64;
    return ERR_OK;
}

/* ---- sweeps ---- */

static enum err read_sweeps(struct work *w, int32_t row_count_max, struct found_sweep *ret_sweeps,
                            int32_t *ret_sweep_count)
{
    struct found_sweeps_in in = {.row_count_max = row_count_max};
    struct cursor cursor;
    TRY(found_sweeps(w, &in, &cursor));
    int32_t count = 0;
    for (;;) {
        struct found_sweeps_out row;
        bool more;
        TRY(found_sweeps_next(&cursor, &row, &more));
        if (!more)
            break;
        ret_sweeps[count++] = (struct found_sweep){
            row.id, row.known_at_ms, row.finished_ms, row.as_of_day,
            row.new_count, row.changed_count, row.ended_count, row.unchanged_count};
    }
    cursor_close(&cursor);
    *ret_sweep_count = count;
    return ERR_OK;
}

enum err incentive_found_sweeps(struct work *w, struct found_sweep **ret_sweeps,
                                int32_t *ret_sweep_count)
{
    struct found_sweep *sweeps = ARENA_NEW_ARRAY(w->arena, struct found_sweep, FOUND_SWEEPS_MAX);
    if (!sweeps)
        return fail(w, ERR_MEMORY, "no memory for the list of sweeps");
    *ret_sweeps = sweeps;
    return read_sweeps(w, FOUND_SWEEPS_MAX, sweeps, ret_sweep_count);
}

enum err incentive_last_sweep(struct work *w, struct found_sweep *ret_sweep)
{
    struct found_sweep sweep;
    int32_t count;
    TRY(read_sweeps(w, 1, &sweep, &count));
    if (count == 0)
        return fail(w, ERR_NOT_FOUND, "还没有全市核对过");
    *ret_sweep = sweep;
    return ERR_OK;
}
