/* json.h — JSON out: an append writer into a text_buf; JSON in: a strict reader with limits.
 *
 * Numbers in JSON are doubles to many readers: identifiers are therefore written as texts, money as
 * a text in yuan ("1000.50"), days as "2022-08-22". The reader takes whole numbers only.
 *
 * Memory   the writer's text and the reader's tree live in the given arena
 * Errors   the reader: ERR_JSON with line and column, ERR_LIMIT, ERR_MEMORY. The writer fails with
 *          its text_buf; writing in a wrong order stops (check)
 * Limits   JSON_DEPTH_MAX nested arrays and objects for both; the reader's size limit is given
 */
#ifndef BAIGONG_JSON_H
#define BAIGONG_JSON_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum { JSON_DEPTH_MAX = 48 }; /* no document of ours nests deeper; keeps the stack small */

struct json {
    struct text_buf *out;
    int depth;
    uint64_t has_member; /* bit d: something stands already at depth d */
    bool after_key;
};

void json_init(struct json *json, struct text_buf *out);

void json_object_begin(struct json *json);
void json_object_end(struct json *json);
void json_array_begin(struct json *json);
void json_array_end(struct json *json);
void json_key(struct json *json, const char *key);

void json_text(struct json *json, struct str s); /* an absent str (ptr NULL) is null */
void json_text_z(struct json *json, const char *zero_terminated);
void json_number(struct json *json, int64_t value);
void json_id(struct json *json, int64_t id);              /* as a text */
void json_money(struct json *json, int64_t amount_fen);   /* "1000.50", yuan */
void json_day(struct json *json, int32_t day);            /* null outside DAY_MIN to DAY_MAX */
void json_month(struct json *json, int32_t month);        /* "2022-08" */
void json_bool(struct json *json, bool value);
void json_nothing(struct json *json);

/* Key and value in one call. */
void json_add_text(struct json *json, const char *key, struct str s);
void json_add_text_z(struct json *json, const char *key, const char *zero_terminated);
void json_add_number(struct json *json, const char *key, int64_t value);
void json_add_id(struct json *json, const char *key, int64_t id);
void json_add_money(struct json *json, const char *key, int64_t amount_fen);
void json_add_day(struct json *json, const char *key, int32_t day);
void json_add_month(struct json *json, const char *key, int32_t month);
void json_add_bool(struct json *json, const char *key, bool value);

enum json_kind {
    JSON_KIND_NULL,
    JSON_KIND_BOOL,
    JSON_KIND_NUMBER,
    JSON_KIND_TEXT,
    JSON_KIND_ARRAY,
    JSON_KIND_OBJECT
};

struct json_value {
    enum json_kind kind;
    int64_t number;                 /* JSON_KIND_NUMBER; JSON_KIND_BOOL: 0 or 1 */
    struct str key;                 /* when it is a member of an object */
    struct str text;                /* JSON_KIND_TEXT; zero-terminated */
    const struct json_value *first; /* members of an array or object, in the order of the text */
    const struct json_value *next;  /* the next member of the same parent */
    int32_t count;                  /* of members */
};

/* Reads one value: UTF-8, no member twice, nothing behind it. */
enum err json_parse(struct arena *arena, struct str text, size_t size_max,
                    const struct json_value **ret_value, struct fault *fault);

/* Member by key; NULL when there is none or the value is no object. */
const struct json_value *json_member(const struct json_value *object, const char *key);

/* Member of the right kind: text (absent str otherwise), number (otherwise the given one). */
struct str json_member_text(const struct json_value *object, const char *key);
int64_t json_member_number(const struct json_value *object, const char *key, int64_t otherwise);

/* Writes a value that was read. */
void json_value_write(struct json *json, const struct json_value *value);

#endif
