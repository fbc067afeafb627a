#include "store_fixture.h"

#include "base/secret.h"
#include "domain/registry/fact.h"
#include "registry_fixture.h"
#include "store/event.h"
#include "store/stmt.h"

#include <stdio.h>

static struct person a_person(char identity[19])
{
    struct person person;
    registry_clear(&registry_records[REGISTRY_person], &person);
    person.name = STR("张三丰");
    person.identity = str_from(registry_fixture_identity(1, identity));
    person.phone = STR("13912345678");
    person.bank_account = STR("6228480402564890018");
    person.division = 370811;
    return person;
}

static struct certificate a_certificate(int64_t person_id)
{
    struct certificate certificate;
    registry_clear(&registry_records[REGISTRY_certificate], &certificate);
    certificate.head.owner_id = person_id;
    certificate.number = STR("Y000137081100223000001");
    certificate.kind = certificate_kind_skill_level_certificate;
    certificate.occupation = 6180101;
    certificate.level = skill_level_senior_worker;
    certificate.issued_day = 19226;
    return certificate;
}

static enum fact_outcome put(struct work *w, int32_t table, void *record)
{
    struct fact fact = {.table = table, .record = record, .given = FACT_GIVEN_ALL};
    enum fact_outcome outcome;
    EXPECT_OK(fact_put(w, &fact, &outcome));
    return outcome;
}

static int32_t event_count(struct work *w, const char *kind)
{
    struct event *events;
    int32_t count;
    int32_t found = 0;
    EXPECT_OK(event_read(w, 0, 1000, &events, &count));
    for (int32_t i = 0; i < count; i++)
        found += str_equal_text(events[i].kind, kind);
    return found;
}

static enum err put_three_times(struct work *w, void *context)
{
    char identity[19];
    struct person person = a_person(identity);
    EXPECT_INT(FACT_ADDED, put(w, REGISTRY_person, &person));
    int64_t id = person.head.id;
    person = a_person(identity);
    EXPECT_INT(FACT_SAME, put(w, REGISTRY_person, &person));
    EXPECT_INT(id, person.head.id);
    person = a_person(identity);
    person.division = 370812;
    EXPECT_INT(FACT_CORRECTED, put(w, REGISTRY_person, &person));
    EXPECT_INT(id, person.head.id);
    EXPECT_INT(1, event_count(w, "person.added"));
    EXPECT_INT(1, event_count(w, "person.corrected"));

    struct fact *versions;
    int32_t count;
    EXPECT_OK(fact_read_versions(w, REGISTRY_person, id, &versions, &count));
    EXPECT_INT(2, count);
    const struct person *first = versions[0].record;
    const struct person *second = versions[1].record;
    EXPECT_INT(370811, first->division);
    EXPECT_INT(first->head.gone_ms, second->head.known_ms);
    EXPECT(second->head.gone_ms == REGISTRY_NEVER_MS);
    EXPECT_INT(370812, second->division);
    struct str clear;
    EXPECT_OK(fact_open_secret(w->arena, w->secrets, &versions[1], FIELD_person_identity, &clear,
                               &w->fault));
    EXPECT_STR(identity, clear);
    return ERR_OK;
}

STORE_TEST(fact_put__adds_then_keeps_then_corrects)
{
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, put_three_times, NULL, &t->fault));
}

static enum err put_part(struct work *w, void *context)
{
    char identity[19];
    struct person person = a_person(identity);
    put(w, REGISTRY_person, &person);
    person = a_person(identity);
    person.phone = (struct str){0};
    person.education = education_college;
    struct fact fact = {
        .table = REGISTRY_person,
        .record = &person,
        .given = FACT_GIVEN_ALL & ~(1u << FIELD_person_phone),
    };
    enum fact_outcome outcome;
    EXPECT_OK(fact_put(w, &fact, &outcome));
    EXPECT_INT(FACT_CORRECTED, outcome);
    struct fact now;
    EXPECT_OK(fact_read(w, REGISTRY_person, person.head.id, person.head.id, &now));
    struct str phone;
    EXPECT_OK(fact_open_secret(w->arena, w->secrets, &now, FIELD_person_phone, &phone, &w->fault));
    EXPECT_STR("13912345678", phone);
    return ERR_OK;
}

STORE_TEST(fact_put__keeps_fields_that_are_not_told)
{
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, put_part, NULL, &t->fault));
}

static enum err withdraw_and_restore(struct work *w, void *context)
{
    char identity[19];
    struct person person = a_person(identity);
    put(w, REGISTRY_person, &person);
    int64_t person_id = person.head.id;
    struct certificate certificate = a_certificate(person_id);
    EXPECT_INT(FACT_ADDED, put(w, REGISTRY_certificate, &certificate));
    int64_t id = certificate.head.id;
    struct fact fact;
    EXPECT_OK(fact_withdraw(w, REGISTRY_certificate, person_id, id));
    EXPECT_ERR(ERR_NOT_FOUND, fact_read(w, REGISTRY_certificate, person_id, id, &fact));
    EXPECT_ERR(ERR_NOT_FOUND, fact_withdraw(w, REGISTRY_certificate, person_id, id));
    EXPECT_OK(fact_restore(w, REGISTRY_certificate, person_id, id));
    EXPECT_OK(fact_restore(w, REGISTRY_certificate, person_id, id));
    EXPECT_OK(fact_read(w, REGISTRY_certificate, person_id, id, &fact));
    EXPECT_INT(1, event_count(w, "certificate.withdrawn"));
    EXPECT_INT(1, event_count(w, "certificate.restored"));
    return ERR_OK;
}

STORE_TEST(fact_withdraw__is_undone_by_fact_restore)
{
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, withdraw_and_restore, NULL, &t->fault));
}

static enum err put_for_two(struct work *w, void *context)
{
    char identity[19];
    struct person first = a_person(identity);
    put(w, REGISTRY_person, &first);
    struct person second = a_person(identity);
    second.identity = str_from(registry_fixture_identity(2, identity));
    put(w, REGISTRY_person, &second);
    struct certificate certificate = a_certificate(first.head.id);
    put(w, REGISTRY_certificate, &certificate);
    certificate = a_certificate(second.head.id);
    struct fact fact = {
        .table = REGISTRY_certificate, .record = &certificate, .given = FACT_GIVEN_ALL};
    enum fact_outcome outcome;
    return fact_put(w, &fact, &outcome);
}

STORE_TEST(fact_put__refuses_a_certificate_number_of_another_person)
{
    t->env.secrets = registry_fixture_secrets();
    EXPECT_ERR(ERR_FACT_HELD, work_run(&t->env, WORK_WRITE, put_for_two, NULL, &t->fault));
}

/* ---- the descriptions against the schema ---- */

static enum err verify_statements(struct work *w, void *context)
{
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++) {
        const struct fact_statements *s = &fact_statements[table];
        const struct stmt *all[] = {s->insert,   s->close,   s->current,
                                    s->versions, s->rows_at, s->facts_at};
        for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
            EXPECT_OK(stmt_verify(w, all[i]));
    }
    return ERR_OK;
}

STORE_TEST(registry_sql__fits_the_schema_in_every_statement)
{
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, verify_statements, NULL, &t->fault));
}

static void expect_slot(const struct stmt_slot *slot, const char *name, const char *suffix,
                        enum stmt_type type, bool optional)
{
    char wanted[80];
    snprintf(wanted, sizeof wanted, "%s%s", name, suffix);
    assert_string_equal(wanted, slot->name);
    EXPECT_INT(type, slot->type);
    EXPECT_INT(optional, slot->optional);
}

/* insert and current name every column of their table: the schema test counts them. */
static int32_t expect_slots(const struct record_desc *desc, const struct stmt_slot *slots)
{
    int32_t n = 0;
    if (desc->owner[0])
        expect_slot(&slots[n++], desc->owner, "_id", STMT_INT64, false);
    expect_slot(&slots[n++], "id", "", STMT_INT64, false);
    expect_slot(&slots[n++], "known_ms", "", STMT_INT64, false);
    expect_slot(&slots[n++], "gone_ms", "", STMT_INT64, false);
    for (int32_t i = 0; i < desc->field_count; i++) {
        const struct field_desc *field = &desc->fields[i];
        bool optional = field->need != NEED_REQUIRED;
        enum stmt_type type = field->type == FIELD_TEXT ? STMT_TEXT
                              : registry_is_wide(field) ? STMT_INT64
                                                        : STMT_INT32;
        if (field->type == FIELD_SECRET) {
            expect_slot(&slots[n++], field->name, "_sealed", STMT_BLOB, optional);
            expect_slot(&slots[n++], field->name, "_index", STMT_BLOB, optional);
        } else {
            expect_slot(&slots[n++], field->name, "", type, optional);
        }
    }
    expect_slot(&slots[n++], "source", "", STMT_TEXT, false);
    return n;
}

STORE_TEST(registry_schema__has_a_column_for_each_field_and_no_other)
{
    bool sqlite = strcmp(store_engine_name(t->env.store), "sqlite") == 0;
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++) {
        const struct record_desc *desc = &registry_records[table];
        const struct fact_statements *s = &fact_statements[table];
        EXPECT_INT(s->insert->in_count, expect_slots(desc, s->insert->in));
        EXPECT_INT(s->current->out_count, expect_slots(desc, s->current->out));
        EXPECT_INT(s->versions->out_count, expect_slots(desc, s->versions->out));
        EXPECT_INT(s->rows_at->out_count, expect_slots(desc, s->rows_at->out));
        char sql[256];
        snprintf(sql, sizeof sql,
                 sqlite ? "SELECT count(*) FROM pragma_table_info('%s')"
                        : "SELECT count(*) FROM information_schema.columns WHERE table_name = "
                          "'%s' AND table_schema = current_schema()",
                 desc->name);
        EXPECT_INT(s->insert->in_count, store_fixture_number(t, sql));
    }
}
