#include "policy/fact_use.h"

#include "policy/locality.h"
#include "policy/program.h"

#include <string.h>

static int64_t count_filled(const struct world *world, int32_t table, int32_t field)
{
    const struct table_columns *columns = &world->tables[table];
    const struct field_desc *desc = &world->vocab->records[table].fields[field];
    const struct column *column = &columns->columns[field];
    if (desc->need == NEED_OPEN_END || !column->has_absent)
        return columns->row_count;
    int64_t count = 0;
    for (int32_t row = 0; row < columns->row_count; row++)
        count += column_value(column, row) != ABSENT_I64;
    return count;
}

struct using {
    const struct program *program;
    const struct policy *policy;
    const struct world *world;
    const bool *concerns; /* by document */
    uint64_t *rules;      /* scratch */
};

/* False when no rule that concerns the population reads it. */
static bool find_use(const struct using *u, int32_t table, int32_t field, struct fact_use *use)
{
    *use = (struct fact_use){.table = table, .field = field, .statement = -1};
    memset(u->rules, 0, (size_t)program_rule_words(u->program) * sizeof *u->rules);
    program_rules_reading(u->program, table, field, u->rules);
    for (int32_t s = 0; s < u->policy->statement_count; s++) {
        if (!rule_set_has(u->rules, s) || !u->concerns[u->policy->statements[s].document])
            continue;
        use->rule_count++;
        if (use->statement < 0)
            use->statement = s;
    }
    if (use->rule_count == 0)
        return false;
    use->row_count = u->world->tables[table].row_count;
    use->filled_count = field < 0 ? use->row_count : count_filled(u->world, table, field);
    return true;
}

enum err fact_uses(struct arena *arena, const struct program *program, const struct world *world,
                   struct fact_use **ret_uses, int32_t *ret_use_count, struct fault *fault)
{
    const struct policy *policy = program->policy;
    const struct vocab *vocab = world->vocab;
    size_t room = 0;
    for (int32_t t = 0; t < vocab->record_count; t++)
        room += (size_t)vocab->records[t].field_count + 1;
    struct fact_use *uses = ARENA_NEW_ARRAY(arena, struct fact_use, room);
    bool *concerns = ARENA_NEW_ARRAY(arena, bool, (size_t)policy->document_count + 1);
    uint64_t *rules = ARENA_NEW_ARRAY(arena, uint64_t, (size_t)program_rule_words(program));
    if (!uses || !concerns || !rules)
        return fault_set(fault, ERR_MEMORY, "no memory for the facts that rules read");
    for (int32_t d = 0; d < policy->document_count; d++)
        concerns[d] = locality_concerns(policy, d, world);
    const struct using u = {program, policy, world, concerns, rules};
    int32_t count = 0;
    for (int32_t t = 0; t < vocab->record_count; t++) {
        bool is_empty = world->tables[t].row_count == 0;
        bool is_read = find_use(&u, t, -1, &uses[count]);
        count += is_read;
        for (int32_t f = 0; f < vocab->records[t].field_count && !(is_empty && is_read); f++)
            count += find_use(&u, t, f, &uses[count]);
    }
    *ret_uses = uses;
    *ret_use_count = count;
    return ERR_OK;
}

bool fact_use_is_missing(const struct fact_use *use)
{
    return use->filled_count == 0;
}
