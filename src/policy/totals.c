#include "policy/large.h"
#include "policy/settle.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 wide_t;

struct wide_total {
    int64_t granted_count, ask_count, subject_count, open_count;
    wide_t amount_fen, cut_fen;
};

static int32_t subject_table(const struct result_maker *maker, int32_t run)
{
    const struct policy *policy = maker->settler->policy;
    return policy->statements[maker->settler->runs[run].statement].as.rule->subject;
}

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_MEMORY, "no memory for the totals");
}

/* One total for each rule, and which one each run adds to. */
static bool make_totals(struct result_maker *maker)
{
    const struct policy *policy = maker->settler->policy;
    int32_t total_count = 0;
    const uint64_t *rules = maker->settler->rules;
    for (int32_t w = 0; rules && w <= (policy->statement_count - 1) / 64; w++)
        total_count += __builtin_popcountll(rules[w]);
    if (!rules)
        FOR_GROUP(policy, GROUP_DECIDES, s)
            total_count++;
    maker->result->totals = calloc((size_t)total_count + 1, sizeof *maker->result->totals);
    maker->totals = calloc((size_t)total_count + 1, sizeof *maker->totals);
    maker->run_total = malloc((size_t)maker->settler->run_count * sizeof *maker->run_total + 1);
    if (!maker->result->totals || !maker->totals || !maker->run_total)
        return false;
    int32_t run = 0;
    FOR_GROUP(policy, GROUP_DECIDES, s) {
        if (rules && !rule_set_has(rules, s))
            continue;
        for (; run < maker->settler->run_count && maker->settler->runs[run].statement == s; run++)
            maker->run_total[run] = maker->result->total_count;
        maker->result->totals[maker->result->total_count++].statement = s;
    }
    return true;
}

static int64_t listed_count(const struct decision_list *part, bool may_be_refused)
{
    if (!may_be_refused)
        return part->row_count;
    int64_t count = 0;
    for (int64_t i = 0; i < part->row_count; i++)
        count += part->rows[i].lane != LANE_REFUSED;
    return count;
}

static bool make_places(struct result_maker *maker)
{
    const struct settler *settler = maker->settler;
    int64_t part_count = 0;
    maker->run_part = malloc(((size_t)settler->run_count + 1) * sizeof *maker->run_part);
    for (int32_t r = 0; maker->run_part && r < settler->run_count; r++) {
        maker->run_part[r] = (int32_t)part_count;
        part_count += settler->runs[r].part_count;
    }
    maker->part_first = malloc(((size_t)part_count + 1) * sizeof *maker->part_first);
    if (!maker->run_part || !maker->part_first)
        return false;
    int64_t count = 0;
    for (int32_t r = 0; r < settler->run_count; r++) {
        const struct rule_run *run = &settler->runs[r];
        bool may_be_refused = settler_has_quota(settler, run->statement);
        for (int32_t p = 0; p < run->part_count; p++) {
            maker->part_first[maker->run_part[r] + p] = count;
            count += listed_count(&run->parts[p], may_be_refused);
        }
    }
    maker->result->decision_count = count;
    return true;
}

enum err result_maker_make(struct result_maker *maker, const struct settler *settler,
                           bool keep_evidence, struct fault *fault)
{
    *maker = (struct result_maker){.settler = settler};
    maker->result = calloc(1, sizeof *maker->result);
    if (!maker->result || !make_totals(maker) || !make_places(maker)) {
        result_maker_done(maker);
        return no_memory(fault);
    }
    struct eval_result *result = maker->result;
    size_t count = (size_t)result->decision_count;
    result->decisions = large_alloc(count * sizeof *result->decisions);
    if (keep_evidence)
        result->evidence = large_alloc(count * sizeof *result->evidence);
    if (result->decisions && (result->evidence || !keep_evidence))
        return ERR_OK;
    result_maker_done(maker);
    return fault_set(fault, ERR_MEMORY, "no memory for %zu decisions", count);
}

void result_maker_done(struct result_maker *maker)
{
    eval_result_free(maker->result);
    free(maker->part_first);
    free(maker->run_part);
    free(maker->run_total);
    free(maker->totals);
    *maker = (struct result_maker){0};
}

bool total_sums_make(struct total_sums *sums, const struct result_maker *maker)
{
    size_t count = (size_t)maker->result->total_count;
    *sums = (struct total_sums){.rows = calloc(count + 1, sizeof *sums->rows)};
    return sums->rows != NULL;
}

void total_sums_done(struct total_sums *sums)
{
    free(sums->rows);
    free(sums->seen);
    *sums = (struct total_sums){0};
}

static void add_to_total(struct wide_total *total, const struct decision *decision)
{
    if (decision->lane == LANE_ASK) {
        total->ask_count++;
        return;
    }
    total->granted_count++;
    if (decision->amount_fen == AMOUNT_IS_OPEN) {
        total->open_count++;
        return;
    }
    total->amount_fen += decision->amount_fen;
    total->cut_fen += (wide_t)decision->gross_fen - decision->amount_fen;
}

/* Decisions of one run are ordered by subject: a rule with one period needs no bits. */
static void fill_run(const struct result_maker *maker, int32_t r, int32_t part,
                     struct wide_total *total, uint64_t *seen, int32_t first_row)
{
    const struct decision_list *from = &maker->settler->runs[r].parts[part];
    int64_t at = maker->part_first[maker->run_part[r] + part];
    int32_t last_subject = -1;
    for (int64_t i = 0; i < from->row_count; i++) {
        const struct decision *decision = &from->rows[i];
        if (decision->lane == LANE_REFUSED)
            continue;
        if (maker->result->evidence)
            maker->result->evidence[at] = from->evidence[i];
        maker->result->decisions[at++] = *decision;
        add_to_total(total, decision);
        if (decision->lane != LANE_GRANTED || decision->subject_row == last_subject)
            continue;
        last_subject = decision->subject_row;
        uint64_t bit = UINT64_C(1) << ((last_subject - first_row) % 64);
        uint64_t *word = seen ? &seen[(last_subject - first_row) / 64] : NULL;
        total->subject_count += !word || !(*word & bit);
        if (word)
            *word |= bit;
    }
}

static bool has_periods(const struct result_maker *maker, int32_t r)
{
    bool before = r > 0 && maker->run_total[r - 1] == maker->run_total[r];
    bool behind = r + 1 < maker->settler->run_count &&
                  maker->run_total[r + 1] == maker->run_total[r];
    return before || behind;
}

static void add_count(struct wide_total *total, const struct rule_count *count)
{
    total->granted_count += count->granted_count;
    total->ask_count += count->ask_count;
    total->subject_count += count->subject_count;
}

bool result_fill_part(const struct result_maker *maker, int32_t table, int32_t part,
                      int32_t first_row, int32_t row_count, struct total_sums *sums)
{
    int64_t word_count = ((int64_t)row_count + 63) / 64;
    for (int32_t r = 0; r < maker->settler->run_count; r++) {
        if (subject_table(maker, r) != table || part >= maker->settler->runs[r].part_count)
            continue;
        if (maker->settler->runs[r].counted) {
            add_count(&sums->rows[maker->run_total[r]], &maker->settler->runs[r].counted[part]);
            continue;
        }
        bool counts_once = has_periods(maker, r);
        if (counts_once && word_count > sums->seen_word_count) {
            free(sums->seen);
            sums->seen = malloc((size_t)word_count * sizeof *sums->seen);
            sums->seen_word_count = sums->seen ? word_count : 0;
            if (!sums->seen)
                return false;
        }
        bool is_first = r == 0 || maker->run_total[r - 1] != maker->run_total[r];
        if (counts_once && is_first && word_count > 0)
            memset(sums->seen, 0, (size_t)word_count * sizeof *sums->seen);
        fill_run(maker, r, part, &sums->rows[maker->run_total[r]],
                 counts_once ? sums->seen : NULL, first_row);
    }
    return true;
}

void result_add_sums(struct result_maker *maker, const struct total_sums *sums)
{
    for (int32_t t = 0; t < maker->result->total_count; t++) {
        struct wide_total *total = &maker->totals[t];
        total->granted_count += sums->rows[t].granted_count;
        total->ask_count += sums->rows[t].ask_count;
        total->subject_count += sums->rows[t].subject_count;
        total->open_count += sums->rows[t].open_count;
        total->amount_fen += sums->rows[t].amount_fen;
        total->cut_fen += sums->rows[t].cut_fen;
    }
}

enum err result_maker_finish(struct result_maker *maker, struct eval_result **ret_result,
                             struct fault *fault)
{
    for (int32_t t = 0; t < maker->result->total_count; t++) {
        const struct wide_total *sum = &maker->totals[t];
        struct rule_total *total = &maker->result->totals[t];
        total->granted_count = sum->granted_count;
        total->ask_count = sum->ask_count;
        total->subject_count = sum->subject_count;
        total->open_count = sum->open_count;
        total->amount_fen = (int64_t)sum->amount_fen;
        total->cut_fen = (int64_t)sum->cut_fen;
        if (total->amount_fen != sum->amount_fen || total->cut_fen != sum->cut_fen)
            return fault_set(fault, ERR_OVERFLOW, "a sum of amounts is out of range");
    }
    maker->result->shortages = maker->settler->shortages->rows;
    maker->result->shortage_count = maker->settler->shortages->row_count;
    *maker->settler->shortages = (struct shortage_list){0};
    *ret_result = maker->result;
    maker->result = NULL;
    return ERR_OK;
}

void eval_result_free(struct eval_result *result)
{
    if (!result)
        return;
    size_t count = (size_t)result->decision_count;
    large_free(result->decisions, count * sizeof *result->decisions);
    large_free(result->evidence, count * sizeof *result->evidence);
    free(result->totals);
    free(result->shortages);
    free(result);
}
