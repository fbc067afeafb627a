#include "store_fixture.h"

#include "domain/registry/fact.h"
#include "domain/registry/search.h"
#include "registry_fixture.h"
#include "search_sql.h"
#include "store/stmt.h"

#include <stdio.h>
#include <string.h>

static int64_t given_person(struct work *w, int32_t number, const char *name, int32_t division)
{
    char identity[19];
    struct person person;
    registry_clear(&registry_records[REGISTRY_person], &person);
    person.name = str_from(name);
    person.identity = str_from(registry_fixture_identity(number, identity));
    person.division = division;
    person.head = (struct record_head){0};
    struct fact fact = {.table = REGISTRY_person, .record = &person, .given = FACT_GIVEN_ALL};
    enum fact_outcome outcome;
    EXPECT_OK(fact_put(w, &fact, &outcome));
    return person.head.id;
}

static int64_t given_organisation(struct work *w, int32_t number, const char *name)
{
    char code[19];
    struct organisation organisation;
    registry_clear(&registry_records[REGISTRY_organisation], &organisation);
    organisation.head = (struct record_head){0};
    organisation.name = str_from(name);
    organisation.credit_code = str_from(registry_fixture_credit_code(number, code));
    organisation.kind = 1;
    organisation.division = 370811;
    struct fact fact = {.table = REGISTRY_organisation, .record = &organisation,
                        .given = FACT_GIVEN_ALL};
    enum fact_outcome outcome;
    EXPECT_OK(fact_put(w, &fact, &outcome));
    return organisation.head.id;
}

static struct search_result found(struct work *w, const char *text, int32_t min, int32_t max)
{
    struct search_request request = {str_from(text), min, max, SEARCH_ROWS_MAX};
    struct search_result result;
    EXPECT_OK(registry_search(w, &request, &result));
    return result;
}

static int32_t people_found(struct work *w, const char *text)
{
    return found(w, text, 0, 999999).person_count;
}

static int32_t bodies_found(struct work *w, const char *text)
{
    return found(w, text, 0, 999999).organisation_count;
}

static enum err find_people(struct work *w, void *context)
{
    int64_t ming = given_person(w, 1, "李晓明", 370811);
    given_person(w, 2, "李明", 370812);
    given_person(w, 3, "欧阳晓明", 370812);
    EXPECT_INT(2, people_found(w, "李"));
    EXPECT_INT(1, people_found(w, "李晓"));
    EXPECT_INT(2, people_found(w, "晓明")); /* the third place of a name of four */
    EXPECT_INT(1, people_found(w, " 李明 "));
    EXPECT_INT(1, people_found(w, "李晓明"));
    EXPECT_INT(0, people_found(w, "李晓明明"));
    EXPECT_INT(0, people_found(w, "张"));
    EXPECT_INT(0, people_found(w, "%"));
    EXPECT_INT(0, people_found(w, ""));
    EXPECT_INT(1, found(w, "李", 370812, 370812).person_count);
    EXPECT_INT(0, found(w, "李", 370813, 370899).person_count);
    char identity[19];
    struct search_result by_number = found(w, registry_fixture_identity(1, identity), 0, 999999);
    EXPECT_INT(1, by_number.person_count);
    EXPECT_INT(ming, by_number.person_ids[0]);
    EXPECT_INT(0, found(w, identity, 370812, 370812).person_count);
    EXPECT_OK(fact_withdraw(w, REGISTRY_person, ming, ming));
    EXPECT_INT(0, people_found(w, "李晓"));
    EXPECT_OK(fact_restore(w, REGISTRY_person, ming, ming));
    EXPECT_INT(1, people_found(w, "李晓"));
    return ERR_OK;
}

STORE_TEST(search__finds_people_by_any_two_characters_and_by_identity)
{
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, find_people, NULL, &t->fault));
}

static enum err find_bodies(struct work *w, void *context)
{
    int64_t id = given_organisation(w, 1, "济宁启匠矿山装备有限公司");
    given_organisation(w, 2, "济宁德恒食品加工有限公司");
    EXPECT_INT(2, bodies_found(w, "公司"));
    EXPECT_INT(1, bodies_found(w, "矿山"));
    EXPECT_INT(1, bodies_found(w, "启匠矿山装备有限公司")); /* longer than a stored end */
    EXPECT_INT(0, bodies_found(w, "启匠矿山装备有限责任公司"));
    char code[19];
    EXPECT_INT(1, bodies_found(w, registry_fixture_credit_code(1, code)));
    given_organisation(w, 1, "济宁新名机械有限公司");
    EXPECT_INT(0, bodies_found(w, "矿山"));
    EXPECT_INT(1, bodies_found(w, "新名"));
    EXPECT_INT(0, found(w, "新名", 370812, 370899).organisation_count);
    EXPECT_OK(search_rebuild(w));
    EXPECT_INT(0, bodies_found(w, "矿山"));
    EXPECT_INT(1, bodies_found(w, "新名"));
    EXPECT_OK(fact_withdraw(w, REGISTRY_organisation, id, id));
    EXPECT_INT(0, bodies_found(w, "新名"));
    return ERR_OK;
}

STORE_TEST(search__finds_bodies_by_any_piece_and_follows_their_names)
{
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, find_bodies, NULL, &t->fault));
}

static enum err page_through(struct work *w, void *context)
{
    int64_t ids[5];
    for (int32_t i = 0; i < 5; i++)
        ids[i] = given_person(w, i + 1, "李晓明", i < 3 ? 370811 : 370812);
    struct roll_key keys[2], after = {0};
    int32_t count, total = 0;
    do {
        EXPECT_OK(roll_persons(w, 370800, 370899, after, 2, keys, &count));
        for (int32_t i = 0; i < count; i++)
            EXPECT_INT(ids[total++], keys[i].id);
        after = count > 0 ? keys[count - 1] : after;
    } while (count > 0);
    EXPECT_INT(5, total);
    EXPECT_OK(roll_persons(w, 370812, 370812, (struct roll_key){0}, 2, keys, &count));
    EXPECT_INT(2, count);
    EXPECT_INT(ids[3], keys[0].id);
    struct person_line line;
    EXPECT_OK(person_line_read(w, ids[0], &line));
    EXPECT_STR("李晓明", line.name);
    EXPECT_INT(ABSENT_I32, line.level);
    EXPECT_ERR(ERR_NOT_FOUND, person_line_read(w, 17, &line));
    return ERR_OK;
}

STORE_TEST(roll__pages_by_division_and_id)
{
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, page_through, NULL, &t->fault));
}

/* ---- plans ---- */

enum { PLAN_SIZE = 8000 };

/* What the engine says how it would run the statement. */
static void plan_of(struct work *w, bool is_postgres, const struct stmt *stmt, char *plan)
{
    static const struct stmt_slot sqlite_out[] = {
        {"id", STMT_INT64, true, 0}, {"parent", STMT_INT64, true, 8},
        {"unused", STMT_INT64, true, 16}, {"detail", STMT_TEXT, true, 24}};
    static const struct stmt_slot postgres_out[] = {{"plan", STMT_TEXT, true, 0}};
    struct stmt explain = *stmt;
    char text[4000];
    snprintf(text, sizeof text, "%s%s", is_postgres ? "EXPLAIN " : "EXPLAIN QUERY PLAN ",
             is_postgres ? stmt->postgres_text : stmt->sqlite_text);
    explain.name = stmt->name;
    explain.sqlite_text = explain.postgres_text = text;
    explain.out = is_postgres ? postgres_out : sqlite_out;
    explain.out_count = is_postgres ? 1 : 4;
    struct stmt_value in[STMT_SLOTS_MAX] = {0};
    for (int32_t i = 0; i < stmt->in_count; i++) {
        in[i].type = stmt->in[i].type;
        in[i].number = 1;
        in[i].text = STR("x");
    }
    struct cursor cursor;
    struct stmt_value out[4];
    bool more = true;
    plan[0] = '\0';
    EXPECT_OK(stmt_open(w, &explain, in, &cursor));
    for (;;) {
        EXPECT_OK(cursor_next(&cursor, out, &more));
        if (!more)
            return;
        struct str line = out[explain.out_count - 1].text;
        size_t size = strlen(plan);
        snprintf(plan + size, PLAN_SIZE - size, "%.*s\n", STR_ARG(line));
    }
}

static const struct {
    const struct stmt *stmt;
    const char *index;
} indexed[] = {
    {&search_person_name_stmt, "person_name"},
    {&search_person_name_second_stmt, "person_name_second"},
    {&search_person_name_third_stmt, "person_name_third"},
    {&search_organisation_name_stmt, "name_part_text"},
    {&search_carrier_name_stmt, "name_part_text"},
    {&search_certificate_stmt, "certificate_number"},
    {&person_page_stmt, "person_division"},
    {&person_name_page_stmt, "person_name"},
    {&search_part_count_stmt, "name_part_text"},
    {&search_organisation_among_stmt, "organisation_division"},
    {&search_carrier_among_stmt, "organisation_division"},
    {&organisation_page_stmt, "organisation_division"},
    {&level_page_stmt, "certificate_level"},
    {&employer_page_stmt, "employment_employer"},
    {&employer_head_count_stmt, "employment_employer"},
};

static enum err read_plans(struct work *w, void *context)
{
    struct store_fixture *t = context;
    bool is_postgres = strncmp(t->location, "postgres", 8) == 0;
    /* The tables are empty: without this PostgreSQL would rightly read them as a whole. */
    if (is_postgres)
        EXPECT_OK(db_script(w->db, "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off",
                            &w->fault));
    for (size_t i = 0; i < sizeof indexed / sizeof indexed[0]; i++) {
        char plan[PLAN_SIZE];
        plan_of(w, is_postgres, indexed[i].stmt, plan);
        bool fits = strstr(plan, indexed[i].index) && !strstr(plan, "SCAN person") &&
                    !strstr(plan, "SCAN organisation") && !strstr(plan, "SCAN name_part") &&
                    !strstr(plan, "Seq Scan");
        if (!fits)
            print_error("%s:\n%s", indexed[i].stmt->name, plan);
        EXPECT(fits);
    }
    return ERR_OK;
}

STORE_TEST(search__reads_through_its_indexes)
{
    EXPECT_OK(work_run(&t->env, WORK_WRITE, read_plans, t, &t->fault));
}
