#include "policy/difference.h"

#include "policy/policy_limits.h"

enum { CLAUSES_MAX = 400 }; /* of one statement: a table of rates has the most */

struct clause_list {
    struct str words[CLAUSES_MAX];
    struct str heads[CLAUSES_MAX]; /* first word: 给予 */
    bool matched[CLAUSES_MAX];
    int32_t count;
};

struct differing {
    struct arena *arena;
    const struct policy *before, *after;
    enum policy_spelling spelling;
    struct difference *rows;
    int32_t count;
    struct clause_list old_clauses, new_clauses;
};

static struct str words_of(struct differing *d, const struct policy *policy, struct token *tokens,
                           int32_t count)
{
    struct expr words = {.tokens = tokens, .token_count = count};
    struct text_buf buf;
    text_init(&buf, d->arena);
    policy_print_expr(&buf, policy, &words, d->spelling);
    return text_str(&buf);
}

/* A clause begins with a word in the first column; what is indented belongs to it. */
static void cut_clauses(struct differing *d, const struct policy *policy,
                        const struct statement *statement, struct clause_list *list)
{
    list->count = 0;
    struct token *tokens = statement->tokens;
    for (int32_t first = 0; first < statement->token_count && list->count < CLAUSES_MAX;) {
        int32_t end = first + 1;
        while (end < statement->token_count &&
               (tokens[end].column > 1 || tokens[end].line == tokens[first].line))
            end++;
        list->words[list->count] = words_of(d, policy, &tokens[first], end - first);
        list->heads[list->count] = words_of(d, policy, &tokens[first], 1);
        list->matched[list->count++] = false;
        first = end;
    }
}

/* Clauses have no order of their own: equal ones pair up wherever they stand. */
static void match_equal(struct clause_list *a, struct clause_list *b)
{
    for (int32_t i = 0; i < a->count; i++) {
        for (int32_t j = 0; j < b->count && !a->matched[i]; j++) {
            if (!b->matched[j] && str_equal(a->words[i], b->words[j]))
                a->matched[i] = b->matched[j] = true;
        }
    }
}

static int32_t unmatched_head(const struct clause_list *list, struct str head)
{
    for (int32_t i = 0; i < list->count; i++) {
        if (!list->matched[i] && str_equal(list->heads[i], head))
            return i;
    }
    return -1;
}

static bool add_clauses(struct differing *d, struct difference *row)
{
    struct clause_list *old = &d->old_clauses, *new = &d->new_clauses;
    struct difference_clause *clauses = ARENA_NEW_ARRAY(
        d->arena, struct difference_clause, (size_t)old->count + (size_t)new->count);
    if (!clauses)
        return false;
    for (int32_t i = 0; i < new->count; i++) {
        if (new->matched[i])
            continue;
        int32_t partner = unmatched_head(old, new->heads[i]);
        struct str before = partner >= 0 ? old->words[partner] : STR("");
        clauses[row->clause_count++] = (struct difference_clause){before, new->words[i]};
        new->matched[i] = true;
        if (partner >= 0)
            old->matched[partner] = true;
    }
    for (int32_t i = 0; i < old->count; i++) {
        if (!old->matched[i])
            clauses[row->clause_count++] = (struct difference_clause){old->words[i], STR("")};
    }
    row->clauses = clauses;
    return true;
}

static const struct statement *find(const struct policy *policy, const struct statement *wanted)
{
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        if (statement->kind == wanted->kind && str_equal(statement->name, wanted->name))
            return statement;
    }
    return NULL;
}

static bool compare(struct differing *d, const struct statement *before,
                    const struct statement *after)
{
    struct difference row = {.before = before, .after = after};
    if (!before || !after) {
        row.kind = before ? DIFFERENCE_REMOVED : DIFFERENCE_ADDED;
        d->rows[d->count++] = row;
        return true;
    }
    cut_clauses(d, d->before, before, &d->old_clauses);
    cut_clauses(d, d->after, after, &d->new_clauses);
    match_equal(&d->old_clauses, &d->new_clauses);
    row.kind = DIFFERENCE_CHANGED;
    if (!add_clauses(d, &row))
        return false;
    if (row.clause_count > 0)
        d->rows[d->count++] = row;
    return true;
}

enum err policy_difference(struct arena *arena, const struct policy *before,
                           const struct policy *after, enum policy_spelling spelling,
                           struct difference **ret_rows, int32_t *ret_row_count,
                           struct fault *fault)
{
    struct differing *d = ARENA_NEW(arena, struct differing);
    size_t row_count_max = (size_t)before->statement_count + (size_t)after->statement_count;
    struct difference *rows = ARENA_NEW_ARRAY(arena, struct difference, row_count_max);
    bool done = d && rows;
    if (done) {
        d->arena = arena;
        d->before = before;
        d->after = after;
        d->spelling = spelling;
        d->rows = rows;
    }
    for (int32_t i = 0; done && i < after->statement_count; i++)
        done = compare(d, find(before, &after->statements[i]), &after->statements[i]);
    for (int32_t i = 0; done && i < before->statement_count; i++) {
        if (!find(after, &before->statements[i]))
            done = compare(d, &before->statements[i], NULL);
    }
    if (!done)
        return fault_set(fault, ERR_MEMORY, "no memory to compare two policies");
    *ret_rows = rows;
    *ret_row_count = d->count;
    return ERR_OK;
}
