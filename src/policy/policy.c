#include "policy/policy.h"

#include "policy/policy_limits.h"
#include "policy/reading.h"

#include <cmark.h>
#include <openssl/evp.h>
#include <stdlib.h>

static void take_sources(struct reading *reading, const struct policy_source *sources,
                         int32_t source_count)
{
    struct policy *policy = reading->policy;
    policy->documents = TAKE(reading, struct document, source_count);
    policy->document_count = source_count;
    for (int32_t i = 0; i < source_count; i++) {
        if (sources[i].text.size > POLICY_DOCUMENT_SIZE_MAX)
            reading_exceeds(reading, sentence(reading, "%.*s has more than %d MB",
                                              STR_ARG(sources[i].path),
                                              POLICY_DOCUMENT_SIZE_MAX >> 20));
        struct document *document = &policy->documents[i];
        document->path = str_copy(reading->arena, sources[i].path);
        document->text = str_copy(reading->arena, sources[i].text);
        document->number = document->title = document->replaces = (struct str){"", 0};
        document->ends_day = INT32_MAX;
        if (!document->path.ptr || !document->text.ptr)
            reading_give_up(reading, ERR_MEMORY);
    }
}

/* The edition: SM3 over the documents' hashes in the order of their paths. */
static void hash_policy(struct reading *reading)
{
    struct policy *policy = reading->policy;
    int32_t count = policy->document_count;
    int32_t *order = TAKE(reading, int32_t, count);
    for (int32_t i = 0; i < count; i++) {
        int32_t at = i;
        for (; at > 0 && str_compare(policy->documents[order[at - 1]].path,
                                     policy->documents[i].path) > 0;
             at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    uint8_t *hashes = TAKE(reading, uint8_t, (size_t)count * sizeof policy->hash);
    for (int32_t i = 0; i < count; i++)
        memcpy(hashes + (size_t)i * sizeof policy->hash, policy->documents[order[i]].hash,
               sizeof policy->hash);
    unsigned int size = sizeof policy->hash;
    if (!EVP_Digest(hashes, (size_t)count * sizeof policy->hash, policy->hash, &size, EVP_sm3(),
                    NULL))
        reading_give_up(reading, ERR_SECRET);
}

static void read_all(struct reading *reading, const struct policy_source *sources,
                     int32_t source_count)
{
    struct policy *policy = reading->policy;
    take_sources(reading, sources, source_count);
    for (int32_t i = 0; i < source_count; i++)
        document_read(reading, i);
    statement_index(reading);
    for (int32_t i = 0; i < policy->statement_count; i++)
        policy_link(policy, i);
    reading->states = TAKE(reading, uint8_t, policy->statement_count);
    for (int32_t i = 0; i < policy->statement_count; i++)
        statement_read(reading, i);
    fund_orders_read(reading);
    if (steps_check(reading)) {
        check_policy(reading);
        conditions_check(reading);
        interact_check(reading);
        editions_check(reading);
        cite_check(reading);
    }
    if (reading->findings->error_count == 0) { /* else statements may be half-read */
        locality_join(reading);
        editions_join(reading);
    }
    hash_policy(reading);
}

static enum err given_up(struct reading *reading, enum err code, struct fault *fault)
{
    if (reading->tree)
        cmark_node_free(reading->tree);
    if (code == ERR_POLICY_LIMIT) {
        fault_set(fault, code, "%s", reading->exceeded);
        return fault_hint(fault, "%s", said(reading, "Divide it, or write it shorter."));
    }
    return fault_set(fault, code, "the policy documents could not be read: %s", err_text(code));
}

static int compare_findings(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    if (x->span.document != y->span.document)
        return x->span.document < y->span.document ? -1 : 1;
    if (x->span.line != y->span.line)
        return x->span.line < y->span.line ? -1 : 1;
    if (x->span.column != y->span.column)
        return x->span.column < y->span.column ? -1 : 1;
    int order = strcmp(x->rule, y->rule);
    return order ? order : str_compare(x->message, y->message);
}

enum err policy_read(struct arena *arena, const struct vocab *vocab,
                     const struct policy_source *sources, int32_t source_count,
                     struct policy **ret_policy, struct findings *findings, struct fault *fault)
{
    if (source_count > POLICY_DOCUMENTS_MAX)
        return fault_set(fault, ERR_POLICY_LIMIT, "%d documents are more than %d", source_count,
                         (int)POLICY_DOCUMENTS_MAX);
    *findings = (struct findings){.arena = arena};
    struct reading *reading = ARENA_NEW(arena, struct reading);
    struct policy *policy = ARENA_NEW(arena, struct policy);
    if (!reading || !policy)
        return fault_set(fault, ERR_MEMORY, "out of memory while reading policy documents");
    *policy = (struct policy){.arena = arena, .vocab = vocab};
    reading->arena = arena;
    reading->vocab = vocab;
    reading->policy = policy;
    reading->findings = findings;
    enum err code = (enum err)setjmp(reading->give_up);
    if (code != ERR_OK)
        return given_up(reading, code, fault);
    read_all(reading, sources, source_count);
    if (findings->row_count)
        qsort(findings->rows, (size_t)findings->row_count, sizeof *findings->rows,
              compare_findings);
    *ret_policy = policy;
    if (findings->error_count > 0)
        return fault_set(fault, ERR_POLICY, said(reading, "%d errors in the policy documents"),
                         findings->error_count);
    return ERR_OK;
}

/* The table that a question groups: the one its first collection ranges over. */
static int32_t grouped_table(const struct expr *expr)
{
    if (expr->kind == EXPR_AGGREGATE)
        return expr->table;
    for (int32_t i = 0; i < expr->child_count; i++) {
        int32_t table = grouped_table(expr->children[i]);
        if (table >= 0)
            return table;
    }
    return -1;
}

static void read_question(struct cursor *cursor, struct ask_query *query)
{
    const struct type none = {TYPE_NONE, -1}, truth = {TYPE_BOOL, -1};
    struct scope whole = {.table = -1};
    struct expr *measure = parse_expr(cursor);
    measure = measure ? typing_expr(cursor, measure, &whole, none) : NULL;
    if (!measure)
        return;
    query->measure = measure;
    query->table = grouped_table(measure);
    if (query->table < 0) {
        finding_add(cursor->reading, FINDING_ERROR, "ask", measure->span,
                    "Write 计数 人员, or an indicator's name.", "the question counts no records");
        return;
    }
    struct scope row = {.table = query->table};
    int32_t capacity = 0;
    if (cursor_accept(cursor, KEY_BY))
        do {
            struct expr *key = parse_literal(cursor);
            key = key ? typing_expr(cursor, key, &row, none) : NULL;
            if (!key)
                return;
            GROW(cursor->reading, query->dimensions, query->dimension_count, &capacity);
            query->dimensions[query->dimension_count++] = key;
        } while (cursor_accept_symbol(cursor, ','));
    if (cursor_accept(cursor, KEY_SATISFYING)) {
        struct expr *where = parse_expr(cursor);
        query->where = where ? typing_expr(cursor, where, &row, truth) : NULL;
        if (query->where && query->where->type.kind != TYPE_BOOL)
            cursor_fail(cursor, "unit", "", "a condition is yes or no");
    }
    cursor_end(cursor);
}

enum err policy_parse_ask(struct arena *arena, struct policy *policy, struct str text,
                          struct ask_query *ret_query, struct findings *findings,
                          struct fault *fault)
{
    *findings = (struct findings){.arena = arena};
    struct reading *reading = ARENA_NEW(arena, struct reading);
    struct ask_query *query = ARENA_NEW(arena, struct ask_query);
    if (!reading || !query)
        return fault_set(fault, ERR_MEMORY, "out of memory while reading a question");
    reading->arena = arena;
    reading->vocab = policy->vocab;
    reading->policy = policy;
    reading->findings = findings;
    struct cursor *cursor = ARENA_NEW(arena, struct cursor);
    enum err code = (enum err)setjmp(reading->give_up);
    if (code != ERR_OK || !cursor)
        return given_up(reading, code != ERR_OK ? code : ERR_MEMORY, fault);
    reading->states = TAKE(reading, uint8_t, policy->statement_count);
    memset(reading->states, STATE_READ, (size_t)policy->statement_count);
    *cursor = (struct cursor){.reading = reading, .document = -1, .statement = -1};
    struct str copy = str_copy(arena, text);
    if (!copy.ptr)
        reading_give_up(reading, ERR_MEMORY);
    code = lex_text(arena, copy, 1, 1, &cursor->tokens, &cursor->end);
    if (code == ERR_LIMIT)
        reading_exceeds(reading, sentence(reading, "the question has more than %d words",
                                          (int)POLICY_BLOCK_TOKENS_MAX));
    if (code != ERR_OK)
        reading_give_up(reading, code);
    query->table = -1;
    if (cursor->end == 0)
        cursor_fail(cursor, "ask", "Write 计数 人员 按 居住地区划.", "the question is empty");
    else
        read_question(cursor, query);
    if (findings->error_count > 0) {
        fault_set(fault, ERR_POLICY, "%.*s", STR_ARG(findings->rows[0].message));
        return fault_hint(fault, "%.*s", STR_ARG(findings->rows[0].hint));
    }
    *ret_query = *query;
    return ERR_OK;
}
