/* policy.h — reading policy documents: text in, a checked policy or findings out.
 *
 * Memory   the policy and the findings live in the arena given
 * Errors   ERR_POLICY when there is at least one finding of severity ERROR; ERR_POLICY_LIMIT
 * Limits   POLICY_* in policy/policy_limits.h
 */
#ifndef BAIGONG_POLICY_H
#define BAIGONG_POLICY_H

#include "policy/ast.h"

enum finding_severity { FINDING_ERROR, FINDING_WARNING, FINDING_NOTE };

struct finding {
    enum finding_severity severity;
    const char *rule; /* stable name: "cite-missing", "unit", "unknown-name", "period", ... */
    struct span span;
    struct str message; /* what is wrong, with the values, in the language of the vocabulary */
    struct str hint;    /* a way out; "" when the kind of finding says enough */
};

struct findings {
    struct arena *arena;
    struct finding *rows;
    int32_t row_count;
    int32_t row_capacity;
    int32_t error_count;
    int32_t warning_count;
};

struct policy_source {
    struct str path;
    struct str text;
};

/* Reads, resolves, types and checks documents together (statements may use each other's names).
 * Findings are written also on success (warnings). Does not run the examples: see example.h. */
enum err policy_read(struct arena *arena, const struct vocab *vocab,
                     const struct policy_source *sources, int32_t source_count,
                     struct policy **ret_policy, struct findings *findings, struct fault *fault);

/* One expression against a policy's names, for `ask` and filters: value typed like an indicator.
 * "MEASURE by|按 DIMENSION, DIMENSION where|满足 (CONDITION)". */
struct ask_query {
    /* aggregate over a whole table, a quotient of two, or an indicator's */
    struct expr *measure;
    int32_t table;           /* table whose rows are grouped */
    struct expr **dimensions; /* on a row of that table */
    int32_t dimension_count;
    struct expr *where;
    /* Set by who asks, NULL for all rows: whether the asker sees a row of the table. */
    bool (*keeps_row)(const void *context, int32_t row);
    const void *keeps_context;
};
enum err policy_parse_ask(struct arena *arena, struct policy *policy, struct str text,
                          struct ask_query *ret_query, struct findings *findings,
                          struct fault *fault);

/* Sets a parameter to one value on all days: "NAME=1500元", "NAME(技师)=6000元". For what-if runs:
 * do it before program_compile. ERR_POLICY with findings for a setting that cannot be read. */
enum err policy_set_parameter(struct arena *arena, struct policy *policy, struct str setting,
                              struct findings *findings, struct fault *fault);

/* Prints one expression or statement in a spelling; parse(print(x)) is x again. */
void policy_print_expr(struct text_buf *buf, const struct policy *policy, const struct expr *expr,
                       enum policy_spelling spelling);
void policy_print_statement(struct text_buf *buf, const struct policy *policy,
                            const struct statement *statement, enum policy_spelling spelling);
/* The whole document with its prose unchanged and its blocks in the spelling. */
void policy_print_document(struct text_buf *buf, const struct policy *policy, int32_t document,
                           enum policy_spelling spelling);

/* A value in words: 1,000元, 2023-12-31, 高级工, 60%. */
void policy_print_value(struct text_buf *buf, const struct policy *policy, struct type type,
                        int64_t value, enum policy_spelling spelling);

/* A sentence of finding_text.def in the language; one that is not there stays as it is. */
const char *finding_said(enum policy_spelling spelling, const char *english)
    __attribute__((format_arg(2)));

/* file:line:column, severity, message, the line with the text underlined, a way out: the hint, or
 * in Chinese that of the kind of finding when there is no hint (finding.def). */
void finding_print(struct text_buf *buf, const struct policy_source *sources,
                   const struct finding *finding, enum policy_spelling spelling);

/* The keyword of a kind of statement: grant, 补贴. */
const char *statement_kind_word(enum statement_kind kind, enum policy_spelling spelling);

int32_t policy_statement(const struct policy *policy, struct str name); /* -1 when there is none */

#endif
