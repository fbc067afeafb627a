#include "domain/city/city_make.h"

#include "base/day.h"
#include "base/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    SHUFFLE_PHONE = 1101,
    SHUFFLE_ACCOUNT = 1102,
    PHONE_ROOM = 100000000,
    ACCOUNT_ROOM = 1000000000,
    AGENCY_NUMBER_ROOM = 1000000,
    CERTIFICATE_SERIAL_ROOM = 1000000,
    QUALIFICATION_BODY_ROOM = 900,
    NAME_SIZE_MAX = 256,
};

static const char credit_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static struct str text_copy(struct arena *arena, const char *text, size_t size)
{
    return str_copy(arena, (struct str){text, size});
}

struct str city_identity(struct arena *arena, const struct city_plan *plan, int32_t birth_day,
                         int64_t of_day, int32_t sex)
{
    int32_t year;
    int32_t month;
    int32_t day;
    day_to_civil(birth_day, &year, &month, &day);
    int64_t sequence = 2 * of_day + (sex == sex_male ? 1 : 2);
    check(sequence <= 998);
    char number[32];
    snprintf(number, sizeof number, "%06d%04d%02d%02d%03d", (int)plan->profile->division % 1000000,
             year % 10000, month % 100, day % 100, (int)sequence);
    number[17] = identity_check_character(number);
    return text_copy(arena, number, 18);
}

struct str city_passport(struct arena *arena, int64_t person)
{
    char number[32];
    int size = snprintf(number, sizeof number, "X%08" PRId64, person);
    return text_copy(arena, number, (size_t)size);
}

int64_t city_family(int64_t person)
{
    return person - person % CITY_FAMILY_SIZE;
}

struct str city_phone(struct arena *arena, const struct city_plan *plan, int64_t person)
{
    int64_t number = city_shuffle(plan->given.seed, SHUFFLE_PHONE, PHONE_ROOM, person);
    char text[32];
    int size = snprintf(text, sizeof text, "154%08" PRId64, number);
    return text_copy(arena, text, (size_t)size);
}

struct str city_bank_account(struct arena *arena, const struct city_plan *plan, int64_t person)
{
    int64_t number = city_shuffle(plan->given.seed, SHUFFLE_ACCOUNT, ACCOUNT_ROOM, person);
    char text[32];
    int size = snprintf(text, sizeof text, "000%06d%09" PRId64,
                        (int)plan->profile->division % 1000000, number);
    int32_t sum = 0;
    for (int32_t i = 0; i < size; i++) { /* Luhn: from the right every other digit doubles */
        int32_t digit = text[size - 1 - i] - '0';
        int32_t weighed = i % 2 == 0 ? 2 * digit : digit;
        sum += weighed > 9 ? weighed - 9 : weighed;
    }
    text[size] = (char)('0' + (10 - sum % 10) % 10);
    return text_copy(arena, text, (size_t)size + 1);
}

/* Registration department and category, the first two characters. */
static const char *credit_category(int32_t kind)
{
    switch (kind) {
    case organisation_kind_enterprise:
    case organisation_kind_hr_agency:
        return "91";
    case organisation_kind_association:
        return "51";
    case organisation_kind_training_body:
    case organisation_kind_social_body:
        return "52";
    case organisation_kind_government:
        return "11";
    default:
        return "12";
    }
}

struct str city_credit_code(struct arena *arena, int64_t organisation, int32_t kind,
                            int64_t division)
{
    char code[32];
    snprintf(code, sizeof code, "%s%06dYY", credit_category(kind), (int)(division % 1000000));
    int64_t number = organisation;
    for (int32_t i = 15; i >= 10; i--) {
        code[i] = credit_alphabet[number % 31];
        number /= 31;
    }
    code[16] = identity_organisation_check_character(code + 8);
    code[17] = identity_credit_check_character(code);
    return text_copy(arena, code, 18);
}

/* ---- names ---- */

_Static_assert(NAME_SIZE_MAX >= 4 * CITY_WORD_SIZE_MAX, "a name holds its words");

static size_t given_character(const struct city_plan *plan, int32_t sex, struct city_draw *draw,
                              char *into)
{
    enum city_word own = sex == sex_male ? CITY_GIVEN_MALE : CITY_GIVEN_FEMALE;
    enum city_word kind =
        city_draw_chance(draw, plan->profile->either_given_bp) ? CITY_GIVEN_EITHER : own;
    struct str text = city_pick(&plan->given.words->kinds[kind], draw)->text;
    memcpy(into, text.ptr, text.size);
    return text.size;
}

struct str city_person_name(struct arena *arena, const struct city_plan *plan, int32_t sex,
                            struct city_draw *draw)
{
    char name[NAME_SIZE_MAX];
    struct str surname = city_pick(&plan->given.words->kinds[CITY_SURNAME], draw)->text;
    memcpy(name, surname.ptr, surname.size);
    size_t size = surname.size;
    size += given_character(plan, sex, draw, name + size);
    if (!city_draw_chance(draw, plan->profile->single_given_bp))
        size += given_character(plan, sex, draw, name + size);
    return text_copy(arena, name, size);
}

struct str city_misspelt(struct arena *arena, const struct city_plan *plan, struct str name,
                         struct city_draw *draw)
{
    char other[NAME_SIZE_MAX];
    struct str rest = name;
    size_t last_offset = 0;
    while (rest.size > 0) {
        last_offset = name.size - rest.size;
        str_next_character(&rest);
    }
    memcpy(other, name.ptr, last_offset);
    size_t size = last_offset;
    if (city_draw_chance(draw, plan->profile->double_longer_bp)) {
        size += given_character(plan, sex_male, draw, other + size);
        return text_copy(arena, other, size);
    }
    other[size++] = ' ';
    memcpy(other + size, name.ptr + last_offset, name.size - last_offset);
    return text_copy(arena, other, size + name.size - last_offset);
}

static const char *organisation_suffix(int32_t kind)
{
    static const char *const suffixes[CITY_KIND_COUNT] = {
        [organisation_kind_enterprise] = "有限公司",
        [organisation_kind_public_institution] = "服务中心",
        [organisation_kind_technical_school] = "技工学校",
        [organisation_kind_secondary_school] = "职业中等专业学校",
        [organisation_kind_higher_college] = "职业技术学院",
        [organisation_kind_university] = "学院",
        [organisation_kind_training_body] = "职业培训学校",
        [organisation_kind_association] = "行业协会",
        [organisation_kind_hr_agency] = "人力资源有限公司",
        [organisation_kind_research_institute] = "研究院",
        [organisation_kind_government] = "管理局",
        [organisation_kind_social_body] = "服务社",
    };
    return suffixes[kind];
}

struct str city_organisation_name(struct arena *arena, const struct city_plan *plan, int32_t kind,
                                  int64_t of_kind, struct city_draw *draw)
{
    const struct city_list *brands = &plan->given.words->kinds[CITY_BRAND];
    struct str first = city_pick(brands, draw)->text;
    struct str second = city_pick(brands, draw)->text;
    struct str trade = city_pick(&plan->given.words->kinds[CITY_TRADE], draw)->text;
    bool numbered =
        kind == organisation_kind_technical_school || kind == organisation_kind_secondary_school ||
        kind == organisation_kind_higher_college || kind == organisation_kind_university;
    char name[NAME_SIZE_MAX];
    int size;
    if (numbered)
        size = snprintf(name, sizeof name, "%.*s第%" PRId64 "%s（示例）", STR_ARG(plan->city_name),
                        of_kind + 1, organisation_suffix(kind));
    else
        size = snprintf(name, sizeof name, "%.*s%.*s%.*s%.*s%s（示例）", STR_ARG(plan->city_name),
                        STR_ARG(first), STR_ARG(second), STR_ARG(trade), organisation_suffix(kind));
    check(size > 0 && size < NAME_SIZE_MAX);
    return text_copy(arena, name, (size_t)size);
}

/* ---- certificates ---- */

/* The digit printed for a step: 5 for the lowest, 1 for the highest; letters above. */
static char printed_level(int32_t level)
{
    static const char digits[] = "0054321"; /* by step */
    static const char letters[] = "AB";
    if (level >= skill_level_special_technician)
        return letters[level - skill_level_special_technician];
    return level < skill_level_junior_worker ? '0' : digits[level];
}

static struct str level_certificate_number(struct arena *arena, const struct city_plan *plan,
                                           const struct city_certificate *c)
{
    char number[48];
    int size = snprintf(number, sizeof number, "%c0000%02d%06d%02d%c%06d",
                        c->is_enterprise ? 'Y' : 'S', (int)(plan->profile->division / 10000 % 100),
                        (int)(c->agency % AGENCY_NUMBER_ROOM), c->year % 100,
                        printed_level(c->level), (int)(c->serial % CERTIFICATE_SERIAL_ROOM));
    return text_copy(arena, number, (size_t)size);
}

/* Year, issuer, city, kind of body, body, level and serial; the body and the serial together hold
 * what tells two certificates of one year and level apart. */
static struct str qualification_number(struct arena *arena, const struct city_plan *plan,
                                       const struct city_certificate *c)
{
    char number[48];
    int size = snprintf(number, sizeof number, "%02d%02d%02d%d%03d%c%05d", c->year % 100,
                        (int)(plan->profile->qualification_issuer % 100),
                        (int)(plan->profile->division / 100 % 100), c->is_enterprise ? 4 : 2,
                        (int)(100 + c->serial % QUALIFICATION_BODY_ROOM), printed_level(c->level),
                        (int)(c->serial / QUALIFICATION_BODY_ROOM % 100000));
    return text_copy(arena, number, (size_t)size);
}

struct str city_certificate_number(struct arena *arena, const struct city_plan *plan,
                                   const struct city_certificate *certificate)
{
    if (certificate->kind == certificate_kind_skill_level_certificate)
        return level_certificate_number(arena, plan, certificate);
    if (certificate->kind == certificate_kind_qualification)
        return qualification_number(arena, plan, certificate);
    char number[48];
    int size = snprintf(number, sizeof number, "ZX%06d%04d%08d",
                        (int)(plan->profile->division % 1000000), certificate->year % 10000,
                        (int)(certificate->serial % 100000000));
    return text_copy(arena, number, (size_t)size);
}
