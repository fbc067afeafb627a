/* form.h — the fields of a query or of a body: urlencoded, multipart, and their files.
 *
 * Memory   fields live in the arena given; a file's content points into the body
 * Errors   ERR_FORM with what is wrong and, for multipart, at which byte
 * Limits   FORM_FIELDS_MAX; the size of the body is bounded by the server
 */
#ifndef BAIGONG_FORM_H
#define BAIGONG_FORM_H

#include "http/http.h"

enum { FORM_FIELDS_MAX = 512 }; /* a batch ticks at most a page of rows */

struct form_field {
    struct str name;
    struct str value;        /* decoded text, or the file's bytes */
    struct str file_name;    /* of a file as sent, without folders; absent for a text */
    struct str content_type; /* of a file */
};

struct form {
    struct form_field *fields;
    int32_t field_count;
};

/* name=value&name=value; an empty text has no fields. */
enum err form_read_encoded(struct arena *arena, struct str text, struct form *ret_form,
                           struct fault *fault);

/* multipart/form-data (RFC 7578) with the boundary of its content type. */
enum err form_read_multipart(struct arena *arena, struct str body, struct str boundary,
                             struct form *ret_form, struct fault *fault);

/* The query of a GET, or the body of a POST by its content type. */
enum err form_of_request(const struct http_request *request, struct form *ret_form,
                         struct fault *fault);

/* First value of the name, trimmed; an absent str when there is none. */
struct str form_value(const struct form *form, const char *name);
/* The next field of the name from *at on; NULL at the end. For lists of ticks. */
const struct form_field *form_next(const struct form *form, const char *name, int32_t *at);

#endif
