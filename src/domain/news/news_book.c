#include "domain/news/news_book.h"

#include "base/csv_file.h"

#include <string.h>

/* ---- tables */

struct loading {
    struct csv_table table;
    struct arena *arena;
    struct news_office *offices;
    int32_t office_count;
    struct news_paragraph *paragraphs;
    int32_t paragraph_count;
    struct news_message_text *messages;
    int32_t message_count;
};

static struct str keep(struct loading *loading, const struct csv_row *row, int cell)
{
    return str_copy(loading->arena, str_trim(row->cells[cell]));
}

static enum err read_office(void *context, const struct csv_row *row, struct fault *fault)
{
    struct loading *loading = context;
    int64_t division;
    if (!str_to_i64(row->cells[0], &division) || division < 100000 || division > 999999)
        return csv_table_refuse(&loading->table, row, fault, "：区划代码应为六位数字");
    loading->offices[loading->office_count++] = (struct news_office){
        .division = (int32_t)division,
        .name = keep(loading, row, 1),
        .credit_code = keep(loading, row, 2),
        .mark = keep(loading, row, 3),
        .section = keep(loading, row, 4),
        .phone = keep(loading, row, 5),
        .address = keep(loading, row, 6),
    };
    return ERR_OK;
}

static enum err read_paragraph(void *context, const struct csv_row *row, struct fault *fault)
{
    static const char *const parts[] = {"mark", "title", "body", "articles", "table", "closing"};
    struct loading *loading = context;
    bool is_part = false;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        is_part = is_part || str_equal_text(row->cells[1], parts[i]);
    if (!is_part)
        return csv_table_refuse(&loading->table, row, fault,
                                "：part 应为 mark、title、body、articles、table 或 closing");
    loading->paragraphs[loading->paragraph_count++] = (struct news_paragraph){
        keep(loading, row, 0), keep(loading, row, 1), keep(loading, row, 2)};
    return ERR_OK;
}

static enum err read_message(void *context, const struct csv_row *row, struct fault *fault)
{
    struct loading *loading = context;
    bool is_sms = str_equal_text(row->cells[1], "sms");
    bool is_urgent = str_equal_text(row->cells[2], "yes");
    if ((!is_sms && !str_equal_text(row->cells[1], "email")) ||
        (!is_urgent && !str_equal_text(row->cells[2], "no")))
        return csv_table_refuse(&loading->table, row, fault,
                                "：channel 应为 sms 或 email，urgent 应为 yes 或 no");
    loading->messages[loading->message_count++] = (struct news_message_text){
        .kind = keep(loading, row, 0),
        .channel = is_sms ? MESSAGE_SMS : MESSAGE_EMAIL,
        .is_urgent = is_urgent,
        .subject = keep(loading, row, 3),
        .text = keep(loading, row, 4),
    };
    return ERR_OK;
}

enum err news_book_load(struct arena *arena, const char *folder, struct news_book *ret_book,
                        struct fault *fault)
{
    struct loading loading = {
        .arena = arena,
        .offices = ARENA_NEW_ARRAY(arena, struct news_office, NEWS_BOOK_ROWS_MAX),
        .paragraphs = ARENA_NEW_ARRAY(arena, struct news_paragraph, NEWS_BOOK_ROWS_MAX),
        .messages = ARENA_NEW_ARRAY(arena, struct news_message_text, NEWS_BOOK_ROWS_MAX),
    };
    if (!loading.offices || !loading.paragraphs || !loading.messages)
        return fault_set(fault, ERR_MEMORY, "no memory for the office's texts");
    const struct csv_table tables[] = {
        {text_in(arena, "%s/office.csv", folder),
         "division,name,credit_code,mark,section,phone,address,basis", read_office, &loading,
         NEWS_BOOK_ROWS_MAX},
        {text_in(arena, "%s/letter.csv", folder), "kind,part,text", read_paragraph, &loading,
         NEWS_BOOK_ROWS_MAX},
        {text_in(arena, "%s/message.csv", folder), "kind,channel,urgent,subject,text",
         read_message, &loading, NEWS_BOOK_ROWS_MAX},
    };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        loading.table = tables[i];
        TRY(csv_table_read(&loading.table, fault));
    }
    *ret_book = (struct news_book){loading.offices,         loading.office_count,
                                   loading.paragraphs,      loading.paragraph_count,
                                   loading.messages,        loading.message_count};
    return ERR_OK;
}

const struct news_office *news_office_of(const struct news_book *book, int32_t division)
{
    const int32_t above[] = {division, division - division % 100, division - division % 10000};
    for (size_t level = 0; level < sizeof above / sizeof above[0]; level++)
        for (int32_t i = 0; book && i < book->office_count; i++)
            if (book->offices[i].division == above[level])
                return &book->offices[i];
    return NULL;
}

const struct news_message_text *news_message_text_of(const struct news_book *book,
                                                     const char *kind)
{
    for (int32_t i = 0; book && i < book->message_count; i++)
        if (str_equal_text(book->messages[i].kind, kind))
            return &book->messages[i];
    return NULL;
}

/* ---- filling a text */

struct filling {
    const struct news_value *values;
    int32_t value_count;
    struct fault *fault;
};

static struct str value_of(const struct filling *filling, struct str name, bool *ret_given)
{
    for (int32_t i = 0; i < filling->value_count; i++)
        if (str_equal_text(name, filling->values[i].name)) {
            *ret_given = true;
            return filling->values[i].text;
        }
    *ret_given = false;
    return STR("");
}

static enum err refuse(const struct filling *filling, struct str tag)
{
    return fault_set(filling->fault, ERR_CATALOGUE, "文书模板里的 {{%.*s}} 没有结束或没有开始",
                     STR_ARG(tag));
}

/* The tag in front of the text's next "}}"; the text before it goes to out. *ret_tag is absent when
 * there is none. */
static enum err next_tag(const struct filling *filling, struct str *rest, struct text_buf *out,
                         struct str *ret_tag)
{
    size_t at = str_find(*rest, STR("{{"));
    *ret_tag = (struct str){0};
    if (out)
        text_add(out, str_sub(*rest, 0, at == SIZE_MAX ? rest->size : at));
    if (at == SIZE_MAX) {
        *rest = STR("");
        return ERR_OK;
    }
    struct str behind = str_sub(*rest, at + 2, rest->size);
    size_t end = str_find(behind, STR("}}"));
    if (end == SIZE_MAX || end == 0)
        return refuse(filling, str_sub(behind, 0, 20));
    *ret_tag = str_sub(behind, 0, end);
    *rest = str_sub(behind, end + 2, behind.size);
    return ERR_OK;
}

static enum err add_value(const struct filling *filling, struct str name, struct text_buf *out)
{
    bool given;
    struct str value = value_of(filling, name, &given);
    if (!given)
        return fault_set(filling->fault, ERR_CATALOGUE, "文书模板要“%.*s”，没有给",
                         STR_ARG(name));
    text_add(out, value);
    return ERR_OK;
}

/* Sections do not nest: a letter that needs more is two paragraphs. */
enum err news_fill(struct arena *arena, struct str text, const struct news_value *values,
                   int32_t value_count, struct str *ret_text, struct fault *fault)
{
    struct filling filling = {values, value_count, fault};
    struct text_buf out;
    struct str section = {0};
    bool is_shown = true, given;
    text_init(&out, arena);
    while (text.size > 0) {
        struct str tag;
        TRY(next_tag(&filling, &text, is_shown ? &out : NULL, &tag));
        if (!tag.ptr)
            break;
        struct str name = str_sub(tag, 1, tag.size);
        bool opens = tag.ptr[0] == '#' || tag.ptr[0] == '^', closes = tag.ptr[0] == '/';
        if ((opens && section.ptr) || (closes && (!section.ptr || !str_equal(section, name))))
            return refuse(&filling, tag);
        if (opens) {
            section = name;
            is_shown = (value_of(&filling, name, &given).size > 0) == (tag.ptr[0] == '#');
        } else if (closes) {
            section = (struct str){0};
            is_shown = true;
        } else if (is_shown)
            TRY(add_value(&filling, tag, &out));
    }
    if (section.ptr)
        return refuse(&filling, section);
    if (out.failed)
        return fault_set(fault, ERR_MEMORY, "no memory for a letter");
    *ret_text = text_str(&out);
    return ERR_OK;
}
