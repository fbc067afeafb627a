#include "unit.h"

#include "base/json.h"
#include "base/log.h"

#include <stdlib.h>
#include <unistd.h>

/* What was logged, as JSON. */
static const struct json_value *read_line(struct arena *arena, int file, size_t *ret_size)
{
    static char bytes[2 * LOG_LINE_SIZE_MAX];
    ssize_t size = pread(file, bytes, sizeof bytes, 0);
    const struct json_value *value = NULL;
    struct fault fault;
    EXPECT(size > 0 && bytes[size - 1] == '\n' && !memchr(bytes, '\n', (size_t)size - 1));
    if (json_parse(arena, (struct str){bytes, (size_t)size}, sizeof bytes, &value, &fault))
        fail_msg("%s: %.*s", fault.message, (int)size, bytes);
    *ret_size = (size_t)size;
    return value;
}

TEST(log_event__writes_one_json_object_a_line)
{
    char path[] = "/tmp/baigong-log-XXXXXX";
    int file = mkstemp(path);
    struct log log;
    struct arena arena;
    size_t size;
    arena_init(&arena, 64 << 20);
    EXPECT_OK(log_open(&log, path, LOG_INFO, NULL));
    log_event(&log, LOG_DEBUG, "too_small", log_count("rows", 1));
    log_event(&log, LOG_WARNING, "import_done", log_count("rows", 5), log_id("batch", INT64_MAX),
              log_text("kind", "per\"son"), log_err("err", ERR_IMPORT), log_ms("took_ms", -1));
    const struct json_value *line = read_line(&arena, file, &size);
    EXPECT_INT(8, line->count);
    EXPECT_STR("warning", json_member_text(line, "level"));
    EXPECT_STR("import_done", json_member_text(line, "event"));
    EXPECT_STR("9223372036854775807", json_member_text(line, "batch"));
    EXPECT_STR("per?son", json_member_text(line, "kind"));
    EXPECT_STR("IMPORT", json_member_text(line, "err"));
    EXPECT_INT(5, json_member_number(line, "rows", 0));
    EXPECT_INT(24, json_member_text(line, "time").size);
    log_close(&log);
    log_event(&log, LOG_ERROR, "closed", log_count("rows", 1));
    close(file);
    unlink(path);
    arena_done(&arena);
}

TEST(log_event__leaves_out_what_does_not_fit_and_says_so)
{
    char path[] = "/tmp/baigong-log-XXXXXX";
    char text[1000];
    int file = mkstemp(path);
    struct log log;
    struct arena arena;
    size_t size;
    arena_init(&arena, 64 << 20);
    for (size_t length = 500; length < sizeof text; length++) {
        memset(text, 'x', length);
        text[length] = '\0';
        EXPECT_INT(0, ftruncate(file, 0));
        EXPECT_OK(log_open(&log, path, LOG_INFO, NULL));
        log_event(&log, LOG_ERROR, "e", log_text("a", text), log_text("b", text),
                  log_count("n", INT64_MIN), log_text("c", text));
        const struct json_value *line = read_line(&arena, file, &size);
        EXPECT(size <= LOG_LINE_SIZE_MAX);
        EXPECT(json_member(line, "c") || json_member(line, "cut"));
        log_close(&log);
    }
    close(file);
    unlink(path);
    arena_done(&arena);
}
