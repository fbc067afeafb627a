/* locality.c — a document speaks of its own division.
 *
 * The head of a document names the division that issued it (地区). What it grants, owes or counts
 * concerns the people and bodies of that division alone, so that the documents of all cities of
 * a province can be in force side by side. The head says the condition, not each rule; here it
 * joins every rule, duty and figure as the last condition, in words that an explanation shows. */
#include "policy/locality.h"

#include "policy/policy_limits.h"
#include "policy/reading.h"

#include <inttypes.h>

/* The field that tells where a row of the table is: that of the person or body it belongs to. Where
 * something happened to them (a payment made elsewhere) is another matter. */
static const struct field_desc *division_field(const struct vocab *vocab, int32_t *table)
{
    for (int32_t owner; (owner = vocab_owner(vocab, *table)) >= 0;)
        *table = owner;
    const struct record_desc *record = &vocab->records[*table];
    for (int32_t i = 0; i < record->field_count; i++) {
        if (record->fields[i].type == FIELD_CODE &&
            strcmp(record->fields[i].target, "division") == 0)
            return &record->fields[i];
    }
    return NULL;
}

/* The division by its name where that says which one is meant, else by its code. */
static const char *division_words(struct reading *reading, int64_t code)
{
    const struct vocab *vocab = reading->vocab;
    int32_t index = vocab_catalogue(vocab, STR("division"));
    const struct catalogue *catalogue = index < 0 ? NULL : &vocab->catalogues[index];
    const struct catalogue_entry *entry = catalogue ? catalogue_by_code(catalogue, code) : NULL;
    const struct catalogue_entry *same =
        entry ? catalogue_by_name(catalogue, entry->name, ABSENT_I32) : NULL;
    return same && same->code == code
               ? text_in(reading->arena, lex_is_word(entry->name) ? "%.*s" : "「%.*s」",
                         STR_ARG(entry->name))
               : text_in(reading->arena, "%" PRId64, code);
}

struct expr *condition_read(struct reading *reading, int32_t document, int32_t table,
                            const char *text)
{
    struct cursor *cursor = TAKE(reading, struct cursor, 1);
    *cursor = (struct cursor){.reading = reading, .document = document, .statement = -1};
    enum err err =
        lex_text(reading->arena, str_from(text), 1, 1, &cursor->tokens, &cursor->end);
    if (err != ERR_OK)
        reading_give_up(reading, err);
    const struct scope row = {.table = table};
    struct expr *expr = parse_expr(cursor);
    return expr ? typing_expr(cursor, expr, &row, (struct type){TYPE_BOOL, -1}) : NULL;
}

/* "人员.居住地区划 位于 「济宁市」", read like any condition of the document. */
static struct expr *condition_of(struct reading *reading, int32_t document, int32_t table)
{
    int32_t owner = table;
    const struct field_desc *field = division_field(reading->vocab, &owner);
    if (!field)
        return NULL;
    const char *text =
        text_in(reading->arena, "%s.%s %s %s", reading->vocab->records[owner].label_zh,
                field->label_zh, keyword_zh(KEY_WITHIN),
                division_words(reading, reading->policy->documents[document].division));
    return condition_read(reading, document, table, text);
}

void condition_join(struct reading *reading, struct expr **where, struct expr *more)
{
    if (!*where) {
        *where = more;
        return;
    }
    bool is_and = (*where)->kind == EXPR_AND;
    int32_t count = is_and ? (*where)->child_count : 1;
    struct expr *joined = TAKE(reading, struct expr, 1);
    *joined = **where; /* keeps the words and the place of what the rule says itself */
    joined->kind = EXPR_AND;
    joined->type = (struct type){TYPE_BOOL, -1};
    joined->children = TAKE(reading, struct expr *, count + 1);
    for (int32_t i = 0; i < count; i++)
        joined->children[i] = is_and ? (*where)->children[i] : *where;
    joined->children[count] = more;
    joined->child_count = count + 1;
    *where = joined;
}

static void join_condition(struct reading *reading, int32_t document, int32_t table,
                           struct expr **where)
{
    struct expr *local = condition_of(reading, document, table);
    if (local)
        condition_join(reading, where, local);
}

/* Figures range over whole tables: the city's rows count. */
static void join_figures(struct reading *reading, int32_t document, struct expr *expr)
{
    if (!expr)
        return;
    if (expr->kind == EXPR_AGGREGATE && expr->up < 0)
        join_condition(reading, document, expr->table, &expr->where);
    for (int32_t i = 0; i < expr->child_count; i++)
        join_figures(reading, document, expr->children[i]);
}

void locality_join(struct reading *reading)
{
    struct policy *policy = reading->policy;
    for (int32_t i = 0; i < policy->statement_count; i++) {
        struct statement *statement = &policy->statements[i];
        if (policy->documents[statement->document].division == 0)
            continue; /* the nation's */
        switch (statement->kind) {
        case STATEMENT_GRANT:
        case STATEMENT_CONFER:
        case STATEMENT_PROMOTE:
        case STATEMENT_ADMIT:
            join_condition(reading, statement->document, statement->as.rule->subject,
                           &statement->as.rule->where);
            break;
        case STATEMENT_DUTY:
            join_condition(reading, statement->document, statement->as.duty->subject,
                           &statement->as.duty->where);
            break;
        case STATEMENT_INDICATOR:
            join_figures(reading, statement->document, statement->as.indicator->value);
            break;
        default:
            break;
        }
    }
}

bool locality_concerns(const struct policy *policy, int32_t document, const struct world *world)
{
    int64_t division = policy->documents[document].division;
    int32_t index = vocab_catalogue(world->vocab, STR("division"));
    if (division == 0 || index < 0)
        return true;
    const struct catalogue *catalogue = &world->vocab->catalogues[index];
    for (int32_t table = 0; table < world->vocab->record_count; table++) {
        int32_t at = table;
        const struct field_desc *field = division_field(world->vocab, &at);
        if (!field || at != table)
            continue;
        const struct column *column =
            &world->tables[table].columns[field - world->vocab->records[table].fields];
        for (int32_t row = 0; row < world->tables[table].row_count; row++) {
            int64_t code = column_value(column, row);
            if (code != ABSENT_I64 && catalogue_contains(catalogue, division, code))
                return true;
        }
    }
    return false;
}

int32_t locality_field(const struct vocab *vocab, int32_t table)
{
    int32_t at = table;
    const struct field_desc *field = division_field(vocab, &at);
    return field && at == table ? (int32_t)(field - vocab->records[table].fields) : -1;
}

bool locality_excludes_division(const struct policy *policy, int32_t document, int64_t division)
{
    int64_t own = policy->documents[document].division;
    int32_t index = vocab_catalogue(policy->vocab, STR("division"));
    return own != 0 && index >= 0 && division != ABSENT_I64 &&
           !catalogue_contains(&policy->vocab->catalogues[index], own, division);
}

bool locality_excludes(const struct policy *policy, int32_t document, const struct world *world,
                       int32_t table, int32_t row)
{
    if (policy->documents[document].division == 0)
        return false;
    int32_t field = locality_field(world->vocab, table);
    return field >= 0 &&
           locality_excludes_division(policy, document,
                                      column_value(&world->tables[table].columns[field], row));
}

struct locality locality_of_table(const struct world *world, int32_t table)
{
    struct locality locality = {.root = table};
    const struct field_desc *field = division_field(world->vocab, &locality.root);
    for (int32_t at = table; at != locality.root && locality.owner_count < LOCALITY_OWNERS_MAX;
         at = vocab_owner(world->vocab, at))
        locality.owner_rows[locality.owner_count++] = world->tables[at].owner_rows;
    if (field)
        locality.column = &world->tables[locality.root]
                               .columns[field - world->vocab->records[locality.root].fields];
    return locality;
}

int32_t locality_root_row(const struct locality *locality, int32_t row)
{
    for (int32_t i = 0; i < locality->owner_count; i++)
        row = locality->owner_rows[i][row];
    return row;
}

int64_t locality_division(const struct locality *locality, int32_t row)
{
    return locality->column ? column_value(locality->column, locality_root_row(locality, row))
                            : ABSENT_I64;
}
