/* reading.h — what the files of the front end share while documents are read.
 *
 * policy_read runs in steps: document.c cuts each file into articles and blocks, parse_statement.c
 * reads each block (on demand: a statement that names another has it read first), typing.c resolves
 * and types expressions as they are read, cite.c compares statements with the prose.
 *
 * Memory   everything from the arena of the reading. When it is exhausted the reading gives up by
 *          one long jump to its start (reading_take): no function here returns a failed allocation
 * Errors   findings; give-up codes ERR_MEMORY and ERR_POLICY_LIMIT
 */
#ifndef BAIGONG_READING_H
#define BAIGONG_READING_H

#include "policy/front_matter.h"
#include "policy/lex.h"
#include "policy/policy.h"

#include <setjmp.h>
#include <string.h>

enum keyword {
    KEY_NONE,
#define STATEMENT_WORD(token, kind, zh, en) KEY_STATEMENT_##token,
#define CLAUSE_WORD(token, zh, en) CLAUSE_##token,
#define WORD(token, zh, en) KEY_##token,
#include "policy/keyword.def"
    KEYWORD_COUNT
};

enum reading_state { STATE_NEW, STATE_BUSY, STATE_READ };

struct reading {
    struct arena *arena;
    const struct vocab *vocab;
    struct policy *policy;
    struct findings *findings;
    jmp_buf give_up;
    uint8_t *states;             /* reading_state of each statement */
    int32_t statement_capacity, article_capacity;
    struct cmark_node *tree;     /* of the document being cut; freed also when giving up */
    int32_t depth;               /* statements and parentheses open */
    const char *exceeded;        /* which limit, in words, when given up for one */
};

/* The words of one clause, or of one row, still to be read. */
struct cursor {
    struct reading *reading;
    struct token *tokens;
    int32_t next, end;
    int32_t document;
    int32_t statement; /* -1: a question, not a document */
    bool failed;       /* a finding was made; the rest of the clause is left alone */
};

/* The row that names are looked up on; inside an aggregate, outer is the row around it. */
struct scope {
    int32_t table; /* -1: no row */
    const struct scope *outer;
};

/* memory */
void *reading_take(struct reading *reading, size_t count, size_t size);
#define TAKE(reading, type, count) ((type *)reading_take((reading), (size_t)(count), sizeof(type)))
_Noreturn void reading_give_up(struct reading *reading, enum err code);
/* Gives up for a limit that is exceeded, said by sentence(). */
_Noreturn void reading_exceeds(struct reading *reading, const char *words);
/* Makes room for one more element in a growing array; the new element is zeroed. */
void *reading_grow(struct reading *reading, void *rows, int32_t count, int32_t *capacity,
                   size_t size);
#define GROW(reading, rows, count, capacity)                                                      \
    ((rows) = reading_grow((reading), (rows), (count), (capacity), sizeof *(rows)))

/* findings (finding.c) */
void finding_add(struct reading *reading, enum finding_severity severity, const char *rule,
                 struct span span, const char *hint, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* A sentence of finding_text.def in the language of the findings. */
const char *said(const struct reading *reading, const char *english)
    __attribute__((format_arg(2)));
const char *sentence(const struct reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* keywords (keyword.c) */
const char *keyword_zh(enum keyword keyword);
const char *keyword_en(enum keyword keyword);
bool keyword_is(enum keyword keyword, struct str word);
/* Notes the word's spellings in both languages: those of the pair that was written. */
void keyword_spell(enum keyword keyword, struct token *token);
enum keyword keyword_clause(struct str word);             /* KEY_NONE when it is none */
enum keyword keyword_statement(struct str word, enum statement_kind *ret_kind);
/* The candidate nearest to the word by letters changed; NULL when none is near. */
const char *nearest_word(struct str word, const char *const *candidates, int32_t count);
const char *nearest_statement_word(struct str word);
const char *nearest_clause_word(struct str word);

/* cursor (cursor.c) */
struct token *cursor_peek(struct cursor *cursor); /* a TOKEN_END when used up */
struct token *cursor_peek_at(struct cursor *cursor, int32_t ahead);
struct token *cursor_take(struct cursor *cursor);
bool cursor_done(struct cursor *cursor);
bool cursor_is(struct cursor *cursor, enum keyword keyword);
bool cursor_accept(struct cursor *cursor, enum keyword keyword);
bool cursor_symbol_is(struct cursor *cursor, char symbol);
bool cursor_accept_symbol(struct cursor *cursor, char symbol);
bool cursor_expect(struct cursor *cursor, enum keyword keyword);
bool cursor_expect_symbol(struct cursor *cursor, char symbol);
/* A word or quoted text; an absent str and a finding when there is none. */
struct str cursor_name(struct cursor *cursor, const char *what);
struct str cursor_text(struct cursor *cursor);  /* all that is left, as it is written */
bool cursor_cites(struct cursor *cursor, struct span **ret_cites, int32_t *ret_count);
/* A month or year gives its end when last. */
bool cursor_whole_day(struct cursor *cursor, bool last, int32_t *ret_day);
void cursor_fail(struct cursor *cursor, const char *rule, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void cursor_end(struct cursor *cursor); /* a finding when words are left over */
void token_spell(struct token *token, const char *zh, const char *en);
struct span token_span(int32_t document, const struct token *first, const struct token *last);

/* documents (document.c, front_matter.c) */
/* Numbers that 引用 names, one a call; false behind the last. rest begins as the whole text. */
bool front_matter_import(struct str *rest, struct str *ret_number);
size_t front_matter_read(struct reading *reading, int32_t document); /* size of the front matter */
/* Prints the head up to its last fence with its keys in the spelling; the size of what it printed
 * from. */
size_t front_matter_print(struct text_buf *buf, struct str text, enum policy_spelling spelling);
void document_read(struct reading *reading, int32_t document);

/* statements (parse_statement.c); the parse_*.c files read the clauses of one kind each */
struct clause {
    enum keyword keyword; /* KEY_NONE: a row */
    struct token *word;
    struct cursor cursor; /* what stands behind the word; a row: all of it */
    bool read;
};
struct block {
    struct reading *reading;
    int32_t statement;
    struct clause *clauses;
    int32_t clause_count;
};
struct statement *block_statement(const struct block *block);
struct clause *block_clause(struct block *block, enum keyword keyword); /* first unread, or NULL */
struct clause *block_need(struct block *block, enum keyword keyword);   /* a finding when missing */
struct clause *block_row(struct block *block); /* next unread row, or NULL */
struct span block_head(const struct block *block);
struct expr *clause_expr(struct clause *clause, const struct scope *scope, struct type expected);
/* Statement by name, read; -1 and a finding when there is none or it is of another kind. */
int32_t statement_named(struct cursor *cursor, const enum statement_kind *kinds, int32_t kind_count,
                        const char *what);
void statement_read(struct reading *reading, int32_t statement);
bool kind_is_rule(enum statement_kind kind);
void statement_index(struct reading *reading);
/* The statement a name means in a document (-1: in a question): its own before an imported one
 * before any other; -1 when there is none. */
int32_t statement_find(const struct policy *policy, int32_t document, struct str name);
/* The same, with a finding at the place and -1 when the document does not import it. */
int32_t statement_seen(struct cursor *cursor, struct str name, struct span span);
bool document_imports(const struct policy *policy, int32_t document, int32_t other);

void parse_rule(struct block *block, struct rule *rule);
void parse_override(struct block *block, struct rule *rule);
void parse_fund(struct block *block, struct fund *fund);
void parse_register(struct block *block, struct register_statement *reg);
void parse_parameter(struct block *block, struct parameter *parameter);
void parse_table(struct block *block, struct table_statement *table);
void parse_define(struct block *block, struct define *define);
void parse_settlement(struct block *block, struct settlement *settlement);
void fund_orders_read(struct reading *reading); /* fund_order.c, behind all rules */
void parse_repeal(struct block *block, struct repeal *repeal); /* repeal.c */
void parse_duty(struct block *block, struct duty *duty);
void parse_indicator(struct block *block, struct indicator *indicator);
void parse_target(struct block *block, struct target *target);
void parse_example(struct block *block, struct example *example);
void parse_narrative(struct block *block, struct narrative *narrative);

void table_check(struct block *block, const struct table_statement *table); /* table_check.c */

/* pieces that several kinds of statement share */
bool parse_period(struct cursor *cursor, enum period_kind *ret_period, int32_t *ret_years,
                  enum keyword *ret_head); /* ret_head: KEY_EACH_PERSON, KEY_EACH_BODY, KEY_NONE */
void parse_quota(struct cursor *cursor, const struct scope *scope, struct quota *quota);
int32_t parse_order(struct cursor *cursor, const struct scope *scope, struct order_key **ret_keys);
int32_t parse_table_name(struct cursor *cursor, const char *what); /* -1 and a finding */
bool parse_type_name(struct cursor *cursor, struct type *ret_type);
/* One literal of a type: number with unit, day, code, entry, yes/no. */
bool parse_value(struct cursor *cursor, struct type type, int64_t *ret_value);

/* expressions (parse_expr.c reads, typing_expr.c and typing_name.c resolve) */
struct expr *parse_expr(struct cursor *cursor); /* NULL after a finding */
struct expr *parse_literal(struct cursor *cursor); /* one value, without operators */
struct expr *expr_new(struct cursor *cursor, enum expr_kind kind, int32_t first_token);
/* Resolves names on scope and types; the result has the expected type when that is not NONE, and
 * is NULL after a finding. */
struct expr *typing_expr(struct cursor *cursor, struct expr *expr, const struct scope *scope,
                         struct type expected);
/* typing_name.c */
struct expr *typing_name(struct cursor *cursor, struct expr *expr, const struct scope *scope,
                         struct type expected);
bool typing_collection(struct cursor *cursor, struct expr *expr, const struct scope *scope);
bool typing_code(struct cursor *cursor, struct token *token, struct type type, bool loud,
                 int64_t *ret_value);
bool typing_is(struct type a, struct type b);
const char *type_words(struct reading *reading, struct type type);
struct type type_of_field(const struct vocab *vocab, const struct field_desc *field);
bool type_has_order(const struct vocab *vocab, struct type type);
bool expr_reads_row(const struct expr *expr); /* a field, define or aggregate stands in it */

/* whole policy (checks.c, conditions.c, interact.c, cite.c, locality.c, editions.c) */
/* steps.c: false when a statement is too long to be checked or run; the rest is not looked at. */
bool steps_check(struct reading *reading);
void check_policy(struct reading *reading);
void conditions_check(struct reading *reading);
void interact_check(struct reading *reading);
void cite_check(struct reading *reading);
void editions_check(struct reading *reading);
/* After the checks, so that they see what was written. */
void locality_join(struct reading *reading);
void editions_join(struct reading *reading);
/* A condition in words on a row of the table, and one more condition of a rule. */
struct expr *condition_read(struct reading *reading, int32_t document, int32_t table,
                            const char *text);
void condition_join(struct reading *reading, struct expr **where, struct expr *more);

#endif
