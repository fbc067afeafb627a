#include "http/http.h"

#include "http/http_gate.h"
#include "unit.h"

static struct http_request with(const char *version, const char *target, const char *const *pairs,
                                struct http_pair *headers)
{
    struct http_request request = {.method_name = STR("GET"), .version = str_from(version),
                                   .target = str_from(target), .headers = headers};
    for (; *pairs; pairs += 2)
        headers[request.header_count++] =
            (struct http_pair){str_from(pairs[0]), str_from(pairs[1])};
    return request;
}

TEST(gate__lets_ordinary_requests_in_and_no_malformed_one)
{
    static const struct {
        const char *version, *target;
        const char *pairs[9];
        bool enters;
    } rows[] = {
        {"HTTP/1.1", "/", {"Host", "a"}, true},
        {"HTTP/1.0", "/", {NULL}, true},
        {"HTTP/1.1", "/?q=%E6%9D%8E", {"Host", "a", "Content-Length", "0"}, true},
        {"HTTP/1.1", "/", {"Host", "a", "Transfer-Encoding", "chunked"}, true},
        {"HTTP/1.1", "/", {NULL}, false},
        {"HTTP/1.1", "/", {"Host", "a", "host", "b"}, false},
        {"HTTP/1.1", "/", {"Host", "a", "Content-Length", "1", "Content-Length", "1"}, false},
        {"HTTP/1.1", "/", {"Host", "a", "Content-Length", "+1"}, false},
        {"HTTP/1.1", "/", {"Host", "a", "Content-Length", ""}, false},
        {"HTTP/1.1", "/", {"Host", "a", "Content-Length", "1", "Transfer-Encoding", "chunked"},
         false},
        {"HTTP/1.1", "/", {"Host", "a", "Transfer-Encoding", "gzip, chunked"}, false},
        {"HTTP/1.0", "/", {"Transfer-Encoding", "chunked"}, false},
        {"HTTP/1.1", "/", {"Host", "a", "X Y", "1"}, false},
        {"HTTP/1.1", "/", {"Host", "a", "X", "1\x01"}, false},
        {"HTTP/1.1", "/a b", {"Host", "a"}, false},
        {"HTTP/1.1", "/\x7f", {"Host", "a"}, false},
        {"HTTP/1.1", "http://other/", {"Host", "a"}, false},
        {"HTTP/2.0", "/", {"Host", "a"}, false},
        {"HTTP/1.1", "", {"Host", "a"}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_pair headers[4];
        struct http_request request =
            with(rows[i].version, rows[i].target, rows[i].pairs, headers);
        EXPECT((http_gate(&request) == NULL) == rows[i].enters);
    }
}

TEST(http_cookie__finds_the_whole_name_only)
{
    struct http_pair headers[1];
    struct http_request request =
        with("HTTP/1.1", "/", (const char *[]){"cookie", "xlang=1; lang=en;a=b=c", NULL}, headers);
    EXPECT_STR("en", http_cookie(&request, "lang"));
    EXPECT_STR("b=c", http_cookie(&request, "a"));
    EXPECT(http_cookie(&request, "ang").ptr == NULL);
}

TEST(http_prefers__weighs_the_accepted_types)
{
    struct http_pair headers[1];
    struct http_request request = with(
        "HTTP/1.1", "/", (const char *[]){"Accept", "text/html;q=0.5, application/json", NULL},
        headers);
    EXPECT(http_prefers(&request, "text/html", "application/json"));
    request = with("HTTP/1.1", "/", (const char *[]){"Accept", "*/*", NULL}, headers);
    EXPECT(!http_prefers(&request, "text/html", "application/json"));
}

TEST(http_encode__is_undone_by_http_decode)
{
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct text_buf *out = text_new(&arena);
    http_encode(out, STR("李 明/a?b=c&d+~"));
    EXPECT_STR("%E6%9D%8E%20%E6%98%8E%2Fa%3Fb%3Dc%26d%2B~", text_str(out));
    struct str back;
    EXPECT(http_decode(&arena, text_str(out), true, &back));
    EXPECT_STR("李 明/a?b=c&d+~", back);
    arena_done(&arena);
}
