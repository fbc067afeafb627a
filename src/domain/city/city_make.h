/* city_make.h — the names and numbers of made people and bodies: well formed, unique in their city,
 * and belonging to nobody.
 *
 *   identity number  the division part is the code of the city itself (370800): numbers are issued
 *                    under counties, never under a city, so none begins with it; birth day,
 *                    sequence and check digit are as GB 11643 has them
 *   passport         begins with X, which no Chinese passport does
 *   credit code      the organisation code begins with YY, behind every range allotted so far; both
 *                    check characters are right (GB 11714, GB 32100)
 *   phone            begins with 154, which no operator holds
 *   bank account     begins with 0, which ISO/IEC 7812 gives to no bank; the check digit is right
 *   certificates     the layouts of the national rules with agency 0000, see
 *                    city_certificate_number
 *
 * Names of people are put together from common parts, names of bodies end in （示例）.
 *
 * Memory   texts are copied into the arena given
 * Errors   a text whose ptr is NULL when the arena is full
 */
#ifndef BAIGONG_CITY_MAKE_H
#define BAIGONG_CITY_MAKE_H

#include "domain/city/city_plan.h"

struct str city_identity(struct arena *arena, const struct city_plan *plan, int32_t birth_day,
                         int64_t of_day, int32_t sex);
struct str city_passport(struct arena *arena, int64_t person);
/* A family is CITY_FAMILY_SIZE people whose numbers follow each other; its first is told. */
enum { CITY_FAMILY_SIZE = 4 };
int64_t city_family(int64_t person);

struct str city_phone(struct arena *arena, const struct city_plan *plan, int64_t person);
struct str city_bank_account(struct arena *arena, const struct city_plan *plan, int64_t person);
struct str city_credit_code(struct arena *arena, int64_t organisation, int32_t kind,
                            int64_t division);

struct str city_person_name(struct arena *arena, const struct city_plan *plan, int32_t sex,
                            struct city_draw *draw);
/* The name as another clerk heard it: one character of the given name exchanged, or a space in it.
 */
struct str city_misspelt(struct arena *arena, const struct city_plan *plan, struct str name,
                         struct city_draw *draw);
struct str city_organisation_name(struct arena *arena, const struct city_plan *plan, int32_t kind,
                                  int64_t of_kind, struct city_draw *draw);

struct city_certificate {
    int32_t kind;      /* of certificate_kind */
    int32_t level;     /* of skill_level */
    int32_t year;      /* of issue */
    int64_t agency;    /* number of the issuing agency */
    bool is_enterprise;
    int64_t serial;    /* unique for agency, year and level */
};

/* 22 characters for 职业技能等级证书, 16 digits for 职业资格证书, and for 专项职业能力证书 (no
 * national layout) ZX, division, year and serial. */
struct str city_certificate_number(struct arena *arena, const struct city_plan *plan,
                                   const struct city_certificate *certificate);

#endif
