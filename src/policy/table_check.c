/* table_check.c — decision tables as boxes: every combination of inputs meets one row, no row is
 * hidden.
 *
 * The edges of all cells of an input cut its values into regions within which every cell answers
 * alike; the first value of a region stands for it. The table is looked up once for each
 * combination of regions, so that rows hidden by several others together and gaps in a corner are
 * found, and the counter-example is a real case. */
#include "policy/policy_limits.h"
#include "policy/reading.h"

#include <stdlib.h>

struct region_list {
    int64_t *values;
    int32_t count, capacity;
};

struct table_walk {
    struct block *block;
    const struct table_statement *table;
    struct region_list *inputs;
    int32_t *at;        /* region of each input */
    uint8_t *reached;   /* of each row: some combination comes to it */
    int32_t *overlaps;  /* of each row: a row above that also holds somewhere, or -1 */
    bool gap_told;
};

static int compare_values(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void add_region(struct table_walk *walk, int32_t input, int64_t value)
{
    struct region_list *list = &walk->inputs[input];
    bool beyond = value == INT64_MIN + 1 || value == INT64_MAX;
    bool number = walk->table->inputs[input].kind != TYPE_DAY &&
                  walk->table->inputs[input].kind != TYPE_MONTH;
    if (beyond || (number && value < 0))
        return;
    GROW(walk->block->reading, list->values, list->count, &list->capacity);
    list->values[list->count++] = value;
}

static void add_cell(struct table_walk *walk, int32_t input, const struct table_cell *cell)
{
    for (int32_t i = 0; i < cell->member_count; i++) {
        add_region(walk, input, cell->members[i]);
        add_region(walk, input, cell->members[i] + 1);
    }
    if (cell->members)
        return;
    add_region(walk, input, cell->low);
    if (cell->high != INT64_MAX)
        add_region(walk, input, cell->high + 1);
}

static bool cell_holds(const struct table_cell *cell, int64_t value)
{
    for (int32_t i = 0; i < cell->member_count; i++)
        if (cell->members[i] == value)
            return true;
    return !cell->members && value >= cell->low && value <= cell->high;
}

/* A code that no cell names stands for all of those. */
static void add_other_code(struct table_walk *walk, int32_t input)
{
    const struct table_statement *table = walk->table;
    const struct catalogue *catalogue =
        &walk->block->reading->vocab->catalogues[table->inputs[input].target];
    for (int32_t i = 0; i < catalogue->entry_count; i++) {
        bool named = false;
        for (int32_t row = 0; row < table->row_count && !named; row++) {
            const struct table_cell *cell = &table->cells[row * table->input_count + input];
            bool any = !cell->members && cell->low == INT64_MIN + 1 && cell->high == INT64_MAX;
            named = !any && cell_holds(cell, catalogue->entries[i].code);
        }
        if (!named) {
            add_region(walk, input, catalogue->entries[i].code);
            return;
        }
    }
}

/* Codes and yes/no are all known; numbers begin at nought. */
static void add_domain(struct table_walk *walk, int32_t input)
{
    struct type type = walk->table->inputs[input];
    const struct vocab *vocab = walk->block->reading->vocab;
    if (type.kind == TYPE_ENUM) {
        for (int32_t i = 0; i < vocab->enums[type.target].code_count; i++)
            add_region(walk, input, vocab->enums[type.target].codes[i].code);
        return;
    }
    add_region(walk, input, 0);
    if (type.kind == TYPE_BOOL)
        add_region(walk, input, 1);
    if (type.kind == TYPE_CODE)
        add_other_code(walk, input);
    if (type.kind != TYPE_BOOL)
        for (int32_t row = 0; row < walk->table->row_count; row++)
            add_cell(walk, input, &walk->table->cells[row * walk->table->input_count + input]);
}

static bool is_code(const struct table_walk *walk, int32_t input, int64_t value)
{
    struct type type = walk->table->inputs[input];
    const struct vocab *vocab = walk->block->reading->vocab;
    return type.kind != TYPE_CODE || catalogue_by_code(&vocab->catalogues[type.target], value);
}

static void cut_input(struct table_walk *walk, int32_t input)
{
    struct region_list *list = &walk->inputs[input];
    add_domain(walk, input);
    if (list->count)
        qsort(list->values, (size_t)list->count, sizeof *list->values, compare_values);
    int32_t kept = 0;
    for (int32_t i = 0; i < list->count; i++)
        if ((kept == 0 || list->values[kept - 1] != list->values[i]) &&
            is_code(walk, input, list->values[i]))
            list->values[kept++] = list->values[i];
    list->count = kept;
}

static bool row_holds(const struct table_walk *walk, int32_t row)
{
    int32_t input_count = walk->table->input_count;
    for (int32_t i = 0; i < input_count; i++)
        if (!cell_holds(&walk->table->cells[row * input_count + i],
                        walk->inputs[i].values[walk->at[i]]))
            return false;
    return true;
}

static void tell_gap(struct table_walk *walk)
{
    struct reading *reading = walk->block->reading;
    struct text_buf buf;
    text_init(&buf, reading->arena);
    for (int32_t i = 0; i < walk->table->input_count; i++) {
        text_format(&buf, "%s%.*s = ", i ? ", " : "", STR_ARG(walk->table->input_names[i]));
        policy_print_value(&buf, reading->policy, walk->table->inputs[i],
                           walk->inputs[i].values[walk->at[i]], SPELLING_ZH);
    }
    walk->gap_told = true;
    finding_add(reading, FINDING_WARNING, "table-gap", block_head(walk->block),
                "Add a row for it, or 其他 (otherwise) with a value.", "no row holds for %.*s",
                STR_ARG(text_str(&buf)));
}

static void look_up(struct table_walk *walk)
{
    int32_t first = -1;
    for (int32_t row = 0; row < walk->table->row_count; row++) {
        if (!row_holds(walk, row))
            continue;
        if (first < 0) {
            first = row;
            walk->reached[row] = 1;
            if (!walk->table->unique)
                break;
        } else if (walk->overlaps[row] < 0) {
            walk->overlaps[row] = first;
        }
    }
    if (first < 0 && !walk->table->has_otherwise && !walk->gap_told)
        tell_gap(walk);
}

static bool next_combination(struct table_walk *walk)
{
    for (int32_t i = walk->table->input_count - 1; i >= 0; i--) {
        if (++walk->at[i] < walk->inputs[i].count)
            return true;
        walk->at[i] = 0;
    }
    return false;
}

/* The one row above that alone takes all of the row's cases, or -1 when it takes several. */
static int32_t covering_row(const struct table_statement *table, int32_t row)
{
    for (int32_t above = 0; above < row; above++) {
        bool covers = true;
        for (int32_t i = 0; i < table->input_count && covers; i++) {
            const struct table_cell *upper = &table->cells[above * table->input_count + i];
            const struct table_cell *lower = &table->cells[row * table->input_count + i];
            covers = upper->members || lower->members
                         ? lower->members != NULL
                         : upper->low <= lower->low && upper->high >= lower->high;
            for (int32_t k = 0; k < lower->member_count && covers; k++)
                covers = cell_holds(upper, lower->members[k]);
        }
        if (covers)
            return above;
    }
    return -1;
}

static void tell_rows(const struct table_walk *walk)
{
    const struct table_statement *table = walk->table;
    for (int32_t row = 0; row < table->row_count; row++) {
        int32_t above = covering_row(table, row);
        if (above >= 0)
            finding_add(walk->block->reading, FINDING_ERROR, "table", table->row_spans[row],
                        "Move it up, or take it out.", "the row never counts: line %d covers it",
                        table->row_spans[above].line);
        else if (walk->overlaps[row] >= 0)
            finding_add(walk->block->reading, FINDING_ERROR, "table", table->row_spans[row],
                        "Narrow one of them, or take out 唯一 (unique): then the first counts.",
                        "the row overlaps line %d of a table that is 唯一 (unique)",
                        table->row_spans[walk->overlaps[row]].line);
        else if (!walk->reached[row])
            finding_add(walk->block->reading, FINDING_ERROR, "table", table->row_spans[row],
                        "Move it up, or take it out.",
                        "the row never counts: the rows above it cover all of it");
    }
}

void table_check(struct block *block, const struct table_statement *table)
{
    struct reading *reading = block->reading;
    struct table_walk walk = {.block = block, .table = table};
    walk.inputs = TAKE(reading, struct region_list, table->input_count);
    walk.at = TAKE(reading, int32_t, table->input_count);
    walk.reached = TAKE(reading, uint8_t, table->row_count);
    walk.overlaps = TAKE(reading, int32_t, table->row_count);
    for (int32_t row = 0; row < table->row_count; row++)
        walk.overlaps[row] = -1;
    int64_t steps = table->row_count;
    for (int32_t i = 0; i < table->input_count; i++) {
        cut_input(&walk, i);
        steps *= steps > POLICY_TABLE_STEPS_MAX ? 1 : walk.inputs[i].count;
    }
    if (steps > POLICY_TABLE_STEPS_MAX) {
        finding_add(reading, FINDING_NOTE, "not-analysed", block_head(block),
                    "Divide the table by one of its inputs.",
                    "the table is too large to look for gaps and hidden rows");
        return;
    }
    if (steps == 0)
        return;
    do
        look_up(&walk);
    while (next_combination(&walk));
    tell_rows(&walk);
}
