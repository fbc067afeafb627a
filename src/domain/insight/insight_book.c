#include "domain/insight/insight_book.h"

#include "insight_book_sql.h"

#include "base/hash.h"
#include "base/record.h"

#include <inttypes.h>

/* ---- codes: what is stored stays when an enumeration grows */

static const char *const unit_codes[] = {
    [UNIT_PERSONS] = "persons",         [UNIT_PERSON_TIMES] = "person_times",
    [UNIT_BODIES] = "bodies",           [UNIT_ITEMS] = "items",
    [UNIT_PERSON_DAYS] = "person_days", [UNIT_PERSON_MONTHS] = "person_months",
    [UNIT_YUAN] = "yuan",               [UNIT_RATE] = "rate",
};
static const char *const operator_codes[] = {
    [TARGET_AT_LEAST] = "at_least", [TARGET_AT_MOST] = "at_most", [TARGET_ABOUT] = "about",
    [TARGET_EQUAL] = "equal",       [TARGET_FULL] = "full",
};

const char *book_unit_code(enum indicator_unit unit)
{
    return unit_codes[unit];
}

const char *book_operator_code(enum target_op op)
{
    return operator_codes[op];
}

static int32_t code_of(const char *const *codes, size_t count, struct str code, int32_t otherwise)
{
    for (size_t i = 0; i < count; i++)
        if (codes[i] && str_equal_text(code, codes[i]))
            return (int32_t)i;
    return otherwise;
}

/* ---- heads */

static struct book_head head_of(struct work *w, const struct book_by_id_out *row)
{
    return (struct book_head){
        .id = row->id,
        .known_at_ms = row->known_at_ms,
        .counted_ms = row->counted_ms,
        .event_id = row->event_id,
        .person_count = row->person_count,
        .frozen_ms = row->frozen_ms,
        .frozen_by = row->frozen_by,
        .published_ms = row->published_ms,
        .published_by = row->published_by,
        .frozen_name = str_copy(w->arena, row->frozen_name),
        .title = str_copy(w->arena, row->title),
        .seal = str_copy(w->arena, row->seal),
        .as_of_day = row->as_of_day,
    };
}

enum err insight_book_read(struct work *w, int64_t id, struct book_head *ret_head)
{
    if (id == 0) {
        struct book_newest_out newest;
        TRY(book_newest(w, &newest));
        id = newest.id;
    }
    struct book_by_id_out row;
    TRY(book_by_id(w, &(struct book_by_id_in){id}, &row));
    *ret_head = head_of(w, &row);
    return ERR_OK;
}

enum err insight_book_public(struct work *w, struct book_head *ret_head)
{
    struct book_newest_published_out newest;
    TRY(book_newest_published(w, &newest));
    return insight_book_read(w, newest.id, ret_head);
}

enum err insight_book_reports(struct work *w, int64_t before_ms, int32_t row_count_max,
                              struct book_head **ret_heads, int32_t *ret_head_count)
{
    struct book_head *heads = ARENA_NEW_ARRAY(w->arena, struct book_head, (size_t)row_count_max);
    if (!heads)
        return fail(w, ERR_MEMORY, "no memory for the list of reports");
    struct book_reports_in in = {.frozen_before_ms = before_ms, .row_count_max = row_count_max};
    struct cursor cursor;
    TRY(book_reports(w, &in, &cursor));
    int32_t count = 0;
    for (;;) {
        struct book_reports_out row;
        bool more;
        TRY(book_reports_next(&cursor, &row, &more));
        if (!more)
            break;
        heads[count++] = (struct book_head){
            .id = row.id,
            .as_of_day = row.as_of_day,
            .counted_ms = row.counted_ms,
            .frozen_ms = row.frozen_ms,
            .frozen_by = row.frozen_by,
            .frozen_name = str_copy(w->arena, row.frozen_name),
            .title = str_copy(w->arena, row.title),
            .published_ms = row.published_ms,
        };
    }
    *ret_heads = heads;
    *ret_head_count = count;
    return ERR_OK;
}

/* ---- lines */

struct line_list {
    struct book_line *rows;
    int32_t count, capacity;
};

static enum err add_line(struct work *w, struct line_list *list, const struct book_lines_out *row)
{
    if (list->count == list->capacity) {
        int32_t capacity = list->capacity ? list->capacity * 2 : 128;
        struct book_line *rows = ARENA_NEW_ARRAY(w->arena, struct book_line, (size_t)capacity);
        if (!rows)
            return fail(w, ERR_MEMORY, "no memory for the figures of a book");
        for (int32_t i = 0; i < list->count; i++)
            rows[i] = list->rows[i];
        list->rows = rows;
        list->capacity = capacity;
    }
    list->rows[list->count++] = (struct book_line){
        .line = row->line,
        .kind = (enum book_kind)row->kind,
        .document_number = str_copy(w->arena, row->document_number),
        .article = str_copy(w->arena, row->article),
        .name = str_copy(w->arena, row->name),
        .measure = str_copy(w->arena, row->measure),
        .unit = (enum indicator_unit)code_of(
            unit_codes, sizeof unit_codes / sizeof unit_codes[0], row->unit, UNIT_ITEMS),
        .op = (enum target_op)code_of(operator_codes,
                                      sizeof operator_codes / sizeof operator_codes[0],
                                      row->operator, TARGET_AT_LEAST),
        .planned = row->planned,
        .period_start_day = row->period_start_day,
        .period_end_day = row->period_end_day,
        .figure = {row->numerator, row->denominator},
        .is_met = row->is_met != 0,
    };
    return ERR_OK;
}

/* Of a district: its own rows instead of the city's; a plan of the city is not a district's. */
static enum err take_sums(struct work *w, int64_t book_id, const struct book_scope *scope,
                          struct line_list *list)
{
    for (int32_t i = 0; i < list->count; i++) {
        list->rows[i].figure.numerator = 0;
        list->rows[i].figure.denominator = list->rows[i].unit == UNIT_RATE ||
                                                   list->rows[i].kind == BOOK_DUTY
                                               ? 0
                                               : 1;
        list->rows[i].is_met = false;
    }
    struct book_line_sums_in in = {book_id, scope->division_min, scope->division_max};
    struct cursor cursor;
    TRY(book_line_sums(w, &in, &cursor));
    for (;;) {
        struct book_line_sums_out row;
        bool more;
        TRY(book_line_sums_next(&cursor, &row, &more));
        if (!more)
            return ERR_OK;
        if (row.line < 1 || row.line > list->count)
            continue;
        struct book_line *line = &list->rows[row.line - 1];
        line->figure.numerator = row.numerator;
        if (line->figure.denominator == 0)
            line->figure.denominator = row.denominator;
        if (line->kind == BOOK_DUTY)
            line->is_met = row.numerator == row.denominator;
    }
}

enum err insight_book_lines(struct work *w, int64_t book_id, const struct book_scope *scope,
                            struct book_line **ret_lines, int32_t *ret_line_count)
{
    struct line_list list = {0};
    struct cursor cursor;
    TRY(book_lines(w, &(struct book_lines_in){book_id}, &cursor));
    for (;;) {
        struct book_lines_out row;
        bool more;
        TRY(book_lines_next(&cursor, &row, &more));
        if (!more)
            break;
        TRY(add_line(w, &list, &row));
    }
    if (!scope->is_city)
        TRY(take_sums(w, book_id, scope, &list));
    *ret_lines = list.rows;
    *ret_line_count = list.count;
    return ERR_OK;
}

static enum err add_place(struct work *w, struct book_place **places, int32_t count,
                          int32_t *capacity, const struct book_line_places_out *row)
{
    if (count == *capacity) {
        int32_t larger = *capacity ? *capacity * 2 : 32;
        struct book_place *rows = ARENA_NEW_ARRAY(w->arena, struct book_place, (size_t)larger);
        if (!rows)
            return fail(w, ERR_MEMORY, "no memory for the divisions of a figure");
        for (int32_t i = 0; i < count; i++)
            rows[i] = (*places)[i];
        *places = rows;
        *capacity = larger;
    }
    (*places)[count] =
        (struct book_place){row->division, {row->numerator, row->denominator}};
    return ERR_OK;
}

enum err insight_book_places(struct work *w, int64_t book_id, int32_t line,
                             struct book_place **ret_places, int32_t *ret_place_count)
{
    struct book_place *places = NULL;
    int32_t count = 0, capacity = 0;
    struct cursor cursor;
    TRY(book_line_places(w, &(struct book_line_places_in){book_id, line}, &cursor));
    for (;;) {
        struct book_line_places_out row;
        bool more;
        TRY(book_line_places_next(&cursor, &row, &more));
        if (!more)
            break;
        TRY(add_place(w, &places, count++, &capacity, &row));
    }
    *ret_places = places;
    *ret_place_count = count;
    return ERR_OK;
}

/* ---- reports */

static void seal_line(struct text_buf *text, const struct book_line *line)
{
    text_format(text, "%d\t%d\t%.*s\t%.*s\t%.*s\t%.*s\t%s\t%s\t%" PRId64 "\t%d\t%d\t%" PRId64
                      "\t%" PRId64 "\t%d\n",
                line->line, (int)line->kind, STR_ARG(line->document_number),
                STR_ARG(line->article), STR_ARG(line->name), STR_ARG(line->measure),
                unit_codes[line->unit], operator_codes[line->op], line->planned,
                line->period_start_day, line->period_end_day, line->figure.numerator,
                line->figure.denominator, line->is_met);
}

/* Everything that a report says, in one text, by SM3. */
static enum err seal_of(struct work *w, const struct book_head *head, struct str title,
                        char ret_hex[HASH_HEX_SIZE])
{
    struct book_line *lines;
    int32_t line_count;
    const struct book_scope city = {.is_city = true};
    TRY(insight_book_lines(w, head->id, &city, &lines, &line_count));
    struct text_buf text;
    text_init(&text, w->arena);
    text_format(&text, "%.*s\n%" PRId64 "\t%d\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\n",
                STR_ARG(title), head->id, head->as_of_day, head->known_at_ms, head->counted_ms,
                head->person_count);
    for (int32_t i = 0; i < line_count; i++) {
        struct book_place *places;
        int32_t place_count;
        seal_line(&text, &lines[i]);
        TRY(insight_book_places(w, head->id, lines[i].line, &places, &place_count));
        for (int32_t p = 0; p < place_count; p++)
            text_format(&text, "\t%d\t%" PRId64 "\t%" PRId64 "\n", places[p].division,
                        places[p].figure.numerator, places[p].figure.denominator);
    }
    if (text.failed)
        return fail(w, ERR_MEMORY, "no memory for the seal of a report");
    uint8_t digest[HASH_SIZE];
    hash_sm3(text_str(&text), digest);
    hash_hex(digest, sizeof digest, ret_hex);
    return ERR_OK;
}

enum err insight_book_freeze(struct work *w, int64_t book_id, struct str title)
{
    if (title.size == 0 || title.size > BOOK_TITLE_SIZE_MAX)
        return fail(w, ERR_INPUT, "报告要有标题，不超过 %d 字", BOOK_TITLE_SIZE_MAX / 3);
    struct book_head head;
    TRY(insight_book_read(w, book_id, &head));
    if (head.frozen_ms != 0)
        return fail(w, ERR_INPUT, "这些数字已经固定为报告：%.*s", STR_ARG(head.title));
    char seal[HASH_HEX_SIZE];
    TRY(seal_of(w, &head, title, seal));
    struct book_freeze_in in = {.id = book_id,
                                .frozen_ms = w->now_ms,
                                .frozen_by = w->actor.account_id,
                                .frozen_name = w->actor.name,
                                .title = title,
                                .seal = str_from(seal)};
    int64_t changed_count;
    TRY(book_freeze(w, &in, &changed_count));
    return changed_count == 1 ? ERR_OK : fail(w, ERR_STORE_CONFLICT, "报告刚被别人固定");
}

enum err insight_book_publish(struct work *w, int64_t book_id)
{
    struct book_head head;
    TRY(insight_book_read(w, book_id, &head));
    if (head.frozen_ms == 0)
        return fail(w, ERR_INPUT, "先固定为报告，再公开");
    if (head.frozen_by == w->actor.account_id)
        return fail(w, ERR_FORBIDDEN, "固定报告的人不能自己公开，请另一人复核后公开");
    if (head.published_ms != 0)
        return fail(w, ERR_INPUT, "这份报告已经公开");
    struct book_publish_in in = {book_id, w->now_ms, w->actor.account_id};
    return book_publish(w, &in, NULL);
}

enum err insight_book_check(struct work *w, int64_t book_id, bool *ret_is_whole)
{
    struct book_head head;
    char seal[HASH_HEX_SIZE];
    TRY(insight_book_read(w, book_id, &head));
    TRY(seal_of(w, &head, head.title, seal));
    *ret_is_whole = str_equal_text(head.seal, seal);
    return ERR_OK;
}
