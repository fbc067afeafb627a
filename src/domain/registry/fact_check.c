/* fact_check.c — the checks of a record, as tables over the descriptions. */
#include "domain/registry/fact_check.h"

#include "base/day.h"
#include "base/err.h"
#include "base/identity.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BIT(record, field) (1u << FIELD_##record##_##field)

/* Days of things that have happened: none may lie after today. */
static const uint32_t past_fields[REGISTRY_RECORD_COUNT] = {
    [REGISTRY_person] = BIT(person, birth_day) | BIT(person, consent_day) | BIT(person, died_day),
    [REGISTRY_person_group] = BIT(person_group, from_day),
    [REGISTRY_organisation] = BIT(organisation, founded_day),
    [REGISTRY_certificate] = BIT(certificate, issued_day),
    [REGISTRY_award] = BIT(award, award_day) | BIT(award, brought_in_day),
    [REGISTRY_honour] = BIT(honour, granted_day),
    [REGISTRY_professional_title] = BIT(professional_title, granted_day),
    [REGISTRY_carrier_activity] = BIT(carrier_activity, activity_day),
    [REGISTRY_assessment] = BIT(assessment, assess_day),
    [REGISTRY_payment] = BIT(payment, paid_day),
    [REGISTRY_carrier_member] = BIT(carrier_member, joined_day),
};

#define PAIR(record, from, to)                                                                     \
    {                                                                                              \
        REGISTRY_##record, FIELD_##record##_##from, FIELD_##record##_##to                          \
    }

/* The first may not lie after the second. */
static const struct {
    int32_t table, from_field, to_field;
} ordered_pairs[] = {
    PAIR(person, birth_day, consent_day),
    PAIR(person, birth_day, died_day),
    PAIR(person_group, from_day, to_day),
    PAIR(organisation, founded_day, closed_day),
    PAIR(organisation_role, from_day, to_day),
    PAIR(employment, from_day, to_day),
    PAIR(insured_span, from_month, to_month),
    PAIR(certificate, issued_day, expires_day),
    PAIR(training, start_day, end_day),
    PAIR(award, award_day, brought_in_day),
    PAIR(honour, granted_day, term_end_day),
    PAIR(honour, granted_day, withdrawn_day),
    PAIR(carrier, approved_day, agreement_end_day),
    PAIR(carrier, approved_day, closed_day),
    PAIR(special_item, published_day, withdrawn_day),
    PAIR(apprentice_agreement, from_day, to_day),
    PAIR(enrolment, enrolled_day, graduated_day),
    PAIR(filing_scope, from_day, to_day),
    PAIR(carrier_member, joined_day, left_day),
};

/* The field whose day decides which edition of a catalogue applies; -1: none. */
static const int32_t code_day_fields[REGISTRY_RECORD_COUNT] = {
    [REGISTRY_person] = -1,
    [REGISTRY_person_group] = FIELD_person_group_from_day,
    [REGISTRY_organisation] = -1,
    [REGISTRY_organisation_role] = FIELD_organisation_role_from_day,
    [REGISTRY_employment] = FIELD_employment_from_day,
    [REGISTRY_insured_span] = -1,
    [REGISTRY_certificate] = FIELD_certificate_issued_day,
    [REGISTRY_training] = FIELD_training_start_day,
    [REGISTRY_award] = FIELD_award_award_day,
    [REGISTRY_honour] = FIELD_honour_granted_day,
    [REGISTRY_professional_title] = FIELD_professional_title_granted_day,
    [REGISTRY_carrier] = FIELD_carrier_approved_day,
    [REGISTRY_carrier_activity] = FIELD_carrier_activity_activity_day,
    [REGISTRY_contest] = FIELD_contest_held_day,
    [REGISTRY_programme] = FIELD_programme_approved_day,
    [REGISTRY_special_item] = FIELD_special_item_published_day,
    [REGISTRY_assessment] = FIELD_assessment_assess_day,
    [REGISTRY_payment] = FIELD_payment_paid_day,
    [REGISTRY_apprentice_agreement] = FIELD_apprentice_agreement_from_day,
    [REGISTRY_enrolment] = FIELD_enrolment_enrolled_day,
    [REGISTRY_filing_scope] = FIELD_filing_scope_from_day,
    [REGISTRY_carrier_member] = FIELD_carrier_member_joined_day,
};

/* Special-ability certificates have no national layout. */
enum { CERTIFICATE_NUMBER_SIZE_MIN = 4, CERTIFICATE_NUMBER_SIZE_MAX = 32 };
enum { AGE_YEARS_MAX = 130 };

void fact_problem_add(struct fact_problems *problems, int32_t field, const char *remedy,
                      const char *format, ...)
{
    if (problems->count == FACT_PROBLEM_COUNT_MAX)
        return;
    char reason[4 * PROBLEM_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    struct field_problem *problem = &problems->rows[problems->count++];
    field_problem_set(problem, remedy, "%s", reason);
    problem->field = field;
}

/* ---- normal forms ---- */

/* Capital letters and half-width digits, without spaces and hyphens at the edges. */
static struct str upper_copy(struct arena *arena, struct str text)
{
    text = str_trim(text);
    char *copy = arena_alloc(arena, text.size + 1);
    if (!copy)
        return (struct str){0};
    size_t size = 0;
    while (text.size > 0) {
        uint32_t c = str_next_character(&text);
        if (c >= 0xFF01 && c <= 0xFF5E)
            c -= 0xFEE0;
        if (c == ' ' || c == 0x3000)
            continue;
        if (c >= 0x80)
            return (struct str){0};
        copy[size++] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    return (struct str){copy, size};
}

static bool is_letters_and_digits(struct str text, bool hyphen_allowed)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.ptr[i];
        bool fits =
            (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (hyphen_allowed && c == '-');
        if (!fits)
            return false;
    }
    return true;
}

/* What base/identity.h found wrong, as a problem of a field. */
static void add_fault(struct fact_problems *problems, int32_t field, const struct fault *fault)
{
    fact_problem_add(problems, field, fault->hint[0] ? fault->hint : "请核对后重填。", "%s",
                     fault->message);
}

struct str fact_identity_normal(struct arena *arena, struct str identity, int32_t identity_kind,
                                int32_t today_day, struct fault *fault)
{
    if (identity_kind != identity_kind_passport) {
        struct resident_id resident;
        if (identity_read_resident(identity, NULL, today_day, &resident, fault) != ERR_OK)
            return (struct str){0};
        return str_copy(arena, str_from(resident.number));
    }
    struct str normal = upper_copy(arena, identity);
    if (normal.size >= 5 && normal.size <= 20 && is_letters_and_digits(normal, false))
        return normal;
    fault_set(fault, ERR_INPUT, "护照号码应为5到20位字母和数字");
    return (struct str){0};
}

struct str fact_credit_code_normal(struct arena *arena, struct str credit_code, struct fault *fault)
{
    struct credit_code code;
    if (identity_read_credit_code(credit_code, &code, fault) != ERR_OK)
        return (struct str){0};
    return str_copy(arena, str_from(code.code));
}

/* ---- checks of single records ---- */

static void check_identity(const struct fact_checker *checker, struct person *person,
                           struct arena *arena, struct fact_problems *problems)
{
    if (person->identity_kind == ABSENT_I32)
        person->identity_kind = identity_kind_resident_id;
    if (person->identity_kind == identity_kind_passport) {
        struct fault fault = {0};
        struct str normal = fact_identity_normal(arena, person->identity, person->identity_kind,
                                                 checker->today_day, &fault);
        if (normal.ptr)
            person->identity = normal;
        else
            add_fault(problems, FIELD_person_identity, &fault);
        return;
    }
    struct resident_id resident;
    struct fault fault = {0};
    if (identity_read_resident(person->identity, checker->divisions, checker->today_day, &resident,
                               &fault) != ERR_OK) {
        add_fault(problems, FIELD_person_identity, &fault);
        return;
    }
    person->identity = str_copy(arena, str_from(resident.number));
    if (person->birth_day != ABSENT_I32 && person->birth_day != resident.birth_day)
        fact_problem_add(problems, FIELD_person_birth_day, "请核对证件号码和出生日期。",
                         "出生日期与证件号码不符");
    if (person->sex != ABSENT_I32 && person->sex != resident.sex)
        fact_problem_add(problems, FIELD_person_sex, "请核对证件号码和性别。",
                         "性别与证件号码不符");
    person->birth_day = resident.birth_day;
    person->sex = resident.sex;
}

static void check_phone(struct person *person, struct arena *arena, struct fact_problems *problems)
{
    struct phone phone;
    struct fault fault = {0};
    if (!person->phone.ptr)
        return;
    if (identity_read_phone(person->phone, &phone, &fault) != ERR_OK)
        add_fault(problems, FIELD_person_phone, &fault);
    else
        person->phone = str_copy(arena, str_from(phone.number));
}

static void check_bank_account(struct person *person, struct arena *arena,
                               struct fact_problems *problems)
{
    struct bank_card card;
    struct fault fault = {0};
    if (!person->bank_account.ptr)
        return;
    if (identity_read_bank_card(person->bank_account, &card, &fault) != ERR_OK)
        add_fault(problems, FIELD_person_bank_account, &fault);
    else
        person->bank_account = str_copy(arena, str_from(card.number));
}

_Static_assert((int)sex_male == 1 && (int)sex_female == 2, "resident_id.sex is a code of sex");

static void check_person(const struct fact_checker *checker, struct person *person,
                         struct arena *arena, struct fact_problems *problems)
{
    if (person->identity.ptr)
        check_identity(checker, person, arena, problems);
    check_phone(person, arena, problems);
    check_bank_account(person, arena, problems);
    if (person->birth_day != ABSENT_I32 &&
        day_years_between(person->birth_day, checker->today_day) > AGE_YEARS_MAX)
        fact_problem_add(problems, FIELD_person_birth_day, "请核对出生日期。", "年龄超过%d岁",
                         AGE_YEARS_MAX);
}

static void check_organisation(struct organisation *organisation, struct arena *arena,
                               struct fact_problems *problems)
{
    struct fault fault = {0};
    if (!organisation->credit_code.ptr)
        return;
    struct str normal = fact_credit_code_normal(arena, organisation->credit_code, &fault);
    if (normal.ptr)
        organisation->credit_code = normal;
    else
        add_fault(problems, FIELD_organisation_credit_code, &fault);
}

/* 5 is 初级工 and the second step of the ladder; 1 is 高级技师 and the sixth. */
static int32_t level_of_printed_digit(char digit)
{
    return '5' - digit + skill_level_junior_worker;
}

/* A number of a national layout tells its level; letters stand for the two steps above them. */
static void check_layout(struct certificate *certificate, struct arena *arena,
                         struct fact_problems *problems)
{
    struct certificate_number number;
    struct fault fault = {0};
    if (identity_read_certificate(certificate->number, certificate_layouts,
                                  certificate_layout_count, &number, &fault) != ERR_OK) {
        add_fault(problems, FIELD_certificate_number, &fault);
        return;
    }
    certificate->number = str_copy(arena, str_from(number.number));
    bool tells_level = number.level >= '1' && number.level <= '5';
    if (tells_level && certificate->level != ABSENT_I32 &&
        level_of_printed_digit(number.level) != certificate->level)
        fact_problem_add(problems, FIELD_certificate_level, "请核对证书编号和等级。",
                         "等级与证书编号“%s”中的等级码不符", number.number);
}

static void check_certificate(struct certificate *certificate, struct arena *arena,
                              struct fact_problems *problems)
{
    bool has_level = certificate->level != ABSENT_I32;
    if (certificate->kind == certificate_kind_special_ability && has_level)
        fact_problem_add(problems, FIELD_certificate_level, "请清空等级，或核对证书类别。",
                         "专项职业能力证书不分等级");
    if (certificate->kind != ABSENT_I32 && certificate->kind != certificate_kind_special_ability &&
        !has_level)
        fact_problem_add(problems, FIELD_certificate_level, "请填写证书上的等级。", "缺少等级");
    if (certificate->route == ABSENT_I32)
        certificate->route = certificate_route_examination;
    if (certificate->state == ABSENT_I32)
        certificate->state = certificate_state_in_force;
    if (!certificate->number.ptr)
        return;
    if (certificate->kind != certificate_kind_special_ability) {
        check_layout(certificate, arena, problems);
        return;
    }
    struct str number = upper_copy(arena, certificate->number);
    bool fits = number.ptr && number.size >= CERTIFICATE_NUMBER_SIZE_MIN &&
                number.size <= CERTIFICATE_NUMBER_SIZE_MAX && is_letters_and_digits(number, true);
    if (fits)
        certificate->number = number;
    else
        fact_problem_add(problems, FIELD_certificate_number, "请对照证书核对编号。",
                         "证书编号“%.*s”的位数或字符不对", STR_ARG(certificate->number));
}

static void check_award(struct award *award, struct fact_problems *problems)
{
    if (award->squad == ABSENT_I32)
        award->squad = 0;
    if (award->place == 0)
        fact_problem_add(problems, FIELD_award_place, "没有名次的请不填。", "名次从1起");
}

/* ---- checks by description ---- */

static void check_required(const struct record_desc *desc, const void *record,
                           struct fact_problems *problems)
{
    for (int32_t i = 0; i < desc->field_count; i++) {
        const struct field_desc *field = &desc->fields[i];
        if (field->need != NEED_REQUIRED)
            continue;
        bool absent = registry_is_text(field) ? registry_text(field, record).size == 0
                                              : registry_number(field, record) == ABSENT_I64;
        bool has_problem = false;
        for (int32_t p = 0; p < problems->count; p++)
            has_problem = has_problem || problems->rows[p].field == i;
        if (absent && !has_problem)
            fact_problem_add(problems, i, "这一项必须填写。", "缺少%s", field->label_zh);
    }
}

/* A code that ended before the record's day, or starts after today, cannot have been used. A code
 * that starts between is let through: catalogues of older editions are not all at hand. */
static bool code_holds(const struct catalogue *catalogue, int64_t code, int32_t day,
                       int32_t today_day)
{
    const struct catalogue_entry *newest = catalogue_by_code(catalogue, code);
    if (!newest)
        return false;
    for (const struct catalogue_entry *entry = newest;
         entry >= catalogue->entries && entry->code == code; entry--) {
        if (entry->to_day >= day && entry->from_day <= today_day)
            return true;
    }
    return false;
}

static void check_codes(const struct vocab *vocab, const struct record_desc *desc,
                        const void *record, int32_t day, int32_t today_day,
                        struct fact_problems *problems)
{
    for (int32_t i = 0; i < desc->field_count; i++) {
        const struct field_desc *field = &desc->fields[i];
        if (field->type != FIELD_CODE)
            continue;
        int64_t code = registry_number(field, record);
        const struct catalogue *catalogue = field_catalogue(vocab, field);
        if (code == ABSENT_I64 || !catalogue || code_holds(catalogue, code, day, today_day))
            continue;
        char text[FIELD_PRINT_SIZE];
        fact_problem_add(problems, i, "请按目录改用当时有效的编码。",
                         "%s %.*s 在目录里没有或已停用", field->label_zh,
                         STR_ARG(field_print(vocab, field, code, text)));
    }
}

static void check_days(int32_t table, const void *record, int32_t today_day,
                       struct fact_problems *problems)
{
    const struct record_desc *desc = &registry_records[table];
    for (int32_t i = 0; i < desc->field_count; i++) {
        if (!((past_fields[table] >> i) & 1))
            continue;
        int64_t day = registry_number(&desc->fields[i], record);
        if (day != ABSENT_I64 && day > today_day)
            fact_problem_add(problems, i, "请核对日期。", "%s晚于今天", desc->fields[i].label_zh);
    }
    for (size_t i = 0; i < sizeof ordered_pairs / sizeof ordered_pairs[0]; i++) {
        if (ordered_pairs[i].table != table)
            continue;
        const struct field_desc *from = &desc->fields[ordered_pairs[i].from_field];
        const struct field_desc *to = &desc->fields[ordered_pairs[i].to_field];
        int64_t from_day = registry_number(from, record);
        int64_t to_day = registry_number(to, record);
        if (from_day != ABSENT_I64 && to_day != ABSENT_I64 && from_day > to_day)
            fact_problem_add(problems, ordered_pairs[i].to_field, "请核对两个日期。", "%s早于%s",
                             to->label_zh, from->label_zh);
    }
}

static void set_defaults(const struct record_desc *desc, void *record)
{
    for (int32_t i = 0; i < desc->field_count; i++)
        if (desc->fields[i].need == NEED_DEFAULT_NO &&
            registry_number(&desc->fields[i], record) == ABSENT_I64)
            registry_set_number(&desc->fields[i], record, 0);
}

int32_t fact_code_day(int32_t table, const void *record)
{
    int32_t field = code_day_fields[table];
    if (field < 0)
        return ABSENT_I32;
    int64_t day = registry_number(&registry_records[table].fields[field], record);
    return day == ABSENT_I64 ? ABSENT_I32 : (int32_t)day;
}

bool fact_check(const struct fact_checker *checker, int32_t table, void *record,
                struct arena *arena, struct fact_problems *ret_problems)
{
    int32_t today_day = checker->today_day;
    const struct record_desc *desc = &registry_records[table];
    set_defaults(desc, record);
    check_required(desc, record, ret_problems);
    if (table == REGISTRY_person)
        check_person(checker, record, arena, ret_problems);
    else if (table == REGISTRY_organisation)
        check_organisation(record, arena, ret_problems);
    else if (table == REGISTRY_certificate)
        check_certificate(record, arena, ret_problems);
    else if (table == REGISTRY_award)
        check_award(record, ret_problems);
    int32_t day = fact_code_day(table, record);
    if (day == ABSENT_I32)
        day = today_day;
    check_codes(checker->vocab, desc, record, day, today_day, ret_problems);
    check_days(table, record, today_day, ret_problems);
    return ret_problems->count == 0;
}
