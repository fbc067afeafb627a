#include "base/clock.h"
#include "base/day.h"
#include "base/record.h"
#include "page/app.h"

#include <inttypes.h>
#include <string.h>

/* ---- parse */

struct str page_parameter(const struct page *page, const char *name)
{
    struct str rest = str_from(page->route->pattern);
    struct str part;
    int32_t index = 0;
    while (str_split(&rest, '/', &part)) {
        if (part.size < 3 || part.ptr[0] != '{')
            continue;
        if (str_equal_text(str_sub(part, 1, part.size - 2), name))
            return page->parameters[index];
        index++;
    }
    check(!"the pattern has the parameter");
    return (struct str){0};
}

enum err page_id(struct page *page, const char *name, int64_t *ret_id)
{
    int64_t id;
    if (!str_to_i64(page_parameter(page, name), &id) || id <= 0)
        return fail(page->w, ERR_NOT_FOUND, "没有这一页");
    *ret_id = id;
    return ERR_OK;
}

struct str page_field(const struct page *page, const char *name)
{
    return form_value(&page->form, name);
}

int64_t page_number(const struct page *page, const char *name, int64_t min, int64_t max,
                    int64_t otherwise)
{
    int64_t number;
    struct str text = page_field(page, name);
    return text.size > 0 && str_to_i64(text, &number) && number >= min && number <= max
               ? number
               : otherwise;
}

int32_t page_day(const struct page *page, const char *name, int32_t otherwise)
{
    int32_t day;
    struct str text = page_field(page, name);
    return text.size > 0 && day_parse(text, &day) ? day : otherwise;
}

void page_field_error(struct page *page, const char *field, const char *message)
{
    if (page->error_count < PAGE_FIELD_ERRORS_MAX)
        page->errors[page->error_count++] =
            (struct page_field_error){field, page_say(page, message)};
}

enum err page_refuse_form(struct page *page)
{
    check(page->error_count > 0);
    page->status = 422;
    struct fault *fault = page->w ? &page->w->fault : page->own_fault;
    return fault_set(fault, ERR_FORM, "表单有 %d 处要改", (int)page->error_count);
}

/* ---- authorise */

bool page_may(const struct page *page, enum permission permission)
{
    return guard_may(page->session.account.role, permission);
}

enum err page_see_division(struct page *page, int32_t division)
{
    if (guard_sees_division(&page->session.scope, division))
        return ERR_OK;
    return fail(page->w, ERR_NOT_FOUND, "没有这一页");
}

enum err page_audit(struct page *page, const char *action, const char *record,
                    int64_t subject_id, struct str detail)
{
    struct audit audit = {.action = str_from(action), .record = str_from(record),
                          .subject_id = subject_id, .client = page->request->client_address,
                          .detail = detail};
    return guard_audit(page->w, &audit);
}

struct work_env page_env(const struct page *page)
{
    struct work_env env = page->app->options.env;
    env.actor = page_actor(page);
    return env;
}

/* ---- present */

void page_title(struct page *page, struct str title)
{
    page->title = title;
}

enum err page_see(struct page *page, struct str path)
{
    if (page->is_api)
        return ERR_OK; /* a program gets the document */
    http_reply_see(page->reply, path);
    page->is_sent = true;
    return ERR_OK;
}

void page_send_file(struct page *page, struct str body, const char *content_type,
                    struct str file_name)
{
    struct text_buf *disposition = text_new(page->request->arena);
    page->file_name = str_copy(page->request->arena, file_name);
    page->reply->status = 200;
    page->reply->body = str_copy(page->request->arena, body);
    page->reply->content_type = str_from(content_type);
    if (disposition) { /* RFC 6266: names beyond ASCII stand encoded */
        text_add(disposition, STR("attachment; filename*=UTF-8''"));
        http_encode(disposition, file_name);
        if (!disposition->failed)
            http_reply_header(page->reply, "Content-Disposition", text_str(disposition));
    }
    http_reply_header(page->reply, "Cache-Control", STR("no-store"));
    http_reply_header(page->reply, "X-Content-Type-Options", STR("nosniff"));
    page->is_sent = true;
}

void page_file_rows(struct page *page, int64_t row_count)
{
    page->file_row_count = row_count;
}

struct str page_query_with(struct page *page, const char *name, struct str value)
{
    struct text_buf *query = text_new(page->request->arena);
    if (!query)
        return STR("");
    const char *separator = "?";
    for (int32_t i = 0; i < page->form.field_count; i++) {
        const struct form_field *field = &page->form.fields[i];
        bool begins_anew = strcmp(name, "sort") == 0 && str_equal_text(field->name, "after");
        if (str_equal_text(field->name, name) || field->value.size == 0 || begins_anew)
            continue;
        text_add_z(query, separator);
        http_encode(query, field->name);
        text_add_byte(query, '=');
        http_encode(query, field->value);
        separator = "&";
    }
    if (value.ptr) {
        text_add_z(query, separator);
        text_add_z(query, name);
        text_add_byte(query, '=');
        http_encode(query, value);
    }
    struct str text = text_str(query);
    return text.size > 0 ? text : STR("?");
}

void page_pager(struct page *page, int64_t row_count, int64_t total, struct str next_after)
{
    struct doc *pager = doc_add_object(page->doc, "page");
    doc_add_number(pager, "count", row_count);
    if (total >= 0)
        doc_add_number(pager, "total", total);
    doc_add_text(pager, "next", next_after);
    doc_page_bool(pager, "is_first", !page_field(page, "after").ptr);
    doc_page_text(pager, "first_href", page_query_with(page, "after", (struct str){0}));
    if (next_after.ptr)
        doc_page_text(pager, "next_href", page_query_with(page, "after", next_after));
}
