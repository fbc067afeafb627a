#include "domain/incentive/case_open.h"

#include "base/day.h"
#include "base/id.h"
#include "base/json.h"
#include "case_open_sql.h"
#include "case_sql.h"
#include "domain/incentive/case_act.h"
#include "domain/incentive/case_gate.h"
#include "domain/incentive/case_money.h"
#include "domain/incentive/case_row.h"
#include "store/event.h"
#include "store/outbox.h"

#include <inttypes.h>

enum { EVENTS_A_TURN = 2000, ALIGN_MOVES_MAX = 4 };
#define FOLLOWER_NAME STR("case")

/* ---- what is due ---- */

/* What the holder is to have by what stands now. */
static int64_t wanted_fen(const struct case_entitled *now, const struct incentive_case *subject)
{
    if (!now->is_there)
        return 0;
    if (now->lane != LANE_GRANTED)
        return subject->paid_fen; /* a question takes nothing back */
    if (now->amount_fen != ABSENT_I64)
        return now->amount_fen;
    return subject->is_filled ? subject->amount_fen : ABSENT_I64;
}

static enum case_act difference_act(int64_t wanted, int64_t now_ms, struct incentive_case *subject)
{
    subject->amount_fen = wanted;
    if (wanted > subject->paid_fen)
        subject->payment_ms = now_ms;
    return wanted > subject->paid_fen   ? CASE_DO_CORRECT
           : wanted < subject->paid_fen ? CASE_DO_RECOVER
                                        : CASE_DO_SETTLE;
}

static enum case_act due_when_found(const struct case_entitled *now, int64_t now_ms,
                                    struct incentive_case *subject)
{
    bool is_bare = subject->entitlement_id == 0 && subject->way == CASE_APPLIED_FOR;
    int64_t wanted = wanted_fen(now, subject);
    if (!now->is_there && subject->paid_fen == 0)
        return is_bare ? CASE_DO_LOOK : CASE_DO_LAPSE;
    if (now->is_there && now->lane != LANE_GRANTED)
        return CASE_DO_ASK;
    if (subject->kind == CASE_TITLE)
        return now->is_there ? CASE_DO_CHECK : CASE_DO_LAPSE;
    subject->amount_fen = wanted;
    if (wanted == ABSENT_I64)
        return CASE_DO_LOOK;
    if (subject->paid_fen == 0 || wanted > subject->paid_fen) {
        subject->payment_ms = subject->paid_fen > 0 ? now_ms : subject->payment_ms;
        return CASE_DO_CHECK;
    }
    return difference_act(wanted, now_ms, subject);
}

static enum case_act due_before_payment(const struct case_entitled *now,
                                        struct incentive_case *subject)
{
    if (!now->is_there) {
        if (subject->entitlement_id == 0)
            return CASE_OPENED; /* applied for, and nothing was found: a reviewer answers */
        subject->entitlement_id = 0;
        return CASE_DO_LAPSE;
    }
    if (subject->state == CASE_OBJECTED)
        return CASE_OPENED;
    bool is_other = now->lane != LANE_GRANTED || now->payee_id != subject->payee_id ||
                    subject->entitlement_id == 0 ||
                    (now->amount_fen != ABSENT_I64 && now->amount_fen != subject->amount_fen &&
                     subject->kind == CASE_MONEY);
    return is_other ? CASE_DO_RECHECK : CASE_OPENED;
}

static enum case_act due_when_asked(const struct case_entitled *now, struct incentive_case *subject)
{
    if (!now->is_there) {
        if (subject->entitlement_id == 0)
            return CASE_OPENED;
        subject->entitlement_id = 0;
        return CASE_DO_LAPSE;
    }
    if (now->lane != LANE_GRANTED)
        return CASE_OPENED;
    if (subject->kind == CASE_TITLE)
        return CASE_DO_ANSWER;
    subject->amount_fen = wanted_fen(now, subject);
    return subject->amount_fen == ABSENT_I64 ? CASE_DO_LOOK : CASE_DO_ANSWER;
}

static enum case_act due_after_payment(const struct case_entitled *now, int64_t now_ms,
                                       struct incentive_case *subject)
{
    int64_t wanted = wanted_fen(now, subject);
    if (subject->kind == CASE_TITLE || wanted == ABSENT_I64)
        return CASE_OPENED;
    if (subject->state == CASE_CLOSED && subject->paid_fen == 0) /* it had lapsed */
        return now->is_there && subject->entitlement_id == 0 ? CASE_DO_REOPEN : CASE_OPENED;
    bool stands = subject->state == CASE_PAID || subject->state == CASE_CLOSED;
    if (wanted == subject->amount_fen) {
        bool is_settled = !stands && wanted == subject->paid_fen;
        return is_settled ? CASE_DO_SETTLE : CASE_OPENED;
    }
    if (stands && wanted == subject->paid_fen)
        return CASE_OPENED;
    return difference_act(wanted, now_ms, subject);
}

enum case_act case_due_act(const struct case_entitled *now, int64_t now_ms,
                           struct incentive_case *subject)
{
    switch (subject->state) {
    case CASE_FOUND:
        return due_when_found(now, now_ms, subject);
    case CASE_ASKED:
        return due_when_asked(now, subject);
    case CASE_CHECKED:
    case CASE_REVIEW:
    case CASE_APPROVAL:
    case CASE_NOTICED:
    case CASE_FINANCE:
    case CASE_OBJECTED:
        return due_before_payment(now, subject);
    case CASE_PAID:
    case CASE_CLOSED:
    case CASE_CORRECTING:
    case CASE_RECOVERING:
        return due_after_payment(now, now_ms, subject);
    default:
        return CASE_OPENED;
    }
}

/* Why the program moves, for the history. */
static struct str why(enum case_act act)
{
    switch (act) {
    case CASE_DO_LAPSE:
        return STR("按最新的事实和政策不再符合");
    case CASE_DO_RECHECK:
        return STR("金额、收款方或事实变了");
    case CASE_DO_LOOK:
        return STR("金额由文件指定的部门定，或没有自动发现");
    case CASE_DO_CORRECT:
    case CASE_DO_RECOVER:
        return STR("已付的和按最新事实应付的不同");
    default:
        return STR("");
    }
}

/* ---- aligning ---- */

static enum err read_entitled(struct work *w, struct incentive_case *subject,
                              struct case_entitled *ret_now)
{
    struct case_entitled_now_in key = {subject->rule_id, subject->subject_id, subject->basis_id,
                                       subject->period};
    struct case_entitled_now_out row;
    *ret_now = (struct case_entitled){.amount_fen = ABSENT_I64};
    enum err err = case_entitled_now(w, &key, &row);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        return ERR_OK;
    }
    TRY(err);
    *ret_now = (struct case_entitled){true, (enum lane)row.lane, row.amount_fen,
                                      row.payee_id == ABSENT_I64 ? 0 : row.payee_id};
    return ERR_OK;
}

enum err case_align(struct work *w, const struct case_practice *practice,
                    struct incentive_case *subject)
{
    for (int32_t i = 0; i < ALIGN_MOVES_MAX; i++) {
        struct case_entitled now;
        struct case_order order = {.subject = *subject};
        TRY(read_entitled(w, subject, &now));
        order.act = case_due_act(&now, w->now_ms, &order.subject);
        if (order.act == CASE_OPENED)
            return ERR_OK;
        bool is_ordered = false;
        if (subject->state == CASE_FINANCE)
            TRY(case_money_is_ordered(w, subject, &is_ordered));
        if (is_ordered)
            return ERR_OK;
        order.reason = why(order.act);
        TRY(case_move(w, practice, &case_program, &order));
        bool is_new_debt = order.act == CASE_DO_RECOVER && subject->state != CASE_RECOVERING;
        *subject = order.subject;
        if (is_new_debt)
            TRY(case_money_claim_back(w, subject));
    }
    return ERR_OK;
}

/* ---- the first look ---- */

struct checking {
    const struct case_practice *practice;
    int32_t after_due_day;
    int64_t after_id;
    int32_t row_count;
    int64_t moved_count;
};

static enum err read_found(struct work *w, struct checking *checking, struct case_order *orders,
                           int32_t *ret_order_count)
{
    struct case_found_page_in in = {checking->after_due_day, checking->after_id, CASE_ORDERS_MAX};
    struct cursor cursor;
    int32_t order_count = 0;
    checking->row_count = 0;
    TRY(case_found_page(w, &in, &cursor));
    for (;;) {
        struct case_found_page_out row;
        bool more;
        TRY(case_found_page_next(&cursor, &row, &more));
        if (!more)
            break;
        checking->row_count++;
        checking->after_due_day = row.due_day;
        checking->after_id = row.id;
        struct case_entitled now = {row.now_id != ABSENT_I64, LANE_GRANTED, row.now_fen,
                                    row.now_payee_id == ABSENT_I64 ? 0 : row.now_payee_id};
        if (now.is_there)
            now.lane = (enum lane)row.now_lane;
        struct case_order *order = &orders[order_count];
        *order = (struct case_order){.subject = CASE_OF_ROW_IN(w->arena, row)};
        if (now.is_there) {
            order->subject.entitlement_id = row.now_id;
            order->subject.payee_id = now.payee_id;
        }
        order->act = case_due_act(&now, w->now_ms, &order->subject);
        order->reason = why(order->act);
        order_count += order->act != CASE_OPENED;
    }
    *ret_order_count = order_count;
    return ERR_OK;
}

static enum err check_step(struct work *w, void *context)
{
    struct checking *shared = context;
    struct checking checking = *shared; /* a step may run again */
    int32_t order_count;
    struct case_order *orders = ARENA_NEW_ARRAY(w->arena, struct case_order, CASE_ORDERS_MAX);
    if (!orders)
        return fail(w, ERR_MEMORY, "no memory for a turn of cases");
    TRY(read_found(w, &checking, orders, &order_count));
    TRY(case_move_all(w, checking.practice, &case_program, 0, orders, order_count));
    for (int32_t i = 0; i < order_count; i++)
        checking.moved_count += orders[i].outcome == ERR_OK;
    *shared = checking;
    return ERR_OK;
}

static enum err check_found(struct work_env *env, const struct case_practice *practice,
                            struct case_open_report *report, case_progress *progress, void *context,
                            struct fault *fault)
{
    struct checking checking = {.practice = practice};
    do {
        int64_t before = checking.moved_count;
        TRY(work_run(env, WORK_WRITE, check_step, &checking, fault));
        report->moved_count += checking.moved_count - before;
        if (progress)
            progress(context, report);
    } while (checking.row_count == CASE_ORDERS_MAX);
    return ERR_OK;
}

/* ---- opening the whole city ---- */

static enum case_kind kind_of(const struct statement *statement)
{
    switch (statement->kind) {
    case STATEMENT_GRANT:
        return CASE_MONEY;
    case STATEMENT_CONFER:
    case STATEMENT_PROMOTE:
        return CASE_TITLE;
    default:
        return 0; /* a right to sit an examination is asked for by doing it */
    }
}

struct opening {
    const struct case_practice *practice;
    struct str document_number, rule_name;
    enum case_kind kind;
    enum lane lane;
    int64_t after_id; /* ABSENT_I64: the rule was never swept, or is done */
    int64_t opened_count;
};

static enum err add_opened_figures(struct work *w, const struct case_open_figures_in *range,
                                   int64_t *ret_count)
{
    enum { DIVISIONS_MAX = 4000 }; /* of the whole country there are 3,200 */
    struct case_figure_add_in *sums =
        ARENA_NEW_ARRAY(w->arena, struct case_figure_add_in, DIVISIONS_MAX);
    if (!sums)
        return fail(w, ERR_MEMORY, "no memory for the figures of cases");
    struct cursor cursor;
    int32_t count = 0;
    TRY(case_open_figures(w, range, &cursor));
    for (;;) {
        struct case_open_figures_out row;
        bool more;
        TRY(case_open_figures_next(&cursor, &row, &more));
        if (!more)
            break;
        check(count < DIVISIONS_MAX);
        sums[count++] = (struct case_figure_add_in){range->rule_id, row.division, CASE_FOUND,
                                                    row.case_count, 0};
    }
    *ret_count = 0;
    for (int32_t i = 0; i < count; i++) {
        TRY(case_figure_add(w, &sums[i], NULL));
        *ret_count += sums[i].case_count;
    }
    return ERR_OK;
}

static enum err open_part(struct work *w, struct opening *opening, int64_t rule_id, int64_t last_id)
{
    int32_t due_day =
        case_practice_due(opening->practice, opening->document_number, opening->rule_name,
                          case_states[CASE_FOUND].key, w->today_day);
    struct case_open_range_in range = {rule_id,  (int32_t)opening->lane, opening->after_id,
                                       last_id,  (int32_t)opening->kind, due_day,
                                       w->now_ms};
    int64_t opened_count;
    TRY(case_open_range(w, &range, &opened_count));
    if (opened_count > 0) {
        struct case_open_steps_in steps = {rule_id,
                                           (int32_t)opening->lane,
                                           opening->after_id,
                                           last_id,
                                           w->now_ms,
                                           w->actor.account_id,
                                           w->actor.name.ptr ? w->actor.name : STR("")};
        struct case_open_figures_in figures = {rule_id, (int32_t)opening->lane, opening->after_id,
                                               last_id, w->now_ms};
        TRY(case_open_steps(w, &steps, NULL));
        TRY(add_opened_figures(w, &figures, &opened_count));
        struct event event = {
            .kind = STR("case.opened"),
            .subject_id = rule_id,
            .detail = str_from(text_in(w->arena, "{\"count\":%" PRId64 "}", opened_count))};
        TRY(event_append(w, &event));
    }
    opening->opened_count += opened_count;
    opening->after_id = last_id;
    return ERR_OK;
}

static enum err open_step(struct work *w, void *context)
{
    struct opening *shared = context;
    struct opening opening = *shared;
    struct case_rule_number_in name = {opening.document_number, opening.rule_name};
    struct case_rule_number_out rule;
    struct case_open_bound_out bound = {.id = ABSENT_I64};
    enum err err = case_rule_number(w, &name, &rule);
    if (err == ERR_OK) {
        struct case_open_bound_in in = {rule.id, (int32_t)opening.lane, opening.after_id,
                                        CASE_ROWS_MAX};
        TRY(case_open_bound(w, &in, &bound));
    } else if (err != ERR_NOT_FOUND) {
        return err;
    }
    fault_clear(&w->fault);
    if (bound.id == ABSENT_I64)
        opening.after_id = ABSENT_I64;
    else
        TRY(open_part(w, &opening, rule.id, bound.id));
    *shared = opening;
    return ERR_OK;
}

static bool is_applied_for(const struct case_practice *practice, struct str document_number,
                           struct str rule_name)
{
    return case_practice_value(practice, document_number, rule_name, "applied", 0) != 0;
}

/* From here on the log tells what is new. */
static enum err begin_log(struct work *w, void *context)
{
    (void)context;
    int64_t position;
    TRY(outbox_position(w, FOLLOWER_NAME, &position));
    if (position != 0)
        return ERR_OK;
    struct case_log_begin_in in = {FOLLOWER_NAME, w->now_ms};
    return case_log_begin(w, &in, NULL);
}

enum err case_open_all(struct work_env *env, const struct incentive_policy *policy,
                       const struct case_practice *practice, struct case_open_report *ret_report,
                       case_progress *progress, void *context, struct fault *fault)
{
    const struct policy *read = policy->policy;
    struct case_open_report report = {0};
    TRY(work_run(env, WORK_WRITE, begin_log, NULL, fault));
    FOR_GROUP(read, GROUP_DECIDES, s)
    {
        const struct statement *statement = &read->statements[s];
        struct opening opening = {.practice = practice,
                                  .rule_name = statement->name,
                                  .document_number = read->documents[statement->document].number,
                                  .kind = kind_of(statement)};
        if (opening.kind == 0 ||
            is_applied_for(practice, opening.document_number, opening.rule_name))
            continue;
        for (opening.lane = LANE_ASK; opening.lane <= LANE_GRANTED; opening.lane++) {
            opening.after_id = 0;
            while (opening.after_id != ABSENT_I64)
                TRY(work_run(env, WORK_WRITE, open_step, &opening, fault));
        }
        report.opened_count += opening.opened_count;
        if (progress)
            progress(context, &report);
    }
    TRY(check_found(env, practice, &report, progress, context, fault));
    *ret_report = report;
    return ERR_OK;
}

/* ---- following the log ---- */

struct following {
    const struct incentive_policy *policy;
    const struct case_practice *practice;
    struct case_open_report report;
};

static enum case_kind kind_of_rule(const struct policy *policy, struct str document_number,
                                   struct str rule_name)
{
    int32_t s = policy_statement(policy, rule_name);
    if (s < 0 ||
        !str_equal(policy->documents[policy->statements[s].document].number, document_number))
        return 0;
    return kind_of(&policy->statements[s]);
}

static enum err open_one(struct work *w, const struct case_practice *practice,
                         const struct case_entitlement_key_out *key, int64_t entitlement_id,
                         enum case_kind kind, enum case_way way)
{
    int64_t opened_count;
    struct case_open_one_in in = {entitlement_id, (int32_t)kind, (int32_t)way,
                                  case_practice_due(practice, key->document_number, key->rule_name,
                                                    case_states[CASE_FOUND].key, w->today_day),
                                  w->now_ms};
    TRY(case_open_one(w, &in, &opened_count));
    if (opened_count == 0)
        return ERR_OK;
    struct incentive_case opened;
    TRY(case_read(w, &case_program, entitlement_id, &opened));
    struct case_step_insert_in step = {.holder_id = opened.holder_id,
                                       .case_id = opened.id,
                                       .version = 1,
                                       .to_state = CASE_FOUND,
                                       .at_ms = w->now_ms,
                                       .account_id = w->actor.account_id,
                                       .account_name = w->actor.name.ptr ? w->actor.name : STR(""),
                                       .stands_for = STR(""),
                                       .amount_fen = ABSENT_I64,
                                       .due_day = opened.due_day,
                                       .reason = STR("")};
    struct case_figure_add_in figure = {opened.rule_id, opened.division, CASE_FOUND, 1, 0};
    TRY(case_step_insert(w, &step, NULL));
    return case_figure_add(w, &figure, NULL);
}

/* The case of an entitlement's key; ERR_NOT_FOUND. */
static enum err case_of_entitlement(struct work *w, const struct case_entitlement_key_out *key,
                                    struct incentive_case *ret_case)
{
    struct case_of_key_in in = {key->rule_id, key->subject_id, key->basis_id, key->period};
    struct case_of_key_out row;
    TRY(case_of_key(w, &in, &row));
    return case_read(w, &case_program, row.id, ret_case);
}

static enum err follow_one(struct work *w, struct following *following, int64_t entitlement_id)
{
    struct case_entitlement_key_out key;
    struct incentive_case subject;
    enum err err = case_entitlement_key(w, &(struct case_entitlement_key_in){entitlement_id}, &key);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        return ERR_OK;
    }
    TRY(err);
    err = case_of_entitlement(w, &key, &subject);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        enum case_kind kind =
            kind_of_rule(following->policy->policy, key.document_number, key.rule_name);
        if (kind == 0 || is_applied_for(following->practice, key.document_number, key.rule_name))
            return ERR_OK;
        TRY(open_one(w, following->practice, &key, entitlement_id, kind, CASE_FOUND_BY_PROGRAM));
        err = case_of_entitlement(w, &key, &subject);
        following->report.opened_count += err == ERR_OK;
        if (err == ERR_NOT_FOUND) { /* nothing is paid for it */
            fault_clear(&w->fault);
            return ERR_OK;
        }
    }
    TRY(err);
    int32_t version = subject.version;
    TRY(case_align(w, following->practice, &subject));
    following->report.moved_count += subject.version - version;
    return ERR_OK;
}

/* The key of a debt stands in the event's detail. */
static enum err follow_debt(struct work *w, const struct case_practice *practice,
                            const struct event *event, struct incentive_case *ret_case)
{
    const struct json_value *detail;
    TRY(json_parse(w->arena, event->detail, event->detail.size + 1, &detail, &w->fault));
    struct str key = json_member_text(detail, "key");
    return case_money_follow_debt(w, practice, key.ptr ? key : STR(""), ret_case);
}

/* What the ledger, a notice or an objection tells; the case is then brought in line too. */
static enum err follow_event(struct work *w, struct following *following, const struct event *event)
{
    const struct case_practice *practice = following->practice;
    int32_t moved_count = 0;
    struct incentive_case subject;
    following->report.event_count++;
    if (str_starts(event->kind, STR("entitlement.")))
        return follow_one(w, following, event->subject_id);
    if (str_starts(event->kind, STR("ledger."))) {
        bool is_debt = str_equal_text(event->kind, "ledger.recovered") ||
                       str_equal_text(event->kind, "ledger.written_off");
        TRY(is_debt ? follow_debt(w, practice, event, &subject)
                    : case_money_follow(w, practice, event->subject_id, &subject));
        return subject.id != 0 ? case_align(w, practice, &subject) : ERR_OK;
    }
    if (str_equal_text(event->kind, "notice.ended") ||
        str_equal_text(event->kind, "notice.withdrawn"))
        TRY(case_notice_follow(w, practice, event->subject_id, &moved_count));
    else if (str_starts(event->kind, STR("gate.")))
        TRY(case_gate_follow(w, practice, event->subject_id, &moved_count));
    else if (str_starts(event->kind, STR("objection.")))
        TRY(case_objection_follow(w, practice, event->subject_id, &moved_count));
    else
        following->report.event_count--;
    following->report.moved_count += moved_count;
    return ERR_OK;
}

static enum err follow_step(struct work *w, const struct event *events, int32_t event_count,
                            void *context)
{
    struct following *shared = context;
    struct following following = *shared;
    for (int32_t i = 0; i < event_count; i++) {
        struct arena_mark mark = arena_mark(w->arena);
        TRY(follow_event(w, &following, &events[i]));
        arena_rewind(w->arena, mark);
    }
    *shared = following;
    return ERR_OK;
}

static enum err position_step(struct work *w, void *context)
{
    return outbox_position(w, FOLLOWER_NAME, context);
}

enum err case_follow(struct work_env *env, const struct incentive_policy *policy,
                     const struct case_practice *practice, struct case_open_report *ret_report,
                     struct fault *fault)
{
    struct following following = {.policy = policy, .practice = practice};
    int64_t position;
    int32_t event_count = 0;
    TRY(work_run(env, WORK_READ, position_step, &position, fault));
    if (position != 0)
        event_count = EVENTS_A_TURN;
    while (event_count == EVENTS_A_TURN) {
        TRY(outbox_run(env, FOLLOWER_NAME, EVENTS_A_TURN, follow_step, &following, &event_count,
                       fault));
    }
    *ret_report = following.report;
    return ERR_OK;
}

/* ---- applying ---- */

static enum err rule_of_application(struct work *w, const struct case_application *application,
                                    int64_t *ret_rule_id)
{
    struct case_rule_number_in name = {application->document_number, application->rule_name};
    struct case_rule_number_out rule;
    enum err err = case_rule_number(w, &name, &rule);
    if (err == ERR_NOT_FOUND)
        return fail(w, ERR_NOT_FOUND, "没有这个项目");
    TRY(err);
    *ret_rule_id = rule.id;
    return ERR_OK;
}

/* Nothing was found: whoever applies still gets an answer with reasons. */
static enum err open_bare(struct work *w, const struct case_practice *practice,
                          const struct case_application *application, int64_t rule_id,
                          int64_t *ret_id)
{
    struct case_open_bare_in row = {
        .holder_id = application->holder_id,
        .id = id_next(w->ids),
        .holder_record = application->holder_record,
        .rule_id = rule_id,
        .subject_id = application->subject_id,
        .period = -w->today_day,
        .division = application->division,
        .due_day = case_practice_due(practice, application->document_number, application->rule_name,
                                     case_states[CASE_FOUND].key, w->today_day),
        .now_ms = w->now_ms};
    int64_t opened_count;
    TRY(case_open_bare(w, &row, &opened_count));
    if (opened_count == 0)
        return fail(w, ERR_BUSY, "今天已经申请过这一项");
    struct case_step_insert_in step = {.holder_id = row.holder_id,
                                       .case_id = row.id,
                                       .version = 1,
                                       .to_state = CASE_FOUND,
                                       .at_ms = w->now_ms,
                                       .account_id = w->actor.account_id,
                                       .account_name = w->actor.name.ptr ? w->actor.name : STR(""),
                                       .stands_for = STR(""),
                                       .amount_fen = ABSENT_I64,
                                       .due_day = row.due_day,
                                       .reason = application->words};
    struct case_figure_add_in figure = {rule_id, row.division, CASE_FOUND, 1, 0};
    TRY(case_step_insert(w, &step, NULL));
    TRY(case_figure_add(w, &figure, NULL));
    *ret_id = row.id;
    return ERR_OK;
}

static enum err apply_one(struct work *w, const struct case_practice *practice,
                          int64_t entitlement_id, int64_t *ret_id)
{
    struct case_entitlement_key_out key;
    struct incentive_case subject;
    TRY(case_entitlement_key(w, &(struct case_entitlement_key_in){entitlement_id}, &key));
    TRY(open_one(w, practice, &key, entitlement_id, CASE_MONEY, CASE_APPLIED_FOR));
    enum err err = case_of_entitlement(w, &key, &subject);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        return ERR_OK;
    }
    TRY(err);
    if (subject.state == CASE_WITHDRAWN) {
        struct case_order order = {.subject = subject, .act = CASE_DO_REOPEN};
        TRY(case_move(w, practice, &case_program, &order));
        subject = order.subject;
    }
    TRY(case_align(w, practice, &subject));
    if (*ret_id == 0)
        *ret_id = subject.id;
    return ERR_OK;
}

enum err case_apply(struct work *w, const struct case_practice *practice,
                    const struct case_application *application, int64_t *ret_id)
{
    enum { FOUND_MAX = 200 };
    int64_t rule_id = 0, first_id = 0, ids[FOUND_MAX];
    int32_t count = 0;
    TRY(rule_of_application(w, application, &rule_id));
    struct case_found_of_holder_in in = {application->holder_id, rule_id, FOUND_MAX};
    struct cursor cursor;
    TRY(case_found_of_holder(w, &in, &cursor));
    for (;;) {
        struct case_found_of_holder_out row;
        bool more;
        TRY(case_found_of_holder_next(&cursor, &row, &more));
        if (!more)
            break;
        ids[count++] = row.id;
    }
    for (int32_t i = 0; i < count; i++)
        TRY(apply_one(w, practice, ids[i], &first_id));
    if (first_id == 0) {
        struct incentive_case bare;
        TRY(open_bare(w, practice, application, rule_id, &first_id));
        TRY(case_read(w, &case_program, first_id, &bare));
        TRY(case_align(w, practice, &bare));
    }
    *ret_id = first_id;
    return ERR_OK;
}
