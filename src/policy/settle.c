#include "policy/settle.h"

#include "base/day.h"
#include "policy/scalar.h"
#include "policy/walk.h"

#include <inttypes.h>
#include <stdlib.h>

enum { CANDIDATE_CAPACITY_MIN = 256 };

bool statement_decides(const struct statement *statement)
{
    return statement->kind == STATEMENT_GRANT || statement->kind == STATEMENT_CONFER ||
           statement->kind == STATEMENT_PROMOTE || statement->kind == STATEMENT_ADMIT;
}

static int64_t year_of(int32_t day)
{
    return day_month(day) / 12;
}

static int32_t least_day(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* Months one period of a kind has; 0 for PERIOD_ONCE. */
static int32_t period_months(enum period_kind kind, int32_t period_years)
{
    switch (kind) {
    case PERIOD_ONCE:
        return 0;
    case PERIOD_MONTH:
        return 1;
    case PERIOD_YEAR:
        return 12;
    case PERIOD_YEARS:
        return 12 * (period_years > 0 ? period_years : 1);
    }
    return 0;
}

static const struct document *document_of(const struct policy *policy, int32_t statement)
{
    return &policy->documents[policy->statements[statement].document];
}

/* The periods of a rule stand in steps from the first month of the year in force. */
struct steps {
    int64_t base_month; /* first month of step 0 */
    int32_t months;     /* of one step */
    int64_t first, end; /* steps evaluated; first == end: none */
};

static int64_t step_of_month(const struct steps *steps, int64_t month)
{
    int64_t distance = month - steps->base_month;
    return distance >= 0 ? distance / steps->months
                         : -((-distance + steps->months - 1) / steps->months);
}

static struct steps steps_of(const struct policy *policy, int32_t statement,
                             const struct eval_request *request)
{
    const struct rule *rule = policy->statements[statement].as.rule;
    const struct document *document = document_of(policy, statement);
    struct steps steps = {.months = period_months(rule->period, rule->period_years)};
    int32_t last_day = least_day(request->as_of_day, document->ends_day);
    if (last_day < document->in_force_day)
        return steps;
    if (rule->period == PERIOD_ONCE) {
        steps.end = 1;
        return steps;
    }
    steps.base_month = year_of(document->in_force_day) * 12;
    int64_t since_month = year_of(request->as_of_day) * 12;
    if (request->since_day != ABSENT_I32) {
        since_month = day_month(request->since_day);
        since_month += month_first_day((int32_t)since_month) != request->since_day;
        steps.first = step_of_month(&steps, since_month + steps.months - 1);
    } else {
        steps.first = step_of_month(&steps, rule->period == PERIOD_YEARS
                                                ? day_month(request->as_of_day)
                                                : since_month);
    }
    int64_t in_force_step = step_of_month(&steps, day_month(document->in_force_day));
    steps.first = steps.first > in_force_step ? steps.first : in_force_step;
    steps.end = step_of_month(&steps, day_month(last_day)) + 1;
    if (steps.end < steps.first)
        steps.end = steps.first;
    return steps;
}

int32_t rule_period_count(const struct policy *policy, int32_t statement,
                          const struct eval_request *request)
{
    struct steps steps = steps_of(policy, statement, request);
    return (int32_t)(steps.end - steps.first);
}

static struct rule_period period_at_month(const struct document *document, enum period_kind kind,
                                          int64_t month, int32_t months, int32_t as_of_day)
{
    struct rule_period period;
    if (kind == PERIOD_ONCE) {
        period = (struct rule_period){0, {document->in_force_day, document->ends_day, 0}};
    } else {
        int32_t first_day = month_first_day((int32_t)month);
        int32_t last_day = month_first_day((int32_t)month + months) - 1;
        period.key = (int32_t)(kind == PERIOD_MONTH ? month : month / 12);
        period.moment.period_start_day =
            first_day > document->in_force_day ? first_day : document->in_force_day;
        period.moment.period_end_day = least_day(last_day, document->ends_day);
    }
    period.moment.as_of_day = least_day(as_of_day, period.moment.period_end_day);
    return period;
}

struct rule_period rule_period_at(const struct policy *policy, int32_t statement,
                                  const struct eval_request *request, int32_t index)
{
    struct steps steps = steps_of(policy, statement, request);
    int64_t month = steps.base_month + (steps.first + index) * steps.months;
    return period_at_month(document_of(policy, statement),
                           policy->statements[statement].as.rule->period, month, steps.months,
                           request->as_of_day);
}

struct rule_period rule_period_of(const struct policy *policy, int32_t statement, int32_t key,
                                  int32_t as_of_day)
{
    const struct rule *rule = policy->statements[statement].as.rule;
    int64_t month = rule->period == PERIOD_MONTH ? key : (int64_t)key * 12;
    return period_at_month(document_of(policy, statement), rule->period, month,
                           period_months(rule->period, rule->period_years), as_of_day);
}

struct rule_period calendar_period(enum period_kind kind, int32_t period_years, int32_t base_year,
                                   int32_t day)
{
    struct rule_period period = {0, {INT32_MIN + 1, INT32_MAX, day}};
    if (kind == PERIOD_ONCE)
        return period;
    struct steps steps = {.base_month = (int64_t)base_year * 12,
                          .months = period_months(kind, period_years)};
    int64_t month = day_month(day);
    if (kind != PERIOD_MONTH)
        month = steps.base_month + step_of_month(&steps, month) * steps.months;
    period.key = (int32_t)(kind == PERIOD_MONTH ? month : month / 12);
    period.moment.period_start_day = month_first_day((int32_t)month);
    period.moment.period_end_day = month_first_day((int32_t)month + steps.months) - 1;
    return period;
}

bool candidate_add(struct candidate_list *list, const struct candidate *candidate)
{
    if (list->row_count == list->row_capacity) {
        int64_t capacity =
            list->row_capacity ? list->row_capacity * 2 : CANDIDATE_CAPACITY_MIN;
        struct candidate *rows = realloc(list->rows, (size_t)capacity * sizeof *rows);
        if (!rows)
            return false;
        list->rows = rows;
        list->row_capacity = capacity;
    }
    list->rows[list->row_count++] = *candidate;
    return true;
}

int64_t candidate_rank_fen(const struct candidate *candidate)
{
    const struct decision *decision = &candidate->decision;
    return decision->amount_fen == AMOUNT_IS_OPEN ? decision->gross_fen : decision->amount_fen;
}

/* ---- groups: candidates of some rules, by subject and window ---- */

struct member {
    int64_t at;          /* index in the list */
    int32_t subject_row;
    int32_t window;
    int32_t turn;        /* place of the rule in the clause */
};

struct settling {
    const struct policy *policy;
    const struct world *world;
    int32_t as_of_day;
    struct candidate_list *list;
    struct member *members; /* room for every candidate */
    int64_t member_count;
    bool overflowed;
    int64_t *keys;          /* quota: order_count values for each member */
};

static int compare_members(const void *left, const void *right)
{
    const struct member *a = left;
    const struct member *b = right;
    if (a->subject_row != b->subject_row)
        return a->subject_row < b->subject_row ? -1 : 1;
    if (a->window != b->window)
        return a->window < b->window ? -1 : 1;
    if (a->turn != b->turn)
        return a->turn < b->turn ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

static int32_t in_force_year(const struct settling *s, int32_t statement)
{
    return (int32_t)year_of(document_of(s->policy, statement)->in_force_day);
}

static bool is_granted_money(const struct candidate *candidate)
{
    return candidate->decision.lane == LANE_GRANTED &&
           candidate->decision.amount_fen != AMOUNT_IS_OPEN;
}

/* First candidate of a rule; the list is ordered by rule. */
static int64_t first_of_rule(const struct candidate_list *list, int32_t statement)
{
    int64_t low = 0;
    int64_t high = list->row_count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (list->rows[middle].decision.statement < statement)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void gather(struct settling *s, const struct settlement_clause *clause, int32_t base_year)
{
    s->member_count = 0;
    bool sorted = true;
    for (int32_t turn = 0; turn < clause->rule_count; turn++) {
        int32_t statement = clause->rules[turn];
        int64_t at = first_of_rule(s->list, statement);
        for (; at < s->list->row_count && s->list->rows[at].decision.statement == statement; at++) {
            const struct candidate *candidate = &s->list->rows[at];
            if (!is_granted_money(candidate))
                continue;
            int32_t window = calendar_period(clause->period, clause->period_years, base_year,
                                             candidate->day).key;
            struct member member = {at, candidate->decision.subject_row, window, turn};
            if (s->member_count > 0)
                sorted = sorted &&
                         compare_members(&s->members[s->member_count - 1], &member) < 0;
            s->members[s->member_count++] = member;
        }
    }
    if (!sorted)
        qsort(s->members, (size_t)s->member_count, sizeof *s->members, compare_members);
}

static int64_t group_end(const struct settling *s, int64_t first)
{
    int64_t end = first + 1;
    while (end < s->member_count && s->members[end].subject_row == s->members[first].subject_row &&
           s->members[end].window == s->members[first].window)
        end++;
    return end;
}

static struct decision *decision_of(struct settling *s, int64_t member)
{
    return &s->list->rows[s->members[member].at].decision;
}

/* Sum of the members of one rule from first on; *ret_end is behind them. */
static int64_t turn_sum(struct settling *s, int64_t first, int64_t end, int64_t *ret_end)
{
    int64_t sum_fen = 0;
    int64_t i = first;
    for (; i < end && s->members[i].turn == s->members[first].turn; i++)
        s->overflowed |=
            __builtin_add_overflow(sum_fen, decision_of(s, i)->amount_fen, &sum_fen);
    *ret_end = i;
    return sum_fen;
}

static void cut(struct decision *decision, int64_t left_fen, int32_t clause)
{
    decision->amount_fen = left_fen;
    decision->cut_by = (int16_t)clause;
}

/* The rule with the highest sum keeps it; of equal ones the rule named first. */
static void settle_higher_of(struct settling *s, int32_t clause)
{
    for (int64_t first = 0, end; first < s->member_count; first = end) {
        end = group_end(s, first);
        int32_t best_turn = s->members[first].turn;
        int64_t best_fen = INT64_MIN;
        for (int64_t i = first, next; i < end; i = next) {
            int64_t sum_fen = turn_sum(s, i, end, &next);
            if (sum_fen > best_fen) {
                best_fen = sum_fen;
                best_turn = s->members[i].turn;
            }
        }
        for (int64_t i = first; i < end; i++)
            if (s->members[i].turn != best_turn)
                cut(decision_of(s, i), 0, clause);
    }
}

static bool reads_rows(const struct expr *expr)
{
    bool reads = expr->kind == EXPR_FIELD || expr->kind == EXPR_DEFINE ||
                 expr->kind == EXPR_AGGREGATE;
    for (int32_t i = 0; i < expr->child_count && !reads; i++)
        reads = reads_rows(expr->children[i]);
    return reads;
}

static int64_t cap_fen(struct settling *s, const struct settlement_clause *clause, int64_t member)
{
    const struct decision *decision = decision_of(s, member);
    struct rule_period period =
        rule_period_of(s->policy, decision->statement, decision->period, s->as_of_day);
    int32_t table = s->policy->statements[decision->statement].as.rule->subject;
    return reference_value(s->policy, s->world, clause->amount, table, decision->subject_row,
                           &period.moment);
}

static void settle_cap(struct settling *s, const struct settlement_clause *clause, int32_t index)
{
    bool varies = reads_rows(clause->amount);
    int64_t cap = ABSENT_I64;
    int32_t cap_window = INT32_MIN;
    for (int64_t first = 0, end; first < s->member_count; first = end) {
        end = group_end(s, first);
        /* A cap that reads no row is the same for everyone in one window and rule. */
        if (varies || cap_window != s->members[first].window || s->members[first].turn != 0)
            cap = cap_fen(s, clause, first);
        cap_window = s->members[first].turn == 0 ? s->members[first].window : INT32_MIN;
        int64_t room_fen = cap;
        for (int64_t i = first; i < end && cap != ABSENT_I64; i++) {
            struct decision *decision = decision_of(s, i);
            if (decision->amount_fen > room_fen)
                cut(decision, room_fen > 0 ? room_fen : 0, index);
            room_fen -= decision->amount_fen;
        }
    }
}

/* ---- quotas ---- */

struct quota_order {
    const struct settling *s;
    const struct quota *quota;
};

static int compare_quota(const void *left, const void *right, void *context)
{
    const struct quota_order *order = context;
    const struct member *a = left;
    const struct member *b = right;
    if (a->window != b->window)
        return a->window < b->window ? -1 : 1;
    for (int32_t i = 0; i < order->quota->order_count; i++) {
        /* turn is the place of the member's keys. */
        int64_t x = order->s->keys[(int64_t)a->turn * order->quota->order_count + i];
        int64_t y = order->s->keys[(int64_t)b->turn * order->quota->order_count + i];
        if (x == y)
            continue;
        if (x == ABSENT_I64 || y == ABSENT_I64)
            return y == ABSENT_I64 ? -1 : 1;
        return (x < y) != order->quota->order[i].descending ? -1 : 1;
    }
    return (a->at > b->at) - (a->at < b->at);
}

static bool quota_keys(struct settling *s, const struct quota *quota)
{
    size_t count = (size_t)s->member_count * (size_t)quota->order_count;
    s->keys = malloc(count * sizeof *s->keys + 1);
    for (int64_t m = 0; s->keys && m < s->member_count; m++) {
        const struct decision *decision = &s->list->rows[s->members[m].at].decision;
        const struct rule *rule = s->policy->statements[decision->statement].as.rule;
        struct rule_period period =
            rule_period_of(s->policy, decision->statement, decision->period, s->as_of_day);
        int32_t table = rule->each >= 0 ? rule->each : rule->subject;
        for (int32_t i = 0; i < quota->order_count; i++)
            s->keys[m * quota->order_count + i] =
                reference_value(s->policy, s->world, quota->order[i].key, table,
                                decision->basis_row, &period.moment);
    }
    return s->keys != NULL;
}

/* Takes the members of each window in the quota's order and refuses those behind the limit. */
static void refuse_behind_limit(struct settling *s, const struct quota *quota, int32_t clause)
{
    int64_t place = 0;
    int64_t limit = ABSENT_I64;
    for (int64_t m = 0; m < s->member_count; m++, place++) {
        struct decision *decision = decision_of(s, m);
        if (m == 0 || s->members[m].window != s->members[m - 1].window) {
            struct rule_period period = rule_period_of(s->policy, decision->statement,
                                                       decision->period, s->as_of_day);
            limit = reference_value(s->policy, s->world, quota->limit, -1, -1, &period.moment);
            place = 0;
        }
        if (limit != ABSENT_I64 && place >= limit) {
            decision->lane = LANE_REFUSED;
            decision->cut_by = (int16_t)clause;
        }
    }
}

static bool settle_quota(struct settling *s, int32_t statement, const struct quota *quota,
                         int32_t clause)
{
    if (!quota->present || quota->about || !quota->limit)
        return true;
    s->member_count = 0;
    enum period_kind kind = quota->period_years > 0 ? PERIOD_YEARS : PERIOD_ONCE;
    int64_t at = first_of_rule(s->list, statement);
    for (; at < s->list->row_count && s->list->rows[at].decision.statement == statement; at++) {
        const struct candidate *candidate = &s->list->rows[at];
        if (candidate->decision.lane != LANE_GRANTED)
            continue;
        int32_t window = calendar_period(kind, quota->period_years, in_force_year(s, statement),
                                         candidate->day).key;
        s->members[s->member_count] =
            (struct member){at, candidate->decision.subject_row, window,
                            (int32_t)s->member_count};
        s->member_count++;
    }
    if (s->member_count == 0)
        return true;
    if (!quota_keys(s, quota))
        return false;
    struct quota_order order = {s, quota};
    qsort_r(s->members, (size_t)s->member_count, sizeof *s->members, compare_quota, &order);
    refuse_behind_limit(s, quota, clause);
    free(s->keys);
    s->keys = NULL;
    return true;
}

static bool settle_clause(struct settling *s, const struct settlement_clause *clause,
                          int32_t index, int32_t statement)
{
    switch (clause->kind) {
    case SETTLEMENT_HIGHER_OF:
        gather(s, clause, in_force_year(s, statement));
        settle_higher_of(s, index);
        break;
    case SETTLEMENT_CAP:
        gather(s, clause, in_force_year(s, statement));
        settle_cap(s, clause, index);
        break;
    case SETTLEMENT_STACK:
        break;
    case SETTLEMENT_QUOTA:
        return settle_quota(s, clause->rules[0], &clause->quota, index);
    }
    return true;
}

static bool settle_all(struct settling *s)
{
    bool done = true;
    for (int32_t i = 0; i < s->policy->statement_count && done; i++)
        if (statement_decides(&s->policy->statements[i]))
            done = settle_quota(s, i, &s->policy->statements[i].as.rule->quota, -1);
    int32_t index = 0;
    for (int32_t i = 0; i < s->policy->statement_count && done; i++) {
        if (s->policy->statements[i].kind != STATEMENT_SETTLEMENT)
            continue;
        const struct settlement *settlement = s->policy->statements[i].as.settlement;
        for (int32_t c = 0; c < settlement->clause_count && done; c++, index++)
            done = settle_clause(s, &settlement->clauses[c], index, i);
    }
    return done;
}

/* ---- totals ---- */

static bool add_to_total(struct rule_total *total, const struct decision *decision)
{
    if (decision->lane == LANE_ASK) {
        total->ask_count++;
        return true;
    }
    total->granted_count++;
    if (decision->amount_fen == AMOUNT_IS_OPEN) {
        total->open_count++;
        return true;
    }
    return !__builtin_add_overflow(total->amount_fen, decision->amount_fen,
                                   &total->amount_fen) &&
           !__builtin_add_overflow(total->cut_fen, decision->gross_fen - decision->amount_fen,
                                   &total->cut_fen);
}

/* Decisions of one rule stand together, ordered by period: a subject may come again in each period,
 * so its bit tells whether it has been counted. */
static enum err make_totals(const struct policy *policy, const struct world *world,
                            struct eval_result *result, struct fault *fault)
{
    int32_t total_count = 0;
    int32_t row_count_max = 1;
    for (int32_t i = 0; i < policy->statement_count; i++)
        total_count += statement_decides(&policy->statements[i]);
    for (int32_t t = 0; t < world->vocab->record_count; t++)
        if (world->tables[t].row_count > row_count_max)
            row_count_max = world->tables[t].row_count;
    result->totals = calloc((size_t)total_count + 1, sizeof *result->totals);
    int32_t *seen = calloc((size_t)row_count_max, sizeof *seen); /* last rule that counted a row */
    bool fits = true;
    int64_t d = 0;
    for (int32_t i = 0; result->totals && seen && i < policy->statement_count; i++) {
        if (!statement_decides(&policy->statements[i]))
            continue;
        struct rule_total *total = &result->totals[result->total_count++];
        total->statement = i;
        for (; d < result->decision_count && result->decisions[d].statement == i; d++) {
            const struct decision *decision = &result->decisions[d];
            fits = fits && add_to_total(total, decision);
            if (decision->lane == LANE_GRANTED && seen[decision->subject_row] != i + 1) {
                seen[decision->subject_row] = i + 1;
                total->subject_count++;
            }
        }
    }
    bool complete = result->totals && seen;
    free(seen);
    if (!complete)
        return fault_set(fault, ERR_MEMORY, "no memory for the totals");
    return fits ? ERR_OK : fault_set(fault, ERR_OVERFLOW, "a sum of amounts is out of range");
}

static enum err make_result(const struct policy *policy, const struct world *world,
                            const struct candidate_list *list, struct eval_result **ret_result,
                            struct fault *fault)
{
    struct eval_result *result = calloc(1, sizeof *result);
    struct decision *decisions =
        result ? malloc((size_t)list->row_count * sizeof *decisions + 1) : NULL;
    if (!decisions) {
        free(result);
        return fault_set(fault, ERR_MEMORY, "no memory for %" PRId64 " decisions",
                         list->row_count);
    }
    result->decisions = decisions;
    for (int64_t i = 0; i < list->row_count; i++)
        if (list->rows[i].decision.lane != LANE_REFUSED)
            decisions[result->decision_count++] = list->rows[i].decision;
    enum err err = make_totals(policy, world, result, fault);
    if (err == ERR_OK)
        *ret_result = result;
    else
        eval_result_free(result);
    return err;
}

enum err settle_candidates(const struct policy *policy, const struct world *world,
                           const struct eval_request *request, struct candidate_list *list,
                           struct eval_result **ret_result, struct fault *fault)
{
    struct settling settling = {.policy = policy, .world = world,
                                .as_of_day = request->as_of_day, .list = list};
    settling.members = malloc((size_t)list->row_count * sizeof *settling.members + 1);
    bool done = settling.members && settle_all(&settling);
    free(settling.members);
    free(settling.keys);
    if (!done)
        return fault_set(fault, ERR_MEMORY, "no memory for the settlement");
    if (settling.overflowed)
        return fault_set(fault, ERR_OVERFLOW, "a sum of amounts is out of range");
    return make_result(policy, world, list, ret_result, fault);
}

void eval_result_free(struct eval_result *result)
{
    if (!result)
        return;
    free(result->decisions);
    free(result->totals);
    free(result);
}
