#include "domain/incentive/case_batch.h"

#include "base/day.h"
#include "base/id.h"
#include "base/json.h"
#include "base/checked.h"
#include "case_batch_sql.h"
#include "domain/incentive/case_row.h"
#include "domain/news/news_notice.h"
#include "store/event.h"

#include <inttypes.h>

bool case_batch_takes(enum case_state state, enum case_act act)
{
    if (state == CASE_CHECKED)
        return act == CASE_DO_PASS || act == CASE_DO_LOOK;
    if (state == CASE_CORRECTING)
        return act == CASE_DO_PASS;
    return state == CASE_APPROVAL && (act == CASE_DO_APPROVE || act == CASE_DO_SEND_BACK);
}

/* ---- the filter as it is kept ---- */

static struct str filter_text(struct arena *arena, const struct case_filter *filter)
{
    struct text_buf *text = text_new(arena);
    struct json json;
    if (!text)
        return STR("{}");
    json_init(&json, text);
    json_object_begin(&json);
    json_add_text_z(&json, "state", case_states[filter->state].key);
    json_add_number(&json, "rule", filter->rule_id);
    json_add_number(&json, "payee", filter->payee_id);
    json_add_number(&json, "division_min", filter->division_min);
    json_add_number(&json, "division_max", filter->division_max);
    json_add_number(&json, "due_day_max", filter->due_day_max);
    json_object_end(&json);
    return text_str(text);
}

static enum err filter_of_text(struct work *w, struct str text, struct case_filter *ret_filter)
{
    const struct json_value *object;
    TRY(json_parse(w->arena, text, text.size + 1, &object, &w->fault));
    *ret_filter = (struct case_filter){
        .range = CASE_RANGE_STATE,
        .state = case_state_by_key(json_member_text(object, "state")),
        .rule_id = json_member_number(object, "rule", 0),
        .payee_id = json_member_number(object, "payee", 0),
        .division_min = (int32_t)json_member_number(object, "division_min", 0),
        .division_max = (int32_t)json_member_number(object, "division_max", 0),
        .due_day_max = (int32_t)json_member_number(object, "due_day_max", 0),
    };
    return ERR_OK;
}

/* ---- counting, beginning, reading ---- */

/* Figures are kept by rule, division and state only. */
static bool figures_answer(const struct case_filter *filter)
{
    return filter->payee_id == 0 && filter->due_day_max == DAY_MAX;
}

static enum err count_one_by_one(struct work *w, const struct case_filter *filter,
                                 int64_t *ret_count, int64_t *ret_amount_fen)
{
    struct case_filter part = *filter;
    int32_t count;
    *ret_count = *ret_amount_fen = 0;
    do {
        struct arena_mark mark = arena_mark(w->arena);
        struct incentive_case *cases;
        TRY(case_list(w, &part, CASE_ROWS_MAX, &cases, &count));
        for (int32_t i = 0; i < count; i++) {
            int64_t amount_fen = cases[i].amount_fen == ABSENT_I64 ? 0 : cases[i].amount_fen;
            if (!checked_add(*ret_amount_fen, amount_fen, ret_amount_fen))
                return fail(w, ERR_OVERFLOW, "the amounts of cases are out of range");
            part.after_due_day = cases[i].due_day;
            part.after_id = cases[i].id;
        }
        *ret_count += count;
        arena_rewind(w->arena, mark);
    } while (count == CASE_ROWS_MAX);
    return ERR_OK;
}

enum err case_batch_count(struct work *w, const struct case_filter *filter, int64_t *ret_count,
                          int64_t *ret_amount_fen)
{
    struct case_totals totals;
    if (!figures_answer(filter))
        return count_one_by_one(w, filter, ret_count, ret_amount_fen);
    TRY(case_totals_of(w, filter->rule_id, filter->division_min, filter->division_max, &totals));
    *ret_count = totals.counts[filter->state];
    *ret_amount_fen = totals.amounts_fen[filter->state];
    return ERR_OK;
}

enum err case_batch_begin(struct work *w, const struct case_setting *setting,
                          const struct case_batch *batch, int64_t *ret_id)
{
    if (!case_batch_takes(batch->filter.state, batch->act))
        return fail(w, ERR_CASE_STATE, "“%s”的办件不能成批%s",
                    case_states[batch->filter.state].label, case_acts[batch->act].label);
    const struct case_move_desc *move = case_move_of(batch->filter.state, batch->act);
    bool is_silent = str_trim(batch->reason).size == 0;
    if (move && move->flags & CASE_WORDS && is_silent)
        return fail(w, ERR_CASE_WORDS, "成批%s要写明理由", case_acts[batch->act].label);
    const struct case_practice_row *sample =
        case_practice_of(setting->practice, STR(""), STR(""), "sample_bp");
    bool is_sampled = batch->act == CASE_DO_PASS && sample;
    struct case_batch_insert_in row = {.id = id_next(w->ids),
                                       .act = (int32_t)batch->act,
                                       .filter = filter_text(w->arena, &batch->filter),
                                       .account_id = w->actor.account_id,
                                       .account_name = w->actor.name.ptr ? w->actor.name : STR(""),
                                       .reason = batch->reason.ptr ? batch->reason : STR(""),
                                       .share_bp = is_sampled ? sample->value : 0,
                                       .basis = is_sampled ? sample->basis : STR(""),
                                       .started_ms = w->now_ms};
    int64_t amount_fen;
    TRY(case_batch_count(w, &batch->filter, &row.match_count, &amount_fen));
    TRY(case_batch_insert(w, &row, NULL));
    *ret_id = row.id;
    return ERR_OK;
}

static enum err batch_of(struct work *w, const struct case_batch_by_id_out *row,
                         struct case_batch *ret_batch)
{
    *ret_batch = (struct case_batch){.id = row->id,
                                     .act = (enum case_act)row->act,
                                     .reason = str_copy(w->arena, row->reason),
                                     .basis = str_copy(w->arena, row->basis),
                                     .account_name = str_copy(w->arena, row->account_name),
                                     .account_id = row->account_id,
                                     .share_bp = row->share_bp,
                                     .started_ms = row->started_ms,
                                     .finished_ms = row->finished_ms,
                                     .match_count = row->match_count,
                                     .moved_count = row->moved_count,
                                     .sample_count = row->sample_count,
                                     .left_count = row->left_count,
                                     .amount_fen = row->amount_fen};
    return filter_of_text(w, str_copy(w->arena, row->filter), &ret_batch->filter);
}

enum err case_batch_read(struct work *w, int64_t id, struct case_batch *ret_batch)
{
    struct case_batch_by_id_out row;
    TRY(case_batch_by_id(w, &(struct case_batch_by_id_in){id}, &row));
    return batch_of(w, &row, ret_batch);
}

enum err case_batches(struct work *w, int64_t account_id, struct case_batch **ret_batches,
                      int32_t *ret_batch_count)
{
    struct case_batch *batches = ARENA_NEW_ARRAY(w->arena, struct case_batch, CASE_BATCHES_MAX);
    struct case_batch_by_id_out *rows =
        ARENA_NEW_ARRAY(w->arena, struct case_batch_by_id_out, CASE_BATCHES_MAX);
    if (!batches || !rows)
        return fail(w, ERR_MEMORY, "no memory for a list of batches");
    struct case_batches_of_in in = {account_id, CASE_BATCHES_MAX};
    struct cursor cursor;
    int32_t count = 0;
    TRY(stmt_struct_open(w, &case_batches_of_stmt, &in, &cursor));
    for (;; count++) { /* the columns are those of case_batch_by_id */
        struct case_batch_by_id_out row;
        bool more;
        TRY(cursor_struct_next(&cursor, &row, &more));
        if (!more)
            break;
        TRY(batch_of(w, &row, &batches[count]));
    }
    *ret_batches = batches;
    *ret_batch_count = count;
    return ERR_OK;
}

/* ---- running ---- */

struct running {
    const struct case_setting *setting;
    const struct case_actor *actor;
    struct case_batch batch;
    int32_t row_count;
};

/* Drawn by the number of the batch and of the case: the same when it is asked again. */
static bool is_drawn(int64_t batch_id, int64_t case_id, int32_t share_bp)
{
    uint64_t dice = (uint64_t)batch_id * UINT64_C(0x9E3779B97F4A7C15) ^ (uint64_t)case_id;
    dice = (dice ^ dice >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    dice = (dice ^ dice >> 27) * UINT64_C(0x94D049BB133111EB);
    dice ^= dice >> 31;
    return (int32_t)(dice % 10000) < share_bp;
}

static void draw(const struct case_batch *batch, const struct incentive_case *cases, int32_t count,
                 struct case_order *orders)
{
    for (int32_t i = 0; i < count; i++) {
        bool drawn =
            is_drawn(batch->id, cases[i].id, batch->share_bp) && cases[i].state == CASE_CHECKED;
        orders[i] = (struct case_order){.subject = cases[i],
                                        .act = drawn ? CASE_DO_LOOK : batch->act,
                                        .reason = drawn ? batch->basis : batch->reason};
    }
}

static enum err add_outcomes(struct work *w, struct case_batch *batch,
                             const struct case_order *orders, int32_t count, bool is_last)
{
    struct case_batch_add_in add = {.id = batch->id, .finished_ms = is_last ? w->now_ms : 0};
    for (int32_t i = 0; i < count; i++) {
        bool is_ok = orders[i].outcome == ERR_OK;
        bool is_sample = batch->act != CASE_DO_LOOK && orders[i].act == CASE_DO_LOOK;
        add.sample_count += is_ok && is_sample;
        add.moved_count += is_ok && !is_sample;
        add.left_count += !is_ok;
        int64_t amount_fen = is_ok && !is_sample ? case_payable_fen(&orders[i].subject) : 0;
        if (!checked_add(add.amount_fen, amount_fen, &add.amount_fen))
            return fail(w, ERR_OVERFLOW, "the amounts of a batch are out of range");
    }
    TRY(case_batch_add(w, &add, NULL));
    batch->finished_ms = add.finished_ms;
    batch->moved_count += add.moved_count;
    batch->sample_count += add.sample_count;
    batch->left_count += add.left_count;
    batch->amount_fen += add.amount_fen;
    return ERR_OK;
}

static enum err run_step(struct work *w, void *context)
{
    struct running *shared = context;
    struct running running = *shared; /* a step may run again */
    struct case_batch *batch = &running.batch;
    struct incentive_case *cases;
    struct case_order *orders = ARENA_NEW_ARRAY(w->arena, struct case_order, CASE_ORDERS_MAX);
    if (!orders)
        return fail(w, ERR_MEMORY, "no memory for a part of a batch");
    TRY(case_list(w, &batch->filter, CASE_ORDERS_MAX, &cases, &running.row_count));
    int32_t count = running.row_count;
    draw(batch, cases, count, orders);
    TRY(case_decide_all(w, running.setting, running.actor, batch->id, orders, count));
    TRY(add_outcomes(w, batch, orders, count, count < CASE_ORDERS_MAX));
    if (count > 0) {
        batch->filter.after_due_day = cases[count - 1].due_day;
        batch->filter.after_id = cases[count - 1].id;
    }
    shared->row_count = running.row_count;
    shared->batch = running.batch;
    return ERR_OK;
}

struct reading {
    int64_t id;
    struct arena *arena;
    struct case_batch batch;
};

static enum err read_step(struct work *w, void *context)
{
    struct reading *reading = context;
    struct case_batch *batch = &reading->batch;
    TRY(case_batch_read(w, reading->id, batch));
    batch->reason = str_copy(reading->arena, batch->reason);
    batch->basis = str_copy(reading->arena, batch->basis);
    batch->account_name = str_copy(reading->arena, batch->account_name);
    return ERR_OK;
}

enum err case_batch_run(struct work_env *env, const struct case_setting *setting,
                        const struct case_actor *actor, int64_t batch_id,
                        case_batch_progress *progress, void *context, struct case_batch *ret_batch,
                        struct fault *fault)
{
    struct arena arena;
    arena_init(&arena, (size_t)1 << 20);
    struct reading reading = {.id = batch_id, .arena = &arena};
    enum err err = work_run(env, WORK_READ, read_step, &reading, fault);
    struct running running = {.setting = setting, .actor = actor, .batch = reading.batch};
    bool is_open = err == ERR_OK && running.batch.finished_ms == 0;
    while (is_open && err == ERR_OK) {
        err = work_run(env, WORK_WRITE, run_step, &running, fault);
        is_open = running.row_count == CASE_ORDERS_MAX;
        if (err == ERR_OK && progress)
            progress(context, &running.batch);
    }
    running.batch.reason = running.batch.basis = running.batch.account_name = STR("");
    if (err == ERR_OK)
        *ret_batch = running.batch;
    arena_done(&arena);
    return err;
}

/* ---- clocks ---- */

enum { KIND_REMINDED = 1, KIND_ESCALATED = 2 };

struct telling {
    int32_t kind, day;
    int32_t row_count;
};

static struct event event_of(int32_t kind, const struct case_clock_due_out *row)
{
    return (struct event){
        .kind = kind == KIND_REMINDED ? STR("case.reminded") : STR("case.escalated"),
        .person_id = row->holder_record == CASE_HOLDER_PERSON ? row->holder_id : 0,
        .subject_id = row->id,
        .detail = STR("")};
}

static enum err tell_step(struct work *w, void *context)
{
    struct telling *telling = context;
    struct case_clock_due_in in = {telling->kind, telling->day, CASE_ROWS_MAX};
    struct case_clock_due_out *rows =
        ARENA_NEW_ARRAY(w->arena, struct case_clock_due_out, CASE_ROWS_MAX);
    struct event *events = ARENA_NEW_ARRAY(w->arena, struct event, CASE_ROWS_MAX);
    if (!rows || !events)
        return fail(w, ERR_MEMORY, "no memory for the clocks of cases");
    struct cursor cursor;
    int32_t count = 0;
    TRY(case_clock_due(w, &in, &cursor));
    for (;; count++) {
        bool more;
        struct case_clock_due_out row;
        TRY(case_clock_due_next(&cursor, &row, &more));
        if (!more)
            break;
        rows[count] = row;
        events[count] = event_of(telling->kind, &row);
    }
    struct bulk *bulk;
    TRY(stmt_bulk_begin(w, &case_clock_insert_stmt, &bulk));
    enum err err = ERR_OK;
    for (int32_t i = 0; i < count && err == ERR_OK; i++) {
        struct case_clock_insert_in clock = {rows[i].holder_id, rows[i].id,      rows[i].version,
                                             telling->kind,     rows[i].due_day, w->now_ms};
        err = stmt_struct_bulk_row(bulk, &clock);
    }
    enum err ended = stmt_bulk_end(bulk, NULL);
    TRY(err == ERR_OK ? ended : err);
    TRY(event_append_all(w, events, count));
    telling->row_count = count;
    return ERR_OK;
}

static enum err tell(struct work_env *env, int32_t kind, int32_t day, int64_t *count,
                     struct fault *fault)
{
    struct telling telling = {.kind = kind, .day = day};
    do {
        TRY(work_run(env, WORK_WRITE, tell_step, &telling, fault));
        *count += telling.row_count;
    } while (telling.row_count == CASE_ROWS_MAX);
    return ERR_OK;
}

struct closing {
    const struct case_practice *practice;
    struct case_filter filter;
    int32_t row_count;
};

static enum err close_step(struct work *w, void *context)
{
    struct closing *closing = context;
    struct incentive_case *cases;
    struct case_order *orders = ARENA_NEW_ARRAY(w->arena, struct case_order, CASE_ORDERS_MAX);
    if (!orders)
        return fail(w, ERR_MEMORY, "no memory for the cases to close");
    closing->filter.due_day_max = w->today_day - 1;
    TRY(case_list(w, &closing->filter, CASE_ORDERS_MAX, &cases, &closing->row_count));
    for (int32_t i = 0; i < closing->row_count; i++)
        orders[i] = (struct case_order){.subject = cases[i], .act = CASE_DO_CLOSE};
    TRY(case_move_all(w, closing->practice, &case_program, 0, orders, closing->row_count));
    return ERR_OK;
}

static enum err today_step(struct work *w, void *context)
{
    *(int32_t *)context = w->today_day;
    return ERR_OK;
}

static enum err notices_step(struct work *w, void *context)
{
    return news_notice_end_due(w, context);
}

/* Notices whose days have passed: their cases go on when the log is followed. */
static enum err end_notices(struct work_env *env, struct fault *fault)
{
    int32_t ended_count;
    do {
        TRY(work_run(env, WORK_WRITE, notices_step, &ended_count, fault));
    } while (ended_count == NOTICE_ROWS_MAX);
    return ERR_OK;
}

enum err case_clocks(struct work_env *env, const struct case_practice *practice,
                     struct case_clock_report *ret_report, struct fault *fault)
{
    const struct calendar *calendar = practice->calendar;
    struct case_clock_report report = {0};
    struct closing closing = {
        .practice = practice,
        .filter = {.range = CASE_RANGE_STATE, .state = CASE_PAID, .division_max = INT32_MAX}};
    int32_t today_day;
    TRY(work_run(env, WORK_READ, today_step, &today_day, fault));
    TRY(end_notices(env, fault));
    int32_t remind = case_practice_value(practice, STR(""), STR(""), "remind", 0);
    int32_t escalate = case_practice_value(practice, STR(""), STR(""), "escalate", 0);
    if (calendar) {
        TRY(tell(env, KIND_REMINDED, calendar_add_working_days(calendar, today_day, remind, NULL),
                 &report.reminded_count, fault));
        TRY(tell(env, KIND_ESCALATED,
                 calendar_add_working_days(calendar, today_day, -escalate, NULL),
                 &report.escalated_count, fault));
    }
    do {
        TRY(work_run(env, WORK_WRITE, close_step, &closing, fault));
        report.closed_count += closing.row_count;
    } while (closing.row_count == CASE_ORDERS_MAX);
    *ret_report = report;
    return ERR_OK;
}
