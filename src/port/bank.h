/* bank.h — files that go to the bank and come back from it.
 *
 * To the bank: payments as ISO 20022 pain.001.001.09 (customer credit transfer initiation), or as a
 * CSV of our own (doc/ledger.md):
 *
 *   H,1,MESSAGE,2026-03-02T10:00:00+08:00,2026-03-03,DEBTOR,DEBTOR ACCOUNT,COUNT,TOTAL
 *   D,ORDER,AMOUNT,ACCOUNT,NAME,BANK,TEXT          one for each payment
 *   T,COUNT,TOTAL,SM3                              SM3 of all bytes before this line
 *
 * From the bank: camt.053 (statement), camt.054 (debits and credits), each 001.02 to 001.08, or
 *
 *   H,1,MESSAGE,2026-03-03T18:00:00+08:00
 *   P,ORDER,REFERENCE,AMOUNT,DAY                   was paid
 *   R,ORDER,REFERENCE,AMOUNT,DAY,REASON            came back
 *   T,COUNT,PAID TOTAL,RETURNED TOTAL
 *
 * in any encoding of base/encoding.h. Amounts are yuan with at most two decimals, no commas. A file
 * with wrong totals, a line twice, amounts or days out of range is refused as a whole with its
 * place: nothing of it is taken.
 *
 * Memory   read statements and writers live in the arena given
 * Errors   ERR_BANK_FILE with the line; ERR_ENCODING, ERR_SHEET; ERR_LIMIT; ERR_IO, ERR_STORE_FULL
 * Units    fen; civil days; the place of a line counts from 1
 * Limits   BANK_LINES_MAX, BANK_FILE_SIZE_MAX, BANK_AMOUNT_MAX_FEN
 */
#ifndef BAIGONG_BANK_H
#define BAIGONG_BANK_H

#include "base/byte_source.h"
#include "base/hash.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    BANK_LINES_MAX = 1000 * 1000,           /* payments of a large city in one go */
    BANK_FILE_SIZE_MAX = 512 * 1024 * 1024, /* some 500 bytes each */
    BANK_TEXT_MAX = 140,   /* characters of a remittance text, as ISO 20022 has it */
    BANK_ID_SIZE_MAX = 35, /* of identifications, as ISO 20022 has it */
};
#define BANK_AMOUNT_MAX_FEN INT64_C(100000000000000)

/* ---- to the bank */

enum bank_format { BANK_CSV = 1, BANK_PAIN, BANK_CAMT_053, BANK_CAMT_054 };

struct bank_head {
    struct str message_id; /* at most BANK_ID_SIZE_MAX bytes, ASCII */
    int64_t created_ms;
    int32_t pay_day;
    struct str debtor, debtor_account;
    int64_t count, amount_fen;
};

struct bank_order {
    struct str order_id; /* at most BANK_ID_SIZE_MAX bytes, ASCII */
    int64_t amount_fen;
    struct str name, account, bank; /* bank: its name; may be empty */
    struct str text;
};

struct bank_writer;

/* The same head and orders always give the same bytes. The file appears under its name, readable by
 * its owner alone, when bank_writer_close succeeds: until then it is path with ".part-" and
 * six letters behind. */
enum err bank_writer_open(struct arena *arena, const char *path, enum bank_format format,
                          const struct bank_head *head, struct fault *fault,
                          struct bank_writer **ret_writer);
enum err bank_writer_order(struct bank_writer *writer, const struct bank_order *order,
                           struct fault *fault);
/* Orders and their sum must be those of the head (check). On disk when it returns; also on an error
 * the writer ends and nothing stays. */
enum err bank_writer_close(struct bank_writer *writer, struct fault *fault,
                           uint8_t ret_digest[HASH_SIZE]);
void bank_writer_cancel(struct bank_writer *writer); /* accepts NULL */

/* ---- from the bank */

enum bank_kind { BANK_PAID = 1, BANK_RETURNED };

struct bank_line {
    enum bank_kind kind;
    int64_t amount_fen;
    int32_t booked_day;
    struct str order_id;  /* may be empty: what is not ours */
    struct str reference; /* the bank's own number; never empty, each once in a file */
    struct str reason;
    int64_t place; /* line of the file */
};

struct bank_statement {
    enum bank_format format;
    struct str message_id;
    struct bank_line *lines;
    int32_t line_count;
    int64_t paid_fen, returned_fen;
};

/* Finds the format in the content. today_day: a line booked later than the next day is refused. */
enum err bank_statement_read(struct arena *arena, struct str bytes, int32_t today_day,
                             struct bank_statement *ret_statement, struct fault *fault);

/* "1000", "1000.5", "1000.50": above zero and at most BANK_AMOUNT_MAX_FEN. */
bool bank_amount_read(struct str text, int64_t *ret_amount_fen);

#endif
