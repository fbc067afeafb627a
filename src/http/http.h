/* http.h — a request as a handler reads it, and the reply it fills in.
 *
 * A reply is a value that is sent after the handler's transaction is committed: a handler has no
 * other effect on the network, so it can be run again.
 *
 * Memory   request and reply live in the request's arena until the reply is sent
 * Limits   HTTP_HEADERS_MAX, HTTP_TARGET_SIZE_MAX
 */
#ifndef BAIGONG_HTTP_H
#define BAIGONG_HTTP_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

enum {
    HTTP_HEADERS_MAX = 64,       /* browsers send about twenty */
    HTTP_TARGET_SIZE_MAX = 4096, /* the longest filter of ours is a tenth of it */
    HTTP_REPLY_HEADERS_MAX = 12,
};

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_OTHER };

struct http_pair {
    struct str name, value;
};

struct http_request {
    struct arena *arena;
    enum http_method method;
    struct str method_name;
    struct str target; /* as sent: path and query, still encoded */
    struct str path;   /* decoded */
    struct str query;  /* behind the ?, still encoded; "" when there is none */
    struct str version;
    const struct http_pair *headers;
    int32_t header_count;
    struct str body;
    struct str client_address; /* behind a trusted proxy: the address that it names */
    bool is_secure;            /* TLS, here or at the proxy */
    int64_t number;            /* of this request in the log */
    const void *found;         /* what the application's plan found; NULL without one */
};

struct http_reply {
    int status;
    struct str content_type;
    struct str body; /* in the request's arena or constant */
    struct http_pair headers[HTTP_REPLY_HEADERS_MAX];
    int32_t header_count;
    int32_t live_channel; /* above 0: a stream of channel live_channel - 1; the body is not sent */
};

/* First header of the name, whatever its case; an absent str when there is none. */
struct str http_header(const struct http_request *request, const char *name);
struct str http_cookie(const struct http_request *request, const char *name);

/* Adds a header. A value with a control character would let input write headers: check. */
void http_reply_header(struct http_reply *reply, const char *name, struct str value);

/* 303 to a path of this site: after a form was taken. */
void http_reply_see(struct http_reply *reply, struct str path);

enum http_method http_method_of(struct str name);
const char *http_method_text(enum http_method method);

/* Turns %41 and, when plus_is_space, + back. False for a malformed escape, a zero byte or text that
 * is not UTF-8. The text is in the arena. */
bool http_decode(struct arena *arena, struct str text, bool plus_is_space, struct str *ret_text);

/* Adds text so that it may stand in a query: everything but letters, digits and -._~ as %XX. */
void http_encode(struct text_buf *out, struct str text);

/* The next element of an Accept or Accept-Language list that the client prefers; *ret_milli is its
 * weight (q) in thousandths. False at the end. */
bool http_next_accepted(struct str *rest, struct str *ret_element, int32_t *ret_milli);

/* Whether the client would rather have the second type than the first. */
bool http_prefers(const struct http_request *request, const char *first, const char *second);

#endif
