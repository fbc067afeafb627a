#include "policy/quota.h"

#include <stdlib.h>
#include <string.h>

enum { RADIX_BITS = 8, RADIX_SIZE = 1 << RADIX_BITS };

struct entrant { /* a granted decision */
    uint64_t rank; /* its keys in one number, when they fit */
    struct decision *decision;
    const struct rule_run *run;
    int32_t window;
    int32_t place; /* in the order of the result: of its keys, and the last key itself */
};

struct queue {
    const struct settler *settler;
    const struct quota *quota;
    struct entrant *rows, *other; /* room for all */
    int32_t row_count;
    int64_t *keys; /* order_count columns of row_count values, by place */
};

static bool make_room(struct queue *q, int32_t statement)
{
    int64_t count = 0;
    for (int32_t r = 0; r < q->settler->run_count; r++)
        for (int32_t p = 0; p < q->settler->runs[r].part_count; p++)
            if (q->settler->runs[r].statement == statement)
                count += q->settler->runs[r].parts[p].row_count;
    if (count > INT32_MAX)
        return false;
    q->rows = malloc((size_t)count * sizeof *q->rows + 1);
    q->other = malloc((size_t)count * sizeof *q->other + 1);
    q->keys = malloc((size_t)count * (size_t)q->quota->order_count * sizeof *q->keys + 1);
    return q->rows && q->other && q->keys;
}

static void enter(struct queue *q, int32_t statement, int32_t base_year)
{
    enum period_kind kind = q->quota->period_years > 0 ? PERIOD_YEARS : PERIOD_ONCE;
    int32_t last_day = ABSENT_I32;
    int32_t window = 0;
    for (int32_t r = 0; r < q->settler->run_count; r++) {
        const struct rule_run *run = &q->settler->runs[r];
        for (int32_t p = 0; run->statement == statement && p < run->part_count; p++) {
            for (int64_t i = 0; i < run->parts[p].row_count; i++) {
                struct decision *decision = &run->parts[p].rows[i];
                if (decision->lane != LANE_GRANTED)
                    continue;
                if (decision->day != last_day)
                    window = calendar_period(kind, q->quota->period_years, base_year,
                                             decision->day).key;
                last_day = decision->day;
                q->rows[q->row_count] =
                    (struct entrant){0, decision, run, window, q->row_count};
                q->row_count++;
            }
        }
    }
}

static bool ask_evaluator(struct queue *q, int32_t k, int32_t first, int32_t end,
                          int32_t *basis_rows)
{
    const struct settler *settler = q->settler;
    const struct rule_run *run = q->rows[first].run;
    const struct rule *rule = settler->policy->statements[run->statement].as.rule;
    if (!settler->key_values || q->quota != &rule->quota)
        return false;
    for (int32_t i = first; i < end; i++)
        basis_rows[i - first] = q->rows[i].decision->basis_row;
    return settler->key_values(settler->context, run, k, basis_rows, end - first,
                               q->keys + (int64_t)k * q->row_count + first);
}

/* Values of key k for the entrants first .. end - 1, all of one run. */
static void read_keys(struct queue *q, int32_t k, int32_t first, int32_t end)
{
    const struct settler *settler = q->settler;
    const struct rule_run *run = q->rows[first].run;
    const struct rule *rule = settler->policy->statements[run->statement].as.rule;
    int32_t *basis_rows = malloc((size_t)(end - first) * sizeof *basis_rows);
    bool done = basis_rows && ask_evaluator(q, k, first, end, basis_rows);
    free(basis_rows);
    int32_t table = rule->each >= 0 ? rule->each : rule->subject;
    for (int32_t i = first; i < end && !done; i++)
        q->keys[(int64_t)k * q->row_count + i] =
            reference_value(settler->policy, settler->world, q->quota->order[k].key, table,
                            q->rows[i].decision->basis_row, &run->period.moment);
}

static int bit_width(uint64_t value)
{
    return value == 0 ? 0 : 64 - __builtin_clzll(value);
}

/* Puts one column of values in front of the ranks made so far: the least value (or the greatest,
 * when it falls) comes first, absence last. False when it does not fit. */
static bool add_to_ranks(struct queue *q, const int64_t *values, bool descending, int *bits)
{
    int64_t least = INT64_MAX;
    int64_t most = INT64_MIN + 1;
    for (int32_t i = 0; i < q->row_count; i++) {
        least = values[i] != ABSENT_I64 && values[i] < least ? values[i] : least;
        most = values[i] != ABSENT_I64 && values[i] > most ? values[i] : most;
    }
    if (least > most)
        return true; /* all absent: equal */
    uint64_t span = (uint64_t)most - (uint64_t)least;
    int width = bit_width(span + 1);
    if (span == UINT64_MAX || *bits + width > 64)
        return false;
    for (int32_t i = 0; i < q->row_count; i++) {
        uint64_t value = values[i] == ABSENT_I64 ? span + 1
                         : descending            ? (uint64_t)most - (uint64_t)values[i]
                                                 : (uint64_t)values[i] - (uint64_t)least;
        q->rows[i].rank |= *bits < 64 ? value << *bits : 0;
    }
    *bits += width;
    return true;
}

/* All keys of an entrant as one number; false when they do not fit into one. */
static bool make_ranks(struct queue *q, int *ret_bits)
{
    int bits = 0;
    bool fits = true;
    for (int32_t k = q->quota->order_count - 1; k >= 0 && fits; k--)
        fits = add_to_ranks(q, q->keys + (int64_t)k * q->row_count,
                            q->quota->order[k].descending, &bits);
    int64_t *windows = malloc((size_t)q->row_count * sizeof *windows + 1);
    for (int32_t i = 0; windows && i < q->row_count; i++)
        windows[i] = q->rows[i].window;
    fits = fits && windows && add_to_ranks(q, windows, false, &bits);
    free(windows);
    *ret_bits = bits;
    return fits;
}

/* Orders by rank, digit by digit from the last; equal ranks stay in the order of the result. */
static void radix_sort(struct queue *q, int bits)
{
    for (int shift = 0; shift < bits; shift += RADIX_BITS) {
        int32_t first[RADIX_SIZE + 1] = {0};
        for (int32_t i = 0; i < q->row_count; i++)
            first[(q->rows[i].rank >> shift & (RADIX_SIZE - 1)) + 1]++;
        for (int32_t d = 0; d < RADIX_SIZE; d++)
            first[d + 1] += first[d];
        for (int32_t i = 0; i < q->row_count; i++)
            q->other[first[q->rows[i].rank >> shift & (RADIX_SIZE - 1)]++] = q->rows[i];
        struct entrant *sorted = q->other;
        q->other = q->rows;
        q->rows = sorted;
    }
}

static int compare_entrants(const void *left, const void *right, void *context)
{
    const struct queue *q = context;
    const struct entrant *a = left;
    const struct entrant *b = right;
    if (a->window != b->window)
        return a->window < b->window ? -1 : 1;
    for (int32_t k = 0; k < q->quota->order_count; k++) {
        int64_t x = q->keys[(int64_t)k * q->row_count + a->place];
        int64_t y = q->keys[(int64_t)k * q->row_count + b->place];
        if (x == y)
            continue;
        if (x == ABSENT_I64 || y == ABSENT_I64)
            return y == ABSENT_I64 ? -1 : 1;
        return (x < y) != q->quota->order[k].descending ? -1 : 1;
    }
    return (a->place > b->place) - (a->place < b->place);
}

static void refuse_behind_limit(const struct queue *q, int32_t clause)
{
    const struct settler *settler = q->settler;
    int64_t place = 0;
    int64_t limit = ABSENT_I64;
    for (int32_t i = 0; i < q->row_count; i++, place++) {
        const struct entrant *entrant = &q->rows[i];
        if (i == 0 || entrant->window != q->rows[i - 1].window) {
            limit = reference_value(settler->policy, settler->world, q->quota->limit, -1, -1,
                                    &entrant->run->period.moment);
            place = 0;
        }
        if (limit != ABSENT_I64 && place >= limit) {
            entrant->decision->lane = LANE_REFUSED;
            entrant->decision->cut_by = (int16_t)clause;
        }
    }
}

static void refuse_without_place(const struct settler *settler, int32_t statement, int32_t clause)
{
    for (int32_t r = 0; r < settler->run_count; r++) {
        const struct rule_run *run = &settler->runs[r];
        for (int32_t p = 0; run->statement == statement && p < run->part_count; p++) {
            for (int64_t i = 0; i < run->parts[p].row_count; i++) {
                struct decision *decision = &run->parts[p].rows[i];
                if (decision->lane != LANE_GRANTED ||
                    settler->is_placed(settler->context, decision))
                    continue;
                decision->lane = LANE_REFUSED;
                decision->cut_by = (int16_t)clause;
            }
        }
    }
}

bool quota_apply(const struct settler *settler, int32_t statement, const struct quota *quota,
                 int32_t clause, int32_t base_year)
{
    if (settler->is_placed) {
        refuse_without_place(settler, statement, clause);
        return true;
    }
    struct queue q = {.settler = settler, .quota = quota};
    bool done = make_room(&q, statement);
    if (done) {
        enter(&q, statement, base_year);
        for (int32_t k = 0; k < quota->order_count; k++)
            for (int32_t first = 0, end; first < q.row_count; first = end) {
                for (end = first + 1; end < q.row_count; end++)
                    if (q.rows[end].run != q.rows[first].run)
                        break;
                read_keys(&q, k, first, end);
            }
        int bits;
        if (make_ranks(&q, &bits))
            radix_sort(&q, bits);
        else
            qsort_r(q.rows, (size_t)q.row_count, sizeof *q.rows, compare_entrants, &q);
        refuse_behind_limit(&q, clause);
    }
    free(q.rows);
    free(q.other);
    free(q.keys);
    return done;
}
