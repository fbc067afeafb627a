/* log.h — what operators read: one JSON object a line, without personal data.
 *
 *   {"time":"2022-08-22T01:02:03.004Z","level":"info","event":"import_done","rows":5,"batch":"71"}
 *
 * A field is a count, an identifier or a constant text of the program; there is no way to log what
 * a person typed. Failures are logged once, at the face.
 *
 * Memory   a line is built on the stack
 * Errors   none: a log that cannot be written must not stop the office
 * Limits   LOG_LINE_SIZE_MAX bytes; fields that do not fit are left out and "cut" is true
 */
#ifndef BAIGONG_LOG_H
#define BAIGONG_LOG_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum { LOG_LINE_SIZE_MAX = 2048 }; /* below PIPE_BUF, so that lines of processes do not mix */

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

struct log {
    int file; /* descriptor; -1 writes nothing */
    enum log_level level_min;
};

struct log_field {
    const char *name;
    const char *text; /* NULL: a number */
    int64_t number;
    bool is_id; /* written as a text, as everywhere in JSON */
};

struct log_field log_count(const char *name, int64_t count);
struct log_field log_ms(const char *name, int64_t duration_ms);
struct log_field log_id(const char *name, int64_t id);
struct log_field log_err(const char *name, enum err code);
/* constant: a text of the program such as a route or a table's name, never data. */
struct log_field log_text(const char *name, const char *constant);

/* Opens a file for appending, mode 0640; NULL is standard error. */
enum err log_open(struct log *log, const char *path, enum log_level level_min,
                  struct fault *fault);
void log_close(struct log *log);

void log_write(const struct log *log, enum log_level level, const char *event,
               const struct log_field *fields, int32_t field_count);

/* log_event(log, LOG_INFO, "import_done", log_count("rows", 5), log_id("batch", id)); */
#define log_event(log, level, event, ...)                                                         \
    log_write((log), (level), (event), (const struct log_field[]){__VA_ARGS__},                   \
              (int32_t)(sizeof((const struct log_field[]){__VA_ARGS__}) /                         \
                        sizeof(struct log_field)))

#endif
