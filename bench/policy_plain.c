#include "policy_rival.h"

#include <stdlib.h>
#include <string.h>

struct plain {
    struct town_cells c;
    struct tariff t;
    int32_t *amounts_fen;
    struct contender *contenders;
    int64_t contender_count, contender_capacity;
};

struct plain *plain_new(const struct world *world, const struct tariff *tariff)
{
    struct plain *plain = calloc(1, sizeof *plain);
    check(plain);
    town_cells_of(world, &plain->c);
    plain->t = *tariff;
    plain->amounts_fen = malloc((size_t)plain->c.person_count * RULE_COUNT * sizeof(int32_t) + 1);
    check(plain->amounts_fen);
    return plain;
}

void plain_free(struct plain *plain)
{
    if (!plain)
        return;
    town_cells_done(&plain->c);
    free(plain->amounts_fen);
    free(plain->contenders);
    free(plain);
}

const int32_t *plain_amounts_fen(const struct plain *plain)
{
    return plain->amounts_fen;
}

int32_t rival_award_class(int32_t tier, int32_t place)
{
    if (tier == TOWN_tier_world && place == 1)
        return 5;
    if (tier == TOWN_tier_world && place <= 3)
        return 4;
    if (tier == TOWN_tier_nation_1 && place <= 3)
        return 3;
    if ((tier >= TOWN_tier_nation_2 && place <= 10) || (tier == TOWN_tier_province_1 && place == 1))
        return 2;
    if ((tier == TOWN_tier_province_1 && place <= 5) ||
        (tier == TOWN_tier_province_2 && place <= 3))
        return 1;
    return 0;
}

int rival_compare_contenders(const void *left, const void *right)
{
    const struct contender *a = left;
    const struct contender *b = right;
    if (a->tier != b->tier)
        return a->tier > b->tier ? -1 : 1;
    if (a->place != b->place)
        return a->place < b->place ? -1 : 1;
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    return (a->person_row > b->person_row) - (a->person_row < b->person_row);
}

static bool is_valid(const struct plain *s, int32_t cert)
{
    return s->c.cert_kind[cert] <= TOWN_cert_kind_skill_level &&
           s->c.cert_issued[cert] <= s->t.as_of_day;
}

static bool in_year(const struct plain *s, int32_t day)
{
    return day >= s->t.year_start_day && day <= s->t.as_of_day;
}

static bool of_working_age(const struct plain *s, int32_t p)
{
    return s->c.birth_day[p] <= s->t.birth_last_adult && s->c.birth_day[p] > s->t.birth_last_old;
}

static int32_t greater(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static int32_t technician(const struct plain *s, int32_t p)
{
    int32_t best_fen = 0;
    if ((s->c.job[p] != TOWN_job_firm_line && s->c.job[p] != TOWN_job_institution_line) ||
        s->c.employer[p] < 1)
        return 0;
    for (int32_t i = s->c.cert_first[p]; i < s->c.cert_first[p + 1]; i++)
        if (is_valid(s, i) && s->c.cert_level[i] >= TOWN_level_technician &&
            s->t.is_short[s->c.cert_occupation[i]])
            best_fen = greater(best_fen, s->t.technician_fen[s->c.cert_level[i]]);
    return best_fen;
}

/* Adds the best amounts of different keys. */
struct best {
    int32_t keys[64], fen[64];
    int32_t count;
};

static void best_offer(struct best *best, int32_t key, int32_t fen)
{
    for (int32_t i = 0; i < best->count; i++)
        if (best->keys[i] == key) {
            best->fen[i] = greater(best->fen[i], fen);
            return;
        }
    check(best->count < 64);
    best->keys[best->count] = key;
    best->fen[best->count++] = fen;
}

static int32_t best_sum(struct best *best, int32_t wanted)
{
    int32_t sum_fen = 0;
    for (int32_t taken = 0; taken < wanted && taken < best->count; taken++) {
        int32_t at = 0;
        for (int32_t i = 1; i < best->count; i++)
            at = best->fen[i] > best->fen[at] ? i : at;
        sum_fen += best->fen[at];
        best->fen[at] = 0;
    }
    return sum_fen;
}

static int32_t upgrade(const struct plain *s, int32_t p)
{
    struct best best = {.count = 0};
    if ((s->c.job[p] != TOWN_job_firm_line && s->c.job[p] != TOWN_job_firm_other) ||
        s->c.insured_months[p] < s->t.insured_least)
        return 0;
    for (int32_t i = s->c.cert_first[p]; i < s->c.cert_first[p + 1]; i++) {
        int32_t level = s->c.cert_level[i];
        if (!is_valid(s, i) || level < TOWN_level_junior || level > TOWN_level_senior ||
            !in_year(s, s->c.cert_issued[i]))
            continue;
        bool paid = false;
        for (int32_t k = s->c.paid_first[p]; k < s->c.paid_first[p + 1]; k++)
            paid |= s->c.paid_occupation[k] == s->c.cert_occupation[i] &&
                    s->c.paid_level[k] >= level;
        if (!paid)
            best_offer(&best, s->c.cert_occupation[i] * LEVELS + level, s->t.upgrade_fen[level]);
    }
    return best_sum(&best, s->t.upgrade_best);
}

static int32_t apprentice(const struct plain *s, int32_t p)
{
    int32_t best_fen = 0;
    if (s->c.employer[p] < 1 || !of_working_age(s, p))
        return 0;
    for (int32_t i = s->c.train_first[p]; i < s->c.train_first[p + 1]; i++)
        if (s->c.train_form[i] == TOWN_form_apprenticeship && s->c.train_passed[i] &&
            in_year(s, s->c.train_end[i]) && s->c.train_hours[i] >= s->t.apprentice_hours_least)
            best_fen = greater(best_fen, s->t.apprentice_fen[s->c.train_target[i]]);
    return best_fen;
}

static int32_t place_of(const struct plain *s, int32_t award)
{
    return s->c.award_place[award] < PLACES ? s->c.award_place[award] : PLACES - 1;
}

static int32_t prize(const struct plain *s, int32_t p)
{
    int32_t best_fen = 0;
    for (int32_t i = s->c.award_first[p]; i < s->c.award_first[p + 1]; i++)
        if (in_year(s, s->c.award_day[i]))
            best_fen =
                greater(best_fen, s->t.prize_fen[s->c.award_tier[i]][place_of(s, i)]);
    return best_fen;
}

static void contend(struct plain *s, int32_t p)
{
    struct contender best = {.tier = 0};
    for (int32_t i = s->c.award_first[p]; i < s->c.award_first[p + 1] && !s->c.titled[p]; i++) {
        struct contender one = {s->c.award_tier[i], s->c.award_place[i], s->c.award_day[i], p};
        bool stands = in_year(s, one.day) && ((one.tier == TOWN_tier_city_1 && one.place <= 3) ||
                                              (one.tier == TOWN_tier_city_2 && one.place == 1));
        if (stands && (best.tier == 0 || rival_compare_contenders(&one, &best) < 0))
            best = one;
    }
    if (best.tier == 0)
        return;
    if (s->contender_count == s->contender_capacity) {
        s->contender_capacity = s->contender_capacity * 2 + 1024;
        s->contenders =
            realloc(s->contenders, (size_t)s->contender_capacity * sizeof *s->contenders);
        check(s->contenders);
    }
    s->contenders[s->contender_count++] = best;
}

static int32_t promotion(const struct plain *s, int32_t p)
{
    int32_t best_fen = 0;
    for (int32_t i = s->c.award_first[p]; i < s->c.award_first[p + 1]; i++) {
        if (!in_year(s, s->c.award_day[i]) || s->c.award_tier[i] < TOWN_tier_province_2 ||
            s->c.award_place[i] > 3)
            continue;
        int32_t target = s->t.promoted_level[s->c.award_tier[i]];
        int32_t highest = 0;
        for (int32_t k = s->c.cert_first[p]; k < s->c.cert_first[p + 1]; k++)
            if (is_valid(s, k) && s->c.cert_occupation[k] == s->c.award_occupation[i])
                highest = greater(highest, s->c.cert_level[k]);
        if (highest < target)
            best_fen = greater(best_fen, s->t.promotion_fen[target]);
    }
    return best_fen;
}

static int32_t cert_class(const struct plain *s, int32_t p, int32_t cert)
{
    switch (s->c.cert_level[cert]) {
    case TOWN_level_chief_technician:
        return 4;
    case TOWN_level_special_technician:
        return 3;
    case TOWN_level_senior_technician:
        return s->c.insured_months[p] >= s->t.insured_long ? 2 : 1;
    case TOWN_level_technician:
        return s->t.is_short[s->c.cert_occupation[cert]] &&
               s->c.birth_day[p] > s->t.birth_last_senior;
    default:
        return 0;
    }
}

static int32_t talent(const struct plain *s, int32_t p)
{
    int32_t best = 0;
    if (s->c.employer[p] < 1 || s->c.birth_day[p] <= s->t.birth_last_old)
        return 0;
    for (int32_t i = s->c.award_first[p]; i < s->c.award_first[p + 1]; i++)
        if (s->c.award_day[i] <= s->t.as_of_day)
            best = greater(best, rival_award_class(s->c.award_tier[i], s->c.award_place[i]));
    for (int32_t i = s->c.cert_first[p]; i < s->c.cert_first[p + 1]; i++)
        if (is_valid(s, i))
            best = greater(best, cert_class(s, p, i));
    return s->t.class_fen[best];
}

static int32_t training(const struct plain *s, int32_t p)
{
    struct best best = {.count = 0};
    int32_t job = s->c.job[p];
    if (job == TOWN_job_institution_line || job == TOWN_job_student || job == TOWN_job_retired ||
        !of_working_age(s, p))
        return 0;
    for (int32_t i = s->c.train_first[p]; i < s->c.train_first[p + 1]; i++) {
        if (s->c.train_form[i] != TOWN_form_ordinary || !s->c.train_passed[i] ||
            !in_year(s, s->c.train_end[i]) || s->c.train_hours[i] < s->t.training_hours_least)
            continue;
        int32_t occupation = s->c.train_occupation[i];
        int32_t fen = s->c.train_hours[i] * s->t.hour_fen[s->t.price_tier[occupation]];
        best_offer(&best, occupation, fen < s->t.training_fen_max ? fen : s->t.training_fen_max);
    }
    return best_sum(&best, s->t.training_best);
}

static void settle(const struct plain *s, int32_t *fen)
{
    if (fen[RULE_talent] >= fen[RULE_technician] && fen[RULE_talent] > 0)
        fen[RULE_technician] = 0;
    else
        fen[RULE_talent] = 0;
    static const enum tariff_rule together[] = {RULE_upgrade, RULE_apprentice, RULE_training};
    int32_t room_fen = s->t.together_fen_max;
    for (int32_t i = 0; i < 3; i++) {
        int32_t *amount_fen = &fen[together[i]];
        *amount_fen = *amount_fen < room_fen ? *amount_fen : room_fen;
        room_fen -= *amount_fen;
    }
}

static void totals(const struct plain *s, struct outcome *outcome)
{
    for (int32_t p = 0; p < s->c.person_count; p++)
        for (int32_t rule = 0; rule < RULE_COUNT; rule++) {
            struct cell cell = {p, rule, s->amounts_fen[(int64_t)p * RULE_COUNT + rule]};
            if (cell.amount_fen == 0)
                continue;
            outcome_add(outcome, &cell, s->c.region[p]);
            outcome->checksum += outcome_checksum(p, rule, cell.amount_fen);
        }
}

void plain_run(struct plain *s, struct outcome *ret_outcome)
{
    s->contender_count = 0;
    for (int32_t p = 0; p < s->c.person_count; p++) {
        int32_t *fen = s->amounts_fen + (int64_t)p * RULE_COUNT;
        fen[RULE_technician] = technician(s, p);
        fen[RULE_upgrade] = upgrade(s, p);
        fen[RULE_apprentice] = apprentice(s, p);
        fen[RULE_prize] = prize(s, p);
        fen[RULE_title] = 0;
        fen[RULE_promotion] = promotion(s, p);
        fen[RULE_talent] = talent(s, p);
        fen[RULE_training] = training(s, p);
        contend(s, p);
        settle(s, fen);
    }
    qsort(s->contenders, (size_t)s->contender_count, sizeof *s->contenders,
          rival_compare_contenders);
    for (int64_t i = 0; i < s->contender_count && i < s->t.title_quota; i++)
        s->amounts_fen[(int64_t)s->contenders[i].person_row * RULE_COUNT + RULE_title] =
            s->t.title_fen;
    memset(ret_outcome, 0, sizeof *ret_outcome);
    totals(s, ret_outcome);
}
