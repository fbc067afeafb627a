#include "domain/news/news_message.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/secret.h"
#include "domain/registry/fact.h"
#include "store/event.h"
#include "news_message_sql.h"

#include <inttypes.h>

enum {
    DUE_LOOKED_AT = 20,
    ATTEMPTS_SHOWN_MAX = 200,
    STATUS_TIMEOUT = 408,
    STATUS_RATE = 429,
    MINUTE_MS = 60 * 1000,
};

static const struct {
    const char *name, *words;
} states[MESSAGE_STATE_COUNT] = {
    [MESSAGE_WAITS] = {"waits", "等待发送"},
    [MESSAGE_SENT] = {"sent", "已发出"},
    [MESSAGE_DEAD] = {"dead", "没有发出"},
    [MESSAGE_NO_ADDRESS] = {"no_address", "没有号码或地址"},
};

const char *news_message_state_name(enum message_state state)
{
    return states[state].name ? states[state].name : "";
}

const char *news_message_state_words(enum message_state state)
{
    return states[state].words ? states[state].words : "";
}

static struct secret_place place_of(int64_t id)
{
    return (struct secret_place){"message", "content", id};
}

static struct str or_empty(struct str text)
{
    return text.ptr ? text : STR("");
}

int64_t message_quiet_end_ms(struct message_quiet quiet, int64_t now_ms)
{
    int32_t day = clock_city_day(now_ms);
    int64_t minute = (now_ms - clock_city_day_ms(day)) / MINUTE_MS;
    bool over_midnight = quiet.from_minute > quiet.to_minute;
    bool is_quiet = over_midnight ? minute >= quiet.from_minute || minute < quiet.to_minute
                                  : minute >= quiet.from_minute && minute < quiet.to_minute;
    if (!is_quiet)
        return now_ms;
    bool is_tomorrow = over_midnight && minute >= quiet.from_minute;
    return clock_city_day_ms(is_tomorrow ? day + 1 : day) + (int64_t)quiet.to_minute * MINUTE_MS;
}

/* ---- content, sealed */

static enum err seal(struct work *w, const struct message *message, struct str *ret_content)
{
    struct text_buf text;
    struct json json;
    text_init(&text, w->arena);
    json_init(&json, &text);
    json_object_begin(&json);
    json_add_text(&json, "address", or_empty(message->address));
    json_add_text(&json, "subject", or_empty(message->subject));
    json_add_text(&json, "text", or_empty(message->text));
    json_object_end(&json);
    if (text.failed)
        return fail(w, ERR_MEMORY, "no memory for a message");
    if (secret_seal(w->secrets, w->arena, place_of(message->id), text_str(&text), ret_content) !=
        ERR_OK)
        return fail(w, ERR_SECRET, "消息加密失败");
    return ERR_OK;
}

static enum err open_content(struct work *w, struct message *message)
{
    struct message_content_in in = {message->id};
    struct message_content_out row;
    const struct json_value *object;
    struct str clear;
    TRY(message_content(w, &in, &row));
    if (secret_open(w->secrets, w->arena, place_of(message->id), row.content, &clear) != ERR_OK)
        return fail(w, ERR_SECRET, "消息解密失败");
    TRY(json_parse(w->arena, clear, SECRET_CLEAR_SIZE_MAX, &object, &w->fault));
    message->address = or_empty(json_member_text(object, "address"));
    message->subject = or_empty(json_member_text(object, "subject"));
    message->text = or_empty(json_member_text(object, "text"));
    return ERR_OK;
}

/* The telephone number of a person; empty when none is known. */
static enum err find_address(struct work *w, const struct message *message, struct str *ret_address)
{
    struct fact person;
    *ret_address = STR("");
    if (message->person_id == 0 || message->channel != MESSAGE_SMS)
        return ERR_OK;
    enum err err =
        fact_read(w, REGISTRY_person, message->person_id, message->person_id, &person);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        return ERR_OK;
    }
    TRY(err);
    struct str phone;
    TRY(fact_open_secret(w->arena, w->secrets, &person, FIELD_person_phone, &phone, &w->fault));
    *ret_address = or_empty(phone);
    return ERR_OK;
}

/* ---- queueing */

static enum err find_key(struct work *w, struct str key, int64_t *ret_id)
{
    struct message_id_by_key_in in = {key};
    struct message_id_by_key_out row = {0};
    struct cursor cursor;
    bool found;
    TRY(message_id_by_key(w, &in, &cursor));
    TRY(message_id_by_key_next(&cursor, &row, &found));
    cursor_close(&cursor);
    *ret_id = found ? row.id : 0;
    return ERR_OK;
}

static enum err insert(struct work *w, const struct message *message)
{
    bool has_address = message->address.size > 0;
    struct message_insert_in in = {
        .id = message->id,
        .key = message->key,
        .channel = (int32_t)message->channel,
        .kind = message->kind,
        .person_id = message->person_id,
        .organisation_id = message->organisation_id,
        .case_id = message->case_id,
        .state = (int32_t)(has_address ? MESSAGE_WAITS : MESSAGE_NO_ADDRESS),
        .next_ms = w->now_ms,
        .queued_ms = w->now_ms,
        .ended_ms = has_address ? 0 : w->now_ms,
        .outcome = STR(""),
    };
    TRY(seal(w, message, &in.content));
    return message_insert(w, &in, NULL);
}

enum err news_message_queue(struct work *w, const struct news_book *book,
                            const struct message_request *request, int64_t *ret_id)
{
    const struct news_message_text *text = news_message_text_of(book, request->kind);
    int64_t id;
    TRY(find_key(w, request->key, &id));
    if (id != 0) {
        *ret_id = id;
        return ERR_OK;
    }
    if (!text)
        return fail(w, ERR_CATALOGUE, "message.csv 里没有“%s”", request->kind);
    struct message message = {
        .id = id_next(w->ids),
        .key = request->key,
        .kind = text->kind,
        .channel = text->channel,
        .person_id = request->person_id,
        .organisation_id = request->organisation_id,
        .case_id = request->case_id,
        .address = or_empty(request->address),
    };
    TRY(news_fill(w->arena, text->subject, request->values, request->value_count,
                  &message.subject, &w->fault));
    TRY(news_fill(w->arena, text->text, request->values, request->value_count, &message.text,
                  &w->fault));
    if (message.address.size == 0)
        TRY(find_address(w, &message, &message.address));
    TRY(insert(w, &message));
    *ret_id = message.id;
    return ERR_OK;
}

/* ---- reading */

static enum err read_row(struct work *w, int64_t id, struct message *ret_message)
{
    struct message_by_id_in in = {id};
    struct message_by_id_out row;
    enum err err = message_by_id(w, &in, &row);
    if (err == ERR_NOT_FOUND)
        return fail(w, err, "没有这条消息");
    TRY(err);
    *ret_message = (struct message){
        .id = row.id,
        .key = row.key,
        .kind = row.kind,
        .channel = (enum message_channel)row.channel,
        .person_id = row.person_id,
        .organisation_id = row.organisation_id,
        .case_id = row.case_id,
        .address = STR(""),
        .subject = STR(""),
        .text = STR(""),
        .state = (enum message_state)row.state,
        .attempt_count = row.attempt_count,
        .next_ms = row.next_ms,
        .queued_ms = row.queued_ms,
        .ended_ms = row.ended_ms,
        .outcome = row.outcome,
    };
    return ERR_OK;
}

enum err news_message_read(struct work *w, int64_t id, struct message *ret_message)
{
    TRY(read_row(w, id, ret_message));
    return open_content(w, ret_message);
}

enum err news_message_list(struct work *w, enum message_state state, int64_t before_id,
                           int32_t row_count_max, struct message **ret_messages,
                           int32_t *ret_count)
{
    int64_t ids[MESSAGE_ROWS_MAX];
    int32_t count = 0;
    check(row_count_max <= MESSAGE_ROWS_MAX);
    struct message_ids_of_state_in in = {(int32_t)state, before_id, row_count_max};
    struct cursor cursor;
    TRY(message_ids_of_state(w, &in, &cursor));
    for (;;) {
        struct message_ids_of_state_out row;
        bool more;
        TRY(message_ids_of_state_next(&cursor, &row, &more));
        if (!more)
            break;
        ids[count++] = row.id;
    }
    struct message *messages = ARENA_NEW_ARRAY(w->arena, struct message, (size_t)count + 1);
    if (!messages)
        return fail(w, ERR_MEMORY, "no memory for the messages");
    for (int32_t i = 0; i < count; i++)
        TRY(read_row(w, ids[i], &messages[i]));
    *ret_messages = messages;
    *ret_count = count;
    return ERR_OK;
}

enum err news_message_count(struct work *w, enum message_state state, int32_t count_max,
                            int64_t *ret_count)
{
    struct message_count_of_state_in in = {(int32_t)state, count_max};
    struct message_count_of_state_out row;
    TRY(message_count_of_state(w, &in, &row));
    *ret_count = row.message_count;
    return ERR_OK;
}

enum err news_message_attempts(struct work *w, int64_t id, struct message_attempt **ret_attempts,
                               int32_t *ret_count)
{
    struct message_attempt *rows =
        ARENA_NEW_ARRAY(w->arena, struct message_attempt, ATTEMPTS_SHOWN_MAX);
    int32_t count = 0;
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for the tries");
    struct message_attempt_list_in in = {id, ATTEMPTS_SHOWN_MAX};
    struct cursor cursor;
    TRY(message_attempt_list(w, &in, &cursor));
    for (;;) {
        struct message_attempt_list_out row;
        bool more;
        TRY(message_attempt_list_next(&cursor, &row, &more));
        if (!more)
            break;
        rows[count++] = (struct message_attempt){row.at_ms, row.status, row.duration_ms,
                                                 str_copy(w->arena, row.outcome),
                                                 str_copy(w->arena, row.actor)};
    }
    *ret_attempts = rows;
    *ret_count = count;
    return ERR_OK;
}

/* ---- sending */

struct due {
    int64_t id, next_ms;
    bool is_urgent;
};

static enum err list_due(struct work *w, const struct news_book *book, struct due *due,
                         int32_t *ret_count)
{
    int32_t count = 0;
    struct message_due_in in = {w->now_ms, DUE_LOOKED_AT};
    struct cursor cursor;
    TRY(message_due(w, &in, &cursor));
    for (;;) {
        struct message_due_out row;
        bool more;
        TRY(message_due_next(&cursor, &row, &more));
        if (!more)
            break;
        const char *kind = str_z(w->arena, row.kind);
        const struct news_message_text *text = kind ? news_message_text_of(book, kind) : NULL;
        due[count++] = (struct due){row.id, row.next_ms, text && text->is_urgent};
    }
    *ret_count = count;
    return ERR_OK;
}

enum err news_message_is_due(struct work *w, bool *ret_is_due)
{
    struct message_due_in in = {w->now_ms, 1};
    struct message_due_out row;
    struct cursor cursor;
    TRY(message_due(w, &in, &cursor));
    TRY(message_due_next(&cursor, &row, ret_is_due));
    cursor_close(&cursor);
    return ERR_OK;
}

static enum err hold(struct work *w, const struct due *due, int64_t until_ms, bool *ret_held)
{
    int64_t changed_count;
    struct message_hold_in in = {due->id, due->next_ms, until_ms};
    TRY(message_hold(w, &in, &changed_count));
    *ret_held = changed_count == 1;
    return ERR_OK;
}

enum err news_message_take(struct work *w, const struct news_book *book,
                           struct message_quiet quiet, struct message *ret_message,
                           bool *ret_found)
{
    struct due due[DUE_LOOKED_AT];
    int32_t count;
    int64_t quiet_end_ms = message_quiet_end_ms(quiet, w->now_ms);
    *ret_found = false;
    TRY(list_due(w, book, due, &count));
    for (int32_t i = 0; i < count && !*ret_found; i++) {
        bool waits = quiet_end_ms > w->now_ms && !due[i].is_urgent, is_held;
        TRY(hold(w, &due[i], waits ? quiet_end_ms : w->now_ms + MESSAGE_HELD_MS, &is_held));
        if (waits || !is_held)
            continue;
        TRY(news_message_read(w, due[i].id, ret_message));
        *ret_found = true;
    }
    return ERR_OK;
}

/* Refused for good: the same message would be refused again. */
static bool is_refusal(int32_t status)
{
    return status >= 400 && status < 500 && status != STATUS_TIMEOUT && status != STATUS_RATE;
}

enum err news_message_note(struct work *w, const struct message *message,
                           const struct message_result *result)
{
    bool is_sent = result->status >= 200 && result->status < 300;
    bool is_dead = !is_sent && (is_refusal(result->status) ||
                                message->attempt_count + 1 >= MESSAGE_ATTEMPTS_MAX);
    struct message_attempt_insert_in attempt = {
        .id = id_next(w->ids),
        .message_id = message->id,
        .at_ms = w->now_ms,
        .status = result->status,
        .duration_ms = result->duration_ms,
        .outcome = or_empty(result->outcome),
        .actor = STR(""),
    };
    struct message_note_in in = {
        .id = message->id,
        .state = (int32_t)(is_sent ? MESSAGE_SENT : is_dead ? MESSAGE_DEAD : MESSAGE_WAITS),
        .next_ms = w->now_ms + ((int64_t)MESSAGE_RETRY_MS << message->attempt_count),
        .ended_ms = is_sent || is_dead ? w->now_ms : 0,
        .outcome = or_empty(result->outcome),
    };
    TRY(message_attempt_insert(w, &attempt, NULL));
    TRY(message_note(w, &in, NULL));
    if (!is_sent && !is_dead)
        return ERR_OK;
    struct event event = {.kind = is_sent ? STR("message.sent") : STR("message.dead"),
                          .person_id = message->person_id,
                          .subject_id = message->id};
    return event_append(w, &event);
}

enum err news_message_again(struct work *w, int64_t id)
{
    struct message message;
    struct str address;
    int64_t changed_count;
    TRY(news_message_read(w, id, &message));
    TRY(find_address(w, &message, &address));
    if (address.size > 0)
        message.address = address;
    if (message.address.size == 0)
        return fail(w, ERR_NEWS_STATE, "还是没有号码或地址，请先在档案里补上");
    struct message_again_in in = {.id = id, .next_ms = w->now_ms};
    TRY(seal(w, &message, &in.content));
    TRY(message_again(w, &in, &changed_count));
    if (changed_count != 1)
        return fail(w, ERR_NEWS_STATE, "这条消息已经在等待或已发出");
    struct message_attempt_insert_in attempt = {
        .id = id_next(w->ids),
        .message_id = id,
        .at_ms = w->now_ms,
        .outcome = STR("再发一次"),
        .actor = or_empty(w->actor.name),
    };
    return message_attempt_insert(w, &attempt, NULL);
}
