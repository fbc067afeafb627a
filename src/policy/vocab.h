/* vocab.h — the words a policy document may use: records, fields, enumerations, catalogues.
 *
 * The engine knows neither SQL nor any room: the rooms hand their record descriptions
 * (base/record.h) and catalogues over in one vocabulary. Fields of type TEXT and SECRET are known
 * by name but may not stand in a rule.
 *
 * Memory   a vocabulary points at descriptions of the process and at catalogue entries in its
 *          arena; it is read-only once built and outlives every document compiled against it
 */
#ifndef BAIGONG_VOCAB_H
#define BAIGONG_VOCAB_H

#include "base/calendar.h"
#include "base/record.h"

struct catalogue_entry {
    int64_t code;     /* 6180101 for 6-18-01-01, 370811 for 任城区, small numbers for honours */
    struct str name;  /* Chinese name */
    struct str label; /* printed code: "6-18-01-01"; empty when the number itself is printed */
    int32_t from_day; /* in force from, inclusive; INT32_MIN when unbounded */
    int32_t to_day;   /* last day in force; INT32_MAX when open */
};

struct catalogue {
    const char *name;     /* "occupation", "division", "industry", "honour", "project", "group" */
    const char *label_zh; /* 职业, 区划, 行业, 称号, 项目, 群体 */
    const struct catalogue_entry *entries; /* ordered by code */
    int32_t entry_count;
    const int32_t *by_name; /* entry indexes ordered by name bytes, then by code */
};

/* A dated set of codes that a document names as an outside register (急需紧缺目录). */
struct catalogue_register {
    struct str name;
    const char *catalogue; /* whose codes it holds */
    const struct catalogue_register_row {
        int64_t code;
        int32_t from_day, to_day; /* both inclusive */
    } *rows;                      /* ordered by code, then from_day */
    int32_t row_count;
};

/* The two spellings of the language; findings are said in one of them. */
enum policy_spelling { SPELLING_ZH, SPELLING_EN };

struct vocab {
    const struct record_desc *records; /* index = table index everywhere in the engine */
    int32_t record_count;
    const struct enum_desc *enums;
    int32_t enum_count;
    const struct catalogue *catalogues;
    int32_t catalogue_count;
    const struct catalogue_register *registers;
    int32_t register_count;
    const struct calendar *calendar; /* of working days; NULL: Monday to Friday */
    enum policy_spelling findings_in; /* language of the findings */
};

/* All of these return -1 when there is none. Names match in either spelling. */
int32_t vocab_table(const struct vocab *vocab, struct str name);
int32_t vocab_field(const struct vocab *vocab, int32_t table, struct str name);
int32_t vocab_enum(const struct vocab *vocab, struct str name);
int32_t vocab_catalogue(const struct vocab *vocab, struct str name);
int32_t vocab_register(const struct vocab *vocab, struct str name);
int32_t vocab_owner(const struct vocab *vocab, int32_t table); /* table index of the owner */

/* Code of an enumeration by name, label or alias; ABSENT_I32 when there is none. */
int32_t vocab_enum_code(const struct enum_desc *desc, struct str name);
const struct code_desc *vocab_enum_row(const struct enum_desc *desc, int32_t code);

/* Entry by code, or by name or printed code; NULL when there is none. day chooses among entries
 * with the same name; ABSENT_I32 takes the newest. */
const struct catalogue_entry *catalogue_by_code(const struct catalogue *catalogue, int64_t code);
const struct catalogue_entry *catalogue_by_name(const struct catalogue *catalogue, struct str name,
                                                int32_t day);

/* Whether inner lies in outer: by trailing zero pairs for divisions (370800 holds 370811), by
 * leading digits for occupations (6-18 holds 6-18-01-01), equality for the others. */
bool catalogue_contains(const struct catalogue *catalogue, int64_t outer, int64_t inner);

/* The codes of the catalogue that lie in outer as one range, both ends inclusive; false when they
 * are not one. Lets a containment be tested as two comparisons. */
bool catalogue_range(const struct catalogue *catalogue, int64_t outer, int64_t *ret_low,
                     int64_t *ret_high);

#endif
