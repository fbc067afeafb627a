#include "base/json.h"

#include "base/day.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

_Static_assert(JSON_DEPTH_MAX < 64, "has_member holds one bit a depth");

void json_init(struct json *json, struct text_buf *out)
{
    *json = (struct json){.out = out};
}

/* Every value passes here: writes the comma that it may need. */
static void before_value(struct json *json)
{
    if (json->after_key) {
        json->after_key = false;
        return;
    }
    if (json->has_member >> json->depth & 1)
        text_add_byte(json->out, ',');
    json->has_member |= (uint64_t)1 << json->depth;
}

static void begin(struct json *json, char bracket)
{
    before_value(json);
    check(json->depth < JSON_DEPTH_MAX);
    json->depth++;
    json->has_member &= ~((uint64_t)1 << json->depth);
    text_add_byte(json->out, bracket);
}

static void end(struct json *json, char bracket)
{
    check(json->depth > 0);
    check(!json->after_key);
    json->depth--;
    text_add_byte(json->out, bracket);
}

void json_object_begin(struct json *json)
{
    begin(json, '{');
}

void json_object_end(struct json *json)
{
    end(json, '}');
}

void json_array_begin(struct json *json)
{
    begin(json, '[');
}

void json_array_end(struct json *json)
{
    end(json, ']');
}

static void add_escaped_byte(struct text_buf *out, unsigned char byte)
{
    switch (byte) {
    case '"': text_add(out, STR("\\\"")); break;
    case '\\': text_add(out, STR("\\\\")); break;
    case '\n': text_add(out, STR("\\n")); break;
    case '\r': text_add(out, STR("\\r")); break;
    case '\t': text_add(out, STR("\\t")); break;
    default: text_format(out, "\\u%04x", byte);
    }
}

static bool needs_escape(unsigned char byte)
{
    return byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7F;
}

/* Plain runs are copied whole; a malformed byte becomes U+FFFD, so the output is always UTF-8. */
static void add_quoted(struct text_buf *out, struct str s)
{
    text_add_byte(out, '"');
    const char *run = s.ptr;
    while (s.size > 0) {
        const char *at = s.ptr;
        unsigned char byte = (unsigned char)*at;
        if (byte < 0x80 && !needs_escape(byte)) {
            s = (struct str){s.ptr + 1, s.size - 1};
            continue;
        }
        bool malformed = str_next_character(&s) == 0xFFFFFFFF;
        if (!malformed && !needs_escape(byte))
            continue;
        text_add(out, (struct str){run, (size_t)(at - run)});
        if (malformed)
            text_add(out, STR("\xEF\xBF\xBD"));
        else
            add_escaped_byte(out, byte);
        run = s.ptr;
    }
    if (run)
        text_add(out, (struct str){run, (size_t)(s.ptr - run)});
    text_add_byte(out, '"');
}

static void write_key(struct json *json, struct str key)
{
    check(json->depth > 0);
    check(!json->after_key);
    before_value(json);
    add_quoted(json->out, key);
    text_add_byte(json->out, ':');
    json->after_key = true;
}

void json_key(struct json *json, const char *key)
{
    write_key(json, str_from(key));
}

void json_text(struct json *json, struct str s)
{
    if (!s.ptr) {
        json_nothing(json);
        return;
    }
    before_value(json);
    add_quoted(json->out, s);
}

void json_text_z(struct json *json, const char *zero_terminated)
{
    json_text(json, str_from(zero_terminated));
}

void json_number(struct json *json, int64_t value)
{
    char digits[I64_TEXT_SIZE];
    before_value(json);
    text_add(json->out, str_of_i64(value, digits));
}

void json_id(struct json *json, int64_t id)
{
    before_value(json);
    text_format(json->out, "\"%" PRId64 "\"", id);
}

void json_money(struct json *json, int64_t amount_fen)
{
    uint64_t fen = amount_fen < 0 ? 0 - (uint64_t)amount_fen : (uint64_t)amount_fen;
    before_value(json);
    text_format(json->out, "\"%s%" PRIu64 ".%02" PRIu64 "\"", amount_fen < 0 ? "-" : "", fen / 100,
                fen % 100);
}

void json_day(struct json *json, int32_t day)
{
    char buffer[DAY_TEXT_SIZE];
    if (day < DAY_MIN || day > DAY_MAX)
        json_nothing(json);
    else
        json_text_z(json, day_text(day, buffer));
}

void json_month(struct json *json, int32_t month)
{
    char buffer[DAY_TEXT_SIZE];
    if (month_text(month, buffer)[0] == '-')
        json_nothing(json);
    else
        json_text_z(json, buffer);
}

void json_bool(struct json *json, bool value)
{
    before_value(json);
    text_add_z(json->out, value ? "true" : "false");
}

void json_nothing(struct json *json)
{
    before_value(json);
    text_add(json->out, STR("null"));
}

void json_add_text(struct json *json, const char *key, struct str s)
{
    json_key(json, key);
    json_text(json, s);
}

void json_add_text_z(struct json *json, const char *key, const char *zero_terminated)
{
    json_key(json, key);
    json_text_z(json, zero_terminated);
}

void json_add_number(struct json *json, const char *key, int64_t value)
{
    json_key(json, key);
    json_number(json, value);
}

void json_add_id(struct json *json, const char *key, int64_t id)
{
    json_key(json, key);
    json_id(json, id);
}

void json_add_money(struct json *json, const char *key, int64_t amount_fen)
{
    json_key(json, key);
    json_money(json, amount_fen);
}

void json_add_day(struct json *json, const char *key, int32_t day)
{
    json_key(json, key);
    json_day(json, day);
}

void json_add_month(struct json *json, const char *key, int32_t month)
{
    json_key(json, key);
    json_month(json, month);
}

void json_add_bool(struct json *json, const char *key, bool value)
{
    json_key(json, key);
    json_bool(json, value);
}

/* ---- reading ---- */

/* Nesting is measured before the library parses, because its own limit is deep recursion. */
static bool is_too_deep(struct str text)
{
    int depth = 0;
    bool in_text = false;
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.ptr[i];
        if (in_text) {
            if (byte == '\\')
                i++;
            else if (byte == '"')
                in_text = false;
        } else if (byte == '"') {
            in_text = true;
        } else if (byte == '{' || byte == '[') {
            if (++depth > JSON_DEPTH_MAX)
                return true;
        } else if (byte == '}' || byte == ']') {
            depth--;
        }
    }
    return false;
}

struct copying {
    struct arena *arena;
    struct fault *fault;
};

static enum err copy_value(struct copying *copying, json_t *from, struct json_value *to);

/* Makes the next member, linked behind the last one. */
static struct json_value *append_member(struct copying *copying, struct json_value *parent,
                                        struct json_value **last)
{
    struct json_value *member = ARENA_NEW(copying->arena, struct json_value);
    if (!member)
        return NULL;
    if (*last)
        (*last)->next = member;
    else
        parent->first = member;
    *last = member;
    parent->count++;
    return member;
}

static enum err copy_members(struct copying *copying, json_t *from, struct json_value *to)
{
    struct json_value *last = NULL;
    if (json_is_array(from)) {
        for (size_t i = 0; i < json_array_size(from); i++) {
            struct json_value *member = append_member(copying, to, &last);
            if (!member)
                return fault_set(copying->fault, ERR_MEMORY, "no memory for the JSON text");
            TRY(copy_value(copying, json_array_get(from, i), member));
        }
        return ERR_OK;
    }
    for (void *at = json_object_iter(from); at; at = json_object_iter_next(from, at)) {
        struct json_value *member = append_member(copying, to, &last);
        if (!member)
            return fault_set(copying->fault, ERR_MEMORY, "no memory for the JSON text");
        member->key = str_copy(copying->arena, str_from(json_object_iter_key(at)));
        if (!member->key.ptr)
            return fault_set(copying->fault, ERR_MEMORY, "no memory for the JSON text");
        TRY(copy_value(copying, json_object_iter_value(at), member));
    }
    return ERR_OK;
}

static enum err copy_value(struct copying *copying, json_t *from, struct json_value *to)
{
    switch (json_typeof(from)) {
    case JSON_STRING:
        to->kind = JSON_KIND_TEXT;
        to->text = str_copy(copying->arena, (struct str){json_string_value(from),
                                                         json_string_length(from)});
        return to->text.ptr ? ERR_OK
                            : fault_set(copying->fault, ERR_MEMORY, "no memory for the JSON text");
    case JSON_INTEGER:
        to->kind = JSON_KIND_NUMBER;
        to->number = json_integer_value(from);
        return ERR_OK;
    case JSON_REAL:
        return fault_set(copying->fault, ERR_JSON,
                         "%g is not a whole number; amounts are texts such as \"1000.50\"",
                         json_real_value(from));
    case JSON_TRUE:
    case JSON_FALSE:
        to->kind = JSON_KIND_BOOL;
        to->number = json_is_true(from);
        return ERR_OK;
    case JSON_OBJECT:
        to->kind = JSON_KIND_OBJECT;
        return copy_members(copying, from, to);
    case JSON_ARRAY:
        to->kind = JSON_KIND_ARRAY;
        return copy_members(copying, from, to);
    default:
        to->kind = JSON_KIND_NULL;
        return ERR_OK;
    }
}

enum err json_parse(struct arena *arena, struct str text, size_t size_max,
                    const struct json_value **ret_value, struct fault *fault)
{
    if (text.size > size_max)
        return fault_set(fault, ERR_LIMIT, "the JSON text has %zu bytes, %zu are allowed",
                         text.size, size_max);
    if (is_too_deep(text))
        return fault_set(fault, ERR_LIMIT, "the JSON text nests deeper than %d", JSON_DEPTH_MAX);
    struct json_value *value = ARENA_NEW(arena, struct json_value);
    if (!value)
        return fault_set(fault, ERR_MEMORY, "no memory for the JSON text");
    json_error_t error;
    json_t *tree = json_loadb(text.ptr ? text.ptr : "", text.size,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!tree)
        return fault_set(fault, ERR_JSON, "line %d, column %d: %s", error.line, error.column,
                         error.text);
    struct copying copying = {arena, fault};
    enum err err = copy_value(&copying, tree, value);
    json_decref(tree);
    if (err == ERR_OK)
        *ret_value = value;
    return err;
}

const struct json_value *json_member(const struct json_value *object, const char *key)
{
    if (!object || object->kind != JSON_KIND_OBJECT)
        return NULL;
    for (const struct json_value *member = object->first; member; member = member->next) {
        if (str_equal_text(member->key, key))
            return member;
    }
    return NULL;
}

struct str json_member_text(const struct json_value *object, const char *key)
{
    const struct json_value *member = json_member(object, key);
    return member && member->kind == JSON_KIND_TEXT ? member->text : (struct str){NULL, 0};
}

int64_t json_member_number(const struct json_value *object, const char *key, int64_t otherwise)
{
    const struct json_value *member = json_member(object, key);
    return member && member->kind == JSON_KIND_NUMBER ? member->number : otherwise;
}

void json_value_write(struct json *json, const struct json_value *value)
{
    switch (value->kind) {
    case JSON_KIND_NULL: json_nothing(json); return;
    case JSON_KIND_BOOL: json_bool(json, value->number); return;
    case JSON_KIND_NUMBER: json_number(json, value->number); return;
    case JSON_KIND_TEXT: json_text(json, value->text); return;
    case JSON_KIND_ARRAY: json_array_begin(json); break;
    case JSON_KIND_OBJECT: json_object_begin(json); break;
    }
    for (const struct json_value *member = value->first; member; member = member->next) {
        if (value->kind == JSON_KIND_OBJECT)
            write_key(json, member->key);
        json_value_write(json, member);
    }
    if (value->kind == JSON_KIND_OBJECT)
        json_object_end(json);
    else
        json_array_end(json);
}
