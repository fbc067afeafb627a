/* No statement that following runs for one fact reads a whole table. */
#include "domain/incentive/incentive_reach.h"
#include "incentive_fixture.h"
#include "incentive_sql.h"
#include "store/stmt.h"
#include "store_fixture.h"

static const struct stmt_slot plan_columns[] = {
    {.name = "id", .type = STMT_INT64},
    {.name = "parent", .type = STMT_INT64},
    {.name = "notused", .type = STMT_INT64},
    {.name = "detail", .type = STMT_TEXT},
};

static const struct stmt_slot postgres_plan_columns[] = {{.name = "plan", .type = STMT_TEXT}};

/* An empty PostgreSQL reads tables whole unless it is told to take an index where there is one. */
static const struct stmt prefer_indexes = {
    .name = "prefer_indexes", .postgres_text = "SET LOCAL enable_seqscan = off",
    .sqlite_text = "SELECT 1 WHERE 0", .mode = STMT_EXEC};

static bool is_scan(bool is_sqlite, struct str line)
{
    if (!is_sqlite)
        return str_find(line, STR("Seq Scan on ")) != SIZE_MAX;
    return str_starts(line, STR("SCAN ")) && str_find(line, STR("SCAN recent")) == SIZE_MAX &&
           str_find(line, STR("SCAN due")) == SIZE_MAX &&
           str_find(line, STR("SCAN json_each")) == SIZE_MAX; /* a list that was given */
}

static enum err expect_no_scan(struct work *w, bool is_sqlite, const struct stmt *asked)
{
    struct stmt plan = *asked;
    struct stmt_value in[STMT_SLOTS_MAX], out[4];
    plan.sqlite_text = text_in(w->arena, "EXPLAIN QUERY PLAN %s", asked->sqlite_text);
    plan.postgres_text = text_in(w->arena, "EXPLAIN %s", asked->postgres_text);
    plan.mode = STMT_MANY;
    plan.out = is_sqlite ? plan_columns : postgres_plan_columns;
    plan.out_count = is_sqlite ? 4 : 1;
    for (int32_t i = 0; i < asked->in_count; i++)
        in[i] = (struct stmt_value){.type = asked->in[i].type, .number = 1, .text = STR("1")};
    struct cursor cursor;
    TRY(stmt_open(w, &plan, in, &cursor));
    for (bool more = true; more;) {
        TRY(cursor_next(&cursor, out, &more));
        struct str line = more ? out[is_sqlite ? 3 : 0].text : STR("");
        bool scans = is_scan(is_sqlite, line);
        if (scans)
            print_error("%s: %.*s\n%s\n", asked->name, STR_ARG(line), asked->sqlite_text);
        EXPECT(!scans);
    }
    cursor_close(&cursor);
    return ERR_OK;
}

struct looking {
    const struct reach_statements *statements;
    bool is_sqlite;
};

static enum err look_at_plans(struct work *w, void *context)
{
    const struct looking *looking = context;
    const struct stmt *const statements[] = {
        &entitlement_held_stmt, &due_of_holders_stmt, &due_page_stmt, &place_of_holders_stmt,
        &follower_state_stmt, &fact_event_count_stmt, &due_count_stmt, &rule_by_name_stmt,
        &edition_by_hash_stmt, &entitlement_version_stmt, &difference_page_stmt,
        &difference_of_entitlement_stmt, &difference_since_page_stmt, &difference_at_stmt,
        &difference_of_holder_stmt, &difference_of_all_stmt, &difference_last_stmt,
        &entitlement_stood_stmt, &entitlement_same_stmt, &entitlement_closed_of_rule_stmt,
        &place_best_stmt, &place_first_stmt, &place_taken_stmt, &due_standing_stmt,
    };
    TRY(stmt_exec(w, &prefer_indexes, NULL, NULL));
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        TRY(expect_no_scan(w, looking->is_sqlite, statements[i]));
    for (int32_t i = 0; i < looking->statements->count; i++)
        if (strcmp(looking->statements->all[i]->name, REACH_WHOLE_TABLE) != 0)
            TRY(expect_no_scan(w, looking->is_sqlite, looking->statements->all[i]));
    return ERR_OK;
}

STORE_TEST(follower_round__reads_no_table_whole)
{
    struct arena arena;
    arena_init(&arena, 1 << 24);
    struct reach_statements *statements;
    EXPECT_OK(reach_statements_make(&arena, &statements, NULL));
    struct looking looking = {statements, strcmp(store_engine_name(t->env.store), "sqlite") == 0};
    enum err err = work_run(&t->env, WORK_READ, look_at_plans, &looking, &t->fault);
    if (err != ERR_OK)
        print_error("%s\n", t->fault.message);
    EXPECT_INT(ERR_OK, err);
    arena_done(&arena);
}

TEST(reach_make__can_say_whom_a_fact_touches_for_every_shipped_document)
{
    struct arena arena;
    arena_init(&arena, 1 << 24);
    struct reach *reach;
    struct str why;
    struct reach_statements *statements;
    EXPECT_OK(reach_statements_make(&arena, &statements, NULL));
    EXPECT_OK(reach_make(&arena, incentive_fixture_policy("policy")->policy, NULL, statements,
                         &reach, NULL));
    bool is_wide = reach_is_wide(reach, &why);
    if (is_wide)
        print_error("%.*s\n", STR_ARG(why));
    EXPECT(!is_wide);
    arena_done(&arena);
}
