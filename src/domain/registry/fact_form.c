#include "domain/registry/fact_form.h"

#include "domain/registry/import_row.h"

#include <string.h>

static struct record_head *head_of(const struct fact *fact)
{
    return fact->record;
}

bool fact_form_is_kept(const struct field_desc *field)
{
    return field->type == FIELD_SECRET || field->privacy == PRIVACY_NAME ||
           (field->type == FIELD_REF && registry_ref_table(field) == REGISTRY_person);
}

/* ---- reading */

struct reading {
    struct work *w;
    const struct fact_checker *checker;
    const struct fact_form *form;
    const struct fact *current;
    struct fact *fact;
    struct fact_problems *problems;
};

/* What stays is looked at again with the rest: an identity number tells birth day and sex. */
static enum err keep(struct reading *reading, int32_t i)
{
    const struct field_desc *field = &registry_records[reading->fact->table].fields[i];
    if (!reading->current)
        return ERR_OK;
    if (field->type == FIELD_REF) {
        registry_set_number(field, reading->fact->record,
                            registry_number(field, reading->current->record));
        return ERR_OK;
    }
    if (field->type == FIELD_TEXT) {
        registry_set_text(field, reading->fact->record,
                          registry_text(field, reading->current->record));
        return ERR_OK;
    }
    struct str clear;
    TRY(fact_open_secret(reading->w->arena, reading->w->secrets, reading->current, i, &clear,
                         &reading->w->fault));
    registry_set_text(field, reading->fact->record, clear);
    reading->fact->given &= ~(1u << i);
    return ERR_OK;
}

static enum err find_reference(struct reading *reading, int32_t i, struct str text)
{
    struct work *w = reading->w;
    const struct field_desc *field = &registry_records[reading->fact->table].fields[i];
    bool is_person = registry_ref_table(field) == REGISTRY_person;
    struct fault fault = {0};
    int64_t id;
    struct str key =
        is_person ? fact_identity_normal(w->arena, text, identity_kind_resident_id,
                                         reading->checker->today_day, &fault)
                  : fact_credit_code_normal(w->arena, text, &fault);
    if (!key.ptr) {
        fact_problem_add(reading->problems, i, fault.hint, "%s", fault.message);
        return ERR_OK;
    }
    enum err err = is_person ? fact_person_by_identity(w, key, &id)
                             : fact_organisation_by_credit_code(w, key, &id);
    if (err == ERR_OK)
        registry_set_number(field, reading->fact->record, id);
    if (err != ERR_NOT_FOUND)
        return err;
    fault_clear(&w->fault);
    fact_problem_add(reading->problems, i,
                     is_person ? "请先登记这个人。" : "请先登记这个单位，或核对18位代码。",
                     is_person ? "登记中没有这个证件号码的人" : "登记中没有这个代码的单位");
    return ERR_OK;
}

static enum err read_field(struct reading *reading, int32_t i)
{
    const struct field_desc *field = &registry_records[reading->fact->table].fields[i];
    struct str text = str_trim(reading->form->texts[i]);
    bool is_kept = fact_form_is_kept(field);
    if (text.size == 0)
        return is_kept ? keep(reading, i) : ERR_OK;
    if (is_kept && str_equal(text, IMPORT_ERASE))
        return ERR_OK;
    if (field->type == FIELD_REF)
        return find_reference(reading, i, text);
    struct field_value value;
    struct field_problem problem;
    int32_t day = field->type == FIELD_CODE
                      ? fact_code_day(reading->fact->table, reading->fact->record)
                      : ABSENT_I32;
    if (!field_parse(reading->checker->vocab, field, text, day, &value, &problem))
        fact_problem_add(reading->problems, i, problem.remedy, "%s", problem.reason);
    else if (registry_is_text(field))
        registry_set_text(field, reading->fact->record, value.text);
    else
        registry_set_number(field, reading->fact->record, value.number);
    return ERR_OK;
}

enum err fact_form_read(struct work *w, const struct fact_checker *checker,
                        const struct fact_form *form, const struct fact *current,
                        struct fact *ret_fact, struct fact_problems *ret_problems)
{
    const struct record_desc *desc = &registry_records[form->table];
    struct fact fact = {.table = form->table, .given = FACT_GIVEN_ALL};
    fact.record = arena_alloc(w->arena, desc->struct_size);
    if (!fact.record)
        return fail(w, ERR_MEMORY, "no memory for a record");
    registry_clear(desc, fact.record);
    head_of(&fact)->id = current ? head_of(current)->id : 0;
    head_of(&fact)->owner_id = form->owner_id;
    ret_problems->count = 0;
    struct reading reading = {w, checker, form, current, &fact, ret_problems};
    /* Codes come last: their catalogue's edition depends on a day of the same record. */
    for (int32_t i = 0; i < desc->field_count; i++)
        if (desc->fields[i].type != FIELD_CODE)
            TRY(read_field(&reading, i));
    for (int32_t i = 0; i < desc->field_count; i++)
        if (desc->fields[i].type == FIELD_CODE)
            TRY(read_field(&reading, i));
    fact_check(checker, form->table, fact.record, w->arena, ret_problems);
    *ret_fact = fact;
    return ERR_OK;
}

/* ---- keys */

static int32_t first_key_field(int32_t table)
{
    uint32_t key = fact_key_fields(table);
    for (int32_t i = 0; i < registry_records[table].field_count; i++)
        if ((key >> i) & 1)
            return i;
    return -1;
}

enum err fact_form_check_key(struct work *w, struct fact *fact, int64_t id,
                             struct fact_problems *problems)
{
    struct fact other;
    bool is_found = false;
    TRY(fact_seal(w->arena, w->secrets, w->ids, fact, &w->fault));
    enum err err = fact_find(w, fact, &other, &is_found);
    if (err == ERR_FACT_HELD) {
        fact_problem_add(problems, first_key_field(fact->table), w->fault.hint, "%s",
                         w->fault.message);
        fault_clear(&w->fault);
        return ERR_OK;
    }
    TRY(err);
    if (is_found && head_of(&other)->id != id)
        fact_problem_add(problems, first_key_field(fact->table), "请去更正那一条。",
                         "已有这样一条记录");
    return ERR_OK;
}

/* ---- writing */

static enum err field_text(struct work *w, const struct vocab *vocab, const struct fact *fact,
                           int32_t i, struct str *ret_text)
{
    const struct field_desc *field = &registry_records[fact->table].fields[i];
    *ret_text = STR("");
    if (fact_form_is_kept(field))
        return ERR_OK;
    if (registry_is_text(field)) {
        struct str text = registry_text(field, fact->record);
        *ret_text = text.ptr ? text : STR("");
        return ERR_OK;
    }
    int64_t number = registry_number(field, fact->record);
    if (field->type == FIELD_REF) {
        struct fact organisation;
        if (number == ABSENT_I64)
            return ERR_OK;
        enum err err = fact_read(w, REGISTRY_organisation, number, number, &organisation);
        if (err == ERR_NOT_FOUND) { /* gone since: it is asked for again */
            fault_clear(&w->fault);
            return ERR_OK;
        }
        TRY(err);
        *ret_text = ((const struct organisation *)organisation.record)->credit_code;
        return ERR_OK;
    }
    char buffer[FIELD_PRINT_SIZE];
    *ret_text = str_copy(w->arena, field_print(vocab, field, number, buffer));
    return ret_text->ptr ? ERR_OK : fail(w, ERR_MEMORY, "no memory for a form");
}

enum err fact_form_write(struct work *w, const struct vocab *vocab, const struct fact *fact,
                         struct fact_form *ret_form)
{
    *ret_form = (struct fact_form){.table = fact->table, .owner_id = head_of(fact)->owner_id};
    for (int32_t i = 0; i < registry_records[fact->table].field_count; i++)
        TRY(field_text(w, vocab, fact, i, &ret_form->texts[i]));
    return ERR_OK;
}
