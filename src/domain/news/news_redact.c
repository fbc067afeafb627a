#include "domain/news/news_redact.h"

#include "base/identity.h"
#include "domain/registry/registry_name.h"
#include "news_notice_sql.h"

#include <string.h>

enum { DIGITS_MAX = 19, AROUND_CHARACTERS = 8, NAME_CHARACTERS_MAX = 4 };

const char *redact_kind_words(enum redact_kind kind)
{
    static const char *const words[REDACT_KIND_COUNT] = {"身份证号", "电话号码", "银行账号",
                                                         "姓名"};
    return words[kind];
}

enum err redact_list_new(struct arena *arena, struct redact_list *ret_list)
{
    struct redact_finding *rows =
        ARENA_NEW_ARRAY(arena, struct redact_finding, REDACT_FINDINGS_MAX);
    if (!rows)
        return ERR_MEMORY;
    *ret_list = (struct redact_list){rows, 0};
    return ERR_OK;
}

/* ---- what stands around a value */

static struct str before_of(struct str text, size_t offset)
{
    size_t from = offset;
    for (int n = 0; from > 0 && n < AROUND_CHARACTERS; n++) {
        from--;
        while (from > 0 && ((unsigned char)text.ptr[from] & 0xC0) == 0x80)
            from--;
    }
    return str_sub(text, from, offset - from);
}

static struct str after_of(struct str text, size_t end)
{
    struct str rest = str_sub(text, end, text.size);
    const char *from = rest.ptr;
    for (int n = 0; rest.size > 0 && n < AROUND_CHARACTERS; n++)
        (void)str_next_character(&rest);
    return (struct str){from, (size_t)(rest.ptr - from)};
}

static enum err add(struct redact_list *list, enum redact_kind kind, struct str text,
                    size_t offset, size_t size, struct str masked)
{
    struct str value = str_sub(text, offset, size);
    for (int32_t i = 0; i < list->count; i++)
        if (str_equal(list->rows[i].text, value))
            return ERR_OK;
    if (list->count == REDACT_FINDINGS_MAX)
        return ERR_LIMIT;
    list->rows[list->count++] = (struct redact_finding){
        .kind = kind, .text = value, .masked = masked, .found = STR(""),
        .before = before_of(text, offset), .after = after_of(text, offset + size)};
    return ERR_OK;
}

/* ---- numbers */

/* A run of digits, also in full width, with single spaces or hyphens between them. */
struct run {
    char digits[64];
    size_t digit_count;
    size_t end; /* behind its last digit */
};

static int digit_of(uint32_t character)
{
    if (character >= '0' && character <= '9')
        return (int)character - '0';
    if (character >= 0xFF10 && character <= 0xFF19)
        return (int)character - 0xFF10;
    return -1;
}

static bool is_separator(uint32_t character)
{
    return character == ' ' || character == '-' || character == 0x3000 || character == 0x2013 ||
           character == 0x2014 || character == 0xFF0D;
}

static bool is_letter(uint32_t character)
{
    return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') ||
           (character >= 0xFF21 && character <= 0xFF3A) ||
           (character >= 0xFF41 && character <= 0xFF5A);
}

static bool is_x(uint32_t character)
{
    return character == 'X' || character == 'x' || character == 0xFF38 || character == 0xFF58;
}

/* The run that begins at offset; separators only when it is asked for. */
static struct run run_at(struct str text, size_t offset, bool joined)
{
    struct run run = {.end = offset};
    struct str rest = str_sub(text, offset, text.size);
    bool after_separator = false;
    while (rest.size > 0) {
        uint32_t character = str_next_character(&rest);
        int digit = digit_of(character);
        bool last_x = run.digit_count == 17 && !after_separator && is_x(character);
        if (digit < 0 && !last_x) {
            if (!joined || after_separator || !is_separator(character))
                break;
            after_separator = true;
            continue;
        }
        after_separator = false;
        if (run.digit_count < sizeof run.digits)
            run.digits[run.digit_count] = last_x ? 'X' : (char)('0' + digit);
        run.digit_count++;
        run.end = text.size - rest.size;
        if (last_x)
            break;
    }
    return run;
}

static bool is_old_identity(const char *digits)
{
    int month = (digits[8] - '0') * 10 + digits[9] - '0';
    int day = (digits[10] - '0') * 10 + digits[11] - '0';
    return digits[0] != '0' && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static bool is_credit_code(const struct run *run)
{
    struct credit_code code;
    return identity_read_credit_code((struct str){run->digits, run->digit_count}, &code, NULL) ==
           ERR_OK;
}

static bool is_identity(const struct run *run)
{
    if (run->digit_count == 15)
        return is_old_identity(run->digits);
    return run->digit_count == 18 && run->digits[0] != '0' && !is_credit_code(run);
}

static bool is_phone(const struct run *run)
{
    if (run->digit_count == 11 && run->digits[0] == '1' && run->digits[1] >= '3')
        return true;
    return run->digits[0] == '0' && run->digit_count >= 10 && run->digit_count <= 12;
}

/* What a run is; REDACT_KIND_COUNT: nothing personal. */
static enum redact_kind kind_of(const struct run *run)
{
    if (run->digit_count > DIGITS_MAX || run->digit_count < 10)
        return REDACT_KIND_COUNT;
    if (is_identity(run))
        return REDACT_IDENTITY;
    if (is_phone(run))
        return REDACT_PHONE;
    bool is_code = run->digit_count == 18 && is_credit_code(run);
    return run->digit_count >= 12 && !is_code ? REDACT_BANK : REDACT_KIND_COUNT;
}

static struct str mask_number(struct arena *arena, enum redact_kind kind, const struct run *run)
{
    /* Only what stands in front stays: masked and its surroundings never make the value again. */
    static const size_t keeps[REDACT_KIND_COUNT] = {
        [REDACT_IDENTITY] = 4, [REDACT_PHONE] = 3, [REDACT_BANK] = 0};
    char *buffer = arena_alloc(arena, run->digit_count + 1);
    if (!buffer)
        return (struct str){0};
    struct str digits = {run->digits, run->digit_count};
    return str_from(identity_mask(digits, keeps[kind], 0, buffer));
}

static enum err look_at_run(struct arena *arena, struct str text, size_t offset,
                            const struct run *run, struct redact_list *list)
{
    enum redact_kind kind = kind_of(run);
    if (kind == REDACT_KIND_COUNT)
        return ERR_OK;
    struct str masked = mask_number(arena, kind, run);
    return masked.ptr ? add(list, kind, text, offset, run->end - offset, masked) : ERR_MEMORY;
}

enum err redact_numbers(struct arena *arena, struct str text, struct redact_list *list)
{
    struct str rest = text;
    bool in_word = false; /* a number of a certificate begins with letters: it is not looked at */
    while (rest.size > 0) {
        size_t offset = text.size - rest.size;
        uint32_t character = str_next_character(&rest);
        if (digit_of(character) < 0 || in_word) {
            in_word = is_letter(character) || (in_word && digit_of(character) >= 0);
            continue;
        }
        struct run run = run_at(text, offset, true);
        if (kind_of(&run) == REDACT_KIND_COUNT) /* perhaps two numbers side by side */
            run = run_at(text, offset, false);
        TRY(look_at_run(arena, text, offset, &run, list));
        rest = str_sub(text, run.end, text.size - run.end);
        in_word = true;
        if (rest.size > 0) {
            struct str next = rest;
            uint32_t behind = str_next_character(&next);
            in_word = is_letter(behind) || digit_of(behind) >= 0;
        }
    }
    return ERR_OK;
}

/* ---- names */

/* The surnames of nearly everyone; a rare one is found by who reads the notice. */
static const char surnames[] =
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏"
    "魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵"
    "万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳"
    "甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈"
    "饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧"
    "闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝";

static bool is_surname(struct str character)
{
    return character.size >= 3 &&
           str_find((struct str){surnames, sizeof surnames - 1}, character) != SIZE_MAX;
}

/* The first count characters of text; the whole when it is shorter, *ret_whole then false. */
static struct str first_characters(struct str text, int count, bool *ret_whole)
{
    struct str rest = text;
    *ret_whole = true;
    for (int n = 0; n < count; n++) {
        uint32_t character = rest.size > 0 ? str_next_character(&rest) : 0;
        if (character < 0x4E00 || character > 0x9FFF) {
            *ret_whole = false;
            return STR("");
        }
    }
    return (struct str){text.ptr, (size_t)(rest.ptr - text.ptr)};
}

/* The longest name of the registry that text begins with; empty when there is none. */
static enum err name_at(struct work *w, struct str text, struct str *ret_name)
{
    bool whole;
    struct cursor cursor;
    struct redact_name_known_out row;
    struct redact_name_known_in in = {
        .two = first_characters(text, 2, &whole),
        .three = first_characters(text, 3, &whole),
        .four = first_characters(text, NAME_CHARACTERS_MAX, &whole),
    };
    *ret_name = STR("");
    if (in.two.size == 0)
        return ERR_OK;
    TRY(redact_name_known(w, &in, &cursor));
    TRY(redact_name_known_next(&cursor, &row, &whole));
    if (whole)
        *ret_name = str_sub(text, 0, row.name.size);
    cursor_close(&cursor);
    return ERR_OK;
}

enum err redact_names(struct work *w, struct str text, struct redact_list *list)
{
    struct str rest = text;
    while (rest.size > 0) {
        struct str here = rest, name;
        (void)str_next_character(&rest);
        struct str first = {here.ptr, (size_t)(rest.ptr - here.ptr)};
        if (!is_surname(first))
            continue;
        TRY(name_at(w, here, &name));
        if (name.size == 0)
            continue;
        size_t offset = (size_t)(here.ptr - text.ptr);
        TRY(add(list, REDACT_NAME, text, offset, name.size,
                registry_mask_name(w->arena, name)));
        rest = str_sub(here, name.size, here.size - name.size);
    }
    return ERR_OK;
}

struct str redact_replace(struct arena *arena, struct str text, struct str value,
                          struct str masked)
{
    struct text_buf out;
    text_init(&out, arena);
    while (value.size > 0) {
        size_t at = str_find(text, value);
        if (at == SIZE_MAX)
            break;
        text_add(&out, str_sub(text, 0, at));
        text_add(&out, masked);
        text = str_sub(text, at + value.size, text.size);
    }
    text_add(&out, text);
    return out.failed ? (struct str){0} : text_str(&out);
}
