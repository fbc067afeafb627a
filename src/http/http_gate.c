#include "http/http_gate.h"

#include <string.h>
#include <strings.h>

static bool is_token(struct str text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c >= 0x7F || strchr("\"(),/:;<=>?@[\\]{}", c))
            return false;
    }
    return text.size > 0;
}

static bool has_control(struct str text, bool allow_tab)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c < ' ' && !(allow_tab && c == '\t')) || c == 0x7F)
            return true;
    }
    return false;
}

static bool is_digits(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.size > 0 && text.size <= 15;
}

static bool is_named(struct str name, const char *wanted)
{
    return name.size == strlen(wanted) && strncasecmp(name.ptr, wanted, name.size) == 0;
}

/* A name, an address, [an IPv6 address], each with a port or without (RFC 3986, 3.2.2). */
static bool is_host(struct str text)
{
    bool in_brackets = false;
    size_t colons = 0;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                        (c >= 'A' && c <= 'Z') || (c != 0 && strchr("-._~", c));
        if (c == '[' && i == 0)
            in_brackets = true;
        else if (c == ']' && in_brackets)
            in_brackets = false;
        else if (c == ':' && !in_brackets)
            colons++;
        else if (!is_plain && c != ':')
            return false;
    }
    return text.size > 0 && !in_brackets && colons <= 1 && text.ptr[0] != ':';
}

static const char *refuse_target(const struct http_request *request)
{
    struct str target = request->target;
    if (!is_token(request->method_name))
        return "the method is not a word";
    if (target.size == 0 || target.ptr[0] != '/')
        return "the target is not a path";
    if (target.size > HTTP_TARGET_SIZE_MAX)
        return "the target is too long";
    if (has_control(target, false) || memchr(target.ptr, ' ', target.size))
        return "the target has control characters";
    return NULL;
}

const char *http_gate(const struct http_request *request)
{
    const char *reason = refuse_target(request);
    if (reason)
        return reason;
    bool is_11 = str_equal(request->version, STR("HTTP/1.1"));
    if (!is_11 && !str_equal(request->version, STR("HTTP/1.0")))
        return "the version is neither 1.0 nor 1.1";
    int host_count = 0, length_count = 0, encoding_count = 0;
    for (int32_t i = 0; i < request->header_count; i++) {
        struct http_pair header = request->headers[i];
        if (!is_token(header.name))
            return "a header's name is not a word";
        if (has_control(header.value, true))
            return "a header's value has control characters";
        if (is_named(header.name, "Host")) {
            host_count++;
            if (!is_host(header.value))
                return "Host is not a name";
        }
        if (is_named(header.name, "Content-Length")) {
            length_count++;
            if (!is_digits(header.value))
                return "Content-Length is not a number";
        }
        if (is_named(header.name, "Transfer-Encoding")) {
            encoding_count++;
            if (!is_named(header.value, "chunked"))
                return "Transfer-Encoding is not chunked";
        }
    }
    if (host_count > 1 || (is_11 && host_count == 0))
        return "there must be one Host";
    if (length_count > 1 || encoding_count > 1 || length_count + encoding_count > 1)
        return "the length of the body is told twice";
    if (!is_11 && encoding_count > 0)
        return "HTTP/1.0 has no Transfer-Encoding";
    return NULL;
}
