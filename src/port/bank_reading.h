/* bank_reading.h — what the readers of bank files share (inside the port only). */
#ifndef BAIGONG_BANK_READING_H
#define BAIGONG_BANK_READING_H

#include "port/bank.h"

struct bank_reading {
    struct arena *arena;
    struct fault *fault;
    int32_t today_day;
    struct bank_statement statement;
    int32_t line_capacity;
};

/* Checks amount, day and identifications, and adds the line; its texts are copied. */
enum err bank_reading_add(struct bank_reading *reading, const struct bank_line *line);
enum err bank_reading_refuse(struct bank_reading *reading, int64_t place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

enum err bank_csv_read(struct bank_reading *reading, struct str bytes);
enum err bank_camt_read(struct bank_reading *reading, struct str text); /* UTF-8 */

#endif
