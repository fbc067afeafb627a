#include "domain/news/news_letter.h"

#include "base/day.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/json.h"
#include "base/secret.h"
#include "domain/news/news_letter_content.h"
#include "domain/news/news_serial.h"
#include "store/event.h"
#include "news_letter_sql.h"

#include <inttypes.h>
#include <string.h>

enum { VALUES_MAX = 64 };

static const struct {
    const char *name, *words;
} kinds[LETTER_KIND_COUNT] = {
    [LETTER_GRANT] = {"grant", "发放通知书"},
    [LETTER_QUESTION] = {"question", "补正告知书"},
    [LETTER_REFUSAL] = {"refusal", "不予发放决定书"},
    [LETTER_RECOVERY] = {"recovery", "退回通知书"},
    [LETTER_LIST] = {"list", "拟发放名单"},
};

const char *news_letter_kind_name(enum letter_kind kind)
{
    return kinds[kind].name ? kinds[kind].name : "";
}

const char *news_letter_kind_words(enum letter_kind kind)
{
    return kinds[kind].words ? kinds[kind].words : "";
}

static struct str or_empty(struct str text)
{
    return text.ptr ? text : STR("");
}

struct secret_place news_letter_place(int64_t id)
{
    return (struct secret_place){"letter", "content", id};
}

/* ---- composing */

struct composing {
    struct work *w;
    const struct letter_request *request;
    const struct news_office *office;
    struct news_value values[VALUES_MAX];
    int32_t value_count;
    struct str mark_word, title; /* 发字; heading */
    struct text_buf content;
    struct json json;
};

static enum err gather_values(struct composing *c)
{
    const struct news_value of_office[] = {
        {"office", c->office->name},   {"contact", c->office->section},
        {"phone", c->office->phone},   {"address", c->office->address},
        {"to", or_empty(c->request->to)},
    };
    const int32_t own_count = (int32_t)(sizeof of_office / sizeof of_office[0]);
    if (c->request->value_count + own_count > VALUES_MAX)
        return fail(c->w, ERR_LIMIT, "文书的内容项太多");
    for (int32_t i = 0; i < c->request->value_count; i++)
        c->values[c->value_count++] = c->request->values[i];
    for (int32_t i = 0; i < own_count; i++)
        c->values[c->value_count++] = of_office[i];
    return ERR_OK;
}

static enum err fill(struct composing *c, struct str text, struct str *ret_text)
{
    return news_fill(c->w->arena, text, c->values, c->value_count, ret_text, &c->w->fault);
}

static void add_block(struct composing *c, const char *kind, struct str text)
{
    if (str_trim(text).size == 0)
        return;
    json_object_begin(&c->json);
    json_add_text_z(&c->json, "kind", kind);
    json_add_text(&c->json, "text", text);
    json_object_end(&c->json);
}

static void add_articles(struct composing *c, struct str lead)
{
    const struct letter_request *request = c->request;
    if (request->article_count == 0)
        return;
    add_block(c, "paragraph", lead);
    for (int32_t i = 0; i < request->article_count; i++)
        add_block(c, "quote",
                  str_from(text_in(c->w->arena, "%.*s：%.*s", STR_ARG(request->articles[i].name),
                                   STR_ARG(request->articles[i].text))));
}

static void add_table(struct composing *c, struct str lead)
{
    const struct letter_table *table = &c->request->table;
    if (table->column_count == 0)
        return;
    add_block(c, "paragraph", lead);
    json_object_begin(&c->json);
    json_add_text_z(&c->json, "kind", "table");
    json_key(&c->json, "heads");
    json_array_begin(&c->json);
    for (int32_t i = 0; i < table->column_count; i++)
        json_text(&c->json, table->heads[i]);
    json_array_end(&c->json);
    json_key(&c->json, "widths");
    json_array_begin(&c->json);
    for (int32_t i = 0; i < table->column_count; i++)
        json_number(&c->json, table->widths ? table->widths[i] : 1);
    json_array_end(&c->json);
    json_key(&c->json, "cells");
    json_array_begin(&c->json);
    for (int64_t i = 0; i < (int64_t)table->column_count * table->row_count; i++)
        json_text(&c->json, table->cells[i]);
    json_array_end(&c->json);
    json_object_end(&c->json);
}

static enum err add_paragraph(struct composing *c, const struct news_paragraph *paragraph)
{
    struct str text;
    TRY(fill(c, paragraph->text, &text));
    if (str_equal_text(paragraph->part, "articles"))
        add_articles(c, text);
    else if (str_equal_text(paragraph->part, "table"))
        add_table(c, text);
    else
        add_block(c, "paragraph", text);
    return ERR_OK;
}

static bool is_head(const struct news_paragraph *paragraph)
{
    return str_equal_text(paragraph->part, "mark") || str_equal_text(paragraph->part, "title");
}

/* The word of the number and the title, which stand apart from the blocks. */
static enum err compose_head(struct composing *c, const struct news_book *book)
{
    for (int32_t i = 0; i < book->paragraph_count; i++) {
        const struct news_paragraph *paragraph = &book->paragraphs[i];
        if (!str_equal_text(paragraph->kind, kinds[c->request->kind].name) || !is_head(paragraph))
            continue;
        if (str_equal_text(paragraph->part, "mark"))
            c->mark_word = paragraph->text;
        else
            TRY(fill(c, paragraph->text, &c->title));
    }
    if (c->mark_word.size > 0 && c->title.size > 0)
        return ERR_OK;
    return fail(c->w, ERR_CATALOGUE, "letter.csv 里没有“%s”的 mark 和 title",
                kinds[c->request->kind].name);
}

static enum err compose(struct composing *c, const struct news_book *book, struct str mark)
{
    text_init(&c->content, c->w->arena);
    json_init(&c->json, &c->content);
    json_object_begin(&c->json);
    json_add_text(&c->json, "issuer", c->office->name);
    json_add_text(&c->json, "mark", mark);
    json_add_text(&c->json, "title", c->title);
    json_add_number(&c->json, "day", c->request->made_day);
    json_add_text(&c->json, "foot",
                  str_from(text_in(c->w->arena, "联系：%.*s　电话：%.*s　地址：%.*s",
                                   STR_ARG(c->office->section), STR_ARG(c->office->phone),
                                   STR_ARG(c->office->address))));
    json_key(&c->json, "blocks");
    json_array_begin(&c->json);
    if (c->request->to.size > 0)
        add_block(c, "flush", str_from(text_in(c->w->arena, "%.*s：", STR_ARG(c->request->to))));
    for (int32_t i = 0; i < book->paragraph_count; i++) {
        const struct news_paragraph *paragraph = &book->paragraphs[i];
        if (str_equal_text(paragraph->kind, kinds[c->request->kind].name) && !is_head(paragraph))
            TRY(add_paragraph(c, paragraph));
    }
    json_array_end(&c->json);
    json_object_end(&c->json);
    if (c->content.failed)
        return fail(c->w, ERR_MEMORY, "no memory for a letter");
    if (c->content.size > SECRET_CLEAR_SIZE_MAX)
        return fail(c->w, ERR_LIMIT, "文书太长");
    return ERR_OK;
}

/* ---- making */

static enum err find_key(struct work *w, struct str key, int64_t *ret_id)
{
    struct letter_id_by_key_in in = {key};
    struct letter_id_by_key_out row = {0};
    struct cursor cursor;
    bool found;
    TRY(letter_id_by_key(w, &in, &cursor));
    TRY(letter_id_by_key_next(&cursor, &row, &found));
    cursor_close(&cursor);
    *ret_id = found ? row.id : 0;
    return ERR_OK;
}

static enum err next_mark(struct composing *c, int64_t *ret_number, struct str *ret_mark)
{
    int year = (int)day_year(c->request->made_day);
    const char *series =
        text_in(c->w->arena, "letter %d %s %d", (int)c->office->division,
                kinds[c->request->kind].name, year);
    TRY(news_serial_next(c->w, str_from(series), ret_number));
    *ret_mark = str_from(text_in(c->w->arena, "%.*s%.*s〔%d〕%" PRId64 "号",
                                 STR_ARG(c->office->mark), STR_ARG(c->mark_word), year,
                                 *ret_number));
    return ERR_OK;
}

static enum err keep(struct composing *c, int64_t id, int64_t number, struct str mark)
{
    const struct letter_request *request = c->request;
    struct str content = text_str(&c->content);
    uint8_t digest[HASH_SIZE];
    hash_sm3(content, digest);
    struct letter_insert_in in = {
        .id = id,
        .key = request->key,
        .kind = (int32_t)request->kind,
        .division = request->division,
        .number = (int32_t)number,
        .year = day_year(request->made_day),
        .mark = mark,
        .title = c->title,
        .person_id = request->person_id,
        .organisation_id = request->organisation_id,
        .case_id = request->case_id,
        .made_day = request->made_day,
        .made_ms = c->w->now_ms,
        .account_id = c->w->actor.account_id,
        .actor = or_empty(c->w->actor.name),
        .content_digest = {(const char *)digest, sizeof digest},
    };
    if (secret_seal(c->w->secrets, c->w->arena, news_letter_place(id), content, &in.content) !=
        ERR_OK)
        return fail(c->w, ERR_SECRET, "文书加密失败");
    TRY(letter_insert(c->w, &in, NULL));
    struct event event = {.kind = STR("letter.made"),
                          .person_id = request->person_id,
                          .subject_id = id,
                          .detail = str_from(text_in(c->w->arena, "{\"case\":\"%" PRId64 "\"}",
                                                     request->case_id))};
    return event_append(c->w, &event);
}

enum err news_letter_make(struct work *w, const struct news_book *book,
                          const struct letter_request *request, int64_t *ret_id)
{
    int64_t id, number;
    struct str mark;
    TRY(find_key(w, request->key, &id));
    if (id != 0) {
        *ret_id = id;
        return ERR_OK;
    }
    if (request->table.row_count > LETTER_ROWS_MAX)
        return fail(w, ERR_LIMIT, "文书的表最多 %d 行", LETTER_ROWS_MAX);
    struct composing c = {.w = w, .request = request,
                          .office = news_office_of(book, request->division)};
    if (!c.office)
        return fail(w, ERR_CATALOGUE, "office.csv 里没有区划 %d 的机构", (int)request->division);
    TRY(gather_values(&c));
    TRY(compose_head(&c, book));
    TRY(next_mark(&c, &number, &mark));
    TRY(compose(&c, book, mark));
    id = id_next(w->ids);
    TRY(keep(&c, id, number, mark));
    *ret_id = id;
    return ERR_OK;
}

/* ---- reading */

static enum err read_row(struct work *w, int64_t id, struct letter *ret_letter)
{
    struct letter_by_id_in in = {id};
    struct letter_by_id_out row;
    enum err err = letter_by_id(w, &in, &row);
    if (err == ERR_NOT_FOUND)
        return fail(w, err, "没有这份文书");
    TRY(err);
    char *hex = arena_alloc(w->arena, HASH_HEX_SIZE);
    if (!hex)
        return fail(w, ERR_MEMORY, "no memory for a letter");
    *ret_letter = (struct letter){
        .id = row.id,
        .key = row.key,
        .kind = (enum letter_kind)row.kind,
        .division = row.division,
        .number = row.number,
        .year = row.year,
        .mark = row.mark,
        .title = row.title,
        .person_id = row.person_id,
        .organisation_id = row.organisation_id,
        .case_id = row.case_id,
        .made_day = row.made_day,
        .made_ms = row.made_ms,
        .actor = row.actor,
        .file_digest = STR(""),
    };
    if (row.file_digest.ptr && row.file_digest.size == HASH_SIZE)
        ret_letter->file_digest =
            str_from(hash_hex((const uint8_t *)row.file_digest.ptr, HASH_SIZE, hex));
    return ERR_OK;
}

enum err news_letter_read(struct work *w, int64_t id, struct letter *ret_letter)
{
    struct letter_content_in in = {id};
    struct letter_content_out row;
    uint8_t digest[HASH_SIZE];
    TRY(read_row(w, id, ret_letter));
    TRY(letter_content(w, &in, &row));
    if (secret_open(w->secrets, w->arena, news_letter_place(id), row.content,
                    &ret_letter->content) != ERR_OK)
        return fail(w, ERR_SECRET, "文书解密失败");
    hash_sm3(ret_letter->content, digest);
    if (row.content_digest.size != HASH_SIZE || memcmp(digest, row.content_digest.ptr, HASH_SIZE))
        return fail(w, ERR_SECRET, "文书 %.*s 的内容与留存的摘要不符", STR_ARG(ret_letter->mark));
    return ERR_OK;
}

static enum err read_all(struct work *w, const int64_t *ids, int32_t id_count,
                         struct letter **ret_letters, int32_t *ret_count)
{
    struct letter *letters = ARENA_NEW_ARRAY(w->arena, struct letter, (size_t)id_count + 1);
    if (!letters)
        return fail(w, ERR_MEMORY, "no memory for the letters");
    for (int32_t i = 0; i < id_count; i++)
        TRY(read_row(w, ids[i], &letters[i]));
    *ret_letters = letters;
    *ret_count = id_count;
    return ERR_OK;
}

enum err news_letter_list(struct work *w, int32_t division_min, int32_t division_max,
                          int64_t before_id, int32_t row_count_max, struct letter **ret_letters,
                          int32_t *ret_count)
{
    int64_t ids[LETTER_PAGE_MAX];
    int32_t count = 0;
    check(row_count_max <= LETTER_PAGE_MAX);
    struct letter_ids_of_division_in in = {division_min, division_max, before_id, row_count_max};
    struct cursor cursor;
    TRY(letter_ids_of_division(w, &in, &cursor));
    for (;;) {
        struct letter_ids_of_division_out row;
        bool more;
        TRY(letter_ids_of_division_next(&cursor, &row, &more));
        if (!more)
            break;
        ids[count++] = row.id;
    }
    return read_all(w, ids, count, ret_letters, ret_count);
}

enum err news_letter_of(struct work *w, int64_t person_id, int64_t organisation_id,
                        struct letter **ret_letters, int32_t *ret_count)
{
    int64_t ids[LETTER_PAGE_MAX];
    int32_t count = 0;
    bool more = true;
    struct letter_ids_of_person_in of_person = {person_id, LETTER_PAGE_MAX};
    struct letter_ids_of_organisation_in of_body = {organisation_id, LETTER_PAGE_MAX};
    struct cursor cursor;
    TRY(person_id != 0 ? letter_ids_of_person(w, &of_person, &cursor)
                       : letter_ids_of_organisation(w, &of_body, &cursor));
    for (;;) {
        struct letter_ids_of_person_out person_row = {0};
        struct letter_ids_of_organisation_out body_row = {0};
        TRY(person_id != 0 ? letter_ids_of_person_next(&cursor, &person_row, &more)
                           : letter_ids_of_organisation_next(&cursor, &body_row, &more));
        if (!more)
            break;
        ids[count++] = person_id != 0 ? person_row.id : body_row.id;
    }
    return read_all(w, ids, count, ret_letters, ret_count);
}

enum err news_letter_of_case(struct work *w, int64_t case_id, struct letter **ret_letters,
                             int32_t *ret_count)
{
    int64_t ids[LETTER_PAGE_MAX];
    int32_t count = 0;
    struct letter_ids_of_case_in in = {case_id, LETTER_PAGE_MAX};
    struct cursor cursor;
    TRY(letter_ids_of_case(w, &in, &cursor));
    for (;;) {
        struct letter_ids_of_case_out row;
        bool more;
        TRY(letter_ids_of_case_next(&cursor, &row, &more));
        if (!more)
            break;
        ids[count++] = row.id;
    }
    return read_all(w, ids, count, ret_letters, ret_count);
}
