/* record.h — how a record is described once, so that struct, SQL binding, import, export, template,
 * JSON and the words of policy documents all follow from one list (design, law 5).
 *
 * A room lists its records in ROOM.def with the macros RECORD_BEGIN, FIELD, RECORD_END, ENUM_BEGIN,
 * CODE, ENUM_END; including the list with different macro bodies gives the struct and the tables.
 *
 * Memory   descriptions are constant data of the process
 * Units    days are civil day numbers (0 = 1970-01-01), months are year * 12 + month - 1,
 *          money is whole fen
 */
#ifndef BAIGONG_RECORD_H
#define BAIGONG_RECORD_H

#include "base/text.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An absent fact. No valid day, month, count, code or amount has these values. */
#define ABSENT_I32 INT32_MIN
#define ABSENT_I64 INT64_MIN

/* The C type of a field follows from its type: int64_t for ID, REF and MONEY, struct str for TEXT
 * and SECRET (the clear value, only inside one unit of work), int32_t for everything else. */
enum field_type {
    FIELD_ID,      /* the record's own identifier */
    FIELD_REF,     /* identifier of a row of field.target (another record) */
    FIELD_TEXT,    /* */
    /* stored sealed, with a blind index; field.target: "identity", "phone", "bank" */
    FIELD_SECRET,
    FIELD_DAY,     /* */
    FIELD_MONTH,   /* */
    FIELD_COUNT,   /* whole number, not negative */
    FIELD_MONEY,   /* fen */
    FIELD_BOOL,    /* 0 or 1 */
    FIELD_ENUM,    /* a code of the enumeration field.target; ordered ones compare by code */
    FIELD_CODE,    /* a code of the dated catalogue field.target (occupation, division, ...) */
};

/* Who may see a value; every presentation masks by it (design, law 10). */
enum privacy {
    PRIVACY_OPEN,   /* may be shown to anyone who may see the record */
    PRIVACY_NAME,   /* personal: masked in public lists (王某某) */
    PRIVACY_SECRET, /* sealed at rest, masked everywhere, clear reads are logged */
};

/* What it means when a value is absent. */
enum field_need {
    NEED_REQUIRED,   /* never absent */
    NEED_OPTIONAL,   /* absent is unknown: a condition on it is unknown and the case is asked */
    NEED_OPEN_END,   /* a day that has not come: compares as later than every day */
    NEED_DEFAULT_NO, /* a yes/no that is no unless the record says yes */
};

struct code_desc {
    int32_t code;
    const char *name;     /* English, as used in the policy language: senior_worker */
    const char *label_zh; /* Chinese label: 高级工 */
    const char *alias;    /* further spellings accepted on import, separated by '|'; "" if none */
};

struct enum_desc {
    const char *name;
    const char *label_zh;
    bool ordered; /* a larger code is a higher step */
    const struct code_desc *codes;
    int32_t code_count;
};

struct field_desc {
    const char *name;     /* column name, and English word of the policy language */
    const char *label_zh; /* Chinese label, column title and word of the policy language */
    enum field_type type;
    const char *target; /* enumeration, catalogue, record or kind of secret; "" if none */
    enum field_need need;
    enum privacy privacy;
    const char *note_zh; /* one line for the import template */
    size_t offset;       /* of the member in the record's struct */
};

struct record_desc {
    const char *name;     /* table name, import kind, English word of the policy language */
    const char *label_zh; /* */
    const char *owner;    /* record that owns the rows ("" for a root): person, organisation */
    size_t struct_size;
    const struct field_desc *fields;
    int32_t field_count;
};

#endif
