/* policy_case.h — a policy read from a text and a small world beside it, for tests of what is said
 * about single cases. Include in one test file only; all is static. */
#ifndef BAIGONG_POLICY_CASE_H
#define BAIGONG_POLICY_CASE_H

#include "policy/column.h"
#include "policy/policy.h"
#include "base/day.h"
#include "policy_words.h"
#include "unit.h"

#define CASE __attribute__((unused)) static

struct policy_given {
    const char *field;
    int64_t value;
};

struct policy_case {
    struct arena arena;
    struct policy *policy;
    struct world *world;
};

CASE int32_t policy_case_day(const char *text)
{
    int32_t value = 0;
    check(day_parse(str_from(text), &value));
    return value;
}

CASE void policy_case_init(struct policy_case *t, const char *text)
{
    arena_init(&t->arena, 256 << 20);
    struct policy_source source = {STR("t.md"), str_from(text)};
    struct findings findings;
    struct fault fault = {0};
    enum err err = policy_read(&t->arena, &policy_words, &source, 1, &t->policy, &findings, &fault);
    for (int32_t i = 0; err != ERR_OK && i < findings.row_count; i++)
        print_message("line %d: %.*s\n", findings.rows[i].span.line,
                      STR_ARG(findings.rows[i].message));
    EXPECT_OK(err);
    EXPECT_OK(world_new(&policy_words, &t->world, NULL));
}

CASE void policy_case_put(struct policy_case *t, const char *table, int64_t id, int64_t owner,
                          const struct policy_given *given)
{
    int64_t values[24];
    int32_t index = vocab_table(&policy_words, str_from(table));
    const struct record_desc *record = &policy_words.records[index];
    for (int32_t i = 0; i < record->field_count; i++)
        values[i] = ABSENT_I64;
    for (; given->field; given++) {
        int32_t field = vocab_field(&policy_words, index, str_from(given->field));
        check(field >= 0);
        values[field] = given->value;
    }
    EXPECT_OK(world_append(t->world, index, id, owner, values, NULL));
}

#define PUT(t, table, id, owner, ...)                                                              \
    policy_case_put((t), (table), (id), (owner),                                                   \
                    (const struct policy_given[]){__VA_ARGS__ __VA_OPT__(, ){NULL, 0}})

CASE void policy_case_done(struct policy_case *t)
{
    world_free(t->world);
    arena_done(&t->arena);
}

#endif
