/* server.h — the sockets: loops that read requests, hand them to the application and send replies.
 *
 * Each loop is one thread with its own listening socket (SO_REUSEPORT) and its own libmicrohttpd
 * daemon, driven from outside by epoll. A request that would take longer than a few milliseconds is
 * answered by a worker thread while its connection sleeps, so that loops never wait.
 *
 *   read head -> gate -> plan (how large a body, which thread) -> body -> answer -> send -> done
 *
 * Who sends a head or a body drop by drop is cut off: a head has head_s in all, a body a second
 * more for each HTTP_BODY_SECOND_SIZE bytes that came.
 *
 * Memory   the server owns loops and workers; each request has an arena of its own
 * Errors   ERR_IO (address in use, no permission), ERR_INPUT (certificate), ERR_MEMORY
 * Limits   HTTP_LOOPS_MAX, HTTP_WORKERS_MAX; a queue of HTTP_QUEUE_MAX slow requests, then 503
 */
#ifndef BAIGONG_SERVER_H
#define BAIGONG_SERVER_H

#include "http/http.h"
#include "http/live.h"
#include "http/network.h"

enum {
    HTTP_LOOPS_MAX = 64,
    HTTP_WORKERS_MAX = 32,
    HTTP_QUEUE_MAX = 1024,
    HTTP_HEAD_SIZE_MAX = 8192,   /* a longer head: 431 */
    HTTP_BODY_SECOND_SIZE = 4096, /* a body may take a second for each so many bytes */
};

struct http_options {
    const char *address; /* "127.0.0.1", "::" */
    int32_t port;        /* 0: any free one */
    int32_t loop_count;
    int32_t worker_count;
    int32_t connection_count_max; /* of each loop */
    int32_t idle_s; /* a connection without a request is closed after so long; 0: 60 */
    int32_t head_s; /* a request's head must be there after so long; 0: 15 */
    bool is_tls;    /* shows the certificate of tls_set */
};

enum http_thread { HTTP_ON_LOOP, HTTP_ON_WORKER };

struct http_plan {
    size_t body_size_max;
    enum http_thread thread;
    const void *found; /* what the application knows of the request now: request->found */
};

struct http_app {
    void *context;
    /* After the head was read. */
    struct http_plan (*plan)(void *context, const struct http_request *request);
    /* On a loop or a worker; several at once. thread_index: loops from 0, then workers. A reply
     * with live_channel set is a stream that never ends. */
    void (*answer)(void *context, struct http_request *request, int32_t thread_index,
                   struct http_reply *ret_reply);
    /* For requests that do not reach answer: 400, 413, 503. */
    void (*refuse)(void *context, struct http_request *request, int status, const char *reason,
                   struct http_reply *ret_reply);
    /* After the reply was sent or the client went away. */
    void (*done)(void *context, const struct http_request *request,
                 const struct http_reply *reply, int64_t duration_us);
    /* The thread has answered all that was there and is going to wait; may be NULL. */
    void (*rest)(void *context, int32_t thread_index);
};

struct http_server;

/* hub may be NULL when no reply is a stream. */
enum err http_server_start(const struct http_options *options, const struct http_app *app,
                           struct live_hub *hub, struct http_server **ret_server,
                           struct fault *fault);
int32_t http_server_port(const struct http_server *server);

/* From which next hop X-Forwarded-For and -Proto are taken: nobody at first. While it serves. */
enum err http_server_trust(struct http_server *server, const struct networks *proxies,
                           struct fault *fault);

/* Takes no new connection, lets those at work finish for up to drain_ms, then closes. */
void http_server_stop(struct http_server *server, int32_t drain_ms);

#endif
