/* weaving.h — what the files that make a document's page share (internal to weave).
 *
 * weave.c lays out pages, weave_prose.c writes the prose, weave_statement.c the statements of each
 * kind, weave_data.c those that are tables and cases, weave_words.c expressions as sentences.
 *
 * Memory   the page's buffer and its arena
 * Errors   none but those of the buffer
 * Limits   WEAVE_SCOPES_MAX rows within rows: deeper ones are named without their place
 */
#ifndef BAIGONG_WEAVING_H
#define BAIGONG_WEAVING_H

#include "base/html.h"
#include "policy/reading.h"
#include "policy/weave.h"

enum { WEAVE_SCOPES_MAX = 8 };

struct weaving {
    struct html *html;
    struct arena *arena;
    const struct policy *policy;
    const struct weave_options *options;
    int32_t document;
    int32_t scopes[WEAVE_SCOPES_MAX]; /* tables of the rows around an expression */
    int32_t scope_count;
    bool told[KEYWORD_COUNT];         /* clauses of the statement that have been said */
    bool has_list;                    /* the statement's <dl> is open */
};

bool weave_is_zh(const struct weaving *w);
/* The text of the page's language. */
const char *weave_either(const struct weaving *w, const char *zh, const char *en);
void weave_say(struct weaving *w, const char *zh, const char *en);

/* ---- words (weave_words.c) ---- */

void weave_value(struct weaving *w, struct type type, int64_t value);
void weave_day(struct weaving *w, int32_t day); /* <time> */
/* A label, or the English name as words: from_day is "from day". */
void weave_name(struct weaving *w, const char *zh, const char *en);
void weave_table_name(struct weaving *w, int32_t table);
void weave_table_names(struct weaving *w, int32_t table); /* several: persons */
void weave_field_name(struct weaving *w, int32_t table, int32_t field);
/* Inline. */
void weave_expr(struct weaving *w, const struct expr *expr);
/* A condition, as nested lists where it is long. */
void weave_condition(struct weaving *w, const struct expr *condition);
/* A figure: what is counted, with its conditions below. */
void weave_measure(struct weaving *w, const struct expr *expr);
/* Keys of an order, each with its direction. */
void weave_order(struct weaving *w, const struct order_key *keys, int32_t count);
void weave_scope_push(struct weaving *w, int32_t table);
void weave_scope_pop(struct weaving *w);

/* ---- statements (weave_statement.c, weave_data.c) ---- */

/* The anchor of a statement: kind and name, the same as long as they are. */
void weave_statement_id(struct text_buf *out, const struct policy *policy, int32_t statement);
/* Its name as a link to where it stands. */
void weave_statement_link(struct weaving *w, int32_t statement);
void weave_statement(struct weaving *w, int32_t statement);
/* What is stored of all rules of an article together, below its heading. */
void weave_article_figures(struct weaving *w, int32_t article);

/* <dt>the clause's word</dt><dd>, which weave_clause_end closes; notes that it has been said. */
void weave_clause_begin(struct weaving *w, enum keyword clause);
void weave_clause_end(struct weaving *w);

void weave_parameter(struct weaving *w, const struct parameter *parameter);
void weave_decision_table(struct weaving *w, const struct table_statement *table);
void weave_register(struct weaving *w, const struct register_statement *reg);
void weave_fund(struct weaving *w, const struct fund *fund);
void weave_example(struct weaving *w, const struct example *example);
void weave_narrative(struct weaving *w, const struct narrative *narrative);

/* ---- prose (weave_prose.c) ---- */

/* The prose of an article, or what stands before the first one (article -1), with the phrases that
 * its statements quote marked. tree: the document as cmark read it. */
void weave_prose(struct weaving *w, struct cmark_node *tree, int32_t article);

#endif
