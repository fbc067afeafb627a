/* fact_check.h — whether a record may stand in the registry, and its normal form.
 *
 * Normal form: identity numbers have 18 characters with a capital X, credit codes are capitals,
 * certificate numbers have no spaces, birth day and sex of a resident identity come from its
 * number. Checked: what is required is there; identity, credit code, certificate number and phone
 * have their layout; codes are in their catalogue and had not ended on the record's day; days lie
 * in their range and in order; what happened has not a day to come.
 *
 * Memory   changed texts live in the given arena
 * Errors   problems with field, reason and way out; none is an error of the program
 * Limits   FACT_PROBLEM_COUNT_MAX problems a record
 */
#ifndef BAIGONG_FACT_CHECK_H
#define BAIGONG_FACT_CHECK_H

#include "base/err.h"
#include "domain/registry/field_text.h"
#include "domain/registry/registry.h"

enum { FACT_PROBLEM_COUNT_MAX = 8 };

struct fact_problems {
    struct field_problem rows[FACT_PROBLEM_COUNT_MAX];
    int32_t count;
};

struct identity_divisions; /* base/identity.h */

/* What a record is held against. */
struct fact_checker {
    const struct vocab *vocab;
    const struct identity_divisions *divisions; /* of identity numbers; NULL: the province only */
    int32_t today_day;
};

/* True when the record may be put. references are not checked: they are ids already. */
bool fact_check(const struct fact_checker *checker, int32_t table, void *record,
                struct arena *arena, struct fact_problems *ret_problems);

/* Adds a problem; the field's index is filled in. */
void fact_problem_add(struct fact_problems *problems, int32_t field, const char *remedy,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The day for which a record's codes must be valid: issue, start, award...; ABSENT_I32 if none. */
int32_t fact_code_day(int32_t table, const void *record);

/* Identity or credit code in normal form, in the arena; ptr NULL with a fault when it is not valid.
 * A passport number is only made capital and freed of spaces. */
struct str fact_identity_normal(struct arena *arena, struct str identity, int32_t identity_kind,
                                int32_t today_day, struct fault *fault);
struct str fact_credit_code_normal(struct arena *arena, struct str credit_code,
                                   struct fault *fault);

#endif
