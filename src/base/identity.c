#include "base/identity.h"

#include "base/day.h"

#include <stdlib.h>
#include <string.h>

enum { NUMBER_SIZE_MAX = 32 };

/* A number in capitals without white space; a character that is not ASCII becomes '?'. */
struct number {
    char text[NUMBER_SIZE_MAX + 1];
    int length;
};

static bool is_space(uint32_t character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n' ||
           character == 0xA0 || character == 0x3000 || character == 0x200B || character == 0xFEFF;
}

/* Full-width forms become ASCII, small letters capitals; white space anywhere is dropped, and so is
 * the apostrophe that spreadsheets put before a text of digits. */
static enum err normalise(struct str text, const char *what, struct number *ret_number,
                          struct fault *fault)
{
    ret_number->length = 0;
    while (text.size > 0) {
        uint32_t character = str_next_character(&text);
        if (character >= 0xFF01 && character <= 0xFF5E)
            character -= 0xFEE0;
        if (is_space(character) || (character == '\'' && ret_number->length == 0))
            continue;
        if (character >= 'a' && character <= 'z')
            character -= 'a' - 'A';
        if (ret_number->length == NUMBER_SIZE_MAX)
            return fault_set(fault, ERR_INPUT, "%s太长：超过%d个字符", what, NUMBER_SIZE_MAX);
        bool printable = character > ' ' && character < 0x7F;
        ret_number->text[ret_number->length++] = printable ? (char)character : '?';
    }
    ret_number->text[ret_number->length] = '\0';
    if (ret_number->length == 0)
        return fault_set(fault, ERR_INPUT, "%s是空的", what);
    return ERR_OK;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static int32_t number_at(const char *digits, int count)
{
    int32_t value = 0;
    for (int i = 0; i < count; i++)
        value = value * 10 + (digits[i] - '0');
    return value;
}

static enum err refuse_character(struct fault *fault, const char *what, int position,
                                 const char *expected)
{
    fault_set(fault, ERR_INPUT, "%s第%d位应为%s", what, position, expected);
    if (fault)
        fault_hint(fault, "请对照证件检查第%d位，常见错误是字母O与数字0、字母I与数字1混用。",
                   position);
    return ERR_INPUT;
}

static enum err require_digits(const struct number *number, int count, const char *what,
                               struct fault *fault)
{
    for (int i = 0; i < count; i++) {
        if (!is_digit(number->text[i]))
            return refuse_character(fault, what, i + 1, "数字");
    }
    return ERR_OK;
}

/* ---- resident identity numbers ---- */

static const char RESIDENT[] = "身份证号";

char identity_check_character(const char digits[17])
{
    static const int8_t weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += weights[i] * (digits[i] - '0');
    return "10X98765432"[sum % 11];
}

static bool is_known_province(int32_t province)
{
    static const int8_t provinces[] = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34,
                                       35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
                                       53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83};
    for (size_t i = 0; i < sizeof provinces; i++) {
        if (provinces[i] == province)
            return true;
    }
    return false;
}

static int compare_codes(const void *a, const void *b)
{
    int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;
    return left < right ? -1 : left > right;
}

static bool is_known_division(const struct identity_divisions *divisions, int32_t code)
{
    return bsearch(&code, divisions->codes, (size_t)divisions->count, sizeof code,
                   compare_codes) != NULL;
}

static enum err check_division(const struct resident_id *id,
                               const struct identity_divisions *divisions, struct fault *fault)
{
    bool known = is_known_province(id->division / 10000) &&
                 (!divisions || id->residence_permit || is_known_division(divisions, id->division));
    if (known)
        return ERR_OK;
    fault_set(fault, ERR_INPUT, "身份证号第1至6位“%06d”不是任何时期的行政区划代码", id->division);
    if (fault)
        fault_hint(fault, "请对照身份证检查前6位。");
    return ERR_INPUT;
}

static enum err check_birth(struct resident_id *id, int32_t latest_birth_day, struct fault *fault)
{
    int32_t year = number_at(id->number + 6, 4), month = number_at(id->number + 10, 2);
    int32_t day_of_month = number_at(id->number + 12, 2), birth_day;
    if (year < 1850 || !day_from_civil(year, month, day_of_month, &birth_day)) {
        fault_set(fault, ERR_INPUT, "身份证号中的出生日期%04d-%02d-%02d不存在", year, month,
                  day_of_month);
        if (fault)
            fault_hint(fault, "请对照身份证检查%s。",
                       id->was_15 ? "15位号码的第7至12位" : "第7至14位");
        return ERR_INPUT;
    }
    if (birth_day > latest_birth_day)
        return fault_set(fault, ERR_INPUT, "身份证号中的出生日期%04d-%02d-%02d在今天之后", year,
                         month, day_of_month);
    id->birth_day = birth_day;
    return ERR_OK;
}

/* Writes the 18 characters of a number of 18 or 15, without judging them. */
static enum err fill_number(const struct number *number, struct resident_id *id,
                            struct fault *fault)
{
    if (number->length != 18 && number->length != 15) {
        fault_set(fault, ERR_INPUT, "身份证号有%d位，应为18位（旧号码15位）", number->length);
        if (fault)
            fault_hint(fault, "请检查是否漏写或多写；表格中的身份证号应设为文本格式。");
        return ERR_INPUT;
    }
    id->was_15 = number->length == 15;
    TRY(require_digits(number, id->was_15 ? 15 : 17, RESIDENT, fault));
    if (id->was_15) {
        memcpy(id->number, number->text, 6);
        memcpy(id->number + 6, "19", 2);
        memcpy(id->number + 8, number->text + 6, 9);
        id->number[17] = identity_check_character(id->number);
    } else {
        if (!is_digit(number->text[17]) && number->text[17] != 'X')
            return refuse_character(fault, RESIDENT, 18, "数字或X");
        memcpy(id->number, number->text, 18);
    }
    id->number[18] = '\0';
    return ERR_OK;
}

enum err identity_read_resident(struct str text, const struct identity_divisions *divisions,
                                int32_t latest_birth_day, struct resident_id *ret_id,
                                struct fault *fault)
{
    struct number number;
    struct resident_id id = {0};
    TRY(normalise(text, RESIDENT, &number, fault));
    TRY(fill_number(&number, &id, fault));
    id.division = number_at(id.number, 6);
    id.residence_permit = id.division == 810000 || id.division == 820000 || id.division == 830000;
    id.sex = (id.number[16] - '0') % 2 == 1 ? 1 : 2;
    TRY(check_division(&id, divisions, fault));
    TRY(check_birth(&id, latest_birth_day, fault));
    char expected = identity_check_character(id.number);
    if (id.number[17] != expected) {
        fault_set(fault, ERR_INPUT, "身份证号校验位（第18位）应为%c，实为%c", expected,
                  id.number[17]);
        if (fault)
            fault_hint(fault, "号码中至少有一位写错，请对照身份证逐位检查。");
        return ERR_INPUT;
    }
    *ret_id = id;
    return ERR_OK;
}

/* ---- unified social credit codes ---- */

static const char CREDIT[] = "统一社会信用代码";
static const char CREDIT_ALPHABET[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static int credit_value(char c)
{
    const char *found = c ? strchr(CREDIT_ALPHABET, c) : NULL;
    return found ? (int)(found - CREDIT_ALPHABET) : -1;
}

char identity_credit_check_character(const char code[17])
{
    static const int8_t weights[17] = {1,  3,  9,  27, 19, 26, 16, 17, 20,
                                       29, 25, 13, 8,  24, 10, 30, 28};
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += weights[i] * credit_value(code[i]);
    return CREDIT_ALPHABET[(31 - sum % 31) % 31];
}

char identity_organisation_check_character(const char code[8])
{
    static const int8_t weights[8] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 8; i++)
        sum += weights[i] * (is_digit(code[i]) ? code[i] - '0' : code[i] - 'A' + 10);
    return "0X987654321"[sum % 11];
}

enum err identity_read_credit_code(struct str text, struct credit_code *ret_code,
                                   struct fault *fault)
{
    struct number number;
    TRY(normalise(text, CREDIT, &number, fault));
    if (number.length != 18)
        return fault_set(fault, ERR_INPUT, "%s有%d位，应为18位", CREDIT, number.length);
    for (int i = 0; i < 18; i++) {
        if (credit_value(number.text[i]) < 0)
            return refuse_character(fault, CREDIT, i + 1, "数字或大写字母（不用I、O、S、V、Z）");
    }
    char expected = identity_credit_check_character(number.text);
    if (number.text[17] != expected) {
        fault_set(fault, ERR_INPUT, "%s校验位（第18位）应为%c，实为%c", CREDIT, expected,
                  number.text[17]);
        if (fault)
            fault_hint(fault, "代码中至少有一位写错，请对照营业执照逐位检查。");
        return ERR_INPUT;
    }
    struct credit_code code = {0};
    memcpy(code.code, number.text, sizeof code.code);
    bool has_division = true;
    for (int i = 2; i < 8; i++)
        has_division = has_division && is_digit(number.text[i]);
    code.division = has_division ? number_at(number.text + 2, 6) : 0;
    code.inner_warning =
        identity_organisation_check_character(number.text + 8) != number.text[16];
    *ret_code = code;
    return ERR_OK;
}

/* ---- phones and bank cards ---- */

enum err identity_read_phone(struct str text, struct phone *ret_phone, struct fault *fault)
{
    static const char what[] = "电话号码";
    struct number number;
    struct phone phone = {0};
    int length = 0;
    TRY(normalise(text, what, &number, fault));
    const char *at = number.text;
    if (strncmp(at, "+86", 3) == 0)
        at += 3;
    for (; *at; at++) {
        if (*at == '-' || *at == '(' || *at == ')')
            continue;
        if (!is_digit(*at))
            return refuse_character(fault, what, (int)(at - number.text) + 1, "数字");
        if (length == 12)
            return fault_set(fault, ERR_INPUT, "%s超过12位数字", what);
        phone.number[length++] = *at;
    }
    phone.mobile = length == 11 && phone.number[0] == '1' && phone.number[1] >= '3';
    bool landline = length >= 10 && phone.number[0] == '0' && phone.number[1] != '0';
    if (!phone.mobile && !landline) {
        fault_set(fault, ERR_INPUT, "%s有%d位数字，既不是手机号，也不是带区号的固定电话", what,
                  length);
        if (fault)
            fault_hint(fault, "手机号以13至19开头；固定电话请写区号，如0537-2967000。");
        return ERR_INPUT;
    }
    *ret_phone = phone;
    return ERR_OK;
}

static bool has_luhn_digit(const struct number *number)
{
    int sum = 0;
    for (int i = 0; i < number->length; i++) {
        int digit = number->text[number->length - 1 - i] - '0';
        if (i % 2 == 1)
            digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += digit;
    }
    return sum % 10 == 0;
}

enum err identity_read_bank_card(struct str text, struct bank_card *ret_card, struct fault *fault)
{
    static const char what[] = "银行卡号";
    struct number number;
    TRY(normalise(text, what, &number, fault));
    TRY(require_digits(&number, number.length, what, fault));
    if (number.length < 12 || number.length > 19)
        return fault_set(fault, ERR_INPUT, "%s有%d位，应为12至19位", what, number.length);
    struct bank_card card = {0};
    memcpy(card.number, number.text, (size_t)number.length);
    card.check_warning = !has_luhn_digit(&number);
    *ret_card = card;
    return ERR_OK;
}

/* ---- certificate numbers ---- */

#define PART(kind, offset, size) {CERTIFICATE_PART_##kind, offset, size}

const struct certificate_layout certificate_layouts[] = {
    {"skill_level", "职业技能等级证书", "A999999999999999999999",
     {PART(AGENCY, 0, 1), PART(BODY, 1, 4), PART(PROVINCE, 5, 2), PART(SITE, 7, 6),
      PART(YEAR, 13, 2), PART(LEVEL, 15, 1), PART(SERIAL, 16, 6)},
     2019, 2099},
    {"advanced_post", "特级技师、首席技师证书", "A99999999999999A999999",
     {PART(AGENCY, 0, 1), PART(BODY, 1, 4), PART(PROVINCE, 5, 2), PART(SITE, 7, 6),
      PART(YEAR, 13, 2), PART(LEVEL, 15, 1), PART(SERIAL, 16, 6)},
     2021, 2099},
    {"qualification_16", "职业资格证书（16位）", "9999999999999999",
     {PART(YEAR, 0, 2), PART(ISSUER, 2, 2), PART(SITE, 4, 2), PART(AGENCY, 6, 1), PART(BODY, 7, 3),
      PART(LEVEL, 10, 1), PART(SERIAL, 11, 5)},
     1990, 2049},
    {"qualification_13", "职业资格证书（13位）", "9999999999999",
     {PART(YEAR, 0, 2), PART(ISSUER, 2, 2), PART(AGENCY, 4, 1), PART(BODY, 5, 3),
      PART(LEVEL, 8, 1), PART(SERIAL, 9, 4)},
     1990, 2049},
    {"provincial", "省级自有格式证书", "AAA99999999999999999", {PART(END, 0, 0)}, 1990, 2099},
};

const int32_t certificate_layout_count =
    sizeof certificate_layouts / sizeof certificate_layouts[0];

static bool fits_pattern(const char *text, const char *pattern)
{
    for (; *pattern; pattern++, text++) {
        if (!(*pattern == '9' ? is_digit(*text) : is_capital(*text)))
            return false;
    }
    return *text == '\0';
}

static const char *certificate_part_at(const struct certificate_number *number,
                                       enum certificate_part_kind kind, int *ret_size)
{
    for (const struct certificate_part *part = number->layout->parts;
         part->kind != CERTIFICATE_PART_END; part++) {
        if (part->kind == kind) {
            *ret_size = part->size;
            return number->number + part->offset;
        }
    }
    return NULL;
}

struct str certificate_number_part(const struct certificate_number *number,
                                   enum certificate_part_kind kind)
{
    int size = 0;
    const char *at = certificate_part_at(number, kind, &size);
    return at ? (struct str){at, (size_t)size} : (struct str){"", 0};
}

/* Tells the first place where the number leaves the pattern of its length. */
static enum err refuse_shape(const struct number *number, const struct certificate_layout *layouts,
                             int32_t layout_count, struct fault *fault)
{
    static const char what[] = "证书编号";
    for (int32_t i = 0; i < layout_count; i++) {
        const char *pattern = layouts[i].pattern;
        if ((int)strlen(pattern) != number->length)
            continue;
        int position = 0;
        while (pattern[position] == '9' ? is_digit(number->text[position])
                                        : is_capital(number->text[position]))
            position++;
        return refuse_character(fault, what, position + 1,
                                pattern[position] == '9' ? "数字" : "大写字母");
    }
    fault_set(fault, ERR_INPUT, "证书编号有%d位，没有这样长度的证书", number->length);
    if (fault)
        fault_hint(fault, "职业技能等级证书22位，职业资格证书16位或13位；请对照证书检查。");
    return ERR_INPUT;
}

static enum err check_parts(struct certificate_number *number, struct fault *fault)
{
    int size;
    const struct certificate_layout *layout = number->layout;
    const char *year = certificate_part_at(number, CERTIFICATE_PART_YEAR, &size);
    if (year) {
        number->year = 1900 + number_at(year, 2);
        if (number->year < layout->year_min)
            number->year += 100;
        if (number->year < layout->year_min || number->year > layout->year_max)
            return fault_set(fault, ERR_INPUT, "证书编号中的年份“%.2s”不在%s的发放年份内", year,
                             layout->label_zh);
    }
    const char *level = certificate_part_at(number, CERTIFICATE_PART_LEVEL, &size);
    if (level) {
        number->level = *level;
        if (is_digit(*level) && (*level < '1' || *level > '5'))
            return refuse_character(fault, "证书编号", (int)(level - number->number) + 1,
                                    "等级1至5");
    }
    const char *province = certificate_part_at(number, CERTIFICATE_PART_PROVINCE, &size);
    if (province && !is_known_province(number_at(province, 2)))
        return fault_set(fault, ERR_INPUT, "证书编号第%d至%d位“%.2s”不是省级行政区划代码",
                         (int)(province - number->number) + 1, (int)(province - number->number) + 2,
                         province);
    const char *serial = certificate_part_at(number, CERTIFICATE_PART_SERIAL, &size);
    number->serial_warning = serial && number_at(serial, size) == 0;
    return ERR_OK;
}

enum err identity_read_certificate(struct str text, const struct certificate_layout *layouts,
                                   int32_t layout_count, struct certificate_number *ret_number,
                                   struct fault *fault)
{
    struct number number;
    TRY(normalise(text, "证书编号", &number, fault));
    struct certificate_number result = {0};
    for (int32_t i = 0; i < layout_count && !result.layout; i++) {
        if (fits_pattern(number.text, layouts[i].pattern))
            result.layout = &layouts[i];
    }
    if (!result.layout)
        return refuse_shape(&number, layouts, layout_count, fault);
    check((size_t)number.length < sizeof result.number);
    memcpy(result.number, number.text, (size_t)number.length + 1);
    TRY(check_parts(&result, fault));
    *ret_number = result;
    return ERR_OK;
}

const char *identity_mask(struct str number, size_t keep_first, size_t keep_last, char *buffer)
{
    for (size_t i = 0; i < number.size; i++) {
        bool keep = number.size > keep_first + keep_last &&
                    (i < keep_first || i >= number.size - keep_last);
        buffer[i] = keep ? number.ptr[i] : '*';
    }
    buffer[number.size] = '\0';
    return buffer;
}
