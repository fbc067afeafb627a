#include "http/form.h"

#include <string.h>
#include <strings.h>

static enum err add_field(struct arena *arena, struct form *form, struct form_field field,
                          struct fault *fault)
{
    if (form->field_count == FORM_FIELDS_MAX)
        return fault_set(fault, ERR_LIMIT, "表单的字段超过 %d 个", FORM_FIELDS_MAX);
    if ((form->field_count & (form->field_count - 1)) == 0) { /* 0, 1, 2, 4, 8 … are full */
        size_t capacity = form->field_count ? (size_t)form->field_count * 2 : 1;
        struct form_field *fields = ARENA_NEW_ARRAY(arena, struct form_field, capacity);
        if (!fields)
            return fault_set(fault, ERR_MEMORY, "no memory for a form");
        if (form->field_count > 0)
            memcpy(fields, form->fields, (size_t)form->field_count * sizeof *fields);
        form->fields = fields;
    }
    form->fields[form->field_count++] = field;
    return ERR_OK;
}

enum err form_read_encoded(struct arena *arena, struct str text, struct form *ret_form,
                           struct fault *fault)
{
    struct form form = {0};
    struct str rest = text;
    struct str pair;
    while (rest.size > 0 && str_split(&rest, '&', &pair)) {
        if (pair.size == 0)
            continue;
        struct str value = pair;
        struct str name;
        struct form_field field = {0};
        if (!str_split(&value, '=', &name))
            value = STR("");
        if (!http_decode(arena, name, true, &field.name) ||
            !http_decode(arena, value, true, &field.value))
            return fault_set(fault, ERR_FORM, "字段 %.*s 的编码不对", STR_ARG(name));
        TRY(add_field(arena, &form, field, fault));
    }
    *ret_form = form;
    return ERR_OK;
}

/* ---- multipart */

struct parts {
    struct arena *arena;
    struct str body;
    size_t at;
    struct str delimiter; /* CR LF - - boundary */
    struct fault *fault;
};

static enum err refuse(const struct parts *parts, const char *what)
{
    return fault_set(parts->fault, ERR_FORM, "上传内容第 %zu 字节：%s", parts->at + 1, what);
}

static struct str left(const struct parts *parts)
{
    return str_sub(parts->body, parts->at, parts->body.size - parts->at);
}

/* The value of a parameter: form-data; name="a"; filename="b.csv". Quotes inside are %22, as
 * browsers write them, or \". */
static bool parameter(struct arena *arena, struct str header, const char *wanted,
                      struct str *ret_value)
{
    size_t i = 0;
    while (i < header.size && header.ptr[i] != ';')
        i++;
    while (i < header.size) {
        while (i < header.size && (header.ptr[i] == ';' || header.ptr[i] == ' '))
            i++;
        size_t name_at = i;
        while (i < header.size && header.ptr[i] != '=' && header.ptr[i] != ';')
            i++;
        struct str name = str_sub(header, name_at, i - name_at);
        if (i >= header.size || header.ptr[i] != '=')
            continue;
        i++;
        char *value = arena_alloc(arena, header.size - i + 1);
        size_t size = 0;
        if (!value)
            return false;
        bool quoted = i < header.size && header.ptr[i] == '"';
        i += quoted;
        while (i < header.size && header.ptr[i] != (quoted ? '"' : ';')) {
            if (quoted && header.ptr[i] == '\\' && i + 1 < header.size)
                i++;
            value[size++] = header.ptr[i++];
        }
        i += quoted && i < header.size;
        if (name.size == strlen(wanted) && strncasecmp(name.ptr, wanted, name.size) == 0) {
            *ret_value = (struct str){value, size};
            return true;
        }
    }
    return false;
}

/* Browsers may send a path; a name that leads to a folder is cut. */
static struct str last_name(struct str path)
{
    for (size_t i = path.size; i > 0; i--)
        if (path.ptr[i - 1] == '/' || path.ptr[i - 1] == '\\')
            return str_sub(path, i, path.size - i);
    return path;
}

static enum err read_part_header(struct parts *parts, struct str line, struct form_field *field)
{
    struct str value = line;
    struct str name;
    if (!str_split(&value, ':', &name) || name.size == line.size)
        return refuse(parts, "一个部分的头没有冒号");
    value = str_trim(value);
    if (name.size == 12 && strncasecmp(name.ptr, "Content-Type", 12) == 0)
        field->content_type = value;
    if (name.size != 19 || strncasecmp(name.ptr, "Content-Disposition", 19) != 0)
        return ERR_OK;
    struct str file_name;
    if (!parameter(parts->arena, value, "name", &field->name))
        return refuse(parts, "一个部分没有名称");
    if (parameter(parts->arena, value, "filename", &file_name))
        field->file_name = last_name(file_name);
    return ERR_OK;
}

/* From behind a delimiter to the next one. */
static enum err read_part(struct parts *parts, struct form_field *ret_field)
{
    struct form_field field = {0};
    for (;;) {
        size_t line_size = str_find(left(parts), STR("\r\n"));
        if (line_size == SIZE_MAX)
            return refuse(parts, "一个部分的头没有结束");
        struct str line = str_sub(parts->body, parts->at, line_size);
        if (line_size > 0)
            TRY(read_part_header(parts, line, &field));
        parts->at += line_size + 2;
        if (line_size == 0)
            break;
    }
    /* An empty part has its delimiter right here, where the line end was just taken. */
    size_t from = parts->at >= 2 ? parts->at - 2 : 0;
    struct str rest = str_sub(parts->body, from, parts->body.size - from);
    size_t end = str_find(rest, parts->delimiter);
    if (end == SIZE_MAX)
        return refuse(parts, "一个部分没有结束，文件可能没有传完");
    size_t value_end = from + end;
    field.value = value_end > parts->at ? str_sub(parts->body, parts->at, value_end - parts->at)
                                        : STR("");
    parts->at = value_end + parts->delimiter.size;
    if (!field.name.ptr)
        return refuse(parts, "一个部分没有名称");
    if (!str_is_utf8(field.name) || !str_is_utf8(field.file_name) ||
        (!field.file_name.ptr && !str_is_utf8(field.value)))
        return refuse(parts, "文字不是 UTF-8");
    *ret_field = field;
    return ERR_OK;
}

enum err form_read_multipart(struct arena *arena, struct str body, struct str boundary,
                             struct form *ret_form, struct fault *fault)
{
    if (boundary.size == 0 || boundary.size > 70)
        return fault_set(fault, ERR_FORM, "上传内容没有分隔符");
    struct str delimiter = str_from(text_in(arena, "\r\n--%.*s", STR_ARG(boundary)));
    struct parts parts = {arena, body, 0, delimiter, fault};
    struct form form = {0};
    struct str first = str_sub(delimiter, 2, delimiter.size - 2);
    if (delimiter.size == 0 || !str_starts(body, first))
        return refuse(&parts, "不是以分隔符开始");
    parts.at = first.size;
    while (!str_starts(left(&parts), STR("--"))) {
        if (!str_starts(left(&parts), STR("\r\n")))
            return refuse(&parts, "分隔符后面不是换行");
        parts.at += 2;
        struct form_field field = {0};
        TRY(read_part(&parts, &field));
        TRY(add_field(arena, &form, field, fault));
    }
    *ret_form = form;
    return ERR_OK;
}

enum err form_of_request(const struct http_request *request, struct form *ret_form,
                         struct fault *fault)
{
    if (request->method == HTTP_GET || request->method == HTTP_HEAD)
        return form_read_encoded(request->arena, request->query, ret_form, fault);
    struct str type = http_header(request, "Content-Type");
    struct str boundary;
    if (str_starts(type, STR("application/x-www-form-urlencoded")) || request->body.size == 0)
        return form_read_encoded(request->arena, request->body, ret_form, fault);
    if (str_starts(type, STR("multipart/form-data")) &&
        parameter(request->arena, type, "boundary", &boundary))
        return form_read_multipart(request->arena, request->body, boundary, ret_form, fault);
    return fault_set(fault, ERR_FORM, "不认识的内容类型 %.*s", STR_ARG(type));
}

const struct form_field *form_next(const struct form *form, const char *name, int32_t *at)
{
    while (*at < form->field_count) {
        const struct form_field *field = &form->fields[(*at)++];
        if (str_equal_text(field->name, name))
            return field;
    }
    return NULL;
}

struct str form_value(const struct form *form, const char *name)
{
    int32_t at = 0;
    const struct form_field *field = form_next(form, name, &at);
    if (!field)
        return (struct str){0};
    return field->file_name.ptr ? field->value : str_trim(field->value);
}
