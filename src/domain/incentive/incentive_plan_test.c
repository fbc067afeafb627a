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

static enum err expect_no_scan(struct work *w, const struct stmt *asked)
{
    struct stmt plan = *asked;
    struct stmt_value in[STMT_SLOTS_MAX], out[4];
    plan.sqlite_text = text_in(w->arena, "EXPLAIN QUERY PLAN %s", asked->sqlite_text);
    plan.mode = STMT_MANY;
    plan.out = plan_columns;
    plan.out_count = 4;
    for (int32_t i = 0; i < asked->in_count; i++)
        in[i] = (struct stmt_value){.type = asked->in[i].type, .number = 1, .text = STR("x")};
    struct cursor cursor;
    TRY(stmt_open(w, &plan, in, &cursor));
    for (bool more = true; more;) {
        TRY(cursor_next(&cursor, out, &more));
        bool scans = more && str_starts(out[3].text, STR("SCAN ")) &&
                     str_find(out[3].text, STR("SCAN recent")) == SIZE_MAX &&
                     str_find(out[3].text, STR("SCAN due")) == SIZE_MAX;
        if (scans)
            print_error("%s: %.*s\n%s\n", asked->name, STR_ARG(out[3].text), asked->sqlite_text);
        EXPECT(!scans);
    }
    cursor_close(&cursor);
    return ERR_OK;
}

static enum err look_at_plans(struct work *w, void *context)
{
    const struct reach *reach = context;
    const struct stmt *const statements[] = {
        &entitlement_held_stmt,     &due_of_holder_stmt,  &due_page_stmt,
        &place_of_holder_stmt,      &follower_state_stmt, &fact_event_count_stmt,
        &due_count_stmt,            &rule_by_name_stmt,   &edition_by_hash_stmt,
        &entitlement_version_stmt,  &difference_page_stmt, &difference_of_entitlement_stmt,
        &entitlement_closed_of_rule_stmt, &place_best_stmt, &place_first_stmt,
        &place_taken_stmt,          &due_standing_stmt,
    };
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        TRY(expect_no_scan(w, statements[i]));
    const struct stmt *made;
    for (int32_t i = 0; (made = reach_statement(reach, i)) != NULL; i++)
        TRY(expect_no_scan(w, made));
    return ERR_OK;
}

STORE_TEST(follower_round__reads_no_table_whole)
{
    if (strcmp(store_engine_name(t->env.store), "sqlite") != 0)
        return; /* the plans of an empty PostgreSQL say nothing */
    struct arena arena;
    arena_init(&arena, 1 << 24);
    struct reach *reach;
    EXPECT_OK(reach_make(&arena, incentive_fixture_policy("policy")->policy, &reach, NULL));
    EXPECT_OK(work_run(&t->env, WORK_READ, look_at_plans, reach, &t->fault));
    arena_done(&arena);
}
