#include "http/server.h"

#include "unit.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_SIZE_MAX = 64 * 1024, CLIENTS = 16 };

static _Atomic int32_t done_count;
static _Atomic int32_t channel;

static struct http_plan plan(void *context, const struct http_request *request)
{
    bool slow = str_equal(request->path, STR("/slow"));
    return (struct http_plan){100, slow ? HTTP_ON_WORKER : HTTP_ON_LOOP};
}

static void answer(void *context, struct http_request *request, int32_t thread_index,
                   struct http_reply *reply)
{
    reply->status = 200;
    reply->content_type = STR("text/plain");
    if (str_equal(request->path, STR("/watch"))) {
        reply->content_type = STR("text/event-stream");
        reply->live_channel = atomic_load(&channel) + 1;
        return;
    }
    reply->body = str_from(text_in(request->arena, "%s %.*s?%.*s %.*s",
                                   http_method_text(request->method), STR_ARG(request->path),
                                   STR_ARG(request->query), STR_ARG(request->body)));
}

static void refuse(void *context, struct http_request *request, int status, const char *reason,
                   struct http_reply *reply)
{
    reply->status = status;
    reply->body = str_from(reason);
}

static void done(void *context, const struct http_request *request,
                 const struct http_reply *reply, int64_t duration_us)
{
    atomic_fetch_add(&done_count, 1);
}

static struct http_server *server;
static struct live_hub *hub;

static void start(void)
{
    struct http_options options = {.address = "127.0.0.1", .loop_count = 2, .worker_count = 2,
                                   .connection_count_max = 100};
    struct http_app app = {NULL, plan, answer, refuse, done};
    EXPECT_OK(live_hub_new(&hub, NULL));
    atomic_store(&channel, live_channel(hub, STR("board")));
    EXPECT_OK(http_server_start(&options, &app, hub, &server, NULL));
}

static void stop(void)
{
    http_server_stop(server, 2000);
    live_hub_free(hub);
}

static int connect_to(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)http_server_port(server)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval wait = {.tv_sec = 5};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    EXPECT(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    return fd;
}

/* Sends a request as it is and reads until the connection closes, or until a text came. */
static void ask(const char *request, const char *until, char *answer_text)
{
    int fd = connect_to();
    EXPECT(send(fd, request, strlen(request), MSG_NOSIGNAL) == (ssize_t)strlen(request));
    size_t size = 0;
    ssize_t got;
    answer_text[0] = '\0';
    while (size < ANSWER_SIZE_MAX - 1 && !(until && strstr(answer_text, until)) &&
           (got = recv(fd, answer_text + size, ANSWER_SIZE_MAX - 1 - size, 0)) > 0) {
        size += (size_t)got;
        answer_text[size] = '\0';
    }
    close(fd);
}

TEST(http_server__answers_on_loops_and_on_workers)
{
    static char text[ANSWER_SIZE_MAX];
    start();
    ask("GET /a%20b?x=1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", NULL, text);
    EXPECT(strstr(text, "HTTP/1.1 200 OK") == text);
    EXPECT(strstr(text, "GET /a b?x=1 ") != NULL);
    ask("POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
        NULL, text);
    EXPECT(strstr(text, "POST /slow? hello") != NULL);
    ask("POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", NULL, text);
    EXPECT(strstr(text, "POST /c? abcde") != NULL);
    stop();
}

TEST(http_server__refuses_smuggling_and_bodies_that_are_too_large)
{
    static char text[ANSWER_SIZE_MAX];
    start();
    ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
        "0\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n", NULL, text);
    EXPECT(strstr(text, "HTTP/1.1 400") == text);
    EXPECT(strstr(text, "200 OK") == NULL);
    ask("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", NULL, text);
    EXPECT(strstr(text, "HTTP/1.1 400") == text);
    ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n", "too large", text);
    EXPECT(strstr(text, "HTTP/1.1 413") == text);
    char chunked[512];
    snprintf(chunked, sizeof chunked, "POST / HTTP/1.1\r\nHost: h\r\n"
             "Transfer-Encoding: chunked\r\n\r\n7a\r\n%0122d\r\n0\r\n\r\n", 0);
    ask(chunked, "too large", text);
    EXPECT(strstr(text, "HTTP/1.1 413") == text);
    stop();
}

static void *ask_often(void *context)
{
    char *text = malloc(ANSWER_SIZE_MAX);
    for (int i = 0; i < 50; i++) {
        const char *path = i % 2 ? "/slow" : "/fast";
        char request[128];
        snprintf(request, sizeof request,
                 "GET %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", path);
        ask(request, NULL, text);
        EXPECT(strstr(text, path) != NULL);
    }
    free(text);
    return NULL;
}

TEST(http_server__serves_many_at_once_and_tells_of_each)
{
    start();
    atomic_store(&done_count, 0);
    pthread_t clients[CLIENTS];
    for (int i = 0; i < CLIENTS; i++)
        EXPECT(pthread_create(&clients[i], NULL, ask_often, NULL) == 0);
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(clients[i], NULL);
    stop();
    EXPECT_INT(CLIENTS * 50, atomic_load(&done_count));
}

static void *watch(void *context)
{
    ask("GET /watch HTTP/1.1\r\nHost: h\r\n\r\n", "data: second", context);
    return NULL;
}

TEST(live_channel__gives_each_viewer_the_newest_text)
{
    static char texts[4][ANSWER_SIZE_MAX];
    start();
    live_publish(hub, atomic_load(&channel), STR("first\nline"));
    pthread_t viewers[4];
    for (int i = 0; i < 4; i++)
        EXPECT(pthread_create(&viewers[i], NULL, watch, texts[i]) == 0);
    for (int i = 0; i < 200 && !strstr(texts[3], "data: line"); i++)
        usleep(10000);
    live_publish(hub, atomic_load(&channel), STR("second"));
    for (int i = 0; i < 4; i++) {
        pthread_join(viewers[i], NULL);
        EXPECT(strstr(texts[i], "data: second") != NULL);
    }
    stop();
}

TEST(http_server__says_when_the_port_is_taken)
{
    start();
    struct http_options options = {.address = "127.0.0.1", .loop_count = 1,
                                   .port = http_server_port(server),
                                   .connection_count_max = 10};
    struct http_app app = {NULL, plan, answer, refuse, done};
    struct http_server *second;
    struct fault fault = {0};
    int fd = socket(AF_INET, SOCK_STREAM, 0); /* without SO_REUSEPORT: nobody may share it */
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    EXPECT(bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 1) == 0);
    socklen_t size = sizeof address;
    EXPECT(getsockname(fd, (struct sockaddr *)&address, &size) == 0);
    options.port = ntohs(address.sin_port);
    EXPECT_ERR(ERR_IO, http_server_start(&options, &app, NULL, &second, &fault));
    options.address = "nowhere";
    EXPECT_ERR(ERR_INPUT, http_server_start(&options, &app, NULL, &second, &fault));
    close(fd);
    stop();
}
