/* fact.c — versions of records in the store.
 *
 * Invariants
 * 1. At most one version of (owner, id) is current: gone_ms = REGISTRY_NEVER_MS.
 * 2. A later version has a later known_ms; the version before it has gone_ms = that known_ms.
 * 3. Every change writes one event in the same transaction, and what search.h finds changes with
 *    it. */
#include "domain/registry/fact.h"

#include "base/id.h"
#include "base/secret.h"
#include "domain/registry/search.h"
#include "registry_owner_sql.h"
#include "registry_sql.h"
#include "store/event.h"
#include "store/stmt.h"

#include <inttypes.h>
#include <string.h>

const struct fact_statements fact_statements[REGISTRY_RECORD_COUNT] = {
#define ENUM_BEGIN(name, label, order)
#define CODE(enumeration, number, name, label, alias)
#define ENUM_END(name)
#define RECORD_BEGIN(name, label, owner)                                                           \
    {&name##_insert_stmt,   &name##_close_stmt,   &name##_current_stmt,                            \
     &name##_versions_stmt, &name##_rows_at_stmt, &name##_facts_at_stmt},
#define FIELD(record, name, type, target, need, privacy, label, note)
#define RECORD_END(name)
#include "domain/registry/registry.def"
#undef RECORD_BEGIN
};

enum fact_event { EVENT_ADDED, EVENT_CORRECTED, EVENT_WITHDRAWN, EVENT_RESTORED, EVENT_COUNT };

static const char *const event_kinds[REGISTRY_RECORD_COUNT][EVENT_COUNT] = {
#define RECORD_BEGIN(name, label, owner)                                                           \
    {#name ".added", #name ".corrected", #name ".withdrawn", #name ".restored"},
#include "domain/registry/registry.def"
#undef ENUM_BEGIN
#undef CODE
#undef ENUM_END
#undef RECORD_BEGIN
#undef FIELD
#undef RECORD_END
};

#define BIT(record, field) (1u << FIELD_##record##_##field)

static const uint32_t key_fields[REGISTRY_RECORD_COUNT] = {
    [REGISTRY_person] = BIT(person, identity),
    [REGISTRY_person_group] = BIT(person_group, group_code) | BIT(person_group, from_day),
    [REGISTRY_organisation] = BIT(organisation, credit_code),
    [REGISTRY_organisation_role] = BIT(organisation_role, role) | BIT(organisation_role, from_day),
    [REGISTRY_employment] = BIT(employment, employer) | BIT(employment, from_day),
    [REGISTRY_insured_span] =
        BIT(insured_span, insurance) | BIT(insured_span, payer) | BIT(insured_span, from_month),
    [REGISTRY_certificate] = BIT(certificate, number),
    [REGISTRY_training] = BIT(training, provider) | BIT(training, project) |
                          BIT(training, occupation) | BIT(training, start_day),
    [REGISTRY_award] = BIT(award, contest_name) | BIT(award, occupation) | BIT(award, award_day),
    [REGISTRY_honour] = BIT(honour, title) | BIT(honour, granted_day),
    [REGISTRY_professional_title] =
        BIT(professional_title, series) | BIT(professional_title, granted_day),
    [REGISTRY_carrier] = BIT(carrier, name),
    [REGISTRY_carrier_activity] = BIT(carrier_activity, kind) | BIT(carrier_activity, activity_day),
    [REGISTRY_contest] = BIT(contest, name) | BIT(contest, held_day),
    [REGISTRY_programme] = BIT(programme, name) | BIT(programme, kind),
    [REGISTRY_special_item] = BIT(special_item, name),
    [REGISTRY_assessment] = BIT(assessment, occupation) | BIT(assessment, level) |
                            BIT(assessment, assess_day),
    [REGISTRY_payment] = BIT(payment, kind) | BIT(payment, occupation) | BIT(payment, level) |
                         BIT(payment, paid_day),
    [REGISTRY_apprentice_agreement] =
        BIT(apprentice_agreement, employer) | BIT(apprentice_agreement, from_day),
    [REGISTRY_enrolment] = BIT(enrolment, school) | BIT(enrolment, enrolled_day),
    [REGISTRY_filing_scope] = BIT(filing_scope, occupation) | BIT(filing_scope, from_day),
    [REGISTRY_carrier_member] = BIT(carrier_member, member) | BIT(carrier_member, joined_day),
};

uint32_t fact_key_fields(int32_t table)
{
    return key_fields[table];
}

int32_t fact_division(const struct fact *fact)
{
    int32_t division = ABSENT_I32;
    if (fact->table == REGISTRY_person)
        division = ((const struct person *)fact->record)->division;
    else if (fact->table == REGISTRY_organisation)
        division = ((const struct organisation *)fact->record)->division;
    return division == ABSENT_I32 ? 0 : division;
}

static struct record_head *head_of(const struct fact *fact)
{
    return fact->record;
}

static bool is_owned(int32_t table)
{
    return registry_records[table].owner[0] != '\0';
}

static int64_t key_id_of(const struct fact *fact)
{
    return is_owned(fact->table) ? head_of(fact)->owner_id : head_of(fact)->id;
}

int32_t fact_secret_position(int32_t table, int32_t field)
{
    const struct record_desc *desc = &registry_records[table];
    int32_t position = 0;
    for (int32_t i = 0; i < field; i++)
        position += desc->fields[i].type == FIELD_SECRET;
    check(position < FACT_SECRET_COUNT_MAX);
    return position;
}

/* ---- values of columns ---- */

static struct stmt_value int64_value(int64_t number)
{
    return (struct stmt_value){.type = STMT_INT64, .number = number};
}

static struct stmt_value bytes_value(enum stmt_type type, struct str text)
{
    return (struct stmt_value){.type = type, .absent = text.ptr == NULL, .text = text};
}

static struct stmt_value number_value(const struct field_desc *field, const void *record)
{
    int64_t number = registry_number(field, record);
    return (struct stmt_value){
        .type = registry_is_wide(field) ? STMT_INT64 : STMT_INT32,
        .absent = number == ABSENT_I64,
        .number = number,
    };
}

int32_t fact_to_values(const struct fact *fact, struct stmt_value *ret_values)
{
    const struct record_desc *desc = &registry_records[fact->table];
    const struct record_head *head = head_of(fact);
    int32_t n = 0;
    int32_t secret = 0;
    if (is_owned(fact->table))
        ret_values[n++] = int64_value(head->owner_id);
    ret_values[n++] = int64_value(head->id);
    ret_values[n++] = int64_value(head->known_ms);
    ret_values[n++] = int64_value(head->gone_ms);
    for (int32_t i = 0; i < desc->field_count; i++) {
        const struct field_desc *field = &desc->fields[i];
        if (field->type == FIELD_SECRET) {
            ret_values[n++] = bytes_value(STMT_BLOB, fact->secrets[secret].sealed);
            ret_values[n++] = bytes_value(STMT_BLOB, fact->secrets[secret].index);
            secret++;
        } else if (field->type == FIELD_TEXT) {
            ret_values[n++] = bytes_value(STMT_TEXT, registry_text(field, fact->record));
        } else {
            ret_values[n++] = number_value(field, fact->record);
        }
    }
    ret_values[n++] = bytes_value(STMT_TEXT, head->source.ptr ? head->source : STR(""));
    check(n <= FACT_VALUE_COUNT_MAX);
    return n;
}

static struct str value_text(const struct stmt_value *value)
{
    return value->absent ? (struct str){0} : value->text;
}

void fact_from_values(int32_t table, const struct stmt_value *values, struct fact *fact)
{
    const struct record_desc *desc = &registry_records[table];
    struct record_head *head = head_of(fact);
    int32_t n = 0;
    int32_t secret = 0;
    fact->table = table;
    fact->given = FACT_GIVEN_ALL;
    registry_clear(desc, fact->record);
    if (is_owned(table))
        head->owner_id = values[n++].number;
    head->id = values[n++].number;
    head->known_ms = values[n++].number;
    head->gone_ms = values[n++].number;
    for (int32_t i = 0; i < desc->field_count; i++) {
        const struct field_desc *field = &desc->fields[i];
        if (field->type == FIELD_SECRET) {
            fact->secrets[secret].sealed = value_text(&values[n++]);
            fact->secrets[secret].index = value_text(&values[n++]);
            secret++;
        } else if (field->type == FIELD_TEXT) {
            registry_set_text(field, fact->record, value_text(&values[n++]));
        } else {
            registry_set_number(field, fact->record,
                                values[n].absent ? ABSENT_I64 : values[n].number);
            n++;
        }
    }
    head->source = value_text(&values[n++]);
}

/* ---- reading ---- */

static enum err copy_value_texts(struct work *w, struct stmt_value *values, int32_t value_count)
{
    for (int32_t i = 0; i < value_count; i++) {
        bool is_bytes = values[i].type == STMT_TEXT || values[i].type == STMT_BLOB;
        if (!is_bytes || values[i].absent)
            continue;
        values[i].text = str_copy(w->arena, values[i].text);
        if (!values[i].text.ptr)
            return fail(w, ERR_MEMORY, "no memory for a row of the registry");
    }
    return ERR_OK;
}

enum { FACT_ROOM_FIRST = 8 };

static enum err fact_room(struct work *w, struct fact **facts, int32_t count, int32_t *capacity)
{
    if (count < *capacity)
        return ERR_OK;
    int32_t larger = *capacity ? *capacity * 2 : FACT_ROOM_FIRST;
    struct fact *moved = ARENA_NEW_ARRAY(w->arena, struct fact, (size_t)larger);
    if (!moved)
        return fail(w, ERR_MEMORY, "no memory for %d rows of the registry", larger);
    if (count > 0)
        memcpy(moved, *facts, (size_t)count * sizeof **facts);
    *facts = moved;
    *capacity = larger;
    return ERR_OK;
}

static enum err take_row(struct work *w, int32_t table, const struct stmt *stmt,
                         struct stmt_value *values, struct fact *fact)
{
    TRY(copy_value_texts(w, values, stmt->out_count));
    *fact = (struct fact){.record = arena_alloc(w->arena, registry_records[table].struct_size)};
    if (!fact->record)
        return fail(w, ERR_MEMORY, "no memory for a row of the registry");
    fact_from_values(table, values, fact);
    return ERR_OK;
}

static enum err read_rows(struct work *w, int32_t table, const struct stmt *stmt, int64_t key_id,
                          struct fact **ret_facts, int32_t *ret_fact_count)
{
    struct stmt_value in[] = {int64_value(key_id)};
    struct stmt_value out[FACT_VALUE_COUNT_MAX];
    struct cursor cursor;
    TRY(stmt_open(w, stmt, in, &cursor));
    struct fact *facts = NULL;
    int32_t count = 0, capacity = 0;
    bool more = true;
    enum err err = ERR_OK;
    for (;;) {
        err = cursor_next(&cursor, out, &more);
        if (err == ERR_OK && more)
            err = fact_room(w, &facts, count, &capacity);
        if (err == ERR_OK && more)
            err = take_row(w, table, stmt, out, &facts[count]);
        if (err != ERR_OK || !more)
            break;
        count++;
    }
    cursor_close(&cursor);
    if (err != ERR_OK)
        return err;
    *ret_facts = facts;
    *ret_fact_count = count;
    return ERR_OK;
}

enum err fact_read_current(struct work *w, int32_t table, int64_t key_id, struct fact **ret_facts,
                           int32_t *ret_fact_count)
{
    return read_rows(w, table, fact_statements[table].current, key_id, ret_facts, ret_fact_count);
}

enum err fact_read_versions(struct work *w, int32_t table, int64_t key_id, struct fact **ret_facts,
                            int32_t *ret_fact_count)
{
    return read_rows(w, table, fact_statements[table].versions, key_id, ret_facts, ret_fact_count);
}

enum err fact_read(struct work *w, int32_t table, int64_t key_id, int64_t id, struct fact *ret_fact)
{
    struct fact *facts;
    int32_t count;
    TRY(fact_read_current(w, table, key_id, &facts, &count));
    for (int32_t i = 0; i < count; i++) {
        if (head_of(&facts[i])->id == id) {
            *ret_fact = facts[i];
            return ERR_OK;
        }
    }
    return fail(w, ERR_NOT_FOUND, "没有这条%s记录：%" PRId64, registry_records[table].label_zh, id);
}

enum err fact_person_division(struct work *w, int64_t person_id, int32_t *ret_division)
{
    struct person_division_in in = {.id = person_id};
    struct person_division_out row;
    TRY(person_division(w, &in, &row));
    *ret_division = row.division;
    return ERR_OK;
}

/* ---- secrets ---- */

static enum err seal_one(struct arena *arena, const struct secrets *secrets, struct fact *fact,
                         int32_t i, struct fault *fault)
{
    const struct record_desc *desc = &registry_records[fact->table];
    const struct field_desc *field = &desc->fields[i];
    struct fact_secret *secret = &fact->secrets[fact_secret_position(fact->table, i)];
    struct str clear = registry_text(field, fact->record);
    if (!clear.ptr || secret->sealed.ptr)
        return ERR_OK;
    struct secret_place place = {desc->name, field->name, head_of(fact)->id};
    uint8_t *index = arena_alloc(arena, SECRET_INDEX_SIZE);
    enum err err = index ? secret_index(secrets, field->target, clear, index) : ERR_MEMORY;
    if (err == ERR_OK)
        err = secret_seal(secrets, arena, place, clear, &secret->sealed);
    if (err != ERR_OK)
        return fault_set(fault, err, "%s加密失败", field->label_zh);
    secret->index = (struct str){(const char *)index, SECRET_INDEX_SIZE};
    return ERR_OK;
}

enum err fact_seal(struct arena *arena, const struct secrets *secrets, struct id_source *ids,
                   struct fact *fact, struct fault *fault)
{
    const struct record_desc *desc = &registry_records[fact->table];
    if (head_of(fact)->id == 0)
        head_of(fact)->id = id_next(ids);
    for (int32_t i = 0; i < desc->field_count; i++)
        if (desc->fields[i].type == FIELD_SECRET)
            TRY(seal_one(arena, secrets, fact, i, fault));
    return ERR_OK;
}

/* Sealed values are bound to the row's id: another id needs them made anew. */
static enum err seal_again(struct work *w, struct fact *fact, int64_t id)
{
    if (head_of(fact)->id == id)
        return ERR_OK;
    head_of(fact)->id = id;
    for (int32_t i = 0; i < FACT_SECRET_COUNT_MAX; i++)
        fact->secrets[i] = (struct fact_secret){0};
    return fact_seal(w->arena, w->secrets, w->ids, fact, &w->fault);
}

enum err fact_open_secret(struct arena *arena, const struct secrets *secrets,
                          const struct fact *fact, int32_t field, struct str *ret_clear,
                          struct fault *fault)
{
    const struct record_desc *desc = &registry_records[fact->table];
    const struct fact_secret *secret = &fact->secrets[fact_secret_position(fact->table, field)];
    if (!secret->sealed.ptr) {
        *ret_clear = (struct str){0};
        return ERR_OK;
    }
    struct secret_place place = {desc->name, desc->fields[field].name, head_of(fact)->id};
    enum err err = secret_open(secrets, arena, place, secret->sealed, ret_clear);
    if (err != ERR_OK)
        return fault_set(fault, err, "%s解密失败", desc->fields[field].label_zh);
    return ERR_OK;
}

/* ---- finding by natural key ---- */

static bool same_text(struct str a, struct str b)
{
    return (a.ptr == NULL) == (b.ptr == NULL) && str_equal(a, b);
}

static bool same_field(const struct fact *a, const struct fact *b, int32_t i)
{
    const struct field_desc *field = &registry_records[a->table].fields[i];
    if (field->type == FIELD_SECRET) {
        int32_t position = fact_secret_position(a->table, i);
        return same_text(a->secrets[position].index, b->secrets[position].index);
    }
    if (field->type == FIELD_TEXT)
        return same_text(registry_text(field, a->record), registry_text(field, b->record));
    return registry_number(field, a->record) == registry_number(field, b->record);
}

static bool same_fields(const struct fact *a, const struct fact *b, uint32_t fields)
{
    for (int32_t i = 0; i < registry_records[a->table].field_count; i++)
        if (((fields >> i) & 1) && !same_field(a, b, i))
            return false;
    return true;
}

enum err fact_person_by_identity(struct work *w, struct str identity, int64_t *ret_person_id)
{
    uint8_t index[SECRET_INDEX_SIZE];
    enum err err = secret_index(w->secrets, "identity", identity, index);
    if (err != ERR_OK)
        return fail(w, err, "证件号码加密失败");
    struct person_by_identity_index_in in = {{(const char *)index, sizeof index}};
    struct person_by_identity_index_out out;
    TRY(person_by_identity_index(w, &in, &out));
    *ret_person_id = out.id;
    return ERR_OK;
}

enum err fact_organisation_by_credit_code(struct work *w, struct str credit_code,
                                          int64_t *ret_organisation_id)
{
    struct organisation_by_credit_code_in in = {.credit_code = credit_code};
    struct organisation_by_credit_code_out out;
    TRY(organisation_by_credit_code(w, &in, &out));
    *ret_organisation_id = out.id;
    return ERR_OK;
}

/* Owner (or own id) and id of the current row with the key of a record that has one in the whole
 * city; ERR_NOT_FOUND. */
static enum err find_unique(struct work *w, const struct fact *fact, int64_t *ret_key_id,
                            int64_t *ret_id)
{
    if (fact->table == REGISTRY_person) {
        int32_t position = fact_secret_position(REGISTRY_person, FIELD_person_identity);
        struct person_by_identity_index_in in = {fact->secrets[position].index};
        struct person_by_identity_index_out out;
        TRY(person_by_identity_index(w, &in, &out));
        *ret_key_id = *ret_id = out.id;
    } else if (fact->table == REGISTRY_organisation) {
        const struct organisation *organisation = fact->record;
        TRY(fact_organisation_by_credit_code(w, organisation->credit_code, ret_id));
        *ret_key_id = *ret_id;
    } else if (fact->table == REGISTRY_special_item) {
        const struct special_item *item = fact->record;
        struct special_item_by_name_in in = {item->name};
        struct special_item_by_name_out out;
        TRY(special_item_by_name(w, &in, &out));
        *ret_key_id = *ret_id = out.id;
    } else {
        const struct certificate *certificate = fact->record;
        struct certificate_by_number_in in = {certificate->number};
        struct certificate_by_number_out out;
        TRY(certificate_by_number(w, &in, &out));
        *ret_key_id = out.person_id;
        *ret_id = out.id;
    }
    return ERR_OK;
}

static enum err find_in_city(struct work *w, const struct fact *fact, struct fact *ret_found,
                             bool *ret_is_found)
{
    int64_t key_id, id;
    enum err err = find_unique(w, fact, &key_id, &id);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        *ret_is_found = false;
        return ERR_OK;
    }
    TRY(err);
    if (is_owned(fact->table) && key_id != head_of(fact)->owner_id) {
        const struct certificate *certificate = fact->record;
        fail(w, ERR_FACT_HELD, "证书编号%.*s已登记在另一人名下", STR_ARG(certificate->number));
        return fault_hint(&w->fault,
                          "请核对证书编号和证件号码；确属同一人的，先合并两条人员记录。");
    }
    TRY(fact_read(w, fact->table, key_id, id, ret_found));
    *ret_is_found = true;
    return ERR_OK;
}

enum err fact_find(struct work *w, struct fact *fact, struct fact *ret_found, bool *ret_is_found)
{
    if (!is_owned(fact->table) || fact->table == REGISTRY_certificate)
        return find_in_city(w, fact, ret_found, ret_is_found);
    struct fact *facts;
    int32_t count;
    TRY(fact_read_current(w, fact->table, head_of(fact)->owner_id, &facts, &count));
    *ret_is_found = false;
    for (int32_t i = 0; i < count && !*ret_is_found; i++) {
        if (same_fields(fact, &facts[i], key_fields[fact->table])) {
            *ret_found = facts[i];
            *ret_is_found = true;
        }
    }
    return ERR_OK;
}

/* ---- writing ---- */

static struct event event_of(const struct fact *fact, const char *kind, struct str detail)
{
    int64_t person_id = 0;
    if (fact->table == REGISTRY_person)
        person_id = head_of(fact)->id;
    else if (registry_owner(fact->table) == REGISTRY_person)
        person_id = head_of(fact)->owner_id;
    return (struct event){
        .kind = str_from(kind),
        .person_id = person_id,
        .subject_id = head_of(fact)->id,
        .detail = detail,
    };
}

static enum err append_event(struct work *w, const struct fact *fact, const char *kind,
                             struct str detail)
{
    struct event event = event_of(fact, kind, detail);
    return event_append(w, &event);
}

static enum err insert_version(struct work *w, const struct fact *fact)
{
    struct stmt_value values[FACT_VALUE_COUNT_MAX];
    fact_to_values(fact, values);
    TRY(stmt_exec(w, fact_statements[fact->table].insert, values, NULL));
    return search_note(w, fact->table, head_of(fact)->owner_id, head_of(fact)->id);
}

static enum err close_version(struct work *w, const struct fact *fact, int64_t gone_ms)
{
    struct stmt_value in[] = {
        int64_value(key_id_of(fact)),
        int64_value(head_of(fact)->id),
        int64_value(head_of(fact)->known_ms),
        int64_value(gone_ms),
    };
    int64_t changed_count;
    TRY(stmt_exec(w, fact_statements[fact->table].close, in, &changed_count));
    if (changed_count != 1)
        return fail(w, ERR_STORE_CONFLICT, "这条%s记录刚被他人修改",
                    registry_records[fact->table].label_zh);
    return ERR_OK;
}

/* Two versions in one millisecond would break invariant 2. */
static int64_t next_known_ms(const struct work *w, int64_t known_ms)
{
    return w->now_ms > known_ms ? w->now_ms : known_ms + 1;
}

static void keep_untold(struct fact *fact, const struct fact *current)
{
    const struct record_desc *desc = &registry_records[fact->table];
    for (int32_t i = 0; i < desc->field_count; i++) {
        const struct field_desc *field = &desc->fields[i];
        if ((fact->given >> i) & 1)
            continue;
        if (field->type == FIELD_SECRET) {
            int32_t position = fact_secret_position(fact->table, i);
            fact->secrets[position] = current->secrets[position];
        } else if (field->type == FIELD_TEXT) {
            registry_set_text(field, fact->record, registry_text(field, current->record));
        } else {
            registry_set_number(field, fact->record, registry_number(field, current->record));
        }
    }
}

/* {"changed":["level","issued_day"],"owner":123}: names of fields are no personal data. The owner
 * is told of what no person owns; an event has a place of its own for the person. */
static struct str told(struct work *w, const struct fact *fact, const struct fact *before)
{
    const struct record_desc *desc = &registry_records[fact->table];
    int32_t owner = registry_owner(fact->table);
    bool tells_owner = owner >= 0 && owner != REGISTRY_person;
    struct text_buf detail;
    if (!before && !tells_owner)
        return STR("");
    text_init(&detail, w->arena);
    text_add_z(&detail, before ? "{\"changed\":[" : "{");
    const char *comma = "";
    for (int32_t i = 0; before && i < desc->field_count; i++) {
        if (same_field(fact, before, i))
            continue;
        text_format(&detail, "%s\"%s\"", comma, desc->fields[i].name);
        comma = ",";
    }
    if (tells_owner)
        text_format(&detail, "%s\"owner\":%" PRId64, before ? "]," : "",
                    head_of(fact)->owner_id);
    text_add_z(&detail, before && !tells_owner ? "]}" : "}");
    return text_str(&detail);
}

static enum err add_version(struct work *w, struct fact *fact)
{
    head_of(fact)->known_ms = w->now_ms;
    head_of(fact)->gone_ms = REGISTRY_NEVER_MS;
    TRY(insert_version(w, fact));
    return append_event(w, fact, event_kinds[fact->table][EVENT_ADDED], told(w, fact, NULL));
}

static enum err replace_version(struct work *w, struct fact *fact, const struct fact *current,
                                enum fact_outcome *ret_outcome)
{
    if (same_fields(fact, current, fact->given)) {
        head_of(fact)->id = head_of(current)->id;
        head_of(fact)->known_ms = head_of(current)->known_ms;
        head_of(fact)->gone_ms = head_of(current)->gone_ms;
        fact->given = 0;
        keep_untold(fact, current);
        *ret_outcome = FACT_SAME;
        return ERR_OK;
    }
    TRY(seal_again(w, fact, head_of(current)->id));
    keep_untold(fact, current);
    int64_t known_ms = next_known_ms(w, head_of(current)->known_ms);
    TRY(close_version(w, current, known_ms));
    head_of(fact)->known_ms = known_ms;
    head_of(fact)->gone_ms = REGISTRY_NEVER_MS;
    TRY(insert_version(w, fact));
    TRY(append_event(w, fact, event_kinds[fact->table][EVENT_CORRECTED],
                     told(w, fact, current)));
    *ret_outcome = FACT_CORRECTED;
    return ERR_OK;
}

enum err fact_put(struct work *w, struct fact *fact, enum fact_outcome *ret_outcome)
{
    TRY(fact_seal(w->arena, w->secrets, w->ids, fact, &w->fault));
    struct fact current;
    bool is_found;
    TRY(fact_find(w, fact, &current, &is_found));
    if (is_found)
        return replace_version(w, fact, &current, ret_outcome);
    TRY(add_version(w, fact));
    *ret_outcome = FACT_ADDED;
    return ERR_OK;
}

/* ---- many at once ---- */

/* An insert that does nothing when a current version has the natural key. */
static const struct stmt *const add_statements[REGISTRY_RECORD_COUNT] = {
    [REGISTRY_person] = &person_add_stmt,
    [REGISTRY_certificate] = &certificate_add_stmt,
};

bool fact_is_known_citywide(int32_t table)
{
    return add_statements[table] != NULL;
}

enum { ADD_ROWS = 256 }; /* rows whose values are laid out at once: some 200 KB */

static enum err insert_those_new(struct work *w, struct fact *const *facts, int32_t fact_count,
                                 bool *ret_are_added)
{
    check(fact_count <= ADD_ROWS);
    const struct stmt *stmt = add_statements[facts[0]->table];
    struct arena_mark mark = arena_mark(w->arena);
    struct stmt_value *values =
        ARENA_NEW_ARRAY(w->arena, struct stmt_value, (size_t)fact_count * (size_t)stmt->in_count);
    if (!values)
        return fail(w, ERR_MEMORY, "no memory for %d rows of the registry", fact_count);
    for (int32_t i = 0; i < fact_count; i++) {
        head_of(facts[i])->known_ms = w->now_ms;
        head_of(facts[i])->gone_ms = REGISTRY_NEVER_MS;
        fact_to_values(facts[i], values + (size_t)i * (size_t)stmt->in_count);
    }
    int64_t changed_counts[ADD_ROWS];
    TRY(stmt_exec_each(w, stmt, values, fact_count, changed_counts));
    for (int32_t i = 0; i < fact_count; i++)
        ret_are_added[i] = changed_counts[i] == 1;
    arena_rewind(w->arena, mark);
    return ERR_OK;
}

enum err fact_add_new(struct work *w, struct fact *const *facts, int32_t fact_count,
                      bool *ret_are_added)
{
    for (int32_t at = 0; at < fact_count; at += ADD_ROWS) {
        int32_t rest = fact_count - at;
        TRY(insert_those_new(w, facts + at, rest < ADD_ROWS ? rest : ADD_ROWS, ret_are_added + at));
    }
    struct arena_mark mark = arena_mark(w->arena);
    struct event *events = ARENA_NEW_ARRAY(w->arena, struct event, (size_t)fact_count + 1);
    if (!events)
        return fail(w, ERR_MEMORY, "no memory for %d events", fact_count);
    int32_t event_count = 0;
    for (int32_t i = 0; i < fact_count; i++)
        if (ret_are_added[i])
            events[event_count++] =
                event_of(facts[i], event_kinds[facts[i]->table][EVENT_ADDED],
                         told(w, facts[i], NULL));
    TRY(event_append_all(w, events, event_count));
    arena_rewind(w->arena, mark);
    return ERR_OK;
}

enum err fact_correct(struct work *w, struct fact *fact, enum fact_outcome *ret_outcome)
{
    struct fact current;
    TRY(fact_read(w, fact->table, key_id_of(fact), head_of(fact)->id, &current));
    TRY(fact_seal(w->arena, w->secrets, w->ids, fact, &w->fault));
    return replace_version(w, fact, &current, ret_outcome);
}

enum err fact_withdraw(struct work *w, int32_t table, int64_t key_id, int64_t id)
{
    struct fact current;
    TRY(fact_read(w, table, key_id, id, &current));
    TRY(close_version(w, &current, next_known_ms(w, head_of(&current)->known_ms)));
    TRY(search_note(w, table, head_of(&current)->owner_id, id));
    return append_event(w, &current, event_kinds[table][EVENT_WITHDRAWN],
                        told(w, &current, NULL));
}

enum err fact_restore(struct work *w, int32_t table, int64_t key_id, int64_t id)
{
    struct fact *facts;
    int32_t count;
    TRY(fact_read_versions(w, table, key_id, &facts, &count));
    struct fact *last = NULL;
    for (int32_t i = 0; i < count; i++)
        if (head_of(&facts[i])->id == id)
            last = &facts[i];
    if (!last)
        return fail(w, ERR_NOT_FOUND, "没有这条%s记录：%" PRId64, registry_records[table].label_zh,
                    id);
    if (head_of(last)->gone_ms == REGISTRY_NEVER_MS)
        return ERR_OK; /* it holds already: restoring twice is safe */
    struct fact other;
    bool is_found;
    TRY(fact_find(w, last, &other, &is_found));
    if (is_found) {
        fail(w, ERR_FACT_HELD, "已有相同的%s记录，不能恢复旧记录",
             registry_records[table].label_zh);
        return fault_hint(&w->fault, "请直接更正现行记录。");
    }
    head_of(last)->known_ms = next_known_ms(w, head_of(last)->gone_ms - 1);
    head_of(last)->gone_ms = REGISTRY_NEVER_MS;
    TRY(insert_version(w, last));
    return append_event(w, last, event_kinds[table][EVENT_RESTORED], told(w, last, NULL));
}

enum err fact_move(struct work *w, struct fact *fact, int64_t owner_id, const char *event_kind)
{
    int64_t known_ms = next_known_ms(w, head_of(fact)->known_ms);
    TRY(close_version(w, fact, known_ms));
    head_of(fact)->owner_id = owner_id;
    head_of(fact)->known_ms = known_ms;
    head_of(fact)->gone_ms = REGISTRY_NEVER_MS;
    TRY(insert_version(w, fact));
    return append_event(w, fact, event_kind, STR(""));
}
