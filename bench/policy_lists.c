#include "policy_rival.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* A block's amounts stay in the second-level cache; its lists in the first. */
enum { BLOCK_PERSONS = 4096, BLOCK_CHILDREN_MAX = BLOCK_PERSONS * 8, KEYS_MAX = 16 };

struct slice { /* what one thread has made */
    struct cell *cells;
    int64_t cell_count, cell_capacity;
    struct contender *contenders;
    int64_t contender_count, contender_capacity;
    struct outcome outcome;
    uint8_t marks[BLOCK_CHILDREN_MAX + 8];
    int32_t rows[2][BLOCK_CHILDREN_MAX];
    int32_t row_counts[2];
    uint8_t touched[BLOCK_PERSONS];
    uint8_t class[BLOCK_PERSONS];
    int32_t fen[BLOCK_PERSONS][RULE_COUNT];
};

struct lists {
    struct town_cells c;
    struct tariff t;
    uint8_t award_class[TIERS][PLACES];
    struct slice *slices[RIVAL_THREADS_MAX];
    int32_t slice_count;
    atomic_int next_block;
};

struct block {
    struct lists *s;
    struct slice *out;
    int32_t first, end; /* persons */
};

struct lists *lists_new(const struct world *world, const struct tariff *tariff)
{
    struct lists *s = calloc(1, sizeof *s);
    check(s);
    town_cells_of(world, &s->c);
    s->t = *tariff;
    for (int32_t tier = 0; tier < TIERS; tier++)
        for (int32_t place = 0; place < PLACES; place++)
            s->award_class[tier][place] = (uint8_t)rival_award_class(tier, place);
    return s;
}

void lists_free(struct lists *s)
{
    if (!s)
        return;
    town_cells_done(&s->c);
    for (int32_t i = 0; i < RIVAL_THREADS_MAX; i++)
        if (s->slices[i]) {
            free(s->slices[i]->cells);
            free(s->slices[i]->contenders);
            free(s->slices[i]);
        }
    free(s);
}

/* ---- lists ---- */

/* Rows whose mark has bit 0, and rows whose mark has bit 1. Eight marks are looked at together. */
static void gather(struct slice *out, int32_t first, int32_t count)
{
    int32_t counts[2] = {0, 0};
    memset(out->marks + count, 0, 8);
    for (int32_t i = 0; i < count; i += 8) {
        uint64_t word;
        memcpy(&word, out->marks + i, 8);
        for (; word; word &= word - 1) {
            int32_t bit = __builtin_ctzll(word);
            int32_t list = bit & 1;
            out->rows[list][counts[list]++] = first + i + (bit >> 3);
        }
    }
    out->row_counts[0] = counts[0];
    out->row_counts[1] = counts[1];
}

/* Bit 0: technician or higher; bit 1: a level of this year that the upgrade subsidy knows. */
static void mark_certs(const struct block *b, int32_t first, int32_t count)
{
    const int8_t *restrict kind = b->s->c.cert_kind + first;
    const int8_t *restrict level = b->s->c.cert_level + first;
    const int16_t *restrict issued = b->s->c.cert_issued + first;
    uint8_t *restrict marks = b->out->marks;
    int16_t as_of = (int16_t)b->s->t.as_of_day;
    int16_t year_start = (int16_t)b->s->t.year_start_day;
    for (int32_t i = 0; i < count; i++) {
        uint8_t valid = (uint8_t)((kind[i] <= TOWN_cert_kind_skill_level) & (issued[i] <= as_of));
        uint8_t high = level[i] >= TOWN_level_technician;
        uint8_t low = (uint8_t)((level[i] >= TOWN_level_junior) & (level[i] <= TOWN_level_senior) &
                                (issued[i] >= year_start));
        marks[i] = (uint8_t)(valid & high) | (uint8_t)((valid & low) << 1);
    }
}

/* Bit 0: apprenticeships of this year that count; bit 1: ordinary trainings. */
static void mark_trains(const struct block *b, int32_t first, int32_t count)
{
    const int8_t *restrict form = b->s->c.train_form + first;
    const int8_t *restrict passed = b->s->c.train_passed + first;
    const int16_t *restrict end = b->s->c.train_end + first;
    const int16_t *restrict hours = b->s->c.train_hours + first;
    uint8_t *restrict marks = b->out->marks;
    int16_t as_of = (int16_t)b->s->t.as_of_day;
    int16_t year_start = (int16_t)b->s->t.year_start_day;
    int16_t long_least = (int16_t)b->s->t.apprentice_hours_least;
    int16_t least = (int16_t)b->s->t.training_hours_least;
    for (int32_t i = 0; i < count; i++) {
        uint8_t ended = (uint8_t)((passed[i] == 1) & (end[i] >= year_start) & (end[i] <= as_of));
        uint8_t is_long =
            (uint8_t)((form[i] == TOWN_form_apprenticeship) & (hours[i] >= long_least));
        uint8_t ordinary = (uint8_t)((form[i] == TOWN_form_ordinary) & (hours[i] >= least));
        marks[i] = (uint8_t)(ended & is_long) | (uint8_t)((ended & ordinary) << 1);
    }
}

static int32_t greater(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static void give_highest(const struct block *b, int32_t person, enum tariff_rule rule, int32_t fen)
{
    int32_t at = person - b->first;
    b->out->fen[at][rule] = greater(b->out->fen[at][rule], fen);
    b->out->touched[at] = 1;
}

static bool of_working_age(const struct lists *s, int32_t p)
{
    return s->c.birth_day[p] <= s->t.birth_last_adult && s->c.birth_day[p] > s->t.birth_last_old;
}

static bool may_have_class(const struct lists *s, int32_t p)
{
    return s->c.employer[p] >= 1 && s->c.birth_day[p] > s->t.birth_last_old;
}

/* ---- rules ---- */

static void technicians(const struct block *b)
{
    const struct lists *s = b->s;
    for (int32_t k = 0; k < b->out->row_counts[0]; k++) {
        int32_t cert = b->out->rows[0][k];
        int32_t p = s->c.cert_owner[cert];
        int32_t level = s->c.cert_level[cert];
        bool is_short = s->t.is_short[s->c.cert_occupation[cert]];
        if (s->c.employer[p] < 1 || (level == TOWN_level_technician && !is_short))
            continue;
        int32_t job = s->c.job[p];
        if (is_short && (job == TOWN_job_firm_line || job == TOWN_job_institution_line))
            give_highest(b, p, RULE_technician, s->t.technician_fen[level]);
        if (s->c.birth_day[p] <= s->t.birth_last_old)
            continue;
        int32_t class = level == TOWN_level_chief_technician     ? 4
                        : level == TOWN_level_special_technician ? 3
                        : level == TOWN_level_senior_technician
                            ? 1 + (s->c.insured_months[p] >= s->t.insured_long)
                            : s->c.birth_day[p] > s->t.birth_last_senior;
        int32_t at = p - b->first;
        b->out->class[at] = (uint8_t)greater(b->out->class[at], class);
        b->out->touched[at] |= class > 0;
    }
}

/* The best amounts of one person, one for each key, the largest first. */
struct best {
    int32_t keys[KEYS_MAX], fen[KEYS_MAX];
    int32_t count;
};

static void best_offer(struct best *best, int32_t key, int32_t fen)
{
    int32_t at = 0;
    while (at < best->count && best->keys[at] != key)
        at++;
    if (at < best->count && best->fen[at] >= fen)
        return;
    check(at < KEYS_MAX);
    best->count += at == best->count;
    for (; at > 0 && best->fen[at - 1] < fen; at--) {
        best->fen[at] = best->fen[at - 1];
        best->keys[at] = best->keys[at - 1];
    }
    best->fen[at] = fen;
    best->keys[at] = key;
}

static int32_t best_sum(const struct best *best, int32_t wanted)
{
    int32_t sum_fen = 0;
    for (int32_t i = 0; i < wanted && i < best->count; i++)
        sum_fen += best->fen[i];
    return sum_fen;
}

static bool was_paid(const struct lists *s, int32_t p, int32_t occupation, int32_t level)
{
    for (int32_t k = s->c.paid_first[p]; k < s->c.paid_first[p + 1]; k++)
        if (s->c.paid_occupation[k] == occupation && s->c.paid_level[k] >= level)
            return true;
    return false;
}

/* The rows of one owner stand together: first and end in a list. */
static int32_t owner_end(const int32_t *owners, const int32_t *rows, int32_t count, int32_t first)
{
    int32_t end = first + 1;
    while (end < count && owners[rows[end]] == owners[rows[first]])
        end++;
    return end;
}

static void upgrades(const struct block *b)
{
    const struct lists *s = b->s;
    const int32_t *rows = b->out->rows[1];
    int32_t count = b->out->row_counts[1];
    for (int32_t k = 0, end; k < count; k = end) {
        int32_t p = s->c.cert_owner[rows[k]];
        int32_t job = s->c.job[p];
        end = owner_end(s->c.cert_owner, rows, count, k);
        if ((job != TOWN_job_firm_line && job != TOWN_job_firm_other) ||
            s->c.insured_months[p] < s->t.insured_least)
            continue;
        struct best best = {.count = 0};
        for (int32_t i = k; i < end; i++) {
            int32_t level = s->c.cert_level[rows[i]];
            int32_t occupation = s->c.cert_occupation[rows[i]];
            if (!was_paid(s, p, occupation, level))
                best_offer(&best, occupation * LEVELS + level, s->t.upgrade_fen[level]);
        }
        if (best.count > 0)
            give_highest(b, p, RULE_upgrade, best_sum(&best, s->t.upgrade_best));
    }
}

static void apprentices(const struct block *b)
{
    const struct lists *s = b->s;
    for (int32_t k = 0; k < b->out->row_counts[0]; k++) {
        int32_t train = b->out->rows[0][k];
        int32_t p = s->c.train_owner[train];
        if (s->c.employer[p] >= 1 && of_working_age(s, p))
            give_highest(b, p, RULE_apprentice, s->t.apprentice_fen[s->c.train_target[train]]);
    }
}

static void trainings(const struct block *b)
{
    enum { JOBS = 1 << TOWN_job_none | 1 << TOWN_job_firm_line | 1 << TOWN_job_firm_other |
                  1 << TOWN_job_flexible | 1 << TOWN_job_unemployed };
    const struct lists *s = b->s;
    const int32_t *rows = b->out->rows[1];
    int32_t count = b->out->row_counts[1];
    for (int32_t k = 0, end; k < count; k = end) {
        int32_t p = s->c.train_owner[rows[k]];
        end = owner_end(s->c.train_owner, rows, count, k);
        if (!(JOBS >> s->c.job[p] & 1) || !of_working_age(s, p))
            continue;
        struct best best = {.count = 0};
        for (int32_t i = k; i < end; i++) {
            int32_t occupation = s->c.train_occupation[rows[i]];
            int32_t fen = s->c.train_hours[rows[i]] * s->t.hour_fen[s->t.price_tier[occupation]];
            best_offer(&best, occupation,
                       fen < s->t.training_fen_max ? fen : s->t.training_fen_max);
        }
        give_highest(b, p, RULE_training, best_sum(&best, s->t.training_best));
    }
}

static void contend(struct slice *out, const struct contender *one)
{
    struct contender *last =
        out->contender_count > 0 ? &out->contenders[out->contender_count - 1] : NULL;
    if (last && last->person_row == one->person_row) {
        if (rival_compare_contenders(one, last) < 0)
            *last = *one;
        return;
    }
    if (out->contender_count == out->contender_capacity) {
        out->contender_capacity = out->contender_capacity * 2 + 1024;
        out->contenders =
            realloc(out->contenders, (size_t)out->contender_capacity * sizeof *out->contenders);
        check(out->contenders);
    }
    out->contenders[out->contender_count++] = *one;
}

static void promote(const struct block *b, int32_t award, int32_t p)
{
    const struct lists *s = b->s;
    int32_t target = s->t.promoted_level[s->c.award_tier[award]];
    for (int32_t k = s->c.cert_first[p]; k < s->c.cert_first[p + 1]; k++)
        if (s->c.cert_level[k] >= target &&
            s->c.cert_occupation[k] == s->c.award_occupation[award] &&
            s->c.cert_kind[k] <= TOWN_cert_kind_skill_level &&
            s->c.cert_issued[k] <= s->t.as_of_day)
            return;
    give_highest(b, p, RULE_promotion, s->t.promotion_fen[target]);
}

/* Awards are few: one pass for the four rules that start from them. */
static void awards(const struct block *b)
{
    const struct lists *s = b->s;
    for (int32_t i = s->c.award_first[b->first]; i < s->c.award_first[b->end]; i++) {
        int32_t day = s->c.award_day[i];
        if (day > s->t.as_of_day)
            continue;
        int32_t p = s->c.award_owner[i];
        int32_t tier = s->c.award_tier[i];
        int32_t place = s->c.award_place[i];
        int32_t kept_place = place < PLACES ? place : PLACES - 1;
        int32_t class = s->award_class[tier][kept_place];
        if (class > 0 && may_have_class(s, p)) {
            int32_t at = p - b->first;
            b->out->class[at] = (uint8_t)greater(b->out->class[at], class);
            b->out->touched[at] = 1;
        }
        if (day < s->t.year_start_day)
            continue;
        if (s->t.prize_fen[tier][kept_place] > 0)
            give_highest(b, p, RULE_prize, s->t.prize_fen[tier][kept_place]);
        if (tier >= TOWN_tier_province_2 && place <= 3)
            promote(b, i, p);
        if (((tier == TOWN_tier_city_1 && place <= 3) ||
             (tier == TOWN_tier_city_2 && place == 1)) && !s->c.titled[p])
            contend(b->out, &(struct contender){tier, place, day, p});
    }
}

/* ---- settlement and output ---- */

static void settle(const struct lists *s, int32_t *fen)
{
    if (fen[RULE_talent] >= fen[RULE_technician])
        fen[RULE_technician] = 0;
    else
        fen[RULE_talent] = 0;
    int32_t room_fen = s->t.together_fen_max;
    static const enum tariff_rule together[] = {RULE_upgrade, RULE_apprentice, RULE_training};
    for (int32_t i = 0; i < 3; i++) {
        int32_t *amount_fen = &fen[together[i]];
        *amount_fen = *amount_fen < room_fen ? *amount_fen : room_fen;
        room_fen -= *amount_fen;
    }
}

static void put(struct slice *out, const struct cell *cell, int32_t region)
{
    out->cells[out->cell_count++] = *cell;
    outcome_add(&out->outcome, cell, region);
}

static void finish_person(const struct block *b, int32_t at)
{
    const struct lists *s = b->s;
    int32_t *fen = b->out->fen[at];
    fen[RULE_talent] = s->t.class_fen[b->out->class[at]];
    settle(s, fen);
    for (int32_t rule = 0; rule < RULE_COUNT; rule++)
        if (fen[rule] > 0)
            put(b->out, &(struct cell){b->first + at, rule, fen[rule]},
                s->c.region[b->first + at]);
    memset(fen, 0, sizeof b->out->fen[at]);
    b->out->class[at] = 0;
    b->out->touched[at] = 0;
}

static void finish_block(const struct block *b)
{
    struct slice *out = b->out;
    if (out->cell_capacity - out->cell_count < BLOCK_PERSONS * RULE_COUNT) {
        out->cell_capacity = (out->cell_capacity + BLOCK_PERSONS * RULE_COUNT) * 2;
        out->cells = realloc(out->cells, (size_t)out->cell_capacity * sizeof *out->cells);
        check(out->cells);
    }
    for (int32_t at = 0; at < BLOCK_PERSONS; at += 8) {
        uint64_t word;
        memcpy(&word, out->touched + at, 8);
        for (; word; word &= word - 1)
            finish_person(b, at + (__builtin_ctzll(word) >> 3));
    }
}

static void run_block(const struct block *b)
{
    const struct town_cells *c = &b->s->c;
    int32_t first = c->cert_first[b->first];
    int32_t count = c->cert_first[b->end] - first;
    check(count <= BLOCK_CHILDREN_MAX);
    mark_certs(b, first, count);
    gather(b->out, first, count);
    technicians(b);
    upgrades(b);
    first = c->train_first[b->first];
    count = c->train_first[b->end] - first;
    check(count <= BLOCK_CHILDREN_MAX);
    mark_trains(b, first, count);
    gather(b->out, first, count);
    apprentices(b);
    trainings(b);
    awards(b);
    finish_block(b);
}

struct worker_start {
    struct lists *lists;
    struct slice *slice;
};

static void *run_slice(void *context)
{
    struct worker_start *start = context;
    struct lists *s = start->lists;
    for (;;) {
        int64_t first = (int64_t)atomic_fetch_add(&s->next_block, 1) * BLOCK_PERSONS;
        if (first >= s->c.person_count)
            return NULL;
        int64_t end = first + BLOCK_PERSONS;
        struct block block = {s, start->slice, (int32_t)first,
                              end < s->c.person_count ? (int32_t)end : s->c.person_count};
        run_block(&block);
    }
}

/* Contenders of all slices together; the first ones get the title. */
static void give_titles(struct lists *s)
{
    struct slice *all = s->slices[0];
    for (int32_t i = 1; i < s->slice_count; i++)
        for (int64_t k = 0; k < s->slices[i]->contender_count; k++)
            contend(all, &s->slices[i]->contenders[k]);
    qsort(all->contenders, (size_t)all->contender_count, sizeof *all->contenders,
          rival_compare_contenders);
    int64_t given = all->contender_count < s->t.title_quota ? all->contender_count
                                                             : s->t.title_quota;
    if (all->cell_capacity - all->cell_count < given) {
        all->cell_capacity += given;
        all->cells = realloc(all->cells, (size_t)all->cell_capacity * sizeof *all->cells);
        check(all->cells);
    }
    for (int64_t i = 0; i < given; i++) {
        int32_t p = all->contenders[i].person_row;
        put(all, &(struct cell){p, RULE_title, s->t.title_fen}, s->c.region[p]);
    }
}

static void prepare(struct lists *s, int32_t thread_count)
{
    check(thread_count >= 1 && thread_count <= RIVAL_THREADS_MAX);
    s->slice_count = thread_count;
    atomic_store(&s->next_block, 0);
    for (int32_t i = 0; i < thread_count; i++) {
        if (!s->slices[i])
            s->slices[i] = calloc(1, sizeof *s->slices[i]);
        check(s->slices[i]);
        s->slices[i]->cell_count = 0;
        s->slices[i]->contender_count = 0;
        memset(&s->slices[i]->outcome, 0, sizeof s->slices[i]->outcome);
    }
}

void lists_run(struct lists *s, int32_t thread_count, struct outcome *ret_outcome)
{
    pthread_t threads[RIVAL_THREADS_MAX];
    struct worker_start starts[RIVAL_THREADS_MAX];
    prepare(s, thread_count);
    for (int32_t i = 0; i < thread_count; i++)
        starts[i] = (struct worker_start){s, s->slices[i]};
    for (int32_t i = 1; i < thread_count; i++)
        check(pthread_create(&threads[i], NULL, run_slice, &starts[i]) == 0);
    run_slice(&starts[0]);
    for (int32_t i = 1; i < thread_count; i++)
        pthread_join(threads[i], NULL);
    give_titles(s);
    memset(ret_outcome, 0, sizeof *ret_outcome);
    for (int32_t i = 0; i < thread_count; i++)
        outcome_join(ret_outcome, &s->slices[i]->outcome);
}

int64_t lists_checksum(const struct lists *s)
{
    int64_t sum = 0;
    for (int32_t i = 0; i < s->slice_count; i++)
        for (int64_t k = 0; k < s->slices[i]->cell_count; k++) {
            const struct cell *cell = &s->slices[i]->cells[k];
            sum += outcome_checksum(cell->person_row, cell->rule, cell->amount_fen);
        }
    return sum;
}
