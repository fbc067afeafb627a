#include "http/http.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char *const method_names[] = {
    [HTTP_GET] = "GET",     [HTTP_HEAD] = "HEAD",     [HTTP_POST] = "POST", [HTTP_PUT] = "PUT",
    [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE", [HTTP_OTHER] = "",
};

enum http_method http_method_of(struct str name)
{
    for (int m = 0; m < HTTP_OTHER; m++)
        if (str_equal_text(name, method_names[m]))
            return (enum http_method)m;
    return HTTP_OTHER;
}

const char *http_method_text(enum http_method method)
{
    return method_names[method];
}

static bool same_name(struct str a, const char *b)
{
    return a.size == strlen(b) && strncasecmp(a.ptr, b, a.size) == 0;
}

struct str http_header(const struct http_request *request, const char *name)
{
    for (int32_t i = 0; i < request->header_count; i++)
        if (same_name(request->headers[i].name, name))
            return request->headers[i].value;
    return (struct str){0};
}

struct str http_cookie(const struct http_request *request, const char *name)
{
    struct str rest = http_header(request, "Cookie");
    struct str pair;
    while (rest.ptr && str_split(&rest, ';', &pair)) {
        struct str value = str_trim(pair);
        struct str key;
        if (str_split(&value, '=', &key) && str_equal_text(key, name))
            return value;
    }
    return (struct str){0};
}

void http_reply_header(struct http_reply *reply, const char *name, struct str value)
{
    check(reply->header_count < HTTP_REPLY_HEADERS_MAX);
    for (size_t i = 0; i < value.size; i++)
        check((unsigned char)value.ptr[i] >= ' ');
    reply->headers[reply->header_count++] = (struct http_pair){str_from(name), value};
}

void http_reply_see(struct http_reply *reply, struct str path)
{
    /* "//host" and "/\host" would lead to another site. */
    check(path.size > 0);
    check(path.ptr[0] == '/');
    check(path.size == 1 || (path.ptr[1] != '/' && path.ptr[1] != '\\'));
    reply->status = 303;
    reply->body = STR("");
    http_reply_header(reply, "Location", path);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool http_decode(struct arena *arena, struct str text, bool plus_is_space, struct str *ret_text)
{
    char *decoded = arena_alloc(arena, text.size + 1);
    size_t size = 0;
    for (size_t i = 0; decoded && i < text.size; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            int high = i + 2 < text.size ? hex_digit(text.ptr[i + 1]) : -1;
            int low = i + 2 < text.size ? hex_digit(text.ptr[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        if (c == '\0')
            return false;
        decoded[size++] = c;
    }
    if (!decoded || !str_is_utf8((struct str){decoded, size}))
        return false;
    *ret_text = (struct str){decoded, size};
    return true;
}

void http_encode(struct text_buf *out, struct str text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x80 && (isalnum(c) || strchr("-._~", c)))
            text_add_byte(out, (char)c);
        else
            text_format(out, "%%%02X", c);
    }
}

/* "0.8" in thousandths; 1000 for what cannot be read. */
static int32_t weight_milli(struct str text)
{
    int32_t weight = 0;
    int32_t unit = 1000;
    for (size_t i = 0; i < text.size && unit > 0; i++) {
        if (text.ptr[i] == '.')
            continue;
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return 1000;
        weight += (text.ptr[i] - '0') * unit;
        unit /= 10;
    }
    return weight > 1000 ? 1000 : weight;
}

bool http_next_accepted(struct str *rest, struct str *ret_element, int32_t *ret_milli)
{
    struct str element;
    if (!rest->ptr || !str_split(rest, ',', &element))
        return false;
    struct str parameters = element;
    struct str name;
    str_split(&parameters, ';', &name);
    *ret_element = str_trim(name);
    *ret_milli = 1000;
    struct str parameter;
    while (str_split(&parameters, ';', &parameter)) {
        parameter = str_trim(parameter);
        if (str_starts(parameter, STR("q=")))
            *ret_milli = weight_milli(str_sub(parameter, 2, parameter.size));
    }
    return true;
}

static int32_t accepts_milli(struct str accept, const char *type)
{
    struct str rest = accept;
    struct str element;
    int32_t milli;
    int32_t best = 0;
    while (http_next_accepted(&rest, &element, &milli)) {
        bool any = str_equal(element, STR("*/*"));
        if (same_name(element, type))
            return milli;
        if (any && milli > best)
            best = milli;
    }
    return best;
}

bool http_prefers(const struct http_request *request, const char *first, const char *second)
{
    struct str accept = http_header(request, "Accept");
    return accept.ptr && accepts_milli(accept, second) > accepts_milli(accept, first);
}
