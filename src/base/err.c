#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct err_row {
    const char *name;
    const char *text;
    int http_status;
    enum err_kind kind;
};

static const struct err_row err_rows[] = {
#define ERR(code, http_status, kind, text) {#code, text, http_status, ERR_KIND_##kind},
#include "base/err.def"
#undef ERR
};

_Static_assert(sizeof err_rows / sizeof err_rows[0] == ERR_COUNT, "one row for each code");

const char *err_name(enum err code)
{
    check((size_t)code < ERR_COUNT);
    return err_rows[code].name;
}

const char *err_text(enum err code)
{
    check((size_t)code < ERR_COUNT);
    return err_rows[code].text;
}

int err_http_status(enum err code)
{
    check((size_t)code < ERR_COUNT);
    return err_rows[code].http_status;
}

enum err_kind err_kind(enum err code)
{
    check((size_t)code < ERR_COUNT);
    return err_rows[code].kind;
}

/* Cuts a text that vsnprintf truncated so that it ends with a whole UTF-8 character. */
static void cut_partial_character(char *text, size_t size)
{
    size_t length = strnlen(text, size);
    if (length + 1 < size)
        return;
    size_t start = length;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (length - (start - 1) < need)
        text[start - 1] = '\0';
}

enum err fault_set(struct fault *fault, enum err code, const char *format, ...)
{
    if (!fault)
        return code;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fault->message, sizeof fault->message, format, arguments);
    va_end(arguments);
    cut_partial_character(fault->message, sizeof fault->message);
    fault->code = code;
    fault->hint[0] = '\0';
    return code;
}

enum err fault_hint(struct fault *fault, const char *format, ...)
{
    check(fault);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fault->hint, sizeof fault->hint, format, arguments);
    va_end(arguments);
    cut_partial_character(fault->hint, sizeof fault->hint);
    return fault->code;
}

void fault_clear(struct fault *fault)
{
    fault->code = ERR_OK;
    fault->message[0] = '\0';
    fault->hint[0] = '\0';
}

_Noreturn void check_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "baigong: internal check failed: %s (%s:%d)\n", condition, file, line);
    abort();
}
