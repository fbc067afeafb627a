#include "http/server.h"

#include "base/clock.h"
#include "http/http_gate.h"
#include "http/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    EXCHANGE_ARENA_SIZE_MAX = 256 * 1024 * 1024, /* the body is bounded by the plan */
    STREAM_BLOCK_SIZE = 1024,
    WAIT_MS_MAX = 1000,
    BACKLOG = 4096,
    EXCESS_SIZE_MAX = 1024 * 1024,
    IDLE_S_DEFAULT = 60,
    HEAD_S_DEFAULT = 15,
    SPARE_MAX = 64, /* of a loop; each keeps 16 KiB */
};

/* A connection, for its deadline. */
enum link_phase { LINK_NEW, LINK_IDLE, LINK_HEAD, LINK_BODY, LINK_ANSWERED };

struct link {
    struct link *next, *previous;
    struct loop *loop;
    int fd;
    char peer[INET6_ADDRSTRLEN];
    enum link_phase phase;
    int64_t since_ns;
    size_t body_size;
};

enum exchange_state { READING, REFUSED, QUEUED, ANSWERED };

/* One request on its way. */
struct exchange {
    struct loop *loop;
    struct MHD_Connection *connection;
    struct link *link;
    struct exchange *next; /* in a queue: of the workers, of the loop's answered or spare ones */
    struct arena arena;
    struct http_request request;
    struct http_reply reply;
    struct http_plan plan;
    enum exchange_state state;
    char *body;
    size_t body_size, body_capacity;
    size_t excess_size; /* of a body that is too large */
    int64_t start_ns;
    bool begun;
};

/* One browser that watches a channel. */
struct viewer {
    struct viewer *next, *previous;
    struct loop *loop;
    struct MHD_Connection *connection;
    int32_t channel;
    uint64_t seen_version;
    char *event; /* being sent */
    size_t event_size, sent_size;
    int64_t said_ms;
    bool sleeps;
};

struct loop {
    struct http_server *server;
    struct MHD_Daemon *daemon;
    pthread_t thread;
    int32_t index;
    int listen_fd, wake_fd, outer_fd;
    pthread_mutex_t mutex;
    struct exchange *answered; /* by workers */
    struct viewer *viewers;
    struct link *links;
    int64_t swept_ns; /* when its links were looked at */
    struct exchange *spare; /* ended ones, to be used again */
    int32_t spare_count;
    bool started;
};

struct http_server {
    struct http_app app;
    struct http_options options;
    struct live_hub *hub;
    struct loop loops[HTTP_LOOPS_MAX];
    int32_t loop_count;
    pthread_t workers[HTTP_WORKERS_MAX];
    int32_t worker_count;
    pthread_mutex_t queue_mutex;
    pthread_cond_t queue_ready;
    struct exchange *queue_first, *queue_last;
    int32_t queue_count;
    _Atomic int32_t busy_count; /* requests between head and done */
    _Atomic int64_t next_number;
    _Atomic int64_t stop_at_ns; /* 0: serving */
    bool workers_end;
    int32_t port;
    _Atomic(struct trusted *) trusted;
};

/* Lists that were replaced are kept: a request may be looking at them. */
struct trusted {
    struct trusted *older;
    struct networks proxies;
};

static void wake(struct loop *loop)
{
    uint64_t one = 1;
    while (write(loop->wake_fd, &one, sizeof one) < 0 && errno == EINTR)
        continue;
}

static void wake_all(void *context)
{
    struct http_server *server = context;
    for (int32_t i = 0; i < server->loop_count; i++)
        wake(&server->loops[i]);
}

/* ---- streams */

static void viewer_free(void *context)
{
    struct viewer *viewer = context;
    if (viewer->next)
        viewer->next->previous = viewer->previous;
    if (viewer->previous)
        viewer->previous->next = viewer->next;
    else
        viewer->loop->viewers = viewer->next;
    free(viewer->event);
    free(viewer);
}

static bool take_event(struct viewer *viewer)
{
    struct live_hub *hub = viewer->loop->server->hub;
    int64_t now_ms = clock_monotonic_ns() / 1000000;
    free(viewer->event);
    viewer->event = NULL;
    viewer->sent_size = 0;
    if (live_version(hub, viewer->channel) > viewer->seen_version) {
        viewer->event =
            live_event(hub, viewer->channel, &viewer->seen_version, &viewer->event_size);
    } else if (now_ms - viewer->said_ms >= LIVE_SILENCE_MS_MAX) {
        viewer->event = calloc(1, 4);
        viewer->event_size = viewer->event ? 3 : 0;
        if (viewer->event)
            memcpy(viewer->event, ":\n\n", 3);
    }
    viewer->said_ms = viewer->event ? now_ms : viewer->said_ms;
    return viewer->event != NULL;
}

static ssize_t read_stream(void *context, uint64_t position, char *buffer, size_t size)
{
    struct viewer *viewer = context;
    if (atomic_load(&viewer->loop->server->stop_at_ns) != 0)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (viewer->sent_size == viewer->event_size && !take_event(viewer)) {
        viewer->event_size = viewer->sent_size = 0;
        viewer->sleeps = true;
        MHD_suspend_connection(viewer->connection);
        return 0;
    }
    size_t rest_size = viewer->event_size - viewer->sent_size;
    size_t taken_size = rest_size < size ? rest_size : size;
    memcpy(buffer, viewer->event + viewer->sent_size, taken_size);
    viewer->sent_size += taken_size;
    return (ssize_t)taken_size;
}

static struct MHD_Response *stream_response(struct exchange *exchange)
{
    struct viewer *viewer = calloc(1, sizeof *viewer);
    if (!viewer)
        return NULL;
    struct loop *loop = exchange->loop;
    *viewer = (struct viewer){.loop = loop,
                              .connection = exchange->connection,
                              .channel = exchange->reply.live_channel - 1,
                              .said_ms = clock_monotonic_ns() / 1000000,
                              .next = loop->viewers};
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, STREAM_BLOCK_SIZE, read_stream, viewer, viewer_free);
    if (!response) {
        free(viewer);
        return NULL;
    }
    if (viewer->next)
        viewer->next->previous = viewer;
    loop->viewers = viewer;
    return response;
}

/* Wakes the viewers for whom there is something to say; all of them when the server stops. */
static void wake_viewers(struct loop *loop)
{
    bool stopping = atomic_load(&loop->server->stop_at_ns) != 0;
    int64_t now_ms = clock_monotonic_ns() / 1000000;
    for (struct viewer *viewer = loop->viewers; viewer; viewer = viewer->next) {
        if (!viewer->sleeps)
            continue;
        bool news = live_version(loop->server->hub, viewer->channel) > viewer->seen_version;
        if (stopping || news || now_ms - viewer->said_ms >= LIVE_SILENCE_MS_MAX) {
            viewer->sleeps = false;
            MHD_resume_connection(viewer->connection);
        }
    }
}

/* ---- deadlines */

static struct link *link_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void link_move(struct link *link, enum link_phase phase)
{
    if (!link)
        return;
    link->phase = phase;
    link->body_size = 0;
    link->since_ns = clock_monotonic_ns();
}

static void read_peer(struct MHD_Connection *connection, char ret_text[INET6_ADDRSTRLEN])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;
    ret_text[0] = '\0';
    if (address && address->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr,
                  ret_text, INET6_ADDRSTRLEN);
    if (address && address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr,
                  ret_text, INET6_ADDRSTRLEN);
}

static void notify_connection(void *context, struct MHD_Connection *connection, void **state,
                              enum MHD_ConnectionNotificationCode code)
{
    struct loop *loop = context;
    struct link *link = *state;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        link = calloc(1, sizeof *link);
        if (!link || !info) { /* without memory it has no deadline but the library's */
            free(link);
            return;
        }
        *link = (struct link){.next = loop->links, .loop = loop, .fd = info->connect_fd};
        read_peer(connection, link->peer);
        link_move(link, LINK_NEW);
        if (link->next)
            link->next->previous = link;
        loop->links = link;
        *state = link;
    } else if (link) {
        if (link->next)
            link->next->previous = link->previous;
        if (link->previous)
            link->previous->next = link->next;
        else
            loop->links = link->next;
        free(link);
        *state = NULL;
    }
}

static int64_t allowed_s(const struct link *link)
{
    const struct http_options *options = &link->loop->server->options;
    switch (link->phase) {
    case LINK_NEW:
    case LINK_HEAD:
        return options->head_s;
    case LINK_IDLE:
        return options->idle_s;
    case LINK_BODY:
        return options->head_s + (int64_t)(link->body_size / HTTP_BODY_SECOND_SIZE);
    case LINK_ANSWERED:
        break;
    }
    return INT64_MAX / 1000000000;
}

/* Once a second. The library sees a connection that is shut down as closed, and frees it. */
static void end_late_links(struct loop *loop)
{
    int64_t now_ns = clock_monotonic_ns();
    if (now_ns - loop->swept_ns < 1000000000)
        return;
    loop->swept_ns = now_ns;
    for (struct link *link = loop->links; link; link = link->next)
        if (now_ns - link->since_ns > allowed_s(link) * 1000000000)
            shutdown(link->fd, SHUT_RDWR);
}

/* ---- one request */

static struct exchange *exchange_spare(struct loop *loop)
{
    struct exchange *exchange = loop->spare;
    if (exchange) {
        loop->spare = exchange->next;
        loop->spare_count--;
        *exchange = (struct exchange){.arena = exchange->arena};
        return exchange;
    }
    exchange = calloc(1, sizeof *exchange);
    if (exchange)
        arena_init(&exchange->arena, EXCHANGE_ARENA_SIZE_MAX);
    return exchange;
}

static void exchange_put(struct loop *loop, struct exchange *exchange)
{
    free(exchange->body);
    if (loop->spare_count < SPARE_MAX) {
        arena_empty(&exchange->arena);
        exchange->next = loop->spare;
        loop->spare = exchange;
        loop->spare_count++;
        return;
    }
    arena_done(&exchange->arena);
    free(exchange);
}

static void free_spare(struct loop *loop)
{
    for (struct exchange *exchange = loop->spare, *next; exchange; exchange = next) {
        next = exchange->next;
        arena_done(&exchange->arena);
        free(exchange);
    }
}

static void *exchange_new(void *context, const char *uri, struct MHD_Connection *connection)
{
    struct loop *loop = context;
    struct exchange *exchange = exchange_spare(loop);
    if (!exchange)
        return NULL;
    exchange->loop = loop;
    exchange->connection = connection;
    exchange->start_ns = clock_monotonic_ns();
    exchange->request = (struct http_request){
        .arena = &exchange->arena,
        .target = str_copy(&exchange->arena, str_from(uri)),
        .body = STR(""),
        .number = atomic_fetch_add(&loop->server->next_number, 1) + 1,
    };
    exchange->link = link_of(connection);
    link_move(exchange->link, LINK_HEAD);
    atomic_fetch_add(&loop->server->busy_count, 1);
    return exchange;
}

static void exchange_free(void *context, struct MHD_Connection *connection, void **state,
                          enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = *state;
    if (!exchange)
        return;
    struct http_server *server = exchange->loop->server;
    if (exchange->begun && server->app.done)
        server->app.done(server->app.context, &exchange->request, &exchange->reply,
                         (clock_monotonic_ns() - exchange->start_ns) / 1000);
    link_move(exchange->link, LINK_IDLE);
    atomic_fetch_sub(&server->busy_count, 1);
    exchange_put(exchange->loop, exchange);
    *state = NULL;
}

struct header_list {
    struct exchange *exchange;
    struct http_pair *pairs;
    int32_t count;
    bool too_many;
};

static enum MHD_Result add_header(void *context, enum MHD_ValueKind kind, const char *name,
                                  size_t name_size, const char *value, size_t value_size)
{
    struct header_list *list = context;
    if (list->count == HTTP_HEADERS_MAX) {
        list->too_many = true;
        return MHD_NO;
    }
    list->pairs[list->count++] =
        (struct http_pair){{name, name_size}, {value ? value : "", value_size}};
    return MHD_YES;
}

static struct str peer_address(struct exchange *exchange)
{
    char text[INET6_ADDRSTRLEN];
    if (exchange->link) /* a request may outlive its connection in the log */
        return str_copy(&exchange->arena, str_from(exchange->link->peer));
    read_peer(exchange->connection, text);
    return str_copy(&exchange->arena, str_from(text));
}

/* The nearest proxy wrote the last element; a trusted one before it may have added its own. What
 * stands before those the client may have written. */
static struct str forwarded_for(const struct networks *proxies, struct str list, struct str peer)
{
    struct str client = peer;
    while (list.size > 0) {
        size_t at = list.size;
        while (at > 0 && list.ptr[at - 1] != ',')
            at--;
        struct str element = str_trim(str_sub(list, at, list.size - at));
        uint8_t bytes[16];
        if (!network_address(element, bytes))
            return client;
        client = element;
        if (!networks_hold(proxies, element))
            return client;
        list = str_sub(list, 0, at > 0 ? at - 1 : 0);
    }
    return client;
}

static void read_client(struct exchange *exchange)
{
    struct http_request *request = &exchange->request;
    struct http_server *server = exchange->loop->server;
    request->client_address = peer_address(exchange);
    request->is_secure = server->options.is_tls;
    const struct trusted *trusted = atomic_load(&server->trusted);
    if (!trusted || !networks_hold(&trusted->proxies, request->client_address))
        return;
    request->client_address =
        forwarded_for(&trusted->proxies, http_header(request, "X-Forwarded-For"),
                      request->client_address);
    request->is_secure |= str_equal(http_header(request, "X-Forwarded-Proto"), STR("https"));
}

static const char *read_head(struct exchange *exchange, const char *method, const char *version)
{
    struct http_request *request = &exchange->request;
    struct http_pair pairs[HTTP_HEADERS_MAX];
    struct header_list list = {.exchange = exchange, .pairs = pairs};
    if (!request->target.ptr)
        return "out of memory";
    MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, add_header, &list);
    request->method_name = str_copy(&exchange->arena, str_from(method));
    request->method = http_method_of(request->method_name);
    request->version = str_copy(&exchange->arena, str_from(version));
    size_t pairs_size = (size_t)list.count * sizeof *pairs;
    char *kept = arena_copy(&exchange->arena, (const char *)pairs, pairs_size);
    if (!kept)
        return "out of memory";
    request->headers = (const struct http_pair *)(void *)kept;
    request->header_count = list.count;
    if (list.too_many)
        return "too many headers";
    const char *reason = http_gate(request);
    if (reason)
        return reason;
    struct str query = request->target;
    struct str path;
    str_split(&query, '?', &path);
    request->query = query.ptr ? query : STR("");
    if (!http_decode(&exchange->arena, path, false, &request->path))
        return "the path is not encoded as it should be";
    read_client(exchange);
    return NULL;
}

static enum MHD_Result send_reply(struct exchange *exchange)
{
    struct http_reply *reply = &exchange->reply;
    struct MHD_Response *response =
        reply->live_channel > 0 && exchange->loop->server->hub
            ? stream_response(exchange)
            : MHD_create_response_from_buffer(reply->body.size, (void *)(uintptr_t)reply->body.ptr,
                                              MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO;
    if (reply->content_type.ptr)
        MHD_add_response_header(response, "Content-Type",
                                str_z(&exchange->arena, reply->content_type));
    for (int32_t i = 0; i < reply->header_count; i++) {
        const char *value = str_z(&exchange->arena, reply->headers[i].value);
        if (value)
            MHD_add_response_header(response, reply->headers[i].name.ptr, value);
    }
    if (exchange->state == REFUSED)
        MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result result =
        MHD_queue_response(exchange->connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result refuse(struct exchange *exchange, int status, const char *reason)
{
    struct http_server *server = exchange->loop->server;
    exchange->state = REFUSED;
    exchange->reply = (struct http_reply){.status = status};
    server->app.refuse(server->app.context, &exchange->request, status, reason,
                       &exchange->reply);
    return send_reply(exchange);
}

static enum MHD_Result take_body(struct exchange *exchange, const char *data, size_t *size)
{
    if (exchange->state == REFUSED) { /* swallow what is still on its way */
        *size = 0;
        return MHD_YES;
    }
    /* A body without a told length. The library takes no reply in the middle of a body: the rest is
     * swallowed, as far as that is cheap, and refused at its end. */
    if (*size > exchange->plan.body_size_max - exchange->body_size) {
        exchange->excess_size += *size;
        *size = 0;
        return exchange->excess_size <= EXCESS_SIZE_MAX ? MHD_YES : MHD_NO;
    }
    if (exchange->body_size + *size > exchange->body_capacity) {
        size_t capacity = exchange->body_capacity ? exchange->body_capacity * 2 : 4096;
        while (capacity < exchange->body_size + *size)
            capacity *= 2;
        char *body = realloc(exchange->body, capacity);
        if (!body)
            return MHD_NO;
        exchange->body = body;
        exchange->body_capacity = capacity;
    }
    memcpy(exchange->body + exchange->body_size, data, *size);
    exchange->body_size += *size;
    if (exchange->link)
        exchange->link->body_size = exchange->body_size;
    *size = 0;
    return MHD_YES;
}

static enum MHD_Result begin(struct exchange *exchange, const char *method, const char *version)
{
    struct http_server *server = exchange->loop->server;
    exchange->begun = true;
    link_move(exchange->link, LINK_BODY);
    const char *reason = read_head(exchange, method, version);
    if (reason)
        return refuse(exchange, 400, reason);
    exchange->plan = server->app.plan(server->app.context, &exchange->request);
    exchange->request.found = exchange->plan.found;
    int64_t length;
    struct str told = http_header(&exchange->request, "Content-Length");
    if (told.ptr && str_to_i64(told, &length) && (uint64_t)length > exchange->plan.body_size_max)
        return refuse(exchange, 413, "the body is too large");
    return MHD_YES;
}

static bool queue_for_worker(struct exchange *exchange)
{
    struct http_server *server = exchange->loop->server;
    pthread_mutex_lock(&server->queue_mutex);
    bool room = server->queue_count < HTTP_QUEUE_MAX && server->worker_count > 0;
    if (room) {
        /* Before a worker can see it: it may be answered and resumed at once. */
        exchange->state = QUEUED;
        MHD_suspend_connection(exchange->connection);
        exchange->next = NULL;
        if (server->queue_last)
            server->queue_last->next = exchange;
        else
            server->queue_first = exchange;
        server->queue_last = exchange;
        server->queue_count++;
        pthread_cond_signal(&server->queue_ready);
    }
    pthread_mutex_unlock(&server->queue_mutex);
    return room;
}

static void answer_exchange(struct exchange *exchange, int32_t thread_index)
{
    struct http_server *server = exchange->loop->server;
    exchange->reply = (struct http_reply){.status = 500, .body = STR("")};
    server->app.answer(server->app.context, &exchange->request, thread_index, &exchange->reply);
}

static void rest(struct http_server *server, int32_t thread_index)
{
    if (server->app.rest)
        server->app.rest(server->app.context, thread_index);
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload_data,
                              size_t *upload_size, void **state)
{
    struct exchange *exchange = *state;
    if (!exchange)
        return MHD_NO;
    if (!exchange->begun)
        return begin(exchange, method, version);
    if (*upload_size > 0)
        return take_body(exchange, upload_data, upload_size);
    if (exchange->state == REFUSED)
        return MHD_YES;
    if (exchange->state == ANSWERED)
        return send_reply(exchange);
    if (exchange->excess_size > 0)
        return refuse(exchange, 413, "the body is too large");
    link_move(exchange->link, LINK_ANSWERED);
    exchange->request.body =
        (struct str){exchange->body ? exchange->body : "", exchange->body_size};
    if (exchange->plan.thread == HTTP_ON_WORKER) {
        if (queue_for_worker(exchange))
            return MHD_YES;
        return refuse(exchange, 503, "too many long requests wait");
    }
    answer_exchange(exchange, exchange->loop->index);
    exchange->state = ANSWERED;
    return send_reply(exchange);
}

/* ---- threads */

static struct exchange *take_queued(struct http_server *server)
{
    pthread_mutex_lock(&server->queue_mutex);
    while (!server->queue_first && !server->workers_end)
        pthread_cond_wait(&server->queue_ready, &server->queue_mutex);
    struct exchange *exchange = server->queue_first;
    if (exchange) {
        server->queue_first = exchange->next;
        server->queue_last = exchange->next ? server->queue_last : NULL;
        server->queue_count--;
    }
    pthread_mutex_unlock(&server->queue_mutex);
    return exchange;
}

struct worker_start {
    struct http_server *server;
    int32_t thread_index;
};

static void *run_worker(void *context)
{
    struct worker_start start = *(struct worker_start *)context;
    free(context);
    struct exchange *exchange;
    while ((exchange = take_queued(start.server))) {
        answer_exchange(exchange, start.thread_index);
        rest(start.server, start.thread_index);
        struct loop *loop = exchange->loop;
        pthread_mutex_lock(&loop->mutex);
        exchange->next = loop->answered;
        loop->answered = exchange;
        pthread_mutex_unlock(&loop->mutex);
        wake(loop);
    }
    return NULL;
}

static void resume_answered(struct loop *loop)
{
    pthread_mutex_lock(&loop->mutex);
    struct exchange *exchange = loop->answered;
    loop->answered = NULL;
    pthread_mutex_unlock(&loop->mutex);
    while (exchange) {
        struct exchange *next = exchange->next; /* resuming may end it */
        exchange->state = ANSWERED;
        MHD_resume_connection(exchange->connection);
        exchange = next;
    }
}

static bool may_end(struct loop *loop)
{
    struct http_server *server = loop->server;
    int64_t stop_at_ns = atomic_load(&server->stop_at_ns);
    if (stop_at_ns == 0)
        return false;
    return atomic_load(&server->busy_count) == 0 || clock_monotonic_ns() >= stop_at_ns;
}

static int wait_ms(struct loop *loop)
{
    MHD_UNSIGNED_LONG_LONG asked_ms;
    int longest_ms = atomic_load(&loop->server->stop_at_ns) != 0 ? 20 : WAIT_MS_MAX;
    if (MHD_get_timeout(loop->daemon, &asked_ms) != MHD_YES)
        return longest_ms;
    return asked_ms < (MHD_UNSIGNED_LONG_LONG)longest_ms ? (int)asked_ms : longest_ms;
}

static void *run_loop(void *context)
{
    struct loop *loop = context;
    bool quiet = false;
    while (!may_end(loop)) {
        struct epoll_event events[2];
        int count = epoll_wait(loop->outer_fd, events, 2, wait_ms(loop));
        for (int i = 0; i < count; i++) {
            uint64_t wakes;
            if (events[i].data.fd == loop->wake_fd &&
                read(loop->wake_fd, &wakes, sizeof wakes) < 0 && errno != EAGAIN)
                check(errno == EINTR);
        }
        resume_answered(loop);
        wake_viewers(loop);
        MHD_run(loop->daemon);
        rest(loop->server, loop->index);
        end_late_links(loop);
        if (atomic_load(&loop->server->stop_at_ns) != 0 && !quiet) {
            /* Who was in the socket's queue is taken; who comes now is refused at once. */
            MHD_quiesce_daemon(loop->daemon);
            close(loop->listen_fd);
            loop->listen_fd = -1;
            quiet = true;
        }
    }
    return NULL;
}

/* ---- start and stop */

static enum err listen_on(const struct http_options *options, int32_t port, int *ret_fd,
                          struct fault *fault)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV};
    char service[16];
    snprintf(service, sizeof service, "%" PRId32, port);
    struct addrinfo *address;
    if (getaddrinfo(options->address, service, &hints, &address) != 0)
        return fault_set(fault, ERR_INPUT, "%s 不是网络地址", options->address);
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int yes = 1;
    bool done = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
                setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes) == 0 &&
                bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0;
    int error = errno;
    freeaddrinfo(address);
    if (done) {
        *ret_fd = fd;
        return ERR_OK;
    }
    if (fd >= 0)
        close(fd);
    fault_set(fault, ERR_IO, "不能在 %s:%" PRId32 " 上监听：%s", options->address, port,
              strerror(error));
    return fault_hint(fault, "换一个端口：--port N，或先停止占用它的程序。");
}

static int32_t port_of(int fd)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        return 0;
    return address.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)&address)->sin6_port)
                                         : ntohs(((struct sockaddr_in *)&address)->sin_port);
}

static bool watch(int outer_fd, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    return epoll_ctl(outer_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static struct MHD_Daemon *daemon_new(struct loop *loop)
{
    const struct http_options *options = &loop->server->options;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_CERT_CALLBACK2, 0, tls_callback()},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)tls_priorities},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME;
    flags |= options->is_tls ? MHD_USE_TLS : 0;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, handle, NULL, MHD_OPTION_LISTEN_SOCKET, loop->listen_fd,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)options->connection_count_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)HTTP_HEAD_SIZE_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)options->idle_s,
        MHD_OPTION_URI_LOG_CALLBACK, exchange_new, loop, MHD_OPTION_NOTIFY_COMPLETED,
        exchange_free, NULL, MHD_OPTION_NOTIFY_CONNECTION, notify_connection, loop,
        MHD_OPTION_ARRAY, options->is_tls ? tls : none, MHD_OPTION_END);
}

static enum err loop_start(struct http_server *server, int32_t index, struct fault *fault)
{
    struct loop *loop = &server->loops[index];
    *loop = (struct loop){.server = server, .index = index, .listen_fd = -1};
    TRY(listen_on(&server->options, index == 0 ? server->options.port : server->port,
                  &loop->listen_fd, fault));
    if (index == 0)
        server->port = port_of(loop->listen_fd);
    pthread_mutex_init(&loop->mutex, NULL);
    loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    loop->outer_fd = epoll_create1(EPOLL_CLOEXEC);
    loop->daemon = daemon_new(loop);
    server->loop_count = index + 1;
    if (!loop->daemon)
        return fault_set(fault, ERR_IO, "HTTP 服务不能启动");
    int inner_fd = MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    if (loop->wake_fd < 0 || loop->outer_fd < 0 || !watch(loop->outer_fd, inner_fd) ||
        !watch(loop->outer_fd, loop->wake_fd) ||
        pthread_create(&loop->thread, NULL, run_loop, loop) != 0)
        return fault_set(fault, ERR_IO, "HTTP 服务的线程不能启动：%s", strerror(errno));
    loop->started = true;
    return ERR_OK;
}

static enum err worker_start(struct http_server *server, struct fault *fault)
{
    struct worker_start *start = malloc(sizeof *start);
    if (!start)
        return fault_set(fault, ERR_MEMORY, "no memory for a worker");
    *start = (struct worker_start){server, server->options.loop_count + server->worker_count};
    if (pthread_create(&server->workers[server->worker_count], NULL, run_worker, start) != 0) {
        free(start);
        return fault_set(fault, ERR_IO, "后台线程不能启动：%s", strerror(errno));
    }
    server->worker_count++;
    return ERR_OK;
}

enum err http_server_start(const struct http_options *options, const struct http_app *app,
                           struct live_hub *hub, struct http_server **ret_server,
                           struct fault *fault)
{
    check(options->loop_count >= 1);
    check(options->loop_count <= HTTP_LOOPS_MAX);
    check(options->worker_count <= HTTP_WORKERS_MAX);
    struct http_server *server = calloc(1, sizeof *server);
    if (!server)
        return fault_set(fault, ERR_MEMORY, "no memory for the HTTP server");
    server->app = *app;
    server->options = *options;
    if (options->idle_s == 0)
        server->options.idle_s = IDLE_S_DEFAULT;
    if (options->head_s == 0)
        server->options.head_s = HEAD_S_DEFAULT;
    server->hub = hub;
    pthread_mutex_init(&server->queue_mutex, NULL);
    pthread_cond_init(&server->queue_ready, NULL);
    enum err err = ERR_OK;
    for (int32_t i = 0; err == ERR_OK && i < options->worker_count; i++)
        err = worker_start(server, fault);
    for (int32_t i = 0; err == ERR_OK && i < options->loop_count; i++)
        err = loop_start(server, i, fault);
    if (err != ERR_OK) {
        http_server_stop(server, 0);
        return err;
    }
    if (hub)
        live_set_waker(hub, wake_all, server);
    *ret_server = server;
    return ERR_OK;
}

int32_t http_server_port(const struct http_server *server)
{
    return server->port;
}

enum err http_server_trust(struct http_server *server, const struct networks *proxies,
                           struct fault *fault)
{
    struct trusted *trusted = calloc(1, sizeof *trusted);
    if (!trusted)
        return fault_set(fault, ERR_MEMORY, "no memory for the list of proxies");
    trusted->proxies = *proxies;
    trusted->older = atomic_load(&server->trusted);
    atomic_store(&server->trusted, trusted);
    return ERR_OK;
}

static void workers_stop(struct http_server *server)
{
    pthread_mutex_lock(&server->queue_mutex);
    server->workers_end = true;
    pthread_cond_broadcast(&server->queue_ready);
    pthread_mutex_unlock(&server->queue_mutex);
    for (int32_t i = 0; i < server->worker_count; i++)
        pthread_join(server->workers[i], NULL);
}

/* The library aborts when a daemon with sleeping connections is stopped. */
static void loop_close(struct loop *loop)
{
    if (loop->daemon) {
        resume_answered(loop);
        wake_viewers(loop);
        MHD_run(loop->daemon);
        rest(loop->server, loop->index);
        MHD_stop_daemon(loop->daemon);
    }
    free_spare(loop);
    if (loop->listen_fd >= 0)
        close(loop->listen_fd);
    close(loop->wake_fd);
    close(loop->outer_fd);
    pthread_mutex_destroy(&loop->mutex);
}

void http_server_stop(struct http_server *server, int32_t drain_ms)
{
    if (!server)
        return;
    if (server->hub)
        live_set_waker(server->hub, NULL, NULL);
    atomic_store(&server->stop_at_ns, clock_monotonic_ns() + (int64_t)drain_ms * 1000000 + 1);
    wake_all(server);
    for (int32_t i = 0; i < server->loop_count; i++)
        if (server->loops[i].started)
            pthread_join(server->loops[i].thread, NULL);
    workers_stop(server);
    for (int32_t i = 0; i < server->loop_count; i++)
        loop_close(&server->loops[i]);
    for (struct trusted *trusted = atomic_load(&server->trusted), *older; trusted;
         trusted = older) {
        older = trusted->older;
        free(trusted);
    }
    pthread_mutex_destroy(&server->queue_mutex);
    pthread_cond_destroy(&server->queue_ready);
    free(server);
}
