#include "port/bank.h"

#include "base/day.h"

#include <stddef.h>
#include <stdint.h>

/* Whatever the bank sends, reading ends; what is taken adds up and has every reference once. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_statement(const struct bank_statement *statement, int32_t today_day)
{
    int64_t paid_fen = 0, returned_fen = 0;
    for (int32_t i = 0; i < statement->line_count; i++) {
        const struct bank_line *line = &statement->lines[i];
        check(line->amount_fen > 0);
        check(line->amount_fen <= BANK_AMOUNT_MAX_FEN);
        check(line->booked_day <= today_day + 1);
        check(line->reference.size > 0);
        if (line->kind == BANK_PAID)
            paid_fen += line->amount_fen;
        else
            returned_fen += line->amount_fen;
        for (int32_t k = 0; k < i && i < 100; k++)
            check(!str_equal(statement->lines[k].reference, line->reference));
    }
    check(paid_fen == statement->paid_fen);
    check(returned_fen == statement->returned_fen);
    check(statement->message_id.size > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { TODAY_DAY = 20514 };
    struct arena arena;
    arena_init(&arena, (size_t)64 << 20);
    struct bank_statement statement;
    struct str bytes = {(const char *)data, size};
    if (bank_statement_read(&arena, bytes, TODAY_DAY, &statement, NULL) == ERR_OK)
        check_statement(&statement, TODAY_DAY);
    arena_done(&arena);
    return 0;
}
