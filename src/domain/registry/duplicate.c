/* duplicate.c — doubles of persons. */
#include "domain/registry/duplicate.h"

#include "base/id.h"
#include "domain/registry/fact.h"
#include "registry_sql.h"
#include "store/event.h"
#include "store/stmt.h"

#include <inttypes.h>
#include <string.h>

/* ---- finding ---- */

enum { NAME_CHARACTERS_MAX = 64, DAY_PERSONS_MAX = 100 * 1000 };

/* Characters of a name without spaces and the dots between its parts. */
static int32_t name_characters(struct str name, uint32_t characters[NAME_CHARACTERS_MAX])
{
    int32_t count = 0;
    while (name.size > 0 && count < NAME_CHARACTERS_MAX) {
        uint32_t c = str_next_character(&name);
        bool is_dot = c == 0x00B7 || c == 0x2022 || c == 0x30FB || c == '.' || c == 0xFF0E;
        if (c != ' ' && c != 0x3000 && !is_dot)
            characters[count++] = c;
    }
    return count;
}

bool duplicate_names_near(struct str a, struct str b)
{
    uint32_t left[NAME_CHARACTERS_MAX], right[NAME_CHARACTERS_MAX];
    int32_t left_count = name_characters(a, left);
    int32_t right_count = name_characters(b, right);
    if (left_count != right_count)
        return false;
    int32_t different_count = 0;
    for (int32_t i = 0; i < left_count; i++)
        different_count += left[i] != right[i];
    return different_count == 0 || (different_count == 1 && left_count >= 3);
}

struct finder {
    struct work *w;
    struct duplicate_pair *pairs;
    int32_t pair_count;
    struct person_by_birth_out *persons; /* born on one day */
    int32_t person_count;
    int32_t person_capacity;
    struct arena_mark day_mark;
};

static bool same_index(struct str a, struct str b)
{
    return a.ptr && b.ptr && str_equal(a, b);
}

static enum err compare_pair(struct finder *finder, const struct person_by_birth_out *first,
                             const struct person_by_birth_out *second)
{
    struct duplicate_pair pair = {
        .first_id = first->id,
        .second_id = second->id,
        .birth_day = first->birth_day,
        .same_phone = same_index(first->phone_index, second->phone_index),
        .same_bank_account = same_index(first->bank_account_index, second->bank_account_index),
        .other_paper = first->identity_kind != second->identity_kind,
    };
    bool suspected = pair.same_phone || pair.same_bank_account || pair.other_paper;
    if (!suspected || !duplicate_names_near(first->name, second->name))
        return ERR_OK;
    if (finder->pair_count == DUPLICATE_PAIRS_MAX)
        return fail(finder->w, ERR_LIMIT, "疑似重复超过%d对，请先处理一部分", DUPLICATE_PAIRS_MAX);
    finder->pairs[finder->pair_count++] = pair;
    return ERR_OK;
}

static enum err compare_day(struct finder *finder)
{
    for (int32_t i = 0; i < finder->person_count; i++)
        for (int32_t j = 0; j < i; j++)
            TRY(compare_pair(finder, &finder->persons[j], &finder->persons[i]));
    finder->person_count = 0;
    return ERR_OK;
}

static enum err keep_person(struct finder *finder, const struct person_by_birth_out *row)
{
    struct work *w = finder->w;
    if (finder->person_count == DAY_PERSONS_MAX)
        return fail(w, ERR_LIMIT, "more than %d persons are born on one day", DAY_PERSONS_MAX);
    struct person_by_birth_out *person = &finder->persons[finder->person_count++];
    *person = *row;
    person->name = str_copy(w->arena, row->name);
    if (row->phone_index.ptr)
        person->phone_index = str_copy(w->arena, row->phone_index);
    if (row->bank_account_index.ptr)
        person->bank_account_index = str_copy(w->arena, row->bank_account_index);
    return person->name.ptr ? ERR_OK : fail(w, ERR_MEMORY, "no memory for the persons of a day");
}

static enum err find_in(struct finder *finder, struct cursor *cursor)
{
    int32_t day = ABSENT_I32;
    struct arena_mark mark = arena_mark(finder->w->arena);
    for (;;) {
        struct person_by_birth_out row;
        bool more;
        TRY(person_by_birth_next(cursor, &row, &more));
        if (!more || row.birth_day != day) {
            TRY(compare_day(finder));
            arena_rewind(finder->w->arena, mark);
        }
        if (!more)
            return ERR_OK;
        day = row.birth_day;
        TRY(keep_person(finder, &row));
    }
}

static enum err add_names(struct finder *finder)
{
    for (int32_t i = 0; i < finder->pair_count; i++) {
        struct duplicate_pair *pair = &finder->pairs[i];
        struct fact first, second;
        TRY(fact_read(finder->w, REGISTRY_person, pair->first_id, pair->first_id, &first));
        TRY(fact_read(finder->w, REGISTRY_person, pair->second_id, pair->second_id, &second));
        pair->first_name = ((const struct person *)first.record)->name;
        pair->second_name = ((const struct person *)second.record)->name;
    }
    return ERR_OK;
}

enum err person_duplicates(struct work *w, struct duplicate_pair **ret_pairs,
                           int32_t *ret_pair_count)
{
    struct finder finder = {
        .w = w,
        .pairs = ARENA_NEW_ARRAY(w->arena, struct duplicate_pair, DUPLICATE_PAIRS_MAX),
        .persons = ARENA_NEW_ARRAY(w->arena, struct person_by_birth_out, DAY_PERSONS_MAX),
    };
    if (!finder.pairs || !finder.persons)
        return fail(w, ERR_MEMORY, "no memory to look for doubles");
    struct cursor cursor;
    TRY(person_by_birth(w, &cursor));
    enum err err = find_in(&finder, &cursor);
    cursor_close(&cursor);
    TRY(err);
    TRY(add_names(&finder));
    *ret_pairs = finder.pairs;
    *ret_pair_count = finder.pair_count;
    return ERR_OK;
}

/* ---- joining ---- */

/* The events of moving, by table of the record. */
static const char *const moved_kinds[REGISTRY_RECORD_COUNT] = {
    [REGISTRY_person_group] = "person_group.moved",
    [REGISTRY_employment] = "employment.moved",
    [REGISTRY_insured_span] = "insured_span.moved",
    [REGISTRY_certificate] = "certificate.moved",
    [REGISTRY_training] = "training.moved",
    [REGISTRY_award] = "award.moved",
    [REGISTRY_honour] = "honour.moved",
    [REGISTRY_professional_title] = "professional_title.moved",
    [REGISTRY_assessment] = "assessment.moved",
    [REGISTRY_payment] = "payment.moved",
    [REGISTRY_apprentice_agreement] = "apprentice_agreement.moved",
    [REGISTRY_enrolment] = "enrolment.moved",
};

static struct record_head *head_of(const struct fact *fact)
{
    return fact->record;
}

static enum err move_all(struct work *w, int64_t from_id, int64_t to_id)
{
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++) {
        struct fact *facts;
        int32_t count;
        if (registry_owner(table) != REGISTRY_person)
            continue;
        check(moved_kinds[table]);
        TRY(fact_read_current(w, table, from_id, &facts, &count));
        for (int32_t i = 0; i < count; i++)
            TRY(fact_move(w, &facts[i], to_id, moved_kinds[table]));
    }
    return ERR_OK;
}

/* Whether a carrier was led by a person at any time. */
static enum err was_led_by(struct work *w, int64_t organisation_id, int64_t carrier_id,
                           int64_t person_id, bool *ret_was)
{
    struct fact *versions;
    int32_t count;
    TRY(fact_read_versions(w, REGISTRY_carrier, organisation_id, &versions, &count));
    *ret_was = false;
    for (int32_t i = 0; i < count; i++) {
        const struct carrier *carrier = versions[i].record;
        *ret_was = *ret_was || (carrier->head.id == carrier_id && carrier->master == person_id);
    }
    return ERR_OK;
}

enum change { CHANGE_ALL, CHANGE_BACK };

enum { MASTER_CARRIERS_MAX = 64 };

/* Carriers led by one person are led by the other from now on; back: only those that were. */
static enum err change_master(struct work *w, int64_t from_id, int64_t to_id, enum change change)
{
    struct carrier_of_master_in in = {.master = from_id};
    struct cursor cursor;
    struct carrier_of_master_out rows[MASTER_CARRIERS_MAX];
    int32_t count = 0;
    bool more = true;
    TRY(carrier_of_master(w, &in, &cursor));
    while (more && count < MASTER_CARRIERS_MAX) {
        TRY(carrier_of_master_next(&cursor, &rows[count], &more));
        count += more;
    }
    cursor_close(&cursor);
    for (int32_t i = 0; i < count; i++) {
        struct fact fact;
        enum fact_outcome outcome;
        bool was = true;
        if (change == CHANGE_BACK)
            TRY(was_led_by(w, rows[i].organisation_id, rows[i].id, to_id, &was));
        if (!was)
            continue;
        TRY(fact_read(w, REGISTRY_carrier, rows[i].organisation_id, rows[i].id, &fact));
        ((struct carrier *)fact.record)->master = to_id;
        TRY(fact_correct(w, &fact, &outcome));
    }
    return ERR_OK;
}

static enum err tell(struct work *w, const char *kind, int64_t person_id, int64_t join_id)
{
    struct event event = {.kind = str_from(kind), .person_id = person_id, .subject_id = join_id};
    return event_append(w, &event);
}

enum err person_join(struct work *w, int64_t kept_id, int64_t dropped_id, struct str reason,
                     int64_t *ret_join_id)
{
    struct fact kept, dropped;
    if (kept_id == dropped_id)
        return fail(w, ERR_INPUT, "两个编号是同一个人");
    TRY(fact_read(w, REGISTRY_person, kept_id, kept_id, &kept));
    TRY(fact_read(w, REGISTRY_person, dropped_id, dropped_id, &dropped));
    TRY(move_all(w, dropped_id, kept_id));
    TRY(change_master(w, dropped_id, kept_id, CHANGE_ALL));
    TRY(fact_withdraw(w, REGISTRY_person, dropped_id, dropped_id));
    struct person_join_insert_in in = {
        .person_id = kept_id,
        .id = id_next(w->ids),
        .dropped_person_id = dropped_id,
        .joined_ms = w->now_ms,
        .parted_ms = REGISTRY_NEVER_MS,
        .reason = reason.ptr ? reason : STR(""),
    };
    TRY(person_join_insert(w, &in, NULL));
    TRY(tell(w, "person.joined", kept_id, in.id));
    TRY(tell(w, "person.joined", dropped_id, in.id));
    *ret_join_id = in.id;
    return ERR_OK;
}

static bool came_from(const struct fact *fact, const struct fact *versions, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        if (head_of(&versions[i])->id == head_of(fact)->id)
            return true;
    return false;
}

/* A record goes back when versions of it stand under the dropped person; what was added later under
 * the kept person stays there. */
static enum err move_back(struct work *w, int64_t kept_id, int64_t dropped_id)
{
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++) {
        struct fact *current, *before;
        int32_t current_count, before_count;
        if (registry_owner(table) != REGISTRY_person)
            continue;
        TRY(fact_read_current(w, table, kept_id, &current, &current_count));
        TRY(fact_read_versions(w, table, dropped_id, &before, &before_count));
        for (int32_t i = 0; i < current_count; i++)
            if (came_from(&current[i], before, before_count))
                TRY(fact_move(w, &current[i], dropped_id, moved_kinds[table]));
    }
    return ERR_OK;
}

static enum err read_join(struct work *w, int64_t join_id, struct person_join_by_id_out *ret_join)
{
    struct person_join_by_id_in in = {.id = join_id};
    enum err err = person_join_by_id(w, &in, ret_join);
    if (err == ERR_NOT_FOUND)
        return fail(w, ERR_NOT_FOUND, "没有编号为%" PRId64 "的合并", join_id);
    return err;
}

enum err person_of_join(struct work *w, int64_t join_id, int64_t *ret_kept_id)
{
    struct person_join_by_id_out join;
    TRY(read_join(w, join_id, &join));
    *ret_kept_id = join.person_id;
    return ERR_OK;
}

enum err person_part(struct work *w, int64_t join_id)
{
    struct person_join_by_id_out join;
    TRY(read_join(w, join_id, &join));
    if (join.parted_ms != REGISTRY_NEVER_MS)
        return ERR_OK; /* parted already */
    TRY(fact_restore(w, REGISTRY_person, join.dropped_person_id, join.dropped_person_id));
    TRY(move_back(w, join.person_id, join.dropped_person_id));
    TRY(change_master(w, join.person_id, join.dropped_person_id, CHANGE_BACK));
    struct person_join_part_in part = {join.person_id, join_id, w->now_ms};
    TRY(person_join_part(w, &part, NULL));
    TRY(tell(w, "person.parted", join.person_id, join_id));
    return tell(w, "person.parted", join.dropped_person_id, join_id);
}
