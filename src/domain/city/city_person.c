/* The people of a made city. Each person is drawn from their number alone; a table's rows are drawn
 * from a stream of that table, so that a change in one leaves the others as they are.
 *
 * 1. Who a person is (struct self) may be made again for another number: doubles do.
 * 2. Rows of a table come in ascending number: row_number counts up within the person.
 */
#include "domain/city/city_fact.h"

#include "base/day.h"

#include <inttypes.h>
#include <string.h>

enum {
    SELF_ADULT_MONTHS = 16 * 12, /* registered from this age on */
    /* serials that one person may take: two lower, top, second, contest */
    CERTIFICATES_EACH = 6,
    CORRECTION_DAYS_MIN = 20,
    CORRECTION_DAYS_MAX = 200,
    JOB_YEARS_MAX = 20,
};

#define DAY_LONG_MS INT64_C(86400000)

struct self {
    int32_t birth_day;
    int64_t of_day;
    int32_t sex;
    int64_t division;
    struct str name;
};

struct maker {
    const struct city_plan *plan;
    const struct city_profile *profile;
    struct city_batch *batch;
    int64_t person;
    int64_t person_id;
    int64_t known_ms;
    struct self self;
    int32_t today_day;
    int32_t age;
    const struct city_group *slots[CITY_LAYER_COUNT];
    int64_t members[CITY_LAYER_COUNT];
    bool skilled;
    int32_t step;          /* highest level certificate; 0: none */
    int64_t occupation;
    int32_t issued_day;    /* of the highest; ABSENT_I32 when there is none */
    int32_t training_start_day, training_end_day; /* of the project's course */
    struct certificate papers[CERTIFICATES_EACH]; /* as they stand now */
    int32_t paper_count;
    int64_t employer;      /* number of the organisation; -1: none */
    int32_t job_from_day;
    int32_t row_numbers[REGISTRY_RECORD_COUNT];
};

static struct city_draw draw_of(const struct maker *m, uint32_t table)
{
    return city_draw_start(m->plan->given.seed, table, (uint64_t)m->person);
}

/* A row of one of the person's tables with its head set. */
static void *person_row(struct maker *m, enum registry_table table, int32_t fact_day,
                        struct city_draw *draw)
{
    struct record_head *head = city_batch_row(m->batch, table);
    int64_t number = m->person * CITY_ROWS_EACH_MAX + m->row_numbers[table]++;
    check(m->row_numbers[table] < CITY_ROWS_EACH_MAX);
    city_head(m->plan, head, table, number, m->person_id, fact_day, m->known_ms, draw);
    return head;
}

static int32_t day_earlier(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int32_t day_later(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static int32_t first_day(const struct maker *m)
{
    return year_first_day((int32_t)m->profile->first_year);
}

/* ---- who a person is ---- */

static struct self self_make(const struct city_plan *plan, struct arena *arena, int64_t person,
                             int64_t birth_place)
{
    struct city_draw draw = city_draw_start(plan->given.seed, CITY_DRAW_BASE, (uint64_t)person);
    struct self self = {0};
    self.birth_day = city_birth_day(plan, birth_place, &self.of_day);
    self.sex = city_draw_chance(&draw, plan->profile->male_bp) ? sex_male : sex_female;
    self.division = city_pick(&plan->districts, &draw)->code;
    self.name = city_person_name(arena, plan, self.sex, &draw);
    return self;
}

static void slots_find(struct maker *m, int64_t birth_place)
{
    for (int32_t layer = 0; layer < CITY_LAYER_COUNT; layer++)
        m->slots[layer] =
            city_slot(m->plan, (enum city_layer)layer, birth_place, &m->members[layer]);
}

/* Every second person may be the one before, registered again with a passport by a clerk who heard
 * the name differently. */
static bool is_double(const struct maker *m, struct city_draw *draw)
{
    bool has_slot = m->slots[CITY_HONOURS] != NULL || m->slots[CITY_AWARDS] != NULL ||
                    m->slots[CITY_PROJECTS] != NULL;
    return m->person % 2 == 1 && !has_slot && city_draw_chance(draw, 2 * m->profile->double_bp);
}

static void identity_fill(struct maker *m, struct person *row, struct city_draw *draw)
{
    struct arena *texts = &m->batch->texts;
    if (is_double(m, draw)) {
        int64_t twin = m->person - 1;
        m->self = self_make(m->plan, texts, twin, city_birth_place(m->plan, twin));
        m->self.name = city_misspelt(texts, m->plan, m->self.name, draw);
        row->identity_kind = identity_kind_passport;
        row->identity = city_passport(texts, m->person);
    } else {
        row->identity_kind = city_maybe(m->profile->missing_bp, identity_kind_resident_id, draw);
        row->identity =
            city_identity(texts, m->plan, m->self.birth_day, m->self.of_day, m->self.sex);
    }
    row->name = m->self.name;
    row->birth_day = m->self.birth_day;
    row->sex = m->self.sex;
    row->division = (int32_t)m->self.division;
}

/* Whose phone or account a person gives: their own, or that of the first of the family. */
static int64_t shared_by(const struct maker *m, int64_t share_bp, struct city_draw *draw)
{
    return city_draw_chance(draw, share_bp) ? city_family(m->person) : m->person;
}

static void person_fill(struct maker *m)
{
    const struct city_profile *profile = m->profile;
    struct city_draw draw = draw_of(m, REGISTRY_person);
    struct person *row = city_batch_row(m->batch, REGISTRY_person);
    struct arena *texts = &m->batch->texts;
    identity_fill(m, row, &draw);
    int32_t registered =
        day_later(first_day(m), day_add_months(m->self.birth_day, SELF_ADULT_MONTHS));
    city_head(m->plan, &row->head, REGISTRY_person, m->person, 0, registered, INT64_MIN, &draw);
    row->education = city_maybe(profile->missing_bp,
                                (int32_t)city_pick(&profile->education, &draw)->code, &draw);
    int32_t household =
        city_draw_chance(&draw, profile->rural_bp) ? household_rural : household_urban;
    row->household = city_maybe(profile->missing_bp, household, &draw);
    if (city_draw_chance(&draw, profile->phone_bp))
        row->phone = city_phone(texts, m->plan, shared_by(m, profile->family_phone_bp, &draw));
    if (city_draw_chance(&draw, profile->bank_account_bp))
        row->bank_account =
            city_bank_account(texts, m->plan, shared_by(m, profile->family_account_bp, &draw));
    if (city_draw_chance(&draw, profile->consent_bp))
        row->consent_day = (int32_t)city_draw_between(&draw, registered, m->today_day);
    if (city_draw_chance(&draw, profile->died_bp))
        row->died_day = (int32_t)city_draw_between(&draw, registered, m->today_day);
    m->age = day_years_between(m->self.birth_day, m->today_day);
    m->person_id = row->head.id;
    m->known_ms = row->head.known_ms;
}

/* ---- skill ---- */

static int32_t pick_step(const struct maker *m, int32_t low, int32_t high, struct city_draw *draw)
{
    const struct city_list *list = &m->profile->level;
    int64_t sum = 0;
    for (int32_t i = 0; i < list->count; i++)
        if (list->items[i].code >= low && list->items[i].code <= high)
            sum += list->items[i].value;
    int64_t at = city_draw_below(draw, sum > 0 ? sum : 1);
    int32_t step = low;
    for (int32_t i = 0; i < list->count; i++) {
        if (list->items[i].code < low || list->items[i].code > high)
            continue;
        step = (int32_t)list->items[i].code;
        if (at < list->items[i].value)
            break;
        at -= list->items[i].value;
    }
    while (step > low && m->age < city_list_value(&m->profile->level_age, step, 0))
        step--;
    return step;
}

/* The step that an honour or a studio asks of its holder; now and then the holder lacks it. */
static int32_t slot_step(const struct maker *m, struct city_draw *draw)
{
    const struct city_group *slot = m->slots[CITY_HONOURS];
    bool is_short = city_draw_chance(draw, m->profile->honour_short_bp);
    if (slot == NULL || is_short)
        return 0;
    if (slot->master >= 0)
        return skill_level_technician;
    return (int32_t)city_list_value(&m->profile->honour_level, slot->code,
                                    skill_level_senior_worker);
}

static void skill_decide(struct maker *m)
{
    struct city_draw draw = draw_of(m, CITY_DRAW_SKILL);
    int64_t adult_age = city_list_value(&m->profile->level_age, skill_level_senior_worker, 18);
    m->skilled = city_draw_chance(&draw, m->profile->skilled_bp);
    bool high = m->age >= adult_age && city_draw_chance(&draw, m->plan->high_share_bp);
    int32_t asked = slot_step(m, &draw);
    m->step = 0;
    if (m->skilled)
        m->step =
            high ? pick_step(m, skill_level_senior_worker, skill_level_chief_technician, &draw)
                 : pick_step(m, skill_level_junior_worker, skill_level_intermediate_worker, &draw);
    if (m->step < asked)
        m->step = asked;
    m->skilled = m->step > 0;
    m->occupation = city_pick_occupation(m->plan, m->step, &draw);
}

/* The first day inside twelve months back from today, the one on the edge and the one outside. */
static int32_t edge_day(const struct maker *m, struct city_draw *draw)
{
    int32_t edge = day_add_months(m->today_day, -12);
    return edge + (int32_t)city_draw_between(draw, -1, 1);
}

static int32_t certificate_day(const struct maker *m, int32_t step, struct city_draw *draw)
{
    int32_t age_months = 12 * (int32_t)city_list_value(&m->profile->level_age, step, 18);
    int32_t first = day_later(first_day(m), day_add_months(m->self.birth_day, age_months));
    int32_t last = m->today_day;
    const struct city_group *slot = m->slots[CITY_HONOURS];
    if (step > skill_level_senior_technician)
        first = day_later(first, year_first_day((int32_t)m->profile->advanced_post_first_year));
    else if (slot != NULL)
        last = day_earlier(last, year_first_day(slot->year) - 1);
    if (first > last)
        return day_earlier(first, m->today_day);
    int32_t edge = edge_day(m, draw);
    if (city_draw_chance(draw, m->profile->edge_certificate_bp) && edge >= first && edge <= last)
        return edge;
    return last - (int32_t)city_draw_early(draw, 0, last - first);
}

struct paper {
    int32_t step;
    int64_t occupation;
    int32_t issued_day;
    int32_t route;
};

/* 职业资格 until the reform, 等级认定 after it, with a share of the other on either side. */
static int32_t paper_kind(const struct maker *m, const struct paper *paper, struct city_draw *draw)
{
    if (paper->step == 0)
        return certificate_kind_special_ability;
    if (paper->step > skill_level_senior_technician)
        return certificate_kind_skill_level_certificate;
    if (day_year(paper->issued_day) < m->profile->level_certificate_first_year)
        return certificate_kind_qualification;
    int64_t share_bp = day_year(paper->issued_day) <= m->profile->qualification_last_year
                           ? m->profile->qualification_before_bp
                           : m->profile->qualification_after_bp;
    return city_draw_chance(draw, share_bp) ? certificate_kind_qualification
                                            : certificate_kind_skill_level_certificate;
}

static int32_t paper_state(const struct maker *m, struct city_draw *draw)
{
    if (city_draw_chance(draw, m->profile->revoked_bp))
        return certificate_state_revoked;
    if (city_draw_chance(draw, m->profile->suspended_bp))
        return certificate_state_suspended;
    return city_maybe(m->profile->missing_bp, certificate_state_in_force, draw);
}

/* The n-th certificate of a person takes a serial that no one else has at the agency. */
static void paper_number(struct maker *m, struct certificate *row, struct city_draw *draw)
{
    int64_t agencies = city_agency_count(m->plan);
    int64_t ordinal = m->row_numbers[REGISTRY_certificate] - 1;
    check(ordinal < CERTIFICATES_EACH);
    bool leveled = row->kind == certificate_kind_skill_level_certificate;
    struct city_certificate c = {
        .kind = row->kind,
        .level = row->level == ABSENT_I32 ? 0 : row->level,
        .year = day_year(row->issued_day),
        .agency = (m->person + ordinal) % agencies,
        .serial = (leveled ? m->person / agencies : m->person) * CERTIFICATES_EACH + ordinal + 1,
    };
    int64_t organisation = city_agency_organisation(m->plan, c.agency, &c.is_enterprise);
    row->number = city_certificate_number(&m->batch->texts, m->plan, &c);
    row->issuer =
        city_maybe_id(m->profile->issuer_missing_bp, city_organisation_id(organisation), draw);
}

/* The first version of a corrected row; the corrected one follows it. False when the correction
 * would come after today. */
static bool correct_later(const struct maker *m, struct record_head *older,
                          struct record_head *newer, struct city_draw *draw)
{
    int64_t days = city_draw_between(draw, CORRECTION_DAYS_MIN, CORRECTION_DAYS_MAX);
    int64_t known_ms = older->known_ms + days * DAY_LONG_MS;
    if (known_ms >= m->today_day * DAY_LONG_MS)
        return false;
    older->gone_ms = known_ms;
    newer->known_ms = known_ms;
    return true;
}

static void paper_add(struct maker *m, const struct paper *paper, struct city_draw *draw)
{
    struct certificate *row = person_row(m, REGISTRY_certificate, paper->issued_day, draw);
    row->occupation = (int32_t)paper->occupation;
    row->level = paper->step == 0 ? ABSENT_I32 : paper->step;
    row->issued_day = paper->issued_day;
    row->kind = paper_kind(m, paper, draw);
    row->route = city_maybe(m->profile->missing_bp, paper->route, draw);
    row->state = paper_state(m, draw);
    if (row->kind == certificate_kind_special_ability)
        row->expires_day =
            day_add_months(row->issued_day, (int32_t)(12 * m->profile->special_expires_years)) - 1;
    else if (city_draw_chance(draw, m->profile->expired_bp))
        row->expires_day = (int32_t)city_draw_between(draw, row->issued_day, m->today_day);
    paper_number(m, row, draw);
    m->papers[m->paper_count++] = *row;
    struct certificate newer = *row;
    if (!city_draw_chance(draw, m->profile->correction_bp) ||
        !correct_later(m, &row->head, &newer.head, draw))
        return;
    row->issued_day -= (int32_t)city_draw_between(draw, 1, 31);
    memcpy(city_batch_row(m->batch, REGISTRY_certificate), &newer, sizeof newer);
}

static void lower_papers(struct maker *m, const struct paper *top, struct city_draw *draw)
{
    int32_t day = top->issued_day;
    int32_t lowest = top->step;
    int32_t days[2];
    int32_t count = 0;
    while (count < 2 && lowest > skill_level_junior_worker &&
           city_draw_chance(draw, m->profile->lower_certificate_bp)) {
        day = day_add_months(day, -(int32_t)city_draw_between(draw, 24, 60));
        int32_t age_months =
            12 * (int32_t)city_list_value(&m->profile->level_age, lowest - 1, 18);
        if (day < day_add_months(m->self.birth_day, age_months))
            break;
        days[count++] = day;
        lowest--;
    }
    while (count > 0) {
        count--;
        paper_add(m,
                  &(struct paper){top->step - count - 1, top->occupation, days[count], top->route},
                  draw);
    }
}

/* Winners may be promoted a step in the occupation of their contest, up to senior technician. */
static void promotion_paper(struct maker *m, struct city_draw *draw)
{
    const struct city_group *slot = m->slots[CITY_AWARDS];
    if (slot == NULL || m->step >= skill_level_senior_technician ||
        !city_draw_chance(draw, m->profile->promoted_bp))
        return;
    int64_t contest = (m->members[CITY_AWARDS] - slot->first) / slot->each;
    int32_t won_day = city_contest_day(m->plan, slot->code, slot->year, contest);
    int32_t issued_day = won_day + (int32_t)city_draw_between(draw, 20, 90);
    if (won_day == ABSENT_I32 || issued_day > m->today_day)
        return;
    int32_t step = m->step < skill_level_intermediate_worker ? skill_level_senior_worker
                                                             : m->step + 1;
    struct paper paper = {step, city_contest_occupation(m->plan, slot->code, slot->year, contest),
                          issued_day, certificate_route_contest_result};
    paper_add(m, &paper, draw);
}

static void certificates_fill(struct maker *m)
{
    struct city_draw draw = draw_of(m, REGISTRY_certificate);
    m->issued_day = ABSENT_I32;
    if (m->skilled) {
        struct paper top = {m->step, m->occupation, certificate_day(m, m->step, &draw),
                            certificate_route_examination};
        if (city_draw_chance(&draw, m->profile->direct_recognition_bp))
            top.route = certificate_route_direct_recognition;
        lower_papers(m, &top, &draw);
        paper_add(m, &top, &draw);
        m->issued_day = top.issued_day;
        if (city_draw_chance(&draw, m->profile->second_occupation_bp)) {
            int32_t step =
                m->step > skill_level_senior_worker ? skill_level_senior_worker : m->step;
            paper_add(m, &(struct paper){step, city_pick_occupation(m->plan, step, &draw),
                                         certificate_day(m, step, &draw),
                                         certificate_route_examination},
                      &draw);
        }
    }
    promotion_paper(m, &draw);
    if (city_draw_chance(&draw, m->profile->special_ability_bp) &&
        m->row_numbers[REGISTRY_certificate] < CERTIFICATES_EACH)
        paper_add(m, &(struct paper){0, m->occupation,
                                     certificate_day(m, skill_level_junior_worker, &draw),
                                     certificate_route_examination},
                  &draw);
}

/* ---- training ---- */

static void training_result(const struct maker *m, struct training *row, int32_t days,
                            struct city_draw *draw)
{
    const struct city_profile *profile = m->profile;
    row->class_hours =
        city_maybe(profile->missing_bp,
                   (int32_t)city_draw_between(draw, profile->training_hours_min,
                                              profile->training_hours_max),
                   draw);
    if (row->start_day + days > m->today_day ||
        city_draw_chance(draw, profile->unfinished_training_bp))
        return; /* still running, or left */
    row->end_day = row->start_day + days;
    row->passed = city_maybe(profile->missing_bp, city_draw_chance(draw, profile->pass_bp), draw);
}

static int64_t pick_provider(const struct maker *m, struct city_draw *draw)
{
    int32_t kind = city_draw_chance(draw, m->profile->provider_body_bp)
                       ? organisation_kind_training_body
                       : organisation_kind_technical_school;
    int64_t number = city_pick_organisation(m->plan, kind, draw);
    return city_maybe_id(m->profile->missing_bp, city_organisation_id(number), draw);
}

static int32_t project_step(const struct maker *m, int64_t project, struct city_draw *draw)
{
    const struct city_list *list = &m->profile->project_level;
    int64_t count = 0;
    int32_t step = ABSENT_I32;
    for (int32_t i = 0; i < list->count; i++) /* each of the rows as likely as the others */
        if (list->items[i].code == project && city_draw_below(draw, ++count) == 0)
            step = (int32_t)list->items[i].value;
    return step;
}

static void project_training(struct maker *m, struct city_draw *draw)
{
    const struct city_group *slot = m->slots[CITY_PROJECTS];
    int32_t start_day = slot == NULL ? ABSENT_I32 : city_day_in(m->plan, slot->year, draw);
    m->training_end_day = ABSENT_I32;
    m->training_start_day = start_day;
    if (start_day == ABSENT_I32)
        return;
    struct training *row = person_row(m, REGISTRY_training, start_day, draw);
    row->provider = pick_provider(m, draw);
    row->form = training_form_subsidised;
    row->content = training_content_post_upgrade;
    row->project = (int32_t)slot->code;
    row->occupation = (int32_t)m->occupation;
    row->target_level = project_step(m, slot->code, draw);
    row->start_day = start_day;
    int64_t role = city_list_value(&m->profile->project_role, slot->code, 0);
    if (role > 0 && city_role_count(m->plan, (int32_t)role) > 0) {
        int64_t member = city_draw_below(draw, city_role_count(m->plan, (int32_t)role));
        m->employer = city_role_organisation(m->plan, (int32_t)role, member);
        row->sponsor = city_organisation_id(m->employer);
    }
    int32_t months = (int32_t)city_list_value(&m->profile->project_months, slot->code, 1);
    int32_t days = day_add_months(start_day, months) - start_day - 1;
    training_result(m, row, days, draw);
    if (row->end_day != ABSENT_I32)
        m->training_end_day = row->end_day;
}

static void trainings_fill(struct maker *m)
{
    struct city_draw draw = draw_of(m, REGISTRY_training);
    m->employer = -1;
    project_training(m, &draw);
    int32_t count = city_draw_chance(&draw, m->profile->training_bp);
    if (count == 1 && city_draw_chance(&draw, m->profile->second_training_bp))
        count = 2;
    int32_t start = m->today_day - (int32_t)city_draw_early(&draw, 10, 2000);
    for (; count > 0; count--, start += 200) {
        if (start > m->today_day)
            return;
        struct training *row = person_row(m, REGISTRY_training, start, &draw);
        row->provider = pick_provider(m, &draw);
        row->form = (int32_t)city_pick(&m->profile->training_form, &draw)->code;
        row->content = (int32_t)city_pick(&m->profile->training_content, &draw)->code;
        if (row->form == training_form_employer_run)
            row->sponsor = city_organisation_id(city_pick_organisation(
                m->plan, organisation_kind_enterprise, &draw));
        row->occupation = city_maybe(m->profile->missing_bp, (int32_t)m->occupation, &draw);
        if (m->step > 0 && row->content == training_content_post_upgrade)
            row->target_level = m->step;
        row->start_day = start;
        training_result(m, row, (int32_t)city_draw_between(&draw, 3, 90), &draw);
    }
}

/* ---- work and insurance ---- */

static int32_t employer_kind(const struct city_profile *profile, int32_t post,
                             struct city_draw *draw)
{
    static const int32_t schools[] = {organisation_kind_technical_school,
                                      organisation_kind_secondary_school,
                                      organisation_kind_higher_college};
    static const int32_t others[] = {organisation_kind_public_institution,
                                     organisation_kind_research_institute,
                                     organisation_kind_hr_agency, organisation_kind_social_body};
    switch (post) {
    case post_kind_teaching:
    case post_kind_part_time_teaching:
    case post_kind_practice_instructor:
        return schools[city_draw_below(draw, 3)];
    case post_kind_civil_servant:
        return organisation_kind_government;
    case post_kind_technical:
    case post_kind_management:
        return city_draw_chance(draw, profile->office_firm_bp) ? organisation_kind_enterprise
                                                               : others[city_draw_below(draw, 4)];
    default:
        return organisation_kind_enterprise;
    }
}

static void job_add(struct maker *m, int64_t employer, int32_t post, int32_t from_day,
                    int32_t to_day, struct city_draw *draw)
{
    const struct city_profile *profile = m->profile;
    struct employment *row = person_row(m, REGISTRY_employment, from_day, draw);
    int64_t line_bp = post == post_kind_production ? profile->front_line_bp
                                                   : profile->other_front_line_bp;
    int64_t occupation = city_draw_chance(draw, profile->same_occupation_bp)
                             ? m->occupation
                             : city_pick_occupation(m->plan, 0, draw);
    row->employer = city_organisation_id(employer);
    row->occupation = city_maybe(profile->missing_bp, (int32_t)occupation, draw);
    row->post = city_maybe(profile->missing_bp, post, draw);
    row->front_line =
        city_maybe(profile->missing_front_line_bp, city_draw_chance(draw, line_bp), draw);
    row->full_time = city_maybe(profile->missing_bp,
                                post != post_kind_part_time_teaching &&
                                    !city_draw_chance(draw, profile->part_time_bp),
                                draw);
    row->from_day = from_day;
    row->to_day = to_day;
    struct employment newer = *row;
    if (!city_draw_chance(draw, profile->correction_bp) ||
        !correct_later(m, &row->head, &newer.head, draw))
        return;
    row->front_line = row->front_line == 1 ? 0 : 1;
    memcpy(city_batch_row(m->batch, REGISTRY_employment), &newer, sizeof newer);
}

/* Holders of honours and leaders of studios work where they can be honoured. */
static int32_t post_decide(const struct maker *m, struct city_draw *draw)
{
    int32_t post = (int32_t)city_pick(&m->profile->post, draw)->code;
    bool on_the_floor = m->employer >= 0 || m->slots[CITY_HONOURS] != NULL;
    bool elsewhere = post == post_kind_flexible || post == post_kind_civil_servant;
    return on_the_floor && elsewhere ? post_kind_production : post;
}

static int64_t employer_decide(const struct maker *m, int32_t post, struct city_draw *draw)
{
    const struct city_group *slot = m->slots[CITY_HONOURS];
    int64_t any = city_pick_organisation(m->plan, employer_kind(m->profile, post, draw), draw);
    if (slot != NULL && slot->master >= 0)
        return city_carrier_owner(m->plan,
                                  slot->master + m->members[CITY_HONOURS] - slot->first);
    return m->employer >= 0 ? m->employer : any;
}

static void jobs_fill(struct maker *m)
{
    struct city_draw draw = draw_of(m, REGISTRY_employment);
    bool needed = m->employer >= 0 || m->slots[CITY_HONOURS] != NULL;
    bool employed = city_draw_chance(&draw, m->profile->employed_bp) || needed;
    int32_t post = post_decide(m, &draw);
    m->job_from_day = ABSENT_I32;
    if (!employed || post == post_kind_flexible) {
        m->employer = -1;
        return;
    }
    m->employer = employer_decide(m, post, &draw);
    int32_t first = day_later(day_add_months(m->self.birth_day, 18 * 12),
                              day_add_months(m->today_day, -12 * JOB_YEARS_MAX));
    int32_t from =
        (int32_t)city_draw_between(&draw, day_earlier(first, m->today_day), m->today_day);
    if (m->training_end_day != ABSENT_I32 &&
        city_draw_chance(&draw, m->profile->job_after_training_bp))
        from = day_earlier(m->training_end_day + (int32_t)city_draw_between(&draw, 1, 90),
                           m->today_day);
    if (city_draw_chance(&draw, m->profile->former_job_bp) && from - first > 200) {
        int32_t former_from = (int32_t)city_draw_between(&draw, first, from - 100);
        int32_t former_to = from - 1 - (int32_t)city_draw_early(&draw, 0, 90);
        int64_t former = city_pick_organisation(m->plan, organisation_kind_enterprise, &draw);
        job_add(m, former, post_kind_production, former_from, former_to, &draw);
    }
    job_add(m, m->employer, post, from, ABSENT_I32, &draw);
    m->job_from_day = from;
}

static void span_add(struct maker *m, int32_t insurance, int32_t from_month, int32_t to_month,
                     struct city_draw *draw)
{
    if (from_month > to_month)
        return;
    int32_t told_day = day_earlier(month_last_day(to_month), m->today_day);
    struct insured_span *row = person_row(m, REGISTRY_insured_span, told_day, draw);
    row->insurance = insurance;
    row->payer = m->employer < 0 ? ABSENT_I64
                                 : city_maybe_id(m->profile->missing_bp,
                                                 city_organisation_id(m->employer), draw);
    row->from_month = from_month;
    row->to_month = to_month;
}

/* Months around the thresholds that schemes ask for, ending with the month of the certificate. */
static bool edge_span(struct maker *m, struct city_draw *draw)
{
    static const int32_t lengths[] = {11, 12, 13, 35, 36, 37};
    if (m->issued_day == ABSENT_I32 || !city_draw_chance(draw, m->profile->edge_insured_bp))
        return false;
    int32_t to = day_month(m->issued_day);
    span_add(m, insurance_kind_unemployment, to - lengths[city_draw_below(draw, 6)] + 1, to, draw);
    return true;
}

static void insured_fill(struct maker *m)
{
    struct city_draw draw = draw_of(m, REGISTRY_insured_span);
    const struct city_profile *profile = m->profile;
    if (m->job_from_day == ABSENT_I32)
        return;
    int32_t from = day_month(m->job_from_day);
    int32_t to = day_month(m->today_day) - (int32_t)city_draw_below(&draw, 2);
    if (city_draw_chance(&draw, profile->stopped_insurance_bp))
        to -= (int32_t)city_draw_between(&draw, 2, 20);
    if (!edge_span(m, &draw)) {
        int32_t gap = to + 1;
        if (to - from > 6 && city_draw_chance(&draw, profile->missing_month_bp))
            gap = (int32_t)city_draw_between(&draw, from + 1, to - 1);
        span_add(m, insurance_kind_unemployment, from, gap - 1, &draw);
        span_add(m, insurance_kind_unemployment, gap + 1, to, &draw);
    }
    if (city_draw_chance(&draw, profile->pension_bp))
        span_add(m, insurance_kind_pension, from, to, &draw);
    if (city_draw_chance(&draw, profile->injury_bp))
        span_add(m, insurance_kind_injury, from, to, &draw);
}

/* ---- groups, awards, honours, titles ---- */

static void groups_fill(struct maker *m)
{
    struct city_draw draw = draw_of(m, REGISTRY_person_group);
    const struct city_list *list = &m->profile->group;
    for (int32_t i = 0; i < list->count; i++) {
        if (!city_draw_chance(&draw, list->items[i].value))
            continue;
        int32_t first = day_later(first_day(m),
                                  day_add_months(m->self.birth_day, SELF_ADULT_MONTHS));
        int32_t from = (int32_t)city_draw_between(&draw, first, m->today_day);
        struct person_group *row = person_row(m, REGISTRY_person_group, from, &draw);
        row->group_code = (int32_t)list->items[i].code;
        row->from_day = from;
        if (city_draw_chance(&draw, m->profile->left_group_bp))
            row->to_day = (int32_t)city_draw_between(&draw, from, m->today_day);
        if (!city_draw_chance(&draw, m->profile->missing_bp))
            row->evidence = STR("部门数据比对");
    }
}

static int32_t prize_of(int64_t tier, int64_t place)
{
    bool medals = tier == contest_tier_world;
    int32_t first = medals ? prize_gold : prize_first_prize;
    return place <= 3 ? first + (int32_t)place - 1 : prize_merit;
}

static void awards_fill(struct maker *m)
{
    const struct city_profile *profile = m->profile;
    const struct city_group *slot = m->slots[CITY_AWARDS];
    if (slot == NULL)
        return;
    struct city_draw draw = draw_of(m, REGISTRY_award);
    int64_t of_group = m->members[CITY_AWARDS] - slot->first;
    int64_t contest = of_group / slot->each;
    int64_t place = of_group % slot->each + 1;
    int32_t day = city_contest_day(m->plan, slot->code, slot->year, contest);
    if (day == ABSENT_I32)
        return;
    struct award *row = person_row(m, REGISTRY_award, day, &draw);
    row->contest_name =
        city_contest_name(m->plan, &m->batch->texts, slot->code, slot->year, contest);
    row->contest_tier = (int32_t)slot->code;
    row->occupation = city_maybe(
        profile->missing_bp,
        (int32_t)city_contest_occupation(m->plan, slot->code, slot->year, contest), &draw);
    row->place = city_maybe(profile->missing_place_bp, (int32_t)place, &draw);
    bool has_prizes = slot->code == contest_tier_world ||
                      slot->code == contest_tier_national_school ||
                      slot->code == contest_tier_provincial_school;
    int64_t missing_bp = has_prizes ? profile->missing_place_bp : profile->missing_prize_bp;
    row->prize = city_maybe(missing_bp, prize_of(slot->code, place), &draw);
    bool reaches_squad = slot->code >= contest_tier_national_class_2;
    row->squad = reaches_squad && city_draw_chance(&draw, profile->squad_bp);
    row->award_day = day;
    if (city_draw_chance(&draw, profile->brought_in_bp))
        row->brought_in_day = (int32_t)city_draw_between(&draw, day, m->today_day);
    bool of_schools = slot->code == contest_tier_national_school ||
                      slot->code == contest_tier_provincial_school;
    row->contest_kind =
        city_maybe(profile->missing_bp,
                   of_schools ? contest_kind_school_contest : contest_kind_occupation_contest,
                   &draw);
}

static void honour_add(struct maker *m, int64_t title, int32_t year, struct city_draw *draw)
{
    const struct city_profile *profile = m->profile;
    int32_t day = city_day_in(m->plan, year, draw);
    if (day == ABSENT_I32)
        return;
    struct honour *row = person_row(m, REGISTRY_honour, day, draw);
    int32_t route = city_draw_chance(draw, profile->brought_in_bp) ? honour_route_brought_in
                                                                   : honour_route_selected;
    row->title = (int32_t)title;
    row->route = city_maybe(profile->missing_bp, route, draw);
    row->score =
        city_maybe(profile->missing_bp, (int32_t)(100 - city_draw_early(draw, 0, 35)), draw);
    row->granted_day = day;
    int64_t months = city_list_value(&profile->honour_months, title, 0);
    if (months > 0 && !city_draw_chance(draw, profile->missing_bp))
        row->term_end_day = day_add_months(day, (int32_t)months) - 1;
    if (city_draw_chance(draw, profile->withdrawn_bp))
        row->withdrawn_day = (int32_t)city_draw_between(draw, day, m->today_day);
}

static void honours_fill(struct maker *m)
{
    const struct city_group *slot = m->slots[CITY_HONOURS];
    if (slot == NULL)
        return;
    struct city_draw draw = draw_of(m, REGISTRY_honour);
    if (slot->master < 0) {
        honour_add(m, slot->code, slot->year, &draw);
        return;
    }
    const struct city_list *list = &m->profile->carrier_honour;
    for (int32_t i = 0; i < list->count; i++)
        if (list->items[i].value == slot->code &&
            city_draw_chance(&draw, m->profile->master_honour_bp))
            honour_add(m, list->items[i].code, slot->year - 1, &draw);
}

static void titles_fill(struct maker *m)
{
    struct city_draw draw = draw_of(m, REGISTRY_professional_title);
    const struct city_group *slot = m->slots[CITY_HONOURS];
    int64_t asked = slot == NULL || slot->master >= 0
                        ? 0
                        : city_list_value(&m->profile->honour_title, slot->code, 0);
    bool is_short = city_draw_chance(&draw, m->profile->honour_short_bp);
    if (asked == 0 && !city_draw_chance(&draw, m->profile->title_bp))
        return;
    int32_t first = day_later(first_day(m), day_add_months(m->self.birth_day, 22 * 12));
    int32_t last = asked > 0 ? year_first_day(slot->year) - 1 : m->today_day;
    int32_t day = first > last ? last : (int32_t)city_draw_between(&draw, first, last);
    struct professional_title *row = person_row(m, REGISTRY_professional_title, day, &draw);
    int64_t level = city_pick(&m->profile->title, &draw)->code;
    if (asked > 0)
        level = is_short && asked > title_level_junior_title ? asked - 1 : asked;
    row->level = (int32_t)level;
    if (!city_draw_chance(&draw, m->profile->missing_bp))
        row->series = STR("工程");
    row->granted_day = day;
}

/* ---- sittings, payments, agreements, schooling ---- */

enum { PASS_MARK = 60, FULL_MARK = 100 }; /* what made marks lie around; rules have their own */

static int32_t mark_of(const struct maker *m, bool passes, struct city_draw *draw)
{
    int64_t mark = passes ? city_draw_between(draw, PASS_MARK, FULL_MARK - 2)
                          : PASS_MARK - city_draw_early(draw, 1, 25);
    return city_maybe(m->profile->missing_bp, (int32_t)mark, draw);
}

static void sitting_add(struct maker *m, const struct certificate *paper, int32_t day, bool passes,
                        struct city_draw *draw)
{
    struct assessment *row = person_row(m, REGISTRY_assessment, day, draw);
    row->assess_body = paper->issuer;
    row->kind = paper->kind;
    row->occupation = paper->occupation;
    row->level = paper->level;
    row->assess_day = day;
    row->attended = passes || !city_draw_chance(draw, m->profile->absent_bp);
    if (row->attended == 0)
        return;
    bool fails_theory = !passes && city_draw_chance(draw, CITY_WHOLE_BP / 2);
    row->theory_mark = mark_of(m, !fails_theory, draw);
    row->skill_mark = mark_of(m, passes || fails_theory, draw);
    if (paper->level != ABSENT_I32 && paper->level >= skill_level_technician)
        row->review_mark = mark_of(m, true, draw);
}

/* Each examined certificate follows a sitting; failures before it come as often as the share of
 * passes says. */
static void assessments_fill(struct maker *m)
{
    enum { BEFORE_ISSUE_DAYS_MAX = 40, RESIT_DAYS = 120 };
    struct city_draw draw = draw_of(m, REGISTRY_assessment);
    int32_t first = year_first_day((int32_t)m->profile->assessment_first_year);
    int64_t pass_bp = m->profile->pass_bp;
    for (int32_t i = 0; i < m->paper_count; i++) {
        const struct certificate *paper = &m->papers[i];
        bool is_examined = paper->route == ABSENT_I32 ||
                           paper->route == certificate_route_examination;
        int32_t day =
            paper->issued_day - (int32_t)city_draw_between(&draw, 5, BEFORE_ISSUE_DAYS_MAX);
        bool failed = city_draw_chance(&draw, (CITY_WHOLE_BP - pass_bp) * CITY_WHOLE_BP / pass_bp);
        if (!is_examined || day - RESIT_DAYS < first)
            continue;
        if (failed)
            sitting_add(m, paper, day - RESIT_DAYS, false, &draw);
        sitting_add(m, paper, day, true, &draw);
    }
}

static void payments_fill(struct maker *m)
{
    struct city_draw draw = draw_of(m, REGISTRY_payment);
    for (int32_t i = 0; i < m->paper_count; i++) {
        const struct certificate *paper = &m->papers[i];
        int64_t yuan = city_list_value(&m->profile->paid_yuan, paper->level, 0);
        int32_t day = paper->issued_day + (int32_t)city_draw_between(&draw, 20, 300);
        if (!city_draw_chance(&draw, m->profile->paid_bp) || yuan == 0 || day > m->today_day)
            continue;
        struct payment *row = person_row(m, REGISTRY_payment, day, &draw);
        row->kind = subsidy_kind_skill_upgrade_money;
        row->occupation = paper->occupation;
        row->level = paper->level;
        row->amount_fen = yuan * 100;
        row->paid_day = day;
        if (city_draw_chance(&draw, m->profile->paid_elsewhere_bp))
            row->place = (int32_t)m->profile->paid_place;
    }
}

static int64_t mentor_pick(const struct maker *m, struct city_draw *draw)
{
    int64_t person = city_draw_below(draw, m->plan->given.people);
    bool lacks = person == m->person || city_draw_chance(draw, m->profile->mentor_missing_bp);
    return lacks ? ABSENT_I64 : city_id(REGISTRY_person, person);
}

static void agreements_fill(struct maker *m)
{
    const struct city_group *slot = m->slots[CITY_PROJECTS];
    struct city_draw draw = draw_of(m, REGISTRY_apprentice_agreement);
    int64_t role = slot == NULL ? 0 : city_list_value(&m->profile->project_role, slot->code, 0);
    if (role != organisation_role_kind_apprentice_project || m->employer < 0 ||
        m->training_start_day == ABSENT_I32)
        return;
    struct apprentice_agreement *row =
        person_row(m, REGISTRY_apprentice_agreement, m->training_start_day, &draw);
    row->employer = city_organisation_id(m->employer);
    row->school = city_organisation_id(
        city_pick_organisation(m->plan, organisation_kind_technical_school, &draw));
    row->employer_mentor = mentor_pick(m, &draw);
    row->school_mentor = mentor_pick(m, &draw);
    row->monthly_wage_fen =
        city_draw_between(&draw, m->profile->wage_fen_min, m->profile->wage_fen_max) / 10000 *
        10000;
    row->from_day = m->training_start_day;
    row->to_day = day_add_months(m->training_start_day,
                                 12 * (int32_t)city_draw_between(&draw, 1, 3)) - 1;
}

static int32_t school_kind(int32_t class_kind)
{
    switch (class_kind) {
    case class_kind_secondary_class:
        return organisation_kind_secondary_school;
    case class_kind_college_class:
        return organisation_kind_higher_college;
    default:
        return organisation_kind_technical_school;
    }
}

static void enrolments_fill(struct maker *m)
{
    enum { SCHOOL_AGE_END = 23, RECORD_AGE_END = 35, COURSE_YEARS = 3 };
    struct city_draw draw = draw_of(m, REGISTRY_enrolment);
    bool is_young = m->age < SCHOOL_AGE_END;
    int64_t share_bp = is_young                  ? m->profile->enrolled_bp
                       : m->age < RECORD_AGE_END ? m->profile->graduated_bp
                                                 : 0;
    int32_t start_age = (int32_t)city_draw_between(&draw, 15, 18);
    int32_t year = day_year(day_add_months(m->self.birth_day, 12 * start_age));
    int32_t enrolled_day = year_first_day(year) + 243; /* the first days of September */
    if (!city_draw_chance(&draw, share_bp) || enrolled_day > m->today_day ||
        enrolled_day < first_day(m))
        return;
    struct enrolment *row = person_row(m, REGISTRY_enrolment, enrolled_day, &draw);
    row->class_kind = (int32_t)city_pick(&m->profile->class_kind, &draw)->code;
    row->school = city_organisation_id(
        city_pick_organisation(m->plan, school_kind(row->class_kind), &draw));
    row->occupation = city_maybe(m->profile->missing_bp, (int32_t)m->occupation, &draw);
    row->enrolled_day = enrolled_day;
    int32_t graduated_day = day_add_months(enrolled_day, 12 * COURSE_YEARS) - 63; /* end of June */
    if (graduated_day <= m->today_day)
        row->graduated_day = graduated_day;
}

static void person_make(const struct city_plan *plan, struct city_batch *batch, int64_t person)
{
    struct maker m = {.plan = plan,
                      .profile = plan->profile,
                      .batch = batch,
                      .person = person,
                      .today_day = plan->given.today_day};
    int64_t birth_place = city_birth_place(plan, person);
    m.self = self_make(plan, &batch->texts, person, birth_place);
    slots_find(&m, birth_place);
    person_fill(&m);
    skill_decide(&m);
    certificates_fill(&m);
    trainings_fill(&m);
    jobs_fill(&m);
    insured_fill(&m);
    groups_fill(&m);
    awards_fill(&m);
    honours_fill(&m);
    titles_fill(&m);
    assessments_fill(&m);
    payments_fill(&m);
    agreements_fill(&m);
    enrolments_fill(&m);
}

void city_people(const struct city_plan *plan, int64_t first, int64_t count,
                 struct city_batch *batch)
{
    for (int64_t person = first; person < first + count; person++)
        person_make(plan, batch, person);
}
