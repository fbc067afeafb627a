/* fetch.h — one HTTP request to another server, bounded in time and size; no redirect is followed.
 *
 * Memory   the answer lives in the arena given
 * Errors   ERR_OUTSIDE: no answer, too slow, too large; a status is an answer
 * Limits   FETCH_MS_MAX, FETCH_SIZE_MAX
 */
#ifndef BAIGONG_FETCH_H
#define BAIGONG_FETCH_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

enum { FETCH_MS_MAX = 8000, FETCH_SIZE_MAX = 512 * 1024 };

struct fetch_request {
    const char *url;                 /* http:// or https:// */
    const char *form;                /* body of a POST; urlencoded unless headers say; NULL: GET */
    const char *user, *password;     /* Basic; NULL: none */
    const char *const *headers;      /* "Name: value", ends with NULL; NULL: none of its own */
    int32_t ms_max;                  /* 0: FETCH_MS_MAX */
};

enum err fetch(struct arena *arena, const struct fetch_request *request, int32_t *ret_status,
               struct str *ret_body, struct fault *fault);

#endif
