/* err.h — errors as values: one code from err.def, one message with values, one hint with the way
 * out.
 *
 * A function that can be refused returns enum err and writes its outputs only on ERR_OK. What
 * happened stands in a struct fault that the caller passes down (in a unit of work: w->fault).
 *
 * Memory   a fault is a plain value, no ownership
 * Errors   none
 * Limits   FAULT_MESSAGE_SIZE, FAULT_HINT_SIZE bytes; longer text is cut at a whole UTF-8 character
 */
#ifndef BAIGONG_ERR_H
#define BAIGONG_ERR_H

#include <stddef.h>

enum err {
#define ERR(code, http_status, kind, text) ERR_##code,
#include "base/err.def"
#undef ERR
    ERR_COUNT
};

enum err_kind { ERR_KIND_NONE, ERR_KIND_REFUSED, ERR_KIND_INPUT, ERR_KIND_BROKEN };

enum { FAULT_MESSAGE_SIZE = 768, FAULT_HINT_SIZE = 384 };

struct fault {
    enum err code;
    char message[FAULT_MESSAGE_SIZE]; /* what happened, with the values; UTF-8, no function names */
    /* a full sentence a clerk can act on; "" when there is none */
    char hint[FAULT_HINT_SIZE];
};

/* Name in the source ("NOT_FOUND"), public text, HTTP status and kind of a code. */
const char *err_name(enum err code);
const char *err_text(enum err code);
int err_http_status(enum err code);
enum err_kind err_kind(enum err code);

/* Records what happened and returns code, so that a refusal is one line:
 * return fault_set(fault, ERR_INPUT, "row %d: ...", row); fault may be NULL. */
enum err fault_set(struct fault *fault, enum err code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds the way out to a fault already set; returns the fault's code. */
enum err fault_hint(struct fault *fault, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void fault_clear(struct fault *fault);

/* Returns the code of a failed call to the caller. The only macro that hides a return. */
#define TRY(call)                                                                                 \
    do {                                                                                          \
        enum err try_err_ = (call);                                                               \
        if (try_err_ != ERR_OK)                                                                   \
            return try_err_;                                                                      \
    } while (0)

/* Stops a wrong program, in every build: one condition, no side effects. */
#define check(condition)                                                                          \
    ((condition) ? (void)0 : check_failed(#condition, __FILE__, __LINE__))

_Noreturn void check_failed(const char *condition, const char *file, int line);

#endif
