#include "domain/incentive/case_list.h"

#include "base/day.h"
#include "case_list_sql.h"
#include "domain/incentive/case_row.h"

/* All statements that give cases have the columns of case_list_desk. */
typedef struct case_list_desk_out case_list_row;

static enum err read_rows(struct work *w, const struct stmt *stmt, const void *in,
                          int32_t row_count_max, struct incentive_case **ret_cases,
                          int32_t *ret_count)
{
    struct incentive_case *cases =
        ARENA_NEW_ARRAY(w->arena, struct incentive_case, (size_t)row_count_max + 1);
    if (!cases)
        return fail(w, ERR_MEMORY, "no memory for a list of %d cases", row_count_max);
    struct cursor cursor;
    TRY(stmt_struct_open(w, stmt, in, &cursor));
    for (int32_t count = 0;;) {
        case_list_row row;
        bool more;
        TRY(cursor_struct_next(&cursor, &row, &more));
        if (!more) {
            *ret_cases = cases;
            *ret_count = count;
            return ERR_OK;
        }
        cases[count++] = CASE_OF_ROW_IN(w->arena, row);
    }
}

static int64_t or_any(int64_t id)
{
    return id == 0 ? ABSENT_I64 : id;
}

static enum err list_desk(struct work *w, const struct case_filter *f, int32_t row_count_max,
                          struct incentive_case **ret_cases, int32_t *ret_count)
{
    if (f->division_min == f->division_max) {
        struct case_list_division_in in = {
            f->desk,         f->division_min, or_any(f->rule_id), or_any(f->payee_id),
            f->division_min, f->division_max, f->due_day_max,     f->after_due_day,
            f->after_id,     row_count_max};
        return read_rows(w, &case_list_division_stmt, &in, row_count_max, ret_cases, ret_count);
    }
    struct case_list_desk_in in = {f->desk,          or_any(f->rule_id), or_any(f->payee_id),
                                   f->division_min,  f->division_max,    f->due_day_max,
                                   f->after_due_day, f->after_id,        row_count_max};
    return read_rows(w, &case_list_desk_stmt, &in, row_count_max, ret_cases, ret_count);
}

static enum err list_state(struct work *w, const struct case_filter *f, int32_t row_count_max,
                           struct incentive_case **ret_cases, int32_t *ret_count)
{
    if (f->rule_id != 0) {
        struct case_list_rule_in in = {
            f->rule_id,      f->state,       ABSENT_I64,       or_any(f->payee_id), f->division_min,
            f->division_max, f->due_day_max, f->after_due_day, f->after_id,         row_count_max};
        return read_rows(w, &case_list_rule_stmt, &in, row_count_max, ret_cases, ret_count);
    }
    struct case_list_state_in in = {f->state,         ABSENT_I64,      or_any(f->payee_id),
                                    f->division_min,  f->division_max, f->due_day_max,
                                    f->after_due_day, f->after_id,     row_count_max};
    return read_rows(w, &case_list_state_stmt, &in, row_count_max, ret_cases, ret_count);
}

enum err case_list(struct work *w, const struct case_filter *f, int32_t row_count_max,
                   struct incentive_case **ret_cases, int32_t *ret_count)
{
    check(row_count_max > 0 && row_count_max <= CASE_ROWS_MAX);
    if (f->range == CASE_RANGE_DESK)
        return list_desk(w, f, row_count_max, ret_cases, ret_count);
    if (f->range == CASE_RANGE_STATE)
        return list_state(w, f, row_count_max, ret_cases, ret_count);
    if (f->range == CASE_RANGE_PAYEE) {
        struct case_list_payee_in in = {f->payee_id,      or_any(f->rule_id), ABSENT_I64,
                                        f->division_min,  f->division_max,    f->due_day_max,
                                        f->after_due_day, f->after_id,        row_count_max};
        return read_rows(w, &case_list_payee_stmt, &in, row_count_max, ret_cases, ret_count);
    }
    bool late = f->range == CASE_RANGE_LATE;
    int32_t due_day_max =
        late && w->today_day - 1 < f->due_day_max ? w->today_day - 1 : f->due_day_max;
    struct case_list_open_in in = {late ? 0 : (int32_t)f->desk,
                                   or_any(f->rule_id),
                                   or_any(f->payee_id),
                                   f->division_min,
                                   f->division_max,
                                   due_day_max,
                                   f->after_due_day,
                                   f->after_id,
                                   row_count_max};
    return read_rows(w, &case_list_open_stmt, &in, row_count_max, ret_cases, ret_count);
}

enum err case_list_decided(struct work *w, int64_t since_ms, int64_t before_ms, int64_t before_id,
                           int64_t rule_id, int32_t division_min, int32_t division_max,
                           int32_t row_count_max, struct incentive_case **ret_cases,
                           int32_t *ret_count)
{
    struct case_list_over_in in = {since_ms,     before_ms,    before_id,    or_any(rule_id),
                                   division_min, division_max, row_count_max};
    return read_rows(w, &case_list_over_stmt, &in, row_count_max, ret_cases, ret_count);
}

enum err case_list_of(struct work *w, int64_t holder_id, int64_t before_id, int32_t row_count_max,
                      struct incentive_case **ret_cases, int32_t *ret_count)
{
    struct case_list_holder_in in = {holder_id, before_id > 0 ? before_id : INT64_MAX,
                                     row_count_max};
    return read_rows(w, &case_list_holder_stmt, &in, row_count_max, ret_cases, ret_count);
}

/* ---- figures ---- */

enum err case_totals_of(struct work *w, int64_t rule_id, int32_t division_min, int32_t division_max,
                        struct case_totals *ret_totals)
{
    struct case_totals totals = {0};
    struct case_figures_of_in in = {or_any(rule_id), division_min, division_max};
    struct cursor cursor;
    TRY(case_figures_of(w, &in, &cursor));
    for (;;) {
        struct case_figures_of_out row;
        bool more;
        TRY(case_figures_of_next(&cursor, &row, &more));
        if (!more)
            break;
        if (row.state <= 0 || row.state >= CASE_STATE_COUNT)
            continue;
        totals.counts[row.state] = row.case_count;
        totals.amounts_fen[row.state] = row.amount_fen;
    }
    *ret_totals = totals;
    return ERR_OK;
}

void case_totals_of_desk(const struct case_totals *totals, enum case_desk desk, int64_t *ret_count,
                         int64_t *ret_amount_fen)
{
    *ret_count = *ret_amount_fen = 0;
    for (int32_t s = 1; s < CASE_STATE_COUNT; s++) {
        if (case_states[s].desk != desk)
            continue;
        *ret_count += totals->counts[s];
        *ret_amount_fen += totals->amounts_fen[s];
    }
}

enum err case_totals_by_rule(struct work *w, int32_t division_min, int32_t division_max,
                             struct case_rule_totals **ret_rows, int32_t *ret_row_count)
{
    struct case_rule_totals *rows =
        ARENA_NEW_ARRAY(w->arena, struct case_rule_totals, CASE_RULES_MAX);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for the figures of cases");
    struct case_figures_by_rule_in in = {division_min, division_max};
    struct cursor cursor;
    int32_t count = 0;
    TRY(case_figures_by_rule(w, &in, &cursor));
    for (;;) {
        struct case_figures_by_rule_out row;
        bool more;
        TRY(case_figures_by_rule_next(&cursor, &row, &more));
        if (!more)
            break;
        if (count == 0 || rows[count - 1].rule_id != row.rule_id) {
            if (count == CASE_RULES_MAX)
                break;
            rows[count++] = (struct case_rule_totals){
                .rule_id = row.rule_id,
                .document_number = str_copy(w->arena, row.document_number),
                .rule_name = str_copy(w->arena, row.rule_name)};
        }
        if (row.state > 0 && row.state < CASE_STATE_COUNT) {
            rows[count - 1].totals.counts[row.state] = row.case_count;
            rows[count - 1].totals.amounts_fen[row.state] = row.amount_fen;
        }
    }
    cursor_close(&cursor);
    *ret_rows = rows;
    *ret_row_count = count;
    return ERR_OK;
}

enum err case_count_late(struct work *w, int32_t division_min, int32_t division_max,
                         int64_t *ret_count)
{
    struct case_late_count_in in = {w->today_day, division_min, division_max,
                                    CASE_LATE_COUNTED_MAX};
    struct case_late_count_out row;
    TRY(case_late_count(w, &in, &row));
    *ret_count = row.row_count;
    return ERR_OK;
}

enum err case_desk_due(struct work *w, enum case_desk desk, int32_t division_min,
                       int32_t division_max, int32_t *ret_due_day)
{
    struct case_first_due_in in = {(int32_t)desk, division_min, division_max};
    struct case_first_due_out row;
    TRY(case_first_due(w, &in, &row));
    *ret_due_day = row.due_day == ABSENT_I32 ? DAY_MAX : row.due_day;
    return ERR_OK;
}

enum err case_payees_of(struct work *w, enum case_state state, int32_t division_min,
                        int32_t division_max, struct case_payee **ret_rows, int32_t *ret_row_count)
{
    struct case_payee *rows = ARENA_NEW_ARRAY(w->arena, struct case_payee, CASE_PAYEES_MAX);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for the bodies that are paid");
    struct case_payees_in in = {(int32_t)state, division_min, division_max, CASE_PAYEES_MAX};
    struct cursor cursor;
    TRY(case_payees(w, &in, &cursor));
    for (int32_t count = 0;;) {
        struct case_payees_out row;
        bool more;
        TRY(case_payees_next(&cursor, &row, &more));
        if (!more) {
            *ret_rows = rows;
            *ret_row_count = count;
            return ERR_OK;
        }
        rows[count++] = (struct case_payee){row.payee_id, row.case_count, row.amount_fen};
    }
}
