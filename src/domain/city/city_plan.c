#include "domain/city/city_plan.h"

#include "base/day.h"
#include "base/division.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    SHUFFLE_BIRTH = 1000, /* names of shuffles; layers follow */
    SHUFFLE_LAYER = 1001,
    SHUFFLE_POOL = 1010,
    DISTRICT_WEIGHT = 10,
    BIRTHS_A_DAY_MAX = 499, /* of each sex: 001 .. 997 odd and 002 .. 998 even */
};

struct plan_work {
    struct city_plan *plan;
    struct arena *arena;
    struct fault *fault;
};

int64_t city_id(enum registry_table table, int64_t number)
{
    check(number >= 0);
    check(number < (int64_t)1 << 36);
    return ((int64_t)table + 1) << 36 | number;
}

static enum err plan_memory(const struct plan_work *pw)
{
    return fault_set(pw->fault, ERR_MEMORY, "planning a city");
}

/* ---- ages ---- */

static int band_older_first(const void *left, const void *right)
{
    const struct city_age_band *a = left;
    const struct city_age_band *b = right;
    return (a->first_day > b->first_day) - (a->first_day < b->first_day);
}

static enum err plan_bands(struct plan_work *pw)
{
    struct city_plan *plan = pw->plan;
    const struct city_list *ages = &plan->profile->age;
    int64_t weight_sum = city_list_sum(ages);
    plan->bands = ARENA_NEW_ARRAY(pw->arena, struct city_age_band, (size_t)ages->count);
    if (plan->bands == NULL)
        return plan_memory(pw);
    int64_t weight_so_far = 0;
    int64_t place = 0;
    for (int32_t i = 0; i < ages->count; i++) {
        const struct city_item *item = &ages->items[i];
        int32_t first =
            day_add_months(plan->given.today_day, (int32_t)(-12 * (item->code_to + 1))) + 1;
        int32_t last = day_add_months(plan->given.today_day, (int32_t)(-12 * item->code));
        weight_so_far += item->value;
        int64_t end = weight_so_far * plan->given.people / weight_sum;
        plan->bands[i] = (struct city_age_band){0, end - place, first, last - first + 1};
        place = end;
        if (plan->bands[i].count > (int64_t)BIRTHS_A_DAY_MAX * plan->bands[i].day_count)
            return fault_set(pw->fault, ERR_LIMIT,
                             "%" PRId64 " people are too many for the birth days of the profile",
                             plan->given.people);
    }
    plan->band_count = ages->count;
    qsort(plan->bands, (size_t)plan->band_count, sizeof plan->bands[0], band_older_first);
    place = 0;
    for (int32_t i = 0; i < plan->band_count; i++) {
        struct city_age_band *band = &plan->bands[i];
        if (i > 0 && band->first_day < band[-1].first_day + band[-1].day_count)
            return fault_set(pw->fault, ERR_CATALOGUE, "the ages of the profile overlap");
        band->first_place = place;
        place += band->count;
    }
    return ERR_OK;
}

int64_t city_birth_place(const struct city_plan *plan, int64_t person)
{
    return city_shuffle(plan->given.seed, SHUFFLE_BIRTH, plan->given.people, person);
}

int32_t city_birth_day(const struct city_plan *plan, int64_t birth_place, int64_t *ret_of_day)
{
    const struct city_age_band *band = plan->bands;
    while (birth_place >= band->first_place + band->count)
        band++;
    int64_t of_band = birth_place - band->first_place;
    int64_t day = of_band * band->day_count / band->count;
    int64_t first_of_day = (day * band->count + band->day_count - 1) / band->day_count;
    *ret_of_day = of_band - first_of_day;
    return band->first_day + (int32_t)day;
}

/* How many birth places lie at least that many years before today. */
static int64_t places_of_age(const struct city_plan *plan, int64_t years)
{
    int32_t last_day = day_add_months(plan->given.today_day, (int32_t)(-12 * years));
    int64_t low = 0;
    int64_t high = plan->given.people;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        int64_t of_day;
        if (city_birth_day(plan, middle, &of_day) <= last_day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- counts ---- */

/* Whether no later year up to today has the same thing: that year keeps at least one. */
static bool item_is_latest(const struct city_list *list, const struct city_item *item,
                           int32_t year_max)
{
    for (int32_t i = 0; i < list->count; i++) {
        const struct city_item *other = &list->items[i];
        if (other->code == item->code && other->code_to == item->code_to &&
            other->value > 0 && other->year > item->year && other->year <= year_max)
            return false;
    }
    return true;
}

static int64_t item_count(const struct city_plan *plan, const struct city_list *list,
                          const struct city_item *item)
{
    int32_t year_max = day_year(plan->given.today_day);
    int64_t people = plan->given.people;
    if (item->year > year_max || item->value == 0)
        return 0;
    int64_t count = item->value;
    if (item->scale == CITY_WITH_PEOPLE)
        count = item->value * people / plan->profile->people_base;
    else if (item->scale == CITY_FIXED && people < plan->profile->full_size_from)
        count = item->value * people / plan->profile->full_size_from;
    return count == 0 && item_is_latest(list, item, year_max) ? 1 : count;
}

static enum err groups_room(struct plan_work *pw, struct city_groups *groups, int32_t group_count)
{
    groups->groups = ARENA_NEW_ARRAY(pw->arena, struct city_group, (size_t)group_count);
    return groups->groups == NULL ? plan_memory(pw) : ERR_OK;
}

static void groups_add(struct city_groups *groups, struct city_group group)
{
    if (group.count == 0)
        return;
    group.first = groups->total;
    groups->groups[groups->group_count++] = group;
    groups->total += group.count;
}

/* One group for each item of the list that has members. */
static enum err plan_groups(struct plan_work *pw, const struct city_list *list,
                            struct city_groups *groups)
{
    TRY(groups_room(pw, groups, list->count));
    for (int32_t i = 0; i < list->count; i++) {
        const struct city_item *item = &list->items[i];
        groups_add(groups, (struct city_group){.count = item_count(pw->plan, list, item),
                                               .code = item->code,
                                               .tier = item->code_to,
                                               .year = item->year,
                                               .each = 1,
                                               .master = -1});
    }
    return ERR_OK;
}

static bool carrier_has_master(int64_t kind)
{
    return kind == carrier_kind_master_studio || kind == carrier_kind_technician_station ||
           kind == carrier_kind_innovation_studio;
}

static enum err plan_honours(struct plan_work *pw)
{
    struct city_plan *plan = pw->plan;
    struct city_groups *layer = &plan->layers[CITY_HONOURS];
    const struct city_list *list = &plan->profile->honour;
    TRY(groups_room(pw, layer, list->count + plan->carriers.group_count));
    for (int32_t i = 0; i < list->count; i++)
        groups_add(layer, (struct city_group){.count = item_count(plan, list, &list->items[i]),
                                              .code = list->items[i].code,
                                              .year = list->items[i].year,
                                              .each = 1,
                                              .master = -1});
    for (int32_t i = 0; i < plan->carriers.group_count; i++) {
        const struct city_group *carriers = &plan->carriers.groups[i];
        if (carrier_has_master(carriers->code))
            groups_add(layer, (struct city_group){.count = carriers->count,
                                                  .code = carriers->code,
                                                  .tier = carriers->tier,
                                                  .year = carriers->year,
                                                  .each = 1,
                                                  .master = carriers->first});
    }
    return ERR_OK;
}

static enum err plan_awards(struct plan_work *pw)
{
    struct city_plan *plan = pw->plan;
    struct city_groups *layer = &plan->layers[CITY_AWARDS];
    const struct city_list *list = &plan->profile->award;
    TRY(groups_room(pw, layer, list->count));
    for (int32_t i = 0; i < list->count; i++) {
        const struct city_item *item = &list->items[i];
        int64_t places = city_list_value(&plan->profile->award_places, item->code, 1);
        groups_add(layer, (struct city_group){.count = item_count(plan, list, item) * places,
                                              .code = item->code,
                                              .year = item->year,
                                              .each = places,
                                              .master = -1});
    }
    return ERR_OK;
}

static enum err plan_layers(struct plan_work *pw)
{
    struct city_plan *plan = pw->plan;
    TRY(plan_honours(pw));
    TRY(plan_awards(pw));
    TRY(plan_groups(pw, &plan->profile->project, &plan->layers[CITY_PROJECTS]));
    plan->eligible[CITY_HONOURS] = places_of_age(plan, plan->profile->honour_age_min);
    plan->eligible[CITY_AWARDS] = places_of_age(plan, plan->profile->award_age_min);
    plan->eligible[CITY_PROJECTS] = places_of_age(plan, plan->profile->project_age_min);
    for (int32_t layer = 0; layer < CITY_LAYER_COUNT; layer++)
        if (plan->layers[layer].total > plan->eligible[layer]) {
            fault_set(pw->fault, ERR_LIMIT,
                      "%" PRId64 " people are too few: the profile needs %" PRId64 " for its cases",
                      plan->given.people, plan->layers[layer].total);
            return fault_hint(pw->fault, "Make a larger city.");
        }
    return ERR_OK;
}

static enum err plan_organisations(struct plan_work *pw)
{
    struct city_plan *plan = pw->plan;
    const struct city_list *list = &plan->profile->organisation;
    for (int32_t i = 0; i < list->count; i++) {
        const struct city_item *item = &list->items[i];
        int64_t count = item_count(plan, list, item);
        plan->organisations[item->code] = (struct city_group){
            .first = plan->organisation_count, .count = count, .code = item->code};
        plan->organisation_count += count;
    }
    for (int32_t kind = 1; kind < CITY_KIND_COUNT; kind++)
        if (plan->organisations[kind].count == 0)
            return fault_set(pw->fault, ERR_CATALOGUE,
                             "the profile has no organisations of kind %d", kind);
    list = &plan->profile->role;
    for (int32_t i = 0; i < list->count; i++)
        plan->role_counts[list->items[i].code] = item_count(plan, list, &list->items[i]);
    return ERR_OK;
}

/* ---- what is drawn from ---- */

static enum err pool_take(struct plan_work *pw, const int64_t *codes, int32_t count, uint32_t name,
                          struct city_pool *ret_pool)
{
    int64_t *mixed = ARENA_NEW_ARRAY(pw->arena, int64_t, (size_t)count);
    if (mixed == NULL)
        return plan_memory(pw);
    for (int32_t i = 0; i < count; i++)
        mixed[city_shuffle(pw->plan->given.seed, SHUFFLE_POOL + name, count, i)] = codes[i];
    *ret_pool = (struct city_pool){mixed, count};
    return ERR_OK;
}

static const struct catalogue *catalogue_named(struct plan_work *pw, const char *name)
{
    int32_t index = vocab_catalogue(pw->plan->given.vocab, str_from(name));
    return index < 0 ? NULL : &pw->plan->given.vocab->catalogues[index];
}

/* Whether a national standard of the occupation (it may have several, for its work types) offers
 * the step. Posts above the highest certificate use the occupations of that. */
static bool standard_offers(const struct catalogues *catalogues, int64_t occupation, int32_t step)
{
    int32_t asked = step > skill_level_senior_technician ? skill_level_senior_technician : step;
    int32_t low = 0;
    int32_t high = catalogues->standard_count;
    while (low < high) {
        int32_t middle = (low + high) / 2;
        if (catalogues->standards[middle].occupation < occupation)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < catalogues->standard_count && catalogues->standards[low].occupation == occupation;
         low++)
        if ((catalogues->standards[low].levels >> asked & 1) != 0)
            return true;
    return false;
}

static bool entry_holds(const struct catalogue_entry *entry, int32_t day)
{
    return entry->from_day <= day && day <= entry->to_day;
}

static bool code_begins(int64_t code, int64_t digits)
{
    while (code > digits)
        code /= 10;
    return code == digits;
}

enum { OCCUPATION_CODE_MIN = 1000000 }; /* shorter codes are groups */

static enum err plan_occupations(struct plan_work *pw)
{
    struct city_plan *plan = pw->plan;
    const struct catalogue *catalogue = catalogue_named(pw, "occupation");
    const struct city_list *sectors = &plan->profile->occupation;
    if (catalogue == NULL || sectors->count == 0 || sectors->count > 8)
        return fault_set(pw->fault, ERR_CATALOGUE,
                         "there is no catalogue of occupations to draw from");
    int64_t *codes = ARENA_NEW_ARRAY(pw->arena, int64_t, (size_t)catalogue->entry_count);
    if (codes == NULL)
        return plan_memory(pw);
    for (int32_t step = 0; step < CITY_STEP_COUNT; step++) {
        int64_t total = 0;
        for (int32_t sector = 0; sector < sectors->count; sector++) {
            int32_t count = 0;
            for (int32_t i = 0; i < catalogue->entry_count; i++) {
                const struct catalogue_entry *entry = &catalogue->entries[i];
                if (catalogue_entry_is_shown(catalogue, i) &&
                    entry_holds(entry, plan->given.today_day) &&
                    entry->code >= OCCUPATION_CODE_MIN &&
                    code_begins(entry->code, sectors->items[sector].code) &&
                    (step == 0 || standard_offers(plan->given.catalogues, entry->code, step)))
                    codes[count++] = entry->code;
            }
            TRY(pool_take(pw, codes, count, (uint32_t)sector,
                          &plan->occupations[step][sector]));
            total += count;
        }
        if (total == 0 && step != skill_level_apprentice)
            return fault_set(pw->fault, ERR_CATALOGUE, "no occupation offers step %d", step);
    }
    return ERR_OK;
}

static enum err plan_industries(struct plan_work *pw)
{
    const struct catalogue *catalogue = catalogue_named(pw, "industry");
    int32_t entry_count = catalogue == NULL ? 0 : catalogue->entry_count;
    int64_t *codes = ARENA_NEW_ARRAY(pw->arena, int64_t, (size_t)entry_count);
    if (codes == NULL)
        return plan_memory(pw);
    int32_t count = 0;
    for (int32_t i = 0; i < entry_count; i++)
        if (catalogue_entry_is_shown(catalogue, i) &&
            entry_holds(&catalogue->entries[i], pw->plan->given.today_day))
            codes[count++] = catalogue->entries[i].code;
    pw->plan->industries = (struct city_pool){codes, count};
    return ERR_OK;
}

/* Counties of the city: its own, and those under the place-holders of a province-level city. */
static bool is_district(int64_t city, int64_t code)
{
    return code != city && division_holds(city, code) && code % 100 > 1;
}

/* 济宁 of 山东省济宁市, 济宁市 and further names: the shortest, without 市. */
static struct str city_short_name(const struct catalogue *catalogue, int64_t division)
{
    struct str shortest = {NULL, SIZE_MAX};
    for (int32_t i = 0; i < catalogue->entry_count; i++) {
        const struct catalogue_entry *entry = &catalogue->entries[i];
        if (entry->code == division && entry->name.size < shortest.size &&
            str_ends(entry->name, STR("市")))
            shortest = entry->name;
    }
    return shortest.ptr == NULL ? STR("") : str_sub(shortest, 0, shortest.size - STR("市").size);
}

static enum err plan_districts(struct plan_work *pw)
{
    struct city_plan *plan = pw->plan;
    const struct catalogue *catalogue = catalogue_named(pw, "division");
    const struct catalogue_entry *city =
        catalogue == NULL ? NULL : catalogue_by_code(catalogue, plan->profile->division);
    if (city == NULL)
        return fault_set(pw->fault, ERR_CATALOGUE, "no division %" PRId64 " in the catalogue",
                         plan->profile->division);
    plan->city_name = city_short_name(catalogue, city->code);
    plan->districts.items =
        ARENA_NEW_ARRAY(pw->arena, struct city_item, (size_t)catalogue->entry_count);
    if (plan->districts.items == NULL)
        return plan_memory(pw);
    for (int32_t i = 0; i < catalogue->entry_count; i++) {
        const struct catalogue_entry *entry = &catalogue->entries[i];
        if (!catalogue_entry_is_shown(catalogue, i) || !is_district(city->code, entry->code) ||
            !entry_holds(entry, plan->given.today_day))
            continue;
        plan->districts.items[plan->districts.count++] = (struct city_item){
            .text = entry->name,
            .code = entry->code,
            .value = city_list_value(&plan->profile->district, entry->code, DISTRICT_WEIGHT),
        };
    }
    if (plan->districts.count == 0)
        return fault_set(pw->fault, ERR_CATALOGUE, "the city %" PRId64 " has no districts",
                         plan->profile->division);
    return ERR_OK;
}

/* Honours raise their holders; the others make up the rest of the share. */
static void plan_high_share(struct city_plan *plan)
{
    const struct city_profile *profile = plan->profile;
    int64_t honours = plan->layers[CITY_HONOURS].total;
    int64_t adults =
        places_of_age(plan, city_list_value(&profile->level_age, skill_level_senior_worker, 18));
    int64_t wanted = plan->given.people * profile->skilled_bp / CITY_WHOLE_BP *
                         profile->high_skilled_bp / CITY_WHOLE_BP -
                     honours;
    int64_t candidates = (adults - honours) * profile->skilled_bp / CITY_WHOLE_BP;
    int64_t share_bp = candidates <= 0 ? 0 : wanted * CITY_WHOLE_BP / candidates;
    plan->high_share_bp = share_bp < 0 ? 0 : share_bp > CITY_WHOLE_BP ? CITY_WHOLE_BP : share_bp;
}

static enum err given_check(const struct city_given *given, struct fault *fault)
{
    if (given->people < CITY_PEOPLE_MIN || given->people > CITY_PEOPLE_MAX)
        return fault_set(fault, ERR_LIMIT, "a city has %d to %d people, not %" PRId64,
                         CITY_PEOPLE_MIN, CITY_PEOPLE_MAX, given->people);
    if (given->profile->people_base < 1 || given->profile->full_size_from < 1 ||
        city_list_sum(&given->profile->age) < 1)
        return fault_set(fault, ERR_CATALOGUE, "the profile's people_base, full_size_from and age "
                                               "are above zero");
    if (day_year(given->today_day) < given->profile->first_year + 1)
        return fault_set(fault, ERR_INPUT, "today lies before the profile's first year, %" PRId64,
                         given->profile->first_year);
    return ERR_OK;
}

enum err city_plan_new(const struct city_given *given, struct arena *arena, struct fault *fault,
                       const struct city_plan **ret_plan)
{
    TRY(given_check(given, fault));
    struct city_plan *plan = ARENA_NEW(arena, struct city_plan);
    struct plan_work pw = {plan, arena, fault};
    if (plan == NULL)
        return plan_memory(&pw);
    plan->given = *given;
    plan->profile = given->profile;
    TRY(plan_bands(&pw));
    TRY(plan_organisations(&pw));
    TRY(plan_groups(&pw, &plan->profile->carrier, &plan->carriers));
    TRY(plan_groups(&pw, &plan->profile->contest, &plan->contests));
    TRY(plan_groups(&pw, &plan->profile->programme, &plan->programmes));
    TRY(plan_layers(&pw));
    TRY(plan_occupations(&pw));
    TRY(plan_industries(&pw));
    TRY(plan_districts(&pw));
    plan_high_share(plan);
    *ret_plan = plan;
    return ERR_OK;
}

/* ---- places ---- */

const struct city_group *city_group_of(const struct city_groups *groups, int64_t member)
{
    check(member >= 0);
    check(member < groups->total);
    int32_t low = 0;
    int32_t high = groups->group_count - 1;
    while (low < high) {
        int32_t middle = (low + high + 1) / 2;
        if (groups->groups[middle].first <= member)
            low = middle;
        else
            high = middle - 1;
    }
    return &groups->groups[low];
}

const struct city_group *city_slot(const struct city_plan *plan, enum city_layer layer,
                                   int64_t birth_place, int64_t *ret_member)
{
    if (birth_place >= plan->eligible[layer])
        return NULL;
    int64_t member = city_shuffle(plan->given.seed, SHUFFLE_LAYER + (uint32_t)layer,
                                  plan->eligible[layer], birth_place);
    if (member >= plan->layers[layer].total)
        return NULL;
    *ret_member = member;
    return city_group_of(&plan->layers[layer], member);
}

int64_t city_slot_person(const struct city_plan *plan, enum city_layer layer, int64_t member)
{
    int64_t birth_place = city_shuffle_back(plan->given.seed, SHUFFLE_LAYER + (uint32_t)layer,
                                            plan->eligible[layer], member);
    return city_shuffle_back(plan->given.seed, SHUFFLE_BIRTH, plan->given.people, birth_place);
}

const struct city_item *city_pick(const struct city_list *list, struct city_draw *draw)
{
    int64_t at = city_draw_below(draw, city_list_sum(list));
    const struct city_item *item = list->items;
    while (at >= item->value)
        at -= item++->value;
    return item;
}

int64_t city_pick_occupation(const struct city_plan *plan, int32_t step, struct city_draw *draw)
{
    const struct city_list *sectors = &plan->profile->occupation;
    int64_t weight_sum = 0;
    for (int32_t i = 0; i < sectors->count; i++)
        if (plan->occupations[step][i].count > 0)
            weight_sum += sectors->items[i].value;
    int64_t at = city_draw_below(draw, weight_sum);
    int32_t sector = 0;
    for (;; sector++) {
        if (plan->occupations[step][sector].count == 0)
            continue;
        if (at < sectors->items[sector].value)
            break;
        at -= sectors->items[sector].value;
    }
    const struct city_pool *pool = &plan->occupations[step][sector];
    return pool->codes[city_draw_early(draw, 0, pool->count - 1)];
}
