/* case_act.h — a decision with what it brings about: the gate is asked, money is reserved, a notice
 * is laid open; then the cases are moved (case.h).
 *
 * All of it is one unit of work: a decision that cannot be carried out moves nothing.
 *
 * Memory   results live in w->arena
 * Errors   those of case.h, case_money.h and news_notice.h
 * Limits   CASE_ORDERS_MAX a call
 */
#ifndef BAIGONG_CASE_ACT_H
#define BAIGONG_CASE_ACT_H

#include "domain/incentive/case.h"

/* What decisions are made with. */
struct case_setting {
    const struct case_practice *practice;
    const struct incentive_policy *policy;
    struct str issuer;     /* who lays notices open */
    int32_t city_division; /* 0: not known */
};

/* The act by which an approver agrees to a case: a title is conferred, what has stood in a notice
 * already or needs none is approved, all else is published. */
enum case_act case_agreement(const struct case_setting *setting,
                             const struct incentive_case *subject);

/* CASE_DO_APPROVE of an order stands for its agreement. Outcomes as in case_move_all, and
 * ERR_LEDGER_SHORT, ERR_LEDGER_YEAR. */
enum err case_decide_all(struct work *w, const struct case_setting *setting,
                         const struct case_actor *actor, int64_t batch_id,
                         struct case_order *orders, int32_t order_count);
/* One; a refusal is an error with its words. */
enum err case_decide(struct work *w, const struct case_setting *setting,
                     const struct case_actor *actor, struct case_order *order);

/* The cases of a notice go on when it has ended: those without an objection to finance. */
enum err case_notice_follow(struct work *w, const struct case_practice *practice, int64_t notice_id,
                            int32_t *ret_moved_count);
/* What an objection to a case brings about. */
enum err case_objection_follow(struct work *w, const struct case_practice *practice,
                               int64_t objection_id, int32_t *ret_moved_count);

#endif
