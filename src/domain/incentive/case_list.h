/* case_list.h — cases as lists and figures.
 *
 * Lists go by the clock, the earliest last day first, page by page behind (due_day, id). Figures
 * are those kept with every move: a page reads some hundred rows whatever the size of the city.
 *
 * Memory   results live in w->arena
 * Errors   store errors
 * Units    money in fen
 * Limits   CASE_ROWS_MAX rows a page; late ones are counted up to CASE_LATE_COUNTED_MAX
 */
#ifndef BAIGONG_CASE_LIST_H
#define BAIGONG_CASE_LIST_H

#include "domain/incentive/case.h"

enum { CASE_LATE_COUNTED_MAX = 5000, CASE_RULES_MAX = 1000, CASE_PAYEES_MAX = 200 };

enum case_range {
    CASE_RANGE_DESK,   /* whose turn it is */
    CASE_RANGE_OTHERS, /* under way on another desk */
    CASE_RANGE_LATE,   /* under way, the last day is over */
    CASE_RANGE_STATE,
    CASE_RANGE_PAYEE, /* under way, paid through one body */
};

struct case_filter {
    enum case_range range;
    enum case_desk desk;
    enum case_state state; /* of CASE_RANGE_STATE */
    int64_t rule_id;       /* 0: all */
    int64_t payee_id;      /* 0: all */
    int32_t division_min, division_max;
    int32_t due_day_max; /* DAY_MAX: all */
    int32_t after_due_day;
    int64_t after_id; /* 0: from the first */
};

enum err case_list(struct work *w, const struct case_filter *filter, int32_t row_count_max,
                   struct incentive_case **ret_cases, int32_t *ret_count);

/* Decided since an instant, newest first, behind (before_ms, before_id); rule_id 0: all. */
enum err case_list_decided(struct work *w, int64_t since_ms, int64_t before_ms, int64_t before_id,
                           int64_t rule_id, int32_t division_min, int32_t division_max,
                           int32_t row_count_max, struct incentive_case **ret_cases,
                           int32_t *ret_count);

/* Of one person or body, newest first, older than before_id (0: from the newest). */
enum err case_list_of(struct work *w, int64_t holder_id, int64_t before_id, int32_t row_count_max,
                      struct incentive_case **ret_cases, int32_t *ret_count);

struct case_totals {
    int64_t counts[CASE_STATE_COUNT];
    int64_t amounts_fen[CASE_STATE_COUNT]; /* open amounts count as 0 */
};
/* rule_id 0: all. */
enum err case_totals_of(struct work *w, int64_t rule_id, int32_t division_min, int32_t division_max,
                        struct case_totals *ret_totals);
/* Over the states of a desk. */
void case_totals_of_desk(const struct case_totals *totals, enum case_desk desk, int64_t *ret_count,
                         int64_t *ret_amount_fen);

struct case_rule_totals {
    int64_t rule_id;
    struct str document_number, rule_name;
    struct case_totals totals;
};
/* By document and name; at most CASE_RULES_MAX. */
enum err case_totals_by_rule(struct work *w, int32_t division_min, int32_t division_max,
                             struct case_rule_totals **ret_rows, int32_t *ret_row_count);

/* How many clocks ran out, at most CASE_LATE_COUNTED_MAX. */
enum err case_count_late(struct work *w, int32_t division_min, int32_t division_max,
                         int64_t *ret_count);
/* The earliest last day on a desk; DAY_MAX when nothing waits. */
enum err case_desk_due(struct work *w, enum case_desk desk, int32_t division_min,
                       int32_t division_max, int32_t *ret_due_day);

struct case_payee {
    int64_t payee_id, case_count, amount_fen;
};
enum err case_payees_of(struct work *w, enum case_state state, int32_t division_min,
                        int32_t division_max, struct case_payee **ret_rows, int32_t *ret_row_count);

#endif
