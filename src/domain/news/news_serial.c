#include "domain/news/news_serial.h"

#include "news_notice_sql.h"

enum err news_serial_next(struct work *w, struct str series, int64_t *ret_serial)
{
    struct serial_insert_in first = {series};
    struct serial_next_in next = {series};
    struct serial_last_in last = {series};
    struct serial_last_out row;
    TRY(serial_insert(w, &first, NULL));
    TRY(serial_next(w, &next, NULL));
    TRY(serial_last(w, &last, &row));
    *ret_serial = row.last;
    return ERR_OK;
}
