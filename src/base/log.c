#include "base/log.h"

#include "base/clock.h"
#include "base/day.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct log_field log_count(const char *name, int64_t count)
{
    return (struct log_field){.name = name, .number = count};
}

struct log_field log_ms(const char *name, int64_t duration_ms)
{
    return (struct log_field){.name = name, .number = duration_ms};
}

struct log_field log_id(const char *name, int64_t id)
{
    return (struct log_field){.name = name, .number = id, .is_id = true};
}

struct log_field log_err(const char *name, enum err code)
{
    return (struct log_field){.name = name, .text = err_name(code)};
}

struct log_field log_text(const char *name, const char *constant)
{
    return (struct log_field){.name = name, .text = constant ? constant : ""};
}

enum err log_open(struct log *log, const char *path, enum log_level level_min, struct fault *fault)
{
    int file = STDERR_FILENO;
    if (path) {
        file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
        if (file < 0)
            return fault_set(fault, ERR_IO, "log file %s: %s", path, strerror(errno));
    }
    *log = (struct log){file, level_min};
    return ERR_OK;
}

void log_close(struct log *log)
{
    if (log->file > STDERR_FILENO)
        close(log->file);
    log->file = -1;
}

enum { TAIL_SIZE = sizeof ",\"cut\":true}\n" };

/* A line under way; a piece that does not fit whole is left out. */
struct line {
    char bytes[LOG_LINE_SIZE_MAX];
    size_t size;
    bool cut;
};

/* Appends `,"name":"text"` with what JSON must escape replaced: constants of the program need no
 * more. */
static void add_text(struct line *line, const char *name, const char *text)
{
    size_t name_size = strlen(name), text_size = strlen(text);
    if (name_size + text_size + 6 + TAIL_SIZE > LOG_LINE_SIZE_MAX - line->size) {
        line->cut = true;
        return;
    }
    line->size += (size_t)snprintf(line->bytes + line->size, LOG_LINE_SIZE_MAX - line->size,
                                   ",\"%s\":\"", name);
    for (; *text; text++) {
        bool plain = (unsigned char)*text >= 0x20 && *text != '"' && *text != '\\';
        line->bytes[line->size++] = plain ? *text : '?';
    }
    line->bytes[line->size++] = '"';
}

static void add_number(struct line *line, const struct log_field *field)
{
    const char *quote = field->is_id ? "\"" : "";
    size_t left_size = LOG_LINE_SIZE_MAX - line->size - TAIL_SIZE;
    int length = snprintf(line->bytes + line->size, left_size, ",\"%s\":%s%" PRId64 "%s",
                          field->name, quote, field->number, quote);
    if (length < 0 || (size_t)length >= left_size)
        line->cut = true;
    else
        line->size += (size_t)length;
}

static void add_time(struct line *line)
{
    char day[DAY_TEXT_SIZE];
    int64_t now_ms = clock_now_ms();
    int32_t of_day_ms = (int32_t)(now_ms % CLOCK_DAY_MS);
    line->size += (size_t)snprintf(
        line->bytes, LOG_LINE_SIZE_MAX, "{\"time\":\"%sT%02d:%02d:%02d.%03dZ\"",
        day_text((int32_t)(now_ms / CLOCK_DAY_MS), day), of_day_ms / 3600000,
        of_day_ms / 60000 % 60, of_day_ms / 1000 % 60, of_day_ms % 1000);
}

void log_write(const struct log *log, enum log_level level, const char *event,
               const struct log_field *fields, int32_t field_count)
{
    static const char *const level_names[] = {"debug", "info", "warning", "error"};
    if (log->file < 0 || level < log->level_min)
        return;
    struct line line = {.size = 0};
    add_time(&line);
    add_text(&line, "level", level_names[level]);
    add_text(&line, "event", event);
    for (int32_t i = 0; i < field_count; i++) {
        if (fields[i].text)
            add_text(&line, fields[i].name, fields[i].text);
        else
            add_number(&line, &fields[i]);
    }
    line.size += (size_t)snprintf(line.bytes + line.size, LOG_LINE_SIZE_MAX - line.size, "%s}\n",
                                  line.cut ? ",\"cut\":true" : "");
    ssize_t wrote;
    do {
        wrote = write(log->file, line.bytes, line.size);
    } while (wrote < 0 && errno == EINTR);
}
