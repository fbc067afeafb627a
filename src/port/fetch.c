#include "port/fetch.h"

#include <curl/curl.h>
#include <pthread.h>
#include <string.h>

struct answer {
    char *bytes; /* FETCH_SIZE_MAX */
    size_t size;
};

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void start_curl(void)
{
    check(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

static size_t take(char *data, size_t unit, size_t count, void *context)
{
    struct answer *answer = context;
    size_t size = unit * count;
    if (size > FETCH_SIZE_MAX - answer->size)
        return 0;
    memcpy(answer->bytes + answer->size, data, size);
    answer->size += size;
    return size;
}

static struct curl_slist *headers_of(const struct fetch_request *request)
{
    struct curl_slist *list = NULL;
    for (const char *const *header = request->headers; header && *header; header++)
        list = curl_slist_append(list, *header);
    return list;
}

static void describe(CURL *curl, const struct fetch_request *request, struct answer *answer)
{
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                     request->ms_max > 0 ? (long)request->ms_max : (long)FETCH_MS_MAX);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "baigong");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    if (request->form)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->form);
    if (request->user) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl_easy_setopt(curl, CURLOPT_USERNAME, request->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, request->password ? request->password : "");
    }
}

enum err fetch(struct arena *arena, const struct fetch_request *request, int32_t *ret_status,
               struct str *ret_body, struct fault *fault)
{
    pthread_once(&curl_once, start_curl);
    struct answer answer = {.bytes = arena_alloc(arena, FETCH_SIZE_MAX)};
    CURL *curl = answer.bytes ? curl_easy_init() : NULL;
    if (!curl)
        return fault_set(fault, ERR_MEMORY, "no memory for a request");
    describe(curl, request, &answer);
    struct curl_slist *headers = headers_of(request);
    if (headers)
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    long status = 0;
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    if (code != CURLE_OK)
        return fault_set(fault, ERR_OUTSIDE, "外部系统没有回答：%s", curl_easy_strerror(code));
    *ret_status = (int32_t)status;
    *ret_body = (struct str){answer.bytes, answer.size};
    return ERR_OK;
}
