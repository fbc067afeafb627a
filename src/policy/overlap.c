#include "policy/overlap.h"

#include <stdlib.h>

#define SETS_SIZE_MAX ((size_t)1 << 32) /* a thousand rules over 30 million people */

/* The subjects of one rule, a bit each. */
struct hit {
    int32_t statement, table;
    int64_t word_count;
    uint64_t *words;
};

static bool pays(const struct policy *policy, const struct decision *decision)
{
    return decision->lane == LANE_GRANTED &&
           policy->statements[decision->statement].as.rule->amount_kind != AMOUNT_NONE;
}

/* One for each rule that pays somebody; decisions are ordered by rule. */
static bool find_hits(struct arena *arena, const struct policy *policy, const struct world *world,
                      const struct eval_result *result, struct hit **ret_hits, int32_t *ret_count)
{
    struct hit *hits = ARENA_NEW_ARRAY(arena, struct hit, (size_t)result->total_count + 1);
    int32_t count = 0;
    *ret_hits = hits;
    for (int64_t i = 0; hits && i < result->decision_count; i++) {
        const struct decision *decision = &result->decisions[i];
        if (!pays(policy, decision))
            continue;
        if (count == 0 || hits[count - 1].statement != decision->statement) {
            int32_t table = policy->statements[decision->statement].as.rule->subject;
            int64_t word_count = ((int64_t)world->tables[table].row_count + 63) / 64;
            uint64_t *words = ARENA_NEW_ARRAY(arena, uint64_t, (size_t)word_count);
            hits[count++] = (struct hit){decision->statement, table, word_count, words};
            *ret_count = count;
            if (!words)
                return false;
        }
        hits[count - 1].words[decision->subject_row / 64] |=
            UINT64_C(1) << (decision->subject_row % 64);
    }
    return hits != NULL;
}

static bool names(const struct settlement_clause *clause, int32_t statement)
{
    for (int32_t i = 0; i < clause->rule_count; i++)
        if (clause->rules[i] == statement)
            return true;
    return false;
}

static void find_settlement(const struct policy *policy, struct overlap *overlap)
{
    overlap->settled_by = -1;
    FOR_GROUP(policy, GROUP_SETTLES, s) {
        const struct settlement *settlement = policy->statements[s].as.settlement;
        for (int32_t c = 0; c < settlement->clause_count && overlap->settled_by < 0; c++) {
            const struct settlement_clause *clause = &settlement->clauses[c];
            if (clause->kind == SETTLEMENT_CLAW_BACK || !names(clause, overlap->first) ||
                !names(clause, overlap->second))
                continue;
            overlap->settled_by = s;
            overlap->how = clause->kind;
        }
    }
}

static int64_t shared_count(const struct hit *a, const struct hit *b)
{
    int64_t count = 0;
    for (int64_t w = 0; w < a->word_count; w++)
        count += __builtin_popcountll(a->words[w] & b->words[w]);
    return count;
}

static bool is_open(const struct overlap *overlap)
{
    return overlap->one_fund && overlap->settled_by < 0;
}

static int compare_overlaps(const void *left, const void *right)
{
    const struct overlap *a = left;
    const struct overlap *b = right;
    if (is_open(a) != is_open(b))
        return is_open(a) ? -1 : 1;
    if (a->subject_count != b->subject_count)
        return a->subject_count > b->subject_count ? -1 : 1;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return (a->second > b->second) - (a->second < b->second);
}

static void add_pairs(const struct policy *policy, const struct hit *hits, int32_t hit_count,
                      struct overlap *overlaps, int32_t *ret_count)
{
    for (int32_t i = 0; i < hit_count; i++)
        for (int32_t k = i + 1; k < hit_count; k++) {
            if (hits[i].table != hits[k].table)
                continue;
            int64_t shared = shared_count(&hits[i], &hits[k]);
            if (shared == 0)
                continue;
            int32_t fund = policy->statements[hits[i].statement].as.rule->fund;
            struct overlap *overlap = &overlaps[(*ret_count)++];
            *overlap = (struct overlap){
                .first = hits[i].statement, .second = hits[k].statement, .subject_count = shared,
                .one_fund = fund >= 0 &&
                            fund == policy->statements[hits[k].statement].as.rule->fund};
            find_settlement(policy, overlap);
        }
}

enum err overlaps_of(struct arena *arena, const struct policy *policy, const struct world *world,
                     const struct eval_result *result, struct overlap **ret_overlaps,
                     int32_t *ret_count, struct fault *fault)
{
    struct hit *hits = NULL;
    int32_t hit_count = 0;
    struct arena sets;
    arena_init(&sets, SETS_SIZE_MAX);
    bool done = find_hits(&sets, policy, world, result, &hits, &hit_count);
    size_t pair_max = (size_t)hit_count * (size_t)hit_count / 2 + 1;
    struct overlap *overlaps = done ? ARENA_NEW_ARRAY(arena, struct overlap, pair_max) : NULL;
    int32_t count = 0;
    if (overlaps) {
        add_pairs(policy, hits, hit_count, overlaps, &count);
        qsort(overlaps, (size_t)count, sizeof *overlaps, compare_overlaps);
    }
    arena_done(&sets);
    if (!overlaps)
        return fault_set(fault, ERR_MEMORY, "no memory for rules that meet");
    *ret_overlaps = overlaps;
    *ret_count = count;
    return ERR_OK;
}
