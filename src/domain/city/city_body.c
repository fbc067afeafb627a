/* The bodies of a made city: organisations with their roles, contests, programmes, carriers with
 * their activities, special-ability items. All of them stand in one batch before the people.
 *
 * Contests, programmes and carriers are planned by kind and year but stand in the table by owner:
 * their owners are found first, then sorted, and the ids follow that order, so that grandchildren
 * (activities) come in ascending id too.
 */
#include "domain/city/city_fact.h"

#include "base/day.h"

#include <stdlib.h>

enum {
    ROLES_EACH = CITY_ROLE_COUNT,
    ACTIVITIES_EACH = CITY_ROWS_EACH_MAX,
    SCOPES_EACH = 64,
    MEMBERS_EACH = 64,
    ROLE_YEARS = 6,
    FUND_STEP_FEN = 100, /* whole yuan */
    SCHOOL_SHARE_OVER = 3, /* one school in three may pass the share of part-time posts */
};

struct bodies {
    const struct city_plan *plan;
    const struct city_profile *profile;
    struct city_batch *batch;
    int32_t today_day;
};

static struct city_draw draw_of(const struct bodies *b, uint32_t table, int64_t row)
{
    return city_draw_start(b->plan->given.seed, table, (uint64_t)row);
}

static bool is_school(int32_t kind)
{
    return kind == organisation_kind_technical_school ||
           kind == organisation_kind_secondary_school || kind == organisation_kind_higher_college;
}

/* ---- organisations ---- */

static void school_posts(const struct bodies *b, struct organisation *row, struct city_draw *draw)
{
    int64_t posts = city_draw_between(draw, b->profile->posts_min, b->profile->posts_max);
    int64_t limit = posts * b->profile->part_time_posts_bp / CITY_WHOLE_BP;
    int64_t taken = city_draw_between(draw, 0, limit);
    int64_t lot = city_draw_below(draw, 3 * SCHOOL_SHARE_OVER);
    if (lot == 0)
        taken = limit; /* exactly at the share */
    else if (lot == 1)
        taken = limit + 1; /* the first post above it */
    row->post_count = city_maybe(b->profile->missing_bp, (int32_t)posts, draw);
    row->part_time_post_count = city_maybe(b->profile->missing_bp, (int32_t)taken, draw);
}

static void enterprise_facts(const struct bodies *b, struct organisation *row, int64_t of_kind,
                             struct city_draw *draw)
{
    const struct city_profile *profile = b->profile;
    int64_t large = b->plan->organisations[organisation_kind_enterprise].count *
                    profile->above_scale_bp / CITY_WHOLE_BP;
    row->above_scale = city_maybe(profile->missing_bp, of_kind < large, draw);
    row->high_risk = city_maybe(profile->missing_bp,
                                city_draw_chance(draw, profile->high_risk_bp), draw);
    if (of_kind > 0 && city_draw_chance(draw, profile->child_firm_bp))
        row->parent = city_organisation_id(
            b->plan->organisations[organisation_kind_enterprise].first +
            city_draw_early(draw, 0, of_kind - 1));
    if (city_draw_chance(draw, profile->missing_bp))
        return;
    int64_t due = city_draw_between(draw, profile->fund_due_fen_min / FUND_STEP_FEN,
                                    profile->fund_due_fen_max / FUND_STEP_FEN) *
                  FUND_STEP_FEN;
    row->education_fund_due_fen = due;
    row->education_fund_set_fen =
        city_draw_chance(draw, profile->fund_short_bp)
            ? due * city_draw_between(draw, 2000, CITY_WHOLE_BP - 1) / CITY_WHOLE_BP
            : due;
}

static void organisation_add(const struct bodies *b, int64_t number)
{
    const struct city_plan *plan = b->plan;
    struct city_draw draw = draw_of(b, REGISTRY_organisation, number);
    int32_t kind = city_organisation_kind(plan, number);
    int64_t of_kind = number - plan->organisations[kind].first;
    struct organisation *row = city_batch_row(b->batch, REGISTRY_organisation);
    int32_t oldest = year_first_day((int32_t)b->profile->first_year - 20);
    int32_t newest = year_first_day((int32_t)b->profile->first_year);
    row->founded_day = (int32_t)city_draw_between(&draw, oldest, newest);
    city_head(plan, &row->head, REGISTRY_organisation, number, 0, newest, INT64_MIN, &draw);
    row->kind = kind;
    row->division = (int32_t)city_pick(&plan->districts, &draw)->code;
    row->name = city_organisation_name(&b->batch->texts, plan, kind, of_kind, &draw);
    row->credit_code = city_credit_code(&b->batch->texts, number, kind, row->division);
    if (plan->industries.count > 0)
        row->industry = city_maybe(
            b->profile->missing_bp,
            (int32_t)plan->industries.codes[city_draw_below(&draw, plan->industries.count)], &draw);
    if (city_draw_chance(&draw, b->profile->closed_bp))
        row->closed_day = (int32_t)city_draw_between(&draw, newest, b->today_day);
    if (is_school(kind))
        school_posts(b, row, &draw);
    if (kind == organisation_kind_enterprise)
        enterprise_facts(b, row, of_kind, &draw);
}

static bool issues_certificates(int32_t role)
{
    return role == organisation_role_kind_self_assessment ||
           role == organisation_role_kind_third_party_assessment ||
           role == organisation_role_kind_special_ability_assessment;
}

/* Nobody issues before they are on file. */
static int32_t day_before_certificates(const struct bodies *b, int32_t day)
{
    int32_t first = 0;
    day_from_civil((int32_t)b->profile->first_year, 1, 1, &first);
    return day < first ? day : first;
}

static void roles_add(const struct bodies *b, int64_t number)
{
    struct city_draw draw = draw_of(b, REGISTRY_organisation_role, number);
    for (int32_t role = 1; role < CITY_ROLE_COUNT; role++) {
        if (!city_has_role(b->plan, role, number))
            continue;
        int32_t from = b->today_day - (int32_t)city_draw_between(&draw, 30, 365 * ROLE_YEARS);
        if (issues_certificates(role))
            from = day_before_certificates(b, from);
        struct organisation_role *row = city_batch_row(b->batch, REGISTRY_organisation_role);
        city_head(b->plan, &row->head, REGISTRY_organisation_role, number * ROLES_EACH + role,
                  city_organisation_id(number), from, INT64_MIN, &draw);
        row->role = role;
        row->number = str_from(text_in(&b->batch->texts, "BA%d-%05d", day_year(from),
                                       (int)(number * ROLES_EACH + role) % 100000));
        row->from_day = from;
        if (city_draw_chance(&draw, b->profile->closed_bp) && !issues_certificates(role))
            row->to_day = (int32_t)city_draw_between(&draw, from, b->today_day);
    }
}

/* What a body on file for assessment may assess. */
static void scopes_add(const struct bodies *b, int64_t number)
{
    struct city_draw draw = draw_of(b, REGISTRY_filing_scope, number);
    bool assesses =
        city_has_role(b->plan, organisation_role_kind_self_assessment, number) ||
        city_has_role(b->plan, organisation_role_kind_third_party_assessment, number);
    int64_t count = city_draw_between(&draw, 1, b->profile->filing_scopes_max);
    for (int64_t i = 0; assesses && i < count; i++) {
        int32_t from = b->today_day - (int32_t)city_draw_between(&draw, 30, 365 * ROLE_YEARS);
        struct filing_scope *row = city_batch_row(b->batch, REGISTRY_filing_scope);
        city_head(b->plan, &row->head, REGISTRY_filing_scope, number * SCOPES_EACH + i,
                  city_organisation_id(number), from, INT64_MIN, &draw);
        row->occupation = (int32_t)city_pick_occupation(b->plan, skill_level_senior_worker, &draw);
        row->lowest_level = city_maybe(b->profile->missing_bp, skill_level_junior_worker, &draw);
        row->highest_level = city_maybe(
            b->profile->missing_bp,
            (int32_t)city_draw_between(&draw, skill_level_senior_worker,
                                       skill_level_senior_technician), &draw);
        row->from_day = from;
        if (city_draw_chance(&draw, b->profile->closed_bp))
            row->to_day = (int32_t)city_draw_between(&draw, from, b->today_day);
    }
}

/* ---- things that organisations own ---- */

struct owned {
    int64_t owner;  /* number of the organisation */
    int64_t member; /* of the groups */
};

static int owned_order(const void *left, const void *right)
{
    const struct owned *a = left;
    const struct owned *b = right;
    if (a->owner != b->owner)
        return a->owner < b->owner ? -1 : 1;
    return (a->member > b->member) - (a->member < b->member);
}

typedef int64_t owner_finder(const struct bodies *b, const struct city_group *group,
                             int64_t member);
typedef void owned_maker(const struct bodies *b, const struct city_group *group,
                         const struct owned *owned, int64_t number);

static void owned_add(const struct bodies *b, const struct city_groups *groups,
                      owner_finder *owner_of, owned_maker *make)
{
    struct owned *all = ARENA_NEW_ARRAY(&b->batch->texts, struct owned, (size_t)groups->total);
    if (all == NULL) {
        b->batch->failed = true;
        return;
    }
    for (int64_t member = 0; member < groups->total; member++)
        all[member] =
            (struct owned){owner_of(b, city_group_of(groups, member), member), member};
    qsort(all, (size_t)groups->total, sizeof all[0], owned_order);
    for (int64_t number = 0; number < groups->total; number++)
        make(b, city_group_of(groups, all[number].member), &all[number], number);
}

static int64_t contest_owner(const struct bodies *b, const struct city_group *group, int64_t member)
{
    struct city_draw draw = draw_of(b, REGISTRY_contest, member);
    if (group->code == contest_tier_enterprise_contest)
        return city_pick_organisation(b->plan, organisation_kind_enterprise, &draw);
    int32_t kind = city_draw_chance(&draw, b->profile->contest_association_bp)
                       ? organisation_kind_association
                       : organisation_kind_technical_school;
    return city_pick_organisation(b->plan, kind, &draw);
}

static void contest_make(const struct bodies *b, const struct city_group *group,
                         const struct owned *owned, int64_t number)
{
    struct city_draw draw = draw_of(b, REGISTRY_contest, owned->member);
    int64_t ordinal = owned->member - group->first;
    int32_t day = city_contest_day(b->plan, group->code, group->year, ordinal);
    if (day == ABSENT_I32)
        return;
    struct contest *row = city_batch_row(b->batch, REGISTRY_contest);
    city_head(b->plan, &row->head, REGISTRY_contest, number, city_organisation_id(owned->owner),
              day, INT64_MIN, &draw);
    row->name =
        city_contest_name(b->plan, &b->batch->texts, group->code, group->year, ordinal);
    row->tier = (int32_t)group->code;
    row->kind = (int32_t)city_pick(&b->profile->contest_kind, &draw)->code;
    row->strategic = city_draw_chance(&draw, b->profile->strategic_bp);
    row->entrant_count = city_maybe(
        b->profile->missing_bp,
        (int32_t)city_draw_early(&draw, b->profile->entrants_min, b->profile->entrants_max), &draw);
    row->held_day = day;
    row->occupation = city_maybe(
        b->profile->missing_bp,
        (int32_t)city_contest_occupation(b->plan, group->code, group->year, ordinal), &draw);
    row->day_count = city_maybe(
        b->profile->missing_bp,
        (int32_t)city_draw_between(&draw, 1, b->profile->contest_days_max), &draw);
}

static int64_t programme_owner(const struct bodies *b, const struct city_group *group,
                               int64_t member)
{
    static const int32_t kinds[] = {
        [programme_kind_strong_secondary_school] = organisation_kind_secondary_school,
        [programme_kind_strong_higher_college] = organisation_kind_higher_college,
        [programme_kind_strong_secondary_major] = organisation_kind_secondary_school,
        [programme_kind_strong_higher_major] = organisation_kind_higher_college,
        [programme_kind_quality_technical_school] = organisation_kind_technical_school,
        [programme_kind_quality_technical_major] = organisation_kind_technical_school,
        [programme_kind_featured_higher_college] = organisation_kind_higher_college,
    };
    struct city_draw draw = draw_of(b, REGISTRY_programme, member);
    return city_pick_organisation(b->plan, kinds[group->code], &draw);
}

static void programme_make(const struct bodies *b, const struct city_group *group,
                           const struct owned *owned, int64_t number)
{
    struct city_draw draw = draw_of(b, REGISTRY_programme, owned->member);
    city_draw_next(&draw); /* the owner took the first two */
    city_draw_next(&draw);
    int32_t day = city_day_in(b->plan, group->year, &draw);
    if (day == ABSENT_I32)
        return;
    struct programme *row = city_batch_row(b->batch, REGISTRY_programme);
    city_head(b->plan, &row->head, REGISTRY_programme, number, city_organisation_id(owned->owner),
              day, INT64_MIN, &draw);
    const struct code_desc *kind =
        registry_enum_row(&registry_enums[REGISTRY_ENUM_programme_kind], (int32_t)group->code);
    struct str subject = city_pick(&b->plan->given.words->kinds[CITY_SUBJECT], &draw)->text;
    row->name = str_from(
        text_in(&b->batch->texts, "%s（%.*s）", kind->label_zh, STR_ARG(subject)));
    row->kind = (int32_t)group->code;
    row->tier = (int32_t)group->tier;
    row->approved_day = day;
}

/* ---- carriers ---- */

static int64_t member_at(const struct bodies *b, int64_t carrier, int64_t member)
{
    struct city_draw draw = draw_of(b, REGISTRY_carrier_member, carrier * MEMBERS_EACH + member);
    return city_id(REGISTRY_person, city_draw_below(&draw, b->plan->given.people));
}

static int64_t member_count(const struct bodies *b, const struct carrier *carrier, int64_t number)
{
    bool has_team = carrier->kind == carrier_kind_master_studio ||
                    carrier->kind == carrier_kind_technician_station ||
                    carrier->kind == carrier_kind_innovation_studio;
    struct city_draw draw =
        draw_of(b, REGISTRY_carrier_member, number * MEMBERS_EACH + MEMBERS_EACH - 1);
    return has_team ? city_draw_between(&draw, 2, b->profile->members_max) : 0;
}

static void members_add(const struct bodies *b, const struct carrier *carrier, int64_t number)
{
    int64_t count = member_count(b, carrier, number);
    int32_t last = carrier->closed_day == ABSENT_I32 ? b->today_day : carrier->closed_day;
    for (int64_t i = 0; i < count; i++) {
        struct city_draw draw =
            draw_of(b, REGISTRY_carrier_member, number * MEMBERS_EACH + i);
        city_draw_next(&draw); /* the person took the first two */
        city_draw_next(&draw);
        int32_t day = (int32_t)city_draw_between(&draw, carrier->approved_day, last);
        struct carrier_member *row = city_batch_row(b->batch, REGISTRY_carrier_member);
        city_head(b->plan, &row->head, REGISTRY_carrier_member, number * MEMBERS_EACH + i,
                  carrier->head.id, day, carrier->head.known_ms, &draw);
        row->member = member_at(b, number, i);
        row->grade = (int32_t)city_draw_between(&draw, member_grade_pupil,
                                                member_grade_core_member);
        row->joined_day = day;
        if (city_draw_chance(&draw, b->profile->left_member_bp)) {
            row->left_day = (int32_t)city_draw_between(&draw, day, last);
            row->left_reason = STR("调离");
        }
    }
}

/* Each activity falls on a day between the approval and today. A carrier in breach has few. */
static void activities_add(const struct bodies *b, const struct carrier *carrier, int64_t number,
                           struct city_draw *draw)
{
    int32_t from = carrier->approved_day;
    int32_t to = carrier->closed_day == ABSENT_I32 ? b->today_day : carrier->closed_day;
    int64_t count = (int64_t)(to - from) * b->profile->activities_per_year / 365;
    if (city_draw_chance(draw, b->profile->breach_bp))
        count /= 4;
    if (count > ACTIVITIES_EACH)
        count = ACTIVITIES_EACH;
    bool of_practice = carrier->kind == carrier_kind_public_practice_base ||
                       carrier->kind == carrier_kind_worldskills_base ||
                       carrier->kind == carrier_kind_worldskills_key_base;
    for (int64_t i = 0; i < count; i++) {
        int32_t day = (int32_t)city_draw_between(draw, from, to);
        struct carrier_activity *row = city_batch_row(b->batch, REGISTRY_carrier_activity);
        city_head(b->plan, &row->head, REGISTRY_carrier_activity, number * ACTIVITIES_EACH + i,
                  carrier->head.id, day, carrier->head.known_ms, draw);
        row->kind = of_practice && city_draw_chance(draw, b->profile->practice_days_bp)
                        ? activity_kind_practice_days
                        : (int32_t)city_draw_between(draw, activity_kind_teaching,
                                                     activity_kind_practice_days);
        row->activity_day = day;
        row->class_hours =
            city_maybe(b->profile->missing_bp, (int32_t)city_draw_between(draw, 1, 12), draw);
        row->head_count =
            city_maybe(b->profile->missing_bp, (int32_t)city_draw_early(draw, 1, 80), draw);
        int64_t members = member_count(b, carrier, number);
        if (members > 0)
            row->speaker = member_at(b, number, i % members);
    }
}

/* The person in the honours layer who leads the carrier; ABSENT_I64 for kinds that no one leads. */
static int64_t carrier_master(const struct city_plan *plan, int64_t member)
{
    const struct city_groups *layer = &plan->layers[CITY_HONOURS];
    for (int32_t i = 0; i < layer->group_count; i++) {
        const struct city_group *group = &layer->groups[i];
        if (group->master >= 0 && member >= group->master && member < group->master + group->count)
            return city_id(
                REGISTRY_person,
                city_slot_person(plan, CITY_HONOURS, group->first + member - group->master));
    }
    return ABSENT_I64;
}

static int64_t carrier_owner(const struct bodies *b, const struct city_group *group, int64_t member)
{
    (void)group;
    return city_carrier_owner(b->plan, member);
}

static void carrier_make(const struct bodies *b, const struct city_group *group,
                         const struct owned *owned, int64_t number)
{
    struct city_draw draw = draw_of(b, REGISTRY_carrier, owned->member);
    int32_t day = city_day_in(b->plan, group->year, &draw);
    if (day == ABSENT_I32)
        return;
    struct carrier *row = city_batch_row(b->batch, REGISTRY_carrier);
    city_head(b->plan, &row->head, REGISTRY_carrier, number, city_organisation_id(owned->owner),
              day, INT64_MIN, &draw);
    const struct code_desc *kind =
        registry_enum_row(&registry_enums[REGISTRY_ENUM_carrier_kind], (int32_t)group->code);
    struct str subject = city_pick(&b->plan->given.words->kinds[CITY_SUBJECT], &draw)->text;
    row->name = str_from(
        text_in(&b->batch->texts, "%.*s%s（示例）", STR_ARG(subject), kind->label_zh));
    row->kind = (int32_t)group->code;
    row->tier = (int32_t)group->tier;
    row->master =
        city_maybe_id(b->profile->missing_bp, carrier_master(b->plan, owned->member), &draw);
    if (b->plan->industries.count > 0)
        row->industry =
            (int32_t)b->plan->industries.codes[city_draw_below(&draw, b->plan->industries.count)];
    row->heritage = city_draw_chance(&draw, b->profile->heritage_bp);
    row->approved_day = day;
    if (!city_draw_chance(&draw, b->profile->missing_bp)) {
        row->agreement_number = str_from(
            text_in(&b->batch->texts, "XY%d-%04d", group->year, (int)(number % 10000)));
        row->agreement_end_day =
            day_add_months(day, (int32_t)b->profile->agreement_months) - 1;
    }
    if (city_draw_chance(&draw, b->profile->closed_bp))
        row->closed_day = (int32_t)city_draw_between(&draw, day, b->today_day);
    struct carrier carrier = *row;
    activities_add(b, &carrier, number, &draw);
    members_add(b, &carrier, number);
}

static void special_items_add(const struct bodies *b)
{
    const struct city_list *list = &b->profile->special_item;
    for (int32_t i = 0; i < list->count; i++) {
        struct city_draw draw = draw_of(b, REGISTRY_special_item, i);
        int32_t day = city_day_in(b->plan, list->items[i].year, &draw);
        if (day == ABSENT_I32)
            continue;
        struct special_item *row = city_batch_row(b->batch, REGISTRY_special_item);
        city_head(b->plan, &row->head, REGISTRY_special_item, i, 0, day, INT64_MIN, &draw);
        row->name = list->items[i].text;
        if (b->plan->industries.count > 0)
            row->industry = city_maybe(
                b->profile->missing_bp,
                (int32_t)
                    b->plan->industries.codes[city_draw_below(&draw, b->plan->industries.count)],
                &draw);
        row->published_day = day;
        if (city_draw_chance(&draw, b->profile->closed_bp))
            row->withdrawn_day = (int32_t)city_draw_between(&draw, day, b->today_day);
    }
}

void city_bodies(const struct city_plan *plan, struct city_batch *batch)
{
    struct bodies b = {plan, plan->profile, batch, plan->given.today_day};
    for (int64_t number = 0; number < plan->organisation_count; number++) {
        organisation_add(&b, number);
        roles_add(&b, number);
        scopes_add(&b, number);
    }
    owned_add(&b, &plan->contests, contest_owner, contest_make);
    owned_add(&b, &plan->programmes, programme_owner, programme_make);
    owned_add(&b, &plan->carriers, carrier_owner, carrier_make);
    special_items_add(&b);
}
