/* explain_value.h — rows, fields and values in words (internal to the printing of explanations).
 *
 * A row is called by what a person recognises: the name that the caller knows, or its record's
 * label with the few fields that tell one row from another (荣誉称号（济宁首席技师，授予日期
 * 2019-10-03）); later by the label alone, numbered where an owner has several such rows (证书 2).
 *
 * Memory   text goes into the buffer
 * Errors   none
 */
#ifndef BAIGONG_EXPLAIN_VALUE_H
#define BAIGONG_EXPLAIN_VALUE_H

#include "policy/explain.h"

struct explain_words {
    struct text_buf *buf;
    const struct policy *policy;
    const struct world *world;
    enum policy_spelling spelling;
    explain_name *name_of; /* may be NULL */
    void *context;
    struct explain_rows *rows; /* rows called by their description before; NULL: forget them */
};

enum { EXPLAIN_ROWS_MAX = 256 }; /* rows beyond are described each time */

struct explain_rows {
    struct {
        int32_t table, row;
    } list[EXPLAIN_ROWS_MAX];
    int32_t count;
};

/* The text of the language that is printed. */
const char *explain_either(const struct explain_words *words, const char *zh, const char *en);

void explain_add_day(const struct explain_words *words, int64_t day);
void explain_add_row(const struct explain_words *words, int32_t table, int32_t row);
void explain_add_field(const struct explain_words *words, int32_t table, int32_t field);
void explain_add_value(const struct explain_words *words, int32_t table, int32_t field,
                       int64_t value);
void explain_add_condition(const struct explain_words *words, const struct expr *condition);
/* The same for a selection whose own conditions follow on lines of their own: 有 证书 满足. */
void explain_add_selection(const struct explain_words *words, const struct expr *condition);

#endif
