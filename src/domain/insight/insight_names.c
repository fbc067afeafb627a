#include "domain/insight/insight_book.h"

#include "base/day.h"
#include "base/record.h"
#include "domain/registry/registry_facts.h"
#include "policy/locality.h"

/* Names behind a figure: the same rows that made it, by who they belong to. */

enum { LOAD_THREADS = 2 };

struct naming {
    const struct world *world;
    const struct book_scope *scope;
    struct book_names *names;
    struct locality locality;
    int32_t locality_table; /* -1: none yet */
    int64_t after_id;
    int32_t row_count_max;
};

static enum err name_owner(struct naming *naming, int32_t table, int32_t row)
{
    if (naming->locality_table != table) {
        naming->locality = locality_of_table(naming->world, table);
        naming->locality_table = table;
        naming->names->table = naming->locality.root;
    }
    int64_t division = locality_division(&naming->locality, row);
    bool is_within = division != ABSENT_I64 && division >= naming->scope->division_min &&
                     division <= naming->scope->division_max;
    if (!naming->scope->is_city && !is_within)
        return ERR_OK;
    int32_t root_row = locality_root_row(&naming->locality, row);
    int64_t id = naming->world->tables[naming->locality.root].row_ids[root_row];
    struct book_names *names = naming->names;
    bool is_same = names->id_count > 0 && names->ids[names->id_count - 1] == id;
    if (id <= naming->after_id || is_same)
        return ERR_OK;
    if (names->id_count == naming->row_count_max)
        names->has_more = true;
    else
        names->ids[names->id_count++] = id;
    return ERR_OK;
}

static enum err name_row(void *context, const struct counted_row *row, struct fault *fault)
{
    struct naming *naming = context;
    return row->part == 0 ? name_owner(naming, row->table, row->row) : ERR_OK;
}

/* Of a duty: who does not meet it. */
static enum err name_duty(struct naming *naming, const struct policy *policy, int32_t statement,
                          int32_t as_of_day, struct arena *arena, struct fault *fault)
{
    struct duty_state *states;
    int32_t state_count;
    TRY(eval_duties(arena, policy, naming->world, as_of_day, &states, &state_count, fault));
    for (int32_t i = 0; i < state_count; i++)
        if (states[i].statement == statement && !states[i].met)
            TRY(name_owner(naming, policy->statements[statement].as.duty->subject,
                           states[i].subject_row));
    return ERR_OK;
}

static int32_t statement_of(const struct policy *policy, const struct book_line *line)
{
    struct str name = line->kind == BOOK_DUTY ? line->name : line->measure;
    enum statement_kind kind =
        line->kind == BOOK_DUTY ? STATEMENT_DUTY : STATEMENT_INDICATOR;
    int32_t statement = policy_statement(policy, name);
    return statement >= 0 && policy->statements[statement].kind == kind ? statement : -1;
}

enum err insight_book_names(struct work_env *env, const struct vocab *vocab,
                            const struct incentive_policy *policy, const struct book_head *head,
                            const struct book_line *line, const struct book_scope *scope,
                            int64_t after_id, int32_t row_count_max, struct arena *arena,
                            struct book_names *ret_names, struct fault *fault)
{
    struct book_names names = {.table = -1};
    int32_t statement = statement_of(policy->policy, line);
    names.ids = ARENA_NEW_ARRAY(arena, int64_t, (size_t)row_count_max);
    if (!names.ids)
        return fault_set(fault, ERR_MEMORY, "no memory for the names behind a figure");
    *ret_names = names;
    if (statement < 0)
        return ERR_OK;
    struct world *world;
    TRY(registry_load_world_fast(env, vocab, head->known_at_ms, LOAD_THREADS, &world, fault));
    struct naming naming = {.world = world, .scope = scope, .names = &names, .locality_table = -1,
                            .after_id = after_id, .row_count_max = row_count_max};
    int32_t as_of_day =
        line->period_end_day < head->as_of_day ? line->period_end_day : head->as_of_day;
    struct figure_period period = {
        line->period_start_day != ABSENT_I32 ? line->period_start_day : DAY_MIN,
        line->period_start_day != ABSENT_I32 ? line->period_end_day : DAY_MAX, as_of_day};
    bool has_rows;
    enum err err = line->kind == BOOK_DUTY
                       ? name_duty(&naming, policy->policy, statement, head->as_of_day, arena,
                                   fault)
                       : eval_indicator_rows(policy->policy, world, statement, &period, name_row,
                                             &naming, &has_rows, fault);
    world_free(world);
    *ret_names = names;
    return err;
}
