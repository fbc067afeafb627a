#include "domain/news/news_objection.h"

#include "base/day.h"
#include "base/id.h"
#include "base/json.h"
#include "base/rand.h"
#include "base/secret.h"
#include "domain/news/news_notice.h"
#include "store/event.h"
#include "news_objection_sql.h"

#include <inttypes.h>
#include <string.h>

enum { CODE_CHARACTERS = 12, COUNTED_MAX = 5000 };

/* Without the letters and digits that are mistaken for each other: 32 of them, 5 bits each. */
static const char code_letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

static const struct {
    const char *name, *words;
} states[OBJECTION_STATE_COUNT] = {
    [OBJECTION_OPEN] = {"open", "处理中"},
    [OBJECTION_UPHELD] = {"upheld", "异议成立"},
    [OBJECTION_REJECTED] = {"rejected", "异议不成立"},
};

const char *news_objection_state_name(enum objection_state state)
{
    return states[state].name ? states[state].name : "";
}

const char *news_objection_state_words(enum objection_state state)
{
    return states[state].words ? states[state].words : "";
}

static struct secret_place place_of(int64_t id)
{
    return (struct secret_place){"objection", "given", id};
}

static struct str or_empty(struct str text)
{
    return text.ptr ? text : STR("");
}

/* ---- the receipt code */

static enum err make_code(char ret_code[OBJECTION_CODE_SIZE])
{
    uint8_t bytes[CODE_CHARACTERS];
    int at = 0;
    TRY(rand_secure(bytes, sizeof bytes));
    for (int i = 0; i < CODE_CHARACTERS; i++) {
        if (i > 0 && i % 4 == 0)
            ret_code[at++] = '-';
        ret_code[at++] = code_letters[bytes[i] % 32];
    }
    ret_code[at] = '\0';
    return ERR_OK;
}

/* The twelve characters of a code as it is typed; false when it cannot be one. */
static bool read_code(struct str typed, char ret_code[CODE_CHARACTERS])
{
    int count = 0;
    for (size_t i = 0; i < typed.size; i++) {
        char c = typed.ptr[i];
        if (c == ' ' || c == '-')
            continue;
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (count == CODE_CHARACTERS || !strchr(code_letters, c) || c == '\0')
            return false;
        ret_code[count++] = c;
    }
    return count == CODE_CHARACTERS;
}

static enum err index_of(struct work *w, struct str typed, uint8_t ret_index[SECRET_INDEX_SIZE])
{
    char code[CODE_CHARACTERS];
    if (!read_code(typed, code))
        return fail(w, ERR_NOT_FOUND, "没有这个回执号");
    struct str clear = {code, sizeof code};
    if (secret_index(w->secrets, "objection", clear, ret_index) != ERR_OK)
        return fail(w, ERR_SECRET, "没有密钥，不能受理异议");
    return ERR_OK;
}

/* ---- what was given, sealed */

static enum err seal(struct work *w, const struct objection *objection, struct str *ret_given)
{
    struct text_buf text;
    struct json json;
    text_init(&text, w->arena);
    json_init(&json, &text);
    json_object_begin(&json);
    json_add_text(&json, "name", or_empty(objection->name));
    json_add_text(&json, "contact", or_empty(objection->contact));
    json_add_text(&json, "text", or_empty(objection->text));
    json_object_end(&json);
    if (text.failed)
        return fail(w, ERR_MEMORY, "no memory for an objection");
    enum err err = secret_seal(w->secrets, w->arena, place_of(objection->id), text_str(&text),
                               ret_given);
    return err == ERR_OK ? ERR_OK : fail(w, err, "异议的内容加密失败");
}

static enum err open_given(struct work *w, struct str given, struct objection *objection)
{
    const struct json_value *object;
    struct str clear;
    enum err err = secret_open(w->secrets, w->arena, place_of(objection->id), given, &clear);
    if (err != ERR_OK)
        return fail(w, err, "异议的内容解密失败");
    TRY(json_parse(w->arena, clear, SECRET_CLEAR_SIZE_MAX, &object, &w->fault));
    objection->name = or_empty(json_member_text(object, "name"));
    objection->contact = or_empty(json_member_text(object, "contact"));
    objection->text = or_empty(json_member_text(object, "text"));
    return ERR_OK;
}

/* ---- taking one */

static enum err tell(struct work *w, const struct objection *objection, const char *kind)
{
    struct event event = {
        .kind = str_from(kind),
        .subject_id = objection->id,
        .detail = str_from(text_in(w->arena,
                                   "{\"notice\":\"%" PRId64 "\",\"position\":%" PRId32
                                   ",\"case\":\"%" PRId64 "\"}",
                                   objection->notice_id, objection->position,
                                   objection->case_id)),
    };
    return event_append(w, &event);
}

static enum err expect_open_notice(struct work *w, int64_t notice_id, struct notice *ret_notice)
{
    int64_t open_count;
    TRY(news_notice_read(w, notice_id, ret_notice));
    if (ret_notice->state != NOTICE_PUBLISHED || w->today_day > ret_notice->last_day) {
        fail(w, ERR_NEWS_STATE, "这份公示不在公示期内，不能提异议");
        return fault_hint(&w->fault, "公示期以后的问题，请直接向发布机构反映。");
    }
    TRY(news_objection_open_count(w, notice_id, &open_count));
    if (open_count < OBJECTION_OPEN_MAX)
        return ERR_OK;
    return fail(w, ERR_LIMIT, "这份公示的异议太多，请直接向发布机构反映");
}

enum err news_objection_add(struct work *w, const struct objection *objection,
                            char ret_code[OBJECTION_CODE_SIZE], int64_t *ret_id)
{
    struct notice notice;
    struct objection row = *objection;
    uint8_t index[SECRET_INDEX_SIZE];
    char code[OBJECTION_CODE_SIZE];
    TRY(expect_open_notice(w, row.notice_id, &notice));
    if (str_trim(or_empty(row.text)).size == 0)
        return fail(w, ERR_INPUT, "没有写异议的内容");
    if (row.text.size > OBJECTION_TEXT_SIZE_MAX)
        return fail(w, ERR_LIMIT, "异议的内容太长");
    row.id = id_next(w->ids);
    row.division = notice.division;
    row.case_id = 0;
    if (row.position != 0) {
        struct notice_line line;
        TRY(news_notice_line(w, row.notice_id, row.position, &line));
        row.case_id = line.case_id;
    }
    if (make_code(code) != ERR_OK)
        return fail(w, ERR_SECRET, "没有随机数，不能受理异议");
    TRY(index_of(w, str_from(code), index));
    struct objection_insert_in in = {
        .id = row.id,
        .notice_id = row.notice_id,
        .position = row.position,
        .division = row.division,
        .case_id = row.case_id,
        .code_index = {(const char *)index, sizeof index},
        .received_ms = w->now_ms,
        .due_day = row.due_day,
    };
    TRY(seal(w, &row, &in.given));
    TRY(objection_insert(w, &in, NULL));
    TRY(tell(w, &row, "objection.received"));
    memcpy(ret_code, code, sizeof code);
    *ret_id = row.id;
    return ERR_OK;
}

/* ---- reading */

enum err news_objection_read(struct work *w, int64_t id, struct objection *ret_objection)
{
    struct objection_by_id_in in = {id};
    struct objection_by_id_out row;
    enum err err = objection_by_id(w, &in, &row);
    if (err == ERR_NOT_FOUND)
        return fail(w, err, "没有这件异议");
    TRY(err);
    struct objection objection = {
        .id = row.id,
        .notice_id = row.notice_id,
        .position = row.position,
        .division = row.division,
        .case_id = row.case_id,
        .state = (enum objection_state)row.state,
        .received_ms = row.received_ms,
        .decided_ms = row.decided_ms,
        .due_day = row.due_day,
        .decided_by = row.decided_by,
        .answer = row.answer,
    };
    TRY(open_given(w, row.given, &objection));
    *ret_objection = objection;
    return ERR_OK;
}

enum err news_objection_by_code(struct work *w, struct str code, struct objection *ret_objection)
{
    uint8_t index[SECRET_INDEX_SIZE];
    struct objection_id_by_code_out row;
    TRY(index_of(w, or_empty(code), index));
    struct objection_id_by_code_in in = {{(const char *)index, sizeof index}};
    enum err err = objection_id_by_code(w, &in, &row);
    if (err == ERR_NOT_FOUND)
        return fail(w, err, "没有这个回执号");
    TRY(err);
    return news_objection_read(w, row.id, ret_objection);
}

static enum err read_all(struct work *w, const int64_t *ids, int32_t id_count,
                         struct objection **ret_objections, int32_t *ret_count)
{
    struct objection *rows = ARENA_NEW_ARRAY(w->arena, struct objection, (size_t)id_count + 1);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for the objections");
    for (int32_t i = 0; i < id_count; i++)
        TRY(news_objection_read(w, ids[i], &rows[i]));
    *ret_objections = rows;
    *ret_count = id_count;
    return ERR_OK;
}

enum err news_objection_waiting(struct work *w, int32_t division_min, int32_t division_max,
                                int32_t after_due_day, int64_t after_id, int32_t row_count_max,
                                struct objection **ret_objections, int32_t *ret_count)
{
    int64_t ids[OBJECTION_ROWS_MAX];
    int32_t count = 0;
    check(row_count_max <= OBJECTION_ROWS_MAX);
    struct objection_ids_waiting_in in = {division_min, division_max, after_due_day, after_id,
                                          row_count_max};
    struct cursor cursor;
    TRY(objection_ids_waiting(w, &in, &cursor));
    for (;;) {
        struct objection_ids_waiting_out row;
        bool more;
        TRY(objection_ids_waiting_next(&cursor, &row, &more));
        if (!more)
            break;
        ids[count++] = row.id;
    }
    return read_all(w, ids, count, ret_objections, ret_count);
}

enum err news_objection_waiting_count(struct work *w, int32_t division_min, int32_t division_max,
                                      int64_t *ret_count, int32_t *ret_due_day)
{
    struct objection_waiting_count_in in = {division_min, division_max, COUNTED_MAX};
    struct objection_waiting_count_out out;
    TRY(objection_waiting_count(w, &in, &out));
    *ret_count = out.waiting_count;
    *ret_due_day = out.due_day;
    return ERR_OK;
}

enum err news_objection_of_notice(struct work *w, int64_t notice_id, int64_t after_id,
                                  int32_t row_count_max, struct objection **ret_objections,
                                  int32_t *ret_count)
{
    int64_t ids[OBJECTION_ROWS_MAX];
    int32_t count = 0;
    check(row_count_max <= OBJECTION_ROWS_MAX);
    struct objection_ids_of_notice_in in = {notice_id, after_id, row_count_max};
    struct cursor cursor;
    TRY(objection_ids_of_notice(w, &in, &cursor));
    for (;;) {
        struct objection_ids_of_notice_out row;
        bool more;
        TRY(objection_ids_of_notice_next(&cursor, &row, &more));
        if (!more)
            break;
        ids[count++] = row.id;
    }
    return read_all(w, ids, count, ret_objections, ret_count);
}

enum err news_objection_open_count(struct work *w, int64_t notice_id, int64_t *ret_count)
{
    struct objection_open_count_in in = {notice_id, OBJECTION_OPEN_MAX};
    struct objection_open_count_out out;
    TRY(objection_open_count(w, &in, &out));
    *ret_count = out.open_count;
    return ERR_OK;
}

/* ---- deciding */

static enum err expect_another(struct work *w, int64_t notice_id)
{
    struct notice notice;
    TRY(news_notice_read(w, notice_id, &notice));
    bool is_maker = w->actor.account_id == notice.maker_id &&
                    (w->actor.account_id != 0 || str_equal(or_empty(w->actor.name), notice.maker));
    if (!is_maker)
        return ERR_OK;
    fail(w, ERR_NEWS_OWN, "公示的起草人不能处理对它的异议");
    return fault_hint(&w->fault, "请由另一位有公示权限的人处理。");
}

enum err news_objection_decide(struct work *w, int64_t id, enum objection_state state,
                               struct str answer)
{
    struct objection objection;
    int64_t changed_count;
    check(state == OBJECTION_UPHELD || state == OBJECTION_REJECTED);
    TRY(news_objection_read(w, id, &objection));
    TRY(expect_another(w, objection.notice_id));
    if (str_trim(or_empty(answer)).size == 0)
        return fail(w, ERR_INPUT, "处理异议要写明理由");
    struct objection_decide_in in = {
        .id = id,
        .state = (int32_t)state,
        .decided_ms = w->now_ms,
        .decider_id = w->actor.account_id,
        .decided_by = or_empty(w->actor.name),
        .answer = answer,
    };
    TRY(objection_decide(w, &in, &changed_count));
    if (changed_count != 1)
        return fail(w, ERR_NEWS_STATE, "这件异议已经处理");
    return tell(w, &objection, state == OBJECTION_UPHELD ? "objection.upheld"
                                                         : "objection.rejected");
}
