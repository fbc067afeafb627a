#include "domain/incentive/case.h"

#include "base/checked.h"
#include "base/clock.h"
#include "base/day.h"
#include "base/id.h"
#include "case_sql.h"
#include "domain/incentive/case_money.h"
#include "domain/incentive/case_row.h"
#include "store/event.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Invariants:
 * 1. A case's version is the number of its steps; a step is written in the unit of work that moves
 *    the case and never again.
 * 2. case_figure is the count and the sum of incentive_case by rule, division and state. */

enum { MS_A_MINUTE = 60 * 1000 };

const struct case_state_desc case_states[CASE_STATE_COUNT] = {
    [CASE_STATE_NONE] = {"", "", "", CASE_DESK_NOBODY, false},
#define OPEN false
#define OVER true
#define STATE(name, key, label, label_en, desk, kind)                                              \
    [CASE_##name] = {key, label, label_en, CASE_DESK_##desk, kind},
#define ACT(name, key, label, label_en)
#define MOVE(from, act, to, by, flags)
#include "domain/incentive/case.def"
#undef STATE
#undef ACT
#undef OPEN
#undef OVER
};

const struct case_act_desc case_acts[CASE_ACT_COUNT] = {
    [CASE_OPENED] = {"opened", "立案", "opened"},
#define STATE(name, key, label, label_en, desk, kind)
#define ACT(name, key, label, label_en) [CASE_DO_##name] = {key, label, label_en},
#include "domain/incentive/case.def"
#undef ACT
#undef MOVE
};

enum {
    WORDS = CASE_WORDS,
    OTHER = CASE_OTHER,
    DECIDES = CASE_DECIDES,
    FULL = CASE_FULL,
    AUTO = CASE_AUTO,
    BACK = CASE_BACK
};

const struct case_move_desc case_moves[] = {
#define ACT(name, key, label, label_en)
#define MOVE(from, act, to, by, flags) {CASE_##from, CASE_DO_##act, CASE_##to, CASE_BY_##by, flags},
#include "domain/incentive/case.def"
#undef STATE
#undef ACT
#undef MOVE
};
const int32_t case_move_count = sizeof case_moves / sizeof case_moves[0];

const struct case_move_desc *case_move_of(enum case_state from, enum case_act act)
{
    for (int32_t i = 0; i < case_move_count; i++)
        if (case_moves[i].from == from && case_moves[i].act == act)
            return &case_moves[i];
    return NULL;
}

enum case_state case_state_by_key(struct str key)
{
    for (int32_t i = 1; i < CASE_STATE_COUNT; i++)
        if (str_equal_text(key, case_states[i].key))
            return (enum case_state)i;
    return CASE_STATE_NONE;
}

enum case_act case_act_by_key(struct str key)
{
    for (int32_t i = 1; i < CASE_ACT_COUNT; i++)
        if (str_equal_text(key, case_acts[i].key))
            return (enum case_act)i;
    return CASE_OPENED;
}

int64_t case_payable_fen(const struct incentive_case *subject)
{
    int64_t payable_fen = 0;
    if (subject->amount_fen != ABSENT_I64)
        check(checked_sub(subject->amount_fen, subject->paid_fen, &payable_fen));
    return payable_fen;
}

/* ---- who acts ---- */

const struct case_actor case_program = {.is_program = true};

static bool hat_sees(const struct case_hat *hat, const struct incentive_case *subject)
{
    const struct scope *scope = &hat->scope;
    switch (guard_roles[hat->role].scope) {
    case SCOPE_SELF:
        return scope->person_id != 0 && subject->holder_id == scope->person_id;
    case SCOPE_ORGANISATION:
        return scope->organisation_id != 0 && (subject->holder_id == scope->organisation_id ||
                                               subject->payee_id == scope->organisation_id);
    case SCOPE_DIVISION:
        break;
    }
    return hat->role != ROLE_NONE && guard_sees_division(scope, subject->division);
}

bool case_actor_sees(const struct case_actor *actor, const struct incentive_case *subject)
{
    bool sees = actor->is_program;
    for (int32_t i = 0; i < actor->hat_count && !sees; i++)
        sees = hat_sees(&actor->hats[i], subject);
    return sees;
}

/* The hat under which a move is made; NULL when none may. */
static const struct case_hat *hat_for(const struct case_actor *actor,
                                      const struct incentive_case *subject, enum case_by by)
{
    for (int32_t i = 0; by != CASE_BY_SYSTEM && i < actor->hat_count; i++) {
        const struct case_hat *hat = &actor->hats[i];
        if (guard_may(hat->role, (enum permission)by) && hat_sees(hat, subject))
            return hat;
    }
    return NULL;
}

/* Four eyes, and nobody decides about themselves or their own firm. */
static bool is_own(const struct case_actor *actor, int64_t account_id,
                   const struct incentive_case *subject, const struct case_move_desc *move)
{
    if (actor->is_program || move->by == CASE_BY_OWN)
        return false;
    if (move->flags & CASE_OTHER && subject->decided_id == account_id && account_id != 0)
        return true;
    int64_t firm_id = actor->own_organisation_id;
    return (actor->own_person_id != 0 && actor->own_person_id == subject->holder_id) ||
           (firm_id != 0 && (firm_id == subject->holder_id || firm_id == subject->payee_id));
}

static bool fits_kind(const struct incentive_case *subject, enum case_act act)
{
    if (act == CASE_DO_CONFER)
        return subject->kind == CASE_TITLE;
    return subject->kind == CASE_MONEY || (act != CASE_DO_ANNOUNCE && act != CASE_DO_APPROVE);
}

enum err case_allows(const struct case_actor *actor, int64_t account_id,
                     const struct incentive_case *subject, enum case_act act)
{
    const struct case_move_desc *move = case_move_of(subject->state, act);
    if (!case_actor_sees(actor, subject))
        return ERR_NOT_FOUND;
    if (!move || !fits_kind(subject, act))
        return ERR_CASE_STATE;
    bool may = actor->is_program ? move->by == CASE_BY_SYSTEM || move->flags & CASE_AUTO
                                 : hat_for(actor, subject, move->by) != NULL;
    if (!may)
        return ERR_FORBIDDEN;
    if (is_own(actor, account_id, subject, move))
        return ERR_CASE_OWN;
    if (move->flags & CASE_FULL && subject->kind == CASE_MONEY && subject->amount_fen == ABSENT_I64)
        return ERR_CASE_OPEN;
    if (move->flags & CASE_FULL && subject->held_count > 0)
        return ERR_CASE_HELD;
    return ERR_OK;
}

/* ---- moving ---- */

/* One rule, division and state whose figure changes. */
struct case_sum {
    int64_t rule_id;
    int32_t division, state;
    int64_t case_count, amount_fen;
};

static int compare_figures(const void *left, const void *right)
{
    const struct case_sum *a = left, *b = right;
    if (a->rule_id != b->rule_id)
        return a->rule_id < b->rule_id ? -1 : 1;
    if (a->division != b->division)
        return a->division < b->division ? -1 : 1;
    return (a->state > b->state) - (a->state < b->state);
}

static int64_t figure_fen(int64_t amount_fen)
{
    return amount_fen == ABSENT_I64 ? 0 : amount_fen;
}

/* Adds them up in the order of their keys, so that two writers never wait for each other in a
 * circle. */
static enum err add_figures(struct work *w, struct case_sum *rows, int32_t row_count)
{
    qsort(rows, (size_t)row_count, sizeof *rows, compare_figures);
    for (int32_t i = 0; i < row_count;) {
        struct case_figure_add_in sum = {
            .rule_id = rows[i].rule_id, .division = rows[i].division, .state = rows[i].state};
        int32_t first = i;
        for (; i < row_count && compare_figures(&rows[first], &rows[i]) == 0; i++) {
            sum.case_count += rows[i].case_count;
            if (!checked_add(sum.amount_fen, rows[i].amount_fen, &sum.amount_fen))
                return fail(w, ERR_OVERFLOW, "the amounts of cases are out of range");
        }
        if (sum.case_count != 0 || sum.amount_fen != 0)
            TRY(case_figure_add(w, &sum, NULL));
    }
    return ERR_OK;
}

/* A move that is allowed, on its way. */
struct moving {
    struct case_order *order;
    struct incentive_case before;
    struct case_write_in row;
    struct str stands_for;
};

static enum err judge(struct work *w, const struct case_actor *actor,
                      const struct case_order *order)
{
    enum err outcome = case_allows(actor, w->actor.account_id, &order->subject, order->act);
    if (outcome != ERR_OK)
        return outcome;
    const struct case_move_desc *move = case_move_of(order->subject.state, order->act);
    bool is_silent = str_trim(order->reason).size == 0;
    if (move->flags & CASE_WORDS && is_silent)
        return ERR_CASE_WORDS;
    return order->reason.size > CASE_WORDS_SIZE_MAX ? ERR_LIMIT : ERR_OK;
}

static struct case_write_in row_of(const struct work *w, const struct incentive_case *subject)
{
    return (struct case_write_in){
        .holder_id = subject->holder_id,
        .id = subject->id,
        .version = subject->version,
        .entitlement_id = subject->entitlement_id,
        .payee_id = subject->payee_id,
        .state = (int32_t)subject->state,
        .desk = (int32_t)case_states[subject->state].desk,
        .amount_fen = subject->amount_fen,
        .is_filled = subject->is_filled,
        .paid_fen = subject->paid_fen,
        .payment_ms = subject->payment_ms,
        .held_count = subject->held_count,
        .notice_id = subject->notice_id,
        .decided_id = subject->decided_id,
        .due_day = subject->due_day,
        .changed_ms = w->now_ms,
    };
}

static void prepare(struct work *w, const struct case_practice *practice,
                    const struct case_actor *actor, struct case_order *order,
                    struct moving *ret_moving)
{
    const struct case_move_desc *move = case_move_of(order->subject.state, order->act);
    const struct case_hat *hat = hat_for(actor, &order->subject, move->by);
    struct incentive_case after = order->subject;
    after.state = move->to;
    after.due_day = order->due_day != 0
                        ? order->due_day
                        : case_practice_due(practice, after.document_number, after.rule_name,
                                            case_states[move->to].key, w->today_day);
    if (move->flags & CASE_DECIDES)
        after.decided_id = w->actor.account_id;
    *ret_moving =
        (struct moving){.order = order,
                        .before = order->subject,
                        .row = row_of(w, &after),
                        .stands_for = hat && hat->stands_for.ptr ? hat->stands_for : STR("")};
    order->subject = after;
}

enum { WRITE_VALUES = 16 };

static struct stmt_value number(enum stmt_type type, int64_t value)
{
    bool absent = type == STMT_INT64 && value == ABSENT_I64;
    return (struct stmt_value){.type = type, .absent = absent, .number = absent ? 0 : value};
}

static void values_of(const struct case_write_in *row, struct stmt_value *ret_values)
{
    const struct stmt_value values[WRITE_VALUES] = {
        number(STMT_INT64, row->holder_id),  number(STMT_INT64, row->id),
        number(STMT_INT32, row->version),    number(STMT_INT64, row->entitlement_id),
        number(STMT_INT64, row->payee_id),   number(STMT_INT32, row->state),
        number(STMT_INT32, row->desk),       number(STMT_INT64, row->amount_fen),
        number(STMT_INT32, row->is_filled),  number(STMT_INT64, row->paid_fen),
        number(STMT_INT64, row->payment_ms), number(STMT_INT32, row->held_count),
        number(STMT_INT64, row->notice_id),  number(STMT_INT64, row->decided_id),
        number(STMT_INT32, row->due_day),    number(STMT_INT64, row->changed_ms),
    };
    memcpy(ret_values, values, sizeof values);
}

/* Those that somebody else moved meanwhile are left out. */
static enum err write_rows(struct work *w, struct moving *moving, int32_t *count)
{
    check(case_write_stmt.in_count == WRITE_VALUES);
    struct stmt_value *values =
        ARENA_NEW_ARRAY(w->arena, struct stmt_value, (size_t)*count * WRITE_VALUES);
    int64_t *changed_counts = ARENA_NEW_ARRAY(w->arena, int64_t, (size_t)*count);
    if (!values || !changed_counts)
        return fail(w, ERR_MEMORY, "no memory for %d moves", *count);
    for (int32_t i = 0; i < *count; i++)
        values_of(&moving[i].row, values + (size_t)i * WRITE_VALUES);
    TRY(stmt_exec_each(w, &case_write_stmt, values, *count, changed_counts));
    int32_t kept = 0;
    for (int32_t i = 0; i < *count; i++) {
        struct case_order *order = moving[i].order;
        order->outcome = changed_counts[i] == 1 ? ERR_OK : ERR_CASE_STALE;
        if (order->outcome == ERR_OK) {
            order->subject.version++;
            order->subject.changed_ms = w->now_ms;
            order->subject.stored_fen = order->subject.amount_fen;
            moving[kept++] = moving[i];
        } else {
            order->subject = moving[i].before;
        }
    }
    *count = kept;
    return ERR_OK;
}

static struct case_step_insert_in step_of(const struct work *w, const struct moving *moving,
                                          enum case_act act, int64_t batch_id)
{
    const struct incentive_case *after = &moving->order->subject;
    return (struct case_step_insert_in){
        .holder_id = after->holder_id,
        .case_id = after->id,
        .version = after->version,
        .act = (int32_t)act,
        .from_state = (int32_t)moving->before.state,
        .to_state = (int32_t)after->state,
        .at_ms = w->now_ms,
        .account_id = w->actor.account_id,
        .account_name = w->actor.name.ptr ? w->actor.name : STR(""),
        .stands_for = moving->stands_for,
        .amount_fen = after->amount_fen,
        .due_day = moving->before.due_day,
        .decided_id = moving->before.decided_id,
        .batch_id = batch_id,
        .reason = moving->order->reason.ptr ? moving->order->reason : STR(""),
    };
}

static enum err write_steps(struct work *w, const struct moving *moving, int32_t count,
                            int64_t batch_id)
{
    struct bulk *bulk;
    TRY(stmt_bulk_begin(w, &case_step_insert_stmt, &bulk));
    enum err err = ERR_OK;
    for (int32_t i = 0; i < count && err == ERR_OK; i++) {
        struct case_step_insert_in step = step_of(w, &moving[i], moving[i].order->act, batch_id);
        err = stmt_struct_bulk_row(bulk, &step);
    }
    enum err ended = stmt_bulk_end(bulk, NULL);
    return err == ERR_OK ? ended : err;
}

static struct event event_of(struct work *w, const struct incentive_case *after,
                             enum case_state from, const char *act_key)
{
    return (struct event){
        .kind = str_from(text_in(w->arena, "case.%s", case_states[after->state].key)),
        .person_id = after->holder_record == CASE_HOLDER_PERSON ? after->holder_id : 0,
        .subject_id = after->id,
        .detail = str_from(
            text_in(w->arena, "{\"act\":\"%s\",\"from\":\"%s\"}", act_key, case_states[from].key)),
    };
}

static enum err write_events_and_figures(struct work *w, const struct moving *moving, int32_t count)
{
    struct event *events = ARENA_NEW_ARRAY(w->arena, struct event, (size_t)count);
    struct case_sum *figures = ARENA_NEW_ARRAY(w->arena, struct case_sum, (size_t)count * 2);
    if (!events || !figures)
        return fail(w, ERR_MEMORY, "no memory for the events of %d moves", count);
    for (int32_t i = 0; i < count; i++) {
        const struct incentive_case *before = &moving[i].before;
        const struct incentive_case *after = &moving[i].order->subject;
        events[i] = event_of(w, after, before->state, case_acts[moving[i].order->act].key);
        figures[i * 2] = (struct case_sum){after->rule_id, after->division, before->state, -1,
                                           -figure_fen(before->stored_fen)};
        figures[i * 2 + 1] = (struct case_sum){after->rule_id, after->division, after->state, 1,
                                               figure_fen(after->amount_fen)};
    }
    TRY(event_append_all(w, events, count));
    return add_figures(w, figures, count * 2);
}

/* What was promised to a case that leaves the way to its money is given back. */
static enum err release_money(struct work *w, const struct moving *moving, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        if (case_money_leaves(moving[i].before.state, moving[i].order->subject.state))
            TRY(case_money_release(w, &moving[i].before, moving[i].order->reason));
    return ERR_OK;
}

enum err case_move_all(struct work *w, const struct case_practice *practice,
                       const struct case_actor *actor, int64_t batch_id, struct case_order *orders,
                       int32_t order_count)
{
    check(order_count <= CASE_ORDERS_MAX);
    struct moving *moving = ARENA_NEW_ARRAY(w->arena, struct moving, (size_t)order_count + 1);
    if (!moving)
        return fail(w, ERR_MEMORY, "no memory for %d moves", order_count);
    int32_t count = 0;
    for (int32_t i = 0; i < order_count; i++) {
        orders[i].outcome = judge(w, actor, &orders[i]);
        if (orders[i].outcome == ERR_OK)
            prepare(w, practice, actor, &orders[i], &moving[count++]);
    }
    if (count > 0)
        TRY(write_rows(w, moving, &count));
    if (count == 0)
        return ERR_OK;
    TRY(write_steps(w, moving, count, batch_id));
    TRY(release_money(w, moving, count));
    return write_events_and_figures(w, moving, count);
}

enum err case_refuse(struct work *w, enum err outcome, const struct incentive_case *subject,
                     enum case_act act)
{
    const char *state = case_states[subject->state].label;
    const char *what = act > 0 ? case_acts[act].label : "办理";
    switch (outcome) {
    case ERR_OK:
        return ERR_OK;
    case ERR_CASE_STATE:
        fail(w, outcome, "办件现在是“%s”，不能%s", state, what);
        return fault_hint(&w->fault, "请刷新后再看一次，可能已经有人办过。");
    case ERR_CASE_STALE:
        fail(w, outcome, "别人刚办过这一件，您看到的不是最新的");
        return fault_hint(&w->fault, "请刷新后再决定；您写的话没有保存。");
    case ERR_CASE_OWN:
        fail(w, outcome, "自己审核过的，或关系到自己的，要由另一个人来定");
        return fault_hint(&w->fault, "请交给同岗位的另一位同事。");
    case ERR_CASE_WORDS:
        return fail(w, outcome, "%s要写明理由", what);
    case ERR_CASE_OPEN:
        fail(w, outcome, "金额还没有定，不能%s", what);
        return fault_hint(&w->fault, "请先由文件指定的部门填金额。");
    case ERR_CASE_HELD:
        fail(w, outcome, "有 %d 条风险提示没有处理，不能%s", (int)subject->held_count, what);
        return fault_hint(&w->fault, "由监督岗核实后放行或确认。");
    case ERR_FORBIDDEN:
        return fail(w, outcome, "您的岗位不能%s", what);
    case ERR_LEDGER_SHORT:
        fail(w, outcome, "这项资金的余额不够付这一件");
        return fault_hint(&w->fault, "请财务调剂预算；办件留在待审批，没有改动。");
    case ERR_LEDGER_YEAR:
        fail(w, outcome, "这项资金今年没有预算，或已结账");
        return fault_hint(&w->fault, "请财务下达预算；办件留在待审批，没有改动。");
    case ERR_LIMIT:
        return fail(w, outcome, "理由太长，最多 %d 个字", CASE_WORDS_SIZE_MAX / 3);
    default:
        return fail(w, outcome, "没有这一件");
    }
}

enum err case_move(struct work *w, const struct case_practice *practice,
                   const struct case_actor *actor, struct case_order *order)
{
    TRY(case_move_all(w, practice, actor, 0, order, 1));
    return case_refuse(w, order->outcome, &order->subject, order->act);
}

/* ---- steps beside the table: an open amount, and taking back ---- */

/* Writes a step that is no move of the table. */
static enum err write_aside(struct work *w, const struct incentive_case *before,
                            struct case_order *order, enum case_act act, const char *key)
{
    struct moving moving = {.order = order,
                            .before = *before,
                            .row = row_of(w, &order->subject),
                            .stands_for = STR("")};
    int32_t count = 1;
    TRY(write_rows(w, &moving, &count));
    if (count == 0)
        return case_refuse(w, ERR_CASE_STALE, before, CASE_OPENED);
    struct case_step_insert_in step = step_of(w, &moving, act, 0);
    TRY(case_step_insert(w, &step, NULL));
    struct event event = event_of(w, &order->subject, before->state, key);
    TRY(event_append(w, &event));
    struct case_sum figures[] = {
        {before->rule_id, before->division, before->state, -1, -figure_fen(before->stored_fen)},
        {before->rule_id, before->division, order->subject.state, 1,
         figure_fen(order->subject.amount_fen)}};
    return add_figures(w, figures, 2);
}

enum err case_fill_amount(struct work *w, const struct case_practice *practice,
                          const struct case_actor *actor, struct incentive_case *subject,
                          int64_t amount_fen, int64_t max_fen, struct str reason)
{
    (void)practice;
    struct incentive_case before = *subject;
    bool is_open = subject->amount_fen == ABSENT_I64 || subject->is_filled;
    if (!case_actor_sees(actor, subject))
        return case_refuse(w, ERR_NOT_FOUND, subject, CASE_OPENED);
    if (!hat_for(actor, subject, CASE_BY_REVIEW))
        return fail(w, ERR_FORBIDDEN, "您的岗位不能填金额");
    if (subject->state != CASE_REVIEW || !is_open || subject->kind != CASE_MONEY)
        return fail(w, ERR_CASE_STATE, "这一件的金额不用填");
    if (amount_fen <= 0 || (max_fen != ABSENT_I64 && amount_fen > max_fen))
        return fail(w, ERR_INPUT, "金额应大于 0，不超过文件的上限");
    if (str_trim(reason).size == 0)
        return fail(w, ERR_CASE_WORDS, "填金额要写明依据");
    struct case_order order = {.subject = *subject, .reason = reason};
    order.subject.amount_fen = amount_fen;
    order.subject.is_filled = true;
    TRY(write_aside(w, &before, &order, CASE_FILLED, "filled"));
    *subject = order.subject;
    return ERR_OK;
}

/* The step may be taken back by this actor at this instant. */
static enum err back_step(struct work *w, const struct case_practice *practice,
                          const struct incentive_case *subject, struct case_step_at_out *ret_step,
                          int64_t *ret_until_ms)
{
    struct case_step_at_in at = {subject->holder_id, subject->id, subject->version};
    TRY(case_step_at(w, &at, ret_step));
    *ret_until_ms = 0;
    if (ret_step->act <= 0 || ret_step->account_id == 0 ||
        ret_step->account_id != w->actor.account_id)
        return ERR_OK;
    const struct case_move_desc *move =
        case_move_of((enum case_state)ret_step->from_state, (enum case_act)ret_step->act);
    int32_t minutes = case_practice_value(practice, subject->document_number, subject->rule_name,
                                          "take_back_minutes", 0);
    int64_t until_ms = ret_step->at_ms + (int64_t)minutes * MS_A_MINUTE;
    if (move && move->flags & CASE_BACK && w->now_ms < until_ms)
        *ret_until_ms = until_ms;
    return ERR_OK;
}

enum err case_take_back_until(struct work *w, const struct case_practice *practice,
                              const struct incentive_case *subject, int64_t *ret_until_ms)
{
    struct case_step_at_out step;
    return back_step(w, practice, subject, &step, ret_until_ms);
}

enum err case_take_back(struct work *w, const struct case_practice *practice,
                        struct incentive_case *subject)
{
    struct case_step_at_out step;
    int64_t until_ms;
    TRY(back_step(w, practice, subject, &step, &until_ms));
    if (until_ms == 0) {
        fail(w, ERR_CASE_LATE, "这一步不能撤回了");
        return fault_hint(&w->fault, "过了时限，或后面已经有人办。请写明情况，退回再办。");
    }
    struct incentive_case before = *subject;
    struct case_order order = {.subject = before};
    order.subject.state = (enum case_state)step.from_state;
    order.subject.due_day = step.due_day;
    order.subject.decided_id = step.decided_id;
    TRY(write_aside(w, &before, &order, CASE_TAKEN_BACK, "taken_back"));
    *subject = order.subject;
    return ERR_OK;
}

/* ---- reading ---- */

enum err case_read(struct work *w, const struct case_actor *actor, int64_t id,
                   struct incentive_case *ret_case)
{
    struct case_by_id_out row;
    enum err err = case_by_id(w, &(struct case_by_id_in){.id = id}, &row);
    struct incentive_case subject = {0};
    if (err == ERR_OK)
        subject = CASE_OF_ROW(row);
    if (err == ERR_NOT_FOUND || (err == ERR_OK && !case_actor_sees(actor, &subject)))
        return fail(w, ERR_NOT_FOUND, "没有编号为 %" PRId64 " 的办件", id);
    TRY(err);
    *ret_case = subject;
    return ERR_OK;
}

enum err case_steps(struct work *w, const struct incentive_case *subject,
                    struct case_step **ret_steps, int32_t *ret_step_count)
{
    struct case_step *steps = ARENA_NEW_ARRAY(w->arena, struct case_step, CASE_STEPS_MAX);
    if (!steps)
        return fail(w, ERR_MEMORY, "no memory for the steps of a case");
    struct case_steps_of_in in = {subject->holder_id, subject->id, CASE_STEPS_MAX};
    struct cursor cursor;
    TRY(case_steps_of(w, &in, &cursor));
    for (int32_t count = 0;;) {
        struct case_steps_of_out row;
        bool more;
        TRY(case_steps_of_next(&cursor, &row, &more));
        if (!more) {
            *ret_steps = steps;
            *ret_step_count = count;
            return ERR_OK;
        }
        steps[count++] = (struct case_step){.version = row.version,
                                            .act = (enum case_act)row.act,
                                            .from = (enum case_state)row.from_state,
                                            .to = (enum case_state)row.to_state,
                                            .at_ms = row.at_ms,
                                            .account_id = row.account_id,
                                            .account_name = str_copy(w->arena, row.account_name),
                                            .stands_for = str_copy(w->arena, row.stands_for),
                                            .reason = str_copy(w->arena, row.reason),
                                            .amount_fen = row.amount_fen,
                                            .batch_id = row.batch_id,
                                            .due_day = row.due_day,
                                            .decided_id = row.decided_id};
    }
}

enum err case_note_add(struct work *w, const struct incentive_case *subject,
                       enum case_audience audience, struct str words)
{
    struct str trimmed = str_trim(words);
    if (trimmed.size == 0 || trimmed.size > CASE_WORDS_SIZE_MAX)
        return fail(w, ERR_CASE_WORDS, "请写 1 至 %d 个字", CASE_WORDS_SIZE_MAX / 3);
    struct case_note_insert_in row = {.holder_id = subject->holder_id,
                                      .case_id = subject->id,
                                      .id = id_next(w->ids),
                                      .at_ms = w->now_ms,
                                      .account_id = w->actor.account_id,
                                      .account_name = w->actor.name.ptr ? w->actor.name : STR(""),
                                      .audience = (int32_t)audience,
                                      .words = trimmed};
    TRY(case_note_insert(w, &row, NULL));
    struct event event = {.kind = STR("case.noted"),
                          .person_id =
                              subject->holder_record == CASE_HOLDER_PERSON ? subject->holder_id : 0,
                          .subject_id = subject->id,
                          .detail = STR("")};
    return event_append(w, &event);
}

enum err case_notes(struct work *w, const struct incentive_case *subject,
                    enum case_audience audience, struct case_note **ret_notes,
                    int32_t *ret_note_count)
{
    struct case_note *notes = ARENA_NEW_ARRAY(w->arena, struct case_note, CASE_STEPS_MAX);
    if (!notes)
        return fail(w, ERR_MEMORY, "no memory for the notes of a case");
    struct case_notes_of_in in = {subject->holder_id, subject->id, (int32_t)audience,
                                  CASE_STEPS_MAX};
    struct cursor cursor;
    TRY(case_notes_of(w, &in, &cursor));
    for (int32_t count = 0;;) {
        struct case_notes_of_out row;
        bool more;
        TRY(case_notes_of_next(&cursor, &row, &more));
        if (!more) {
            *ret_notes = notes;
            *ret_note_count = count;
            return ERR_OK;
        }
        notes[count++] = (struct case_note){.id = row.id,
                                            .at_ms = row.at_ms,
                                            .account_id = row.account_id,
                                            .account_name = str_copy(w->arena, row.account_name),
                                            .words = str_copy(w->arena, row.words),
                                            .audience = (enum case_audience)row.audience};
    }
}
