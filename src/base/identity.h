/* identity.h — the numbers that people bring: identity numbers, credit codes, phones, bank cards,
 * certificate numbers. Reading normalises (full-width, spaces, lower-case x) and checks.
 *
 * A number that cannot be true is refused with what is wrong and where; one that may be true but
 * looks wrong (a bank card's check digit, a credit code's inner check) is taken with a warning.
 *
 * Memory   results are plain values; the certificate layouts are constant data
 * Errors   ERR_INPUT; messages are Chinese, because officials read them beside a row of an import.
 *          They name positions and characters, not the whole number
 * Units    civil day numbers
 */
#ifndef BAIGONG_IDENTITY_H
#define BAIGONG_IDENTITY_H

#include "base/err.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

/* Division codes that were valid at any time, ascending: old numbers keep their old codes. */
struct identity_divisions {
    const int32_t *codes;
    int32_t count;
};

struct resident_id {
    char number[19];        /* 18 characters, X a capital */
    int32_t birth_day;      /* */
    int32_t division;       /* 371001; of the first registration, not of today's home */
    int32_t sex;            /* 1 male, 2 female */
    bool was_15;            /* written with 15 digits; the century and check digit were added */
    bool residence_permit;  /* of a resident from Hong Kong, Macau or Taiwan */
};

/* GB 11643. divisions may be NULL: then only the province is checked. Birth dates lie between 1850
 * and latest_birth_day (today). */
enum err identity_read_resident(struct str text, const struct identity_divisions *divisions,
                                int32_t latest_birth_day, struct resident_id *ret_id,
                                struct fault *fault);

/* The check character of the first 17 digits. */
char identity_check_character(const char digits[17]);

struct credit_code {
    char code[19];
    int32_t division;   /* positions 3-8; 0 when they are not digits */
    bool inner_warning; /* the organisation code inside has another check character */
};

/* GB 32100: unified social credit codes. */
enum err identity_read_credit_code(struct str text, struct credit_code *ret_code,
                                   struct fault *fault);

/* The check characters of a credit code (first 17 characters) and of an organisation code (8). */
char identity_credit_check_character(const char code[17]);
char identity_organisation_check_character(const char code[8]);

struct phone {
    char number[16]; /* digits only, without +86 */
    bool mobile;
};

/* Mobile (1 and ten digits) or landline with area code (0537-2967000). */
enum err identity_read_phone(struct str text, struct phone *ret_phone, struct fault *fault);

struct bank_card {
    char number[20];
    bool check_warning; /* the last digit is not the Luhn digit: some accounts have none */
};

/* 12 to 19 digits. */
enum err identity_read_bank_card(struct str text, struct bank_card *ret_card,
                                 struct fault *fault);

enum certificate_part_kind {
    CERTIFICATE_PART_END,
    CERTIFICATE_PART_AGENCY,   /* Y employer, S social body, further letters by the ministry */
    CERTIFICATE_PART_BODY,     /* number of the agency or body */
    CERTIFICATE_PART_PROVINCE, /* GB/T 2260 */
    CERTIFICATE_PART_ISSUER,   /* own table of issuing provinces and ministries */
    CERTIFICATE_PART_SITE,
    CERTIFICATE_PART_YEAR,     /* last two digits */
    CERTIFICATE_PART_LEVEL,    /* 5 junior to 1 senior technician, or a letter */
    CERTIFICATE_PART_SERIAL,
};

struct certificate_part {
    enum certificate_part_kind kind;
    int8_t offset, size;
};

/* A layout of certificate numbers. pattern: '9' a digit, 'A' a capital letter. */
struct certificate_layout {
    const char *name;     /* skill_level, advanced_post, qualification_16, qualification_13, ... */
    const char *label_zh; /* */
    const char *pattern;
    struct certificate_part parts[9]; /* ends with CERTIFICATE_PART_END */
    int32_t year_min, year_max;       /* years of issue in which the layout was given out */
};

/* The layouts known nationally. A city with more hands over a table of its own. */
extern const struct certificate_layout certificate_layouts[];
extern const int32_t certificate_layout_count;

struct certificate_number {
    char number[32];
    const struct certificate_layout *layout;
    int32_t year; /* of issue */
    char level;   /* '5' to '1', a letter, or 0 when the layout has none */
    bool serial_warning; /* the serial is all zeros */
};

/* Chooses the layout by the shape of the number, then checks its parts. */
enum err identity_read_certificate(struct str text, const struct certificate_layout *layouts,
                                   int32_t layout_count, struct certificate_number *ret_number,
                                   struct fault *fault);

/* A part of a number that was read, as a view into it; empty when the layout has none. */
struct str certificate_number_part(const struct certificate_number *number,
                                   enum certificate_part_kind kind);

/* For showing: the first keep_first and last keep_last characters, '*' between. The result is
 * written into the buffer, which holds number.size + 1 bytes; returns the buffer. */
const char *identity_mask(struct str number, size_t keep_first, size_t keep_last, char *buffer);

#endif
