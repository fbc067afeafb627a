#include "http/doc.h"

#include "base/clock.h"
#include "base/day.h"
#include "base/money.h"
#include "base/record.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FEN_PER_YUAN = 100 };

struct doc_root {
    struct doc object;
    struct arena *arena;
    bool failed;
    bool is_json; /* DOC_PAGE is left out */
};

struct doc *doc_new(struct arena *arena)
{
    struct doc_root *root = ARENA_NEW(arena, struct doc_root);
    if (!root)
        return NULL;
    root->arena = arena;
    root->object = (struct doc){.kind = DOC_OBJECT, .root = root};
    return &root->object;
}

struct doc *doc_new_json(struct arena *arena)
{
    struct doc *doc = doc_new(arena);
    if (doc)
        doc->root->is_json = true;
    return doc;
}

bool doc_failed(const struct doc *doc)
{
    return !doc || doc->root->failed;
}

static struct doc *add(struct doc *parent, const char *name, enum doc_kind kind,
                       enum doc_face face)
{
    if (!parent || (face == DOC_PAGE && parent->root->is_json))
        return NULL;
    check(parent->kind == DOC_OBJECT || parent->kind == DOC_LIST);
    check((parent->kind == DOC_OBJECT) == (name != NULL));
    struct doc *doc = ARENA_NEW(parent->root->arena, struct doc);
    if (!doc) {
        parent->root->failed = true;
        return NULL;
    }
    *doc = (struct doc){.kind = kind, .face = face, .name = name, .root = parent->root};
    if (parent->last)
        parent->last->next = doc;
    else
        parent->first = doc;
    parent->last = doc;
    parent->number++;
    return doc;
}

struct doc *doc_add_object(struct doc *parent, const char *name)
{
    return add(parent, name, DOC_OBJECT, DOC_BOTH);
}

struct doc *doc_add_list(struct doc *parent, const char *name)
{
    return add(parent, name, DOC_LIST, DOC_BOTH);
}

struct doc *doc_page_object(struct doc *parent, const char *name)
{
    return add(parent, name, DOC_OBJECT, DOC_PAGE);
}

struct doc *doc_page_list(struct doc *parent, const char *name)
{
    return add(parent, name, DOC_LIST, DOC_PAGE);
}

static void add_leaf(struct doc *parent, const char *name, enum doc_face face, struct str value,
                     struct str words)
{
    struct doc *leaf = add(parent, name, value.ptr ? DOC_TEXT : DOC_NOTHING, face);
    if (!leaf)
        return;
    leaf->value = value;
    leaf->words = words;
}

void doc_add_text(struct doc *parent, const char *name, struct str text)
{
    add_leaf(parent, name, DOC_BOTH, text, text);
}

void doc_add_text_z(struct doc *parent, const char *name, const char *text)
{
    doc_add_text(parent, name, str_from(text));
}

void doc_page_text(struct doc *parent, const char *name, struct str text)
{
    add_leaf(parent, name, DOC_PAGE, text, text);
}

void doc_page_z(struct doc *parent, const char *name, const char *text)
{
    doc_page_text(parent, name, str_from(text));
}

static void add_bool(struct doc *parent, const char *name, bool value, enum doc_face face)
{
    struct doc *leaf = add(parent, name, DOC_BOOL, face);
    if (!leaf)
        return;
    leaf->number = value;
    leaf->words = value ? STR("true") : STR("false");
}

void doc_add_bool(struct doc *parent, const char *name, bool value)
{
    add_bool(parent, name, value, DOC_BOTH);
}

void doc_page_bool(struct doc *parent, const char *name, bool value)
{
    add_bool(parent, name, value, DOC_PAGE);
}

struct str doc_format(struct doc *doc, const char *format, ...)
{
    if (!doc)
        return STR("");
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    check(size >= 0);
    size_t kept = (size_t)size < sizeof text ? (size_t)size : sizeof text - 1;
    char *copy = arena_copy(doc->root->arena, text, kept);
    if (!copy) {
        doc->root->failed = true;
        return STR("");
    }
    return (struct str){copy, kept};
}

/* A copy that lives as long as the document. */
static struct str keep(struct doc *doc, struct str text)
{
    char *copy = arena_copy(doc->root->arena, text.ptr, text.size);
    if (copy)
        return (struct str){copy, text.size};
    doc->root->failed = true;
    return STR("");
}

void doc_add_id(struct doc *parent, const char *name, int64_t id)
{
    char digits[I64_TEXT_SIZE];
    if (parent)
        doc_add_text(parent, name, keep(parent, str_of_i64(id, digits)));
}

/* Digits in groups of three: 1,234,567. */
static struct str grouped(struct doc *doc, int64_t number)
{
    char digits[24];
    char text[32];
    int digit_count = snprintf(digits, sizeof digits, "%" PRIu64,
                               number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
    size_t size = 0;
    if (number < 0)
        text[size++] = '-';
    for (int i = 0; i < digit_count; i++) {
        if (i > 0 && (digit_count - i) % 3 == 0)
            text[size++] = ',';
        text[size++] = digits[i];
    }
    return doc_format(doc, "%.*s", (int)size, text);
}

static void add_number(struct doc *parent, const char *name, int64_t number, struct str words)
{
    struct doc *leaf = add(parent, name, DOC_NUMBER, DOC_BOTH);
    if (!leaf)
        return;
    leaf->number = number;
    leaf->words = words;
}

void doc_add_number(struct doc *parent, const char *name, int64_t number)
{
    bool is_json = parent && parent->root->is_json; /* a program does not read the words */
    add_number(parent, name, number, is_json ? STR("") : grouped(parent, number));
}

void doc_add_code(struct doc *parent, const char *name, int64_t code, struct str words)
{
    if (code == ABSENT_I64 || code == ABSENT_I32) {
        add(parent, name, DOC_NOTHING, DOC_BOTH);
        return;
    }
    add_number(parent, name, code, words);
}

void doc_add_money(struct doc *parent, const char *name, int64_t amount_fen)
{
    if (!parent || amount_fen == ABSENT_I64) {
        add(parent, name, DOC_NOTHING, DOC_BOTH);
        return;
    }
    uint64_t fen = amount_fen < 0 ? 0 - (uint64_t)amount_fen : (uint64_t)amount_fen;
    struct str value = doc_format(parent, "%s%" PRIu64 ".%02u", amount_fen < 0 ? "-" : "",
                                  fen / FEN_PER_YUAN, (unsigned)(fen % FEN_PER_YUAN));
    char text[MONEY_TEXT_SIZE];
    struct str words = str_from(money_text(amount_fen, text));
    if (str_ends(words, STR("元"))) /* the unit stands in the page's words */
        words.size -= STR("元").size;
    words = doc_format(parent, "%.*s", STR_ARG(words));
    add_leaf(parent, name, DOC_BOTH, value, words);
}

void doc_add_day(struct doc *parent, const char *name, int32_t day)
{
    if (!parent || day < DAY_MIN || day > DAY_MAX) {
        add(parent, name, DOC_NOTHING, DOC_BOTH);
        return;
    }
    char text[DAY_TEXT_SIZE];
    doc_add_text(parent, name, keep(parent, str_from(day_text(day, text))));
}

void doc_add_instant(struct doc *parent, const char *name, int64_t at_ms)
{
    int32_t day = at_ms == ABSENT_I64 ? DAY_MIN - 1 : clock_city_day(at_ms);
    if (!parent || day < DAY_MIN || day > DAY_MAX) {
        add(parent, name, DOC_NOTHING, DOC_BOTH);
        return;
    }
    char text[DAY_TEXT_SIZE];
    day_text(day, text);
    int64_t within_ms = at_ms - clock_city_day_ms(day);
    int second = (int)(within_ms / 1000);
    struct str value = doc_format(parent, "%sT%02d:%02d:%02d.%03d+08:00", text, second / 3600,
                                  second / 60 % 60, second % 60, (int)(within_ms % 1000));
    struct str words = {0};
    if (!parent->root->is_json)
        words = doc_format(parent, "%s %02d:%02d", text, second / 3600, second / 60 % 60);
    add_leaf(parent, name, DOC_BOTH, value, words);
}

const struct doc *doc_member(const struct doc *object, struct str name)
{
    if (!object || object->kind != DOC_OBJECT)
        return NULL;
    for (const struct doc *member = object->first; member; member = member->next)
        if (str_equal_text(name, member->name))
            return member;
    return NULL;
}

void doc_to_json(const struct doc *doc, struct json *json)
{
    switch (doc->kind) {
    case DOC_NOTHING:
        json_nothing(json);
        return;
    case DOC_BOOL:
        json_bool(json, doc->number != 0);
        return;
    case DOC_TEXT:
        json_text(json, doc->value);
        return;
    case DOC_NUMBER:
        json_number(json, doc->number);
        return;
    case DOC_OBJECT:
        json_object_begin(json);
        for (const struct doc *member = doc->first; member; member = member->next) {
            if (member->face == DOC_PAGE)
                continue;
            json_key(json, member->name);
            doc_to_json(member, json);
        }
        json_object_end(json);
        return;
    case DOC_LIST:
        json_array_begin(json);
        for (const struct doc *member = doc->first; member; member = member->next)
            doc_to_json(member, json);
        json_array_end(json);
        return;
    }
}
