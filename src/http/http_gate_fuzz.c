#include "http/http_gate.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* The bytes are METHOD NUL TARGET NUL VERSION NUL then NAME NUL VALUE NUL … What the gate lets in
 * has no control character anywhere, one Host at most and one told length at most. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str next(struct str *rest)
{
    struct str part;
    return str_split(rest, '\0', &part) ? part : STR("");
}

static void expect_plain(struct str text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        check((c >= ' ' || c == '\t') && c != 0x7F);
    }
}

static bool is(struct str name, const char *wanted)
{
    return name.size == strlen(wanted) && strncasecmp(name.ptr, wanted, name.size) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_pair headers[HTTP_HEADERS_MAX];
    struct str rest = {(const char *)data, size};
    struct http_request request = {.method_name = next(&rest), .target = next(&rest)};
    request.version = next(&rest);
    request.headers = headers;
    while (rest.size > 0 && request.header_count < HTTP_HEADERS_MAX) {
        struct str name = next(&rest);
        headers[request.header_count++] = (struct http_pair){name, next(&rest)};
    }
    if (http_gate(&request))
        return 0;
    int host_count = 0, length_count = 0;
    expect_plain(request.target);
    check(request.target.ptr[0] == '/');
    for (int32_t i = 0; i < request.header_count; i++) {
        expect_plain(headers[i].name);
        expect_plain(headers[i].value);
        host_count += is(headers[i].name, "Host");
        length_count += is(headers[i].name, "Content-Length");
        length_count += is(headers[i].name, "Transfer-Encoding");
    }
    check(host_count <= 1);
    check(length_count <= 1);
    return 0;
}
