#include "domain/registry/search.h"

#include "domain/registry/fact.h"
#include "domain/registry/fact_check.h"
#include "search_sql.h"

#include <string.h>

enum {
    PART_CHARACTERS = 8,      /* of an end of a body's name; the schema step says so too */
    NUMBER_SIZE_MIN = 6,      /* no number that is looked up whole is shorter */
    NUMBER_SIZE_MAX = 40,
    TEXT_CHARACTERS_MAX = 60, /* more is no name */
    FEW_NAMES = 50,           /* a rarer part of a piece is not looked for */
};

/* Behind every text that begins with another: the largest code point. */
#define LAST_CHARACTER "\xF4\x8F\xBF\xBF"

/* ---- by number ---- */

static bool is_number(struct str text)
{
    bool has_digit = false;
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.ptr[i];
        bool is_letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
        has_digit |= byte >= '0' && byte <= '9';
        if (!is_letter && byte != '-' && (byte < '0' || byte > '9'))
            return false;
    }
    return has_digit && text.size >= NUMBER_SIZE_MIN && text.size <= NUMBER_SIZE_MAX;
}

/* Without spaces, letters as capitals: how numbers stand in the registry. */
static struct str number_normal(struct work *w, struct str text)
{
    struct text_buf normal;
    text_init(&normal, w->arena);
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.ptr[i];
        if (byte == ' ')
            continue;
        text_add_byte(&normal, byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte);
    }
    return text_str(&normal);
}

static bool has_person(const struct search_result *result, int64_t id)
{
    for (int32_t i = 0; i < result->person_count; i++)
        if (result->person_ids[i] == id)
            return true;
    return false;
}

static enum err add_person_in_scope(struct work *w, const struct search_request *request,
                                    int64_t id, struct search_result *result)
{
    struct line_person_out person;
    enum err err = line_person(w, &(struct line_person_in){id}, &person);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        return ERR_OK;
    }
    TRY(err);
    bool inside = person.division >= request->division_min &&
                  person.division <= request->division_max;
    if (inside && !has_person(result, id) && result->person_count < request->row_count_max)
        result->person_ids[result->person_count++] = id;
    return ERR_OK;
}

static enum err find_identity(struct work *w, const struct search_request *request,
                              struct str number, struct search_result *result)
{
    struct fault fault = {0};
    struct str identity = fact_identity_normal(w->arena, number, ABSENT_I32, w->today_day, &fault);
    int64_t id;
    if (!identity.ptr || !w->secrets)
        return ERR_OK;
    enum err err = fact_person_by_identity(w, identity, &id);
    if (err == ERR_OK)
        return add_person_in_scope(w, request, id, result);
    fault_clear(&w->fault);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err find_credit_code(struct work *w, const struct search_request *request,
                                 struct str number, struct search_result *result)
{
    int64_t id;
    enum err err = fact_organisation_by_credit_code(w, number, &id);
    struct line_organisation_out organisation;
    if (err == ERR_OK)
        err = line_organisation(w, &(struct line_organisation_in){id}, &organisation);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        return ERR_OK;
    }
    TRY(err);
    if (organisation.division >= request->division_min &&
        organisation.division <= request->division_max)
        result->organisation_ids[result->organisation_count++] = id;
    return ERR_OK;
}

static enum err find_certificate(struct work *w, const struct search_request *request,
                                 struct str number, struct search_result *result)
{
    struct search_certificate_out found;
    enum err err = search_certificate(w, &(struct search_certificate_in){number}, &found);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        return ERR_OK;
    }
    TRY(err);
    int32_t before_count = result->person_count;
    TRY(add_person_in_scope(w, request, found.person_id, result));
    if (result->person_count > before_count)
        result->certificate_number = number;
    return ERR_OK;
}

/* ---- by a piece of a name ---- */

static struct str first_characters(struct str text, int32_t count)
{
    struct str rest = text;
    for (int32_t i = 0; i < count && rest.size > 0; i++)
        (void)str_next_character(&rest);
    return (struct str){text.ptr, text.size - rest.size};
}

static struct str behind(struct work *w, struct str low)
{
    struct text_buf high;
    text_init(&high, w->arena);
    text_add(&high, low);
    text_add(&high, STR(LAST_CHARACTER));
    return text_str(&high);
}

static enum err find_people_at(struct work *w, const struct search_request *request,
                               const struct stmt *stmt, struct search_result *result)
{
    struct search_person_name_in in = {
        .low = request->text,
        .high = behind(w, request->text),
        .division_min = request->division_min,
        .division_max = request->division_max,
        .name_count_max = SEARCH_NAMES_MAX,
        .row_count_max = request->row_count_max,
    };
    struct cursor cursor;
    struct search_person_name_out row;
    bool more = true;
    TRY(stmt_struct_open(w, stmt, &in, &cursor));
    while (result->person_count < request->row_count_max) {
        TRY(cursor_struct_next(&cursor, &row, &more));
        if (!more)
            return ERR_OK;
        if (!has_person(result, row.id))
            result->person_ids[result->person_count++] = row.id;
    }
    cursor_close(&cursor);
    return ERR_OK;
}

/* The three statements have the same parameters and columns. */
static enum err find_people(struct work *w, const struct search_request *request,
                            struct search_result *result)
{
    TRY(find_people_at(w, request, &search_person_name_stmt, result));
    TRY(find_people_at(w, request, &search_person_name_second_stmt, result));
    return find_people_at(w, request, &search_person_name_third_stmt, result);
}

/* The eight characters of a piece that the fewest names have: those are looked at. */
struct key_part {
    struct str low, high;
    bool is_common; /* more names than are looked at have it */
};

static enum err choose_part(struct work *w, struct str piece, struct key_part *ret_part)
{
    int64_t count_min = INT64_MAX;
    struct str rest = piece;
    for (;;) {
        struct str low = first_characters(rest, PART_CHARACTERS);
        struct search_part_count_in in = {low, behind(w, low), SEARCH_CANDIDATES_MAX};
        struct search_part_count_out out;
        TRY(search_part_count(w, &in, &out));
        if (out.part_count < count_min) {
            count_min = out.part_count;
            *ret_part = (struct key_part){low, in.high, count_min == SEARCH_CANDIDATES_MAX};
        }
        if (count_min < FEW_NAMES || low.size == rest.size)
            return ERR_OK;
        (void)str_next_character(&rest);
    }
}

static bool has_organisation(const struct search_result *result, int64_t id)
{
    for (int32_t i = 0; i < result->organisation_count; i++)
        if (result->organisation_ids[i] == id)
            return true;
    return false;
}

static enum err find_organisations_among(struct work *w, const struct search_request *request,
                                         struct search_result *result)
{
    struct search_organisation_among_in in = {request->text, request->division_min,
                                              request->division_max, SEARCH_BODIES_MAX,
                                              request->row_count_max};
    struct cursor cursor;
    struct search_organisation_among_out row;
    bool more = true;
    TRY(search_organisation_among(w, &in, &cursor));
    while (result->organisation_count < request->row_count_max) {
        TRY(search_organisation_among_next(&cursor, &row, &more));
        if (!more)
            return ERR_OK;
        if (!has_organisation(result, row.id))
            result->organisation_ids[result->organisation_count++] = row.id;
    }
    cursor_close(&cursor);
    return ERR_OK;
}

static enum err find_organisations(struct work *w, const struct search_request *request,
                                   const struct key_part *part, struct search_result *result)
{
    struct search_organisation_name_in in = {
        .low = part->low, .high = part->high, .piece = request->text,
        .division_min = request->division_min, .division_max = request->division_max,
        .candidate_count_max = SEARCH_CANDIDATES_MAX, .row_count_max = request->row_count_max,
    };
    struct cursor cursor;
    struct search_organisation_name_out row;
    bool more = true;
    TRY(search_organisation_name(w, &in, &cursor));
    while (result->organisation_count < request->row_count_max) {
        TRY(search_organisation_name_next(&cursor, &row, &more));
        if (!more)
            return part->is_common ? find_organisations_among(w, request, result) : ERR_OK;
        result->organisation_ids[result->organisation_count++] = row.id;
    }
    cursor_close(&cursor);
    return ERR_OK;
}

static void add_carrier(struct search_result *result, int64_t organisation_id, int64_t id)
{
    for (int32_t i = 0; i < result->carrier_count; i++)
        if (result->carriers[i].id == id)
            return;
    result->carriers[result->carrier_count].organisation_id = organisation_id;
    result->carriers[result->carrier_count++].id = id;
}

static enum err find_carriers_among(struct work *w, const struct search_request *request,
                                    struct search_result *result)
{
    struct search_carrier_among_in in = {request->text, request->division_min,
                                         request->division_max, SEARCH_BODIES_MAX,
                                         request->row_count_max};
    struct cursor cursor;
    struct search_carrier_among_out row;
    bool more = true;
    TRY(search_carrier_among(w, &in, &cursor));
    while (result->carrier_count < request->row_count_max) {
        TRY(search_carrier_among_next(&cursor, &row, &more));
        if (!more)
            return ERR_OK;
        add_carrier(result, row.organisation_id, row.id);
    }
    cursor_close(&cursor);
    return ERR_OK;
}

static enum err find_carriers(struct work *w, const struct search_request *request,
                              const struct key_part *part, struct search_result *result)
{
    struct search_carrier_name_in in = {
        .low = part->low, .high = part->high, .piece = request->text,
        .division_min = request->division_min, .division_max = request->division_max,
        .candidate_count_max = SEARCH_CANDIDATES_MAX, .row_count_max = request->row_count_max,
    };
    struct cursor cursor;
    struct search_carrier_name_out row;
    bool more = true;
    TRY(search_carrier_name(w, &in, &cursor));
    while (result->carrier_count < request->row_count_max) {
        TRY(search_carrier_name_next(&cursor, &row, &more));
        if (!more)
            return part->is_common ? find_carriers_among(w, request, result) : ERR_OK;
        add_carrier(result, row.organisation_id, row.id);
    }
    cursor_close(&cursor);
    return ERR_OK;
}

enum err registry_search(struct work *w, const struct search_request *request,
                         struct search_result *ret_result)
{
    check(request->row_count_max > 0 && request->row_count_max <= SEARCH_ROWS_MAX);
    struct search_request wanted = *request;
    struct search_result result = {0};
    wanted.text = str_trim(request->text);
    if (wanted.text.size > 0 && str_character_count(wanted.text) <= TEXT_CHARACTERS_MAX) {
        struct str number = number_normal(w, wanted.text);
        if (is_number(number)) {
            TRY(find_identity(w, &wanted, number, &result));
            TRY(find_credit_code(w, &wanted, number, &result));
            TRY(find_certificate(w, &wanted, number, &result));
        } else {
            TRY(find_people(w, &wanted, &result));
        }
        struct key_part part = {0};
        TRY(choose_part(w, wanted.text, &part));
        if (result.organisation_count == 0)
            TRY(find_organisations(w, &wanted, &part, &result));
        TRY(find_carriers(w, &wanted, &part, &result));
    }
    *ret_result = result;
    return ERR_OK;
}

/* ---- ends of names ---- */

enum err search_rebuild(struct work *w)
{
    TRY(name_part_clear_all(w, NULL));
    TRY(name_part_add_organisations(w, NULL));
    return name_part_add_carriers(w, NULL);
}

enum err search_note(struct work *w, int32_t table, int64_t owner_id, int64_t id)
{
    if (table == REGISTRY_organisation) {
        TRY(name_part_clear(w, &(struct name_part_clear_in){id, id}, NULL));
        return name_part_add_organisation(w, &(struct name_part_add_organisation_in){id}, NULL);
    }
    if (table == REGISTRY_carrier) {
        TRY(name_part_clear(w, &(struct name_part_clear_in){owner_id, id}, NULL));
        return name_part_add_carrier(w, &(struct name_part_add_carrier_in){owner_id, id}, NULL);
    }
    return ERR_OK;
}

/* ---- lists ---- */

static enum err none_is_fine(struct work *w, enum err err)
{
    if (err != ERR_NOT_FOUND)
        return err;
    fault_clear(&w->fault);
    return ERR_OK;
}

/* A list begins before its first division. */
static struct roll_key key_from(struct roll_key after, int32_t division_min)
{
    bool is_inside = after.division >= division_min;
    return is_inside ? after : (struct roll_key){division_min - 1, INT64_MAX};
}

static enum err roll(struct work *w, const struct stmt *stmt, int32_t division_min,
                     int32_t division_max, struct roll_key after, int32_t row_count_max,
                     struct roll_key *ret_keys, int32_t *ret_count)
{
    struct roll_key from = key_from(after, division_min);
    struct person_page_in in = {from.division, from.id, division_max, row_count_max};
    struct cursor cursor;
    struct person_page_out row;
    bool more = true;
    TRY(stmt_struct_open(w, stmt, &in, &cursor));
    for (int32_t count = 0;;) {
        TRY(cursor_struct_next(&cursor, &row, &more));
        if (!more) {
            *ret_count = count;
            return ERR_OK;
        }
        ret_keys[count++] = (struct roll_key){row.division, row.id};
    }
}

enum err roll_persons(struct work *w, int32_t division_min, int32_t division_max,
                      struct roll_key after, int32_t row_count_max, struct roll_key *ret_keys,
                      int32_t *ret_count)
{
    return roll(w, &person_page_stmt, division_min, division_max, after, row_count_max, ret_keys,
                ret_count);
}

enum err roll_organisations(struct work *w, int32_t division_min, int32_t division_max,
                            struct roll_key after, int32_t row_count_max,
                            struct roll_key *ret_keys, int32_t *ret_count)
{
    return roll(w, &organisation_page_stmt, division_min, division_max, after, row_count_max,
                ret_keys, ret_count);
}

_Static_assert(sizeof(struct person_name_page_out) == sizeof(struct level_page_out),
               "both pages have the same columns");

/* Those inside among the candidates; the next page goes on behind *ret_last_id (0: the end). */
static enum err take_inside(struct cursor *cursor, int32_t row_count_max, int64_t *ret_ids,
                            int32_t *ret_count, int64_t *ret_last_id)
{
    struct level_page_out row = {0};
    bool more = true;
    int32_t count = 0, look_count = 0;
    while (count < row_count_max) {
        TRY(cursor_struct_next(cursor, &row, &more));
        if (!more)
            break;
        look_count++;
        if (row.is_inside)
            ret_ids[count++] = row.id;
    }
    cursor_close(cursor);
    *ret_count = count;
    *ret_last_id = more || look_count == ROLL_LOOK_MAX ? row.id : 0;
    return ERR_OK;
}

/* A name is personal: a page goes on behind an id, and the name is read again. */
enum err roll_persons_by_name(struct work *w, int32_t division_min, int32_t division_max,
                              int64_t after_id, int32_t row_count_max, int64_t *ret_ids,
                              int32_t *ret_count, int64_t *ret_last_id)
{
    struct line_person_out after = {.name = STR(""), .division = 0};
    if (after_id != 0)
        TRY(none_is_fine(w, line_person(w, &(struct line_person_in){after_id}, &after)));
    struct person_name_page_in in = {after.name, after.division, after_id,
                                     division_min, division_max, ROLL_LOOK_MAX};
    struct cursor cursor;
    TRY(person_name_page(w, &in, &cursor));
    return take_inside(&cursor, row_count_max, ret_ids, ret_count, ret_last_id);
}

enum err roll_organisations_by_name(struct work *w, int32_t division_min, int32_t division_max,
                                    int64_t after_id, int32_t row_count_max, int64_t *ret_ids,
                                    int32_t *ret_count, int64_t *ret_last_id)
{
    struct line_organisation_out after = {.name = STR(""), .division = 0};
    if (after_id != 0)
        TRY(none_is_fine(w, line_organisation(w, &(struct line_organisation_in){after_id},
                                              &after)));
    struct organisation_name_page_in in = {after.name, after.division, after_id,
                                           division_min, division_max, ROLL_LOOK_MAX};
    struct cursor cursor;
    TRY(organisation_name_page(w, &in, &cursor));
    return take_inside(&cursor, row_count_max, ret_ids, ret_count, ret_last_id);
}

enum err roll_persons_of_level(struct work *w, int32_t level, int32_t division_min,
                               int32_t division_max, int64_t after_id, int32_t row_count_max,
                               int64_t *ret_ids, int32_t *ret_count, int64_t *ret_last_id)
{
    struct level_page_in in = {level, after_id, division_min, division_max, ROLL_LOOK_MAX};
    struct cursor cursor;
    TRY(level_page(w, &in, &cursor));
    return take_inside(&cursor, row_count_max, ret_ids, ret_count, ret_last_id);
}

enum err roll_staff(struct work *w, int64_t organisation_id, int64_t after_id,
                    int32_t row_count_max, int64_t *ret_ids, int32_t *ret_count)
{
    struct employer_page_in in = {organisation_id, after_id, w->today_day, row_count_max};
    struct cursor cursor;
    struct employer_page_out row;
    bool more = true;
    TRY(employer_page(w, &in, &cursor));
    for (int32_t count = 0;;) {
        TRY(employer_page_next(&cursor, &row, &more));
        if (!more) {
            *ret_count = count;
            return ERR_OK;
        }
        ret_ids[count++] = row.person_id;
    }
}

enum err roll_staff_count(struct work *w, int64_t organisation_id, int64_t *ret_count)
{
    struct employer_head_count_in in = {organisation_id, w->today_day};
    struct employer_head_count_out row;
    TRY(employer_head_count(w, &in, &row));
    *ret_count = row.person_count;
    return ERR_OK;
}

/* ---- one line ---- */

enum err person_line_read(struct work *w, int64_t id, struct person_line *ret_line)
{
    struct line_person_out person;
    struct line_certificate_out certificate = {ABSENT_I32, ABSENT_I32};
    struct line_employer_out employer = {ABSENT_I64, {0}, ABSENT_I32};
    TRY(line_person(w, &(struct line_person_in){id}, &person));
    struct line_certificate_in held = {id, w->today_day};
    TRY(none_is_fine(w, line_certificate(w, &held, &certificate)));
    struct line_employer_in works = {id, w->today_day};
    TRY(none_is_fine(w, line_employer(w, &works, &employer)));
    *ret_line = (struct person_line){
        .id = id,
        .name = person.name,
        .birth_day = person.birth_day,
        .sex = person.sex,
        .division = person.division,
        .level = certificate.level,
        .occupation = certificate.occupation,
        .employer_id = employer.employer,
        .employer_name = employer.name,
        .employer_division = employer.division,
    };
    return ERR_OK;
}

enum err organisation_line_read(struct work *w, int64_t id, struct organisation_line *ret_line)
{
    struct line_organisation_out row;
    TRY(line_organisation(w, &(struct line_organisation_in){id}, &row));
    *ret_line = (struct organisation_line){id,       row.name,     row.credit_code,
                                           row.kind, row.division, row.industry};
    return ERR_OK;
}
