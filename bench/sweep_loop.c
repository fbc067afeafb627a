#include "sweep_loop.h"

#include "base/day.h"
#include "domain/registry/registry.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { TITLES_MAX = 1024, GRANT_CAPACITY_MIN = 4096 };

/* Titles of a set are found by one look-up: bit of the set in the word of the code. */
#define SET_BIT(name) (1u << SET_##name)
_Static_assert(SWEEP_SET_COUNT <= 16, "a set is a bit of 16");

/* The columns that the rules read. An absent cell of an int8_t, int16_t or int32_t is the smallest
 * number; a day that has not come is the largest, so most comparisons need no test for absence. */
struct cells {
    int32_t person_count;
    const int16_t *person_died;
    const int32_t *person_division;
    const int8_t *person_education;
    int32_t organisation_count;
    const int8_t *organisation_kind;
    const int16_t *organisation_closed;
    const int32_t *organisation_division;
    const int32_t *group_first;
    const int16_t *group_from, *group_to;
    const int32_t *role_first;
    const int16_t *role_from, *role_to;
    const int8_t *role_kind;
    const int32_t *job_first, *job_owner, *job_employer;
    const int16_t *job_from, *job_to;
    const int8_t *job_post, *job_front_line, *job_full_time;
    const int32_t *certificate_first, *certificate_occupation;
    const int16_t *certificate_issued, *certificate_expires;
    const int8_t *certificate_kind, *certificate_level, *certificate_state;
    const int32_t *training_first, *training_owner, *training_provider, *training_sponsor,
        *training_occupation;
    const int16_t *training_end;
    const int8_t *training_form, *training_project, *training_level, *training_passed;
    const int32_t *award_first, *award_owner, *award_occupation;
    const int16_t *award_day, *award_brought_in;
    const int8_t *award_tier, *award_prize, *award_squad, *award_place;
    const int32_t *honour_first, *honour_owner;
    const int16_t *honour_granted, *honour_term_end, *honour_withdrawn;
    const int16_t *honour_title;
    const int8_t *honour_route;
    const int32_t *title_first;
    const int16_t *title_granted;
    const int8_t *title_level;
    int32_t carrier_count;
    const int32_t *carrier_owner, *carrier_master;
    const int16_t *carrier_approved, *carrier_closed;
    const int8_t *carrier_kind, *carrier_tier;
    int32_t contest_count;
    const int32_t *contest_owner;
    const int16_t *contest_held;
    const int8_t *contest_tier;
    int32_t programme_count;
    const int32_t *programme_owner;
    const int16_t *programme_approved;
    const int8_t *programme_kind, *programme_tier;
};

struct grant {
    int64_t amount_fen;
    int32_t rule, subject_row, basis_row, period;
};

/* Who stands for a place that is short: the larger key first, then the lower row. */
struct contender {
    int32_t rule, row;
    int64_t key;
};

/* What one thread does: a share of the rows of every table, all rules. */
struct slice {
    struct loop *loop;
    int32_t index, count;
    struct grant *grants;
    int64_t grant_count, grant_capacity;
    struct contender *contenders;
    int64_t contender_count, contender_capacity;
    struct sweep_figure figures[SWEEP_RULE_COUNT];
};

enum { COPIES_MAX = 64 };

struct copies { /* columns in the width that the loop is written for */
    void *cells[COPIES_MAX];
    int32_t count;
};

struct loop {
    struct cells cells;
    struct copies copies;
    struct sweep_days days;
    const struct catalogue_register *shortage;
    int64_t order_project;
    uint16_t title_sets[TITLES_MAX];
    atomic_uchar *trained; /* organisations that gave subsidised training this year */
    struct slice slices[LOOP_THREADS_MAX];
    int32_t slice_count;
};

/* ---- columns ---- */

/* The loop is written for one width of each field; a column that came out narrower or wider for the
 * values of this city is copied before anything is timed. */
static const void *bind(struct copies *copies, const struct world *world, int32_t table,
                        int32_t field, enum column_width width)
{
    const struct column *column = &world->tables[table].columns[field];
    if (column->width == width)
        return column->cells;
    int32_t row_count = world->tables[table].row_count;
    check(copies->count < COPIES_MAX);
    char *cells = malloc((size_t)row_count * column_width_size(width) + 1);
    check(cells);
    int64_t max = column_width_max(width);
    for (int32_t row = 0; row < row_count; row++) {
        int64_t value = column_value(column, row);
        int64_t cell = value == ABSENT_I64  ? -max - 1
                       : column->holds_never && value == DAY_NEVER ? max
                                                                   : value;
        check(cell >= -max - 1 && cell <= max);
        if (width == COLUMN_I8)
            ((int8_t *)cells)[row] = (int8_t)cell;
        else if (width == COLUMN_I16)
            ((int16_t *)(void *)cells)[row] = (int16_t)cell;
        else
            ((int32_t *)(void *)cells)[row] = (int32_t)cell;
    }
    copies->cells[copies->count++] = cells;
    return cells;
}

#define BIND(record, field, width)                                                                \
    bind(copies, world, REGISTRY_##record, FIELD_##record##_##field, width)
#define I8(record, field) BIND(record, field, COLUMN_I8)
#define I16(record, field) BIND(record, field, COLUMN_I16)
#define I32(record, field) BIND(record, field, COLUMN_I32)
#define FIRST(record) (world->tables[REGISTRY_##record].first_row)
#define OWNER(record) (world->tables[REGISTRY_##record].owner_rows)
#define ROWS(record) (world->tables[REGISTRY_##record].row_count)

static struct cells bind_people(const struct world *world, struct copies *copies)
{
    return (struct cells){
        .person_count = ROWS(person), .person_died = I16(person, died_day),
        .person_division = I32(person, division), .person_education = I8(person, education),
        .group_first = FIRST(person_group), .group_from = I16(person_group, from_day),
        .group_to = I16(person_group, to_day),
        .job_first = FIRST(employment), .job_owner = OWNER(employment),
        .job_employer = I32(employment, employer), .job_from = I16(employment, from_day),
        .job_to = I16(employment, to_day), .job_post = I8(employment, post),
        .job_front_line = I8(employment, front_line), .job_full_time = I8(employment, full_time),
        .certificate_first = FIRST(certificate), .certificate_kind = I8(certificate, kind),
        .certificate_occupation = I32(certificate, occupation),
        .certificate_issued = I16(certificate, issued_day),
        .certificate_expires = I16(certificate, expires_day),
        .certificate_level = I8(certificate, level), .certificate_state = I8(certificate, state),
        .training_first = FIRST(training), .training_owner = OWNER(training),
        .training_provider = I32(training, provider), .training_sponsor = I32(training, sponsor),
        .training_occupation = I32(training, occupation), .training_end = I16(training, end_day),
        .training_form = I8(training, form), .training_project = I8(training, project),
        .training_level = I8(training, target_level), .training_passed = I8(training, passed),
        .award_first = FIRST(award), .award_owner = OWNER(award),
        .award_occupation = I32(award, occupation), .award_place = I8(award, place),
        .award_day = I16(award, award_day), .award_brought_in = I16(award, brought_in_day),
        .award_tier = I8(award, contest_tier), .award_prize = I8(award, prize),
        .award_squad = I8(award, squad),
        .honour_first = FIRST(honour), .honour_owner = OWNER(honour),
        .honour_granted = I16(honour, granted_day), .honour_term_end = I16(honour, term_end_day),
        .honour_withdrawn = I16(honour, withdrawn_day), .honour_title = I16(honour, title),
        .honour_route = I8(honour, route),
        .title_first = FIRST(professional_title),
        .title_granted = I16(professional_title, granted_day),
        .title_level = I8(professional_title, level),
    };
}

static void bind_bodies(const struct world *world, struct copies *copies, struct cells *c)
{
    c->organisation_count = ROWS(organisation);
    c->organisation_kind = I8(organisation, kind);
    c->organisation_closed = I16(organisation, closed_day);
    c->organisation_division = I32(organisation, division);
    c->role_first = FIRST(organisation_role);
    c->role_from = I16(organisation_role, from_day);
    c->role_to = I16(organisation_role, to_day);
    c->role_kind = I8(organisation_role, role);
    c->carrier_count = ROWS(carrier);
    c->carrier_owner = OWNER(carrier);
    c->carrier_master = I32(carrier, master);
    c->carrier_approved = I16(carrier, approved_day);
    c->carrier_closed = I16(carrier, closed_day);
    c->carrier_kind = I8(carrier, kind);
    c->carrier_tier = I8(carrier, tier);
    c->contest_count = ROWS(contest);
    c->contest_owner = OWNER(contest);
    c->contest_held = I16(contest, held_day);
    c->contest_tier = I8(contest, tier);
    c->programme_count = ROWS(programme);
    c->programme_owner = OWNER(programme);
    c->programme_approved = I16(programme, approved_day);
    c->programme_kind = I8(programme, kind);
    c->programme_tier = I8(programme, tier);
}

/* ---- what is granted ---- */

static void grant(struct slice *s, int32_t rule, int32_t subject_row, int32_t basis_row,
                  int32_t period, int64_t amount_fen)
{
    if (s->grant_count == s->grant_capacity) {
        s->grant_capacity = s->grant_capacity ? s->grant_capacity * 2 : GRANT_CAPACITY_MIN;
        s->grants = realloc(s->grants, (size_t)s->grant_capacity * sizeof *s->grants);
        check(s->grants);
    }
    s->grants[s->grant_count++] =
        (struct grant){amount_fen, rule, subject_row, basis_row, period};
    s->figures[rule].granted_count++;
    s->figures[rule].amount_fen += amount_fen;
}

static void contend(struct slice *s, int32_t rule, int32_t row, int64_t key)
{
    if (s->contender_count == s->contender_capacity) {
        s->contender_capacity =
            s->contender_capacity ? s->contender_capacity * 2 : GRANT_CAPACITY_MIN;
        s->contenders = realloc(s->contenders,
                                (size_t)s->contender_capacity * sizeof *s->contenders);
        check(s->contenders);
    }
    s->contenders[s->contender_count++] = (struct contender){rule, row, key};
}

/* ---- conditions ---- */

static inline bool in(int32_t day, int32_t first_day, int32_t last_day)
{
    return day >= first_day && day <= last_day;
}

/* The document concerns the people and bodies of the division in its head. */
static inline bool is_local(int32_t division)
{
    return division / 100 == SWEEP_DIVISION / 100;
}

static inline bool is_concerned(const struct cells *c, int32_t person, int32_t day)
{
    return c->person_died[person] > day && is_local(c->person_division[person]);
}

static inline bool is_local_body(const struct cells *c, int32_t organisation)
{
    return is_local(c->organisation_division[organisation]);
}

static inline bool is_school(const struct cells *c, int32_t organisation)
{
    int8_t kind = c->organisation_kind[organisation];
    return kind == organisation_kind_technical_school ||
           kind == organisation_kind_secondary_school || kind == organisation_kind_higher_college;
}

static inline bool certificate_holds(const struct cells *c, int32_t row, int32_t day)
{
    return (c->certificate_kind[row] == certificate_kind_qualification ||
            c->certificate_kind[row] == certificate_kind_skill_level_certificate) &&
           c->certificate_state[row] == certificate_state_in_force &&
           c->certificate_issued[row] <= day && c->certificate_expires[row] >= day;
}

static inline bool has_level(const struct cells *c, int32_t person, int8_t level, int32_t day)
{
    for (int32_t i = c->certificate_first[person]; i < c->certificate_first[person + 1]; i++)
        if (c->certificate_level[i] >= level && certificate_holds(c, i, day))
            return true;
    return false;
}

/* Living here, with a certificate of a senior worker or higher that holds. */
static inline bool is_high_skilled(const struct cells *c, int32_t person, int32_t day)
{
    return is_concerned(c, person, day) && has_level(c, person, skill_level_senior_worker, day);
}

static int64_t highest_level(const struct cells *c, int32_t person, int32_t day)
{
    int64_t highest = ABSENT_I64;
    for (int32_t i = c->certificate_first[person]; i < c->certificate_first[person + 1]; i++)
        if (c->certificate_level[i] > highest && certificate_holds(c, i, day))
            highest = c->certificate_level[i];
    return highest;
}

static inline bool honour_in(const struct loop *loop, int32_t row, uint32_t sets)
{
    return loop->title_sets[loop->cells.honour_title[row]] & sets;
}

static inline bool honour_holds(const struct cells *c, int32_t row, int32_t day)
{
    return c->honour_granted[row] <= day && c->honour_withdrawn[row] > day;
}

static bool has_honour(const struct loop *loop, int32_t person, uint32_t sets)
{
    const struct cells *c = &loop->cells;
    for (int32_t i = c->honour_first[person]; i < c->honour_first[person + 1]; i++)
        if (honour_in(loop, i, sets) && honour_holds(c, i, loop->days.as_of))
            return true;
    return false;
}

static bool is_in_register(const struct catalogue_register *catalogue, int64_t code, int32_t day)
{
    int32_t low = 0;
    int32_t high = catalogue->row_count;
    while (low < high) {
        int32_t middle = (low + high) / 2;
        if (catalogue->rows[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < catalogue->row_count && catalogue->rows[low].code == code; low++)
        if (in(day, catalogue->rows[low].from_day, catalogue->rows[low].to_day))
            return true;
    return false;
}

/* A place that is not known is the smallest number. */
static inline bool placed(const struct cells *c, int32_t award, int32_t last_place)
{
    return in(c->award_place[award], 0, last_place);
}

static bool award_opens_hiring(const struct cells *c, int32_t row)
{
    int8_t prize = c->award_prize[row];
    if (c->award_squad[row] == 1)
        return true;
    switch (c->award_tier[row]) {
    case contest_tier_national_class_1:
        return placed(c, row, 20);
    case contest_tier_national_class_2:
        return placed(c, row, 15);
    case contest_tier_national_school:
        return prize == prize_first_prize || prize == prize_second_prize;
    case contest_tier_provincial_class_1:
        return placed(c, row, 5);
    case contest_tier_provincial_class_2:
        return placed(c, row, 3);
    case contest_tier_provincial_school:
        return prize == prize_first_prize;
    default:
        return false;
    }
}

static inline bool award_opens_application(const struct cells *c, int32_t row)
{
    return (c->award_tier[row] == contest_tier_city_class_1 && placed(c, row, 3)) ||
           (c->award_tier[row] == contest_tier_city_class_2 && placed(c, row, 1));
}

/* ---- rules about people: [first, end) of them ---- */

static void group_help(struct slice *s, int32_t first, int32_t end)
{
    const struct cells *c = &s->loop->cells;
    int32_t day = s->loop->days.as_of;
    for (int32_t person = first; person < end; person++)
        for (int32_t i = c->group_first[person]; i < c->group_first[person + 1]; i++)
            if (in(day, c->group_from[i], c->group_to[i]) && is_concerned(c, person, day)) {
                grant(s, SWEEP_group_help, person, person, 0, 0);
                break;
            }
}

static bool order_fulfilled(const struct cells *c, const struct sweep_days *d, int32_t training)
{
    int32_t person = c->training_owner[training];
    int32_t sponsor = c->training_sponsor[training];
    for (int32_t i = c->job_first[person]; sponsor >= 0 && i < c->job_first[person + 1]; i++)
        if (c->job_employer[i] == sponsor && c->job_full_time[i] == 1 &&
            c->job_from[i] >= c->training_end[training] &&
            in(c->job_from[i], d->year_start, d->as_of))
            return true;
    return false;
}

static void training_rules(struct slice *s, int32_t first, int32_t end)
{
    struct loop *loop = s->loop;
    const struct cells *c = &loop->cells;
    const struct sweep_days *d = &loop->days;
    for (int32_t i = c->training_first[first]; i < c->training_first[end]; i++) {
        int32_t person = c->training_owner[i];
        int8_t level = c->training_level[i];
        if (c->training_project[i] == loop->order_project && c->training_end[i] <= d->as_of &&
            c->training_passed[i] == 1 && is_local(c->person_division[person]) &&
            order_fulfilled(c, d, i))
            grant(s, SWEEP_order_training, person, i, d->year_start, 0);
        if (c->training_form[i] != training_form_subsidised ||
            !in(c->training_end[i], d->year_start, d->as_of))
            continue;
        if (c->training_provider[i] >= 0)
            atomic_store_explicit(&loop->trained[c->training_provider[i]], 1,
                                  memory_order_relaxed);
        if (c->training_passed[i] == 1 && level >= skill_level_senior_worker &&
            level <= skill_level_senior_technician && is_concerned(c, person, d->as_of) &&
            is_in_register(loop->shortage, c->training_occupation[i], c->training_end[i]))
            grant(s, SWEEP_shortage_training, person, i, d->year_start, 0);
    }
}

static bool works_for_enterprise(const struct cells *c, int32_t person, int32_t day)
{
    for (int32_t i = c->job_first[person]; i < c->job_first[person + 1]; i++)
        if (c->job_employer[i] >= 0 &&
            c->organisation_kind[c->job_employer[i]] == organisation_kind_enterprise &&
            c->job_post[i] > 0 && c->job_post[i] != post_kind_part_time_teaching &&
            in(day, c->job_from[i], c->job_to[i]))
            return true;
    return false;
}

static void part_time_teaching(struct slice *s, int32_t first, int32_t end)
{
    const struct cells *c = &s->loop->cells;
    const struct sweep_days *d = &s->loop->days;
    for (int32_t i = c->job_first[first]; i < c->job_first[end]; i++) {
        if (c->job_post[i] != post_kind_part_time_teaching ||
            !in(d->as_of, c->job_from[i], c->job_to[i]) || c->job_employer[i] < 0 ||
            !is_school(c, c->job_employer[i]))
            continue;
        int32_t person = c->job_owner[i];
        if (is_high_skilled(c, person, d->as_of) && works_for_enterprise(c, person, d->as_of))
            grant(s, SWEEP_part_time_teaching, person, i, d->year_start, 0);
    }
}

static bool may_be_hired(const struct loop *loop, int32_t person)
{
    const struct cells *c = &loop->cells;
    bool opened = has_honour(loop, person, SET_BIT(hiring_honour));
    for (int32_t i = c->award_first[person]; !opened && i < c->award_first[person + 1]; i++)
        opened = c->award_day[i] <= loop->days.as_of && award_opens_hiring(c, i);
    return opened && is_high_skilled(c, person, loop->days.as_of);
}

static void hiring_rules(struct slice *s, int32_t first, int32_t end)
{
    const struct cells *c = &s->loop->cells;
    for (int32_t person = first; person < end; person++) {
        if (!may_be_hired(s->loop, person))
            continue;
        grant(s, SWEEP_school_hiring, person, person, 0, 0);
        if (c->person_education[person] >= 0 && c->person_education[person] < education_bachelor)
            grant(s, SWEEP_practice_post, person, person, 0, 0);
    }
}

static void award_rules(struct slice *s, int32_t first, int32_t end)
{
    const struct cells *c = &s->loop->cells;
    const struct sweep_days *d = &s->loop->days;
    for (int32_t i = c->award_first[first]; i < c->award_first[end]; i++) {
        int8_t prize = c->award_prize[i];
        bool medal = prize == prize_gold || prize == prize_silver || prize == prize_bronze;
        if (c->award_tier[i] == contest_tier_world && medal &&
            (in(c->award_day[i], d->in_force, d->as_of) ||
             in(c->award_brought_in[i], d->in_force, d->as_of)) &&
            is_concerned(c, c->award_owner[i], d->as_of))
            grant(s, SWEEP_worldskills, c->award_owner[i], i, 0, 0);
    }
}

/* True when a certificate of the award's occupation at the level holds, or may hold. */
static bool may_have_level_already(const struct cells *c, int32_t award, int32_t day)
{
    int32_t person = c->award_owner[award];
    for (int32_t i = c->certificate_first[person]; i < c->certificate_first[person + 1]; i++) {
        int8_t level = c->certificate_level[i];
        int8_t state = c->certificate_state[i];
        if ((c->certificate_kind[i] == certificate_kind_qualification ||
             c->certificate_kind[i] == certificate_kind_skill_level_certificate) &&
            (state < 0 || state == certificate_state_in_force) &&
            (c->certificate_issued[i] <= day && c->certificate_expires[i] >= day) &&
            (c->award_occupation[award] < 0 ||
             c->certificate_occupation[i] == c->award_occupation[award]) &&
            (level < 0 || level >= skill_level_senior_worker))
            return true;
    }
    return false;
}

/* City contests: promotion for each result; the application for the title by tier and place. */
static void city_contest_rules(struct slice *s, int32_t first, int32_t end)
{
    const struct cells *c = &s->loop->cells;
    const struct sweep_days *d = &s->loop->days;
    int32_t last_person = -1, highest_tier = 0, lowest_place = 0;
    for (int32_t i = c->award_first[first]; i < c->award_first[end]; i++) {
        int32_t person = c->award_owner[i];
        if (!award_opens_application(c, i) || !in(c->award_day[i], d->year_start, d->as_of) ||
            !is_concerned(c, person, d->as_of))
            continue;
        if (!may_have_level_already(c, i, d->as_of))
            grant(s, SWEEP_contest_promotion, person, i, d->year_start, 0);
        bool again = person == last_person;
        int32_t tier = c->award_tier[i];
        int32_t place = c->award_place[i];
        highest_tier = again && highest_tier > tier ? highest_tier : tier;
        lowest_place = again && lowest_place < place ? lowest_place : place;
        if (!again)
            contend(s, SWEEP_expert_application, person, 0);
        s->contenders[s->contender_count - 1].key = highest_tier * INT64_C(1000) - lowest_place;
        last_person = person;
    }
}

/* The term runs to its recorded end, at most so many months. */
static bool chief_in_term(const struct loop *loop, int32_t row, int32_t start_day, int32_t day)
{
    const struct cells *c = &loop->cells;
    if (!honour_in(loop, row, SET_BIT(chief_technician)) || !honour_holds(c, row, day))
        return false;
    int32_t last_day = day_add_months(c->honour_granted[row], SWEEP_CHIEF_TERM_MONTHS) - 1;
    last_day = c->honour_term_end[row] < last_day ? c->honour_term_end[row] : last_day;
    return last_day >= start_day;
}

static void chief_allowance(struct slice *s, int32_t row)
{
    const struct loop *loop = s->loop;
    int32_t person = loop->cells.honour_owner[row];
    int32_t first_month = day_month(loop->days.year_start);
    for (int32_t month = first_month; month < first_month + loop->days.month_count; month++) {
        int32_t day = month_last_day(month);
        day = day < loop->days.as_of ? day : loop->days.as_of;
        if (chief_in_term(loop, row, month_first_day(month), day) &&
            is_concerned(&loop->cells, person, day))
            grant(s, SWEEP_chief_allowance, person, row, month, SWEEP_MONTH_FEN);
    }
}

/* Rules that pay for each honour. */
static void honour_rules(struct slice *s, int32_t first, int32_t end)
{
    struct loop *loop = s->loop;
    const struct cells *c = &loop->cells;
    const struct sweep_days *d = &loop->days;
    const uint32_t paid_sets = SET_BIT(chief_technician) | SET_BIT(city_expert) |
                               SET_BIT(city_master) | SET_BIT(national_honour);
    for (int32_t i = c->honour_first[first]; i < c->honour_first[end]; i++) {
        int32_t person = c->honour_owner[i];
        if (!honour_in(loop, i, paid_sets))
            continue;
        if (honour_in(loop, i, SET_BIT(chief_technician)))
            chief_allowance(s, i);
        if (!in(c->honour_granted[i], d->in_force, d->as_of) ||
            c->honour_withdrawn[i] <= d->as_of || !is_concerned(c, person, d->as_of))
            continue;
        if (honour_in(loop, i, SET_BIT(city_expert)))
            grant(s, SWEEP_expert_award, person, i, 0, SWEEP_EXPERT_FEN);
        if (honour_in(loop, i, SET_BIT(city_master)))
            grant(s, SWEEP_master_award, person, i, 0, 0);
        bool told = c->honour_route[i] == honour_route_selected ||
                    c->honour_route[i] == honour_route_brought_in;
        if (honour_in(loop, i, SET_BIT(national_honour)) && told &&
            is_high_skilled(c, person, d->as_of))
            grant(s, SWEEP_national_honour, person, i, 0, 0);
    }
}

/* Rules about people who hold any of some honours. */
static void holder_rules(struct slice *s, int32_t first, int32_t end)
{
    struct loop *loop = s->loop;
    const struct cells *c = &loop->cells;
    int32_t day = loop->days.as_of;
    for (int32_t person = first; person < end; person++) {
        if (c->honour_first[person] == c->honour_first[person + 1] || !is_concerned(c, person, day))
            continue;
        if (has_honour(loop, person, SET_BIT(leading_honour)))
            grant(s, SWEEP_leader_study, person, person, 0, 0);
        if (has_honour(loop, person, SET_BIT(card_honour)))
            grant(s, SWEEP_city_card, person, person, 0, 0);
        if (has_honour(loop, person, SET_BIT(city_honour)) && is_high_skilled(c, person, day))
            contend(s, SWEEP_grand_award, person, highest_level(c, person, day));
    }
}

static bool works_front_line(const struct cells *c, int32_t person, int32_t day)
{
    for (int32_t i = c->job_first[person]; i < c->job_first[person + 1]; i++)
        if (c->job_front_line[i] == 1 && in(day, c->job_from[i], c->job_to[i]) &&
            c->job_employer[i] >= 0 &&
            c->organisation_kind[c->job_employer[i]] == organisation_kind_enterprise)
            return true;
    return false;
}

static bool works_as_master(const struct cells *c, int32_t person, int32_t day)
{
    const uint32_t kinds = 1u << organisation_kind_research_institute |
                           1u << organisation_kind_technical_school |
                           1u << organisation_kind_secondary_school |
                           1u << organisation_kind_higher_college |
                           1u << organisation_kind_university | 1u << organisation_kind_enterprise;
    for (int32_t i = c->job_first[person]; i < c->job_first[person + 1]; i++) {
        int8_t post = c->job_post[i];
        if ((post == post_kind_teaching || post == post_kind_production ||
             post == post_kind_practice_instructor) &&
            in(day, c->job_from[i], c->job_to[i]) && c->job_employer[i] >= 0 &&
            kinds >> c->organisation_kind[c->job_employer[i]] & 1)
            return true;
    }
    return false;
}

static bool has_high_title(const struct cells *c, int32_t person, int32_t day)
{
    for (int32_t i = c->title_first[person]; i < c->title_first[person + 1]; i++)
        if (c->title_level[i] >= title_level_associate_senior_title && c->title_granted[i] <= day)
            return true;
    return false;
}

static bool is_chief_already(const struct loop *loop, int32_t person)
{
    const struct cells *c = &loop->cells;
    for (int32_t i = c->honour_first[person]; i < c->honour_first[person + 1]; i++)
        if (chief_in_term(loop, i, loop->days.in_force, loop->days.as_of))
            return true;
    return false;
}

/* Selections among senior technicians. */
static void selection_rules(struct slice *s, int32_t first, int32_t end)
{
    struct loop *loop = s->loop;
    const struct cells *c = &loop->cells;
    int32_t day = loop->days.as_of;
    for (int32_t person = first; person < end; person++) {
        if (!has_level(c, person, skill_level_senior_technician, day) ||
            !is_concerned(c, person, day))
            continue;
        if (works_front_line(c, person, day) && !is_chief_already(loop, person))
            contend(s, SWEEP_chief_selection, person, highest_level(c, person, day));
        if (has_high_title(c, person, day) && works_as_master(c, person, day))
            grant(s, SWEEP_master_selection, person, person, 0, 0);
    }
}

/* ---- rules about bodies ---- */

static void firm_rules(struct slice *s, int32_t first, int32_t end)
{
    const struct cells *c = &s->loop->cells;
    const struct sweep_days *d = &s->loop->days;
    for (int32_t body = first; body < end; body++) {
        if (c->organisation_kind[body] != organisation_kind_enterprise ||
            c->organisation_closed[body] <= d->as_of || !is_local_body(c, body))
            continue;
        for (int32_t i = c->role_first[body]; i < c->role_first[body + 1]; i++)
            if (c->role_kind[i] == organisation_role_kind_apprentice_project &&
                c->role_from[i] <= d->as_of && c->role_to[i] >= d->year_start) {
                grant(s, SWEEP_apprentice_firm, body, body, d->year_start, 0);
                break;
            }
    }
}

static void carrier_rules(struct slice *s, int32_t first, int32_t end)
{
    struct loop *loop = s->loop;
    const struct cells *c = &loop->cells;
    const struct sweep_days *d = &loop->days;
    for (int32_t i = first; i < end; i++) {
        int8_t kind = c->carrier_kind[i];
        int8_t level = c->carrier_tier[i];
        int32_t master = c->carrier_master[i];
        if (!in(c->carrier_approved[i], d->in_force, d->as_of) ||
            c->carrier_closed[i] <= d->as_of || !is_local_body(c, c->carrier_owner[i]))
            continue;
        if ((kind == carrier_kind_training_base || kind == carrier_kind_master_studio) &&
            level == tier_city_tier && c->carrier_approved[i] <= d->carrier_last)
            grant(s, SWEEP_carrier_building, i, i, 0, SWEEP_CARRIER_FEN);
        if ((kind == carrier_kind_master_studio && level == tier_national_tier) ||
            (kind == carrier_kind_technician_station && level == tier_provincial_tier))
            grant(s, SWEEP_carrier_upper, i, i, 0, 0);
        if (kind == carrier_kind_innovation_studio && master >= 0 &&
            has_honour(loop, master, SET_BIT(city_craftsman)))
            grant(s, SWEEP_innovation_studio, i, i, 0, SWEEP_STUDIO_FEN);
        if ((kind == carrier_kind_worldskills_key_base || kind == carrier_kind_worldskills_base) &&
            level == tier_provincial_tier)
            grant(s, SWEEP_worldskills_base, i, i, 0, 0);
    }
}

static void contest_rules(struct slice *s, int32_t first, int32_t end)
{
    const struct cells *c = &s->loop->cells;
    const struct sweep_days *d = &s->loop->days;
    for (int32_t i = first; i < end; i++) {
        int32_t tier = c->contest_tier[i];
        bool upper = tier >= contest_tier_provincial_school &&
                     tier <= contest_tier_national_class_1;
        bool city = tier == contest_tier_city_class_1 || tier == contest_tier_city_class_2;
        if ((upper || city) && in(c->contest_held[i], d->year_start, d->as_of) &&
            is_local_body(c, c->contest_owner[i]))
            grant(s, upper ? SWEEP_contest_host : SWEEP_contest_support, i, i, d->year_start, 0);
    }
}

static void school_programme(struct slice *s, int32_t first, int32_t end)
{
    const struct cells *c = &s->loop->cells;
    const struct sweep_days *d = &s->loop->days;
    for (int32_t i = first; i < end; i++)
        if ((c->programme_kind[i] == programme_kind_quality_technical_school ||
             c->programme_kind[i] == programme_kind_quality_technical_major) &&
            c->programme_tier[i] == tier_provincial_tier &&
            in(c->programme_approved[i], d->in_force, d->as_of) &&
            is_local_body(c, c->programme_owner[i]))
            grant(s, SWEEP_school_programme, i, i, 0, 0);
}

/* ---- the sweep ---- */

struct share {
    int32_t first, end;
};

static struct share share_of(const struct slice *s, int32_t row_count)
{
    return (struct share){(int32_t)((int64_t)row_count * s->index / s->count),
                          (int32_t)((int64_t)row_count * (s->index + 1) / s->count)};
}

static void *slice_run(void *context)
{
    static void (*const person_rules[])(struct slice *s, int32_t first, int32_t end) = {
        group_help,  training_rules,     part_time_teaching, hiring_rules, award_rules,
        city_contest_rules, honour_rules, holder_rules,      selection_rules,
    };
    struct slice *s = context;
    const struct cells *c = &s->loop->cells;
    s->grant_count = s->contender_count = 0;
    memset(s->figures, 0, sizeof s->figures);
    struct share people = share_of(s, c->person_count);
    for (size_t i = 0; i < sizeof person_rules / sizeof person_rules[0]; i++)
        person_rules[i](s, people.first, people.end);
    struct share bodies = share_of(s, c->organisation_count);
    firm_rules(s, bodies.first, bodies.end);
    struct share carriers = share_of(s, c->carrier_count);
    carrier_rules(s, carriers.first, carriers.end);
    struct share contests = share_of(s, c->contest_count);
    contest_rules(s, contests.first, contests.end);
    struct share programmes = share_of(s, c->programme_count);
    school_programme(s, programmes.first, programmes.end);
    return NULL;
}

static int contender_compare(const void *left, const void *right)
{
    const struct contender *a = left;
    const struct contender *b = right;
    if (a->rule != b->rule)
        return a->rule < b->rule ? -1 : 1;
    if (a->key != b->key)
        return a->key > b->key ? -1 : 1;
    return a->row < b->row ? -1 : a->row > b->row;
}

/* Gathers the contenders in the first slice and gives the places to the best. */
static void give_places(struct loop *loop)
{
    struct slice *s = &loop->slices[0];
    for (int32_t i = 1; i < loop->slice_count; i++)
        for (int64_t k = 0; k < loop->slices[i].contender_count; k++) {
            const struct contender *contender = &loop->slices[i].contenders[k];
            contend(s, contender->rule, contender->row, contender->key);
        }
    qsort(s->contenders, (size_t)s->contender_count, sizeof *s->contenders, contender_compare);
    int32_t places_left[SWEEP_RULE_COUNT] = {
        [SWEEP_grand_award] = SWEEP_GRAND_AWARD_QUOTA,
        [SWEEP_chief_selection] = SWEEP_CHIEF_QUOTA,
        [SWEEP_expert_application] = SWEEP_EXPERT_QUOTA,
    };
    for (int64_t i = 0; i < s->contender_count; i++) {
        const struct contender *contender = &s->contenders[i];
        if (places_left[contender->rule]-- > 0)
            grant(s, contender->rule, contender->row, contender->row, 0, 0);
    }
}

static void school_training(struct loop *loop)
{
    for (int32_t body = 0; body < loop->cells.organisation_count; body++)
        if (is_school(&loop->cells, body) && loop->trained[body] &&
            is_local_body(&loop->cells, body))
            grant(&loop->slices[0], SWEEP_school_training, body, body, loop->days.year_start, 0);
}

void loop_run(struct loop *loop, int32_t thread_count, struct sweep_figure *ret_figures)
{
    pthread_t threads[LOOP_THREADS_MAX];
    check(thread_count > 0 && thread_count <= LOOP_THREADS_MAX);
    loop->slice_count = thread_count;
    memset(loop->trained, 0, (size_t)loop->cells.organisation_count);
    for (int32_t i = 0; i < thread_count; i++) {
        loop->slices[i].loop = loop;
        loop->slices[i].index = i;
        loop->slices[i].count = thread_count;
        int failed = i > 0 ? pthread_create(&threads[i], NULL, slice_run, &loop->slices[i]) : 0;
        check(!failed);
    }
    slice_run(&loop->slices[0]);
    for (int32_t i = 1; i < thread_count; i++) {
        int failed = pthread_join(threads[i], NULL);
        check(!failed);
    }
    give_places(loop);
    school_training(loop);
    memset(ret_figures, 0, SWEEP_RULE_COUNT * sizeof *ret_figures);
    for (int32_t i = 0; i < thread_count; i++)
        for (int32_t rule = 0; rule < SWEEP_RULE_COUNT; rule++) {
            ret_figures[rule].granted_count += loop->slices[i].figures[rule].granted_count;
            ret_figures[rule].amount_fen += loop->slices[i].figures[rule].amount_fen;
        }
}

int64_t loop_grant_count(const struct loop *loop)
{
    int64_t grant_count = 0;
    for (int32_t i = 0; i < loop->slice_count; i++)
        grant_count += loop->slices[i].grant_count;
    return grant_count;
}

struct loop *loop_new(const struct world *world, const struct sweep_words *words,
                      const struct sweep_days *days)
{
    struct loop *loop = calloc(1, sizeof *loop);
    check(loop);
    loop->cells = bind_people(world, &loop->copies);
    bind_bodies(world, &loop->copies, &loop->cells);
    loop->days = *days;
    loop->shortage = words->shortage;
    loop->order_project = words->sets[SET_order_training].codes[0];
    for (int32_t set = 0; set < SWEEP_SET_COUNT; set++)
        for (int32_t i = 0; set != SET_order_training && i < words->sets[set].count; i++) {
            int64_t code = words->sets[set].codes[i];
            check(code >= 0 && code < TITLES_MAX);
            loop->title_sets[code] |= (uint16_t)(1u << set);
        }
    loop->trained = calloc((size_t)loop->cells.organisation_count + 1, sizeof *loop->trained);
    check(loop->trained);
    return loop;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    for (int32_t i = 0; i < LOOP_THREADS_MAX; i++) {
        free(loop->slices[i].grants);
        free(loop->slices[i].contenders);
    }
    for (int32_t i = 0; i < loop->copies.count; i++)
        free(loop->copies.cells[i]);
    free(loop->trained);
    free(loop);
}
