/* policy_words.h — a vocabulary for tests of the policy language: the registry's records, and small
 * catalogues of four or five codes each. Include in one test file only; all is static. */
#ifndef BAIGONG_POLICY_WORDS_H
#define BAIGONG_POLICY_WORDS_H

#include "policy/vocab.h"

/* Codes of each enumeration. */
#define ENUM_BEGIN(name, label, order) static const struct code_desc words_codes_##name[] = {
#define CODE(enumeration, number, name, label, aliases) {number, #name, label, aliases},
#define ENUM_END(name) };
#define RECORD_BEGIN(name, label, owner)
#define FIELD(record, name, type, target, need, privacy, label, note)
#define RECORD_END(name)
#include "domain/registry/registry.def"
#undef ENUM_BEGIN
#undef CODE
#undef ENUM_END

#define WORDS_ORDERED true
#define WORDS_PLAIN false
#define ENUM_BEGIN(name, label, order)                                                            \
    {#name, label, WORDS_##order, words_codes_##name,                                             \
     sizeof words_codes_##name / sizeof words_codes_##name[0]},
#define CODE(enumeration, number, name, label, aliases)
#define ENUM_END(name)
static const struct enum_desc words_enums[] = {
#include "domain/registry/registry.def"
};
#undef ENUM_BEGIN
#undef RECORD_BEGIN
#undef FIELD
#undef RECORD_END

#define ENUM_BEGIN(name, label, order)
#define RECORD_BEGIN(name, label, owner) static const struct field_desc words_fields_##name[] = {
#define FIELD(record, name, type, target, need, privacy, label, note)                             \
    {#name, label, FIELD_##type, target, NEED_##need, PRIVACY_##privacy, note, 0},
#define RECORD_END(name) };
#include "domain/registry/registry.def"
#undef RECORD_BEGIN
#undef FIELD
#undef RECORD_END

#define RECORD_BEGIN(name, label, owner)                                                          \
    {#name, label, owner, 0, words_fields_##name,                                                 \
     sizeof words_fields_##name / sizeof words_fields_##name[0]},
#define FIELD(record, name, type, target, need, privacy, label, note)
#define RECORD_END(name)
static const struct record_desc words_records[] = {
#include "domain/registry/registry.def"
};
#undef ENUM_BEGIN
#undef CODE
#undef ENUM_END
#undef RECORD_BEGIN
#undef FIELD
#undef RECORD_END

#define WORDS_ENTRY(code, name, label) {code, {name, sizeof name - 1}, {label, sizeof label - 1},  \
                                        INT32_MIN, INT32_MAX}
static const struct catalogue_entry words_honours[] = {
    WORDS_ENTRY(1, "a_honour", ""), WORDS_ENTRY(2, "b_honour", ""), WORDS_ENTRY(3, "c_honour", "")};
static const int32_t words_honours_by_name[] = {0, 1, 2};
static const struct catalogue_entry words_divisions[] = {
    WORDS_ENTRY(370000, "d_province", ""), WORDS_ENTRY(370800, "e_city", ""),
    WORDS_ENTRY(370811, "f_county", "")};
static const int32_t words_divisions_by_name[] = {0, 1, 2};
static const struct catalogue_entry words_occupations[] = {
    WORDS_ENTRY(6180101, "g_turner", "6-18-01-01"), WORDS_ENTRY(6310103, "h_fitter", "6-31-01-03")};
static const int32_t words_occupations_by_name[] = {0, 1};
static const struct catalogue_entry words_others[] = {WORDS_ENTRY(1, "i_other", "")};
static const int32_t words_others_by_name[] = {0};

static const struct catalogue words_catalogues[] = {
    {"occupation", "职业", words_occupations, 2, words_occupations_by_name},
    {"division", "区划", words_divisions, 3, words_divisions_by_name},
    {"industry", "行业", words_others, 1, words_others_by_name},
    {"honour", "称号", words_honours, 3, words_honours_by_name},
    {"project", "项目", words_others, 1, words_others_by_name},
    {"group", "群体", words_others, 1, words_others_by_name},
};

static const struct catalogue_register_row words_register_rows[] = {{6180101, 0, INT32_MAX}};
static const struct catalogue_register words_registers[] = {
    {{"j_shortage", 10}, "occupation", words_register_rows, 1}};

/* Labour Day of 2023: 23 April and 6 May are worked. */
static const struct calendar_row words_days[] = {
    {19470, CALENDAR_WORKDAY}, {19476, CALENDAR_HOLIDAY}, {19477, CALENDAR_HOLIDAY},
    {19478, CALENDAR_HOLIDAY}, {19479, CALENDAR_HOLIDAY}, {19480, CALENDAR_HOLIDAY},
    {19483, CALENDAR_WORKDAY},
};
static const struct calendar words_calendar = {words_days,
                                               sizeof words_days / sizeof words_days[0]};

static const struct vocab policy_words = {
    .findings_in = SPELLING_EN,
    .records = words_records,
    .record_count = sizeof words_records / sizeof words_records[0],
    .enums = words_enums,
    .enum_count = sizeof words_enums / sizeof words_enums[0],
    .catalogues = words_catalogues,
    .catalogue_count = sizeof words_catalogues / sizeof words_catalogues[0],
    .registers = words_registers,
    .register_count = 1,
    .calendar = &words_calendar,
};

#endif
