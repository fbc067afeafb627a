/* field_text.h — one value of a record as people write it in a cell, and as it is written back.
 *
 * What field_print writes, field_parse reads as the same value. References are written by outside
 * keys (identity, credit code) and so need the store: import.h and export.h see to them.
 *
 * Memory   nothing kept; a parsed text points into the given text
 * Errors   false with a problem: reason and way out in Chinese, without the value itself when the
 *          field is personal
 * Units    as in base/record.h; money is written in yuan
 * Limits   FIELD_TEXT_CHARACTERS_MAX
 */
#ifndef BAIGONG_FIELD_TEXT_H
#define BAIGONG_FIELD_TEXT_H

#include "base/record.h"
#include "policy/vocab.h"

enum {
    FIELD_TEXT_CHARACTERS_MAX = 500, /* the longest name of a contest has about 60 */
    FIELD_PRINT_SIZE = 64,
    PROBLEM_TEXT_SIZE = 160,
};

struct field_problem {
    int32_t field; /* index in the record's description, -1: the row as a whole or its owner */
    char reason[PROBLEM_TEXT_SIZE];
    char remedy[PROBLEM_TEXT_SIZE];
};

struct field_value {
    int64_t number;  /* ABSENT_I64 for texts */
    struct str text; /* TEXT and SECRET */
};

/* Text is trimmed and not empty. day chooses among catalogue entries of one name (ABSENT_I32: the
 * newest). ret_problem->field is left alone. */
bool field_parse(const struct vocab *vocab, const struct field_desc *field, struct str text,
                 int32_t day, struct field_value *ret_value, struct field_problem *ret_problem);

/* A number of any type but REF, TEXT and SECRET; "" when absent. The result lies in buffer, in a
 * description or in the vocabulary. */
struct str field_print(const struct vocab *vocab, const struct field_desc *field, int64_t number,
                       char buffer[FIELD_PRINT_SIZE]);

/* Fills reason and remedy; both are cut at a whole character. */
void field_problem_set(struct field_problem *problem, const char *remedy, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The catalogue of a CODE field, NULL when the vocabulary has none of that name. */
const struct catalogue *field_catalogue(const struct vocab *vocab, const struct field_desc *field);

#endif
