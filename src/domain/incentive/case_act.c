#include "domain/incentive/case_act.h"

#include "domain/incentive/case_gate.h"
#include "domain/incentive/case_money.h"
#include "domain/incentive/case_row.h"
#include "domain/news/news_notice.h"
#include "domain/news/news_objection.h"
#include "domain/registry/registry.h"

#include <inttypes.h>

static int32_t notice_days(const struct case_setting *setting, const struct incentive_case *subject)
{
    return case_practice_value(setting->practice, subject->document_number, subject->rule_name,
                               "notice", 0);
}

enum case_act case_agreement(const struct case_setting *setting,
                             const struct incentive_case *subject)
{
    if (subject->kind == CASE_TITLE)
        return CASE_DO_CONFER;
    bool stood_open = subject->paid_fen > 0; /* what is paid on top stood in a notice before */
    return stood_open || notice_days(setting, subject) == 0 ? CASE_DO_APPROVE : CASE_DO_ANNOUNCE;
}

/* ---- a notice of what was approved ---- */

static struct notice_line line_of(const struct incentive_case *subject)
{
    bool is_person = subject->holder_record == CASE_HOLDER_PERSON;
    return (struct notice_line){
        .record = is_person ? REGISTRY_person : REGISTRY_organisation,
        .owner_id = subject->holder_id,
        .holder_id = subject->holder_id,
        .unit = STR(""),
        .item = subject->rule_name,
        .amount_fen = case_payable_fen(subject),
        .case_id = subject->id,
    };
}

static bool is_announced(const struct case_order *order, int64_t rule_id)
{
    return order->outcome == ERR_OK && order->act == CASE_DO_ANNOUNCE &&
           order->subject.rule_id == rule_id;
}

static enum err open_notice(struct work *w, const struct case_setting *setting,
                            const struct incentive_case *first, const struct notice_line *lines,
                            int32_t line_count, int64_t *ret_id)
{
    int32_t division = setting->city_division != 0 ? setting->city_division : first->division;
    int32_t days = notice_days(setting, first);
    struct notice notice = {
        .state = NOTICE_OFFERED,
        .division = division,
        .title = str_from(text_in(w->arena, "关于拟发放%.*s的公示", STR_ARG(first->rule_name))),
        .body = str_from(text_in(w->arena,
                                 "经审核，下列 %d 件符合条件，拟发放%.*s。现公示%d个工作日，"
                                 "对名单有异议的，请在公示期内提出。",
                                 (int)line_count, STR_ARG(first->rule_name), (int)days)),
        .document = first->document_number,
        .rule = first->rule_name,
        .article = STR(""),
        .issuer = setting->issuer.ptr ? setting->issuer : STR(""),
        .issuer_code = str_from(text_in(w->arena, "%d", (int)division)),
        .subject = STR("人力资源和社会保障"),
        .openness = STR("主动公开"),
        .contact = STR(""),
        .phone = STR(""),
        .made_day = w->today_day,
        .working_days = days,
    };
    return news_notice_open(w, &notice, lines, line_count, ret_id);
}

static enum err announce_rule(struct work *w, const struct case_setting *setting,
                              struct case_order *orders, int32_t order_count, int64_t rule_id)
{
    struct notice_line *lines = ARENA_NEW_ARRAY(w->arena, struct notice_line, (size_t)order_count);
    if (!lines)
        return fail(w, ERR_MEMORY, "no memory for a notice of %d lines", order_count);
    const struct incentive_case *first = NULL;
    int32_t line_count = 0;
    int64_t notice_id;
    for (int32_t i = 0; i < order_count; i++) {
        if (!is_announced(&orders[i], rule_id))
            continue;
        first = first ? first : &orders[i].subject;
        lines[line_count++] = line_of(&orders[i].subject);
    }
    check(first != NULL);
    TRY(open_notice(w, setting, first, lines, line_count, &notice_id));
    for (int32_t i = 0; i < order_count; i++)
        if (is_announced(&orders[i], rule_id))
            orders[i].subject.notice_id = notice_id;
    return ERR_OK;
}

/* One notice for each rule of the call. */
static enum err announce(struct work *w, const struct case_setting *setting,
                         struct case_order *orders, int32_t order_count)
{
    for (int32_t i = 0; i < order_count; i++) {
        int64_t rule_id = orders[i].subject.rule_id;
        bool is_first = is_announced(&orders[i], rule_id);
        for (int32_t before = 0; before < i && is_first; before++)
            is_first = !is_announced(&orders[before], rule_id);
        if (is_first)
            TRY(announce_rule(w, setting, orders, order_count, rule_id));
    }
    return ERR_OK;
}

/* ---- deciding ---- */

static bool takes_money(enum case_act act)
{
    return act == CASE_DO_ANNOUNCE || act == CASE_DO_APPROVE;
}

/* What is moved at the end are those whose outcome is ERR_OK until then. */
static enum err move_those(struct work *w, const struct case_setting *setting,
                           const struct case_actor *actor, int64_t batch_id,
                           struct case_order *orders, int32_t order_count)
{
    struct case_order *those = ARENA_NEW_ARRAY(w->arena, struct case_order, (size_t)order_count);
    int32_t *places = ARENA_NEW_ARRAY(w->arena, int32_t, (size_t)order_count);
    if (!those || !places)
        return fail(w, ERR_MEMORY, "no memory for %d decisions", order_count);
    int32_t count = 0;
    for (int32_t i = 0; i < order_count; i++) {
        if (orders[i].outcome != ERR_OK || orders[i].is_held)
            continue;
        places[count] = i;
        those[count++] = orders[i];
    }
    TRY(case_move_all(w, setting->practice, actor, batch_id, those, count));
    for (int32_t i = 0; i < count; i++) {
        orders[places[i]] = those[i];
        if (those[i].outcome != ERR_OK && takes_money(those[i].act)) /* its money is reserved */
            return case_refuse(w, those[i].outcome, &those[i].subject, those[i].act);
    }
    return ERR_OK;
}

/* What the gate holds is moved by the program; in a batch it counts as left. */
static enum err hold_those(struct work *w, const struct case_setting *setting, int64_t batch_id,
                           struct case_order *orders, int32_t order_count)
{
    for (int32_t i = 0; i < order_count; i++) {
        if (orders[i].act != CASE_DO_HOLD)
            continue;
        TRY(case_move_all(w, setting->practice, &case_program, batch_id, &orders[i], 1));
        if (orders[i].outcome == ERR_OK && batch_id != 0)
            orders[i].outcome = ERR_CASE_HELD;
        orders[i].is_held = true;
    }
    return ERR_OK;
}

enum err case_decide_all(struct work *w, const struct case_setting *setting,
                         const struct case_actor *actor, int64_t batch_id,
                         struct case_order *orders, int32_t order_count)
{
    bool needs_money = false, needs_gate = false;
    int32_t held_count = 0;
    if (order_count == 0)
        return ERR_OK;
    for (int32_t i = 0; i < order_count; i++) {
        struct case_order *order = &orders[i];
        if (order->act == CASE_DO_APPROVE && order->subject.state == CASE_APPROVAL)
            order->act = case_agreement(setting, &order->subject);
        order->outcome = case_allows(actor, w->actor.account_id, &order->subject, order->act);
        order->is_held = false;
        needs_money |= order->outcome == ERR_OK && takes_money(order->act);
        needs_gate |= order->outcome == ERR_OK && order->act == CASE_DO_PASS;
    }
    if (needs_gate)
        TRY(case_gate_check(w, setting->policy->policy, orders, order_count, &held_count));
    if (held_count > 0)
        TRY(hold_those(w, setting, batch_id, orders, order_count));
    if (needs_money) {
        TRY(case_money_reserve(w, setting->policy->policy, setting->practice, orders, order_count));
        TRY(announce(w, setting, orders, order_count));
    }
    return move_those(w, setting, actor, batch_id, orders, order_count);
}

enum err case_decide(struct work *w, const struct case_setting *setting,
                     const struct case_actor *actor, struct case_order *order)
{
    TRY(case_decide_all(w, setting, actor, 0, order, 1));
    return case_refuse(w, order->outcome, &order->subject, order->act);
}

/* ---- following notices ---- */

enum { LINES_A_TURN = 1000 };

/* Those of the lines that stand in the notice now. */
static enum err orders_of_lines(struct work *w, int64_t notice_id, const struct notice_line *lines,
                                int32_t line_count, enum case_act act, struct str reason,
                                struct case_order **ret_orders, int32_t *ret_count)
{
    struct case_order *orders =
        ARENA_NEW_ARRAY(w->arena, struct case_order, (size_t)line_count + 1);
    if (!orders)
        return fail(w, ERR_MEMORY, "no memory for the cases of a notice");
    int32_t count = 0;
    for (int32_t i = 0; i < line_count; i++) {
        struct incentive_case subject;
        if (lines[i].case_id == 0)
            continue;
        TRY(case_read(w, &case_program, lines[i].case_id, &subject));
        if (subject.state == CASE_NOTICED && subject.notice_id == notice_id)
            orders[count++] = (struct case_order){.subject = subject, .act = act, .reason = reason};
    }
    *ret_orders = orders;
    *ret_count = count;
    return ERR_OK;
}

enum err case_notice_follow(struct work *w, const struct case_practice *practice, int64_t notice_id,
                            int32_t *ret_moved_count)
{
    struct notice notice;
    *ret_moved_count = 0;
    TRY(news_notice_read(w, notice_id, &notice));
    bool has_ended = notice.state == NOTICE_ENDED;
    if (!has_ended && notice.state != NOTICE_WITHDRAWN)
        return ERR_OK;
    for (int32_t position = 0, line_count = LINES_A_TURN; line_count == LINES_A_TURN;) {
        struct notice_line *lines;
        struct case_order *orders = NULL;
        int32_t count = 0;
        TRY(news_notice_lines(w, notice_id, position, LINES_A_TURN, &lines, &line_count));
        if (line_count == 0)
            break;
        position = lines[line_count - 1].position;
        TRY(orders_of_lines(w, notice_id, lines, line_count,
                            has_ended ? CASE_DO_END_NOTICE : CASE_DO_RECHECK,
                            has_ended ? STR("") : STR("公示已撤回"), &orders, &count));
        TRY(case_move_all(w, practice, &case_program, 0, orders, count));
        for (int32_t i = 0; i < count; i++)
            *ret_moved_count += orders[i].outcome == ERR_OK;
    }
    return ERR_OK;
}

/* The move that an objection means for its case; CASE_OPENED: none. */
static enum case_act act_of_objection(const struct objection *objection, enum case_state state)
{
    if (objection->state == OBJECTION_OPEN)
        return state == CASE_NOTICED ? CASE_DO_OBJECT : CASE_OPENED;
    if (state != CASE_OBJECTED)
        return CASE_OPENED;
    return objection->state == OBJECTION_UPHELD ? CASE_DO_UPHOLD : CASE_DO_DISMISS;
}

enum err case_objection_follow(struct work *w, const struct case_practice *practice,
                               int64_t objection_id, int32_t *ret_moved_count)
{
    struct objection objection;
    struct incentive_case subject;
    *ret_moved_count = 0;
    TRY(news_objection_read(w, objection_id, &objection));
    if (objection.case_id == 0)
        return ERR_OK;
    TRY(case_read(w, &case_program, objection.case_id, &subject));
    enum case_act act = act_of_objection(&objection, subject.state);
    if (act == CASE_OPENED || subject.notice_id != objection.notice_id)
        return ERR_OK;
    bool is_decided = objection.state != OBJECTION_OPEN;
    struct case_order order = {.subject = subject,
                               .act = act,
                               .reason = is_decided ? objection.answer : STR("有人提出异议")};
    TRY(case_move(w, practice, &case_program, &order));
    *ret_moved_count = 1;
    return ERR_OK;
}
