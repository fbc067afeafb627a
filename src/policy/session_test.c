#include "policy/eval.h"

#include "policy_random.h"

#include <stdlib.h>
#include <string.h>

enum { PEOPLE = 40, SEEDS = 60, WORDS_MAX = 2 };

struct trial {
    struct arena arena;
    struct world *world;
    struct policy *policy;
    struct program *program;
    struct eval_request request;
    struct eval_result *result;
};

static void trial_run(struct trial *t)
{
    EXPECT_OK(eval_run(t->program, t->world, &t->request, &t->result, NULL));
}

static void trial_make(struct trial *t, uint64_t seed)
{
    struct dice dice = {seed};
    *t = (struct trial){.world = random_world(&dice, PEOPLE)};
    arena_init(&t->arena, 1 << 26);
    t->policy = random_policy(&t->arena, seed);
    EXPECT_OK(program_compile(&t->arena, t->policy, &t->program, NULL));
    EXPECT(program_rule_words(t->program) <= WORDS_MAX);
    t->request = (struct eval_request){.as_of_day = DAY_FROM + 400 + (int32_t)(seed * 97 % 1200),
                                       .since_day = ABSENT_I32, .thread_count = 1};
    trial_run(t);
}

static void trial_done(struct trial *t)
{
    eval_result_free(t->result);
    world_free(t->world);
    arena_done(&t->arena);
}

static bool is_same(const struct decision *a, const struct decision *b)
{
    return a->statement == b->statement && a->subject_row == b->subject_row &&
           a->basis_row == b->basis_row && a->period == b->period &&
           a->amount_fen == b->amount_fen && a->gross_fen == b->gross_fen &&
           a->payee_row == b->payee_row && a->exception == b->exception &&
           a->cut_by == b->cut_by && a->lane == b->lane && a->day == b->day;
}

static int32_t subject_table(const struct trial *t, const struct decision *decision)
{
    return t->policy->statements[decision->statement].as.rule->subject;
}

/* The decisions of one subject as the whole run has them, of rules no quota can reach. */
static int64_t expect_subject(const struct trial *t, const struct decision_list *list,
                              int32_t table, int32_t row, const uint64_t *shared)
{
    int64_t found = 0;
    for (int64_t i = 0; i < list->row_count; i++)
        EXPECT(list->rows[i].quota_open <= rule_set_has(shared, list->rows[i].statement));
    for (int64_t d = 0, i = 0; d < t->result->decision_count; d++) {
        const struct decision *expected = &t->result->decisions[d];
        if (subject_table(t, expected) != table || expected->subject_row != row ||
            rule_set_has(shared, expected->statement))
            continue;
        while (i < list->row_count && rule_set_has(shared, list->rows[i].statement))
            i++;
        EXPECT(i < list->row_count);
        EXPECT(is_same(expected, &list->rows[i]));
        i++;
        found++;
    }
    return found;
}

TEST(eval_subject__decides_what_the_whole_run_decides)
{
    int64_t found = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct trial t;
        trial_make(&t, seed);
        uint64_t shared[WORDS_MAX] = {0};
        program_rules_shared(t.program, shared);
        struct eval_session *session;
        EXPECT_OK(eval_session_new(t.program, t.world, &t.request, &session, NULL));
        struct decision_list list = {0};
        for (int32_t table = KIT_PERSON; table <= KIT_BODY; table++) {
            for (int32_t row = 0; row < t.world->tables[table].row_count; row++) {
                if (table != KIT_PERSON && table != KIT_BODY)
                    continue;
                list.row_count = 0;
                EXPECT_OK(eval_subject(session, table, row, NULL, &list, NULL));
                found += expect_subject(&t, &list, table, row, shared);
            }
        }
        free(list.rows);
        eval_session_free(session);
        trial_done(&t);
    }
    EXPECT(found > SEEDS);
}

TEST(eval_run__evaluates_only_the_rules_asked_for)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct trial t;
        trial_make(&t, seed);
        struct eval_result *all = t.result;
        uint64_t rules[WORDS_MAX] = {0};
        rule_set_add(rules, all->totals[seed % (uint64_t)all->total_count].statement);
        program_rules_settled_with(t.program, rules);
        t.request.rules = rules;
        trial_run(&t);
        int64_t at = 0;
        for (int64_t d = 0; d < all->decision_count; d++) {
            if (!rule_set_has(rules, all->decisions[d].statement))
                continue;
            EXPECT(at < t.result->decision_count);
            EXPECT(is_same(&all->decisions[d], &t.result->decisions[at]));
            at++;
        }
        EXPECT_INT(at, t.result->decision_count);
        eval_result_free(all);
        trial_done(&t);
    }
}

/* Gives one cell another value of its kind. */
static void change_cell(struct world *world, struct dice *dice, int32_t *ret_table,
                        int32_t *ret_field)
{
    for (;;) {
        int32_t table = (int32_t)roll(dice, KIT_TABLE_COUNT);
        const struct record_desc *record = &world->vocab->records[table];
        int32_t field = (int32_t)roll(dice, (uint32_t)record->field_count);
        struct column *column = &world->tables[table].columns[field];
        int32_t count = world->tables[table].row_count;
        size_t size = column_width_size(column->width);
        if (count == 0 || record->fields[field].type == FIELD_REF || size == 0)
            continue;
        unsigned char *cells = column->cells;
        size_t from = roll(dice, (uint32_t)count) * size;
        memmove(cells + roll(dice, (uint32_t)count) * size, cells + from, size);
        *ret_table = table;
        *ret_field = field;
        return;
    }
}

TEST(program_rules_reading__names_every_rule_that_a_cell_changes)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct trial t;
        trial_make(&t, seed);
        struct dice dice = {seed * 31};
        for (int32_t change = 0; change < 10; change++) {
            int32_t table, field;
            change_cell(t.world, &dice, &table, &field);
            uint64_t rules[WORDS_MAX] = {0};
            program_rules_reading(t.program, table, field, rules);
            program_rules_settled_with(t.program, rules);
            struct eval_result *before = t.result;
            trial_run(&t);
            for (int32_t i = 0; i < before->total_count; i++)
                if (!rule_set_has(rules, before->totals[i].statement))
                    EXPECT(memcmp(&before->totals[i], &t.result->totals[i],
                                  sizeof *before->totals) == 0);
            eval_result_free(before);
        }
        trial_done(&t);
    }
}

TEST(eval_run__keeps_evidence_beside_the_same_decisions)
{
    int64_t other_rows = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct trial t;
        trial_make(&t, seed);
        struct eval_result *plain = t.result;
        t.request.keep_evidence = true;
        trial_run(&t);
        EXPECT_INT(plain->decision_count, t.result->decision_count);
        for (int64_t d = 0; d < plain->decision_count; d++) {
            const struct decision *decision = &t.result->decisions[d];
            const struct evidence *evidence = &t.result->evidence[d];
            const struct rule *rule = t.policy->statements[decision->statement].as.rule;
            int32_t basis = rule->each >= 0 ? rule->each : rule->subject;
            EXPECT(is_same(&plain->decisions[d], decision));
            EXPECT(evidence->row >= 0);
            EXPECT(evidence->row < t.world->tables[evidence->table].row_count);
            other_rows += evidence->table != basis;
        }
        eval_result_free(plain);
        trial_done(&t);
    }
    EXPECT(other_rows > 0);
}

/* A session looks at the rows of one subject, a run at those of a block at once. */
TEST(eval_subject__keeps_the_evidence_of_the_whole_run)
{
    int64_t other_rows = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct trial t;
        struct decision_list list = {0};
        struct eval_session *session;
        uint64_t shared[WORDS_MAX] = {0};
        trial_make(&t, seed);
        eval_result_free(t.result);
        t.request.keep_evidence = true;
        trial_run(&t);
        program_rules_shared(t.program, shared);
        EXPECT_OK(eval_session_new(t.program, t.world, &t.request, &session, NULL));
        for (int64_t d = 0; d < t.result->decision_count; d++) {
            const struct decision *expected = &t.result->decisions[d];
            const struct evidence *evidence = &t.result->evidence[d];
            if (rule_set_has(shared, expected->statement))
                continue;
            list.row_count = 0;
            EXPECT_OK(eval_subject(session, subject_table(&t, expected), expected->subject_row,
                                   NULL, &list, NULL));
            int64_t i = 0;
            while (i < list.row_count && !is_same(expected, &list.rows[i]))
                i++;
            EXPECT(i < list.row_count);
            EXPECT_INT(evidence->table, list.evidence[i].table);
            EXPECT_INT(evidence->row, list.evidence[i].row);
            other_rows += evidence->row != expected->basis_row;
        }
        free(list.rows);
        free(list.evidence);
        eval_session_free(session);
        trial_done(&t);
    }
    EXPECT(other_rows > 0);
}
