#include "domain/city/city_fact.h"

#include "base/day.h"

#include <inttypes.h>

enum {
    DAY_MS = 86400000,
    CITY_ZONE_MS = 8 * 3600000,  /* UTC+8 */
    OFFICE_OPENS_MS = 9 * 3600000,
    OFFICE_HOURS_MS = 8 * 3600000,
    LATE_DAYS_MIN = 60,
    DRAW_CONTEST = 102,
};

void city_head(const struct city_plan *plan, struct record_head *head, enum registry_table table,
               int64_t number, int64_t owner_id, int32_t fact_day, int64_t known_from_ms,
               struct city_draw *draw)
{
    const struct city_profile *profile = plan->profile;
    int64_t delay_days =
        city_draw_chance(draw, profile->late_bp)
            ? city_draw_between(draw, LATE_DAYS_MIN, LATE_DAYS_MIN + profile->late_days_max)
            : city_draw_between(draw, 0, profile->report_days_max);
    int64_t known_day = fact_day + delay_days;
    if (known_day > plan->given.today_day)
        known_day = plan->given.today_day;
    int64_t known_ms = known_day * DAY_MS - CITY_ZONE_MS + OFFICE_OPENS_MS +
                       city_draw_below(draw, OFFICE_HOURS_MS);
    head->id = city_id(table, number);
    head->owner_id = owner_id;
    head->known_ms = known_ms < known_from_ms ? known_from_ms : known_ms;
    head->gone_ms = REGISTRY_NEVER_MS;
    head->source = STR("demo");
}

int32_t city_day_in(const struct city_plan *plan, int32_t year, struct city_draw *draw)
{
    int32_t last = year_last_day(year);
    if (last > plan->given.today_day)
        last = plan->given.today_day;
    int32_t first = year_first_day(year);
    return first > last ? ABSENT_I32 : (int32_t)city_draw_between(draw, first, last);
}

int32_t city_maybe(int64_t missing_bp, int32_t value, struct city_draw *draw)
{
    return city_draw_chance(draw, missing_bp) ? ABSENT_I32 : value;
}

int64_t city_maybe_id(int64_t missing_bp, int64_t value, struct city_draw *draw)
{
    return city_draw_chance(draw, missing_bp) ? ABSENT_I64 : value;
}

/* ---- organisations by number ---- */

int64_t city_organisation_id(int64_t number)
{
    return city_id(REGISTRY_organisation, number);
}

int32_t city_organisation_kind(const struct city_plan *plan, int64_t number)
{
    for (int32_t kind = 1; kind < CITY_KIND_COUNT; kind++) {
        const struct city_group *group = &plan->organisations[kind];
        if (number >= group->first && number < group->first + group->count)
            return kind;
    }
    check(false);
    return 0;
}

static const struct city_group *role_pool(const struct city_plan *plan, int32_t role)
{
    bool of_enterprises = role == organisation_role_kind_self_assessment ||
                          role == organisation_role_kind_apprentice_project ||
                          role == organisation_role_kind_order_training ||
                          role == organisation_role_kind_training_model;
    return &plan->organisations[of_enterprises ? organisation_kind_enterprise
                                               : organisation_kind_training_body];
}

/* Members stand evenly among the larger bodies of their kind. */
static int64_t role_stride(const struct city_plan *plan, int32_t role)
{
    const struct city_group *pool = role_pool(plan, role);
    int64_t count = city_role_count(plan, role);
    int64_t large = pool->count * plan->profile->above_scale_bp / CITY_WHOLE_BP;
    return count > 0 && large / count > 1 ? large / count : 1;
}

int64_t city_role_count(const struct city_plan *plan, int32_t role)
{
    int64_t pool_count = role_pool(plan, role)->count;
    return plan->role_counts[role] < pool_count ? plan->role_counts[role] : pool_count;
}

int64_t city_role_organisation(const struct city_plan *plan, int32_t role, int64_t member)
{
    return role_pool(plan, role)->first + member * role_stride(plan, role);
}

bool city_has_role(const struct city_plan *plan, int32_t role, int64_t number)
{
    const struct city_group *pool = role_pool(plan, role);
    int64_t stride = role_stride(plan, role);
    int64_t of_pool = number - pool->first;
    return of_pool >= 0 && of_pool < pool->count && of_pool % stride == 0 &&
           of_pool / stride < city_role_count(plan, role);
}

int64_t city_pick_organisation(const struct city_plan *plan, int32_t kind, struct city_draw *draw)
{
    const struct city_group *group = &plan->organisations[kind];
    return group->first + city_draw_early(draw, 0, group->count - 1);
}

int64_t city_agency_count(const struct city_plan *plan)
{
    return city_role_count(plan, organisation_role_kind_self_assessment) +
           city_role_count(plan, organisation_role_kind_third_party_assessment);
}

int64_t city_agency_organisation(const struct city_plan *plan, int64_t agency,
                                 bool *ret_is_enterprise)
{
    int64_t firms = city_role_count(plan, organisation_role_kind_self_assessment);
    *ret_is_enterprise = agency < firms;
    if (agency < firms)
        return city_role_organisation(plan, organisation_role_kind_self_assessment, agency);
    return city_role_organisation(plan, organisation_role_kind_third_party_assessment,
                                  agency - firms);
}

/* ---- carriers and contests by number ---- */

static int32_t carrier_owner_kind(const struct city_profile *profile, int64_t kind,
                                  struct city_draw *draw)
{
    if (kind == carrier_kind_master_studio || kind == carrier_kind_technician_station ||
        kind == carrier_kind_innovation_studio)
        return city_draw_chance(draw, profile->studio_firm_bp) ? organisation_kind_enterprise
                                                               : organisation_kind_technical_school;
    int64_t lot = city_draw_below(draw, 3);
    return lot == 0   ? organisation_kind_enterprise
           : lot == 1 ? organisation_kind_technical_school
                      : organisation_kind_higher_college;
}

int64_t city_carrier_owner(const struct city_plan *plan, int64_t carrier)
{
    struct city_draw draw = city_draw_start(plan->given.seed, CITY_DRAW_CARRIER, (uint64_t)carrier);
    const struct city_group *group = city_group_of(&plan->carriers, carrier);
    int32_t kind = carrier_owner_kind(plan->profile, group->code, &draw);
    return city_pick_organisation(plan, kind, &draw);
}

static struct city_draw contest_draw(const struct city_plan *plan, int64_t tier, int32_t year,
                                     int64_t ordinal)
{
    uint64_t row = ((uint64_t)tier << 48) | ((uint64_t)year << 32) | (uint64_t)ordinal;
    return city_draw_start(plan->given.seed, DRAW_CONTEST, row);
}

int64_t city_contest_occupation(const struct city_plan *plan, int64_t tier, int32_t year,
                                int64_t ordinal)
{
    struct city_draw draw = contest_draw(plan, tier, year, ordinal);
    return city_pick_occupation(plan, skill_level_senior_worker, &draw);
}

int32_t city_contest_day(const struct city_plan *plan, int64_t tier, int32_t year, int64_t ordinal)
{
    struct city_draw draw = contest_draw(plan, tier, year, ordinal);
    city_draw_next(&draw); /* the sector and the occupation take three */
    city_draw_next(&draw);
    city_draw_next(&draw);
    return city_day_in(plan, year, &draw);
}

struct str city_contest_name(const struct city_plan *plan, struct arena *arena, int64_t tier,
                             int32_t year, int64_t ordinal)
{
    const struct code_desc *row =
        registry_enum_row(&registry_enums[REGISTRY_ENUM_contest_tier], (int32_t)tier);
    int64_t occupation = city_contest_occupation(plan, tier, year, ordinal);
    int32_t index = vocab_catalogue(plan->given.vocab, STR("occupation"));
    const struct catalogue_entry *entry =
        catalogue_by_code(&plan->given.vocab->catalogues[index], occupation);
    return str_from(text_in(arena, "%d年%s第%" PRId64 "场（%.*s）", year, row->label_zh,
                            ordinal + 1, STR_ARG(entry->name)));
}
